#pragma once
// The daily look at a channel: finish what is pending, renew what is due, otherwise ask Meta whether the token still
// lives (it does not tell by itself; facts 4) and reach a verdict slowly (law 4).

#include <engine/lifecycle/world.hpp>

namespace everlong::engine {

// Does what the channel needs now and stores when to look next. Errors are recorded with the channel where they
// concern it; an error here is for the log.
Task<void> look_after(World& world, std::string channel_name);

} // namespace everlong::engine
