#include <core/channel_state.hpp>

#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/messages.hpp>
#include <core/renewal_policy.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

// A renewal that should long have succeeded.
bool is_overdue(std::optional<Instant> due, Instant now) {
    return due && now >= *due + kOverdueAfter;
}

std::string why_overdue(const Lifecycle& lifecycle, Instant due, Instant now) {
    std::string text = "should have been renewed " + humanize(now - due) + " ago";
    if (lifecycle.last_problem)
        text += "; last attempt: " + std::string(message_of(lifecycle.last_problem->code).title);
    return text;
}

// The engine's own plan, which is not that of the next renewal.
std::string when_looked_at(const Lifecycle& lifecycle, Instant now) {
    const auto& next = lifecycle.next_attempt_at;
    return next && *next > now ? "in " + humanize(*next - now) : "now";
}

std::string why_healthy(const TokenFacts& facts, std::optional<Instant> next, const Lifecycle& lifecycle,
                        RenewalWay way, Instant now) {
    // One such answer alone disconnects nothing (law 4), and publishing waits for the second look.
    if (lifecycle.suspicion)
        return "Meta refused the token; that is looked at once more " + when_looked_at(lifecycle, now) +
               " before it is believed";
    if (facts.lifetime == Lifetime::kNever) return "never expires; looked at every day";
    if (way == RenewalWay::kExtendFacebook && lifecycle.was_extension_refused && facts.expires_at.is_dated()) {
        return "Meta does not extend it; a person is asked " + humanize(kAskPersonBefore) + " before its end";
    }
    if (lifecycle.failed_attempts > 0)
        return "the last call to Meta failed; tried again " + when_looked_at(lifecycle, now);
    if (next && *next > now) return "renews by itself in " + humanize(*next - now);
    return "renews by itself, now due";
}

} // namespace

std::string_view to_text(ChannelState state) {
    switch (state) {
    case ChannelState::kHealthy: return "healthy";
    case ChannelState::kExpiring: return "expiring";
    case ChannelState::kOverdue: return "overdue";
    case ChannelState::kDead: return "dead";
    case ChannelState::kUnconnected: return "unconnected";
    case ChannelState::kUnverified: return "unverified";
    }
    return "unverified";
}

ChannelHealth channel_health(std::string_view channel_name, LoginPath login, const TokenFacts* facts,
                             const Lifecycle& lifecycle, Instant now) {
    ChannelHealth health;
    if (facts == nullptr) {
        health.reason = "has no token; import one";
        return health;
    }
    const RenewalWay way = renewal_way(login, *facts);
    const auto due = renewal_due_at(channel_name, login, *facts, lifecycle);
    health.person_needed_by = person_needed_by(login, *facts, lifecycle);

    if (lifecycle.verdict) {
        health.state = ChannelState::kDead;
        health.reason = std::string(message_of(lifecycle.verdict->code).title);
        return health;
    }
    if (facts->expires_at.is_past(now)) {
        health.state = ChannelState::kDead;
        health.reason = "expired " + humanize(now - facts->expires_at.instant()) + " ago; a person has to log in again";
        return health;
    }

    health.next_refresh_at = due;
    // Once due, the engine's own plan counts: it may wait because of a failure, or of an outcome that is not known.
    if (due && lifecycle.next_attempt_at && (lifecycle.failed_attempts > 0 || *due <= now)) {
        health.next_refresh_at = std::max(*due, *lifecycle.next_attempt_at);
    }
    if (lifecycle.restored_at) {
        health.state = ChannelState::kUnverified;
        health.reason = "an older copy of the data was brought back; the token is checked with Meta before it is used";
    } else if (facts->expires_at.is_unknown()) {
        health.state = ChannelState::kUnverified;
        health.reason = "works, but Meta has not told how long it lives; asked again at the next refresh";
    } else if (is_overdue(due, now)) {
        health.state = ChannelState::kOverdue;
        health.reason = why_overdue(lifecycle, *due, now);
    } else if (health.person_needed_by && now >= *health.person_needed_by - kAskPersonBefore) {
        health.state = ChannelState::kExpiring;
        health.reason = "ends in " + humanize(*health.person_needed_by - now) + "; a person has to log in again";
    } else {
        health.state = ChannelState::kHealthy;
        health.reason = why_healthy(*facts, health.next_refresh_at, lifecycle, way, now);
    }
    return health;
}

bool is_channel_name(std::string_view text) {
    constexpr std::size_t kLongest = 64;
    if (text.empty() || text.size() > kLongest) return false;
    return std::ranges::all_of(text,
                               [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

Error unknown_channel(std::string_view name) {
    constexpr std::size_t kShown = 80;
    return Error(Code::kChannelUnknown, Fault::kUsage,
                 "no channel is called " + (is_channel_name(name) ? std::string(name) : scrub(name, kShown)));
}

} // namespace everlong::core
