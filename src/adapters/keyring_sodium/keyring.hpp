#pragma once
// The master key: one file of one line, and sealing with it (libsodium, XChaCha20-Poly1305, a random nonce each time).
// The key lies in locked memory between guard pages and is read-only once loaded.
//
//   everlong-key-1:<base64url of 32 bytes, without padding>:<first 8 hex digits of the SHA-256 of what stands before>
//
// Whoever has this file and the database has the tokens; whoever loses it has lost them. So it is made only where no data
// exist yet: a new key beside old data would look like a start and be the end of every token.

#include <ports/keyring.hpp>

#include <filesystem>
#include <memory>

namespace everlong::adapters {

// Loads the key file, or makes one (mode 0600, on the disk before this returns) where there is none and `has_data` is
// false. Two that make one at the same time end with the same key.
//
// Errors: kKeyMissing (kLocal): no key file, but data that need one. kPermissions (kLocal): not a file of ours with mode
// 0600; the detail holds the line that mends it. kKeyFormat (kLocal): not a key, with what was found instead, never
// its text. kDiskFull, kReadOnly, kIo (kLocal). kInternal (kLocal): libsodium or locked memory is not to be had.
Result<std::unique_ptr<ports::Keyring>> load_or_create_keyring(const std::filesystem::path& path, bool has_data);

} // namespace everlong::adapters
