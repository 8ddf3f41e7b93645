#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>

namespace everlong::adapters::detail {
namespace {

// Longer than any token lives after the call that an intent speaks of, so nobody asks for it any more.
constexpr Days kIntentsKept(90);

} // namespace

Result<IntentId> begin_intent(Database& database, const std::string& kind, const std::string& channel_name,
                              const Fingerprint& token, Instant now) {
    auto pruned = database.run("DELETE FROM intents WHERE finished_at < ?1", now - kIntentsKept);
    if (!pruned) return fail(pruned.error());
    auto inserted =
        database.run("INSERT INTO intents (kind, channel_name, fingerprint, started_at) VALUES (?1, ?2, ?3, ?4)", kind,
                     channel_name, token.text(), now);
    if (!inserted) return fail(inserted.error());
    database.note_lasting();
    return IntentId(database.last_id());
}

Result<void> finish_intent(Database& database, IntentId id, const std::string& outcome, Instant now) {
    auto updated =
        database.run("UPDATE intents SET finished_at = ?2, outcome = ?3 WHERE id = ?1", id.number(), now, outcome);
    if (!updated) return fail(updated.error());
    if (*updated == 0) {
        return fail(Code::kInternal, Fault::kUsage, "no intent has the number " + std::to_string(id.number()));
    }
    return {};
}

Result<std::optional<Intent>> find_intent(Database& database, const std::string& kind, const Fingerprint& token) {
    return database.find<Intent>(
        "SELECT id, kind, channel_name, fingerprint, started_at, finished_at, outcome FROM intents "
        "WHERE fingerprint = ?2 AND kind = ?1 AND outcome IN ('', 'unknown', 'granted') ORDER BY id DESC LIMIT 1",
        read_intent, kind, token.text());
}

} // namespace everlong::adapters::detail
