#include <core/publishing/fixed.hpp>

#include <core/publishing/media_checks.hpp>

#include <algorithm>
#include <cmath>

namespace everlong::core {
namespace {

std::string picture_text(const MediaFacts& facts) {
    std::string format = facts.format;
    std::ranges::transform(format, format.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return format + ", " + std::to_string(facts.width) + " x " + std::to_string(facts.height) + ", " +
           bytes_text(facts.bytes);
}

void add(std::string& text, const std::string& part) {
    text += (text.empty() ? ": " : ", ") + part;
}

} // namespace

Fixed compare(int medium, const MediaFacts& from, const MediaFacts& to, const Conversion& conversion) {
    Fixed fixed{medium, from, to, 0, 0, 0, 0};
    if (conversion.fit == Conversion::Fit::kNone || from.width <= 0 || from.height <= 0 || to.width <= 0 ||
        to.height <= 0) {
        return fixed;
    }
    const double before = static_cast<double>(from.width) / from.height;
    const double after = static_cast<double>(to.width) / to.height;
    const bool is_too_wide = conversion.most_ratio > 0 && before > conversion.most_ratio;
    const bool is_too_tall = conversion.least_ratio > 0 && before < conversion.least_ratio;
    if (!is_too_wide && !is_too_tall) return fixed;
    const int width = static_cast<int>(std::lround(from.height * after));
    const int height = static_cast<int>(std::lround(from.width / after));
    const bool is_cut = conversion.fit == Conversion::Fit::kCrop;
    if (is_too_wide) {
        (is_cut ? fixed.cut_width : fixed.added_height) =
            std::max(0, is_cut ? from.width - width : height - from.height);
    } else {
        (is_cut ? fixed.cut_height : fixed.added_width) =
            std::max(0, is_cut ? from.height - height : width - from.width);
    }
    return fixed;
}

std::string describe(const Fixed& fixed, std::size_t media) {
    std::string what;
    const auto cut = [&](int pixels, int all, const char* side) {
        if (pixels > 0) {
            add(what,
                std::to_string(pixels) + " of " + std::to_string(all) + " pixels of its " + side + " are cut off");
        }
    };
    const auto added = [&](int pixels, const char* side) {
        if (pixels > 0) add(what, std::to_string(pixels) + " pixels are added to its " + side);
    };
    cut(fixed.cut_width, fixed.from.width, "width");
    cut(fixed.cut_height, fixed.from.height, "height");
    added(fixed.added_width, "width");
    added(fixed.added_height, "height");
    if (fixed.from.lies_on_its_side) add(what, "its pixels are turned");
    if (fixed.from.has_transparency) add(what, "its background is filled");
    if (fixed.from.has_metadata) add(what, "its metadata are taken out");
    const std::string which = fixed.medium < 0 ? "The cover: "
                              : media > 1      ? "No. " + std::to_string(fixed.medium + 1) + ": "
                                               : "";
    return which + picture_text(fixed.from) + " becomes " + picture_text(fixed.to) + what;
}

} // namespace everlong::core
