#pragma once
// A calendar that was wrong and is set back (or a simulator that is reset) leaves times behind that lie far ahead: looks
// and renewals that would come months too late, for a token that ends long before.

#include <engine/lifecycle/world.hpp>

namespace everlong::engine {

// Makes every channel due at once whose times can only come from a later calendar, and counts its token as old enough
// to be renewed. Others stay as they are.
Task<void> mend_times_ahead(World& world);

} // namespace everlong::engine
