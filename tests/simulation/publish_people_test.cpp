// People and channels that act while a post is on its way.

#include <simulation/publish_rig.hpp>

namespace everlong::test {
namespace {

using core::PostState;

TEST(PublishAndPeople, WhatIsCancelledAfterItWasListedIsNotEvenLookedAt) {
    PublishRig rig;
    const core::PostId id = rig.add(rig.make_post("cancelled", rig.now() + Minutes(6))).id;
    rig.after_listing = [&]() -> Async<void> {
        co_await rig.wish_now(id, [&](core::Post post) { return core::cancel_post(std::move(post), rig.now()); });
    };
    rig.start();
    rig.pass(Hours(1));
    EXPECT_EQ(rig.load(id).state, PostState::kCancelled);
    EXPECT_EQ(rig.meta->calls(), 0);
}

TEST(PublishAndPeople, WhatIsCancelledJustBeforeItsIntentIsNotPublished) {
    PublishRig rig;
    const core::PostId id = rig.add(rig.make_post("cancelled", rig.now() + Minutes(6))).id;
    rig.before_begin = [&]() -> Async<void> {
        co_await rig.wish_now(id, [&](core::Post post) { return core::cancel_post(std::move(post), rig.now()); });
    };
    rig.start();
    rig.pass(Hours(1));
    EXPECT_EQ(rig.load(id).state, PostState::kCancelled);
    EXPECT_TRUE(rig.meta->publish_calls().empty());
}

TEST(PublishAndPeople, ADeadTokenSuspendsThePostAndWakesTheChannelsOwnLook) {
    PublishRig rig;
    const core::PostId id = rig.add(rig.make_post("waiting", rig.now() + Minutes(6))).id;
    rig.meta->accounts[rig.account_of(0)].is_alive = false;
    rig.start();
    rig.pass(Minutes(20));
    core::Post post = rig.load(id);
    EXPECT_EQ(post.state, PostState::kScheduled);
    EXPECT_EQ(post.progress.problem->code, Code::kTokenExpired);
    EXPECT_GE(rig.channel_wakes(), 1);
    EXPECT_TRUE(rig.channel(0).lifecycle.next_attempt_at);
    EXPECT_FALSE(rig.channel(0).lifecycle.verdict) << "one call of ours is no verdict";
    rig.meta->accounts[rig.account_of(0)].is_alive = true;
    rig.loop().channel_changed(rig.channel_name(0));
    rig.pass(Minutes(1));
    EXPECT_EQ(rig.load(id).state, PostState::kPublished);
    EXPECT_EQ(rig.meta->live("waiting"), 1);
}

// Two posts that look the same, both in doubt, and only the second is live: the first must not take its medium.
TEST(PublishAndPeople, TwinsInDoubtDoNotTakeEachOthersMedium) {
    PublishRig rig;
    rig.meta->does_second_publish_double = true;
    const core::PostId first = rig.add(rig.make_post("twin", rig.now() + Minutes(6))).id;
    const core::PostId second = rig.add(rig.make_post("twin", rig.now() + Minutes(6))).id;
    int calls = 0;
    rig.meta->fault = [&](const MetaCall& call) -> std::optional<ReplyFault> {
        if (call.kind != MetaCall::Kind::kPublish || ++calls > 2) return std::nullopt;
        ReplyFault lost;
        lost.has_effect = calls == 2;
        lost.error = Error(Code::kUnknownOutcome, Fault::kUnknownOutcome);
        return lost;
    };
    rig.start();
    rig.pass(Hours(3));
    int known_live = 0;
    for (const core::PostId& id : {first, second}) {
        const core::Post post = rig.load(id);
        EXPECT_TRUE(post.state == PostState::kPublished || post.state == PostState::kHeld);
        if (post.state == PostState::kPublished) ++known_live;
    }
    // No more are called published than are live, and none went out a second time.
    EXPECT_EQ(rig.meta->live("twin"), known_live);
    EXPECT_LE(rig.meta->live("twin"), 2);
}

// The quota is read before the call; who goes out between the two explains what is gone of it.
TEST(PublishAndPeople, WhoWentOutBetweenTheQuotaAndTheCallCausesNoQuestion) {
    PublishRig rig;
    rig.meta->does_second_publish_double = true;
    rig.add(rig.make_post("first", rig.now() + Minutes(6)));
    const core::PostId id = rig.add(rig.make_post("lost", rig.now() + Minutes(6) + Seconds(5))).id;
    int calls = 0;
    rig.meta->fault = [&](const MetaCall& call) -> std::optional<ReplyFault> {
        if (call.kind != MetaCall::Kind::kPublish || call.caption != "lost" || ++calls > 1) return std::nullopt;
        ReplyFault lost;
        lost.error = Error(Code::kUnknownOutcome, Fault::kUnknownOutcome);
        return lost;
    };
    rig.start();
    rig.pass(Hours(1));
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(rig.load(id).state, PostState::kPublished);
    EXPECT_EQ(rig.meta->live("lost"), 1);
}

TEST(PublishAndPeople, AUsedUpQuotaIsWaitedFor) {
    PublishRig rig;
    rig.meta->accounts[rig.account_of(0)].quota_total = 1;
    const core::PostId first = rig.add(rig.make_post("first", rig.now() + Minutes(6))).id;
    const core::PostId second = rig.add(rig.make_post("second", rig.now() + Minutes(10))).id;
    rig.start();
    rig.pass(Hours(6));
    EXPECT_EQ(rig.load(first).state, PostState::kPublished);
    EXPECT_EQ(rig.load(second).progress.problem->code, Code::kPublishQuota);
    EXPECT_GT(*rig.load(second).progress.next_attempt_at, rig.now());
    rig.pass(Hours(19));
    EXPECT_EQ(rig.load(second).state, PostState::kPublished);
}

TEST(PublishAndPeople, ALimitOfTheAppPausesEveryChannel) {
    PublishRigOptions options;
    options.channels = 2;
    PublishRig rig(options);
    const core::PostId first = rig.add(rig.make_post("first", rig.now() + Minutes(6), 0)).id;
    const core::PostId second = rig.add(rig.make_post("second", rig.now() + Minutes(7), 1)).id;
    bool is_limited = true;
    rig.meta->fault = [&](const MetaCall&) -> std::optional<ReplyFault> {
        if (!std::exchange(is_limited, false)) return std::nullopt;
        ReplyFault limit;
        limit.status = 403;
        limit.body = meta_error(403, 4, 0).body;
        return limit;
    };
    rig.start();
    rig.pass(Minutes(2) + Seconds(30));
    EXPECT_EQ(rig.meta->calls(), 1) << "nobody calls while Meta asks for a pause";
    EXPECT_EQ(rig.load(second).progress.problem->code, Code::kRateLimited);
    rig.pass(Minutes(20));
    EXPECT_EQ(rig.load(first).state, PostState::kPublished);
    EXPECT_EQ(rig.load(second).state, PostState::kPublished);
}

} // namespace
} // namespace everlong::test
