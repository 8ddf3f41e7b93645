#pragma once
// The shelf as a directory: one file an id, mode 0600, in a directory that is its owner's alone. The directory is held open,
// so that nothing above it can be exchanged, and no link in it is followed. What an append has acknowledged is on the disk;
// after a crash a file may be longer than that, by bytes that its sender did send: its length says where to go on.

#include <ports/media_shelf.hpp>

#include <filesystem>
#include <memory>

namespace everlong::adapters {

// Opens the directory, or makes it (mode 0700; its parent must be there); a wider mode is narrowed. Every executor that
// awaits a method outlives the shelf.
//
// Errors: kPermissions (kLocal): another user's. kIo (kLocal): not a directory. Besides: kDiskFull, kReadOnly (kLocal).
Result<std::unique_ptr<ports::MediaShelf>> open_media_shelf(const std::filesystem::path& directory);

} // namespace everlong::adapters
