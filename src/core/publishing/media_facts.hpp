#pragma once
// What is known of the bytes of a picture or a video, whoever looked at them. Rules are judged on this
// (core/publishing/preflight.hpp); the words of formats and codecs are those of libvips and libavformat, in small letters.

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everlong::core {

enum class MediumType { kImage, kVideo };

std::string_view to_text(MediumType type); // "image", "video"

struct VideoFacts {
    Milliseconds duration{};
    std::string codec;         // "h264", "hevc", "vp9", ...
    std::string pixel_format;  // "yuv420p", ...
    double frame_rate = 0;     // frames a second, the average
    std::int64_t bit_rate = 0; // bits a second, of the picture; 0: not told
    bool is_interlaced = false;
    bool has_edit_list = false;     // any; every common encoder writes one that cuts nothing
    bool has_cutting_edits = false; // more than one edit, an empty one, or one at another speed
    bool is_index_first = false;    // `moov` stands before the data
    bool is_fragmented = false;     // pieces with an index each: its head does not tell how long it lasts
    bool has_open_gop = false;      // as far as its first seconds show
    bool has_sound = false;
    std::string audio_codec;
    int sample_rate_hz = 0;
    int channels = 0;
    std::int64_t audio_bit_rate = 0; // bits a second; 0: not told
    bool operator==(const VideoFacts&) const = default;
};

struct MediaFacts {
    MediumType type = MediumType::kImage;
    // "jpeg", "png", "webp", "heif", "gif", "mp4", "mov", ...; empty: not a picture or video that anybody here can read.
    std::string format;
    std::uint64_t bytes = 0;
    // As it is shown: after the turn that the file asks for.
    int width = 0;
    int height = 0;
    bool is_multi_picture = false; // MPO or JPS: several pictures in what looks like a JPEG
    std::string colour_space;      // "srgb", "cmyk", "grey", "p3", "adobe-rgb", ...; empty: not told
    bool has_metadata = false;     // EXIF or the like: place and camera travel along
    bool lies_on_its_side =
        false; // a picture whose pixels are stored as height by width, to be turned by whoever shows it
    bool has_transparency = false;
    std::optional<VideoFacts> video;
    std::string problem; // why it could not be read to its end, in half a sentence; empty: it could
    bool operator==(const MediaFacts&) const = default;
};

} // namespace everlong::core
