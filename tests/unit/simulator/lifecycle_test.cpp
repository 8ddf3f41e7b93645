// Tokens through their lives on the virtual clock: exchange, refresh, expiry, inspection.
#include <unit/simulator/bench.hpp>

namespace everlong::simulator {
namespace {

std::string exchange(const std::string& token) {
    return "/oauth/access_token?grant_type=fb_exchange_token&" + kFacebookApp + "&fb_exchange_token=" + token;
}

std::string refresh(const std::string& token) {
    return "/refresh_access_token?grant_type=ig_refresh_token&access_token=" + token;
}

std::string ig_exchange(const std::string& token) {
    return "/access_token?grant_type=ig_exchange_token&" + kInstagramSecret + "&access_token=" + token;
}

TEST(FacebookExchange, MakesALongTokenOfAShortOne) {
    Bench bench;
    const std::string old = bench.token(R"({"login":"facebook","lifetime":"short"})");
    const Answer answer = bench.facebook(exchange(old));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.text("token_type"), "bearer");
    EXPECT_EQ(answer.number("expires_in"), 5'184'000);
    EXPECT_NE(answer.text("access_token"), old);
    EXPECT_TRUE(answer.text("access_token").starts_with("EAA"));
    // The old one lives until its own end.
    EXPECT_EQ(bench.facebook("/me?access_token=" + old).status(), 200);
    bench.advance(5400);
    EXPECT_EQ(bench.facebook("/me?access_token=" + old).verdict(), "190/463");
    EXPECT_EQ(bench.facebook("/me?access_token=" + answer.text("access_token")).status(), 200);
}

TEST(FacebookExchange, OfALongTokenGivesTheTimeLeftOrSixtyDaysAsSwitched) {
    Bench bench;
    const std::string old = bench.token(R"({"login":"facebook","age_s":864000})");
    const Answer left = bench.facebook(exchange(old));
    EXPECT_EQ(left.number("expires_in"), 50 * kDayS);
    EXPECT_NE(left.text("access_token"), old);
    bench.control("switches", R"({"facebook_reexchange":"sixty-days"})");
    EXPECT_EQ(bench.facebook(exchange(old)).number("expires_in"), 60 * kDayS);
    bench.control("switches", R"({"expires_in":"missing"})");
    EXPECT_FALSE(bench.facebook(exchange(old)).has("expires_in"));
}

TEST(FacebookExchange, RenewsASystemUserInFullWithTheFlagOnly) {
    Bench bench;
    const std::string old = bench.token(R"({"login":"facebook","kind":"system-user","age_s":864000})");
    EXPECT_EQ(bench.facebook(exchange(old)).verdict(), "100");
    const Answer fresh = bench.facebook(exchange(old) + "&set_token_expires_in_60_days=true");
    EXPECT_EQ(fresh.number("expires_in"), 60 * kDayS);
    EXPECT_EQ(bench.facebook("/me?access_token=" + old).status(), 200);
    const std::string never = bench.token(R"({"login":"facebook","kind":"system-user","lifetime":"never"})");
    EXPECT_FALSE(bench.facebook(exchange(never)).has("expires_in"));
}

TEST(FacebookExchange, RefusesWhatIsNoLivingUserTokenOfTheApp) {
    Bench bench;
    const std::string expired = bench.token(R"({"login":"facebook","age_s":5184000})");
    const std::string foreign = bench.token(R"({"login":"facebook","app_id":"999000000000009"})");
    const std::string page = bench.token(R"({"login":"facebook","kind":"page"})");
    const std::string instagram = bench.token(R"({"login":"instagram"})");
    struct Row {
        std::string name;
        std::string token;
        std::string verdict;
    };
    for (const Row& row :
         {Row{"expired", expired, "190/463"}, Row{"foreign", foreign, "100"}, Row{"page", page, "100"},
          Row{"instagram", instagram, "190"}, Row{"garbage", "EAAgarbage", "190"}, Row{"app", kAppToken, "100"},
          Row{"known client bug", expired + "%3Faccess_token=x", "190"}, Row{"none", "", "100"}}) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(bench.facebook(exchange(row.token)).verdict(), row.verdict);
    }
}

