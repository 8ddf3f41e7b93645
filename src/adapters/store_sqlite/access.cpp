#include <adapters/store_sqlite/detail/access.hpp>

#include <adapters/store_sqlite/detail/operations.hpp>

#include <algorithm>

namespace everlong::adapters::detail {
namespace {

using ports::ApiKey;
using ports::ApiKeyId;
using ports::NewApiKey;
using ports::Session;

const std::string kSelectKeys =
    "SELECT id, hash, name, scopes, channel_name, created_at, last_used_at, revoked_at FROM api_keys ";

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

Result<ApiKey> read_key(Row row) {
    ApiKey key;
    key.id = ApiKeyId(row.number(0));
    key.hash = row.blob(1);
    key.name = row.text(2);
    key.scopes = split(row.text(3));
    key.channel_name = row.text(4);
    key.created_at = row.instant(5);
    key.last_used_at = row.maybe_instant(6);
    key.revoked_at = row.maybe_instant(7);
    return key;
}

Result<Session> read_session(Row row) {
    return Session{row.blob(0), row.instant(1), row.instant(2), row.instant(3)};
}

Result<ApiKey> load_key(Database& database, ApiKeyId id) {
    static const std::string kSql = kSelectKeys + "WHERE id = ?1";
    auto found = database.find<ApiKey>(kSql, read_key, id.number());
    if (!found) return fail(found.error());
    if (!*found) {
        return fail(Code::kApiKeyUnknown, Fault::kUsage, "no API key has the number " + std::to_string(id.number()));
    }
    return **std::move(found);
}

Result<ApiKey> create_key(Database& database, const NewApiKey& key, const AuditEvent& event) {
    if (!key.channel_name.empty()) {
        auto channel = find_channel(database, key.channel_name);
        if (!channel) return fail(channel.error());
        if (!*channel) {
            return fail(Code::kChannelUnknown, Fault::kUsage, "no channel is called " + key.channel_name);
        }
    }
    auto inserted = database.run("INSERT INTO api_keys (hash, name, scopes, channel_name, created_at) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5)",
                                 Blob{key.hash}, key.name, join(key.scopes), key.channel_name, event.at);
    if (!inserted) return fail(inserted.error());
    const ApiKeyId id(database.last_id());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return load_key(database, id);
}

Result<ApiKey> revoke_key(Database& database, ApiKeyId id, const AuditEvent& event) {
    auto revoked =
        database.run("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL", id.number(), event.at);
    if (!revoked) return fail(revoked.error());
    auto key = load_key(database, id);
    if (!key || *revoked == 0) return key;
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return key;
}

Result<void> note_key_use(Database& database, ApiKeyId id, Instant at) {
    auto noted = database.run("UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1", id.number(), at);
    if (!noted) return fail(noted.error());
    return {};
}

Result<void> insert_session(Database& database, const Session& session) {
    auto inserted = database.run("INSERT INTO sessions (hash, created_at, seen_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
                                 Blob{session.hash}, session.created_at, session.seen_at, session.expires_at);
    if (!inserted) return fail(inserted.error());
    return {};
}

Result<void> save_password(Database& database, const std::string& password, const std::string& kept_session,
                           const std::optional<Session>& begun, const AuditEvent& event) {
    auto saved = database.run("INSERT INTO admin (id, password, changed_at) VALUES (1, ?1, ?2) "
                              "ON CONFLICT (id) DO UPDATE SET password = ?1, changed_at = ?2",
                              password, event.at);
    if (!saved) return fail(saved.error());
    auto ended = database.run("DELETE FROM sessions WHERE hash <> ?1", Blob{kept_session});
    if (!ended) return fail(ended.error());
    if (begun) {
        if (auto inserted = insert_session(database, *begun); !inserted) return inserted;
    }
    return append_audit(database, event);
}

// The new one stays, whatever the machine's clock has said about the others.
Result<void> begin_session(Database& database, const Session& session, int limit, const AuditEvent& event) {
    auto expired = database.run("DELETE FROM sessions WHERE expires_at <= ?1", session.created_at);
    if (!expired) return fail(expired.error());
    auto crowded = database.run("DELETE FROM sessions WHERE hash NOT IN "
                                "(SELECT hash FROM sessions ORDER BY seen_at DESC, created_at DESC LIMIT ?1)",
                                std::max(limit - 1, 0));
    if (!crowded) return fail(crowded.error());
    if (auto inserted = insert_session(database, session); !inserted) return inserted;
    return append_audit(database, event);
}

Result<void> note_seen(Database& database, const std::string& hash, Instant at) {
    auto noted = database.run("UPDATE sessions SET seen_at = ?2 WHERE hash = ?1", Blob{hash}, at);
    if (!noted) return fail(noted.error());
    return {};
}

Result<void> end_session(Database& database, const std::string& hash, const AuditEvent& event) {
    auto ended = database.run("DELETE FROM sessions WHERE hash = ?1", Blob{hash});
    if (!ended) return fail(ended.error());
    if (*ended == 0) return {};
    return append_audit(database, event);
}

class SqliteAccessStore final : public ports::AccessStore {
public:
    SqliteAccessStore(Lane& writes, Lane& reads) : writes_(writes), reads_(reads) {}

