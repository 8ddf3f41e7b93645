#pragma once
// Tables as spreadsheets write them (RFC 4180, and what they do besides: a byte-order mark, ';' or a tab between cells).

#include <base/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

using CsvRow = std::vector<std::string>;

// Every row, the heads included; empty lines are left out, so `lines` tells where each one begins (from 1). The sign
// between cells is the one that the first line has. kUsage (kUsage): no UTF-8, or a quoted cell that does not end.
struct CsvTable {
    std::vector<CsvRow> rows;
    std::vector<int> lines;
};
Result<CsvTable> parse_csv(std::string_view text);

} // namespace everlong::core
