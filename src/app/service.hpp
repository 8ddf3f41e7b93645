#pragma once
// The two things that run until they are told to end: `everlong serve` and `everlong sandbox`.

#include <app/config.hpp>
#include <ports/log.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace everlong::app {

struct ServeOptions {
    std::optional<std::uint16_t> port; // absent: 8000 or the next free one
    bool has_sandbox = false;
    std::uint16_t sandbox_port = 9190;
};

struct SandboxOptions {
    std::uint16_t port = 9190;
    std::optional<std::uint16_t> tls_port;     // absent: no TLS
    std::optional<std::uint64_t> hostile_seed; // absent: no faults but those that are ordered
    std::string world_file;                    // a world's JSON document; empty: the seeded world
    std::string ca_file; // where the authority's certificate goes; empty: a new file for temporary ones
};

// One line for people on standard output, at once.
using Say = std::function<void(const std::string&)>;

// Run until SIGTERM or SIGINT; then what is under way may finish within eight seconds.
Result<void> serve(Config config, ServeOptions options, ports::Log& log, const Say& say);
Result<void> run_sandbox(const Config& config, SandboxOptions options, const Say& say);

} // namespace everlong::app
