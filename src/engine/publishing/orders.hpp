#pragma once
// What is told to Meta of a post's pictures and videos: addresses that it can fetch, and the parameters of containers.

#include <engine/publishing/publish_world.hpp>

#include <string>

namespace everlong::engine {

// Are all media there, and all addresses that Meta will need good? kFileUnknown (kUsage), kMediaAddress (kRefused), and what
// may pass.
Task<void> check_media(PublishWorld& world, const core::Post& post);

// `is_by_address`: also for a video of ours, which otherwise has no address because its bytes are sent.
Task<ports::ContainerOrder> make_order(PublishWorld& world, const core::Post& post, int item, bool is_by_address);

// A video of ours: Meta gets its bytes.
bool is_uploaded(const core::PostMedium& medium);

} // namespace everlong::engine
