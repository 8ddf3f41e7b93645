#pragma once
// What this program answers of a file, as plain values; main.cpp writes them as JSON, adapters/media_child reads that.

#include <cstdint>
#include <optional>
#include <string>

namespace everlong::media {

struct VideoReport {
    std::int64_t duration_ms = 0;
    std::string codec;
    std::string pixel_format;
    double frame_rate = 0;     // the average
    std::int64_t bit_rate = 0; // of the picture; 0: not told
    bool is_interlaced = false;
    bool has_edit_list = false;     // any
    bool has_cutting_edits = false; // more than one edit, an empty one, or one at another speed
    bool is_index_first = false;
    bool is_fragmented = false;
    bool has_open_gop = false;
    bool has_sound = false;
    std::string audio_codec;
    int sample_rate_hz = 0;
    int channels = 0;
    std::int64_t audio_bit_rate = 0;
};

struct Report {
    bool is_video = false;
    std::string format; // empty: nothing that can be read here
    std::uint64_t bytes = 0;
    int width = 0; // as shown
    int height = 0;
    bool is_multi_picture = false;
    std::string colour_space;
    bool has_metadata = false;
    bool lies_on_its_side = false; // stored as height by width
    bool has_transparency = false;
    std::optional<VideoReport> video;
    std::string problem;
};

// Looks at the file behind the descriptor, from its beginning whatever its position. Never fails: what cannot be read
// is said in `problem`.
Report look(int file);

} // namespace everlong::media
