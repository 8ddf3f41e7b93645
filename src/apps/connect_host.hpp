#pragma once
// What `channel connect` talks to for as long as a login takes, and `post` for as long as a post does: the running service,
// or, without one, the data directory opened by itself with a listener for the browser that comes back, or for whoever
// fetches media.

#include <app/node.hpp>
#include <apps/gateway.hpp>
#include <http/server.hpp>

#include <optional>

namespace everlong::apps {

class ConnectHost {
public:
    ConnectHost(boost::asio::io_context& context, app::Config config, ports::Log& log);

    // `port`: of the listener, where there is no service; absent: 8000 or the next free one. Errors: those of Gateway, and
    // kPortTaken.
    Task<void> open(std::optional<std::uint16_t> port);
    Task<http::Response> call(ApiCall call);
    // Goes it through a running service?
    bool has_gateway() const { return gateway_ != nullptr; }
    // Without a service: publishes what is due, until stop_working().
    Async<void> work() { return node_->run_publishing(); }
    void stop_working() { node_->stop_publishing(); }
    // Ends the listener; what is under way may finish.
    Async<void> close();

private:
    Task<bool> has_service();

    boost::asio::io_context& context_;
    app::Config config_;
    ports::Log& log_;
    std::unique_ptr<Gateway> gateway_; // null where there is no service
    std::unique_ptr<app::Node> node_;  // null where there is one
    std::unique_ptr<http::Server> server_;
};

} // namespace everlong::apps
