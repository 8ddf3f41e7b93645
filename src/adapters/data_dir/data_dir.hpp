#pragma once
// The data directory and its lock: one process at a time writes here. The directory is its owner's alone (mode 0700), on
// a disk of this machine (a database in WAL mode and its lock do not hold on network file systems: sqlite.org/wal.html,
// 1). The lock is the kernel's, on an open file: it goes with the process, however that ends.

#include <base/result.hpp>

#include <filesystem>
#include <memory>

namespace everlong::adapters {

class DataDir {
public:
    // Holds the lock on `lock`, an open descriptor, which it closes.
    DataDir(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
    ~DataDir();
    DataDir(const DataDir&) = delete;
    DataDir& operator=(const DataDir&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path store_file() const { return path_ / "everlong.db"; }
    // The default; EVERLONG_MASTER_KEY_FILE may name another.
    std::filesystem::path key_file() const { return path_ / "master.key"; }

    // Is there a store already? Then its key must be there too (load_or_create_keyring).
    bool has_data() const;

private:
    std::filesystem::path path_;
    int lock_;
};

// Opens the directory, making it and its parents (mode 0700) where they are missing, and takes the lock.
//
// Errors: kAlreadyRunning (kConflict): another process holds the lock; the detail names its pid where it is known.
// kPermissions (kLocal): open to others, or another user's; the detail holds the line that mends it. kNetworkFs (kLocal).
// kConfig (kUsage): the path is empty or names something else than a directory. kDiskFull, kReadOnly, kIo (kLocal).
Result<std::unique_ptr<DataDir>> open_data_dir(const std::filesystem::path& path);

} // namespace everlong::adapters
