#include <simulator/calls/limits.hpp>

#include <simulator/calls/context.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

constexpr int kThrottledPercent = 100;
// Windows of ids that nobody asks for any more are forgotten all at once: a counter too few is better than none too many.
constexpr std::size_t kMostWindows = 500'000; // of a kind

Seconds step_of(Limits::Kind kind) {
    const bool is_hourly = kind == Limits::Kind::kApp || kind == Limits::Kind::kUser;
    return is_hourly ? Seconds(Minutes(1)) : Seconds(Minutes(24));
}

std::unexpected<GraphError> refuse_throttled(const Context& context, Refusal refusal) {
    GraphError error = make_error(refusal);
    // The status of throttling: sources disagree (7.2, 14).
    if (context.switches.is("throttle_status", "403")) error.status = 403;
    if (context.switches.is("throttle_status", "429")) error.status = 429;
    return std::unexpected(std::move(error));
}

// Where both limits could apply, the business-use-case one does (7.2).
Outcome<void> charge_business(Context& context) {
    std::optional<Refusal> refusal;
    for (; context.charged_ids < context.counted_ids.size(); ++context.charged_ids) {
        const auto& [id, type] = context.counted_ids[context.charged_ids];
        const bool is_instagram = type == "instagram";
        const auto kind = is_instagram ? Limits::Kind::kInstagram : Limits::Kind::kPage;
        if (context.limits.count(kind, id, context.call.now).percent > kThrottledPercent)
            refusal = is_instagram ? Refusal::kInstagramLimit : Refusal::kPageLimit;
    }
    if (refusal) return refuse_throttled(context, *refusal);
    return {};
}

} // namespace

std::int64_t Limits::quota_of(Kind kind) const {
    switch (kind) {
    case Kind::kApp: return quotas_.app_calls_per_hour;
    case Kind::kUser: return quotas_.user_calls_per_hour;
    case Kind::kPageByUser:
    case Kind::kPage: return quotas_.page_calls_per_day;
    case Kind::kInstagram: return quotas_.instagram_calls_per_day;
    }
    return 1;
}

Limits::Window& Limits::window_of(Kind kind, std::string_view id, Instant now) {
    auto& windows = windows_[static_cast<std::size_t>(kind)];
    auto found = windows.find(id);
    if (found == windows.end()) {
        if (windows.size() >= kMostWindows) windows.clear();
        found = windows.emplace(id, Window{}).first;
    }
    Window& window = found->second;
    const std::int64_t step = to_unix_s(now) / step_of(kind).count();
    // Steps that have left the window are emptied; a clock that was set back starts afresh.
    const std::int64_t passed = step - window.last_step;
    if (passed < 0 || passed >= static_cast<std::int64_t>(kSteps)) {
        window = Window{};
    } else {
        for (std::int64_t i = 1; i <= passed; ++i) {
            auto& count = window.counts[static_cast<std::size_t>(window.last_step + i) % kSteps];
            window.total -= count;
            count = 0;
        }
    }
    window.last_step = step;
    return window;
}

Limits::Usage Limits::usage_of(Kind kind, const Window& window) const {
    const std::int64_t quota = std::max<std::int64_t>(quota_of(kind), 1);
    Usage usage;
    usage.percent = static_cast<int>(std::min<std::int64_t>((window.total * 100 + quota - 1) / quota, 1000));
    std::int64_t left = window.total;
    for (std::int64_t i = 1; left >= quota && i <= static_cast<std::int64_t>(kSteps); ++i) {
        left -= window.counts[static_cast<std::size_t>(window.last_step + i) % kSteps];
        usage.regain_minutes = i * step_of(kind).count() / 60;
    }
    return usage;
}

Limits::Usage Limits::count(Kind kind, std::string_view id, Instant now) {
    Window& window = window_of(kind, id, now);
    ++window.counts[static_cast<std::size_t>(window.last_step) % kSteps];
    ++window.total;
    return usage_of(kind, window);
}

Limits::Usage Limits::look(Kind kind, std::string_view id, Instant now) {
    return usage_of(kind, window_of(kind, id, now));
}

Outcome<void> charge(Context& context) {
    if (!context.counted_ids.empty()) return charge_business(context);
    Limits& limits = context.limits;
    const Instant now = context.call.now;
    const auto is_over = [&](Limits::Kind kind, const std::string& id) {
        return !id.empty() && limits.count(kind, id, now).percent > kThrottledPercent;
    };
    const bool is_app_over = is_over(Limits::Kind::kApp, context.counted_app);
    const bool is_person = context.token != nullptr && context.token->kind == Kind::kUser;
    const bool is_user_over = is_person && is_over(Limits::Kind::kUser, context.token->person_id);
    const bool is_page_over = is_person && is_over(Limits::Kind::kPageByUser, context.counted_page);
    if (is_app_over) return refuse_throttled(context, Refusal::kAppLimit);
    if (is_user_over) return refuse_throttled(context, Refusal::kUserLimit);
    if (is_page_over) return refuse_throttled(context, Refusal::kPageByUserLimit);
    return {};
}

boost::json::object to_json(const Quotas& quotas) {
    return {{"app_calls_per_hour", quotas.app_calls_per_hour},
            {"user_calls_per_hour", quotas.user_calls_per_hour},
            {"page_calls_per_day", quotas.page_calls_per_day},
            {"instagram_calls_per_day", quotas.instagram_calls_per_day}};
}

void read_quotas(Wishes& wishes, Quotas& quotas) {
    constexpr std::int64_t kMostCalls = 1'000'000'000'000;
    wishes.allow({"app_calls_per_hour", "user_calls_per_hour", "page_calls_per_day", "instagram_calls_per_day"});
    const auto read = [&](std::string_view name, std::int64_t& quota) {
        quota = wishes.number(name, 1, kMostCalls).value_or(quota);
    };
    read("app_calls_per_hour", quotas.app_calls_per_hour);
    read("user_calls_per_hour", quotas.user_calls_per_hour);
    read("page_calls_per_day", quotas.page_calls_per_day);
    read("instagram_calls_per_day", quotas.instagram_calls_per_day);
}

} // namespace everlong::simulator
