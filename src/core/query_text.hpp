#pragma once
// Queries of addresses, read and written: what stands behind the '?' of a dialog's address and of a redirect.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everlong::core {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// Everything but unreserved characters (RFC 3986, 2.3) becomes %XX.
std::string percent_encoded(std::string_view text);
// Nothing where a '%' is not followed by two hex digits. '+' is a blank.
std::optional<std::string> percent_decoded(std::string_view text);
// In order. Nothing where a name or value holds a broken escape.
std::optional<QueryParameters> parse_query(std::string_view query);
// "a=1&b=2", encoded.
std::string format_query(const QueryParameters& parameters);

} // namespace everlong::core
