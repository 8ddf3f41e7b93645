#pragma once
// Queries of addresses, read and written: what stands behind the '?' of a dialog's address and of a redirect.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everlong::core {

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

// In order; '+' is a blank. Nothing where a name or value holds a broken escape.
std::optional<QueryParameters> parse_query(std::string_view query);
// "a=1&b=2", encoded.
std::string format_query(const QueryParameters& parameters);

} // namespace everlong::core
