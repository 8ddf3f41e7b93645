#include <adapters/graph/detail/publish_answers.hpp>
#include <adapters/graph/detail/usage.hpp>

#include <gtest/gtest.h>

#include <string>

namespace everlong::adapters::detail {
namespace {

using core::ContainerStatus;
using core::GraphCall;
using core::LoginPath;

Asked asked(GraphCall call, bool is_issuing = false) {
    Asked made;
    made.context = {LoginPath::kFacebook, call};
    made.is_issuing = is_issuing;
    return made;
}

ports::ContainerReport report(const std::string& members) {
    const auto read = read_container(asked(GraphCall::kContainer),
                                     {200, R"({"id":"17889000000000001")" + members + "}"}, "17889000000000001");
    EXPECT_TRUE(read.has_value()) << members;
    return read.value_or(ports::ContainerReport{});
}

TEST(PublishAnswers, AContainersStatusByItsCodeOrItsWords) {
    EXPECT_EQ(report(R"(,"status_code":"IN_PROGRESS")").status, ContainerStatus::kInProgress);
    EXPECT_EQ(report(R"(,"status_code":"FINISHED","status":"Finished: ready")").status, ContainerStatus::kFinished);
    EXPECT_EQ(report(R"(,"status_code":"PUBLISHED")").status, ContainerStatus::kPublished);
    EXPECT_EQ(report(R"(,"status_code":"EXPIRED")").status, ContainerStatus::kExpired);
    EXPECT_EQ(report(R"(,"status":"Error: Media upload has failed with error code 2207082")").status,
              ContainerStatus::kError);
    EXPECT_EQ(report(R"(,"status":"Published: Media has been successfully published.")").status,
              ContainerStatus::kPublished);
    EXPECT_EQ(report(R"(,"status_code":"TELEPORTED")").status, ContainerStatus::kUnknown);
    EXPECT_EQ(report("").status, ContainerStatus::kUnknown);
}

TEST(PublishAnswers, ASubcodeOutOfTheWords) {
    EXPECT_EQ(report(R"(,"status":"Error: Media upload has failed with error code 2207082")").subcode, 2207082);
    EXPECT_EQ(report(R"(,"status":"2207026")").subcode, 2207026);
    EXPECT_EQ(report(R"(,"status":2207026)").subcode, 2207026);
    for (const char* none : {R"(,"status":"Error")", R"(,"status":"22070821")", R"(,"status":"12207082")",
                             R"(,"status":"2207")", R"(,"status":"2207x82")"}) {
        EXPECT_FALSE(report(none).subcode.has_value()) << none;
    }
}

TEST(PublishAnswers, HowManyBytesHaveArrived) {
    const auto told =
        report(R"(,"status_code":"IN_PROGRESS","video_status":{"uploading_phase":{"status":"in_progress",)"
               R"("bytes_transferred":50000},"processing_phase":{"status":"not_started"}})");
    EXPECT_EQ(told.bytes_transferred, 50000U);
    EXPECT_EQ(told.video_phase, "not_started");
    EXPECT_FALSE(report(R"(,"video_status":{"uploading_phase":{"bytes_transferred":-1}})").bytes_transferred);
    EXPECT_FALSE(report(R"(,"video_status":"soon")").bytes_transferred);
}

TEST(PublishAnswers, AMediumAsItStands) {
    const std::string caption = "Bread #one\\nand a word of " + std::string(60, 'x');
    const auto read = read_medium(
        asked(GraphCall::kMedium),
        {200,
         R"({"id":"17920000000000001","caption":")" + caption +
             R"(","media_type":"CAROUSEL_ALBUM","media_product_type":"FEED","permalink":"https://www.instagram.com/p/A/",)"
             R"("timestamp":"2026-05-01T12:00:00+0200","children":{"data":[{"id":"1"},{"id":"2"}]}})"},
        "17920000000000001");
    ASSERT_TRUE(read.has_value()) << read.error().summary();
    EXPECT_EQ(read->caption, "Bread #one\nand a word of " + std::string(60, 'x')) << "nothing cut, nothing removed";
    EXPECT_EQ(read->published_at, parse_rfc3339("2026-05-01T10:00:00Z"));
    EXPECT_EQ(read->children, 2);
    EXPECT_EQ(read->permalink, "https://www.instagram.com/p/A/");
}

