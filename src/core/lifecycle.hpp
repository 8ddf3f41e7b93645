#pragma once
// Where a channel stands in its life, as it is remembered. Health is computed from this and the clock
// (core/channel_state.hpp), never stored (law 6).

#include <base/result.hpp>
#include <base/time.hpp>

#include <optional>
#include <string>

namespace everlong::core {

// An error that was met, as it is remembered and shown.
struct Problem {
    Code code = Code::kInternal;
    Fault fault = Fault::kTransient;
    std::string detail;
    int upstream_code = 0;
    int upstream_subcode = 0;
    Instant at{};
    bool operator==(const Problem&) const = default;
};

Problem make_problem(const Error& error, Instant now);

struct Lifecycle {
    std::optional<Instant> last_refresh_at; // the last success that made the token's life longer
    std::optional<Instant> next_attempt_at; // when the engine looks at the channel next; absent: nothing to do
    int failed_attempts = 0;                // since the last success
    std::optional<Problem> last_problem;
    // Law 4: a listed auth code seen once is a suspicion; seen again ten minutes later and confirmed, a verdict.
    std::optional<Problem> suspicion;
    std::optional<Problem> verdict;
    bool was_extension_refused = false; // Facebook login: the last extension gave only the time left
    // An older copy of the store was brought back then, and Meta has not been asked about the token since: nothing else is
    // done with it before.
    std::optional<Instant> restored_at;
    bool operator==(const Lifecycle&) const = default;
};

} // namespace everlong::core
