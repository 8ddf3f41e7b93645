#include <adapters/sinks/detail/replace_file.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/random.h>
#include <vector>

namespace everlong::adapters::detail {
namespace {

constexpr std::string_view kTempEnding = ".tmp";
// Names of files have at most 255 bytes (NAME_MAX); what we add needs some 40 of them.
constexpr std::size_t kNameBytes = 200;

std::string random_ending() {
    std::array<std::uint8_t, 6> bytes{};
    // Without randomness names may clash, and then O_EXCL makes the writer try again.
    [[maybe_unused]] const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    return to_hex(bytes.data(), bytes.size()) + std::string(kTempEnding);
}

// A file that has no purpose once its name is given away or its writer has failed.
class TempFile {
public:
    TempFile(Files& files, const EnvDirectory& place)
        : files_(files), place_(place), name_(sibling_name(place, random_ending())) {}
    TempFile(const TempFile&) = delete;
    TempFile& operator=(const TempFile&) = delete;
    ~TempFile() { remove(); }

    Result<void> write(const Secret& bytes) {
        const int opened =
            files_.open_at(place_.directory.get(), name_, O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, file_);
        if (opened < 0) return failed(opened, "cannot make a temporary file beside");
        is_there_ = true;
        // Held by the living: other writers remove only what nobody has locked. Where there are no locks,
        // O_EXCL and the look before the renaming must do.
        files_.try_lock(file_);
        if (const int error = files_.write_all(file_, bytes.reveal()); error < 0) {
            return failed(error, "cannot write a temporary file beside");
        }
        return {};
    }

    Result<void> keep_rights(const Snapshot& old) {
        if (!old.is_present()) return {};
        struct stat own{};
        if (const int error = files_.stat_fd(file_, own); error < 0) return failed(error, "cannot look beside");
        // The owner first: changing it takes set-id bits away.
        if (own.st_uid != old.info.st_uid || own.st_gid != old.info.st_gid) {
            const int error = files_.change_owner(file_, old.info.st_uid, old.info.st_gid);
            if (error < 0) return failed(error, "cannot keep the owner of");
        }
        if (const int error = files_.copy_attributes(old.file, file_); error < 0) {
            return failed(error, "cannot keep the access list and attributes of");
        }
        if (const int error = files_.change_mode(file_, old.info.st_mode & 07777); error < 0) {
            return failed(error, "cannot keep the mode of");
        }
        return {};
    }

    Result<void> sync() {
        if (const int error = files_.sync(file_); error < 0) return failed(error, "cannot sync the new");
        return {};
    }

    Result<FileIdentity> identity() {
        struct stat info{};
        if (const int error = files_.stat_fd(file_, info); error < 0)
            return fail(failed(error, "cannot look at").error());
        return identity_of(info);
    }

    const std::string& name() const { return name_; }
    // The name leads to no file of ours any more.
    void release() { is_there_ = false; }
    void remove() {
        if (std::exchange(is_there_, false)) files_.unlink(place_.directory, name_);
    }

private:
    Result<void> failed(int error, const std::string& what) { return fail(file_error(error, what, place_.path)); }

