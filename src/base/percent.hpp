#pragma once
// Percent-encoding (RFC 3986, 2.1), as addresses and forms write what they have no sign for.

#include <optional>
#include <string>
#include <string_view>

namespace everlong {

// Everything but unreserved characters (RFC 3986, 2.3) becomes %XX, capital digits. Leaves no copy of the text behind in
// freed memory, so a secret may pass.
std::string percent_encode(std::string_view text);
// Once, not again. Nothing where a '%' is not followed by two hex digits. `plus_is_blank`: in queries and forms.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank);
// Broken escapes are kept as they are, as most servers do.
std::string percent_decode_leniently(std::string_view text, bool plus_is_blank);

} // namespace everlong
