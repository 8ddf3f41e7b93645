#include <app/lasting_gateway.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <app/browser_port.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace everlong::app {
namespace {

// The browser's last answer goes out; nothing else is waited for.
constexpr Milliseconds kDrainTime = Milliseconds(500);

} // namespace

LastingGateway::LastingGateway(boost::asio::io_context& context, Config config, ports::Log& log)
    : context_(context), config_(std::move(config)), log_(log) {}

Task<void> LastingGateway::open(std::optional<std::uint16_t> port) {
    const auto client = http::Client::make(context_.get_executor());
    Result<std::unique_ptr<Node>> node = fail(Code::kAlreadyRunning, Fault::kConflict);
    for (int i = 0; i < kLockTries && !node; ++i) {
        auto is_served = co_await finds_service(*client, config_);
        if (!is_served) co_return fail(is_served.error());
        if (*is_served) {
            gateway_ = std::make_unique<Gateway>(context_, std::move(config_), log_);
            co_return Result<void>{};
        }
        node = Node::open(context_.get_executor(), config_, log_);
        if (node || node.error().code() != Code::kAlreadyRunning) break;
        boost::asio::steady_timer pause(context_, kLockPause);
        co_await pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    if (!node) co_return fail(node.error());
    node_ = std::move(*node);
    if (auto started = co_await node_->start(); !started) co_return fail(started.error());
    server_ = http::Server::make(
        context_.get_executor(), {}, [this](http::Request request) { return node_->handle(std::move(request)); },
        adapters::read_system_clock, api::refusal);
    server_->set_body_plan(node_->body_plan());
    auto taken = listen_for_browsers(*server_, port);
    if (!taken) co_return fail(taken.error());
    node_->set_port(*taken);
    co_return Result<void>{};
}

Task<http::Response> LastingGateway::call(ApiCall call) {
    if (gateway_) co_return co_await gateway_->call(std::move(call));
    http::Request request;
    request.method = std::move(call.method);
    request.target = std::move(call.target);
    request.body = std::move(call.body);
    request.headers = std::move(call.headers);
    request.is_local = true;
    co_return co_await node_->handle(std::move(request));
}

Async<void> LastingGateway::close() {
    if (server_) co_await server_->stop(kDrainTime);
}

} // namespace everlong::app
