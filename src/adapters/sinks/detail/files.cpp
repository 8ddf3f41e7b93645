#include <adapters/sinks/detail/files.hpp>

#include <base/os_error.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace everlong::adapters::detail {
namespace {

// Other writers hold the lock for milliseconds; one who holds it longer than two seconds is waited for by the outbox.
constexpr int kLockPauses = 200;
constexpr long kLockPauseNanoseconds = 10'000'000;

// Attributes the kernel or an administrator sets for a new file; refusing to copy them loses no one's rights.
bool is_system_attribute(std::string_view name) {
    return name.starts_with("security.") || name.starts_with("trusted.");
}

constexpr const char* kAccessList = "system.posix_acl_access";

template <class Call>
auto without_interruption(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

int result_of(int result) {
    return result < 0 ? -errno : result;
}

} // namespace

void FileHooks::pause() {
    const timespec span{0, kLockPauseNanoseconds};
    nanosleep(&span, nullptr);
}

Fd::~Fd() {
    if (number_ >= 0) close(number_);
}

FileIdentity identity_of(const struct stat& info) {
    return {info.st_dev, info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
}

int Files::open_at(int directory, const std::string& name, int flags, unsigned mode, Fd& opened) {
    if (const int fault = hooks_.before(FileCall::kOpen)) return -fault;
    const int all_flags = flags | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;
    const int number = without_interruption([&] { return openat(directory, name.c_str(), all_flags, mode); });
    if (number < 0) return -errno;
    opened = Fd(number);
    return 0;
}

int Files::open_directory(const std::string& path, Fd& opened) {
    if (const int fault = hooks_.before(FileCall::kOpen)) return -fault;
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    long number = without_interruption([&] { return syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how); });
    if (number < 0 && (errno == ENOSYS || errno == EPERM)) {
        number =
            without_interruption([&] { return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW); });
    }
    if (number < 0) return -errno;
    opened = Fd(static_cast<int>(number));
    return 0;
}

int Files::stat_fd(const Fd& file, struct stat& info) {
    if (const int fault = hooks_.before(FileCall::kStat)) return -fault;
    return result_of(fstat(file.get(), &info));
}

int Files::stat_at(const Fd& directory, const std::string& name, struct stat& info) {
    if (const int fault = hooks_.before(FileCall::kStat)) return -fault;
    return result_of(fstatat(directory.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW));
}

int Files::write_all(const Fd& file, std::string_view bytes) {
    while (!bytes.empty()) {
        const int fault = hooks_.before(FileCall::kWrite);
        if (fault == EINTR) continue;
        if (fault != 0) return -fault;
        const std::size_t size = hooks_.most_bytes(bytes.size());
        const ssize_t written = without_interruption([&] { return write(file.get(), bytes.data(), size); });
        if (written < 0) return -errno;
        if (written == 0) return -ENOSPC;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
}

int Files::write_all_at(const Fd& file, std::string_view bytes) {
    off_t at = 0;
    while (!bytes.empty()) {
        const int fault = hooks_.before(FileCall::kWrite);
        if (fault == EINTR) continue;
        if (fault != 0) return -fault;
        const std::size_t size = hooks_.most_bytes(bytes.size());
        const ssize_t written = without_interruption([&] { return pwrite(file.get(), bytes.data(), size, at); });
        if (written < 0) return -errno;
        if (written == 0) return -ENOSPC;
        bytes.remove_prefix(static_cast<std::size_t>(written));
        at += written;
    }
    return 0;
}

int Files::read_all(const Fd& file, std::size_t limit, Secret& bytes) {
    struct stat info{};
    if (const int error = result_of(fstat(file.get(), &info)); error < 0) return error;
    // Room for all that may come: a string that grows would leave copies of a token behind.
    const std::size_t room = std::min(limit, static_cast<std::size_t>(std::max<off_t>(info.st_size, 0))) + 1;
    std::string buffer(room, '\0');
    std::size_t filled = 0;
    int error = 0;
    while (filled < room) {
        const int fault = hooks_.before(FileCall::kRead);
        if (fault == EINTR) continue;
        const std::size_t size = hooks_.most_bytes(room - filled);
        const ssize_t count = fault != 0 ? -1 : without_interruption([&] {
            return pread(file.get(), buffer.data() + filled, size, static_cast<off_t>(filled));
        });
        if (count < 0) error = fault != 0 ? -fault : -errno;
        if (count <= 0) break;
        filled += static_cast<std::size_t>(count);
    }
    if (error == 0) bytes = Secret(std::string_view(buffer).substr(0, filled));
    wipe_string(buffer);
    return error;
}

int Files::allocate(const Fd& file, std::size_t size) {
    if (const int fault = hooks_.before(FileCall::kAllocate)) return -fault;
    const int result = without_interruption([&] {
        return fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(std::max<std::size_t>(size, 1)));
    });
    return result < 0 && errno != EOPNOTSUPP && errno != ENOSYS ? -errno : 0;
}

