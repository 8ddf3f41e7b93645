// What a store file must be before the SQLite adapter writes to it, and how it gets from one schema to the next.

#include "store_sqlite_tools.hpp"

#include <adapters/store_sqlite/detail/migrate.hpp>

#include <sys/stat.h>

namespace everlong::test {
namespace {

using adapters::detail::Database;
using adapters::detail::Migration;
using adapters::detail::OpenMode;
using testing::HasSubstr;

unsigned mode_of(const std::filesystem::path& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

// The error of opening, and proof that not a byte was changed by it.
Error refused(SqliteStore& sqlite, const ports::Keyring& keyring) {
    const auto before = snapshot(sqlite.directory());
    auto opened = adapters::open_sqlite_store(sqlite.file(), keyring);
    EXPECT_FALSE(opened.has_value());
    auto after = snapshot(sqlite.directory());
    after.erase("everlong.db-shm"); // memory that readers share; holds no data
    auto expected = before;
    expected.erase("everlong.db-shm");
    EXPECT_TRUE(after == expected) << "a file was changed";
    return opened ? Error(Code::kInternal, Fault::kUsage) : opened.error();
}

TEST(SqliteStoreOpen, ItsFilesAreItsOwnersAlone) {
    const mode_t before = ::umask(0);
    SqliteStore sqlite;
    create_channel(sqlite.store());
    ::umask(before);
    EXPECT_EQ(0600U, mode_of(sqlite.file()));
    EXPECT_EQ(0600U, mode_of(sqlite.directory() / "everlong.db-wal"));
    EXPECT_EQ(0600U, mode_of(sqlite.directory() / "everlong.db-shm"));
}

TEST(SqliteStoreOpen, AFileThatWasCopiedBackWithAWiderModeIsNarrowed) {
    SqliteStore sqlite;
    sqlite.close();
    ASSERT_EQ(0, ::chmod(sqlite.file().c_str(), 0644));
    sqlite.open();
    EXPECT_EQ(0600U, mode_of(sqlite.file()));
}

TEST(SqliteStoreOpen, AnotherKeyIsRefusedByNameBeforeAnyWrite) {
    SqliteStore sqlite;
    connect(sqlite.store(), "IGAAone");
    sqlite.close();
    const auto other = must(adapters::load_or_create_keyring(sqlite.directory() / "other.key", false));
    const Error error = refused(sqlite, *other);
    EXPECT_EQ(Code::kKeyMismatch, error.code());
    EXPECT_EQ(Fault::kLocal, error.fault());
    EXPECT_THAT(error.detail(), HasSubstr(sqlite.keyring().key_id()));
    EXPECT_THAT(error.detail(), HasSubstr(other->key_id()));
    sqlite.open();
}

TEST(SqliteStoreOpen, AnotherKeyIsRefusedBesideAWalThatACrashLeft) {
    SqliteStore sqlite;
    connect(sqlite.store(), "IGAAone");
    // Copied while it is open: as a crash leaves it.
    SqliteStore crashed;
    crashed.close();
    std::filesystem::remove(crashed.file());
    std::filesystem::copy_file(sqlite.file(), crashed.file());
    std::filesystem::copy_file(sqlite.directory() / "everlong.db-wal", crashed.directory() / "everlong.db-wal");
    EXPECT_EQ(Code::kKeyMismatch, refused(crashed, crashed.keyring()).code());
    // The right key finds everything.
    auto opened = adapters::open_sqlite_store(crashed.file(), sqlite.keyring());
    ASSERT_TRUE(opened.has_value()) << opened.error().summary();
    EXPECT_EQ("IGAAone", get((*opened)->load_current(ports::ChannelId(1))).token.reveal());
}

TEST(SqliteStoreOpen, WithoutItsKeyNoNewOneIsMade) {
    SqliteStore sqlite;
    connect(sqlite.store(), "IGAAone");
    sqlite.close();
    std::filesystem::remove(sqlite.key_file());
    const auto keyring = adapters::load_or_create_keyring(sqlite.key_file(), std::filesystem::exists(sqlite.file()));
    ASSERT_FALSE(keyring.has_value());
    EXPECT_EQ(Code::kKeyMissing, keyring.error().code());
    EXPECT_FALSE(std::filesystem::exists(sqlite.key_file()));
}

TEST(SqliteStoreOpen, ACheckValueThatDoesNotOpenIsRefused) {
    SqliteStore sqlite;
    sqlite.close();
    tamper(sqlite.file(), "UPDATE meta SET value = zeroblob(64) WHERE name = 'check'");
    EXPECT_EQ(Code::kTampered, refused(sqlite, sqlite.keyring()).code());
}

TEST(SqliteStoreOpen, ANewerSchemaIsRefused) {
    SqliteStore sqlite;
    sqlite.close();
    tamper(sqlite.file(), "PRAGMA user_version = 9999");
    const Error error = refused(sqlite, sqlite.keyring());
    EXPECT_EQ(Code::kSchema, error.code());
    EXPECT_EQ(Fault::kLocal, error.fault());
    EXPECT_THAT(error.detail(), HasSubstr("9999"));
}

TEST(SqliteStoreOpen, WhatIsNoStoreIsRefused) {
    SqliteStore sqlite;
    connect(sqlite.store(), "IGAAone");
    sqlite.close();
    const std::string good = read_bytes(sqlite.file());
    struct Row {
        const char* name;
        std::string bytes;
    };
    const Row rows[] = {
        {"text", "hello, this is not a database; it is longer than a header, though: " + std::string(200, 'x')},
        {"short text", "hello"},
        {"zeros", std::string(8192, '\0')},
        {"cut in the header", good.substr(0, 50)},
        {"cut after one page", good.substr(0, 4096)},
        {"cut in the middle", good.substr(0, good.size() / 2)},
        {"header only", good.substr(0, 100) + std::string(good.size() - 100, '\0')},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        write_bytes(sqlite.file(), row.bytes);
        const Error error = refused(sqlite, sqlite.keyring());
        EXPECT_EQ(Code::kStoreCorrupt, error.code()) << error.summary();
        EXPECT_EQ(Fault::kCorrupt, error.fault());
    }
}

TEST(SqliteStoreOpen, AForeignDatabaseIsRefused) {
    SqliteStore sqlite;
    sqlite.close();
    std::filesystem::remove(sqlite.file());
    write_bytes(sqlite.file(), "");
    tamper(sqlite.file(), "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
    EXPECT_EQ(Code::kStoreCorrupt, refused(sqlite, sqlite.keyring()).code());
}

TEST(SqliteStoreOpen, AnyNameOfADirectoryWillDo) {
    const TempDir dir;
    const auto keyring = must(adapters::load_or_create_keyring(dir / "master.key", false));
    for (const char* name : {"with blank", "50%25 off", "what?mode=memory", "a#b", "üml'aut\""}) {
        SCOPED_TRACE(name);
        std::filesystem::create_directory(dir / name);
        const auto file = dir / name / "everlong.db";
        connect(*must(adapters::open_sqlite_store(file, *keyring)), "IGAAone");
        const auto again = must(adapters::open_sqlite_store(file, *keyring));
        EXPECT_EQ("IGAAone", get(again->load_current(ports::ChannelId(1))).token.reveal());
        EXPECT_EQ(3, must(adapters::verify_sqlite_audit(file)));
    }
}

TEST(SqliteStoreOpen, AnEmptyFileBecomesAStore) {
    SqliteStore sqlite;
    sqlite.close();
    write_bytes(sqlite.file(), ""); // a crash between making the file and the first commit
    sqlite.open();
    create_channel(sqlite.store());
}

TEST(SqliteStoreOpen, ADirectoryInItsPlaceIsAnError) {
    SqliteStore sqlite;
    sqlite.close();
    std::filesystem::remove(sqlite.file());
    std::filesystem::create_directory(sqlite.file());
    EXPECT_FALSE(sqlite.try_open().has_value());
}

class SqliteStoreMigration : public testing::Test {
protected:
    SqliteStoreMigration() {
        connect(sqlite_.store(), "IGAAone");
        sqlite_.close();
        const auto known = adapters::detail::sqlite_migrations();
        migrations_.assign(known.begin(), known.end());
        newest_ = static_cast<int>(known.size());
    }

    Result<void> migrate() {
        auto database = must(Database::open(sqlite_.file(), OpenMode::kWrites));
        return adapters::detail::migrate_store(*database, sqlite_.file(), sqlite_.keyring(), migrations_);
    }
    std::int64_t number(const std::filesystem::path& file, const char* sql) {
        auto database = must(Database::open(file, OpenMode::kReadOnly));
        return must(database->find_number(sql)).value_or(-1);
    }
    std::filesystem::path backup() const { return sqlite_.file().string() + ".backup-v" + std::to_string(newest_); }

    SqliteStore sqlite_;
    std::vector<Migration> migrations_;
    int newest_ = 0;
};

TEST_F(SqliteStoreMigration, MakesABackupFirst) {
    migrations_.push_back(
        {newest_ + 1, "next", "CREATE TABLE extra (x INTEGER) STRICT; INSERT INTO extra VALUES (7);"});
    ASSERT_TRUE(migrate().has_value());
    EXPECT_EQ(newest_ + 1, number(sqlite_.file(), "PRAGMA user_version"));
    EXPECT_EQ(7, number(sqlite_.file(), "SELECT x FROM extra"));
    ASSERT_TRUE(std::filesystem::exists(backup()));
    EXPECT_EQ(0600U, mode_of(backup()));
    EXPECT_EQ(newest_, number(backup(), "PRAGMA user_version"));

    // The backup is a store like the one before.
    std::filesystem::copy_file(backup(), sqlite_.file(), std::filesystem::copy_options::overwrite_existing);
    sqlite_.open();
    EXPECT_EQ("IGAAone", get(sqlite_.store().load_current(ports::ChannelId(1))).token.reveal());
}

TEST_F(SqliteStoreMigration, ThatFailsLeavesTheOldSchemaWhole) {
    migrations_.push_back(
        {newest_ + 1, "broken",
         "CREATE TABLE extra (x INTEGER) STRICT; DELETE FROM tokens; INSERT INTO nowhere VALUES (1);"});
    const auto done = migrate();
    ASSERT_FALSE(done.has_value());
    EXPECT_THAT(done.error().summary(), HasSubstr("migration broken"));
    EXPECT_EQ(newest_, number(sqlite_.file(), "PRAGMA user_version"));
    EXPECT_EQ(0, number(sqlite_.file(), "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'"));
    sqlite_.open();
    EXPECT_EQ("IGAAone", get(sqlite_.store().load_current(ports::ChannelId(1))).token.reveal());
}

TEST_F(SqliteStoreMigration, IsResumedWhereItStopped) {
    migrations_.push_back({newest_ + 1, "good", "CREATE TABLE extra (x INTEGER) STRICT;"});
    migrations_.push_back({newest_ + 2, "broken", "INSERT INTO nowhere VALUES (1);"});
    ASSERT_FALSE(migrate().has_value());
    EXPECT_EQ(newest_ + 1, number(sqlite_.file(), "PRAGMA user_version"));
    migrations_.back() = {newest_ + 2, "mended", "INSERT INTO extra VALUES (8);"};
    ASSERT_TRUE(migrate().has_value());
    EXPECT_EQ(newest_ + 2, number(sqlite_.file(), "PRAGMA user_version"));
    EXPECT_EQ(8, number(sqlite_.file(), "SELECT x FROM extra"));
}

TEST_F(SqliteStoreMigration, ThatIsNotNeededMakesNoBackup) {
    ASSERT_TRUE(migrate().has_value());
    EXPECT_FALSE(std::filesystem::exists(backup()));
}

} // namespace
} // namespace everlong::test
