#include <adapters/data_dir/data_dir.hpp>

#include <adapters/data_dir/detail/file_system.hpp>
#include <base/os_error.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace everlong::adapters {
namespace {

namespace fs = std::filesystem;

// Makes `path` and what is missing above it, and puts the new entries on the disk.
Result<void> make_directories(const fs::path& path, bool has_parent = false) {
    if (::mkdir(path.c_str(), 0700) == 0) {
        const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
        const int above = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const bool is_synced = above >= 0 && ::fsync(above) == 0;
        const int number = errno;
        if (above >= 0) ::close(above);
        if (!is_synced) return fail(os_error(number, "cannot sync the directory " + parent.string()));
        return {};
    }
    if (errno == EEXIST) return {};
    // Some file systems (/proc) say that nothing is there of what cannot be made there.
    if (errno != ENOENT || has_parent || !path.has_parent_path() || path.parent_path() == path) {
        return fail(os_error(errno, "cannot create the data directory " + path.string()));
    }
    if (auto above = make_directories(path.parent_path()); !above) return above;
    return make_directories(path, true);
}

Result<void> check_private(const fs::path& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return fail(os_error(errno, "cannot look at " + path.string()));
    if (!S_ISDIR(info.st_mode)) {
        return fail(Code::kConfig, Fault::kUsage, "the data directory " + path.string() + " is not a directory");
    }
    if (info.st_uid != ::geteuid()) {
        return fail(Code::kPermissions, Fault::kLocal,
                    path.string() + " belongs to user " + std::to_string(info.st_uid) + ", and we are user " +
                        std::to_string(::geteuid()) + "; run as that user, or: chown -R " +
                        std::to_string(::geteuid()) + " " + shell_quoted(path.string()));
    }
    const unsigned mode = info.st_mode & 0777U;
    if (mode != 0700) {
        std::array<char, 8> octal{};
        std::snprintf(octal.data(), octal.size(), "%04o", mode);
        return fail(Code::kPermissions, Fault::kLocal,
                    path.string() + " has mode " + octal.data() + "; mend it with: chmod 700 " +
                        shell_quoted(path.string()));
    }
    return {};
}

Result<void> check_file_system(const fs::path& path) {
    struct statfs system{};
    struct stat info{};
    if (::statfs(path.c_str(), &system) != 0 || ::stat(path.c_str(), &info) != 0) {
        return fail(os_error(errno, "cannot look at the file system of " + path.string()));
    }
    std::ifstream file("/proc/self/mountinfo", std::ios::binary);
    const std::string mountinfo{std::istreambuf_iterator<char>(file), {}};
    const std::string type = detail::mount_type_of(mountinfo, major(info.st_dev), minor(info.st_dev));
    // f_type is signed on some machines; the magic numbers have 32 bits.
    const auto magic = static_cast<std::uint32_t>(system.f_type);
    if (const auto name = detail::network_file_system(magic, type)) {
        return fail(Code::kNetworkFs, Fault::kLocal, path.string() + " lies on a network file system (" + *name + ")");
    }
    return {};
}

// What the holder of the lock wrote into it; 0 where that cannot be read.
int read_pid(int descriptor) {
    std::array<char, 16> text{};
    const ssize_t size = ::pread(descriptor, text.data(), text.size(), 0);
    int pid = 0;
    if (size > 0) std::from_chars(text.data(), text.data() + size, pid);
    return pid;
}

// Gives the descriptor that holds the lock.
Result<int> take_lock(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(os_error(errno, "cannot open the lock file " + path.string()));
    // Of the open file, not of the process: closing another descriptor of the same file does not release it.
    struct flock request{};
    request.l_type = F_WRLCK;
    request.l_whence = SEEK_SET;
    if (::fcntl(descriptor, F_OFD_SETLK, &request) != 0) {
        const int number = errno;
        const int pid = read_pid(descriptor);
        ::close(descriptor);
        if (number != EAGAIN && number != EACCES) return fail(os_error(number, "cannot lock " + path.string()));
        const std::string holder = pid > 0 ? "process " + std::to_string(pid) : std::string("another process");
        return fail(Code::kAlreadyRunning, Fault::kConflict, holder + " works in " + path.parent_path().string());
    }
    // The pid is a courtesy to whoever comes second: a full disk does not keep us from starting.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, pid.data(), pid.size(), 0) < 0) errno = 0;
    return descriptor;
}

} // namespace

DataDir::~DataDir() {
    ::close(lock_);
}

bool DataDir::has_data() const {
    struct stat info{};
    // Whatever else than "not there" is answered, a new key would be a risk.
    return ::lstat(store_file().c_str(), &info) == 0 || errno != ENOENT;
}

Result<std::unique_ptr<DataDir>> open_data_dir(const fs::path& given) {
    if (given.empty()) return fail(Code::kConfig, Fault::kUsage, "the data directory has an empty name");
    std::error_code error;
    fs::path path = fs::absolute(given, error).lexically_normal();
    if (error) return fail(os_error(error.value(), "cannot find " + given.string()));
    if (!path.has_filename()) path = path.parent_path(); // "data/" names the same as "data"

    if (auto made = make_directories(path); !made) return std::unexpected(made.error());
    if (auto checked = check_private(path); !checked) return std::unexpected(checked.error());
    if (auto checked = check_file_system(path); !checked) return std::unexpected(checked.error());
    const auto lock = take_lock(path / "everlong.lock");
    if (!lock) return std::unexpected(lock.error());
    return std::make_unique<DataDir>(std::move(path), *lock);
}

} // namespace everlong::adapters
