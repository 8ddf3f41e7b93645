#include <core/dotenv.hpp>

#include <core/dotenv_text.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace everlong::core {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view kDigits = "0123456789";

std::unexpected<Error> unsafe(std::string_view key, std::string_view why) {
    return fail(Code::kValueUnsafe, Fault::kUsage, std::string(key) + ": " + std::string(why));
}

// True where the text means itself to every reader without quotes. bash sees more in a bare value than the others: '|'
// begins a second command, '~' at the start or behind ':' a home directory (bash(1), Tilde Expansion).
bool is_bare(std::string_view value) {
    constexpr std::string_view kMarks = "-.%=:~+/,@^";
    return !value.starts_with('~') && !value.contains(":~") && std::ranges::all_of(value, [&](char c) {
        return kLetters.contains(c) || kDigits.contains(c) || kMarks.contains(c);
    });
}

// The value as it stands in the file. In quotes only characters remain that no reader decodes: python-dotenv replaces
// "${...}" even in single quotes and undoes backslashes there, bash replaces '$' and '`' in double ones.
Result<std::string> render(std::string_view key, std::string_view value) {
    if (value.empty()) return unsafe(key, "an empty value never replaces one");
    if (text::trim_blanks(value).empty()) return unsafe(key, "a blank value never replaces one");
    if (std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
        return unsafe(key, "the value has a line break, NUL or other control character");
    }
    if (!text::is_utf8(value)) return unsafe(key, "the value is not UTF-8");
    if (is_bare(value)) return std::string(value);
    if (value.find_first_of("$\\") != std::string_view::npos) {
        return unsafe(key, "the value has '$' or '\\', which readers of .env files take differently");
    }
    const char quote = value.contains('\'') ? '"' : '\'';
    if (value.contains(quote) || (quote == '"' && value.contains('`'))) {
        return unsafe(key, "the value has quotes that cannot stand together in a .env file");
    }
    return quote + std::string(value) + quote;
}

// The line ending of the first line that has one; "\n" in a file without any.
std::string_view line_break_of(std::string_view bytes) {
    const std::size_t at = bytes.find_first_of("\r\n");
    if (at == std::string_view::npos || bytes[at] == '\n') return "\n";
    return bytes.substr(at, 2) == "\r\n" ? "\r\n" : "\r";
}

// Where an editor broke the value in two, its rest stands in the next line. It goes when the value that is written ends
// with it: then it was this value's, beyond doubt.
std::size_t size_of_rest(const Dotenv& file, const DotenvEntry& entry, std::string_view rendered) {
    const std::string_view rest = file.rest_of(entry);
    std::string_view text = text::trim_blanks(rest.substr(std::min(rest.find_first_not_of("\r\n"), rest.size())));
    return !text.empty() && rendered.ends_with(text) ? rest.size() : 0;
}

using Rendered = std::map<std::string_view, std::string, std::less<>>;

// The new file, piece by piece, so that it can be measured before it is put together: a buffer that grows would leave
// copies of the token behind in freed memory.
template <class Emit>
void emit_file(std::string_view bytes, const Dotenv& file, const Rendered& values, Emit emit) {
    std::size_t done = 0;
    bool has_export = false;
    std::map<std::string_view, bool, std::less<>> is_present;
    for (const DotenvEntry& entry : file.entries()) {
        const auto value = values.find(file.key_of(entry));
        if (value == values.end()) continue;
        if (!entry.is_colon) {
            is_present[value->first] = true;
            has_export = has_export || entry.has_export;
        }
        emit(bytes.substr(done, entry.raw_begin - done));
        emit(value->second);
        done = entry.raw_end + size_of_rest(file, entry, value->second);
        // Behind a quoted value a comment needs no blank before it, behind a bare one it does.
        if (entry.has_comment && text::blank_at(bytes, done) == 0) emit(std::string_view(" "));
    }
    emit(bytes.substr(done));
    const std::string_view line_break = line_break_of(bytes);
    bool is_line_open = !bytes.empty() && bytes != text::kByteOrderMark && !text::is_break(bytes.back());
    for (const auto& [key, text] : values) {
        if (is_present[key]) continue;
        if (std::exchange(is_line_open, false)) emit(line_break);
        if (has_export) emit(std::string_view("export "));
        emit(key);
        emit(std::string_view("="));
        emit(text);
        emit(line_break);
    }
}

