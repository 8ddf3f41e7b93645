#include <base/percent.hpp>

namespace everlong {
namespace {

// The locale must not have a say.
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_unreserved(char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

enum class Broken { kRefuse, kKeep };

std::optional<std::string> decode(std::string_view text, bool plus_is_blank, Broken broken) {
    // Most text means itself.
    if (!text.contains('%') && !(plus_is_blank && text.contains('+'))) return std::string(text);
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != '%') {
            plain += c == '+' && plus_is_blank ? ' ' : c;
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            plain += static_cast<char>(high * 16 + low);
            i += 2;
        } else if (broken == Broken::kKeep) {
            plain += c;
        } else {
            return std::nullopt;
        }
    }
    return plain;
}

} // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    // Room for the worst case at once: growing would leave unwiped copies of a secret behind in freed memory.
    encoded.reserve(text.size() * 3);
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte >> 4];
        encoded += kDigits[byte & 15];
    }
    return encoded;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
    return decode(text, plus_is_blank, Broken::kRefuse);
}

std::string percent_decode_leniently(std::string_view text, bool plus_is_blank) {
    return *decode(text, plus_is_blank, Broken::kKeep);
}

} // namespace everlong
