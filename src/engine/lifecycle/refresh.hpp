#pragma once
// Makes a channel's token live longer: intent on disk, one call, the answer kept as pending, verified, promoted,
// delivered. Safe to run again after a crash at any point.

#include <engine/lifecycle/deliver.hpp>
#include <engine/lifecycle/world.hpp>

namespace everlong::engine {

enum class RefreshWhen {
    kWhenDue, // by the renewal table
    kNow,     // at once, as far as Meta allows
};

struct RefreshReport {
    ports::Channel channel;
    bool was_refreshed = false;
    // Why not, where it was not: kNotDue, kNotRenewable, kNotExtended.
    std::optional<Error> reason;
    std::optional<Instant> due_at;
    std::vector<DeliveryOutcome> deliveries;
};

// Errors: kUnconnected; kTokenExpired and the other deaths of a token; kTooYoung (kTransient) within 24 hours of the last
// success; the failures of Meta and of the store. Each failure is recorded with the time of the next attempt.
Task<RefreshReport> refresh(World& world, std::string channel_name, RefreshWhen when, std::string actor);

// Makes an earlier version that is still kept the current one again, after asking Meta whether it works.
Task<RefreshReport> rollback(World& world, std::string channel_name, std::optional<int> version, std::string actor);

// How an error about a token was met: law 4 wants a verdict confirmed by an inspection of the token itself.
enum class Seen {
    kByCall,       // a call with the token in use
    kByInspection, // asking Meta about the token in use
    kElsewhere,    // another token (a pending one), or this machine
};

// Records a failed attempt: the next one's time and, for a listed auth code, suspicion and verdict (law 4).
// Gives the channel's lifecycle as stored.
Task<core::Lifecycle> record_failure(World& world, const ports::Channel& channel, Error error, Instant next_attempt_at,
                                     Seen seen, std::string actor);

} // namespace everlong::engine
