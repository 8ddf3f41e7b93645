// Events and what they do to tokens: the whole family of 190, and what lives on.
#include <unit/simulator/bench.hpp>

namespace everlong::simulator {
namespace {

TEST(Events, EndTokensWithTheirSubcode) {
    struct Row {
        std::string event;
        std::string facebook;
        std::string page;
        std::string instagram;
        std::string message; // of the Facebook user's token, its beginning; empty: not looked at
    };
    for (const Row& row : {
             Row{R"({"type":"password-changed"})", "190/460", "190/460", "190/460",
                 "Error validating access token: The session has been invalidated because the user changed their "
                 "password"},
             Row{R"({"type":"logged-out"})", "190/467", "190/467", "190/467",
                 "Error validating access token: The session is invalid because the user logged out."},
             Row{R"({"type":"app-removed"})", "190/458", "190/458", "190/458",
                 "Error validating access token: The user has not authorized application 100000000000001."},
             Row{R"({"type":"checkpoint"})", "190/459", "190/459", "190/459", ""},
             Row{R"({"type":"checkpoint","blocking":true})", "190/490", "190/490", "190/490", ""},
             Row{R"({"type":"unconfirmed"})", "190/464", "190/464", "190/464", ""},
             Row{R"({"type":"inactive"})", "190/493", "190/493", "190/493", ""},
             Row{R"({"type":"password-changed","login":"instagram"})", "200", "200", "190/460", ""},
             Row{R"({"type":"app-removed","app_id":"100000000000001"})", "190/458", "190/458", "200", ""},
             Row{R"({"type":"role-lost"})", "200", "190/492", "200", ""},
             Row{R"({"type":"app-secret-rotated"})", "200", "190", "200", ""},
             Row{R"({"type":"permission-revoked"})", "200", "200", "200", ""},
             Row{R"({"type":"permission-revoked","permission":"instagram_business_basic"})", "200", "200", "10", ""},
             Row{R"({"type":"page-unlinked"})", "200", "200", "200", ""},
             Row{R"({"type":"account-converted"})", "200", "200", "200", ""},
         }) {
        SCOPED_TRACE(row.event);
        Bench bench;
        const std::string facebook = bench.token(R"({"login":"facebook"})");
        const std::string page = bench.token(R"({"login":"facebook","kind":"page"})");
        const std::string instagram = bench.token(R"({"login":"instagram"})");
        const std::string system = bench.token(R"({"login":"facebook","kind":"system-user"})");
        const std::string neighbour = bench.token(R"({"login":"facebook","account":"demo_bakery"})");
        bench.control("event", row.event);
        const Answer me = bench.facebook("/me?access_token=" + facebook);
        EXPECT_EQ(me.verdict(), row.facebook);
        if (!row.message.empty())
            EXPECT_TRUE(me.text("error.message").starts_with(row.message)) << me.text("error.message");
        EXPECT_EQ(bench.facebook("/me?access_token=" + page).verdict(), row.page);
        EXPECT_EQ(bench.instagram("/me?access_token=" + instagram).verdict(), row.instagram);
        // A system user is nobody's session (2.4), and neighbours are not struck.
        EXPECT_EQ(bench.facebook("/me?access_token=" + system).verdict(), "200");
        EXPECT_EQ(bench.facebook("/me?access_token=" + neighbour).verdict(), "200");
        // What ends a token shows in its inspection too.
        const Answer inspected =
            bench.facebook("/debug_token?input_token=" + facebook + "&access_token=100000000000001%7C" +
                           bench.get("/_sandbox/state").text("apps.0.secret"));
        EXPECT_EQ(inspected.at("data.is_valid"), json::value(row.facebook == "200"));
    }
}

TEST(Events, ConditionsPassAgain) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    for (const std::string type : {"checkpoint", "unconfirmed", "inactive"}) {
        SCOPED_TRACE(type);
        bench.control("event", R"({"type":")" + type + "\"}");
        EXPECT_NE(bench.facebook("/me?access_token=" + token).verdict(), "200");
        bench.control("event", R"({"type":")" + type + R"(","undo":true})");
        EXPECT_EQ(bench.facebook("/me?access_token=" + token).verdict(), "200");
        // Or with the next login.
        bench.control("event", R"({"type":")" + type + "\"}");
        bench.token(R"({"login":"facebook"})");
        EXPECT_EQ(bench.facebook("/me?access_token=" + token).verdict(), "200");
    }
}

TEST(Events, NameThePersonByAnyIdOrAccount) {
    struct Row {
        std::string name;
        std::string member; // of the mint's answer
    };
    for (const Row& row : {Row{"user_id", "user_id"}, Row{"user_id", "ig_user_id"}, Row{"account", "username"}}) {
        SCOPED_TRACE(row.member);
        Bench bench;
        const Answer target = bench.mint(R"({"login":"instagram","account":"demo_bistro"})");
        const std::string other = bench.token(R"({"login":"instagram"})");
        bench.control("event",
                      R"({"type":"password-changed",")" + row.name + R"(":")" + target.text(row.member) + "\"}");
        EXPECT_EQ(bench.instagram("/me?access_token=" + target.text("access_token")).verdict(), "190/460");
        EXPECT_EQ(bench.instagram("/me?access_token=" + other).verdict(), "200");
    }
}

