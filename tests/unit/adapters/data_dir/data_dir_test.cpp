#include <adapters/data_dir/data_dir.hpp>

#include <support/temp_dir.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace everlong;
using adapters::open_data_dir;
using testing::HasSubstr;

mode_t mode_of(const std::filesystem::path& path) {
    struct stat info{};
    EXPECT_EQ(0, ::stat(path.c_str(), &info));
    return info.st_mode & 07777;
}

TEST(DataDir, IsMadeWithItsParentsForItsOwnerAlone) {
    const test::TempDir dir;
    const mode_t before = ::umask(0);
    const auto data = open_data_dir(dir / "a" / "b" / "everlong");
    ::umask(before);
    ASSERT_TRUE(data.has_value()) << data.error().summary();
    EXPECT_EQ(0700U, mode_of(dir / "a"));
    EXPECT_EQ(0700U, mode_of(dir / "a" / "b"));
    EXPECT_EQ(0700U, mode_of(dir / "a" / "b" / "everlong"));
    EXPECT_EQ(0600U, mode_of(dir / "a" / "b" / "everlong" / "everlong.lock"));
}

TEST(DataDir, NamesItsFiles) {
    const test::TempDir dir;
    const auto data = open_data_dir(dir.path().string() + "/");
    ASSERT_TRUE(data.has_value()) << data.error().summary();
    EXPECT_EQ(dir.path(), (*data)->path());
    EXPECT_EQ(dir / "everlong.db", (*data)->store_file());
    EXPECT_EQ(dir / "master.key", (*data)->key_file());
}

TEST(DataDir, HasDataOnceThereIsAStoreFile) {
    const test::TempDir dir;
    const auto data = open_data_dir(dir.path());
    ASSERT_TRUE(data.has_value());
    EXPECT_FALSE((*data)->has_data());
    test::write_bytes((*data)->store_file(), "");
    EXPECT_TRUE((*data)->has_data());
}

TEST(DataDir, OpenToOthersIsRefusedWithTheLineThatMendsIt) {
    const test::TempDir dir;
    const auto path = dir / "it's shared";
    std::filesystem::create_directory(path);
    for (const mode_t mode : {0755, 0750, 0701, 0770, 0707, 0500}) {
        SCOPED_TRACE(mode);
        ASSERT_EQ(0, ::chmod(path.c_str(), mode));
        const auto data = open_data_dir(path);
        ASSERT_FALSE(data.has_value());
        EXPECT_EQ(Code::kPermissions, data.error().code());
        EXPECT_EQ(Fault::kLocal, data.error().fault());
        EXPECT_THAT(data.error().detail(), HasSubstr("chmod 700 '" + dir.path().string() + "/it'\\''s shared'"));
        EXPECT_FALSE(std::filesystem::exists(path / "everlong.lock"));
    }
}

TEST(DataDir, OfAnotherUserIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "skipped: only root can give a directory away";
    const test::TempDir dir;
    ASSERT_EQ(0, ::chown(dir.path().c_str(), 12345, 12345));
    const auto data = open_data_dir(dir.path());
    ASSERT_FALSE(data.has_value());
    EXPECT_EQ(Code::kPermissions, data.error().code());
    EXPECT_THAT(data.error().detail(), HasSubstr("chown -R 0 "));
}

TEST(DataDir, AFileInItsPlaceIsAWrongSetting) {
    const test::TempDir dir;
    test::write_bytes(dir / "file", "");
    for (const auto& path : {dir / "file", std::filesystem::path()}) {
        SCOPED_TRACE(path);
        const auto data = open_data_dir(path);
        ASSERT_FALSE(data.has_value());
        EXPECT_EQ(Code::kConfig, data.error().code());
        EXPECT_EQ(Fault::kUsage, data.error().fault());
    }
}

TEST(DataDir, ASecondHolderIsToldWhoIsFirst) {
    const test::TempDir dir;
    const auto first = open_data_dir(dir.path());
    ASSERT_TRUE(first.has_value());
    const auto second = open_data_dir(dir.path());
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(Code::kAlreadyRunning, second.error().code());
    EXPECT_EQ(Fault::kConflict, second.error().fault());
    EXPECT_THAT(second.error().detail(), HasSubstr("process " + std::to_string(::getpid()) + " "));
}

TEST(DataDir, IsFreeAgainWhenItsHolderLetsGo) {
    const test::TempDir dir;
    {
        ASSERT_TRUE(open_data_dir(dir.path()).has_value());
    }
    EXPECT_TRUE(open_data_dir(dir.path()).has_value());
}

TEST(DataDir, IsFreeAgainWhenItsHolderIsKilled) {
    const test::TempDir dir;
    int ready[2];
    ASSERT_EQ(0, ::pipe(ready));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const auto data = open_data_dir(dir.path());
        const char answer = data.has_value() ? 'y' : 'n';
        if (::write(ready[1], &answer, 1) != 1) ::_exit(1);
        for (;;)
            ::pause();
    }
    char answer = 0;
    ASSERT_EQ(1, ::read(ready[0], &answer, 1));
    ::close(ready[0]);
    ::close(ready[1]);
    EXPECT_EQ('y', answer);

    const auto refused = open_data_dir(dir.path());
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(Code::kAlreadyRunning, refused.error().code());
    EXPECT_THAT(refused.error().detail(), HasSubstr("process " + std::to_string(child) + " "));

    ASSERT_EQ(0, ::kill(child, SIGKILL));
    ASSERT_EQ(child, ::waitpid(child, nullptr, 0));
    EXPECT_TRUE(open_data_dir(dir.path()).has_value());
}

TEST(DataDir, ALockFileThatIsALinkIsNotFollowed) {
    const test::TempDir dir;
    test::write_bytes(dir / "elsewhere", "precious");
    std::filesystem::create_symlink(dir / "elsewhere", dir / "everlong.lock");
    EXPECT_FALSE(open_data_dir(dir.path()).has_value());
    EXPECT_EQ("precious", test::read_bytes(dir / "elsewhere"));
}

TEST(DataDir, SaysWhereNoDirectoryCanBeMade) {
    const auto refused = open_data_dir("/proc/everlong/data");
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().detail(), HasSubstr("/proc/everlong"));
}

} // namespace
