#pragma once
// What publishing needs from the world, handed in once by the composition root, which owns all of it.

#include <engine/lifecycle/world.hpp>
#include <engine/publishing/call_budget.hpp>
#include <ports/media_host.hpp>
#include <ports/media_shelf.hpp>
#include <ports/post_store.hpp>
#include <ports/publish_api.hpp>

#include <functional>

namespace everlong::engine {

struct PublishWorld {
    World& world;
    ports::PostStore& posts;
    ports::PublishApi& api;
    ports::MediaShelf& shelf;
    ports::MediaHost& host;
    ports::Monotonic& monotonic;
    CallBudget& budget;
    // A channel's own look has become due: the loop that renews tokens is to be woken (law 4: it alone reaches verdicts).
    std::function<void()> wake_channels = [] {};
};

} // namespace everlong::engine
