#include <simulator/publishing/container_parameters.hpp>

#include <simulator/publishing/audio.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// graph-api.md, 8.1.
constexpr std::size_t kLongestCaption = 2200;
constexpr std::size_t kMostHashtags = 30;
constexpr std::size_t kMostMentions = 20;
constexpr std::size_t kLongestAltText = 1000;
constexpr std::size_t kMostCollaborators = 3;
constexpr std::size_t kMostProductTags = 5;
constexpr std::size_t kMostSponsors = 2;
constexpr std::size_t kFewestChildren = 2;
constexpr std::size_t kMostChildren = 10;
constexpr std::size_t kLongestUsername = 30;
constexpr std::size_t kLongestAddress = 8192;

std::unexpected<GraphError> bad(std::string text) {
    return refuse(Refusal::kBadParameter, {text});
}

// ---- Which parameter belongs to what

constexpr unsigned kImages = 1U << static_cast<unsigned>(MediaKind::kImage);
constexpr unsigned kReels = 1U << static_cast<unsigned>(MediaKind::kReel);
constexpr unsigned kVideoItems = 1U << static_cast<unsigned>(MediaKind::kVideoItem);
constexpr unsigned kStories =
    1U << static_cast<unsigned>(MediaKind::kStoryImage) | 1U << static_cast<unsigned>(MediaKind::kStoryVideo);
constexpr unsigned kCarousels = 1U << static_cast<unsigned>(MediaKind::kCarousel);
constexpr unsigned kEverything = kImages | kReels | kVideoItems | kStories | kCarousels;

struct Rule {
    std::string_view name;
    unsigned kinds;
    bool is_for_children;      // may stand on a carousel's child
    bool is_facebook_only;     // path A
    bool is_refused_elsewhere; // else it is passed over, as Meta does with what it does not know
};

// Refused are those whose pages say "not supported" or "error"; captions and places of children and stories are "not
// shown" (8.1).
constexpr std::array kRules{
    Rule{"collaborators", kImages | kReels | kCarousels, false, false, true},
    Rule{"product_tags", kImages | kReels | kVideoItems, true, true, true},
    Rule{"user_tags", kEverything & ~kCarousels, true, false, true},
    Rule{"is_ai_generated", kEverything, false, false, true},
    Rule{"trial_params", kReels, false, false, true},
    Rule{"audio_configuration", kReels, false, true, true},
    Rule{"branded_content_sponsor_ids", kEverything & ~kStories, false, true, true},
    Rule{"is_paid_partnership", kEverything & ~kStories, false, true, true},
    Rule{"caption", kImages | kReels | kCarousels, false, false, false},
    Rule{"alt_text", kImages, true, false, false},
    Rule{"location_id", kImages | kReels | kCarousels, false, false, false},
    Rule{"share_to_feed", kReels, false, false, false},
    Rule{"audio_name", kReels, false, false, false},
    Rule{"cover_url", kReels, false, false, false},
    Rule{"thumb_offset", kReels | kVideoItems | kStories, true, false, false},
};

bool applies(const Rule& rule, const Container& container, Host host) {
    const bool fits_kind = (rule.kinds >> static_cast<unsigned>(container.kind) & 1U) != 0;
    const bool fits_host = !rule.is_facebook_only || host == Host::kGraphFacebook;
    return fits_kind && fits_host && (rule.is_for_children || !container.is_carousel_item);
}

// The parameter where it was sent and belongs here; null where it is to be passed over.
const std::string* find_fitting(const Context& context, const Container& container, std::string_view name) {
    const auto* rule = std::ranges::find(kRules, name, &Rule::name);
    if (rule == kRules.end() || !applies(*rule, container, context.call.host)) return nullptr;
    return context.call.find(name);
}

Outcome<void> check_places(const Context& context, const Container& container) {
    for (const Rule& rule : kRules) {
        if (!rule.is_refused_elsewhere || context.call.find(rule.name) == nullptr) continue;
        if (!applies(rule, container, context.call.host)) {
            return bad("Param " + std::string(rule.name) + " is not supported for this media");
        }
    }
    return {};
}

// ---- Forms

