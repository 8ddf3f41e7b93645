#include "sink_support.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

namespace everlong::adapters::detail {
namespace {

using test::read_bytes;
using test::TempDir;
using test::write_bytes;

TEST(DotenvWriter, ChangesOurValuesAndNothingElse) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile);
    ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
    EXPECT_EQ(read_bytes(dir / ".env"), kNewFile);
    EXPECT_EQ(count_entries(dir.path()), 1U);
}

TEST(DotenvWriter, MakesAnAbsentFileForItsOwnerAlone) {
    TempDir dir;
    ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
    EXPECT_EQ(read_bytes(dir / ".env"),
              "INSTAGRAM_ACCESS_TOKEN=EAABnew0123456789abcdefghij\nINSTAGRAM_USER_ID=17841400000000001\n");
    EXPECT_EQ(stat_of(dir / ".env").st_mode & 07777, 0600U);
    EXPECT_EQ(count_entries(dir.path()), 1U);
}

TEST(DotenvWriter, DoesNotTouchAFileThatIsRight) {
    TempDir dir;
    write_bytes(dir / ".env", kNewFile);
    const struct stat before = stat_of(dir / ".env");
    TestHooks hooks;
    hooks.at_call = [](FileCall call, int) { return call == FileCall::kRename || call == FileCall::kWrite ? EIO : 0; };
    ASSERT_TRUE(deliver(hooks, target_at(dir / ".env")).has_value());
    EXPECT_EQ(stat_of(dir / ".env").st_ino, before.st_ino);
}

TEST(DotenvWriter, WritesADoubtfulFileAgain) {
    TempDir dir;
    write_bytes(dir / ".env", kNewFile);
    const struct stat before = stat_of(dir / ".env");
    TestHooks hooks;
    ASSERT_TRUE(deliver(hooks, target_at(dir / ".env"), kNewToken, kNewId, true).has_value());
    EXPECT_NE(stat_of(dir / ".env").st_ino, before.st_ino);
    EXPECT_EQ(read_bytes(dir / ".env"), kNewFile);
}

TEST(DotenvWriter, KeepsTheMode) {
    for (const unsigned mode : {0600U, 0640U, 0644U, 0664U, 0400U, 0440U, 0755U, 0666U}) {
        SCOPED_TRACE(mode);
        TempDir dir;
        write_bytes(dir / ".env", kOldFile, static_cast<int>(mode));
        ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
        EXPECT_EQ(stat_of(dir / ".env").st_mode & 07777, mode);
        EXPECT_EQ(count_entries(dir.path()), 1U);
    }
}

TEST(DotenvWriter, KeepsTheOwner) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    TempDir dir;
    write_bytes(dir / ".env", kOldFile, 0640);
    ASSERT_EQ(chown((dir / ".env").c_str(), 12345, 23456), 0);
    ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
    EXPECT_EQ(stat_of(dir / ".env").st_uid, 12345U);
    EXPECT_EQ(stat_of(dir / ".env").st_gid, 23456U);
    EXPECT_EQ(stat_of(dir / ".env").st_mode & 07777, 0640U);
}

TEST(DotenvWriter, RefusesRatherThanChangeTheOwner) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    TempDir dir;
    write_bytes(dir / ".env", kOldFile, 0644);
    ASSERT_EQ(chown((dir / ".env").c_str(), 12345, 23456), 0);
    TestHooks hooks;
    hooks.at_call = [](FileCall call, int) { return call == FileCall::kChown ? EPERM : 0; };
    const auto written = deliver(hooks, target_at(dir / ".env"));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Code::kPermissions);
    EXPECT_EQ(read_bytes(dir / ".env"), kOldFile);
    EXPECT_EQ(count_entries(dir.path()), 1U);
}

TEST(DotenvWriter, KeepsExtendedAttributes) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile);
    if (setxattr((dir / ".env").c_str(), "user.note", "keep", 4, 0) != 0) GTEST_SKIP() << "no attributes here";
    ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
    char value[8] = {};
    EXPECT_EQ(getxattr((dir / ".env").c_str(), "user.note", value, sizeof value), 4);
    EXPECT_STREQ(value, "keep");
}

TEST(DotenvWriter, KeepsAnAccessList) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile, 0600);
    // Version 2; owner rw, user 1001 r, group none, mask r, others none (linux/posix_acl_xattr.h).
    const unsigned char list[] = {2, 0,    0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  4,
                                  0, 0xE9, 3,   0,   0,   4,   0,  0, 0,   255, 255, 255, 255, 16, 0,
                                  4, 0,    255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
    if (setxattr((dir / ".env").c_str(), "system.posix_acl_access", list, sizeof list, 0) != 0) {
        GTEST_SKIP() << "no access lists on this file system";
    }
    ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
    unsigned char kept[128] = {};
    const ssize_t size = getxattr((dir / ".env").c_str(), "system.posix_acl_access", kept, sizeof kept);
    ASSERT_EQ(size, 44);
    EXPECT_TRUE(std::equal(std::begin(list), std::end(list), kept));
}

