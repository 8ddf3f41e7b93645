// explain on the forms in which errors reach people; how well it does on real ones is measured in explain_corpus_test.cpp.
#include <core/explain.hpp>
#include <core/facts/cause_texts.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace everlong::core {
namespace {

struct Case {
    const char* text;
    const char* cause;
    const char* retry;
};

TEST(Explain, NamesTheCauseInWhateverFormTheErrorComes) {
    const Case cases[] = {
        // bare texts of older guides (contract, section 4)
        {"Session has expired", "token-expired", "never"},
        {"Invalid OAuth access token", "token-malformed", "never"},
        {"User does not have permission", "missing-permission", "never"},
        {"Invalid user ID", "wrong-account-id", "never"},
        // JSON, and JSON in JSON strings
        {R"({"error":{"message":"x","type":"OAuthException","code":190,"error_subcode":460}})", "password-changed",
         "never"},
        {R"(2026-11-24 ERROR {"body":"{\"error\":{\"message\":\"x\",\"code\":190,\"error_subcode\":463}}"})",
         "token-expired", "never"},
        {R"("{\\\"error\\\":{\\\"message\\\":\\\"(#10) no\\\",\\\"code\\\":10}}")", "missing-permission", "never"},
        {R"({"data":{"error":{"code":190,"message":"x","subcode":458},"is_valid":false}})", "app-removed", "never"},
        {R"([{"code":400,"body":"{\"error\":{\"message\":\"x\",\"code\":9007,\"error_subcode\":2207027}}"}])",
         "container-not-ready", "later"},
        // what SDKs print
        {"koala: type: OAuthException, code: 190, error_subcode: 467, message: out [HTTP 400]", "user-logged-out",
         "never"},
        {"com.restfb.exception.FacebookOAuthException: Received Facebook error response of type OAuthException: x "
         "(code 17, subcode null)",
         "rate-limited-account", "later"},
        {"FacebookApiError [2]: Service temporarily unavailable", "transient-upstream", "later"},
        {"{'error': {'message': '(#4) Application request limit reached', 'code': 4}}", "rate-limited-app", "later"},
        {"(#803) Cannot query users by their username (cafe)", "wrong-account-id", "never"},
        {"[code] => 100\n[error_subcode] => 33", "wrong-account-id", "never"},
        {"OAuthException (190/463)", "token-expired", "never"},
        {"Error 2207010 while publishing", "caption-rejected", "never"},
        // addresses, HTML, statuses
        {"http://localhost/cb?error=access_denied&error_reason=user_denied&state=1", "login-denied", "never"},
        {"https://x/?error_code=190&error_message=Session+has+expired+on+Monday", "token-expired", "never"},
        {"&quot;message&quot;:&quot;Session has expired&quot;", "token-expired", "never"},
        {"<html><head><title>502 Bad Gateway</title></head></html>", "transient-upstream", "later"},
        {"HTTP/1.1 429 Too Many Requests", "rate-limited-app", "later"},
        {R"({"error_type":"OAuthException","code":400,"error_message":"Invalid platform app"})",
         "app-credentials-invalid", "never"},
        // odd blanks, quotes and letters
        {"Error validating access token:\r\n\tSession\xC2\xA0has expired", "token-expired", "never"},
        {"SESSION HAS EXPIRED", "token-expired", "never"},
        {"can\xE2\x80\x99t load URL: The domain of this URL isn\xE2\x80\x99t included in the app\xE2\x80\x99s domains",
         "redirect-uri-mismatch", "never"},
    };
    for (const Case& each : cases) {
        const Explanation explanation = explain(each.text);
        EXPECT_EQ(to_text(explanation.cause), each.cause) << each.text;
        EXPECT_EQ(to_text(explanation.retry), each.retry) << each.text;
    }
}

TEST(Explain, CallsNothingAnErrorOfMetasThatIsNone) {
    for (const char* text : {"good morning", "npm WARN deprecated request@2.88.2: request is deprecated",
                             "Segmentation fault (core dumped)", "your certificate has expired",
                             "SyntaxError: Unexpected token < in JSON at position 0", "404", "x"}) {
        const Explanation explanation = explain(text);
        EXPECT_EQ(explanation.cause, Cause::kUnknown) << text;
        EXPECT_FALSE(explanation.remedy) << text;
        EXPECT_FALSE(explanation.what_to_do.empty()) << text;
    }
}

