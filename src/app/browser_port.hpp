#pragma once
// The port where browsers find us on this machine.

#include <base/result.hpp>
#include <http/server.hpp>

#include <cstdint>
#include <optional>

namespace everlong::app {

inline constexpr std::uint16_t kDefaultPort = 8000;

// Listens at `port`, or, where none is given, at kDefaultPort or the next free one; gives which. Errors: those of
// http::Server::listen_tcp.
Result<std::uint16_t> listen_for_browsers(http::Server& server, std::optional<std::uint16_t> port);

} // namespace everlong::app
