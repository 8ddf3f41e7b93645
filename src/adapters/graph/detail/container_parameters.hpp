#pragma once
// What is sent to make a container (facts/graph-api.md, 8.1). Pure.

#include <http/client.hpp>
#include <ports/publish_api.hpp>

#include <vector>

namespace everlong::adapters::detail {

// A video without an address is sent by resumable upload.
bool is_resumable(const ports::ContainerOrder& order);

// kUsage: an order that cannot be one, or product tags on the Instagram login, which has none. What the kind of container
// does not know is left out (a story's caption, a child's place): the preflight tells people so.
Result<std::vector<http::OutgoingParameter>> container_parameters(core::LoginPath login,
                                                                  const ports::ContainerOrder& order);

} // namespace everlong::adapters::detail
