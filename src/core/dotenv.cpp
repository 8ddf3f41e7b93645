#include <core/dotenv.hpp>

#include <core/dotenv_text.hpp>

#include <algorithm>
#include <bitset>
#include <optional>

namespace everlong::core {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

std::unexpected<Error> syntax_error(std::size_t line, const std::string& what) {
    return fail(Code::kEnvSyntax, Fault::kUsage, "line " + std::to_string(line) + ": " + what);
}

std::size_t find_break(std::string_view bytes, std::size_t at) {
    return std::min(bytes.find_first_of("\r\n", at), bytes.size());
}

std::size_t skip_break(std::string_view bytes, std::size_t at) {
    if (bytes.substr(at, 2) == "\r\n") return at + 2;
    return std::min(at + 1, bytes.size());
}

std::size_t count_breaks(std::string_view bytes) {
    std::size_t count = 0;
    for (std::size_t at = find_break(bytes, 0); at < bytes.size(); at = find_break(bytes, skip_break(bytes, at)))
        ++count;
    return count;
}

enum class Reader { kNode, kPython };

struct KeyPlace {
    std::size_t begin = 0, end = 0;
    std::size_t after = 0; // behind the separator, or behind the key where there is none
    bool has_export = false;
    bool has_separator = false;
    bool is_colon = false;
};

// The key of the line that begins at `at` (blanks skipped); an empty one where there is none. Only python-dotenv lets a key
// in quotes go on over lines, and only dotenv for Node knows "KEY: value".
KeyPlace find_key(std::string_view bytes, std::size_t at, Reader reader) {
    constexpr std::string_view kExport = "export";
    KeyPlace key;
    if (bytes.substr(at, kExport.size()) == kExport && text::blank_at(bytes, at + kExport.size()) != 0) {
        at = text::skip_blanks(bytes, at + kExport.size());
        key.has_export = true;
    }
    if (bytes.substr(at, 1) == "'") {
        key.begin = at + 1;
        key.end = bytes.find_first_of(reader == Reader::kPython ? "'" : "'\r\n", key.begin);
        if (key.end == kNone || bytes[key.end] != '\'') return {.after = at};
        at = key.end + 1;
    } else {
        key.begin = at;
        while (at < bytes.size() && bytes[at] != '=' && bytes[at] != '#' && !text::is_break(bytes[at]) &&
               text::blank_at(bytes, at) == 0) {
            ++at;
        }
        key.end = at;
    }
    const std::size_t separator = text::skip_blanks(bytes, at);
    key.after = separator;
    if (key.begin == key.end) return key;
    if (bytes.substr(separator, 1) == "=") {
        key.has_separator = true;
        key.after = separator + 1;
    } else if (reader == Reader::kNode && separator > at && bytes[at - 1] == ':' && key.end - key.begin > 1) {
        key.has_separator = true;
        key.is_colon = true;
        --key.end;
        key.after = at + text::blank_at(bytes, at);
    }
    return key;
}

std::size_t start_of_text(std::string_view bytes) {
    return bytes.starts_with(text::kByteOrderMark) ? text::kByteOrderMark.size() : 0;
}

// Undoes what python-dotenv undoes; `\` before any other character stays.
std::string decode_quoted(std::string_view raw, DotenvQuote quote) {
    constexpr std::string_view kLetters = "abfnrtv";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v";
    std::string value;
    value.reserve(raw.size());
    for (std::size_t at = 0; at < raw.size(); ++at) {
        const char c = raw[at];
        if (c == '\r') { // text files are read with their line breaks as "\n"
            value += '\n';
            if (raw.substr(at, 2) == "\r\n") ++at;
            continue;
        }
        const char next = at + 1 < raw.size() ? raw[at + 1] : '\0';
        if (c != '\\' || quote == DotenvQuote::kBacktick) {
            value += c;
        } else if (next == '\\' || next == '\'' || (next == '"' && quote == DotenvQuote::kDouble)) {
            value += next;
            ++at;
        } else if (const std::size_t letter = kLetters.find(next); letter != kNone && quote == DotenvQuote::kDouble) {
            value += kMeanings[letter];
            ++at;
        } else {
            value += c;
        }
    }
    return value;
}

} // namespace

class DotenvParser {
public:
    DotenvParser(std::string_view bytes, Reader reader) : bytes_(bytes), reader_(reader) {}

