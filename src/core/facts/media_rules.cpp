#include <core/facts/media_rules.hpp>

#include <algorithm>
#include <array>

namespace everlong::core {
namespace {

constexpr Milliseconds kNoTime{0};

// A video of a carousel is held to the reel's column: the page has none of its own for it. "8 MB" is 8 MiB by the text of
// error 36000; the larger figures are read likewise.
constexpr std::array kRules{
    MediumRules{MediumUse::kFeedImage, 8 * kMebibyte, 8 * kMebibyte, 0.8, 1.91, "4:5 to 1.91:1", kNoTime, kNoTime},
    MediumRules{MediumUse::kStoryImage, 8 * kMebibyte, 8 * kMebibyte, 0, 0, "9:16 advised", kNoTime, kNoTime},
    MediumRules{MediumUse::kReel, 1024 * kMebibyte, 300 * kMebibyte, 0.01, 10, "0.01:1 to 10:1", Seconds(3),
                Minutes(15)},
    MediumRules{MediumUse::kCarouselVideo, 1024 * kMebibyte, 300 * kMebibyte, 0.01, 10, "0.01:1 to 10:1", Seconds(3),
                Minutes(15)},
    MediumRules{MediumUse::kStoryVideo, 100 * kMebibyte, 100 * kMebibyte, 0.1, 10, "0.1:1 to 10:1", Seconds(3),
                Seconds(60)},
    MediumRules{MediumUse::kCover, 8 * kMebibyte, 8 * kMebibyte, 0, 0, "9:16 advised", kNoTime, kNoTime},
};

constexpr std::string_view kRead = "2026-06-22";

constexpr std::array kSources{
    RuleSource{"caption-length", "8.1", kRead, ""},
    RuleSource{"caption-hashtags", "8.1", kRead, ""},
    RuleSource{"caption-mentions", "8.1", kRead, ""},
    RuleSource{"caption-not-shown", "8.1", kRead, ""},
    RuleSource{"alt-text-length", "8.1", "2025-03-24", ""},
    RuleSource{"alt-text-not-shown", "8.1", "2025-03-24", ""},
    RuleSource{"location-id", "8.1", kRead, ""},
    RuleSource{"location-not-shown", "8.1", kRead, ""},
    RuleSource{"collaborators-count", "8.1", kRead, ""},
    RuleSource{"collaborators-on-story", "8.1", kRead, ""},
    RuleSource{"user-tags-count", "8.1", kRead, ""},
    RuleSource{"user-tag-position", "8.1", "2025-07-09", ""},
    RuleSource{"product-tags-login", "8.1", kRead,
               "the publishing guide calls shopping tags unsupported; the reference describes them for the Facebook "
               "login, and they are let through there"},
    RuleSource{"product-tags-on-story", "8.1", kRead, ""},
    RuleSource{"product-tags-count", "8.1", kRead, ""},
    RuleSource{"product-tag-position", "8.1", kRead, ""},
    RuleSource{"carousel-size", "8.1", kRead, "the app allows 20; the API 10, which is taken"},
    RuleSource{"carousel-ratio", "8.2", kRead, ""},
    RuleSource{"thumb-offset", "8.1", kRead, ""},
    RuleSource{"cover-wins", "8.1", kRead, ""},
    RuleSource{"cover-format", "8.2", kRead, ""},
    RuleSource{"cover-bytes", "8.2", kRead, ""},
    RuleSource{"audio-name-silent", "5.4", kRead, ""},
    RuleSource{"medium-address", "8.1", kRead, ""},
    RuleSource{"image-format", "8.2", kRead, ""},
    RuleSource{"image-multi-picture", "8.2", kRead, ""},
    RuleSource{"image-bytes", "8.2", kRead, ""},
    RuleSource{"image-ratio", "8.2", kRead, ""},
    RuleSource{"image-width", "8.2", kRead, ""},
    RuleSource{"image-colour", "8.2", kRead, ""},
    RuleSource{"image-orientation", "8.2", kRead,
               "the page gives shapes and does not say whether before or after the turn that EXIF asks for"},
    RuleSource{"story-ratio", "8.2", kRead, ""},
    RuleSource{"video-format", "8.2", kRead, ""},
    RuleSource{"video-index-first", "8.2", kRead, ""},
    RuleSource{"video-edit-list", "8.2", kRead,
               "the page allows no edit list; every file of a common encoder holds one that cuts nothing, and such "
               "files are published daily: only those that cut are refused"},
    RuleSource{"video-fragmented", "8.2", kRead, ""},
    RuleSource{"video-codec", "8.2", kRead, ""},
    RuleSource{"video-chroma", "8.2", kRead, ""},
    RuleSource{"video-interlaced", "8.2", kRead, ""},
    RuleSource{"video-open-gop", "8.2", kRead,
               "the page demands a closed GOP; no refusal for an open one is known, so it is a warning"},
    RuleSource{"video-frame-rate", "8.2", kRead, ""},
    RuleSource{"video-bit-rate", "8.2", kRead, ""},
    RuleSource{"video-width", "8.2", kRead, ""},
    RuleSource{"video-ratio", "8.2", kRead, ""},
    RuleSource{"video-duration", "8.2", kRead, ""},
    RuleSource{"video-bytes", "8.2", kRead,
               "reels: the newest page says 300 MB, older ones 1 GB, which is the error's limit"},
    RuleSource{"video-bytes-disputed", "8.2", kRead, "reels: the newest page says 300 MB, older ones 1 GB"},
    RuleSource{"audio-codec", "8.2", kRead, ""},
    RuleSource{"audio-sample-rate", "8.2", kRead, ""},
    RuleSource{"audio-channels", "8.2", kRead, ""},
    RuleSource{"audio-bit-rate", "8.2", kRead, ""},
    RuleSource{"publish-quota", "7.3", "2024-07-23",
               "25, 50 and 100 posts a day are printed: the account's own figure is read, none assumed"},
};

} // namespace

const MediumRules& medium_rules(MediumUse use) {
    return *std::ranges::find(kRules, use, &MediumRules::use);
}

std::span<const RuleSource> rule_sources() {
    return kSources;
}

const RuleSource* find_rule_source(std::string_view rule) {
    const auto* const found = std::ranges::find(kSources, rule, &RuleSource::rule);
    return found == kSources.end() ? nullptr : found;
}

} // namespace everlong::core
