#pragma once
// Finds out what a token is by asking Meta: its login, kind, lifetime, permissions and the accounts it reaches.
// Changes nothing, here or at Meta.

#include <engine/lifecycle/world.hpp>

#include <string>
#include <vector>

namespace everlong::engine {

struct Identity {
    core::LoginPath login = core::LoginPath::kFacebook;
    core::TokenFacts facts;
    std::string app_id;
    std::string user_id;                 // app-scoped: never an account's number
    std::vector<core::Account> accounts; // professional accounts that it reaches
    bool are_accounts_complete = true;
    bool is_valid = true; // false only where `problem` says why (Facebook login)
    std::optional<Error> problem;
};

// The login is guessed from the token's first letters and settled by Meta's answers; a prefix alone refuses nothing.
// A token that Meta calls invalid is an error here: kTokenExpired, kTokenRejected, kTokenForeign, kPasswordChanged,
// kAppRemoved, ... ; kAppMissing where it is of the Facebook login and no app is configured to inspect it with.
Task<Identity> identify(World& world, const Secret& token);

// The facts that an inspection tells about a token.
core::TokenFacts facts_of(const ports::Inspection& inspection, const Fingerprint& fingerprint, Instant now);

} // namespace everlong::engine
