#include "process_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <unistd.h>

#include <poll.h>

namespace everlong::adapters::test {
namespace {

using core::ExitStatus;
using core::Signal;
using everlong::test::read_bytes;
using everlong::test::write_bytes;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<ports::EnvironmentOverride> one_override(const std::string& name, std::string_view value) {
    std::vector<ports::EnvironmentOverride> environment;
    environment.push_back({name, Secret(value)});
    return environment;
}

bool is_alive(const std::string& id) {
    return ::kill(std::stoi(id), 0) == 0;
}

TEST(PosixLauncher, GivesEveryExitCode) {
    Children children;
    for (int code = 0; code <= 255; ++code) {
        EXPECT_EQ(children.end_of_shell("exit " + std::to_string(code)), ExitStatus::exited(code));
    }
}

TEST(PosixLauncher, GivesTheSignalThatEndedAChild) {
    Children children;
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGSEGV, SIGPIPE, SIGTERM, SIGUSR1}) {
        SCOPED_TRACE(signal);
        EXPECT_EQ(children.end_of_shell("kill -" + std::to_string(signal) + " $$"), ExitStatus::killed_by(signal));
    }
}

TEST(PosixLauncher, LeavesBytesOnStandardStreamsAsTheyAre) {
    Children children;
    std::string bytes;
    for (int i = 0; i < 300'000; ++i)
        bytes += static_cast<char>((i * 7 + i / 251) & 0xff);
    write_bytes(children.directory / "in", bytes);
    std::unique_ptr<ports::ChildProcess> child;
    {
        const File in(children.directory / "in", O_RDONLY);
        const File out(children.directory / "out", O_WRONLY | O_CREAT);
        const Redirect stdin_led(STDIN_FILENO, in.descriptor());
        const Redirect stdout_led(STDOUT_FILENO, out.descriptor());
        child = *children.start({"cat"});
    }
    EXPECT_EQ(children.end_of(*child), ExitStatus::exited(0));
    EXPECT_TRUE(read_bytes(children.directory / "out") == bytes);
}

TEST(PosixLauncher, GivesTheVeryDescriptorsAndNoOthers) {
    Children children;
    const std::string at_start = std::filesystem::read_symlink("/proc/self/fd/2").string();
    const auto list = [&] {
        return children.output_of({"/bin/sh", "-c", "readlink /proc/$$/fd/1 /proc/$$/fd/2; cd /proc/$$/fd; echo *"});
    };
    const std::string before = list();
    EXPECT_THAT(before, HasSubstr(children.path("output") + "\n" + at_start + "\n0 1 "));
    const File ours("/dev/null", O_RDONLY);
    ::fcntl(ours.descriptor(), F_SETFD, 0); // as a library leaves it that knows no close-on-exec
    EXPECT_EQ(list(), before);
}

TEST(PosixLauncher, PutsValuesIntoTheEnvironmentInPlaceOfOldOnesAndKeepsTheRest) {
    ::setenv("INSTAGRAM_ACCESS_TOKEN", "an-old-one", 1);
    ::setenv("INSTAGRAM_ACCESS_TOKENS", "another-name", 1);
    ::setenv("UNTOUCHED", "with = and \n newline", 1);
    Children children;
    auto environment = one_override("INSTAGRAM_ACCESS_TOKEN", "IGAAnew");
    environment.push_back({"INSTAGRAM_USER_ID", Secret("17841400000000001")});
    const std::string seen =
        "|" + children.output_of({"/bin/sh", "-c", "tr '\\0' '|' < /proc/$$/environ"}, std::move(environment));
    EXPECT_THAT(seen, HasSubstr("|INSTAGRAM_ACCESS_TOKEN=IGAAnew|"));
    EXPECT_THAT(seen, HasSubstr("|INSTAGRAM_USER_ID=17841400000000001|"));
    EXPECT_THAT(seen, HasSubstr("|INSTAGRAM_ACCESS_TOKENS=another-name|"));
    EXPECT_THAT(seen, HasSubstr("|UNTOUCHED=with = and \n newline|"));
    EXPECT_THAT(seen, Not(HasSubstr("an-old-one")));
    EXPECT_STREQ(std::getenv("INSTAGRAM_ACCESS_TOKEN"), "an-old-one") << "our own stays as it was";
    ::unsetenv("INSTAGRAM_ACCESS_TOKEN");
    ::unsetenv("INSTAGRAM_ACCESS_TOKENS");
    ::unsetenv("UNTOUCHED");
}

TEST(PosixLauncher, RefusesWhatAnEnvironmentCannotHold) {
    Children children;
    auto with_nul = children.start({"true"}, one_override("NAME", std::string_view("a\0b", 3)));
    ASSERT_FALSE(with_nul);
    EXPECT_EQ(with_nul.error().code(), Code::kValueUnsafe);
    for (const char* name : {"", "A=B"}) {
        SCOPED_TRACE(name);
        auto bad_name = children.start({"true"}, one_override(name, "value"));
        ASSERT_FALSE(bad_name);
        EXPECT_EQ(bad_name.error().code(), Code::kUsage);
    }
}

// How often the bytes stand in private memory that this process can write. The needle is given turned round, so that it
// does not find itself; what is read goes into shared memory, which is not searched, so that no copy of the search's own
// is found either.
int count_in_memory(const std::string& reversed) {
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    const std::size_t overlap = reversed.size() - 1;
    auto* block = static_cast<char*>(
        ::mmap(nullptr, kBlock + overlap, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    std::ifstream maps("/proc/self/maps");
    int found = 0;
    for (std::string line; std::getline(maps, line);) {
        if (line.find(" rw-p ") == std::string::npos) continue;
        const std::size_t dash = line.find('-');
        const auto end = std::stoull(line.substr(dash + 1, line.find(' ') - dash - 1), nullptr, 16);
        std::size_t kept = 0; // the end of the block before, where the bytes may begin
        for (auto at = std::stoull(line.substr(0, dash), nullptr, 16); at < end;) {
            const std::size_t wanted = std::min<std::size_t>(kBlock, end - at);
            const ssize_t got = ::pread(memory, block + kept, wanted, static_cast<off_t>(at));
            if (got <= 0) break;
            const char* last = block + kept + got;
            for (const char* match = block;; ++match) {
                match = std::search(match, last, reversed.rbegin(), reversed.rend());
                if (match == last) break;
                ++found;
            }
            at += static_cast<unsigned long long>(got);
            kept = std::min<std::size_t>(overlap, static_cast<std::size_t>(last - block));
            std::memmove(block, last - kept, kept);
        }
    }
    ::close(memory);
    ::munmap(block, kBlock + overlap);
    return found;
}

TEST(PosixLauncher, LeavesNoCopyOfASecretBehind) {
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    GTEST_SKIP() << "a sanitizer's shadow memory is too large to be searched";
#endif
    Children children;
    const std::string reversed = "54321-yranac-a-si-siht";
    std::vector<ports::EnvironmentOverride> environment;
    environment.push_back({"INSTAGRAM_ACCESS_TOKEN", Secret::take(std::string(reversed.rbegin(), reversed.rend()))});
    const int before = count_in_memory(reversed);
    ASSERT_EQ(before, 1) << "the secret itself";
    auto child = children.launcher.start({"true"}, environment, [] {});
    ASSERT_TRUE(child);
    EXPECT_EQ(count_in_memory(reversed), before);
    EXPECT_EQ(children.end_of(**child), ExitStatus::exited(0));
}

TEST(PosixLauncher, FindsCommandsAsAShellDoes) {
    Children children;
    write_bytes(children.directory / "plain", "exit 41\n", 0755);
    write_bytes(children.directory / "tool", "#!/bin/sh\nexit 42\n", 0755);
    EXPECT_EQ(children.end_of(**children.start({children.path("plain")})), ExitStatus::exited(41)) << "no #! line";
    const std::string old_path = std::getenv("PATH");
    ::setenv("PATH", ("/nowhere:" + children.directory.path().string() + ":" + old_path).c_str(), 1);
    EXPECT_EQ(children.end_of(**children.start({"tool"})), ExitStatus::exited(42));
    ::setenv("PATH", old_path.c_str(), 1);
    EXPECT_EQ(children.output_of({"echo", "a b", "", "$HOME"}), "a b  $HOME\n") << "no shell in between";
}

TEST(PosixLauncher, SaysWhyACommandCannotBeStarted) {
    Children children;
    write_bytes(children.directory / "data", "not a program\n", 0644);
    write_bytes(children.directory / "orphan", "#!/nowhere/interpreter\n", 0755);
    struct Row {
        std::vector<std::string> argv;
        Fault fault;
        const char* words;
    };
    for (const Row& row : {Row{{"no-such-command-here"}, Fault::kUsage, "command not found"},
                           Row{{children.path("absent")}, Fault::kUsage, "command not found"},
                           Row{{children.path("data")}, Fault::kLocal, "not allowed to execute it"},
                           Row{{children.directory.path().string()}, Fault::kLocal, "not allowed to execute it"},
                           Row{{children.path("orphan")}, Fault::kLocal, "interpreter"},
                           Row{{""}, Fault::kUsage, "no command"}, Row{{}, Fault::kUsage, "no command"}}) {
        SCOPED_TRACE(row.argv.empty() ? "nothing" : row.argv.front());
        auto child = children.start(row.argv);
        ASSERT_FALSE(child);
        EXPECT_EQ(child.error().code(), Code::kCommand);
        EXPECT_EQ(child.error().fault(), row.fault);
        EXPECT_THAT(child.error().detail(), HasSubstr(row.words));
    }
}

TEST(PosixLauncher, KeepsTheWorkingDirectory) {
    Children children;
    EXPECT_EQ(children.output_of({"readlink", "/proc/self/cwd"}), std::filesystem::current_path().string() + "\n");
}

TEST(PosixLauncher, GivesAChildTheSignalSettingsWeStartedWith) {
    const auto settings = [](const std::string& status) {
        std::string kept;
        for (const char* key : {"SigBlk:", "SigIgn:"}) {
            const std::size_t at = status.find(key);
            kept += status.substr(at, status.find('\n', at) - at) + "\n";
        }
        return kept;
    };
    const std::string at_start = settings(read_bytes("/proc/self/status"));
    Children children;
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR2);
    ::pthread_sigmask(SIG_BLOCK, &some, nullptr);
    const std::string seen = children.output_of({"cat", "/proc/self/status"});
    ::pthread_sigmask(SIG_UNBLOCK, &some, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    EXPECT_EQ(settings(seen), at_start);
}

TEST(PosixLauncher, PutsAChildIntoAGroupOfItsOwn) {
    Children children;
    const auto child = children.start_shell("sleep 1000");
    EXPECT_EQ(::getpgid(static_cast<pid_t>(child->id())), child->id());
    EXPECT_NE(::getpgrp(), child->id());
}

TEST(PosixLauncher, SignalsTheChildAloneOrAllOfItsGroup) {
    Children children;
    // The outer one listens before the inner one, which says that both do, is there.
    const auto child =
        children.start_shell("trap 'echo outer > " + children.path("outer") + "' USR1; (trap 'echo inner > " +
                             children.path("inner") + "; exit' USR1; echo ready > " + children.path("ready") +
                             "; while :; do sleep 0.01; done) & while :; do wait; done");
    children.await_line("ready");
    child->send(Signal::kUser1);
    EXPECT_EQ(children.await_line("outer"), "outer");
    EXPECT_FALSE(std::filesystem::exists(children.directory / "inner"));
    child->send_to_group(Signal::kUser1);
    EXPECT_EQ(children.await_line("inner"), "inner");
}

TEST(PosixLauncher, SeesWhatAChildLeavesBehindAndEndsIt) {
    Children children;
    const auto child = children.start_shell("sleep 1000 & echo $! > " + children.path("id") + "; exit 4");
    EXPECT_EQ(children.end_of(*child), ExitStatus::exited(4));
    const std::string left_behind = children.await_line("id");
    EXPECT_FALSE(child->is_group_gone());
    EXPECT_TRUE(is_alive(left_behind));
    child->send_to_group(Signal::kTerminate);
    children.run_until([&] { return child->is_group_gone(); });
    EXPECT_FALSE(is_alive(left_behind)) << "not even a zombie";
}

TEST(PosixLauncher, LeavesADaemonAlone) {
    Children children;
    const auto child =
        children.start_shell("setsid sh -c 'echo $$ > " + children.path("id") + "; exec sleep 1000' & exit 0");
    const std::string daemon = children.await_line("id");
    children.run_until([&] { return child->is_group_gone(); });
    child->send_to_group(Signal::kKill);
    EXPECT_TRUE(is_alive(daemon));
    ::kill(std::stoi(daemon), SIGKILL);
    children.run_until([&] { return !is_alive(daemon); }); // its end is ours to collect
}

TEST(PosixLauncher, LetsNoChildOutliveItsOwner) {
    Children children;
    auto child = children.start_shell("trap '' TERM; sleep 1000 & echo $! > " + children.path("id") + "; wait");
    const std::string grandchild = children.await_line("id");
    const std::string id = std::to_string(child->id());
    child.reset();
    EXPECT_FALSE(is_alive(id));
    children.run_until([&] { return !is_alive(grandchild); });
}

TEST(PosixLauncher, TellsOfEachChange) {
    Children children;
    int changes = 0;
    auto child = children.launcher.start({"/bin/sh", "-c", "exit 0"}, {}, [&] { ++changes; });
    ASSERT_TRUE(child);
    EXPECT_EQ(changes, 0);
    children.run_until([&] { return (*child)->is_group_gone(); });
    EXPECT_EQ(changes, 2);
}

TEST(PosixLauncher, HasTheChildAskedToEndWhereWeAreKilled) {
    std::array<int, 2> output{};
    ASSERT_EQ(::pipe2(output.data(), O_CLOEXEC), 0);
    const ExitStatus status = run_in_process([&] {
        ::dup2(output[1], STDOUT_FILENO);
        Children children;
        const auto child = children.start_shell("trap 'echo asked; exit' TERM; echo ready > " + children.path("ready") +
                                                "; while :; do sleep 0.01; done");
        children.await_line("ready");
        std::filesystem::remove_all(children.directory.path());
        ::raise(SIGKILL);
        return 0;
    });
    EXPECT_EQ(status, ExitStatus::killed_by(SIGKILL));
    ::close(output[1]);
    std::string text;
    char byte = 0;
    pollfd ready{output[0], POLLIN, 0};
    while (::poll(&ready, 1, 30'000) == 1 && ::read(output[0], &byte, 1) == 1)
        text += byte;
    ::close(output[0]);
    EXPECT_EQ(text, "asked\n");
}

} // namespace
} // namespace everlong::adapters::test
