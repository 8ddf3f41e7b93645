// Login codes at the token endpoint, against the simulator's own dialog.
#include "graph_sandbox.hpp"

#include <core/login_dialog.hpp>

#include <gmock/gmock.h>

namespace everlong::ports {
namespace {

using core::LoginPath;
using test::GraphSandbox;

constexpr const char* kRedirect = "http://localhost:8000/cb";
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

class GraphCodes : public testing::TestWithParam<LoginPath> {
protected:
    Secret code(bool has_challenge = false) {
        core::DialogQuestion question;
        question.login = GetParam();
        question.graph_version = "v25.0";
        question.app_id = sandbox_.graph().app_id(GetParam());
        question.redirect_uri = kRedirect;
        question.scopes = core::required_scopes(GetParam());
        question.state = Secret("state");
        if (has_challenge) question.verifier = Secret(kVerifier);
        question.extra = {{"sandbox_auto", "approve"}};
        const std::string address(core::dialog_address(question).reveal());
        http::Request request;
        request.method = "GET";
        request.target = address.substr(address.find("//") + 1);
        request.headers.add("Host", "127.0.0.1");
        const auto response = sandbox_.simulator().handle_now(request);
        EXPECT_EQ(response.status, 302) << response.body;
        const std::string location(response.headers.find("Location").value_or(""));
        const auto query =
            core::parse_query(location.substr(location.find('?') + 1, location.find('#') - location.find('?') - 1));
        return Secret(query->front().second);
    }
    Result<CodeGrant> redeem(const Secret& code, std::string redirect = kRedirect, const char* verifier = "") {
        return sandbox_.ask(sandbox_.graph().redeem_code(GetParam(), code, std::move(redirect), Secret(verifier)));
    }
    bool is_instagram() const { return GetParam() == LoginPath::kInstagram; }

    GraphSandbox sandbox_;
};

TEST_P(GraphCodes, AreWorthATokenOnce) {
    const Secret given = code();
    const auto grant = redeem(given);
    ASSERT_TRUE(grant) << grant.error().summary();
    EXPECT_TRUE(sandbox_.ask(sandbox_.graph().me(GetParam(), grant->grant.token)));
    if (is_instagram()) {
        EXPECT_FALSE(grant->user_id.empty());
        ASSERT_TRUE(grant->grant.scopes);
        EXPECT_THAT(*grant->grant.scopes, testing::UnorderedElementsAreArray(core::required_scopes(GetParam())));
        EXPECT_FALSE(grant->grant.expires_in);
    } else {
        EXPECT_EQ(grant->grant.expires_in, Minutes(90));
    }
    const auto again = redeem(given);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), Code::kConnectAgain);
    EXPECT_EQ(again.error().fault(), Fault::kNeedsConsent);
}

TEST_P(GraphCodes, AreReadInEveryShapeOfTheAnswer) {
    if (!is_instagram()) {
        sandbox_.control("POST", "switches", R"({"expires_in":"missing","facebook_code_life":"sixty-days"})");
        const auto grant = redeem(code());
        ASSERT_TRUE(grant) << grant.error().summary();
        EXPECT_FALSE(grant->grant.expires_in);
        return;
    }
    for (const char* shape : {"flat", "data", "bare"}) {
        for (const char* type : {"number", "text"}) {
            SCOPED_TRACE(std::string(shape) + " " + type);
            sandbox_.control("POST", "switches",
                             R"({"instagram_code_shape":")" + std::string(shape) + R"(","instagram_code_user_id":")" +
                                 type + "\"}");
            const auto grant = redeem(code());
            ASSERT_TRUE(grant) << grant.error().summary();
            EXPECT_EQ(grant->grant.scopes.has_value(), std::string(shape) != "bare");
            const auto me = sandbox_.ask(sandbox_.graph().me(GetParam(), grant->grant.token));
            EXPECT_EQ(grant->user_id, me->id) << "a number above 2^53 keeps its digits";
        }
    }
}

TEST_P(GraphCodes, NeedTheDialogsOwnRedirectAddress) {
    const auto grant = redeem(code(), "http://localhost:8000/other");
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().code(), Code::kRedirectUri);
}

TEST_P(GraphCodes, AreTooOldAfterTheirTime) {
    const Secret given = code();
    sandbox_.simulator().advance(Hours(1));
    const auto grant = redeem(given);
    ASSERT_FALSE(grant);
    EXPECT_EQ(grant.error().code(), Code::kConnectAgain);
}

TEST_P(GraphCodes, NeedTheVerifierOfTheirChallenge) {
    if (is_instagram()) return; // no challenge is sent there
    EXPECT_FALSE(redeem(code(true)));
    EXPECT_FALSE(redeem(code(true), kRedirect, "another"));
    EXPECT_TRUE(redeem(code(true), kRedirect, kVerifier));
}

TEST_P(GraphCodes, AreNeverRepeatedAndLostAnswersAreOfUnknownOutcome) {
    sandbox_.fault("/oauth/access_token", R"({"kind":"drop-after"})");
    const auto lost = redeem(code());
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().fault(), Fault::kUnknownOutcome);
    sandbox_.fault("/oauth/access_token", R"({"kind":"html","status":200})");
    const auto html = redeem(code());
    ASSERT_FALSE(html);
    EXPECT_EQ(html.error().fault(), Fault::kUnknownOutcome);
    EXPECT_EQ(sandbox_.calls().size(), 4U) << "two dialogs, two calls";
}

TEST_P(GraphCodes, ThatAreNoneLeaveNothing) {
    for (const std::string& bad : {std::string(), std::string("a b"), std::string("a\r\nb"), std::string(5000, 'x')}) {
        const auto grant = redeem(Secret(bad));
        ASSERT_FALSE(grant);
        EXPECT_EQ(grant.error().code(), Code::kLoginCallback);
    }
    EXPECT_EQ(sandbox_.calls().size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Logins, GraphCodes, testing::Values(LoginPath::kFacebook, LoginPath::kInstagram),
                         [](const auto& info) { return std::string(core::to_text(info.param)); });

} // namespace
} // namespace everlong::ports
