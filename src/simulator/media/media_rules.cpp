#include <simulator/media/media_rules.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

namespace everlong::simulator {
namespace {

struct KindName {
    MediaKind kind;
    std::string_view name;
};
constexpr std::array kKindNames{
    KindName{MediaKind::kImage, "image"},
    KindName{MediaKind::kReel, "reel"},
    KindName{MediaKind::kVideoItem, "video-item"},
    KindName{MediaKind::kStoryImage, "story-image"},
    KindName{MediaKind::kStoryVideo, "story-video"},
    KindName{MediaKind::kCarousel, "carousel"},
};

constexpr std::uint64_t kMegabyte = 1024 * 1024;

// graph-api.md, 8.2. A child of a carousel is held to the reel's column: the table has none of its own.
struct VideoRules {
    MediaKind kind;
    std::uint64_t most_bytes;
    std::uint64_t shortest_ms;
    std::uint64_t longest_ms;
    double narrowest; // width : height
    double widest;
};
constexpr std::array kVideoRules{
    VideoRules{MediaKind::kReel, 300 * kMegabyte, 3'000, 900'000, 0.01, 10.0},
    VideoRules{MediaKind::kVideoItem, 300 * kMegabyte, 3'000, 900'000, 0.01, 10.0},
    VideoRules{MediaKind::kStoryVideo, 100 * kMegabyte, 3'000, 60'000, 0.1, 10.0},
};
// Older pages than the newest one say 1 GB for reels (8.2, 14).
constexpr std::uint64_t kLargestReelOfOld = 1024 * kMegabyte;

constexpr std::uint32_t kWidest = 1920;
constexpr double kFewestFrames = 23.0;
constexpr double kMostFrames = 60.0;
// 59.94 and 23.976 are written as sample counts and durations that round.
constexpr double kFrameSlack = 0.1;
constexpr double kMostBitsPerSecond = 25e6;
// Encoders count a last frame or a priming packet in or out.
constexpr std::uint64_t kDurationSlackMs = 50;
constexpr std::uint32_t kHighestSampleRate = 48'000;
constexpr std::uint32_t kMostChannels = 2;
constexpr std::array<std::string_view, 4> kVideoCodecs{"avc1", "avc3", "hvc1", "hev1"};
constexpr std::string_view kAudioCodec = "mp4a";

const VideoRules& rules_of(MediaKind kind) {
    const auto found = std::ranges::find(kVideoRules, kind, &VideoRules::kind);
    return found == kVideoRules.end() ? kVideoRules.front() : *found;
}

std::string to_decimal(double number) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f", number);
    return text;
}

MediaFault fault_of(PublishRefusal refusal, std::string reason, std::string_view argument = {}) {
    return {make_publish_error(refusal, {argument}), std::move(reason)};
}

MediaFault processing_fault(std::string reason) {
    return fault_of(PublishRefusal::kVideoProcessing, std::move(reason));
}

// The container format itself.
std::optional<MediaFault> judge_boxes(const Video& video, const Switches& switches) {
    if (!video.is_container) return fault_of(PublishRefusal::kVideoFormat, "neither MP4 nor MOV", "video");
    if (!video.is_whole) return fault_of(PublishRefusal::kUploadError, "the file ends within a box");
    if (!video.has_moov || !video.picture) {
        return fault_of(PublishRefusal::kVideoFormat, "no readable moov box with a video track", "video");
    }
    if (!video.is_moov_first && switches.is("video_moov", "first")) {
        return processing_fault("the moov box stands behind the media data");
    }
    const bool has_bad_edits = (video.has_edit_list && switches.is("video_edit_lists", "none")) ||
                               (video.has_cutting_edits && !switches.is("video_edit_lists", "any"));
    if (has_bad_edits) return processing_fault("it has an edit list");
    return std::nullopt;
}

std::optional<MediaFault> judge_streams(const Video& video) {
    const VideoTrack& picture = *video.picture;
    if (std::ranges::find(kVideoCodecs, picture.codec) == kVideoCodecs.end()) {
        return fault_of(PublishRefusal::kVideoFormat, "the video codec is not H.264 or HEVC", "video");
    }
    if (!picture.is_420) return processing_fault("its colours are not stored as 4:2:0");
    if (!picture.is_progressive) return processing_fault("it is interlaced");
    if (video.sound && (video.sound->codec != kAudioCodec || !video.sound->is_aac)) {
        return fault_of(PublishRefusal::kVideoFormat, "the audio codec is not AAC", "audio");
    }
    const double frames = picture.frames_per_second;
    if (frames > 0 && (frames < kFewestFrames - kFrameSlack || frames > kMostFrames + kFrameSlack)) {
        return processing_fault(to_decimal(frames) + " frames per second; 23 to 60 are allowed");
    }
    if (video.sound && (video.sound->channels > kMostChannels || video.sound->sample_rate > kHighestSampleRate)) {
        return processing_fault("more than two audio channels, or more than 48 kHz");
    }
    return std::nullopt;
}

std::optional<MediaFault> judge_measures(const VideoRules& rules, const Video& video) {
    if (video.duration_ms + kDurationSlackMs < rules.shortest_ms ||
        video.duration_ms > rules.longest_ms + kDurationSlackMs) {
        return processing_fault("it lasts " + to_decimal(static_cast<double>(video.duration_ms) / 1000) + " s; " +
                                std::to_string(rules.shortest_ms / 1000) + " to " +
                                std::to_string(rules.longest_ms / 1000) + " s are allowed");
    }
    const VideoTrack& picture = *video.picture;
    if (picture.width == 0 || picture.height == 0) return processing_fault("it has no size");
    if (picture.width > kWidest) return processing_fault("it is wider than 1920 pixels");
    const double ratio = static_cast<double>(picture.width) / static_cast<double>(picture.height);
    if (ratio < rules.narrowest || ratio > rules.widest) {
        return processing_fault("its aspect ratio is " + to_decimal(ratio) + ":1");
    }
    // The picture's own, where its index tells it.
    const double of_file = static_cast<double>(video.bytes) * 8 / (static_cast<double>(video.duration_ms) / 1000);
    if ((picture.bits_per_second > 0 ? picture.bits_per_second : of_file) > kMostBitsPerSecond)
        return processing_fault("more than 25 Mbit/s");
    return std::nullopt;
}

} // namespace

