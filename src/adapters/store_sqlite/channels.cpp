#include <adapters/store_sqlite/detail/access.hpp>
#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/posts.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>

#include <algorithm>

namespace everlong::adapters::detail {
namespace {

// As much as the largest row a renewal writes: a sealed token of some kilobytes with its facts.
constexpr std::string_view kInsertProbe = "INSERT INTO probes (filler) VALUES (zeroblob(8192))";

const std::string kSelectChannels = "SELECT " + kChannelColumns + " FROM channels ";

} // namespace

std::unexpected<Error> unknown_channel(ChannelId id) {
    return fail(Code::kChannelUnknown, Fault::kUsage, "no channel has the number " + std::to_string(id.number()));
}

Result<std::int64_t> insert_probe(Database& database) {
    auto done = database.run(kInsertProbe);
    if (!done) return fail(done.error());
    return database.last_id();
}

// Older ones were left by a crash between the two commits of a proof.
Result<void> remove_probes(Database& database, std::int64_t newest) {
    auto done = database.run("DELETE FROM probes WHERE id <= ?1", newest);
    if (!done) return fail(done.error());
    return {};
}

Result<std::vector<Channel>> list_channels(Database& database, const std::string& after, int limit) {
    static const std::string kSql = kSelectChannels + "WHERE name > ?1 ORDER BY name LIMIT ?2";
    return database.list<Channel>(kSql, read_channel, after, std::max(limit, 0));
}

Result<std::optional<Channel>> find_channel(Database& database, const std::string& name) {
    static const std::string kSql = kSelectChannels + "WHERE name = ?1";
    return database.find<Channel>(kSql, read_channel, name);
}

Result<Channel> load_channel(Database& database, ChannelId id) {
    static const std::string kSql = kSelectChannels + "WHERE id = ?1";
    auto found = database.find<Channel>(kSql, read_channel, id.number());
    if (!found) return fail(found.error());
    if (!*found) return unknown_channel(id);
    return **std::move(found);
}

Result<Channel> load_channel_at(Database& database, ChannelId id, std::int64_t revision) {
    auto channel = load_channel(database, id);
    if (!channel) return channel;
    if (channel->revision != revision) {
        return fail(Code::kBusy, Fault::kConflict,
                    "channel " + channel->name + " has changed since it was read (revision " +
                        std::to_string(revision) + ", now " + std::to_string(channel->revision) + ")");
    }
    return channel;
}

Result<Channel> create_channel(Database& database, const NewChannel& channel, const AuditEvent& event) {
    auto existing = find_channel(database, channel.name);
    if (!existing) return fail(existing.error());
    if (*existing) return fail(Code::kChannelExists, Fault::kConflict, channel.name);
    auto inserted = database.run(
        "INSERT INTO channels (revision, name, login, app_id, ig_user_id, username, account_type, page_id, page_name, "
        "created_at) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        channel.name, to_text(channel.login), channel.app_id, channel.account.ig_user_id.text(),
        channel.account.username, channel.account.account_type, channel.account.page_id, channel.account.page_name,
        event.at);
    if (!inserted) return fail(inserted.error());
    const ChannelId id(database.last_id());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return load_channel(database, id);
}

Result<Channel> rename_channel(Database& database, ChannelId id, const std::string& name, const AuditEvent& event) {
    auto channel = load_channel(database, id);
    if (!channel || channel->name == name) return channel;
    auto existing = find_channel(database, name);
    if (!existing) return fail(existing.error());
    if (*existing) return fail(Code::kChannelExists, Fault::kConflict, name);
    auto renamed =
        database.run("UPDATE channels SET name = ?2, revision = revision + 1 WHERE id = ?1", id.number(), name);
    if (!renamed) return fail(renamed.error());
    auto moved = database.run("UPDATE logins SET channel_name = ?2 WHERE channel_name = ?1", channel->name, name);
    if (!moved) return fail(moved.error());
    const AuditEvent left{event.at, event.actor, event.action, channel->name, std::string(ports::kNameWasLeft)};
    if (auto noted = append_audit(database, left); !noted) return fail(noted.error());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return load_channel(database, id);
}

Result<void> remove_channel(Database& database, ChannelId id, const AuditEvent& event) {
    auto revoked = revoke_keys_of_channel(database, id, event.at);
    if (!revoked) return fail(revoked.error());
    if (auto left = leave_posts_of_channel(database, id, event); !left) return left;
    auto removed = database.run("DELETE FROM channels WHERE id = ?1", id.number());
    if (!removed) return fail(removed.error());
    if (*removed == 0) return unknown_channel(id);
    database.note_lasting();
    return append_audit(database, event);
}

Result<void> write_channel(Database& database, Channel& channel) {
    const Lifecycle& lifecycle = channel.lifecycle;
    auto written = database.run(
        "UPDATE channels SET revision = ?2, ig_user_id = ?3, username = ?4, account_type = ?5, page_id = ?6, "
        "page_name = ?7, current_version = ?8, last_refresh_at = ?9, next_attempt_at = ?10, failed_attempts = ?11, "
        "last_problem = ?12, suspicion = ?13, verdict = ?14, was_extension_refused = ?15, restored_at = ?16 "
        "WHERE id = ?1",
        channel.id.number(), ++channel.revision, channel.account.ig_user_id.text(), channel.account.username,
        channel.account.account_type, channel.account.page_id, channel.account.page_name, channel.current_version,
        lifecycle.last_refresh_at, lifecycle.next_attempt_at, lifecycle.failed_attempts,
        problem_to_json(lifecycle.last_problem), problem_to_json(lifecycle.suspicion),
        problem_to_json(lifecycle.verdict), lifecycle.was_extension_refused, lifecycle.restored_at);
    if (!written) return fail(written.error());
    return {};
}

Result<void> save_lifecycle(Database& database, ChannelId id, std::int64_t revision, const Lifecycle& lifecycle,
                            const AuditEvent& event) {
    auto channel = load_channel_at(database, id, revision);
    if (!channel) return fail(channel.error());
    channel->lifecycle = lifecycle;
    if (auto written = write_channel(database, *channel); !written) return written;
    return append_audit(database, event);
}

Result<std::vector<Channel>> list_due(Database& database, Instant now, int limit) {
    static const std::string kSql =
        kSelectChannels + "WHERE next_attempt_at <= ?1 ORDER BY next_attempt_at, id LIMIT ?2";
    return database.list<Channel>(kSql, read_channel, now, std::max(limit, 0));
}

Result<std::optional<Instant>> next_due(Database& database) {
    const auto read = [](Row row) { return Result<std::optional<Instant>>(row.maybe_instant(0)); };
    auto earliest = database.find<std::optional<Instant>>(
        "SELECT min(due) FROM (SELECT min(next_attempt_at) AS due FROM channels WHERE next_attempt_at IS NOT NULL "
        "UNION ALL SELECT min(next_attempt_at) FROM deliveries WHERE next_attempt_at IS NOT NULL)",
        read);
    if (!earliest) return fail(earliest.error());
    return earliest->value_or(std::nullopt);
}

} // namespace everlong::adapters::detail
