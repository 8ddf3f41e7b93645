#include <adapters/graph/detail/container_parameters.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace everlong::adapters::detail {
namespace {

using ports::ContainerKind;
using ports::ContainerOrder;
using Parameters = std::vector<http::OutgoingParameter>;

constexpr unsigned bit(ContainerKind kind) {
    return 1U << static_cast<unsigned>(kind);
}

// Which parameter belongs to which kind (8.1).
constexpr unsigned kPosts = bit(ContainerKind::kImage) | bit(ContainerKind::kReel) | bit(ContainerKind::kCarousel);
constexpr unsigned kItems = bit(ContainerKind::kItemImage) | bit(ContainerKind::kItemVideo);
constexpr unsigned kStories = bit(ContainerKind::kStoryImage) | bit(ContainerKind::kStoryVideo);
constexpr unsigned kFeedImages = bit(ContainerKind::kImage) | bit(ContainerKind::kItemImage);
constexpr unsigned kVideos =
    bit(ContainerKind::kReel) | bit(ContainerKind::kStoryVideo) | bit(ContainerKind::kItemVideo);
constexpr unsigned kReels = bit(ContainerKind::kReel);
constexpr unsigned kProducts = kFeedImages | kReels | bit(ContainerKind::kItemVideo);
constexpr unsigned kTagged = kFeedImages | kVideos | kStories;
constexpr unsigned kAiMarked = kPosts | kStories;

bool is_among(ContainerKind kind, unsigned kinds) {
    return (bit(kind) & kinds) != 0;
}

std::string_view media_type(ContainerKind kind) {
    switch (kind) {
    case ContainerKind::kReel: return "REELS";
    case ContainerKind::kStoryImage:
    case ContainerKind::kStoryVideo: return "STORIES";
    case ContainerKind::kItemVideo: return "VIDEO";
    case ContainerKind::kCarousel: return "CAROUSEL";
    case ContainerKind::kImage:
    case ContainerKind::kItemImage: return {};
    }
    return {};
}

void add(Parameters& parameters, std::string_view name, std::string value) {
    if (!value.empty()) parameters.emplace_back(std::string(name), std::move(value));
}

std::string quoted(const std::string& text) {
    return boost::json::serialize(boost::json::string(text));
}

// "0.25", never "2.5E-1", which readers that are not quite JSON trip over.
std::string plain_number(double number) {
    std::array<char, 400> room{}; // the longest double without an exponent
    const auto [end, error] = std::to_chars(room.data(), room.data() + room.size(), number, std::chars_format::fixed);
    return error == std::errc() ? std::string(room.data(), end) : std::string("0");
}

template <class T, class Write>
std::string json_list(const std::vector<T>& items, Write write) {
    if (items.empty()) return {};
    std::string text = "[";
    for (const T& item : items) {
        if (text.size() > 1) text += ',';
        text += write(item);
    }
    return text + "]";
}

template <class Tag>
std::string tag_json(std::string_view key, const std::string& name, const Tag& tag, bool has_place) {
    std::string text = "{\"" + std::string(key) + "\":" + quoted(name);
    if (has_place && tag.x) text += ",\"x\":" + plain_number(*tag.x);
    if (has_place && tag.y) text += ",\"y\":" + plain_number(*tag.y);
    return text + "}";
}

template <class Tag>
bool has_real_places(const std::vector<Tag>& tags) {
    return std::ranges::all_of(
        tags, [](const Tag& tag) { return std::isfinite(tag.x.value_or(0)) && std::isfinite(tag.y.value_or(0)); });
}

std::unexpected<Error> usage(std::string detail) {
    return fail(Code::kUsage, Fault::kUsage, std::move(detail));
}

Result<void> check(core::LoginPath login, const ContainerOrder& order) {
    const bool is_carousel = order.kind == ContainerKind::kCarousel;
    if (is_carousel != !order.children.empty()) return usage("a carousel is made of its parts, and nothing else is");
    if (is_carousel && !order.media_url.empty()) return usage("a carousel has no address of its own");
    if (!is_carousel && !is_among(order.kind, kVideos) && order.media_url.empty()) {
        return usage("Meta fetches images from an address, and there is none");
    }
    for (const std::string& child : order.children) {
        const bool is_number = !child.empty() && child.size() <= 20 &&
                               std::ranges::all_of(child, [](char c) { return c >= '0' && c <= '9'; });
        if (!is_number) return usage("a container's id is a number of up to 20 digits");
    }
    if (login == core::LoginPath::kInstagram && !order.product_tags.empty()) {
        return usage("product tags are for the Facebook login only");
    }
    if (!has_real_places(order.user_tags) || !has_real_places(order.product_tags)) {
        return usage("a tag's place is a number from 0 to 1");
    }
    return {};
}

void add_source(Parameters& parameters, const ContainerOrder& order) {
    if (is_among(order.kind, kItems)) parameters.emplace_back("is_carousel_item", std::string("true"));
    if (order.kind == ContainerKind::kCarousel) {
        std::string children;
        for (const std::string& child : order.children) {
            children += (children.empty() ? "" : ",") + child;
        }
        add(parameters, "children", std::move(children));
    } else if (is_resumable(order)) {
        parameters.emplace_back("upload_type", std::string("resumable"));
    } else {
        add(parameters, is_among(order.kind, kVideos) ? "video_url" : "image_url", order.media_url);
    }
}

void add_tags(Parameters& parameters, const ContainerOrder& order) {
    // A place means something on a picture, and on a story (8.1; product tags: 2207035).
    const bool has_place = !is_among(order.kind, kReels | bit(ContainerKind::kItemVideo));
    if (is_among(order.kind, kTagged)) {
        add(parameters, "user_tags", json_list(order.user_tags, [&](const core::UserTag& tag) {
                return tag_json("username", tag.username, tag, has_place);
            }));
    }
    if (is_among(order.kind, kProducts)) {
        add(parameters, "product_tags", json_list(order.product_tags, [&](const core::ProductTag& tag) {
                return tag_json("product_id", tag.product_id, tag, has_place);
            }));
    }
    if (is_among(order.kind, kPosts)) add(parameters, "collaborators", json_list(order.collaborators, quoted));
}

void add_reel(Parameters& parameters, const ContainerOrder& order) {
    const core::ReelSettings& reel = order.reel;
    if (is_among(order.kind, kVideos) && reel.thumb_offset) {
        parameters.emplace_back("thumb_offset", std::to_string(reel.thumb_offset->count())); // 0 is a choice
    }
    if (!is_among(order.kind, kReels)) return;
    add(parameters, "cover_url", order.cover_url);
    add(parameters, "audio_name", reel.audio_name);
    if (reel.share_to_feed)
        parameters.emplace_back("share_to_feed", std::string(*reel.share_to_feed ? "true" : "false"));
    if (reel.trial == core::Trial::kManual) {
        parameters.emplace_back("trial_params", std::string(R"({"graduation_strategy":"MANUAL"})"));
    } else if (reel.trial == core::Trial::kPerformance) {
        parameters.emplace_back("trial_params", std::string(R"({"graduation_strategy":"SS_PERFORMANCE"})"));
    }
}

} // namespace

bool is_resumable(const ContainerOrder& order) {
    return is_among(order.kind, kVideos) && order.media_url.empty();
}

Result<Parameters> container_parameters(core::LoginPath login, const ContainerOrder& order) {
    if (const auto checked = check(login, order); !checked) return fail(checked.error());
    Parameters parameters;
    add(parameters, "media_type", std::string(media_type(order.kind)));
    add_source(parameters, order);
    if (is_among(order.kind, kPosts)) add(parameters, "caption", order.caption);
    if (is_among(order.kind, kFeedImages)) add(parameters, "alt_text", order.alt_text);
    if (is_among(order.kind, kPosts)) add(parameters, "location_id", order.location_id);
    add_tags(parameters, order);
    add_reel(parameters, order);
    if (order.is_ai_generated && is_among(order.kind, kAiMarked)) {
        parameters.emplace_back("is_ai_generated", std::string("true"));
    }
    return parameters;
}

} // namespace everlong::adapters::detail