std::string_view to_text(MediaKind kind) {
    return std::ranges::find(kKindNames, kind, &KindName::kind)->name;
}

std::optional<MediaKind> parse_media_kind(std::string_view text) {
    const auto* found = std::ranges::find(kKindNames, text, &KindName::name);
    return found == kKindNames.end() ? std::nullopt : std::optional(found->kind);
}

bool is_video(MediaKind kind) {
    return kind == MediaKind::kReel || kind == MediaKind::kVideoItem || kind == MediaKind::kStoryVideo;
}

bool is_story(MediaKind kind) {
    return kind == MediaKind::kStoryImage || kind == MediaKind::kStoryVideo;
}

std::uint64_t largest_video(MediaKind kind, const Switches& switches) {
    const bool is_generous = kind != MediaKind::kStoryVideo && switches.is("reel_size", "1GB");
    return is_generous ? kLargestReelOfOld : rules_of(kind).most_bytes;
}

std::optional<MediaFault> judge_picture(MediaKind kind, const Picture& picture, std::uint64_t bytes,
                                        const std::string& address, const Switches& switches) {
    if (bytes > kLargestImage) return fault_of(PublishRefusal::kImageSize, "larger than 8 MiB");
    if (picture.format == PictureFormat::kUnknown) {
        return fault_of(PublishRefusal::kNotFetched, "no picture: its first bytes are none of a known format", address);
    }
    if (picture.format != PictureFormat::kJpeg) {
        const std::string_view format = to_text(picture.format);
        return fault_of(PublishRefusal::kImageFormat, "a " + std::string(format) + ", not a JPEG", format);
    }
    if (!picture.is_whole) return fault_of(PublishRefusal::kNotFetched, "a broken or cut JPEG", address);
    if (picture.is_progressive && switches.is("progressive_jpeg", "refused")) {
        return fault_of(PublishRefusal::kNotFetched, "a progressive JPEG", address);
    }
    if (kind != MediaKind::kImage) return std::nullopt;
    // 4:5 to 1.91:1, and one pixel of rounding (1080 × 566 is 1.908, 1080 × 565 is meant to be 1.91).
    const bool is_turned = picture.lies_on_its_side && switches.is("picture_orientation", "as-shown");
    const double width = is_turned ? picture.height : picture.width;
    const double height = is_turned ? picture.width : picture.height;
    const bool is_too_tall = (width + 1) * 5 < height * 4;
    const bool is_too_wide = width > (height + 1) * 1.91;
    if (!is_too_tall && !is_too_wide) return std::nullopt;
    const std::string ratio = to_decimal(width / height);
    return fault_of(PublishRefusal::kImageRatio, "its aspect ratio is " + ratio + ":1", ratio);
}

std::optional<MediaFault> judge_video(MediaKind kind, const Video& video, const MediaWish& wish,
                                      const Switches& switches) {
    if (video.bytes > largest_video(kind, switches)) return processing_fault("larger than allowed");
    if (auto fault = judge_boxes(video, switches)) return fault;
    if (auto fault = judge_streams(video)) return fault;
    if (auto fault = judge_measures(rules_of(kind), video)) return fault;
    if (wish.thumb_offset_ms && static_cast<std::uint64_t>(*wish.thumb_offset_ms) >= video.duration_ms) {
        return fault_of(PublishRefusal::kThumbOffset, "thumb_offset lies behind the video's end",
                        std::to_string(video.duration_ms));
    }
    if (wish.wants_sound && !video.sound) {
        return fault_of(PublishRefusal::kSilentVideo, "audio options, and no audio track");
    }
    return std::nullopt;
}

} // namespace everlong::simulator
