// Reads what publishing_save.cpp wrote, strictly: what other parts rely on (an owner, children that exist) is seen to here.
#include <simulator/publishing/publishing_document.hpp>
#include <simulator/wire/call.hpp>
#include <simulator/wire/wishes.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <limits>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostBytes = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostPixels = std::numeric_limits<std::uint32_t>::max();
// Ids have 17 digits, five of them the kind's (Publishing::next_id).
constexpr std::int64_t kMostNumber = 100'000'000'000;
constexpr std::size_t kIdLength = 17;
constexpr std::size_t kIdPrefixLength = 5;

std::string text_of(Wishes& wishes, std::string_view name) {
    return wishes.text(name).value_or("");
}

std::optional<Instant> instant_of(Wishes& wishes, std::string_view name) {
    const auto text = wishes.text(name);
    if (!text) return std::nullopt;
    const auto instant = parse_rfc3339(*text);
    if (!instant) wishes.complain("\"" + std::string(name) + "\" must be an instant such as 2026-01-31T12:00:00Z");
    return instant;
}

Instant needed_instant(Wishes& wishes, std::string_view name) {
    const auto instant = instant_of(wishes, name);
    if (!instant) wishes.complain("\"" + std::string(name) + "\" is missing");
    return instant.value_or(Instant{});
}

std::string id_of(Wishes& wishes, std::string_view name) {
    std::string id = text_of(wishes, name);
    const bool is_id = id.size() == kIdLength && std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_id) wishes.complain("\"" + std::string(name) + "\" must be an id of 17 digits");
    return id;
}

std::vector<std::string> texts_of(Wishes& wishes, std::string_view name) {
    return wishes.texts(name).value_or(std::vector<std::string>());
}

// An object's member that is an object; `read` gets its wishes.
template <class Read>
void inner(const json::object& object, std::string_view name, Wishes& wishes, Read read) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return;
    if (!value->is_object()) return wishes.complain("\"" + std::string(name) + "\" must be an object");
    Wishes inside(value->get_object(), std::string(name));
    read(inside);
    if (!inside.complaint().empty()) wishes.complain(inside.complaint());
}

MediaFacts read_facts(const json::object& object, Wishes& wishes) {
    MediaFacts facts;
    inner(object, "facts", wishes, [&](Wishes& given) {
        given.allow({"bytes", "sha256", "content_type", "width", "height", "duration_ms", "has_sound"});
        facts.bytes = static_cast<std::uint64_t>(given.number("bytes", 0, kMostBytes).value_or(0));
        facts.sha256 = text_of(given, "sha256");
        facts.content_type = text_of(given, "content_type");
        facts.width = static_cast<std::uint32_t>(given.number("width", 0, kMostPixels).value_or(0));
        facts.height = static_cast<std::uint32_t>(given.number("height", 0, kMostPixels).value_or(0));
        facts.duration_ms = static_cast<std::uint64_t>(given.number("duration_ms", 0, kMostBytes).value_or(0));
        facts.has_sound = given.flag("has_sound").value_or(false);
    });
    return facts;
}

std::optional<MediaFault> read_fault(const json::object& object, Wishes& wishes) {
    std::optional<MediaFault> fault;
    inner(object, "fault", wishes, [&](Wishes& given) {
        given.allow(
            {"status", "type", "code", "subcode", "message", "is_transient", "user_title", "user_message", "reason"});
        fault.emplace();
        GraphError& error = fault->error;
        error.status = static_cast<int>(given.number("status", 100, 599).value_or(400));
        error.type = text_of(given, "type");
        error.code = static_cast<int>(given.number("code", -1'000'000, 10'000'000).value_or(0));
        error.subcode = static_cast<int>(given.number("subcode", 0, 10'000'000).value_or(0));
        error.message = text_of(given, "message");
        error.is_transient = given.flag("is_transient").value_or(false);
        error.user_title = text_of(given, "user_title");
        error.user_message = text_of(given, "user_message");
        fault->reason = text_of(given, "reason");
    });
    return fault;
}

MediaKind kind_of(Wishes& wishes) {
    const auto kind = parse_media_kind(text_of(wishes, "kind"));
    if (!kind) wishes.complain("\"kind\" must be one of image, reel, video-item, story-image, story-video, carousel");
    return kind.value_or(MediaKind::kImage);
}

