#include <adapters/media_child/media_child.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <support/media_samples.hpp>
#include <support/run.hpp>
#include <support/temp_dir.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::adapters {
namespace {

using core::MediaFacts;

// Sleeps that are over at once: every deadline has passed.
class NoTime final : public ports::Monotonic {
public:
    MonotonicInstant now() const override { return MonotonicInstant(); }
    Async<void> sleep_for(Milliseconds) override { co_return; }
};

class MediaChildTest : public testing::Test {
protected:
    Result<MediaFacts> look(const std::string& path, const std::string& program = {}) {
        auto tool = make_media_child(io_.get_executor(), *time_, settings(program));
        return test::run(io_, tool->look(path));
    }
    Result<MediaFacts> look_at(const std::string& bytes, const std::string& program = {}) {
        test::write_bytes(folder_ / "file", bytes);
        return look(folder_ / "file", program);
    }
    MediaChildSettings settings(const std::string& program) const {
        MediaChildSettings result;
        result.program = program.empty() ? EVERLONG_BINARY_DIR "/everlong-media" : program;
        return result;
    }
    // A stand-in for the tool.
    std::string script(const std::string& lines) {
        test::write_bytes(folder_ / "tool", "#!/bin/sh\n" + lines + "\n", 0700);
        return folder_ / "tool";
    }

