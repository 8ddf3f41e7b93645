#pragma once
// Takes over a token that somebody pasted somewhere: identifies it, makes it long-lived, verifies it, keeps it and
// delivers it back to where it came from. Until a verified token is stored, file and store stay as they were.

#include <engine/lifecycle/deliver.hpp>
#include <engine/lifecycle/world.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::engine {

struct AdoptRequest {
    std::string channel_name;
    Secret token;                                // cleaned of quotes, blanks and prefixes
    std::string wanted_id;                       // INSTAGRAM_USER_ID as found, cleaned; empty: none was given
    std::string wanted_account;                  // a username or number that a person named; wins over wanted_id
    std::optional<ports::DotenvTarget> delivery; // kept as a delivery of the channel
    std::string actor;
    // Of a token that has just come of a login, and so is short-lived: kept only once it was exchanged. `granted`: what the
    // login told of its permissions, where nothing else tells.
    bool is_fresh_login = false;
    std::optional<std::vector<std::string>> granted{};
};

// How the token that is now in use came about.
enum class AdoptedBy {
    kTakenAsIs,     // long-lived or without end already
    kExchange,      // was short-lived
    kRefresh,       // Instagram login: its life was renewed
    kUnknownExpiry, // Instagram login: works, but Meta refused both; tried again after 24 hours
    kAlreadyKnown,  // one of this channel's tokens: nothing was asked of Meta
};

std::string_view to_text(AdoptedBy how); // "taken-as-is", "exchanged", "refreshed", "expiry-unknown", "already-known"

struct AdoptReport {
    ports::Channel channel;
    ports::TokenVersion version;
    AdoptedBy how = AdoptedBy::kTakenAsIs;
    std::vector<DeliveryOutcome> deliveries;
};

// A channel of that name for the same account is renewed in place (reconnect); another account is kIdentity.
// Errors: kTokenExpired and the other deaths; kTokenForeign, kTokenKind, kAppMissing, kAccountId, kAccountChoice,
// kAccountKind, kNoAccount, kIdentity, kPermissionMissing; the failures of Meta and of the store.
Task<AdoptReport> adopt(World& world, AdoptRequest request);

} // namespace everlong::engine
