#include <core/restart_policy.hpp>

#include <algorithm>
#include <array>

namespace everlong::core {
namespace {

constexpr std::array<int, 5> kWantedSignals{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE};

// 1, 2, 4 ... s for 0, 1, 2 ... failures before this one.
Milliseconds restart_wait(int failures_before) {
    Milliseconds wait = kFirstRestartWait;
    for (int i = 0; i < failures_before && wait < kLongestRestartWait; ++i)
        wait *= 2;
    return std::min(wait, kLongestRestartWait);
}

} // namespace

bool is_for_whole_group(Signal signal) {
    return signal == Signal::kInterrupt || signal == Signal::kQuit || signal == Signal::kWindowChange;
}

bool is_request_to_end(Signal signal) {
    return signal == Signal::kTerminate || signal == Signal::kInterrupt;
}

bool is_wanted_end(const ExitStatus& status) {
    if (status == ExitStatus::exited(0)) return true;
    return std::ranges::any_of(kWantedSignals, [&](int signal) { return status.exit_code() == 128 + signal; });
}

AfterEnd CrashDamping::after_end(const ExitStatus& status, Milliseconds lived, StartCause cause) {
    // An application without a handler for the reload signal dies of it; that is our doing, not a person's wish.
    const bool is_our_doing = cause == StartCause::kNewToken && lived < kQuickDeath && options_.reload_signal &&
                              status == ExitStatus::killed_by(*options_.reload_signal);
    if (is_wanted_end(status) && !is_our_doing) return {};
    return after_failure(lived, cause);
}

AfterEnd CrashDamping::after_failed_start(StartCause cause) {
    return after_failure(Milliseconds(0), cause);
}

AfterEnd CrashDamping::after_failure(Milliseconds lived, StartCause cause) {
    if (options_.restart_on_crash) {
        if (lived >= kSoundLife) crashes_ = 0;
        return {AfterEnd::Action::kStartAgain, restart_wait(crashes_++)};
    }
    if (cause == StartCause::kNewToken) {
        is_after_token_ = true;
        quick_deaths_ = 0;
    }
    if (cause == StartCause::kFirst || !is_after_token_ || lived >= kQuickDeath) {
        is_after_token_ = false;
        return {};
    }
    if (quick_deaths_ >= kQuickDeathsAtMost) return {AfterEnd::Action::kGiveUp, Milliseconds(0)};
    return {AfterEnd::Action::kStartAgain, restart_wait(quick_deaths_++)};
}

StopStep next_stop_step(const StopState& state, Milliseconds grace) {
    using enum StopStep::Action;
    const bool is_command_gone = state.since_command_end.has_value();
    if (is_command_gone && state.is_group_gone) return {kDone, {}};
    if (state.since_kill) {
        if (*state.since_kill >= kKillSettles) return {kDone, {}};
        return {kWait, kKillSettles - *state.since_kill};
    }
    if (!state.is_limited && !is_command_gone) return {kWait, {}};

    const Milliseconds waited = state.is_limited ? state.since_request : *state.since_command_end;
    if (waited >= grace) return {kKillGroup, {}};
    if (!state.is_group_asked) {
        if (is_command_gone || waited >= grace / 2) return {kAskGroup, {}};
        return {kWait, grace / 2 - waited};
    }
    return {kWait, grace - waited};
}

} // namespace everlong::core
