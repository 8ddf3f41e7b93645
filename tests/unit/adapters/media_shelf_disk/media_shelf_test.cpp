#include <adapters/media_shelf_disk/media_shelf.hpp>

#include <base/digest.hpp>
#include <support/run.hpp>
#include <support/sqlite_store.hpp>
#include <support/temp_dir.hpp>

#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace everlong::adapters {
namespace {

using core::FileId;
using test::must;

const FileId kCat("file_abcdefghij0123456789");

unsigned mode_of(const std::filesystem::path& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

class MediaShelf : public testing::Test {
protected:
    void open() { shelf_ = must(open_media_shelf(place_ / "media")); }
    template <class T>
    Result<T> attempt(Task<T> task) {
        return test::run(io_, std::move(task));
    }
    template <class T>
    T get(Task<T> task) {
        return must(attempt(std::move(task)));
    }
    template <class T>
    Error error_of(Result<T> result) {
        if (!result) return result.error();
        ADD_FAILURE() << "succeeded, but has to fail";
        return Error(Code::kInternal, Fault::kUsage);
    }
    std::filesystem::path file() const { return place_ / "media" / kCat.text(); }

    boost::asio::io_context io_{1};
    test::TempDir place_;
    std::unique_ptr<ports::MediaShelf> shelf_;
};

TEST_F(MediaShelf, KeepsWhatIsBroughtPieceByPiece) {
    const mode_t before = ::umask(0);
    open();
    EXPECT_EQ(get(shelf_->length(kCat)), 0U);
    EXPECT_EQ(get(shelf_->append(kCat, 0, "the cat ")), 8U);
    ::umask(before);
    EXPECT_EQ(get(shelf_->append(kCat, 8, "sat")), 11U);
    EXPECT_EQ(get(shelf_->append(kCat, 11, "")), 11U);
    EXPECT_EQ(mode_of(place_ / "media"), 0700U);
    EXPECT_EQ(mode_of(file()), 0600U);
    EXPECT_EQ(shelf_->path(kCat), file());
    shelf_.reset();
    open();
    EXPECT_EQ(get(shelf_->length(kCat)), 11U);
    EXPECT_EQ(get(shelf_->sha256(kCat)), to_hex(sha256("the cat sat").data(), 32));
    const auto bytes = must(shelf_->open(kCat));
    EXPECT_EQ(bytes->size(), 11U);
    EXPECT_EQ(must(bytes->read(0, 7)), "the cat");
    EXPECT_EQ(must(bytes->read(4, 100)), "cat sat");
    EXPECT_EQ(must(bytes->read(11, 100)), "");
    EXPECT_EQ(must(bytes->read(12, 100)), "");
    get(shelf_->remove(kCat));
    get(shelf_->remove(kCat));
    EXPECT_EQ(get(shelf_->length(kCat)), 0U);
    EXPECT_EQ(must(bytes->read(0, 3)), "the") << "who reads it reads it to the end";
}

TEST_F(MediaShelf, HashesInPiecesWhatIsLongerThanOne) {
    open();
    std::string bytes((3 << 20) + 17, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i * 2654435761U >> 13);
    get(shelf_->append(kCat, 0, bytes));
    EXPECT_EQ(get(shelf_->sha256(kCat)), to_hex(sha256(bytes).data(), 32));
    EXPECT_EQ(get(shelf_->append(FileId("file_b"), 0, "")), 0U);
    EXPECT_EQ(get(shelf_->sha256(FileId("file_b"))), to_hex(sha256("").data(), 32));
}

TEST_F(MediaShelf, TakesBytesOnlyWhereTheFileEnds) {
    open();
    get(shelf_->append(kCat, 0, "cat"));
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{4}, ~std::uint64_t{0}}) {
        const Error error = error_of(attempt(shelf_->append(kCat, offset, "x")));
        EXPECT_EQ(error.code(), Code::kFileOffset);
        EXPECT_EQ(error.fault(), Fault::kUsage);
    }
    EXPECT_EQ(error_of(attempt(shelf_->append(FileId("file_b"), 1, "x"))).code(), Code::kFileOffset);
    EXPECT_FALSE(std::filesystem::exists(place_ / "media" / "file_b"));
    EXPECT_EQ(test::read_bytes(file()), "cat");
}

