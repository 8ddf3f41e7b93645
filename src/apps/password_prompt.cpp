#include <apps/password_prompt.hpp>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <poll.h>
#include <string>
#include <termios.h>
#include <unistd.h>

namespace everlong::apps {
namespace {

// Far beyond the longest password that is taken.
constexpr std::size_t kLineBytes = 64 * 1024;

volatile std::sig_atomic_t g_was_interrupted = 0;

void note_interrupt(int) {
    g_was_interrupted = 1;
}

// Signals that end the program while the terminal shows nothing would leave it so: they are noted, and read() returns.
class NotedSignals {
public:
    NotedSignals() {
        struct sigaction noted{};
        noted.sa_handler = note_interrupt;
        sigemptyset(&noted.sa_mask);
        sigset_t held{};
        sigemptyset(&held);
        for (const int number : kSignals)
            sigaddset(&held, number);
        sigprocmask(SIG_BLOCK, &held, &open_mask_);
        for (std::size_t i = 0; i < std::size(kSignals); ++i)
            sigaction(kSignals[i], &noted, &before_[i]);
    }
    ~NotedSignals() {
        for (std::size_t i = 0; i < std::size(kSignals); ++i)
            sigaction(kSignals[i], &before_[i], nullptr);
        sigprocmask(SIG_SETMASK, &open_mask_, nullptr);
    }
    NotedSignals(const NotedSignals&) = delete;
    NotedSignals& operator=(const NotedSignals&) = delete;

    // Until something can be read. The signals are let through here alone: one that came between a look at the flag and
    // a read would leave the read waiting for ever.
    void wait_for_input() const {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        ppoll(&input, 1, nullptr, &open_mask_);
    }

private:
    static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    struct sigaction before_[std::size(kSignals)]{};
    sigset_t open_mask_{};
};

class HiddenTyping {
public:
    HiddenTyping() {
        is_terminal_ = tcgetattr(STDIN_FILENO, &before_) == 0;
        if (!is_terminal_) return;
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        hidden.c_lflag |= ECHONL;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    ~HiddenTyping() {
        if (is_terminal_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    HiddenTyping(const HiddenTyping&) = delete;
    HiddenTyping& operator=(const HiddenTyping&) = delete;

private:
    bool is_terminal_ = false;
    termios before_{};
};

// One line, byte by byte: what follows it is not ours to take.
Result<Secret> read_line(const NotedSignals& signals) {
    std::string line;
    line.reserve(kLineBytes); // so that no shorter copy stays behind in memory
    for (;;) {
        signals.wait_for_input();
        if (g_was_interrupted != 0) {
            wipe_string(line);
            return fail(Code::kCancelled, Fault::kCancelled);
        }
        char sign = 0;
        const ssize_t count = read(STDIN_FILENO, &sign, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0 || sign == '\n' || line.size() == kLineBytes) break;
        line += sign;
    }
    if (line.ends_with('\r')) line.pop_back();
    return Secret::take(std::move(line));
}

Result<Secret> ask(const NotedSignals& signals, std::string_view question) {
    std::cerr << question << std::flush;
    return read_line(signals);
}

} // namespace

Result<Secret> ask_new_password() {
    const NotedSignals signals;
    if (isatty(STDIN_FILENO) == 0) {
        auto password = read_line(signals);
        if (password && password->is_empty()) {
            return fail(Code::kPasswordRule, Fault::kUsage, "standard input is empty");
        }
        return password;
    }
    const HiddenTyping hidden;
    auto password = ask(signals, "New password (not shown): ");
    if (!password) return password;
    auto repeated = ask(signals, "Once more: ");
    if (!repeated) return repeated;
    if (!password->equals(*repeated)) return fail(Code::kPasswordRule, Fault::kUsage, "the two are not the same");
    return password;
}

} // namespace everlong::apps
