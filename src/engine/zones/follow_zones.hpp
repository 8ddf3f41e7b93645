#pragma once
// A post's wall time stays what a person wrote; when that is, the world's governments decide, now and then late.

#include <engine/lifecycle/world.hpp>
#include <ports/post_store.hpp>
#include <ports/time_zones.hpp>

namespace everlong::engine {

// Gives every scheduled post with a wall time the instant that it means by the zones' rules of today. Gives how many have
// another one now. A post that is changed meanwhile is left: whoever changes it resolves it, too.
Task<int> follow_zones(World& world, ports::PostStore& posts, const ports::TimeZones& zones);

} // namespace everlong::engine