TEST(FacebookExchange, ChecksTheAppFirst) {
    Bench bench;
    struct Row {
        std::string query;
        std::string verdict;
        std::string message;
    };
    for (const Row& row : {
             Row{"", "101", "Missing client_id parameter."},
             Row{"client_id=1", "101", "Error validating application. Invalid application ID."},
             Row{"client_id=200000000000002&client_secret=sandbox-instagram-app-secret", "101",
                 "Error validating application. Invalid application ID."},
             Row{"client_id=100000000000001", "1", "Missing client_secret parameter."},
             Row{"client_id=100000000000001&client_secret=wrong", "1", "Error validating client secret."},
             Row{kFacebookApp, "191", "Missing redirect_uri parameter."},
             Row{kFacebookApp + "&redirect_uri=http://localhost/cb", "100", "Missing authorization code"},
             Row{kFacebookApp + "&redirect_uri=http://localhost/cb&code=AQ", "100",
                 "Invalid verification code format."},
             Row{kFacebookApp + "&grant_type=password", "100", "(#100) Invalid grant_type: password"},
         }) {
        SCOPED_TRACE(row.query);
        const Answer answer = bench.facebook("/oauth/access_token?" + row.query);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_EQ(answer.verdict(), row.verdict);
        EXPECT_EQ(answer.text("error.message"), row.message);
        EXPECT_EQ(answer.text("error.type"), "OAuthException");
    }
}

TEST(FacebookExchange, TakesCredentialsByHttpBasicAndFromABody) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook","lifetime":"short"})");
    http::Request request = Bench::request("POST", "/graph.facebook.com/oauth/access_token",
                                           "grant_type=fb_exchange_token&fb_exchange_token=" + token);
    request.headers.add("Authorization", "Basic MTAwMDAwMDAwMDAwMDAxOnNhbmRib3gtYXBwLXNlY3JldA==");
    EXPECT_EQ(bench.send(request).number("expires_in"), 5'184'000);
}

TEST(ClientCredentials, GiveTheAppsToken) {
    Bench bench;
    const Answer answer = bench.facebook("/oauth/access_token?grant_type=client_credentials&" + kFacebookApp);
    EXPECT_EQ(answer.response.body, R"({"access_token":"100000000000001|sandbox-app-secret","token_type":"bearer"})");
}

TEST(InstagramExchange, MakesALongTokenOfAShortOne) {
    Bench bench;
    const std::string old = bench.token(R"({"login":"instagram","lifetime":"short"})");
    EXPECT_EQ(bench.instagram("/access_token?grant_type=ig_exchange_token&access_token=" + old).verdict(), "1");
    EXPECT_EQ(bench.instagram("/access_token?grant_type=ig_exchange_token&client_secret=x&access_token=" + old)
                  .text("error.message"),
              "Error validating client secret.");
    const Answer answer = bench.instagram(ig_exchange(old));
    EXPECT_EQ(answer.number("expires_in"), 5'184'000);
    EXPECT_TRUE(answer.text("access_token").starts_with("IGAA"));
    bench.advance(kHourS);
    EXPECT_EQ(bench.instagram("/me?access_token=" + old).verdict(), "190/463");
    EXPECT_EQ(bench.instagram(ig_exchange(old)).verdict(), "190/463");
}

TEST(InstagramExchange, OfALongTokenDoesAsSwitched) {
    Bench bench;
    const std::string old = bench.token(R"({"login":"instagram","age_s":864000})");
    const Answer refused = bench.instagram(ig_exchange(old));
    EXPECT_EQ(refused.verdict(), "100");
    EXPECT_EQ(refused.text("error.type"), "IGApiException");
    bench.control("switches", R"({"ig_exchange_long_lived":"time-left"})");
    EXPECT_EQ(bench.instagram(ig_exchange(old)).number("expires_in"), 50 * kDayS);
}

