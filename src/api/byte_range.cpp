#include <api/detail/byte_range.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace everlong::api::detail {
namespace {

// Nothing: empty, no number, or one that does not fit.
std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = !text.empty() && problem == std::errc() && end == text.data() + text.size();
    return is_number ? std::optional(value) : std::nullopt;
}

} // namespace

RangeAnswer read_range(const http::Headers& headers, std::string_view etag, std::uint64_t size) {
    const RangeAnswer whole{200, {0, size - 1}};
    const RangeAnswer none{416, {}};
    constexpr std::string_view kUnit = "bytes=";
    std::string_view text = headers.find("Range").value_or("");
    if (!text.starts_with(kUnit)) return whole;
    if (const auto condition = headers.find("If-Range"); condition && *condition != etag) return whole;
    text.remove_prefix(kUnit.size());
    const auto dash = text.find('-');
    if (dash == std::string_view::npos || text.contains(',')) return whole;
    const auto first = number(text.substr(0, dash));
    const auto last = number(text.substr(dash + 1));
    if (dash == 0) { // the last so many
        if (!last) return whole;
        if (*last == 0) return none;
        return {206, {size - std::min(*last, size), size - 1}};
    }
    if (!first || (!last && dash + 1 != text.size()) || (last && *last < *first)) return whole;
    if (*first >= size) return none;
    return {206, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

} // namespace everlong::api::detail
