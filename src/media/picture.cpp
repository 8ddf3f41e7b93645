#include <media/picture.hpp>

#include <media/icc_kind.hpp>
#include <media/jpeg_segments.hpp>
#include <media/picture_loader.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace everlong::media {
namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view format;
    std::size_t offset;
    std::string_view bytes;
};
constexpr std::array kMagics{
    Magic{"jpeg", 0, "\xFF\xD8\xFF"sv},
    Magic{"png", 0, "\x89PNG\r\n\x1A\n"sv},
    Magic{"webp", 8, "WEBP"sv},
    Magic{"gif", 0, "GIF8"sv},
    Magic{"avif", 4, "ftypavif"sv},
    Magic{"avif", 4, "ftypavis"sv},
    Magic{"heif", 4, "ftypheic"sv},
    Magic{"heif", 4, "ftypheix"sv},
    Magic{"heif", 4, "ftypmif1"sv},
    Magic{"heif", 4, "ftypmsf1"sv},
    Magic{"tiff", 0, "II*\0"sv},
    Magic{"tiff", 0, "MM\0*"sv},
    Magic{"bmp", 0, "BM"sv},
};

struct Loader {
    std::string_view format;
    int (*load)(void*, std::size_t, VipsImage**, ...);
};
constexpr std::array kLoaders{
    Loader{"jpeg", vips_jpegload_buffer}, Loader{"png", vips_pngload_buffer},   Loader{"webp", vips_webpload_buffer},
    Loader{"gif", vips_gifload_buffer},   Loader{"heif", vips_heifload_buffer}, Loader{"avif", vips_heifload_buffer},
    Loader{"tiff", vips_tiffload_buffer},
};

std::string colour_space(VipsImage* image) {
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0) {
        const void* data = nullptr;
        std::size_t size = 0;
        if (vips_image_get_blob(image, VIPS_META_ICC_NAME, &data, &size) == 0 && data != nullptr) {
            return icc_kind({static_cast<const char*>(data), size});
        }
    }
    switch (vips_image_get_interpretation(image)) {
    case VIPS_INTERPRETATION_CMYK: return "cmyk";
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16: return "grey";
    default: return "srgb";
    }
}

bool has_field(VipsImage* image, const char* name) {
    return vips_image_get_typeof(image, name) != 0;
}

} // namespace

bool start_pictures(const char* program) {
    // What does not fit into memory is not decoded: never into a temporary file.
    ::setenv("VIPS_DISC_THRESHOLD", "1000g", 1);
    if (vips_init(program) != 0) return false;
    // One file a process: what others need many threads for would only cost memory here.
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_block_untrusted_set(TRUE);
    return true;
}

std::string take_trouble() {
    std::string text = vips_error_buffer();
    vips_error_clear();
    if (const std::size_t line_end = text.find('\n'); line_end != std::string::npos) text.resize(line_end);
    constexpr std::size_t kMostText = 200;
    if (text.size() > kMostText) text.resize(kMostText);
    return text;
}

Image open_picture(std::string_view bytes, const std::string& format, VipsAccess access) {
    const auto loader = std::ranges::find(kLoaders, std::string_view(format), &Loader::format);
    if (loader == kLoaders.end()) return nullptr;
    VipsImage* image = nullptr;
    // libvips does not write to the buffer; its interface is older than that promise.
    const int failed = loader->load(const_cast<char*>(bytes.data()), bytes.size(), &image, "access", access, "fail_on",
                                    VIPS_FAIL_ON_TRUNCATED, nullptr);
    return failed != 0 ? nullptr : Image(image);
}

std::string picture_format(std::string_view bytes) {
    for (const auto& [format, offset, magic] : kMagics) {
        if (bytes.size() >= offset && bytes.substr(offset).starts_with(magic)) return std::string(format);
    }
    return {};
}

Report look_at_picture(std::string_view bytes, const std::string& format) {
    Report report;
    report.format = format;
    if (format == "jpeg") {
        const JpegSegments segments = read_segments(bytes);
        report.is_multi_picture = segments.is_multi_picture;
        report.has_metadata = segments.has_metadata;
        if (!segments.has_end) report.problem = "the picture breaks off before its end";
    }
    const Image image = open_picture(bytes, format, VIPS_ACCESS_SEQUENTIAL);
    if (!image) {
        if (report.problem.empty()) report.problem = "its head cannot be read: " + take_trouble();
        return report;
    }
    report.width = vips_image_get_width(image.get());
    report.height = vips_image_get_page_height(image.get());
    constexpr int kFirstQuarterTurn = 5; // EXIF's orientations from here on lie on their side
    report.lies_on_its_side = vips_image_get_orientation(image.get()) >= kFirstQuarterTurn;
    if (report.lies_on_its_side) std::swap(report.width, report.height);
    report.colour_space = colour_space(image.get());
    report.has_transparency = vips_image_hasalpha(image.get()) != 0;
    report.has_metadata = report.has_metadata || has_field(image.get(), VIPS_META_EXIF_NAME) ||
                          has_field(image.get(), VIPS_META_XMP_NAME) || has_field(image.get(), VIPS_META_IPTC_NAME);
    return report;
}

} // namespace everlong::media