Container read_container(const json::object& object, Wishes& wishes) {
    wishes.allow({"id",         "ig_user_id",      "kind",        "source",     "is_carousel_item",
                  "media_type", "address",         "caption",     "alt_text",   "cover_address",
                  "children",   "location_id",     "audio_name",  "user_tags",  "collaborators",
                  "is_trial",   "thumb_offset_ms", "wants_sound", "created_at", "is_shared_to_feed",
                  "is_loading", "ready_at",        "fault",       "facts",      "is_ai_generated",
                  "was_cut",    "media_id",        "published_at"});
    Container container;
    container.id = id_of(wishes, "id");
    container.ig_user_id = text_of(wishes, "ig_user_id");
    container.kind = kind_of(wishes);
    const auto source = wishes.word("source", {"address", "upload", "children"}, true);
    container.source = source == "upload"     ? Source::kUpload
                       : source == "children" ? Source::kChildren
                                              : Source::kAddress;
    container.is_carousel_item = wishes.flag("is_carousel_item").value_or(false);
    container.media_type = text_of(wishes, "media_type");
    container.address = text_of(wishes, "address");
    container.cover_address = text_of(wishes, "cover_address");
    container.children = texts_of(wishes, "children");
    container.caption = text_of(wishes, "caption");
    container.alt_text = text_of(wishes, "alt_text");
    container.location_id = text_of(wishes, "location_id");
    container.audio_name = text_of(wishes, "audio_name");
    container.user_tags = texts_of(wishes, "user_tags");
    container.collaborators = texts_of(wishes, "collaborators");
    container.is_shared_to_feed = wishes.flag("is_shared_to_feed").value_or(true);
    container.is_ai_generated = wishes.flag("is_ai_generated").value_or(false);
    container.is_trial = wishes.flag("is_trial").value_or(false);
    container.wish.thumb_offset_ms = wishes.number("thumb_offset_ms", 0, kMostBytes);
    container.wish.wants_sound = wishes.flag("wants_sound").value_or(false);
    container.created_at = needed_instant(wishes, "created_at");
    container.is_loading = wishes.flag("is_loading").value_or(false);
    container.ready_at = needed_instant(wishes, "ready_at");
    container.fault = read_fault(object, wishes);
    container.facts = read_facts(object, wishes);
    container.media_id = text_of(wishes, "media_id");
    container.published_at = instant_of(wishes, "published_at");
    if (container.source != Source::kUpload) return container;
    container.upload = std::make_unique<Upload>();
    container.upload->was_cut = wishes.flag("was_cut").value_or(false);
    return container;
}

Medium read_medium(const json::object& object, Wishes& wishes) {
    wishes.allow({"id",
                  "container_id",
                  "ig_user_id",
                  "kind",
                  "parent_id",
                  "children",
                  "shortcode",
                  "caption",
                  "alt_text",
                  "location_id",
                  "user_tags",
                  "collaborators",
                  "is_shared_to_feed",
                  "is_ai_generated",
                  "is_comment_enabled",
                  "facts",
                  "picture",
                  "published_at",
                  "deleted_at",
                  "comments"});
    Medium medium;
    medium.id = id_of(wishes, "id");
    medium.container_id = text_of(wishes, "container_id");
    medium.ig_user_id = text_of(wishes, "ig_user_id");
    medium.kind = kind_of(wishes);
    medium.parent_id = text_of(wishes, "parent_id");
    medium.children = texts_of(wishes, "children");
    medium.shortcode = text_of(wishes, "shortcode");
    medium.caption = text_of(wishes, "caption");
    medium.alt_text = text_of(wishes, "alt_text");
    medium.location_id = text_of(wishes, "location_id");
    medium.user_tags = texts_of(wishes, "user_tags");
    medium.collaborators = texts_of(wishes, "collaborators");
    medium.is_shared_to_feed = wishes.flag("is_shared_to_feed").value_or(true);
    medium.is_ai_generated = wishes.flag("is_ai_generated").value_or(false);
    medium.is_comment_enabled = wishes.flag("is_comment_enabled").value_or(true);
    medium.facts = read_facts(object, wishes);
    medium.picture = text_of(wishes, "picture");
    medium.published_at = needed_instant(wishes, "published_at");
    medium.deleted_at = instant_of(wishes, "deleted_at");
    medium.comments = texts_of(wishes, "comments");
    return medium;
}

std::deque<Instant> instants_of(Wishes& wishes, std::string_view name) {
    std::deque<Instant> instants;
    for (const std::string& text : texts_of(wishes, name)) {
        const auto instant = parse_rfc3339(text);
        if (!instant) wishes.complain("\"" + std::string(name) + "\" must hold instants");
        instants.push_back(instant.value_or(Instant{}));
    }
    return instants;
}

// Goes through a list of objects; the first complaint ends it.
template <class Read>
std::string each(const json::object& document, std::string_view list, Read read) {
    const json::value* value = document.if_contains(list);
    if (value == nullptr) return {};
    const auto* array = value->if_array();
    if (array == nullptr) return "\"" + std::string(list) + "\" must be an array";
    std::size_t index = 0;
    for (const json::value& item : *array) {
        const std::string what = std::string(list) + "[" + std::to_string(index++) + "]";
        if (!item.is_object()) return what + " must be an object";
        Wishes wishes(item.get_object(), what);
        read(item.get_object(), wishes);
        if (!wishes.complaint().empty()) return wishes.complaint();
    }
    return {};
}

} // namespace

