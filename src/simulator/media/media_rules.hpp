#pragma once
// What Meta demands of a picture or video, as tables with their sources, and the judgement on what was found in the
// bytes (graph-api.md, 8.2).

#include <simulator/media/jpeg.hpp>
#include <simulator/media/mp4.hpp>
#include <simulator/switches.hpp>
#include <simulator/wire/publish_errors.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace everlong::simulator {

// What a container is going to be.
enum class MediaKind { kImage, kReel, kVideoItem, kStoryImage, kStoryVideo, kCarousel };

std::string_view to_text(MediaKind kind);
std::optional<MediaKind> parse_media_kind(std::string_view text);
bool is_video(MediaKind kind);
bool is_story(MediaKind kind);

// Why a medium cannot be used: what a caller is told, and the reason in plain words for the ledger.
struct MediaFault {
    GraphError error;
    std::string reason;
};

constexpr std::uint64_t kLargestImage = 8 * 1024 * 1024;
std::uint64_t largest_video(MediaKind kind, const Switches& switches);

// What the container asks of its medium beyond the rules for all.
struct MediaWish {
    std::optional<std::int64_t> thumb_offset_ms;
    bool wants_sound = false; // audio_name or audio_configuration
};

std::optional<MediaFault> judge_picture(MediaKind kind, const Picture& picture, std::uint64_t bytes,
                                        const std::string& address, const Switches& switches);
std::optional<MediaFault> judge_video(MediaKind kind, const Video& video, const MediaWish& wish,
                                      const Switches& switches);

} // namespace everlong::simulator
