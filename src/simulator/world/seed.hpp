#pragma once
// The inhabitants of a fresh world (contract, section 5): one person with whom everything is right, and others with
// whom one thing each is not. Accounts are told apart by readable names.

#include <simulator/simulator.hpp>
#include <simulator/world/world.hpp>

#include <memory>

namespace everlong::simulator {

// Only the two apps.
std::unique_ptr<World> make_empty_world(const AppCredentials& apps, std::uint64_t seed);
std::unique_ptr<World> make_seeded_world(const AppCredentials& apps, std::uint64_t seed,
                                         Inhabitants inhabitants = Inhabitants::kAll);

// A person with a professional account of that name, and (where wanted) a Page to which it is linked.
Account& add_person_with_account(World& world, std::string username, bool has_page);
// A Page of its own for an account without one.
Page& add_page_for(World& world, Account& account);
// The system user that stands for the portfolio around an account's Page; made when first asked for.
Person& system_user_for(World& world, const Account& account);

// Every task a Page role can hold (graph-api.md, 2.8).
std::vector<std::string> all_tasks();

} // namespace everlong::simulator