    Files& files_;
    const EnvDirectory& place_;
    std::string name_;
    Fd file_;
    bool is_there_ = false;
};

bool is_unsupported(int error) {
    return error == -EINVAL || error == -ENOSYS || error == -EOPNOTSUPP;
}

std::unexpected<Error> rename_error(int error, const EnvDirectory& place) {
    if (error == -EBUSY || error == -EXDEV) {
        return fail(Code::kSinkBind, Fault::kLocal, place.path + " is mounted by itself and cannot be replaced");
    }
    return fail(file_error(error, "cannot replace", place.path));
}

// Gives temp's name to the target and the target's to temp, and looks at what was displaced.
Result<bool> exchange(Files& files, const EnvDirectory& place, const Snapshot& old, TempFile& temp,
                      const FileIdentity& written) {
    const int swapped = files.rename(place.directory, temp.name(), place.name, RENAME_EXCHANGE);
    if (swapped == -ENOENT) return false;
    if (is_unsupported(swapped)) {
        auto unchanged = is_unchanged(files, place, old);
        if (!unchanged || !*unchanged) return unchanged;
        const int renamed = files.rename(place.directory, temp.name(), place.name, 0);
        if (renamed < 0) return rename_error(renamed, place);
        temp.release();
        return true;
    }
    if (swapped < 0) return rename_error(swapped, place);

    const EnvDirectory displaced{Fd(fcntl(place.directory.get(), F_DUPFD_CLOEXEC, 0)), temp.name(), place.path};
    auto unchanged = is_unchanged(files, displaced, old);
    if (unchanged && *unchanged) return true;
    // A rival came between: what it wrote gets its name back. Whatever newer file this displaces in turn keeps it.
    const int restored = files.rename(place.directory, temp.name(), place.name, RENAME_EXCHANGE);
    struct stat info{};
    const bool is_ours = restored == 0 && files.stat_at(place.directory, temp.name(), info) == 0 &&
                         identity_of(info).is_same_file(written);
    if (restored == 0 && !is_ours) files.rename(place.directory, temp.name(), place.name, RENAME_EXCHANGE);
    // Not restored: the rival's bytes are under the temporary name only, and are better left there than removed.
    if (restored != 0) temp.release();
    if (!unchanged) return fail(unchanged.error());
    return false;
}

Result<bool> give_first_name(Files& files, const EnvDirectory& place, const Snapshot& absent, TempFile& temp) {
    int renamed = files.rename(place.directory, temp.name(), place.name, RENAME_NOREPLACE);
    if (renamed == -EEXIST || renamed == -ENOENT) return false;
    if (is_unsupported(renamed)) {
        auto unchanged = is_unchanged(files, place, absent);
        if (!unchanged || !*unchanged) return unchanged;
        renamed = files.rename(place.directory, temp.name(), place.name, 0);
    }
    if (renamed < 0) return rename_error(renamed, place);
    temp.release();
    return true;
}

Result<void> sync_directory(Files& files, const EnvDirectory& place) {
    const int error = files.sync(place.directory);
    // Some network file systems have no such call for directories; their renames are durable or nothing is.
    if (error < 0 && error != -EINVAL) return fail(file_error(error, "cannot sync the directory of", place.path));
    return {};
}

} // namespace

std::string sibling_name(const EnvDirectory& place, const std::string& ending) {
    return "." + place.name.substr(0, kNameBytes) + ".everlong-" + ending;
}

void remove_stale_files(Files& files, const EnvDirectory& place) {
    const int listing = openat(place.directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(listing < 0 ? nullptr : fdopendir(listing), closedir);
    if (!directory) {
        const Fd closed(listing);
        return;
    }
    std::vector<std::string> names;
    const std::string prefix = sibling_name(place, "");
    while (const dirent* entry = readdir(directory.get())) {
        const std::string_view name(entry->d_name);
        if (name.starts_with(prefix) && name.ends_with(kTempEnding)) names.emplace_back(name);
    }
    for (const std::string& name : names) {
        Fd file;
        struct stat info{};
        if (files.stat_at(place.directory, name, info) < 0 || !S_ISREG(info.st_mode)) continue;
        if (files.open_at(place.directory.get(), name, O_RDONLY, 0, file) < 0) continue;
        if (files.try_lock(file) == 0) files.unlink(place.directory, name);
    }
}

Result<Swap> replace_file(Files& files, const EnvDirectory& place, const Snapshot& old, const Secret& bytes) {
    TempFile temp(files, place);
    if (auto written = temp.write(bytes); !written) return fail(written.error());
    if (auto kept = temp.keep_rights(old); !kept) return fail(kept.error());
    if (auto synced = temp.sync(); !synced) return fail(synced.error());
    auto identity = temp.identity();
    if (!identity) return fail(identity.error());

    auto unchanged = is_unchanged(files, place, old);
    if (!unchanged) return fail(unchanged.error());
    if (!*unchanged) return Swap{};
    auto named =
        old.is_present() ? exchange(files, place, old, temp, *identity) : give_first_name(files, place, old, temp);
    if (!named) return fail(named.error());
    if (!*named) return Swap{};
    if (auto synced = sync_directory(files, place); !synced) return fail(synced.error());
    return Swap{true, *identity};
}

Result<void> keep_copy(Files& files, const EnvDirectory& place, const std::string& name, const Secret& bytes) {
    TempFile temp(files, place);
    if (auto written = temp.write(bytes); !written) return written;
    if (auto synced = temp.sync(); !synced) return synced;
    if (const int renamed = files.rename(place.directory, temp.name(), name, 0); renamed < 0) {
        return fail(file_error(renamed, "cannot keep a copy beside", place.path));
    }
    temp.release();
    return sync_directory(files, place);
}

} // namespace everlong::adapters::detail
