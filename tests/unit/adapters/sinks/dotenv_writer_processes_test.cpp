#include "sink_support.hpp"

#include <core/dotenv.hpp>

#include <atomic>
#include <fcntl.h>
#include <sys/mount.h>
#include <thread>

namespace everlong::adapters::detail {
namespace {

using test::read_bytes;
using test::TempDir;
using test::write_bytes;

// --- killed writers --------------------------------------------------------------------------------------------------

// A delivery in a process of its own that kills itself before its n-th call, with its last write cut short.
int deliver_until(const ports::DotenvTarget& target, int nth, std::size_t bytes_at_once) {
    return run_in_child([&] {
        TestHooks hooks;
        hooks.bytes_at_once = bytes_at_once;
        hooks.at_call = [nth](FileCall, int at) {
            if (at == nth) kill(getpid(), SIGKILL);
            return 0;
        };
        return deliver(hooks, target).has_value() ? 0 : 1;
    });
}

// Kills before the 1st, 2nd, ... call until the delivery ends; gives the number of kills.
int kill_at_every_call(bool is_in_place, std::size_t bytes_at_once, const std::function<void(const TempDir&)>& check) {
    int kills = 0;
    for (int nth = 1;; ++nth) {
        SCOPED_TRACE(testing::Message() << "killed before call " << nth);
        MemoryDir dir;
        write_bytes(dir / ".env", kOldFile, 0640);
        ports::DotenvTarget target = target_at(dir / ".env");
        target.is_in_place = is_in_place;
        const int code = deliver_until(target, nth, bytes_at_once);
        if (code != 128 + SIGKILL) {
            EXPECT_EQ(code, 0);
            return kills;
        }
        ++kills;
        check(dir);
        // The next writer is undisturbed and leaves no trace of the dead one.
        EXPECT_TRUE(deliver(target).has_value());
        EXPECT_EQ(read_bytes(dir / ".env"), kNewFile);
        EXPECT_EQ(stat_of(dir / ".env").st_mode & 07777, 0640U);
        EXPECT_LE(count_entries(dir.path()), is_in_place ? 2U : 1U);
        EXPECT_FALSE(std::filesystem::exists(dir / "..env.everlong-next"));
    }
}

TEST(DotenvWriterKilled, LeavesTheOldFileOrTheNewOne) {
    int kills = 0;
    for (const std::size_t bytes_at_once : {1, 3, 40}) {
        kills += kill_at_every_call(false, bytes_at_once, [](const TempDir& dir) {
            const std::string bytes = read_bytes(dir / ".env");
            EXPECT_TRUE(bytes == kOldFile || bytes == kNewFile) << bytes;
            for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
                const std::string name = entry.path().filename().string();
                if (name == ".env") continue;
                EXPECT_TRUE(name.starts_with("..env.everlong-") && name.ends_with(".tmp")) << name;
                // What was displaced has its own mode; what is new is its owner's alone.
                if (read_bytes(entry.path()) != kOldFile) EXPECT_EQ(stat_of(entry.path()).st_mode & 0137, 0U);
            }
        });
    }
    EXPECT_GE(kills, 200);
}

TEST(DotenvWriterKilled, InPlaceIsMendedByTheNextWrite) {
    const int kills = kill_at_every_call(true, 2, [](const TempDir& dir) {
        const std::string bytes = read_bytes(dir / ".env");
        const bool is_whole = bytes == kOldFile || bytes == kNewFile;
        if (!is_whole) EXPECT_EQ(read_bytes(dir / "..env.everlong-backup"), kOldFile);
    });
    EXPECT_GE(kills, 200);
}

// --- rivals of our own kind ------------------------------------------------------------------------------------------

struct RivalCase {
    int writer = 0;
    std::string token_key() const { return "TOKEN_" + std::to_string(writer); }
    std::string id_key() const { return "ID_" + std::to_string(writer); }
    // Of a length that changes, so that a torn file would show.
    std::string token(int round) const {
        return "EAAB" + std::to_string(writer) + std::string(static_cast<std::size_t>(round * 7 % 50), 'x') + "." +
               std::to_string(round);
    }
};

constexpr int kRivals = 4;
constexpr int kRounds = 100;
constexpr int kTriesOfOneRound = 1000;

// Each process writes its own two keys, round after round, and sees them there after each.
int write_rounds(const std::filesystem::path& path, int writer) {
    const RivalCase rival{writer};
    ports::DotenvTarget target = target_at(path);
    target.token_key = rival.token_key();
    target.id_key = rival.id_key();
    for (int round = 1; round <= kRounds; ++round) {
        bool is_done = false;
        for (int tries = 0; tries < kTriesOfOneRound && !is_done; ++tries) {
            TestHooks hooks;
            const auto written = deliver(hooks, target, rival.token(round), std::to_string(round));
            if (!written && written.error().code() != Code::kSinkConflict) return 1;
            is_done = written.has_value();
        }
        if (!is_done) return 2;
        TestHooks hooks;
        Files files(hooks);
        const auto reading = read_dotenv(files, target);
        if (!reading || reading->ig_user_id != std::to_string(round)) return 3;
    }
    return 0;
}

// A whole file has its first and last line, and for each rival a token and an id of the same round.
bool is_whole(const std::string& bytes) {
    if (!bytes.starts_with("FIRST=1\n") || !bytes.contains("\nLAST='x # y'\n")) return false;
    const auto file = core::parse_dotenv(bytes);
    if (!file) return false;
    for (int writer = 0; writer < kRivals; ++writer) {
        const RivalCase rival{writer};
        const auto token = file->read(rival.token_key());
        const auto id = file->read(rival.id_key());
        if (!token || !id || token->occurrences != id->occurrences || token->occurrences > 1) return false;
        if (token->occurrences == 0) continue;
        if (token->value.reveal() != rival.token(std::stoi(std::string(id->value.reveal())))) return false;
    }
    return true;
}

TEST(DotenvWriterRivals, FourProcessesLoseNoKeyAndNoReaderSeesATornFile) {
    MemoryDir dir;
    write_bytes(dir / ".env", "FIRST=1\nLAST='x # y'\n");
    std::vector<pid_t> children;
    for (int writer = 0; writer < kRivals; ++writer) {
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) _exit(write_rounds(dir / ".env", writer));
        children.push_back(child);
    }
    int reads = 0;
    std::string torn;
    for (std::size_t ended = 0; ended < children.size();) {
        const std::string bytes = read_bytes(dir / ".env");
        ++reads;
        if (torn.empty() && !is_whole(bytes)) torn = bytes;
        int status = 0;
        const pid_t child = waitpid(-1, &status, WNOHANG);
        ASSERT_GE(child, 0);
        if (child == 0) continue;
        ++ended;
        EXPECT_TRUE(WIFEXITED(status));
        EXPECT_EQ(WEXITSTATUS(status), 0);
    }
    EXPECT_EQ(torn, "") << "of " << reads << " readings";
    const auto bytes = read_bytes(dir / ".env");
    for (int writer = 0; writer < kRivals; ++writer) {
        EXPECT_TRUE(bytes.contains("ID_" + std::to_string(writer) + "=100\n")) << bytes;
    }
    EXPECT_EQ(count_entries(dir.path()), 1U);
}

