#include <unit/core/publishing/posts.hpp>

#include <algorithm>

namespace everlong::core::test {
namespace {

Post held_in_doubt() {
    Post post = uncertain_post();
    Instant now = kDue;
    while (post.state == PostState::kUncertain) {
        now = *post.progress.next_attempt_at;
        post = after_look(post, look(says(ContainerStatus::kInProgress)), now).post;
    }
    return post;
}

TEST(PostWishes, ADraftIsNotSentUntilItGetsItsTime) {
    Post post = start_post(image_post(), true, kDue - Days(1)).post;
    EXPECT_TRUE(is_next<step::Nothing>(post, kDue));
    post = schedule_post(post, Schedule{kDue + Hours(1), "", ""}, kDue)->post;
    EXPECT_EQ(post.state, PostState::kScheduled);
    EXPECT_EQ(post.progress.next_attempt_at, kDue + Minutes(55));
    EXPECT_FALSE(schedule_post(post, Schedule{}, kDue));
}

TEST(PostWishes, ACancelThatComesTooLateSaysWhy) {
    EXPECT_NE(cancel_post(publishing_post(), kDue).error().detail().find("too late"), std::string::npos);
    Post failed = start_post(image_post(), false, kDue).post;
    failed.state = PostState::kFailed;
    EXPECT_EQ(cancel_post(failed, kDue).error().detail(),
              "it is failed: it is over already, there is nothing to cancel");
}

TEST(PostWishes, ADraftIsNotTriedAgain) {
    const auto refused = retry_post(start_post(image_post(), true, kDue).post, kDue);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail().find("everlong post edit"), std::string::npos);
}

TEST(PostWishes, AnEditLeavesEarlierContainersToTheirEnd) {
    Post post = ready_post();
    EXPECT_FALSE(edit_post(post, post.content, post.schedule, kDue));
    // The channel was disconnected meanwhile: back in the queue, with its container.
    post = after_confirm(post, fail(Error(Code::kUnconnected, Fault::kNeedsConsent)), kDue).post;
    ASSERT_EQ(post.state, PostState::kScheduled);
    PostContent content = post.content;
    content.caption = "Dogs";
    post = edit_post(post, content, Schedule{kDue + Hours(2), "", ""}, kDue)->post;
    EXPECT_TRUE(post.progress.containers.empty());
    EXPECT_EQ(post.progress.next_attempt_at, kDue + Hours(2) - Minutes(5));
}

TEST(PostWishes, CancelIsPossibleUntilTheIntentIsStored) {
    EXPECT_EQ(cancel_post(confirmed_post(), kDue)->post.state, PostState::kCancelled);
    EXPECT_TRUE(is_next<step::Nothing>(cancel_post(confirmed_post(), kDue)->post, kDue));
    EXPECT_EQ(cancel_post(publishing_post(), kDue).error().code(), Code::kPostState);
    EXPECT_EQ(cancel_post(uncertain_post(), kDue).error().code(), Code::kPostState);
    EXPECT_EQ(cancel_post(held_in_doubt(), kDue).error().code(), Code::kPostState);
    const Post overdue = after_check(image_post(), Readiness{}, kDue + Hours(2)).post;
    EXPECT_EQ(cancel_post(overdue, kDue + Hours(2))->post.state, PostState::kCancelled);
}

TEST(PostWishes, AnOverduePostGoesOutWhenAPersonSaysSo) {
    const Instant now = kDue + Days(2);
    Post post = retry_post(after_check(image_post(), Readiness{}, now).post, now)->post;
    ASSERT_TRUE(is_next<step::Check>(post, now));
    EXPECT_EQ(after_check(post, Readiness{}, now).post.state, PostState::kContainers);
    EXPECT_EQ(after_check(post, Readiness{}, now + Hours(2)).post.state, PostState::kHeld);
}

TEST(PostWishes, AFailedPostIsTriedAnewUnderANewNumber) {
    const Post failed =
        after_publish(publishing_post(), fail(meta_error(100, 0, Code::kGraph, Fault::kRefused)), kDue).post;
    const Post post = retry_post(failed, kDue + Minutes(1))->post;
    EXPECT_TRUE(is_next<step::Check>(post, kDue + Minutes(1)));
    EXPECT_TRUE(post.progress.containers.empty());
    EXPECT_EQ(begin_publish(ready_post(post), {}, kDue).step, "publish-2");
}

TEST(PostWishes, ARetryInDoubtAsksTheOraclesFirst) {
    const Post held = held_in_doubt();
    ASSERT_EQ(held.state, PostState::kHeld);
    const Instant now = kDue + Days(1);
    const Post post = retry_post(held, now)->post;
    EXPECT_EQ(post.state, PostState::kUncertain);
    ASSERT_TRUE(is_next<step::Look>(post, now));
    EXPECT_EQ(after_look(post, look(says(ContainerStatus::kPublished)), now).post.state, PostState::kPublished);
}

TEST(PostWishes, APersonSettlesDoubtEitherWay) {
    const Post live = settle_published(held_in_doubt(), "media-7", kDue + Hours(2))->post;
    EXPECT_EQ(live.state, PostState::kPublished);
    EXPECT_EQ(live.result.media_id, "media-7");
    EXPECT_EQ(live.result.published_at, kDue);
    const Post unknown = settle_published(uncertain_post(), "", kDue + Hours(2))->post;
    EXPECT_TRUE(is_next<step::FindMedium>(unknown, kDue + Hours(2)));
    const Post failed = settle_unpublished(held_in_doubt(), kDue + Hours(2))->post;
    EXPECT_EQ(failed.state, PostState::kFailed);
    EXPECT_TRUE(is_next<step::Nothing>(failed, kDue + Days(1)));
    EXPECT_TRUE(retry_post(failed, kDue + Hours(2)));
}

TEST(PostWishes, NothingIsSettledWhereThereIsNoDoubt) {
    EXPECT_FALSE(settle_published(publishing_post(), "", kDue)); // on its way this minute
    EXPECT_FALSE(settle_unpublished(ready_post(), kDue));
    EXPECT_FALSE(settle_unpublished(after_check(image_post(), Readiness{}, kDue + Hours(2)).post, kDue));
    const Post live = after_publish(publishing_post(), std::string("media-1"), kDue).post;
    EXPECT_FALSE(settle_unpublished(live, kDue));
    EXPECT_FALSE(retry_post(live, kDue));
    EXPECT_FALSE(cancel_post(live, kDue));
}

// Of a damaged post its state is known, and whether a publish call may have left.
TEST(PostWishes, ADamagedPostIsCancelledOnlyWhereItIsCertainlyNotLive) {
    for (const auto state : {PostState::kDraft, PostState::kScheduled, PostState::kReady, PostState::kHeld}) {
        const auto end = cancel_unreadable(state, false, kDue);
        ASSERT_TRUE(end);
        EXPECT_EQ(end->state, PostState::kCancelled);
        EXPECT_EQ(end->event, "cancelled");
        EXPECT_EQ(end->at, kDue);
        EXPECT_EQ(cancel_unreadable(state, true, kDue).error().code(), Code::kPostState);
    }
    for (const auto state : {PostState::kPublishing, PostState::kUncertain, PostState::kPublished, PostState::kFailed,
                             PostState::kCancelled}) {
        EXPECT_EQ(cancel_unreadable(state, false, kDue).error().code(), Code::kPostState);
    }
}

TEST(PostWishes, ADamagedPostIsSettledOnlyWhereItMayBeLive) {
    for (const auto state : {PostState::kScheduled, PostState::kPublishing, PostState::kUncertain, PostState::kHeld}) {
        EXPECT_EQ(settle_unreadable(state, true, true, kDue)->state, PostState::kPublished);
        EXPECT_EQ(settle_unreadable(state, true, false, kDue)->state, PostState::kFailed);
        EXPECT_EQ(settle_unreadable(state, false, true, kDue).has_value(), state != PostState::kScheduled);
    }
    for (const auto state : {PostState::kPublished, PostState::kFailed, PostState::kCancelled})
        EXPECT_EQ(settle_unreadable(state, true, true, kDue).error().code(), Code::kPostState);
}

Look shows(std::vector<PublishedMedium> recent) {
    Look look;
    look.container = fail(Code::kUnreachable, Fault::kTransient);
    look.recent = std::move(recent);
    return look;
}

bool is_told_unknown(const Post& post) {
    return std::ranges::find(post.findings, kMediumUnknown, &Finding::rule) != post.findings.end();
}

TEST(Settling, AMediumThatAPersonNamesHasToBeTheAccounts) {
    const Post post = uncertain_post();
    Look look = shows({medium("17", kDue), medium("18", kDue)});
    EXPECT_TRUE(check_medium(post, look, "17"));
    const auto unknown = check_medium(post, look, "123");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().fault(), Fault::kUsage);
    EXPECT_NE(unknown.error().detail().find("123"), std::string::npos);
    look.bound = {"18"};
    const auto taken = check_medium(post, look, "18");
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().fault(), Fault::kConflict);
    look.recent = fail(Code::kUnreachable, Fault::kTransient);
    EXPECT_EQ(check_medium(post, look, "17").error().code(), Code::kUnreachable);
}

