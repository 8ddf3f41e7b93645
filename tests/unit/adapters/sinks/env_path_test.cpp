#include <adapters/sinks/env_path.hpp>

#include <support/temp_dir.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace everlong::adapters {
namespace {

namespace fs = std::filesystem;
using test::TempDir;
using test::write_bytes;

TEST(ResolveEnvPath, FollowsSymlinksToTheTrueFile) {
    TempDir dir;
    const std::string real = fs::canonical(dir.path()).string() + "/app/.env";
    fs::create_directory(dir / "app");
    write_bytes(dir / "app" / ".env", "A=1\n", 0600);
    fs::create_directory_symlink("app", dir / "current");
    fs::create_symlink("current/.env", dir / "link.env");
    for (const char* path : {"app/.env", "current/.env", "link.env", "app/../current/./.env"}) {
        SCOPED_TRACE(path);
        const auto adopted = resolve_env_path((dir.path() / path).string());
        ASSERT_TRUE(adopted.has_value()) << adopted.error().summary();
        EXPECT_EQ(adopted->path, real);
        EXPECT_TRUE(adopted->is_present);
        EXPECT_TRUE(adopted->is_regular);
        EXPECT_FALSE(adopted->is_bind_mount);
        EXPECT_EQ(adopted->hard_links, 1U);
        EXPECT_EQ(adopted->mode, 0600U);
        EXPECT_TRUE(adopted->warnings.empty());
    }
}

TEST(ResolveEnvPath, TakesAFileThatIsYetToCome) {
    TempDir dir;
    const auto adopted = resolve_env_path((dir / ".env").string());
    ASSERT_TRUE(adopted.has_value());
    EXPECT_EQ(adopted->path, fs::canonical(dir.path()).string() + "/.env");
    EXPECT_FALSE(adopted->is_present);
}

TEST(ResolveEnvPath, TakesRelativePaths) {
    const auto adopted = resolve_env_path(".env-that-nobody-has");
    ASSERT_TRUE(adopted.has_value());
    EXPECT_EQ(adopted->path, fs::current_path().string() + "/.env-that-nobody-has");
}

TEST(ResolveEnvPath, RefusesWhatLeadsNowhere) {
    TempDir dir;
    fs::create_symlink("gone", dir / "dangling");
    fs::create_symlink("circle", dir / "circle");
    write_bytes(dir / "file", "");
    for (const std::string& path :
         {std::string(), (dir / "dangling").string(), (dir / "circle").string(), (dir / "gone").string() + "/.env",
          (dir / "file").string() + "/.env", (dir / "gone").string() + "/", std::string("a\0b", 3)}) {
        SCOPED_TRACE(path);
        const auto adopted = resolve_env_path(path);
        ASSERT_FALSE(adopted.has_value());
        EXPECT_EQ(adopted.error().code(), Code::kEnvUnreadable);
        EXPECT_EQ(adopted.error().fault(), Fault::kUsage);
    }
}

TEST(ResolveEnvPath, WarnsOfRightsWithTheLineThatMendsThem) {
    TempDir dir;
    write_bytes(dir / "my .env", "A=1\n", 0644);
    const std::string path = fs::canonical(dir.path()).string() + "/my .env";
    auto adopted = resolve_env_path(path);
    ASSERT_TRUE(adopted.has_value());
    ASSERT_EQ(adopted->warnings.size(), 1U);
    EXPECT_EQ(adopted->warnings[0], path + " can be read by other users (mode 0644): chmod 600 '" + path + "'");

    fs::permissions(dir / "my .env", fs::perms(0600));
    fs::permissions(dir.path(), fs::perms(0777));
    adopted = resolve_env_path(path);
    ASSERT_TRUE(adopted.has_value());
    ASSERT_EQ(adopted->warnings.size(), 1U);
    EXPECT_TRUE(adopted->warnings[0].contains("chmod o-w ")) << adopted->warnings[0];
    ASSERT_EQ(chmod(dir.path().c_str(), 01777), 0);
    adopted = resolve_env_path(path);
    ASSERT_TRUE(adopted.has_value());
    EXPECT_TRUE(adopted->warnings.empty());
}

TEST(ResolveEnvPath, SaysWhatKindOfFileItIs) {
    TempDir dir;
    write_bytes(dir / "a", "A=1\n", 0600);
    fs::create_hard_link(dir / "a", dir / "b");
    ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
    auto adopted = resolve_env_path((dir / "b").string());
    ASSERT_TRUE(adopted.has_value());
    EXPECT_EQ(adopted->hard_links, 2U);
    EXPECT_EQ(adopted->warnings.size(), 1U);
    adopted = resolve_env_path((dir / "pipe").string());
    ASSERT_TRUE(adopted.has_value());
    EXPECT_FALSE(adopted->is_regular);
    adopted = resolve_env_path(dir.path().string());
    ASSERT_TRUE(adopted.has_value());
    EXPECT_FALSE(adopted->is_regular);
}

TEST(ReadEnvFile, GivesAllBytesUpToTheLimit) {
    TempDir dir;
    write_bytes(dir / ".env", "A=1\nB=2\n");
    const auto bytes = read_env_file((dir / ".env").string(), 8);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->reveal(), "A=1\nB=2\n");
    const auto too_large = read_env_file((dir / ".env").string(), 7);
    ASSERT_FALSE(too_large.has_value());
    EXPECT_EQ(too_large.error().code(), Code::kEnvTooLarge);
    write_bytes(dir / "empty", "");
    const auto empty = read_env_file((dir / "empty").string(), 8);
    ASSERT_TRUE(empty.has_value());
    EXPECT_TRUE(empty->is_empty());
}

TEST(ReadEnvFile, RefusesWhatIsNoFile) {
    TempDir dir;
    ASSERT_EQ(mkfifo((dir / "pipe").c_str(), 0600), 0);
    fs::create_symlink("pipe", dir / "link");
    for (const std::string& path :
         {(dir / "gone").string(), dir.path().string(), (dir / "pipe").string(), (dir / "link").string(),
          std::string("/dev/zero"), (dir / "no").string() + "/.env"}) {
        SCOPED_TRACE(path);
        const auto bytes = read_env_file(path, 8);
        ASSERT_FALSE(bytes.has_value());
        EXPECT_EQ(bytes.error().code(), Code::kEnvUnreadable) << bytes.error().summary();
    }
}

} // namespace
} // namespace everlong::adapters
