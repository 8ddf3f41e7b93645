#pragma once
// The simulator's control calls by HTTP.

#include <http/client.hpp>
#include <ports/sandbox.hpp>

#include <memory>
#include <string>

namespace everlong::adapters {

// `meta_base` is EVERLONG_META on loopback: "http://127.0.0.1:9190". `client` outlives what is made.
std::unique_ptr<ports::SandboxControl> make_sandbox_control(http::Client& client, std::string meta_base);

} // namespace everlong::adapters
