// POST /v1/posts/import: a table of posts, a row each. Every row is judged before the first one is stored; what was stored
// and what was not stands in the answer, row by row, whatever happens on the way.

#include <api/detail/post_json.hpp>
#include <api/detail/post_plan.hpp>
#include <core/csv.hpp>
#include <core/graph_errors.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace everlong::api::detail {
namespace {

// Each row asks the store for its channel and files; a table of a year's posts has fewer.
constexpr std::size_t kMostRows = 5000;

constexpr std::array<std::string_view, 18> kColumns{
    "channel",         "kind",          "media",       "caption",       "at",           "zone",
    "alt_text",        "first_comment", "location_id", "collaborators", "draft",        "cover",
    "thumb_offset_ms", "share_to_feed", "audio_name",  "trial",         "ai_generated", "key"};

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Pieces between any of these signs, trimmed, without empty ones.
std::vector<std::string> split(std::string_view text, std::string_view signs) {
    std::vector<std::string> pieces;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(signs), text.size());
        if (const auto piece = trimmed(text.substr(0, end)); !piece.empty()) pieces.emplace_back(piece);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return pieces;
}

Result<bool> yes_or_no(std::string_view column, std::string_view text) {
    const std::string word = lower(text);
    if (word == "true" || word == "yes" || word == "1") return true;
    if (word == "false" || word == "no" || word == "0") return false;
    return fail(Code::kHttpBody, Fault::kUsage, std::string(column) + " is neither yes nor no");
}

struct Row {
    int line = 0;
    json::object body; // as for POST /v1/posts
    std::string key;
    std::optional<Error> error;
    std::optional<PostPlan> plan;
    std::optional<ports::AddedPost> added;
};

struct Table {
    std::vector<std::string> columns;
    std::vector<Row> rows;
};

Result<std::vector<std::string>> read_heads(const core::CsvRow& heads) {
    std::vector<std::string> columns;
    for (const std::string& head : heads) {
        columns.push_back(lower(trimmed(head)));
        if (std::ranges::find(kColumns, columns.back()) != kColumns.end()) continue;
        std::string known;
        for (const std::string_view column : kColumns)
            known += (known.empty() ? "" : ", ") + std::string(column);
        return fail(Code::kHttpBody, Fault::kUsage,
                    "'" + core::scrub(head, 80) + "' is no column that is known: " + known);
    }
    if (std::set(columns.begin(), columns.end()).size() != columns.size()) {
        return fail(Code::kHttpBody, Fault::kUsage, "two columns have the same head");
    }
    return columns;
}

// A table cannot say which list a picture stands in: alt texts follow the media's order, with '|' between them.
void set_media(json::object& body, const std::vector<std::string>& media, const std::vector<std::string>& alt_texts) {
    json::array items;
    for (std::size_t i = 0; i < media.size(); ++i) {
        json::object item{{media[i].starts_with("file_") ? "file" : "url", media[i]}};
        if (i < alt_texts.size()) item["alt_text"] = alt_texts[i];
        items.push_back(std::move(item));
    }
    if (media.size() > 1 && !body.contains("kind")) body["kind"] = "carousel";
    body["media"] = std::move(items);
}

Result<void> set_cell(json::object& body, json::object& reel, std::string_view column, const std::string& cell) {
    if (column == "collaborators") {
        const auto names = split(cell, ", ;|");
        body[column] = json::array(names.begin(), names.end());
    } else if (column == "draft" || column == "ai_generated" || column == "share_to_feed") {
        auto flag = yes_or_no(column, cell);
        if (!flag) return fail(flag.error());
        (column == "share_to_feed" ? reel : body)[column] = *flag;
    } else if (column == "thumb_offset_ms") {
        std::int64_t number = 0;
        const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
        if (problem != std::errc() || end != cell.data() + cell.size()) {
            return fail(Code::kHttpBody, Fault::kUsage, "thumb_offset_ms is not a whole number");
        }
        reel[column] = number;
    } else if (column == "cover" || column == "audio_name" || column == "trial") {
        reel[column] = cell;
    } else {
        body[column] = cell;
    }
    return {};
}