    Dotenv::View parse() {
        at_ = start_of_text(bytes_);
        while (at_ < bytes_.size())
            parse_line();
        return std::move(view_);
    }

private:
    void parse_line() {
        const std::size_t start = text::skip_blanks(bytes_, at_);
        const KeyPlace key = find_key(bytes_, start, reader_);
        const std::size_t end = find_break(bytes_, key.after);
        if (end > find_break(bytes_, start)) note(view_.odd_places, start, end);
        if (!key.has_separator) {
            const bool is_ended = key.after >= end || bytes_[key.after] == '#';
            if (key.begin != key.end && is_ended) note(view_.bare_keys, key.begin, key.end);
            return end_line(end);
        }
        DotenvEntry entry;
        entry.line = static_cast<std::uint32_t>(line_);
        entry.key_begin = static_cast<std::uint32_t>(key.begin);
        entry.key_end = static_cast<std::uint32_t>(key.end);
        entry.has_export = key.has_export;
        entry.is_colon = key.is_colon;
        end_line(parse_value(entry, key.after));
    }

    void note(std::vector<Dotenv::Stretch>& places, std::size_t begin, std::size_t end) const {
        places.push_back(
            {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(line_)});
    }

    // Goes behind the line break at `end`, counting those before it.
    void end_line(std::size_t end) {
        line_ += count_breaks(bytes_.substr(at_, end - at_)) + (end < bytes_.size() ? 1 : 0);
        at_ = skip_break(bytes_, end);
    }

    DotenvQuote quote_of(char first) const {
        if (first == '\'') return DotenvQuote::kSingle;
        if (first == '"') return DotenvQuote::kDouble;
        return first == '`' && reader_ == Reader::kNode ? DotenvQuote::kBacktick : DotenvQuote::kNone;
    }

    // Gives the end of the entry's last line, whichever way the value ends.
    std::size_t parse_value(DotenvEntry& entry, std::size_t raw) {
        const std::size_t value = text::skip_blanks(bytes_, raw);
        const char first = value < bytes_.size() ? bytes_[value] : '\n';
        entry.quote = quote_of(first);
        if (entry.quote == DotenvQuote::kNone) return parse_bare(entry, raw, value);

        const std::size_t line_end = find_break(bytes_, value);
        const std::size_t close = find_closing_quote(value, first, line_end);
        if (close == kNone) return give_up(entry, raw, value, line_end, line_end);
        const std::size_t close_end = find_break(bytes_, close);
        const std::size_t after = text::skip_blanks(bytes_, close + 1);
        if (close > line_end) note(view_.odd_places, entry.key_begin, close_end);
        if (after < close_end && bytes_[after] != '#') return give_up(entry, raw, value, line_end, close_end);
        entry.has_comment = after < close_end;
        keep(entry, raw, entry.has_comment ? close + 1 : close_end, value + 1, close);
        return close_end;
    }

    std::size_t parse_bare(DotenvEntry& entry, std::size_t raw, std::size_t value) {
        const std::size_t end = find_break(bytes_, value);
        const std::string_view line = bytes_.substr(value, end - value);
        std::size_t comment = end;
        for (std::size_t hash = line.find('#'); hash != kNone; hash = line.find('#', hash + 1)) {
            const std::string_view before = line.substr(0, hash);
            if (!before.empty() && text::trim_blanks_end(before).size() == before.size()) continue;
            comment = value + hash;
            break;
        }
        entry.has_comment = comment < end;
        const std::string_view bare = text::trim_blanks_end(bytes_.substr(value, comment - value));
        const std::size_t text_end = value + bare.size();
        const std::size_t raw_end = !entry.has_comment ? end : bare.empty() ? raw : text_end;
        keep(entry, raw, raw_end, value, text_end);
        return end;
    }

    // A quote that is not closed, or not at the value's end. Python-dotenv drops the key and all up to the end of the
    // line where the quote is closed; the others take the first line for a value.
    std::size_t give_up(DotenvEntry& entry, std::size_t raw, std::size_t value, std::size_t line_end,
                        std::size_t close_end) {
        if (reader_ == Reader::kPython) return close_end;
        entry.is_broken = true;
        entry.quote = DotenvQuote::kNone;
        keep(entry, raw, line_end, value, line_end);
        return line_end;
    }

