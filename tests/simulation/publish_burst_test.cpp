// Thousands of posts that are due in the same minute, with calls that take their time and a budget of calls.

#include <simulation/publish_rig.hpp>

#include <algorithm>

namespace everlong::test {
namespace {

constexpr int kPosts = 5'000;
constexpr int kFewerPosts = 1'500; // show the same where the budget, not the machine, is what is short
constexpr int kChannels = 100;

struct Burst {
    std::vector<double> late_s; // sorted
    bool is_in_order = true;
    int calls_in_a_second = 0; // the most
};

Burst burst(int posts, int calls_per_second, const std::function<Milliseconds(int)>& due_of) {
    PublishRigOptions options;
    options.channels = kChannels;
    options.calls_per_second = calls_per_second;
    options.is_paced = true;
    options.latency = Milliseconds(250);
    PublishRig rig(options);
    rig.meta->processing = Milliseconds(0);
    const Instant minute = rig.now() + Minutes(30);
    std::map<std::string, Instant> due;
    for (int i = 0; i < posts; ++i) {
        const std::string caption = "burst " + std::to_string(i);
        due[caption] = minute + due_of(i);
        rig.add(rig.make_post(caption, due[caption], i % kChannels));
    }
    rig.start();
    const auto is_all_sent = [&] { return rig.meta->publish_calls().size() >= static_cast<std::size_t>(posts); };
    rig.pass(Hours(2), is_all_sent);
    Burst result;
    Instant last{};
    std::map<std::int64_t, int> by_second;
    for (const auto& [caption, at] : rig.meta->publish_calls()) {
        result.late_s.push_back(static_cast<double>((at - due.at(caption)).count()) / 1000);
        result.is_in_order = result.is_in_order && due.at(caption) >= last;
        last = due.at(caption);
        ++by_second[to_unix_s(at)];
    }
    for (const auto& [second, count] : by_second)
        result.calls_in_a_second = std::max(result.calls_in_a_second, count);
    std::ranges::sort(result.late_s);
    for (int i = 0; i < posts; ++i)
        EXPECT_LE(rig.meta->live("burst " + std::to_string(i)), 1);
    return result;
}

void print(const char* name, const Burst& result) {
    const auto at = [&](double share) {
        return result.late_s[static_cast<std::size_t>(share * static_cast<double>(result.late_s.size() - 1))];
    };
    std::printf("%s: %zu calls, lateness p50 %.2f s, p99 %.2f s, most %.2f s; at most %d in a second\n", name,
                result.late_s.size(), at(0.5), at(0.99), result.late_s.back(), result.calls_in_a_second);
}

TEST(PublishBurst, AMinutesFiveThousandGoOutInOrderAndInTime) {
    const Burst result = burst(kPosts, 400, [](int i) { return Milliseconds(i * 12); });
    ASSERT_EQ(result.late_s.size(), static_cast<std::size_t>(kPosts));
    print("over a minute", result);
    EXPECT_TRUE(result.is_in_order);
    EXPECT_GE(result.late_s.front(), 0);
    EXPECT_LT(result.late_s[kPosts * 99 / 100], 5);
}

TEST(PublishBurst, WhatTheBudgetDoesNotAllowGoesOutLaterInOrder) {
    const int posts = ci_or_long(kFewerPosts, kPosts);
    const Burst result = burst(posts, 50, [](int i) { return Milliseconds(i * 12); });
    ASSERT_EQ(result.late_s.size(), static_cast<std::size_t>(posts));
    print("with a small budget", result);
    EXPECT_TRUE(result.is_in_order);
    EXPECT_GE(result.late_s.front(), 0);
    EXPECT_LE(result.calls_in_a_second, 2 * 50);
}

} // namespace
} // namespace everlong::test
