// Containers, media and comments as nodes: their fields, who sees them, and what can be done to them (graph-api.md, 8.4,
// 8.6, 8.7).
#include <simulator/publishing/container_parameters.hpp>
#include <simulator/publishing/publish_nodes.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

json::value text_or_none(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

Reading read_id(Context&, const Node& node, const Field&) {
    return json::value(node.id);
}

// ---- Containers

Container& container_of(Context& context, const Node& node) {
    return *context.world.publishing->find_container(node.key);
}

ContainerStatus status_at(Context& context, const Node& node) {
    return status_of(container_of(context, node), context.switches, context.call.now);
}

Reading read_status_code(Context& context, const Node& node, const Field&) {
    return json::value(to_text(status_at(context, node)));
}
Reading read_status(Context& context, const Node& node, const Field&) {
    return json::value(status_sentence(container_of(context, node), status_at(context, node)));
}

// How far an upload has come (8.6).
Reading read_video_status(Context& context, const Node& node, const Field&) {
    const Container& container = container_of(context, node);
    if (!container.upload) return json::value(nullptr);
    const bool has_all = !container.is_loading;
    const std::uint64_t received = has_all ? container.facts.bytes : container.upload->intake->bytes();
    const ContainerStatus status = status_at(context, node);
    json::object uploading;
    uploading["status"] = has_all ? "complete" : received > 0 ? "in_progress" : "not_started";
    if (!has_all || received > 0) uploading["bytes_transferred"] = received;
    json::object processing;
    processing["status"] = !has_all                                 ? "not_started"
                           : status == ContainerStatus::kError      ? "error"
                           : status == ContainerStatus::kInProgress ? "in_progress"
                                                                    : "complete";
    json::object answer;
    answer["uploading_phase"] = std::move(uploading);
    answer["processing_phase"] = std::move(processing);
    return json::value(std::move(answer));
}

Reading read_copyright_status(Context& context, const Node& node, const Field&) {
    if (!is_video(container_of(context, node).kind)) return json::value(nullptr);
    const ContainerStatus status = status_at(context, node);
    json::object answer;
    answer["status"] = status == ContainerStatus::kInProgress ? "in_progress"
                       : status == ContainerStatus::kError    ? "error"
                                                              : "completed";
    answer["matches_found"] = false;
    return json::value(std::move(answer));
}

// ---- Media

Medium& medium_of(Context& context, const Node& node) {
    return *context.world.publishing->find_medium(node.key);
}

const Account& owner_of(Context& context, const Node& node) {
    return *context.world.find_account(medium_of(context, node).ig_user_id);
}

Reading read_media_type(Context& context, const Node& node, const Field&) {
    return json::value(medium_of(context, node).media_type());
}
Reading read_product_type(Context& context, const Node& node, const Field&) {
    return json::value(medium_of(context, node).product_type());
}
Reading read_caption(Context& context, const Node& node, const Field&) {
    return text_or_none(medium_of(context, node).caption);
}
Reading read_alt_text(Context& context, const Node& node, const Field&) {
    return text_or_none(medium_of(context, node).alt_text);
}
Reading read_username(Context& context, const Node& node, const Field&) {
    return json::value(owner_of(context, node).username);
}
Reading read_shortcode(Context& context, const Node& node, const Field&) {
    return json::value(medium_of(context, node).shortcode);
}
Reading read_permalink(Context& context, const Node& node, const Field&) {
    const Medium& medium = medium_of(context, node);
    if (!medium.parent_id.empty()) return json::value(nullptr);
    return json::value(medium.permalink(owner_of(context, node).username));
}
Reading read_media_url(Context& context, const Node& node, const Field&) {
    const Medium& medium = medium_of(context, node);
    return json::value(media_address(context, medium, is_video(medium.kind) ? ".mp4" : ".jpg"));
}
Reading read_thumbnail_url(Context& context, const Node& node, const Field&) {
    const Medium& medium = medium_of(context, node);
    if (!is_video(medium.kind)) return json::value(nullptr);
    return json::value(media_address(context, medium, ".jpg"));
}
Reading read_timestamp(Context& context, const Node& node, const Field&) {
    return json::value(to_media_time(medium_of(context, node).published_at));
}
Reading read_owner(Context& context, const Node& node, const Field&) {
    json::object owner;
    owner["id"] = medium_of(context, node).ig_user_id;
    return json::value(std::move(owner));
}
Reading read_legacy_id(Context&, const Node& node, const Field&) {
    // Instagram's own number: another one than the Graph's.
    return json::value("3" + node.id.substr(1));
}
Reading read_zero(Context&, const Node&, const Field&) {
    return json::value(0);
}
Reading read_comments_count(Context& context, const Node& node, const Field&) {
    return json::value(medium_of(context, node).comments.size());
}
Reading read_is_comment_enabled(Context& context, const Node& node, const Field&) {
    return json::value(medium_of(context, node).is_comment_enabled);
}
Reading read_is_shared(Context& context, const Node& node, const Field&) {
    const Medium& medium = medium_of(context, node);
    return medium.kind == MediaKind::kReel ? json::value(medium.is_shared_to_feed) : json::value(nullptr);
}
Reading read_is_ai_generated(Context& context, const Node& node, const Field&) {
    return json::value(medium_of(context, node).is_ai_generated);
}
Reading read_children(Context& context, const Node& node, const Field& field) {
    if (medium_of(context, node).children.empty()) return json::value(nullptr);
    EdgeQuery query;
    query.fields = field.children;
    return find_edge(NodeType::kMedia, "children", "GET")->handle(context, node, query);
}

// ---- Comments

const Comment& comment_of(Context& context, const Node& node) {
    return *context.world.publishing->find_comment(node.key);
}

Reading read_text(Context& context, const Node& node, const Field&) {
    return json::value(comment_of(context, node).text);
}
Reading read_comment_time(Context& context, const Node& node, const Field&) {
    return json::value(to_media_time(comment_of(context, node).created_at));
}
Reading read_commenter(Context& context, const Node& node, const Field&) {
    return json::value(comment_of(context, node).username);
}

constexpr std::array kFields{
    FieldRow{NodeType::kContainer, "id", read_id, true},
    FieldRow{NodeType::kContainer, "status_code", read_status_code, false},
    FieldRow{NodeType::kContainer, "status", read_status, false},
    FieldRow{NodeType::kContainer, "video_status", read_video_status, false},
    FieldRow{NodeType::kContainer, "copyright_check_status", read_copyright_status, false},

    FieldRow{NodeType::kMedia, "id", read_id, true},
    FieldRow{NodeType::kMedia, "ig_id", read_legacy_id, false},
    FieldRow{NodeType::kMedia, "media_type", read_media_type, false},
    FieldRow{NodeType::kMedia, "media_product_type", read_product_type, false},
    FieldRow{NodeType::kMedia, "caption", read_caption, false},
    FieldRow{NodeType::kMedia, "alt_text", read_alt_text, false},
    FieldRow{NodeType::kMedia, "username", read_username, false},
    FieldRow{NodeType::kMedia, "shortcode", read_shortcode, false},
    FieldRow{NodeType::kMedia, "permalink", read_permalink, false},
    FieldRow{NodeType::kMedia, "media_url", read_media_url, false},
    FieldRow{NodeType::kMedia, "thumbnail_url", read_thumbnail_url, false},
    FieldRow{NodeType::kMedia, "timestamp", read_timestamp, false},
    FieldRow{NodeType::kMedia, "owner", read_owner, false},
    FieldRow{NodeType::kMedia, "like_count", read_zero, false},
    FieldRow{NodeType::kMedia, "comments_count", read_comments_count, false},
    FieldRow{NodeType::kMedia, "is_comment_enabled", read_is_comment_enabled, false},
    FieldRow{NodeType::kMedia, "is_shared_to_feed", read_is_shared, false},
    FieldRow{NodeType::kMedia, "is_ai_generated", read_is_ai_generated, false},
    FieldRow{NodeType::kMedia, "children", read_children, false},

    FieldRow{NodeType::kComment, "timestamp", read_comment_time, true},
    FieldRow{NodeType::kComment, "text", read_text, true},
    FieldRow{NodeType::kComment, "id", read_id, true},
    FieldRow{NodeType::kComment, "username", read_commenter, false},
    FieldRow{NodeType::kComment, "like_count", read_zero, false},
};

// May the caller see what belongs to this account?
bool is_own(Context& context, const std::string& ig_user_id) {
    if (context.call.host == Host::kGraphInstagram) return context.token->ig_user_id == ig_user_id;
    const Account* account = context.world.find_account(ig_user_id);
    return account != nullptr && is_visible_account(context, *context.token, *account);
}

Outcome<std::optional<Node>> visible_node(Context& context, NodeType type, const std::string& id,
                                          const std::string& ig_user_id) {
    if (!is_own(context, ig_user_id)) return std::nullopt;
    if (context.call.host == Host::kGraphFacebook) {
        if (auto allowed = require_instagram(context, *context.token); !allowed) {
            return std::unexpected(std::move(allowed.error()));
        }
    }
    const bool strikes_pages = context.switches.is("page_token_reads", "fail");
    if (strikes_pages && context.token->kind == Kind::kPage && context.call.method == "GET") {
        GraphError error = make_error(Refusal::kNoSuchObject);
        error.message = "Authorization Error"; // 11.9
        return std::unexpected(std::move(error));
    }
    return Node{type, id, id};
}

// 8.7: path A only, with a permission of its own; stories and single children cannot be taken back.
Reading delete_medium(Context& context, const Node& node) {
    if (auto allowed = require_scope(context, "instagram_manage_contents", ""); !allowed) {
        return std::unexpected(std::move(allowed.error()));
    }
    Medium& medium = medium_of(context, node);
    if (is_story(medium.kind) || !medium.parent_id.empty()) return refuse_publish(PublishRefusal::kCannotDelete);
    if (context.switches.is("media_delete", "fatal")) return refuse_publish(PublishRefusal::kFatal);
    medium.deleted_at = context.call.now;
    json::object answer;
    answer["success"] = true;
    answer["deleted_id"] = node.id;
    return json::value(std::move(answer));
}

Reading switch_comments(Context& context, const Node& node) {
    if (auto allowed = require_scope(context, "instagram_manage_comments", "instagram_business_manage_comments");
        !allowed) {
        return std::unexpected(std::move(allowed.error()));
    }
    if (context.call.find("comment_enabled") == nullptr) {
        return refuse(Refusal::kMissingParameter, {"comment_enabled"});
    }
    const auto is_enabled = read_bool(context.call, "comment_enabled", true);
    if (!is_enabled) return std::unexpected(is_enabled.error());
    medium_of(context, node).is_comment_enabled = *is_enabled;
    json::object answer;
    answer["success"] = true;
    return json::value(std::move(answer));
}

} // namespace