TEST(Settling, AWordThatNothingOnTheAccountStandsForCanBeTakenBack) {
    const Instant now = kDue + Minutes(40);
    Post post = settle_published(uncertain_post(), "", now)->post;
    EXPECT_FALSE(settle_unpublished(post, now)) << "nothing is known against it";
    Post seen = post;
    note_unseen(seen, shows({medium("17", kDue)}));
    EXPECT_FALSE(is_told_unknown(seen));
    note_unseen(post, shows({}));
    ASSERT_TRUE(is_told_unknown(post));
    EXPECT_EQ(post.findings.front().measured, "none of the account's media could be it");
    // By its id after all; or not published, and then a retry is a new post.
    const Post named = settle_published(post, "17", now)->post;
    EXPECT_EQ(named.result.media_id, "17");
    EXPECT_FALSE(is_told_unknown(named));
    const auto taken_back = settle_unpublished(post, now);
    ASSERT_TRUE(taken_back);
    EXPECT_EQ(taken_back->post.state, PostState::kFailed);
    EXPECT_FALSE(taken_back->post.result.published_at);
    EXPECT_TRUE(taken_back->post.findings.empty());
    EXPECT_FALSE(is_publish_open(taken_back->post));
    // What Meta itself has called published stays so.
    post.progress.containers.front().status = ContainerStatus::kPublished;
    EXPECT_FALSE(settle_unpublished(post, now));
    EXPECT_TRUE(settle_published(post, "17", now)) << "but its medium may be named";
    // A medium that is known is no doubt.
    EXPECT_FALSE(settle_unpublished(named, now));
    EXPECT_FALSE(settle_published(named, "18", now));
}

