// The fault matrix: every spoiled reply at every step. By Meta's ledger no post is live twice and none is lost: each ends
// published, or failed or held with its cause, and what is held in doubt is settled by one command.

#include <simulation/publish_faults.hpp>
#include <simulation/publish_rig.hpp>

#include <map>

namespace everlong::test {
namespace {

using core::PostState;

// At which call the reply is spoiled. Those after a publish call need one whose answer was lost.
struct Step {
    const char* name;
    std::function<bool(const MetaCall&, int quota_calls, bool is_after_publish)> is_meant;
    bool loses_publish = false;
    bool is_carousel = false;
};

const std::vector<Step>& steps() {
    using Kind = MetaCall::Kind;
    static const std::vector<Step> kSteps{
        {"check", [](const MetaCall& c, int quotas, bool) { return c.kind == Kind::kQuota && quotas == 1; }},
        {"make picture", [](const MetaCall& c, int, bool) { return c.kind == Kind::kMake && !c.is_parent; }},
        {"ask picture", [](const MetaCall& c, int, bool after) { return c.kind == Kind::kAsk && !after; }},
        {"make part", [](const MetaCall& c, int, bool) { return c.kind == Kind::kMake && !c.is_parent; }, false, true},
        {"make carousel", [](const MetaCall& c, int, bool) { return c.kind == Kind::kMake && c.is_parent; }, false,
         true},
        {"confirm", [](const MetaCall& c, int quotas, bool) { return c.kind == Kind::kQuota && quotas > 1; }},
        {"publish", [](const MetaCall& c, int, bool) { return c.kind == Kind::kPublish; }},
        {"publish carousel", [](const MetaCall& c, int, bool) { return c.kind == Kind::kPublish; }, false, true},
        {"look at container", [](const MetaCall& c, int, bool after) { return c.kind == Kind::kAsk && after; }, true},
        {"look at list", [](const MetaCall& c, int, bool after) { return c.kind == Kind::kList && after; }, true},
        {"comment", [](const MetaCall& c, int, bool) { return c.kind == Kind::kComment; }},
        {"permalink", [](const MetaCall& c, int, bool) { return c.kind == Kind::kMedium; }},
    };
    return kSteps;
}

struct Tally {
    int runs = 0;
    std::map<PostState, int> ends;
    int in_doubt = 0;
};

// One post with its fault, to its end and beyond.
void run_one(PublishRig& rig, const Step& step, const ReplyFault& spoiled, std::uint64_t seed, Tally& tally) {
    const std::string caption = "post " + std::to_string(tally.runs++) + ": " + step.name + ", " + spoiled.name;
    SCOPED_TRACE(caption + ", seed " + std::to_string(seed));
    int times = 1 + static_cast<int>(seed % 3);
    int quota_calls = 0;
    int losses = step.loses_publish ? 1 : 0;
    const bool has_lost_effect = seed % 2 == 0;
    bool is_after_publish = false;
    rig.meta->list_lag = seed % 5 == 0 ? Minutes(8) : Milliseconds(0);
    rig.meta->fault = [&](const MetaCall& call) -> std::optional<ReplyFault> {
        if (call.kind == MetaCall::Kind::kQuota) ++quota_calls;
        const bool is_meant = step.is_meant(call, quota_calls, is_after_publish);
        if (call.kind == MetaCall::Kind::kPublish) is_after_publish = true;
        if (call.kind == MetaCall::Kind::kPublish && losses > 0) {
            --losses;
            ReplyFault lost;
            lost.name = "lost";
            lost.has_effect = has_lost_effect;
            lost.error = Error(Code::kUnknownOutcome, Fault::kUnknownOutcome);
            return lost;
        }
        if (!is_meant || times == 0) return std::nullopt;
        --times;
        return spoiled;
    };
    core::Post post = rig.make_post(caption, rig.now() + Minutes(6), 0, step.is_carousel ? 3 : 1);
    post.content.first_comment = "#cats";
    const core::PostId id = rig.add(std::move(post)).id;
    rig.pass(Days(4), [&] {
        const core::Post now = rig.load(id);
        return !now.progress.next_attempt_at && (now.state != PostState::kPublished || now.result.is_settled);
    });
    core::Post end = rig.load(id);
    const int live = rig.meta->live(caption);
    ASSERT_LE(live, 1);
    ASSERT_LE(rig.meta->comments(caption), 1);
    ++tally.ends[end.state];
    if (end.state == PostState::kPublished) {
        ASSERT_EQ(live, 1);
    } else {
        ASSERT_TRUE(end.state == PostState::kFailed || end.state == PostState::kHeld) << core::to_text(end.state);
        ASSERT_TRUE(end.progress.problem);
    }
    if (end.state == PostState::kFailed) ASSERT_EQ(live, 0) << end.progress.problem->detail;
    if (end.state != PostState::kHeld) return;
    const bool is_in_doubt = end.progress.attempt.has_value();
    if (!is_in_doubt) {
        ASSERT_EQ(live, 0);
        return;
    }
    ++tally.in_doubt;
    rig.wish(id, [&](core::Post held) {
        return live == 1 ? core::settle_published(std::move(held), "", rig.now())
                         : core::settle_unpublished(std::move(held), rig.now());
    });
    end = rig.load(id);
    ASSERT_EQ(end.state, live == 1 ? PostState::kPublished : PostState::kFailed);
    rig.pass(Days(3), [&] { return !rig.load(id).progress.next_attempt_at; });
    ASSERT_EQ(rig.meta->live(caption), live);
}

void run_matrix(bool does_second_publish_double) {
    // 55 replies at 12 steps: 660 of them, with as many seeds as come near the figure.
    const int cells = static_cast<int>(reply_faults().size() * steps().size());
    const int runs = ci_or_long(750, 13'500);
    const std::uint64_t first_seed = wanted_seed().value_or(1);
    PublishRig rig;
    rig.meta->does_second_publish_double = does_second_publish_double;
    rig.start();
    Tally tally;
    for (int run = 0; run < runs; ++run) {
        const int cell = run % cells;
        const Step& step = steps()[static_cast<std::size_t>(cell) % steps().size()];
        const ReplyFault& spoiled = reply_faults()[static_cast<std::size_t>(cell) / steps().size()];
        run_one(rig, step, spoiled, first_seed + static_cast<std::uint64_t>(run / cells), tally);
        if (testing::Test::HasFatalFailure()) return;
    }
    std::printf("%d runs: %d published, %d failed, %d held, of them %d in doubt\n", tally.runs,
                tally.ends[PostState::kPublished], tally.ends[PostState::kFailed], tally.ends[PostState::kHeld],
                tally.in_doubt);
}

TEST(PublishMatrix, NoPostIsLiveTwiceAndNoneIsLost) {
    ASSERT_GE(reply_faults().size(), 45u);
    run_matrix(false);
}

TEST(PublishMatrix, NorWhereASecondPublishCallWouldMakeASecondPost) {
    run_matrix(true);
}

} // namespace
} // namespace everlong::test
