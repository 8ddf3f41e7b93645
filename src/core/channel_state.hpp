#pragma once
// How a channel is, computed from the clock whenever it is asked (law 6; contract, section 3).

#include <core/lifecycle.hpp>
#include <core/token.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace everlong::core {

enum class ChannelState { kHealthy, kExpiring, kOverdue, kDead, kUnconnected, kUnverified };

// "healthy", "expiring", "overdue", "dead", "unconnected", "unverified".
std::string_view to_text(ChannelState state);

struct ChannelHealth {
    ChannelState state = ChannelState::kUnconnected;
    std::string reason;                      // a sentence for people
    std::optional<Instant> next_refresh_at;  // the next attempt to make its life longer
    std::optional<Instant> person_needed_by; // the end that needs a person
    bool needs_person() const { return state != ChannelState::kHealthy && state != ChannelState::kOverdue; }
};

// `facts` is null for a channel without a current token.
ChannelHealth channel_health(std::string_view channel_name, LoginPath login, const TokenFacts* facts,
                             const Lifecycle& lifecycle, Instant now);

// 1 to 64 of a-z, 0-9 and '-' (contract, section 1).
bool is_channel_name(std::string_view text);

// kChannelUnknown (kUsage), with the name as far as it can be shown.
Error unknown_channel(std::string_view name);

} // namespace everlong::core
