#include <simulator/media/jpeg.hpp>

#include <simulator/media/exif.hpp>

#include <array>

namespace everlong::simulator {
namespace {

using namespace std::string_view_literals;

struct Magic {
    PictureFormat format;
    std::size_t offset;
    std::string_view bytes;
};

constexpr std::array kMagics{
    Magic{PictureFormat::kJpeg, 0, "\xFF\xD8\xFF"sv},
    Magic{PictureFormat::kPng, 0, "\x89PNG\r\n\x1A\n"sv},
    Magic{PictureFormat::kWebp, 8, "WEBP"sv},
    Magic{PictureFormat::kGif, 0, "GIF8"sv},
    Magic{PictureFormat::kHeic, 4, "ftypheic"sv},
    Magic{PictureFormat::kHeic, 4, "ftypheix"sv},
    Magic{PictureFormat::kHeic, 4, "ftypmif1"sv},
    Magic{PictureFormat::kHeic, 4, "ftypmsf1"sv},
    Magic{PictureFormat::kAvif, 4, "ftypavif"sv},
    Magic{PictureFormat::kAvif, 4, "ftypavis"sv},
    Magic{PictureFormat::kTiff, 0, "II*\0"sv},
    Magic{PictureFormat::kTiff, 0, "MM\0*"sv},
    Magic{PictureFormat::kBmp, 0, "BM"sv},
};

// Markers of JPEG (ITU-T T.81, table B.1).
constexpr unsigned kFirstFrame = 0xC0;
constexpr unsigned kLastFrame = 0xCF;
constexpr unsigned kHuffmanTable = 0xC4;
constexpr unsigned kReserved = 0xC8;
constexpr unsigned kArithmeticTable = 0xCC;
constexpr unsigned kProgressive = 0xC2;
constexpr unsigned kScan = 0xDA;
constexpr unsigned kApp1 = 0xE1;
constexpr unsigned kApp2 = 0xE2;
constexpr unsigned kApp3 = 0xE3;
constexpr std::string_view kEnd = "\xFF\xD9"sv;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0;
}

unsigned short_at(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

bool is_frame(unsigned marker) {
    return marker >= kFirstFrame && marker <= kLastFrame && marker != kHuffmanTable && marker != kReserved &&
           marker != kArithmeticTable;
}

// Markers that stand alone, without a length: TEM, RST0 to RST7, SOI.
bool is_lone(unsigned marker) {
    return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

// One segment behind its marker and length.
void read_segment(unsigned marker, std::string_view content, Picture& picture) {
    if (is_frame(marker) && content.size() >= 6) {
        picture.height = short_at(content, 1);
        picture.width = short_at(content, 3);
        picture.is_progressive = marker == kProgressive;
    }
    if (marker == kApp1 && asks_for_quarter_turn(content)) picture.lies_on_its_side = true;
    // Several pictures in one file, or two views of one: 8.2 "no MPO, JPS".
    if (marker == kApp2 && content.starts_with("MPF\0"sv)) picture.format = PictureFormat::kMultiPicture;
    if (marker == kApp3 && content.starts_with("_JPSJPS_"sv)) picture.format = PictureFormat::kStereo;
}

// Walks from marker to marker up to the first scan.
void read_jpeg(std::string_view bytes, Picture& picture) {
    std::size_t at = 2;
    while (at + 1 < bytes.size()) {
        if (byte_at(bytes, at) != 0xFF) return;
        const unsigned marker = byte_at(bytes, at + 1);
        if (marker == 0xFF) { // fill bytes may stand before a marker
            ++at;
            continue;
        }
        at += 2;
        if (is_lone(marker)) continue;
        const std::size_t length = short_at(bytes, at);
        if (length < 2 || length > bytes.size() - at) return;
        if (marker == kScan) {
            const bool has_end = bytes.substr(at).rfind(kEnd) != std::string_view::npos;
            picture.is_whole = has_end && picture.width > 0 && picture.height > 0;
            return;
        }
        read_segment(marker, bytes.substr(at + 2, length - 2), picture);
        at += length;
    }
}

} // namespace

std::string_view to_text(PictureFormat format) {
    switch (format) {
    case PictureFormat::kJpeg: return "JPEG";
    case PictureFormat::kMultiPicture: return "MPO";
    case PictureFormat::kStereo: return "JPS";
    case PictureFormat::kPng: return "PNG";
    case PictureFormat::kWebp: return "WEBP";
    case PictureFormat::kGif: return "GIF";
    case PictureFormat::kHeic: return "HEIC";
    case PictureFormat::kAvif: return "AVIF";
    case PictureFormat::kTiff: return "TIFF";
    case PictureFormat::kBmp: return "BMP";
    case PictureFormat::kUnknown: return "unknown";
    }
    return {};
}

Picture inspect_picture(std::string_view bytes) {
    Picture picture;
    for (const Magic& magic : kMagics) {
        if (bytes.size() < magic.offset || !bytes.substr(magic.offset).starts_with(magic.bytes)) continue;
        picture.format = magic.format;
        break;
    }
    if (picture.format == PictureFormat::kJpeg) read_jpeg(bytes, picture);
    return picture;
}

} // namespace everlong::simulator
