#pragma once
// Between "Meta gave us a token" and "it is in use" stands a check (law 1): the token lives, is of our app and of the
// channel's account, and can do no less than the one it replaces.

#include <engine/lifecycle/world.hpp>

namespace everlong::engine {

struct Verified {
    core::TokenFacts facts;
    core::Account account;
};

// Asks Meta about a token whose facts are known so far. `pinned` is the account it must belong to (an empty id: any).
// Errors: kIdentity for another account, kTokenForeign for another app, the token's own death, transport.
Task<Verified> verify(World& world, core::LoginPath login, core::Account pinned, core::TokenFacts so_far,
                      const Secret& token);

// What became of a pending token.
struct Settled {
    bool was_promoted = false;
    ports::Channel channel; // as it is now
    core::TokenFacts facts; // of the pending token, as verified
    // Facebook login: the pending token would not have lived longer, so the better one was kept.
    bool was_no_longer_life = false;
};

// Verifies the channel's pending token, if there is one, and promotes or discards it. Where the check itself is down,
// the token stays pending and the error says so; the one in use stays in any case. `actor` for the audit trail.
// The caller holds the channel's lock.
Task<Settled> settle_pending(World& world, std::string channel_name, std::string actor);

// Error kChannelUnknown (kUsage).
Task<ports::Channel> find_channel(World& world, std::string name);

// Could the same call succeed later without anybody changing anything?
bool may_pass(const Error& error);

// Does the error judge the token itself? Only then may a token that nobody else has be given up: what went wrong on the way
// to Meta, with the app's own id and secret or on this machine says nothing about it.
bool is_about_token(const Error& error);

// May an issuing call (exchange, refresh) that ended in this error have happened unheard? No answer came back, or none of
// Meta's. A whole answer of 5xx says that Meta failed: that is retried with the usual back-off.
bool is_outcome_unknown(const Error& error);

} // namespace everlong::engine
