// Posts on SQLite in particular: what a hundred thousand of them cost, and what is left of them after a crash or damage.

#include "store_posts_suite.hpp"
#include "store_sqlite_tools.hpp"

#include <adapters/store_sqlite/detail/database.hpp>
#include <adapters/store_sqlite/detail/post_statements.hpp>

#include <cstdlib>
#include <random>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::test {
namespace {

using namespace adapters::detail;
using testing::HasSubstr;
using testing::Not;

constexpr int kMany = 100'000;

// Scheduled posts of two channels, one a minute, each with a file of its own; as the store itself would write them.
void fill(const std::filesystem::path& file) {
    tamper(file, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(kMany) +
                     ") INSERT INTO posts SELECT i, format('post_%020d', i), 1, 1 + i % 2, 'scheduled', i * 60000, "
                     "i * 60000, CASE WHEN i % 2 THEN 'Europe/Berlin' ELSE '' END, '', '', '', '', "
                     "'{\"kind\":\"image\",\"media\":[]}', '{}', '{}', '[]', 0, 'cli' FROM n; "
                     "INSERT INTO files (number, id, revision, name, size, received, sha256, public_name, created_at, "
                     "created_by, shown_at) SELECT number, replace(id, 'post', 'file'), 1, '', 1, 1, '', id, 0, '', 0 "
                     "FROM posts; INSERT INTO post_files SELECT number, number FROM posts;");
}

// The plan of a statement, a line a step.
std::string plan_of(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(handle, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement, nullptr);
    std::string plan;
    while (sqlite3_step(statement) == SQLITE_ROW)
        plan += std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3))) + "\n";
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return plan;
}

class ManyPosts : public StorePosts {
protected:
    ManyPosts() {
        create("cafe");
        sqlite_.close();
        fill(sqlite_.file());
        sqlite_.open();
    }
};

TEST_F(ManyPosts, AreNeverAllLookedAt) {
    const std::vector<PostState> some{PostState::kScheduled, PostState::kHeld};
    for (const std::string& sql :
         {due_posts_sql(), next_post_due_sql(), count_pending_posts_sql(), count_posts_in_need_sql(), zoned_posts_sql(),
          bound_media_sql(), unused_files_sql(), list_posts_sql(some, true, true), list_posts_sql(some, false, true),
          list_posts_sql(some, true, false), list_posts_sql(some, false, false)}) {
        const std::string plan = plan_of(sqlite_.file(), sql);
        SCOPED_TRACE(sql + "\n" + plan);
        EXPECT_THAT(plan, HasSubstr("SEARCH "));
        EXPECT_THAT(plan, Not(HasSubstr("SCAN posts")));
        EXPECT_THAT(plan, Not(HasSubstr("SCAN files")));
        EXPECT_THAT(plan, Not(HasSubstr("SCAN channels")));
        // Of the posts that are due, which the engine takes away soon, and of one page for each state only.
        if (sql != due_posts_sql() && !sql.contains("UNION ALL")) EXPECT_THAT(plan, Not(HasSubstr("TEMP B-TREE")));
    }
    EXPECT_THAT(plan_of(sqlite_.file(), due_posts_sql()), HasSubstr("posts USING COVERING INDEX posts_by_attempt"));
    EXPECT_THAT(plan_of(sqlite_.file(), next_post_due_sql()), HasSubstr("USING COVERING INDEX posts_by_attempt"));
    EXPECT_THAT(plan_of(sqlite_.file(), count_posts_in_need_sql()), HasSubstr("USING COVERING INDEX posts_by_channel"));
}

TEST_F(ManyPosts, AnswerAsFewDo) {
    EXPECT_EQ(get(posts().next_post_due({})), instant_from_unix_s(60));
    EXPECT_EQ(get(posts().list_due_posts(instant_from_unix_s(180), 10, {})).posts.size(), 3U);
    EXPECT_EQ(get(posts().list_due_posts(day(0), 10, {})).posts.back().id.text(), "post_00000000000000000010");
    EXPECT_EQ(get(posts().count_pending_posts(shop_, std::nullopt)), kMany / 2);
    ports::PostQuery query;
    query.limit = 3;
    query.channel_name = "shop";
    EXPECT_EQ(get(posts().list_posts(query)).posts.front().id.text(), "post_00000000000000100000");
    EXPECT_EQ(get(posts().list_zoned_posts({}, 10)).posts.size(), 10U);
    EXPECT_TRUE(get(posts().list_unused_files(day(0), 10)).empty());
    get(sqlite_.store().remove_channel(shop_, event("channel-removed")));
    EXPECT_EQ(get(posts().list_unused_files(day(1), kMany)).size(), static_cast<std::size_t>(kMany / 2));
}

