#pragma once
// Holds up whoever tries passwords: each wrong one makes the next wait longer. One gate for all callers, because callers
// cannot be told apart (behind a proxy all have one address). Who is signed in, has a key or sits at this machine is not
// held up.

#include <base/time.hpp>

#include <algorithm>

namespace everlong::api::detail {

class PasswordGate {
public:
    // How long until the next try counts; nothing to wait for: zero.
    Milliseconds wait(MonotonicInstant now) const { return std::max(Milliseconds(0), open_at_ - now); }

    void note_wrong(MonotonicInstant now) {
        if (now - last_wrong_at_ > kForgottenAfter) wrong_ = 0;
        last_wrong_at_ = now;
        if (++wrong_ < kFreeTries) return;
        const int doublings = std::min(wrong_ - kFreeTries, kMostDoublings);
        open_at_ = now + std::min<Milliseconds>(kFirstDelay * (1 << doublings), kLongestDelay);
    }
    void note_right() { *this = PasswordGate(); }

private:
    // A person mistypes a few times. A minute at most: an attacker gets 1,440 tries a day, far too few for ten characters,
    // and the owner, who is held up with him, need not wait long.
    static constexpr int kFreeTries = 5;
    static constexpr Milliseconds kFirstDelay = Seconds(1);
    static constexpr Milliseconds kLongestDelay = Seconds(60);
    static constexpr int kMostDoublings = 6;
    static constexpr Milliseconds kForgottenAfter = Minutes(15);

    int wrong_ = 0;
    MonotonicInstant last_wrong_at_{};
    MonotonicInstant open_at_{};
};

} // namespace everlong::api::detail
