#pragma once
// One call on its way through the simulator: what is known before a fault's delay, and what is needed after it.

#include <simulator/sandbox.hpp>

#include <optional>

namespace everlong::simulator {

struct Passage {
    Call call;
    CallRecord record;
    std::optional<Fault> fault;
    const http::Request* request = nullptr; // where its body matters: uploads. Outlives the passage
    http::Response response;                // from work_passage() on
};

// The call's line for the ledger is begun, and a fault that strikes it is taken.
Passage begin_passage(Sandbox& sandbox, Call call);

// Does what the call asks for.
void work_passage(Sandbox& sandbox, Passage& passage);

// A picture of the call was refused after all: that is its answer, and there is no container (graph-api.md, 8.1).
void answer_for_picture(Sandbox& sandbox, Passage& passage, const std::string& container_id);

// Lets the fault strike what came of it, and writes the ledger.
http::Response finish_passage(Sandbox& sandbox, Passage& passage);

} // namespace everlong::simulator