TEST(Settling, AMediumThatIsNotFoundIsToldAndIsNoFaultOfMetas) {
    Post post = settle_published(uncertain_post(), "", kDue + Minutes(40))->post;
    Instant now = kDue + Minutes(40);
    while (!post.result.is_settled && now < kDue + Days(30)) {
        now = *post.progress.next_attempt_at;
        ASSERT_TRUE(is_next<step::FindMedium>(post, now));
        post = after_find(post, shows({}), now).post;
        EXPECT_FALSE(post.progress.problem) << "Meta has answered";
        EXPECT_EQ(is_told_unknown(post), now >= kDue + Minutes(40) + kListLag);
    }
    EXPECT_TRUE(post.result.is_settled);
    EXPECT_TRUE(settle_unpublished(post, now)) << "still";
}

TEST(Settling, WhatTheContainerCallsPublishedIsNotTakenBack) {
    Look look = shows({});
    look.container = says(ContainerStatus::kPublished);
    Post post = after_looking(uncertain_post(), look, kDue + Minutes(1)).post;
    ASSERT_EQ(post.state, PostState::kPublished);
    note_unseen(post, shows({}));
    EXPECT_FALSE(settle_unpublished(post, kDue + Minutes(40)));
}

TEST(PostWishes, APostIsNotTakenUpBeforeItWasMade) {
    Post post = image_post();
    const Post now = start_post(post, false, kDue).post;
    EXPECT_EQ(now.progress.next_attempt_at, kDue);
    EXPECT_EQ(start_post(post, false, kDue - Days(1)).post.progress.next_attempt_at, kDue - kImageLead);
}

} // namespace
} // namespace everlong::core::test