TEST(PublishAnswers, AnUploadsFailureIsReadFromItsOwnEnvelope) {
    const Asked upload = asked(GraphCall::kSendBytes, true);
    EXPECT_TRUE(read_uploaded(upload, {200, R"({"success":true,"message":"Upload successful."})"}).has_value());
    EXPECT_TRUE(read_uploaded(upload, {200, R"({"success":"true"})"}).has_value());
    for (const int status : {200, 400}) {
        const auto refused = read_uploaded(
            upload, {status, R"({"debug_info":{"retriable":false,"type":"ProcessingFailedError","message":)"
                             R"("{\"success\":false,\"error\":{\"message\":\"unauthorized user request\"}}"}})"});
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code(), Code::kGraph);
        EXPECT_EQ(refused.error().fault(), Fault::kRefused);
        EXPECT_EQ(refused.error().upstream()->message, "unauthorized user request");
        EXPECT_EQ(refused.error().upstream()->type, "ProcessingFailedError");
    }
    const auto again = read_uploaded(
        upload, {400, R"({"debug_info":{"retriable":true,"type":"OffsetInvalidError","message":"plain words"}})"});
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().fault(), Fault::kTransient);
    EXPECT_EQ(again.error().upstream()->message, "plain words");
    // A token's death comes in the usual one.
    const auto dead = read_uploaded(upload, {400, R"({"error":{"message":"x","type":"OAuthException","code":190}})"});
    ASSERT_FALSE(dead.has_value());
    EXPECT_EQ(dead.error().code(), Code::kTokenRejected);
}

TEST(PublishAnswers, AFaultOfMetasLeavesAPublishOpenButNoContainer) {
    const Answer outage{400, R"({"error":{"message":"An unknown error occurred","type":"OAuthException","code":1}})"};
    EXPECT_EQ(read_made_id(asked(GraphCall::kPublish, true), outage).error().fault(), Fault::kUnknownOutcome);
    EXPECT_EQ(read_made_id(asked(GraphCall::kComment, true), outage).error().fault(), Fault::kUnknownOutcome);
    EXPECT_EQ(read_made_container(asked(GraphCall::kMakeContainer), outage, false).error().fault(), Fault::kTransient);
}

TEST(Usage, TheHighestFigureAndTheLongestWait) {
    const auto usage =
        read_usage(R"({"call_count":28,"total_time":95,"total_cputime":25})",
                   R"({"17841400000000001":[{"type":"instagram","call_count":12,"total_cputime":4,"total_time":6,)"
                   R"("estimated_time_to_regain_access":0},{"type":"pages","call_count":100,)"
                   R"("estimated_time_to_regain_access":7}],"2":[{"estimated_time_to_regain_access":3}]})");
    ASSERT_TRUE(usage.has_value());
    EXPECT_EQ(usage->app_percent, 95);
    EXPECT_EQ(usage->account_percent, 100);
    EXPECT_EQ(usage->regains_in, Minutes(7));
}

TEST(Usage, WhatCannotBeReadIsAsIfItHadNotCome) {
    for (const char* nonsense :
         {"", "{}", "[]", "x", "{\"call_count\":\"many\"}", "{\"call_count\":-5}",
          "{\"17\":[{\"estimated_time_to_regain_access\":-7}]}", "{\"17\":{}}", "{\"17\":[1]}"}) {
        EXPECT_FALSE(read_usage(nonsense, nonsense).has_value()) << nonsense;
    }
    const auto huge =
        read_usage(R"({"call_count":99999999})", R"({"1":[{"estimated_time_to_regain_access":9223372036854775807}]})");
    ASSERT_TRUE(huge.has_value());
    EXPECT_EQ(huge->app_percent, 10'000);
    EXPECT_EQ(huge->regains_in, Days(2));
}

} // namespace
} // namespace everlong::adapters::detail
