#pragma once
// What the account shows and what other posts have of it: the reading behind core::Look (design rule C4).

#include <core/publishing/post_machine.hpp>
#include <engine/publishing/connection.hpp>

namespace everlong::engine {

// Fills in all of `look` but the container and the quota. What Meta answers goes there, errors too; an error here is the
// store's.
Task<void> read_media(PublishWorld& world, const Connection& connection, const core::Post& post, core::Look& look);

// For a person who says that a post is live: what the account shows. An error in `recent` where Meta cannot be asked: no
// connection, a pause that it wants, or no answer.
Task<core::Look> look_at_account(PublishWorld& world, core::Post post);

} // namespace everlong::engine
