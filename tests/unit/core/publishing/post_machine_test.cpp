#include <unit/core/publishing/posts.hpp>

namespace everlong::core::test {
namespace {

TEST(PostMachine, BeginsALeadTimeBeforeTheDueTime) {
    EXPECT_EQ(image_post().progress.next_attempt_at, kDue - Minutes(5));
    EXPECT_EQ(reel_post().progress.next_attempt_at, kDue - Minutes(15));
    EXPECT_TRUE(is_next<step::Wait>(image_post(), kDue - Minutes(6)));
    EXPECT_TRUE(is_next<step::Check>(image_post(), kDue - Minutes(5)));
}

TEST(PostMachine, LeadsAPictureFromCheckToItsAddress) {
    Instant now = kDue - Minutes(4);
    Post post = after_check(image_post(), Readiness{3, 50, now}, now).post;
    EXPECT_EQ(post.state, PostState::kContainers);
    ASSERT_TRUE(is_next<step::MakeContainer>(post, now));
    post = after_make(post, 0, made("container-1"), now).post;
    EXPECT_EQ(post.state, PostState::kWaiting);
    ASSERT_TRUE(is_next<step::AskContainer>(post, now));
    post = after_ask(post, 0, says(ContainerStatus::kFinished), now).post;
    EXPECT_EQ(post.state, PostState::kReady);
    EXPECT_EQ(post.progress.next_attempt_at, kDue - kConfirmAhead);
    now = kDue - kConfirmAhead;
    ASSERT_TRUE(is_next<step::Confirm>(post, now));
    post = after_confirm(post, Readiness{4, 50, now}, now).post;
    EXPECT_TRUE(is_next<step::Wait>(post, kDue - Seconds(1)));
    ASSERT_TRUE(is_next<step::Publish>(post, kDue));
    const Begun begun = begin_publish(post, {}, kDue);
    EXPECT_EQ(begun.step, "publish-1");
    EXPECT_EQ(begun.post.state, PostState::kPublishing);
    EXPECT_EQ(begun.post.progress.attempt->container_id, "container-1");
    EXPECT_EQ(begun.post.progress.attempt->quota_used, 4);
    post = after_publish(begun.post, std::string("media-1"), kDue + Seconds(1)).post;
    EXPECT_EQ(post.state, PostState::kPublished);
    EXPECT_EQ(post.result.media_id, "media-1");
    ASSERT_TRUE(is_next<step::FetchPermalink>(post, kDue + Seconds(1)));
    post = after_permalink(post, medium("media-1", kDue), kDue + Seconds(1)).post;
    EXPECT_EQ(post.result.permalink, "https://www.instagram.com/p/media-1/");
    EXPECT_TRUE(post.result.is_settled);
    EXPECT_TRUE(is_next<step::Nothing>(post, kDue + Days(1)));
}

TEST(PostMachine, MakesACarouselsPartsThenTheCarousel) {
    Instant now = kDue - Minutes(4);
    Post post = after_check(carousel_post(2), Readiness{}, now).post;
    post = after_make(post, 0, made("part-1"), now).post;
    EXPECT_EQ(std::get<step::MakeContainer>(next_step(post, now)).item, 1);
    post = after_make(post, 1, made("part-2"), now).post;
    EXPECT_EQ(std::get<step::AskContainer>(next_step(post, now)).item, 0);
    post = after_ask(post, 0, says(ContainerStatus::kInProgress), now).post;
    EXPECT_EQ(std::get<step::AskContainer>(next_step(post, now)).item, 1);
    post = after_ask(post, 1, says(ContainerStatus::kFinished), now).post;
    // The round is over: a pause.
    ASSERT_TRUE(is_next<step::Wait>(post, now));
    now += Seconds(3);
    EXPECT_EQ(std::get<step::AskContainer>(next_step(post, now)).item, 0);
    post = after_ask(post, 0, says(ContainerStatus::kFinished), now).post;
    EXPECT_EQ(std::get<step::MakeContainer>(next_step(post, now)).item, kParent);
    post = after_make(post, kParent, made("carousel-1"), now).post;
    EXPECT_EQ(std::get<step::AskContainer>(next_step(post, now)).item, kParent);
    post = after_ask(post, kParent, says(ContainerStatus::kFinished), now).post;
    EXPECT_EQ(post.state, PostState::kReady);
    post = after_confirm(post, Readiness{}, kDue).post;
    EXPECT_EQ(begin_publish(post, {}, kDue).post.progress.attempt->container_id, "carousel-1");
}

TEST(PostMachine, ACarouselNeverShrinks) {
    const Instant now = kDue - Minutes(4);
    Post post = after_check(carousel_post(2), Readiness{}, now).post;
    post = after_make(post, 0, made("part-1"), now).post;
    post = after_make(post, 1, fail(meta_error(36003, 2207009, Code::kGraph, Fault::kRefused)), now).post;
    EXPECT_EQ(post.state, PostState::kFailed);
    EXPECT_EQ(post.progress.problem->upstream_code, 36003);
}

TEST(PostMachine, APermissionForProductTagsIsThePostsTroubleAndNotTheChannels) {
    const Error denied = meta_error(10, 0, Code::kPermissionMissing, Fault::kNeedsConsent, 403);
    Post post = after_check(image_post(), Readiness{}, kDue).post;
    EXPECT_EQ(after_make(post, 0, fail(denied), kDue).post.state, PostState::kScheduled) << "the channel's";
    post.content.media.front().product_tags = {{"123", 0.5, 0.5}};
    const Post failed = after_make(post, 0, fail(denied), kDue).post;
    EXPECT_EQ(failed.state, PostState::kFailed);
    ASSERT_TRUE(failed.progress.problem);
    EXPECT_EQ(failed.progress.problem->code, Code::kPermissionMissing);
    EXPECT_EQ(failed.progress.problem->detail, "it is wanted for the product tags: as Meta says");
    // Nobody has asked Meta: the token is missing here.
    const Error missing(Code::kTokenMissing, Fault::kUsage);
    EXPECT_EQ(after_make(post, 0, fail(missing), kDue).post.state, PostState::kScheduled);
}

TEST(PostMachine, SendsTheBytesOfAVideoBeforeItAsks) {
    const Instant now = kDue - Minutes(14);
    Post post = after_check(reel_post(), Readiness{}, now).post;
    ContainerProgress container = made("container-1");
    container.has_bytes = false;
    container.upload_uri = "https://rupload.facebook.com/1";
    post = after_make(post, 0, container, now).post;
    ASSERT_TRUE(is_next<step::SendBytes>(post, now));
    post = after_send(post, 0, fail(lost_answer()), now).post;
    EXPECT_TRUE(is_next<step::Wait>(post, now));
    EXPECT_TRUE(is_next<step::SendBytes>(post, now + Seconds(30)));
    post = after_send(post, 0, Result<void>{}, now + Seconds(30)).post;
    EXPECT_TRUE(is_next<step::AskContainer>(post, now + Seconds(60)));
}

TEST(PostMachine, ALostContainerAnswerMakesANewOne) {
    const Instant now = kDue - Minutes(4);
    const Post post = after_check(image_post(), Readiness{}, now).post;
    const Change change = after_make(post, 0, fail(lost_answer()), now);
    EXPECT_EQ(change.post.state, PostState::kContainers);
    EXPECT_TRUE(is_next<step::MakeContainer>(change.post, now + Seconds(30)));
    ASSERT_EQ(change.entries.size(), 1u);
    EXPECT_EQ(change.entries.front().event, "trouble");
}

TEST(PostMachine, MakesAFailedContainerAnewTwiceThenFails) {
    Instant now = kDue - Minutes(4);
    Post post = after_check(image_post(), Readiness{}, now).post;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(is_next<step::MakeContainer>(post, now)) << i;
        post = after_make(post, 0, made("container-" + std::to_string(i)), now).post;
        post = after_ask(post, 0, says(ContainerStatus::kError, 2207032), now).post;
        now += Minutes(1);
    }
    EXPECT_EQ(post.state, PostState::kFailed);
    EXPECT_EQ(post.progress.problem->code, Code::kContainerFailed);
}

TEST(PostMachine, FailsAtOnceWhereTheSameFileWouldFailAgain) {
    const Post post = after_ask(after_make(after_check(image_post(), Readiness{}, kDue).post, 0, made("c"), kDue).post,
                                0, says(ContainerStatus::kError, 2207082), kDue)
                          .post;
    EXPECT_EQ(post.state, PostState::kFailed);
}

TEST(PostMachine, MakesAnExpiredContainerAnew) {
    Post post = ready_post();
    post.progress.released_at = kDue + Days(2);
    EXPECT_TRUE(is_next<step::MakeContainer>(post, kDue + Hours(23)));
    EXPECT_TRUE(is_next<step::Confirm>(post, kDue + Hours(22)));
}

TEST(PostMachine, WaitsWhileMetaDeniesKnowingAContainerAndThenTriesItAllTheSame) {
    Instant now = kDue - Minutes(10);
    Post post = after_make(after_check(image_post(), Readiness{}, now).post, 0, made("c"), now).post;
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(post.state, PostState::kWaiting);
        now += Minutes(2);
        ASSERT_TRUE(is_next<step::AskContainer>(post, now)) << i;
        post = after_ask(post, 0, fail(meta_error(100, 33, Code::kAccountId, Fault::kRefused)), now).post;
    }
    EXPECT_EQ(post.state, PostState::kReady);
    EXPECT_EQ(post.progress.containers.front().id, "c");
}

