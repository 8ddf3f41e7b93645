#pragma once
// A file of this machine that somebody names on the command line: read only where it is one. A folder cannot be read, and a
// pipe or a device may keep whoever opens it waiting for ever.

#include <base/result.hpp>

#include <cstdint>
#include <string>

namespace everlong::apps {

class LocalFile {
public:
    // kUsage (kUsage), which names the file and says what it is: missing, a folder, a pipe, a device, empty, not to be read.
    static Result<LocalFile> open(std::string path);
    ~LocalFile();
    LocalFile(LocalFile&& other) noexcept;
    LocalFile(const LocalFile&) = delete;
    LocalFile& operator=(const LocalFile&) = delete;
    LocalFile& operator=(LocalFile&&) = delete;

    std::uint64_t size() const { return size_; } // when it was opened; at least 1
    // The next `count` bytes, which must be there: kUsage (kUsage) where it has become shorter; kIo (kLocal).
    Result<std::string> read(std::size_t count);

private:
    LocalFile(std::string path, int descriptor, std::uint64_t size)
        : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

    std::string path_;
    int descriptor_;
    std::uint64_t size_;
};

// The whole of it. kUsage (kUsage) also where it is longer than `limit` bytes; errors of LocalFile.
Result<std::string> read_local_file(std::string path, std::uint64_t limit);

} // namespace everlong::apps
