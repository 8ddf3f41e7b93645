#include <core/publishing/media_checks.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace everlong::core {
namespace {

// What everlong-media can make a JPEG of.
constexpr std::array<std::string_view, 7> kConvertible{"jpeg", "png", "webp", "heif", "avif", "gif", "tiff"};

template <class... Values>
std::string print(const char* format, Values... values) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, values...);
    return text.data();
}

std::string upper(std::string_view format) {
    std::string text(format);
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

std::string name_of(const MediaFacts& facts) {
    return facts.format.empty() ? "a file of unknown form" : upper(facts.format);
}

bool is_convertible(const MediaFacts& facts) {
    return std::ranges::find(kConvertible, facts.format) != kConvertible.end();
}

// Outside the bounds by more than one pixel of rounding.
bool is_misshapen(int width, int height, const MediumRules& rules) {
    if (rules.most_ratio <= 0) return false;
    return width + kRatioSlackPixels < height * rules.least_ratio ||
           width > (height + kRatioSlackPixels) * rules.most_ratio;
}

void check_shape(const MediaFacts& facts, MediumUse use, Findings& found) {
    const MediumRules& rules = medium_rules(use);
    const bool is_off = is_misshapen(facts.width, facts.height, rules);
    const bool is_off_as_stored = facts.lies_on_its_side ? is_misshapen(facts.height, facts.width, rules) : is_off;
    const std::string ratio = ratio_text(facts.width, facts.height);
    if (is_off && is_off_as_stored) {
        found.error("image-ratio", ratio, std::string(rules.ratio_text), true);
    } else if (is_off || is_off_as_stored) {
        found.warning("image-orientation", ratio + " as shown, " + ratio_text(facts.height, facts.width) + " as stored",
                      std::string(rules.ratio_text), true);
    }
    if (use == MediumUse::kFeedImage && (facts.width < kLeastImageWidth || facts.width > kMostImageWidth)) {
        // What lies below is enlarged by Meta; no conversion adds what is not there.
        found.warning("image-width", std::to_string(facts.width) + " pixels", "320 to 1440 pixels",
                      facts.width > kMostImageWidth);
    }
    // A story fills the screen; a third off in either direction leaves broad bars.
    constexpr double kStoryRatio = 9.0 / 16;
    constexpr double kStorySlack = 1.33;
    const double shape = static_cast<double>(facts.width) / facts.height;
    const bool is_barred = shape > kStoryRatio * kStorySlack || shape < kStoryRatio / kStorySlack;
    if (use == MediumUse::kStoryImage && is_barred) {
        found.warning("story-ratio", ratio, "9:16");
    }
}

// The container and what stands around the streams.
void check_film(const MediaFacts& facts, Findings& found) {
    const VideoFacts& video = *facts.video;
    if (video.is_fragmented) {
        found.error("video-fragmented", "in fragments", "one index at the front");
    } else if (!video.is_index_first) {
        found.error("video-index-first", "the index (moov) stands at the end", "the index at the front");
    }
    if (video.has_cutting_edits) found.error("video-edit-list", "it has an edit list that cuts", "no edit list");
}

void check_picture_stream(const VideoFacts& video, Findings& found) {
    if (video.codec != "h264" && video.codec != "hevc") {
        found.error("video-codec", video.codec.empty() ? "unknown" : upper(video.codec), "H.264 or HEVC");
    } else if (!video.pixel_format.empty() && !video.pixel_format.contains("420")) {
        found.error("video-chroma", video.pixel_format, "4:2:0 (yuv420p)");
    }
    if (video.is_interlaced) found.error("video-interlaced", "interlaced", "progressive");
    if (video.has_open_gop) found.warning("video-open-gop", "open GOP", "closed GOP");
    const bool is_told = video.frame_rate > 0;
    if (is_told &&
        (video.frame_rate < kLeastFrameRate - kFrameRateSlack || video.frame_rate > kMostFrameRate + kFrameRateSlack)) {
        found.error("video-frame-rate", print("%.4g", video.frame_rate) + " frames per second",
                    "23 to 60 frames per second");
    }
    if (video.bit_rate > kMostVideoBitRate) {
        found.error("video-bit-rate", print("%.1f Mbit/s", static_cast<double>(video.bit_rate) / 1e6),
                    "at most 25 Mbit/s");
    }
}

void check_sound(const VideoFacts& video, Findings& found) {
    if (!video.has_sound) return;
    if (video.audio_codec != "aac") {
        found.error("audio-codec", video.audio_codec.empty() ? "unknown" : upper(video.audio_codec), "AAC");
    }
    if (video.sample_rate_hz > kMostSampleRate) {
        found.error("audio-sample-rate", print("%.1f kHz", video.sample_rate_hz / 1000.0), "at most 48 kHz");
    }
    if (video.channels > kMostChannels) {
        found.error("audio-channels", std::to_string(video.channels) + " channels", "one or two channels");
    }
    // Encoders that aim at 128 kbit/s land a little above.
    if (video.audio_bit_rate > kAdvisedAudioBitRate * 11 / 10) {
        found.warning("audio-bit-rate", print("%.0f kbit/s", static_cast<double>(video.audio_bit_rate) / 1000),
                      "128 kbit/s");
    }
}

void check_measures(const MediaFacts& facts, MediumUse use, Findings& found) {
    const MediumRules& rules = medium_rules(use);
    const Milliseconds duration = facts.video->duration;
    // A fragmented film's head tells none: that is found already.
    const bool is_told = !facts.video->is_fragmented || duration.count() > 0;
    if (is_told && (duration + kDurationSlack < rules.shortest || duration > rules.longest + kDurationSlack)) {
        found.error("video-duration", duration_text(duration),
                    duration_text(rules.shortest) + " to " + duration_text(rules.longest));
    }
    if (facts.width > kMostVideoWidth) {
        found.error("video-width", std::to_string(facts.width) + " pixels", "at most 1920 pixels");
    }
    if (facts.width <= 0 || facts.height <= 0) return;
    const double ratio = static_cast<double>(facts.width) / facts.height;
    if (ratio < rules.least_ratio || ratio > rules.most_ratio) {
        found.error("video-ratio", ratio_text(facts.width, facts.height), std::string(rules.ratio_text));
    }
}

} // namespace

