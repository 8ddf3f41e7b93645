#pragma once
// The fixed paths of Meta's hosts (not nodes): exchange, refresh, inspection, revocation. One table in router.cpp says
// which path and method leads to which of these.

#include <simulator/calls/context.hpp>

#include <boost/json/value.hpp>

namespace everlong::simulator {

using Endpoint = Outcome<boost::json::value> (*)(Context&);

// graph.facebook.com/oauth/access_token: every grant type (graph-api.md, 2.2, 2.6, 2.7, 2.10).
Outcome<boost::json::value> facebook_access_token(Context& context);
// graph.facebook.com/oauth/client_code: a code for another client of the same person (2.7).
Outcome<boost::json::value> facebook_client_code(Context& context);
// graph.facebook.com/oauth/revoke (2.10).
Outcome<boost::json::value> facebook_revoke(Context& context);
// debug_token of both hosts (4).
Outcome<boost::json::value> debug_token(Context& context);

// graph.instagram.com/access_token: ig_exchange_token (3.3).
Outcome<boost::json::value> instagram_exchange(Context& context);
// graph.instagram.com/refresh_access_token: ig_refresh_token (3.4).
Outcome<boost::json::value> instagram_refresh(Context& context);
// api.instagram.com/oauth/access_token: login codes (3.2).
Outcome<boost::json::value> instagram_code(Context& context);

// {"access_token","token_type","expires_in"} in Meta's order; expires_in as the switch says, and never without a date.
boost::json::object to_grant(const Context& context, const Token& token);

} // namespace everlong::simulator
