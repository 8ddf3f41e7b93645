#pragma once
// What a damaged disk, or a person with sqlite3, does to a store: SQL past the program, also while it is open.

#include <filesystem>
#include <sqlite3.h>
#include <stdexcept>
#include <string>

namespace everlong::test {

// Gives the first column of each row, in lines.
inline std::string run_raw_sql(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    std::string lines;
    const auto take = [](void* into, int count, char** values, char**) {
        if (count > 0)
            *static_cast<std::string*>(into) += std::string(values[0] == nullptr ? "NULL" : values[0]) + "\n";
        return 0;
    };
    const int done = opened == SQLITE_OK ? sqlite3_exec(handle, sql.c_str(), take, &lines, nullptr) : opened;
    const std::string message = sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (done != SQLITE_OK) throw std::runtime_error("raw SQL: " + message);
    return lines;
}

} // namespace everlong::test
