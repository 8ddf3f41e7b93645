#include <adapters/keyring_sodium/keyring.hpp>

#include <support/temp_dir.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace everlong;
using adapters::load_or_create_keyring;
using testing::HasSubstr;
using testing::Not;

// 32 bytes 0x01..0x20. The checksum was computed with sha256sum(1).
constexpr const char* kKeyBody = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
const std::string kGoodLine = std::string("everlong-key-1:") + kKeyBody + ":53db635a\n";

std::unique_ptr<ports::Keyring> make(const test::TempDir& dir, const std::string& name = "master.key") {
    auto keyring = load_or_create_keyring(dir / name, false);
    EXPECT_TRUE(keyring.has_value());
    return keyring ? *std::move(keyring) : nullptr;
}

mode_t mode_of(const std::filesystem::path& path) {
    struct stat info{};
    EXPECT_EQ(0, ::stat(path.c_str(), &info));
    return info.st_mode & 07777;
}

TEST(Keyring, OpensWhatItSealedInTheSamePlace) {
    const test::TempDir dir;
    const auto keyring = make(dir);
    const std::string sealed = keyring->seal("tokens/1/token/1", Secret("EAAsecret"));
    const auto opened = keyring->open("tokens/1/token/1", sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ("EAAsecret", opened->reveal());
}

TEST(Keyring, SealsAnEmptyValue) {
    const test::TempDir dir;
    const auto keyring = make(dir);
    const auto opened = keyring->open("p", keyring->seal("p", Secret()));
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(opened->is_empty());
}

TEST(Keyring, RefusesAValueMovedToAnotherPlace) {
    const test::TempDir dir;
    const auto keyring = make(dir);
    const std::string sealed = keyring->seal("tokens/1/token/1", Secret("EAAsecret"));
    for (const char* place : {"tokens/1/token/2", "tokens/2/token/1", "tokens/1/token/1\n1", "tokens/1/token/", ""}) {
        SCOPED_TRACE(place);
        const auto opened = keyring->open(place, sealed);
        ASSERT_FALSE(opened.has_value());
        EXPECT_EQ(Code::kTampered, opened.error().code());
        EXPECT_EQ(Fault::kCorrupt, opened.error().fault());
    }
}

TEST(Keyring, RefusesAnyChangedByteAndAnyShorterValue) {
    const test::TempDir dir;
    const auto keyring = make(dir);
    const std::string sealed = keyring->seal("p", Secret("EAAsecret"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(keyring->open("p", changed).has_value()) << "byte " << i;
        EXPECT_FALSE(keyring->open("p", sealed.substr(0, i)).has_value()) << "length " << i;
    }
}

TEST(Keyring, NeverUsesANonceTwice) {
    const test::TempDir dir;
    const auto keyring = make(dir);
    std::set<std::string> nonces;
    for (int i = 0; i < 1000; ++i)
        nonces.insert(keyring->seal("p", Secret("x")).substr(0, 24));
    EXPECT_EQ(1000U, nonces.size());
}

TEST(Keyring, AnotherKeyOpensNothingAndHasAnotherName) {
    const test::TempDir dir;
    const auto one = make(dir, "one.key");
    const auto two = make(dir, "two.key");
    EXPECT_NE(one->key_id(), two->key_id());
    EXPECT_FALSE(two->open("p", one->seal("p", Secret("x"))).has_value());
}

TEST(Keyring, TheSameFileGivesTheSameKeyAgain) {
    const test::TempDir dir;
    const auto first = make(dir);
    const auto again = load_or_create_keyring(dir / "master.key", true);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(first->key_id(), (*again)->key_id());
    EXPECT_TRUE((*again)->open("p", first->seal("p", Secret("x"))).has_value());
}

TEST(Keyring, ItsNameIsAFunctionOfTheKeyAlone) {
    const test::TempDir dir;
    test::write_bytes(dir / "master.key", kGoodLine);
    const auto keyring = load_or_create_keyring(dir / "master.key", true);
    ASSERT_TRUE(keyring.has_value()) << keyring.error().summary();
    EXPECT_EQ("3aa4ebd7", (*keyring)->key_id());
    EXPECT_EQ(1, (*keyring)->key_term());
}

TEST(KeyFile, IsMadeForItsOwnerAloneAndLeavesNothingElse) {
    const test::TempDir dir;
    const mode_t before = ::umask(0);
    make(dir);
    ::umask(before);
    EXPECT_EQ(0600U, mode_of(dir / "master.key"));
    EXPECT_EQ(15U + 43 + 1 + 8 + 1, std::filesystem::file_size(dir / "master.key"));
    int files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(dir.path()))
        ++files;
    EXPECT_EQ(1, files);
}

TEST(KeyFile, IsNeverMadeBesideOldData) {
    const test::TempDir dir;
    const auto keyring = load_or_create_keyring(dir / "master.key", true);
    ASSERT_FALSE(keyring.has_value());
    EXPECT_EQ(Code::kKeyMissing, keyring.error().code());
    EXPECT_EQ(Fault::kLocal, keyring.error().fault());
    EXPECT_FALSE(std::filesystem::exists(dir / "master.key"));
}

TEST(KeyFile, OpenToOthersIsRefusedWithTheLineThatMendsIt) {
    const test::TempDir dir;
    make(dir);
    const std::string path = (dir / "master.key").string();
    for (const mode_t mode : {0644, 0640, 0604, 0660, 0666, 0700, 0400, 0602, 04600}) {
        SCOPED_TRACE(mode);
        ASSERT_EQ(0, ::chmod(path.c_str(), mode));
        const auto keyring = load_or_create_keyring(path, true);
        ASSERT_FALSE(keyring.has_value());
        EXPECT_EQ(Code::kPermissions, keyring.error().code());
        EXPECT_THAT(keyring.error().detail(), HasSubstr("chmod 600 " + path));
    }
}

TEST(KeyFile, OfAnotherUserIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "skipped: only root can give a file away";
    const test::TempDir dir;
    make(dir);
    ASSERT_EQ(0, ::chown((dir / "master.key").c_str(), 12345, 12345));
    const auto keyring = load_or_create_keyring(dir / "master.key", true);
    ASSERT_FALSE(keyring.has_value());
    EXPECT_EQ(Code::kPermissions, keyring.error().code());
    EXPECT_THAT(keyring.error().detail(), HasSubstr("chown 0 "));
}

TEST(KeyFile, ADirectoryOrAFifoIsNoKey) {
    const test::TempDir dir;
    std::filesystem::create_directory(dir / "directory");
    ASSERT_EQ(0, ::mkfifo((dir / "fifo").c_str(), 0600));
    for (const char* name : {"directory", "fifo"}) {
        SCOPED_TRACE(name);
        const auto keyring = load_or_create_keyring(dir / name, false);
        ASSERT_FALSE(keyring.has_value());
        EXPECT_EQ(Code::kKeyFormat, keyring.error().code());
    }
}

TEST(KeyFile, InADirectoryThatIsNotThereIsAnError) {
    const test::TempDir dir;
    const auto keyring = load_or_create_keyring(dir / "none" / "master.key", false);
    ASSERT_FALSE(keyring.has_value());
    EXPECT_EQ(Code::kIo, keyring.error().code());
}

TEST(KeyFile, AcceptsItsLineWithAndWithoutTheLineFeed) {
    const test::TempDir dir;
    test::write_bytes(dir / "with", kGoodLine);
    test::write_bytes(dir / "without", kGoodLine.substr(0, kGoodLine.size() - 1));
    EXPECT_TRUE(load_or_create_keyring(dir / "with", true).has_value());
    EXPECT_TRUE(load_or_create_keyring(dir / "without", true).has_value());
}

struct BadKeyFile {
    const char* name;
    std::string text;
    const char* found; // part of the detail
};

std::vector<BadKeyFile> bad_key_files() {
    const std::string body = kKeyBody;
    const std::string line = kGoodLine.substr(0, kGoodLine.size() - 1);
    const std::string prefix = "everlong-key-1:";
    const std::string checksum = line.substr(line.size() - 8);
    const std::string hex = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    std::string changed = line;
    changed[20] = changed[20] == 'A' ? 'B' : 'A';
    std::string swapped = line;
    std::swap(swapped[30], swapped[31]);
    return {
        {"empty", "", "an empty file"},
        {"one line feed", "\n", "only blanks"},
        {"blanks", "   \n", "only blanks"},
        {"zero bytes", std::string(68, '\0'), "only zero bytes"},
        {"32 raw bytes", std::string(32, '\x07'), "32 raw bytes"},
        {"random text", "hunter2\n", "do not begin 'everlong-key-1:'"},
        {"the hex of a key alone", hex + "\n", "do not begin 'everlong-key-1:'"},
        {"the base64 of a key alone", body + "\n", "do not begin 'everlong-key-1:'"},
        {"a PEM file", "-----BEGIN PRIVATE KEY-----\n", "PEM"},
        {"byte order mark", "\xEF\xBB\xBF" + line, "byte order mark"},
        {"leading blank", " " + line, "do not begin"},
        {"upper case", "EVERLONG-KEY-1:" + body + ":" + checksum, "do not begin"},
        {"quoted", "\"" + line + "\"", "do not begin"},
        {"as in a .env", "KEY=" + line, "do not begin"},
        {"newer format", "everlong-key-2:" + body + ":" + checksum, "newer format"},
        {"cut in the prefix", "everlong-k", "cut short: 10 bytes"},
        {"prefix only", prefix, "missing between the colons"},
        {"no key between the colons", prefix + ":" + checksum, "missing between the colons"},
        {"cut in the key", prefix + body.substr(0, 20), "cut short: 20 of 43"},
        {"key cut, checksum there", prefix + body.substr(0, 42) + ":" + checksum, "cut short: 42 of 43"},
        {"no checksum", prefix + body, "the checksum is missing"},
        {"colon but no checksum", prefix + body + ":", "0 of 8 hex digits"},
        {"checksum cut", line.substr(0, line.size() - 3), "5 of 8 hex digits"},
        {"wrong checksum", prefix + body + ":00000000", "does not fit"},
        {"checksum in upper case", prefix + body + ":" + "ABCDEF01", "does not fit"},
        {"one character changed", changed, "does not fit"},
        {"two characters swapped", swapped, "does not fit"},
        {"hex instead of base64url", prefix + hex + ":" + checksum, "64 hex digits"},
        {"padded base64", prefix + body + "=:" + checksum, "padding"},
        {"standard base64 alphabet", prefix + "+/" + body.substr(2) + ":" + checksum, "not base64url"},
        {"blank within", prefix + " " + body.substr(1) + ":" + checksum, "not base64url"},
        {"zero byte within", prefix + std::string(1, '\0') + body.substr(1) + ":" + checksum, "not base64url"},
        {"loose bits at the end", prefix + body.substr(0, 42) + "B:" + checksum, "not base64url"},
        {"key too long", prefix + body + "AAAA:" + checksum, "too long: 47"},
        {"trailing blank", line + " ", "after the checksum"},
        {"carriage return", line + "\r\n", "after the checksum"},
        {"two line feeds", line + "\n\n", "after the checksum"},
        {"a second line", line + "\n" + line + "\n", "after the checksum"},
        {"trailing zero byte", line + std::string(1, '\0'), "after the checksum"},
        {"all zero key", prefix + std::string(43, 'A') + ":f8df44b8\n", "nothing but zeros"},
        {"a very long file", std::string(1 << 20, 'x'), "do not begin"},
        {"a very long tail", line + std::string(1 << 20, 'x'), "after the checksum"},
    };
}

TEST(KeyFile, EveryMalformedOneIsRefusedWithWhatWasFound) {
    const test::TempDir dir;
    const auto files = bad_key_files();
    ASSERT_GE(files.size(), 30U);
    for (const BadKeyFile& bad : files) {
        SCOPED_TRACE(bad.name);
        test::write_bytes(dir / "master.key", bad.text);
        const auto keyring = load_or_create_keyring(dir / "master.key", false);
        if (keyring.has_value()) {
            ADD_FAILURE() << "was taken for a key";
            continue;
        }
        EXPECT_EQ(Code::kKeyFormat, keyring.error().code());
        EXPECT_EQ(Fault::kLocal, keyring.error().fault());
        EXPECT_THAT(keyring.error().detail(), HasSubstr(bad.found));
        EXPECT_THAT(keyring.error().summary(), Not(HasSubstr(std::string(kKeyBody).substr(2, 8))));
        EXPECT_EQ(bad.text, test::read_bytes(dir / "master.key"));
    }
}

} // namespace
