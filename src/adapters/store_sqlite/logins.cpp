#include <adapters/store_sqlite/detail/logins.hpp>

#include <adapters/store_sqlite/detail/login_rows.hpp>
#include <adapters/store_sqlite/detail/operations.hpp>

namespace everlong::adapters::detail {
namespace {

using ports::Login;
using ports::LoginStage;

// An ended login is still looked at for a while: the page is reloaded, a command asks what became of it.
constexpr Days kLoginsKept(1);

const std::string kSelectLogins = "SELECT " + kLoginColumns + " FROM logins ";

// A sealed value moved to another login or column does not open.
std::string place_of(const std::string& id, std::string_view column) {
    return "logins/" + id + "/" + std::string(column);
}

Result<std::optional<Login>> find_login(Database& database, const std::string& id) {
    static const std::string kSql = kSelectLogins + "WHERE id = ?1";
    return database.find<Login>(kSql, read_login, id);
}

Result<void> prune(Database& database, int limit, Instant now) {
    auto old = database.run("DELETE FROM logins WHERE expires_at < ?1", now - kLoginsKept);
    if (!old) return fail(old.error());
    // A flood of questions pays with questions: one that holds a token, or whose code is on its way, is never dropped.
    auto many =
        database.run("DELETE FROM logins WHERE stage NOT IN ('redeeming', 'redeemed', 'choosing', 'adopting') AND "
                     "id NOT IN (SELECT id FROM logins ORDER BY created_at DESC, id LIMIT ?1)",
                     limit - 1);
    if (!many) return fail(many.error());
    return {};
}

Result<Login> begin_login(Database& database, const ports::Keyring& keyring, Login login, const Secret& verifier,
                          int limit, const AuditEvent& event) {
    if (auto pruned = prune(database, limit, event.at); !pruned) return fail(pruned.error());
    login.revision = 1;
    login.created_at = event.at;
    const std::string sealed = verifier.is_empty() ? "" : keyring.seal(place_of(login.id, "verifier"), verifier);
    const std::optional<Blob> stored = sealed.empty() ? std::nullopt : std::optional(Blob{sealed});
    auto inserted = database.run(
        "INSERT INTO logins (id, revision, stage, channel_name, login, via, state_hash, browser_hash, redirect_uri, "
        "created_at, expires_at, details, verifier, key_term) VALUES (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
        "?12, ?13)",
        login.id, stage_word(login.stage), login.channel_name, core::to_text(login.login), via_word(login.via),
        Blob{login.state_hash}, Blob{login.browser_hash}, login.redirect_uri, login.created_at, login.expires_at,
        details_to_json(login), stored, keyring.key_term());
    if (!inserted) return fail(inserted.error());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return login;
}

Result<void> store_token(Database& database, const ports::Keyring& keyring, const Login& login,
                         const std::optional<Secret>& token) {
    if (ports::is_final(login.stage)) {
        auto cleared = database.run("UPDATE logins SET verifier = NULL, token = NULL WHERE id = ?1", login.id);
        if (!cleared) return fail(cleared.error());
    } else if (token) {
        const std::string sealed = keyring.seal(place_of(login.id, "token"), *token);
        auto kept = database.run("UPDATE logins SET verifier = NULL, token = ?2, key_term = ?3 WHERE id = ?1", login.id,
                                 Blob{sealed}, keyring.key_term());
        if (!kept) return fail(kept.error());
    }
    return {};
}

Result<Login> save_login(Database& database, const ports::Keyring& keyring, Login login,
                         const std::optional<Secret>& token, const AuditEvent& event) {
    auto saved =
        database.run("UPDATE logins SET revision = revision + 1, stage = ?3, expires_at = ?4, details = ?5 "
                     "WHERE id = ?1 AND revision = ?2",
                     login.id, login.revision, stage_word(login.stage), login.expires_at, details_to_json(login));
    if (!saved) return fail(saved.error());
    if (*saved == 0) {
        return fail(Code::kBusy, Fault::kConflict, "login " + login.id + " has changed since it was read, or is gone");
    }
    ++login.revision;
    if (auto done = store_token(database, keyring, login, token); !done) return fail(done.error());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return login;
}

Result<std::optional<Secret>> load_sealed(Database& database, const ports::Keyring& keyring, const std::string& id,
                                          std::string_view column) {
    const std::string sql = "SELECT " + std::string(column) + " FROM logins WHERE id = ?1";
    auto sealed = database.find<std::string>(sql, [](Row row) { return Result<std::string>(row.blob(0)); }, id);
    if (!sealed) return fail(sealed.error());
    if (!*sealed || (**sealed).empty()) return std::optional<Secret>();
    auto opened = keyring.open(place_of(id, column), **sealed);
    if (!opened) return fail(opened.error());
    return std::optional<Secret>(*std::move(opened));
}

Result<void> note_person(Database& database, const std::string& channel_name, core::LoginPath login,
                         const std::string& person_id) {
    auto noted = database.run("INSERT INTO channel_people (channel_id, person_id) SELECT id, ?3 FROM channels "
                              "WHERE name = ?1 AND login = ?2 "
                              "ON CONFLICT (channel_id) DO UPDATE SET person_id = excluded.person_id",
                              channel_name, core::to_text(login), person_id);
    if (!noted) return fail(noted.error());
    return {};
}

Result<std::vector<std::string>> list_channels_of_person(Database& database, core::LoginPath login,
                                                         const std::string& person_id) {
    return database.list<std::string>(
        "SELECT name FROM channels LEFT JOIN channel_people ON channel_id = id WHERE login = ?1 "
        "AND (person_id = ?2 OR person_id IS NULL) ORDER BY name",
        [](Row row) { return Result<std::string>(row.text(0)); }, core::to_text(login), person_id);
}

class LoginsOfFile final : public ports::LoginStore {
public:
    LoginsOfFile(Lane& writes, Lane& reads, const ports::Keyring& keyring)
        : writes_(writes), reads_(reads), keyring_(keyring) {}

