#pragma once
// Keeps the store's mark and the file beside it in step (core/store_mark.hpp). On the writing lane's thread.

#include <adapters/store_sqlite/detail/database.hpp>
#include <adapters/store_sqlite/detail/mark_file.hpp>

#include <filesystem>
#include <memory>

namespace everlong::adapters::detail {

class Marker {
public:
    // `store`: a store that has its newest schema. The file is made where the store has never risen. Errors: the store's,
    // and those of os_error.
    static Result<std::unique_ptr<Marker>> open(Database& database, const std::filesystem::path& store);

    // An older copy was brought back, and nothing has been done about it yet.
    bool is_older() const { return !why_older_.empty(); }
    // Why that is thought; empty where it is not.
    const std::string& why_older() const { return why_older_; }
    // Raises the store's mark, within its transaction. kStoreRestored (kLocal): an older copy of which start_store()
    // has not taken note (`is_start`: this is it).
    Result<void> raise(Database& database, bool is_start);
    // After the commit: the file follows. An error leaves the file behind, which the next rise makes good.
    Result<void> follow();

private:
    Marker(const std::filesystem::path& path, core::StoreMark mark) : file_(path), mark_(std::move(mark)) {}

    MarkFile file_;
    core::StoreMark mark_;   // of the store, after the last rise
    std::int64_t floor_ = 0; // what the file said at the opening
    std::string why_older_;
};

} // namespace everlong::adapters::detail
