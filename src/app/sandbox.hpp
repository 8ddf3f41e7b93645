#pragma once
// The simulator behind a server of its own.

#include <app/config.hpp>
#include <app/service.hpp>
#include <async/task.hpp>
#include <http/server.hpp>
#include <simulator/simulator.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>

namespace everlong::app {

class Sandbox {
public:
    // The context outlives it.
    Sandbox(boost::asio::io_context& context, const Config& config, SandboxOptions options);
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    // Opens its ports; gives that of plain HTTP.
    Result<std::uint16_t> listen();
    // What it can be reached by, one a line.
    void announce(const Say& say) const;
    Async<void> stop(Milliseconds grace);

private:
    Result<void> load_world();
    Result<void> listen_tls();

    SandboxOptions options_;
    std::unique_ptr<simulator::Simulator> simulator_;
    std::unique_ptr<http::Server> server_;
    std::string made_file_; // of ours, to be taken away
};

} // namespace everlong::app
