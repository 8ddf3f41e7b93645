// After the publish call: what an answer means, and how doubt is settled (design rules C3, C4).

#include <unit/core/publishing/posts.hpp>

namespace everlong::core::test {
namespace {

const Error kDenied = meta_error(100, 33, Code::kAccountId, Fault::kRefused);

TEST(PublishOutcome, AnythingUnprovenIsUncertain) {
    const Error errors[] = {
        lost_answer(),
        Error(Code::kTimeout, Fault::kTransient),
        Error(Code::kUpstreamShape, Fault::kUnknownOutcome),
        meta_error(1, 0, Code::kUpstream, Fault::kTransient, 500),
        meta_error(2, 0, Code::kUpstream, Fault::kTransient),
        meta_error(-1, 2207001, Code::kUpstream, Fault::kTransient),
        meta_error(4, 2207051, Code::kGraph, Fault::kRateLimited),
        meta_error(0, 0, Code::kRateLimited, Fault::kRateLimited, 429),
    };
    for (const Error& error : errors) {
        const Post post = after_publish(publishing_post(), fail(error), kDue).post;
        EXPECT_EQ(post.state, PostState::kUncertain) << error.summary();
        EXPECT_TRUE(post.progress.attempt) << error.summary();
    }
    EXPECT_EQ(after_publish(publishing_post(), std::string(), kDue).post.state, PostState::kUncertain);
}

TEST(PublishOutcome, ProvenErrorsGoTheWayTheyAskFor) {
    const auto after = [](const Error& error) { return after_publish(publishing_post(), fail(error), kDue).post; };
    EXPECT_EQ(after(Error(Code::kUnreachable, Fault::kTransient)).state, PostState::kReady);
    EXPECT_EQ(after(meta_error(9007, 2207027, Code::kGraph, Fault::kTransient)).state, PostState::kWaiting);
    EXPECT_EQ(after(meta_error(9, 2207042, Code::kRateLimited, Fault::kRateLimited)).state, PostState::kReady);
    EXPECT_EQ(after(meta_error(4, 0, Code::kRateLimited, Fault::kRateLimited, 403)).state, PostState::kReady);
    EXPECT_EQ(after(meta_error(190, 463, Code::kTokenExpired, Fault::kNeedsConsent)).state, PostState::kScheduled);
    EXPECT_EQ(after(meta_error(200, 0, Code::kPermissionMissing, Fault::kNeedsConsent, 403)).state,
              PostState::kScheduled);
    EXPECT_EQ(after(meta_error(100, 0, Code::kGraph, Fault::kRefused)).state, PostState::kFailed);
    EXPECT_FALSE(after(meta_error(9007, 2207027, Code::kGraph, Fault::kTransient)).progress.attempt);
}

TEST(PublishOutcome, AnUnknownContainerIsAskedForOnceMoreThenMadeAnew) {
    const Error gone = meta_error(24, 2207008, Code::kGraph, Fault::kRefused);
    Post post = after_publish(publishing_post(), fail(gone), kDue).post;
    EXPECT_EQ(post.state, PostState::kWaiting);
    EXPECT_EQ(post.progress.containers.front().id, "container-1");
    post = after_ask(post, 0, says(ContainerStatus::kFinished), kDue + Seconds(31)).post;
    post = after_confirm(post, Readiness{}, kDue + Seconds(31)).post;
    post = after_publish(begin_publish(post, {}, kDue + Seconds(31)).post, fail(gone), kDue + Seconds(32)).post;
    EXPECT_EQ(post.progress.attempts, 2);
    EXPECT_TRUE(is_next<step::MakeContainer>(post, kDue + Seconds(32)));
}

TEST(PublishOutcome, ALostCallIsNotAskedAfterUntilItIsSurelyOver) {
    const Post post = publishing_post();
    EXPECT_TRUE(is_next<step::Wait>(post, kDue + Minutes(2)));
    EXPECT_TRUE(is_next<step::Look>(post, kDue + Minutes(3)));
}

TEST(PublishOutcome, APublishedContainerIsLive) {
    const Post post =
        after_looking(uncertain_post(), look(says(ContainerStatus::kPublished), {medium("media-1", kDue + Seconds(1))}),
                      kDue + Seconds(20))
            .post;
    EXPECT_EQ(post.state, PostState::kPublished);
    EXPECT_EQ(post.result.media_id, "media-1");
    EXPECT_EQ(post.result.published_at, kDue + Seconds(1));
}

TEST(PublishOutcome, APublishedContainerIsLiveEvenWithoutItsMedium) {
    Post post = after_looking(uncertain_post(), look(says(ContainerStatus::kPublished)), kDue + Seconds(20)).post;
    EXPECT_EQ(post.state, PostState::kPublished);
    EXPECT_EQ(post.result.media_id, "");
    ASSERT_TRUE(is_next<step::FindMedium>(post, kDue + Seconds(20)));
    post = after_finding(post, look({}, {medium("media-1", kDue)}), kDue + Minutes(5)).post;
    EXPECT_EQ(post.result.media_id, "media-1");
    EXPECT_TRUE(post.result.is_settled);
}

TEST(PublishOutcome, TheOnlyMediumThatFitsIsThePost) {
    const Look looked = look(says(ContainerStatus::kFinished),
                             {medium("other-caption", kDue, "Dogs"), medium("media-1", kDue + Seconds(1), "Cats \r\n"),
                              medium("long-ago", kDue - Days(1))});
    const Post post = after_looking(uncertain_post(), looked, kDue + Seconds(20)).post;
    EXPECT_EQ(post.state, PostState::kPublished);
    EXPECT_EQ(post.result.media_id, "media-1");
}

TEST(PublishOutcome, NeverTakesAMediumThatAnotherPostHasOrMayHave) {
    Look looked = look(says(ContainerStatus::kFinished), {medium("media-1", kDue)});
    looked.bound = {"media-1"};
    EXPECT_EQ(after_looking(uncertain_post(), looked, kDue + Seconds(20)).post.state, PostState::kUncertain);
    looked.bound.clear();
    looked.rivals = {image_post().content};
    EXPECT_EQ(after_looking(uncertain_post(), looked, kDue + Seconds(20)).post.state, PostState::kUncertain);
    looked.rivals.clear();
    looked.has_unreadable_rival = true;
    EXPECT_EQ(after_looking(uncertain_post(), looked, kDue + Seconds(20)).post.state, PostState::kUncertain);
    looked.has_unreadable_rival = false;
    EXPECT_EQ(after_looking(uncertain_post(), looked, kDue + Seconds(20)).post.result.media_id, "media-1");
    looked.recent->push_back(medium("media-2", kDue));
    EXPECT_EQ(after_looking(uncertain_post(), looked, kDue + Seconds(20)).post.state, PostState::kUncertain);
    looked.recent->clear();
    looked.recent->push_back(medium("media-0", kDue, "Not ours"));
    EXPECT_EQ(after_looking(uncertain_post(), looked, kDue + Seconds(20)).post.result.media_id, "");
}

TEST(PublishOutcome, PublishesTheSameContainerAgainAfterTwoReadingsAndTheListsLag) {
    Post post = uncertain_post();
    Instant now = kDue;
    int looks = 0;
    while (true) {
        now = std::max(now, *post.progress.next_attempt_at);
        if (std::holds_alternative<step::Confirm>(next_step(post, now))) break;
        ASSERT_TRUE(is_next<step::Look>(post, now));
        post = after_looking(post, look(says(ContainerStatus::kFinished)), now).post;
        ASSERT_EQ(post.state, PostState::kUncertain);
        ++looks;
    }
    EXPECT_GE(looks, 3);
    EXPECT_GE(now, kDue + Minutes(10));
    EXPECT_LT(now, kDue + Minutes(16));
    post = after_confirm(post, Readiness{}, now).post;
    EXPECT_EQ(post.state, PostState::kUncertain);
    ASSERT_TRUE(is_next<step::Publish>(post, now));
    const Begun begun = begin_publish(post, {}, now);
    EXPECT_EQ(begun.step, "publish-2");
    EXPECT_EQ(begun.post.progress.attempt->container_id, "container-1");
    EXPECT_EQ(begun.post.progress.attempt->first_started_at, kDue);
    EXPECT_EQ(begun.post.progress.attempt->repeats, 1);
}

TEST(PublishOutcome, AProofOfTheSecondCallProvesNothingOfTheFirst) {
    Post post = uncertain_post();
    post.progress.attempt->times_unpublished = 2;
    const Post second = begin_publish(post, {}, kDue + Minutes(12)).post;
    for (const Error& error :
         {meta_error(24, 2207008, Code::kGraph, Fault::kRefused),
          meta_error(9007, 2207027, Code::kGraph, Fault::kTransient), meta_error(100, 0, Code::kGraph, Fault::kRefused),
          Error(Code::kUnreachable, Fault::kTransient)}) {
        const Post after = after_publish(second, fail(error), kDue + Minutes(12)).post;
        EXPECT_EQ(after.state, PostState::kUncertain) << error.summary();
        EXPECT_TRUE(after.progress.attempt);
    }
    // The medium of the first call is still the post's.
    const Post found = after_looking(after_publish(second, fail(lost_answer()), kDue + Minutes(12)).post,
                                     look(says(ContainerStatus::kFinished), {medium("media-1", kDue + Seconds(1))}),
                                     kDue + Minutes(13))
                           .post;
    EXPECT_EQ(found.result.media_id, "media-1");
}

TEST(PublishOutcome, AUsedQuotaThatNothingExplainsForbidsToPublishAgain) {
    Post post = uncertain_post();
    Look looked = look(says(ContainerStatus::kFinished));
    looked.quota_used = 4; // 3 before the call
    post = after_looking(post, looked, kDue + Minutes(11)).post;
    EXPECT_EQ(post.progress.attempt->times_unpublished, 0);
    looked.others_published = 1;
    post = after_looking(post, looked, kDue + Minutes(12)).post;
    EXPECT_EQ(post.progress.attempt->times_unpublished, 1);
}

TEST(PublishOutcome, AContainerThatCannotBeReadIsHeldAndNeverMadeAnew) {
    Post post = uncertain_post();
    Instant now = kDue;
    while (post.state == PostState::kUncertain && now < kDue + Days(2)) {
        now = *post.progress.next_attempt_at;
        ASSERT_TRUE(is_next<step::Look>(post, now));
        post = after_looking(post, look(fail(kDenied)), now).post;
    }
    EXPECT_EQ(post.state, PostState::kHeld);
    EXPECT_EQ(post.progress.problem->code, Code::kPublishUncertain);
    EXPECT_EQ(post.progress.containers.front().id, "container-1");
    EXPECT_LT(now, kDue + Minutes(45));
}

TEST(PublishOutcome, WaitsADayForAMetaThatCannotBeRead) {
    Post post = uncertain_post();
    Instant now = kDue;
    while (post.state == PostState::kUncertain && now < kDue + Days(3)) {
        now = *post.progress.next_attempt_at;
        post = after_looking(post, look(fail(Error(Code::kUpstream, Fault::kTransient))), now).post;
    }
    EXPECT_EQ(post.state, PostState::kHeld);
    EXPECT_GT(now, kDue + Hours(24));
}

TEST(PublishOutcome, WhatMetaCallsSpamIsNotSentAgainByItself) {
    Post post =
        after_publish(publishing_post(), fail(meta_error(4, 2207051, Code::kGraph, Fault::kRateLimited, 403)), kDue)
            .post;
    Instant now = kDue;
    while (post.state == PostState::kUncertain && now < kDue + Days(1)) {
        now = *post.progress.next_attempt_at;
        ASSERT_TRUE(is_next<step::Look>(post, now));
        post = after_looking(post, look(says(ContainerStatus::kFinished)), now).post;
    }
    EXPECT_EQ(post.state, PostState::kHeld);
}

TEST(PublishOutcome, StoriesAreKnownByTimeAndKind) {
    Post post = image_post();
    post.content.kind = PostKind::kStory;
    post = begin_publish(after_confirm(ready_post(post), Readiness{}, kDue).post, {}, kDue).post;
    post = after_publish(post, fail(lost_answer()), kDue).post;
    PublishedMedium story = medium("story-1", kDue, "");
    story.media_product_type = "STORY";
    post = after_looking(post, look(fail(kDenied), {story}), kDue + Seconds(30)).post;
    EXPECT_EQ(post.result.media_id, "") << "lists have not had their lag";
    EXPECT_EQ(after_looking(post, look(fail(kDenied), {story}), kDue + Minutes(11)).post.result.media_id, "story-1");
    story.published_at = kDue + Minutes(20);
    EXPECT_EQ(after_looking(post, look(says(ContainerStatus::kFinished), {story}), kDue + Minutes(21)).post.state,
              PostState::kUncertain);
}

TEST(FirstComment, IsMadeOnceAndItsFailureIsNotThePosts) {
    Post post = publishing_post();
    post.content.first_comment = "#cats";
    post = after_publish(post, std::string("media-1"), kDue).post;
    const Begun begun = begin_comment(post, kDue);
    EXPECT_EQ(begun.step, "comment-1");
    // The answer is lost, or this machine stopped before it came: never again.
    EXPECT_TRUE(is_next<step::FetchPermalink>(begun.post, kDue + Minutes(4)));
    Post lost = after_comment(begun.post, fail(lost_answer()), kDue).post;
    EXPECT_EQ(lost.state, PostState::kPublished);
    EXPECT_TRUE(is_next<step::FetchPermalink>(lost, kDue));
    // Proven not made: again, under a new intent.
    const Error limit = meta_error(17, 0, Code::kRateLimited, Fault::kRateLimited);
    Post again = after_comment(begun.post, fail(limit), kDue).post;
    ASSERT_TRUE(is_next<step::Comment>(again, kDue + Hours(1)));
    EXPECT_EQ(begin_comment(again, kDue + Hours(1)).step, "comment-2");
    Post done = after_comment(begun.post, std::string("comment-id"), kDue).post;
    done = after_permalink(done, medium("media-1", kDue), kDue).post;
    EXPECT_EQ(done.result.comment_id, "comment-id");
    EXPECT_TRUE(done.result.is_settled);
}

std::vector<std::string> rules_of(const Post& post) {
    std::vector<std::string> rules;
    for (const Finding& finding : post.findings)
        rules.push_back(finding.rule);
    return rules;
}

Post live_post() {
    Post post = publishing_post();
    post.content.first_comment = "#cats";
    return after_publish(post, std::string("media-1"), kDue).post;
}

// The machine stopped in the middle of the comment's call: nobody repeats it, and a person is told.
TEST(FirstComment, OneWhoseEndNobodySawIsToldToBeInDoubt) {
    const Post killed = begin_comment(live_post(), kDue).post;
    const Error down(Code::kUpstream, Fault::kTransient);
    for (const bool is_down_first : {false, true}) {
        Post post = killed;
        if (is_down_first) post = after_permalink(post, fail(down), kDue + Minutes(4)).post;
        const Change change = after_permalink(post, medium("media-1", kDue), kDue + Minutes(10));
        EXPECT_EQ(rules_of(change.post), std::vector<std::string>{std::string(kCommentUnknown)});
        EXPECT_EQ(change.post.findings.front().measured, "https://www.instagram.com/p/media-1/");
        EXPECT_FALSE(change.post.findings.front().is_error);
        EXPECT_EQ(change.entries.front().event, is_down_first ? "permalink-fetched" : "comment-uncertain");
        EXPECT_TRUE(change.post.result.is_settled);
        EXPECT_TRUE(change.post.result.comment_id.empty());
    }
}

TEST(FirstComment, WhatBecameOfItStaysWithThePost) {
    const Post sent = begin_comment(live_post(), kDue).post;
    const Post lost = after_comment(sent, fail(lost_answer()), kDue).post;
    EXPECT_EQ(rules_of(lost), std::vector<std::string>{std::string(kCommentUnknown)});
    const Post refused = after_comment(sent, fail(meta_error(100, 0, Code::kGraph, Fault::kRefused)), kDue).post;
    EXPECT_EQ(rules_of(refused), std::vector<std::string>{std::string(kCommentMissing)});
    // Its intent stays open, as it is not repeated; that is no doubt.
    const Change later = after_permalink(refused, medium("media-1", kDue), kDue + Minutes(1));
    EXPECT_EQ(rules_of(later.post), std::vector<std::string>{std::string(kCommentMissing)});
    EXPECT_EQ(later.entries.front().event, "permalink-fetched");
    EXPECT_TRUE(rules_of(after_comment(sent, std::string("comment-id"), kDue).post).empty());
}

TEST(FirstComment, OneThatIsGivenUpIsToldToBeMissing) {
    Post post = live_post();
    Instant now = kDue;
    const Error dead(Code::kTokenRejected, Fault::kNeedsConsent);
    while (!post.result.is_settled && now < kDue + Days(30)) {
        now = *post.progress.next_attempt_at;
        post = after_permalink(post, fail(dead), now).post; // as the engine does for both without a connection
    }
    EXPECT_TRUE(post.result.is_settled);
    EXPECT_EQ(rules_of(post), std::vector<std::string>{std::string(kCommentMissing)});
}

const Error kForbidden = meta_error(200, 0, Code::kPermissionMissing, Fault::kNeedsConsent, 403);

TEST(FirstComment, KeepsNobodyFromTheAddress) {
    Post post = live_post();
    ASSERT_TRUE(is_next<step::FetchPermalink>(post, kDue));
    post = after_permalink(post, medium("media-1", kDue), kDue).post;
    EXPECT_FALSE(post.result.permalink.empty());
    EXPECT_FALSE(post.result.is_settled);
    ASSERT_TRUE(is_next<step::Comment>(post, kDue)) << "at once";
    // Where the address cannot be had, the comment is not kept waiting for it either, nor the other way round.
    const Error down(Code::kUpstream, Fault::kTransient);
    Post dark = after_permalink(live_post(), fail(down), kDue).post;
    ASSERT_TRUE(is_next<step::Comment>(dark, kDue + Minutes(1)));
    const Error limit = meta_error(17, 0, Code::kRateLimited, Fault::kRateLimited);
    dark = after_comment(begin_comment(dark, kDue + Minutes(1)).post, fail(limit), kDue + Minutes(1)).post;
    Instant now = *dark.progress.next_attempt_at;
    ASSERT_TRUE(is_next<step::FetchPermalink>(dark, now));
    dark = after_permalink(dark, medium("media-1", kDue), now).post;
    EXPECT_GE(*dark.progress.next_attempt_at, now + kResultWaits.front()) << "the comment still waits";
}

TEST(FirstComment, ThatMayNotBeMadeIsToldAtOnce) {
    Post post = after_permalink(live_post(), medium("media-1", kDue), kDue).post;
    const Change change = after_comment(begin_comment(post, kDue).post, fail(kForbidden), kDue);
    EXPECT_EQ(change.entries.front().event, "comment-failed");
    EXPECT_EQ(change.entries.front().problem->code, Code::kPermissionMissing);
    EXPECT_EQ(rules_of(change.post), std::vector<std::string>{std::string(kCommentMissing)});
    EXPECT_EQ(change.post.findings.front().measured, "https://www.instagram.com/p/media-1/");
    EXPECT_TRUE(change.post.result.is_settled) << "nothing is left to be done";
    EXPECT_FALSE(change.post.progress.problem) << "a live post is not described as failed";
    EXPECT_EQ(change.post.state, PostState::kPublished);
    // A token that may be renewed is no such refusal.
    const Error dead = meta_error(190, 460, Code::kPasswordChanged, Fault::kNeedsConsent);
    EXPECT_TRUE(rules_of(after_comment(begin_comment(post, kDue).post, fail(dead), kDue).post).empty());
}

// Its address was known before: nothing is fetched again, and what is not known is told once.
TEST(FirstComment, OneThatWasLostAfterTheAddressIsTold) {
    const Post known = after_permalink(live_post(), medium("media-1", kDue), kDue).post;
    const Post killed = begin_comment(known, kDue).post;
    const Change change = after_permalink(killed, fail(kDenied), kDue + Minutes(4));
    EXPECT_EQ(rules_of(change.post), std::vector<std::string>{std::string(kCommentUnknown)});
    EXPECT_EQ(change.post.findings.front().measured, "https://www.instagram.com/p/media-1/");
    ASSERT_EQ(change.entries.size(), 1U);
    EXPECT_EQ(change.entries.front().event, "comment-uncertain");
    EXPECT_TRUE(change.post.result.is_settled);
}

TEST(Permalink, IsGivenUpWithoutHarmToThePost) {
    Post post = after_publish(publishing_post(), std::string("media-1"), kDue).post;
    Instant now = kDue;
    while (!post.result.is_settled && now < kDue + Days(30)) {
        now = *post.progress.next_attempt_at;
        post = after_permalink(post, fail(kDenied), now).post;
        ASSERT_EQ(post.state, PostState::kPublished);
    }
    EXPECT_TRUE(post.result.is_settled);
    EXPECT_EQ(post.result.media_id, "media-1");
}

} // namespace
} // namespace everlong::core::test
