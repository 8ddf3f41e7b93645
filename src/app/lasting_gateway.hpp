#pragma once
// A gateway for a command that stays: `channel connect` for as long as a login takes, `post` for as long as a post does.
// It is the running service, or, without one, the data directory, held open, with a listener for the browser that comes
// back, or for whoever fetches media.

#include <app/gateway.hpp>
#include <app/node.hpp>
#include <http/server.hpp>

#include <optional>

namespace everlong::app {

class LastingGateway {
public:
    LastingGateway(boost::asio::io_context& context, Config config, ports::Log& log);

    // `port`: of the listener, where there is no service; absent: 8000 or the next free one. Errors: those of Gateway, and
    // kPortTaken.
    Task<void> open(std::optional<std::uint16_t> port);
    Task<http::Response> call(ApiCall call);
    // Do calls go through a running service? From open() on.
    bool has_service() const { return gateway_ != nullptr; }
    // Without a service: publishes what is due, until stop_working().
    Async<void> work() { return node_->run_publishing(); }
    void stop_working() { node_->stop_publishing(); }
    // Ends the listener; what is under way may finish.
    Async<void> close();

private:
    boost::asio::io_context& context_;
    Config config_;
    ports::Log& log_;
    std::unique_ptr<Gateway> gateway_; // null where there is no service
    std::unique_ptr<Node> node_;       // null where there is one
    std::unique_ptr<http::Server> server_;
};

} // namespace everlong::app
