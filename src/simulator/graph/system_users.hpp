#pragma once
// Edges of system users and of the portfolios that hold them (graph-api.md, 2.10).

#include <simulator/calls/context.hpp>
#include <simulator/graph/nodes.hpp>

#include <boost/json/value.hpp>

namespace everlong::simulator {

// Is there a portfolio that both belong to?
bool shares_business(const Person& one, const Person& other);

// GET /{business}/system_users
Outcome<boost::json::value> list_system_users(Context& context, const Node& node, const EdgeQuery& query);
// POST /{system-user}/applications
Outcome<boost::json::value> install_app(Context& context, const Node& node, const EdgeQuery& query);
// POST /{system-user}/access_tokens
Outcome<boost::json::value> make_system_token(Context& context, const Node& node, const EdgeQuery& query);
// POST /{business}/system_user_access_tokens
Outcome<boost::json::value> make_system_token_of_business(Context& context, const Node& node, const EdgeQuery& query);

} // namespace everlong::simulator
