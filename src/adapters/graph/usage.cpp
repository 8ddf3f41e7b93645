#include <adapters/graph/detail/usage.hpp>

#include <adapters/graph/detail/json_edge.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;

// Beyond the allowance the figures go on rising; what is absurd is cut.
constexpr std::int64_t kMostPercent = 10'000;
// The windows are an hour and a day (7.1, 7.2); a longer wait is none that Meta means.
constexpr Minutes kLongestWait = Days(2);

// The highest of the three figures decides (7.1). Nothing where there is none.
std::optional<int> read_percent(const json::object& figures) {
    std::optional<int> highest;
    for (const std::string_view name : {"call_count", "total_time", "total_cputime"}) {
        const auto figure = read_integer(find_member(figures, name));
        if (!figure || *figure < 0) continue;
        highest = std::max(highest.value_or(0), static_cast<int>(std::min(*figure, kMostPercent)));
    }
    return highest;
}

std::optional<Seconds> read_wait(const json::object& figures) {
    const auto minutes = read_integer(find_member(figures, "estimated_time_to_regain_access"));
    if (!minutes || *minutes <= 0) return std::nullopt;
    return Seconds(Minutes(std::min<std::int64_t>(*minutes, kLongestWait.count())));
}

} // namespace

std::optional<ports::Usage> read_usage(std::string_view app, std::string_view account) {
    ports::Usage usage;
    bool tells_anything = false;
    if (const auto figures = parse_document(app); figures && figures->is_object()) {
        const auto percent = read_percent(figures->get_object());
        usage.app_percent = percent.value_or(0);
        tells_anything = percent.has_value();
    }
    const auto by_id = parse_document(account);
    if (!by_id || !by_id->is_object()) return tells_anything ? std::optional(usage) : std::nullopt;
    for (const auto& id : by_id->get_object()) {
        const json::array* rows = id.value().if_array();
        if (rows == nullptr) continue;
        for (const json::value& row : *rows) {
            const json::object* figures = row.if_object();
            if (figures == nullptr) continue;
            const auto percent = read_percent(*figures);
            const auto wait = read_wait(*figures);
            tells_anything = tells_anything || percent || wait;
            usage.account_percent = std::max(usage.account_percent, percent.value_or(0));
            if (wait) usage.regains_in = std::max(usage.regains_in.value_or(Seconds(0)), *wait);
        }
    }
    return tells_anything ? std::optional(usage) : std::nullopt;
}

} // namespace everlong::adapters::detail