TEST_F(MediaShelf, KnowsNoNameButIds) {
    open();
    test::write_bytes(place_ / "secret", "secret");
    for (const std::string name : {"", ".", "..", "../secret", "/etc/passwd", "a/b", "a.jpg", "a b", "a\nb"}) {
        SCOPED_TRACE(name);
        const FileId id(name);
        EXPECT_EQ(error_of(attempt(shelf_->append(id, 0, "x"))).code(), Code::kFileUnknown);
        EXPECT_EQ(error_of(attempt(shelf_->length(id))).code(), Code::kFileUnknown);
        EXPECT_EQ(error_of(attempt(shelf_->sha256(id))).code(), Code::kFileUnknown);
        EXPECT_EQ(error_of(attempt(shelf_->remove(id))).code(), Code::kFileUnknown);
        EXPECT_EQ(error_of(shelf_->open(id)).code(), Code::kFileUnknown);
        EXPECT_EQ(std::filesystem::path(shelf_->path(id)).parent_path(), place_ / "media");
    }
    EXPECT_EQ(error_of(attempt(shelf_->append(FileId(std::string(65, 'a')), 0, "x"))).code(), Code::kFileUnknown);
    EXPECT_EQ(test::read_bytes(place_ / "secret"), "secret");
    EXPECT_EQ(error_of(shelf_->open(kCat)).code(), Code::kFileUnknown);
    EXPECT_EQ(error_of(attempt(shelf_->sha256(kCat))).code(), Code::kFileUnknown);
}

TEST_F(MediaShelf, FollowsNoLinkThatWasPlanted) {
    open();
    test::write_bytes(place_ / "secret", "");
    std::filesystem::create_symlink(place_ / "secret", file());
    EXPECT_EQ(error_of(attempt(shelf_->append(kCat, 0, "x"))).code(), Code::kIo);
    EXPECT_EQ(error_of(attempt(shelf_->length(kCat))).code(), Code::kIo);
    EXPECT_EQ(error_of(shelf_->open(kCat)).code(), Code::kIo);
    EXPECT_EQ(test::read_bytes(place_ / "secret"), "");
    get(shelf_->remove(kCat));
    EXPECT_TRUE(std::filesystem::exists(place_ / "secret")) << "the link goes, not what it leads to";
    std::filesystem::create_symlink(place_ / "made-by-us", file());
    EXPECT_EQ(error_of(attempt(shelf_->append(kCat, 0, "x"))).code(), Code::kIo);
    EXPECT_FALSE(std::filesystem::exists(place_ / "made-by-us"));
    std::filesystem::remove(file());
    std::filesystem::create_hard_link(place_ / "secret", file());
    EXPECT_EQ(error_of(attempt(shelf_->append(kCat, 0, "x"))).code(), Code::kIo);
    std::filesystem::remove(file());
    ASSERT_EQ(0, ::mkfifo(file().c_str(), 0600));
    EXPECT_EQ(error_of(attempt(shelf_->append(kCat, 0, "x"))).code(), Code::kIo) << "and waits for nobody";
    EXPECT_EQ(error_of(shelf_->open(kCat)).code(), Code::kIo);
    std::filesystem::remove(file());
    std::filesystem::create_directory(file());
    EXPECT_EQ(error_of(attempt(shelf_->append(kCat, 0, "x"))).code(), Code::kIo);
    EXPECT_EQ(error_of(attempt(shelf_->remove(kCat))).code(), Code::kIo);
}

TEST_F(MediaShelf, IsADirectoryOfItsOwn) {
    std::filesystem::create_directory(place_ / "elsewhere");
    std::filesystem::create_directory_symlink(place_ / "elsewhere", place_ / "media");
    EXPECT_FALSE(open_media_shelf(place_ / "media").has_value());
    std::filesystem::remove(place_ / "media");
    test::write_bytes(place_ / "media", "a file");
    EXPECT_FALSE(open_media_shelf(place_ / "media").has_value());
    std::filesystem::remove(place_ / "media");
    std::filesystem::create_directory(place_ / "media");
    ASSERT_EQ(0, ::chmod((place_ / "media").c_str(), 0755));
    open();
    EXPECT_EQ(mode_of(place_ / "media"), 0700U);
    EXPECT_FALSE(open_media_shelf(place_ / "not-there" / "media").has_value());
}

