#include "sink_support.hpp"

#include <adapters/sinks/detail/in_place.hpp>

namespace everlong::adapters::detail {
namespace {

using test::read_bytes;
using test::TempDir;
using test::write_bytes;

bool is_old_or_new(const std::string& bytes) {
    return bytes == kOldFile || bytes == kNewFile;
}

struct Failure {
    int number = 0;
    int nth = 0;
    bool is_for_good = false;
    bool is_in_place = false;
};

// False where the delivery made fewer calls, so that nothing was left to fail.
bool survives(const Failure& failure) {
    SCOPED_TRACE(testing::Message() << "errno " << failure.number << " at call " << failure.nth << ", for good "
                                    << failure.is_for_good << ", in place " << failure.is_in_place);
    MemoryDir dir;
    write_bytes(dir / ".env", kOldFile, 0640);
    ports::DotenvTarget target = target_at(dir / ".env");
    target.is_in_place = failure.is_in_place;
    TestHooks hooks;
    hooks.at_call = [&](FileCall, int at) {
        return at == failure.nth || (failure.is_for_good && at > failure.nth) ? failure.number : 0;
    };
    const auto written = deliver(hooks, target);
    if (hooks.calls < failure.nth) {
        EXPECT_TRUE(written.has_value());
        return false;
    }
    const std::string bytes = read_bytes(dir / ".env");
    if (written) {
        EXPECT_EQ(bytes, kNewFile);
    } else {
        EXPECT_NE(written.error().code(), Code::kInternal);
        EXPECT_FALSE(written.error().detail().contains("EAAB"));
        // In place, a disk that fails for good may leave a half-written file: the next write mends it.
        if (!failure.is_in_place) EXPECT_TRUE(is_old_or_new(bytes)) << bytes;
    }
    EXPECT_EQ(stat_of(dir / ".env").st_mode & 07777, 0640U);
    const auto again = deliver(target);
    EXPECT_TRUE(again.has_value()) << again.error().summary();
    EXPECT_EQ(read_bytes(dir / ".env"), kNewFile);
    EXPECT_LE(count_entries(dir.path()), failure.is_in_place ? 2U : 1U);
    return true;
}

// Every call of a delivery fails once, and then from there on for good, with every errno that disks give.
TEST(DotenvWriterFaults, LeaveTheFileWholeWhicheverCallFails) {
    int cases = 0;
    for (const int number : {EIO, ENOSPC, EDQUOT, EROFS, EACCES, EMFILE, EINTR, ENOSYS, EINVAL}) {
        for (const bool is_for_good : {false, true}) {
            // An interrupted read or write is made again: interrupted for good, it would never end.
            if (number == EINTR && is_for_good) continue;
            for (const bool is_in_place : {false, true}) {
                for (int nth = 1; survives({number, nth, is_for_good, is_in_place}); ++nth)
                    ++cases;
            }
        }
    }
    EXPECT_GT(cases, 500);
}

struct ErrnoCase {
    FileCall call;
    int number;
    Code code;
};

TEST(DotenvWriterFaults, AreToldByTheirCodeAndLeaveNothingBehind) {
    constexpr ErrnoCase kCases[] = {
        {FileCall::kWrite, ENOSPC, Code::kDiskFull},
        {FileCall::kWrite, EDQUOT, Code::kDiskFull},
        {FileCall::kWrite, EFBIG, Code::kDiskFull},
        {FileCall::kWrite, EIO, Code::kIo},
        {FileCall::kSync, EIO, Code::kIo},
        {FileCall::kSync, ENOSPC, Code::kDiskFull},
        {FileCall::kRename, EROFS, Code::kReadOnly},
        {FileCall::kRename, EACCES, Code::kPermissions},
        {FileCall::kRename, EBUSY, Code::kSinkBind},
        {FileCall::kRename, EXDEV, Code::kSinkBind},
        {FileCall::kRead, EIO, Code::kIo},
        {FileCall::kChmod, EPERM, Code::kPermissions},
        {FileCall::kOpen, EMFILE, Code::kIo},
        {FileCall::kOpen, ENFILE, Code::kIo},
        {FileCall::kOpen, EACCES, Code::kPermissions},
        {FileCall::kStat, EIO, Code::kIo},
        {FileCall::kXattr, EPERM, Code::kPermissions},
    };
    for (const ErrnoCase& item : kCases) {
        SCOPED_TRACE(testing::Message() << "call " << static_cast<int>(item.call) << " errno " << item.number);
        TempDir dir;
        write_bytes(dir / ".env", kOldFile);
        TestHooks hooks;
        hooks.at_call = [&](FileCall call, int) { return call == item.call ? item.number : 0; };
        const auto written = deliver(hooks, target_at(dir / ".env"));
        ASSERT_FALSE(written.has_value());
        EXPECT_EQ(written.error().code(), item.code) << written.error().summary();
        EXPECT_EQ(written.error().fault(), Fault::kLocal);
        EXPECT_EQ(read_bytes(dir / ".env"), kOldFile);
        EXPECT_EQ(count_entries(dir.path()), 1U);
    }
}

TEST(DotenvWriterFaults, ShortWritesAndInterruptionsLoseNoByte) {
    for (const std::size_t size : {1, 2, 7, 64}) {
        for (const bool is_in_place : {false, true}) {
            TempDir dir;
            write_bytes(dir / ".env", kOldFile);
            ports::DotenvTarget target = target_at(dir / ".env");
            target.is_in_place = is_in_place;
            TestHooks hooks;
            hooks.bytes_at_once = size;
            hooks.at_call = [](FileCall call, int nth) {
                return (call == FileCall::kWrite || call == FileCall::kRead) && nth % 3 == 0 ? EINTR : 0;
            };
            ASSERT_TRUE(deliver(hooks, target).has_value());
            EXPECT_EQ(read_bytes(dir / ".env"), kNewFile);
        }
    }
}

TEST(DotenvWriterFaults, WorkWithoutLocksAndWithoutExchange) {
    for (const bool is_present : {false, true}) {
        TempDir dir;
        if (is_present) write_bytes(dir / ".env", kOldFile);
        TestHooks hooks;
        hooks.at_call = [is_first = true](FileCall call, int) mutable {
            if (call == FileCall::kLock) return ENOLCK;
            return call == FileCall::kRename && std::exchange(is_first, false) ? EINVAL : 0;
        };
        ASSERT_TRUE(deliver(hooks, target_at(dir / ".env")).has_value());
        EXPECT_TRUE(read_bytes(dir / ".env").contains(kNewLine));
        EXPECT_EQ(count_entries(dir.path()), 1U);
    }
}

// --- rivals that know of no lock -------------------------------------------------------------------------------------

enum class Rival { kReplaces, kWritesInPlace, kMakesFirst, kRemoves };

void act(Rival rival, const std::filesystem::path& path) {
    const std::string bytes = rival == Rival::kMakesFirst ? "RIVAL=1\n" : std::string(kOldFile) + "RIVAL=1\n";
    if (rival == Rival::kRemoves) {
        std::filesystem::remove(path);
    } else if (rival == Rival::kReplaces) {
        write_bytes(path.string() + ".rival", bytes);
        std::filesystem::rename(path.string() + ".rival", path);
    } else {
        write_bytes(path, bytes);
    }
}

// The rival comes before the n-th call, up to the very renaming: its key and ours are both there in the end.
TEST(DotenvWriterRivals, KeepTheirKeysWheneverTheyCome) {
    for (const Rival rival : {Rival::kReplaces, Rival::kWritesInPlace, Rival::kMakesFirst, Rival::kRemoves}) {
        int came = 0;
        for (int nth = 1; nth == came + 1; ++nth) {
            SCOPED_TRACE(testing::Message() << "rival " << static_cast<int>(rival) << " before call " << nth);
            TempDir dir;
            if (rival != Rival::kMakesFirst) write_bytes(dir / ".env", kOldFile);
            const ports::DotenvTarget target = target_at(dir / ".env");
            TestHooks hooks;
            bool is_renamed = false;
            hooks.at_call = [&](FileCall call, int at) {
                if (at == nth && !is_renamed) {
                    act(rival, target.path);
                    came = nth;
                }
                is_renamed = is_renamed || call == FileCall::kRename;
                return 0;
            };
            const auto written = deliver(hooks, target);
            ASSERT_TRUE(written.has_value()) << written.error().summary();
            const std::string bytes = read_bytes(dir / ".env");
            EXPECT_TRUE(bytes.contains(kNewLine)) << bytes;
            if (came == nth && rival != Rival::kRemoves) EXPECT_TRUE(bytes.contains("RIVAL=1\n")) << bytes;
            EXPECT_EQ(count_entries(dir.path()), 1U);
        }
        EXPECT_GE(came, 8);
    }
}

TEST(DotenvWriterRivals, WinAfterFourTries) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile);
    const ports::DotenvTarget target = target_at(dir / ".env");
    TestHooks hooks;
    int acted = 0;
    hooks.at_call = [&](FileCall call, int) {
        if (call == FileCall::kWrite) write_bytes(target.path, "RIVAL=" + std::to_string(++acted) + "\n");
        return 0;
    };
    const auto written = deliver(hooks, target);
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Code::kSinkConflict);
    EXPECT_EQ(written.error().fault(), Fault::kConflict);
    EXPECT_EQ(acted, 4);
    EXPECT_EQ(read_bytes(dir / ".env"), "RIVAL=4\n");
    EXPECT_EQ(count_entries(dir.path()), 1U);
}

