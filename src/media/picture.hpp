#pragma once
// Pictures, by libvips. Heads are read to look; pixels only to convert.

#include <media/report.hpp>

#include <string>
#include <string_view>

namespace everlong::media {

// Once a process, before it is confined: libvips registers its operations and reads its environment.
// False where it cannot start.
bool start_pictures(const char* program);

// "jpeg", "png", "webp", "gif", "heif", "avif", "tiff", "bmp" by its first bytes; empty: no picture.
std::string picture_format(std::string_view bytes);

// `format` is that of picture_format().
Report look_at_picture(std::string_view bytes, const std::string& format);

enum class Fit { kNone, kCrop, kPad };

struct ConvertWish {
    Fit fit = Fit::kNone;
    double least_ratio = 0; // width : height
    double most_ratio = 0;
    int most_width = 0; // 0: not scaled
    double background[3] = {255, 255, 255};
    std::uint64_t most_bytes = 0; // 0: no limit
};

struct Converted {
    std::string jpeg; // empty: see problem
    int width = 0;
    int height = 0;
    int quality = 0;
    std::string problem;
};

// To a JPEG in sRGB without metadata. First turned as the file asks, laid on the background where it is transparent, then
// as wished.
Converted convert_picture(std::string_view bytes, const ConvertWish& wish);

} // namespace everlong::media
