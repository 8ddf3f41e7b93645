#include <simulator/simulator.hpp>

#include <simulator/callbacks/webhooks.hpp>
#include <simulator/calls/reply.hpp>
#include <simulator/control/control.hpp>
#include <simulator/front/passage.hpp>
#include <simulator/publishing/media_work.hpp>
#include <simulator/publishing/publishing.hpp>
#include <simulator/publishing/upload.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace everlong::simulator {

struct Simulator::Parts : Sandbox {
    using Sandbox::Sandbox;
    ~Parts() {
        if (fetcher) fetcher->close();
    }

    // Null where there is nothing to run on.
    std::shared_ptr<MediaFetcher> find_fetcher(const boost::asio::any_io_executor& otherwise) {
        const auto& executor = options.executor ? options.executor : otherwise;
        if (!fetcher && executor) fetcher = std::make_shared<MediaFetcher>(executor);
        return fetcher;
    }

    std::shared_ptr<MediaFetcher> fetcher;
};

namespace {

http::Response without_host(Sandbox& sandbox, const http::Request& request) {
    if (auto page = find_page(sandbox, request)) return std::move(*page);
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

// Cut short where the server stops; the call does its work all the same.
Async<void> wait_in_real_time(const Sandbox& sandbox, Milliseconds span) {
    boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    if (sandbox.options.executor) executor = sandbox.options.executor;
    boost::asio::steady_timer timer(executor);
    timer.expires_after(span);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

// The handshake of a subscription that a call asked for; what was wrong, or empty.
Async<std::string> settle_subscription(Sandbox& sandbox, const SubscriptionWish& wish) {
    if (!sandbox.outbox) co_return "this simulator sends nothing";
    const bool may_leave_machine = sandbox.switches.is("callback_hosts", "any");
    std::string problem = co_await sandbox.outbox->try_once(make_handshake(wish, sandbox.traces), may_leave_machine);
    if (problem.empty()) activate_subscription(*sandbox.world, wish);
    co_return problem;
}

void refuse_subscription(Sandbox& sandbox, Passage& passage, const std::string& problem) {
    const GraphError error = make_error(Refusal::kCallbackFailed, {problem});
    passage.record.error_code = error.code;
    passage.response = to_error_response(passage.call, error, sandbox.traces);
}

// What the call brought about goes out, and what has become due by the clock.
void send_what_is_due(Sandbox& sandbox) {
    if (!sandbox.outbox) return;
    send_notices(sandbox);
    sandbox.outbox->kick();
}

Async<http::Response> answer_control(Sandbox& sandbox, const http::Request& request) {
    http::Response response = handle_control(sandbox, request);
    if (const auto wish = std::exchange(sandbox.world->awaited_subscription, {})) {
        const std::string problem = co_await settle_subscription(sandbox, *wish);
        if (!problem.empty()) response = control_refusal(sandbox, "the webhook's handshake failed: " + problem);
    }
    send_what_is_due(sandbox);
    co_return response;
}

// The usual call waits for nothing and is answered here, on the stack: in a coroutine's frame it would be a block that is
// too large for the allocator's short way. Nothing: `waiting` is to be brought to its end by answer_in_time().
std::optional<http::Response> answer_at_once(Sandbox& sandbox, const http::Request& request,
                                             std::unique_ptr<Passage>& waiting) {
    auto call = parse_call(request, sandbox.now(), sandbox.options.port);
    if (!call) return without_host(sandbox, request);
    Passage passage = begin_passage(sandbox, std::move(*call));
    passage.request = &request;
    if (!passage.fault) work_passage(sandbox, passage);
    if (passage.fault || sandbox.world->publishing->has_jobs() || sandbox.world->awaited_subscription) {
        waiting = std::make_unique<Passage>(std::move(passage));
        return std::nullopt;
    }
    send_what_is_due(sandbox);
    return finish_passage(sandbox, passage);
}

} // namespace

// A passage that a fault strikes has not been worked yet.
Async<http::Response> Simulator::answer_in_time(Parts& sandbox, Passage& passage) {
    if (passage.fault) {
        if (passage.fault->delay > Milliseconds(0)) co_await wait_in_real_time(sandbox, passage.fault->delay);
        work_passage(sandbox, passage);
    }
    for (const MediaJob& job : sandbox.world->publishing->take_jobs()) {
        const boost::asio::any_io_executor here = co_await boost::asio::this_coro::executor;
        auto running = run_media_job(sandbox, sandbox.find_fetcher(here), job);
        if (job.is_awaited) {
            co_await std::move(running);
            answer_for_picture(sandbox, passage, job.container_id);
        } else {
            boost::asio::co_spawn(here, std::move(running), boost::asio::detached);
        }
    }
    if (const auto wish = std::exchange(sandbox.world->awaited_subscription, {})) {
        const std::string problem = co_await settle_subscription(sandbox, *wish);
        if (!problem.empty()) refuse_subscription(sandbox, passage, problem);
    }
    send_what_is_due(sandbox);
    http::Response response = finish_passage(sandbox, passage);
    const Milliseconds late = passage.fault ? passage.fault->late : Milliseconds(0);
    if (late > Milliseconds(0)) co_await wait_in_real_time(sandbox, late);
    co_return response;
}

Simulator::Simulator(Options options) : parts_(std::make_unique<Parts>(std::move(options))) {}

Simulator::~Simulator() = default;

Async<http::Response> Simulator::handle(http::Request request) {
    Parts& sandbox = *parts_;
    if (is_control_call(request)) co_return co_await answer_control(sandbox, request);
    std::unique_ptr<Passage> waiting;
    if (auto response = answer_at_once(sandbox, request, waiting)) co_return std::move(*response);
    co_return co_await answer_in_time(sandbox, *waiting);
}

http::Response Simulator::handle_now(const http::Request& request) {
    Parts& sandbox = *parts_;
    if (is_control_call(request)) {
        http::Response response = handle_control(sandbox, request);
        send_what_is_due(sandbox);
        return response;
    }
    auto call = parse_call(request, sandbox.now(), sandbox.options.port);
    if (!call) return without_host(sandbox, request);
    Passage passage = begin_passage(sandbox, std::move(*call));
    passage.request = &request;
    work_passage(sandbox, passage);
    for (const MediaJob& job : sandbox.world->publishing->take_jobs()) {
        const auto fetcher = sandbox.find_fetcher({});
        if (!fetcher) continue;
        boost::asio::co_spawn(sandbox.options.executor, run_media_job(sandbox, fetcher, job), boost::asio::detached);
    }
    if (std::exchange(sandbox.world->awaited_subscription, {})) {
        refuse_subscription(sandbox, passage, "nobody can wait for the handshake here");
    }
    send_what_is_due(sandbox);
    return finish_passage(sandbox, passage);
}

http::BodyPlan Simulator::body_plan() {
    return [this](const http::Request& head) { return make_upload_taker(*parts_, head); };
}

http::TlsPlan Simulator::tls_plan() {
    return [this](std::string_view name) {
        Parts& sandbox = *parts_;
        const auto fault = sandbox.faults.take_handshake(name);
        if (!fault) return http::TlsService::kGood;
        // No call came of it, and yet the ledger is to show that something was struck.
        CallRecord record;
        record.at = sandbox.now();
        record.method = "TLS";
        record.host = name;
        record.fault = fault->name;
        sandbox.ledger.add_call(std::move(record));
        return fault->service;
    };
}

void Simulator::set_port(std::uint16_t port) {
    parts_->options.port = port;
}

std::expected<void, std::string> Simulator::load_world(std::string_view document) {
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(document, error);
    if (error) return std::unexpected("it is not JSON: " + error.message());
    if (!value.is_object()) return std::unexpected("it must be a JSON object");
    return parts_->replace_world(value.get_object());
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
