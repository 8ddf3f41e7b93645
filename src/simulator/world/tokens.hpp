#pragma once
// The life of a token: how long each kind lives, when and why it is dead, and what ends it. Everything is computed from
// the clock when it is asked for.

#include <simulator/wire/errors.hpp>
#include <simulator/world/world.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::simulator {

// graph-api.md, 2.2 (sample: 5400), 2.6, 3.2, 3.3, 2.11, 3.4.
constexpr Seconds kShortFacebookLife{5400};
constexpr Seconds kShortInstagramLife = Hours(1);
constexpr Seconds kLongLife = Days(60);
constexpr Seconds kDataAccessLife = Days(90);
constexpr Seconds kRefreshableAge = Hours(24);

// Nothing for a token without a date.
std::optional<Seconds> life_of(Kind kind, Login login, Lifetime lifetime);

// Why the token cannot be used at `now`; nothing where it can (5.3).
std::optional<GraphError> verdict(World& world, const Token& token, Instant now);

// The person's data access is over, though the token still authenticates (2.11).
bool is_data_access_over(const Token& token, Instant now);

// Is it exempt from the rule that a permission expires with the data access? (2.11)
bool outlives_data_access(std::string_view permission);

// Whole seconds that are left; 0 at least.
std::int64_t seconds_left(const Token& token, Instant now);

// What every login asks for when nothing else is said: everything this half and the next can use (2.5, 3.1).
std::vector<std::string> default_scopes(Login login);
// Is this a permission of that login? (2.5, 3.1)
bool is_permission(Login login, std::string_view name);

// Ends every token of a person (of one app, where `app_id` is not empty).
void end_tokens_of(World& world, const Person& person, std::string_view app_id, Ending ending);
// The person takes a permission back: it goes out of the grants and out of every token for the app.
void revoke_permission(World& world, Person& person, std::string_view app_id, std::string_view permission);
// The person's id as this app knows it: on the Instagram login the app-scoped one of their account.
std::string known_to_app_as(World& world, const Person& person, const App& app);
// The person removes the app: no grant and no token of theirs is left (2.9), and the app's server is told (9.2).
void remove_app(World& world, Person& person, std::string_view app_id);

} // namespace everlong::simulator
