#pragma once
// An application's .env before it is adopted: where it truly lies, what kind of file it is, what it holds.

#include <base/result.hpp>
#include <base/secret.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace everlong::adapters {

struct AdoptedPath {
    std::string path;        // absolute, every symlink resolved: what a ports::DotenvTarget holds from now on
    bool is_present = false; // the rest is known only of a file that is there
    bool is_regular = false;
    bool is_bind_mount = false; // the file alone is mounted: it cannot be replaced, only written in place
    unsigned long hard_links = 0;
    unsigned mode = 0; // permission bits
    // Sentences for people; none of them stops an adoption. With the line for a shell that mends it.
    std::vector<std::string> warnings;
};

// `path` may be relative and may lead through symlinks, the last part too; the file itself may be absent, its directory
// may not.
// Errors: kEnvUnreadable (kUsage): the directory is missing, a symlink leads nowhere or in a circle. kPermissions
// (kLocal).
Result<AdoptedPath> resolve_env_path(const std::string& path);

// The whole file, of one moment: a file that changes while it is read is read again. The last part of the path must not
// be a symlink (see resolve_env_path).
// Errors: kEnvUnreadable (kUsage): absent, a symlink, directory, FIFO or device, or changing all the time. kEnvTooLarge
// (kUsage): more than `limit` bytes. kPermissions, kIo (kLocal).
Result<Secret> read_env_file(const std::string& path, std::size_t limit);

} // namespace everlong::adapters
