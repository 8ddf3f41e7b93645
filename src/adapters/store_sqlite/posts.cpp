#include <adapters/store_sqlite/detail/posts.hpp>

#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/post_request.hpp>
#include <adapters/store_sqlite/detail/post_rows.hpp>
#include <adapters/store_sqlite/detail/post_statements.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <limits>

namespace everlong::adapters::detail {
namespace {

using core::FileId;
using core::PostId;
using core::PostState;
using ports::AddedPost;
using ports::MediaFile;
using ports::Post;
using ports::PostPage;
using ports::PostQuery;
using ports::PostsInNeed;
using ports::ReadPosts;
using ports::TimelineEntry;
using ports::UnreadablePost;

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

const std::string kSelectPosts = "SELECT " + kPostColumns + " FROM posts JOIN channels ON channels.id = channel_id ";

Result<std::optional<Post>> find_post(Database& database, const PostId& id) {
    static const std::string kSql = kSelectPosts + "WHERE posts.id = ?1";
    return database.find<Post>(kSql, read_post, id.text());
}

// --- damaged ones ---

// An intent has a row of its own, which tells more surely than a damaged post whether a call may have left.
Result<bool> was_call_begun(Database& database, std::int64_t number) {
    auto steps = database.find<std::string>(
        "SELECT step FROM post_intents WHERE post = ?1 AND step LIKE 'publish-%' LIMIT 1",
        [](Row row) { return Result<std::string>(row.text(0)); }, number);
    if (!steps) return fail(steps.error());
    return steps->has_value();
}

Result<UnreadablePost> unreadable(Database& database, PostRow row) {
    auto begun = was_call_begun(database, row.number);
    if (!begun) return fail(begun.error());
    Error problem = row.problem();
    return UnreadablePost{std::move(row.post), std::move(row.damaged), *begun, std::move(problem)};
}

Result<void> sort_out(Database& database, std::vector<PostRow> rows, ReadPosts& read) {
    for (PostRow& row : rows) {
        if (row.damaged.empty()) {
            read.posts.push_back(std::move(row.post));
            continue;
        }
        auto damaged = unreadable(database, std::move(row));
        if (!damaged) return fail(damaged.error());
        read.unreadable.push_back(*std::move(damaged));
    }
    return {};
}

template <class... Values>
Result<ReadPosts> read_posts(Database& database, const std::string& sql, const Values&... values) {
    auto rows = database.list<PostRow>(sql, read_post_row, values...);
    if (!rows) return fail(rows.error());
    ReadPosts read;
    if (auto sorted = sort_out(database, *std::move(rows), read); !sorted) return fail(sorted.error());
    return read;
}

Result<std::optional<PostRow>> find_damaged_row(Database& database, const PostId& id) {
    static const std::string kSql = kSelectPosts + "WHERE posts.id = ?1";
    auto row = database.find<PostRow>(kSql, read_post_row, id.text());
    if (row && *row && (**row).damaged.empty()) return std::optional<PostRow>();
    return row;
}

Result<std::optional<UnreadablePost>> find_unreadable_post(Database& database, const PostId& id) {
    auto row = find_damaged_row(database, id);
    if (!row) return fail(row.error());
    if (!*row) return std::optional<UnreadablePost>();
    auto damaged = unreadable(database, **std::move(row));
    if (!damaged) return fail(damaged.error());
    return std::optional(*std::move(damaged));
}

Result<void> append_entries(Database& database, std::int64_t post, const std::vector<TimelineEntry>& entries) {
    for (const TimelineEntry& entry : entries) {
        auto added = database.run(
            "INSERT INTO post_timeline (post, line, at, event, call, detail, state, problem) VALUES (?1, (SELECT "
            "coalesce(max(line), 0) + 1 FROM post_timeline WHERE post = ?1), ?2, ?3, ?4, ?5, ?6, ?7)",
            post, entry.at, entry.event, entry.call, entry.detail, core::to_text(entry.state),
            problem_to_json(entry.problem));
        if (!added) return fail(added.error());
    }
    return {};
}

// --- adding ---

struct KnownRequest {
    std::string made_as;
    Post post;
};

Result<std::optional<KnownRequest>> find_request(Database& database, ChannelId channel, const std::string& key) {
    static const std::string kSql = "SELECT " + kPostColumns +
                                    ", made_as FROM posts JOIN channels ON channels.id = channel_id "
                                    "WHERE channel_id = ?1 AND idempotency_key = ?2 AND idempotency_key <> ''";
    constexpr int kMadeAs = 17; // after kPostColumns
    const auto read = [](Row row) -> Result<KnownRequest> {
        auto post = read_post(row);
        if (!post) return fail(post.error());
        return KnownRequest{row.text(kMadeAs), *std::move(post)};
    };
    return database.find<KnownRequest>(kSql, read, channel.number(), key);
}

Result<AddedPost> add_post(Database& database, Post post, const std::string& key,
                           const std::vector<TimelineEntry>& entries, const AuditEvent& event) {
    auto channel = load_channel(database, post.channel);
    if (!channel) return fail(channel.error());
    const std::string content = content_to_json(post.content);
    auto request = mark_request(database, post, event.at);
    if (!request) return fail(request.error());
    if (!key.empty()) {
        auto known = find_request(database, post.channel, key);
        if (!known) return fail(known.error());
        if (*known && std::ranges::find(request->same, (**known).made_as) != request->same.end())
            return AddedPost{std::move((**known).post), false};
        if (*known) {
            return fail(Code::kIdempotency, Fault::kConflict,
                        "this key made post " + (**known).post.id.text() +
                            " of another content or time, or draft and post differ");
        }
    }
    // The id is made of the number, which is not known before.
    auto number = database.find_number("SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'posts'");
    if (!number) return fail(number.error());
    post.id = PostId(make_id("post_", **number, event.at, channel->name + content));
    post.revision = 1;
    post.channel_name = channel->name;
    post.created_at = event.at;
    post.created_by = event.actor;
    auto inserted = database.run(
        "INSERT INTO posts (number, id, revision, channel_id, state, due_at, next_attempt_at, zone, wall_time, "
        "media_id, "
        "idempotency_key, made_as, content, progress, result, findings, created_at, created_by) VALUES (?1, ?2, 1, ?3, "
        "?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        **number, post.id.text(), post.channel.number(), core::to_text(post.state), post.schedule.due_at,
        post.progress.next_attempt_at, post.schedule.zone, post.schedule.wall_time, post.result.media_id, key,
        request->mark, content, progress_to_json(post.progress), result_to_json(post.result),
        findings_to_json(post.findings), post.created_at, post.created_by);
    if (!inserted) return fail(inserted.error());
    if (auto shown = show_files(database, **number, post, event.at); !shown) return fail(shown.error());
    if (auto told = append_entries(database, **number, entries); !told) return fail(told.error());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    database.note_post(post);
    return AddedPost{std::move(post), true};
}

// --- changing ---

struct PostPlace {
    std::int64_t number = 0;
    ChannelId channel;
    std::string channel_name;
};

Result<PostPlace> load_place(Database& database, const PostId& id) {
    const auto read = [](Row row) { return Result<PostPlace>({row.number(0), ChannelId(row.number(1)), row.text(2)}); };
    auto place = database.find<PostPlace>(
        "SELECT number, channel_id, name FROM posts JOIN channels ON channels.id = channel_id WHERE posts.id = ?1",
        read, id.text());
    if (!place) return fail(place.error());
    if (!*place) return fail(Code::kPostUnknown, Fault::kUsage, "no post has the id " + id.text());
    return **std::move(place);
}

// One medium is one post: two that are looked for at the same time must not both be found in it.
Result<void> check_medium(Database& database, const Post& post, const PostPlace& place) {
    if (post.result.media_id.empty()) return {};
    auto owners = database.list<std::string>(
        "SELECT id FROM posts WHERE channel_id = ?1 AND media_id = ?2 AND media_id <> '' AND number <> ?3",
        [](Row row) { return Result<std::string>(row.text(0)); }, place.channel.number(), post.result.media_id,
        place.number);
    if (!owners) return fail(owners.error());
    if (owners->empty()) return {};
    return fail(Code::kBusy, Fault::kConflict,
                "medium " + post.result.media_id + " is that of post " + owners->front());
}

// When the change was made, as far as it says so.
std::optional<Instant> time_of(const std::vector<TimelineEntry>& entries, const std::optional<AuditEvent>& event) {
    if (event) return event->at;
    if (!entries.empty()) return entries.back().at;
    return std::nullopt;
}

} // namespace

Result<Post> save_post(Database& database, Post post, const std::vector<TimelineEntry>& entries,
                       const std::optional<AuditEvent>& event) {
    auto place = load_place(database, post.id);
    if (!place) return fail(place.error());
    if (auto checked = check_medium(database, post, *place); !checked) return fail(checked.error());
    auto saved = database.run(
        "UPDATE posts SET revision = revision + 1, state = ?3, due_at = ?4, next_attempt_at = ?5, zone = ?6, "
        "wall_time = ?7, media_id = ?8, content = ?9, progress = ?10, result = ?11, findings = ?12 "
        "WHERE number = ?1 AND revision = ?2",
        place->number, post.revision, core::to_text(post.state), post.schedule.due_at, post.progress.next_attempt_at,
        post.schedule.zone, post.schedule.wall_time, post.result.media_id, content_to_json(post.content),
        progress_to_json(post.progress), result_to_json(post.result), findings_to_json(post.findings));
    if (!saved) return fail(saved.error());
    if (*saved == 0)
        return fail(Code::kBusy, Fault::kConflict, "post " + post.id.text() + " has changed since it was read");
    ++post.revision;
    post.channel = place->channel;
    post.channel_name = place->channel_name;
    auto shown = show_files(database, place->number, post, time_of(entries, event));
    if (!shown) return fail(shown.error());
    if (auto told = append_entries(database, place->number, entries); !told) return fail(told.error());
    if (event) {
        if (auto noted = append_audit(database, *event); !noted) return fail(noted.error());
        // What a person has changed or given up must not come back to life with an older copy.
        database.note_lasting();
    }
    database.note_post(post);
    return post;
}

namespace {

Result<UnreadablePost> close_unreadable_post(Database& database, UnreadablePost post, const TimelineEntry& end,
                                             const AuditEvent& event) {
    auto place = load_place(database, post.known.id);
    if (!place) return fail(place.error());
    auto row = find_damaged_row(database, post.known.id);
    if (!row) return fail(row.error());
    if (!*row || (**row).post.revision != post.known.revision) {
        return fail(Code::kBusy, Fault::kConflict, "post " + post.known.id.text() + " has changed since it was read");
    }
    if (auto checked = check_medium(database, post.known, *place); !checked) return fail(checked.error());
    auto closed = database.run("UPDATE posts SET revision = revision + 1, state = ?2, next_attempt_at = NULL, "
                               "media_id = ?3 WHERE number = ?1",
                               place->number, core::to_text(end.state), post.known.result.media_id);
    if (!closed) return fail(closed.error());
    ++post.known.revision;
    post.known.state = end.state;
    post.known.progress.next_attempt_at.reset();
    if (auto left = show_files(database, place->number, post.known, event.at); !left) return fail(left.error());
    if (auto told = append_entries(database, place->number, {end}); !told) return fail(told.error());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    database.note_lasting();
    database.note_post(post.known);
    return post;
}

Result<Post> begin_step(Database& database, Post post, const std::string& step, const TimelineEntry& entry) {
    auto place = load_place(database, post.id);
    if (!place) return fail(place.error());
    auto saved = save_post(database, std::move(post), {entry}, std::nullopt);
    if (!saved) return saved;
    auto begun = database.run("INSERT OR IGNORE INTO post_intents (post, step, started_at) VALUES (?1, ?2, ?3)",
                              place->number, step, entry.at);
    if (!begun) return fail(begun.error());
    if (*begun == 0) {
        return fail(Code::kPublishUncertain, Fault::kUnknownOutcome,
                    step + " of post " + saved->id.text() + " was begun before");
    }
    database.note_lasting();
    return saved;
}

// --- lists ---

std::string ids_to_json(const std::vector<PostId>& ids) {
    boost::json::array list;
    for (const PostId& id : ids)
        list.emplace_back(id.text());
    return boost::json::serialize(list);
}

struct Cursor {
    std::int64_t due_at = 0;
    std::int64_t number = 0;
};

std::string to_text(const Cursor& cursor) {
    return std::to_string(cursor.due_at) + "." + std::to_string(cursor.number);
}

Result<Cursor> parse_cursor(std::string_view text) {
    Cursor cursor;
    const char* const end = text.data() + text.size();
    const auto due = std::from_chars(text.data(), end, cursor.due_at);
    if (due.ec == std::errc() && due.ptr != end && *due.ptr == '.') {
        const auto number = std::from_chars(due.ptr + 1, end, cursor.number);
        if (number.ec == std::errc() && number.ptr == end) return cursor;
    }
    return fail(Code::kUsage, Fault::kUsage, "not a cursor of a list of posts");
}

std::vector<PostState> every_state() {
    std::vector<PostState> states;
    for (int number = 0; number <= static_cast<int>(PostState::kCancelled); ++number)
        states.push_back(static_cast<PostState>(number));
    return states;
}

// Each once, in one order, so that a statement is kept for a set of states and not for each way to name it.
std::vector<PostState> tidy(std::vector<PostState> states) {
    if (states.empty()) return every_state();
    std::ranges::sort(states);
    const auto repeated = std::ranges::unique(states);
    states.erase(repeated.begin(), repeated.end());
    return states;
}

Result<PostPage> list_posts(Database& database, const PostQuery& query) {
    PostPage page;
    if (query.limit <= 0) return page;
    std::int64_t from = query.due_from ? to_unix_ms(*query.due_from) : kNever;
    std::int64_t until = query.due_until ? to_unix_ms(*query.due_until) : kEver;
    Cursor after = query.is_newest_first ? Cursor{kEver, kEver} : Cursor{kNever, kNever};
    if (!query.after.empty()) {
        auto parsed = parse_cursor(query.after);
        if (!parsed) return fail(parsed.error());
        after = *parsed;
        if (query.is_newest_first)
            until = std::min(until, after.due_at < kEver ? after.due_at + 1 : kEver);
        else
            from = std::max(from, after.due_at);
    }
    const bool is_of_a_channel = !query.channel_name.empty();
    const std::string sql = list_posts_sql(tidy(query.states), query.is_newest_first, is_of_a_channel);
    const std::int64_t limit = std::int64_t{query.limit} + 1; // one more tells whether there are more
    auto rows = is_of_a_channel
                    ? database.list<PostRow>(sql, read_post_row, from, until, after.due_at, after.number, limit,
                                             query.channel_name)
                    : database.list<PostRow>(sql, read_post_row, from, until, after.due_at, after.number, limit);
    if (!rows) return fail(rows.error());
    const bool has_more = rows->size() > static_cast<std::size_t>(query.limit);
    if (has_more) {
        rows->pop_back();
        page.next = to_text({to_unix_ms(rows->back().post.schedule.due_at), rows->back().number});
    }
    if (auto sorted = sort_out(database, *std::move(rows), page); !sorted) return fail(sorted.error());
    return page;
}

Result<std::optional<Instant>> next_post_due(Database& database, const std::vector<PostId>& except) {
    auto earliest = database.find<std::optional<Instant>>(
        next_post_due_sql(), [](Row row) { return Result<std::optional<Instant>>(row.maybe_instant(0)); },
        ids_to_json(except));
    if (!earliest) return fail(earliest.error());
    return earliest->value_or(std::nullopt);
}

Result<std::vector<TimelineEntry>> list_timeline(Database& database, const PostId& id) {
    return database.list<TimelineEntry>("SELECT at, event, call, detail, post_timeline.state, problem FROM posts JOIN "
                                        "post_timeline ON post = number WHERE id = ?1 ORDER BY line",
                                        read_entry, id.text());
}

Result<std::vector<std::string>> list_bound_media(Database& database, ChannelId channel,
                                                  const std::vector<std::string>& media_ids) {
    std::vector<std::string> bound;
    for (const std::string& media_id : media_ids) {
        auto owner = database.find<std::string>(
            bound_media_sql(), [](Row row) { return Result<std::string>(row.text(0)); }, channel.number(), media_id);
        if (!owner) return fail(owner.error());
        if (*owner) bound.push_back(media_id);
    }
    return bound;
}

Result<int> count_pending_posts(Database& database, ChannelId channel, std::optional<Instant> until) {
    auto count = database.find<int>(
        count_pending_posts_sql(), [](Row row) { return Result<int>(static_cast<int>(row.number(0))); },
        channel.number(), until ? to_unix_ms(*until) : kEver);
    if (!count) return fail(count.error());
    return count->value_or(0);
}

Result<PostsInNeed> count_posts_in_need(Database& database, ChannelId channel, Instant failed_since) {
    auto counts = database.find<PostsInNeed>(
        count_posts_in_need_sql(),
        [](Row row) {
            return Result<PostsInNeed>(
                {static_cast<int>(row.number(0)), static_cast<int>(row.number(1)), static_cast<int>(row.number(2))});
        },
        channel.number(), to_unix_ms(failed_since));
    if (!counts) return fail(counts.error());
    return counts->value_or(PostsInNeed{});
}

class PostsOfFile final : public ports::PostStore {
public:
    PostsOfFile(Lane& writes, Lane& reads) : writes_(writes), reads_(reads) {}

