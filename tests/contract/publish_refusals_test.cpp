// What Meta refuses while publishing, and what is left open when an answer goes astray.
#include "publish_sandbox.hpp"

#include <core/graph_errors.hpp>

namespace everlong::ports {
namespace {

using core::ContainerStatus;
using core::LoginPath;
using test::Intents;
using test::login_of;
using test::PublishSandbox;

ContainerOrder image(PublishSandbox& sandbox) {
    ContainerOrder order;
    order.media_url = sandbox.picture();
    return order;
}

void expect(const Error& error, int code, int subcode, Code ours, Fault fault) {
    ASSERT_NE(error.upstream(), nullptr) << error.summary();
    EXPECT_EQ(error.upstream()->code, code) << error.summary();
    EXPECT_EQ(error.upstream()->subcode, subcode) << error.summary();
    EXPECT_EQ(code_name(error.code()), code_name(ours)) << error.summary();
    EXPECT_EQ(error.fault(), fault) << error.summary();
}

TEST(PublishRefusals, NotReadyYet) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    sandbox.set("image_processing_s", "10");
    const auto made = sandbox.make(image(sandbox));
    ASSERT_TRUE(made.has_value()) << made.error().summary();
    EXPECT_EQ(sandbox.report(made->id)->status, ContainerStatus::kInProgress);
    expect(sandbox.publish_it(made->id).error(), 9007, 2207027, Code::kGraph, Fault::kTransient);
}

TEST(PublishRefusals, TooOld) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    const std::string id = sandbox.finished(image(sandbox));
    sandbox.simulator().advance(Hours(25));
    EXPECT_EQ(sandbox.report(id)->status, ContainerStatus::kExpired);
    expect(sandbox.publish_it(id).error(), -2, 2207020, Code::kGraph, Fault::kRefused);
    sandbox.set("expired_publish", "2207008");
    expect(sandbox.publish_it(id).error(), 24, 2207008, Code::kGraph, Fault::kRefused);
}

TEST(PublishRefusals, AUsedUpQuotaWaits) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    sandbox.set("publish_quota", "25");
    for (int i = 0; i < 25; ++i) {
        sandbox.publish_image("post " + std::to_string(i));
    }
    const std::string id = sandbox.finished(image(sandbox));
    expect(sandbox.publish_it(id).error(), 9, 2207042, Code::kRateLimited, Fault::kRateLimited);
    const auto limit =
        sandbox.ask(sandbox.graph().publishing_limit(sandbox.login(), sandbox.minted().token, sandbox.who().account));
    EXPECT_EQ(limit->used, 25);
    EXPECT_EQ(limit->total, 25);
}

TEST(PublishRefusals, ARestrictedAccountNeedsItsPerson) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    const std::string id = sandbox.finished(image(sandbox));
    sandbox.control("POST", "event", R"({"type":"account-restricted"})");
    expect(sandbox.publish_it(id).error(), 25, 2207050, Code::kGraph, Fault::kNeedsConsent);
}

TEST(PublishRefusals, APictureThatCannotBeFetchedFailsItsContainer) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    ContainerOrder order;
    order.media_url = sandbox.picture() + ".missing";
    const auto made = sandbox.make(order);
    ASSERT_FALSE(made.has_value());
    expect(made.error(), 9004, 2207052, Code::kGraph, Fault::kRefused);
}

TEST(PublishRefusals, AVideoThatIsNoneShowsInItsContainer) {
    PublishSandbox sandbox(LoginPath::kInstagram);
    ContainerOrder order;
    order.kind = ContainerKind::kReel;
    order.media_url = sandbox.put("text.mp4", "no video", "video/mp4");
    const auto made = sandbox.make(order);
    ASSERT_TRUE(made.has_value()) << made.error().summary();
    sandbox.settle(made->id);
    const auto report = sandbox.report(made->id);
    ASSERT_TRUE(report.has_value()) << report.error().summary();
    EXPECT_EQ(report->status, ContainerStatus::kError);
    ASSERT_TRUE(report->subcode.has_value()) << report->text;
    EXPECT_EQ(*report->subcode / 1000, 2207) << report->text;
}

