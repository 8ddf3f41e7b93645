#pragma once
// The one word of a picture's EXIF that changes how it is seen (EXIF 2.3, 4.6.4 A: Orientation), read by hand.

#include <string_view>

namespace everlong::simulator {

// Does a viewer turn the picture by a quarter, so that width and height change places? `content` is what an APP1 segment
// holds; no for what is no EXIF, names no orientation, or is broken. Any bytes may be given; nothing is read outside them.
bool asks_for_quarter_turn(std::string_view content);

} // namespace everlong::simulator
