#include <engine/supervisor/supervisor.hpp>

#include <async/event.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <utility>

namespace everlong::engine {
namespace {

using boost::asio::experimental::awaitable_operators::operator||;
using core::AfterEnd;
using core::ExitStatus;
using core::Signal;
using core::StartCause;
using core::StopStep;

// Waits between questions to a token source that fails. The command runs on meanwhile, so there is no hurry, and a
// service that restarts is back within a few of them.
constexpr Milliseconds kFirstSourceWait{1'000};
constexpr Milliseconds kLongestSourceWait{60'000};

// What a shell ends with where a command is not found, or found but not executable (POSIX, Shell Command Language, 2.8.2).
constexpr int kExitNotFound = 127;
constexpr int kExitNotExecutable = 126;

struct Child {
    std::unique_ptr<ports::ChildProcess> process;
    StartCause cause = StartCause::kFirst;
    MonotonicInstant disturbed_at; // its start or, later, the reload signal
};

// One Supervisor::run(). Three coroutines: two bring in tokens and signals, drive() acts. Whatever happens sets news_;
// drive() then looks at everything again, so no order of events can be missed.
class Run {
public:
    Run(ports::ProcessLauncher& launcher, ports::SignalSource& signals, ports::Monotonic& monotonic,
        TokenSource& tokens, const SupervisorOptions& options, SupervisorObserver& observer,
        boost::asio::any_io_executor executor)
        : launcher_(launcher), signals_(signals), monotonic_(monotonic), tokens_(tokens), options_(options),
          observer_(observer), damping_(options.restart), news_(executor), never_(executor) {}

    Task<RunEnd> drive();
    Async<void> bring_tokens();
    Async<void> bring_signals();

private:
    enum class News { kEnded, kNewToken, kToldToEnd };

    Task<std::optional<RunEnd>> await_first_token();
    Async<News> watch();
    Async<std::optional<RunEnd>> replace();
    Async<std::optional<RunEnd>> replace_beside();
    Async<std::optional<RunEnd>> after_end();
    Async<std::optional<RunEnd>> start_again(StartCause cause);
    Async<RunEnd> end_as_told();

    Result<Child> start(StartCause cause);
    // Returns when the command and its group have gone, or cannot be waited for any longer. `asked_at`: when the command
    // was asked to end, where that has a limit. Gives the time at which the command itself had gone.
    Async<MonotonicInstant> wind_down(Child& child, std::optional<MonotonicInstant> asked_at);
    Async<void> await_news(std::optional<Milliseconds> at_most);
    Async<void> pause(Milliseconds span);

    void pass_on_signals();
    void pass_on(Signal signal);
    void ask_to_end(Child& child);
    void send_reload_signal(Signal signal);
    ExitStatus status_of(const Child& child) const;
    RunEnd told_to_end_without_command() const { return {ExitStatus::killed_by(*told_to_end_), {}}; }

    ports::ProcessLauncher& launcher_;
    ports::SignalSource& signals_;
    ports::Monotonic& monotonic_;
    TokenSource& tokens_;
    const SupervisorOptions& options_;
    SupervisorObserver& observer_;
    core::CrashDamping damping_;

    Event news_;
    Event never_;
    std::deque<Signal> arrived_;
    std::optional<NewToken> newer_; // not yet given to a command
    std::optional<Error> source_error_;
    bool is_source_over_ = false;
    NewToken token_; // what the next start gets
    std::optional<Signal> told_to_end_;
    MonotonicInstant told_at_{};
    Child child_;
    Child beside_; // with overlap: the new one, until it has settled
};

Async<void> Run::bring_tokens() {
    int known = 0;
    Milliseconds wait = kFirstSourceWait;
    std::optional<Code> last_error;
    while (!is_source_over_) {
        Result<std::optional<NewToken>> change = co_await tokens_.wait_for_change(known);
        // The run has ended: whatever a source makes of its cancelled question is no trouble.
        const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != boost::asio::cancellation_type::none) co_return;
        if (!change) {
            if (known != 0 && last_error != change.error().code()) observer_.on_source_trouble(change.error());
            last_error = change.error().code();
            source_error_ = change.error();
            news_.set();
            co_await monotonic_.sleep_for(wait);
            wait = std::min(wait * 2, kLongestSourceWait);
            continue;
        }
        wait = kFirstSourceWait;
        last_error.reset();
        if (*change) {
            known = (*change)->version;
            newer_ = *std::move(*change);
        } else {
            is_source_over_ = true;
        }
        news_.set();
    }
    co_await never_.wait();
}

Async<void> Run::bring_signals() {
    for (;;) {
        const Signal signal = co_await signals_.next();
        arrived_.push_back(signal);
        news_.set();
    }
}

Async<void> Run::await_news(std::optional<Milliseconds> at_most) {
    if (!news_.is_set()) {
        if (at_most) {
            co_await (news_.wait() || monotonic_.sleep_for(*at_most));
        } else {
            co_await news_.wait();
        }
    }
    news_.clear();
}

// Waits unless there is something to do sooner: a request to end, or a newer token, which may cure what was wrong.
Async<void> Run::pause(Milliseconds span) {
    const MonotonicInstant until = monotonic_.now() + span;
    for (;;) {
        pass_on_signals();
        const Milliseconds left = until - monotonic_.now();
        if (told_to_end_ || newer_ || left <= Milliseconds(0)) co_return;
        co_await await_news(left);
    }
}

void Run::pass_on_signals() {
    while (!arrived_.empty()) {
        const Signal signal = arrived_.front();
        arrived_.pop_front();
        if (!core::is_request_to_end(signal)) {
            pass_on(signal);
            continue;
        }
        const MonotonicInstant now = monotonic_.now();
        if (!told_to_end_) {
            told_to_end_ = signal;
            told_at_ = now;
            pass_on(signal);
        } else if (now - told_at_ >= core::kSameRequest) {
            pass_on(Signal::kKill);
        } else if (signal != *told_to_end_) {
            pass_on(signal);
        }
    }
}

void Run::pass_on(Signal signal) {
    for (Child* child : std::array{&child_, &beside_}) {
        if (!child->process) continue;
        if (signal == Signal::kKill || core::is_for_whole_group(signal)) {
            child->process->send_to_group(signal);
        } else {
            child->process->send(signal);
        }
        // One that is stopped obeys only when it goes on.
        if (core::is_request_to_end(signal)) child->process->send_to_group(Signal::kContinue);
    }
}

void Run::ask_to_end(Child& child) {
    child.process->send(Signal::kTerminate);
    child.process->send_to_group(Signal::kContinue);
}

void Run::send_reload_signal(Signal signal) {
    token_ = *std::exchange(newer_, std::nullopt);
    child_.process->send(signal);
    child_.cause = StartCause::kNewToken;
    child_.disturbed_at = monotonic_.now();
    observer_.on_reload_signal(token_.version);
}

ExitStatus Run::status_of(const Child& child) const {
    // Without a status it was killed and the kernel has not yet let go of it.
    return child.process->ended().value_or(ExitStatus::killed_by(Signal::kKill));
}

Result<Child> Run::start(StartCause cause) {
    if (newer_) token_ = *std::exchange(newer_, std::nullopt);
    std::array<ports::EnvironmentOverride, 2> environment{
        ports::EnvironmentOverride{options_.token_name, token_.token.clone()},
        ports::EnvironmentOverride{options_.id_name, Secret(token_.id.text())}};
    auto process = launcher_.start(options_.command, environment, [this] { news_.set(); });
    if (!process) return fail(process.error().in("run"));
    observer_.on_started((*process)->id(), token_.version);
    return Child{*std::move(process), cause, monotonic_.now()};
}

Task<std::optional<RunEnd>> Run::await_first_token() {
    for (;;) {
        pass_on_signals();
        if (told_to_end_) co_return told_to_end_without_command();
        if (newer_) co_return std::nullopt;
        if (source_error_) co_return fail(source_error_->in("run"));
        if (is_source_over_) co_return fail(Code::kCancelled, Fault::kCancelled, "no token came");
        co_await await_news({});
    }
}

Task<RunEnd> Run::drive() {
    auto before = co_await await_first_token();
    if (!before) co_return fail(before.error());
    if (*before) co_return **before;
    auto first = start(StartCause::kFirst);
    if (!first) co_return fail(first.error());
    child_ = *std::move(first);

    for (;;) {
        std::optional<RunEnd> end;
        switch (co_await watch()) {
        case News::kEnded: end = co_await after_end(); break;
        case News::kToldToEnd: end = co_await end_as_told(); break;
        case News::kNewToken:
            if (options_.overlap) {
                end = co_await replace_beside();
            } else {
                end = co_await replace();
            }
            break;
        }
        if (end) co_return *end;
    }
}

Async<Run::News> Run::watch() {
    for (;;) {
        pass_on_signals();
        if (child_.process->ended()) co_return News::kEnded;
        if (told_to_end_) co_return News::kToldToEnd;
        if (newer_) {
            if (!options_.restart.reload_signal) co_return News::kNewToken;
            send_reload_signal(*options_.restart.reload_signal);
        }
        co_await await_news({});
    }
}

Async<MonotonicInstant> Run::wind_down(Child& child, std::optional<MonotonicInstant> asked_at) {
    std::optional<MonotonicInstant> gone_at;
    std::optional<MonotonicInstant> killed_at;
    bool is_group_asked = false;
    for (;;) {
        pass_on_signals();
        const MonotonicInstant now = monotonic_.now();
        if (!gone_at && child.process->ended()) gone_at = now;
        core::StopState state;
        state.is_limited = asked_at.has_value();
        if (asked_at) state.since_request = now - *asked_at;
        if (gone_at) state.since_command_end = now - *gone_at;
        state.is_group_gone = child.process->is_group_gone();
        state.is_group_asked = is_group_asked;
        if (killed_at) state.since_kill = now - *killed_at;

        const StopStep step = core::next_stop_step(state, options_.restart.grace);
        switch (step.action) {
        case StopStep::Action::kDone: co_return gone_at.value_or(now);
        case StopStep::Action::kAskGroup:
            child.process->send_to_group(Signal::kTerminate);
            child.process->send_to_group(Signal::kContinue);
            is_group_asked = true;
            break;
        case StopStep::Action::kKillGroup:
            child.process->send_to_group(Signal::kKill);
            killed_at = now;
            break;
        case StopStep::Action::kWait: co_await await_news(step.at_most); break;
        }
    }
}

Async<RunEnd> Run::end_as_told() {
    co_await wind_down(child_, {});
    if (beside_.process) co_await wind_down(beside_, {});
    const ExitStatus status = status_of(child_);
    observer_.on_stopped(status);
    co_return RunEnd{status, {}};
}

Async<std::optional<RunEnd>> Run::replace() {
    observer_.on_restarting(RestartReason::kNewToken, Milliseconds(0));
    const MonotonicInstant asked_at = monotonic_.now();
    ask_to_end(child_);
    const MonotonicInstant gone_at = co_await wind_down(child_, asked_at);
    const ExitStatus status = status_of(child_);
    observer_.on_stopped(status);
    if (told_to_end_) co_return RunEnd{status, {}};
    child_.process.reset();
    auto end = co_await start_again(StartCause::kNewToken);
    if (!end) observer_.on_restarted({gone_at - asked_at, child_.disturbed_at - gone_at});
    co_return end;
}

Async<std::optional<RunEnd>> Run::replace_beside() {
    StartCause cause = StartCause::kNewToken;
    for (;;) {
        observer_.on_restarting(cause == StartCause::kNewToken ? RestartReason::kNewToken : RestartReason::kFailure,
                                Milliseconds(0));
        AfterEnd next;
        if (auto started = start(cause); started) {
            beside_ = *std::move(started);
            const MonotonicInstant settled_at = beside_.disturbed_at + *options_.overlap;
            for (;;) {
                pass_on_signals();
                const Milliseconds left = settled_at - monotonic_.now();
                if (told_to_end_) co_return co_await end_as_told();
                if (beside_.process->ended() || left <= Milliseconds(0)) break;
                co_await await_news(left);
            }
            if (!beside_.process->ended()) break;
            const MonotonicInstant gone_at = co_await wind_down(beside_, {});
            const ExitStatus status = status_of(beside_);
            next = damping_.after_end(status, gone_at - beside_.disturbed_at, cause);
            beside_.process.reset();
            if (!child_.process->ended()) observer_.on_kept_old(status);
        } else {
            observer_.on_start_trouble(started.error());
            next = damping_.after_failed_start(cause);
        }
        // The old one goes on with its token, or its own end is judged by watch().
        if (next.action != AfterEnd::Action::kStartAgain) co_return std::nullopt;
        co_await pause(next.wait);
        if (told_to_end_ || child_.process->ended()) co_return std::nullopt;
        cause = newer_ ? StartCause::kNewToken : StartCause::kFailure;
    }
    const MonotonicInstant asked_at = monotonic_.now();
    ask_to_end(child_);
    const MonotonicInstant gone_at = co_await wind_down(child_, asked_at);
    observer_.on_stopped(status_of(child_));
    child_ = std::move(beside_);
    observer_.on_restarted({gone_at - asked_at, Milliseconds(0)});
    co_return std::nullopt;
}

Async<std::optional<RunEnd>> Run::after_end() {
    const MonotonicInstant gone_at = co_await wind_down(child_, {});
    const ExitStatus status = status_of(child_);
    const Milliseconds lived = gone_at - child_.disturbed_at;
    observer_.on_stopped(status);
    if (told_to_end_) co_return RunEnd{status, {}};
    const AfterEnd next = damping_.after_end(status, lived, child_.cause);
    switch (next.action) {
    case AfterEnd::Action::kEnd: co_return RunEnd{status, {}};
    case AfterEnd::Action::kGiveUp:
        co_return RunEnd{status, Error(Code::kCrashLoop, Fault::kLocal, "the command ends with " + status.text())};
    case AfterEnd::Action::kStartAgain: break;
    }
    child_.process.reset();
    observer_.on_restarting(RestartReason::kFailure, next.wait);
    co_await pause(next.wait);
    if (told_to_end_) co_return told_to_end_without_command();
    auto end = co_await start_again(newer_ ? StartCause::kNewToken : StartCause::kFailure);
    if (!end) observer_.on_restarted({Milliseconds(0), child_.disturbed_at - gone_at});
    co_return end;
}

Async<std::optional<RunEnd>> Run::start_again(StartCause cause) {
    for (;;) {
        auto started = start(cause);
        if (started) {
            child_ = *std::move(started);
            co_return std::nullopt;
        }
        observer_.on_start_trouble(started.error());
        const AfterEnd next = damping_.after_failed_start(cause);
        if (next.action != AfterEnd::Action::kStartAgain) {
            const bool is_absent = started.error().fault() == Fault::kUsage;
            co_return RunEnd{ExitStatus::exited(is_absent ? kExitNotFound : kExitNotExecutable), started.error()};
        }
        observer_.on_restarting(RestartReason::kFailure, next.wait);
        co_await pause(next.wait);
        if (told_to_end_) co_return told_to_end_without_command();
        cause = newer_ ? StartCause::kNewToken : StartCause::kFailure;
    }
}

} // namespace

Supervisor::Supervisor(ports::ProcessLauncher& launcher, ports::SignalSource& signals, ports::Monotonic& monotonic,
                       TokenSource& tokens, SupervisorOptions options, SupervisorObserver* observer)
    : launcher_(launcher), signals_(signals), monotonic_(monotonic), tokens_(tokens), options_(std::move(options)),
      observer_(observer) {}

Task<RunEnd> Supervisor::run() {
    SupervisorObserver silent;
    Run run(launcher_, signals_, monotonic_, tokens_, options_, observer_ != nullptr ? *observer_ : silent,
            co_await boost::asio::this_coro::executor);
    auto outcome = co_await (run.drive() || run.bring_tokens() || run.bring_signals());
    if (auto* end = std::get_if<0>(&outcome)) co_return std::move(*end);
    co_return fail(Code::kCancelled, Fault::kCancelled, "run");
}

} // namespace everlong::engine
