#pragma once
// How a process ended, and the signals that can be passed to one, by the names and numbers of POSIX.

#include <csignal>
#include <optional>
#include <string>
#include <string_view>

namespace everlong::core {

enum class Signal : int {
    kHangup = SIGHUP,
    kInterrupt = SIGINT,
    kQuit = SIGQUIT,
    kKill = SIGKILL,
    kUser1 = SIGUSR1,
    kUser2 = SIGUSR2,
    kTerminate = SIGTERM,
    kContinue = SIGCONT,
    kWindowChange = SIGWINCH,
};

constexpr int number_of(Signal signal) {
    return static_cast<int>(signal);
}

// Takes "HUP", "SIGHUP" and "hup"; only the signals that mean something to an application: HUP, INT, QUIT, USR1, USR2,
// TERM, WINCH. Nothing for anything else.
std::optional<Signal> parse_signal(std::string_view text);
// "SIGHUP"; "signal 34" for a number without a name of its own.
std::string signal_name(int number);

class ExitStatus {
public:
    // `code`: 0 to 255, as the process gave it.
    static constexpr ExitStatus exited(int code) { return ExitStatus(false, code); }
    static constexpr ExitStatus killed_by(int signal_number) { return ExitStatus(true, signal_number); }
    static constexpr ExitStatus killed_by(Signal signal) { return ExitStatus(true, number_of(signal)); }

    constexpr bool is_killed() const { return is_killed_; }
    // The number of the signal that ended it; 0 where none did.
    constexpr int signal_number() const { return is_killed_ ? number_ : 0; }
    // What a shell would show for it: its own code, or 128 and the signal's number (POSIX, Shell Command Language,
    // 2.8.2, asks for more than 128; every shell in use adds exactly 128).
    constexpr int exit_code() const { return is_killed_ ? 128 + number_ : number_; }
    // "exit code 3", "killed by SIGKILL".
    std::string text() const;
    constexpr bool operator==(const ExitStatus&) const = default;

private:
    constexpr ExitStatus(bool is_killed, int number) : is_killed_(is_killed), number_(number) {}
    bool is_killed_;
    int number_;
};

} // namespace everlong::core