    Task<ApiKey> create_api_key(NewApiKey key, AuditEvent event) override {
        return writes_.run([key = std::move(key), event = std::move(event)](Database& database) {
            return create_key(database, key, event);
        });
    }
    Task<std::vector<ApiKey>> list_api_keys() override {
        return reads_.run([](Database& database) {
            static const std::string kSql = kSelectKeys + "ORDER BY id";
            return database.list<ApiKey>(kSql, read_key);
        });
    }
    Task<ApiKey> revoke_api_key(ApiKeyId id, AuditEvent event) override {
        return writes_.run(
            [id, event = std::move(event)](Database& database) { return revoke_key(database, id, event); });
    }
    Task<void> note_api_key_use(ApiKeyId id, Instant at) override {
        return writes_.run([id, at](Database& database) { return note_key_use(database, id, at); });
    }

    Task<std::optional<std::string>> load_password() override {
        return reads_.run([](Database& database) {
            return database.find<std::string>("SELECT password FROM admin WHERE id = 1",
                                              [](Row row) { return Result<std::string>(row.text(0)); });
        });
    }
    Task<void> save_password(std::string password, std::string kept_session, std::optional<Session> begun,
                             AuditEvent event) override {
        return writes_.run([password = std::move(password), kept_session = std::move(kept_session),
                            begun = std::move(begun), event = std::move(event)](Database& database) {
            return detail::save_password(database, password, kept_session, begun, event);
        });
    }

    Task<void> begin_session(Session session, int limit, AuditEvent event) override {
        return writes_.run([session = std::move(session), limit, event = std::move(event)](Database& database) {
            return detail::begin_session(database, session, limit, event);
        });
    }
    Task<std::vector<Session>> list_sessions() override {
        return reads_.run([](Database& database) {
            return database.list<Session>("SELECT hash, created_at, seen_at, expires_at FROM sessions "
                                          "ORDER BY created_at, hash",
                                          read_session);
        });
    }
    Task<void> note_session_seen(std::string hash, Instant at) override {
        return writes_.run([hash = std::move(hash), at](Database& database) { return note_seen(database, hash, at); });
    }
    Task<void> end_session(std::string hash, AuditEvent event) override {
        return writes_.run([hash = std::move(hash), event = std::move(event)](Database& database) {
            return detail::end_session(database, hash, event);
        });
    }

private:
    Lane& writes_;
    Lane& reads_;
};

} // namespace

std::unique_ptr<ports::AccessStore> make_access_store(Lane& writes, Lane& reads) {
    return std::make_unique<SqliteAccessStore>(writes, reads);
}

Result<void> revoke_keys_of_channel(Database& database, ports::ChannelId id, Instant at) {
    auto revoked = database.run("UPDATE api_keys SET revoked_at = ?2 WHERE revoked_at IS NULL AND channel_name = "
                                "(SELECT name FROM channels WHERE id = ?1)",
                                id.number(), at);
    if (!revoked) return fail(revoked.error());
    return {};
}

} // namespace everlong::adapters::detail
