#pragma once
// Login codes: what a person's consent in a dialog is worth, once, for minutes (graph-api.md, 2.2, 3.2).

#include <simulator/calls/context.hpp>
#include <simulator/world/world.hpp>

#include <string>
#include <string_view>

namespace everlong::simulator {

// About ten minutes for Facebook (2.2), an hour for Instagram (3.1).
constexpr Seconds kFacebookCodeLife = Minutes(10);
constexpr Seconds kInstagramCodeLife = Hours(1);

// Spends the call's `code` for this app: refuses one that is unknown, used, expired, of another redirect address or without
// the verifier that its challenge asks for. The refusals are those of the app's login.
Outcome<LoginCode*> redeem_code(Context& context, const App& app);

// Does the verifier belong to the challenge (graph-api.md, 2.12)? `method`: S256 or plain.
bool fits_challenge(std::string_view challenge, std::string_view method, std::string_view verifier);

} // namespace everlong::simulator