bool is_username(std::string_view text) {
    if (text.starts_with('@')) text.remove_prefix(1);
    return !text.empty() && text.size() <= kLongestUsername && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    });
}

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// A JSON array of texts or numbers, or a comma list (clients.md, 9).
Outcome<std::vector<std::string>> read_list(std::string_view name, const std::string& text) {
    std::vector<std::string> items;
    boost::system::error_code error;
    if (text.starts_with('[')) {
        const json::value document = json::parse(text, error);
        if (error || !document.is_array()) return bad("Param " + std::string(name) + " must be an array.");
        for (const json::value& item : document.get_array()) {
            if (const auto* plain = item.if_string()) {
                items.emplace_back(*plain);
            } else if (item.is_int64() && item.get_int64() >= 0) {
                items.push_back(std::to_string(item.get_int64()));
            } else if (item.is_uint64()) {
                items.push_back(std::to_string(item.get_uint64()));
            } else {
                return bad("Param " + std::string(name) + " must be an array of strings.");
            }
        }
        return items;
    }
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        std::string_view item = rest.substr(0, end);
        while (item.starts_with(' '))
            item.remove_prefix(1);
        while (item.ends_with(' '))
            item.remove_suffix(1);
        if (!item.empty()) items.emplace_back(item);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return items;
}

Outcome<json::array> read_objects(std::string_view name, const std::string& text) {
    boost::system::error_code error;
    json::value document = json::parse(text, error);
    const bool is_list = !error && document.is_array() &&
                         std::ranges::all_of(document.get_array(), [](const json::value& v) { return v.is_object(); });
    if (!is_list) return bad("Param " + std::string(name) + " must be an array.");
    return std::move(document.get_array());
}

std::optional<double> fraction(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_number()) return std::nullopt;
    return value->to_number<double>();
}

bool has_position(const json::object& tag) {
    return tag.contains("x") || tag.contains("y");
}

bool has_good_position(const json::object& tag) {
    const auto x = fraction(tag, "x");
    const auto y = fraction(tag, "y");
    return x && y && *x >= 0 && *x <= 1 && *y >= 0 && *y <= 1;
}

// Plain ASCII, http or https, no user in it. What it leads to is the fetcher's business.
Outcome<void> check_address(std::string_view name, const std::string& address) {
    const bool is_web = address.starts_with("http://") || address.starts_with("https://");
    if (!is_web || address.size() > kLongestAddress) {
        return bad("Param " + std::string(name) + " is not a valid URI");
    }
    // 8.1: "URLs must be plain US-ASCII (percent-encode the rest)".
    const bool is_plain = std::ranges::all_of(address, [](char c) { return c > ' ' && c < 0x7f; });
    if (!is_plain) return refuse_publish(PublishRefusal::kNotFetched, {address});
    return {};
}

Outcome<std::string> read_address(const Context& context, std::string_view name) {
    const std::string* address = context.call.find(name);
    if (address == nullptr) return refuse(Refusal::kMissingParameter, {name});
    if (auto checked = check_address(name, *address); !checked) return std::unexpected(std::move(checked.error()));
    return *address;
}

// ---- What it is

Outcome<void> read_kind(const Context& context, Container& container) {
    const Call& call = context.call;
    const std::string type = call.value("media_type");
    const bool has_image = call.find("image_url") != nullptr;
    if (type.empty() || type == "IMAGE") {
        container.kind = MediaKind::kImage;
    } else if (type == "VIDEO") {
        if (!container.is_carousel_item && context.switches.is("lone_video", "refused-at-creation")) {
            return refuse_publish(PublishRefusal::kCarouselItem);
        }
        container.kind = MediaKind::kVideoItem;
    } else if (type == "REELS") {
        if (container.is_carousel_item) return bad("Reels cannot be carousel items"); // 8.2: "children are not reels"
        container.kind = MediaKind::kReel;
    } else if (type == "STORIES") {
        if (container.is_carousel_item) return bad("Stories cannot be carousel items");
        if (has_image && call.find("video_url") != nullptr)
            return bad("Only one of image_url and video_url is allowed");
        container.kind = has_image ? MediaKind::kStoryImage : MediaKind::kStoryVideo;
    } else if (type == "CAROUSEL") {
        if (container.is_carousel_item) return bad("A carousel cannot be a carousel item");
        container.kind = MediaKind::kCarousel;
    } else {
        return refuse_publish(PublishRefusal::kUnknownMediaType, {type});
    }
    container.media_type = type.empty() ? "IMAGE" : type;
    return {};
}

