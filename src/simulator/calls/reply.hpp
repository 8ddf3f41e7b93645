#pragma once
// What goes out: Meta's headers around an answer or a refusal (graph-api.md, 10.4; clients.md, 32).

#include <simulator/calls/context.hpp>

#include <boost/json/value.hpp>

namespace everlong::simulator {

http::Response to_response(const Context& context, const Outcome<boost::json::value>& outcome, Dice& traces);

// A refusal that does not come from an endpoint: faults.
http::Response to_error_response(const Call& call, const GraphError& error, Dice& traces);

// A page of HTML with the virtual clock's Date, as a gateway or a missing page gives.
http::Response to_html_response(int status, std::string html, Instant now);

} // namespace everlong::simulator
