#pragma once
// base64url (RFC 4648, section 5), as OAuth and Meta's signed requests write bytes.

#include <optional>
#include <string>
#include <string_view>

namespace everlong {

// Without padding.
std::string to_base64url(std::string_view bytes);
// With or without padding. Nothing for another alphabet, a length that no bytes have, or bits left over.
std::optional<std::string> from_base64url(std::string_view text);

} // namespace everlong