    Task<Login> begin_login(Login login, Secret verifier, int limit, AuditEvent event) override {
        return writes_.run([this, login = std::move(login), verifier = std::move(verifier), limit,
                            event = std::move(event)](Database& database) {
            return detail::begin_login(database, keyring_, login, verifier, limit, event);
        });
    }
    Task<std::optional<Login>> find_login(std::string id) override {
        return reads_.run([id = std::move(id)](Database& database) { return detail::find_login(database, id); });
    }
    Task<std::optional<Login>> find_login_by_state(std::string state_hash) override {
        return reads_.run([state_hash = std::move(state_hash)](Database& database) {
            static const std::string kSql = kSelectLogins + "WHERE state_hash = ?1";
            return database.find<Login>(kSql, read_login, Blob{state_hash});
        });
    }
    Task<std::vector<Login>> list_logins(std::string channel_name) override {
        return reads_.run([channel_name = std::move(channel_name)](Database& database) {
            static const std::string kSql = kSelectLogins + "WHERE channel_name = ?1 ORDER BY created_at DESC, id";
            return database.list<Login>(kSql, read_login, channel_name);
        });
    }
    Task<std::vector<Login>> list_interrupted_logins() override {
        return reads_.run([](Database& database) {
            static const std::string kSql =
                kSelectLogins + "WHERE stage IN ('redeeming', 'redeemed', 'adopting') ORDER BY created_at, id";
            return database.list<Login>(kSql, read_login);
        });
    }
    Task<Login> save_login(Login login, std::optional<Secret> token, AuditEvent event) override {
        return writes_.run(
            [this, login = std::move(login), token = std::move(token), event = std::move(event)](Database& database) {
                return detail::save_login(database, keyring_, login, token, event);
            });
    }
    Task<std::optional<Secret>> load_login_verifier(std::string id) override {
        return reads_.run(
            [this, id = std::move(id)](Database& database) { return load_sealed(database, keyring_, id, "verifier"); });
    }
    Task<std::optional<Secret>> load_login_token(std::string id) override {
        return reads_.run(
            [this, id = std::move(id)](Database& database) { return load_sealed(database, keyring_, id, "token"); });
    }
    Task<void> note_person(std::string channel_name, core::LoginPath login, std::string person_id) override {
        return writes_.run(
            [channel_name = std::move(channel_name), login, person_id = std::move(person_id)](Database& database) {
                return detail::note_person(database, channel_name, login, person_id);
            });
    }
    Task<std::vector<std::string>> list_channels_of_person(core::LoginPath login, std::string person_id) override {
        return reads_.run([login, person_id = std::move(person_id)](Database& database) {
            return detail::list_channels_of_person(database, login, person_id);
        });
    }

private:
    Lane& writes_;
    Lane& reads_;
    const ports::Keyring& keyring_;
};

} // namespace

std::unique_ptr<ports::LoginStore> make_login_store(Lane& writes, Lane& reads, const ports::Keyring& keyring) {
    return std::make_unique<LoginsOfFile>(writes, reads, keyring);
}

} // namespace everlong::adapters::detail
