// The calls that publish: containers, media_publish, the lists of what was published, quotas, comments (graph-api.md,
// 8.1, 8.3, 8.5, 8.7, 7.3).
#include <simulator/publishing/container_parameters.hpp>
#include <simulator/publishing/publish_nodes.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

// 7.3.
constexpr std::size_t kMostContainersADay = 400;
// The switch spam_guard.
constexpr std::size_t kMostAlike = 2;
constexpr Seconds kSpamWindow = Hours(1);

Publishing& publishing_of(const Context& context) {
    return *context.world.publishing;
}

json::value id_answer(const std::string& id) {
    json::object answer;
    answer["id"] = id;
    return answer;
}

// ---- POST /{ig}/media

// Each child must be a finished carousel item of this account (8.3).
Outcome<void> check_children(const Context& context, const Container& parent) {
    for (const std::string& id : parent.children) {
        const Container* child = publishing_of(context).find_container(id);
        if (child == nullptr || child->ig_user_id != parent.ig_user_id) {
            return refuse_publish(PublishRefusal::kMediaNotFound, {id});
        }
        if (!child->is_carousel_item) {
            return refuse(Refusal::kBadParameter, {"Param children must hold carousel items; " + id + " is none"});
        }
        switch (status_of(*child, context.switches, context.call.now)) {
        case ContainerStatus::kInProgress: return refuse_publish(PublishRefusal::kNotReady);
        case ContainerStatus::kError: return refuse_publish(PublishRefusal::kCannotCreate);
        case ContainerStatus::kExpired: return refuse_publish(PublishRefusal::kMediaExpired);
        case ContainerStatus::kFinished:
        case ContainerStatus::kPublished: break;
        }
    }
    return {};
}

// 8.6: the version is that of the call.
std::string upload_address(const Call& call, const std::string& id) {
    const std::string base = call.is_path_form ? "http://127.0.0.1:" + std::to_string(call.port) + "/" : "https://";
    return base + std::string(host_name(Host::kRuploadFacebook)) + "/ig-api-upload/" +
           call.asked_version.value_or(call.version) + "/" + id;
}

Reading create_container(Context& context, const Node& node, const EdgeQuery&) {
    if (auto allowed = require_publishing(context, node.key); !allowed) return std::unexpected(allowed.error());
    auto read = read_container(context, node.key);
    if (!read) return std::unexpected(std::move(read.error()));
    if (auto checked = check_children(context, *read); !checked) return std::unexpected(checked.error());
    Publishing& publishing = publishing_of(context);
    const Instant now = context.call.now;
    if (publishing.containers_since(node.key, now - kQuotaWindow) >= kMostContainersADay) {
        return refuse_publish(PublishRefusal::kContainerQuota);
    }
    const bool has_bytes_to_come = read->source != Source::kChildren;
    read->is_loading = has_bytes_to_come;
    read->ready_at = now;
    const Container& container = publishing.add_container(std::move(*read));
    // Faults of an image fail this call; a video's show later in its container (8.1).
    const bool has_addresses = !container.address.empty() || !container.cover_address.empty();
    if (has_addresses) publishing.add_job({container.id, !is_video(container.kind)});
    json::object answer;
    answer["id"] = container.id;
    if (container.source == Source::kUpload) answer["uri"] = upload_address(context.call, container.id);
    return json::value(std::move(answer));
}

// ---- POST /{ig}/media_publish

bool looks_like_spam(const Context& context, const Container& container) {
    if (context.switches.is("spam_guard", "off")) return false;
    Publishing& publishing = publishing_of(context);
    const Instant since = context.call.now - kSpamWindow;
    const auto posts = publishing.posts_of(container.ig_user_id, context.call.now);
    const auto alike = std::ranges::count_if(posts, [&](const std::string& id) {
        const Medium* medium = publishing.find_medium(id);
        return medium->published_at > since && medium->caption == container.caption;
    });
    return static_cast<std::size_t>(alike) >= kMostAlike;
}

// What a second publish gives is unknown (8.5). Nothing: go on as if it were the first.
std::optional<Reading> answer_second_publish(const Context& context, const Container& container) {
    if (context.switches.is("second_publish", "same-id")) return id_answer(container.media_id);
    if (context.switches.is("second_publish", "error")) return refuse_publish(PublishRefusal::kNotReady);
    return std::nullopt;
}

