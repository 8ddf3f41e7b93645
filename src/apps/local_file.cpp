#include <apps/local_file.hpp>

#include <apps/terminal.hpp>
#include <base/os_error.hpp>

#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace everlong::apps {
namespace {

std::unexpected<Error> unusable(const std::string& path, std::string_view why) {
    return fail(Code::kUsage, Fault::kUsage, "'" + escaped(path) + "' " + std::string(why));
}

std::unexpected<Error> not_opened(const std::string& path, int number) {
    switch (number) {
    case ENOENT:
    case ENOTDIR: return unusable(path, "is not there");
    case EACCES:
    case EPERM: return unusable(path, "may not be read by you");
    case ELOOP: return unusable(path, "leads in a circle of symlinks");
    case ENXIO: return unusable(path, "is a socket or a device, not a file");
    default: return unusable(path, "cannot be opened: " + std::generic_category().message(number));
    }
}

std::string_view name_of_kind(mode_t mode) {
    if (S_ISDIR(mode)) return "is a folder, not a file";
    if (S_ISFIFO(mode)) return "is a pipe; save what comes out of it as a file first";
    return "is a device, not a file";
}

} // namespace

Result<LocalFile> LocalFile::open(std::string path) {
    // Without O_NONBLOCK a pipe that nobody writes to would not even open.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return not_opened(path, errno);
    LocalFile file(std::move(path), descriptor, 0);
    struct stat info{};
    if (::fstat(descriptor, &info) != 0) return fail(os_error(errno, "cannot look at " + file.path_));
    if (!S_ISREG(info.st_mode)) return unusable(file.path_, name_of_kind(info.st_mode));
    if (info.st_size == 0) return unusable(file.path_, "is empty");
    file.size_ = static_cast<std::uint64_t>(info.st_size);
    return file;
}

LocalFile::~LocalFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

LocalFile::LocalFile(LocalFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

Result<std::string> LocalFile::read(std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t at = 0; at < count;) {
        const ssize_t got = ::read(descriptor_, bytes.data() + at, count - at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(os_error(errno, "cannot read " + path_));
        if (got == 0) return unusable(path_, "has become shorter while it was read");
        at += static_cast<std::size_t>(got);
    }
    return bytes;
}

Result<std::string> read_local_file(std::string path, std::uint64_t limit) {
    const std::string name = path;
    auto file = LocalFile::open(std::move(path));
    if (!file) return fail(file.error());
    if (file->size() > limit) return unusable(name, "is longer than " + std::to_string(limit) + " bytes");
    return file->read(static_cast<std::size_t>(file->size()));
}

} // namespace everlong::apps
