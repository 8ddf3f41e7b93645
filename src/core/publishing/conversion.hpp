#pragma once
// How a picture is to be changed so that Meta takes it.

#include <cstdint>
#include <string>

namespace everlong::core {

// In this order.
struct Conversion {
    // Cut off evenly, or filled with a colour, until width : height lies within these; absent: left as it is.
    enum class Fit { kNone, kCrop, kPad } fit = Fit::kNone;
    double least_ratio = 0;
    double most_ratio = 0;
    int most_width = 0;                 // scaled down to it; 0: not
    std::string background = "#ffffff"; // for what is padded, and for what was transparent
    // The result is always a JPEG in sRGB without metadata, at most this large: quality goes down until it fits.
    std::uint64_t most_bytes = 0; // 0: no limit
    bool operator==(const Conversion&) const = default;
};

} // namespace everlong::core
