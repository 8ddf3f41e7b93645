#include <adapters/store_sqlite/detail/start.hpp>

#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/post_rows.hpp>
#include <adapters/store_sqlite/detail/post_statements.hpp>
#include <adapters/store_sqlite/detail/posts.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>
#include <core/publishing/post_machine.hpp>

#include <algorithm>

namespace everlong::adapters::detail {
namespace {

using ports::StoreStart;

// The last instant of which this store knows anything: every call to Meta and every act of a person leaves a line in one of
// the two.
Result<Instant> last_sign_of_life(Database& database, Instant now) {
    auto last = database.find_number("SELECT max(at) FROM (SELECT max(at) AS at FROM audit UNION ALL "
                                     "SELECT max(at) FROM post_timeline)");
    if (!last) return fail(last.error());
    return *last ? std::min(instant_from_unix_ms(**last), now) : now;
}

// As with a verdict, nothing is asked about a token that is dead for good.
bool wants_check(const Channel& channel) {
    return channel.current_version > 0 && !channel.lifecycle.verdict;
}

AuditEvent restored(Instant now, std::string channel_name, std::string detail) {
    return {now, "engine", "store-restored", std::move(channel_name), std::move(detail)};
}

Result<int> doubt_channels(Database& database, Instant known_until, Instant now) {
    static const std::string kSql = "SELECT " + kChannelColumns + " FROM channels";
    auto channels = database.list<Channel>(kSql, read_channel);
    if (!channels) return fail(channels.error());
    int count = 0;
    for (Channel& channel : *channels) {
        if (!wants_check(channel)) continue;
        channel.lifecycle.restored_at = now;
        channel.lifecycle.next_attempt_at = now;
        if (auto written = write_channel(database, channel); !written) return fail(written.error());
        const std::string detail = "nothing is known after " + to_rfc3339(known_until) + "; its token is to be checked";
        if (auto noted = append_audit(database, restored(now, channel.name, detail)); !noted)
            return fail(noted.error());
        ++count;
    }
    return count;
}

using Decide = std::optional<core::Change> (*)(core::Post, Instant, Instant);

// A damaged one can be neither sent nor judged: it stays as it is, and keeps nobody from starting.
Result<std::vector<core::Post>> list_readable(Database& database, const std::string& sql, auto... values) {
    auto rows = database.list<PostRow>(sql, read_post_row, values...);
    if (!rows) return fail(rows.error());
    std::vector<core::Post> posts;
    for (PostRow& row : *rows) {
        if (row.damaged.empty()) posts.push_back(std::move(row.post));
    }
    return posts;
}

// Gives how many of them have changed.
Result<int> change_posts(Database& database, std::vector<core::Post> posts, Decide decide, Instant known_until,
                         Instant now) {
    int count = 0;
    for (core::Post& post : posts) {
        auto change = decide(std::move(post), known_until, now);
        if (!change) continue;
        auto saved = save_post(database, std::move(change->post), change->entries, std::nullopt);
        if (!saved) return fail(saved.error());
        ++count;
    }
    return count;
}

Result<StoreStart> go_on(Database& database, Instant now) {
    StoreStart start;
    auto posts = list_readable(database, posts_due_before_sql(), now);
    if (!posts) return fail(posts.error());
    if (posts->empty()) return start;
    auto known_until = last_sign_of_life(database, now);
    if (!known_until) return fail(known_until.error());
    auto changed = change_posts(database, *std::move(posts), core::after_pause, *known_until, now);
    if (!changed) return fail(changed.error());
    return start;
}

} // namespace

Result<StoreStart> start_store(Database& database, const std::string& why_older, Instant now) {
    if (why_older.empty()) return go_on(database, now);
    StoreStart start;
    auto known_until = last_sign_of_life(database, now);
    if (!known_until) return fail(known_until.error());
    start.known_until = *known_until;
    auto channels = doubt_channels(database, *known_until, now);
    if (!channels) return fail(channels.error());
    auto posts = list_readable(database, posts_not_over_sql());
    if (!posts) return fail(posts.error());
    auto held = change_posts(database, *std::move(posts), core::after_restore, *known_until, now);
    if (!held) return fail(held.error());
    start.channels = *channels;
    start.posts = *held;
    // A new store in the place of one that was removed has nothing to doubt.
    start.was_restored = start.channels > 0 || start.posts > 0;
    if (start.was_restored) {
        const std::string detail = why_older + "; nothing is known after " + to_rfc3339(*known_until) + "; " +
                                   std::to_string(start.channels) + " channels and " + std::to_string(start.posts) +
                                   " posts are in doubt";
        if (auto noted = append_audit(database, restored(now, "", detail)); !noted) return fail(noted.error());
    }
    database.note_lasting();
    database.note_start();
    return start;
}

} // namespace everlong::adapters::detail