TEST(DotenvWriterRivals, ThreeTimesAreBeaten) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile);
    const ports::DotenvTarget target = target_at(dir / ".env");
    TestHooks hooks;
    int acted = 0;
    hooks.at_call = [&](FileCall call, int) {
        if (call == FileCall::kWrite && acted < 3) write_bytes(target.path, "RIVAL=" + std::to_string(++acted) + "\n");
        return 0;
    };
    ASSERT_TRUE(deliver(hooks, target).has_value());
    EXPECT_EQ(read_bytes(dir / ".env"),
              "RIVAL=3\nINSTAGRAM_ACCESS_TOKEN=EAABnew0123456789abcdefghij\nINSTAGRAM_USER_ID=17841400000000001\n");
}

// --- in place --------------------------------------------------------------------------------------------------------

TEST(DotenvWriterInPlace, KeepsTheFileItselfAndACopyOfWhatItHeld) {
    for (const char* before : {kOldFile, "INSTAGRAM_ACCESS_TOKEN=x\n", ""}) {
        TempDir dir;
        write_bytes(dir / ".env", before, 0644);
        ports::DotenvTarget target = target_at(dir / ".env");
        target.is_in_place = true;
        const struct stat old = stat_of(dir / ".env");
        ASSERT_TRUE(deliver(target).has_value());
        EXPECT_EQ(stat_of(dir / ".env").st_ino, old.st_ino);
        EXPECT_TRUE(read_bytes(dir / ".env").contains(kNewLine));
        EXPECT_EQ(read_bytes(dir / "..env.everlong-backup"), before);
        EXPECT_EQ(stat_of(dir / "..env.everlong-backup").st_mode & 07777, 0600U);
        EXPECT_EQ(count_entries(dir.path()), 2U);
    }
}