TEST(PublishRefusals, TheInstagramLoginTakesNoUploads) {
    PublishSandbox sandbox(LoginPath::kInstagram);
    ContainerOrder order;
    order.kind = ContainerKind::kReel;
    const auto made = sandbox.make(order);
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(code_name(made.error().code()), code_name(Code::kUploadRefused)) << made.error().summary();
    EXPECT_EQ(made.error().fault(), Fault::kRefused);
    sandbox.set("instagram_resumable", "works");
    EXPECT_TRUE(sandbox.make(order).has_value());
}

TEST(PublishRefusals, WhatCanBeNoOrderLeavesNobodyAsked) {
    PublishSandbox sandbox(LoginPath::kInstagram);
    ContainerOrder products = image(sandbox);
    products.product_tags = {{"1", 0.5, 0.5}};
    ContainerOrder empty_carousel;
    empty_carousel.kind = ContainerKind::kCarousel;
    ContainerOrder nowhere = image(sandbox);
    nowhere.user_tags = {{"a", std::numeric_limits<double>::quiet_NaN(), 0.5}};
    for (const ContainerOrder& order : {products, empty_carousel, nowhere, ContainerOrder{}}) {
        const auto made = sandbox.make(order);
        ASSERT_FALSE(made.has_value());
        EXPECT_EQ(made.error().code(), Code::kUsage);
        EXPECT_EQ(made.error().fault(), Fault::kUsage);
    }
    for (const char* id : {"", "me", "1/../2", "123456789012345678901", "1?x=1"}) {
        EXPECT_EQ(sandbox.publish_it(id).error().code(), Code::kUsage) << id;
        EXPECT_EQ(sandbox.report(id).error().code(), Code::kUsage) << id;
        EXPECT_EQ(sandbox.ask(sandbox.publish().medium(sandbox.who(), id)).error().code(), Code::kUsage) << id;
    }
    EXPECT_TRUE(sandbox.calls().empty());
}

TEST(PublishRefusals, AnotherAccountsContainerAndMediumAreNotSeen) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    const std::string id = sandbox.finished(image(sandbox));
    const auto stranger = sandbox.mint(R"({"login":"facebook","account":"other_shop"})");
    const Publisher who{LoginPath::kFacebook, stranger.token, IgUserId(stranger.ig_user_id)};
    const auto report = sandbox.ask(sandbox.publish().container(who, id));
    ASSERT_FALSE(report.has_value());
    expect(report.error(), 100, 33, Code::kAccountId, Fault::kRefused);
}

// ---- an answer that goes astray

struct Astray {
    const char* name;
    const char* fault;
    Code code;
    Fault fault_of_publish;
    bool is_published;
};

constexpr Astray kAstray[] = {
    {"dropped after", R"({"kind":"drop-after"})", Code::kUnknownOutcome, Fault::kUnknownOutcome, true},
    {"dropped before", R"({"kind":"drop-before"})", Code::kUnknownOutcome, Fault::kUnknownOutcome, false},
    {"cut", R"({"kind":"truncate"})", Code::kUnknownOutcome, Fault::kUnknownOutcome, true},
    {"html 502", R"({"kind":"html","status":502,"effect":true})", Code::kUpstream, Fault::kUnknownOutcome, true},
    {"html 200", R"({"kind":"html","status":200,"effect":true})", Code::kUpstreamShape, Fault::kUnknownOutcome, true},
    {"garbage", R"({"kind":"garbage"})", Code::kUpstreamShape, Fault::kUnknownOutcome, true},
    {"code 1", R"({"kind":"status","status":400,"code":1,"message":"An unknown error occurred","effect":true})",
     Code::kUpstream, Fault::kUnknownOutcome, true},
    {"code 2", R"({"kind":"status","status":400,"code":2,"message":"Service temporarily unavailable"})",
     Code::kUpstream, Fault::kUnknownOutcome, false},
    {"code -1", R"({"kind":"status","status":400,"code":-1,"subcode":2207001,"message":"Fatal","effect":true})",
     Code::kUpstream, Fault::kUnknownOutcome, true},
    {"500 with a refusal", R"({"kind":"status","status":500,"code":100,"message":"Invalid parameter"})", Code::kGraph,
     Fault::kUnknownOutcome, false},
};

