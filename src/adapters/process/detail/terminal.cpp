#include <adapters/process/detail/terminal.hpp>

#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::adapters::detail {
namespace {

bool is_pipe(int descriptor) {
    struct stat status{};
    return ::fstat(descriptor, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

// A process of the background that touches the terminal's settings is stopped by SIGTTOU unless it blocks it.
class TtouBlocked {
public:
    TtouBlocked() {
        sigset_t ttou;
        sigemptyset(&ttou);
        sigaddset(&ttou, SIGTTOU);
        ::pthread_sigmask(SIG_BLOCK, &ttou, &before_);
    }
    ~TtouBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    TtouBlocked(const TtouBlocked&) = delete;
    TtouBlocked& operator=(const TtouBlocked&) = delete;

private:
    sigset_t before_{};
};

} // namespace

Terminal::Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    termios modes{};
    if (is_ours() && ::tcgetattr(descriptor_, &modes) == 0) modes_ = modes;
}

Terminal::~Terminal() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool Terminal::is_ours() const {
    return is_lent_to(::getpgrp());
}

bool Terminal::is_lent_to(pid_t group) const {
    return descriptor_ >= 0 && ::tcgetpgrp(descriptor_) == group;
}

int Terminal::for_new_child() const {
    const bool wants_it = is_ours() && ::isatty(STDIN_FILENO) == 1 && !is_pipe(STDOUT_FILENO);
    return wants_it ? descriptor_ : -1;
}

void Terminal::lend_to(pid_t group) {
    put_in_foreground(group);
}

void Terminal::take_back_from(pid_t group, bool restores_modes) {
    if (!is_lent_to(group)) return;
    put_in_foreground(::getpgrp());
    if (!restores_modes || !modes_) return;
    const TtouBlocked blocked;
    ::tcsetattr(descriptor_, TCSADRAIN, &*modes_);
}

void Terminal::put_in_foreground(pid_t group) {
    const TtouBlocked blocked;
    ::tcsetpgrp(descriptor_, group);
}

} // namespace everlong::adapters::detail
