// Weeks of posts of all kinds under whatever comes, with wall times around the days on which clocks are changed. By the ledger
// none is live twice, none is lost, none is late without saying why, and none goes out when the clock on the wall says
// something else.

#include <simulation/changing_zones.hpp>
#include <simulation/swarm_weather.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace everlong::test {
namespace {

using core::PostKind;
using core::PostState;

constexpr int kChannels = 40;
constexpr int kPostsARound = 500;
constexpr Milliseconds kRound = Days(1);
// What goes out so long after its time is late.
constexpr Milliseconds kOnTime = Minutes(2);

// Ten days from each of these cross changes of the clocks: Europe's in autumn (25 October) and North America's (1 November);
// Europe's in spring (29 March), and Australia's and Chile's (4 and 5 April); North America's in spring (8 March); New Zealand's
// (27 September) and Australia's in their spring (4 October).
constexpr std::array kStarts{"2026-10-24T00:00:00Z", "2026-03-27T12:00:00Z", "2026-03-04T00:00:00Z",
                             "2026-09-26T00:00:00Z"};
const std::vector<std::string> kZones{
    "Europe/Berlin",    "Europe/London",  "America/New_York", "America/Los_Angeles", "America/St_Johns",
    "America/Santiago", "Asia/Kathmandu", "Asia/Tokyo",       "Australia/Lord_Howe", "Australia/Sydney",
    "Pacific/Auckland", "Africa/Cairo",   "Etc/UTC",          ChangingZones::kReform};

struct Count {
    int posts = 0;
    std::map<PostState, int> ends;
    std::map<PostKind, int> kinds;
    int uploads = 0;
    int zoned = 0;
    int odd = 0; // wall times that a clock skips or shows twice
    int moved = 0;
    int in_doubt = 0;
    int late = 0;
    int comments_in_doubt = 0;
};

class Swarm {
public:
    Swarm(std::uint64_t seed, int posts)
        : seed_(seed), posts_(posts), rig_(options(seed)), weather_(rig_, seed, kChannels) {
        rig_.meta->does_second_publish_double = seed % 2 == 0;
        for (int i = 0; i < kChannels; ++i)
            rig_.meta->accounts[rig_.account_of(i)].quota_total = i % 10 == 0 ? 12 : 100;
    }

    void live() {
        rig_.start();
        for (int made = 0; made < posts_; made += kPostsARound) {
            if (made == posts_ / 2 / kPostsARound * kPostsARound) enact_law();
            count_.moved += rig_.follow_zones(zones_); // as the service does once a day
            for (int i = made; i < std::min(made + kPostsARound, posts_); ++i)
                add_post(i);
            const Instant end = rig_.meta_now() + kRound;
            while (rig_.meta_now() < end) {
                weather_.turn();
                rig_.pass(Minutes(10));
                if (rig_.has_machine_stopped()) rig_.restart_after_stop_of_machine();
            }
        }
        weather_.clear();
        if (rig_.has_machine_stopped()) rig_.restart_after_stop_of_machine();
        for (int i = 0; i < kChannels; ++i)
            rig_.loop().channel_changed(rig_.channel_name(i));
        rig_.pass(Days(6));
    }

    Count judge() {
        for (const core::Post& post : rig_.all()) {
            judge(post);
            if (testing::Test::HasFatalFailure()) break;
        }
        EXPECT_EQ(rig_.meta->damaged_uploads(), 0);
        return count_;
    }

    const PublishMeta& meta() const { return *rig_.meta; }

private:
    static PublishRigOptions options(std::uint64_t seed) {
        PublishRigOptions options;
        options.channels = kChannels;
        options.start = *parse_rfc3339(kStarts[(seed - 1) % kStarts.size()]);
        return options;
    }

    // Half way a country gives itself a new time, which is known half a day before. (Where a wrong clock has begun a post at that
    // moment, it is moved a day later.)
    void enact_law() {
        weather_.set_clock_right();
        rig_.pass(Minutes(1));
        if (rig_.has_machine_stopped()) rig_.restart_after_stop_of_machine();
        zones_.enact({rig_.meta_now() + Hours(12), seed_ % 2 == 0 ? Milliseconds(0) : Milliseconds(Hours(3))});
    }

    void add_post(int number) {
        const std::string name = "swarm-" + std::to_string(number);
        core::Post post =
            rig_.make_post(name, rig_.meta_now() + Minutes(10 + weather_.below(22 * 60)), weather_.below(kChannels));
        give_content(post, name);
        if (weather_.one_in(3)) give_wall_time(post);
        ++count_.kinds[post.content.kind];
        names_[rig_.add(std::move(post)).id] = name;
    }

