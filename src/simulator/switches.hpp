#pragma once
// Where sources about Meta's behaviour disagree, or are silent, the simulator can do either (graph-api.md, 13 and 14;
// contract, section 5). One table of names, values and what each decides.

#include <boost/json/object.hpp>

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

namespace everlong::simulator {

class Switches {
public:
    Switches();

    // `name` stands in the table.
    bool is(std::string_view name, std::string_view value) const;
    // The number that the present value begins with ("5s" is 5).
    std::int64_t number(std::string_view name) const;
    // Sets every member or none. The error is a sentence that says what was wrong.
    std::expected<void, std::string> set(const boost::json::object& wishes);
    boost::json::object to_json() const;
    // {"name":"value"}, as set() takes them.
    boost::json::object save() const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

} // namespace everlong::simulator
