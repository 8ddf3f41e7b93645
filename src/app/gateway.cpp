#include <app/gateway.hpp>

#include <adapters/data_dir/socket_path.hpp>
#include <app/node.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>

namespace everlong::app {
namespace {

namespace asio = boost::asio;

// An import asks Meta several things, each with a deadline of its own.
constexpr Milliseconds kCallDeadline = Seconds(150);
constexpr std::size_t kAnswerBytes = 64 * 1024 * 1024; // a list of 100,000 channels

} // namespace

Task<bool> finds_service(http::Client& client, const Config& config, Milliseconds silence) {
    const adapters::SocketPath socket(config.data_dir);
    // Twice: of a service that ends just now the first call is cut, and the second finds nobody.
    for (int i = 0; i < 2; ++i) {
        http::OutgoingRequest request;
        request.url = "http://everlong/healthz";
        request.unix_socket = socket.text();
        request.deadline = silence;
        const auto answer = co_await client.send(std::move(request));
        if (answer) co_return true;
        if (answer.error().code() == Code::kUnreachable) co_return false;
    }
    co_return fail(Code::kAlreadyRunning, Fault::kConflict,
                   "it does not answer: it is stopped (Ctrl-Z; the shell's fg lets it go on), or it hangs");
}

Gateway::Gateway(asio::io_context& context, Config config, ports::Log& log)
    : context_(context), config_(std::move(config)), log_(log), client_(http::Client::make(context.get_executor())) {}

Gateway::~Gateway() = default;

Task<http::Response> Gateway::call_service(const ApiCall& call) {
    http::OutgoingRequest request;
    request.method = call.method;
    const auto question = std::min(call.target.find('?'), call.target.size());
    request.url = "http://everlong" + call.target.substr(0, question);
    if (question < call.target.size()) {
        for (auto& [name, value] : http::parse_form(call.target.substr(question + 1)))
            request.query.emplace_back(std::move(name), std::move(value));
    }
    const adapters::SocketPath socket(config_.data_dir);
    request.unix_socket = socket.text();
    request.headers = call.headers;
    if (!request.headers.find("Content-Type")) request.headers.set("Content-Type", "application/json");
    request.body = call.body;
    request.deadline = kCallDeadline;
    request.body_limit_bytes = kAnswerBytes;
    co_return co_await client_->send(std::move(request));
}

Task<http::Response> Gateway::call_directly(const ApiCall& call) {
    auto node = Node::open(co_await asio::this_coro::executor, config_, log_);
    if (!node) co_return fail(node.error());
    if (auto started = co_await (*node)->start(); !started) co_return fail(started.error());
    http::Request request;
    request.method = call.method;
    request.target = call.target;
    request.body = call.body;
    request.headers = call.headers;
    request.is_local = true;
    co_return co_await (*node)->handle(std::move(request));
}

Task<http::Response> Gateway::call(ApiCall call) {
    Result<http::Response> answer = fail(Code::kAlreadyRunning, Fault::kConflict);
    for (int i = 0; i < kLockTries; ++i) {
        if (!has_answered_) {
            const auto is_served = co_await finds_service(*client_, config_);
            if (!is_served) {
                answer = fail(is_served.error());
                break;
            }
            has_answered_ = *is_served;
        }
        if (has_answered_) {
            answer = co_await call_service(call);
            has_service_ = answer.has_value();
            if (answer || answer.error().code() != Code::kUnreachable) break;
            has_answered_ = false; // it has gone meanwhile
        }
        has_service_ = false;
        answer = co_await call_directly(call);
        if (answer || answer.error().code() != Code::kAlreadyRunning) break;
        // A service that is starting, or another command: its lock is held, its socket not there (yet).
        asio::steady_timer pause(context_, kLockPause);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    wipe_string(call.body);
    co_return answer;
}

Result<http::Response> Gateway::call_now(ApiCall api_call) {
    std::optional<Result<http::Response>> outcome;
    std::exception_ptr thrown;
    context_.restart();
    asio::co_spawn(context_, call(std::move(api_call)), [&](std::exception_ptr problem, Result<http::Response> result) {
        thrown = problem;
        outcome = std::move(result);
        context_.stop();
    });
    context_.run();
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*outcome);
}

} // namespace everlong::app
