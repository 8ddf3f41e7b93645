#pragma once
// One libvips image with its owner, and the loader of each format: no other loader of libvips can be reached by a file.

#include <vips/vips.h>

#include <memory>
#include <string>
#include <string_view>

namespace everlong::media {

struct ReleaseImage {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, ReleaseImage>;

// Larger pictures are not decoded: the memory of this program is bounded.
inline constexpr double kMostPixels = 100e6;

// Reads the head; the bytes must outlive the image. Null where it cannot be read.
Image open_picture(std::string_view bytes, const std::string& format, VipsAccess access);

// The last trouble of libvips, in one short line; it is forgotten then.
std::string take_trouble();

} // namespace everlong::media
