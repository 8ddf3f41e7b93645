#include <adapters/clock_system/clocks.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace everlong::adapters {
namespace {

namespace asio = boost::asio;

// The longest sleep without a look at the calendar.
constexpr Milliseconds kSlice = Seconds(30);
// How often the simulator's clock is asked for: a jump must be noticed within a second.
constexpr Milliseconds kFollowEvery = Milliseconds(200);
constexpr Milliseconds kClockDeadline = Seconds(2);
// Differences below this are the way the question takes, not a jump.
constexpr Milliseconds kClockNoise = Milliseconds(500);

Async<void> sleep_real(asio::steady_timer& timer, Milliseconds span) {
    timer.expires_after(span);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

class SystemClock final : public ports::Clock {
public:
    explicit SystemClock(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    Instant now() const override { return read_system_clock(); }

    Async<void> sleep_until(Instant due) override {
        const Milliseconds left = due - now();
        if (left <= Milliseconds(0)) co_return;
        asio::steady_timer timer(executor_);
        co_await sleep_real(timer, std::min(left, kSlice));
    }

private:
    asio::any_io_executor executor_;
};

class SteadyMonotonic final : public ports::Monotonic {
public:
    explicit SteadyMonotonic(asio::any_io_executor executor) : executor_(std::move(executor)) {}

    MonotonicInstant now() const override {
        return std::chrono::time_point_cast<Milliseconds>(std::chrono::steady_clock::now());
    }

    Async<void> sleep_for(Milliseconds span) override {
        asio::steady_timer timer(executor_);
        co_await sleep_real(timer, span);
    }

private:
    asio::any_io_executor executor_;
};

class FollowingClock final : public SandboxClock {
public:
    FollowingClock(asio::any_io_executor executor, http::Client& client, std::string meta_base)
        : executor_(std::move(executor)), client_(client), url_(std::move(meta_base) + "/_sandbox/clock"),
          pause_(executor_) {}

    Instant now() const override { return read_system_clock() + offset_; }

    Async<void> sleep_until(Instant due) override {
        const Milliseconds left = due - now();
        if (left <= Milliseconds(0)) co_return;
        asio::steady_timer timer(executor_);
        sleepers_.insert(&timer);
        co_await sleep_real(timer, std::min(left, kSlice));
        sleepers_.erase(&timer);
    }

    Task<void> synchronise() override {
        http::OutgoingRequest request;
        request.url = url_;
        request.deadline = kClockDeadline;
        auto answer = co_await client_.send(std::move(request));
        if (!answer)
            co_return fail(Code::kClock, Fault::kLocal, "the simulator's clock at " + url_ + " does not answer");
        const auto told = read_now(*answer);
        if (!told) co_return fail(Code::kClock, Fault::kLocal, "there is no simulator at " + url_);
        take_offset(*told - read_system_clock());
        co_return Result<void>{};
    }

    void on_jump(std::function<void()> told) override { told_ = std::move(told); }

    Async<void> follow() override {
        while (!is_stopping_) {
            // Without an answer the last offset holds: real time goes on.
            (void)co_await synchronise();
            if (is_stopping_) break;
            co_await sleep_real(pause_, kFollowEvery);
        }
    }

    void stop() override {
        is_stopping_ = true;
        pause_.cancel();
    }

private:
    static std::optional<Instant> read_now(const http::Response& answer) {
        boost::system::error_code problem;
        const auto json = boost::json::parse(answer.body, problem);
        if (problem || answer.status != 200 || !json.is_object()) return std::nullopt;
        const auto* now = json.as_object().if_contains("now");
        if (now == nullptr || !now->is_string()) return std::nullopt;
        return parse_rfc3339(now->as_string());
    }

    void take_offset(Milliseconds offset) {
        const Milliseconds change = offset - offset_;
        if (change < kClockNoise && change > -kClockNoise) return;
        offset_ = offset;
        for (asio::steady_timer* sleeper : sleepers_)
            sleeper->cancel();
        if (told_) told_();
    }

    asio::any_io_executor executor_;
    http::Client& client_;
    std::string url_;
    asio::steady_timer pause_;
    Milliseconds offset_{0};
    std::function<void()> told_;
    std::set<asio::steady_timer*> sleepers_;
    bool is_stopping_ = false;
};

} // namespace

Instant read_system_clock() {
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
}

std::unique_ptr<ports::Clock> make_system_clock(asio::any_io_executor executor) {
    return std::make_unique<SystemClock>(std::move(executor));
}

std::unique_ptr<ports::Monotonic> make_steady_monotonic(asio::any_io_executor executor) {
    return std::make_unique<SteadyMonotonic>(std::move(executor));
}

std::unique_ptr<SandboxClock> make_sandbox_clock(asio::any_io_executor executor, http::Client& client,
                                                 std::string meta_base) {
    return std::make_unique<FollowingClock>(std::move(executor), client, std::move(meta_base));
}

} // namespace everlong::adapters