int Files::truncate(const Fd& file, std::size_t size) {
    if (const int fault = hooks_.before(FileCall::kTruncate)) return -fault;
    return result_of(without_interruption([&] { return ftruncate(file.get(), static_cast<off_t>(size)); }));
}

int Files::sync(const Fd& file) {
    if (const int fault = hooks_.before(FileCall::kSync)) return -fault;
    return result_of(fsync(file.get()));
}

int Files::change_mode(const Fd& file, unsigned mode) {
    if (const int fault = hooks_.before(FileCall::kChmod)) return -fault;
    return result_of(fchmod(file.get(), mode));
}

int Files::change_owner(const Fd& file, unsigned user, unsigned group) {
    if (const int fault = hooks_.before(FileCall::kChown)) return -fault;
    return result_of(fchown(file.get(), user, group));
}

int Files::copy_attributes(const Fd& from, const Fd& to) {
    if (const int fault = hooks_.before(FileCall::kXattr)) return -fault;
    // A default access list of the directory would give the new file rights that the old one has not.
    fremovexattr(to.get(), kAccessList);
    const ssize_t size = flistxattr(from.get(), nullptr, 0);
    if (size < 0) return errno == ENOTSUP ? 0 : -errno;
    std::vector<char> names(static_cast<std::size_t>(size));
    const ssize_t listed = flistxattr(from.get(), names.data(), names.size());
    if (listed < 0) return -errno;
    std::string_view rest(names.data(), static_cast<std::size_t>(listed));
    while (!rest.empty()) {
        const std::string name(rest.substr(0, rest.find('\0')));
        rest.remove_prefix(std::min(name.size() + 1, rest.size()));
        const ssize_t length = fgetxattr(from.get(), name.c_str(), nullptr, 0);
        std::vector<char> value(length > 0 ? static_cast<std::size_t>(length) : 0);
        const ssize_t got = length < 0 ? length : fgetxattr(from.get(), name.c_str(), value.data(), value.size());
        const int set =
            got < 0 ? -1 : fsetxattr(to.get(), name.c_str(), value.data(), static_cast<std::size_t>(got), 0);
        if (set < 0 && !is_system_attribute(name)) return -errno;
    }
    return 0;
}

int Files::rename(const Fd& directory, const std::string& from, const std::string& to, unsigned flags) {
    if (const int fault = hooks_.before(FileCall::kRename)) return -fault;
    return result_of(
        static_cast<int>(syscall(SYS_renameat2, directory.get(), from.c_str(), directory.get(), to.c_str(), flags)));
}

int Files::unlink(const Fd& directory, const std::string& name) {
    if (const int fault = hooks_.before(FileCall::kUnlink)) return -fault;
    return result_of(unlinkat(directory.get(), name.c_str(), 0));
}

int Files::try_lock(const Fd& file) {
    if (const int fault = hooks_.before(FileCall::kLock)) return -fault;
    return result_of(without_interruption([&] { return flock(file.get(), LOCK_EX | LOCK_NB); }));
}

int Files::lock(const Fd& file) {
    int result = try_lock(file);
    for (int i = 0; i < kLockPauses && result == -EWOULDBLOCK; ++i) {
        hooks_.pause();
        result = try_lock(file);
    }
    return result;
}

bool is_mount_root(const Fd& file) {
    struct statx info{};
    if (statx(file.get(), "", AT_EMPTY_PATH, 0, &info) != 0) return false;
    return (info.stx_attributes_mask & info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

Error file_error(int negative_errno, const std::string& what, const std::string& path) {
    const int number = -negative_errno;
    return os_error(number == EFBIG ? ENOSPC : number, what + " " + path);
}

} // namespace everlong::adapters::detail
