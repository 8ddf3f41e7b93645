#include <engine/lifecycle/lifecycle_loop.hpp>

#include <core/limits.hpp>
#include <engine/lifecycle/clock_turned_back.hpp>
#include <engine/lifecycle/deliver.hpp>
#include <engine/lifecycle/watch.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <exception>

namespace everlong::engine {
namespace {

// Where results cannot be recorded (disk full, database locked), the same channels stay due: wait before looking again.
constexpr Milliseconds kPauseAfterLocalFault = Seconds(5);
// A look that found everything done already must not spin; real time, also under a virtual clock.
constexpr Milliseconds kPauseBetweenPasses = Milliseconds(20);

// Corrections of the clock below this change nothing that matters.
constexpr Milliseconds kClockStep = Minutes(1);

bool is_local(const Error& error) {
    return error.fault() == Fault::kLocal || error.fault() == Fault::kCorrupt || error.code() == Code::kBusy;
}

} // namespace

LifecycleLoop::LifecycleLoop(boost::asio::any_io_executor executor, World& world, ports::Monotonic& monotonic,
                             ports::Log& log)
    : executor_(executor), world_(world), monotonic_(monotonic), log_(log), wake_(executor) {}

void LifecycleLoop::stop() {
    is_stopping_ = true;
    wake_.set();
}

void LifecycleLoop::wake() {
    wake_.set();
}

void LifecycleLoop::note(const Error& error, std::string_view subject) {
    if (is_local(error)) has_local_fault_ = true;
    const std::string text = std::string(subject) + ": " + error.summary();
    if (error.fault() == Fault::kTransient || error.fault() == Fault::kUnknownOutcome) {
        log_.warn(text);
    } else {
        log_.error(text);
    }
}

Async<void> LifecycleLoop::run() {
    while (!is_stopping_) {
        wake_.clear();
        has_local_fault_ = false;
        is_working_ = co_await pass();
        if (is_stopping_) break;
        if (!is_working_) {
            co_await monotonic_.sleep_for(kPauseAfterLocalFault);
            continue;
        }
        co_await monotonic_.sleep_for(kPauseBetweenPasses);
        co_await sleep();
    }
}

Async<void> LifecycleLoop::sleep() {
    using namespace boost::asio::experimental::awaitable_operators;
    auto due = co_await world_.store.next_due();
    if (!due) {
        note(due.error(), "next due");
        co_await monotonic_.sleep_for(kPauseAfterLocalFault);
        co_return;
    }
    if (is_stopping_ || wake_.is_set()) co_return;
    // With nothing due at all, a look a day costs nothing and finds what a missed wake() would hide.
    const Instant until = due->value_or(world_.clock.now() + core::kLookEvery);
    if (until > world_.clock.now()) co_await (world_.clock.sleep_until(until) || wake_.wait());
}

Async<bool> LifecycleLoop::pass() {
    const Instant now = world_.clock.now();
    if (!last_pass_at_ || now < *last_pass_at_ - kClockStep) {
        if (auto mended = co_await mend_times_ahead(world_); !mended) {
            note(mended.error(), "times ahead");
            co_return false;
        }
    }
    last_pass_at_ = now;
    auto channels = co_await world_.store.list_due(world_.clock.now(), core::kDueBatch);
    if (!channels) {
        note(channels.error(), "due channels");
        co_return false;
    }
    co_await look_after_all(std::move(*channels));
    if (is_stopping_) co_return true;
    auto deliveries = co_await world_.store.list_due_deliveries(world_.clock.now(), core::kDueBatch);
    if (!deliveries) {
        note(deliveries.error(), "due deliveries");
        co_return false;
    }
    const bool are_recorded = co_await deliver_all(std::move(*deliveries));
    co_return are_recorded && !has_local_fault_;
}

Async<void> LifecycleLoop::look_after_all(std::vector<ports::Channel> channels) {
    if (channels.empty()) co_return;
    std::size_t next = 0;
    std::size_t running = std::min<std::size_t>(channels.size(), core::kChannelsAtOnce);
    Event all_done(executor_);
    const std::size_t count = running;
    for (std::size_t i = 0; i < count; ++i) {
        boost::asio::co_spawn(executor_, look_after_some(channels, next), [&](std::exception_ptr problem) {
            if (problem) {
                // A coroutine may only end by exception where memory ran out or a bug broke a rule; the rest go on.
                log_.error("E_INTERNAL: a channel's look ended by an exception");
            }
            if (--running == 0) all_done.set();
        });
    }
    co_await all_done.wait();
}

Async<void> LifecycleLoop::look_after_some(std::vector<ports::Channel>& channels, std::size_t& next) {
    while (next < channels.size() && !is_stopping_) {
        const std::string name = channels[next++].name;
        auto done = co_await look_after(world_, name);
        if (!done) note(done.error(), name);
    }
}

Async<bool> LifecycleLoop::deliver_all(std::vector<ports::Delivery> deliveries) {
    for (ports::Delivery& delivery : deliveries) {
        if (is_stopping_) break;
        auto outcome = co_await deliver(world_, std::move(delivery), "engine");
        if (!outcome) {
            note(outcome.error(), "delivery");
            // Its channel has been removed since: nothing is left to deliver.
            if (outcome.error().code() == Code::kChannelUnknown) continue;
            co_return false;
        }
        // The sink's own trouble is recorded with its next attempt.
        if (outcome->error) log_.warn(outcome->error->summary());
    }
    co_return true;
}

} // namespace everlong::engine
