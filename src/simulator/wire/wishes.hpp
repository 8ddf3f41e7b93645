#pragma once
// Reading the JSON of a control call strictly: unknown members, wrong types and values out of range are said by name.

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::simulator {

// Collects the first complaint; the values of members that were complained of are empty.
class Wishes {
public:
    // `what`: the subject of complaints ("the fault").
    Wishes(const boost::json::object& object, std::string what) : object_(object), what_(std::move(what)) {}

    // Complains of members that are not in the list; an empty name in it stands for none.
    void allow(std::span<const std::string_view> names);
    void allow(std::initializer_list<std::string_view> names) { allow(std::span(names.begin(), names.size())); }

    std::optional<std::string> text(std::string_view name);
    std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most);
    // From 0 to 1.
    std::optional<double> fraction(std::string_view name);
    std::optional<bool> flag(std::string_view name);
    std::optional<std::vector<std::string>> texts(std::string_view name);
    // One of the words; complains of any other, and of none where `is_required`.
    std::optional<std::string> word(std::string_view name, std::initializer_list<std::string_view> words,
                                    bool is_required = false);

    bool has(std::string_view name) const { return object_.contains(name); }
    void complain(std::string complaint);
    // Empty: all is well so far.
    const std::string& complaint() const { return complaint_; }

private:
    const boost::json::value* find(std::string_view name) const;

    const boost::json::object& object_;
    std::string what_;
    std::string complaint_;
};

} // namespace everlong::simulator
