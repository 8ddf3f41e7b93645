#pragma once
// From Meta's error to ours: what it means for the engines, by the one table in facts/graph_error_table.hpp. Codes and
// subcodes decide; Meta's words only where the codes leave it open (facts/graph-api.md, 5).

#include <base/result.hpp>
#include <core/facts/graph_error_table.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

struct GraphContext {
    LoginPath login = LoginPath::kFacebook;
    // Absent where the error tells of a token itself and not of a call (debug_token's data.error).
    std::optional<GraphCall> call;
};

// Every row that fits, likeliest first; empty for an error nobody has listed. With kAny as code, the words alone decide.
std::vector<const GraphErrorRow*> find_graph_errors(const GraphContext& context, int code, int subcode,
                                                    std::string_view message);

// Do the words of the pattern stand in the text, in their order and without regard to case?
bool holds_words(const ErrorPattern& pattern, std::string_view text);

// Our error for Meta's, with `upstream` kept in it. What no row lists: kUpstream (kTransient) where Meta calls it
// temporary or the status is 5xx, kRateLimited for 429, else kGraph (kRefused). What Meta calls temporary is never a
// verdict about a token, whatever its code.
Error classify(const GraphContext& context, const Upstream& upstream);

// The listed auth codes: only these may disconnect a channel, seen twice and confirmed (law 4).
bool is_verdict(Code code);
// Meta itself has said, by one of those codes, that this token is no good (now). Never true for our own guesses.
bool is_dead_token(const Error& error);

// `text` without anything that looks like a token, a secret or a proof, without control characters, and at most
// `limit_bytes` long: Meta's messages can echo what was sent.
std::string scrub(std::string_view text, std::size_t limit_bytes = 500);

} // namespace everlong::core
