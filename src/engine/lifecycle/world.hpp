#pragma once
// What the life of tokens needs from the world, handed in once by the composition root, which owns all of it.

#include <async/keyed_lock.hpp>
#include <ports/clock.hpp>
#include <ports/graph_api.hpp>
#include <ports/sink.hpp>
#include <ports/store.hpp>

namespace everlong::engine {

struct World {
    ports::Clock& clock;
    ports::GraphApi& graph;
    ports::Store& store;
    ports::DotenvSink& sink;
    // By channel name: whatever asks Meta about a channel or changes it holds its lock (law 3).
    KeyedLock locks{};
};

inline ports::AuditEvent audit(const World& world, std::string actor, std::string action, std::string channel_name,
                               std::string detail = {}) {
    return {world.clock.now(), std::move(actor), std::move(action), std::move(channel_name), std::move(detail)};
}

} // namespace everlong::engine
