// Job control on a real pseudo-terminal: a small shell, the supervisor as its job, and a command below that.

#include "process_fixture.hpp"

#include <adapters/clock_system/clocks.hpp>
#include <adapters/process/posix_signals.hpp>
#include <engine/supervisor/supervisor.hpp>

#include <support/run.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>

#include <poll.h>
#include <pty.h>
#include <termios.h>

namespace everlong::adapters::test {
namespace {

using core::ExitStatus;
using ::testing::HasSubstr;
using ::testing::Not;

class OneToken final : public engine::TokenSource {
public:
    Task<std::optional<engine::NewToken>> wait_for_change(int known_version) override {
        if (known_version > 0) co_return std::optional<engine::NewToken>();
        co_return std::optional<engine::NewToken>(
            engine::NewToken{Secret("IGAAtoken"), IgUserId("17841400000000001"), 1});
    }
};

// What `everlong run` does, to its exit code.
int run_command(const std::vector<std::string>& command) {
    boost::asio::io_context io(1);
    PosixLauncher launcher(io.get_executor());
    PosixSignals signals(io.get_executor());
    const auto monotonic = make_steady_monotonic(io.get_executor());
    OneToken tokens;
    engine::SupervisorOptions options;
    options.command = command;
    engine::Supervisor supervisor(launcher, signals, *monotonic, tokens, options, nullptr);
    auto end = everlong::test::run(io, supervisor.run());
    return end ? end->status.exit_code() : 98;
}

void say(const std::string& text) {
    [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, text.data(), text.size());
}

pid_t start_job(const std::function<int()>& body) {
    const pid_t job = ::fork();
    if (job < 0) ::_exit(1);
    if (job == 0) {
        ::setpgid(0, 0);
        std::signal(SIGTTOU, SIG_IGN);
        ::tcsetpgrp(STDIN_FILENO, ::getpid());
        std::signal(SIGTTOU, SIG_DFL);
        ::_exit(body());
    }
    ::setpgid(job, job);
    return job;
}

// A shell with one job, which it continues whenever it stops. Says what happens to it.
void be_shell(const std::function<int()>& body) {
    std::signal(SIGTTOU, SIG_IGN);
    const pid_t job = start_job(body);
    for (;;) {
        int status = 0;
        if (::waitpid(job, &status, WUNTRACED) != job) ::_exit(1);
        if (!WIFSTOPPED(status)) {
            say("[ended " + std::to_string(WEXITSTATUS(status)) + "]\n");
            ::_exit(0);
        }
        ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
        say("[stopped by " + std::to_string(WSTOPSIG(status)) + "]\n");
        char byte = 0; // a line from the person: fg
        while (::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
        }
        ::tcsetpgrp(STDIN_FILENO, job);
        ::kill(-job, SIGCONT);
    }
}

// The person's side of the terminal.
class Person {
public:
    explicit Person(const std::function<void()>& body) {
        process_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
        // kill(-1) would reach every process of the machine.
        if (process_ < 0) throw std::runtime_error("there is no pseudo-terminal");
        if (process_ == 0) {
            body();
            ::_exit(0);
        }
    }
    ~Person() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        ::close(terminal_);
    }
    Person(const Person&) = delete;
    Person& operator=(const Person&) = delete;

