#pragma once
// What any text about an error of Meta's means: cause, remedy and whether to try again, from Graph error JSON (also inside
// log lines and JSON strings), SDK exceptions, redirect addresses, HTML pages and bare sentences. Pure; asks nobody.
//
// Codes and subcodes decide first, Meta's words second, host, call and login third, all by the one table in
// core/facts/graph_error_table.hpp (contract, section 4; corpus/TAXONOMY.md).

#include <core/graph_errors.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

// What somebody pasted.
enum class PastedKind { kError, kToken, kEnvFile, kCallbackAddress, kUnknown };

std::string_view to_text(PastedKind kind); // "error", "token", "env-file", "callback-address", "unknown"

struct OtherCause {
    Cause cause;
    Remedy remedy;
    std::string how_to_tell; // what would tell it from the first one
};

struct Explanation {
    PastedKind kind = PastedKind::kUnknown;
    Cause cause = Cause::kUnknown;
    std::optional<Remedy> remedy; // absent where the cause is unknown
    Retry retry = Retry::kNever;
    int code = 0;    // Meta's; 0: none was found
    int subcode = 0; // 0: none was found
    std::string title;
    std::string what_happened; // sentences; never repeats the text unscrubbed
    std::vector<std::string> what_to_do;
    std::vector<std::string> links; // https addresses
    std::vector<OtherCause> also;   // the other causes that the same text can have, likeliest first
    bool is_cut = false;            // the text was longer than what is read
};

// What is known beside the text; what the text itself says of host and call wins.
struct ExplainContext {
    std::optional<LoginPath> login;
    std::optional<GraphCall> call;
};

// So much of a text is read: its first and last half of this. An error stands at either end of a log.
constexpr std::size_t kExplainedBytes = 128 * 1024;

// Time and memory are bounded by kExplainedBytes. Text may hold any bytes.
Explanation explain(std::string_view text, const ExplainContext& context = {});

} // namespace everlong::core
