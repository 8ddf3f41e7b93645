// Doubts that come of the machine itself: its calendar that jumps, its stop in the middle of a call, posts that it cannot save.

#include <simulation/publish_rig.hpp>

#include <algorithm>

namespace everlong::test {
namespace {

using core::PostState;

ReplyFault lost(bool has_effect) {
    ReplyFault fault;
    fault.name = "lost";
    fault.has_effect = has_effect;
    fault.error = Error(Code::kUnknownOutcome, Fault::kUnknownOutcome, "no whole answer came");
    return fault;
}

// The first publish call's answer is lost, and then this machine's calendar jumps.
struct Jumped {
    int live = 0;
    std::size_t publish_calls = 0;
    core::Post post;
};

Jumped jump_after_a_lost_call(Milliseconds jump, bool has_effect, bool does_jump_back) {
    PublishRig rig;
    rig.meta->does_second_publish_double = true;
    rig.meta->list_lag = Minutes(8);
    rig.meta->does_everything_lag = true;
    bool is_lost = false;
    rig.meta->fault = [&](const MetaCall& call) -> std::optional<ReplyFault> {
        if (call.kind != MetaCall::Kind::kPublish || is_lost) return std::nullopt;
        is_lost = true;
        return lost(has_effect);
    };
    const auto id = rig.add(rig.make_post("jumped", rig.now() + Minutes(6))).id;
    rig.start();
    rig.pass(Minutes(10), [&] { return is_lost; });
    EXPECT_TRUE(is_lost);
    rig.jump_alone(jump);
    if (does_jump_back) {
        rig.pass(Minutes(3));
        rig.jump_alone(-jump);
    }
    rig.pass(Hours(3));
    return {rig.meta->live("jumped"), rig.meta->publish_calls().size(), rig.load(id)};
}

// Nothing that can be read tells of the post for eight minutes: that the calendar says that ten have passed proves nothing.
TEST(PublishDoubts, ACalendarThatJumpsAheadDoublesNothing) {
    for (const Milliseconds jump : {Milliseconds(Minutes(11)), Milliseconds(Minutes(50)), Milliseconds(Hours(5)),
                                    Milliseconds(Days(3)), Milliseconds(-Minutes(50)), Milliseconds(-Hours(20))}) {
        for (const bool does_jump_back : {false, true}) {
            SCOPED_TRACE(humanize(jump) + (does_jump_back ? ", and back" : ""));
            const Jumped end = jump_after_a_lost_call(jump, true, does_jump_back);
            EXPECT_EQ(end.live, 1);
            EXPECT_EQ(end.publish_calls, 1U);
        }
    }
}

// ... and what is truly not live is sent again all the same, once it is sure, where this clock still agrees with Meta's.
TEST(PublishDoubts, WhatIsNotLiveIsSentAgainThoughTheCalendarJumped) {
    const Jumped end = jump_after_a_lost_call(Minutes(50), false, true);
    EXPECT_EQ(end.live, 1);
    EXPECT_EQ(end.publish_calls, 2U);
    EXPECT_EQ(end.post.state, PostState::kPublished) << core::to_text(end.post.state);
}

// The clock is ahead for a moment, and set right before the post's time: the post does not wait for the wrong time.
TEST(PublishDoubts, AClockSetBackByHoursDelaysNothing) {
    for (const Milliseconds ahead : {Milliseconds(Hours(3)), Milliseconds(Hours(20)), Milliseconds(Days(40))}) {
        SCOPED_TRACE(humanize(ahead));
        PublishRig rig;
        const auto id = rig.add(rig.make_post("in time", rig.now() + Minutes(30))).id;
        rig.start();
        rig.jump_alone(ahead);
        rig.pass(Minutes(2));
        ASSERT_EQ(rig.load(id).progress.problem->code, Code::kClock);
        rig.jump_alone(-ahead);
        rig.pass(Minutes(30));
        EXPECT_EQ(rig.load(id).state, PostState::kPublished) << core::to_text(rig.load(id).state);
    }
}

// ... and a post of next week, that the wrong clock has begun, waits for its time again like any other.
TEST(PublishDoubts, WhatAWrongClockHasBegunWaitsForItsTimeAgain) {
    PublishRig rig;
    const auto id = rig.add(rig.make_post("next week", rig.now() + Days(7))).id;
    bool is_down = true;
    rig.meta->fault = [&](const MetaCall&) -> std::optional<ReplyFault> {
        if (!is_down) return std::nullopt;
        ReplyFault down;
        down.status = 503;
        return down;
    };
    rig.start();
    rig.jump_alone(Days(7) - Minutes(4));
    rig.pass(Minutes(1));
    ASSERT_EQ(rig.load(id).state, PostState::kChecking);
    rig.jump_alone(-(Days(7) - Minutes(4)));
    is_down = false;
    rig.pass(Minutes(30));
    EXPECT_EQ(rig.load(id).state, PostState::kScheduled);
    EXPECT_FALSE(rig.load(id).progress.problem);
    rig.pass(Days(7));
    EXPECT_EQ(rig.load(id).state, PostState::kPublished);
    EXPECT_LT(*rig.load(id).result.published_at - rig.load(id).schedule.due_at, Seconds(5));
}

// ... even where trouble came on top of it, by which it seemed overdue.
TEST(PublishDoubts, WhatAWrongClockHeldGoesOutInTime) {
    PublishRig rig;
    const auto id = rig.add(rig.make_post("tomorrow", rig.now() + Days(1))).id;
    bool is_down = true;
    rig.meta->fault = [&](const MetaCall&) -> std::optional<ReplyFault> {
        if (!is_down) return std::nullopt;
        ReplyFault down;
        down.status = 503;
        return down;
    };
    rig.start();
    rig.jump_alone(Days(3));
    rig.pass(Minutes(1));
    ASSERT_EQ(rig.load(id).state, PostState::kHeld);
    rig.jump_alone(-Milliseconds(Days(3)));
    is_down = false;
    rig.pass(Days(1) + Minutes(1));
    EXPECT_EQ(rig.load(id).state, PostState::kPublished) << core::to_text(rig.load(id).state);
}

// A machine whose clock is behind at each start: what it held rightly stays held, and the story says no more than that.
TEST(PublishDoubts, StartsWithAClockThatIsBehindAddNothingToAStory) {
    for (const bool is_held_by_own_clock : {false, true}) {
        SCOPED_TRACE(is_held_by_own_clock);
        PublishRig rig;
        bool is_down = is_held_by_own_clock;
        rig.meta->fault = [&](const MetaCall&) -> std::optional<ReplyFault> {
            if (!is_down) return std::nullopt;
            ReplyFault down;
            down.status = 503;
            return down;
        };
        const auto id = rig.add(rig.make_post("late", rig.now() + Minutes(10))).id;
        // By Meta's clock, which it is told; or by its own, which goes wrong only later.
        if (!is_held_by_own_clock) rig.jump_alone(-Milliseconds(Hours(5)));
        rig.start();
        rig.pass(Hours(is_held_by_own_clock ? 2 : 6));
        ASSERT_EQ(rig.load(id).state, PostState::kHeld);
        ASSERT_EQ(rig.load(id).progress.problem->code, Code::kOverdue);
        if (is_held_by_own_clock) rig.jump_alone(-Milliseconds(Hours(5)));
        is_down = false;
        const std::size_t told = rig.timeline(id).size();
        for (int i = 0; i < 3; ++i) {
            rig.stop();
            // The hours that have passed are lost again: such a machine begins each day at the same time.
            rig.jump_alone(-Milliseconds(Hours(1)));
            rig.start();
            rig.pass(Minutes(20));
            EXPECT_EQ(rig.load(id).state, PostState::kHeld);
            EXPECT_EQ(rig.timeline(id).size(), told) << rig.timeline(id).back().event;
        }
        EXPECT_EQ(rig.meta->live("late"), 0);
        // Set right, it is still too late, and a person's question.
        rig.jump_alone(rig.meta_ahead);
        rig.pass(Minutes(20));
        EXPECT_EQ(rig.load(id).state, PostState::kHeld);
        EXPECT_EQ(rig.timeline(id).size(), told);
    }
}

// Whether what is held is so rightly is asked until Meta answers, and the posts of channels that cannot ask wait for one that can.
TEST(PublishDoubts, WhatAWrongClockHeldWaitsForMetasWord) {
    PublishRigOptions options;
    options.channels = 2;
    PublishRig rig(options);
    rig.meta->accounts[rig.account_of(0)].is_alive = false;
    std::vector<core::PostId> ids;
    for (const int channel : {0, 1})
        ids.push_back(rig.add(rig.make_post("tomorrow", rig.now() + Days(1), channel)).id);
    bool is_down = true;
    rig.meta->fault = [&](const MetaCall&) -> std::optional<ReplyFault> {
        if (!is_down) return std::nullopt;
        ReplyFault down;
        down.status = 503;
        return down;
    };
    rig.start();
    rig.jump_alone(Days(3));
    rig.pass(Minutes(1));
    for (const auto& id : ids)
        ASSERT_EQ(rig.load(id).state, PostState::kHeld);
    // Still wrong, by less: nothing is said to be right.
    rig.jump_alone(-Milliseconds(Days(2) + Hours(12)));
    is_down = false;
    rig.pass(Minutes(20));
    for (const auto& id : ids)
        EXPECT_EQ(rig.load(id).state, PostState::kHeld);
    rig.jump_alone(-Milliseconds(Hours(12)));
    rig.pass(Minutes(20));
    for (const auto& id : ids) {
        EXPECT_EQ(rig.load(id).state, PostState::kScheduled);
        EXPECT_EQ(rig.timeline(id).back().event, "clock-right");
    }
}

// Posts that cannot be saved for a reason of their own, more than the loop takes from the store at once.
TEST(PublishDoubts, PostsThatAreSetAsideKeepNoOtherFromItsTime) {
    constexpr int kBad = 600;
    PublishRig rig;
    std::set<core::PostId> bad;
    for (int i = 0; i < kBad; ++i)
        bad.insert(rig.add(rig.make_post("bad", rig.now() + Minutes(5))).id);
    const auto good = rig.add(rig.make_post("good", rig.now() + Minutes(6))).id;
    rig.refuse_save = [&](const core::Post& post) -> std::optional<Error> {
        if (!bad.contains(post.id)) return std::nullopt;
        return Error(Code::kFileUnknown, Fault::kUsage, "its file has gone");
    };
    rig.start();
    rig.pass(Minutes(7));
    ASSERT_EQ(rig.meta->live("good"), 1);
    EXPECT_LT(*rig.load(good).result.published_at - rig.load(good).schedule.due_at, Seconds(5));
}

// The machine stops in the middle of a publish call, and then Meta wants a pause of most of a day.
TEST(PublishDoubts, APostWhoseCallWasLostSaysSoThoughMetaMayNotBeAsked) {
    PublishRig rig;
    const auto id = rig.add(rig.make_post("lost", rig.now() + Minutes(6))).id;
    const auto other = rig.add(rig.make_post("other", rig.now() + Minutes(6) + Seconds(20))).id;
    bool is_over = false;
    rig.meta->fault = [&](const MetaCall& call) -> std::optional<ReplyFault> {
        if (is_over) {
            ReplyFault limit;
            limit.status = 403;
            limit.body = R"({"error":{"code":4,"message":"limit","type":"OAuthException"}})";
            limit.usage = R"({"x":[{"type":"instagram","call_count":100,"estimated_time_to_regain_access":1200}]})";
            return limit;
        }
        if (call.kind == MetaCall::Kind::kPublish) {
            is_over = true;
            rig.stop_machine_at(0);
        }
        return std::nullopt;
    };
    rig.start();
    rig.pass(Minutes(7));
    ASSERT_TRUE(rig.has_machine_stopped());
    rig.restart_after_stop_of_machine();
    rig.pass(Seconds(30));
    ASSERT_EQ(rig.load(id).state, PostState::kPublishing);
    ASSERT_EQ(rig.load(other).progress.problem->code, Code::kRateLimited);
    rig.pass(Minutes(15));
    const core::Post post = rig.load(id);
    EXPECT_EQ(post.state, PostState::kUncertain) << core::to_text(post.state);
    ASSERT_TRUE(post.progress.problem);
    EXPECT_NE(post.progress.problem->detail.find(to_rfc3339(*post.progress.next_attempt_at)), std::string::npos)
        << post.progress.problem->detail;
    EXPECT_GT(*post.progress.next_attempt_at, rig.now() + Hours(10));
    rig.meta->fault = [](const MetaCall&) { return std::optional<ReplyFault>(); };
    rig.pass(Days(2));
    EXPECT_EQ(rig.load(id).state, PostState::kPublished);
    EXPECT_EQ(rig.meta->live("lost"), 1);
}

} // namespace
} // namespace everlong::test