TEST(PostMachine, FindsAPostLiveThatItDidNotKnowItHadSent) {
    const Post post = after_make(after_check(image_post(), Readiness{}, kDue).post, 0, made("c"), kDue).post;
    const Post after = after_ask(post, 0, says(ContainerStatus::kPublished), kDue).post;
    EXPECT_EQ(after.state, PostState::kPublished);
    EXPECT_TRUE(is_next<step::FindMedium>(after, kDue));
}

TEST(PostMachine, WaitsForTheQuotaAndDoesNotCountItAsLate) {
    Post post = after_confirm(ready_post(), Readiness{50, 50, {}}, kDue - Seconds(15)).post;
    EXPECT_EQ(post.progress.problem->code, Code::kPublishQuota);
    EXPECT_EQ(post.progress.next_attempt_at, kDue - Seconds(15) + Minutes(15));
    for (Instant now = kDue + Minutes(15); now < kDue + Hours(5); now += Minutes(20)) {
        ASSERT_TRUE(is_next<step::Confirm>(post, now));
        post = after_confirm(post, Readiness{50, 50, {}}, now).post;
    }
    post = after_confirm(post, Readiness{49, 50, {}}, kDue + Hours(5) + Minutes(10)).post;
    EXPECT_EQ(post.state, PostState::kReady);
    EXPECT_TRUE(is_next<step::Publish>(post, kDue + Hours(5) + Minutes(10)));
}