class DamagedPosts : public StorePosts {
protected:
    Error error_after(const std::string& sql) {
        const Post post = add(draft(day(1)));
        sqlite_.close();
        tamper(sqlite_.file(), sql);
        sqlite_.open();
        return error_of(posts().find_post(post.id));
    }
};

TEST_F(DamagedPosts, AreSaidToBeUnreadable) {
    for (const char* column : {"content", "progress", "result", "findings"}) {
        for (const char* value :
             {"", "{", "7", "null", "[7]", "{\"kind\":7,\"is_settled\":7,\"attempts\":\"x\"}",
              "{\"kind\":\"film\",\"media\":[],\"permalink\":[],\"parent\":{\"status\":\"WELL\"}}"}) {
            SCOPED_TRACE(std::string(column) + " " + value);
            const Error error = error_after("UPDATE posts SET " + std::string(column) + " = '" + value + "'");
            EXPECT_EQ(error.code(), Code::kStoreCorrupt);
            EXPECT_EQ(error.fault(), Fault::kCorrupt);
        }
    }
}

// --- kill -9 ---

struct Begun {
    int number = 0;
};

// Never returns: begins one publish after the other, and tells each once its intent is there.
[[noreturn]] void publish_for_ever(const std::filesystem::path& file, const ports::Keyring& keyring,
                                   const core::PostId& id, int first, int pipe) {
    try {
        boost::asio::io_context io(1);
        const auto store = must(adapters::open_sqlite_store(file, keyring));
        Post post = must(run(io, store->posts().find_post(id))).value();
        for (int number = first;; ++number) {
            TimelineEntry entry;
            entry.event = "publish-begun " + std::to_string(number);
            post.state = PostState::kPublishing;
            post.progress.attempts = number;
            const std::string step = "publish-" + std::to_string(number);
            post = must(run(io, store->posts().begin_publish(post, step, entry))).post;
            const Begun begun{number};
            if (::write(pipe, &begun, sizeof begun) != sizeof begun) ::_exit(1);
        }
    } catch (...) {
        ::_exit(2);
    }
}

TEST_F(StorePosts, NoIntentIsLostInFiftyKills) {
    constexpr int kKills = 50;
    const char* given = std::getenv("EVERLONG_SEED");
    const unsigned seed = given != nullptr ? static_cast<unsigned>(std::atoi(given)) : std::random_device{}();
    SCOPED_TRACE("EVERLONG_SEED=" + std::to_string(seed));
    std::mt19937 random(seed);
    const Post post = add(draft(day(1)));
    int last = 0; // that is known to be stored
    for (int number = 0; number < kKills; ++number) {
        SCOPED_TRACE("kill " + std::to_string(number));
        sqlite_.close();
        int ends[2];
        ASSERT_EQ(0, ::pipe(ends));
        const pid_t child = ::fork();
        ASSERT_GE(child, 0) << "kill(-1) would reach every process of the machine";
        if (child == 0) {
            ::close(ends[0]);
            publish_for_ever(sqlite_.file(), sqlite_.keyring(), post.id, last + 1, ends[1]);
        }
        ::close(ends[1]);
        Begun begun;
        for (unsigned i = 0; i <= random() % 6 && ::read(ends[0], &begun, sizeof begun) == sizeof begun; ++i) {
        }
        for (volatile unsigned i = 0; i < random() % 300'000; i = i + 1) {
        }
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
        while (::read(ends[0], &begun, sizeof begun) == sizeof begun) {
        }
        ::close(ends[0]);
        sqlite_.open();
        const Post read = get(posts().find_post(post.id)).value();
        const int stored = read.progress.attempts;
        EXPECT_TRUE(stored == begun.number || stored == begun.number + 1) << stored << " after " << begun.number;
        // The state, the story and the intent are one: none is there without the others.
        EXPECT_EQ(read.revision, stored + 1);
        EXPECT_EQ(get(posts().list_timeline(post.id)).back().event, "publish-begun " + std::to_string(stored));
        const std::string step = "publish-" + std::to_string(stored);
        EXPECT_EQ(error_of(posts().begin_publish(read, step, entry("x"))).code(), Code::kPublishUncertain);
        if (testing::Test::HasFailure()) return;
        last = stored;
    }
    EXPECT_GT(last, kKills) << "the writers were killed before they wrote";
}

} // namespace
} // namespace everlong::test
