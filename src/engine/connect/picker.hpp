#pragma once
// Everything that a login's token reaches, usable or not, each with what is wrong with it.

#include <engine/lifecycle/world.hpp>
#include <ports/login_store.hpp>

#include <string>
#include <vector>

namespace everlong::engine {

struct LookAround {
    std::string person_id; // app-scoped
    std::vector<std::string> granted;
    std::vector<ports::LoginAccount> accounts;
    bool are_accounts_complete = true;
};

// `told`: the permissions that the exchange of the code has told (Instagram login; empty where it did not). Asks Meta;
// changes nothing. A token that Meta calls invalid is its error.
Task<LookAround> look_around(World& world, core::LoginPath login, const Secret& token, std::vector<std::string> told);

// "@cafe (17841400000000001)", or the Page's name.
std::string described(const core::Account& account);
// Those that can be used, at most ten, with commas between.
std::string described(const std::vector<ports::LoginAccount>& accounts);

} // namespace everlong::engine
