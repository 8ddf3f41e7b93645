#pragma once
// Characters as .env readers see them: which are blanks, which are invisible. Line breaks are CR and LF only and never
// count as blanks. The set of blanks is that of Python's str.isspace(), by which python-dotenv trims.

#include <cstddef>
#include <string_view>

namespace everlong::core::text {

// True for bytes that are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

// Bytes of the blank that begins at `at`; 0 where none does.
std::size_t blank_at(std::string_view bytes, std::size_t at);
// Bytes of the invisible character (zero-width, soft hyphen, direction mark, byte-order mark) that begins at `at`.
std::size_t invisible_at(std::string_view bytes, std::size_t at);
// The position after all blanks from `at` on.
std::size_t skip_blanks(std::string_view bytes, std::size_t at);

std::string_view trim_blanks(std::string_view bytes);
std::string_view trim_blanks_end(std::string_view bytes);

constexpr bool is_break(char c) {
    return c == '\n' || c == '\r';
}

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

} // namespace everlong::core::text