Outcome<void> check_publishable(const Context& context, const Container& container) {
    switch (status_of(container, context.switches, context.call.now)) {
    case ContainerStatus::kExpired:
        if (context.switches.is("expired_publish", "2207020")) return refuse_publish(PublishRefusal::kMediaExpired);
        return refuse_publish(PublishRefusal::kUnknownCreation, {container.id});
    case ContainerStatus::kInProgress:
    case ContainerStatus::kError: return refuse_publish(PublishRefusal::kNotReady);
    case ContainerStatus::kFinished:
    case ContainerStatus::kPublished: return {};
    }
    return {};
}

Reading publish_container(Context& context, const Node& node, const EdgeQuery&) {
    if (auto allowed = require_publishing(context, node.key); !allowed) return std::unexpected(allowed.error());
    const std::string* id = context.call.find("creation_id");
    if (id == nullptr) return refuse(Refusal::kMissingParameter, {"creation_id"});
    Publishing& publishing = publishing_of(context);
    Container* container = publishing.find_container(*id);
    if (container == nullptr || container->ig_user_id != node.key) {
        return refuse_publish(PublishRefusal::kUnknownCreation, {*id});
    }
    const bool is_part = container->is_carousel_item || container->kind == MediaKind::kVideoItem;
    if (is_part) return refuse_publish(PublishRefusal::kCarouselItem);
    if (container->published_at) {
        if (auto answer = answer_second_publish(context, *container)) return std::move(*answer);
    }
    if (auto checked = check_publishable(context, *container); !checked) return std::unexpected(checked.error());
    const Instant now = context.call.now;
    const auto quota = static_cast<std::size_t>(context.switches.number("publish_quota"));
    if (publishing.published_since(node.key, now - kQuotaWindow) >= quota) {
        return refuse_publish(PublishRefusal::kPublishQuota);
    }
    if (looks_like_spam(context, *container)) {
        const bool is_blocked = context.switches.is("spam_guard", "on");
        return refuse_publish(is_blocked ? PublishRefusal::kSpam : PublishRefusal::kServerError);
    }
    return id_answer(publishing.publish(*container, now).id);
}

// ---- Lists

Outcome<std::optional<Instant>> read_time(const EdgeQuery& query, std::string_view name) {
    const auto found = query.parameters.find(name);
    if (found == query.parameters.end() || found->second.empty()) return std::nullopt;
    std::int64_t seconds = 0;
    const std::string& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t kLatest = 253'402'300'799; // the year 9999
    if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > kLatest) {
        return refuse(Refusal::kBadParameter, {"Param " + std::string(name) + " must be a UNIX timestamp"});
    }
    return instant_from_unix_s(seconds);
}

Reading list_media_ids(Context& context, const EdgeQuery& query, NodeType type, const std::vector<std::string>& ids) {
    return render_list(context, query, ids, [&](std::size_t i) -> Reading {
        auto rendered = render(context, {type, ids[i], ids[i]}, query.fields);
        if (!rendered) return std::unexpected(std::move(rendered.error()));
        return json::value(std::move(*rendered));
    });
}

// 8.7: newest first, at most 10 000, `since` and `until`; no stories.
Reading list_media(Context& context, const Node& node, const EdgeQuery& query) {
    const auto since = read_time(query, "since");
    if (!since) return std::unexpected(since.error());
    const auto until = read_time(query, "until");
    if (!until) return std::unexpected(until.error());
    Publishing& publishing = publishing_of(context);
    const Seconds delay(context.switches.number("list_delay_s"));
    auto ids = publishing.posts_of(node.key, context.call.now - delay);
    std::erase_if(ids, [&](const std::string& id) {
        const Instant at = publishing.find_medium(id)->published_at;
        return (*since && at < **since) || (*until && at > **until);
    });
    return list_media_ids(context, query, NodeType::kMedia, ids);
}

Reading list_stories(Context& context, const Node& node, const EdgeQuery& query) {
    return list_media_ids(context, query, NodeType::kMedia,
                          publishing_of(context).stories_of(node.key, context.call.now));
}

