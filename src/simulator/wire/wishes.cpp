#include <simulator/wire/wishes.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>

namespace everlong::simulator {
namespace {

template <class Texts>
std::string join(const Texts& texts) {
    std::string joined;
    for (const auto& text : texts) {
        if (text.empty()) continue;
        if (!joined.empty()) joined += ", ";
        joined += text;
    }
    return joined;
}

// Whole numbers, also as 86400.0.
std::optional<std::int64_t> whole(const boost::json::value& value) {
    constexpr double kExact = 9'007'199'254'740'992.0; // 2^53: beyond it a double is no whole number one can trust
    if (value.is_int64()) return value.get_int64();
    if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
        std::abs(value.get_double()) < kExact) {
        return static_cast<std::int64_t>(value.get_double());
    }
    return std::nullopt;
}

} // namespace

void Wishes::complain(std::string complaint) {
    if (complaint_.empty()) complaint_ = what_ + ": " + std::move(complaint);
}

const boost::json::value* Wishes::find(std::string_view name) const {
    const auto* value = object_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

void Wishes::allow(std::span<const std::string_view> names) {
    for (const auto& member : object_) {
        const std::string_view key = member.key();
        if (!key.empty() && std::ranges::find(names, key) != names.end()) continue;
        complain("unknown member \"" + std::string(member.key()) + "\"; it takes " + join(names));
    }
}

std::optional<std::string> Wishes::text(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* text = value->if_string()) return std::string(*text);
    complain("\"" + std::string(name) + "\" must be text");
    return std::nullopt;
}

std::optional<std::int64_t> Wishes::number(std::string_view name, std::int64_t least, std::int64_t most) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto number = whole(*value);
    if (number && *number >= least && *number <= most) return number;
    complain("\"" + std::string(name) + "\" must be a whole number from " + std::to_string(least) + " to " +
             std::to_string(most));
    return std::nullopt;
}

std::optional<double> Wishes::fraction(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const double number = value->is_number() ? value->to_number<double>() : -1;
    if (number >= 0 && number <= 1) return number;
    complain("\"" + std::string(name) + "\" must be a number from 0 to 1");
    return std::nullopt;
}

std::optional<bool> Wishes::flag(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_bool()) return value->get_bool();
    complain("\"" + std::string(name) + "\" must be true or false");
    return std::nullopt;
}

std::optional<std::vector<std::string>> Wishes::texts(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto* array = value->if_array();
    if (array == nullptr || !std::ranges::all_of(*array, [](const auto& item) { return item.is_string(); })) {
        complain("\"" + std::string(name) + "\" must be an array of texts");
        return std::nullopt;
    }
    std::vector<std::string> texts;
    for (const auto& item : *array)
        texts.emplace_back(item.get_string());
    return texts;
}

std::optional<std::string> Wishes::word(std::string_view name, std::initializer_list<std::string_view> words,
                                        bool is_required) {
    const auto given = text(name);
    const bool is_known = given && std::ranges::find(words, std::string_view(*given)) != words.end();
    if (is_known) return given;
    if (given || is_required) complain("\"" + std::string(name) + "\" must be one of " + join(words));
    return std::nullopt;
}

} // namespace everlong::simulator