TEST(PublishRefusals, APublishWithoutACleanAnswerIsLeftOpen) {
    for (const bool is_instagram : {false, true}) {
        for (const Astray& test : kAstray) {
            SCOPED_TRACE(test.name);
            PublishSandbox sandbox(login_of(is_instagram));
            const std::string id = sandbox.finished(image(sandbox));
            sandbox.fault("media_publish", test.fault);
            const auto lost = sandbox.publish_it(id);
            ASSERT_FALSE(lost.has_value());
            EXPECT_EQ(code_name(lost.error().code()), code_name(test.code)) << lost.error().summary();
            EXPECT_EQ(lost.error().fault(), test.fault_of_publish) << lost.error().summary();
            EXPECT_EQ(sandbox.count("media"), test.is_published ? 1U : 0U);
            const auto status = sandbox.report(id)->status;
            EXPECT_EQ(status, test.is_published ? ContainerStatus::kPublished : ContainerStatus::kFinished);
        }
    }
}

TEST(PublishRefusals, ACommentWithoutACleanAnswerIsLeftOpen) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    const std::string id = sandbox.publish_image("talk");
    sandbox.fault("comments", R"({"kind":"drop-after"})");
    const auto lost = sandbox.ask(sandbox.publish().comment(sandbox.who(), id, "First", Intents::make("comment-1")));
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().fault(), Fault::kUnknownOutcome);
}

TEST(PublishRefusals, ALostContainerMayBeMadeAgain) {
    PublishSandbox sandbox(LoginPath::kFacebook);
    sandbox.fault("media", R"({"kind":"drop-after"})");
    const auto lost = sandbox.make(image(sandbox));
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().fault(), Fault::kTransient) << lost.error().summary();
    EXPECT_TRUE(sandbox.make(image(sandbox)).has_value());
}

TEST(PublishRefusals, NothingLeavesWithoutAConnection) {
    PublishSandbox sandbox(LoginPath::kFacebook, [](adapters::GraphOptions& options) {
        options.meta_base = "http://127.0.0.1:1"; // nobody listens there
    });
    const auto lost = sandbox.publish_it("17889000000000001");
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().code(), Code::kUnreachable);
    EXPECT_EQ(lost.error().fault(), Fault::kTransient);
}

// ---- limits

TEST(PublishRefusals, ALimitTellsHowLongItLasts) {
    for (const bool is_instagram : {false, true}) {
        PublishSandbox sandbox(login_of(is_instagram));
        const std::string id = sandbox.finished(image(sandbox));
        sandbox.fault("media_publish", R"({"kind":"rate-limit","code":80002,"minutes":7})");
        const auto limited = sandbox.publish_it(id);
        ASSERT_FALSE(limited.has_value());
        EXPECT_EQ(limited.error().code(), Code::kRateLimited);
        ASSERT_NE(limited.error().upstream(), nullptr);
        EXPECT_EQ(limited.error().upstream()->wait, Minutes(7));
        const auto usage = sandbox.graph().usage(sandbox.login());
        ASSERT_TRUE(usage.has_value());
        EXPECT_EQ(usage->account_percent, 100);
        EXPECT_EQ(usage->regains_in, Minutes(7));
        EXPECT_TRUE(usage->told_at.has_value());
        EXPECT_FALSE(sandbox.graph().usage(login_of(!is_instagram)).has_value());
    }
}

} // namespace
} // namespace everlong::ports
