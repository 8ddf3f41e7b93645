#include <core/dotenv_text.hpp>

#include <algorithm>
#include <array>

namespace everlong::core::text {
namespace {

struct Character {
    char32_t code = 0;
    std::size_t size = 0; // 0: not well-formed
};

Character character_at(std::string_view bytes, std::size_t at) {
    if (at >= bytes.size()) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[at + i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || at + size > bytes.size()) return {};
    char32_t code = lead & (0xFF >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return {};
        code = (code << 6) | (byte(i) & 0x3F);
    }
    constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
    return {code, size};
}

bool is_blank(char32_t code) {
    if (code == '\t' || code == ' ' || code == 0x0B || code == 0x0C) return true;
    if (code >= 0x1C && code <= 0x1F) return true;
    return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
           code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool is_invisible(char32_t code) {
    return code == 0xAD || code == 0x34F || code == 0x61C || code == 0x180E || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
           (code >= 0xFE00 && code <= 0xFE0F);
}

} // namespace

bool is_utf8(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t size = character_at(bytes, at).size;
        if (size == 0) return false;
        at += size;
    }
    return true;
}

std::size_t blank_at(std::string_view bytes, std::size_t at) {
    const Character found = character_at(bytes, at);
    return found.size != 0 && is_blank(found.code) ? found.size : 0;
}

std::size_t invisible_at(std::string_view bytes, std::size_t at) {
    const Character found = character_at(bytes, at);
    return found.size != 0 && is_invisible(found.code) ? found.size : 0;
}

std::size_t skip_blanks(std::string_view bytes, std::size_t at) {
    while (const std::size_t size = blank_at(bytes, at))
        at += size;
    return at;
}

std::string_view trim_blanks_end(std::string_view bytes) {
    constexpr std::size_t kLongestBlank = 3;
    for (bool is_found = true; is_found;) {
        is_found = false;
        for (std::size_t size = 1; size <= std::min(kLongestBlank, bytes.size()); ++size) {
            if (blank_at(bytes, bytes.size() - size) != size) continue;
            bytes.remove_suffix(size);
            is_found = true;
            break;
        }
    }
    return bytes;
}

std::string_view trim_blanks(std::string_view bytes) {
    bytes.remove_prefix(skip_blanks(bytes, 0));
    return trim_blanks_end(bytes);
}

} // namespace everlong::core::text
