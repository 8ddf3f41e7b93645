#pragma once
// Batch requests: up to fifty calls in one, answered in order, each counting by itself (graph-api.md, 10.1;
// clients.md, 2 and 27).

#include <simulator/calls/context.hpp>
#include <simulator/sandbox.hpp>

#include <boost/json/value.hpp>

namespace everlong::simulator {

// A POST to the root of graph.facebook.com with a `batch`.
bool is_batch_call(const Call& call);

// An array of {"code","headers","body"} or null. Each item is a call of its own in the ledger, and faults strike it there.
Outcome<boost::json::value> answer_batch(Sandbox& sandbox, Context& context);

} // namespace everlong::simulator
