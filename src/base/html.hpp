#pragma once
// Texts on pages that are written here as HTML.

#include <string>
#include <string_view>

namespace everlong {

// For between tags and for values in quotes of either kind. Control characters but line breaks and tabs, which HTML does
// not allow, become blanks. Bytes that are no UTF-8 stay: browsers show U+FFFD in their place.
std::string escape_html(std::string_view text);

} // namespace everlong
