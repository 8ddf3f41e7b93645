// Paging by cursors: cursors before and after on every list that is not empty, absolute `next` and `previous` that hold
// the token and all parameters, and no `next` on the last page (graph-api.md, 10.2; clients.md, 26).
#include <simulator/graph/nodes.hpp>

#include <base/percent.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// graph-api.md, 10.2: "`limit` is an upper bound; some edges cap it".
constexpr std::size_t kDefaultLimit = 25;
constexpr std::size_t kHighestLimit = 100;

// Meta's cursors end in ZD where Base64 ends in '=' (2.8: "MQZDZD").
std::string to_cursor(const std::string& key) {
    std::string cursor;
    for (const char c : encode_base64(key)) {
        if (c == '=') {
            cursor += "ZD";
        } else {
            cursor += c;
        }
    }
    return cursor;
}

std::optional<std::string> parse_cursor(const std::string& cursor) {
    // The length tells how much of the end is padding.
    constexpr std::array<std::size_t, 4> kPadding{0, 2, 4, 0};
    const std::size_t padding = kPadding[cursor.size() % 4];
    if (cursor.size() < padding) return std::nullopt;
    const auto key = decode_base64(std::string_view(cursor).substr(0, cursor.size() - padding));
    return key && to_cursor(*key) == cursor ? key : std::nullopt;
}

std::string value_in(const ParameterMap& parameters, std::string_view name) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

Outcome<std::size_t> limit_of(const EdgeQuery& query) {
    const std::string text = value_in(query.parameters, "limit");
    if (text.empty()) return kDefaultLimit;
    std::size_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit == 0) {
        return refuse(Refusal::kBadParameter, {"Param limit must be a positive integer"});
    }
    return std::min(limit, kHighestLimit);
}

struct Window {
    std::size_t begin = 0;
    std::size_t end = 0;
};

Outcome<Window> window_of(const EdgeQuery& query, const std::vector<std::string>& keys) {
    const auto limit = limit_of(query);
    if (!limit) return std::unexpected(limit.error());
    const auto index_of = [&](const std::string& cursor) -> Outcome<std::size_t> {
        const auto key = parse_cursor(cursor);
        const auto found = key ? std::ranges::find(keys, *key) : keys.end();
        if (found == keys.end()) return refuse(Refusal::kBadCursor);
        return static_cast<std::size_t>(found - keys.begin());
    };
    Window window;
    if (const std::string after = value_in(query.parameters, "after"); !after.empty()) {
        const auto index = index_of(after);
        if (!index) return std::unexpected(index.error());
        window.begin = *index + 1;
    } else if (const std::string before = value_in(query.parameters, "before"); !before.empty()) {
        const auto index = index_of(before);
        if (!index) return std::unexpected(index.error());
        window.begin = *index - std::min(*limit, *index);
        window.end = *index;
        return window;
    }
    window.end = std::min(window.begin + *limit, keys.size());
    return window;
}

std::string address(const Context& context, const EdgeQuery& query, std::string_view direction,
                    const std::string& cursor) {
    std::string target;
    if (context.call.asked_version) target += "/" + *context.call.asked_version;
    target += query.path + "?access_token=" + percent_encode(context.call.token);
    for (const auto& [name, value] : query.parameters) {
        if (name == "access_token" || name == "after" || name == "before" || name == "method") continue;
        target += "&" + percent_encode(name) + "=" + percent_encode(value);
    }
    target += "&" + std::string(direction) + "=" + percent_encode(cursor);
    return context.call.absolute(target);
}

} // namespace

Outcome<json::value> render_list(Context& context, const EdgeQuery& query, const std::vector<std::string>& keys,
                                 const ItemRenderer& item) {
    const auto window = window_of(query, keys);
    if (!window) return std::unexpected(window.error());
    json::array data;
    for (std::size_t i = window->begin; i < window->end; ++i) {
        auto rendered = item(i);
        if (!rendered) return rendered;
        data.push_back(std::move(*rendered));
    }
    json::object list;
    const bool is_empty = data.empty();
    list["data"] = std::move(data);
    if (is_empty) return json::value(std::move(list));

    const std::string before = to_cursor(keys[window->begin]);
    const std::string after = to_cursor(keys[window->end - 1]);
    json::object cursors;
    cursors["before"] = before;
    cursors["after"] = after;
    json::object paging;
    paging["cursors"] = std::move(cursors);
    if (window->end < keys.size()) paging["next"] = address(context, query, "after", after);
    if (window->begin > 0) paging["previous"] = address(context, query, "before", before);
    list["paging"] = std::move(paging);
    return json::value(std::move(list));
}

EdgeQuery query_of(const Call& call, std::vector<Field> fields) {
    EdgeQuery query;
    query.fields = std::move(fields);
    query.parameters = call.parameters;
    for (const std::string& segment : call.segments)
        query.path += "/" + percent_encode(segment);
    return query;
}

} // namespace everlong::simulator