TEST(DotenvWriterRivals, ThreadsOfOneProcessExcludeEachOtherToo) {
    MemoryDir dir;
    write_bytes(dir / ".env", "FIRST=1\nLAST='x # y'\n");
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> threads;
        for (int writer = 0; writer < kRivals; ++writer) {
            threads.emplace_back([&, writer] { failures += write_rounds(dir / ".env", writer) == 0 ? 0 : 1; });
        }
    }
    EXPECT_EQ(failures, 0);
    EXPECT_TRUE(is_whole(read_bytes(dir / ".env")));
}

// An editor that saves by renaming and knows of no lock; it changes only its own key of what it has read. Its last save
// is never lost. (Two saves within the microseconds of an exchange and its undoing can cost the first one its key: the
// second was then made from bytes that lacked it.)
TEST(DotenvWriterRivals, AnEditorWithoutLocksLosesNothingToUs) {
    int edits = 0;
    for (int nth = 1; nth <= 40; ++nth) {
        for (int again = nth; again <= 40; ++again) {
            SCOPED_TRACE(testing::Message() << "saved before call " << nth << " and before call " << again);
            MemoryDir dir;
            write_bytes(dir / ".env", kOldFile);
            const ports::DotenvTarget target = target_at(dir / ".env");
            TestHooks hooks;
            std::string saved = kOldFile;
            hooks.at_call = [&](FileCall, int at) {
                if (at != nth && at != again) return 0;
                saved = read_bytes(target.path) + "EDIT_" + std::to_string(at) + "=1\n";
                write_bytes(target.path + "~", saved);
                std::filesystem::rename(target.path + "~", target.path);
                ++edits;
                return 0;
            };
            ASSERT_TRUE(deliver(hooks, target).has_value());
            const std::string expected = saved.substr(saved.find("B='x y'\n"));
            EXPECT_TRUE(read_bytes(target.path).ends_with(expected)) << read_bytes(target.path) << "not\n" << expected;
            EXPECT_TRUE(read_bytes(target.path).contains(kNewLine));
            EXPECT_EQ(count_entries(dir.path()), 1U);
        }
    }
    EXPECT_GT(edits, 800);
}

// --- file systems ----------------------------------------------------------------------------------------------------

// In a mount namespace of its own, with a tmpfs of `options` on `place`.
bool mount_privately(const std::filesystem::path& place, const char* options) {
    if (unshare(CLONE_NEWNS) != 0) return false;
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    return options == nullptr || mount("tmpfs", place.c_str(), "tmpfs", 0, options) == 0;
}

int code_of(const Result<void>& written) {
    return written ? 0 : 1 + static_cast<int>(written.error().code());
}

