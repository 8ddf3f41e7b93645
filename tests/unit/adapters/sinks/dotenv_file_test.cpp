#include <adapters/sinks/dotenv_file.hpp>

#include <base/digest.hpp>

#include <support/run.hpp>
#include <support/temp_dir.hpp>

#include <gtest/gtest.h>

namespace everlong::adapters {
namespace {

using test::read_bytes;
using test::TempDir;
using test::write_bytes;

struct World {
    TempDir dir;
    // Outlives the worker, which may still be telling it of a result when the task that waited has ended.
    boost::asio::io_context io;
    Worker worker;
    std::unique_ptr<ports::DotenvSink> sink = make_dotenv_sink(worker);
    ports::DotenvTarget target{.path = std::filesystem::canonical(dir.path()).string() + "/.env"};
    Secret token{"EAABnew0123456789abcdefghij"};
    IgUserId id{"17841400000000001"};
};

TEST(DotenvFileSink, WritesAndReadsBackOnAWorker) {
    World world;
    write_bytes(world.target.path, "A=1\nINSTAGRAM_ACCESS_TOKEN='old'\n", 0640);
    ASSERT_TRUE(test::run(world.io, world.sink->write(world.target, world.token, world.id)).has_value());
    EXPECT_EQ(read_bytes(world.target.path),
              "A=1\nINSTAGRAM_ACCESS_TOKEN=EAABnew0123456789abcdefghij\nINSTAGRAM_USER_ID=17841400000000001\n");
    const auto reading = test::run(world.io, world.sink->read(world.target));
    ASSERT_TRUE(reading.has_value());
    EXPECT_EQ(reading->token, fingerprint_of(world.token));
    EXPECT_EQ(reading->ig_user_id, "17841400000000001");
    EXPECT_TRUE(reading->is_clean);
}

TEST(DotenvFileSink, UsesTheKeysOfTheDelivery) {
    World world;
    world.target.token_key = "IG_TOKEN";
    world.target.id_key = "IG_ID";
    write_bytes(world.target.path, "INSTAGRAM_ACCESS_TOKEN=other\nIG_TOKEN=old\n");
    ASSERT_TRUE(test::run(world.io, world.sink->write(world.target, world.token, world.id)).has_value());
    EXPECT_EQ(read_bytes(world.target.path),
              "INSTAGRAM_ACCESS_TOKEN=other\nIG_TOKEN=EAABnew0123456789abcdefghij\nIG_ID=17841400000000001\n");
}

TEST(DotenvFileSink, GivesErrorsHome) {
    World world;
    std::filesystem::create_symlink("elsewhere", world.target.path);
    const auto written = test::run(world.io, world.sink->write(world.target, world.token, world.id));
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Code::kSinkUnsafe);
    const auto reading = test::run(world.io, world.sink->read(world.target));
    ASSERT_FALSE(reading.has_value());
    EXPECT_EQ(reading.error().code(), Code::kSinkUnsafe);
}

TEST(EnvFiles, OpensTheTrueFileWithItsWarnings) {
    World world;
    const auto files = make_env_files(world.worker);
    write_bytes(world.target.path, "A=1\n", 0604);
    std::filesystem::create_symlink(".env", world.dir / "link");
    const auto opened = test::run(world.io, files->open((world.dir / "link").string()));
    ASSERT_TRUE(opened.has_value()) << opened.error().summary();
    EXPECT_EQ(opened->path, world.target.path);
    EXPECT_EQ(opened->content.reveal(), "A=1\n");
    EXPECT_EQ(opened->warnings.size(), 1U);
}

TEST(EnvFiles, SaysWhatCannotBeOpened) {
    World world;
    const auto files = make_env_files(world.worker);
    const auto absent = test::run(world.io, files->open(world.target.path));
    ASSERT_FALSE(absent.has_value());
    EXPECT_EQ(absent.error().code(), Code::kEnvUnreadable);
    write_bytes(world.target.path, std::string(1048577, '#'));
    const auto large = test::run(world.io, files->open(world.target.path));
    ASSERT_FALSE(large.has_value());
    EXPECT_EQ(large.error().code(), Code::kEnvTooLarge);
}

} // namespace
} // namespace everlong::adapters