    test::TempDir folder_;
    boost::asio::io_context io_{1};
    std::unique_ptr<ports::Monotonic> time_ = make_steady_monotonic(io_.get_executor());
};

TEST_F(MediaChildTest, TellsFormatSizeAndShapeOfAPicture) {
    const auto facts = look_at(test::make_jpeg(640, 480));
    ASSERT_TRUE(facts) << facts.error().summary();
    EXPECT_EQ(core::MediumType::kImage, facts->type);
    EXPECT_EQ("jpeg", facts->format);
    EXPECT_EQ(640, facts->width);
    EXPECT_EQ(480, facts->height);
    EXPECT_EQ(test::make_jpeg(640, 480).size(), facts->bytes);
    EXPECT_EQ("", facts->problem);
}

TEST_F(MediaChildTest, SaysThatAPictureBreaksOff) {
    test::JpegSample cut;
    cut.has_end = false;
    const auto facts = look_at(test::make_jpeg(cut));
    ASSERT_TRUE(facts);
    EXPECT_EQ("jpeg", facts->format);
    EXPECT_EQ("the picture breaks off before its end", facts->problem);
}

TEST_F(MediaChildTest, AFileThatIsNothingIsAnAnswer) {
    const auto facts = look_at("a letter to nobody");
    ASSERT_TRUE(facts);
    EXPECT_EQ("", facts->format);
    EXPECT_EQ("it is neither a picture nor a video of a known format", facts->problem);
    EXPECT_EQ(18U, facts->bytes);
}

TEST_F(MediaChildTest, AnEmptyFileIsAnAnswer) {
    const auto facts = look_at("");
    ASSERT_TRUE(facts);
    EXPECT_EQ("the file is empty", facts->problem);
}

TEST_F(MediaChildTest, AFileThatIsNotThereIsAnErrorOfThisMachine) {
    const auto facts = look(folder_ / "nothing");
    ASSERT_FALSE(facts);
    EXPECT_EQ(Code::kIo, facts.error().code());
    EXPECT_EQ(Fault::kLocal, facts.error().fault());
}

TEST_F(MediaChildTest, APipeIsNotWaitedFor) {
    ASSERT_EQ(0, ::mkfifo((folder_ / "pipe").c_str(), 0600));
    const auto facts = look(folder_ / "pipe");
    ASSERT_FALSE(facts);
    EXPECT_EQ(Code::kIo, facts.error().code());
}

TEST_F(MediaChildTest, ACrashOfTheReaderIsAnAnswerAboutTheFile) {
    const auto facts = look_at("boom", script("kill -SEGV $$"));
    ASSERT_TRUE(facts) << facts.error().summary();
    EXPECT_EQ("", facts->format);
    EXPECT_EQ("the program that reads it was brought down by it (signal 11)", facts->problem);
    EXPECT_EQ(4U, facts->bytes);
}

TEST_F(MediaChildTest, AReaderThatIsKilledForItsMemoryIsAnAnswer) {
    const auto facts = look_at("big", script("kill -KILL $$"));
    ASSERT_TRUE(facts);
    EXPECT_EQ("reading it needed too much memory or time", facts->problem);
}

TEST_F(MediaChildTest, AReaderThatTakesTooLongIsKilled) {
    time_ = std::make_unique<NoTime>();
    const auto facts = look_at("slow", script("exec sleep 1000"));
    ASSERT_TRUE(facts);
    EXPECT_EQ("reading it took too long", facts->problem);
}

TEST_F(MediaChildTest, AReaderThatClosesItsOutputAndGoesOnIsKilledToo) {
    time_ = std::make_unique<NoTime>();
    const auto facts = look_at("sly", script("exec sleep 1000 >/dev/null"));
    ASSERT_TRUE(facts);
    EXPECT_EQ("reading it took too long", facts->problem);
}

TEST_F(MediaChildTest, AFloodIsNotRead) {
    const auto facts = look_at("loud", script("exec cat /dev/zero"));
    ASSERT_TRUE(facts);
    EXPECT_EQ("the program that reads it gave no proper answer", facts->problem);
}

TEST_F(MediaChildTest, AnAnswerOfAnotherFormIsNone) {
    for (
        const std::string answer :
        {"", "{}", "[]", "{\"medium\":{}}", "{\"medium\":{\"type\":\"image\",\"format\":\"jpeg\"}}",
         // A control character, a width beyond reason, a video without its facts.
         R"({"medium":{"type":"image","format":"\u001b[2J","width":1,"height":1,"is_multi_picture":false,"colour_space":"","has_metadata":false,"lies_on_its_side":false,"has_transparency":false,"problem":""}})",
         R"({"medium":{"type":"image","format":"jpeg","width":9000000,"height":1,"is_multi_picture":false,"colour_space":"","has_metadata":false,"lies_on_its_side":false,"has_transparency":false,"problem":""}})",
         R"({"medium":{"type":"video","format":"mp4","width":1,"height":1,"is_multi_picture":false,"colour_space":"","has_metadata":false,"lies_on_its_side":false,"has_transparency":false,"problem":""}})"}) {
        const auto facts = look_at("x", script("cat <<'END'\n" + answer + "\nEND"));
        ASSERT_TRUE(facts) << answer;
        EXPECT_EQ("the program that reads it gave no proper answer", facts->problem) << answer;
        EXPECT_EQ("", facts->format);
    }
}

TEST_F(MediaChildTest, AToolThatCannotBeStartedIsOurOwnTrouble) {
    const auto missing = look_at("x", folder_ / "no-tool");
    ASSERT_FALSE(missing);
    EXPECT_EQ(Code::kMediaTool, missing.error().code());
    EXPECT_EQ(Fault::kLocal, missing.error().fault());
    const auto refusing = look_at("x", script("exit 4"));
    ASSERT_FALSE(refusing);
    EXPECT_EQ(Code::kMediaTool, refusing.error().code());
}

TEST_F(MediaChildTest, TheReaderGetsNothingOfOursButTheFile) {
    ::setenv("EVERLONG_TEST_SECRET", "hidden", 1);
    // One that would be inherited by an ordinary child.
    const int ours = ::fcntl(::open("/dev/null", O_RDONLY), F_DUPFD, 20);
    const std::string reader = script("env > " + (folder_ / "env").string() + "; exec ls /proc/self/fd > " +
                                      (folder_ / "descriptors").string());
    const auto facts = look_at("x", reader);
    ::close(ours);
    ::unsetenv("EVERLONG_TEST_SECRET");
    ASSERT_TRUE(facts);
    EXPECT_EQ(std::string::npos, test::read_bytes(folder_ / "env").find("hidden"));
    // Standard streams, the file, and the directory that ls itself has opened.
    EXPECT_EQ("0\n1\n2\n3\n4\n", test::read_bytes(folder_ / "descriptors"));
}

TEST_F(MediaChildTest, NoMoreReadersLiveAtOnceThanMay) {
    using namespace boost::asio::experimental::awaitable_operators;
    // Each leaves a mark while it lives, and counts the marks.
    const std::string marks = folder_.path().string();
    MediaChildSettings one = settings(script("touch " + marks + "/mark.$$; ls " + marks + "/mark.* | wc -l >> " +
                                             marks + "/counts; rm " + marks + "/mark.$$"));
    one.most_children = 1;
    auto tool = make_media_child(io_.get_executor(), *time_, one);
    test::write_bytes(folder_ / "file", "x");
    const std::string path = folder_ / "file";
    const auto all = [&]() -> Async<int> {
        auto [a, b, c, d] = co_await (tool->look(path) && tool->look(path) && tool->look(path) && tool->look(path));
        co_return static_cast<int>(a.has_value()) + b.has_value() + c.has_value() + d.has_value();
    };
    EXPECT_EQ(4, test::run(io_, all()));
    EXPECT_EQ("1\n1\n1\n1\n", test::read_bytes(folder_ / "counts"));
}

TEST_F(MediaChildTest, MakesAJpegOfAPng) {
#if __has_feature(thread_sanitizer)
    GTEST_SKIP() << "the threads of libvips are not instrumented, and what they do well is reported as races";
#endif
    auto tool = make_media_child(io_.get_executor(), *time_, settings({}));
    ports::Conversion conversion;
    conversion.fit = ports::Conversion::Fit::kPad;
    conversion.least_ratio = 1.5;
    conversion.most_ratio = 1.6;
    const std::string source = EVERLONG_SOURCE_DIR "/tests/fuzz/corpus/media_look/s.png"; // 16 x 16
    const auto done = test::run(io_, tool->convert(source, folder_ / "new.jpg", conversion));
    ASSERT_TRUE(done) << done.error().summary();
    const auto facts = look(folder_ / "new.jpg");
    ASSERT_TRUE(facts);
    EXPECT_EQ("jpeg", facts->format);
    EXPECT_EQ(24, facts->width);
    EXPECT_EQ(16, facts->height);
    struct stat state{};
    ASSERT_EQ(0, ::stat((folder_ / "new.jpg").c_str(), &state));
    EXPECT_EQ(0600U, state.st_mode & 0777U);
}

TEST_F(MediaChildTest, AConversionThatFailsLeavesNoFile) {
    auto tool = make_media_child(io_.get_executor(), *time_, settings({}));
    test::write_bytes(folder_ / "file", "not a picture");
    const auto done = test::run(io_, tool->convert(folder_ / "file", folder_ / "new.jpg", {}));
    ASSERT_FALSE(done);
    EXPECT_EQ(Code::kMediaUnreadable, done.error().code());
    EXPECT_EQ(Fault::kUsage, done.error().fault());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "new.jpg"));
}

TEST_F(MediaChildTest, AConversionNeverWritesOverAFile) {
    auto tool = make_media_child(io_.get_executor(), *time_, settings({}));
    test::write_bytes(folder_ / "file", test::make_jpeg(10, 10));
    test::write_bytes(folder_ / "new.jpg", "precious");
    EXPECT_FALSE(test::run(io_, tool->convert(folder_ / "file", folder_ / "new.jpg", {})));
    EXPECT_EQ("precious", test::read_bytes(folder_ / "new.jpg"));
}

} // namespace
} // namespace everlong::adapters
