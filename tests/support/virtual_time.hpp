#pragma once
// Time that moves only when a test says so. The calendar jumps from sleeper to sleeper; monotonic sleeps return at once.

#include <ports/clock.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <map>

namespace everlong::test {

class VirtualClock final : public ports::Clock {
public:
    // `now` is read from and `move` moves the one clock that everything in the test follows.
    VirtualClock(boost::asio::io_context& context, std::function<Instant()> now, std::function<void(Milliseconds)> move)
        : context_(context), now_(std::move(now)), move_(std::move(move)) {}

    Instant now() const override { return now_(); }

    Async<void> sleep_until(Instant due) override {
        if (due <= now()) co_return;
        boost::asio::steady_timer timer(context_, boost::asio::steady_timer::time_point::max());
        const auto place = sleepers_.emplace(due, &timer);
        co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        sleepers_.erase(place);
    }

    bool has_sleeper() const { return !sleepers_.empty(); }
    Instant next_due() const { return sleepers_.begin()->first; }

    // Moves time and wakes who is due.
    void advance_to(Instant instant) {
        if (instant > now()) move_(instant - now());
        for (const auto& [due, timer] : sleepers_) {
            if (due <= now()) timer->cancel();
        }
    }

private:
    boost::asio::io_context& context_;
    std::function<Instant()> now_;
    std::function<void(Milliseconds)> move_;
    std::multimap<Instant, boost::asio::steady_timer*> sleepers_;
};

class InstantMonotonic final : public ports::Monotonic {
public:
    explicit InstantMonotonic(boost::asio::io_context& context) : context_(context) {}
    MonotonicInstant now() const override { return now_; }
    Async<void> sleep_for(Milliseconds span) override {
        now_ += span;
        co_await boost::asio::post(context_, boost::asio::use_awaitable);
    }

private:
    boost::asio::io_context& context_;
    MonotonicInstant now_{};
};

} // namespace everlong::test
