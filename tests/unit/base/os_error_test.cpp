#include <base/os_error.hpp>

#include <cerrno>
#include <gtest/gtest.h>

namespace {

using namespace everlong;

TEST(OsError, NamesWhatAPersonHasToMend) {
    struct Row {
        const char* name;
        int number;
        Code expected;
    };
    constexpr Row kRows[] = {
        {"ENOSPC", ENOSPC, Code::kDiskFull},    {"EDQUOT", EDQUOT, Code::kDiskFull},  {"EROFS", EROFS, Code::kReadOnly},
        {"EACCES", EACCES, Code::kPermissions}, {"EPERM", EPERM, Code::kPermissions}, {"EIO", EIO, Code::kIo},
        {"ENOENT", ENOENT, Code::kIo},
    };
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.name);
        const Error error = os_error(row.number, "cannot sync x");
        EXPECT_EQ(row.expected, error.code());
        EXPECT_EQ(Fault::kLocal, error.fault());
    }
    EXPECT_EQ("cannot sync x: No space left on device", os_error(ENOSPC, "cannot sync x").detail());
}

TEST(ShellQuoted, QuotesOnlyWhatAShellWouldRead) {
    EXPECT_EQ("/a/b-c_1.key", shell_quoted("/a/b-c_1.key"));
    EXPECT_EQ("'/a b'", shell_quoted("/a b"));
    EXPECT_EQ("'it'\\''s'", shell_quoted("it's"));
    EXPECT_EQ("'$HOME'", shell_quoted("$HOME"));
    EXPECT_EQ("''", shell_quoted(""));
}

} // namespace
