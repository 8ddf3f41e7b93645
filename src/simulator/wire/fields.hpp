#pragma once
// Field expansion: `fields=a, b{c,d},e.limit(5){f}` (graph-api.md, 10.3; clients.md, 9).

#include <simulator/wire/errors.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::simulator {

struct Field {
    std::string name;
    std::map<std::string, std::string, std::less<>> modifiers; // "limit" -> "5"
    std::vector<Field> children;                               // empty: the node's default fields
};

// Refusals: kFieldSyntax.
Outcome<std::vector<Field>> parse_fields(std::string_view text);

} // namespace everlong::simulator
