// System users by the Graph's own calls, codes for other clients, permissions that expire, and fields of people.
#include <unit/simulator/bench.hpp>

#include <base/digest.hpp>

namespace everlong::simulator {
namespace {

std::string proof_of(const std::string& token) {
    const Sha256 digest = hmac_sha256(std::string("sandbox-app-secret"), token);
    return "appsecret_proof=" + to_hex(digest.data(), digest.size());
}

// A member's token and the portfolio's system user.
struct Portfolio {
    explicit Portfolio(Bench& bench) {
        token = bench.token(R"({"login":"facebook","account":"demo_portfolio","scopes":["business_management"]})");
        business = bench.facebook("/me/businesses?access_token=" + token).text("data.0.id");
        const Answer users = bench.facebook("/" + business + "/system_users?access_token=" + token);
        user = users.text("data.0.id");
        EXPECT_EQ(users.text("data.0.role"), "ADMIN");
        rest = "&business_app=100000000000001&access_token=" + token + "&" + proof_of(token);
    }
    std::string token;
    std::string business;
    std::string user;
    std::string rest;
};

TEST(SystemUsers, GetAnAppThenATokenThenANewOne) {
    Bench bench;
    const Portfolio portfolio(bench);
    const std::string base = "/graph.facebook.com/v25.0/" + portfolio.user;
    const std::string wish = "scope=instagram_basic,pages_show_list" + portfolio.rest;
    EXPECT_EQ(bench.post(base + "/access_tokens", wish).verdict(), "200"); // not installed yet
    EXPECT_EQ(bench.post(base + "/applications", portfolio.rest.substr(1)).response.body, R"({"success":true})");
    const std::string lasting = bench.post(base + "/access_tokens", wish).text("access_token");
    const Answer about = bench.facebook("/debug_token?input_token=" + lasting + "&access_token=" + kAppToken);
    EXPECT_EQ(about.text("data.type"), "SYSTEM_USER");
    EXPECT_EQ(about.number("data.expires_at"), 0);
    EXPECT_EQ(about.size("data.scopes"), 3U);

    const Answer dated = bench.post("/graph.facebook.com/" + portfolio.business + "/system_user_access_tokens",
                                    wish + "&set_token_expires_in_60_days=true&system_user_id=" + portfolio.user);
    const std::string old = dated.text("access_token");
    bench.advance(50 * kDayS);
    const Answer renewed = bench.facebook("/oauth/access_token?grant_type=fb_exchange_token&" + kFacebookApp +
                                          "&set_token_expires_in_60_days=true&fb_exchange_token=" + old);
    EXPECT_EQ(renewed.number("expires_in"), 60 * kDayS);
    EXPECT_NE(renewed.text("access_token"), old);
}

TEST(SystemUsers, AreRefusedToOthersAndWithoutProof) {
    Bench bench;
    const Portfolio portfolio(bench);
    const std::string base = "/graph.facebook.com/" + portfolio.user;
    bench.post(base + "/applications", portfolio.rest.substr(1));
    const std::string wish = "scope=instagram_basic&business_app=100000000000001&access_token=";
    EXPECT_EQ(bench.post(base + "/access_tokens", wish + portfolio.token).text("error.message"),
              "API calls from the server require an appsecret_proof argument");
    const std::string stranger = bench.token(R"({"login":"facebook","scopes":["business_management"]})");
    EXPECT_EQ(bench.post(base + "/access_tokens", wish + stranger + "&" + proof_of(stranger)).verdict(), "100/33");
    EXPECT_EQ(bench.post(base + "/access_tokens", "scope=nonsense" + portfolio.rest).verdict(), "100");
    const std::string plain = bench.token(R"({"login":"facebook","account":"demo_portfolio"})");
    EXPECT_EQ(bench.get("/graph.facebook.com/" + portfolio.business + "/system_users?access_token=" + plain).verdict(),
              "200");
}

TEST(ClientCodes, AreRedeemedWithoutASecret) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    const Answer made =
        bench.facebook("/oauth/client_code?" + kFacebookApp + "&redirect_uri=http://localhost/&access_token=" + token);
    const std::string redeem =
        "/oauth/access_token?client_id=100000000000001&redirect_uri=http://localhost/&machine_id=m1&code=" +
        made.text("code");
    const Answer given = bench.facebook(redeem);
    EXPECT_TRUE(given.text("access_token").starts_with("EAA"));
    EXPECT_EQ(given.text("machine_id"), "m1");
    EXPECT_EQ(bench.facebook(redeem).verdict(), "100/36009");
    const std::string brief = bench.token(R"({"login":"facebook","lifetime":"short"})");
    EXPECT_EQ(
        bench.facebook("/oauth/client_code?" + kFacebookApp + "&redirect_uri=http://localhost/&access_token=" + brief)
            .verdict(),
        "100");
    EXPECT_EQ(
        bench.facebook("/oauth/access_token?client_id=100000000000001&redirect_uri=http://localhost/&code=x").verdict(),
        "1");
}

TEST(Permissions, ExpireWithTheDataAccess) {
    Bench bench;
    const std::string permissions =
        "/me/permissions?access_token=" + bench.token(R"({"login":"facebook","data_access_left_s":-1})");
    const auto status_of = [&](const std::string& name) {
        for (const json::value& row : bench.facebook(permissions).at("data").get_array()) {
            if (row.at("permission").get_string() == name) return std::string(row.at("status").get_string());
        }
        return std::string();
    };
    EXPECT_EQ(status_of("instagram_basic"), "expired");
    EXPECT_EQ(status_of("pages_show_list"), "granted");
    EXPECT_EQ(status_of("public_profile"), "granted");
    bench.control("switches", R"({"unused_permissions":"expire"})");
    EXPECT_EQ(status_of("pages_show_list"), "expired");
}

TEST(Fields, OfPeopleAsLoginLibrariesAskForThem) {
    Bench bench;
    const std::string token = "&access_token=" + bench.token(R"({"login":"facebook","scopes":["email"]})");
    const Answer me = bench.facebook(
        "/me?fields=id,name,last_name,first_name,middle_name,gender,link,email,picture.type(large)" + token);
    EXPECT_EQ(me.status(), 200);
    EXPECT_EQ(me.number("picture.data.width"), 200);
    EXPECT_TRUE(me.text("picture.data.url").starts_with("https://"));
    EXPECT_FALSE(me.has("gender"));
    EXPECT_EQ(bench.facebook("/me?fields=picture.type(enormous)" + token).verdict(), "100");
    EXPECT_EQ(bench.facebook("/me?fields=picture.width(333)" + token).number("picture.data.height"), 333);
    // A list may be JSON.
    EXPECT_EQ(bench.facebook("/me?fields=%5B%22id%22,%22name%22%5D" + token).text("name"), "Dana Demo");
}

TEST(BusinessDiscovery, ShowsOtherProfessionalAccounts) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const auto ask = [&](const std::string& username) {
        return bench.facebook("/" + minted.text("ig_user_id") + "?fields=business_discovery.username(" + username +
                              ")%7Busername,followers_count%7D&access_token=" + minted.text("access_token"));
    };
    EXPECT_EQ(ask("demo_bakery").text("business_discovery.username"), "demo_bakery");
    EXPECT_EQ(ask("nobody_there").verdict(), "110");
    EXPECT_EQ(ask("demo_personal").verdict(), "110");
}

} // namespace
} // namespace everlong::simulator
