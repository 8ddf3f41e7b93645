#pragma once
// The line of a key file, and the memory a key lives in.

#include <base/result.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace everlong::adapters::detail {

constexpr std::size_t kKeyBytes = 32; // crypto_aead_xchacha20poly1305_ietf_KEYBYTES

struct LockedFree {
    void operator()(unsigned char* bytes) const;
};
// From sodium_malloc: locked into memory, guard pages around it, wiped when it goes.
using LockedBytes = std::unique_ptr<unsigned char, LockedFree>;

// Null where no such memory is to be had.
LockedBytes make_locked(std::size_t size);

// "everlong-key-1:", 43 characters, ":", 8 hex digits and a line feed.
constexpr std::size_t kKeyLineBytes = 15 + 43 + 1 + 8 + 1;
using KeyLine = std::array<char, kKeyLineBytes>;

// Writes the line for the kKeyBytes at `key`.
void write_key_line(const unsigned char* key, KeyLine& line);

// Reads what a key file holds; at most one line feed may follow. kKeyFormat (kLocal) says what was found instead, never
// the text itself.
Result<LockedBytes> parse_key_text(std::string_view text);

} // namespace everlong::adapters::detail
