#pragma once
// The heart of `everlong run`: one command, started with the channel's token, restarted gracefully (or told by a signal)
// when there is a newer one, with signals and exit status passed through as if we were not there. What to do when is
// decided in core/restart_policy.hpp.

#include <async/task.hpp>
#include <base/secret.hpp>
#include <base/strong.hpp>
#include <core/restart_policy.hpp>
#include <ports/clock.hpp>
#include <ports/process.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace everlong::engine {

struct NewToken {
    Secret token;
    IgUserId id;
    int version = 0;
};

// Where the supervisor learns of tokens: the service, or the store itself where no service runs.
class TokenSource {
public:
    virtual ~TokenSource() = default;
    // Waits until the channel has a token of a version above `known_version` (0: any) and gives the newest; nothing where
    // there will be none any more. An error after the first token is waited out and asked again; it never touches the
    // command. Must return when it is cancelled.
    virtual Task<std::optional<NewToken>> wait_for_change(int known_version) = 0;
};

enum class RestartReason { kNewToken, kFailure };

struct RestartTiming {
    Milliseconds stopping; // from the request to end until the old command had gone
    Milliseconds gap;      // from then until the new one was executing: nobody served. Zero with overlap
};

// Told what happens, for a line on standard error. Nothing passed here is secret.
class SupervisorObserver {
public:
    virtual ~SupervisorObserver() = default;
    virtual void on_started([[maybe_unused]] std::int64_t process_id, [[maybe_unused]] int token_version) {}
    // `wait`: until the new start. kFailure: the command died, or could not be started, and is tried again.
    virtual void on_restarting([[maybe_unused]] RestartReason reason, [[maybe_unused]] Milliseconds wait) {}
    virtual void on_restarted([[maybe_unused]] const RestartTiming& timing) {}
    // The reload signal was sent in place of a restart.
    virtual void on_reload_signal([[maybe_unused]] int token_version) {}
    virtual void on_stopped([[maybe_unused]] const core::ExitStatus& status) {}
    // With overlap: the new command failed within its time to settle; the old one goes on.
    virtual void on_kept_old([[maybe_unused]] const core::ExitStatus& status_of_new) {}
    // Once for a row of equal errors.
    virtual void on_source_trouble([[maybe_unused]] const Error& error) {}
    virtual void on_start_trouble([[maybe_unused]] const Error& error) {}
};

struct SupervisorOptions {
    std::vector<std::string> command; // not empty
    std::string token_name = "INSTAGRAM_ACCESS_TOKEN";
    std::string id_name = "INSTAGRAM_USER_ID";
    core::RestartOptions restart;
    // Where set, a new token's command is started beside the old one, and the old one is asked to end only when the new
    // one has lived this long: no gap, for servers that share their port (SO_REUSEPORT: gunicorn --reuse-port, nginx).
    // A new one that fails leaves the old one serving.
    std::optional<Milliseconds> overlap;
};

// How the command ended for good. `run` ends with status.exit_code(): a command killed by signal N gives 128 + N, as
// shells say it; we do not kill ourselves by the same signal, which would write a second core file and blame us.
struct RunEnd {
    core::ExitStatus status = core::ExitStatus::exited(0);
    // E_CRASH_LOOP, where the command kept dying after a new token; E_COMMAND, where it could no longer be started.
    std::optional<Error> trouble;
};

class Supervisor {
public:
    // `observer` may be null. All must outlive run().
    Supervisor(ports::ProcessLauncher& launcher, ports::SignalSource& signals, ports::Monotonic& monotonic,
               TokenSource& tokens, SupervisorOptions options, SupervisorObserver* observer);

    // Waits for the first token, then runs the command until it ends for good. To be called once.
    // - A signal to end (SIGTERM, SIGINT) is passed on and the end awaited, without limit; a second one kills the group.
    //   Before the command runs, or between two tries, it ends the run with 128 + N.
    // - What the command leaves behind in its process group is asked to end, and killed after the grace.
    // - A restart that is under way when a still newer token comes starts with the newest.
    // Errors: the token source's, where there was no first token (kCancelled where it gave nothing); kCommand and the others
    // of ProcessLauncher::start where the command could not be started at all.
    Task<RunEnd> run();

private:
    ports::ProcessLauncher& launcher_;
    ports::SignalSource& signals_;
    ports::Monotonic& monotonic_;
    TokenSource& tokens_;
    SupervisorOptions options_;
    SupervisorObserver* observer_;
};

} // namespace everlong::engine
