#pragma once
// Which colours an embedded ICC profile speaks of, by its head and the name that it gives itself (ICC.1:2010, 7.2, 9.2.41).

#include <string>
#include <string_view>

namespace everlong::media {

// "srgb", "p3", "adobe-rgb", "prophoto", "rec2020", "cmyk", "grey"; "rgb" for another profile of three colours; empty:
// no profile.
std::string icc_kind(std::string_view profile);

} // namespace everlong::media
