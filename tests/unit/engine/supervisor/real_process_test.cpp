// The supervisor with real processes: what a person sees of `everlong run`.

#include <unit/adapters/process/process_fixture.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <adapters/process/posix_signals.hpp>
#include <async/event.hpp>
#include <engine/supervisor/supervisor.hpp>

#include <support/run.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdio>

namespace everlong::engine::test {
namespace {

namespace asio = boost::asio;
using adapters::test::Children;
using core::ExitStatus;
using core::Signal;
using everlong::test::read_bytes;
using everlong::test::write_bytes;

class Tokens final : public TokenSource {
public:
    explicit Tokens(asio::any_io_executor executor) : changed_(std::move(executor)) {}
    void publish(int version) {
        version_ = version;
        changed_.set();
    }
    Task<std::optional<NewToken>> wait_for_change(int known_version) override {
        while (version_ <= known_version) {
            changed_.clear();
            co_await changed_.wait();
        }
        co_return std::optional<NewToken>(
            NewToken{Secret("token-" + std::to_string(version_)), IgUserId("17841400000000001"), version_});
    }

private:
    Event changed_;
    int version_ = 1;
};

class Watcher final : public SupervisorObserver {
public:
    std::vector<std::int64_t> started;
    std::vector<RestartTiming> restarts;
    void on_started(std::int64_t id, int) override { started.push_back(id); }
    void on_restarted(const RestartTiming& timing) override { restarts.push_back(timing); }
};

class RealRun {
public:
    explicit RealRun(std::vector<std::string> command) { options.command = std::move(command); }

    Children children;
    adapters::PosixSignals signals{children.io.get_executor()};
    std::unique_ptr<ports::Monotonic> monotonic = adapters::make_steady_monotonic(children.io.get_executor());
    Tokens tokens{children.io.get_executor()};
    Watcher watcher;
    SupervisorOptions options;
    std::optional<Result<RunEnd>> end;

