#pragma once
// Graph API versions and their lives (graph-api.md, 1.2).

#include <base/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace everlong::simulator {

// Does this path segment look like a version ("v25.0")?
bool is_version(std::string_view segment);

// The version that answers at `now` when `asked` stands in the path (nothing: none does). A dead version is answered by
// the oldest that lives; nothing comes back for a version that does not exist (yet).
std::optional<std::string> answering_version(const std::optional<std::string>& asked, Instant now);

} // namespace everlong::simulator