std::span<const FieldRow> publish_field_rows() {
    return kFields;
}

Outcome<std::optional<Node>> find_publish_node(Context& context, const std::string& id) {
    Publishing& publishing = *context.world.publishing;
    if (const Container* container = publishing.find_container(id)) {
        return visible_node(context, NodeType::kContainer, id, container->ig_user_id);
    }
    if (const Medium* medium = publishing.find_medium(id)) {
        return visible_node(context, NodeType::kMedia, id, medium->ig_user_id);
    }
    if (const Comment* comment = publishing.find_comment(id)) {
        const Medium* medium = publishing.find_medium(comment->media_id);
        if (medium != nullptr) return visible_node(context, NodeType::kComment, id, medium->ig_user_id);
    }
    return std::nullopt;
}

std::optional<Reading> act_on_publish_node(Context& context, const Node& node) {
    if (node.type != NodeType::kMedia) return std::nullopt;
    if (context.call.method == "POST") return switch_comments(context, node);
    const bool may_delete = context.call.method == "DELETE" && context.call.host == Host::kGraphFacebook;
    if (may_delete) return delete_medium(context, node);
    return std::nullopt;
}

Outcome<void> require_scope(const Context& context, std::string_view facebook_name, std::string_view instagram_name) {
    const std::string_view name = context.call.host == Host::kGraphInstagram ? instagram_name : facebook_name;
    if (context.token->has_scope(name)) return {};
    return refuse(Refusal::kRequiresPermission, {name});
}