    void begin() {
        supervisor_ = std::make_unique<Supervisor>(children.launcher, signals, *monotonic, tokens, options, &watcher);
        asio::co_spawn(children.io, supervisor_->run(), [this](std::exception_ptr thrown, Result<RunEnd> result) {
            if (thrown) std::rethrow_exception(thrown);
            end.emplace(std::move(result));
        });
    }
    ExitStatus await_end() {
        children.run_until([&] { return end.has_value(); });
        if (!*end) throw std::runtime_error(end->error().summary());
        return (*end)->status;
    }
    void await_restarts(std::size_t count) {
        children.run_until([&] { return end || watcher.restarts.size() >= count; });
    }

private:
    std::unique_ptr<Supervisor> supervisor_;
};

std::vector<std::string> shell(const std::string& script) {
    return {"/bin/sh", "-c", script};
}

TEST(SupervisorForReal, PassesOnTheExitCodeAndEveryEndBySignal) {
    for (const auto& [script, code] : std::vector<std::pair<const char*, int>>{{"exit 0", 0},
                                                                               {"exit 1", 1},
                                                                               {"exit 42", 42},
                                                                               {"exit 255", 255},
                                                                               {"kill -KILL $$", 137},
                                                                               {"kill -SEGV $$", 139}}) {
        SCOPED_TRACE(script);
        RealRun run(shell(script));
        run.begin();
        EXPECT_EQ(run.await_end().exit_code(), code);
    }
}

TEST(SupervisorForReal, PassesOnSignalsThatWeAreSent) {
    for (const int signal : {SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGTERM, SIGINT}) {
        SCOPED_TRACE(signal);
        RealRun run({});
        run.options.command = shell("trap 'exit 7' " + std::to_string(signal) + "; echo ready > " +
                                    run.children.path("ready") + "; while :; do sleep 0.01; done");
        run.begin();
        run.children.await_line("ready");
        ::kill(::getpid(), signal);
        EXPECT_EQ(run.await_end(), ExitStatus::exited(7));
    }
}

TEST(SupervisorForReal, GivesEachCommandTheTokenOfItsTime) {
    RealRun run({});
    run.options.command = shell("echo \"$INSTAGRAM_ACCESS_TOKEN $INSTAGRAM_USER_ID\" >> " + run.children.path("seen") +
                                "; exec sleep 1000");
    run.begin();
    run.children.await_line("seen");
    for (int version = 2; version <= 3; ++version) {
        run.tokens.publish(version);
        run.await_restarts(static_cast<std::size_t>(version) - 1);
        run.children.run_until([&] {
            const std::string seen = read_bytes(run.children.directory / "seen");
            return std::ranges::count(seen, '\n') == version;
        });
    }
    EXPECT_EQ(read_bytes(run.children.directory / "seen"), "token-1 17841400000000001\ntoken-2 17841400000000001\n"
                                                           "token-3 17841400000000001\n");
    ::kill(::getpid(), SIGTERM);
    EXPECT_EQ(run.await_end(), ExitStatus::killed_by(SIGTERM));
}

TEST(SupervisorForReal, EndsGrandchildrenBeforeItStartsAgain) {
    // As a server whose workers hold the port: the new one must not meet the old one's worker.
    RealRun run({});
    run.options.command =
        shell("mkdir " + run.children.path("port") + " || exit 8; sh -c 'trap \"rmdir " + run.children.path("port") +
              "; exit\" TERM; echo ready > " + run.children.path("ready") + "; while :; do sleep 0.01; done' & wait");
    run.begin();
    run.children.await_line("ready");
    std::filesystem::remove(run.children.directory / "ready");
    run.tokens.publish(2);
    run.await_restarts(1);
    ASSERT_FALSE(run.end);
    run.children.await_line("ready");
    ::kill(::getpid(), SIGTERM);
    EXPECT_EQ(run.await_end(), ExitStatus::killed_by(SIGTERM));
    EXPECT_FALSE(std::filesystem::exists(run.children.directory / "port"));
}

TEST(SupervisorForReal, KillsACommandThatWillNotEndAfterItsGrace) {
    RealRun run({});
    run.options.restart.grace = Milliseconds(200);
    run.options.command =
        shell("trap '' TERM; echo ready > " + run.children.path("ready") + "; while :; do sleep 0.01; done");
    run.begin();
    run.children.await_line("ready");
    run.tokens.publish(2);
    run.await_restarts(1);
    ASSERT_EQ(run.watcher.restarts.size(), 1u);
    EXPECT_GE(run.watcher.restarts[0].stopping, Milliseconds(200));
}

// A free port, as far as anybody can know: it was free a moment ago.
std::string find_free_port() {
    asio::io_context io;
    const asio::ip::tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
    return std::to_string(acceptor.local_endpoint().port());
}

// The body of the answer to GET /, or nothing where there was none.
Async<std::string> get(std::string port) {
    asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
    const auto token = asio::as_tuple(asio::use_awaitable);
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"),
                                           static_cast<std::uint16_t>(std::stoi(port)));
    if (const auto [error] = co_await socket.async_connect(endpoint, token); error) co_return "";
    const std::string request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    if (const auto [error, sent] = co_await asio::async_write(socket, asio::buffer(request), token); error)
        co_return "";
    std::string answer;
    co_await asio::async_read(socket, asio::dynamic_buffer(answer), token);
    const std::size_t body = answer.find("\r\n\r\n");
    co_return answer.starts_with("HTTP/1.1 200") && body != std::string::npos ? answer.substr(body + 4) : "";
}

constexpr const char* kApplication = "import os\n"
                                     "from fastapi import FastAPI\n"
                                     "app = FastAPI()\n"
                                     "@app.get('/')\n"
                                     "def show():\n"
                                     "    return {'token': os.environ['INSTAGRAM_ACCESS_TOKEN']}\n";

bool has_fastapi() {
    const auto status = adapters::test::run_in_process([] {
        ::execl("/usr/bin/python3", "python3", "-c", "import fastapi, uvicorn", nullptr);
        return 1;
    });
    return status == ExitStatus::exited(0);
}

// A FastAPI application as it is started by hand, through three new tokens.
void run_application(const std::vector<std::string>& more_arguments) {
    RealRun run({});
    const std::string port = find_free_port();
    std::filesystem::create_directory(run.children.directory / "app");
    write_bytes(run.children.directory / "app/main.py", kApplication);
    run.options.command = {"/usr/bin/python3",    "-m",     "uvicorn", "app.main:app", "--app-dir",
                           run.children.path(""), "--port", port,      "--log-level",  "warning"};
    run.options.command.insert(run.options.command.end(), more_arguments.begin(), more_arguments.end());
    run.begin();
    const auto answers = [&](const std::string& body) {
        const Milliseconds limit = adapters::test::kLimit;
        const MonotonicInstant begin = run.monotonic->now();
        while (everlong::test::run(run.children.io, get(port)) != body) {
            if (run.monotonic->now() - begin > limit || run.end) return false;
            everlong::test::run(run.children.io, run.monotonic->sleep_for(Milliseconds(5)));
        }
        return true;
    };
    ASSERT_TRUE(answers(R"({"token":"token-1"})"));
    for (int version = 2; version <= 4; ++version) {
        SCOPED_TRACE(version);
        const MonotonicInstant begin = run.monotonic->now();
        run.tokens.publish(version);
        ASSERT_TRUE(answers("{\"token\":\"token-" + std::to_string(version) + "\"}"));
        const auto served_again = (run.monotonic->now() - begin).count();
        const RestartTiming& timing = run.watcher.restarts.at(static_cast<std::size_t>(version) - 2);
        std::printf("restart %d: stopping %lld ms, gap %lld ms, first answer with the new token after %lld ms\n",
                    version - 1, static_cast<long long>(timing.stopping.count()),
                    static_cast<long long>(timing.gap.count()), static_cast<long long>(served_again));
        for (int i = 0; i < 5; ++i)
            EXPECT_TRUE(answers("{\"token\":\"token-" + std::to_string(version) + "\"}"));
    }
    ASSERT_EQ(run.watcher.started.size(), 4u);
    ::kill(::getpid(), SIGTERM);
    run.await_end();
    EXPECT_EQ(everlong::test::run(run.children.io, get(port)), "") << "nobody holds the port any more";
}

TEST(SupervisorForReal, KeepsAFastApiApplicationServingThroughNewTokens) {
    if (!has_fastapi()) GTEST_SKIP() << "python3-fastapi and uvicorn are not installed for /usr/bin/python3";
    run_application({});
}

TEST(SupervisorForReal, RestartsADevelopmentServerWithItsReloader) {
    if (!has_fastapi()) GTEST_SKIP() << "python3-fastapi and uvicorn are not installed for /usr/bin/python3";
    run_application({"--reload"});
}

TEST(SupervisorForReal, RestartsAServerWithWorkers) {
    if (!has_fastapi()) GTEST_SKIP() << "python3-fastapi and uvicorn are not installed for /usr/bin/python3";
    run_application({"--workers", "2"});
}

} // namespace
} // namespace everlong::engine::test
