#include <engine/webhooks/webhook_loop.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <iterator>
#include <variant>

namespace everlong::engine {
namespace {

constexpr int kGone = 410;
constexpr std::string_view kAll = "all";

bool is_success(const Result<int>& answer) {
    return answer && *answer >= 200 && *answer < 300;
}

bool is_same(const ports::Notice& one, const ports::Notice& other) {
    return one.event == other.event && one.id == other.id;
}

std::string why(const Result<int>& answer) {
    return answer ? "it answered HTTP " + std::to_string(*answer) : answer.error().summary();
}

} // namespace

WebhookLoop::WebhookLoop(boost::asio::any_io_executor executor, ports::Webhook& webhook, const ports::Clock& clock,
                         ports::Monotonic& monotonic, ports::Random& random, ports::Log& log, WebhookLimits limits)
    : webhook_(webhook), clock_(clock), monotonic_(monotonic), random_(random), log_(log), limits_(limits),
      wake_(executor), stop_(executor) {
    add({std::string(kAll), {}, {}, {}, {}});
}

void WebhookLoop::tell(std::string event, std::string id, std::string channel, std::string state) {
    if (is_gone_) return;
    add({std::move(event), std::move(id), std::move(channel), std::move(state), clock_.now()});
    wake_.set();
}

void WebhookLoop::add(ports::Notice notice) {
    const auto known = std::ranges::find_if(waiting_, [&](const auto& other) { return is_same(other, notice); });
    if (known != waiting_.end()) {
        *known = std::move(notice);
        return;
    }
    if (waiting_.size() >= limits_.waiting) {
        const Instant at = notice.at;
        waiting_.clear();
        notice = {std::string(kAll), {}, {}, {}, at};
    }
    waiting_.push_back(std::move(notice));
}

// Before what has come since; of equal ones the newer stays.
void WebhookLoop::put_back(std::vector<ports::Notice> told) {
    std::erase_if(told, [&](const ports::Notice& notice) {
        return std::ranges::any_of(waiting_, [&](const auto& other) { return is_same(other, notice); });
    });
    if (told.size() + waiting_.size() > limits_.waiting) {
        waiting_.clear();
        told = {{std::string(kAll), {}, {}, {}, clock_.now()}};
    }
    waiting_.insert(waiting_.begin(), std::make_move_iterator(told.begin()), std::make_move_iterator(told.end()));
}

void WebhookLoop::stop() {
    stop_.set();
}

Async<void> WebhookLoop::pause(Milliseconds span) {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (monotonic_.sleep_for(span) || stop_.wait());
}

Async<Result<int>> WebhookLoop::call(std::vector<ports::Notice> notices) {
    using namespace boost::asio::experimental::awaitable_operators;
    auto ended = co_await (webhook_.tell(std::move(notices)) || stop_.wait());
    if (auto* answer = std::get_if<0>(&ended)) co_return std::move(*answer);
    co_return fail(Code::kCancelled, Fault::kCancelled);
}

Milliseconds WebhookLoop::wait_after_failure() {
    Milliseconds wait = limits_.first_wait;
    for (int i = 1; i < failures_ && wait < limits_.longest_wait; ++i)
        wait *= 2;
    wait = std::min(wait, limits_.longest_wait);
    constexpr int kShares = 64; // a sign of an id has as many values, give or take
    const int chance = static_cast<unsigned char>(random_.id(1).front()) % kShares;
    return wait - wait * chance / (4 * kShares);
}

bool WebhookLoop::judge(const Result<int>& answer, std::vector<ports::Notice> told) {
    if (is_success(answer)) {
        if (failures_ > 0) log_.info("the webhook's receiver takes events again");
        failures_ = 0;
        return true;
    }
    if (answer && *answer == kGone) {
        log_.warn("the webhook's receiver answered 410 Gone: it is told nothing more until the next start");
        is_gone_ = true;
        waiting_.clear();
        return false;
    }
    put_back(std::move(told));
    // The first of a row; then it is known.
    if (++failures_ == 1) log_.warn("the webhook's receiver was not told: " + why(answer) + "; tried again");
    return true;
}

Async<void> WebhookLoop::run() {
    using namespace boost::asio::experimental::awaitable_operators;
    for (ports::Notice& notice : waiting_) {
        if (notice.event == kAll) notice.at = clock_.now();
    }
    while (!stop_.is_set()) {
        wake_.clear();
        if (waiting_.empty()) co_await (wake_.wait() || stop_.wait());
        co_await pause(limits_.gather);
        if (stop_.is_set()) co_return;
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), limits_.at_once));
        std::vector<ports::Notice> told(waiting_.begin(), end);
        waiting_.erase(waiting_.begin(), end);
        const auto answer = co_await call(told);
        if (stop_.is_set()) co_return;
        if (!judge(answer, std::move(told))) co_return;
        if (failures_ > 0) co_await pause(wait_after_failure());
    }
}

} // namespace everlong::engine