TEST(Explain, SaysWhichOtherCausesATextCanHaveAndHowToTell) {
    const Explanation explanation = explain("Unsupported request - method type: get [code=100, type=IGApiException]");
    const auto has = [&](Cause cause) {
        return std::ranges::find(explanation.also, cause, &OtherCause::cause) != explanation.also.end();
    };
    EXPECT_EQ(explanation.cause, Cause::kWrongTokenKind);
    for (const Cause cause :
         {Cause::kDeveloperRoleMissing, Cause::kTokenMissing, Cause::kApiRetired, Cause::kAccessLevelTooLow})
        EXPECT_TRUE(has(cause)) << to_text(cause);
    for (const OtherCause& other : explanation.also)
        EXPECT_FALSE(other.how_to_tell.empty()) << to_text(other.cause);
}

TEST(Explain, KnowsWhatElsePeoplePaste) {
    const std::string token =
        "EAAGm0PX4ZCpsBAKx1ZAd7ZBq9w2ZCk" + std::string("Lr8hTn3uVy6fJ5sDg4aQzWeRtYpLmNbVcXoIuHj");
    EXPECT_EQ(explain(token).kind, PastedKind::kToken);
    EXPECT_EQ(explain("\"" + token + "\"\n").kind, PastedKind::kToken);
    EXPECT_EQ(explain("# app\nINSTAGRAM_ACCESS_TOKEN=\"" + token + "\"\nINSTAGRAM_USER_ID=1\n").kind,
              PastedKind::kEnvFile);
    EXPECT_EQ(explain("http://localhost:8000/oauth/facebook/callback?code=AQx&state=s#_=_").kind,
              PastedKind::kCallbackAddress);
    EXPECT_EQ(explain("Session has expired").kind, PastedKind::kError);
    EXPECT_EQ(explain("good morning").kind, PastedKind::kUnknown);
}

TEST(Explain, NeverRepeatsATokenFromTheText) {
    const std::string token = "IGAA" + std::string(120, 'q');
    for (const std::string& text : {token, "Malformed access token " + token, "INSTAGRAM_ACCESS_TOKEN=" + token,
                                    "https://x/?code=" + token + "&state=1"}) {
        const Explanation explanation = explain(text);
        std::string said = explanation.title + explanation.what_happened;
        for (const std::string& step : explanation.what_to_do)
            said += step;
        EXPECT_EQ(said.find("qqqqqqqq"), std::string::npos);
    }
}

TEST(Explain, ReadsBothEndsOfALongLog) {
    const std::string noise(kExplainedBytes * 2, '.');
    EXPECT_EQ(explain(noise + "\n(#190) Session has expired").cause, Cause::kTokenExpired);
    EXPECT_EQ(explain("(#190) Session has expired\n" + noise).cause, Cause::kTokenExpired);
    EXPECT_TRUE(explain(noise).is_cut);
}

TEST(Explain, EveryCauseAndRemedyHasItsTexts) {
#define EVERLONG_X(enumerator, id)                                                                                     \
    EXPECT_EQ(text_of(Cause::enumerator).cause, Cause::enumerator);                                                    \
    EXPECT_FALSE(text_of(Cause::enumerator).title.empty()) << id;                                                      \
    EXPECT_FALSE(text_of(Cause::enumerator).title.ends_with('.')) << id;
    EVERLONG_CAUSES(EVERLONG_X)
#undef EVERLONG_X
#define EVERLONG_X(enumerator, id)                                                                                     \
    EXPECT_EQ(text_of(Remedy::enumerator).remedy, Remedy::enumerator);                                                 \
    EXPECT_FALSE(text_of(Remedy::enumerator).steps[0].empty()) << id;
    EVERLONG_REMEDIES(EVERLONG_X)
#undef EVERLONG_X
}

} // namespace
} // namespace everlong::core
