#include <adapters/sinks/detail/in_place.hpp>

#include <core/dotenv.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace everlong::adapters::detail {
namespace {

// 0 or -errno.
int put_bytes(Files& files, const Fd& file, const Secret& bytes) {
    int error = files.allocate(file, bytes.reveal().size());
    if (error == 0) error = files.write_all_at(file, bytes.reveal());
    if (error == 0) error = files.truncate(file, bytes.reveal().size());
    if (error == 0) error = files.sync(file);
    return error;
}

// Empty where there is none.
Secret read_sibling(Files& files, const EnvDirectory& place, const std::string& name) {
    Fd file;
    Secret bytes;
    struct stat info{};
    if (files.stat_at(place.directory, name, info) < 0 || !S_ISREG(info.st_mode)) return bytes;
    if (files.open_at(place.directory.get(), name, O_RDONLY, 0, file) < 0) return bytes;
    if (files.read_all(file, core::kDotenvLimitBytes, bytes) < 0) return {};
    return bytes;
}

} // namespace

bool is_torn_between(std::string_view now, std::string_view old, std::string_view fresh) {
    if (now == old || now == fresh) return false;
    const auto [end, ignored] = std::ranges::mismatch(now, fresh);
    const std::size_t written = static_cast<std::size_t>(end - now.begin());
    if (written >= old.size()) return written == now.size();
    // Where both have the same bytes the break may lie earlier than it seems; then the rest is the old one's too.
    return now.substr(written) == old.substr(written);
}

Result<Swap> overwrite_in_place(Files& files, const EnvDirectory& place, const Snapshot& old, const Secret& bytes) {
    const std::string next = sibling_name(place, "next");
    if (auto kept = keep_copy(files, place, sibling_name(place, "backup"), old.bytes); !kept) return fail(kept.error());
    if (auto kept = keep_copy(files, place, next, bytes); !kept) return fail(kept.error());
    auto unchanged = is_unchanged(files, place, old);
    if (!unchanged || !*unchanged) {
        files.unlink(place.directory, next);
        if (!unchanged) return fail(unchanged.error());
        return Swap{};
    }
    if (const int error = put_bytes(files, old.file, bytes); error < 0) {
        if (put_bytes(files, old.file, old.bytes) == 0) files.unlink(place.directory, next);
        return fail(file_error(error, "cannot write", place.path));
    }
    files.unlink(place.directory, next);
    struct stat info{};
    if (const int error = files.stat_fd(old.file, info); error < 0) {
        return fail(file_error(error, "cannot look at", place.path));
    }
    return Swap{true, identity_of(info)};
}

Result<bool> finish_torn_write(Files& files, const EnvDirectory& place, const Snapshot& now) {
    const std::string next = sibling_name(place, "next");
    const Secret fresh = read_sibling(files, place, next);
    if (fresh.is_empty()) return false;
    const Secret old = read_sibling(files, place, sibling_name(place, "backup"));
    // A writer that failed puts the old bytes back over the new ones, and can be killed at that too.
    const std::string_view bytes = now.bytes.reveal();
    const bool is_torn =
        is_torn_between(bytes, old.reveal(), fresh.reveal()) || is_torn_between(bytes, fresh.reveal(), old.reveal());
    if (is_torn) {
        if (const int error = put_bytes(files, now.file, fresh); error < 0) {
            return fail(file_error(error, "cannot finish a broken-off write of", place.path));
        }
    }
    files.unlink(place.directory, next);
    return is_torn;
}

} // namespace everlong::adapters::detail
