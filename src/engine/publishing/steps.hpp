#pragma once
// One step of a post: asks Meta, hands the outcome to the core's machine, saves what it gives.

#include <core/publishing/post_machine.hpp>
#include <engine/publishing/publish_world.hpp>

namespace everlong::engine {

// Gives the post as it is stored afterwards. What Meta or the media refuse is part of the post; an error here is this
// machine's (its store), or kBusy (kConflict): somebody else has changed the post meanwhile, and nothing was saved.
// `place`: in the line of publish calls; only for the step Publish. `is_stopping`: the service ends; nothing new is begun
// that would have to wait.
Task<core::Post> do_step(PublishWorld& world, core::Post post, core::PostStep step, PublishLine::Place* place,
                         const bool& is_stopping);

} // namespace everlong::engine