TEST(InstagramRefresh, GivesANewStringAndTheOldOneLivesOn) {
    Bench bench;
    const std::string old = bench.token(R"({"login":"instagram","age_s":864000})");
    const Answer answer = bench.instagram(refresh(old));
    EXPECT_EQ(answer.number("expires_in"), 5'184'000);
    EXPECT_EQ(answer.text("permissions"), "instagram_business_basic,instagram_business_content_publish");
    EXPECT_NE(answer.text("access_token"), old);
    bench.advance(50 * kDayS - 1);
    EXPECT_EQ(bench.instagram("/me?access_token=" + old).status(), 200);
    bench.advance(1);
    EXPECT_EQ(bench.instagram("/me?access_token=" + old).verdict(), "190/463");
    EXPECT_EQ(bench.instagram("/me?access_token=" + answer.text("access_token")).status(), 200);
}

TEST(InstagramRefresh, ObeysItsSwitches) {
    Bench bench;
    const std::string old = bench.token(R"({"login":"instagram","age_s":864000})");
    bench.control("switches", R"({"refresh_string":"same","refresh_permissions":"missing"})");
    const Answer same = bench.instagram(refresh(old));
    EXPECT_EQ(same.text("access_token"), old);
    EXPECT_EQ(same.number("expires_in"), 5'184'000);
    EXPECT_FALSE(same.has("permissions"));
    // Its age for the next refresh counts from this one.
    EXPECT_EQ(bench.instagram(refresh(old)).verdict(), "100");
    bench.advance(kDayS);
    EXPECT_EQ(bench.instagram(refresh(old)).number("expires_in"), 5'184'000);

    bench.control("switches", R"({"refresh_string":"new","old_token_after_refresh":"dies"})");
    bench.advance(kDayS);
    EXPECT_EQ(bench.instagram(refresh(old)).status(), 200);
    EXPECT_EQ(bench.instagram("/me?access_token=" + old).verdict(), "190");
}

TEST(InstagramRefresh, WantsTheTokenADayOld) {
    Bench bench;
    const std::string young = bench.token(R"({"login":"instagram"})");
    bench.advance(kDayS - 1);
    const Answer refused = bench.instagram(refresh(young));
    EXPECT_EQ(refused.status(), 400);
    EXPECT_EQ(refused.verdict(), "100");
    bench.control("switches", R"({"refresh_under_24h":"unchanged"})");
    const Answer unchanged = bench.instagram(refresh(young));
    EXPECT_EQ(unchanged.text("access_token"), young);
    EXPECT_EQ(unchanged.number("expires_in"), 59 * kDayS + 1);
    bench.control("switches", R"({"refresh_under_24h":"error"})");
    bench.advance(1);
    EXPECT_EQ(bench.instagram(refresh(young)).number("expires_in"), 5'184'000);
}

TEST(InstagramRefresh, RefusesOtherKindsMethodsAndTheDead) {
    Bench bench;
    const std::string short_lived = bench.token(R"({"login":"instagram","lifetime":"short"})");
    const std::string expired = bench.token(R"({"login":"instagram","age_s":5184000})");
    const std::string facebook = bench.token(R"({"login":"facebook"})");
    const std::string bare =
        bench.token(R"({"login":"instagram","age_s":90000,"scopes":["instagram_business_content_publish"]})");
    struct Row {
        std::string name;
        std::string token;
        std::string verdict;
        std::string type;
    };
    for (const Row& row :
         {Row{"short", short_lived, "100", "IGApiException"}, Row{"expired", expired, "190/463", "OAuthException"},
          Row{"facebook", facebook, "100", "IGApiException"}, Row{"legacy", "IGQVlegacy", "100", "IGApiException"},
          Row{"garbage", "IGAAgarbage", "190", "OAuthException"}, Row{"no basic", bare, "10", "OAuthException"},
          Row{"none", "", "104", "OAuthException"}}) {
        SCOPED_TRACE(row.name);
        const Answer answer = bench.instagram(refresh(row.token));
        EXPECT_EQ(answer.verdict(), row.verdict);
        EXPECT_EQ(answer.text("error.type"), row.type);
    }
    const Answer posted =
        bench.post("/graph.instagram.com" + refresh(bench.token(R"({"login":"instagram","age_s":90000})")));
    EXPECT_EQ(posted.text("error.message"), "Unsupported request - method type: get");
}

TEST(InstagramRefresh, CarriesAnAccountThroughYears) {
    Bench bench;
    std::string token = bench.token(R"({"login":"instagram"})");
    for (int i = 0; i < 100; ++i) {
        bench.advance(9 * kDayS);
        token = bench.instagram(refresh(token)).text("access_token");
    }
    EXPECT_EQ(bench.instagram("/me?fields=username&access_token=" + token).text("username"), "demo_cafe");
}

