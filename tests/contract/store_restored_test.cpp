// An older copy of the store that is brought back is noticed, and an honest store never is (ports::Store::start).

#include "store_posts_suite.hpp"
#include "store_sqlite_tools.hpp"

#include <fstream>

namespace everlong::test {
namespace {

namespace fs = std::filesystem;

class StoreRestored : public StorePosts {
protected:
    ports::Store& store() { return sqlite_.store(); }
    fs::path mark() const { return sqlite_.directory() / "store.mark"; }

    // As `cp everlong.db*` of a running service makes one.
    void copy() {
        fs::create_directories(backup());
        for (const char* name : {"everlong.db", "everlong.db-wal"}) {
            if (fs::exists(sqlite_.directory() / name))
                fs::copy_file(sqlite_.directory() / name, backup() / name, fs::copy_options::overwrite_existing);
        }
    }
    void bring_back() {
        sqlite_.close();
        fs::remove(sqlite_.directory() / "everlong.db-wal");
        fs::remove(sqlite_.directory() / "everlong.db-shm");
        for (const auto& entry : fs::directory_iterator(backup()))
            fs::copy_file(entry.path(), sqlite_.directory() / entry.path().filename(),
                          fs::copy_options::overwrite_existing);
        sqlite_.open();
    }
    ports::StoreStart start(Instant now = day(9)) { return get(store().start(now)); }
    Post publish(Post post) { return get(posts().begin_publish(post, "publish-1", entry("publish-sent"))).post; }
    Post read(const core::PostId& id) { return *get(posts().find_post(id)); }
    fs::path backup() const { return sqlite_.directory() / "backup"; }
};

TEST_F(StoreRestored, AnHonestStoreIsNeverTakenForOne) {
    EXPECT_FALSE(start().was_restored);
    const Post post = add(draft(day(20)));
    for (int i = 0; i < 3; ++i) {
        sqlite_.reopen();
        EXPECT_FALSE(start().was_restored);
    }
    publish(post);
    connect(store(), "IGAAone", "cafe");
    sqlite_.reopen();
    EXPECT_FALSE(start().was_restored);
    EXPECT_EQ(PostState::kScheduled, read(post.id).state);
}

TEST_F(StoreRestored, OneThatWasStoppedBeforeTheFileFollowedIsHonest) {
    const Post post = add(draft(day(20)));
    publish(post);
    fs::copy_file(mark(), sqlite_.directory() / "earlier.mark");
    get(store().begin_intent("refresh", "shop", Fingerprint("sha256:1"), day(1)));
    sqlite_.close();
    fs::rename(sqlite_.directory() / "earlier.mark", mark());
    sqlite_.open();
    EXPECT_FALSE(start().was_restored);
}

TEST_F(StoreRestored, ATornWriteOfTheFileLeavesTheMarkBeforeIt) {
    const Post post = add(draft(day(20)));
    publish(post);
    get(store().begin_intent("refresh", "shop", Fingerprint("sha256:1"), day(1)));
    sqlite_.close();
    // Two rises: the second stands in the first half.
    std::fstream(mark(), std::ios::in | std::ios::out | std::ios::binary) << "everlong-store-mark torn";
    sqlite_.open();
    EXPECT_FALSE(start().was_restored);
}

TEST_F(StoreRestored, WhateverCannotBeUndoneTellsAnOlderCopy) {
    const Post post = add(draft(day(20)));
    const std::vector<std::function<void()>> deeds{
        [&] { publish(read(post.id)); },
        [&] { get(store().begin_intent("refresh", "shop", Fingerprint("sha256:1"), day(1))); },
        [&] { keep_token(store(), shop_, "IGAAtwo"); },
        [&] { save(read(post.id), event("post-cancelled")); },
        [&] { get(store().remove_channel(create("gone"), event("channel-removed"))); },
    };
    for (std::size_t i = 0; i < deeds.size(); ++i) {
        copy();
        deeds[i]();
        bring_back();
        EXPECT_TRUE(start().was_restored) << i;
        // Taken note of once.
        sqlite_.reopen();
        EXPECT_FALSE(start().was_restored) << i;
        // The same copy a second time is as old as it was.
        bring_back();
        EXPECT_TRUE(start().was_restored) << i;
    }
}

TEST_F(StoreRestored, ReadsAndChecksOnlyAreNoDifference) {
    add(draft(day(20)));
    copy();
    get(store().append_audit(event("token-revealed", day(1))));
    bring_back();
    EXPECT_FALSE(start().was_restored);
}

TEST_F(StoreRestored, HoldsPostsAndDoubtsTokensInOneTransaction) {
    const auto cafe = connect(store(), "IGAAone", "cafe");
    const Post overdue = add(draft(day(8)));
    const Post later = add(draft(day(20)));
    copy();
    publish(overdue);
    bring_back();
    // Nothing that cannot be undone is done before it is taken note of.
    EXPECT_EQ(Code::kStoreRestored, error_of(posts().begin_publish(read(later.id), "publish-1", entry("x"))).code());
    EXPECT_EQ(Code::kStoreRestored,
              error_of(store().begin_intent("refresh", "shop", Fingerprint("sha256:1"), day(9))).code());
    EXPECT_EQ(PostState::kScheduled, read(later.id).state);

    const ports::StoreStart found = start();
    EXPECT_TRUE(found.was_restored);
    EXPECT_EQ(1, found.channels);
    EXPECT_EQ(2, found.posts);
    EXPECT_EQ(day(0), found.known_until);
    for (const auto& id : {overdue.id, later.id}) {
        const Post held = read(id);
        EXPECT_EQ(PostState::kHeld, held.state);
        EXPECT_EQ(Code::kStoreRestored, held.progress.problem->code);
        EXPECT_EQ(day(0), held.progress.unseen_since);
        EXPECT_FALSE(held.progress.next_attempt_at);
        EXPECT_EQ("held", get(posts().list_timeline(id)).back().event);
    }
    const auto channel = get(store().load_channel(cafe));
    EXPECT_EQ(day(9), channel.lifecycle.restored_at);
    EXPECT_EQ(day(9), channel.lifecycle.next_attempt_at);
    EXPECT_FALSE(get(store().load_channel(shop_)).lifecycle.restored_at) << "it has no token";
    EXPECT_EQ("store-restored", get(store().list_audit("cafe", 1)).front().action);
    get(store().begin_intent("refresh", "shop", Fingerprint("sha256:1"), day(9)));
}

TEST_F(StoreRestored, AStoreThatCameWithoutItsFileOrFromElsewhereIsOne) {
    publish(add(draft(day(20))));
    sqlite_.close();
    fs::remove(mark());
    sqlite_.open();
    EXPECT_TRUE(start().was_restored);
    EXPECT_TRUE(fs::exists(mark()));

    SqliteStore other; // another key, too, but the mark is read before
    const std::string theirs = read_bytes(other.directory() / "store.mark");
    sqlite_.close();
    std::ofstream(mark(), std::ios::binary | std::ios::trunc) << theirs;
    sqlite_.open();
    EXPECT_TRUE(start().was_restored);
}

TEST_F(StoreRestored, WhyItIsThoughtIsTold) {
    publish(add(draft(day(20))));
    connect(store(), "IGAAone", "cafe");
    const auto told = [&] { return get(store().list_audit("", 1)).front().detail; };
    const auto tell = [&](const std::function<void()>& harm) {
        sqlite_.close();
        harm();
        sqlite_.open();
        EXPECT_TRUE(start().was_restored);
        EXPECT_EQ(8192U, fs::file_size(mark())) << "it is whole again";
        const std::string why = told();
        sqlite_.reopen();
        EXPECT_FALSE(start().was_restored) << "once is enough";
        return why;
    };
    EXPECT_EQ(
        0U, tell([&] { fs::remove(mark()); }).find("store.mark, which tells an older copy of the data, is missing; "));
    for (const std::uintmax_t size : {0U, 17U}) {
        EXPECT_EQ(0U, tell([&] {
                          fs::resize_file(mark(), size);
                      }).find("store.mark, which tells an older copy of the data, is empty or damaged; "));
    }
}

// What is left of a cut file still tells, and it becomes whole with the next rise.
TEST_F(StoreRestored, ACutFileThatHoldsAMarkIsOne) {
    const Post post = add(draft(day(20)));
    publish(post);
    sqlite_.close();
    fs::resize_file(mark(), 4096);
    sqlite_.open();
    EXPECT_FALSE(start().was_restored);
    get(store().begin_intent("refresh", "shop", Fingerprint("sha256:1"), day(1)));
    EXPECT_EQ(8192U, fs::file_size(mark()));
    sqlite_.reopen();
    EXPECT_FALSE(start().was_restored);
}

// A making that broke off: what it left is no mark, and in nobody's way.
TEST_F(StoreRestored, AMakingThatBrokeOffLeavesNothingBehind) {
    publish(add(draft(day(20))));
    sqlite_.close();
    fs::remove(mark());
    std::ofstream(sqlite_.directory() / "store.mark.new") << "everlong-store-mark half";
    sqlite_.open();
    EXPECT_TRUE(start().was_restored);
    EXPECT_FALSE(fs::exists(sqlite_.directory() / "store.mark.new"));
    sqlite_.reopen();
    EXPECT_FALSE(start().was_restored);
}

TEST_F(StoreRestored, ANewStoreBesideAnOldFileHasNothingToDoubt) {
    publish(add(draft(day(20))));
    sqlite_.close();
    for (const char* name : {"everlong.db", "everlong.db-wal", "everlong.db-shm"})
        fs::remove(sqlite_.directory() / name);
    sqlite_.open();
    EXPECT_FALSE(start().was_restored);
    shop_ = create("shop");
    publish(add(draft(day(20))));
    sqlite_.reopen();
    EXPECT_FALSE(start().was_restored);
}

TEST_F(StoreRestored, AfterAPauseWhatWasDueIsLookedForFirst) {
    const Post missed = add(draft(day(8)));
    const Post later = add(draft(day(20)));
    EXPECT_FALSE(start().was_restored);
    EXPECT_EQ(PostState::kScheduled, read(missed.id).state);
    EXPECT_EQ(day(8), read(missed.id).progress.unseen_since);
    EXPECT_FALSE(read(later.id).progress.unseen_since);
}

} // namespace
} // namespace everlong::test
