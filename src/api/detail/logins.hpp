#pragma once
// What the handlers of logins share: the routes for machines (api/logins.cpp) and those for browsers (api/oauth.cpp).

#include <api/detail/call.hpp>
#include <engine/connect/connect.hpp>

namespace everlong::api::detail {

// A login as scripts and pages see it. `channel`: the channel as it is, null where there is none.
json::object login_to_json(const ports::Login& login, json::value channel);

// {…} of the path that says which login. kHttpNotFound (kUsage) for any other word.
Result<core::LoginPath> login_path_of(const Call& call, std::size_t place = 0);

// The first value of a query's parameter; empty where there is none.
std::string query_value(const Call& call, std::string_view name);

} // namespace everlong::api::detail
