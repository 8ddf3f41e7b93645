#pragma once
// A world for the supervisor in which nothing is real: time stands until it is moved, children do what the test says.

#include <engine/supervisor/supervisor.hpp>

#include <async/event.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace everlong::engine::test {

using core::ExitStatus;
using core::Signal;

class FakeMonotonic final : public ports::Monotonic {
public:
    explicit FakeMonotonic(boost::asio::io_context& io) : io_(io) {}
    MonotonicInstant now() const override { return now_; }
    Async<void> sleep_for(Milliseconds span) override {
        auto timer = std::make_shared<boost::asio::steady_timer>(io_, boost::asio::steady_timer::time_point::max());
        const auto place = sleepers_.emplace(now_ + span, timer);
        co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        sleepers_.erase(place);
    }
    // Lets everybody sleep on for `span`, waking each at its time.
    void advance(Milliseconds span) {
        const MonotonicInstant end = now_ + span;
        settle();
        while (!sleepers_.empty() && sleepers_.begin()->first <= end) {
            now_ = std::max(now_, sleepers_.begin()->first);
            sleepers_.begin()->second->cancel();
            settle();
        }
        now_ = end;
    }
    void settle() {
        io_.restart();
        while (io_.poll() > 0) {
        }
    }

private:
    boost::asio::io_context& io_;
    MonotonicInstant now_{Seconds(1'000)};
    std::multimap<MonotonicInstant, std::shared_ptr<boost::asio::steady_timer>> sleepers_;
};

// What became of one child; stays when the supervisor has dropped the child itself.
struct ChildRecord {
    std::string token;
    std::string account;
    std::vector<std::string> received; // "SIGTERM" to the child, "group SIGTERM" to its group; SIGCONT is left out
    std::optional<ExitStatus> status;
    bool is_group_gone = false;
    bool is_dropped = false;
    bool obeys = true;          // ends at once of SIGTERM and SIGINT
    bool leaves_others = false; // its group lives on after its end, until SIGKILL
    std::function<void()> on_change;

    void end(ExitStatus how) {
        if (status) return;
        status = how;
        is_group_gone = !leaves_others;
        on_change();
    }
    void receive(Signal signal, bool to_group) {
        if (signal == Signal::kContinue) return;
        received.push_back((to_group ? "group " : "") + core::signal_name(core::number_of(signal)));
        if (signal == Signal::kKill) {
            leaves_others = false;
            if (!status) return end(ExitStatus::killed_by(signal));
            is_group_gone = true;
            on_change();
        } else if (obeys && core::is_request_to_end(signal)) {
            end(ExitStatus::killed_by(signal));
        }
    }
};

class FakeChild final : public ports::ChildProcess {
public:
    FakeChild(std::shared_ptr<ChildRecord> record, std::int64_t id) : record_(std::move(record)), id_(id) {}
    ~FakeChild() override { record_->is_dropped = true; }
    std::int64_t id() const override { return id_; }
    std::optional<ExitStatus> ended() const override { return record_->status; }
    bool is_group_gone() const override { return record_->is_group_gone; }
    void send(Signal signal) override {
        if (!record_->status) record_->receive(signal, false);
    }
    void send_to_group(Signal signal) override {
        if (!record_->is_group_gone) record_->receive(signal, true);
    }

private:
    std::shared_ptr<ChildRecord> record_;
    std::int64_t id_;
};

class FakeLauncher final : public ports::ProcessLauncher {
public:
    Result<std::unique_ptr<ports::ChildProcess>> start(const std::vector<std::string>& argv,
                                                       std::span<const ports::EnvironmentOverride> environment,
                                                       std::function<void()> on_change) override {
        commands.push_back(argv);
        if (!failures.empty()) {
            auto failure = failures.front();
            failures.pop_front();
            if (failure) return fail(*failure);
        }
        auto record = std::make_shared<ChildRecord>();
        for (const auto& entry : environment) {
            (entry.name == "INSTAGRAM_ACCESS_TOKEN" ? record->token : record->account) = entry.value.reveal();
        }
        record->on_change = std::move(on_change);
        if (prepare) prepare(*record);
        children.push_back(record);
        return std::make_unique<FakeChild>(record, 100 + static_cast<std::int64_t>(children.size()));
    }

    std::vector<std::vector<std::string>> commands;
    std::deque<std::optional<Error>> failures; // of the next starts, in order
    std::function<void(ChildRecord&)> prepare;
    std::vector<std::shared_ptr<ChildRecord>> children;
};

class FakeSignals final : public ports::SignalSource {
public:
    explicit FakeSignals(boost::asio::io_context& io) : arrived_(io.get_executor()) {}
    void send(Signal signal) {
        waiting_.push_back(signal);
        arrived_.set();
    }
    Async<Signal> next() override {
        while (waiting_.empty()) {
            arrived_.clear();
            co_await arrived_.wait();
        }
        const Signal signal = waiting_.front();
        waiting_.pop_front();
        co_return signal;
    }

private:
    Event arrived_;
    std::deque<Signal> waiting_;
};

class FakeTokens final : public TokenSource {
public:
    explicit FakeTokens(boost::asio::io_context& io) : changed_(io.get_executor()) {}
    void publish(int version, const std::string& token) {
        version_ = version;
        token_ = token;
        changed_.set();
    }
    void trouble(Error error) {
        errors_.push_back(std::move(error));
        changed_.set();
    }
    void close() {
        is_closed_ = true;
        changed_.set();
    }
    Task<std::optional<NewToken>> wait_for_change(int known_version) override {
        asked_for.push_back(known_version);
        for (;;) {
            if (!errors_.empty()) {
                const Error error = errors_.front();
                errors_.pop_front();
                co_return fail(error);
            }
            if (version_ > known_version) {
                co_return std::optional<NewToken>(NewToken{Secret(token_), IgUserId("17841400000000001"), version_});
            }
            if (is_closed_) co_return std::optional<NewToken>();
            changed_.clear();
            co_await changed_.wait();
            // As a source that asks over the network: a question broken off looks like one that failed.
            const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
            if (cancellation.cancelled() != boost::asio::cancellation_type::none) {
                co_return fail(Code::kUnreachable, Fault::kTransient, "broken off");
            }
        }
    }
    std::vector<int> asked_for;

private:
    Event changed_;
    int version_ = 0;
    std::string token_;
    std::deque<Error> errors_;
    bool is_closed_ = false;
};

// Writes down what it is told, a line each.
class Diary final : public SupervisorObserver {
public:
    std::vector<std::string> lines;

    void on_started(std::int64_t id, int version) override {
        lines.push_back("started " + std::to_string(id) + " v" + std::to_string(version));
    }
    void on_restarting(RestartReason reason, Milliseconds wait) override {
        lines.push_back(std::string("restarting for ") + (reason == RestartReason::kNewToken ? "token" : "failure") +
                        " in " + std::to_string(wait.count()));
    }
    void on_restarted(const RestartTiming& timing) override {
        lines.push_back("restarted, stopping " + std::to_string(timing.stopping.count()) + " gap " +
                        std::to_string(timing.gap.count()));
    }
    void on_reload_signal(int version) override { lines.push_back("reload v" + std::to_string(version)); }
    void on_stopped(const ExitStatus& status) override { lines.push_back("stopped, " + status.text()); }
    void on_kept_old(const ExitStatus& status) override { lines.push_back("kept old, new: " + status.text()); }
    void on_source_trouble(const Error& error) override { lines.push_back("source: " + error.summary()); }
    void on_start_trouble(const Error& error) override { lines.push_back("start: " + error.summary()); }
};

class FakeWorld {
public:
    FakeWorld() { options.command = {"serve", "--port", "1"}; }
    FakeWorld(const FakeWorld&) = delete;
    FakeWorld& operator=(const FakeWorld&) = delete;

    SupervisorOptions options;
    boost::asio::io_context io{1}; // before all that waits on it
    FakeMonotonic monotonic{io};
    FakeLauncher launcher;
    FakeSignals signals{io};
    FakeTokens tokens{io};
    Diary diary;
    std::optional<Result<RunEnd>> end;

    // Begins run() and goes on until it waits.
    void begin() {
        supervisor_ = std::make_unique<Supervisor>(launcher, signals, monotonic, tokens, options, &diary);
        boost::asio::co_spawn(io, supervisor_->run(), [this](std::exception_ptr thrown, Result<RunEnd> result) {
            if (thrown) std::rethrow_exception(thrown);
            end.emplace(std::move(result));
        });
        monotonic.settle();
    }
    // Begins with version 1, "token-1".
    void begin_with_token() {
        tokens.publish(1, "token-1");
        begin();
    }
    void publish(int version) {
        tokens.publish(version, "token-" + std::to_string(version));
        monotonic.settle();
    }
    void send(Signal signal) {
        signals.send(signal);
        monotonic.settle();
    }
    void end_child(std::size_t index, ExitStatus how) {
        launcher.children.at(index)->end(how);
        monotonic.settle();
    }
    void advance(Milliseconds span) { monotonic.advance(span); }
    ChildRecord& child(std::size_t index) { return *launcher.children.at(index); }
    std::size_t starts() const { return launcher.children.size(); }
    bool has_ended_with(ExitStatus status) const { return end && *end && (*end)->status == status; }

private:
    std::unique_ptr<Supervisor> supervisor_;
};

} // namespace everlong::engine::test
