#pragma once
// Reading a file by its descriptor, and big-endian and little-endian numbers in bytes that anybody may have written:
// nothing is read outside them, what lies there is zero.

#include <cstdint>
#include <string>
#include <string_view>

namespace everlong::media {

std::uint64_t file_size(int file);
// At most `most` bytes from `offset`; shorter at the end, empty behind it and where reading fails.
std::string read_at(int file, std::uint64_t offset, std::size_t most);

std::uint64_t big_endian_at(std::string_view bytes, std::size_t at, std::size_t size);

// A whole file in memory, read only. Empty where it is empty, larger than `most`, or cannot be mapped.
class MappedFile {
public:
    MappedFile(int file, std::uint64_t most);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    std::string_view bytes() const { return {static_cast<const char*>(start_), size_}; }

private:
    void* start_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace everlong::media