Outcome<void> require_publishing(const Context& context, std::string_view ig_user_id) {
    if (auto allowed = require_scope(context, "instagram_content_publish", "instagram_business_content_publish");
        !allowed) {
        return allowed;
    }
    const Account* account = context.world.find_account(ig_user_id);
    if (account->is_restricted) return refuse_publish(PublishRefusal::kRestricted);
    if (context.call.host != Host::kGraphFacebook || context.call.method != "POST") return {};
    // The Page's task (2.5). Who comes in through a portfolio has no role of his own, and all tasks.
    const Person* person = context.world.find_person(context.token->person_id);
    if (person == nullptr) return {};
    const auto role = std::ranges::find(person->roles, account->page_id, &PageRole::page_id);
    if (role == person->roles.end()) return {};
    const bool may_publish = std::ranges::any_of(
        role->tasks, [](const std::string& task) { return task == "MANAGE" || task == "CREATE_CONTENT"; });
    if (may_publish) return {};
    return refuse(Refusal::kRequiresPermission, {"CREATE_CONTENT"});
}

std::string media_address(const Context& context, const Medium& medium, std::string_view ending) {
    return "http://127.0.0.1:" + std::to_string(context.call.port) + "/_sandbox/media/" + medium.id +
           std::string(ending);
}

} // namespace everlong::simulator
