#include <core/exit_status.hpp>

#include <array>

namespace everlong::core {
namespace {

struct NamedSignal {
    int number;
    std::string_view name;
    bool is_for_applications; // may be asked for by name
};

constexpr std::array<NamedSignal, 20> kNames{{
    {SIGHUP, "HUP", true},    {SIGINT, "INT", true},    {SIGQUIT, "QUIT", true},   {SIGUSR1, "USR1", true},
    {SIGUSR2, "USR2", true},  {SIGTERM, "TERM", true},  {SIGWINCH, "WINCH", true}, {SIGKILL, "KILL", false},
    {SIGCONT, "CONT", false}, {SIGPIPE, "PIPE", false}, {SIGABRT, "ABRT", false},  {SIGSEGV, "SEGV", false},
    {SIGBUS, "BUS", false},   {SIGFPE, "FPE", false},   {SIGILL, "ILL", false},    {SIGTRAP, "TRAP", false},
    {SIGALRM, "ALRM", false}, {SIGSYS, "SYS", false},   {SIGXCPU, "XCPU", false},  {SIGXFSZ, "XFSZ", false},
}};

} // namespace

std::optional<Signal> parse_signal(std::string_view text) {
    std::string upper;
    for (const char c : text)
        upper += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    if (upper.starts_with("SIG")) upper.erase(0, 3);
    for (const NamedSignal& known : kNames) {
        if (known.is_for_applications && known.name == upper) return static_cast<Signal>(known.number);
    }
    return std::nullopt;
}

std::string signal_name(int number) {
    for (const NamedSignal& known : kNames) {
        if (known.number == number) return "SIG" + std::string(known.name);
    }
    return "signal " + std::to_string(number);
}

std::string ExitStatus::text() const {
    return is_killed_ ? "killed by " + signal_name(number_) : "exit code " + std::to_string(number_);
}

} // namespace everlong::core