TEST_F(MediaShelf, NoticesThatAFileChangedWhileItIsRead) {
    open();
    get(shelf_->append(kCat, 0, "the cat sat"));
    const auto bytes = must(shelf_->open(kCat));
    EXPECT_EQ(must(bytes->read(0, 3)), "the");
    get(shelf_->append(kCat, 11, "!"));
    EXPECT_EQ(error_of(bytes->read(0, 3)).code(), Code::kIo);
    const auto longer = must(shelf_->open(kCat));
    ASSERT_EQ(0, ::truncate(file().c_str(), 5));
    const Error error = error_of(longer->read(4, 100));
    EXPECT_EQ(error.code(), Code::kIo);
    EXPECT_EQ(error.fault(), Fault::kLocal);
    const auto shorter = must(shelf_->open(kCat));
    // The same length, another content, at another time: the clock of the file system may not have moved on by itself.
    test::write_bytes(file(), "other");
    const timespec later[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 2, .tv_nsec = 0}};
    ASSERT_EQ(0, ::utimensat(AT_FDCWD, file().c_str(), later, 0));
    EXPECT_EQ(error_of(shorter->read(0, 5)).code(), Code::kIo);
}

// kill -9 while bytes are appended: what was acknowledged is there, whatever comes beyond is what was sent, and the upload
// goes on where the file ends.
TEST_F(MediaShelf, GoesOnAfterAKillWhereTheFileEnds) {
    const std::string piece(100'000, 'c');
    std::uint64_t acknowledged = 0;
    for (unsigned round = 0; round < 20; ++round) {
        int ends[2];
        ASSERT_EQ(0, ::pipe(ends));
        const pid_t child = ::fork();
        ASSERT_GE(child, 0) << "kill(-1) would reach every process of the machine";
        if (child == 0) {
            boost::asio::io_context io(1);
            const auto shelf = must(open_media_shelf(place_ / "media"));
            auto length = must(test::run(io, shelf->length(kCat)));
            for (;;) {
                length = must(test::run(io, shelf->append(kCat, length, piece)));
                if (::write(ends[1], &length, sizeof length) != sizeof length) ::_exit(1);
            }
        }
        ::close(ends[1]);
        for (unsigned i = 0; i <= round % 4; ++i)
            ASSERT_EQ(static_cast<ssize_t>(sizeof acknowledged), ::read(ends[0], &acknowledged, sizeof acknowledged));
        for (volatile unsigned i = 0; i < round * 20'000; i = i + 1) {
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        std::uint64_t later = 0;
        while (::read(ends[0], &later, sizeof later) == static_cast<ssize_t>(sizeof later))
            acknowledged = later;
        ::close(ends[0]);
        open();
        const auto length = get(shelf_->length(kCat));
        EXPECT_GE(length, acknowledged);
        EXPECT_LE(length, acknowledged + piece.size());
        shelf_.reset();
    }
    open();
    const auto length = get(shelf_->length(kCat));
    EXPECT_EQ(get(shelf_->append(kCat, length, "end")), length + 3);
    EXPECT_EQ(test::read_bytes(file()), std::string(length, 'c') + "end");
}

TEST_F(MediaShelf, SaysThatTheDiskIsFullAndGoesOnWhenThereIsRoom) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        GTEST_SKIP() << "skipped: may not mount here: " << std::strerror(errno);
    if (::mount("tmpfs", place_.path().c_str(), "tmpfs", 0, "size=512k,mode=0700") != 0)
        GTEST_SKIP() << "skipped: may not mount a tmpfs: " << std::strerror(errno);
    open();
    const std::string piece(200 * 1024, 'c');
    get(shelf_->append(kCat, 0, piece));
    get(shelf_->append(kCat, piece.size(), piece));
    const Error error = error_of(attempt(shelf_->append(kCat, 2 * piece.size(), piece)));
    EXPECT_EQ(error.code(), Code::kDiskFull) << error.summary();
    EXPECT_EQ(error.fault(), Fault::kLocal);
    EXPECT_EQ(get(shelf_->length(kCat)), 2 * piece.size()) << "what was not acknowledged leaves its room to others";
    EXPECT_EQ(::mount("tmpfs", place_.path().c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
    EXPECT_EQ(get(shelf_->append(kCat, 2 * piece.size(), piece)), 3 * piece.size());
    EXPECT_EQ(::mount("tmpfs", place_.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=8m"), 0);
    EXPECT_EQ(error_of(attempt(shelf_->append(FileId("file_b"), 0, "x"))).code(), Code::kReadOnly);
    shelf_.reset();
    ::umount2(place_.path().c_str(), MNT_DETACH);
}

} // namespace
} // namespace everlong::adapters
