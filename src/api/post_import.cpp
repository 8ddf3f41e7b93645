// POST /v1/posts/import: a table of posts, a row each. Every row is judged before the first one is stored; what was stored
// and what was not stands in the answer, row by row, whatever happens on the way.

#include <api/detail/post_json.hpp>
#include <api/detail/post_plan.hpp>
#include <base/digest.hpp>
#include <core/csv.hpp>
#include <core/graph_errors.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace everlong::api::detail {
namespace {

// Each row asks the store for its channel and files; a table of a year's posts has fewer.
constexpr std::size_t kMostRows = 5000;
constexpr std::size_t kShownBytes = 80; // of a text of the caller's, in what is told of it

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
    return fail(Code::kUsage, Fault::kUsage, std::string(column) + " is neither yes nor no");
}

struct Row {
    int line = 0;
    json::object body; // as for POST /v1/posts
    std::string key;
    std::string cells; // all but the key, in an order of their own: what makes it the same row in another table
    std::optional<Error> error;
    std::optional<PostPlan> plan;
    std::optional<ports::AddedPost> added;

    bool is_existing() const { return added && !added->is_new; }
};

// What the call asks for besides the table.
struct Wish {
    bool is_check = false;
    bool is_partial = false;
    bool is_once = false;
    std::string channel; // of rows without one
    std::string zone;    // of times without one
};

Wish read_wish(const Call& call) {
    Wish wish;
    wish.channel = call.caller.channel_name;
    for (const auto& [name, value] : call.query) {
        if (name == "check") wish.is_check = value != "false";
        if (name == "partial") wish.is_partial = value != "false";
        if (name == "once") wish.is_once = value != "false";
        if (name == "channel") wish.channel = value;
        if (name == "zone") wish.zone = value;
    }
    return wish;
}

// Names that the table gives to files, and their ids.
using FileNames = std::map<std::string, std::string>;

struct Sent {
    std::string table;
    FileNames files;
};

// A table by itself, or as {"table":"…","files":{"cat.jpg":"file_…"}}.
Result<Sent> read_sent(const Call& call) {
    const std::string type = lower(call.request.headers.find("Content-Type").value_or(""));
    if (!type.starts_with("application/json")) return Sent{call.form, {}};
    auto body = object_of(call.form);
    if (!body) return fail(body.error());
    if (auto only = only_members(*body, {"table", "files"}); !only) return fail(only.error());
    auto table = text_of(*body, "table");
    if (!table) return fail(table.error());
    Sent sent{std::move(*table), {}};
    const json::value* files = body->if_contains("files");
    if (files == nullptr || files->is_null()) return sent;
    if (!files->is_object()) return fail(Code::kHttpBody, Fault::kUsage, "files is not an object");
    for (const auto& [name, id] : files->get_object()) {
        if (!id.is_string()) return fail(Code::kHttpBody, Fault::kUsage, "an id in files is not a text");
        sent.files[std::string(name)] = std::string(id.get_string());
    }
    return sent;
}

// An address or an id as it is, a name as the id of its file.
Result<std::string> source_of(const std::string& piece, const FileNames& files) {
    if (const auto named = files.find(piece); named != files.end()) return named->second;
    if (piece.starts_with("file_") || piece.contains("://")) return piece;
    return fail(Code::kFileUnknown, Fault::kUsage,
                "'" + core::scrub(piece, kShownBytes) +
                    "' is no address, and no file of this name came with the table");
}

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
        return fail(Code::kUsage, Fault::kUsage,
                    "'" + core::scrub(head, kShownBytes) + "' is no column that is known: " + known);
    }
    if (std::set(columns.begin(), columns.end()).size() != columns.size()) {
        return fail(Code::kUsage, Fault::kUsage, "two columns have the same head");
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
            return fail(Code::kUsage, Fault::kUsage, "thumb_offset_ms is not a whole number");
        }
        reel[column] = number;
    } else if (column == "audio_name" || column == "trial") {
        reel[column] = cell;
    } else {
        body[column] = cell;
    }
    return {};
}

