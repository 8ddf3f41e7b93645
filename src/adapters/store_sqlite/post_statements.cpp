#include <adapters/store_sqlite/detail/post_statements.hpp>

#include <adapters/store_sqlite/detail/post_rows.hpp>

namespace everlong::adapters::detail {
namespace {

using core::PostState;

const std::string kWithChannels = " JOIN channels ON channels.id = channel_id ";

std::string quoted(PostState state) {
    return "'" + std::string(core::to_text(state)) + "'";
}

// "'scheduled', 'checking', ..." of all states that `is_wanted` takes.
template <class IsWanted>
std::string quoted_states(IsWanted is_wanted) {
    std::string list;
    for (int number = 0; number <= static_cast<int>(PostState::kCancelled); ++number) {
        const auto state = static_cast<PostState>(number);
        if (is_wanted(state)) list += (list.empty() ? "" : ", ") + quoted(state);
    }
    return list;
}

} // namespace

// The posts that are due are sorted by their index alone; rows are read of those that are given only, and the numbers of those
// that are left out once.
const std::string& due_posts_sql() {
    static const std::string kSql = "SELECT " + kPostColumns +
                                    " FROM (SELECT number AS wanted FROM posts WHERE next_attempt_at <= ?1 AND number "
                                    "NOT IN (SELECT left_out.number FROM json_each(?3) CROSS JOIN posts AS left_out ON "
                                    "left_out.id = json_each.value) ORDER BY due_at, number LIMIT ?2) CROSS JOIN posts "
                                    "ON number = wanted" +
                                    kWithChannels + "ORDER BY due_at, number";
    return kSql;
}

const std::string& next_post_due_sql() {
    static const std::string kSql =
        "SELECT min(next_attempt_at) FROM posts WHERE next_attempt_at IS NOT NULL AND number "
        "NOT IN (SELECT left_out.number FROM json_each(?1) CROSS JOIN posts AS left_out ON "
        "left_out.id = json_each.value)";
    return kSql;
}

// A walk along the index for each state, which ends after `limit` steps; then the first of all these.
std::string list_posts_sql(const std::vector<PostState>& states, bool is_newest_first, bool is_of_a_channel) {
    const std::string order = is_newest_first ? " DESC" : "";
    const std::string after = is_newest_first ? "<" : ">";
    const std::string channel =
        is_of_a_channel ? "channel_id = (SELECT id FROM channels WHERE name = ?6) AND " : std::string();
    std::string walks;
    for (const PostState state : states) {
        walks += (walks.empty() ? "" : " UNION ALL ");
        walks += "SELECT * FROM (SELECT number AS wanted, due_at AS wanted_at FROM posts WHERE " + channel +
                 "state = " + quoted(state) + " AND due_at >= ?1 AND due_at < ?2 AND (due_at, number) " + after +
                 " (?3, ?4) ORDER BY due_at" + order + ", number" + order + " LIMIT ?5)";
    }
    return "SELECT " + kPostColumns + " FROM (" + walks + " ORDER BY wanted_at" + order + ", wanted" + order +
           " LIMIT ?5) CROSS JOIN posts ON number = wanted" + kWithChannels + "ORDER BY due_at" + order + ", number" +
           order;
}

const std::string& count_pending_posts_sql() {
    static const std::string kSql =
        "SELECT count(*) FROM posts WHERE channel_id = ?1 AND due_at < ?2 AND state IN (" +
        quoted_states([](PostState state) { return state != PostState::kDraft && !core::is_final(state); }) + ")";
    return kSql;
}

// A count of its own for each, so that each reads its own stretch of the index and nothing else.
const std::string& count_posts_in_need_sql() {
    const auto count = [](PostState state, const std::string& when) {
        return "(SELECT count(*) FROM posts WHERE channel_id = ?1 AND state = " + quoted(state) + when + ")";
    };
    static const std::string kSql = "SELECT " + count(PostState::kHeld, "") + ", " + count(PostState::kUncertain, "") +
                                    ", " + count(PostState::kFailed, " AND due_at >= ?2");
    return kSql;
}

// Left to itself, SQLite walks and sorts every scheduled post.
const std::string& zoned_posts_sql() {
    static const std::string kSql = "SELECT " + kPostColumns + " FROM posts INDEXED BY posts_in_zones" + kWithChannels +
                                    "WHERE zone <> '' AND state = 'scheduled' AND posts.id > ?1 ORDER BY posts.id "
                                    "LIMIT ?2";
    return kSql;
}

const std::string& bound_media_sql() {
    static const std::string kSql =
        "SELECT id FROM posts WHERE channel_id = ?1 AND media_id = ?2 AND media_id <> '' LIMIT 1";
    return kSql;
}

const std::string& posts_due_before_sql() {
    static const std::string kSql =
        "SELECT " + kPostColumns + " FROM posts" + kWithChannels + "WHERE state IN (" +
        quoted_states([](PostState state) { return state >= PostState::kScheduled && state <= PostState::kReady; }) +
        ") AND due_at < ?1 ORDER BY number";
    return kSql;
}

const std::string& posts_not_over_sql() {
    static const std::string kSql = "SELECT " + kPostColumns + " FROM posts" + kWithChannels +
                                    "WHERE state NOT IN ('published', 'cancelled') OR (state = 'published' AND "
                                    "posts.next_attempt_at IS NOT NULL) ORDER BY number";
    return kSql;
}

const std::string& unused_files_sql() {
    static const std::string kSql =
        "SELECT " + kFileColumns + " FROM files WHERE uses = 0 AND shown_at < ?1 ORDER BY shown_at, number";
    return kSql;
}

} // namespace everlong::adapters::detail
