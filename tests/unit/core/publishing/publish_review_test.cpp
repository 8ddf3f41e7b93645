// Courses of events that a second reader has thought of to make a post go out twice, get lost or stay for ever.

#include <unit/core/publishing/posts.hpp>

namespace everlong::core::test {
namespace {

Post uncertain_story() {
    Post post = image_post();
    post.content.kind = PostKind::kStory;
    post.content.caption.clear();
    post = begin_publish(after_confirm(ready_post(post), Readiness{}, kDue).post, {}, kDue).post;
    return after_publish(post, fail(lost_answer()), kDue + Seconds(2)).post;
}

PublishedMedium story(std::string id, Instant at) {
    PublishedMedium found = medium(std::move(id), at, "");
    found.media_product_type = "STORY";
    return found;
}

// Read twice not to be live, long enough after the call: a second call is prepared.
Post repeatable_post() {
    Post post = uncertain_post();
    post = after_looking(post, look(says(ContainerStatus::kFinished)), kDue + Seconds(30)).post;
    return after_looking(post, look(says(ContainerStatus::kFinished)), kDue + Minutes(11)).post;
}

// A story that somebody makes by hand looks like the one whose call was lost: kind and time are all that there is.
TEST(PublishReview, AStoryMadeByHandIsNotTakenForOneThatItsContainerDenies) {
    Post post = uncertain_story();
    for (const Milliseconds after : {Milliseconds(Minutes(1)), Milliseconds(Minutes(12))}) {
        post = after_looking(post, look(says(ContainerStatus::kFinished), {story("by-hand", kDue + Seconds(40))}),
                             kDue + after)
                   .post;
        EXPECT_EQ(post.state, PostState::kUncertain);
        EXPECT_EQ(post.progress.attempt->times_unpublished, 0);
    }
    post = after_looking(post, look(says(ContainerStatus::kFinished), {story("by-hand", kDue + Seconds(40))}),
                         kDue + Minutes(40))
               .post;
    EXPECT_EQ(post.state, PostState::kHeld);
}

TEST(PublishReview, AStoryIsBoundOnlyOnceListsShowAllThereIs) {
    const auto denied = fail(meta_error(100, 33, Code::kAccountId, Fault::kRefused));
    // The one made by hand is listed first.
    Post post =
        after_looking(uncertain_story(), look(denied, {story("by-hand", kDue + Seconds(5))}), kDue + Minutes(1)).post;
    EXPECT_EQ(post.result.media_id, "");
    const std::vector both{story("ours", kDue + Seconds(1)), story("by-hand", kDue + Seconds(5))};
    EXPECT_EQ(after_looking(post, look(denied, both), kDue + Minutes(12)).post.result.media_id, "");
    EXPECT_EQ(after_looking(post, look(denied, {both.front()}), kDue + Minutes(12)).post.result.media_id, "ours");
    // The same where it is known to be live.
    post = after_looking(post, look(says(ContainerStatus::kPublished), {both.back()}), kDue + Minutes(2)).post;
    ASSERT_EQ(post.state, PostState::kPublished);
    EXPECT_EQ(post.result.media_id, "");
    EXPECT_EQ(after_finding(post, look({}, {both.back()}), kDue + Minutes(3)).post.result.media_id, "");
    EXPECT_EQ(after_finding(post, look({}, both), kDue + Minutes(12)).post.result.media_id, "");
    EXPECT_EQ(after_finding(post, look({}, {both.front()}), kDue + Minutes(12)).post.result.media_id, "ours");
}

TEST(PublishReview, APictureWithoutACaptionIsAsWeaklyKnown) {
    Post post = image_post();
    post.content.caption = " \n";
    post = begin_publish(after_confirm(ready_post(post), Readiness{}, kDue).post, {}, kDue).post;
    post = after_publish(post, fail(lost_answer()), kDue).post;
    const Look seen = look(says(ContainerStatus::kFinished), {medium("by-hand", kDue + Minutes(1), "")});
    EXPECT_EQ(after_looking(post, seen, kDue + Minutes(12)).post.state, PostState::kUncertain);
}

// This clock may be an hour ahead of Meta's before anything is stopped: the medium then seems older than the call.
TEST(PublishReview, AMediumThatSeemsTooOldByAClockAheadForbidsToPublishAgain) {
    for (const Milliseconds ahead : {Milliseconds(Minutes(8)), Milliseconds(Minutes(30)), Milliseconds(Minutes(59))}) {
        Post post = uncertain_post();
        EXPECT_LE(media_wanted_since(post), kDue - ahead);
        Instant now = kDue;
        while (post.state == PostState::kUncertain && now < kDue + Days(2)) {
            now = *post.progress.next_attempt_at;
            ASSERT_TRUE(is_next<step::Look>(post, now));
            post =
                after_looking(post, look(says(ContainerStatus::kFinished), {medium("ours", kDue - ahead)}), now).post;
        }
        EXPECT_EQ(post.state, PostState::kHeld);
    }
}

// ... but a post of an hour ago does not keep one that fits from being found.
TEST(PublishReview, AnEarlierTwinDoesNotHideTheOneThatFits) {
    const Look seen =
        look(says(ContainerStatus::kFinished), {medium("ours", kDue + Seconds(1)), medium("twin", kDue - Minutes(30))});
    EXPECT_EQ(after_looking(uncertain_post(), seen, kDue + Minutes(1)).post.result.media_id, "ours");
}

// The channel is lost, or Meta asks for a pause, after it was read that nothing is live and before the second call.
TEST(PublishReview, WhatWasReadBeforeAPauseIsReadAnew) {
    const Instant now = kDue + Minutes(11);
    ASSERT_TRUE(is_next<step::Confirm>(repeatable_post(), now));
    const Error dead(Code::kTokenRejected, Fault::kNeedsConsent);
    const Readiness used_up{50, 50, {}};
    const Problem limit{Code::kRateLimited, Fault::kRateLimited, "", 0, 0, now};
    for (const Post& post :
         {after_confirm(repeatable_post(), fail(dead), now).post, after_confirm(repeatable_post(), used_up, now).post,
          put_off(repeatable_post(), limit, now + Hours(3), now).post}) {
        EXPECT_TRUE(is_publish_open(post));
        EXPECT_TRUE(is_next<step::Look>(post, *post.progress.next_attempt_at));
    }
}

TEST(PublishReview, DoubtOfAChannelThatIsLostEndsWithAQuestion) {
    Post post = repeatable_post();
    const Error dead(Code::kTokenRejected, Fault::kNeedsConsent);
    Instant now = kDue + Minutes(11);
    while (post.state == PostState::kUncertain && now < kDue + Days(7)) {
        now = std::max(now, *post.progress.next_attempt_at);
        const PostStep next = next_step(post, now);
        post = std::holds_alternative<step::Confirm>(next) ? after_confirm(post, fail(dead), now).post
                                                           : after_looking(post, look(fail(dead)), now).post;
    }
    EXPECT_EQ(post.state, PostState::kHeld);
    EXPECT_EQ(post.progress.problem->code, Code::kPublishUncertain);
}

// "Look again at once" is for what waits for something; one whose time has not come waits for nothing else.
TEST(PublishReview, ARetryDoesNotBeginAPostOfNextWeek) {
    Post post = image_post();
    post = retry_post(post, kDue - Days(7))->post;
    EXPECT_TRUE(is_next<step::Wait>(post, kDue - Days(7)));
    EXPECT_TRUE(is_next<step::Check>(post, begins_at(post)));
}

// This machine's clock jumps ahead by less than would stop publishing, just after the call was lost: the lag of Meta's lists
// has not passed by that, and what nobody could see yet is not proven to be missing.
TEST(PublishReview, ACalendarThatJumpsAheadProvesNothing) {
    Post post = uncertain_post();
    constexpr Milliseconds kJump = Minutes(50);
    const auto read = [&](Milliseconds after_call) {
        Look seen = look(says(ContainerStatus::kFinished));
        seen.server_time = kDue + after_call;
        const Instant now = kDue + kJump + after_call;
        post = after_look(post, seen, now).post;
        return next_step(post, std::max(now, *post.progress.next_attempt_at));
    };
    for (const Milliseconds after : {Seconds(15), Seconds(80), Seconds(150), Seconds(300), Seconds(560)}) {
        EXPECT_TRUE(std::holds_alternative<step::Look>(read(after)));
        EXPECT_EQ(post.state, PostState::kUncertain) << "nor is a person asked before anybody could know";
    }
    EXPECT_TRUE(std::holds_alternative<step::Confirm>(read(Seconds(630))));
}

// Nor does an answer that tells no time, nor one of a machine of Meta's whose clock is behind.
TEST(PublishReview, OnlyMetasOwnClockTellsWhatHasPassedThere) {
    Post post = uncertain_post();
    const auto next_after = [&](Milliseconds after, std::optional<Instant> server_time) {
        Look seen = look(says(ContainerStatus::kFinished));
        seen.server_time = server_time;
        post = after_look(post, seen, kDue + after).post;
        return next_step(post, std::max(kDue + after, *post.progress.next_attempt_at));
    };
    EXPECT_TRUE(std::holds_alternative<step::Look>(next_after(Minutes(1), std::nullopt)));
    EXPECT_TRUE(std::holds_alternative<step::Look>(next_after(Minutes(11), std::nullopt)));
    EXPECT_TRUE(std::holds_alternative<step::Look>(next_after(Minutes(12), kDue + Hours(2))));
    EXPECT_TRUE(std::holds_alternative<step::Look>(next_after(Minutes(14), kDue + Minutes(14))));
    EXPECT_TRUE(std::holds_alternative<step::Look>(next_after(Minutes(20), kDue + Minutes(20))));
    EXPECT_TRUE(std::holds_alternative<step::Confirm>(next_after(Minutes(25), kDue + Minutes(25))));
}

// What stood between Meta and here has begun to leave the time out: nothing is proven by that clock, and doubt has its end.
TEST(PublishReview, WhereMetasTimeIsToldNoMoreAPersonIsAsked) {
    Post post = after_looking(uncertain_post(), look(says(ContainerStatus::kFinished)), kDue + Minutes(1)).post;
    ASSERT_TRUE(post.progress.attempt->meta_first_at);
    for (int minutes = 2; minutes <= 35; ++minutes) {
        post = after_look(post, look(says(ContainerStatus::kFinished)), kDue + Minutes(minutes)).post;
        EXPECT_FALSE(std::holds_alternative<step::Confirm>(next_step(post, kDue + Minutes(minutes + 6)))) << minutes;
        if (post.state == PostState::kHeld) break;
    }
    EXPECT_EQ(post.state, PostState::kHeld);
    // A look that was not answered at all tells nothing of the clock.
    Look unread = look(fail(Error(Code::kUnreachable, Fault::kTransient)));
    unread.recent = fail(Error(Code::kUnreachable, Fault::kTransient));
    post = after_looking(uncertain_post(), look(says(ContainerStatus::kFinished)), kDue + Minutes(1)).post;
    EXPECT_TRUE(after_look(post, unread, kDue + Minutes(2)).post.progress.attempt->meta_first_at);
}

// A second call begins the count anew.
TEST(PublishReview, TheLagIsThatOfTheLastCall) {
    Post post =
        begin_publish(after_confirm(repeatable_post(), Readiness{}, kDue + Minutes(11)).post, {}, kDue + Minutes(11))
            .post;
    EXPECT_FALSE(post.progress.attempt->meta_first_at);
    EXPECT_FALSE(post.progress.attempt->meta_last_at);
}

TEST(PublishReview, ALostCallIsSaidToBeInDoubtThoughMetaMayNotBeAsked) {
    const Post lost = publishing_post();
    const Instant now = kDue + kQuietPeriod;
    ASSERT_TRUE(is_next<step::Look>(lost, now));
    const Problem limit{Code::kRateLimited, Fault::kRateLimited, "a limit", 0, 0, now};
    const Change change = put_off(lost, limit, now + Hours(20), now);
    EXPECT_EQ(change.post.state, PostState::kUncertain);
    ASSERT_EQ(change.entries.size(), 2U);
    EXPECT_EQ(change.entries.front().event, "uncertain");
    EXPECT_NE(change.post.progress.problem->detail.find(to_rfc3339(now + Hours(20))), std::string::npos)
        << change.post.progress.problem->detail;
    // After the pause there is as long a look as ever, before a person is asked.
    Post post = after_looking(change.post, look(says(ContainerStatus::kFinished)), now + Hours(20)).post;
    EXPECT_EQ(post.state, PostState::kUncertain);
    // And the end is certain, however many pauses there are.
    for (int i = 1; i <= 10; ++i)
        post = put_off(post, limit, now + Hours(20 * i), now + Hours(20 * i)).post;
    post = after_looking(post, look(fail(lost_answer())), now + Hours(200)).post;
    EXPECT_EQ(post.state, PostState::kHeld);
}

TEST(PublishReview, AClockSetBackByHoursLeavesNoPostWaitingForThem) {
    // The next look was put a few minutes ahead while the clock was five hours ahead.
    const Post ahead = after_check(image_post(), Readiness{0, 50, kDue - Minutes(4)}, kDue + Hours(5)).post;
    ASSERT_EQ(ahead.progress.problem->code, Code::kClock);
    EXPECT_EQ(put_right(ahead, false, kDue - Minutes(3))->post.progress.next_attempt_at, kDue - Minutes(3));
    EXPECT_EQ(put_right(publishing_post(), false, kDue - Hours(5))->post.progress.next_attempt_at, kDue - Hours(5));
    // A few minutes are not told from a wait, where nobody saw the clock being set back.
    const Post lost = publishing_post();
    EXPECT_FALSE(put_right(lost, false, kDue));
    EXPECT_EQ(put_right(lost, true, kDue)->post.progress.next_attempt_at, kDue);
    // What Meta asked for stays, and what waits rightly.
    const Error limit = meta_error(17, 0, Code::kRateLimited, Fault::kRateLimited);
    Post paused = after_make(after_check(image_post(), Readiness{}, kDue).post, 0, fail(limit), kDue).post;
    paused.progress.next_attempt_at = kDue + Hours(20);
    EXPECT_FALSE(put_right(paused, true, kDue));
    EXPECT_FALSE(put_right(image_post(), true, kDue - Days(2)));
    Post live = after_publish(lost, std::string("media-1"), kDue).post;
    live.progress.next_attempt_at = kDue + Hours(6);
    EXPECT_FALSE(put_right(live, true, kDue));
}

// What a clock that was ahead has begun days before its time is a scheduled post again, that people and laws may change.
TEST(PublishReview, WhatAWrongClockBeganIsAScheduledPostAgain) {
    const Error down(Code::kUpstream, Fault::kTransient);
    const Post checking = after_check(image_post(), fail(down), kDue).post;
    ASSERT_EQ(checking.state, PostState::kChecking);
    for (const Post& post : {checking, ready_post()}) {
        const auto right = put_right(post, true, kDue - Days(1));
        ASSERT_TRUE(right);
        EXPECT_EQ(right->post.state, PostState::kScheduled);
        EXPECT_EQ(right->post.progress.next_attempt_at, begins_at(post));
        EXPECT_FALSE(right->post.progress.problem);
    }
    // Its container is as old as nobody knows, and made anew.
    Post again = put_right(ready_post(), true, kDue - Days(1))->post;
    again = after_check(again, Readiness{}, kDue - Minutes(40)).post;
    EXPECT_TRUE(is_next<step::MakeContainer>(again, kDue - Minutes(40)));
    // While a call for it is open it is all that there is.
    Post lost = uncertain_post();
    lost.progress.next_attempt_at = kDue - Days(1);
    EXPECT_TRUE(is_next<step::Look>(lost, kDue - Days(1)));
}

// Trouble while the clock is days ahead holds what is due in those days; once it is right, they wait for their time again.
TEST(PublishReview, WhatAWrongClockHeldAsOverdueIsNot) {
    const Error down(Code::kUpstream, Fault::kTransient);
    const Post held = after_check(image_post(), fail(down), kDue + Days(3)).post;
    ASSERT_EQ(held.state, PostState::kHeld);
    ASSERT_TRUE(may_be_held_wrongly(held, kDue - Hours(1)));
    EXPECT_FALSE(put_right(held, true, kDue - Hours(1))) << "it is Meta's clock that tells";
    const auto right = free_held(held, kDue - Hours(1), kDue - Hours(1));
    ASSERT_TRUE(right);
    EXPECT_EQ(right->post.state, PostState::kScheduled);
    EXPECT_EQ(right->post.progress.next_attempt_at, begins_at(held));
    EXPECT_EQ(right->entries.front().event, "clock-right");
    EXPECT_EQ(free_held(held, kDue + Minutes(10), kDue + Minutes(10))->post.progress.next_attempt_at,
              kDue + Minutes(10));
    EXPECT_FALSE(may_be_held_wrongly(held, kDue + Hours(2))) << "it is overdue";
    // What is held for another reason is a person's.
    Post doubt = held;
    doubt.progress.problem->code = Code::kPublishUncertain;
    EXPECT_FALSE(may_be_held_wrongly(doubt, kDue - Hours(1)));
}

// A clock that is behind takes what is late for early: what it would let go would be held again at once.
TEST(PublishReview, AClockThatIsNotMetasFreesNothing) {
    const Post held = after_confirm(ready_post(), Readiness{0, 50, kDue + Hours(5)}, kDue).post;
    ASSERT_EQ(held.progress.problem->code, Code::kOverdue);
    EXPECT_FALSE(free_held(held, kDue + Hours(5), kDue));
    // Nor where both clocks agree well enough, and the post is overdue by Meta's.
    EXPECT_FALSE(free_held(held, kDue + Minutes(61), kDue + Minutes(30)));
    EXPECT_TRUE(free_held(held, kDue + Minutes(59), kDue + Minutes(30)));
    // One that is wrong has no say, whichever way: "this clock is right" would not be true.
    EXPECT_FALSE(free_held(held, kDue - Days(2), kDue - Days(1)));
    EXPECT_FALSE(free_held(held, kDue - Days(1), kDue - Days(2)));
}

// By this clock it is in time; at Meta, and where its readers are, it is not.
TEST(PublishReview, AClockThatIsBehindSaysHowLateItIs) {
    const Change some = after_confirm(ready_post(), Readiness{0, 50, kDue + Minutes(40)}, kDue);
    EXPECT_TRUE(is_next<step::Publish>(some.post, kDue));
    EXPECT_NE(some.entries.back().detail.find("40 minutes late: this machine's clock"), std::string::npos)
        << some.entries.back().detail;
    EXPECT_EQ(after_confirm(ready_post(), Readiness{0, 50, kDue + Seconds(5)}, kDue).entries.back().detail, "");
    const Readiness hours{0, 50, kDue + Hours(5)};
    Post held = after_confirm(ready_post(), hours, kDue).post;
    ASSERT_EQ(held.state, PostState::kHeld);
    EXPECT_EQ(held.progress.problem->code, Code::kOverdue);
    // A person may let it go all the same.
    Post let_go = retry_post(held, kDue + Minutes(1))->post;
    EXPECT_NE(after_check(let_go, hours, kDue + Minutes(1)).post.state, PostState::kHeld);
}

// Proven not to be live, and too late by now: whether it goes out is asked, and not whether it did.
TEST(PublishReview, WhatIsProvenNotLiveAndTooLateIsNoDoubt) {
    Post post = repeatable_post();
    post.schedule.due_at -= Hours(1);
    const Instant now = kDue + Minutes(11);
    ASSERT_TRUE(is_next<step::Confirm>(post, now));
    const Post held = after_confirm(post, Readiness{}, now).post;
    EXPECT_EQ(held.state, PostState::kHeld);
    EXPECT_EQ(held.progress.problem->code, Code::kOverdue);
    EXPECT_FALSE(is_publish_open(held));
    EXPECT_TRUE(cancel_post(held, now));
}

TEST(PublishReview, APauseThatGoesOnIsToldOnce) {
    Post post = image_post();
    std::size_t told = 0;
    for (int i = 0; i < 10; ++i) {
        const Instant now = kDue + Minutes(5 * i);
        const Problem limit{Code::kRateLimited, Fault::kRateLimited, std::to_string(90 + i) + " %", 0, 0, now};
        const Change change = put_off(post, limit, now + Minutes(5), now);
        told += change.entries.size();
        post = change.post;
    }
    EXPECT_EQ(told, 1U);
}

} // namespace
} // namespace everlong::core::test