TEST(Events, TakePermissionsOutOfEveryToken) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    bench.control("event", R"({"type":"permission-revoked","permission":"instagram_basic"})");
    const Answer permissions = bench.facebook("/me/permissions?access_token=" + token);
    EXPECT_EQ(permissions.text("data.0.permission"), "instagram_basic");
    EXPECT_EQ(permissions.text("data.0.status"), "declined");
    EXPECT_EQ(permissions.text("data.1.status"), "granted");
    EXPECT_FALSE(bench.facebook("/me/accounts?fields=instagram_business_account&access_token=" + token)
                     .has("data.0.instagram_business_account"));
    const std::string instagram = bench.token(R"({"login":"instagram","age_s":90000})");
    bench.control("event", R"({"type":"permission-revoked","permission":"instagram_business_basic"})");
    EXPECT_EQ(bench.instagram("/refresh_access_token?grant_type=ig_refresh_token&access_token=" + instagram).verdict(),
              "10");
}

TEST(Events, OfOneAppLeaveTheOthersAlone) {
    Bench bench;
    const std::string own = bench.token(R"({"login":"facebook"})");
    const std::string other = bench.token(R"({"login":"facebook","app_id":"999000000000009"})");
    const auto status = [&](const std::string& token) {
        return bench.facebook("/me/permissions?access_token=" + token).text("data.1.status");
    };
    bench.control("event", R"({"type":"permission-revoked","app_id":"999000000000009"})");
    EXPECT_EQ(status(other), "declined");
    EXPECT_EQ(status(own), "granted");
    bench.control("event", R"({"type":"app-removed","login":"facebook"})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + own).verdict(), "190/458");
    EXPECT_EQ(bench.facebook("/me?access_token=" + other).verdict(), "200");
}

TEST(Events, PartTheAccountFromItsPage) {
    for (const std::string event : {R"({"type":"page-unlinked"})", R"({"type":"account-converted"})"}) {
        SCOPED_TRACE(event);
        Bench bench;
        const Answer minted = bench.mint(R"({"login":"facebook"})");
        const std::string token = "access_token=" + minted.text("access_token");
        bench.control("event", event);
        EXPECT_FALSE(bench.facebook("/me/accounts?fields=instagram_business_account&" + token)
                         .has("data.0.instagram_business_account"));
        EXPECT_EQ(bench.facebook("/" + minted.text("ig_user_id") + "?" + token).verdict(), "100/33");
    }
    Bench bench;
    const std::string instagram = bench.token(R"({"login":"instagram"})");
    bench.control("event", R"({"type":"account-converted"})");
    EXPECT_EQ(bench.instagram("/me?fields=account_type&access_token=" + instagram).text("account_type"), "PERSONAL");
    bench.control("event", R"({"type":"account-converted","account_type":"MEDIA_CREATOR"})");
    EXPECT_EQ(bench.instagram("/me?fields=account_type&access_token=" + instagram).text("account_type"),
              "MEDIA_CREATOR");
}

TEST(Events, ARotatedSecretReplacesTheOldOne) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook","lifetime":"short"})");
    const std::string exchange =
        "/oauth/access_token?grant_type=fb_exchange_token&client_id=100000000000001&fb_exchange_token=" + token;
    const Answer event = bench.control("event", R"({"type":"app-secret-rotated"})");
    EXPECT_EQ(bench.facebook(exchange + "&client_secret=sandbox-app-secret").verdict(), "1");
    EXPECT_EQ(bench.facebook(exchange + "&client_secret=" + event.text("secret")).verdict(), "200");
    EXPECT_EQ(bench.facebook("/me?access_token=" + kAppToken).text("error.message"),
              "Invalid OAuth access token signature.");
    EXPECT_EQ(bench.facebook("/me?access_token=100000000000001%7C" + event.text("secret")).verdict(), "200");
    const Answer instagram =
        bench.control("event", R"({"type":"app-secret-rotated","login":"instagram","secret":"mine"})");
    EXPECT_EQ(instagram.text("app_id"), "200000000000002");
    EXPECT_EQ(instagram.text("secret"), "mine");
}

TEST(Events, BadOnesAreExplained) {
    Bench bench;
    struct Row {
        std::string body;
        std::string says;
    };
    for (const Row& row : {
             Row{"", "the body must be a JSON object"},
             Row{"{", "the body is not JSON"},
             Row{"{}", "\"type\" must be one of password-changed, logged-out"},
             Row{R"({"type":"flood"})", "\"type\" must be one of"},
             Row{R"({"type":5})", "\"type\" must be one of"},
             Row{R"({"type":"checkpoint","user_id":"1"})", "nobody has the user_id \"1\""},
             Row{R"({"type":"checkpoint","account":"nobody"})", "there is no account \"nobody\""},
             Row{R"({"type":"checkpoint","blocking":"yes"})", "\"blocking\" must be true or false"},
             Row{R"({"type":"checkpoint","colour":"red"})", "unknown member \"colour\""},
             Row{R"({"type":"permission-revoked","permission":"fly"})", "there is no permission \"fly\""},
             Row{R"({"type":"account-converted","account_type":"X"})",
                 "\"account_type\" must be one of PERSONAL, BUSINESS, MEDIA_CREATOR"},
             Row{R"({"type":"app-removed","app_id":"1"})", "there is no app with the id \"1\""},
             Row{R"({"type":"app-secret-rotated","secret":""})", "\"secret\" must not be empty"},
         }) {
        SCOPED_TRACE(row.body);
        const Answer answer = bench.post("/_sandbox/event", row.body);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_NE(answer.text("error").find(row.says), std::string::npos) << answer.text("error");
    }
    EXPECT_EQ(bench.facebook("/me?access_token=" + bench.token(R"({"login":"facebook"})")).verdict(), "200");
}

} // namespace
} // namespace everlong::simulator