    void watch_posts(std::function<void(const Post&)> told) override { writes_.watch_posts(std::move(told)); }

    Task<AddedPost> add_post(Post post, std::string idempotency_key, std::vector<TimelineEntry> entries,
                             AuditEvent event) override {
        return writes_.run([post = std::move(post), key = std::move(idempotency_key), entries = std::move(entries),
                            event = std::move(event)](Database& database) {
            return detail::add_post(database, post, key, entries, event);
        });
    }
    Task<std::optional<Post>> find_post(PostId id) override {
        return reads_.run([id = std::move(id)](Database& database) { return detail::find_post(database, id); });
    }
    Task<std::optional<UnreadablePost>> find_unreadable_post(PostId id) override {
        return reads_.run(
            [id = std::move(id)](Database& database) { return detail::find_unreadable_post(database, id); });
    }
    Task<std::optional<Post>> find_post_of_key(ChannelId channel, std::string idempotency_key) override {
        return reads_.run(
            [channel, key = std::move(idempotency_key)](Database& database) -> Result<std::optional<Post>> {
                auto known = find_request(database, channel, key);
                if (!known) return fail(known.error());
                if (!*known) return std::optional<Post>();
                return std::optional(std::move((**known).post));
            });
    }
    Task<PostPage> list_posts(PostQuery query) override {
        return reads_.run(
            [query = std::move(query)](Database& database) { return detail::list_posts(database, query); });
    }
    Task<Post> save_post(Post post, std::vector<TimelineEntry> entries, std::optional<AuditEvent> event) override {
        return writes_.run([post = std::move(post), entries = std::move(entries), event = std::move(event)](
                               Database& database) { return detail::save_post(database, post, entries, event); });
    }
    Task<UnreadablePost> close_unreadable_post(UnreadablePost post, TimelineEntry end, AuditEvent event) override {
        return writes_.run(
            [post = std::move(post), end = std::move(end), event = std::move(event)](Database& database) {
                return detail::close_unreadable_post(database, post, end, event);
            });
    }
    Task<BegunPublish> begin_publish(Post post, std::string step, TimelineEntry entry) override {
        auto begun = co_await writes_.run([post = std::move(post), step, entry = std::move(entry)](Database& database) {
            return begin_step(database, post, step, entry);
        });
        if (!begun) co_return fail(begun.error());
        auto intent = make_intent(begun->id, std::move(step));
        co_return BegunPublish{*std::move(begun), std::move(intent)};
    }
    Task<ReadPosts> list_due_posts(Instant now, int limit, std::vector<PostId> except) override {
        return reads_.run([now, limit, except = std::move(except)](Database& database) {
            return read_posts(database, due_posts_sql(), now, std::max(limit, 0), ids_to_json(except));
        });
    }
    Task<std::optional<Instant>> next_post_due(std::vector<PostId> except) override {
        return reads_.run(
            [except = std::move(except)](Database& database) { return detail::next_post_due(database, except); });
    }
    Task<std::vector<TimelineEntry>> list_timeline(PostId id) override {
        return reads_.run([id = std::move(id)](Database& database) { return detail::list_timeline(database, id); });
    }
    Task<std::vector<std::string>> list_bound_media(ChannelId channel, std::vector<std::string> media_ids) override {
        return reads_.run([channel, media_ids = std::move(media_ids)](Database& database) {
            return detail::list_bound_media(database, channel, media_ids);
        });
    }
    Task<int> count_pending_posts(ChannelId channel, std::optional<Instant> until) override {
        return reads_.run(
            [channel, until](Database& database) { return detail::count_pending_posts(database, channel, until); });
    }
    Task<PostsInNeed> count_posts_in_need(ChannelId channel, Instant failed_since) override {
        return reads_.run([channel, failed_since](Database& database) {
            return detail::count_posts_in_need(database, channel, failed_since);
        });
    }
    Task<ReadPosts> list_zoned_posts(PostId after, int limit) override {
        return reads_.run([after = std::move(after), limit](Database& database) {
            return read_posts(database, zoned_posts_sql(), after.text(), std::max(limit, 0));
        });
    }