std::string Publishing::load_containers(const json::object& document, const HasAccount& has_account) {
    return each(document, "containers", [&](const json::object& object, Wishes& wishes) {
        Container container = read_container(object, wishes);
        if (!has_account(container.ig_user_id)) wishes.complain("there is no account \"" + container.ig_user_id + "\"");
        // What was on its way here is asked for again.
        const bool has_addresses = !container.address.empty() || !container.cover_address.empty();
        if (container.is_loading && has_addresses) add_job({container.id, false});
        const std::string id = container.id;
        if (!containers_.emplace(id, std::move(container)).second) wishes.complain("the id " + id + " comes twice");
        container_order_.push_back(id);
    });
}

std::string Publishing::load_media(const json::object& document, const HasAccount& has_account) {
    std::string complaint = each(document, "comments", [&](const json::object&, Wishes& wishes) {
        wishes.allow({"id", "media_id", "text", "username", "created_at"});
        Comment comment{id_of(wishes, "id"), text_of(wishes, "media_id"), text_of(wishes, "text"),
                        text_of(wishes, "username"), needed_instant(wishes, "created_at")};
        const std::string id = comment.id;
        comments_.insert_or_assign(id, std::move(comment));
    });
    if (!complaint.empty()) return complaint;
    complaint = each(document, "media", [&](const json::object& object, Wishes& wishes) {
        Medium medium = read_medium(object, wishes);
        if (!has_account(medium.ig_user_id)) wishes.complain("there is no account \"" + medium.ig_user_id + "\"");
        for (const std::string& id : medium.comments)
            if (!comments_.contains(id)) wishes.complain("there is no comment \"" + id + "\"");
        const std::string id = medium.id;
        if (medium.parent_id.empty()) {
            media_order_.push_back(id);
            Feed& feed = feeds_[medium.ig_user_id];
            (is_story(medium.kind) ? feed.stories : feed.posts).push_back(id);
        }
        if (!media_.emplace(id, std::move(medium)).second) wishes.complain("the id " + id + " comes twice");
    });
    if (!complaint.empty()) return complaint;
    for (const auto& [id, medium] : media_) {
        for (const std::string& child : medium.children) {
            const auto found = media_.find(child);
            if (found == media_.end() || found->second.parent_id != id)
                return "media: " + child + " is no child of " + id;
        }
    }
    return {};
}

std::string Publishing::load_rest(const json::object& document) {
    std::string complaint = each(document, "counts", [&](const json::object&, Wishes& wishes) {
        wishes.allow({"ig_user_id", "created", "published"});
        Feed& feed = feeds_[text_of(wishes, "ig_user_id")];
        feed.created = instants_of(wishes, "created");
        feed.published = instants_of(wishes, "published");
    });
    if (!complaint.empty()) return complaint;
    complaint = each(document, "pictures", [&](const json::object&, Wishes& wishes) {
        wishes.allow({"key", "base64"});
        auto bytes = decode_base64(text_of(wishes, "base64"));
        if (!bytes) wishes.complain("\"base64\" is none");
        if (bytes) keep_picture(text_of(wishes, "key"), std::move(*bytes));
    });
    if (!complaint.empty()) return complaint;
    return each(document, "fetches", [&](const json::object&, Wishes& wishes) {
        wishes.allow({"at", "container_id", "address", "status", "verdict"});
        add_fetch({needed_instant(wishes, "at"), text_of(wishes, "container_id"), text_of(wishes, "address"),
                   static_cast<int>(wishes.number("status", 0, 999).value_or(0)), text_of(wishes, "verdict")});
    });
}

std::string Publishing::load(const json::object& document, const HasAccount& has_account) {
    Wishes whole(document, "publishing");
    whole.allow({"next_number", "containers", "media", "comments", "counts", "pictures", "fetches"});
    next_number_ = static_cast<std::uint64_t>(whole.number("next_number", 1, kMostNumber).value_or(1));
    if (!whole.complaint().empty()) return whole.complaint();
    if (auto complaint = load_containers(document, has_account); !complaint.empty()) return complaint;
    if (auto complaint = load_media(document, has_account); !complaint.empty()) return complaint;
    if (auto complaint = load_rest(document); !complaint.empty()) return complaint;
    // A number that was given away must not come again.
    const auto is_beyond = [this](const auto& entry) {
        return std::stoull(entry.first.substr(kIdPrefixLength)) >= next_number_;
    };
    const bool is_taken = std::ranges::any_of(containers_, is_beyond) || std::ranges::any_of(media_, is_beyond) ||
                          std::ranges::any_of(comments_, is_beyond);
    if (is_taken) return "publishing: \"next_number\" must be beyond every id";
    return {};
}

std::expected<std::shared_ptr<Publishing>, std::string>
load_publishing(const json::object& document, const std::function<bool(const std::string&)>& has_account) {
    auto publishing = std::make_shared<Publishing>();
    if (auto complaint = publishing->load(document, has_account); !complaint.empty()) {
        return std::unexpected(std::move(complaint));
    }
    return publishing;
}

} // namespace everlong::simulator
