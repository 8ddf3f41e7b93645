#include <engine/publishing/call_budget.hpp>

#include <core/publishing/post_machine.hpp>
#include <core/publishing/publish_limits.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

// Of a limit of the app as a whole: its code, or an answer of 429 that does not say (7.1). The others are an account's.
bool is_of_the_app(const Error& error) {
    const Upstream* upstream = error.upstream();
    if (upstream == nullptr) return true;
    return upstream->code == 4 || upstream->code == 613 || upstream->code == 0;
}

} // namespace

CallBudget::CallBudget(boost::asio::any_io_executor executor, ports::Monotonic& monotonic, int calls_per_second)
    : executor_(std::move(executor)), monotonic_(monotonic), calls_per_second_(std::max(calls_per_second, 1)),
      tokens_(calls_per_second_), refilled_at_(monotonic.now()) {}

void CallBudget::refill() {
    const MonotonicInstant now = monotonic_.now();
    const double passed_s = static_cast<double>((now - refilled_at_).count()) / 1000;
    tokens_ = std::min<double>(calls_per_second_, tokens_ + passed_s * calls_per_second_);
    refilled_at_ = now;
}

Async<void> CallBudget::take(Instant due_at) {
    refill();
    if (waiting_.empty() && tokens_ >= 1) {
        tokens_ -= 1;
        co_return;
    }
    Event turn(executor_);
    const auto place = waiting_.emplace(due_at, &turn);
    if (!is_giving_out_) {
        is_giving_out_ = true;
        boost::asio::co_spawn(executor_, give_out(), boost::asio::detached);
    }
    try {
        co_await turn.wait();
    } catch (...) {
        // Whoever is cancelled leaves no address of its own behind.
        if (!turn.is_set()) waiting_.erase(place);
        throw;
    }
}

Async<void> CallBudget::give_out() {
    while (!waiting_.empty()) {
        refill();
        while (tokens_ >= 1 && !waiting_.empty()) {
            Event* first = waiting_.begin()->second;
            waiting_.erase(waiting_.begin());
            tokens_ -= 1;
            first->set();
        }
        // The time that one call takes of the budget, and at least what a clock in milliseconds can tell.
        if (!waiting_.empty()) co_await monotonic_.sleep_for(Milliseconds(std::max(1, 1000 / calls_per_second_)));
    }
    is_giving_out_ = false;
}

void CallBudget::note(ChannelId channel, const Error& error, Instant now) {
    if (core::trouble_of(error) != core::Trouble::kRateLimited) return;
    ++limits_in_a_row_;
    const Pause pause{now + core::rate_limit_wait(error, limits_in_a_row_), core::make_problem(error, now)};
    if (is_of_the_app(error)) {
        app_pause_ = pause;
    } else {
        channel_pauses_.insert_or_assign(channel, pause);
    }
}

void CallBudget::note_success() {
    limits_in_a_row_ = 0;
}

void CallBudget::note_usage(ChannelId channel, const ports::Usage& usage, Instant now) {
    const auto pause_of = [&](int percent) {
        core::Problem problem{Code::kRateLimited,
                              Fault::kRateLimited,
                              std::to_string(percent) + " % of a limit of Meta's is used",
                              0,
                              0,
                              now};
        const Milliseconds wait = usage.regains_in ? Milliseconds(*usage.regains_in) : core::kUsageBrake;
        return Pause{now + std::clamp(wait, core::kUsageBrake, core::kRateLimitLongest), std::move(problem)};
    };
    if (usage.app_percent >= core::kUsageBrakePercent) app_pause_ = pause_of(usage.app_percent);
    if (usage.account_percent >= core::kUsageBrakePercent) {
        channel_pauses_.insert_or_assign(channel, pause_of(usage.account_percent));
    }
}

std::optional<Pause> CallBudget::pause(ChannelId channel, Instant now) const {
    // A pause that seems longer than any is one that a clock left behind which has been set back since.
    const auto is_on = [&](const Pause& pause) { return now < pause.until && pause.until - now <= core::kLongestWait; };
    if (app_pause_ && is_on(*app_pause_)) return app_pause_;
    const auto own = channel_pauses_.find(channel);
    if (own != channel_pauses_.end() && is_on(own->second)) return own->second;
    return std::nullopt;
}

Async<void> PublishLine::Place::turn() {
    using namespace boost::asio::experimental::awaitable_operators;
    if (line_ == nullptr) co_return;
    PublishLine& line = *line_;
    const MonotonicInstant until = line.monotonic_.now() + core::kLinePatience;
    while (!line.places_.empty() && *line.places_.begin() < key_) {
        const Milliseconds left = until - line.monotonic_.now();
        if (left <= Milliseconds(0)) co_return;
        line.changed_.clear();
        ++line.waiting_;
        co_await (line.changed_.wait() || line.monotonic_.sleep_for(left));
        --line.waiting_;
    }
}

void PublishLine::Place::leave() {
    if (line_ == nullptr) return;
    line_->places_.erase(key_);
    line_->changed_.set();
    line_ = nullptr;
}

} // namespace everlong::engine
