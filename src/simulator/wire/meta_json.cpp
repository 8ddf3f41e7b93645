#include <simulator/wire/meta_json.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// Enough for the answers that are asked for most.
constexpr std::size_t kUsualBytes = 256;

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstSupplementary = 0x10000;
constexpr char32_t kLastCodePoint = 0x10FFFF;

// Takes one code point from the front; malformed bytes become U+FFFD one by one.
char32_t take_code_point(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (length == 0 || text.size() < length) {
        text.remove_prefix(1);
        return kReplacement;
    }
    char32_t point = length == 1 ? lead : lead & (0xFF >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if (byte(i) >> 6 != 2) {
            text.remove_prefix(1);
            return kReplacement;
        }
        point = point << 6 | (byte(i) & 0x3F);
    }
    // Longer than it need be, half of a pair, or beyond the last code point: malformed as well (RFC 3629, 3).
    constexpr std::array<char32_t, 5> kShortest{0, 0, 0x80, 0x800, 0x10000};
    const bool is_half = point >= 0xD800 && point <= 0xDFFF;
    if (point < kShortest[length] || is_half || point > kLastCodePoint) {
        text.remove_prefix(1);
        return kReplacement;
    }
    text.remove_prefix(length);
    return point;
}

void append_unit(std::string& out, unsigned unit) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x", unit & 0xFFFF);
    out += escaped;
}

bool is_plain(char c) {
    return c >= ' ' && c < '\x7F' && c != '"' && c != '\\' && c != '/';
}

void append_text(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        // Most text goes out as it is, in runs.
        const auto run = static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain) - text.begin());
        out += text.substr(0, run);
        text.remove_prefix(run);
        if (text.empty()) break;
        const char32_t point = take_code_point(text);
        switch (point) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '/': out += "\\/"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (point >= 0x20 && point < 0x7F) {
                out += static_cast<char>(point);
            } else if (point < kFirstSupplementary) {
                append_unit(out, point);
            } else {
                const unsigned offset = point - kFirstSupplementary;
                append_unit(out, 0xD800 + (offset >> 10));
                append_unit(out, 0xDC00 + (offset & 0x3FF));
            }
        }
    }
    out += '"';
}

void append_value(std::string& out, const json::value& value) {
    if (const auto* object = value.if_object()) {
        out += '{';
        for (bool is_first = true; const auto& member : *object) {
            if (!is_first) out += ',';
            is_first = false;
            append_text(out, member.key());
            out += ':';
            append_value(out, member.value());
        }
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        for (bool is_first = true; const auto& item : *array) {
            if (!is_first) out += ',';
            is_first = false;
            append_value(out, item);
        }
        out += ']';
    } else if (const auto* text = value.if_string()) {
        append_text(out, *text);
    } else if (const auto* number = value.if_int64()) {
        out += std::to_string(*number); // serialize() sets up a whole serializer
    } else if (value.is_bool()) {
        out += value.get_bool() ? "true" : "false";
    } else {
        out += json::serialize(value);
    }
}

} // namespace

void append_meta_text(std::string& out, std::string_view text) {
    append_text(out, text);
}

std::string to_meta_json(const json::value& value) {
    std::string out;
    out.reserve(kUsualBytes);
    append_value(out, value);
    return out;
}

} // namespace everlong::simulator