constexpr int exit_code(Code code) {
    return 1 + static_cast<int>(code);
}

#define SKIP_WHERE_IMPOSSIBLE(code)                                                                                    \
    if ((code) == kCannotDo) GTEST_SKIP() << "mounting or changing the user is not allowed here"

TEST(DotenvWriterFileSystems, AFullDiskKeepsTheOldFile) {
    TempDir dir;
    for (const bool is_in_place : {false, true}) {
        const int code = run_in_child([&] {
            if (!mount_privately(dir.path(), "size=64k")) return kCannotDo;
            write_bytes(dir / ".env", kOldFile);
            std::ofstream filler(dir / "filler", std::ios::binary);
            filler << std::string(128 * 1024, 'x') << std::flush;
            ports::DotenvTarget target = target_at(dir / ".env");
            target.is_in_place = is_in_place;
            const auto written = deliver(target);
            if (read_bytes(dir / ".env") != kOldFile || count_entries(dir.path()) != 2) return 100;
            filler.close();
            std::filesystem::remove(dir / "filler");
            if (!deliver(target) || read_bytes(dir / ".env") != kNewFile) return 101;
            return code_of(written);
        });
        SKIP_WHERE_IMPOSSIBLE(code);
        EXPECT_EQ(code, exit_code(Code::kDiskFull));
    }
}

TEST(DotenvWriterFileSystems, AReadOnlyDiskIsToldAndHeals) {
    TempDir dir;
    for (const bool is_in_place : {false, true}) {
        const int code = run_in_child([&] {
            if (!mount_privately(dir.path(), "size=256k")) return kCannotDo;
            write_bytes(dir / ".env", kOldFile);
            if (mount("none", dir.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0) return kCannotDo;
            ports::DotenvTarget target = target_at(dir / ".env");
            target.is_in_place = is_in_place;
            const auto written = deliver(target);
            if (read_bytes(dir / ".env") != kOldFile || count_entries(dir.path()) != 1) return 100;
            if (mount("none", dir.path().c_str(), nullptr, MS_REMOUNT, nullptr) != 0) return kCannotDo;
            if (!deliver(target) || read_bytes(dir / ".env") != kNewFile) return 101;
            return code_of(written);
        });
        SKIP_WHERE_IMPOSSIBLE(code);
        EXPECT_EQ(code, exit_code(Code::kReadOnly));
    }
}

TEST(DotenvWriterFileSystems, AMountedFileIsWrittenOnlyInPlace) {
    TempDir dir;
    const int code = run_in_child([&] {
        if (!mount_privately(dir.path(), nullptr)) return kCannotDo;
        write_bytes(dir / "host.env", kOldFile, 0640);
        write_bytes(dir / ".env", "");
        if (mount((dir / "host.env").c_str(), (dir / ".env").c_str(), nullptr, MS_BIND, nullptr) != 0) return kCannotDo;
        ports::DotenvTarget target = target_at(dir / ".env");
        const auto written = deliver(target);
        if (read_bytes(dir / ".env") != kOldFile || count_entries(dir.path()) != 2) return 100;
        target.is_in_place = true;
        if (!deliver(target) || read_bytes(dir / "host.env") != kNewFile) return 101;
        if (read_bytes(dir / "..env.everlong-backup") != kOldFile) return 102;
        return code_of(written);
    });
    SKIP_WHERE_IMPOSSIBLE(code);
    EXPECT_EQ(code, exit_code(Code::kSinkBind));
}

TEST(DotenvWriterFileSystems, ADirectoryWithoutRightsIsToldAndUntouched) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile, 0644);
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));
    const int code = run_in_child([&] {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return kCannotDo;
        if (geteuid() == stat_of(dir.path()).st_uid && chmod(dir.path().c_str(), 0555) != 0) return kCannotDo;
        return code_of(deliver(target_at(dir / ".env")));
    });
    SKIP_WHERE_IMPOSSIBLE(code);
    EXPECT_EQ(code, exit_code(Code::kPermissions));
    EXPECT_EQ(read_bytes(dir / ".env"), kOldFile);
}

TEST(DotenvWriterFileSystems, AForeignOwnersFileIsNotTakenOver) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can make a file of somebody else's";
    TempDir dir;
    write_bytes(dir / ".env", kOldFile, 0644);
    ASSERT_EQ(chmod(dir.path().c_str(), 0777), 0);
    const int code = run_in_child([&] {
        if (setgid(65534) != 0 || setuid(65534) != 0) return kCannotDo;
        return code_of(deliver(target_at(dir / ".env")));
    });
    SKIP_WHERE_IMPOSSIBLE(code);
    EXPECT_EQ(code, exit_code(Code::kPermissions));
    EXPECT_EQ(read_bytes(dir / ".env"), kOldFile);
    EXPECT_EQ(count_entries(dir.path()), 1U);
}

} // namespace
} // namespace everlong::adapters::detail
