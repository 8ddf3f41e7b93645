#pragma once
// The file beside the store that holds its mark (core/store_mark.hpp). It is made whole under another name and renamed, so
// that it is there with its mark or not at all; then it is written in place, the two halves by turns and synced, so that a
// write that breaks off leaves the mark before it, and a disk that has become full stops none.

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

    // The higher of the marks that are whole. Errors: those of os_error.
    Result<core::BesideMark> read();
    // Durable when it gives success. Makes the file (mode 0600) where it is missing, and anew where it is cut. Errors: those
    // of os_error; a file that was there stays as it was.
    Result<void> write(const core::StoreMark& mark);

private:
    Result<void> open_file();
    Result<bool> is_whole() const;
    Result<void> make_file(const core::StoreMark& mark);
    Result<void> fill(int file, const core::StoreMark& mark, const std::filesystem::path& path) const;

    std::filesystem::path path_;
    int file_ = -1;
};

} // namespace everlong::adapters::detail
