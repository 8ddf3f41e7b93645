#include <adapters/sinks/env_path.hpp>

#include <adapters/sinks/detail/env_directory.hpp>
#include <base/os_error.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>

namespace everlong::adapters {
namespace {

// How often a file that a rival is rewriting is read before it is called unreadable.
constexpr int kReadTries = 5;

struct Free {
    void operator()(char* text) const { std::free(text); }
};

// The errno is left where there is none.
std::string real_path(const std::string& path) {
    const std::unique_ptr<char, Free> resolved(realpath(path.c_str(), nullptr));
    return resolved ? std::string(resolved.get()) : std::string();
}

std::unexpected<Error> unreadable(const std::string& what) {
    return fail(Code::kEnvUnreadable, Fault::kUsage, what);
}

std::unexpected<Error> path_error(int number, const std::string& path) {
    if (number == ENOENT || number == ENOTDIR) return unreadable("there is no directory " + path);
    if (number == ELOOP) return unreadable(path + " leads in a circle of symlinks");
    if (number == ENAMETOOLONG || number == EINVAL) return unreadable("'" + path + "' is no usable path");
    return fail(os_error(number, "cannot look at " + path));
}

std::string octal(unsigned mode) {
    char text[8];
    std::snprintf(text, sizeof text, "%04o", mode);
    return text;
}

void look_at(AdoptedPath& adopted, const struct stat& info) {
    adopted.is_present = true;
    adopted.is_regular = S_ISREG(info.st_mode);
    adopted.hard_links = info.st_nlink;
    adopted.mode = info.st_mode & 07777;
    if (adopted.is_regular && (adopted.mode & 0077) != 0) {
        adopted.warnings.push_back(adopted.path + " can be read by other users (mode " + octal(adopted.mode) +
                                   "): chmod 600 " + shell_quoted(adopted.path));
    }
    if (adopted.is_regular && adopted.hard_links > 1) {
        adopted.warnings.push_back(adopted.path + " has " + std::to_string(adopted.hard_links) +
                                   " names (hard links): it cannot be replaced without parting them");
    }
    detail::Fd file(open(adopted.path.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
    if (!adopted.is_regular || !file.is_open() || !detail::is_mount_root(file)) return;
    adopted.is_bind_mount = true;
    adopted.warnings.push_back(adopted.path + " is mounted by itself: mount its directory instead, or let it be "
                                              "written in place");
}

} // namespace

Result<AdoptedPath> resolve_env_path(const std::string& path) {
    if (path.empty() || path.contains('\0')) return unreadable("the path of the .env file is empty or has a NUL byte");
    AdoptedPath adopted;
    adopted.path = real_path(path);
    const int number = errno;
    if (adopted.path.empty()) {
        struct stat link{};
        if (number != ENOENT) return path_error(number, path);
        if (lstat(path.c_str(), &link) == 0) return unreadable(path + " is a symlink that leads nowhere");
        const std::size_t slash = path.rfind('/');
        const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
        const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
        if (name.empty() || name == "." || name == "..") return unreadable("'" + path + "' names no file");
        const std::string directory = real_path(parent);
        if (directory.empty()) return path_error(errno, parent);
        adopted.path = (directory == "/" ? "" : directory) + "/" + name;
    }
    struct stat info{};
    if (lstat(adopted.path.c_str(), &info) == 0) look_at(adopted, info);
    const std::string directory = adopted.path.substr(0, std::max<std::size_t>(adopted.path.rfind('/'), 1));
    if (stat(directory.c_str(), &info) == 0 && (info.st_mode & S_IWOTH) != 0 && (info.st_mode & S_ISVTX) == 0) {
        adopted.warnings.push_back("every user can exchange files in " + directory + " (mode " +
                                   octal(info.st_mode & 07777) + "): chmod o-w " + shell_quoted(directory));
    }
    return adopted;
}

Result<Secret> read_env_file(const std::string& path, std::size_t limit) {
    detail::FileHooks hooks;
    detail::Files files(hooks);
    const std::string absolute = path.starts_with('/') ? path : real_path(".") + "/" + path;
    const std::size_t slash = absolute.rfind('/');
    const std::string directory = real_path(slash == 0 ? "/" : absolute.substr(0, slash));
    if (directory.empty()) return path_error(errno, absolute.substr(0, slash));
    auto place = detail::open_env_directory(files, (directory == "/" ? "" : directory) + absolute.substr(slash));
    if (!place) return fail(place.error());
    for (int tries = 0; tries < kReadTries; ++tries) {
        auto snapshot = detail::take_snapshot(files, *place, O_RDONLY, limit);
        if (snapshot && !snapshot->is_present()) return unreadable("there is no file " + path);
        if (snapshot) return std::move(snapshot->bytes);
        if (snapshot.error().code() == Code::kSinkUnsafe) return unreadable(path + " is a symlink");
        if (snapshot.error().code() != Code::kSinkConflict) return fail(snapshot.error());
    }
    return unreadable(path + " changes all the time");
}

} // namespace everlong::adapters