// Pieces of a row's cell that name files.
Result<std::vector<std::string>> sources_of(const std::string& cell, const FileNames& files) {
    std::vector<std::string> sources;
    // A name may have blanks in it; so a cell that is one name as a whole is taken first.
    for (const std::string& piece : files.contains(cell) ? std::vector{cell} : split(cell, " \t\r\n|")) {
        auto source = source_of(piece, files);
        if (!source) return fail(source.error());
        sources.push_back(std::move(*source));
    }
    return sources;
}

Row read_row(const std::vector<std::string>& columns, const core::CsvRow& cells, int line, const FileNames& files) {
    Row row;
    row.line = line;
    if (cells.size() > columns.size()) {
        row.error = Error(Code::kUsage, Fault::kUsage, "it has more cells than the first line");
        return row;
    }
    json::object reel;
    std::vector<std::string> media;
    std::vector<std::string> alt_texts;
    std::map<std::string_view, std::string> named;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool is_text = columns[i] == "caption" || columns[i] == "first_comment";
        std::string cell(is_text ? std::string_view(cells[i]) : trimmed(cells[i]));
        if (cell.empty()) continue;
        if (columns[i] == "key") {
            row.key = cell;
            continue;
        }
        named[columns[i]] = cell;
        if (columns[i] == "alt_text") {
            alt_texts = split(cell, "|");
        } else if (columns[i] == "media" || columns[i] == "cover") {
            auto sources = sources_of(cell, files);
            if (!sources)
                row.error = sources.error();
            else if (columns[i] == "media")
                media = std::move(*sources);
            else if (!sources->empty())
                reel["cover"] = sources->front();
        } else if (auto set = set_cell(row.body, reel, columns[i], cell); !set) {
            row.error = set.error();
        }
    }
    for (auto& [column, cell] : named) {
        // Some editors end every line with CR and LF, those within a cell too: it is the same row.
        std::erase(cell, '\r');
        row.cells += std::string(column) + "\x1f" + cell + "\x1e";
    }
    if (!reel.empty()) row.body["reel"] = std::move(reel);
    set_media(row.body, media, alt_texts);
    return row;
}

// A row without a key gets one of its cells; equal rows of one table are told apart by their number.
void give_keys(std::vector<Row>& rows) {
    std::map<std::string, int> seen;
    for (Row& row : rows) {
        if (!row.key.empty()) continue;
        const Sha256 digest = sha256(row.cells);
        const std::string key = "row-" + to_hex(digest.data(), digest.size());
        row.key = key + "-" + std::to_string(++seen[key]);
    }
}

Result<std::vector<Row>> read_table(const Call& call, const Wish& wish) {
    auto sent = read_sent(call);
    if (!sent) return fail(sent.error());
    auto table = core::parse_csv(sent->table);
    if (!table) return fail(table.error());
    if (table->rows.size() < 2) return fail(Code::kUsage, Fault::kUsage, "the table has no row below its heads");
    if (table->rows.size() - 1 > kMostRows) return fail(Code::kUsage, Fault::kUsage, "more than 5000 rows");
    auto columns = read_heads(table->rows.front());
    if (!columns) return fail(columns.error());
    auto key = idempotency_key_of(call.request);
    if (!key) return fail(key.error());
    std::vector<Row> rows;
    for (std::size_t i = 1; i < table->rows.size(); ++i) {
        Row row = read_row(*columns, table->rows[i], table->lines[i], sent->files);
        if (!row.body.contains("channel") && !wish.channel.empty()) row.body["channel"] = wish.channel;
        if (!row.body.contains("zone") && row.body.contains("at") && !wish.zone.empty()) row.body["zone"] = wish.zone;
        // The same table sent again makes nothing twice. A table that may be another by now is known by its rows alone: a
        // line's number would take one row for the other.
        const bool is_by_line = !wish.is_once && row.key.empty() && !key->empty();
        if (is_by_line) row.key = *key + "/" + std::to_string(row.line);
        rows.push_back(std::move(row));
    }
    if (wish.is_once) give_keys(rows);
    return rows;
}