    Task<MediaFile> add_file(MediaFile file, AuditEvent event) override {
        return writes_.run([file = std::move(file), event = std::move(event)](Database& database) {
            return detail::add_file(database, file, event);
        });
    }
    Task<std::optional<MediaFile>> find_file(FileId id) override {
        return reads_.run([id = std::move(id)](Database& database) { return detail::find_file(database, id); });
    }
    Task<std::optional<MediaFile>> find_file_by_public_name(std::string public_name) override {
        return reads_.run([public_name = std::move(public_name)](Database& database) {
            return detail::find_file_by_public_name(database, public_name);
        });
    }
    Task<MediaFile> save_file(MediaFile file) override {
        return writes_.run([file = std::move(file)](Database& database) { return detail::save_file(database, file); });
    }
    Task<void> remove_file(FileId id, AuditEvent event) override {
        return writes_.run([id = std::move(id), event = std::move(event)](Database& database) {
            return detail::remove_file(database, id, event);
        });
    }
    Task<std::vector<MediaFile>> list_unused_files(Instant before, int limit) override {
        return reads_.run(
            [before, limit](Database& database) { return detail::list_unused_files(database, before, limit); });
    }

private:
    Lane& writes_;
    Lane& reads_;
};

} // namespace

std::unique_ptr<ports::PostStore> make_post_store(Lane& writes, Lane& reads) {
    return std::make_unique<PostsOfFile>(writes, reads);
}

Result<void> leave_posts_of_channel(Database& database, ChannelId id, const AuditEvent& event) {
    struct Counts {
        std::int64_t all = 0;
        std::int64_t unsent = 0;
    };
    auto counts = database.find<Counts>(
        "SELECT count(*), count(*) FILTER (WHERE state NOT IN ('draft', 'published', 'failed', 'cancelled')) FROM "
        "posts "
        "WHERE channel_id = ?1",
        [](Row row) { return Result<Counts>({row.number(0), row.number(1)}); }, id.number());
    if (!counts) return fail(counts.error());
    const Counts found = counts->value_or(Counts{});
    if (found.all == 0) return {};
    auto left =
        database.run("UPDATE files SET shown_at = max(shown_at, ?2) WHERE number IN (SELECT file FROM post_files "
                     "JOIN posts ON number = post WHERE channel_id = ?1)",
                     id.number(), event.at);
    if (!left) return fail(left.error());
    const AuditEvent removed{event.at, event.actor, "posts-removed", event.channel_name,
                             std::to_string(found.all) + " in all, " + std::to_string(found.unsent) +
                                 " of them were still to be published"};
    return append_audit(database, removed);
}

} // namespace everlong::adapters::detail
