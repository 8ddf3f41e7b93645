#pragma once
// What libvips does not tell of a JPEG: whether it is several pictures in one, and whether its end is there.
// ITU-T T.81, appendix B; CIPA DC-007 (MPO).

#include <string_view>

namespace everlong::media {

struct JpegSegments {
    bool is_multi_picture = false; // MPO or JPS
    bool has_end = false;          // the first picture's scan is closed by EOI
    bool has_metadata = false;     // EXIF, XMP or IPTC
};

JpegSegments read_segments(std::string_view bytes);

} // namespace everlong::media