Outcome<void> read_source(const Context& context, Container& container) {
    const Call& call = context.call;
    if (container.kind == MediaKind::kCarousel) {
        container.source = Source::kChildren;
        const std::string* text = call.find("children");
        if (text == nullptr) return refuse(Refusal::kMissingParameter, {"children"});
        auto children = read_list("children", *text);
        if (!children) return std::unexpected(std::move(children.error()));
        if (children->size() < kFewestChildren || children->size() > kMostChildren) {
            return refuse_publish(PublishRefusal::kCarouselSize);
        }
        container.children = std::move(*children);
        return {};
    }
    if (is_video(container.kind)) {
        const std::string upload_type = call.value("upload_type");
        const bool is_resumable = upload_type == "resumable";
        if (!upload_type.empty() && !is_resumable) return bad("Param upload_type must be one of {RESUMABLE}");
        const bool is_offered =
            call.host == Host::kGraphFacebook || context.switches.is("instagram_resumable", "works");
        if (is_resumable && is_offered) {
            container.source = Source::kUpload;
            container.upload = std::make_unique<Upload>();
            return {};
        }
        auto address = read_address(context, "video_url");
        if (!address) return std::unexpected(std::move(address.error()));
        container.address = std::move(*address);
        return {};
    }
    auto address = read_address(context, "image_url");
    if (!address) return std::unexpected(std::move(address.error()));
    container.address = std::move(*address);
    return {};
}

// ---- What it says

std::size_t count_marks(std::string_view caption, char mark) {
    std::size_t count = 0;
    for (std::size_t i = 0; i + 1 < caption.size(); ++i) {
        const bool begins = i == 0 || caption[i - 1] == ' ' || caption[i - 1] == '\n' || caption[i - 1] == '\t' ||
                            (mark == '#' && caption[i - 1] != '&');
        const char next = caption[i + 1];
        if (caption[i] == mark && begins && next != ' ' && next != '\n' && next != mark) ++count;
    }
    return count;
}

Outcome<void> read_caption(const Context& context, Container& container) {
    const std::string* caption = find_fitting(context, container, "caption");
    if (caption == nullptr) return {};
    const std::size_t length = count_characters(*caption);
    if (length > kLongestCaption || count_marks(*caption, '#') > kMostHashtags) {
        return refuse_publish(PublishRefusal::kCaptionLength,
                              {std::to_string(length), std::to_string(kLongestCaption)});
    }
    if (count_marks(*caption, '@') > kMostMentions) return refuse_publish(PublishRefusal::kTooManyTags, {"20"});
    container.caption = *caption;
    return {};
}

Outcome<void> read_alt_text(const Context& context, Container& container) {
    const std::string* text = find_fitting(context, container, "alt_text");
    if (text == nullptr) return {};
    if (count_characters(*text) > kLongestAltText) return bad("Param alt_text must be at most 1000 characters long");
    container.alt_text = *text;
    return {};
}

Outcome<void> read_location(const Context& context, Container& container) {
    const std::string* id = find_fitting(context, container, "location_id");
    if (id == nullptr) return {};
    const bool is_known = context.world.find_page(*id) != nullptr;
    if (!is_number(*id) || (!is_known && context.switches.is("locations", "known-pages"))) {
        return bad("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID"); // 5.4
    }
    container.location_id = *id;
    return {};
}

// A person without a public professional account in this world; strangers are taken to be public.
bool is_private(const Context& context, const std::string& username) {
    const Account* account = context.world.find_account_by_username(username);
    return account != nullptr && account->account_type == "PERSONAL";
}

Outcome<void> read_user_tags(const Context& context, Container& container) {
    const std::string* text = find_fitting(context, container, "user_tags");
    if (text == nullptr) return {};
    auto tags = read_objects("user_tags", *text);
    if (!tags) return std::unexpected(std::move(tags.error()));
    if (tags->size() > kMostMentions) return refuse_publish(PublishRefusal::kTooManyTags, {"20"});
    for (const json::value& value : *tags) {
        const json::object& tag = value.get_object();
        const json::value* name = tag.if_contains("username");
        if (name == nullptr || !name->is_string() || !is_username(std::string_view(name->get_string()))) {
            return bad("Param user_tags must hold a username in every tag");
        }
        const std::string username(name->get_string());
        if (is_private(context, username)) return bad("Cannot tag user " + username);
        // 8.1: required on images, optional on stories, not used on video.
        const bool is_required = container.kind == MediaKind::kImage;
        const bool is_looked_at = is_required || (is_story(container.kind) && has_position(tag));
        if (is_looked_at && !has_good_position(tag)) {
            return bad("Param user_tags must hold x and y between 0 and 1 in every tag");
        }
        container.user_tags.push_back(username);
    }
    return {};
}