    void keep(DotenvEntry& entry, std::size_t raw, std::size_t raw_end, std::size_t value, std::size_t value_end) {
        entry.raw_begin = static_cast<std::uint32_t>(raw);
        entry.raw_end = static_cast<std::uint32_t>(raw_end);
        entry.text_begin = static_cast<std::uint32_t>(value);
        entry.text_end = static_cast<std::uint32_t>(value_end);
        view_.entries.push_back(entry);
    }

    // The first quote without a backslash before it; where there is none at all, the last one with a backslash on the
    // line (a Windows path: 'C:\'), in python-dotenv's expression the last one of the file.
    std::size_t find_closing_quote(std::size_t open, char quote, std::size_t line_end) const {
        std::size_t escaped = kNone;
        for (std::size_t at = open + 1; at < bytes_.size(); ++at) {
            if (bytes_[at] == quote) return at;
            if (bytes_[at] == '\\' && at + 1 < bytes_.size() && bytes_[at + 1] == quote && quote != '`') {
                ++at;
                if (at < line_end || reader_ == Reader::kPython) escaped = at;
            }
        }
        return escaped;
    }

    std::string_view bytes_;
    Reader reader_;
    Dotenv::View view_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

Result<Dotenv> parse_dotenv(std::string_view bytes) {
    if (bytes.size() > kDotenvLimitBytes) {
        return fail(Code::kEnvTooLarge, Fault::kUsage,
                    std::to_string(bytes.size()) + " bytes; a .env file may have " + std::to_string(kDotenvLimitBytes));
    }
    if (const std::size_t nul = bytes.find('\0'); nul != kNone) {
        const bool is_utf16 = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
        return syntax_error(count_breaks(bytes.substr(0, nul)) + 1,
                            is_utf16 ? "the file is UTF-16; save it as UTF-8" : "a NUL byte");
    }
    Dotenv file(bytes);
    file.node_ = DotenvParser(bytes, Reader::kNode).parse();
    file.python_ = DotenvParser(bytes, Reader::kPython).parse();
    return file;
}

std::string_view Dotenv::key_of(const DotenvEntry& entry) const {
    return bytes_.substr(entry.key_begin, entry.key_end - entry.key_begin);
}

Result<void> Dotenv::check_places(std::string_view key) const {
    const auto is_ours = [&](const DotenvEntry& entry) { return !entry.is_colon && key_of(entry) == key; };
    const auto next_of = [&](const View& view, std::size_t at) {
        while (at < view.entries.size() && !is_ours(view.entries[at]))
            ++at;
        return at;
    };
    std::size_t node = next_of(node_, 0);
    std::size_t python = next_of(python_, 0);
    const DotenvEntry* parting = nullptr;
    while (parting == nullptr && (node < node_.entries.size() || python < python_.entries.size())) {
        const DotenvEntry* one = node < node_.entries.size() ? &node_.entries[node] : nullptr;
        const DotenvEntry* other = python < python_.entries.size() ? &python_.entries[python] : nullptr;
        if (one == nullptr || other == nullptr) {
            parting = one == nullptr ? other : one;
        } else if (one->key_begin != other->key_begin || one->raw_end != other->raw_end) {
            parting = one->key_begin < other->key_begin ? one : other;
        }
        node = next_of(node_, node + 1);
        python = next_of(python_, python + 1);
    }
    if (parting == nullptr) return {};
    std::size_t line = 0;
    for (const View* view : {&node_, &python_}) {
        for (const Stretch& place : view->odd_places) {
            if (place.begin < parting->raw_end) line = std::max<std::size_t>(line, place.line);
        }
    }
    return syntax_error(line != 0 ? line : parting->line,
                        "readers disagree about the quote that opens here, and so about where " + std::string(key) +
                            " stands");
}

Result<void> Dotenv::check(std::string_view key) const {
    std::size_t value_end = 0;
    for (const DotenvEntry& entry : node_.entries) {
        if (key_of(entry) != key) continue;
        if (entry.is_broken) {
            return syntax_error(entry.line, "the quote around the value of " + std::string(key) +
                                                " is not closed at the value's end");
        }
        if (!text::is_utf8(bytes_.substr(entry.raw_begin, entry.raw_end - entry.raw_begin))) {
            return syntax_error(entry.line, "the value of " + std::string(key) + " is not UTF-8");
        }
        if (!entry.is_colon) value_end = entry.raw_end;
    }
    if (auto checked = check_places(key); !checked) return checked;
    for (const Stretch& bare : python_.bare_keys) {
        if (value_end == 0 || bare.begin < value_end || bytes_.substr(bare.begin, bare.end - bare.begin) != key)
            continue;
        return syntax_error(bare.line,
                            std::string(key) + " stands here without \"=\", and some readers then forget its value");
    }
    return {};
}

Secret Dotenv::value_of(const DotenvEntry& entry) const {
    const std::string_view written = bytes_.substr(entry.text_begin, entry.text_end - entry.text_begin);
    if (entry.quote == DotenvQuote::kNone) return Secret(written);
    return Secret::take(decode_quoted(written, entry.quote));
}

// The next line where it looks like the rest of a token that a line break has torn: no key, nothing but a token's
// characters, long, and with both digits and letters in lower case, which names of variables do not have.
std::string_view Dotenv::continuation_of(const DotenvEntry& entry) const {
    constexpr std::size_t kShortestRest = 8;
    if (entry.quote != DotenvQuote::kNone || entry.has_comment || entry.text_begin == entry.text_end) return {};
    const std::size_t begin = skip_break(bytes_, entry.raw_end);
    if (begin >= bytes_.size()) return {};
    const std::size_t end = find_break(bytes_, begin);
    const std::string_view line = text::trim_blanks(bytes_.substr(begin, end - begin));
    const auto is_rest = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    if (line.size() < kShortestRest || !std::ranges::all_of(line, is_rest)) return {};
    const bool has_digit = std::ranges::any_of(line, [](char c) { return c >= '0' && c <= '9'; });
    const bool has_small = std::ranges::any_of(line, [](char c) { return c >= 'a' && c <= 'z'; });
    if (!has_digit || !has_small) return {};
    return bytes_.substr(entry.raw_end, end - entry.raw_end);
}

std::vector<ValueDamage> Dotenv::damage_of(const DotenvEntry& entry, std::string_view value) const {
    const std::string_view raw = bytes_.substr(entry.raw_begin, entry.raw_end - entry.raw_begin);
    std::bitset<16> found;
    const auto note = [&found](ValueDamage damage, bool is_there) {
        if (is_there) found[static_cast<std::size_t>(damage)] = true;
    };
    for (const ValueDamage damage : peel_token(value).repairs)
        note(damage, true);
    for (const ValueDamage damage : peel_token(raw).repairs) {
        const bool is_outside = damage == ValueDamage::kBlanks || damage == ValueDamage::kInvisible;
        note(damage, is_outside);
    }
    note(ValueDamage::kQuotes, entry.quote != DotenvQuote::kNone);
    note(ValueDamage::kLineBreak, !continuation_of(entry).empty() || raw.find_first_of("\r\n") != kNone);
    note(ValueDamage::kHash, entry.quote == DotenvQuote::kNone && value.contains('#'));
    for (std::size_t at = value.find('$'); at != kNone && at + 1 < value.size(); at = value.find('$', at + 1)) {
        const char next = value[at + 1];
        note(ValueDamage::kVariable,
             next == '{' || next == '(' || next == '_' || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z'));
    }
    note(ValueDamage::kByteOrderMark, bytes_.starts_with(text::kByteOrderMark) && entry.line == 1);
    for (const DotenvEntry& other : node_.entries) {
        if (key_of(other) != key_of(entry) || other.is_colon) continue;
        const Secret other_value = value_of(other);
        note(ValueDamage::kDuplicateKey, other_value.reveal() != value);
    }
    std::vector<ValueDamage> damages;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (found[i]) damages.push_back(static_cast<ValueDamage>(i));
    }
    return damages;
}

Result<DotenvReading> Dotenv::read(std::string_view key) const {
    if (auto checked = check(key); !checked) return fail(checked.error());
    DotenvReading reading;
    const DotenvEntry* last = nullptr;
    for (const DotenvEntry& entry : node_.entries) {
        if (entry.is_colon || key_of(entry) != key) continue;
        ++reading.occurrences;
        last = &entry;
    }
    if (last == nullptr) return reading;
    const std::string_view raw = bytes_.substr(last->raw_begin, last->raw_end - last->raw_begin);
    reading.line = last->line;
    reading.value = value_of(*last);
    reading.raw = Secret(bytes_.substr(last->raw_begin, raw.size() + continuation_of(*last).size()));
    reading.is_clean = last->quote == DotenvQuote::kNone && raw == reading.value.reveal();
    reading.damage = damage_of(*last, reading.value.reveal());
    return reading;
}

} // namespace everlong::core
