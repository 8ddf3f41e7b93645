#include "store_sqlite_tools.hpp"

#include <sqlite3.h>

namespace everlong::test {

void tamper(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
    const int done = opened == SQLITE_OK ? sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) : opened;
    const std::string message = sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (done != SQLITE_OK) throw std::runtime_error("cannot tamper: " + message);
}

} // namespace everlong::test
