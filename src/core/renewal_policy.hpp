#pragma once
// When a token is renewed and how: pure functions of what is stored, so that a crash or restart cannot hurry them.

#include <core/lifecycle.hpp>
#include <core/token.hpp>

#include <optional>
#include <string_view>

namespace everlong::core {

// The way by which a token's life is made longer (architecture, 'When to renew').
enum class RenewalWay {
    kWatchOnly,         // never expires, or a kind that Everlong does not keep
    kExchangeShort,     // short-lived: exchanged at once
    kRefreshInstagram,  // ig_refresh_token: needs no person, for ever
    kRefreshSystemUser, // fb_exchange_token with set_token_expires_in_60_days: needs no person, for ever
    kExtendFacebook,    // fb_exchange_token on a long-lived user token: may give only the time left
};

RenewalWay renewal_way(LoginPath login, const TokenFacts& facts);
// Does this way work without a person for as long as Meta stands by it?
bool is_renewable_for_ever(RenewalWay way);

// Short, long or never, from what Meta tells. `issued_at` is only told for long-lived tokens (facts 4).
Lifetime lifetime_of(Expiry expires_at, std::optional<Instant> issued_at, Instant now);

// When the first attempt to renew this token is due, before any failure; nothing where it is only watched.
std::optional<Instant> renewal_due_at(std::string_view channel_name, LoginPath login, const TokenFacts& facts,
                                      const Lifecycle& lifecycle);

// When to try again after that many failures in a row (1: the first one).
Instant retry_at(Instant now, int failed_attempts);
Instant delivery_retry_at(Instant now, int failed_attempts);

// When a renewal whose outcome is unknown may be repeated: a day later, or at once where the token's end is near.
Instant repeat_unknown_at(Instant started_at, Expiry expires_at);

// The engine's next look at a channel that has no failure open: its renewal, its end, or the daily look.
std::optional<Instant> next_look_at(std::string_view channel_name, LoginPath login, const TokenFacts& facts,
                                    const Lifecycle& lifecycle, Instant now);

// The end that needs a person, if one does: expiry where no renewal works by itself, or the end of data access.
std::optional<Instant> person_needed_by(LoginPath login, const TokenFacts& facts, const Lifecycle& lifecycle);

} // namespace everlong::core