TEST(Expiry, IsToldInPacificTime) {
    Bench bench;
    // Issued 2026-09-24 11:00:00 UTC; 60 days later it is winter in California.
    const std::string token = bench.token(R"({"login":"facebook","age_s":5187600})");
    const Answer answer = bench.facebook("/me?access_token=" + token);
    EXPECT_EQ(
        answer.text("error.message"),
        "Error validating access token: Session has expired on Monday, 23-Nov-26 03:00:00 PST. The current time is "
        "Monday, 23-Nov-26 04:00:00 PST.");
    EXPECT_EQ(answer.header("www-authenticate"),
              "OAuth \"Facebook Platform\" \"invalid_token\" \"" + answer.text("error.message") + "\"");
}

TEST(DebugToken, DescribesEveryKind) {
    Bench bench;
    struct Row {
        std::string wish;
        std::string type;
        bool has_date;
        bool has_issue;
    };
    for (const Row& row :
         {Row{R"({"login":"facebook"})", "USER", true, true},
          Row{R"({"login":"facebook","lifetime":"short"})", "USER", true, false},
          Row{R"({"login":"facebook","kind":"page"})", "PAGE", false, true},
          Row{R"({"login":"facebook","kind":"system-user"})", "SYSTEM_USER", true, true},
          Row{R"({"login":"facebook","kind":"system-user","lifetime":"never"})", "SYSTEM_USER", false, true}}) {
        SCOPED_TRACE(row.wish);
        const Answer minted = bench.mint(row.wish);
        const Answer answer =
            bench.facebook("/debug_token?input_token=" + minted.text("access_token") + "&access_token=" + kAppToken);
        EXPECT_EQ(answer.status(), 200);
        EXPECT_EQ(answer.text("data.app_id"), "100000000000001");
        EXPECT_EQ(answer.text("data.application"), "Everlong Sandbox");
        EXPECT_EQ(answer.text("data.type"), row.type);
        EXPECT_EQ(answer.at("data.is_valid"), json::value(true));
        EXPECT_EQ(answer.text("data.user_id"), minted.text("user_id"));
        EXPECT_EQ(answer.number("data.expires_at") != 0, row.has_date);
        EXPECT_EQ(answer.has("data.issued_at"), row.has_issue);
        EXPECT_EQ(answer.has("data.profile_id"), row.type == "PAGE");
        EXPECT_EQ(answer.number("data.data_access_expires_at") == 0, row.type == "SYSTEM_USER");
        EXPECT_FALSE(answer.has("data.error"));
    }
}

TEST(DebugToken, NamesScopesAndTheirTargets) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook","scopes":["instagram_basic","pages_show_list"]})");
    const Answer answer =
        bench.facebook("/debug_token?input_token=" + minted.text("access_token") + "&access_token=" + kAppToken);
    EXPECT_EQ(json::serialize(answer.at("data.scopes")), R"(["instagram_basic","pages_show_list","public_profile"])");
    EXPECT_EQ(answer.text("data.granular_scopes.0.target_ids.0"), minted.text("ig_user_id"));
    EXPECT_EQ(answer.text("data.granular_scopes.1.target_ids.0"), minted.text("page_id"));
}

TEST(DebugToken, CallsDeadTokensInvalidWithStatus200) {
    Bench bench;
    const std::string expired = bench.token(R"({"login":"facebook","age_s":5184000})");
    const Answer dead = bench.facebook("/debug_token?input_token=" + expired + "&access_token=" + kAppToken);
    EXPECT_EQ(dead.status(), 200);
    EXPECT_EQ(dead.at("data.is_valid"), json::value(false));
    EXPECT_EQ(dead.number("data.error.code"), 190);
    EXPECT_EQ(dead.number("data.error.subcode"), 463);
    EXPECT_EQ(dead.number("data.expires_at"), kStartUnixS);
    const Answer garbage = bench.facebook("/debug_token?input_token=EAAnonsense&access_token=" + kAppToken);
    EXPECT_EQ(garbage.status(), 200);
    EXPECT_EQ(garbage.at("data.is_valid"), json::value(false));
    EXPECT_EQ(garbage.number("data.error.code"), 190);
    EXPECT_EQ(garbage.size("data.scopes"), 0U);
}

