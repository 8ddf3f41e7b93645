#pragma once
// What the account shows and what other posts have of it: the reading behind core::Look (design rule C4).

#include <core/publishing/post_machine.hpp>
#include <engine/publishing/connection.hpp>

namespace everlong::engine {

// Fills in all of `look` but the container and the quota. What Meta answers goes there, errors too; an error here is the
// store's.
Task<void> read_media(PublishWorld& world, const Connection& connection, const core::Post& post, core::Look& look);

} // namespace everlong::engine
