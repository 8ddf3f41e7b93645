#include <http/message.hpp>

#include <base/percent.hpp>

#include <algorithm>

namespace everlong::http {
namespace {

constexpr std::string_view kColon = ": ";
constexpr std::string_view kLineEnd = "\r\n";
// More than most messages have, so that the lists do not grow step by step.
constexpr std::size_t kUsualFields = 16;
constexpr std::size_t kUsualBytes = 512;

// Field names are ASCII; the locale must not have a say.
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

} // namespace

Headers::Field Headers::at(const Place& place) const {
    const std::string_view lines = lines_;
    return {lines.substr(place.name, place.value - kColon.size() - place.name),
            lines.substr(place.value, place.end - place.value)};
}

void Headers::reserve(std::size_t bytes) {
    lines_.reserve(bytes);
    places_.reserve(kUsualFields);
}

void Headers::add(std::string_view name, std::string_view value) {
    if (places_.empty() && lines_.capacity() < kUsualBytes) reserve(kUsualBytes);
    Place place;
    place.name = lines_.size();
    lines_.append(name).append(kColon);
    place.value = lines_.size();
    lines_.append(value);
    place.end = lines_.size();
    lines_.append(kLineEnd);
    places_.push_back(place);
}

void Headers::set(std::string_view name, std::string_view value) {
    if (!find(name)) return add(name, value);
    Headers changed;
    bool is_set = false;
    for (const auto& [field, present] : fields()) {
        const bool is_meant = is_same_name(field, name);
        if (!is_meant) changed.add(field, present);
        if (is_meant && !std::exchange(is_set, true)) changed.add(field, value);
    }
    *this = std::move(changed);
}

void Headers::remove(std::string_view name) {
    if (!find(name)) return;
    Headers changed;
    for (const auto& [field, value] : fields()) {
        if (!is_same_name(field, name)) changed.add(field, value);
    }
    *this = std::move(changed);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (const Place& place : places_) {
        const auto [field, value] = at(place);
        if (is_same_name(field, name)) return value;
    }
    return std::nullopt;
}

std::vector<Headers::Field> Headers::fields() const {
    std::vector<Field> fields;
    fields.reserve(places_.size());
    for (const Place& place : places_)
        fields.push_back(at(place));
    return fields;
}

std::string_view Request::raw_path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::raw_query() const {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

Parameters parse_form(std::string_view text) {
    Parameters parameters;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
        parameters.emplace_back(percent_decode_leniently(pair.substr(0, equals), true),
                                percent_decode_leniently(value, true));
    }
    return parameters;
}

} // namespace everlong::http