TEST(DebugToken, RefusesWrongCallersAndForeignInput) {
    Bench bench;
    const std::string mine = bench.token(R"({"login":"facebook"})");
    const std::string foreign = bench.token(R"({"login":"facebook","app_id":"999000000000009"})");
    const std::string instagram = bench.token(R"({"login":"instagram"})");
    const std::string page = bench.token(R"({"login":"facebook","kind":"page"})");
    struct Row {
        std::string query;
        std::string verdict;
    };
    for (const Row& row : {Row{"input_token=" + foreign + "&access_token=" + kAppToken, "100"},
                           Row{"input_token=" + instagram + "&access_token=" + kAppToken, "2"},
                           Row{"input_token=" + mine, "104"}, Row{"access_token=" + kAppToken, "100"},
                           Row{"input_token=" + mine + "&access_token=100000000000001%7Cwrong", "190"},
                           Row{"input_token=" + mine + "&access_token=42%7Cwrong", "101"},
                           Row{"input_token=" + mine + "&access_token=" + page, "100"},
                           Row{"input_token=" + mine + "&access_token=" + mine, "200"},
                           Row{"input_token=" + page + "&access_token=" + page, "200"}}) {
        SCOPED_TRACE(row.query);
        EXPECT_EQ(bench.facebook("/debug_token?" + row.query).verdict(), row.verdict);
    }
    EXPECT_EQ(
        bench.instagram("/debug_token?input_token=" + instagram + "&access_token=" + instagram).text("error.message"),
        "(#2) Service temporarily unavailable");
}

TEST(DebugToken, FiltersInsideData) {
    Bench bench;
    const std::string mine = bench.token(R"({"login":"facebook"})");
    EXPECT_EQ(bench.facebook("/debug_token?fields=app_id&input_token=" + mine + "&access_token=" + mine).response.body,
              R"({"data":{"app_id":"100000000000001"}})");
}

TEST(PageToken, DiesWithAShortParentAndOutlivesALongOne) {
    Bench bench;
    const auto page_token = [&](const std::string& user) {
        return bench.facebook("/me/accounts?fields=access_token&access_token=" + user).text("data.0.access_token");
    };
    const std::string short_user = bench.token(R"({"login":"facebook","lifetime":"short"})");
    const std::string long_user = bench.token(R"({"login":"facebook"})");
    const std::string short_page = page_token(short_user);
    const std::string long_page = page_token(long_user);
    EXPECT_EQ(page_token(long_user), long_page);
    bench.advance(5400);
    EXPECT_EQ(bench.facebook("/me?access_token=" + short_page).verdict(), "190/463");
    bench.advance(60 * kDayS);
    EXPECT_EQ(bench.facebook("/me?access_token=" + long_user).verdict(), "190/463");
    EXPECT_EQ(bench.facebook("/me?access_token=" + long_page).text("name"), "Demo Cafe");
    bench.control("event", R"({"type":"password-changed"})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + long_page).verdict(), "190/460");
}

TEST(Revoke, EndsATokenAtOnce) {
    Bench bench;
    const std::string mine = bench.token(R"({"login":"facebook"})");
    const std::string page =
        bench.facebook("/me/accounts?fields=access_token&access_token=" + mine).text("data.0.access_token");
    const std::string foreign = bench.token(R"({"login":"facebook","app_id":"999000000000009"})");
    EXPECT_EQ(
        bench.facebook("/oauth/revoke?" + kFacebookApp + "&revoke_token=" + foreign + "&access_token=" + kAppToken)
            .verdict(),
        "100");
    const Answer answer =
        bench.facebook("/oauth/revoke?" + kFacebookApp + "&revoke_token=" + mine + "&access_token=" + kAppToken);
    EXPECT_EQ(answer.response.body, R"({"success":true})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + mine).verdict(), "190/466");
    // A Page's token goes with the session it was read in.
    EXPECT_EQ(bench.facebook("/me?access_token=" + page).verdict(), "190/466");
}

} // namespace
} // namespace everlong::simulator
