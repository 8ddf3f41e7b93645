// Disks that are full or read-only: mapped errors, nothing acknowledged is lost, and work goes on when there is room again.
// The disks are small tmpfs in a mount namespace of this process; without the right to mount the tests are skipped.

#include "store_sqlite_tools.hpp"

#include <adapters/store_sqlite/detail/mark_file.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sched.h>
#include <sys/mount.h>

namespace everlong::test {
namespace {

class SmallDisk : public testing::Test {
protected:
    void SetUp() override {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
            GTEST_SKIP() << "skipped: may not mount here: " << std::strerror(errno);
        }
        if (::mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, "size=512k,mode=0700") != 0) {
            GTEST_SKIP() << "skipped: may not mount a tmpfs: " << std::strerror(errno);
        }
        is_mounted_ = true;
        keyring_ = must(adapters::load_or_create_keyring(dir_ / "master.key", false));
    }
    void TearDown() override {
        if (is_mounted_) ::umount2(dir_.path().c_str(), MNT_DETACH);
    }

    void remount(unsigned long flags, const char* options) {
        ASSERT_EQ(0, ::mount("tmpfs", dir_.path().c_str(), "tmpfs", MS_REMOUNT | flags, options))
            << std::strerror(errno);
    }
    Result<std::unique_ptr<ports::Store>> open() {
        return adapters::open_sqlite_store(dir_ / "everlong.db", *keyring_);
    }

    TempDir dir_;
    bool is_mounted_ = false;
    std::unique_ptr<ports::Keyring> keyring_;
};

TEST_F(SmallDisk, FullFailsWritesAndLosesNothing) {
    auto store = must(open());
    const auto id = connect(*store, "IGAAone");
    int kept = 0;
    std::optional<Error> error;
    for (int i = 0; i < 10000 && !error; ++i) {
        auto done = attempt(store->append_audit({day(i), "engine", "filler", "shop", std::string(2000, 'x')}));
        if (done)
            ++kept;
        else
            error = done.error();
    }
    ASSERT_TRUE(error.has_value());
    EXPECT_EQ(Code::kDiskFull, error->code()) << error->summary();
    EXPECT_EQ(Fault::kLocal, error->fault());
    auto proof = attempt(store->prove_writable());
    ASSERT_FALSE(proof.has_value());
    EXPECT_EQ(Code::kDiskFull, proof.error().code()) << proof.error().summary();
    auto pending = attempt(store->keep_pending(id, Secret("IGAAtwo"), {}, "refresh", std::nullopt, event("x")));
    EXPECT_FALSE(pending.has_value());

    // Reads go on; everything acknowledged is there, nothing else.
    EXPECT_EQ("IGAAone", get(store->load_current(id)).token.reveal());
    EXPECT_FALSE(get(store->load_pending(id)).has_value());
    EXPECT_EQ(kept + 3, static_cast<int>(get(store->list_audit("", 20000)).size()));

    // Room again: the same store writes again.
    remount(0, "size=8m");
    get(store->prove_writable());
    EXPECT_EQ(2, keep_token(*store, id, "IGAAtwo"));
    store.reset();
    store = must(open());
    EXPECT_EQ(kept + 4, static_cast<int>(get(store->list_audit("", 20000)).size()));
    EXPECT_EQ(kept + 4, must(adapters::verify_sqlite_audit(dir_ / "everlong.db")));
}

TEST_F(SmallDisk, FullWhileAGroupIsCommittedFailsWithTheSameErrorForAll) {
    boost::asio::io_context io(1); // outlives the store
    auto store = must(open());
    int kept = 0;
    int full = 0;
    int other = 0;
    for (int i = 0; i < 400; ++i) {
        boost::asio::co_spawn(io, store->append_audit({day(i), "engine", "filler", "shop", std::string(4000, 'x')}),
                              [&](std::exception_ptr, Result<void> result) {
                                  if (result)
                                      ++kept;
                                  else if (result.error().code() == Code::kDiskFull)
                                      ++full;
                                  else
                                      ++other;
                              });
    }
    io.run();
    EXPECT_GT(full, 0);
    EXPECT_EQ(0, other);
    EXPECT_EQ(400, kept + full);
    EXPECT_EQ(kept, static_cast<int>(get(store->list_audit("", 20000)).size()));
}

