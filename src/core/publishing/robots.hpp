#pragma once
// robots.txt (RFC 9309) as a fetcher of Meta's reads it (graph-api.md, 8.1, 11.17).

#include <string_view>

namespace everlong::core {

// The name by which Meta's fetcher of media goes.
inline constexpr std::string_view kMetaFetcher = "facebookexternalhit";

// May `agent` (small letters) have `path`, with its query? The groups that name it count, or else those of "*"; of the rules
// that match, the longest wins, of equal ones the leave.
bool allows_fetch(std::string_view robots, std::string_view agent, std::string_view path);

} // namespace everlong::core
