// ports/post_store.hpp: posts.

#include "store_posts_suite.hpp"

#include <set>

namespace everlong::test {
namespace {

using core::PostId;
using ports::AddedPost;
using ports::PostQuery;
using testing::ElementsAre;
using testing::IsEmpty;

// Each member another value than it has by itself: one that is lost on the way is seen.
Post with_everything(Post post) {
    core::PostContent& content = post.content;
    content.kind = core::PostKind::kReel;
    core::PostMedium& medium = content.media[0];
    medium.type = core::MediumType::kVideo;
    medium.alt_text = "a cat \xF0\x9F\x90\x88";
    medium.user_tags = {{"ann", 0.1, 1.0 / 3.0}, {"ben", std::nullopt, std::nullopt}, {"cid", 0.0, 1.0}};
    medium.product_tags = {{"77", 0.25, std::nullopt}};
    content.media.push_back({core::MediumType::kImage, core::FileId(), "https://example.com/2", "", {}, {}});
    content.caption = "caf\xff and \"quotes\"\n";
    content.location_id = "123";
    content.collaborators = {"dan", "eve"};
    content.reel = {core::FileId(), "https://example.com/cover", Milliseconds(0), false,
                    "the sound",    core::Trial::kPerformance};
    content.first_comment = "first";
    content.is_ai_generated = true;
    post.schedule.zone = "Europe/Berlin";
    post.schedule.wall_time = "2026-12-24T18:00:00";
    post.state = PostState::kUncertain;
    core::Progress& progress = post.progress;
    progress.containers = {
        {"c1", "https://rupload.facebook.com/x", true, day(1), core::ContainerStatus::kFinished, 3, 2}, {}};
    progress.parent.id = "parent";
    progress.parent.status = core::ContainerStatus::kExpired;
    progress.attempt = core::PublishAttempt{2, "parent", day(2), day(1), 1, 0, day(3), 1, day(4), day(5), day(6)};
    progress.attempts = 4;
    progress.remakes = 1;
    progress.failed_attempts = 5;
    progress.confirmed_at = day(5);
    progress.quota_used = 6;
    progress.released_at = day(6);
    progress.unseen_since = day(3);
    progress.unseen_until = day(4);
    progress.unseen_contents = {post.content, post.content};
    progress.unseen_contents[1].caption = "as it was";
    progress.next_attempt_at = day(7);
    progress.problem = core::Problem{Code::kTimeout, Fault::kUnknownOutcome, "cut \xff", 2, 99, day(8)};
    post.result = {"m1", "https://www.instagram.com/p/x/", day(9), "comment", 2, true, true};
    post.findings = {{"image-ratio", false, 1, "2:1", "4:5 to 1.91:1", true},
                     {"caption-length", true, -1, "", "", false}};
    return post;
}

void expect_same(const Post& read, const Post& written) {
    EXPECT_EQ(read.id, written.id);
    EXPECT_EQ(read.revision, written.revision);
    EXPECT_EQ(read.channel, written.channel);
    EXPECT_EQ(read.channel_name, written.channel_name);
    EXPECT_TRUE(read.content == written.content);
    EXPECT_TRUE(read.schedule == written.schedule);
    EXPECT_EQ(read.state, written.state);
    EXPECT_TRUE(read.progress == written.progress);
    EXPECT_TRUE(read.result == written.result);
    EXPECT_TRUE(read.findings == written.findings);
    EXPECT_EQ(read.created_at, written.created_at);
    EXPECT_EQ(read.created_by, written.created_by);
}

TEST_F(StorePosts, SurviveARestartWithEverythingThatIsKnown) {
    const Post plain = add(draft(day(3)), "", day(1));
    EXPECT_TRUE(plain.id.text().starts_with("post_"));
    EXPECT_EQ(plain.id.text().size(), 25U);
    EXPECT_EQ(plain.revision, 1);
    EXPECT_EQ(plain.channel_name, "shop");
    EXPECT_EQ(plain.created_at, day(1));
    EXPECT_EQ(plain.created_by, "engine");
    const Post full = add(with_everything(draft(day(4))));
    EXPECT_NE(full.id, plain.id);
    Post changed = with_everything(plain);
    changed.result.media_id = "m2";
    changed = save(changed);
    EXPECT_EQ(changed.revision, 2);
    sqlite_.reopen();
    expect_same(*get(posts().find_post(full.id)), full);
    expect_same(*get(posts().find_post(plain.id)), changed);
    EXPECT_FALSE(get(posts().find_post(PostId("post_aaaaaaaaaaaaaaaaaaaa"))));
}

TEST_F(StorePosts, AreGivenBackWhereTheirKeyIsGivenAgain) {
    const Post first = add(draft(day(3)), "key");
    const AddedPost again = get(posts().add_post(draft(day(3)), "key", {entry("created")}, event("x")));
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.post.id, first.id);
    EXPECT_EQ(get(posts().find_post_of_key(first.channel, "key"))->id, first.id);
    EXPECT_FALSE(get(posts().find_post_of_key(first.channel, "another key")));
    EXPECT_FALSE(get(posts().find_post_of_key(ChannelId(first.channel.number() + 1), "key")));
    EXPECT_THAT(get(posts().list_timeline(first.id)), IsEmpty());
    // After an edit, too: it is the request that is known again, not the post.
    Post edited = first;
    edited.content.caption = "a dog";
    edited.schedule.due_at = day(9);
    save(edited);
    const AddedPost later = get(posts().add_post(draft(day(3)), "key", {}, event("x", day(5))));
    EXPECT_EQ(later.post.content.caption, "a dog");
    EXPECT_EQ(later.post.id, first.id);
    for (const Post& other : {draft(day(3), "another cat"), draft(day(4))}) {
        const Error error = error_of(posts().add_post(other, "key", {}, event("x")));
        EXPECT_EQ(error.code(), Code::kIdempotency);
        EXPECT_EQ(error.fault(), Fault::kConflict);
    }
    // Nobody else's key.
    Post elsewhere = draft(day(3), "elsewhere");
    elsewhere.channel = create("cafe");
    EXPECT_NE(add(elsewhere, "key").id, first.id);
    EXPECT_NE(add(draft(day(3))).id, add(draft(day(3))).id) << "without a key each is a post of its own";
}

TEST_F(StorePosts, DueAtOnceAreTheSameWishAMinuteLater) {
    const Post first = add(draft(day(1)), "key", day(1));
    const Instant later = day(1) + Minutes(1);
    EXPECT_EQ(get(posts().add_post(draft(later), "key", {}, event("x", later))).post.id, first.id);
    EXPECT_EQ(error_of(posts().add_post(draft(day(2)), "key", {}, event("x", later))).code(), Code::kIdempotency);
    // A wall clock's time is what was said, whatever instant it means by now.
    Post walled = draft(day(4));
    walled.schedule.zone = "Europe/Berlin";
    walled.schedule.wall_time = "2026-12-24T18:00:00";
    const Post kept = add(walled, "walled");
    walled.schedule.due_at += Hours(1);
    EXPECT_EQ(get(posts().add_post(walled, "walled", {}, event("x"))).post.id, kept.id);
    walled.schedule.wall_time = "2026-12-24T19:00:00";
    EXPECT_EQ(error_of(posts().add_post(walled, "walled", {}, event("x"))).code(), Code::kIdempotency);
}

TEST_F(StorePosts, AreNotTheDraftsOfTheSameContent) {
    const auto as_draft = [&](Instant due) {
        Post post = draft(due);
        post.state = PostState::kDraft;
        return post;
    };
    const Instant later = day(1) + Minutes(1);
    const Post timeless = add(as_draft(day(1)), "key", day(1));
    EXPECT_EQ(get(posts().add_post(as_draft(later), "key", {}, event("x", later))).post.id, timeless.id);
    EXPECT_EQ(error_of(posts().add_post(draft(later), "key", {}, event("x", later))).code(), Code::kIdempotency);
    Post timed = add(as_draft(day(3)), "timed");
    EXPECT_EQ(error_of(posts().add_post(draft(day(3)), "timed", {}, event("x"))).code(), Code::kIdempotency);
    // Scheduled by now, it is still what was asked for as a draft.
    timed.state = PostState::kScheduled;
    save(timed);
    EXPECT_EQ(get(posts().add_post(as_draft(day(3)), "timed", {}, event("x"))).post.id, timed.id);
    add(draft(day(3)), "post");
    EXPECT_EQ(error_of(posts().add_post(as_draft(day(3)), "post", {}, event("x"))).code(), Code::kIdempotency);
}

TEST_F(StorePosts, NeedTheirChannel) {
    Post post = draft(day(1));
    post.channel = ports::ChannelId(99);
    const Error error = error_of(posts().add_post(post, "", {}, event("x")));
    EXPECT_EQ(error.code(), Code::kChannelUnknown);
    EXPECT_EQ(error.fault(), Fault::kUsage);
}

TEST_F(StorePosts, RefuseToWriteOverAChange) {
    const Post post = add(draft(day(1)));
    save(post);
    const Error error = error_of(posts().save_post(post, {entry("lost")}, event("lost")));
    EXPECT_EQ(error.code(), Code::kBusy);
    EXPECT_EQ(error.fault(), Fault::kConflict);
    EXPECT_THAT(get(posts().list_timeline(post.id)), IsEmpty());
    EXPECT_EQ(error_of(posts().begin_publish(post, "publish-1", entry("lost"))).code(), Code::kBusy);
}

TEST_F(StorePosts, KeepTheirStoryInItsOrder) {
    const Post post =
        get(posts().add_post(draft(day(1)), "", {entry("created"), entry("checked")}, event("post-created"))).post;
    TimelineEntry trouble = entry("container-failed", PostState::kWaiting, day(2));
    trouble.call = "POST /{ig-user-id}/media";
    trouble.detail = "9004";
    trouble.problem = core::Problem{Code::kMediaAddress, Fault::kRefused, "not fetched", 9004, 2207052, day(2)};
    get(posts().save_post(post, {trouble, entry("later")}, std::nullopt));
    const auto story = get(posts().list_timeline(post.id));
    ASSERT_EQ(story.size(), 4U);
    EXPECT_EQ(story[0].event, "created");
    EXPECT_EQ(story[1].event, "checked");
    EXPECT_EQ(story[2].event, "container-failed");
    EXPECT_EQ(story[2].at, day(2));
    EXPECT_EQ(story[2].call, trouble.call);
    EXPECT_EQ(story[2].detail, "9004");
    EXPECT_EQ(story[2].state, PostState::kWaiting);
    EXPECT_EQ(story[2].problem, trouble.problem);
    EXPECT_EQ(story[3].event, "later");
}

TEST_F(StorePosts, BeginEachStepOnce) {
    Post post = add(draft(day(1)));
    post.state = PostState::kPublishing;
    auto begun = get(posts().begin_publish(post, "publish-1", entry("publish-begun", PostState::kPublishing)));
    EXPECT_EQ(begun.intent.post(), post.id);
    EXPECT_EQ(begun.intent.step(), "publish-1");
    EXPECT_EQ(begun.post.revision, 2);
    sqlite_.reopen();
    expect_same(*get(posts().find_post(post.id)), begun.post);
    EXPECT_EQ(get(posts().list_timeline(post.id)).size(), 1U);
    const Error error = error_of(posts().begin_publish(begun.post, "publish-1", entry("publish-begun")));
    EXPECT_EQ(error.code(), Code::kPublishUncertain);
    EXPECT_EQ(error.fault(), Fault::kUnknownOutcome);
    EXPECT_EQ(get(posts().find_post(post.id))->revision, 2) << "a refusal leaves no trace";
    EXPECT_EQ(get(posts().list_timeline(post.id)).size(), 1U);
    begun = get(posts().begin_publish(begun.post, "publish-2", entry("publish-begun")));
    EXPECT_EQ(begun.post.revision, 3);
}

TEST_F(StorePosts, ComeDueInOrderOfTheirTime) {
    EXPECT_FALSE(get(posts().next_post_due({})));
    Post late = draft(day(3), "late");
    late.progress.next_attempt_at = day(1); // work begins before it is due
    add(late);
    Post early = draft(day(2), "early");
    early.progress.next_attempt_at = day(2);
    add(early);
    add(draft(day(2), "early, too"));
    add(draft(day(5), "not yet"));
    Post done = draft(day(1), "done");
    done.progress.next_attempt_at = std::nullopt;
    add(done);
    EXPECT_EQ(get(posts().next_post_due({})), day(1));
    EXPECT_THAT(captions(get(posts().list_due_posts(day(0), 10, {})).posts), IsEmpty());
    EXPECT_THAT(captions(get(posts().list_due_posts(day(1), 10, {})).posts), ElementsAre("late"));
    EXPECT_THAT(captions(get(posts().list_due_posts(day(2), 10, {})).posts),
                ElementsAre("early", "early, too", "late"));
    EXPECT_THAT(captions(get(posts().list_due_posts(day(2), 2, {})).posts), ElementsAre("early", "early, too"));
    EXPECT_THAT(captions(get(posts().list_due_posts(day(2), 0, {})).posts), IsEmpty());
    // Those that are left out take nobody's place.
    const auto due = get(posts().list_due_posts(day(2), 2, {})).posts;
    EXPECT_THAT(captions(get(posts().list_due_posts(day(2), 2, {due[0].id, PostId("post_unknown")})).posts),
                ElementsAre("early, too", "late"));
    EXPECT_THAT(captions(get(posts().list_due_posts(day(2), 1, {due[0].id, due[1].id})).posts), ElementsAre("late"));
    EXPECT_EQ(get(posts().next_post_due({due[0].id})), day(1));
    const auto first = get(posts().list_due_posts(day(1), 1, {})).posts;
    EXPECT_EQ(get(posts().next_post_due({first[0].id, PostId("post_\"unknown\\")})), day(2));
}

TEST_F(StorePosts, AreListedInPagesThatMissNoneAndShowNoneTwice) {
    std::vector<std::string> all;
    for (int i = 0; i < 25; ++i) {
        Post post = draft(day(i / 5), std::to_string(i)); // five at a time share their due time
        post.state = i % 2 == 0 ? PostState::kScheduled : PostState::kHeld;
        add(post);
        all.push_back(std::to_string(i));
    }
    for (const bool is_newest_first : {false, true}) {
        PostQuery query;
        query.is_newest_first = is_newest_first;
        query.limit = 4;
        std::vector<std::string> seen;
        do {
            const auto page = get(posts().list_posts(query));
            EXPECT_LE(page.posts.size(), 4U);
            for (const std::string& caption : captions(page.posts))
                seen.push_back(caption);
            query.after = page.next;
        } while (!query.after.empty());
        if (is_newest_first) std::ranges::reverse(seen);
        EXPECT_EQ(seen, all);
    }
    PostQuery query;
    query.after = "rubbish";
    EXPECT_EQ(error_of(posts().list_posts(query)).code(), Code::kUsage);
    query.after.clear();
    query.limit = 0;
    EXPECT_THAT(get(posts().list_posts(query)).posts, IsEmpty());
}

TEST_F(StorePosts, AreListedByChannelStateAndTime) {
    const auto cafe = create("cafe");
    for (const auto& [caption, state, due, is_cafe] :
         {std::tuple("a", PostState::kScheduled, 1, false), std::tuple("b", PostState::kHeld, 2, false),
          std::tuple("c", PostState::kPublished, 3, true), std::tuple("d", PostState::kHeld, 4, true)}) {
        Post post = draft(day(due), caption);
        post.state = state;
        if (is_cafe) post.channel = cafe;
        add(post);
    }
    PostQuery query;
    EXPECT_THAT(captions(get(posts().list_posts(query)).posts), ElementsAre("d", "c", "b", "a"));
    query.states = {PostState::kPublished, PostState::kHeld, PostState::kHeld};
    EXPECT_THAT(captions(get(posts().list_posts(query)).posts), ElementsAre("d", "c", "b"));
    query.channel_name = "cafe";
    EXPECT_THAT(captions(get(posts().list_posts(query)).posts), ElementsAre("d", "c"));
    query.states.clear();
    query.due_until = day(4);
    EXPECT_THAT(captions(get(posts().list_posts(query)).posts), ElementsAre("c"));
    query.channel_name = "nobody";
    EXPECT_THAT(get(posts().list_posts(query)).posts, IsEmpty());
    query = {};
    query.is_newest_first = false;
    query.due_from = day(2);
    query.due_until = day(4);
    EXPECT_THAT(captions(get(posts().list_posts(query)).posts), ElementsAre("b", "c"));
}

TEST_F(StorePosts, KnowWhichMediaAreTheirs) {
    Post first = add(draft(day(1)));
    first.result.media_id = "m1";
    first = save(first);
    EXPECT_EQ(save(first).revision, 3) << "its own";
    EXPECT_THAT(get(posts().list_bound_media(shop_, {"m0", "m1", ""})), ElementsAre("m1"));
    EXPECT_THAT(get(posts().list_bound_media(create("cafe"), {"m1"})), IsEmpty());
    Post second = add(draft(day(1)));
    second.result.media_id = "m1";
    const Error error = error_of(posts().save_post(second, {}, std::nullopt));
    EXPECT_EQ(error.code(), Code::kBusy);
    EXPECT_EQ(error.fault(), Fault::kConflict);
}

TEST_F(StorePosts, AreCountedWhereADeadTokenWouldStopThem) {
    for (const auto state : {PostState::kDraft, PostState::kScheduled, PostState::kReady, PostState::kUncertain,
                             PostState::kHeld, PostState::kPublished, PostState::kFailed, PostState::kCancelled}) {
        Post post = draft(day(2));
        post.state = state;
        add(post);
    }
    add(draft(day(9)));
    EXPECT_EQ(get(posts().count_pending_posts(shop_, std::nullopt)), 5);
    EXPECT_EQ(get(posts().count_pending_posts(shop_, day(9))), 4);
    EXPECT_EQ(get(posts().count_pending_posts(shop_, day(2))), 0);
    EXPECT_EQ(get(posts().count_pending_posts(create("cafe"), std::nullopt)), 0);
}

TEST_F(StorePosts, AreCountedWhereAPersonHasToLookAtThem) {
    for (const auto state : {PostState::kDraft, PostState::kScheduled, PostState::kUncertain, PostState::kHeld,
                             PostState::kHeld, PostState::kPublished, PostState::kFailed, PostState::kCancelled}) {
        Post post = draft(day(2));
        post.state = state;
        add(post);
    }
    EXPECT_EQ(get(posts().count_posts_in_need(shop_, day(2))), (ports::PostsInNeed{2, 1, 1}));
    EXPECT_EQ(get(posts().count_posts_in_need(shop_, day(3))), (ports::PostsInNeed{2, 1, 0}));
    EXPECT_EQ(get(posts().count_posts_in_need(create("cafe"), day(2))), ports::PostsInNeed{});
}

TEST_F(StorePosts, InAZoneAreFoundAgainWhenItsRulesChange) {
    std::set<std::string> wanted;
    for (int i = 0; i < 5; ++i) {
        Post post = draft(day(i));
        post.schedule.zone = "Europe/Berlin";
        post.schedule.wall_time = "2026-12-24T18:00:00";
        wanted.insert(add(post).id.text());
        post.state = PostState::kPublished;
        add(post);
        add(draft(day(i)));
    }
    std::set<std::string> seen;
    PostId after;
    for (;;) {
        const auto page = get(posts().list_zoned_posts(after, 2)).posts;
        if (page.empty()) break;
        for (const Post& post : page) {
            EXPECT_LT(after, post.id);
            after = post.id;
            seen.insert(post.id.text());
        }
    }
    EXPECT_EQ(seen, wanted);
}

TEST_F(StorePosts, AreToldToTheirWatcherBeforeTheCaller) {
    std::vector<std::string> told;
    std::vector<std::string> channels;
    posts().watch_posts([&](const Post& post) {
        told.push_back(post.content.caption + " " + std::string(core::to_text(post.state)) + " " +
                       std::to_string(post.revision));
    });
    sqlite_.store().watch([&](const std::string& name) { channels.push_back(name); });
    Post post = add(draft(day(1)));
    EXPECT_THAT(told, ElementsAre("a cat scheduled 1"));
    EXPECT_THAT(channels, ElementsAre("shop")) << "the audit trail's line";
    const Post stale = post;
    post.state = PostState::kReady;
    post = save(post);
    get(posts().begin_publish(post, "publish-1", entry("publish-begun")));
    EXPECT_EQ(error_of(posts().save_post(stale, {}, std::nullopt)).code(), Code::kBusy);
    EXPECT_THAT(told, ElementsAre("a cat scheduled 1", "a cat ready 2", "a cat ready 3"));
    EXPECT_EQ(channels.size(), 1U);
}

TEST_F(StorePosts, GoWithTheirChannelAndFollowItsName) {
    const Post sent = add(draft(day(1)));
    Post done = draft(day(1));
    done.state = PostState::kPublished;
    add(done);
    get(sqlite_.store().rename_channel(shop_, "boutique", event("channel-renamed", day(0), "boutique")));
    EXPECT_EQ(get(posts().find_post(sent.id))->channel_name, "boutique");
    EXPECT_EQ(save(sent).channel_name, "boutique");
    get(sqlite_.store().remove_channel(shop_, event("channel-removed", day(1), "boutique")));
    EXPECT_FALSE(get(posts().find_post(sent.id)));
    EXPECT_THAT(get(posts().list_timeline(sent.id)), IsEmpty());
    EXPECT_FALSE(get(posts().next_post_due({})));
    const Error error = error_of(posts().save_post(sent, {}, std::nullopt));
    EXPECT_EQ(error.code(), Code::kPostUnknown);
    const auto trail = get(sqlite_.store().list_audit("boutique", 2));
    EXPECT_EQ(trail[0].action, "channel-removed");
    EXPECT_EQ(trail[1].action, "posts-removed");
    EXPECT_EQ(trail[1].detail, "2 in all, 1 of them were still to be published");
}

} // namespace
} // namespace everlong::test
