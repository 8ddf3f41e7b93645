#pragma once
// Members of the JSON documents that stand in columns. What is empty, 0, false or absent is left out: a hundred thousand
// posts wait in these rows. A member of another kind than it was written with ends in an exception, which the reader of
// the row makes kStoreCorrupt.

#include <base/time.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

// A namespace of its own: such short names stand for other things in other adapters.
namespace everlong::adapters::detail::members {

namespace json = boost::json;

template <class Enum, std::size_t N>
using Words = std::array<std::pair<Enum, std::string_view>, N>;

template <class Enum, std::size_t N>
std::string_view word_of(const Words<Enum, N>& words, Enum value) {
    for (const auto& [known, word] : words) {
        if (known == value) return word;
    }
    return "";
}

template <class Enum, std::size_t N>
Enum value_of(const Words<Enum, N>& words, std::string_view text) {
    for (const auto& [value, word] : words) {
        if (word == text) return value;
    }
    throw std::runtime_error("unknown word");
}

// A name or an error may hold any bytes; they come back as they were.
inline json::value parse_document(std::string_view text) {
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    return json::parse(json::string_view(text.data(), text.size()), {}, options);
}

// --- writing ---

inline void put(json::object& object, std::string_view name, std::string_view text) {
    if (!text.empty()) object[name] = text;
}
inline void put(json::object& object, std::string_view name, const std::string& text) {
    put(object, name, std::string_view(text));
}
inline void put(json::object& object, std::string_view name, const char*) = delete;
inline void put(json::object& object, std::string_view name, std::int64_t number) {
    if (number != 0) object[name] = number;
}
inline void put(json::object& object, std::string_view name, int number) {
    put(object, name, std::int64_t{number});
}
inline void put(json::object& object, std::string_view name, bool is_so) {
    if (is_so) object[name] = true;
}
// As text: the shortest that reads back as the same number, which Boost.JSON's own reader does not promise.
inline void put(json::object& object, std::string_view name, double number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    if (number != 0) object[name] = std::string_view(text.data(), end);
}
inline void put(json::object& object, std::string_view name, Instant instant) {
    put(object, name, to_unix_ms(instant));
}
inline void put(json::object& object, std::string_view name, Milliseconds span) {
    put(object, name, std::int64_t{span.count()});
}
// What may be absent is told from what is 0 or false: it stands in a list of one.
template <class T>
void put(json::object& object, std::string_view name, const std::optional<T>& value) {
    if (!value) return;
    json::object inner;
    put(inner, "is", *value);
    object[name] = std::move(inner);
}
inline void put(json::object& object, std::string_view name, json::array list) {
    if (!list.empty()) object[name] = std::move(list);
}
inline void put(json::object& object, std::string_view name, json::object members) {
    if (!members.empty()) object[name] = std::move(members);
}

// --- reading ---

inline void take(const json::object& object, std::string_view name, std::string& text) {
    if (const json::value* value = object.if_contains(name)) text = std::string(value->as_string());
}
inline void take(const json::object& object, std::string_view name, std::int64_t& number) {
    if (const json::value* value = object.if_contains(name)) number = value->as_int64();
}
inline void take(const json::object& object, std::string_view name, int& number) {
    if (const json::value* value = object.if_contains(name)) {
        if (!std::in_range<int>(value->as_int64())) throw std::runtime_error("a number out of range");
        number = static_cast<int>(value->as_int64());
    }
}
inline void take(const json::object& object, std::string_view name, bool& is_so) {
    if (const json::value* value = object.if_contains(name)) is_so = value->as_bool();
}
inline void take(const json::object& object, std::string_view name, double& number) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) return;
    const json::string& text = value->as_string();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) throw std::runtime_error("not a number");
}
inline void take(const json::object& object, std::string_view name, Instant& instant) {
    std::int64_t number = to_unix_ms(instant);
    take(object, name, number);
    instant = instant_from_unix_ms(number);
}
inline void take(const json::object& object, std::string_view name, Milliseconds& span) {
    std::int64_t number = span.count();
    take(object, name, number);
    span = Milliseconds(number);
}
template <class T>
void take(const json::object& object, std::string_view name, std::optional<T>& value) {
    const json::value* inner = object.if_contains(name);
    if (inner == nullptr) return;
    value.emplace();
    take(inner->as_object(), "is", *value);
}

// Calls `take_item` with every object of a list; an absent list is an empty one.
template <class Take>
void take_each(const json::object& object, std::string_view name, Take take_item) {
    const json::value* list = object.if_contains(name);
    if (list == nullptr) return;
    for (const json::value& item : list->as_array())
        take_item(item);
}

} // namespace everlong::adapters::detail::members
