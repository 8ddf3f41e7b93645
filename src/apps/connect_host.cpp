#include <apps/connect_host.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <adapters/data_dir/socket_path.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace everlong::apps {
namespace {

constexpr std::uint16_t kFirstPort = 8000;
constexpr std::uint16_t kPortsTried = 100; // as `serve` does
// The browser's last answer goes out; nothing else is waited for.
constexpr Milliseconds kDrainTime = Milliseconds(500);
// Another command holds the data directory only as long as its calls to Meta take.
constexpr Milliseconds kLockPause = Milliseconds(50);
constexpr int kLockTries = 200;

Result<std::uint16_t> listen(http::Server& server, std::optional<std::uint16_t> port) {
    if (port) return server.listen_tcp("127.0.0.1", *port);
    Result<std::uint16_t> taken = fail(Code::kPortTaken, Fault::kLocal);
    for (std::uint16_t i = 0; i < kPortsTried; ++i) {
        taken = server.listen_tcp("127.0.0.1", static_cast<std::uint16_t>(kFirstPort + i));
        if (taken || taken.error().code() != Code::kPortTaken) break;
    }
    return taken;
}

} // namespace

ConnectHost::ConnectHost(boost::asio::io_context& context, app::Config config, ports::Log& log)
    : context_(context), config_(std::move(config)), log_(log) {}

Task<bool> ConnectHost::has_service() {
    auto client = http::Client::make(context_.get_executor());
    const adapters::SocketPath socket(config_.data_dir);
    http::OutgoingRequest request;
    request.url = "http://everlong/healthz";
    request.unix_socket = socket.text();
    auto answer = co_await client->send(std::move(request));
    co_return answer.has_value();
}

Task<void> ConnectHost::open(std::optional<std::uint16_t> port) {
    Result<std::unique_ptr<app::Node>> node = fail(Code::kAlreadyRunning, Fault::kConflict);
    for (int i = 0; i < kLockTries && !node; ++i) {
        auto is_served = co_await has_service();
        if (!is_served) co_return fail(is_served.error());
        if (*is_served) {
            gateway_ = std::make_unique<Gateway>(context_, std::move(config_), log_);
            co_return Result<void>{};
        }
        node = app::Node::open(context_.get_executor(), config_, log_);
        if (node || node.error().code() != Code::kAlreadyRunning) break;
        boost::asio::steady_timer pause(context_, kLockPause);
        co_await pause.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    if (!node) co_return fail(node.error());
    node_ = std::move(*node);
    if (auto clock = co_await node_->synchronise_clock(); !clock) co_return fail(clock.error());
    server_ = http::Server::make(
        context_.get_executor(), {}, [this](http::Request request) { return node_->handle(std::move(request)); },
        adapters::read_system_clock, api::refusal);
    server_->set_body_plan(node_->body_plan());
    auto taken = listen(*server_, port);
    if (!taken) co_return fail(taken.error());
    node_->set_port(*taken);
    co_return Result<void>{};
}

Task<http::Response> ConnectHost::call(ApiCall call) {
    if (gateway_) co_return co_await gateway_->call(std::move(call));
    http::Request request;
    request.method = call.method;
    request.target = call.target;
    request.body = call.body;
    request.headers = call.headers;
    request.is_local = true;
    co_return co_await node_->handle(std::move(request));
}

Async<void> ConnectHost::close() {
    if (server_) co_await server_->stop(kDrainTime);
}

} // namespace everlong::apps
