#pragma once
// What people see in a terminal: colours where there is a terminal and NO_COLOR is not set, aligned lines, a bar of the
// life left. Text from outside is escaped, so that no name of an account can move the cursor.

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everlong::apps {

enum class Colour { kNone, kGood, kWarn, kBad, kDim, kBold };

// Is standard output a terminal that takes colours?
bool has_colours();
std::string painted(std::string_view text, Colour colour);
// Control characters and direction marks as \xNN.
std::string escaped(std::string_view text);

// "██████████░░░░░░ 59 days": `share` of a life from 0 to 1.
std::string life_bar(double share, std::string_view label, Colour colour);

// Label and value on aligned lines.
class Sheet {
public:
    void add(std::string label, std::string value) { lines_.emplace_back(std::move(label), std::move(value)); }
    // A value that is not there makes no line.
    void add_if(std::string label, const std::string& value) {
        if (!value.empty()) add(std::move(label), value);
    }
    void print() const;

private:
    std::vector<std::pair<std::string, std::string>> lines_;
};

// Columns of equal width, painted cells included.
class Table {
public:
    explicit Table(std::vector<std::string> heads) : rows_{std::move(heads)} {}
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    void print() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

// Members of JSON answers; empty where absent or null.
std::string text_at(const boost::json::object& object, std::string_view name);
bool flag_at(const boost::json::object& object, std::string_view name);
const boost::json::object* object_at(const boost::json::object& object, std::string_view name);
std::string joined(const boost::json::object& object, std::string_view array_name);

} // namespace everlong::apps
