#pragma once
// From a call to what answers it: fixed paths first, then nodes and their edges.

#include <simulator/calls/context.hpp>

#include <boost/json/value.hpp>

namespace everlong::simulator {

// Answers a call to graph.facebook.com, graph.instagram.com or api.instagram.com.
Outcome<boost::json::value> dispatch(Context& context);

// Is this host one of those? The others serve pages and uploads.
bool is_api_host(Host host);

} // namespace everlong::simulator
