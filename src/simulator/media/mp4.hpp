#pragma once
// A video's boxes (ISO/IEC 14496-12, and QuickTime's) read by hand as its bytes come in: only the moov box is kept while
// it is read, all else is counted and passed over, so that a file of any size takes the same memory. Any bytes may be
// given, in pieces of any size.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everlong::simulator {

struct VideoTrack {
    std::string codec; // four letters of the sample description: "avc1"
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    double frames_per_second = 0;
    double bits_per_second = 0; // by the sizes of its samples; 0: not told
    bool is_420 = true;         // as far as the codec's head tells
    bool is_progressive = true;
};

struct AudioTrack {
    std::string codec;  // "mp4a"
    bool is_aac = true; // of "mp4a", which stands for others as well
    std::uint32_t channels = 0;
    std::uint32_t sample_rate = 0;
};

struct Video {
    std::string brand;              // of ftyp; empty: there is none
    bool is_container = false;      // begins like an MP4 or MOV
    bool is_whole = false;          // every box was there to its end
    bool has_moov = false;          // and it could be read
    bool is_moov_first = false;     // before the media data
    bool is_fragmented = false;     // moof boxes
    bool has_edit_list = false;     // any
    bool has_cutting_edits = false; // more than one edit, an empty one, or one at another speed
    std::uint64_t duration_ms = 0;  // of mvhd
    std::uint64_t bytes = 0;
    std::optional<VideoTrack> picture;
    std::optional<AudioTrack> sound;
};

class VideoScanner {
public:
    void feed(std::string_view piece);
    // What is known so far; `is_whole` says whether the file may end here.
    Video result() const;

private:
    // A moov box of fifteen minutes at 60 frames a second is below 2 MiB; a larger one is not read, which makes the
    // video unreadable (memory stays bounded).
    static constexpr std::uint64_t kLargestMoov = 8 * 1024 * 1024;

    void begin_box();
    void end_moov();

    Video video_;
    std::string head_;       // of the box that begins
    std::string moov_;       // while it is read
    std::uint64_t left_ = 0; // of the present box
    bool is_in_box_ = false;
    bool is_in_moov_ = false;
    bool is_endless_ = false; // size 0: to the end of the file
    bool is_lost_ = false;    // no boxes any more
    bool has_media_data_ = false;
    bool has_begun_ = false;
};

} // namespace everlong::simulator
