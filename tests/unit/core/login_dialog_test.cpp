#include <core/login_dialog.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

DialogQuestion facebook() {
    DialogQuestion question;
    question.graph_version = "v25.0";
    question.app_id = "123";
    question.redirect_uri = "http://localhost:8000/oauth/facebook/callback";
    question.scopes = {"instagram_basic", "pages_show_list"};
    question.state = Secret("STATE");
    return question;
}

TEST(LoginDialog, IsFacebooksOwnWithItsVersionAndAChallenge) {
    DialogQuestion question = facebook();
    question.verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"); // RFC 7636, appendix B
    EXPECT_EQ(dialog_address(question).reveal(),
              "https://www.facebook.com/v25.0/dialog/oauth?client_id=123"
              "&redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Foauth%2Ffacebook%2Fcallback&response_type=code"
              "&scope=instagram_basic%2Cpages_show_list&state=STATE"
              "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
}

TEST(LoginDialog, AsksAgainOnlyWhereThatIsMeant) {
    DialogQuestion question = facebook();
    EXPECT_FALSE(dialog_address(question).reveal().contains("auth_type"));
    question.again = AskAgain::kDeclined;
    EXPECT_TRUE(dialog_address(question).reveal().ends_with("&state=STATE&auth_type=rerequest"));
    question.again = AskAgain::kDataAccess;
    EXPECT_TRUE(dialog_address(question).reveal().ends_with("&state=STATE&auth_type=reauthorize"));
}

TEST(LoginDialog, IsInstagramsWithoutVersionChallengeAndAuthType) {
    DialogQuestion question = facebook();
    question.login = LoginPath::kInstagram;
    question.redirect_uri = "https://a.example/cb";
    question.verifier = Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    question.again = AskAgain::kDeclined;
    question.scopes = {"instagram_business_basic"};
    EXPECT_EQ(dialog_address(question).reveal(),
              "https://www.instagram.com/oauth/authorize?client_id=123&redirect_uri=https%3A%2F%2Fa.example%2Fcb"
              "&response_type=code&scope=instagram_business_basic&state=STATE");
}

TEST(LoginDialog, GoesToTheSimulatorInItsPathForm) {
    DialogQuestion question = facebook();
    question.meta_base = "http://127.0.0.1:9190";
    question.extra = {{"sandbox_auto", "approve"}};
    EXPECT_TRUE(dialog_address(question).reveal().starts_with(
        "http://127.0.0.1:9190/www.facebook.com/v25.0/dialog/oauth?client_id=123"));
    EXPECT_TRUE(dialog_address(question).reveal().ends_with("&sandbox_auto=approve"));
}

TEST(RedirectUri, IsComputedFromWhereWeCanBeReached) {
    OwnAddresses own;
    own.port = 8001;
    EXPECT_EQ(own_redirect_uri(own, LoginPath::kFacebook), "http://localhost:8001/oauth/facebook/callback");
    EXPECT_EQ(own_redirect_uri(own, LoginPath::kInstagram), "https://localhost:8001/oauth/instagram/callback");
    own.is_rehearsal = true;
    EXPECT_EQ(own_redirect_uri(own, LoginPath::kInstagram), "http://localhost:8001/oauth/instagram/callback");
    own.is_rehearsal = false;
    own.public_url = "https://everlong.example";
    EXPECT_EQ(own_redirect_uri(own, LoginPath::kFacebook), "https://everlong.example/oauth/facebook/callback");
    EXPECT_EQ(own_redirect_uri(own, LoginPath::kInstagram), "https://everlong.example/oauth/instagram/callback");
    EXPECT_EQ(own_address(own, "/meta/deauthorize"), "https://everlong.example/meta/deauthorize");
}

TEST(RedirectUri, LeadsBackHereOnlyWhereSomebodyListens) {
    OwnAddresses own;
    EXPECT_TRUE(is_reachable_redirect(own, "http://localhost:8000/oauth/facebook/callback"));
    EXPECT_TRUE(is_reachable_redirect(own, "http://127.0.0.1:8000/oauth/facebook/callback"));
    EXPECT_FALSE(is_reachable_redirect(own, "http://localhost:8001/oauth/facebook/callback"));
    EXPECT_FALSE(is_reachable_redirect(own, "http://localhost:80001/oauth/facebook/callback"));
    EXPECT_FALSE(is_reachable_redirect(own, "https://localhost:8000/oauth/instagram/callback"));
    own.public_url = "https://a.example";
    EXPECT_TRUE(is_reachable_redirect(own, "https://a.example/oauth/instagram/callback"));
    EXPECT_FALSE(is_reachable_redirect(own, "https://a.example.evil/oauth/instagram/callback"));
}

TEST(RedirectUri, IsCheckedByMetasRules) {
    const struct {
        LoginPath login;
        const char* uri;
        bool is_rehearsal;
        bool is_good;
    } cases[] = {
        {LoginPath::kFacebook, "https://a.example/cb?x=1", false, true},
        {LoginPath::kFacebook, "http://localhost:8000/cb", false, true},
        {LoginPath::kFacebook, "http://127.0.0.1:8000/cb", false, true},
        {LoginPath::kFacebook, "http://a.example/cb", false, false},
        {LoginPath::kFacebook, "http://localhost.evil/cb", false, false},
        {LoginPath::kInstagram, "http://localhost:8000/cb", false, false},
        {LoginPath::kInstagram, "http://localhost:8000/cb", true, true},
        {LoginPath::kInstagram, "https://localhost:8000/cb", false, true},
        {LoginPath::kFacebook, "", false, false},
        {LoginPath::kFacebook, "ftp://a.example/", false, false},
        {LoginPath::kFacebook, "javascript:alert(1)", true, false},
        {LoginPath::kFacebook, "https://", false, false},
        {LoginPath::kFacebook, "https://u:p@a.example/", false, false},
        {LoginPath::kFacebook, "https://a.example/#x", false, false},
        {LoginPath::kFacebook, "https://a.example/ x", false, false},
        {LoginPath::kFacebook, "https://a.example/\r\nSet-Cookie:x", false, false},
        {LoginPath::kFacebook, "https://a.example\\@evil", false, false},
    };
    for (const auto& test : cases) {
        const auto checked = check_redirect_uri(test.login, test.uri, test.is_rehearsal);
        EXPECT_EQ(checked.has_value(), test.is_good) << test.uri;
        if (!checked) EXPECT_EQ(checked.error().code(), Code::kRedirectUri);
    }
    EXPECT_FALSE(check_redirect_uri(LoginPath::kFacebook, "https://a.example/" + std::string(2000, 'x'), false));
}

} // namespace
} // namespace everlong::core
