#include <adapters/process/detail/spawn.hpp>

#include <adapters/process/detail/start_state.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace everlong::adapters::detail {
namespace {

// Where PATH is not set (execvp(3)).
constexpr std::string_view kDefaultPath = "/bin:/usr/bin";
constexpr int kExitSpawnFailed = 127;

// Everything the child needs, made ready before the fork.
struct Plan {
    std::vector<std::string> candidates; // the program's possible paths, in order
    std::vector<char*> arguments;
    std::vector<char*> shell_arguments; // the second is set to the path: a script without "#!" is run by the shell
    char* const* environment = nullptr;
    int terminal = -1;
    int report = -1; // where the child writes errno if it cannot execute the command
    pid_t parent = 0;
};

std::vector<std::string> list_candidates(const std::string& program) {
    if (program.find('/') != std::string::npos) return {program};
    const char* set = std::getenv("PATH");
    const std::string_view path = set != nullptr ? std::string_view(set) : kDefaultPath;
    std::vector<std::string> candidates;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        std::string directory(path.substr(begin, end - begin));
        // An empty entry means the working directory (POSIX, 8.3).
        candidates.push_back(directory.empty() ? "./" + program : directory + "/" + program);
        begin = end + 1;
    }
    return candidates;
}

void restore_signals(const StartState& at_start) {
    for (int signal = 1; signal < NSIG; ++signal) {
        struct sigaction action{};
        action.sa_handler = sigismember(&at_start.ignored, signal) == 1 ? SIG_IGN : SIG_DFL;
        ::sigaction(signal, &action, nullptr);
    }
}

void hide_own_descriptors(const StartState& at_start) {
    ::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
    for (const int descriptor : at_start.inherited) {
        const int flags = ::fcntl(descriptor, F_GETFD);
        if (flags != -1) ::fcntl(descriptor, F_SETFD, flags & ~FD_CLOEXEC);
    }
}

// As execvp(3): goes on after candidates that do not exist, and remembers one that may not be executed.
int execute(Plan& plan) {
    int outcome = ENOENT;
    for (std::string& candidate : plan.candidates) {
        ::execve(candidate.c_str(), plan.arguments.data(), plan.environment);
        if (errno == ENOEXEC) {
            plan.shell_arguments[1] = candidate.data();
            ::execve("/bin/sh", plan.shell_arguments.data(), plan.environment);
        }
        if (errno == EACCES) {
            outcome = EACCES;
        } else if (errno != ENOENT && errno != ENOTDIR) {
            return errno;
        }
    }
    return outcome;
}

// Runs in the child, all signals blocked. Only system calls and memory that is there already.
[[noreturn]] void become_command(Plan& plan) {
    const StartState& at_start = start_state();
    ::setpgid(0, 0);
    if (plan.terminal >= 0) ::tcsetpgrp(plan.terminal, ::getpid());
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    // The parent may have died before the line above could notice.
    if (::getppid() != plan.parent) ::_exit(kExitSpawnFailed);
    restore_signals(at_start);
    if (at_start.is_core_size_known) ::setrlimit(RLIMIT_CORE, &at_start.core_size);
    hide_own_descriptors(at_start);
    ::sigprocmask(SIG_SETMASK, &at_start.blocked, nullptr);
    const int failure = execute(plan);
    [[maybe_unused]] const ssize_t written = ::write(plan.report, &failure, sizeof failure);
    ::_exit(kExitSpawnFailed);
}

// Zero when the child is executing the command, else its errno. Blocks for as long as fork and exec take.
int await_execution(int report) {
    int failure = 0;
    ssize_t got = 0;
    do {
        got = ::read(report, &failure, sizeof failure);
    } while (got == -1 && errno == EINTR);
    return got == sizeof failure ? failure : 0;
}

std::unexpected<Error> describe(int failure, const std::string& program, const std::vector<std::string>& candidates) {
    const std::string quoted = "'" + program + "'";
    switch (failure) {
    case ENOENT: {
        const bool is_there = std::ranges::any_of(
            candidates, [](const std::string& candidate) { return ::access(candidate.c_str(), F_OK) == 0; });
        if (is_there) return fail(Code::kCommand, Fault::kLocal, quoted + ": the interpreter it names is not there");
        return fail(Code::kCommand, Fault::kUsage, quoted + ": command not found");
    }
    case EACCES:
    case EPERM: return fail(Code::kCommand, Fault::kLocal, quoted + ": not allowed to execute it");
    case E2BIG: return fail(Code::kCommand, Fault::kLocal, quoted + ": arguments and environment are too long");
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE: return fail(Code::kIo, Fault::kLocal, quoted + ": no room for a process: " + std::strerror(failure));
    default: return fail(Code::kCommand, Fault::kLocal, quoted + ": " + std::strerror(failure));
    }
}

