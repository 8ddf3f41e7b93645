#include <app/browser_port.hpp>

namespace everlong::app {
namespace {

// How many ports are tried from kDefaultPort on: many applications live there.
constexpr std::uint16_t kPortsTried = 100;
constexpr const char* kThisMachine = "127.0.0.1";

} // namespace

Result<std::uint16_t> listen_for_browsers(http::Server& server, std::optional<std::uint16_t> port) {
    if (port) return server.listen_tcp(kThisMachine, *port);
    Result<std::uint16_t> taken = fail(Code::kPortTaken, Fault::kLocal);
    for (std::uint16_t i = 0; i < kPortsTried; ++i) {
        taken = server.listen_tcp(kThisMachine, static_cast<std::uint16_t>(kDefaultPort + i));
        if (taken || taken.error().code() != Code::kPortTaken) break;
    }
    return taken;
}

} // namespace everlong::app
