#pragma once
// Child processes that stand in for us: they get our standard streams, working directory, signal settings and terminal as
// if they had been executed in our place, and live in a process group of their own, so that a stop reaches all they have
// started.
//
// The terminal: where we are in its foreground, the child's group is put there, so Ctrl-C, Ctrl-\ and Ctrl-Z reach the
// command once and directly and it may read; we get it back when the child ends. A child that stops (Ctrl-Z) stops us, so
// that the shell takes over; `fg` and `bg` continue both. All this is the adapter's work and needs no call.

#include <async/task.hpp>
#include <base/secret.hpp>
#include <core/exit_status.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace everlong::ports {

// Set in the child's environment in place of what the parent's says; everything else there is passed on unchanged.
struct EnvironmentOverride {
    std::string name;
    Secret value;
};

class ChildProcess {
public:
    // Kills what is left of the group: no child outlives its owner.
    virtual ~ChildProcess() = default;

    // Its process id, which is its group's id too.
    virtual std::int64_t id() const = 0;
    // How the child itself ended; absent while it lives.
    virtual std::optional<core::ExitStatus> ended() const = 0;
    // The child has ended and so have all processes of its group. One that has left the group (setsid, as daemons do) is
    // its own master.
    virtual bool is_group_gone() const = 0;

    // To the child alone, or to all of its group. Nothing happens where nobody is left.
    virtual void send(core::Signal signal) = 0;
    virtual void send_to_group(core::Signal signal) = 0;
};

class ProcessLauncher {
public:
    virtual ~ProcessLauncher() = default;

    // Starts argv[0] (looked up in PATH where it holds no slash) with exactly these arguments. `on_change` is called on the
    // launcher's executor, never from inside start(), each time ended() or is_group_gone() has changed; it may note that
    // and wake somebody, no more.
    // If we are killed, the child is sent SIGTERM (tied to the thread that calls start(), which must be the one that
    // lives longest). The environment block, which holds the secrets, is wiped before start() returns.
    // Errors: kCommand with kUsage where the command is not found (a shell would end with 127), with kLocal where it is
    // found but cannot be executed (126); kValueUnsafe (kUsage) for a value with a NUL byte; kIo (kLocal) where the system
    // has no room for a process.
    virtual Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& argv,
                                                        std::span<const EnvironmentOverride> environment,
                                                        std::function<void()> on_change) = 0;
};

// The signals sent to us that a command would have got in our place: SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2,
// SIGWINCH. One that was ignored when we were started (nohup) stays ignored, by us and by the child.
class SignalSource {
public:
    virtual ~SignalSource() = default;
    // Waits for the next one. For one caller at a time.
    virtual Async<core::Signal> next() = 0;
};

} // namespace everlong::ports