Reading list_comments(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_scope(context, "instagram_manage_comments", "instagram_business_manage_comments");
        !allowed) {
        return std::unexpected(allowed.error());
    }
    auto ids = publishing_of(context).find_medium(node.key)->comments;
    std::ranges::reverse(ids);
    EdgeQuery wanted = query;
    if (wanted.fields.empty()) wanted.fields = {{"timestamp", {}, {}}, {"text", {}, {}}, {"id", {}, {}}};
    return list_media_ids(context, wanted, NodeType::kComment, ids);
}

// 8.7: `{"data":[{"id":"..."}]}`, expandable.
Reading list_children(Context& context, const Node& node, const EdgeQuery& query) {
    json::array data;
    for (const std::string& id : publishing_of(context).find_medium(node.key)->children) {
        auto rendered = render(context, {NodeType::kMedia, id, id}, query.fields);
        if (!rendered) return std::unexpected(std::move(rendered.error()));
        data.push_back(std::move(*rendered));
    }
    json::object list;
    list["data"] = std::move(data);
    return json::value(std::move(list));
}

Reading post_comment(Context& context, const Node& node, const EdgeQuery&) {
    if (auto allowed = require_scope(context, "instagram_manage_comments", "instagram_business_manage_comments");
        !allowed) {
        return std::unexpected(allowed.error());
    }
    const std::string* message = context.call.find("message");
    if (message == nullptr) return refuse(Refusal::kMissingParameter, {"message"});
    Medium& medium = *publishing_of(context).find_medium(node.key);
    if (!medium.is_comment_enabled) return refuse(Refusal::kBadParameter, {"Comments are disabled for this media"});
    Comment comment;
    comment.text = *message;
    comment.username = context.world.find_account(medium.ig_user_id)->username;
    comment.created_at = context.call.now;
    return id_answer(publishing_of(context).add_comment(medium, std::move(comment)).id);
}

// 7.3: without `fields` only the usage; `since` at most a day back.
Reading read_publishing_limit(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_publishing(context, node.key); !allowed) return std::unexpected(allowed.error());
    const auto since = read_time(query, "since");
    if (!since) return std::unexpected(since.error());
    const Instant window = context.call.now - kQuotaWindow;
    if (*since && **since < window) {
        return refuse(Refusal::kBadParameter, {"Param since must be within the last 24 hours"});
    }
    json::object item;
    static const std::vector<Field> kDefault{{"quota_usage", {}, {}}};
    for (const Field& field : query.fields.empty() ? kDefault : query.fields) {
        if (field.name == "quota_usage") {
            item["quota_usage"] = publishing_of(context).published_since(node.key, since->value_or(window));
        } else if (field.name == "config") {
            item["config"] = json::object{{"quota_total", context.switches.number("publish_quota")},
                                          {"quota_duration", kQuotaWindow.count()}};
        } else {
            return refuse(Refusal::kNoSuchField, {field.name, "IGContentPublishingLimit"});
        }
    }
    json::object answer;
    answer["data"] = json::array{std::move(item)};
    return json::value(std::move(answer));
}

constexpr std::array kEdges{
    EdgeRow{NodeType::kIgUser, "media", "GET", list_media},
    EdgeRow{NodeType::kIgUser, "media", "POST", create_container},
    EdgeRow{NodeType::kIgUser, "media_publish", "POST", publish_container},
    EdgeRow{NodeType::kIgUser, "stories", "GET", list_stories},
    EdgeRow{NodeType::kIgUser, "content_publishing_limit", "GET", read_publishing_limit},
    EdgeRow{NodeType::kInstagramMe, "media", "GET", list_media},
    EdgeRow{NodeType::kInstagramMe, "media", "POST", create_container},
    EdgeRow{NodeType::kInstagramMe, "media_publish", "POST", publish_container},
    EdgeRow{NodeType::kInstagramMe, "stories", "GET", list_stories},
    EdgeRow{NodeType::kInstagramMe, "content_publishing_limit", "GET", read_publishing_limit},
    EdgeRow{NodeType::kMedia, "children", "GET", list_children},
    EdgeRow{NodeType::kMedia, "comments", "GET", list_comments},
    EdgeRow{NodeType::kMedia, "comments", "POST", post_comment},
};

} // namespace

std::span<const EdgeRow> publish_edge_rows() {
    return kEdges;
}

} // namespace everlong::simulator
