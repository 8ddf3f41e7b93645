#pragma once
// robots.txt (RFC 9309) as Meta's fetcher obeys it (graph-api.md, 8.1, 11.17).

#include <string_view>

namespace everlong::simulator {

// The name by which Meta's fetcher goes.
constexpr std::string_view kFetcherName = "facebookexternalhit";

// May the fetcher have `path` (with its query)? The group of its name counts, or else that of everybody; of the rules
// that match the longest wins, and leave over refusal.
bool is_allowed_by_robots(std::string_view robots, std::string_view path);

} // namespace everlong::simulator