Outcome<void> read_collaborators(const Context& context, Container& container) {
    const std::string* text = find_fitting(context, container, "collaborators");
    if (text == nullptr) return {};
    auto names = read_list("collaborators", *text);
    if (!names) return std::unexpected(std::move(names.error()));
    if (names->size() > kMostCollaborators) return bad("Param collaborators must have at most 3 usernames");
    for (const std::string& name : *names) {
        if (!is_username(name) || is_private(context, name)) return bad("Cannot invite collaborator " + name);
    }
    container.collaborators = std::move(*names);
    return {};
}

// 8.1, 5.4. No account here has a shop, so that a well-formed tag is refused for its product.
Outcome<void> check_product_tags(const Context& context, const Container& container) {
    const std::string* text = find_fitting(context, container, "product_tags");
    if (text == nullptr) return {};
    for (const std::string_view permission : {"catalog_management", "instagram_shopping_tag_products"}) {
        if (!context.token->has_scope(permission)) return refuse(Refusal::kRequiresPermission, {permission});
    }
    auto tags = read_objects("product_tags", *text);
    if (!tags) return std::unexpected(std::move(tags.error()));
    if (tags->size() > kMostProductTags) return bad("Param product_tags must have at most 5 tags");
    for (const json::value& tag : *tags) {
        const bool is_placed = has_position(tag.get_object());
        if (is_video(container.kind) && is_placed) return refuse_publish(PublishRefusal::kProductPositionOnVideo);
        if (!is_video(container.kind) && !has_good_position(tag.get_object())) {
            return refuse_publish(PublishRefusal::kProductPositionMissing);
        }
    }
    if (!tags->empty()) return refuse_publish(PublishRefusal::kProductInvalid);
    return {};
}

Outcome<void> check_partnership(const Context& context, const Container& container) {
    if (const std::string* text = find_fitting(context, container, "branded_content_sponsor_ids")) {
        const auto ids = read_list("branded_content_sponsor_ids", *text);
        if (!ids) return std::unexpected(ids.error());
        if (ids->size() > kMostSponsors || !std::ranges::all_of(*ids, [](const auto& id) { return is_number(id); })) {
            return bad("Param branded_content_sponsor_ids must have at most 2 ids");
        }
    }
    if (find_fitting(context, container, "is_paid_partnership") == nullptr) return {};
    const auto is_paid = read_bool(context.call, "is_paid_partnership", false);
    if (!is_paid) return std::unexpected(is_paid.error());
    if (*is_paid && !context.token->has_scope("instagram_branded_content_creator")) {
        return refuse(Refusal::kRequiresPermission, {"instagram_branded_content_creator"});
    }
    return {};
}

// ---- Reels

Outcome<void> read_cover(const Context& context, Container& container) {
    if (find_fitting(context, container, "cover_url") != nullptr) {
        auto address = read_address(context, "cover_url");
        if (!address) return std::unexpected(std::move(address.error()));
        container.cover_address = std::move(*address);
    }
    const std::string* text = find_fitting(context, container, "thumb_offset");
    if (text == nullptr) return {};
    std::int64_t offset = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), offset);
    if (error != std::errc() || end != text->data() + text->size()) return bad("Param thumb_offset must be an integer");
    if (offset < 0) return refuse_publish(PublishRefusal::kThumbOffset, {"the video's length"});
    // cover_url wins (8.1).
    if (container.cover_address.empty()) container.wish.thumb_offset_ms = offset;
    return {};
}

Outcome<void> check_trial(const Context& context, Container& container) {
    const std::string* text = find_fitting(context, container, "trial_params");
    if (text == nullptr) return {};
    boost::system::error_code error;
    const json::value document = json::parse(*text, error);
    const json::value* strategy =
        !error && document.is_object() ? document.get_object().if_contains("graduation_strategy") : nullptr;
    const bool is_known = strategy != nullptr && strategy->is_string() &&
                          (strategy->get_string() == "MANUAL" || strategy->get_string() == "SS_PERFORMANCE");
    if (!is_known) {
        return bad("Param trial_params[graduation_strategy] must be one of {MANUAL, SS_PERFORMANCE}");
    }
    if (context.switches.is("trial_reels", "not-eligible")) return refuse_publish(PublishRefusal::kTrialReels);
    container.is_trial = true;
    return {};
}

