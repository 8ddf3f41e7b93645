#pragma once
// What an endpoint gets to work with, and the small things every endpoint needs: the caller's token, secrets, proofs.

#include <simulator/calls/limits.hpp>
#include <simulator/switches.hpp>
#include <simulator/wire/call.hpp>
#include <simulator/wire/errors.hpp>
#include <simulator/world/ledger.hpp>
#include <simulator/world/tokens.hpp>
#include <simulator/world/world.hpp>

#include <boost/json/value.hpp>

#include <string>

namespace everlong::simulator {

struct Context {
    World& world;
    const Switches& switches;
    Ledger& ledger;
    Limits& limits;
    Call& call;
    // The caller's token once authenticate() has accepted it.
    Token* token = nullptr;
    // For the call's line in the ledger.
    CallRecord& record;
    // Ids whose business-use-case limits this call counts towards (7.2), with their type ("instagram", "pages").
    std::vector<std::pair<std::string, std::string>> counted_ids;
    std::size_t charged_ids = 0; // how many of them have been counted
    // The app whose limit this call counts towards (7.1); empty: none.
    std::string counted_app;
    // The Page, for a person's calls on one (error 32).
    std::string counted_page;
};

// Takes the caller's token from the call and sees that it is whole, of this host's kind, alive, and proven where a proof
// was sent or is required. `missing`: what is said when there is none (2500 on /me, else 104; 5.2).
Outcome<Token*> authenticate(Context& context, Refusal missing);

// The same for a token that came in a parameter (fb_exchange_token, input_token). No proof is looked at.
Outcome<Token*> resolve_token(Context& context, std::string_view text);

// Notes the token for the ledger, dead or alive, known or not.
void note_token(Context& context, std::string_view text);

// Token of an app, "id|secret"; made in the world when first shown. Null where the text is none.
Outcome<Token*> resolve_app_token(Context& context, std::string_view text);

bool has_app_token_form(std::string_view text);

} // namespace everlong::simulator
