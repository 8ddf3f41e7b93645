#include <app/service.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <app/browser_port.hpp>
#include <app/node.hpp>
#include <app/sandbox.hpp>
#include <async/event.hpp>
#include <http/server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <sys/resource.h>

namespace everlong::app {
namespace {

namespace asio = boost::asio;

// The contract gives ten seconds from the signal to the end: these two, and the second that each server takes at most
// to let cut connections unwind.
constexpr Milliseconds kDrainTime = Seconds(7);
constexpr Milliseconds kSandboxDrainTime = Milliseconds(500);

std::string address_of(std::uint16_t port) {
    return "http://127.0.0.1:" + std::to_string(port);
}

Result<std::uint16_t> listen(http::Server& server, std::optional<std::uint16_t> port, const Say& say) {
    auto taken = listen_for_browsers(server, port);
    if (!port && taken && *taken != kDefaultPort) {
        say("Port " + std::to_string(kDefaultPort) + " is taken, so " + std::to_string(*taken) + " is used.");
    }
    return taken;
}

// Heard from its construction on, so that a signal during the start ends the program as one later does.
class StopSignal {
public:
    explicit StopSignal(asio::io_context& context) : signals_(context, SIGINT, SIGTERM) {}
    Async<void> wait() { co_await signals_.async_wait(asio::use_awaitable); }

private:
    asio::signal_set signals_;
};

// The server bounds its connections itself (ServerLimits::connections); the usual soft limit of 1024 open files would be
// met before that, and then nobody could be answered.
void allow_enough_files() {
    constexpr rlim_t kEnough = 4096;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kEnough) return;
    limit.rlim_cur = std::min(kEnough, limit.rlim_max);
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

// Runs the coroutine to its end and gives its result; what it has spawned must have ended by then or is dropped.
Result<void> run_to_end(asio::io_context& context, Task<void> main) {
    Result<void> outcome{};
    std::exception_ptr thrown;
    asio::co_spawn(context, std::move(main), [&](std::exception_ptr problem, Result<void> result) {
        thrown = problem;
        outcome = std::move(result);
        context.stop();
    });
    context.run();
    if (thrown) std::rethrow_exception(thrown);
    return outcome;
}

Task<void> sandbox_main(asio::io_context& context, const Config& config, SandboxOptions options, const Say& say) {
    StopSignal stop_signal(context);
    Sandbox sandbox(context, config, std::move(options));
    auto taken = sandbox.listen();
    if (!taken) co_return fail(taken.error());
    sandbox.announce(say);
    co_await stop_signal.wait();
    co_await sandbox.stop(kDrainTime);
    co_return Result<void>{};
}

Async<void> sleep_for(asio::io_context& context, Milliseconds span) {
    asio::steady_timer timer(context, span);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

// How soon a login that was interrupted, or that waits for Meta, is taken up again: its token lives an hour.
constexpr Milliseconds kLoginsEvery = Seconds(30);

// The loop, and the logins that nobody looks at, as tasks that can be waited for.
class Background {
public:
    Background(asio::io_context& context, Node& node, ports::Log& log)
        : stop_(context.get_executor()), done_(context.get_executor()) {
        // They let nothing out but what ends every program: no memory, a broken invariant.
        const auto end = [this](std::exception_ptr problem) {
            if (problem) std::terminate();
            if (--running_ == 0) done_.set();
        };
        asio::co_spawn(context, node.run_loop(), end);
        asio::co_spawn(context, drive_logins(context, node, log), end);
    }
    // No login is taken up any more. The loop is stopped by its node.
    void stop() { stop_.set(); }
    bool is_done() const { return done_.is_set(); }
    Async<void> wait() { co_await done_.wait(); }

private:
    Async<void> drive_logins(asio::io_context& context, Node& node, ports::Log& log) {
        using namespace asio::experimental::awaitable_operators;
        while (!stop_.is_set()) {
            if (auto resumed = co_await node.resume_logins([this] { return stop_.is_set(); }); !resumed) {
                log.warn(resumed.error().summary());
            }
            co_await (stop_.wait() || sleep_for(context, kLoginsEvery));
        }
    }

    Event stop_;
    Event done_;
    int running_ = 2;
};

// A renewal under way may finish. One that hangs longer is cut off as a crash would cut it off, which the store is made
// for: its intent is on disk, and the next start makes it good.
Async<void> drain(asio::io_context& context, Background& background, ports::Log& log) {
    using namespace asio::experimental::awaitable_operators;
    co_await (background.wait() || sleep_for(context, kDrainTime));
    if (background.is_done()) co_return;
    log.warn("a call to Meta did not end in time; the next start makes it good");
    std::_Exit(0);
}

// Behind '#' a browser sends nothing: the secret reaches no log of a proxy.
std::string settings_line(const std::optional<Secret>& setup_secret, const std::string& address) {
    if (!setup_secret) return "Settings page: " + address + "/";
    return "First visit: " + address + "/setup#" + std::string(setup_secret->reveal());
}

// A browser that opens the page by this name comes back to it from Meta's dialog by the same, and so with its cookie.
std::string page_address(const Config& config, std::uint16_t port) {
    const bool leads_to_localhost = config.public_url.empty() && !is_loopback_url(config.meta_base);
    return leads_to_localhost ? "http://localhost:" + std::to_string(port) : address_of(port);
}

Task<void> serve_main(asio::io_context& context, Config config, ServeOptions options, ports::Log& log, const Say& say) {
    using namespace asio::experimental::awaitable_operators;
    StopSignal stop_signal(context);
    std::optional<Sandbox> sandbox;
    if (options.has_sandbox) {
        SandboxOptions sandbox_options;
        sandbox_options.port = options.sandbox_port;
        sandbox.emplace(context, config, std::move(sandbox_options));
        auto taken = sandbox->listen();
        if (!taken) co_return fail(taken.error().in("simulator"));
        point_at_sandbox(config, address_of(*taken));
        config.follows_sandbox_clock = true;
    }
    auto node = Node::open(context.get_executor(), config, log);
    if (!node) co_return fail(node.error());
    if (sandbox) {
        if (auto fit = co_await (*node)->check_rehearsal(config); !fit) co_return fail(fit.error());
    }
    if (auto started = co_await (*node)->start(); !started) co_return fail(started.error());

    auto setup = co_await (*node)->begin_setup();
    if (!setup) co_return fail(setup.error());

    auto server = http::Server::make(
        context.get_executor(), {}, [&node](http::Request request) { return (*node)->handle(std::move(request)); },
        adapters::read_system_clock, api::refusal);
    server->set_body_plan((*node)->body_plan());
    auto port = listen(*server, options.port, say);
    if (!port) co_return fail(port.error());
    (*node)->set_port(*port);
    if (auto local = server->listen_unix((*node)->socket_file()); !local) co_return fail(local.error());
    say("Everlong listens on " + address_of(*port));
    if (sandbox) sandbox->announce(say);
    say(settings_line(*setup, page_address(config, *port)));
    if (!config.public_url.empty()) say(settings_line(*setup, config.public_url));

    Background background(context, **node, log);
    co_await stop_signal.wait();
    log.info("stopping: no new work, what is under way may finish");
    (*node)->stop_loop();
    background.stop();
    // Side by side: both may wait for the same slow call.
    co_await (server->stop(kDrainTime) && drain(context, background, log));
    if (sandbox) co_await sandbox->stop(kSandboxDrainTime);
    co_return Result<void>{};
}

} // namespace

Result<void> serve(Config config, ServeOptions options, ports::Log& log, const Say& say) {
    allow_enough_files();
    asio::io_context context(1);
    return run_to_end(context, serve_main(context, std::move(config), options, log, say));
}

Result<void> run_sandbox(const Config& config, SandboxOptions options, const Say& say) {
    asio::io_context context(1);
    return run_to_end(context, sandbox_main(context, config, std::move(options), say));
}

} // namespace everlong::app
