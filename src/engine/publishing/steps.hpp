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

// Meta's clock, asked through that channel in a call that changes nothing: the time as of now, or nothing where the answer told
// none. An error: it could not be asked (not connected, or Meta wants a pause), and no call was made.
Task<std::optional<Instant>> ask_metas_time(PublishWorld& world, ChannelId channel, Instant due_at);

} // namespace everlong::engine