Row read_row(const std::vector<std::string>& columns, const core::CsvRow& cells, int line) {
    Row row;
    row.line = line;
    if (cells.size() > columns.size()) {
        row.error = Error(Code::kHttpBody, Fault::kUsage, "it has more cells than the first line");
        return row;
    }
    json::object reel;
    std::vector<std::string> media;
    std::vector<std::string> alt_texts;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool is_text = columns[i] == "caption" || columns[i] == "first_comment";
        const std::string cell(is_text ? std::string_view(cells[i]) : trimmed(cells[i]));
        if (cell.empty()) continue;
        if (columns[i] == "media")
            media = split(cell, " \t\r\n|");
        else if (columns[i] == "alt_text")
            alt_texts = split(cell, "|");
        else if (columns[i] == "key")
            row.key = cell;
        else if (auto set = set_cell(row.body, reel, columns[i], cell); !set)
            row.error = set.error();
    }
    if (!reel.empty()) row.body["reel"] = std::move(reel);
    set_media(row.body, media, alt_texts);
    return row;
}

Result<std::vector<Row>> read_table(const Call& call) {
    auto table = core::parse_csv(call.form);
    if (!table) return fail(table.error());
    if (table->rows.size() < 2) return fail(Code::kHttpBody, Fault::kUsage, "the table has no row below its heads");
    if (table->rows.size() - 1 > kMostRows) return fail(Code::kHttpBody, Fault::kUsage, "more than 5000 rows");
    auto columns = read_heads(table->rows.front());
    if (!columns) return fail(columns.error());
    auto key = idempotency_key_of(call.request);
    if (!key) return fail(key.error());
    std::string channel = call.caller.channel_name;
    std::string zone;
    for (const auto& [name, value] : call.query) {
        if (name == "channel") channel = value;
        if (name == "zone") zone = value;
    }
    std::vector<Row> rows;
    for (std::size_t i = 1; i < table->rows.size(); ++i) {
        Row row = read_row(*columns, table->rows[i], table->lines[i]);
        if (!row.body.contains("channel") && !channel.empty()) row.body["channel"] = channel;
        if (!row.body.contains("zone") && row.body.contains("at") && !zone.empty()) row.body["zone"] = zone;
        // The same table sent again makes nothing twice.
        if (row.key.empty() && !key->empty()) row.key = *key + "/" + std::to_string(row.line);
        rows.push_back(std::move(row));
    }
    return rows;
}

json::object row_to_json(const Row& row, Instant now) {
    json::object object{{"line", row.line}, {"created", row.added && row.added->is_new}};
    object["ok"] = !row.error;
    const core::Post* post = row.added ? &row.added->post : row.plan ? &row.plan->post : nullptr;
    object["post"] = post != nullptr ? json::value(post_to_json(*post, now)) : json::value(nullptr);
    object["problem"] = row.error ? json::value(problem_to_json(*row.error)) : json::value(nullptr);
    return object;
}

Async<void> plan_rows(Call& call, std::vector<Row>& rows) {
    std::set<std::string> keys;
    for (Row& row : rows) {
        if (row.error) continue;
        auto plan = co_await plan_post(call.context, call.caller, row.body, nullptr);
        if (!plan) {
            row.error = plan.error();
            continue;
        }
        if (plan->has_errors() && !plan->is_draft) row.error = refusal_of(*plan);
        if (!row.key.empty() && !keys.insert(plan->post.channel_name + " " + row.key).second) {
            row.error = Error(Code::kIdempotency, Fault::kConflict, "another row has the same key");
        }
        row.plan = std::move(*plan);
    }
}

} // namespace

Async<Answer> import_posts(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    auto rows = read_table(call);
    if (!rows) co_return fail(rows.error());
    bool is_check = false;
    bool is_partial = false;
    for (const auto& [name, value] : call.query) {
        if (name == "check") is_check = value != "false";
        if (name == "partial") is_partial = value != "false";
    }
    co_await plan_rows(call, *rows);
    const bool is_good = std::ranges::none_of(*rows, [](const Row& row) { return row.error.has_value(); });
    if (!is_check && (is_good || is_partial)) {
        for (Row& row : *rows) {
            if (row.error) continue;
            auto added = co_await store_post(call.context, call.caller, *row.plan, row.key);
            if (added)
                row.added = std::move(*added);
            else
                row.error = added.error();
        }
    }
    json::array items;
    int created = 0;
    int failed = 0;
    for (const Row& row : *rows) {
        created += row.added && row.added->is_new ? 1 : 0;
        failed += row.error ? 1 : 0;
        items.push_back(row_to_json(row, call.now()));
    }
    // Nothing but the checks: 200 tells that they were done. Else whoever looks at the status alone must not think that all
    // is well when a row is missing.
    const int status = is_check ? 200 : failed == 0 ? 201 : 422;
    co_return json_response(
        json::object{{"check", is_check}, {"created", created}, {"failed", failed}, {"rows", std::move(items)}},
        status);
}

} // namespace everlong::api::detail
