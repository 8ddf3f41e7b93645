#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>
#include <base/digest.hpp>

#include <algorithm>

namespace everlong::adapters::detail {
namespace {

// What the first row is chained to.
constexpr std::string_view kRoot = "everlong audit";

// Every part with its length before it, so that no two contents give the same text.
std::string hash_of(std::string_view previous_hash, const AuditEvent& event) {
    std::string text;
    const std::string at = std::to_string(to_unix_ms(event.at));
    for (const std::string_view part :
         {previous_hash, std::string_view(at), std::string_view(event.actor), std::string_view(event.action),
          std::string_view(event.channel_name), std::string_view(event.detail)}) {
        text += std::to_string(part.size()) + ":";
        text += part;
    }
    const Sha256 digest = sha256(text);
    return to_hex(digest.data(), digest.size());
}

struct Link {
    std::int64_t id = 0;
    AuditEvent event;
    std::string previous_hash;
    std::string hash;
};

Result<Link> read_link(Row row) {
    auto event = read_audit(row);
    if (!event) return fail(event.error());
    return Link{row.number(5), *std::move(event), row.text(6), row.text(7)};
}

std::unexpected<Error> broken(std::int64_t id, std::string_view what) {
    return fail(Code::kTampered, Fault::kCorrupt, "audit row " + std::to_string(id) + " " + std::string(what));
}

} // namespace

Result<void> append_audit(Database& database, const AuditEvent& event) {
    auto last = database.find<std::string>("SELECT hash FROM audit ORDER BY id DESC LIMIT 1",
                                           [](Row row) { return Result<std::string>(row.text(0)); });
    if (!last) return fail(last.error());
    const std::string previous = last->value_or(std::string(kRoot));
    auto inserted = database.run("INSERT INTO audit (at, actor, action, channel_name, detail, previous_hash, hash) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                 event.at, event.actor, event.action, event.channel_name, event.detail, previous,
                                 hash_of(previous, event));
    if (!inserted) return fail(inserted.error());
    // Who looks at a token, as an application may each minute, changes nothing that others see.
    if (event.action != "token-revealed") database.note_change(event.channel_name);
    return {};
}

Result<std::vector<AuditEvent>> list_audit(Database& database, const std::string& channel_name, int limit) {
    constexpr std::string_view kAll =
        "SELECT at, actor, action, channel_name, detail FROM audit ORDER BY id DESC LIMIT ?1";
    constexpr std::string_view kOfChannel =
        "SELECT at, actor, action, channel_name, detail FROM audit WHERE channel_name = ?1 ORDER BY id DESC LIMIT ?2";
    const int bounded = std::max(limit, 0);
    if (channel_name.empty()) return database.list<AuditEvent>(kAll, read_audit, bounded);
    return database.list<AuditEvent>(kOfChannel, read_audit, channel_name, bounded);
}

Result<std::int64_t> verify_audit(Database& database) {
    // A page at a time: the trail may be long.
    constexpr std::string_view kPage =
        "SELECT at, actor, action, channel_name, detail, id, previous_hash, hash FROM audit "
        "WHERE id > ?1 ORDER BY id LIMIT 1000";
    std::string previous(kRoot);
    std::int64_t last = 0;
    for (;;) {
        auto page = database.list<Link>(kPage, read_link, last);
        if (!page) return fail(page.error());
        if (page->empty()) break;
        for (const Link& link : *page) {
            if (link.id != last + 1) return broken(last + 1, "is missing");
            if (link.previous_hash != previous) return broken(link.id, "does not follow the row before");
            if (link.hash != hash_of(previous, link.event)) return broken(link.id, "was changed");
            previous = link.hash;
            last = link.id;
        }
    }
    auto counted = database.find_number("SELECT seq FROM sqlite_sequence WHERE name = 'audit'");
    if (!counted) return fail(counted.error());
    if (counted->value_or(0) != last) return broken(last + 1, "is missing");
    return last;
}

} // namespace everlong::adapters::detail
