#pragma once
// A .env file by its held directory: the path is walked once, so that nothing can be swapped under it afterwards.

#include <adapters/sinks/detail/files.hpp>
#include <base/digest.hpp>

#include <string>
#include <string_view>

namespace everlong::adapters::detail {

struct EnvDirectory {
    Fd directory;
    std::string name; // of the .env file
    std::string path; // for people
};

// Errors: kEnvUnreadable (kUsage): not absolute, no file name, no such directory. kSinkUnsafe (kLocal): a symlink in
// the path. kPermissions, kIo (kLocal).
Result<EnvDirectory> open_env_directory(Files& files, const std::string& path);

// A .env file as it was at one moment; absent where `file` is not open.
struct Snapshot {
    Fd file;
    struct stat info{};
    FileIdentity identity;
    Secret bytes;

    bool is_present() const { return file.is_open(); }
};

// Reads the file; an absent one is a value. `flags`: O_RDONLY or O_RDWR. A file that changes under the reading gives
// kSinkConflict (kConflict).
// Errors: kSinkUnsafe (kLocal): a symlink. kEnvUnreadable (kUsage): a directory, FIFO, socket or device. kEnvTooLarge
// (kUsage). kPermissions, kIo (kLocal).
Result<Snapshot> take_snapshot(Files& files, const EnvDirectory& place, int flags, std::size_t limit);

// True where the path still leads to the very file and bytes of the snapshot.
Result<bool> is_unchanged(Files& files, const EnvDirectory& place, const Snapshot& snapshot);

} // namespace everlong::adapters::detail