    void give_content(core::Post& post, const std::string& name) {
        core::PostContent& content = post.content;
        core::PostMedium& medium = content.media.front();
        medium.url = "https://example.org/" + name + ".jpg";
        switch (weather_.below(20)) {
        case 0:
            content.kind = PostKind::kCarousel;
            content.media.resize(static_cast<std::size_t>(2 + weather_.below(2)), medium);
            break;
        case 1: give_video(content, PostKind::kReel, name); break;
        case 2: content.kind = PostKind::kStory; break;
        case 3:
            if (weather_.one_in(2)) {
                give_video(content, PostKind::kStory, name);
            } else {
                content.caption.clear();
            }
            break;
        default: break;
        }
        if (content.kind == PostKind::kStory) content.caption.clear();
        if (content.kind != PostKind::kStory && weather_.one_in(10)) content.first_comment = "#cats";
    }

    // By resumable upload of some hundred bytes.
    void give_video(core::PostContent& content, PostKind kind, const std::string& name) {
        std::string bytes = name + "|";
        while (bytes.size() < 600)
            bytes += std::to_string(bytes.size()) + " ";
        content.kind = kind;
        content.media.front() = {};
        content.media.front().type = core::MediumType::kVideo;
        content.media.front().file = rig_.add_file(std::move(bytes));
        ++count_.uploads;
    }

    // As a person writes it: of one zone, often in the night, when clocks are changed; up to three days ahead.
    void give_wall_time(core::Post& post) {
        const auto place = static_cast<std::size_t>(weather_.below(static_cast<int>(kZones.size())));
        const std::string& zone = weather_.one_in(5) ? kZones.back() : kZones[place];
        const Instant about = rig_.meta_now() + Minutes(30 + weather_.below(3 * 24 * 60));
        std::string wall = zones_.wall_time(zone, about)->substr(0, 17) + "00";
        if (!weather_.one_in(4)) wall.replace(11, 2, "0" + std::to_string(weather_.below(4)));
        const auto meant = zones_.resolve(zone, wall);
        ASSERT_TRUE(meant) << zone << " " << wall;
        if (meant->instant < rig_.meta_now() + Minutes(10)) return;
        post.schedule = {meant->instant, zone, wall};
        ++count_.zoned;
        if (meant->oddity != ports::WallTime::Oddity::kNone) ++count_.odd;
    }

    std::string story(const core::Post& post) {
        std::string text;
        for (const core::TimelineEntry& entry : rig_.timeline(post.id))
            text += "\n" + to_rfc3339(entry.at) + " " + entry.event + " " + entry.detail;
        return text;
    }

    // Does the story say why?
    bool tells_why(const core::Post& post) {
        return std::ranges::any_of(rig_.timeline(post.id), [](const core::TimelineEntry& entry) {
            return entry.problem || entry.detail.find("late") != std::string::npos;
        });
    }

    void judge(const core::Post& post) {
        const std::string name = names_.at(post.id);
        const int live = rig_.meta->live(name);
        ++count_.posts;
        ++count_.ends[post.state];
        ASSERT_LE(live, 1) << name << story(post);
        ASSERT_LE(rig_.meta->comments(name), 1) << name;
        switch (post.state) {
        case PostState::kPublished:
            ASSERT_EQ(live, 1) << name;
            judge_time(post, name);
            judge_comment(post, name);
            break;
        case PostState::kFailed:
            ASSERT_EQ(live, 0) << name;
            ASSERT_TRUE(post.progress.problem) << name;
            break;
        case PostState::kHeld: judge_held(post, name, live); break;
        default: FAIL() << name << " is still " << core::to_text(post.state);
        }
    }

    void judge_time(const core::Post& post, const std::string& name) {
        const core::Schedule& schedule = post.schedule;
        const Milliseconds late = *rig_.meta->live_since(name) - schedule.due_at;
        if (late > kOnTime) {
            ++count_.late;
            ASSERT_TRUE(tells_why(post)) << name << " is " << humanize(late) << " late" << story(post);
        }
        if (schedule.zone.empty()) return;
        // At its time the clock on that country's walls shows what was written, by the law of the day; where it skips that, the
        // first that it shows afterwards.
        const std::string shown = zones_.wall_time(schedule.zone, schedule.due_at)->substr(0, 19);
        const bool is_skipped =
            zones_.resolve(schedule.zone, schedule.wall_time)->oddity == ports::WallTime::Oddity::kGap;
        if (is_skipped) {
            ASSERT_GT(shown, schedule.wall_time) << name << " " << schedule.zone;
        } else {
            ASSERT_EQ(shown, schedule.wall_time) << name << " " << schedule.zone << story(post);
        }
    }

