#include <core/csv.hpp>

#include <core/dotenv_text.hpp>

#include <algorithm>
#include <array>

namespace everlong::core {
namespace {

char find_separator(std::string_view text) {
    const std::string_view first = text.substr(0, text.find('\n'));
    constexpr std::array<char, 3> kSigns{',', ';', '\t'};
    return *std::ranges::max_element(kSigns, {}, [&](char sign) { return std::ranges::count(first, sign); });
}

struct Reader {
    std::string_view text;
    char separator = ',';
    std::size_t at = 0;
    int line = 1;

    bool is_over() const { return at >= text.size(); }
    bool is_at_break() const { return !is_over() && text::is_break(text[at]); }

    void skip_break() {
        if (!is_over() && text[at] == '\r') ++at;
        if (!is_over() && text[at] == '\n') ++at;
        ++line;
    }

    // False: it does not end.
    bool read_quoted(std::string& cell) {
        ++at;
        for (; !is_over(); ++at) {
            if (text[at] == '\n') ++line;
            if (text[at] != '"') {
                cell += text[at];
            } else if (at + 1 < text.size() && text[at + 1] == '"') {
                cell += '"';
                ++at;
            } else {
                ++at;
                return true;
            }
        }
        return false;
    }

    bool read_cell(std::string& cell) {
        if (!is_over() && text[at] == '"' && !read_quoted(cell)) return false;
        while (!is_over() && !is_at_break() && text[at] != separator)
            cell += text[at++];
        return true;
    }
};

} // namespace

Result<CsvTable> parse_csv(std::string_view text) {
    if (text.starts_with(text::kByteOrderMark)) text.remove_prefix(text::kByteOrderMark.size());
    if (!text::is_utf8(text))
        return fail(Code::kUsage, Fault::kUsage, "the table is not in UTF-8: save it as CSV in UTF-8");
    Reader reader{.text = text, .separator = find_separator(text)};
    CsvTable table;
    while (!reader.is_over()) {
        const int line = reader.line;
        CsvRow row;
        for (;;) {
            if (!reader.read_cell(row.emplace_back())) {
                return fail(Code::kUsage, Fault::kUsage,
                            "a cell that is quoted from line " + std::to_string(line) + " on does not end");
            }
            if (reader.is_over() || reader.is_at_break()) break;
            ++reader.at; // the separator
        }
        if (!reader.is_over()) reader.skip_break();
        if (std::ranges::all_of(row, &std::string::empty)) continue;
        table.rows.push_back(std::move(row));
        table.lines.push_back(line);
    }
    return table;
}

} // namespace everlong::core
