// One damaged row of a post, or of a file: it is told apart and left as it is, and keeps nothing from the rows beside it.

#include "store_posts_suite.hpp"

#include <support/raw_sql.hpp>

#include <set>

namespace everlong::test {
namespace {

using core::PostId;
using ports::UnreadablePost;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StoreDamagedPosts : public StorePosts {
protected:
    void damage(const PostId& id, const std::string& column, const std::string& value = "{") {
        run_raw_sql(sqlite_.file(), "UPDATE posts SET " + column + " = '" + value + "' WHERE id = '" + id.text() + "'");
    }
    std::string raw(const PostId& id, const std::string& columns) {
        return run_raw_sql(sqlite_.file(), "SELECT " + columns + " FROM posts WHERE id = '" + id.text() + "'");
    }
    // All that a person could still find out from it by hand.
    std::string evidence(const PostId& id) {
        return raw(id, "content || progress || result || findings || idempotency_key || made_as || due_at || zone");
    }
    UnreadablePost find(const PostId& id) { return get(posts().find_unreadable_post(id)).value(); }
    static std::vector<std::string> ids(const std::vector<UnreadablePost>& list) {
        std::vector<std::string> texts;
        for (const UnreadablePost& post : list)
            texts.push_back(post.known.id.text());
        return texts;
    }
    static ports::AuditEvent cancelled() { return event("post-cancelled", day(8)); }
};

TEST_F(StoreDamagedPosts, TheOthersComeDueAllTheSame) {
    add(draft(day(1), "before"));
    const Post bad = add(draft(day(2), "bad"));
    add(draft(day(3), "behind"));
    for (const char* column : {"content", "progress", "result", "findings"}) {
        SCOPED_TRACE(column);
        const std::string whole = raw(bad.id, column);
        damage(bad.id, column);
        const auto due = get(posts().list_due_posts(day(9), 10, {}));
        EXPECT_THAT(captions(due.posts), ElementsAre("before", "behind"));
        ASSERT_EQ(due.unreadable.size(), 1U);
        const UnreadablePost& seen = due.unreadable[0];
        EXPECT_EQ(seen.known.id, bad.id);
        EXPECT_EQ(seen.known.revision, bad.revision);
        EXPECT_EQ(seen.known.channel, bad.channel);
        EXPECT_EQ(seen.known.channel_name, "shop");
        EXPECT_EQ(seen.known.state, PostState::kScheduled);
        EXPECT_EQ(seen.known.schedule.due_at, day(2));
        EXPECT_EQ(seen.known.content.caption, column == std::string("content") ? "" : "bad")
            << "what is whole is shown";
        EXPECT_THAT(seen.damaged, ElementsAre(column));
        EXPECT_FALSE(seen.was_call_begun);
        EXPECT_EQ(seen.problem.code(), Code::kStoreCorrupt);
        EXPECT_EQ(seen.problem.fault(), Fault::kCorrupt);
        EXPECT_THAT(seen.problem.detail(), HasSubstr(bad.id.text()));
        EXPECT_THAT(seen.problem.detail(), HasSubstr(column));
        damage(bad.id, column, whole.substr(0, whole.size() - 1));
        EXPECT_THAT(get(posts().list_due_posts(day(9), 10, {})).unreadable, IsEmpty()) << "mended";
    }
}

TEST_F(StoreDamagedPosts, TakeAPlaceInAListUntilTheyAreLeftOut) {
    const Post bad = add(draft(day(1), "bad"));
    add(draft(day(2), "good"));
    damage(bad.id, "progress");
    EXPECT_THAT(captions(get(posts().list_due_posts(day(9), 1, {})).posts), IsEmpty());
    EXPECT_THAT(captions(get(posts().list_due_posts(day(9), 1, {bad.id})).posts), ElementsAre("good"));
    EXPECT_EQ(get(posts().next_post_due({})), day(1));
    EXPECT_EQ(get(posts().next_post_due({bad.id})), day(2));
}

TEST_F(StoreDamagedPosts, StandInTheirPlaceInPages) {
    std::vector<PostId> all;
    for (int i = 0; i < 9; ++i) {
        all.push_back(add(draft(day(i / 2))).id); // some at the same time
        if (i % 3 == 0 || i == 8) damage(all.back(), i % 2 == 0 ? "content" : "result", "[]");
    }
    for (const bool is_newest_first : {true, false}) {
        for (int limit = 1; limit <= 10; ++limit) {
            ports::PostQuery query;
            query.channel_name = limit % 2 == 0 ? "shop" : "";
            query.is_newest_first = is_newest_first;
            query.limit = limit;
            std::multiset<std::string> good;
            std::multiset<std::string> bad;
            do {
                const auto page = get(posts().list_posts(query));
                EXPECT_LE(page.posts.size() + page.unreadable.size(), static_cast<std::size_t>(limit));
                for (const Post& post : page.posts)
                    good.insert(post.id.text());
                for (const UnreadablePost& post : page.unreadable)
                    bad.insert(post.known.id.text());
                query.after = page.next;
            } while (!query.after.empty());
            EXPECT_EQ(good.size(), 5U);
            EXPECT_EQ(bad, (std::multiset<std::string>{all[0].text(), all[3].text(), all[6].text(), all[8].text()}));
        }
    }
    EXPECT_EQ(get(posts().count_pending_posts(shop_, std::nullopt)), 9);
}

TEST_F(StoreDamagedPosts, AreFoundAsSuchAndOnlyTheyAre) {
    const Post good = add(draft(day(1)));
    const Post bad = add(draft(day(1)), "key");
    damage(bad.id, "content");
    EXPECT_FALSE(get(posts().find_unreadable_post(good.id)));
    EXPECT_FALSE(get(posts().find_unreadable_post(PostId("post_unknown"))));
    EXPECT_EQ(find(bad.id).known.id, bad.id);
    EXPECT_EQ(error_of(posts().find_post(bad.id)).code(), Code::kStoreCorrupt);
    // Whether the same was asked for before cannot be told any more: no second post is made.
    EXPECT_EQ(error_of(posts().find_post_of_key(shop_, "key")).code(), Code::kStoreCorrupt);
    EXPECT_EQ(error_of(posts().add_post(draft(day(1)), "key", {}, event("post-created"))).code(), Code::kStoreCorrupt);
}

TEST_F(StoreDamagedPosts, TellWhetherTheyMayBeLive) {
    const Post sent = get(posts().begin_publish(add(draft(day(1))), "publish-1", entry("publish-sent"))).post;
    Post commented = add(draft(day(1)));
    commented.result.media_id = "17900000000000001";
    commented = get(posts().begin_publish(commented, "comment-1", entry("comment-sent"))).post;
    damage(sent.id, "progress");
    damage(commented.id, "result");
    EXPECT_TRUE(find(sent.id).was_call_begun);
    EXPECT_FALSE(find(commented.id).was_call_begun);
    EXPECT_EQ(find(commented.id).known.result.media_id, "17900000000000001");
    EXPECT_THAT(get(posts().list_bound_media(shop_, {"17900000000000001"})), ElementsAre("17900000000000001"));
}

TEST_F(StoreDamagedPosts, AreLeftAsTheyAreByAStart) {
    Post zoned = draft(day(1), "bad");
    zoned.schedule.zone = "Europe/Berlin";
    zoned.schedule.wall_time = "2026-12-24T18:00:00";
    const Post bad = add(zoned);
    const Post good = add(draft(day(2), "good"));
    damage(bad.id, "progress");
    const std::string before = evidence(bad.id) + raw(bad.id, "revision || state || next_attempt_at");
    get(sqlite_.store().start(day(9)));
    EXPECT_EQ(get(posts().find_post(good.id))->revision, good.revision + 1) << "it is looked for before it is sent";
    sqlite_.close();
    std::filesystem::remove(sqlite_.directory() / "store.mark");
    sqlite_.open();
    get(sqlite_.store().start(day(9)));
    EXPECT_EQ(evidence(bad.id) + raw(bad.id, "revision || state || next_attempt_at"), before);
}

TEST_F(StoreDamagedPosts, StandBesideTheOthersOfAZone) {
    std::set<std::string> wanted;
    for (int i = 0; i < 5; ++i) {
        Post post = draft(day(i));
        post.schedule.zone = "Europe/Berlin";
        post.schedule.wall_time = "2026-12-24T18:00:00";
        wanted.insert(add(post).id.text());
    }
    damage(PostId(*wanted.begin()), "content");
    damage(PostId(*wanted.rbegin()), "content");
    const auto read = get(posts().list_zoned_posts({}, 10));
    EXPECT_EQ(read.posts.size(), 3U);
    EXPECT_THAT(ids(read.unreadable), ElementsAre(*wanted.begin(), *wanted.rbegin()));
}

TEST_F(StoreDamagedPosts, EndByAPersonsWordAlone) {
    const auto file = get(posts().add_file({.name = "cat.jpg", .size = 1, .received = 1}, event("file-added")));
    Post post = draft(day(1));
    post.content.media[0].url.clear();
    post.content.media[0].file = file.id;
    const Post bad = add(post, "key");
    damage(bad.id, "progress", "{\"containers\":7}");
    const std::string before = evidence(bad.id);
    std::vector<std::string> told;
    posts().watch_posts([&](const Post& changed) { told.push_back(std::string(core::to_text(changed.state))); });

    const auto closed = get(
        posts().close_unreadable_post(find(bad.id), entry("cancelled", PostState::kCancelled, day(8)), cancelled()));
    EXPECT_EQ(closed.known.state, PostState::kCancelled);
    EXPECT_EQ(find(bad.id).known.state, PostState::kCancelled);
    EXPECT_EQ(find(bad.id).known.revision, bad.revision + 1);
    EXPECT_EQ(evidence(bad.id), before) << "evidence stays";
    EXPECT_THAT(get(posts().list_due_posts(day(9), 10, {})).unreadable, IsEmpty());
    EXPECT_FALSE(get(posts().next_post_due({})));
    EXPECT_EQ(get(posts().list_timeline(bad.id)).back().event, "cancelled");
    EXPECT_THAT(told, ElementsAre("cancelled"));
    EXPECT_EQ(get(posts().list_unused_files(day(9), 10)).size(), 1U) << "its file is free";
    EXPECT_EQ(error_of(posts().find_post_of_key(shop_, "key")).code(), Code::kStoreCorrupt) << "its key is not";
}

TEST_F(StoreDamagedPosts, HaveTheMediumThatAPersonNames) {
    const Post bad = get(posts().begin_publish(add(draft(day(1))), "publish-1", entry("publish-sent"))).post;
    Post other = add(draft(day(1)));
    other.result.media_id = "17900000000000001";
    save(other);
    damage(bad.id, "progress");
    UnreadablePost named = find(bad.id);
    const auto end = entry("settled-published", PostState::kPublished, day(8));
    const auto settled = event("post-settled", day(8));
    named.known.result.media_id = other.result.media_id;
    EXPECT_EQ(error_of(posts().close_unreadable_post(named, end, settled)).code(), Code::kBusy) << "another post's";
    EXPECT_EQ(raw(bad.id, "state || media_id"), std::string(core::to_text(bad.state)) + "\n");

    named.known.result.media_id = "17900000000000002";
    const std::string before = evidence(bad.id);
    EXPECT_EQ(get(posts().close_unreadable_post(named, end, settled)).known.result.media_id, "17900000000000002");
    EXPECT_EQ(find(bad.id).known.result.media_id, "17900000000000002");
    EXPECT_EQ(evidence(bad.id), before);
    EXPECT_THAT(get(posts().list_bound_media(shop_, {"17900000000000002"})), ElementsAre("17900000000000002"));
    other.revision += 1;
    other.result.media_id = "17900000000000002";
    EXPECT_EQ(error_of(posts().save_post(other, {}, std::nullopt)).code(), Code::kBusy) << "nobody else's from now on";
}

TEST_F(StoreDamagedPosts, AreNotEndedWhereTheyAreNotWhatWasRead) {
    const Post bad = add(draft(day(1)));
    const std::string whole = raw(bad.id, "result");
    damage(bad.id, "result");
    const UnreadablePost read = find(bad.id);
    const auto end = entry("cancelled", PostState::kCancelled);
    damage(bad.id, "result", whole.substr(0, whole.size() - 1));
    EXPECT_EQ(error_of(posts().close_unreadable_post(read, end, cancelled())).fault(), Fault::kConflict) << "mended";
    save(bad);
    damage(bad.id, "result");
    EXPECT_EQ(error_of(posts().close_unreadable_post(read, end, cancelled())).code(), Code::kBusy)
        << "another revision";
    EXPECT_EQ(raw(bad.id, "state"), "scheduled\n");
    get(sqlite_.store().remove_channel(shop_, event("channel-removed")));
    EXPECT_EQ(error_of(posts().close_unreadable_post(read, end, cancelled())).code(), Code::kPostUnknown);
}

TEST_F(StoreDamagedPosts, DamagedFilesArePassedOverWhereUnusedOnesAreLookedFor) {
    std::vector<core::FileId> files;
    for (int i = 0; i < 4; ++i) {
        ports::MediaFile file;
        file.name = std::to_string(i);
        file.size = 1;
        files.push_back(get(posts().add_file(file, event("file-added", day(i)))).id);
    }
    for (const int i : {0, 2})
        run_raw_sql(sqlite_.file(), "UPDATE files SET facts = '{' WHERE id = '" + files[i].text() + "'");
    std::vector<std::string> names;
    for (const auto& file : get(posts().list_unused_files(day(9), 2)))
        names.push_back(file.name);
    EXPECT_THAT(names, ElementsAre("1", "3"));
    EXPECT_THAT(get(posts().list_unused_files(day(9), 0)), IsEmpty());
    EXPECT_EQ(error_of(posts().find_file(files[0])).code(), Code::kStoreCorrupt);
}

} // namespace
} // namespace everlong::test
