#include <media/picture.hpp>

#include <media/picture_loader.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace everlong::media {
namespace {

// From "no difference to be seen" down to where faces suffer; below, the picture is made smaller instead.
constexpr std::array kQualities{92, 85, 75, 65, 55};
constexpr double kShrinkStep = 0.8;
constexpr int kMostShrinks = 12; // 0.8^12 is a fifteenth of the width

// Takes over the result of a libvips call: `step(image, out)` gives 0 where it worked.
template <class Step>
bool apply(Image& image, Step step) {
    VipsImage* result = nullptr;
    if (step(image.get(), &result) != 0) return false;
    image.reset(result);
    return true;
}

bool turn_upright(Image& image) {
    return apply(image, [](VipsImage* in, VipsImage** out) { return vips_autorot(in, out, nullptr); });
}

bool to_srgb(Image& image) {
    const bool has_profile = vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0;
    const bool is_cmyk = vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_CMYK;
    if (has_profile || is_cmyk) {
        Image changed(VIPS_IMAGE(g_object_ref(image.get())));
        const bool is_changed = apply(changed, [&](VipsImage* in, VipsImage** out) {
            return vips_icc_transform(in, out, "srgb", "embedded", TRUE, "input_profile", is_cmyk ? "cmyk" : "srgb",
                                      "depth", 8, nullptr);
        });
        if (is_changed) {
            image = std::move(changed);
            return true;
        }
        // A broken profile, or one of another number of colours: the picture is still one without it.
        vips_error_clear();
    }
    return apply(image, [](VipsImage* in, VipsImage** out) {
        return vips_colourspace(in, out, VIPS_INTERPRETATION_sRGB, nullptr);
    });
}

bool lay_on_background(Image& image, const ConvertWish& wish) {
    if (vips_image_hasalpha(image.get()) == 0) return true;
    VipsArrayDouble* colour = vips_array_double_new(wish.background, 3);
    const bool is_done = apply(
        image, [&](VipsImage* in, VipsImage** out) { return vips_flatten(in, out, "background", colour, nullptr); });
    vips_area_unref(VIPS_AREA(colour));
    return is_done;
}

bool scale(Image& image, double factor) {
    return apply(image, [&](VipsImage* in, VipsImage** out) { return vips_resize(in, out, factor, nullptr); });
}

struct Size {
    int width;
    int height;
    bool operator==(const Size&) const = default;
};

// The nearest size within the ratios, in whole pixels that keep them exactly.
Size fitted(Size size, const ConvertWish& wish) {
    const double ratio = static_cast<double>(size.width) / size.height;
    const auto up = [](double pixels) { return static_cast<int>(std::ceil(pixels - 1e-9)); };
    const auto down = [](double pixels) { return std::max(1, static_cast<int>(std::floor(pixels + 1e-9))); };
    if (wish.least_ratio > 0 && ratio < wish.least_ratio) {
        if (wish.fit == Fit::kCrop) return {size.width, down(size.width / wish.least_ratio)};
        return {up(size.height * wish.least_ratio), size.height};
    }
    if (wish.most_ratio > 0 && ratio > wish.most_ratio) {
        if (wish.fit == Fit::kCrop) return {down(size.height * wish.most_ratio), size.height};
        return {size.width, up(size.width / wish.most_ratio)};
    }
    return size;
}

Size size_of(const Image& image) {
    return {vips_image_get_width(image.get()), vips_image_get_height(image.get())};
}

bool fit(Image& image, const ConvertWish& wish) {
    if (wish.fit == Fit::kNone) return true;
    const Size before = size_of(image);
    const Size after = fitted(before, wish);
    if (after == before) return true;
    if (wish.fit == Fit::kCrop) {
        return apply(image, [&](VipsImage* in, VipsImage** out) {
            return vips_extract_area(in, out, (before.width - after.width) / 2, (before.height - after.height) / 2,
                                     after.width, after.height, nullptr);
        });
    }
    VipsArrayDouble* colour = vips_array_double_new(wish.background, 3);
    const bool is_done = apply(image, [&](VipsImage* in, VipsImage** out) {
        return vips_embed(in, out, (after.width - before.width) / 2, (after.height - before.height) / 2, after.width,
                          after.height, "extend", VIPS_EXTEND_BACKGROUND, "background", colour, nullptr);
    });
    vips_area_unref(VIPS_AREA(colour));
    return is_done;
}

std::string to_jpeg(const Image& image, int quality) {
    void* data = nullptr;
    std::size_t size = 0;
    if (vips_jpegsave_buffer(image.get(), &data, &size, "Q", quality, "strip", TRUE, "optimize_coding", TRUE,
                             nullptr) != 0) {
        return {};
    }
    std::string bytes(static_cast<const char*>(data), size);
    g_free(data);
    return bytes;
}

Converted failed(std::string problem) {
    Converted result;
    result.problem = std::move(problem);
    return result;
}

Converted failed() {
    std::string trouble = take_trouble();
    return failed(trouble.empty() ? "the picture cannot be decoded" : std::move(trouble));
}

// Quality goes down first, size after that, until it is small enough.
Converted compress(Image image, const ConvertWish& wish) {
    for (int shrinks = 0; shrinks <= kMostShrinks; ++shrinks) {
        for (const int quality : kQualities) {
            Converted result;
            result.jpeg = to_jpeg(image, quality);
            if (result.jpeg.empty()) return failed();
            if (wish.most_bytes != 0 && result.jpeg.size() > wish.most_bytes) continue;
            result.width = size_of(image).width;
            result.height = size_of(image).height;
            result.quality = quality;
            return result;
        }
        if (!scale(image, kShrinkStep) || !fit(image, wish)) return failed();
    }
    return failed("it does not become small enough");
}

} // namespace

Converted convert_picture(std::string_view bytes, const ConvertWish& wish) {
    const std::string format = picture_format(bytes);
    if (format.empty()) return failed("it is not a picture of a known format");
    Image image = open_picture(bytes, format, VIPS_ACCESS_RANDOM);
    if (!image) return failed();
    const Size size = size_of(image);
    if (static_cast<double>(size.width) * size.height > kMostPixels) {
        return failed("it has more than 100 megapixels");
    }
    if (!turn_upright(image) || !to_srgb(image) || !lay_on_background(image, wish)) return failed();
    // Scaled before it is cut, so that the ratio holds for the pixels that are sent.
    const Size target = fitted(size_of(image), wish);
    if (wish.most_width > 0 && target.width > wish.most_width) {
        if (!scale(image, static_cast<double>(wish.most_width) / target.width)) return failed();
    }
    if (!fit(image, wish)) return failed();
    // Decoded once, however many qualities are tried.
    Image pixels(vips_image_copy_memory(image.get()));
    if (!pixels) return failed();
    return compress(std::move(pixels), wish);
}

} // namespace everlong::media
