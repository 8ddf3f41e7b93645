#pragma once
// What Meta takes of pictures, videos and texts, as data. Source: facts/graph-api.md, 8.1, 8.2 and 8.3, read 2026-06-22
// (pages content-publishing, reference/ig-user/media; changelog to that day). Where sources disagree, the row says so.

#include <base/time.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace everlong::core {

inline constexpr std::uint64_t kMebibyte = 1024 * 1024;

// What a picture or video is going to be.
enum class MediumUse { kFeedImage, kStoryImage, kReel, kCarouselVideo, kStoryVideo, kCover };

struct MediumRules {
    MediumUse use;
    std::uint64_t most_bytes; // that any of Meta's pages allows
    std::uint64_t sure_bytes; // that all of them allow
    // width : height; 0: none is demanded.
    double least_ratio;
    double most_ratio;
    std::string_view ratio_text; // as the page writes it
    // Zero for pictures.
    Milliseconds shortest;
    Milliseconds longest;
};

const MediumRules& medium_rules(MediumUse use);

// --- pictures ---
// Between these it is shown as it is, outside it is scaled (8.2).
inline constexpr int kLeastImageWidth = 320;
inline constexpr int kMostImageWidth = 1440;
// Ratios are held by whole pixels: 1080 x 566 is 1.908, 1080 x 565 is meant to be 1.91 and is taken.
inline constexpr int kRatioSlackPixels = 1;

// --- videos (8.2, the columns Reel and Story video) ---
inline constexpr int kMostVideoWidth = 1920;
inline constexpr double kLeastFrameRate = 23;
inline constexpr double kMostFrameRate = 60;
// 23.976 and 59.94 are written as counts and lengths that are rounded.
inline constexpr double kFrameRateSlack = 0.1;
inline constexpr std::int64_t kMostVideoBitRate = 25'000'000;
inline constexpr int kMostSampleRate = 48'000;
inline constexpr int kMostChannels = 2;
inline constexpr std::int64_t kAdvisedAudioBitRate = 128'000;
// Encoders differ by a frame or a packet in where they say that a film ends.
inline constexpr Milliseconds kDurationSlack{50};

// --- texts and tags (8.1) ---
// Characters are code points: an emoji of two, with a tone of skin, counts twice.
inline constexpr std::size_t kMostCaptionCharacters = 2200;
inline constexpr std::size_t kMostHashtags = 30;
inline constexpr std::size_t kMostMentions = 20;
inline constexpr std::size_t kMostAltTextCharacters = 1000;
inline constexpr std::size_t kMostCollaborators = 3;
inline constexpr std::size_t kMostUserTags = 20;
inline constexpr std::size_t kMostProductTags = 5;
inline constexpr std::size_t kLeastCarousel = 2;
inline constexpr std::size_t kMostCarousel = 10;
inline constexpr std::size_t kMostUsername = 30;

// Where a rule is written, for whoever doubts it.
struct RuleSource {
    std::string_view rule;    // of Finding
    std::string_view section; // of facts/graph-api.md
    std::string_view as_of;   // the page's date
    // Empty where all sources agree; else what the others say, and why ours is taken.
    std::string_view disagreement;
};

std::span<const RuleSource> rule_sources();
// Null for a rule that is not Meta's but ours.
const RuleSource* find_rule_source(std::string_view rule);

} // namespace everlong::core
