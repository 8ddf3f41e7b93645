#pragma once
// What a picture is, by its first bytes, and a JPEG's head read by hand: enough to judge it by Meta's rules
// (graph-api.md, 8.2), never its pixels. Any bytes may be given; nothing is read outside them.

#include <cstdint>
#include <string_view>

namespace everlong::simulator {

enum class PictureFormat { kJpeg, kMultiPicture, kStereo, kPng, kWebp, kGif, kHeic, kAvif, kTiff, kBmp, kUnknown };

// "JPEG", "PNG", …: as in Meta's "The image format PNG is not supported".
std::string_view to_text(PictureFormat format);

struct Picture {
    PictureFormat format = PictureFormat::kUnknown;
    // Of a JPEG only; 0 where its head is broken.
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool lies_on_its_side = false; // its EXIF wants it shown as height by width
    bool is_progressive = false;
    bool is_whole = false; // the head makes sense and the end of the picture is there
};

Picture inspect_picture(std::string_view bytes);

} // namespace everlong::simulator