TEST(DotenvWriter, ReadersOfTheOldFileKeepTheWholeOldFile) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile);
    std::ifstream reader(dir / ".env");
    ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}), kOldFile);
}

struct UnsafeCase {
    const char* name;
    std::function<void(const TempDir&)> plant;
    Code code;
};

void plant_socket(const TempDir& dir) {
    const Fd number(socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "%s", (dir / ".env").c_str());
    ASSERT_EQ(bind(number.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

TEST(DotenvWriter, RefusesWhatIsNoPlainFile) {
    namespace fs = std::filesystem;
    const UnsafeCase cases[] = {
        {"symlink",
         [](const TempDir& dir) { write_bytes(dir / "real", kOldFile), fs::create_symlink("real", dir / ".env"); },
         Code::kSinkUnsafe},
        {"dangling symlink", [](const TempDir& dir) { fs::create_symlink("gone", dir / ".env"); }, Code::kSinkUnsafe},
        {"symlink to itself", [](const TempDir& dir) { fs::create_symlink(".env", dir / ".env"); }, Code::kSinkUnsafe},
        {"hard link",
         [](const TempDir& dir) {
             write_bytes(dir / "real", kOldFile), fs::create_hard_link(dir / "real", dir / ".env");
         },
         Code::kSinkUnsafe},
        {"named pipe", [](const TempDir& dir) { ASSERT_EQ(mkfifo((dir / ".env").c_str(), 0600), 0); },
         Code::kEnvUnreadable},
        {"directory", [](const TempDir& dir) { fs::create_directory(dir / ".env"); }, Code::kEnvUnreadable},
        {"socket", plant_socket, Code::kEnvUnreadable},
    };
    for (const UnsafeCase& item : cases) {
        for (const bool is_in_place : {false, true}) {
            SCOPED_TRACE(item.name);
            TempDir dir;
            item.plant(dir);
            const std::size_t entries = count_entries(dir.path());
            ports::DotenvTarget target;
            target.path = (dir / ".env").string();
            target.is_in_place = is_in_place;
            const auto written = deliver(target);
            ASSERT_FALSE(written.has_value());
            EXPECT_EQ(written.error().code(), item.code) << written.error().summary();
            EXPECT_EQ(count_entries(dir.path()), entries);
            if (fs::exists(dir / "real")) EXPECT_EQ(read_bytes(dir / "real"), kOldFile);
        }
    }
}

TEST(DotenvWriter, RefusesADevice) {
    ports::DotenvTarget target;
    target.path = "/dev/null";
    TestHooks hooks;
    hooks.at_call = [](FileCall call, int) { return call == FileCall::kLock ? ENOLCK : 0; };
    const auto written = deliver(hooks, target);
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Code::kEnvUnreadable);
}

TEST(DotenvWriter, RefusesASymlinkPlantedInThePath) {
    TempDir dir;
    std::filesystem::create_directory(dir / "real");
    write_bytes(dir / "real" / ".env", kOldFile);
    std::filesystem::create_directory_symlink("real", dir / "link");
    ports::DotenvTarget target;
    target.path = (dir / "link" / ".env").string();
    const auto written = deliver(target);
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Code::kSinkUnsafe);
    EXPECT_EQ(read_bytes(dir / "real" / ".env"), kOldFile);
}

TEST(DotenvWriter, RefusesPathsThatNameNoFile) {
    TempDir dir;
    for (const std::string& path : {std::string(), std::string(".env"), std::string("/"), dir.path().string() + "/",
                                    dir.path().string() + "/..", dir.path().string() + "/gone/.env"}) {
        SCOPED_TRACE(path);
        ports::DotenvTarget target;
        target.path = path;
        const auto written = deliver(target);
        ASSERT_FALSE(written.has_value());
        EXPECT_EQ(written.error().code(), Code::kEnvUnreadable);
        EXPECT_EQ(written.error().fault(), Fault::kUsage);
    }
}

TEST(DotenvWriter, LeavesAFileThatItCannotUnderstand) {
    const std::pair<std::string, Code> cases[] = {
        {"A=1\nINSTAGRAM_ACCESS_TOKEN=\"open\nB=2\n", Code::kEnvSyntax},
        {std::string("A=\0\n", 4), Code::kEnvSyntax},
        {std::string(1048577, '#'), Code::kEnvTooLarge},
    };
    for (const auto& [bytes, code] : cases) {
        TempDir dir;
        write_bytes(dir / ".env", bytes);
        const auto written = deliver(target_at(dir / ".env"));
        ASSERT_FALSE(written.has_value());
        EXPECT_EQ(written.error().code(), code);
        EXPECT_TRUE(written.error().detail().contains("/.env")) << written.error().detail();
        EXPECT_EQ(read_bytes(dir / ".env"), bytes);
        EXPECT_EQ(count_entries(dir.path()), 1U);
    }
}

TEST(DotenvWriter, NeverPutsABlankInThePlaceOfAValue) {
    for (const auto& [token, id] : {std::pair("", "17841400000000001"), std::pair("EAABnew0123456789abcdefghij", ""),
                                    std::pair(" ", "17841400000000001"), std::pair("a\nB=2", "17841400000000001")}) {
        TempDir dir;
        write_bytes(dir / ".env", kOldFile);
        TestHooks hooks;
        const auto written = deliver(hooks, target_at(dir / ".env"), token, id);
        ASSERT_FALSE(written.has_value());
        EXPECT_EQ(written.error().code(), Code::kValueUnsafe);
        EXPECT_EQ(read_bytes(dir / ".env"), kOldFile);
    }
}

TEST(DotenvWriter, RemovesTheTempFilesOfTheDeadAndLeavesThoseOfTheLiving) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile);
    write_bytes(dir / "..env.everlong-0123456789ab.tmp", "dead");
    write_bytes(dir / "..env.everlong-ba9876543210.tmp", "living");
    write_bytes(dir / "..env.everlong-backup", "kept");
    write_bytes(dir / ".other.everlong-0123456789ab.tmp", "of another file");
    const Fd living(open((dir / "..env.everlong-ba9876543210.tmp").c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(flock(living.get(), LOCK_EX), 0);
    ASSERT_TRUE(deliver(target_at(dir / ".env")).has_value());
    EXPECT_FALSE(std::filesystem::exists(dir / "..env.everlong-0123456789ab.tmp"));
    EXPECT_TRUE(std::filesystem::exists(dir / "..env.everlong-ba9876543210.tmp"));
    EXPECT_TRUE(std::filesystem::exists(dir / "..env.everlong-backup"));
    EXPECT_TRUE(std::filesystem::exists(dir / ".other.everlong-0123456789ab.tmp"));
}

TEST(DotenvWriter, GivesUpOnAFileThatSomebodyKeepsLocked) {
    TempDir dir;
    write_bytes(dir / ".env", kOldFile);
    const Fd holder(open((dir / ".env").c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(flock(holder.get(), LOCK_EX), 0);
    const auto written = deliver(target_at(dir / ".env"));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Code::kSinkConflict);
    EXPECT_EQ(written.error().fault(), Fault::kConflict);
    EXPECT_EQ(read_bytes(dir / ".env"), kOldFile);
}

TEST(DotenvWriter, TakesLongNames) {
    TempDir dir;
    const std::string name(255, 'n');
    write_bytes(dir / name, kOldFile);
    ASSERT_TRUE(deliver(target_at(dir / name)).has_value());
    EXPECT_EQ(read_bytes(dir / name), kNewFile);
}

TEST(DotenvReader, ReadsAsAnApplicationDoes) {
    TempDir dir;
    TestHooks hooks;
    Files files(hooks);
    auto reading = read_dotenv(files, target_at(dir / ".env"));
    ASSERT_TRUE(reading.has_value());
    EXPECT_FALSE(reading->token.has_value());
    EXPECT_FALSE(reading->is_clean);

    write_bytes(dir / ".env", "INSTAGRAM_ACCESS_TOKEN=\"EAAB0123456789abcdef\"\nINSTAGRAM_USER_ID=17841400000000001\n");
    reading = read_dotenv(files, target_at(dir / ".env"));
    ASSERT_TRUE(reading.has_value());
    // printf EAAB0123456789abcdef | sha256sum
    EXPECT_EQ(reading->token->text(), "sha256:165918b5f6e3");
    EXPECT_EQ(reading->ig_user_id, "17841400000000001");
    EXPECT_FALSE(reading->is_clean);

    write_bytes(dir / ".env", kNewFile);
    reading = read_dotenv(files, target_at(dir / ".env"));
    ASSERT_TRUE(reading.has_value());
    EXPECT_TRUE(reading->is_clean);

    write_bytes(dir / ".env", "INSTAGRAM_ACCESS_TOKEN=\n");
    reading = read_dotenv(files, target_at(dir / ".env"));
    ASSERT_TRUE(reading.has_value());
    EXPECT_FALSE(reading->token.has_value());
    EXPECT_FALSE(reading->is_clean);
}

} // namespace
} // namespace everlong::adapters::detail
