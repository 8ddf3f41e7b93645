#include <adapters/store_sqlite/detail/migrate.hpp>

#include <base/os_error.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace everlong::adapters::detail {
namespace {

constexpr std::int64_t kApplicationId = 0x45764C67; // "EvLg", as in 0001_start.sql
constexpr std::string_view kCheckPlace = "meta/check";
constexpr std::string_view kCheckText = "everlong store check";

std::unexpected<Error> corrupt(std::string detail) {
    return fail(Code::kStoreCorrupt, Fault::kCorrupt, std::move(detail));
}

Result<std::string> meta_value(Database& database, std::string_view name) {
    auto value = database.find<std::string>(
        "SELECT value FROM meta WHERE name = ?1", [](Row row) { return Result<std::string>(row.blob(0)); }, name);
    if (!value) return fail(value.error());
    if (!*value) return corrupt("the store does not say which key it was sealed with");
    return **std::move(value);
}

Result<void> check_structure(Database& database) {
    auto report =
        database.find<std::string>("PRAGMA quick_check(1)", [](Row row) { return Result<std::string>(row.text(0)); });
    if (!report) return fail(report.error());
    if (*report != "ok") return corrupt("quick_check: " + report->value_or("no answer"));
    return {};
}

Result<void> check_key(Database& database, const ports::Keyring& keyring) {
    auto key_id = meta_value(database, "key_id");
    if (!key_id) return fail(key_id.error());
    if (*key_id != keyring.key_id()) {
        return fail(Code::kKeyMismatch, Fault::kLocal,
                    "the store was sealed with key " + *key_id + ", the key file holds key " + keyring.key_id());
    }
    auto check = meta_value(database, "check");
    if (!check) return fail(check.error());
    auto opened = keyring.open(kCheckPlace, *check);
    if (!opened) return fail(opened.error());
    if (opened->reveal() != kCheckText)
        return fail(Code::kTampered, Fault::kCorrupt, "the store's check value is another");
    return {};
}

Result<void> write_key(Database& database, const ports::Keyring& keyring) {
    const std::string key_id = keyring.key_id();
    const std::string key_term = std::to_string(keyring.key_term());
    const std::string check = keyring.seal(kCheckPlace, Secret(kCheckText));
    constexpr std::string_view kInsert = "INSERT INTO meta (name, value) VALUES (?1, ?2)";
    for (const auto& [name, value] :
         {std::pair<std::string_view, std::string_view>("key_id", key_id), {"key_term", key_term}, {"check", check}}) {
        if (auto done = database.run(kInsert, name, Blob{value}); !done) return fail(done.error());
    }
    return {};
}

// Under another name first, so that a backup is whole or not there.
Result<void> back_up(Database& database, const std::filesystem::path& path, std::int64_t version) {
    const std::string name = path.string() + ".backup-v" + std::to_string(version);
    const std::string unfinished = name + ".new";
    if (::unlink(unfinished.c_str()) != 0 && errno != ENOENT)
        return fail(os_error(errno, "cannot remove " + unfinished));
    if (auto copied = database.copy_to(unfinished); !copied) {
        ::unlink(unfinished.c_str());
        return copied;
    }
    if (::rename(unfinished.c_str(), name.c_str()) != 0) return fail(os_error(errno, "cannot rename " + unfinished));
    const int directory = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = directory >= 0 && ::fsync(directory) == 0;
    const int number = errno;
    if (directory >= 0) ::close(directory);
    if (!is_synced) return fail(os_error(number, "cannot sync the directory of " + name));
    return {};
}

Result<void> apply(Database& database, const Migration& migration, const ports::Keyring& keyring) {
    const std::string number = std::to_string(migration.version);
    auto done = database.script("BEGIN IMMEDIATE");
    if (done) done = database.script(std::string(migration.sql));
    if (done) done = database.script("PRAGMA user_version = " + number);
    if (done && migration.version == 1) done = write_key(database, keyring);
    if (done) done = database.script("COMMIT");
    if (done) return {};
    if (!database.is_between_transactions()) (void)database.script("ROLLBACK");
    return fail(done.error().in("migration " + std::string(migration.name)));
}

} // namespace

Result<int> inspect_store(Database& database, const ports::Keyring& keyring, int newest_version) {
    auto version = database.find_number("PRAGMA user_version");
    if (!version) return fail(version.error());
    auto application = database.find_number("PRAGMA application_id");
    if (!application) return fail(application.error());
    auto tables = database.find_number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return fail(tables.error());
    if (**version == 0 && **application == 0 && **tables == 0) return 0;
    if (**application != kApplicationId || **version < 1) return corrupt("a database, but not one of Everlong");
    if (**version > newest_version) {
        return fail(Code::kSchema, Fault::kLocal,
                    "the store has schema " + std::to_string(**version) + ", this program knows up to " +
                        std::to_string(newest_version));
    }
    if (auto checked = check_key(database, keyring); !checked) return fail(checked.error());
    if (auto checked = check_structure(database); !checked) return fail(checked.error());
    return static_cast<int>(**version);
}

Result<void> migrate_store(Database& database, const std::filesystem::path& path, const ports::Keyring& keyring,
                           std::span<const Migration> migrations) {
    auto version = database.find_number("PRAGMA user_version");
    if (!version) return fail(version.error());
    bool is_backed_up = **version == 0;
    for (const Migration& migration : migrations) {
        if (migration.version <= **version) continue;
        if (!is_backed_up) {
            if (auto done = back_up(database, path, **version); !done) return done;
            is_backed_up = true;
        }
        if (auto done = apply(database, migration, keyring); !done) return done;
    }
    return {};
}

} // namespace everlong::adapters::detail
