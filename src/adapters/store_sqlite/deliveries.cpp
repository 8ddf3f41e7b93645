#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>

#include <algorithm>

namespace everlong::adapters::detail {
namespace {

const std::string kSelectDeliveries = "SELECT " + kDeliveryColumns + " FROM deliveries ";

Result<std::optional<Delivery>> find_delivery(Database& database, DeliveryId id) {
    static const std::string kSql = kSelectDeliveries + "WHERE id = ?1";
    return database.find<Delivery>(kSql, read_delivery, id.number());
}

std::unexpected<Error> unknown_delivery(DeliveryId id) {
    return fail(Code::kDeliveryUnknown, Fault::kUsage, "no delivery has the number " + std::to_string(id.number()));
}

// Two deliveries that write the same key of the same file would overwrite each other for ever, so the later one wins;
// another channel's is replaced only where they share a key.
Result<void> remove_rivals(Database& database, ChannelId id, const ports::DotenvTarget& target,
                           const AuditEvent& event) {
    constexpr std::string_view kRivals =
        "WHERE path = ?2 AND (channel_id = ?1 OR token_key IN (?3, ?4) OR id_key IN (?3, ?4))";
    static const std::string kNames = "SELECT DISTINCT name FROM channels WHERE id <> ?1 AND id IN "
                                      "(SELECT channel_id FROM deliveries " +
                                      std::string(kRivals) + ")";
    static const std::string kDelete = "DELETE FROM deliveries " + std::string(kRivals);
    auto names = database.list<std::string>(
        kNames, [](Row row) { return Result<std::string>(row.text(0)); }, id.number(), target.path, target.token_key,
        target.id_key);
    if (!names) return fail(names.error());
    auto removed = database.run(kDelete, id.number(), target.path, target.token_key, target.id_key);
    if (!removed) return fail(removed.error());
    for (const std::string& name : *names) {
        const AuditEvent replaced{event.at, event.actor, "delivery-replaced", name,
                                  target.path + " now belongs to another channel"};
        if (auto noted = append_audit(database, replaced); !noted) return noted;
    }
    return {};
}

} // namespace

Result<Delivery> add_delivery(Database& database, ChannelId id, const ports::DotenvTarget& target,
                              const AuditEvent& event) {
    auto channel = load_channel(database, id);
    if (!channel) return fail(channel.error());
    if (auto done = remove_rivals(database, id, target, event); !done) return fail(done.error());
    const std::optional<Instant> due = channel->current_version > 0 ? std::optional(event.at) : std::nullopt;
    auto inserted =
        database.run("INSERT INTO deliveries (channel_id, path, token_key, id_key, is_in_place, next_attempt_at) "
                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     id.number(), target.path, target.token_key, target.id_key, target.is_in_place, due);
    if (!inserted) return fail(inserted.error());
    const DeliveryId added(database.last_id());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    auto delivery = find_delivery(database, added);
    if (!delivery) return fail(delivery.error());
    return **std::move(delivery);
}

Result<std::vector<Delivery>> list_deliveries(Database& database, ChannelId id) {
    static const std::string kSql = kSelectDeliveries + "WHERE channel_id = ?1 ORDER BY id";
    return database.list<Delivery>(kSql, read_delivery, id.number());
}

Result<Delivery> load_delivery(Database& database, DeliveryId id) {
    auto delivery = find_delivery(database, id);
    if (!delivery) return fail(delivery.error());
    if (!*delivery) return unknown_delivery(id);
    return **std::move(delivery);
}

Result<void> remove_delivery(Database& database, DeliveryId id, const AuditEvent& event) {
    auto removed = database.run("DELETE FROM deliveries WHERE id = ?1", id.number());
    if (!removed) return fail(removed.error());
    if (*removed == 0) return unknown_delivery(id);
    return append_audit(database, event);
}

Result<std::vector<Delivery>> list_due_deliveries(Database& database, Instant now, int limit) {
    static const std::string kSql =
        kSelectDeliveries + "WHERE next_attempt_at <= ?1 ORDER BY next_attempt_at, id LIMIT ?2";
    return database.list<Delivery>(kSql, read_delivery, now, std::max(limit, 0));
}

Result<void> confirm_delivery(Database& database, DeliveryId id, int version, Instant now, const AuditEvent& event) {
    // After a rollback the current version may have the lower number: any other than the current one is outdated.
    auto confirmed = database.run(
        "UPDATE deliveries SET delivered_version = ?2, delivered_at = ?3, next_attempt_at = NULL, failed_attempts = 0, "
        "last_problem = NULL WHERE id = ?1 AND ?2 = "
        "(SELECT current_version FROM channels WHERE channels.id = deliveries.channel_id)",
        id.number(), version, now);
    if (!confirmed) return fail(confirmed.error());
    if (*confirmed == 0) return {};
    return append_audit(database, event);
}

Result<void> postpone_delivery(Database& database, DeliveryId id, Instant next_attempt_at, const Problem& problem) {
    auto postponed = database.run("UPDATE deliveries SET next_attempt_at = ?2, failed_attempts = failed_attempts + 1, "
                                  "last_problem = ?3 WHERE id = ?1",
                                  id.number(), next_attempt_at, problem_to_json(problem));
    if (!postponed) return fail(postponed.error());
    // Too frequent for the audit trail, but who watches the channel sees that it failed.
    auto name = database.find<std::string>(
        "SELECT name FROM channels WHERE id = (SELECT channel_id FROM deliveries WHERE id = ?1)",
        [](Row row) { return Result<std::string>(row.text(0)); }, id.number());
    if (!name) return fail(name.error());
    if (*name) database.note_change(**name);
    return {};
}

} // namespace everlong::adapters::detail
