// Resumable uploads against the simulator, which keeps the SHA-256 of what arrived (facts/graph-api.md, 8.6).
#include "publish_sandbox.hpp"

#include <random>

namespace everlong::ports {
namespace {

using core::ContainerStatus;
using core::LoginPath;
using test::PublishSandbox;
using test::TextSource;

std::string digest_of(const std::string& bytes) {
    return to_hex(sha256(bytes).data(), 32);
}

std::string big_video() {
    test::VideoSample sample;
    sample.media_bytes = 3 * 1024 * 1024;
    std::string bytes = test::make_video(sample);
    // No two pieces alike, so that a piece at the wrong place shows.
    std::mt19937 random(7);
    for (std::size_t i = bytes.size() - sample.media_bytes; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(random());
    }
    return bytes;
}

class Uploads : public testing::Test {
protected:
    PublishSandbox sandbox{LoginPath::kFacebook};

    MadeContainer begin(ContainerKind kind = ContainerKind::kReel) {
        ContainerOrder order;
        order.kind = kind;
        auto made = sandbox.make(order);
        if (!made) throw std::runtime_error(made.error().summary());
        return *std::move(made);
    }
    Result<void> send(const MadeContainer& made, ByteSource& bytes, std::uint64_t offset = 0) {
        return sandbox.ask(sandbox.publish().send_bytes(sandbox.who(), made.upload_uri, bytes, offset));
    }
    // What Meta has, after a break.
    std::uint64_t arrived(const MadeContainer& made) {
        return sandbox.report(made.id).value().bytes_transferred.value();
    }
    void expect_whole(const MadeContainer& made, const std::string& video) {
        EXPECT_EQ(std::string(sandbox.container(made.id).at("sha256").get_string()), digest_of(video));
        sandbox.simulator().advance(Seconds(2));
        EXPECT_EQ(sandbox.report(made.id)->status, ContainerStatus::kFinished) << sandbox.report(made.id)->text;
    }
};

TEST_F(Uploads, WholeInOneCallForEveryKindOfVideo) {
    const std::string video = big_video();
    for (const auto kind : {ContainerKind::kReel, ContainerKind::kStoryVideo, ContainerKind::kItemVideo}) {
        const MadeContainer made = begin(kind);
        EXPECT_EQ(sandbox.report(made.id)->bytes_transferred, 0U);
        TextSource source(video);
        const auto sent = send(made, source);
        ASSERT_TRUE(sent.has_value()) << sent.error().summary();
        EXPECT_EQ(arrived(made), video.size());
        expect_whole(made, video);
        EXPECT_EQ(sandbox.report(made.id)->video_phase, "complete");
    }
}

TEST_F(Uploads, CutAnywhereItGoesOnWhereMetaSays) {
    const std::string video = big_video();
    std::mt19937 random(11);
    for (int i = 0; i < 50; ++i) {
        const std::uint64_t cut = random() % video.size();
        SCOPED_TRACE(cut);
        const MadeContainer made = begin();
        TextSource breaking(video);
        breaking.breaks_at = cut;
        const auto broken = send(made, breaking);
        ASSERT_FALSE(broken.has_value());
        EXPECT_EQ(broken.error().code(), Code::kIo) << "our own trouble, not Meta's";
        TextSource source(video);
        Result<void> sent = send(made, source, arrived(made));
        // Bytes of the broken call may still have been on their way when Meta was asked.
        for (int again = 0; !sent && sent.error().fault() == Fault::kTransient && again < 5; ++again) {
            sent = send(made, source, arrived(made));
        }
        ASSERT_TRUE(sent.has_value()) << sent.error().summary();
        expect_whole(made, video);
    }
}

TEST_F(Uploads, ALineThatBreaksHalfWayIsAnOpenOutcome) {
    sandbox.set("upload_cut", "half");
    const std::string video = big_video();
    const MadeContainer made = begin();
    TextSource source(video);
    const auto broken = send(made, source);
    ASSERT_FALSE(broken.has_value());
    EXPECT_EQ(broken.error().code(), Code::kUnknownOutcome) << broken.error().summary();
    EXPECT_EQ(arrived(made), video.size() / 2);
    ASSERT_TRUE(send(made, source, video.size() / 2).has_value());
    expect_whole(made, video);
}

TEST_F(Uploads, AWrongOffsetMayBeAskedForAndTriedAgain) {
    const std::string video = test::make_video();
    const MadeContainer made = begin();
    TextSource source(video);
    const auto wrong = send(made, source, 10);
    ASSERT_FALSE(wrong.has_value());
    EXPECT_EQ(wrong.error().code(), Code::kUpstream) << wrong.error().summary();
    EXPECT_EQ(wrong.error().fault(), Fault::kTransient);
    EXPECT_TRUE(send(made, source, arrived(made)).has_value());
}

TEST_F(Uploads, ARefusalIsReadFromTheBodyWhateverTheStatus) {
    for (const char* status : {"400", "200"}) {
        sandbox.set("upload_failure_status", status);
        const MadeContainer made = begin();
        const auto stranger = sandbox.mint(R"({"login":"facebook","account":"other_shop"})");
        const Publisher who{LoginPath::kFacebook, stranger.token, IgUserId(stranger.ig_user_id)};
        TextSource source(test::make_video());
        const auto refused = sandbox.ask(sandbox.publish().send_bytes(who, made.upload_uri, source, 0));
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code(), Code::kGraph) << refused.error().summary();
        EXPECT_EQ(refused.error().fault(), Fault::kRefused);
        EXPECT_NE(refused.error().summary().find("unauthorized user request"), std::string::npos);
    }
}

TEST_F(Uploads, NoTokenGoesToAnAddressThatIsNotMetas) {
    const MadeContainer made = begin();
    TextSource source(test::make_video());
    const std::size_t calls = sandbox.calls().size();
    for (const char* address :
         {"", "https://example.org/ig-api-upload/v25.0/1", "https://rupload.facebook.com.example.org/ig-api-upload/1",
          "https://rupload.facebook.com@example.org/x", "https://rupload.facebook.com/../x",
          "https://rupload.facebook.com/x?y=1", "file:///etc/passwd", "rupload.facebook.com/x"}) {
        const auto refused = sandbox.ask(sandbox.publish().send_bytes(sandbox.who(), address, source, 0));
        ASSERT_FALSE(refused.has_value()) << address;
        EXPECT_EQ(refused.error().code(), Code::kUsage) << address;
    }
    EXPECT_EQ(sandbox.calls().size(), calls);
    // Meta's own name leads below EVERLONG_META.
    const std::string path = made.upload_uri.substr(made.upload_uri.find("rupload.facebook.com/"));
    EXPECT_TRUE(sandbox.ask(sandbox.publish().send_bytes(sandbox.who(), "https://" + path, source, 0)).has_value());
}

TEST_F(Uploads, AnEndWithNothingLeftIsSaidAgain) {
    // The last byte arrived and the answer did not.
    const std::string video = test::make_video();
    const MadeContainer made = begin();
    sandbox.fault("ig-api-upload", R"({"kind":"drop-after"})");
    TextSource source(video);
    ASSERT_FALSE(send(made, source).has_value());
    const auto again = send(made, source, arrived(made));
    ASSERT_TRUE(again.has_value()) << again.error().summary();
    expect_whole(made, video);
}

} // namespace
} // namespace everlong::ports