TEST(PostMachine, HoldsWhatIsMoreThanAnHourLate) {
    const Post post = after_check(image_post(), Readiness{}, kDue + Hours(1) + Seconds(1)).post;
    EXPECT_EQ(post.state, PostState::kHeld);
    EXPECT_EQ(post.progress.problem->code, Code::kOverdue);
    EXPECT_TRUE(is_next<step::Nothing>(post, kDue + Days(1)));
    EXPECT_EQ(after_check(image_post(), Readiness{}, kDue + Hours(1)).post.state, PostState::kContainers);
}

TEST(PostMachine, TellsWhyAPostIsLate) {
    const Change change = after_check(image_post(), Readiness{}, kDue + Minutes(30));
    EXPECT_EQ(change.entries.back().detail, "30 minutes late: this machine was stopped, asleep or busy");
}

TEST(PostMachine, StaysQueuedWhileTheChannelIsNotConnected) {
    Post post = image_post();
    Instant now = kDue - Minutes(5);
    for (int i = 0; i < 50; ++i) {
        now = *post.progress.next_attempt_at;
        ASSERT_TRUE(is_next<step::Check>(post, now));
        post = after_check(post, fail(Error(Code::kUnconnected, Fault::kNeedsConsent)), now).post;
        ASSERT_EQ(post.state, PostState::kScheduled);
        ASSERT_EQ(post.progress.problem->code, Code::kUnconnected);
    }
    ASSERT_GT(now, kDue + Hours(2));
    // Connected again, it could go out; but it is late.
    EXPECT_EQ(after_check(post, Readiness{}, now).post.state, PostState::kHeld);
}

TEST(PostMachine, HoldsAfterAnHourOfTrouble) {
    Post post = image_post();
    Instant now = kDue;
    while (post.state != PostState::kHeld && now < kDue + Days(1)) {
        post = after_check(post, fail(Error(Code::kUpstream, Fault::kTransient, "503")), now).post;
        now = post.progress.next_attempt_at.value_or(now);
    }
    EXPECT_EQ(post.state, PostState::kHeld);
    EXPECT_EQ(post.progress.problem->code, Code::kOverdue);
    EXPECT_LT(now, kDue + Hours(2));
}

TEST(PostMachine, SendsNothingWhileItsClockIsAheadOfMetas) {
    const Instant ahead = kDue + Days(365);
    const Post post = after_check(image_post(), Readiness{0, 50, kDue - Days(2)}, ahead).post;
    EXPECT_EQ(post.progress.problem->code, Code::kClock);
    EXPECT_NE(post.state, PostState::kHeld);
    EXPECT_TRUE(put_right(post, false, kDue - Days(2)));
    EXPECT_FALSE(put_right(image_post(), false, kDue - Days(30)));
}

TEST(PostMachine, WaitsAsLongAsMetaSaysAfterARateLimit) {
    Upstream upstream;
    upstream.http_status = 403;
    upstream.code = 4;
    upstream.wait = Minutes(40);
    const Error error(Code::kRateLimited, Fault::kRateLimited, "", upstream);
    const Post post = after_make(after_check(image_post(), Readiness{}, kDue).post, 0, fail(error), kDue).post;
    EXPECT_EQ(post.progress.next_attempt_at, kDue + Minutes(40));
    EXPECT_EQ(post.state, PostState::kContainers);
}

TEST(Story, AWaitIsToldOnceAndInWords) {
    Post post = image_post();
    const Error changed(Code::kPasswordChanged, Fault::kNeedsConsent, "of the channel");
    std::size_t told = 0;
    Instant now = kDue - Minutes(5);
    for (int i = 0; i < 4; ++i, now += Minutes(1)) {
        const Change change = after_check(post, fail(changed), now);
        told += change.entries.size();
        post = change.post;
    }
    EXPECT_EQ(told, 1U);
    const Post held = after_check(post, Readiness{}, kDue + kMisfireAfter + Minutes(1)).post;
    ASSERT_EQ(held.state, PostState::kHeld);
    const std::string& why = held.progress.problem->detail;
    EXPECT_EQ(why.find("E_"), std::string::npos) << why;
    EXPECT_NE(why.find("what kept it: Meta ended the session"), std::string::npos) << why;
}

} // namespace
} // namespace everlong::core::test