std::string ratio_text(int width, int height) {
    if (width <= 0 || height <= 0) return "unknown";
    const int divisor = std::gcd(width, height);
    constexpr int kPlain = 20; // 16:9 is read at a glance, 533:400 is not
    if (width / divisor <= kPlain && height / divisor <= kPlain) {
        return std::to_string(width / divisor) + ":" + std::to_string(height / divisor);
    }
    return print("%.4g:1", static_cast<double>(width) / height);
}

std::string bytes_text(std::uint64_t bytes) {
    const double mebibytes = static_cast<double>(bytes) / static_cast<double>(kMebibyte);
    return mebibytes >= 0.1 ? print("%.1f MB", mebibytes) : std::to_string(bytes) + " bytes";
}

std::string duration_text(Milliseconds span) {
    if (span >= Minutes(2)) {
        const auto seconds = span.count() % 60'000 / 1000;
        return std::to_string(span.count() / 60'000) + " min" +
               (seconds == 0 ? "" : " " + std::to_string(seconds) + " s");
    }
    return print("%.4g s", static_cast<double>(span.count()) / 1000);
}

void check_image(const MediaFacts& facts, MediumUse use, Findings& found) {
    const std::string part = use == MediumUse::kCover ? "cover-" : "image-";
    const bool is_fixable = is_convertible(facts);
    if (facts.format.empty() || (!facts.problem.empty() && facts.format == "jpeg")) {
        found.error(use == MediumUse::kCover ? "cover-unreadable" : "medium-unreadable",
                    facts.problem.empty() ? name_of(facts) : facts.problem, "a whole JPEG");
        return;
    }
    if (facts.format != "jpeg") {
        found.error(part + "format", name_of(facts), "JPEG", is_fixable && facts.problem.empty());
    } else if (facts.is_multi_picture) {
        found.error(use == MediumUse::kCover ? "cover-format" : "image-multi-picture",
                    "several pictures in one (MPO or JPS)", "one JPEG", true);
    }
    const MediumRules& rules = medium_rules(use);
    if (facts.bytes > rules.most_bytes) {
        found.error(part + "bytes", bytes_text(facts.bytes), "at most " + bytes_text(rules.most_bytes), is_fixable);
    }
    if (facts.width > 0 && facts.height > 0) check_shape(facts, use, found);
    if (use == MediumUse::kCover) return;
    const bool is_plain = facts.colour_space.empty() || facts.colour_space == "srgb" || facts.colour_space == "grey";
    if (!is_plain) found.warning("image-colour", facts.colour_space, "sRGB", true);
    if (facts.has_metadata) found.warning("image-metadata", "EXIF or the like", "none", true);
}

void check_video(const MediaFacts& facts, MediumUse use, Findings& found) {
    if (facts.format.empty() || !facts.video || !facts.problem.empty()) {
        found.error("medium-unreadable", facts.problem.empty() ? name_of(facts) : facts.problem, "a whole MP4 or MOV");
        return;
    }
    if (facts.format != "mp4" && facts.format != "mov") {
        found.error("video-format", name_of(facts), "MP4 or MOV");
    } else {
        check_film(facts, found);
    }
    const MediumRules& rules = medium_rules(use);
    if (facts.bytes > rules.most_bytes) {
        found.error("video-bytes", bytes_text(facts.bytes), "at most " + bytes_text(rules.most_bytes));
    } else if (facts.bytes > rules.sure_bytes) {
        found.warning("video-bytes-disputed", bytes_text(facts.bytes), "at most " + bytes_text(rules.sure_bytes));
    }
    check_picture_stream(*facts.video, found);
    check_sound(*facts.video, found);
    check_measures(facts, use, found);
    if (facts.has_metadata) found.warning("video-metadata", "place or camera", "none");
}

} // namespace everlong::core
