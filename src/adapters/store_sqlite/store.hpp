#pragma once
// The store on SQLite, embedded: one file in the data directory (WAL, synchronous=FULL). Writes of all callers go through
// one thread that commits them in groups, so that a sync of the disk is paid once for many; each caller is resumed only
// after its commit is durable. Reads have a connection and a thread of their own and do not wait for writes.

#include <ports/access_store.hpp>
#include <ports/keyring.hpp>
#include <ports/login_store.hpp>
#include <ports/post_store.hpp>
#include <ports/store.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace everlong::adapters {

// The ports that stand on one file and its two threads.
class SqliteStore : public ports::Store {
public:
    virtual ports::AccessStore& access() = 0;
    virtual ports::LoginStore& logins() = 0;
    virtual ports::PostStore& posts() = 0;
};

// Opens the store file, or makes one (mode 0600, and so its -wal and -shm). An older schema is copied beside itself as
// <path>.backup-v<N> and then migrated. The caller holds the lock of the data directory; `keyring` and every executor that
// awaits a method outlive the store.
//
// Errors, all of them before anything is written: kKeyMismatch (kLocal): sealed with another key, both are named.
// kTampered (kCorrupt): the key's check value does not open. kSchema (kLocal): written by a newer Everlong. kStoreCorrupt
// (kCorrupt): not a store, or damaged. Besides: kDiskFull, kReadOnly, kIo, kPermissions (kLocal), kBusy (kTransient).
Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const std::filesystem::path& path,
                                                       const ports::Keyring& keyring);

// Recomputes the audit trail's chain and gives its length. kTampered (kCorrupt) names the first row that does not fit.
// Reads only; a store may be open on the same file. The newest rows cut off together with their count go unnoticed.
Result<std::int64_t> verify_sqlite_audit(const std::filesystem::path& path);

} // namespace everlong::adapters
