#include <adapters/sinks/detail/env_directory.hpp>

#include <core/dotenv.hpp>

#include <cerrno>
#include <fcntl.h>

namespace everlong::adapters::detail {
namespace {

std::unexpected<Error> unsafe(const std::string& path, const std::string& what) {
    return fail(Code::kSinkUnsafe, Fault::kLocal, path + " " + what);
}

std::string kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a directory";
    if (S_ISFIFO(mode)) return "a named pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

Result<void> check_kind(const EnvDirectory& place, const struct stat& info) {
    if (S_ISLNK(info.st_mode)) return unsafe(place.path, "is a symlink now; it was a file when it was adopted");
    if (S_ISREG(info.st_mode)) return {};
    return fail(Code::kEnvUnreadable, Fault::kUsage, place.path + " is " + kind_of(info.st_mode) + ", not a file");
}

std::unexpected<Error> changed(const EnvDirectory& place) {
    return fail(Code::kSinkConflict, Fault::kConflict, place.path + " changes while it is read");
}

} // namespace

Result<EnvDirectory> open_env_directory(Files& files, const std::string& path) {
    const std::size_t slash = path.rfind('/');
    EnvDirectory place;
    place.path = path;
    place.name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (!path.starts_with('/') || place.name.empty() || place.name == "." || place.name == "..") {
        return fail(Code::kEnvUnreadable, Fault::kUsage, "'" + path + "' is no absolute path of a file");
    }
    const std::string directory = slash == 0 ? "/" : path.substr(0, slash);
    const int opened = files.open_directory(directory, place.directory);
    if (opened == -ENOENT || opened == -ENOTDIR) {
        return fail(Code::kEnvUnreadable, Fault::kUsage, "there is no directory " + directory);
    }
    if (opened == -ELOOP) return unsafe(directory, "leads through a symlink now; adopt the file again");
    if (opened < 0) return fail(file_error(opened, "cannot open the directory", directory));
    return place;
}

Result<Snapshot> take_snapshot(Files& files, const EnvDirectory& place, int flags, std::size_t limit) {
    Snapshot snapshot;
    // Looked at before it is opened: opening a device can already do something.
    int error = files.stat_at(place.directory, place.name, snapshot.info);
    if (error == -ENOENT) return snapshot;
    if (error < 0) return fail(file_error(error, "cannot look at", place.path));
    if (auto checked = check_kind(place, snapshot.info); !checked) return fail(checked.error());

    error = files.open_at(place.directory.get(), place.name, flags, 0, snapshot.file);
    if (error == -ENOENT) return changed(place);
    if (error == -ELOOP) return unsafe(place.path, "is a symlink now; it was a file when it was adopted");
    if (error < 0) return fail(file_error(error, "cannot open", place.path));
    if (error = files.stat_fd(snapshot.file, snapshot.info); error < 0) {
        return fail(file_error(error, "cannot look at", place.path));
    }
    if (auto checked = check_kind(place, snapshot.info); !checked) return fail(checked.error());
    snapshot.identity = identity_of(snapshot.info);

    if (error = files.read_all(snapshot.file, limit, snapshot.bytes); error < 0) {
        return fail(file_error(error, "cannot read", place.path));
    }
    struct stat after{};
    if (error = files.stat_fd(snapshot.file, after); error < 0) {
        return fail(file_error(error, "cannot look at", place.path));
    }
    if (snapshot.bytes.reveal().size() > limit) {
        return fail(Code::kEnvTooLarge, Fault::kUsage,
                    place.path + " has more than " + std::to_string(limit) + " bytes");
    }
    if (identity_of(after) != snapshot.identity) return changed(place);
    return snapshot;
}

Result<bool> is_unchanged(Files& files, const EnvDirectory& place, const Snapshot& snapshot) {
    struct stat info{};
    const int error = files.stat_at(place.directory, place.name, info);
    if (error == -ENOENT) return !snapshot.is_present();
    if (error < 0) return fail(file_error(error, "cannot look at", place.path));
    if (!snapshot.is_present() || identity_of(info) != snapshot.identity) return false;
    // Two writes within one tick of the file system's clock have one time: only the bytes tell.
    Secret now;
    if (const int read = files.read_all(snapshot.file, core::kDotenvLimitBytes, now); read < 0) {
        return fail(file_error(read, "cannot read", place.path));
    }
    return now.equals(snapshot.bytes);
}

} // namespace everlong::adapters::detail
