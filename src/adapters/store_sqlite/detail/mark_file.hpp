#pragma once
// The file beside the store that holds its mark (core/store_mark.hpp). Written in place, the two halves by turns and synced,
// so that a write that breaks off leaves the mark before it, and a disk that has become full stops none.

#include <base/result.hpp>
#include <core/store_mark.hpp>

#include <filesystem>

namespace everlong::adapters::detail {

class MarkFile {
public:
    // Nothing is opened before it is needed.
    explicit MarkFile(std::filesystem::path path) : path_(std::move(path)) {}
    ~MarkFile();
    MarkFile(const MarkFile&) = delete;
    MarkFile& operator=(const MarkFile&) = delete;

    // The higher of the marks that are whole; nothing where there is none, or no file. Errors: those of os_error.
    Result<std::optional<core::StoreMark>> read();
    // Durable when it gives success. Makes the file (mode 0600) where it is missing. Errors: those of os_error.
    Result<void> write(const core::StoreMark& mark);

private:
    Result<void> open_file();
    Result<void> make_file(const core::StoreMark& mark);

    std::filesystem::path path_;
    int file_ = -1;
};

} // namespace everlong::adapters::detail
