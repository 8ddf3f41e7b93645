#include <core/login_callback.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

const std::string kState = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM_-01";

TEST(LoginCallback, ReadsCodeAndState) {
    const auto callback = read_callback(LoginPath::kFacebook, "code=AQB%2Dx+y&state=" + kState + "&utm=1");
    ASSERT_TRUE(callback) << callback.error().summary();
    EXPECT_EQ(callback->code.reveal(), "AQB-x y");
    EXPECT_EQ(callback->state.reveal(), kState);
    EXPECT_FALSE(callback->refusal);
}

TEST(LoginCallback, TakesAPastedAddressWithEitherTail) {
    for (const char* tail : {"", "#_", "#_=_", "#_\n", "\"", "#anything"}) {
        SCOPED_TRACE(tail);
        const auto callback =
            read_pasted_callback(LoginPath::kInstagram,
                                 " \"https://localhost:8000/oauth/instagram/callback?code=AQB&state=" + kState + tail);
        ASSERT_TRUE(callback) << callback.error().summary();
        EXPECT_EQ(callback->code.reveal(), "AQB");
        EXPECT_EQ(callback->state.reveal(), kState);
    }
    const auto encoded = read_pasted_callback(LoginPath::kInstagram, "?state=" + kState + "&code=AQB%23_");
    ASSERT_TRUE(encoded);
    EXPECT_EQ(encoded->code.reveal(), "AQB");
    EXPECT_EQ(read_pasted_callback(LoginPath::kInstagram, "https://a.example/").error().code(), Code::kLoginCallback);
    EXPECT_EQ(read_pasted_callback(LoginPath::kInstagram, std::string(20'000, '?')).error().code(),
              Code::kLoginCallback);
}

TEST(LoginCallback, TellsWhyADialogEndedWithoutACode) {
    const struct {
        LoginPath login;
        const char* query;
        Code code;
    } cases[] = {
        {LoginPath::kFacebook,
         "error_reason=user_denied&error=access_denied&error_description=Permissions+error.&error_code=200",
         Code::kLoginDenied},
        {LoginPath::kInstagram,
         "error=access_denied&error_reason=user_denied&error_description=The+user+denied+your+request",
         Code::kLoginDenied},
        {LoginPath::kInstagram, "error=invalid_request&error_description=Insufficient+developer+role",
         Code::kTokenKind},
        {LoginPath::kFacebook, "error=server_error&error_description=App+not+active", Code::kAppInactive},
        {LoginPath::kFacebook, "error=new_word", Code::kLoginDenied},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.query);
        const auto callback = read_callback(test.login, std::string(test.query) + "&state=" + kState);
        ASSERT_TRUE(callback) << callback.error().summary();
        ASSERT_TRUE(callback->refusal);
        EXPECT_EQ(callback->refusal->code(), test.code);
        EXPECT_TRUE(callback->code.is_empty());
    }
}

TEST(LoginCallback, RefusesWhateverIsNoAnswerOfADialog) {
    const std::string state = "&state=" + kState;
    const std::pair<std::string, Code> cases[] = {
        {"", Code::kLoginState},
        {"code=a", Code::kLoginState},
        {"code=a&state=", Code::kLoginState},
        {"code=a&state=short", Code::kLoginState},
        {"code=a&state=" + kState + "x", Code::kLoginState},
        {"code=a&state=" + kState.substr(1) + "%00", Code::kLoginCallback},
        {"code=a&state=" + kState.substr(1) + "+", Code::kLoginState},
        {"code=" + state, Code::kLoginCallback},
        {"x=1" + state, Code::kLoginCallback},
        {"code=a&code=b" + state, Code::kLoginCallback},
        {"code=a" + state + state, Code::kLoginCallback},
        {"code=a&error=access_denied" + state, Code::kLoginCallback},
        {"error=a&error=b" + state, Code::kLoginCallback},
        {"code=a%0d%0aSet-Cookie:x" + state, Code::kLoginCallback},
        {"code=a%00" + state, Code::kLoginCallback},
        {"code=a%zz" + state, Code::kLoginCallback},
        {"code=" + std::string(3000, 'a') + state, Code::kLoginCallback},
        {"code=a&iss=x&iss=y" + state, Code::kLoginCallback},
    };
    for (const auto& [query, code] : cases) {
        const auto callback = read_callback(LoginPath::kFacebook, query);
        ASSERT_FALSE(callback) << query;
        EXPECT_EQ(callback.error().code(), code) << query;
    }
}

} // namespace
} // namespace everlong::core
