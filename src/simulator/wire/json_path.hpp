#pragma once
// The part of JSONPath that batch items use to name each other's results: $.id, $.data.*.id, $.data[0].id, $..id.

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace everlong::simulator {

// What the path selects, joined by commas as Meta puts it into an address; empty where it selects nothing. Nothing for
// text that is no such path.
std::optional<std::string> select_text(const boost::json::value& document, std::string_view path);

} // namespace everlong::simulator