TEST(DotenvWriterInPlace, ShrinksTheFileWhereTheValueIsShorter) {
    TempDir dir;
    write_bytes(dir / ".env", "INSTAGRAM_ACCESS_TOKEN='" + std::string(5000, 'a') + "'\nINSTAGRAM_USER_ID=1\nZ=1\n");
    ports::DotenvTarget target = target_at(dir / ".env");
    target.is_in_place = true;
    ASSERT_TRUE(deliver(target).has_value());
    EXPECT_EQ(read_bytes(dir / ".env"),
              "INSTAGRAM_ACCESS_TOKEN=EAABnew0123456789abcdefghij\nINSTAGRAM_USER_ID=17841400000000001\nZ=1\n");
}

TEST(DotenvWriterInPlace, KnowsTheTraceOfABrokenOffWrite) {
    constexpr std::string_view kOld = "A=old\nB=1\n";
    constexpr std::string_view kFresh = "A=fresh-and-long\nB=1\n";
    for (std::size_t size = 0; size <= kFresh.size(); ++size) {
        std::string growing(kFresh.substr(0, size));
        if (size < kOld.size()) growing += kOld.substr(size);
        SCOPED_TRACE(growing);
        EXPECT_EQ(is_torn_between(growing, kOld, kFresh), growing != kOld && growing != kFresh);
        std::string shrinking(kOld.substr(0, size));
        shrinking += kFresh.substr(shrinking.size());
        EXPECT_EQ(is_torn_between(shrinking, kFresh, kOld), shrinking != kFresh && shrinking != kOld);
    }
    EXPECT_FALSE(is_torn_between("A=rival\nB=2\n", kOld, kFresh));
    EXPECT_FALSE(is_torn_between("A=old\nB=1\nC=2\n", kOld, kFresh));
    EXPECT_FALSE(is_torn_between("", kOld, kFresh));
}

} // namespace
} // namespace everlong::adapters::detail