    // Made once, or a person is told.
    void judge_comment(const core::Post& post, const std::string& name) {
        if (post.content.first_comment.empty()) return;
        const bool is_told = std::ranges::any_of(post.findings, [](const core::Finding& finding) {
            return finding.rule == core::kCommentUnknown || finding.rule == core::kCommentMissing;
        });
        if (is_told) ++count_.comments_in_doubt;
        ASSERT_TRUE(is_told || rig_.meta->comments(name) == 1) << name;
    }

    void judge_held(const core::Post& post, const std::string& name, int live) {
        ASSERT_TRUE(post.progress.problem) << name;
        if (!post.progress.attempt) {
            ASSERT_EQ(live, 0) << name;
            return;
        }
        ++count_.in_doubt;
        std::printf("in doubt: %s (%s%s), %s: %s\n", name.c_str(),
                    std::string(core::to_text(post.content.kind)).c_str(),
                    post.content.caption.empty() ? " without a caption" : "", live == 1 ? "live" : "not live",
                    post.progress.problem->detail.c_str());
        rig_.wish(post.id, [&](core::Post held) {
            return live == 1 ? core::settle_published(std::move(held), "", rig_.now())
                             : core::settle_unpublished(std::move(held), rig_.now());
        });
        ASSERT_EQ(rig_.load(post.id).state, live == 1 ? PostState::kPublished : PostState::kFailed);
    }

    std::uint64_t seed_;
    int posts_;
    ChangingZones zones_;
    PublishRig rig_;
    Weather weather_;
    std::map<core::PostId, std::string> names_;
    Count count_;
};

// Of several seeds together: of a single one, none may have had a rare difficulty.
struct Sum {
    int posts = 0;
    int in_doubt = 0;
    int odd = 0;
    int moved = 0;
    int broken_uploads = 0;
};

void swarm(std::uint64_t seed, int posts, Sum& sum) {
    Swarm swarm(seed, posts);
    swarm.live();
    Count count = swarm.judge();
    if (testing::Test::HasFatalFailure()) return;
    std::printf("seed %llu: %d posts (%d carousels, %d reels, %d stories; %d by upload, broken %d times; %d with a "
                "wall time, %d of them odd, %d moved by a law), %d calls: %d published (%d of them late, with the "
                "cause), %d failed, %d held; %d in doubt, settled by one command each; %d first comments in doubt\n",
                static_cast<unsigned long long>(seed), count.posts, count.kinds[PostKind::kCarousel],
                count.kinds[PostKind::kReel], count.kinds[PostKind::kStory], count.uploads,
                swarm.meta().broken_uploads(), count.zoned, count.odd, count.moved, swarm.meta().calls(),
                count.ends[PostState::kPublished], count.late, count.ends[PostState::kFailed],
                count.ends[PostState::kHeld], count.in_doubt, count.comments_in_doubt);
    EXPECT_EQ(count.posts, posts);
    sum.posts += count.posts;
    sum.in_doubt += count.in_doubt;
    sum.odd += count.odd;
    sum.moved += count.moved;
    sum.broken_uploads += swarm.meta().broken_uploads();
}

// One in a thousand, and what chance may add to that: the store works on threads of its own, so that the same seed has one
// more or one less in doubt from run to run. Three standard deviations of a count that is one in a thousand on average; we
// see a tenth of that, so that only a fault comes near the limit.
int most_in_doubt(int posts) {
    const double average = posts / 1000.0;
    return static_cast<int>(average + 3 * std::sqrt(average));
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
    Sum sum;
    for (int i = GetParam(); i < rounds; i += kParts) {
        const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
        SCOPED_TRACE("replay with EVERLONG_SEED=" + std::to_string(seed));
        swarm(seed, kPosts, sum);
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_LE(sum.in_doubt, most_in_doubt(sum.posts)) << "of " << sum.posts << " posts";
    // It has been where the difficulties are.
    if (sum.posts < 5'000) return;
    EXPECT_GT(sum.odd, 0);
    EXPECT_GT(sum.moved, 0);
    EXPECT_GT(sum.broken_uploads, 0);
}

INSTANTIATE_TEST_SUITE_P(Part, PublishSwarm, testing::Range(0, kParts));

} // namespace
} // namespace everlong::test
