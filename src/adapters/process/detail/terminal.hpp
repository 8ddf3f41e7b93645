#pragma once
// The terminal that controls this process, if one does: who is in its foreground, and lending that place to a child's
// process group. POSIX, General Terminal Interface, 11.1.

#include <optional>

#include <sys/types.h>
#include <termios.h>

namespace everlong::adapters::detail {

class Terminal {
public:
    Terminal();
    ~Terminal();
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    // Whether our own process group is in the foreground now.
    bool is_ours() const;
    bool is_lent_to(pid_t group) const;
    // The descriptor for a child that is to start in the foreground, else -1. It does where we are in the foreground, read
    // from the terminal and do not write into a pipe: the other end of such a pipe (`| less`) may want the terminal
    // as much. A child that was left out is lent it when it asks, by being stopped for SIGTTIN or SIGTTOU.
    int for_new_child() const;

    void lend_to(pid_t group);
    // Only from that group. `restores_modes`: as they were when we started, for a child that was killed in raw mode.
    void take_back_from(pid_t group, bool restores_modes);

private:
    void put_in_foreground(pid_t group);

    int descriptor_ = -1;
    std::optional<termios> modes_;
};

} // namespace everlong::adapters::detail