char* pointer_to(const std::string& text) {
    return const_cast<char*>(text.c_str()); // execve takes char* for history's sake and changes nothing
}

} // namespace

Result<EnvironmentBlock> EnvironmentBlock::build(std::span<const ports::EnvironmentOverride> overrides) {
    for (const ports::EnvironmentOverride& entry : overrides) {
        if (entry.name.empty() || entry.name.find_first_of(std::string_view("=\0", 2)) != std::string::npos)
            return fail(Code::kUsage, Fault::kUsage, "'" + entry.name + "' cannot name an environment variable");
        if (entry.value.reveal().find('\0') != std::string_view::npos)
            return fail(Code::kValueUnsafe, Fault::kUsage, entry.name + " holds a NUL byte");
    }
    const auto is_overridden = [&](std::string_view line) {
        return std::ranges::any_of(overrides, [&](const ports::EnvironmentOverride& entry) {
            return line.size() > entry.name.size() && line.starts_with(entry.name) && line[entry.name.size()] == '=';
        });
    };

    EnvironmentBlock block;
    std::size_t size = 0;
    for (char** line = environ; *line != nullptr; ++line)
        size += std::strlen(*line) + 1;
    for (const ports::EnvironmentOverride& entry : overrides)
        size += entry.name.size() + entry.value.reveal().size() + 2;
    // Never grown later: that would leave a copy behind, and the pointers hanging.
    block.bytes_.reserve(size);

    const auto begin_line = [&] { block.pointers_.push_back(block.bytes_.data() + block.bytes_.size()); };
    const auto append = [&](std::string_view text) {
        block.bytes_.insert(block.bytes_.end(), text.begin(), text.end());
    };
    for (char** line = environ; *line != nullptr; ++line) {
        if (is_overridden(*line)) continue;
        begin_line();
        append(std::string_view(*line, std::strlen(*line) + 1));
    }
    for (const ports::EnvironmentOverride& entry : overrides) {
        begin_line();
        append(entry.name);
        append("=");
        append(entry.value.reveal());
        block.bytes_.push_back('\0');
    }
    block.pointers_.push_back(nullptr);
    return block;
}

EnvironmentBlock::~EnvironmentBlock() {
    wipe_memory(bytes_.data(), bytes_.size());
}

Result<pid_t> spawn(const std::vector<std::string>& argv, EnvironmentBlock environment, int terminal) {
    if (argv.empty() || argv.front().empty()) return fail(Code::kCommand, Fault::kUsage, "no command was given");
    std::array<int, 2> report{};
    if (::pipe2(report.data(), O_CLOEXEC) != 0) return describe(errno, argv.front(), {});

    Plan plan;
    plan.candidates = list_candidates(argv.front());
    for (const std::string& argument : argv)
        plan.arguments.push_back(pointer_to(argument));
    static const std::string shell = "/bin/sh";
    plan.shell_arguments = {pointer_to(shell), nullptr};
    plan.shell_arguments.insert(plan.shell_arguments.end(), plan.arguments.begin() + 1, plan.arguments.end());
    plan.arguments.push_back(nullptr);
    plan.shell_arguments.push_back(nullptr);
    plan.environment = environment.pointers();
    plan.terminal = terminal;
    plan.report = report[1];
    plan.parent = ::getpid();

    // No handler of ours may run in the child, whose descriptors it would share.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t child = ::fork();
    if (child == 0) become_command(plan);
    const int fork_failure = child < 0 ? errno : 0;
    // Both sides do it, so that neither has to wait for the other.
    if (child > 0) ::setpgid(child, child);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);

    ::close(report[1]);
    const int failure = child < 0 ? fork_failure : await_execution(report[0]);
    ::close(report[0]);
    if (failure == 0) return child;
    if (child > 0) {
        while (::waitpid(child, nullptr, 0) == -1 && errno == EINTR) {
        }
    }
    return describe(failure, argv.front(), plan.candidates);
}

} // namespace everlong::adapters::detail
