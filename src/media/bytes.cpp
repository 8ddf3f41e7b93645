#include <media/bytes.hpp>

#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::media {

std::uint64_t file_size(int file) {
    struct stat facts{};
    return ::fstat(file, &facts) == 0 && facts.st_size > 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::string read_at(int file, std::uint64_t offset, std::size_t most) {
    std::string bytes(most, '\0');
    std::size_t got = 0;
    while (got < most) {
        const ssize_t read = ::pread(file, bytes.data() + got, most - got, static_cast<off_t>(offset + got));
        if (read < 0 && errno == EINTR) continue;
        if (read <= 0) break;
        got += static_cast<std::size_t>(read);
    }
    bytes.resize(got);
    return bytes;
}

std::uint64_t big_endian_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number =
            number << 8 | (at < bytes.size() && i < bytes.size() - at ? static_cast<unsigned char>(bytes[at + i]) : 0);
    return number;
}

MappedFile::MappedFile(int file, std::uint64_t most) {
    const std::uint64_t size = file_size(file);
    if (size == 0 || size > most) return;
    void* start = ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, MAP_PRIVATE, file, 0);
    if (start == MAP_FAILED) return;
    start_ = start;
    size_ = static_cast<std::size_t>(size);
}

MappedFile::~MappedFile() {
    if (start_ != nullptr) ::munmap(start_, size_);
}

} // namespace everlong::media
