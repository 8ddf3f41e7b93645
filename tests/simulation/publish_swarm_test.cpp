// Months of posts under whatever comes: spoiled replies, outages, tokens that die and come back, used-up quotas, a clock that
// jumps, a machine that stops. By the ledger none is live twice, none is lost, and none is late without saying why.

#include <simulation/publish_faults.hpp>
#include <simulation/publish_rig.hpp>

#include <algorithm>
#include <map>
#include <random>

namespace everlong::test {
namespace {

using core::PostState;

constexpr int kChannels = 40;
constexpr int kPostsARound = 500;
constexpr Milliseconds kRound = Days(1);

// What is wrong with the world, and until when. By chance, from one seed.
class Weather {
public:
    Weather(PublishRig& rig, std::uint64_t seed) : rig_(rig), chance_(seed) {
        rig.meta->fault = [this](const MetaCall&) { return spoil(); };
    }

    bool one_in(int n) { return chance_() % static_cast<std::uint64_t>(n) == 0; }
    int below(int n) { return static_cast<int>(chance_() % static_cast<std::uint64_t>(n)); }

    // Now and then something begins, and what is over ends.
    void turn() {
        const Instant now = rig_.meta_now();
        if (now >= outage_until_ && one_in(60)) outage_until_ = now + Minutes(1 + below(180));
        for (auto& [account, until] : dead_until_) {
            if (until == Instant{} || now < until) continue;
            rig_.meta->accounts[account].is_alive = true;
            until = {};
            rig_.loop().channel_changed(rig_.channel_name(number_of(account)));
        }
        if (one_in(40)) {
            const std::string account = rig_.account_of(below(kChannels));
            rig_.meta->accounts[account].is_alive = false;
            dead_until_[account] = now + Minutes(5 + below(600));
        }
        // Ahead of Meta's by up to a month, for a while; and back again.
        if (jumped_ == Milliseconds(0) && one_in(80)) {
            jumped_ = one_in(2) ? Milliseconds(Days(1 + below(30))) : -Milliseconds(Minutes(1 + below(50)));
            rig_.meta_ahead -= jumped_;
            rig_.jump(jumped_);
            jump_until_ = rig_.meta_now() + Minutes(1 + below(90));
        } else if (jumped_ != Milliseconds(0) && now >= jump_until_) {
            set_right();
        }
        if (one_in(100)) rig_.stop_machine_at(below(200));
    }

    // Fair from now on.
    void clear() {
        rig_.meta->fault = [](const MetaCall&) { return std::optional<ReplyFault>(); };
        for (auto& [account, until] : dead_until_)
            rig_.meta->accounts[account].is_alive = true;
        if (jumped_ != Milliseconds(0)) set_right();
        rig_.stop_machine_at(-1);
    }

private:
    void set_right() {
        rig_.meta_ahead += jumped_;
        rig_.jump(-jumped_);
        jumped_ = Milliseconds(0);
    }
    int number_of(const std::string& account) const {
        for (int i = 0; i < kChannels; ++i) {
            if (rig_.account_of(i) == account) return i;
        }
        return 0;
    }
    std::optional<ReplyFault> spoil() {
        if (rig_.meta_now() < outage_until_) {
            ReplyFault outage;
            outage.status = 503;
            return outage;
        }
        if (!one_in(400)) return std::nullopt;
        return reply_faults()[static_cast<std::size_t>(below(static_cast<int>(reply_faults().size())))];
    }

