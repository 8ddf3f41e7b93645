#pragma once
// From whatever schema the file has to the newest, in numbered steps; and the check that the key in hand is the one the
// store was sealed with.

#include <adapters/store_sqlite/detail/database.hpp>
#include <ports/keyring.hpp>

#include <filesystem>
#include <span>
#include <string_view>

namespace everlong::adapters::detail {

struct Migration {
    int version; // 1, 2, 3 ...; PRAGMA user_version afterwards
    std::string_view name;
    std::string_view sql;
};

// migrations/sqlite, embedded by cmake/embed_migrations.cmake.
std::span<const Migration> sqlite_migrations();

// Looks without writing: kSchema, kKeyMismatch (kLocal), kStoreCorrupt, kTampered (kCorrupt). Gives the schema's version,
// 0 for an empty file.
Result<int> inspect_store(Database& database, const ports::Keyring& keyring, int newest_version);

// Applies what is missing, each migration in one transaction. A store that has a schema already is first copied to
// "<path>.backup-v<its version>" (mode 0600). A new store gets the key's name and check value with its first migration.
Result<void> migrate_store(Database& database, const std::filesystem::path& path, const ports::Keyring& keyring,
                           std::span<const Migration> migrations);

} // namespace everlong::adapters::detail
