#include <adapters/sinks/detail/dotenv_writer.hpp>

#include <adapters/sinks/detail/in_place.hpp>
#include <core/dotenv.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <span>

namespace everlong::adapters::detail {
namespace {

// One write and three more after a rival was faster; then the outbox waits, for a rival that busy is at work itself.
constexpr int kTries = 4;

using Assignments = std::span<const core::DotenvAssignment>;

enum class Step { kDone, kAgain };

Error with_path(const Error& error, const std::string& path) {
    return Error(error.code(), error.fault(), path + ", " + error.detail());
}

std::unexpected<Error> conflict(const std::string& path, const std::string& what) {
    return fail(Code::kSinkConflict, Fault::kConflict, path + " " + what);
}

// Locks that a file system does not have are done without: the look before and after the renaming remains.
Result<void> hold_lock(Files& files, const Fd& file, const std::string& path) {
    if (files.lock(file) == -EWOULDBLOCK) return conflict(path, "is locked by another program");
    return {};
}

Result<void> check_target(const Snapshot& now, const ports::DotenvTarget& target) {
    if (!now.is_present()) return {};
    if (now.info.st_nlink > 1) {
        return fail(Code::kSinkUnsafe, Fault::kLocal,
                    target.path + " has " + std::to_string(now.info.st_nlink) + " names (hard links)");
    }
    if (is_mount_root(now.file) && !target.is_in_place) {
        return fail(Code::kSinkBind, Fault::kLocal, target.path + " is mounted by itself and cannot be replaced");
    }
    return {};
}

// What `path` says now, through a fresh open: our bytes, or at least our values among a rival's later changes.
Result<Step> prove(Files& files, const EnvDirectory& place, Assignments assignments, const Secret& bytes,
                   const FileIdentity& written) {
    auto now = take_snapshot(files, place, O_RDONLY, core::kDotenvLimitBytes);
    if (!now && now.error().fault() == Fault::kConflict) return Step::kAgain;
    if (!now) return fail(now.error());
    if (now->is_present() && now->bytes.equals(bytes)) return Step::kDone;
    if (now->is_present() && now->identity == written) {
        return fail(Code::kSinkMismatch, Fault::kLocal, place.path + " gives back other bytes than were written");
    }
    const auto file = core::parse_dotenv(now->bytes.reveal());
    if (!file) return Step::kAgain;
    const bool is_kept = std::ranges::all_of(assignments, [&file](const core::DotenvAssignment& wanted) {
        const auto reading = file->read(wanted.key);
        return reading && reading->occurrences > 0 && reading->value.reveal() == wanted.value;
    });
    return is_kept ? Step::kDone : Step::kAgain;
}

Result<Step> write_once(Files& files, const EnvDirectory& place, const ports::DotenvTarget& target,
                        Assignments assignments, bool is_doubtful) {
    auto now = take_snapshot(files, place, target.is_in_place ? O_RDWR : O_RDONLY, core::kDotenvLimitBytes);
    if (!now && now.error().fault() == Fault::kConflict) return Step::kAgain;
    if (!now) return fail(now.error());
    if (auto checked = check_target(*now, target); !checked) {
        // A name more or less can be the rival's replacing, not somebody's hard link: only what lasts counts.
        auto unchanged = is_unchanged(files, place, *now);
        if (unchanged && !*unchanged) return Step::kAgain;
        return fail(checked.error());
    }
    const bool is_in_place = target.is_in_place && now->is_present();
    if (now->is_present()) {
        if (auto locked = hold_lock(files, now->file, place.path); !locked) return fail(locked.error());
    }
    if (is_in_place) {
        auto finished = finish_torn_write(files, place, *now);
        if (!finished) return fail(finished.error());
        if (*finished) return Step::kAgain;
    }
    auto bytes = core::set_values(now->bytes.reveal(), assignments);
    if (!bytes) return fail(with_path(bytes.error(), place.path));
    if (now->is_present() && bytes->equals(now->bytes) && !is_doubtful) return Step::kDone;
    auto swap = is_in_place ? overwrite_in_place(files, place, *now, *bytes) : replace_file(files, place, *now, *bytes);
    if (!swap) return fail(swap.error());
    if (!swap->is_done) return Step::kAgain;
    return prove(files, place, assignments, *bytes, swap->written);
}

Result<void> write_values(Files& files, const ports::DotenvTarget& target, Assignments assignments, bool is_doubtful) {
    auto place = open_env_directory(files, target.path);
    if (!place) return fail(place.error());
    // The directory's lock orders all writers of this program, over every process: it outlives the file's replacing.
    if (auto locked = hold_lock(files, place->directory, "the directory of " + target.path); !locked) return locked;
    remove_stale_files(files, *place);
    for (int tries = 0; tries < kTries; ++tries) {
        auto step = write_once(files, *place, target, assignments, is_doubtful);
        if (!step) return fail(step.error());
        if (*step == Step::kDone) return {};
    }
    return conflict(target.path, "was changed by another program during each of " + std::to_string(kTries) + " tries");
}

} // namespace

Result<void> write_dotenv(Files& files, const ports::DotenvTarget& target, const Secret& token, const IgUserId& id,
                          bool is_doubtful) {
    const std::array<core::DotenvAssignment, 2> both{{{target.token_key, token.reveal()}, {target.id_key, id.text()}}};
    return write_values(files, target, both, is_doubtful);
}

Result<void> write_dotenv_token(Files& files, const ports::DotenvTarget& target, const Secret& token,
                                bool is_doubtful) {
    const std::array<core::DotenvAssignment, 1> one{{{target.token_key, token.reveal()}}};
    return write_values(files, target, one, is_doubtful);
}

Result<ports::SinkReading> read_dotenv(Files& files, const ports::DotenvTarget& target) {
    auto place = open_env_directory(files, target.path);
    if (!place) return fail(place.error());
    for (int tries = 0; tries < kTries; ++tries) {
        auto now = take_snapshot(files, *place, O_RDONLY, core::kDotenvLimitBytes);
        if (!now && now.error().fault() == Fault::kConflict) continue;
        if (!now) return fail(now.error());
        const auto file = core::parse_dotenv(now->bytes.reveal());
        if (!file) return fail(with_path(file.error(), target.path));
        const auto token = file->read(target.token_key);
        if (!token) return fail(with_path(token.error(), target.path));
        const auto id = file->read(target.id_key);
        if (!id) return fail(with_path(id.error(), target.path));
        ports::SinkReading reading;
        if (!token->value.is_empty()) reading.token = fingerprint_of(token->value);
        reading.ig_user_id = std::string(id->value.reveal());
        reading.is_clean = token->is_clean && id->is_clean && reading.token && !id->value.is_empty();
        return reading;
    }
    return conflict(target.path, "changes while it is read");
}

} // namespace everlong::adapters::detail