    PublishRig& rig_;
    std::mt19937_64 chance_;
    Instant outage_until_{};
    Instant jump_until_{};
    Milliseconds jumped_{0};
    std::map<std::string, Instant> dead_until_;
};

struct Count {
    int posts = 0;
    std::map<PostState, int> ends;
    int in_doubt = 0;
    int late = 0;
};

// Does the story say why?
bool tells_why(PublishRig& rig, const core::Post& post) {
    return std::ranges::any_of(rig.timeline(post.id), [](const core::TimelineEntry& entry) {
        return entry.problem || entry.detail.find("late") != std::string::npos;
    });
}

void judge(PublishRig& rig, const core::Post& post, Count& count) {
    const std::string& caption = post.content.caption;
    const int live = rig.meta->live(caption);
    ++count.posts;
    ++count.ends[post.state];
    ASSERT_LE(live, 1) << caption;
    switch (post.state) {
    case PostState::kPublished: {
        ASSERT_EQ(live, 1) << caption;
        const Milliseconds late = *post.result.published_at - post.schedule.due_at;
        if (late > Minutes(2)) {
            ++count.late;
            ASSERT_TRUE(tells_why(rig, post)) << caption << " is " << humanize(late) << " late";
        }
        break;
    }
    case PostState::kFailed:
        ASSERT_EQ(live, 0) << caption;
        ASSERT_TRUE(post.progress.problem) << caption;
        break;
    case PostState::kHeld:
        ASSERT_TRUE(post.progress.problem) << caption;
        if (!post.progress.attempt) {
            ASSERT_EQ(live, 0) << caption;
            break;
        }
        ++count.in_doubt;
        rig.wish(post.id, [&](core::Post held) {
            return live == 1 ? core::settle_published(std::move(held), "", rig.now())
                             : core::settle_unpublished(std::move(held), rig.now());
        });
        ASSERT_EQ(rig.load(post.id).state, live == 1 ? PostState::kPublished : PostState::kFailed);
        break;
    default: FAIL() << caption << " is still " << core::to_text(post.state);
    }
}

void swarm(std::uint64_t seed, int posts) {
    PublishRigOptions options;
    options.channels = kChannels;
    PublishRig rig(options);
    rig.meta->does_second_publish_double = seed % 2 == 0;
    rig.meta->list_lag = Seconds(30);
    Weather weather(rig, seed);
    for (int i = 0; i < kChannels; ++i)
        rig.meta->accounts[rig.account_of(i)].quota_total = i % 10 == 0 ? 12 : 100;
    rig.start();
    for (int made = 0; made < posts; made += kPostsARound) {
        for (int i = 0; i < kPostsARound; ++i) {
            const Milliseconds due = Minutes(10 + weather.below(22 * 60));
            core::Post post = rig.make_post("swarm " + std::to_string(made + i), rig.meta_now() + due,
                                            weather.below(kChannels), weather.one_in(20) ? 2 : 1);
            if (weather.one_in(10)) post.content.first_comment = "#cats";
            rig.add(std::move(post));
        }
        const Instant end = rig.meta_now() + kRound;
        while (rig.meta_now() < end) {
            weather.turn();
            rig.pass(Minutes(10));
            if (rig.has_machine_stopped()) rig.restart_after_stop_of_machine();
        }
    }
    weather.clear();
    if (rig.has_machine_stopped()) rig.restart_after_stop_of_machine();
    for (int i = 0; i < kChannels; ++i)
        rig.loop().channel_changed(rig.channel_name(i));
    rig.pass(Days(4));
    Count count;
    for (const core::Post& post : rig.all()) {
        judge(rig, post, count);
        if (testing::Test::HasFatalFailure()) return;
    }
    std::printf(
        "seed %llu: %d posts, %d calls: %d published (%d of them late, with the cause), %d failed, %d held; %d in "
        "doubt, settled by one command each\n",
        static_cast<unsigned long long>(seed), count.posts, rig.meta->calls(), count.ends[PostState::kPublished],
        count.late, count.ends[PostState::kFailed], count.ends[PostState::kHeld], count.in_doubt);
    EXPECT_EQ(count.posts, posts);
    EXPECT_LE(count.in_doubt, std::max(2, posts / 1000)) << "more than one in a thousand";
}

// In parts, so that they can run side by side. Instrumented they look for faults of memory: a tenth of the posts has them.
constexpr int kParts = 4;
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int kPosts = 500;
#else
constexpr int kPosts = 5'000;
#endif

class PublishSwarm : public testing::TestWithParam<int> {};

TEST_P(PublishSwarm, NoneIsLiveTwiceLostOrSilentlyLate) {
    const std::uint64_t first = wanted_seed().value_or(1);
    const int rounds = wanted_seed() ? 1 : ci_or_long(4, 200);
    for (int i = GetParam(); i < rounds; i += kParts) {
        const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
        SCOPED_TRACE("replay with EVERLONG_SEED=" + std::to_string(seed));
        swarm(seed, kPosts);
        if (testing::Test::HasFailure()) return;
    }
}

INSTANTIATE_TEST_SUITE_P(Part, PublishSwarm, testing::Range(0, kParts));

} // namespace
} // namespace everlong::test
