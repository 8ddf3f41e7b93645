#pragma once
// What `everlong run` does when a command ends, when a new token arrives and while a command is being stopped: pure
// decisions; engine/supervisor carries them out.
//
// The rule that everything follows: with no new token, `run` behaves as `env` would. A command that ends by itself ends
// `run` with its status. Only what Everlong itself caused (a restart for a new token that fails) is tried again by
// default; crashes in general only where the user asked for it.

#include <base/time.hpp>
#include <core/exit_status.hpp>

#include <optional>

namespace everlong::core {

// Between the polite and the forced end of a command: what `docker stop` gives, so what servers are built to need.
inline constexpr Milliseconds kDefaultGrace{10'000};
// A command that dies sooner after a restart than this died of the restart: servers open their port within it.
inline constexpr Milliseconds kQuickDeath{5'000};
// How often in a row a command that dies of a token restart is started again. With the waits below that is half a
// minute: long enough for a port in TIME_WAIT handling or a database that restarts too, short enough to be noticed.
inline constexpr int kQuickDeathsAtMost = 5;
// Waits before a crashed command is started again: 1, 2, 4 s and so on.
inline constexpr Milliseconds kFirstRestartWait{1'000};
inline constexpr Milliseconds kLongestRestartWait{60'000};
// A command that lived this long counts as sound: its next crash waits as the first one did.
inline constexpr Milliseconds kSoundLife{60'000};
// How long the kernel may take to remove killed processes before they are left to it (a process in an uninterruptible
// system call cannot be waited for sensibly).
inline constexpr Milliseconds kKillSettles{2'000};
// A second request to end within this time is the first one come twice (`timeout` signals the process and its group; a
// wrapper passes on what the terminal has sent to all), not a person who has lost patience.
inline constexpr Milliseconds kSameRequest{500};

struct RestartOptions {
    // From the request to end until SIGKILL, at a restart. No limit where a person or service manager asked us to end:
    // they have limits of their own, and a second signal forces the end.
    Milliseconds grace = kDefaultGrace;
    bool restart_on_crash = false;
    // Sent on a new token instead of a restart, for applications that read their .env again. The environment of a
    // running process cannot be changed.
    std::optional<Signal> reload_signal;
};

// Whether a passed-on signal goes to every process of the command's group, as a terminal sends it (SIGINT, SIGQUIT,
// SIGWINCH), or to the command alone, as `kill` would (a master process tells its workers itself; a SIGHUP that gunicorn's
// workers got as well would end them).
bool is_for_whole_group(Signal signal);
// SIGTERM and SIGINT: whoever sends them to us wants the end.
bool is_request_to_end(Signal signal);

// Ended well or by somebody's wish: success, or SIGHUP, SIGINT, SIGQUIT, SIGTERM or SIGPIPE, whether it died of the signal
// or, having caught it, says so in its exit code. The list is systemd's for Restart=on-failure (systemd.service(5),
// SuccessExitStatus=) and SIGQUIT, which terminals send for Ctrl-\.
bool is_wanted_end(const ExitStatus& status);

// What the end of a command means.
struct AfterEnd {
    enum class Action {
        kEnd,        // `run` ends with the command's status
        kStartAgain, // after `wait`
        kGiveUp,     // `run` ends with the command's status and E_CRASH_LOOP
    };
    Action action = Action::kEnd;
    Milliseconds wait{0};
    bool operator==(const AfterEnd&) const = default;
};

// Why the command that has ended was started, or last disturbed.
enum class StartCause {
    kFirst,    // by the user
    kNewToken, // restarted, or sent the reload signal, by us
    kFailure,  // started again by after_end()
};

// Counts failures in a row. One object for the life of a `run`.
class CrashDamping {
public:
    explicit CrashDamping(RestartOptions options) : options_(options) {}

    // `lived`: since its start or, where it was sent the reload signal since, since then.
    AfterEnd after_end(const ExitStatus& status, Milliseconds lived, StartCause cause);
    // The command could not be started although it could before (a deployment under way replaces it, no memory).
    AfterEnd after_failed_start(StartCause cause);

private:
    AfterEnd after_failure(Milliseconds lived, StartCause cause);

    RestartOptions options_;
    bool is_after_token_ = false; // the failures counted began with a new token
    int quick_deaths_ = 0;
    int crashes_ = 0;
};

// A stop under way, as next_stop_step() needs to know it.
struct StopState {
    bool is_limited = false;       // false: a person asked, the command itself has all the time it wants
    Milliseconds since_request{0}; // since the command was asked to end, or ended by itself
    std::optional<Milliseconds> since_command_end; // absent while it lives
    bool is_group_gone = false;                    // no process of its group is left
    bool is_group_asked = false;                   // SIGTERM went to the whole group
    std::optional<Milliseconds> since_kill;        // since SIGKILL went to the whole group
};

struct StopStep {
    enum class Action {
        kWait,      // until something happens, or for `at_most`
        kAskGroup,  // SIGTERM to the whole group
        kKillGroup, // SIGKILL to the whole group
        kDone,
    };
    Action action = Action::kWait;
    std::optional<Milliseconds> at_most; // absent: no limit
    bool operator==(const StopStep&) const = default;
};

// The command alone is asked first, so that a master process ends its workers in its own way and none is asked twice.
// The whole group is asked when the command has gone and left somebody behind (who may hold the port), or at half the
// grace (a shell that waits for its child before it obeys); at the end of the grace, all that is left is killed.
StopStep next_stop_step(const StopState& state, Milliseconds grace);

} // namespace everlong::core