// From 0 (muted) to 100, which it is where nothing is said (Meta's page "Audio API").
Outcome<std::int64_t> read_volume(const json::object& configuration, std::string_view name) {
    constexpr std::int64_t kLoudest = 100;
    const json::value* volume = configuration.if_contains(name);
    if (volume == nullptr) return kLoudest;
    if (!volume->is_int64() || volume->get_int64() < 0 || volume->get_int64() > kLoudest) {
        return bad("Param audio_configuration[" + std::string(name) + "] must be an integer from 0 to 100");
    }
    return volume->get_int64();
}

Outcome<void> read_sound(const Context& context, Container& container) {
    if (const std::string* name = find_fitting(context, container, "audio_name")) {
        container.audio_name = *name;
        container.wish.wants_sound = true;
    }
    const std::string* text = find_fitting(context, container, "audio_configuration");
    if (text == nullptr) return {};
    boost::system::error_code error;
    const json::value document = json::parse(*text, error);
    if (error || !document.is_object()) return bad("Param audio_configuration must be an object.");
    const json::object& configuration = document.get_object();
    const json::value* id = configuration.if_contains("audio_id");
    if (id == nullptr) return refuse(Refusal::kMissingParameter, {"audio_configuration[audio_id]"});
    if (!id->is_string() || !is_audio_id(std::string_view(id->get_string()))) {
        return bad("Param audio_configuration[audio_id] must be the id of an audio asset");
    }
    if (const auto volume = read_volume(configuration, "audio_volume"); !volume) return std::unexpected(volume.error());
    const auto video_volume = read_volume(configuration, "video_volume");
    if (!video_volume) return std::unexpected(video_volume.error());
    // A silent video cannot be mixed with a sound, unless its own is turned off (5.4, 2207082).
    if (*video_volume > 0) container.wish.wants_sound = true;
    return {};
}

Outcome<void> read_flags(const Context& context, Container& container) {
    if (find_fitting(context, container, "share_to_feed") != nullptr) {
        const auto flag = read_bool(context.call, "share_to_feed", true);
        if (!flag) return std::unexpected(flag.error());
        container.is_shared_to_feed = *flag;
    }
    if (find_fitting(context, container, "is_ai_generated") != nullptr) {
        const auto flag = read_bool(context.call, "is_ai_generated", false);
        if (!flag) return std::unexpected(flag.error());
        container.is_ai_generated = *flag;
    }
    return {};
}

} // namespace

std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Outcome<bool> read_bool(const Call& call, std::string_view name, bool otherwise) {
    const std::string* text = call.find(name);
    if (text == nullptr) return otherwise;
    for (const std::string_view yes : {"true", "1", "True", "TRUE"})
        if (*text == yes) return true;
    for (const std::string_view no : {"false", "0", "False", "FALSE"})
        if (*text == no) return false;
    return bad("Param " + std::string(name) + " must be a boolean");
}

Outcome<Container> read_container(const Context& context, std::string_view ig_user_id) {
    Container container;
    container.ig_user_id = ig_user_id;
    container.created_at = context.call.now;
    const auto is_item = read_bool(context.call, "is_carousel_item", false);
    if (!is_item) return std::unexpected(is_item.error());
    container.is_carousel_item = *is_item;
    if (auto read = read_kind(context, container); !read) return std::unexpected(std::move(read.error()));
    if (auto checked = check_places(context, container); !checked) return std::unexpected(std::move(checked.error()));
    using Reader = Outcome<void> (*)(const Context&, Container&);
    constexpr auto kProducts = [](const Context& c, Container& k) { return check_product_tags(c, k); };
    constexpr auto kPartners = [](const Context& c, Container& k) { return check_partnership(c, k); };
    for (const Reader read : std::initializer_list<Reader>{read_source, read_caption, read_alt_text, read_location,
                                                           read_user_tags, read_collaborators, kProducts, kPartners,
                                                           read_cover, check_trial, read_sound, read_flags}) {
        if (auto done = read(context, container); !done) return std::unexpected(std::move(done.error()));
    }
    return container;
}

} // namespace everlong::simulator