TEST_F(SmallDisk, FullAtTheStartIsSaid) {
    write_bytes(dir_ / "filler", std::string(500 * 1024, 'x'));
    const auto store = open();
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(Code::kDiskFull, store.error().code()) << store.error().summary();
    std::filesystem::remove(dir_ / "filler");
    EXPECT_TRUE(open().has_value()) << "a half-made store is no obstacle";
}

// The mark beside the store is there as a whole or not at all, wherever in its making the disk is full; and one that was cut
// is no worse for a try to mend it.
TEST_F(SmallDisk, FullWhileTheMarkIsMadeLeavesNone) {
    const auto filler = dir_ / "filler";
    const auto mark = dir_ / "store.mark";
    for (const bool was_cut : {false, true}) {
        for (const int free_pages : {0, 1}) {
            std::filesystem::remove(mark);
            if (was_cut) write_bytes(mark, "");
            std::ofstream full(filler, std::ios::binary | std::ios::app);
            while (full.write(std::string(4096, 'x').data(), 4096).flush()) {
            }
            std::filesystem::resize_file(filler, (std::filesystem::file_size(filler) / 4096 - free_pages) * 4096);

            const auto made = adapters::detail::MarkFile(mark).write({"store", 7});
            ASSERT_FALSE(made.has_value());
            EXPECT_EQ(Code::kDiskFull, made.error().code()) << made.error().summary();
            EXPECT_EQ(was_cut, std::filesystem::exists(mark));
            EXPECT_FALSE(std::filesystem::exists(dir_ / "store.mark.new"));
            EXPECT_FALSE(must(adapters::detail::MarkFile(mark).read()).mark);
        }
        std::filesystem::remove(filler);
        EXPECT_TRUE(adapters::detail::MarkFile(mark).write({"store", 7}).has_value());
        EXPECT_EQ((core::StoreMark{"store", 7}), must(adapters::detail::MarkFile(mark).read()).mark);
        EXPECT_EQ(8192U, std::filesystem::file_size(mark));
    }
}

TEST_F(SmallDisk, ReadOnlyIsSaid) {
    connect(*must(open()), "IGAAone");
    remount(MS_RDONLY, "size=512k");
    const auto store = open();
    ASSERT_FALSE(store.has_value());
    EXPECT_EQ(Code::kReadOnly, store.error().code()) << store.error().summary();
    EXPECT_EQ(Fault::kLocal, store.error().fault());
    remount(0, "size=512k");
    EXPECT_EQ("IGAAone", get(must(open())->load_current(ports::ChannelId(1))).token.reveal());
}

TEST_F(SmallDisk, NoKeyIsMadeOnAFullOrReadOnlyDisk) {
    write_bytes(dir_ / "filler", std::string(1024 * 1024, 'x')); // stops where the disk is full
    const auto full = adapters::load_or_create_keyring(dir_ / "second.key", false);
    ASSERT_FALSE(full.has_value());
    EXPECT_EQ(Code::kDiskFull, full.error().code()) << full.error().summary();
    EXPECT_FALSE(std::filesystem::exists(dir_ / "second.key"));
    std::filesystem::remove(dir_ / "filler");
    remount(MS_RDONLY, "size=512k");
    const auto read_only = adapters::load_or_create_keyring(dir_ / "second.key", false);
    ASSERT_FALSE(read_only.has_value());
    EXPECT_EQ(Code::kReadOnly, read_only.error().code()) << read_only.error().summary();
}

} // namespace
} // namespace everlong::test