json::object row_to_json(const Row& row, const ports::TimeZones& zones, Instant now) {
    json::object object{
        {"line", row.line}, {"created", row.added && row.added->is_new}, {"existing", row.is_existing()}};
    object["ok"] = !row.error;
    // By this a person knows a row again of which no post could be made.
    const json::value* caption = row.body.if_contains("caption");
    const core::Post* post = row.added ? &row.added->post : row.plan ? &row.plan->post : nullptr;
    object["caption"] = caption != nullptr                                  ? *caption
                        : post != nullptr && !post->content.caption.empty() ? json::value(post->content.caption)
                                                                            : json::value(nullptr);
    object["post"] = post != nullptr ? json::value(post_to_json(*post, zones, now)) : json::value(nullptr);
    object["problem"] = row.error ? json::value(problem_to_json(*row.error)) : json::value(nullptr);
    return object;
}

// Channels and keys of the rows of one table. A key that two rows have can be said of the first only.
class Keys {
public:
    Result<void> take(const std::string& channel, const std::string& key) {
        if (key.empty() || taken_.insert(channel + " " + key).second) return {};
        return fail(Code::kIdempotency, Fault::kConflict, "another row has the same key");
    }

private:
    std::set<std::string> taken_;
};

// What was made before stands, whatever its row would make today: its time has passed, its files have other ids.
Async<void> find_existing(Call& call, std::vector<Row>& rows, Keys& keys) {
    for (Row& row : rows) {
        auto known = co_await find_post_of_key(call.context, call.caller, row.body, row.key);
        if (!known) {
            if (!row.error) row.error = known.error();
        } else if (*known) {
            row.error.reset();
            if (auto taken = keys.take((*known)->channel_name, row.key); !taken)
                row.error = taken.error();
            else
                row.added = ports::AddedPost{std::move(**known), false};
        }
    }
}

Async<void> plan_rows(Call& call, std::vector<Row>& rows, Keys& keys) {
    for (Row& row : rows) {
        if (row.error || row.added) continue;
        auto plan = co_await plan_post(call.context, call.caller, row.body, nullptr);
        if (!plan) {
            row.error = plan.error();
            continue;
        }
        if (auto good = co_await refuse_unmade(call.context, *plan, row.key); !good) row.error = good.error();
        if (auto taken = keys.take(plan->post.channel_name, row.key); !taken) row.error = taken.error();
        row.plan = std::move(*plan);
        // It has all of these now. Five thousand of them are a good part of what a service may take in all.
        row.body = json::object();
        row.cells = {};
    }
}

} // namespace

Async<Answer> import_posts(Call& call) {
    if (call.context.publishing == nullptr) co_return no_publishing();
    const Wish wish = read_wish(call);
    auto rows = read_table(call, wish);
    if (!rows) co_return fail(rows.error());
    Keys keys;
    if (wish.is_once) co_await find_existing(call, *rows, keys);
    co_await plan_rows(call, *rows, keys);
    const bool is_good = std::ranges::none_of(*rows, [](const Row& row) { return row.error.has_value(); });
    if (!wish.is_check && (is_good || wish.is_partial)) {
        for (Row& row : *rows) {
            if (row.error || row.added) continue;
            auto added = co_await store_post(call.context, call.caller, *row.plan, row.key);
            if (!added) {
                row.error = added.error();
                continue;
            }
            row.added = std::move(*added);
            row.plan.reset();
        }
    }
    const auto count = [&](auto is_one) { return static_cast<int>(std::ranges::count_if(*rows, is_one)); };
    const int failed = count([](const Row& row) { return row.error.has_value(); });
    // Nothing but the checks: 200 tells that they were done. Else whoever looks at the status alone must not think that all
    // is well when a row is missing.
    const int status = wish.is_check ? 200 : failed == 0 ? 201 : 422;
    http::Response answer =
        json_response(json::object{{"check", wish.is_check},
                                   {"created", count([](const Row& row) { return row.added && row.added->is_new; })},
                                   {"existing", count([](const Row& row) { return row.is_existing(); })},
                                   {"failed", failed}},
                      status);
    // As text, and each row gives its place back at once: as one document 5000 rows are several times as large.
    answer.body.back() = ',';
    answer.body += R"("rows":[)";
    for (Row& row : *rows) {
        answer.body += json::serialize(row_to_json(row, call.context.publishing->zones, call.now())) + ",";
        row = {};
    }
    answer.body.back() = ']'; // a table has a row
    answer.body += "}";
    co_return answer;
}

} // namespace everlong::api::detail
