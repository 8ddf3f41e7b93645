// What may have happened to a post without this store's knowing.

#include <unit/core/publishing/posts.hpp>

#include <core/channel_state.hpp>
#include <core/facts/platform.hpp>
#include <core/store_mark.hpp>

namespace everlong::core::test {
namespace {

constexpr Instant kCopied = kDue - Days(3); // the copy knows nothing after this
constexpr Instant kBack = kDue + Days(4);   // when it was brought back

Look account(std::vector<PublishedMedium> recent) {
    return look(fail(Error(Code::kUnreachable, Fault::kTransient)), std::move(recent));
}
Post restored(Post post, Instant now = kBack) {
    return after_restore(std::move(post), kCopied, now)->post;
}
// Was due while nothing ran, and Everlong starts 20 minutes later.
constexpr Instant kStarted = kDue + Minutes(20);
Post paused(Post post = image_post()) {
    return after_pause(std::move(post), kDue - Hours(2), kStarted)->post;
}

TEST(StoreMark, AStoreThatIsBehindTheFileIsAnOlderCopy) {
    const BesideMark seven{true, StoreMark{"a", 7}};
    EXPECT_EQ(why_older_copy({"a", 7}, seven), "");
    EXPECT_NE(why_older_copy({"a", 6}, seven), "");
    // Stopped between the two.
    EXPECT_EQ(why_older_copy({"a", 8}, seven), "");
    // Another store, or one that was brought without its file.
    EXPECT_NE(why_older_copy({"b", 9}, seven), "");
    EXPECT_NE(why_older_copy({"a", 1}, {false, {}}).find("missing"), std::string::npos);
    EXPECT_NE(why_older_copy({"a", 1}, {true, {}}).find("empty or damaged"), std::string::npos);
    EXPECT_EQ(why_older_copy({"a", 0}, {false, {}}), "");
    EXPECT_EQ(why_older_copy({"a", 0}, {true, {}}), "");
}

TEST(StoreMark, ATokenOfAnOlderCopyIsUnverifiedUntilItsCheck) {
    TokenFacts facts;
    facts.kind = TokenKind::kInstagramUser;
    facts.lifetime = Lifetime::kLong;
    facts.issued_at = kDue;
    facts.expires_at = Expiry::at(kDue + Days(60));
    Lifecycle lifecycle;
    lifecycle.restored_at = kDue;
    const auto state = [&](Instant now) {
        return channel_health("shop", LoginPath::kInstagram, &facts, lifecycle, now).state;
    };
    EXPECT_EQ(state(kDue + Hours(1)), ChannelState::kUnverified);
    EXPECT_EQ(state(kDue + Days(20)), ChannelState::kUnverified);
    EXPECT_EQ(state(kDue + Days(60)), ChannelState::kDead);
    lifecycle.restored_at.reset();
    EXPECT_EQ(state(kDue + Hours(1)), ChannelState::kHealthy);
}

TEST(AfterRestore, EveryPostThatCouldGoOutIsHeld) {
    Post later = image_post();
    later.schedule.due_at = kBack + Days(30);
    for (const Post& post : {image_post(), ready_post(), publishing_post(), uncertain_post(), later}) {
        const Post held = restored(post);
        EXPECT_EQ(held.state, PostState::kHeld) << to_text(post.state);
        ASSERT_TRUE(held.progress.problem);
        EXPECT_EQ(held.progress.problem->code, Code::kStoreRestored);
        EXPECT_EQ(held.progress.unseen_since, kCopied);
        EXPECT_TRUE(is_next<step::Nothing>(held, kBack + Days(60)));
    }
}

TEST(AfterRestore, WhatIsOverStaysAndADraftIsOnlyRemembered) {
    EXPECT_FALSE(after_restore(cancel_post(image_post(), kDue)->post, kCopied, kBack));
    const Post draft = restored(start_post(image_post(), true, kCopied).post);
    EXPECT_EQ(draft.state, PostState::kDraft);
    // Given its time after all, the account is looked at first: it may have gone out of the store that is lost.
    const Post given = schedule_post(draft, Schedule{kBack + Hours(1), "", ""}, kBack)->post;
    EXPECT_TRUE(is_next<step::LookBack>(given, kBack + Hours(1)));
    Post failed = image_post();
    failed.state = PostState::kFailed;
    EXPECT_TRUE(is_next<step::LookBack>(retry_post(restored(failed), kBack)->post, kBack + Minutes(10)));
}

TEST(AfterRestore, AFirstCommentIsNotMadeAgain) {
    Post post = publishing_post();
    post.content.first_comment = "first";
    post = after_publish(post, std::string("media-1"), kDue).post;
    post = after_permalink(post, medium("media-1", kDue), kDue).post;
    ASSERT_TRUE(is_next<step::Comment>(post, kDue));
    const auto change = after_restore(post, kCopied, kBack);
    ASSERT_TRUE(change);
    EXPECT_EQ(change->post.state, PostState::kPublished);
    EXPECT_TRUE(is_next<step::FetchPermalink>(change->post, kBack));
}

TEST(AfterRestore, ARetryLooksAtTheAccountBeforeAnythingIsSent) {
    const Post retried = retry_post(restored(ready_post()), kBack)->post;
    ASSERT_TRUE(is_next<step::LookBack>(retried, kBack + Minutes(10)));
    EXPECT_EQ(media_wanted_since(retried), kCopied - Minutes(10));
    // What is older, has another caption or is another post's is none.
    Look none = account({medium("1", kCopied - Minutes(11)), medium("2", kDue, "Dogs"), medium("3", kDue)});
    none.bound = {"3"};
    const Post clear = after_look_back(retried, none, kBack).post;
    EXPECT_FALSE(clear.progress.unseen_since);
    EXPECT_NE(clear.state, PostState::kHeld);
    EXPECT_FALSE(std::holds_alternative<step::LookBack>(next_step(clear, kBack)));

    const Post found = after_look_back(retried, account({medium("4", kDue)}), kBack).post;
    EXPECT_EQ(found.state, PostState::kHeld);
    EXPECT_EQ(found.progress.problem->code, Code::kMaybeLive);
    EXPECT_NE(found.progress.problem->detail.find("https://www.instagram.com/p/4/"), std::string::npos);
    // Asked again, it says so again; only a person's word sends it.
    EXPECT_TRUE(is_next<step::LookBack>(retry_post(found, kBack)->post, kBack + Minutes(10)));
    const Post failed = settle_unpublished(found, kBack)->post;
    EXPECT_TRUE(is_next<step::Check>(retry_post(failed, kBack)->post, kBack));
}

// Months later the account may have more media than are read: what was not read proves nothing.
TEST(AfterRestore, AListThatDoesNotReachBackToTheCopyIsNoProof) {
    const Post retried = retry_post(restored(ready_post()), kBack)->post;
    std::vector<PublishedMedium> recent;
    for (int i = 0; i < kListPageLimit * kMediaPageSize; ++i)
        recent.push_back(medium(std::to_string(i), kBack - Minutes(i), "Dogs"));
    ASSERT_GT(*recent.back().published_at, kCopied);
    const Post held = after_look_back(retried, account(recent), kBack).post;
    EXPECT_EQ(held.state, PostState::kHeld);
    EXPECT_EQ(held.progress.problem->code, Code::kMaybeLive);
    EXPECT_TRUE(held.progress.unseen_since);
    recent.push_back(medium("older", kCopied - Hours(1), "Dogs"));
    EXPECT_NE(after_look_back(retried, account(recent), kBack).post.state, PostState::kHeld);
    recent.resize(100); // the whole of a young account's
    EXPECT_NE(after_look_back(retried, account(recent), kBack).post.state, PostState::kHeld);
}

TEST(AfterRestore, APersonSettlesOrGivesUp) {
    const Post held = restored(image_post());
    EXPECT_EQ(cancel_post(held, kBack)->post.state, PostState::kCancelled);
    const Post live = settle_published(held, "media-7", kBack)->post;
    EXPECT_EQ(live.state, PostState::kPublished);
    EXPECT_EQ(live.result.media_id, "media-7");
    EXPECT_EQ(live.result.published_at, kDue);
    EXPECT_TRUE(is_next<step::FetchPermalink>(live, kBack));
    // Without its id, the one medium that fits is it.
    const Post unknown = settle_published(held, "", kBack)->post;
    ASSERT_TRUE(is_next<step::FindMedium>(unknown, kBack));
    EXPECT_EQ(after_find(unknown, account({medium("media-8", kDue + Seconds(4))}), kBack).post.result.media_id,
              "media-8");
    // Where a call had left, the retry asks its oracles.
    EXPECT_TRUE(is_next<step::Look>(retry_post(restored(uncertain_post()), kBack)->post, kBack));
}

TEST(AfterPause, OnlyAPostWhoseTimeCameIsLookedForFirst) {
    EXPECT_TRUE(is_next<step::LookBack>(paused(), kStarted));
    EXPECT_TRUE(is_next<step::LookBack>(paused(ready_post()), kStarted));
    EXPECT_FALSE(after_pause(image_post(), kDue - Hours(2), kDue));
    EXPECT_FALSE(after_pause(uncertain_post(), kDue - Hours(2), kStarted));
    EXPECT_FALSE(after_pause(paused(), kDue - Hours(2), kStarted + Hours(1)));
}

// The account gets media all week: a look at the post's new time would find one that could be it, where it has no caption.
TEST(AfterPause, WhatIsMovedToAnotherWeekIsLookedForNow) {
    Post post = image_post();
    post.content.caption.clear();
    post = paused(post);
    const Instant next_week = kDue + Days(7);
    post = edit_post(post, post.content, Schedule{next_week, "", ""}, kStarted)->post;
    // What may have happened before is not forgotten, and lists lag.
    EXPECT_TRUE(post.progress.unseen_since);
    EXPECT_TRUE(is_next<step::Wait>(post, kStarted + Minutes(9)));
    const Instant looked_at = kStarted + Minutes(10);
    ASSERT_TRUE(is_next<step::LookBack>(post, looked_at));
    EXPECT_EQ(after_look_back(post, account({medium("1", kDue + Seconds(3), "")}), looked_at).post.state,
              PostState::kHeld);
    const Post clear = after_look_back(post, account({}), looked_at).post;
    EXPECT_FALSE(clear.progress.unseen_since);
    EXPECT_EQ(clear.progress.next_attempt_at, begins_at(post));
    EXPECT_TRUE(is_next<step::Check>(clear, begins_at(post)));
    // Where Meta cannot be read it is looked for later, and goes out by nobody's leave before that.
    Look blind = account({});
    blind.recent = fail(Error(Code::kUpstream, Fault::kTransient));
    const Post waiting = after_look_back(post, blind, looked_at).post;
    EXPECT_TRUE(waiting.progress.unseen_since);
    EXPECT_TRUE(is_next<step::LookBack>(waiting, *waiting.progress.next_attempt_at));
    // Moved to a time before the lists' lag is over, it is looked for at that time.
    const Post soon = edit_post(paused(), post.content, Schedule{kStarted + Minutes(8), "", ""}, kStarted)->post;
    EXPECT_TRUE(is_next<step::LookBack>(soon, kStarted + Minutes(3)));
}

TEST(AfterRestore, NothingIsLookedForBeforeListsShowWhatWasPublishedJustBefore) {
    // Half an hour late when the copy comes back, so that it would be taken up at once.
    const Instant back = kDue + Minutes(30);
    const Post retried = retry_post(restored(image_post(), back), back + Minutes(1))->post;
    EXPECT_TRUE(is_next<step::Wait>(retried, back + Minutes(9)));
    EXPECT_TRUE(is_next<step::LookBack>(retried, back + Minutes(10)));
    // A clock that was ahead then is not waited for.
    EXPECT_TRUE(is_next<step::LookBack>(retry_post(restored(image_post(), back + Days(300)), back)->post, back));
}

TEST(AfterRestore, EachTimeACopyComesBackWhatItShowedThenIsKept) {
    Post draft = restored(start_post(image_post(), true, kCopied).post);
    const auto showing = [&](std::string caption) {
        PostContent content = draft.content;
        content.caption = std::move(caption);
        return edit_post(draft, content, draft.schedule, kBack)->post;
    };
    const std::string first = draft.content.caption;
    draft = after_restore(showing("second"), kBack, kBack + Days(1))->post;
    draft = schedule_post(showing("third"), Schedule{kBack + Days(2), "", ""}, kBack + Days(1))->post;
    const Instant looked_at = kBack + Days(1) + Minutes(10);
    ASSERT_TRUE(is_next<step::LookBack>(draft, looked_at));
    for (const std::string& caption : {first, std::string("second"), std::string("third")})
        EXPECT_EQ(after_look_back(draft, account({medium("1", kBack, caption)}), looked_at).post.state,
                  PostState::kHeld)
            << caption;
}

TEST(AfterRestore, WhatIsChangedIsLookedForAsItWasAsWell) {
    Post later = image_post();
    later.schedule.due_at = kBack + Days(30);
    const Post draft = restored(start_post(later, true, kCopied).post);
    PostContent content = draft.content;
    content.caption = "A caption of its own";
    Post changed = edit_post(draft, content, later.schedule, kBack)->post;
    content.caption = "And another one";
    changed = edit_post(changed, content, later.schedule, kBack)->post;
    changed = schedule_post(changed, later.schedule, kBack)->post;
    const Instant looked_at = kBack + Minutes(10);
    ASSERT_TRUE(is_next<step::LookBack>(changed, looked_at));
    const auto after = [&](const std::string& caption) {
        return after_look_back(changed, account({medium("1", kDue, caption)}), looked_at).post;
    };
    EXPECT_EQ(after(draft.content.caption).state, PostState::kHeld);
    EXPECT_EQ(after("And another one").state, PostState::kHeld);
    // What it showed in between was never sent: nothing marked is.
    const Post clear = after("A caption of its own");
    EXPECT_EQ(clear.state, PostState::kScheduled);
    EXPECT_TRUE(clear.progress.unseen_contents.empty());
    // A story's list is another one.
    content.kind = PostKind::kStory;
    EXPECT_EQ(edit_post(draft, content, later.schedule, kBack).error().code(), Code::kPostState);
    // What had a caption is looked for as far back as such a post, whatever it shows now.
    content = draft.content;
    content.caption.clear();
    EXPECT_EQ(media_wanted_since(edit_post(draft, content, later.schedule, kBack)->post), media_wanted_since(draft));
}

TEST(AfterRestore, WhatIsDueLaterIsLookedForWhereAPersonLetsItGo) {
    Post later = image_post();
    later.schedule.due_at = kBack + Days(30);
    const Post retried = retry_post(restored(later), kBack)->post;
    ASSERT_TRUE(is_next<step::LookBack>(retried, kBack + Minutes(10)));
    EXPECT_TRUE(is_next<step::Wait>(after_look_back(retried, account({}), kBack + Minutes(10)).post, kBack + Days(29)));
    const Post draft = restored(start_post(later, true, kCopied).post);
    const Post given = schedule_post(draft, later.schedule, kBack)->post;
    EXPECT_TRUE(is_next<step::LookBack>(given, kBack + Minutes(10)));
}

TEST(AfterPause, NothingOnTheAccountSendsItByItself) {
    const Post post = after_look_back(paused(), account({medium("1", kDue - Hours(1))}), kStarted).post;
    EXPECT_TRUE(is_next<step::Check>(post, kStarted));
    const Post held = after_look_back(paused(), account({medium("1", kDue + Seconds(3))}), kStarted).post;
    EXPECT_EQ(held.state, PostState::kHeld);
}

TEST(AfterPause, AMediumThatAnotherPostMayClaimIsWaitedFor) {
    Look seen = account({medium("1", kDue + Seconds(3))});
    seen.rivals = {image_post().content};
    Post post = after_look_back(paused(), seen, kStarted).post;
    EXPECT_EQ(post.state, PostState::kScheduled);
    EXPECT_TRUE(is_next<step::LookBack>(post, kStarted + Minutes(1)));
    // One of two is claimed by nobody.
    seen.recent->push_back(medium("2", kDue + Seconds(9)));
    EXPECT_EQ(after_look_back(paused(), seen, kStarted).post.state, PostState::kHeld);
}

TEST(AfterPause, ADamagedPostIsNotWaitedForAsNobodyLooksForIt) {
    Look seen = account({medium("1", kDue + Seconds(3))});
    seen.has_unreadable_rival = true;
    const Post held = after_look_back(paused(), seen, kStarted).post;
    EXPECT_EQ(held.state, PostState::kHeld);
    ASSERT_TRUE(held.progress.problem);
    EXPECT_EQ(held.progress.problem->code, Code::kMaybeLive);
    EXPECT_NE(held.progress.problem->detail.find("the newest is 1"), std::string::npos)
        << held.progress.problem->detail;
    // Of two it is no claim on the second.
    seen.rivals = {image_post().content};
    seen.recent->push_back(medium("2", kDue + Seconds(9)));
    EXPECT_EQ(after_look_back(paused(), seen, kStarted).post.state, PostState::kHeld);
    seen.recent->pop_back();
    EXPECT_EQ(after_look_back(paused(), seen, kStarted).post.state, PostState::kScheduled) << "the other one is";
    seen.recent->clear();
    EXPECT_TRUE(is_next<step::Check>(after_look_back(paused(), seen, kStarted).post, kStarted));
}

TEST(AfterPause, AContainerThatSaysPublishedIsBelieved) {
    const Post post = after_look_back(paused(ready_post()), look(says(ContainerStatus::kPublished)), kStarted).post;
    EXPECT_EQ(post.state, PostState::kPublished);
    EXPECT_TRUE(is_next<step::FindMedium>(post, kStarted));
}

TEST(AfterPause, WhereTheAccountCannotBeReadItWaitsAndThenAsks) {
    Look blind = account({});
    blind.recent = fail(Error(Code::kUpstream, Fault::kTransient));
    const Post waiting = after_look_back(paused(), blind, kStarted).post;
    EXPECT_EQ(waiting.state, PostState::kScheduled);
    EXPECT_GT(*waiting.progress.next_attempt_at, kStarted);
    EXPECT_TRUE(waiting.progress.unseen_since);
    const Post held = after_look_back(paused(), blind, kDue + Hours(2)).post;
    EXPECT_EQ(held.state, PostState::kHeld);
    EXPECT_EQ(held.progress.problem->code, Code::kOverdue);
    blind.recent = fail(Error(Code::kStoreRestored, Fault::kNeedsConsent));
    EXPECT_EQ(after_look_back(paused(ready_post()), blind, kStarted).post.state, PostState::kScheduled);
}

} // namespace
} // namespace everlong::core::test
