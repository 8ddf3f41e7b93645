#include <simulator/wire/json_path.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <vector>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// More than a batch's answers ever hold; recursion and products of wildcards have to end somewhere.
constexpr std::size_t kMostSelected = 10'000;
constexpr int kDeepestDescent = 32;

using Selection = std::vector<const json::value*>;

struct Step {
    std::string name; // "*": every member or item
    bool is_deep = false;
};

void add(Selection& selection, const json::value& value) {
    if (selection.size() < kMostSelected) selection.push_back(&value);
}

void take_children(const json::value& value, std::string_view name, Selection& selection) {
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            if (name == "*" || member.key() == name) add(selection, member.value());
        }
        return;
    }
    const auto* array = value.if_array();
    if (array == nullptr) return;
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool is_index = error == std::errc() && end == name.data() + name.size();
    if (is_index && index < array->size()) add(selection, (*array)[index]);
    if (name != "*") return;
    for (const json::value& item : *array)
        add(selection, item);
}

void take_descendants(const json::value& value, std::string_view name, Selection& selection, int depth) {
    take_children(value, name, selection);
    if (depth >= kDeepestDescent) return;
    Selection children;
    take_children(value, "*", children);
    for (const json::value* child : children)
        take_descendants(*child, name, selection, depth + 1);
}

// Behind the '$': .name, ..name, .*, [0], [*], ['name'].
std::optional<std::vector<Step>> parse(std::string_view text) {
    std::vector<Step> steps;
    while (!text.empty()) {
        Step step;
        if (text.starts_with('[')) {
            const auto end = text.find(']');
            if (end == std::string_view::npos) return std::nullopt;
            std::string_view name = text.substr(1, end - 1);
            const bool is_quoted = name.size() >= 2 && (name.front() == '\'' || name.front() == '"');
            if (is_quoted) name = name.substr(1, name.size() - 2);
            step.name = name;
            text.remove_prefix(end + 1);
        } else if (text.starts_with('.')) {
            text.remove_prefix(1);
            step.is_deep = text.starts_with('.');
            if (step.is_deep) text.remove_prefix(1);
            const auto end = std::min(text.find_first_of(".["), text.size());
            step.name = text.substr(0, end);
            text.remove_prefix(end);
        } else {
            return std::nullopt;
        }
        if (step.name.empty()) return std::nullopt;
        steps.push_back(std::move(step));
    }
    return steps;
}

} // namespace

std::optional<std::string> select_text(const json::value& document, std::string_view path) {
    if (!path.starts_with('$')) return std::nullopt;
    const auto steps = parse(path.substr(1));
    if (!steps) return std::nullopt;
    Selection selection{&document};
    for (const Step& step : *steps) {
        Selection next;
        for (const json::value* value : selection) {
            if (step.is_deep) {
                take_descendants(*value, step.name, next, 0);
            } else {
                take_children(*value, step.name, next);
            }
        }
        selection = std::move(next);
    }
    std::string text;
    for (const json::value* value : selection) {
        if (!text.empty()) text += ',';
        const auto* plain = value->if_string();
        text += plain != nullptr ? std::string(*plain) : json::serialize(*value);
    }
    return text;
}

} // namespace everlong::simulator
