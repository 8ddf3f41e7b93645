#pragma once
// Rate limits: calls counted in moving windows of virtual time, the usage headers that rise with them, and the refusals
// that follow (graph-api.md, 7.1, 7.2). Meta's sums depend on how many people use an app and see an account; here they are
// settings, generous unless a test lowers them.

#include <simulator/wire/errors.hpp>
#include <simulator/wire/wishes.hpp>
#include <simulator/world/world.hpp>

#include <base/time.hpp>

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace everlong::simulator {

struct Context;

struct Quotas {
    std::int64_t app_calls_per_hour = 10'000'000;      // 200 × daily users
    std::int64_t user_calls_per_hour = 1'000'000;      // undisclosed
    std::int64_t page_calls_per_day = 50'000'000;      // 4800 × engaged users
    std::int64_t instagram_calls_per_day = 50'000'000; // 4800 × impressions
};

boost::json::object to_json(const Quotas& quotas);
// Members that are there change a quota; complains of what is wrong or unknown.
void read_quotas(Wishes& wishes, Quotas& quotas);

class Limits {
public:
    enum class Kind { kApp, kUser, kPageByUser, kPage, kInstagram };
    struct Usage {
        int percent = 0;                 // over 100 while throttled
        std::int64_t regain_minutes = 0; // until calls are let through again
    };

    // Also a call that is refused counts: calling on while throttled lengthens the block.
    Usage count(Kind kind, std::string_view id, Instant now);
    Usage look(Kind kind, std::string_view id, Instant now);

    const Quotas& quotas() const { return quotas_; }
    void set_quotas(const Quotas& quotas) { quotas_ = quotas; }

private:
    // A window in sixty steps, so that it moves and stays small.
    static constexpr std::size_t kSteps = 60;
    struct Window {
        std::array<std::uint32_t, kSteps> counts{};
        std::int64_t last_step = 0;
        std::int64_t total = 0;
    };
    Usage usage_of(Kind kind, const Window& window) const;
    Window& window_of(Kind kind, std::string_view id, Instant now);
    std::int64_t quota_of(Kind kind) const;

    Quotas quotas_;
    // By kind, then by id; looked up without a copy of the id, several times a call.
    static constexpr std::size_t kKinds = 5;
    std::array<std::unordered_map<std::string, Window, TextHash, std::equal_to<>>, kKinds> windows_;
};

// Counts the call towards what the context says it counts towards; refuses where that is used up: 4, 17, 32, 80001, 80002.
Outcome<void> charge(Context& context);

} // namespace everlong::simulator
