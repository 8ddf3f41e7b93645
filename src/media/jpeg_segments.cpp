#include <media/jpeg_segments.hpp>

#include <media/bytes.hpp>

#include <cstddef>

namespace everlong::media {
namespace {

using namespace std::string_view_literals;

constexpr unsigned kStartOfScan = 0xDA;
constexpr unsigned kEndOfImage = 0xD9;
constexpr unsigned kApp1 = 0xE1;  // EXIF, XMP
constexpr unsigned kApp2 = 0xE2;  // the index of a multi-picture file
constexpr unsigned kApp3 = 0xE3;  // stereo
constexpr unsigned kApp13 = 0xED; // Photoshop's, with IPTC in it

// Markers without a length: TEM, RST0 to RST7, SOI.
bool stands_alone(unsigned marker) {
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

void note_segment(unsigned marker, std::string_view content, JpegSegments& found) {
    if (marker == kApp2 && content.starts_with("MPF\0"sv)) found.is_multi_picture = true;
    if (marker == kApp3 && content.starts_with("_JPSJPS_"sv)) found.is_multi_picture = true;
    const bool is_described =
        marker == kApp1 && (content.starts_with("Exif\0"sv) || content.starts_with("http://ns.adobe.com/"sv));
    if (is_described || (marker == kApp13 && content.starts_with("Photoshop 3.0\0"sv))) found.has_metadata = true;
}

// Behind the coded data of a scan: at the next marker that is neither stuffing nor a restart.
std::size_t skip_scan(std::string_view bytes, std::size_t at) {
    while ((at = bytes.find('\xFF', at)) != std::string_view::npos && at + 1 < bytes.size()) {
        const auto next = static_cast<unsigned char>(bytes[at + 1]);
        if (next != 0x00 && next != 0xFF && !(next >= 0xD0 && next <= 0xD7)) return at;
        at += next == 0xFF ? 1 : 2;
    }
    return bytes.size();
}

} // namespace

JpegSegments read_segments(std::string_view bytes) {
    JpegSegments found;
    std::size_t at = 2; // behind SOI
    while (at + 1 < bytes.size() && bytes[at] == '\xFF') {
        const auto marker = static_cast<unsigned char>(bytes[at + 1]);
        if (marker == 0xFF) { // a fill byte
            ++at;
            continue;
        }
        at += 2;
        if (marker == kEndOfImage) {
            found.has_end = true;
            return found;
        }
        if (stands_alone(marker)) continue;
        const auto length = static_cast<std::size_t>(big_endian_at(bytes, at, 2));
        if (length < 2 || at > bytes.size() || length > bytes.size() - at) return found;
        note_segment(marker, bytes.substr(at + 2, length - 2), found);
        at += length;
        if (marker == kStartOfScan) at = skip_scan(bytes, at);
    }
    return found;
}

} // namespace everlong::media