// Reading is the only proof that a value stands where it should. All other entries must be what they were: a quote in
// our value can close one that a foreign line left open, and so swallow the lines between.
Result<void> prove(const Dotenv& before, const Secret& written, std::span<const DotenvAssignment> assignments) {
    auto after = parse_dotenv(written.reveal());
    if (!after) return fail(after.error());
    const auto& old_entries = before.entries();
    const auto& new_entries = after->entries();
    const auto is_same = [&](const DotenvEntry& one, const DotenvEntry& other) {
        return before.key_of(one) == after->key_of(other) && one.is_broken == other.is_broken;
    };
    const auto [one, other] = std::ranges::mismatch(old_entries, new_entries, is_same);
    if (one != old_entries.end()) {
        return fail(Code::kEnvSyntax, Fault::kUsage,
                    "line " + std::to_string(one->line) +
                        ": a quote here would be taken together with one of the value's");
    }
    for (const DotenvAssignment& assignment : assignments) {
        auto reading = after->read(assignment.key);
        if (!reading) return fail(reading.error());
        if (reading->occurrences == 0 || reading->value.reveal() != assignment.value) {
            return unsafe(assignment.key, "the value would be read back differently from this file");
        }
    }
    return {};
}

// Wipes what was rendered, whichever way the function ends.
class RenderedValues {
public:
    RenderedValues() = default;
    RenderedValues(const RenderedValues&) = delete;
    RenderedValues& operator=(const RenderedValues&) = delete;
    ~RenderedValues() {
        for (auto& [key, text] : values_)
            wipe_string(text);
    }

    Result<void> add(const DotenvAssignment& assignment) {
        if (!is_name(assignment.key)) return unsafe(assignment.key, "the key is no name of an environment variable");
        if (values_.contains(assignment.key)) return unsafe(assignment.key, "the key is given twice");
        auto text = render(assignment.key, assignment.value);
        if (!text) return fail(text.error());
        values_.emplace(assignment.key, *std::move(text));
        return {};
    }
    const Rendered& all() const { return values_; }

private:
    Rendered values_;
};

} // namespace

bool is_name(std::string_view key) {
    return !key.empty() && !kDigits.contains(key.front()) &&
           std::ranges::all_of(key, [](char c) { return kLetters.contains(c) || kDigits.contains(c); });
}

Result<Secret> set_values(std::string_view bytes, std::span<const DotenvAssignment> assignments) {
    RenderedValues values;
    for (const DotenvAssignment& assignment : assignments) {
        if (auto added = values.add(assignment); !added) return fail(added.error());
    }
    auto file = parse_dotenv(bytes);
    if (!file) return fail(file.error());
    for (const auto& [key, text] : values.all()) {
        if (auto checked = file->check(key); !checked) return fail(checked.error());
    }
    std::size_t size = 0;
    emit_file(bytes, *file, values.all(), [&size](std::string_view piece) { size += piece.size(); });
    if (size > kDotenvLimitBytes) {
        return fail(Code::kEnvTooLarge, Fault::kUsage, "the file would have " + std::to_string(size) + " bytes");
    }
    std::string text;
    text.reserve(size);
    emit_file(bytes, *file, values.all(), [&text](std::string_view piece) { text += piece; });
    Secret written = Secret::take(std::move(text));
    if (auto proven = prove(*file, written, assignments); !proven) return fail(proven.error());
    return written;
}

} // namespace everlong::core
