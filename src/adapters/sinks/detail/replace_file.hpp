#pragma once
// Puts a new file in the place of an old one: a temporary file beside it takes its name once its bytes are on the disk.
// Old and new change places in one step where the file system can do that, so that a rival's last-moment change
// comes to light in what was displaced and is put back instead of lost.

#include <adapters/sinks/detail/env_directory.hpp>

#include <string>

namespace everlong::adapters::detail {

struct Swap {
    bool is_done = false;   // false: a rival changed the file; nothing of ours is left behind
    FileIdentity written{}; // of the new file
};

// ".NAME.everlong-" and so on: all that this program leaves beside a .env file begins so.
std::string sibling_name(const EnvDirectory& place, const std::string& ending);

// Removes temporary files of writers that died; one that a living writer has locked stays. Nothing that goes wrong here
// matters to the delivery.
void remove_stale_files(Files& files, const EnvDirectory& place);

// The new file has the mode, owner and attributes of the old one; a first one has mode 0600. The bytes were on the disk
// before the name was theirs, and the name is on the disk before this returns.
// Errors: kDiskFull, kReadOnly, kPermissions, kIo, kSinkBind (all kLocal); the old file is whole after each of them.
Result<Swap> replace_file(Files& files, const EnvDirectory& place, const Snapshot& old, const Secret& bytes);

// A file of our own beside it (mode 0600), whole or not at all.
Result<void> keep_copy(Files& files, const EnvDirectory& place, const std::string& name, const Secret& bytes);

} // namespace everlong::adapters::detail