    void type(const std::string& keys) {
        if (::write(terminal_, keys.data(), keys.size()) < 0) throw std::runtime_error("the terminal is gone");
    }
    // Reads until `text` has come; gives all that came since the last call.
    std::string read_until(const std::string& text) {
        pollfd ready{terminal_, POLLIN, 0};
        while (seen_.find(text) == std::string::npos) {
            std::array<char, 512> block{};
            if (::poll(&ready, 1, 30'000) != 1) throw std::runtime_error("waited for '" + text + "', saw: " + seen_);
            const auto got = ::read(terminal_, block.data(), block.size());
            if (got <= 0) throw std::runtime_error("ended before '" + text + "', saw: " + seen_);
            seen_.append(block.data(), static_cast<std::size_t>(got));
        }
        const std::size_t end = seen_.find(text) + text.size();
        std::string part = seen_.substr(0, end);
        seen_.erase(0, end);
        return part;
    }

private:
    int terminal_ = -1;
    pid_t process_ = -1;
    std::string seen_;
};

constexpr const char* kCtrlC = "\x03";
constexpr const char* kCtrlZ = "\x1a";
constexpr const char* kCtrlBackslash = "\x1c";

// Reads lines and says how often it was interrupted (tests/support/line_talker.cpp).
constexpr const char* kTalker = EVERLONG_BINARY_DIR "/tests/line_talker";

class Terminal : public ::testing::Test {
protected:
    void SetUp() override {
        int ours = -1;
        int theirs = -1;
        if (::openpty(&ours, &theirs, nullptr, nullptr, nullptr) != 0) {
            GTEST_SKIP() << "no pseudo-terminal can be opened here (is /dev/pts mounted?)";
        }
        ::close(ours);
        ::close(theirs);
    }
};

TEST_F(Terminal, LetsTheCommandReadAndGetsItBackAtTheEnd) {
    Person person([] {
        be_shell(
            [] { return run_command({"/bin/sh", "-c", "echo '<ready>'; read line; echo \"<got $line>\"; exit 6"}); });
    });
    person.read_until("<ready>");
    person.type("hello\n");
    person.read_until("<got hello>");
    person.read_until("[ended 6]");
}

TEST_F(Terminal, BringsCtrlCToTheCommandOnce) {
    Person person([] { be_shell([] { return run_command({kTalker}); }); });
    person.read_until("<ready>");
    person.type(kCtrlC);
    person.read_until("<interrupted 1>");
    person.type("one\n");
    EXPECT_THAT(person.read_until("<got one>"), Not(HasSubstr("<interrupted 2>")));
    person.type(kCtrlC);
    person.read_until("<interrupted 2>");
    person.type("bye\n");
    person.read_until("[ended 6]");
}

TEST_F(Terminal, ShowsTheShellTheSignalThatEndedTheCommand) {
    Person interrupted(
        [] { be_shell([] { return run_command({"/bin/sh", "-c", "echo '<ready>'; exec sleep 1000"}); }); });
    interrupted.read_until("<ready>");
    interrupted.type(kCtrlC);
    interrupted.read_until("[ended 130]");
    Person quit([] { be_shell([] { return run_command({"/bin/sh", "-c", "echo '<ready>'; exec sleep 1000"}); }); });
    quit.read_until("<ready>");
    quit.type(kCtrlBackslash);
    quit.read_until("[ended 131]");
}

TEST_F(Terminal, StopsWithTheCommandOnCtrlZAndGoesOnWithIt) {
    Person person([] { be_shell([] { return run_command({kTalker}); }); });
    person.read_until("<ready>");
    for (const char* word : {"first", "second"}) {
        person.type(kCtrlZ);
        person.read_until("[stopped by 20]");
        person.type("fg\n");
        person.type(std::string(word) + "\n");
        person.read_until("<got " + std::string(word) + ">");
    }
    person.type("bye\n");
    person.read_until("[ended 6]");
}

TEST_F(Terminal, TakesCtrlZForNothingWhereNobodyCouldContinueUs) {
    // The supervisor is the session's leader, as in `docker run -it`.
    Person person([] { say("[ended " + std::to_string(run_command({kTalker})) + "]\n"); });
    person.read_until("<ready>");
    person.type(kCtrlZ);
    person.type("still\n");
    person.read_until("<got still>");
    person.type("bye\n");
    person.read_until("[ended 6]");
}

TEST_F(Terminal, IsLentToACommandInAPipelineWhenItAsks) {
    // Our output is a pipe, so the command starts in the background; it reads all the same.
    Person person([] {
        be_shell([] {
            std::array<int, 2> pipe{};
            if (::pipe(pipe.data()) != 0) return 97;
            const int terminal = ::dup(STDOUT_FILENO);
            ::dup2(pipe[1], STDOUT_FILENO);
            const int code =
                run_command({"/bin/sh", "-c", "echo '<ready>' > /dev/tty; read line; echo \"<got $line>\"; exit 6"});
            std::array<char, 64> block{};
            const auto got = ::read(pipe[0], block.data(), block.size());
            ::dup2(terminal, STDOUT_FILENO);
            say(std::string(block.data(), got > 0 ? static_cast<std::size_t>(got) : 0));
            return code;
        });
    });
    person.read_until("<ready>");
    person.type("hello\n");
    person.read_until("<got hello>");
    person.read_until("[ended 6]");
}

TEST_F(Terminal, IsLeftAsItWasByACommandKilledInRawMode) {
    Person person([] {
        be_shell([] {
            const int code = run_command({"/bin/sh", "-c", "stty raw -echo; kill -KILL $$"});
            termios modes{};
            ::tcgetattr(STDIN_FILENO, &modes);
            say((modes.c_lflag & (ICANON | ECHO)) == (ICANON | ECHO) ? "<as it was>" : "<raw>");
            return code;
        });
    });
    person.read_until("<as it was>");
    person.read_until("[ended 137]");
}

} // namespace
} // namespace everlong::adapters::test
