#include <simulator/simulator.hpp>

#include <simulator/control.hpp>
#include <simulator/passage.hpp>
#include <simulator/reply.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace everlong::simulator {

struct Simulator::Parts : Sandbox {
    using Sandbox::Sandbox;
};

namespace {

http::Response without_host(Sandbox& sandbox, const http::Request& request) {
    const bool is_home = request.raw_path() == "/" && (request.method == "GET" || request.is_head_only());
    if (is_home) return to_html_response(200, home_page(sandbox), sandbox.now());
    boost::json::object body;
    body["error"] = "no host of Meta's is named: by the Host header, or first in the path, as in "
                    "/graph.facebook.com/v25.0/me. Control calls begin with /_sandbox/";
    http::Response response;
    response.status = 404;
    response.headers.add("Content-Type", "application/json; charset=utf-8");
    response.headers.add("Date", to_http_date(sandbox.now()));
    response.body = boost::json::serialize(body);
    return response;
}

} // namespace

Simulator::Simulator(Options options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Simulator::~Simulator() = default;

Async<http::Response> Simulator::handle(http::Request request) {
    Sandbox& sandbox = *parts_;
    if (is_control_call(request)) co_return handle_control(sandbox, request);
    auto call = parse_call(request, sandbox.now(), sandbox.options.port);
    if (!call) co_return without_host(sandbox, request);
    Passage passage = begin_passage(sandbox, std::move(*call));
    if (passage.fault && passage.fault->delay > Milliseconds(0)) {
        boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
        if (sandbox.options.executor) executor = sandbox.options.executor;
        boost::asio::steady_timer timer(executor);
        timer.expires_after(passage.fault->delay);
        // Cut short where the server stops; the call does its work all the same.
        co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }
    co_return finish_passage(sandbox, std::move(passage));
}

http::Response Simulator::handle_now(const http::Request& request) {
    Sandbox& sandbox = *parts_;
    if (is_control_call(request)) return handle_control(sandbox, request);
    auto call = parse_call(request, sandbox.now(), sandbox.options.port);
    if (!call) return without_host(sandbox, request);
    return finish_passage(sandbox, begin_passage(sandbox, std::move(*call)));
}

void Simulator::set_port(std::uint16_t port) {
    parts_->options.port = port;
}

void Simulator::set_authority(std::string certificate) {
    parts_->authority = std::move(certificate);
}

Instant Simulator::now() const {
    return parts_->now();
}

void Simulator::advance(Seconds span) {
    parts_->advanced += std::max(span, Seconds(0));
}

std::vector<std::string> Simulator::start_lines() const {
    const Options& options = parts_->options;
    return {
        "sandbox            http://127.0.0.1:" + std::to_string(options.port),
        "Facebook login     META_APP_ID=" + options.apps.facebook_id +
            "  META_APP_SECRET=" + options.apps.facebook_secret,
        "Instagram login    INSTAGRAM_APP_ID=" + options.apps.instagram_id +
            "  INSTAGRAM_APP_SECRET=" + options.apps.instagram_secret,
    };
}

} // namespace everlong::simulator
