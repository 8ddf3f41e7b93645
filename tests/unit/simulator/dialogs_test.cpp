// The login dialogs and what their codes are worth (graph-api.md, 2.1 to 2.3, 2.12, 3.1, 3.2).
#include "bench.hpp"

#include <base/percent.hpp>

#include <gtest/gtest.h>

namespace everlong::simulator {
namespace {

const std::string kBack = "http://127.0.0.1:8000/oauth/callback";
const std::string kBackEncoded = percent_encode(kBack);
const std::string kFacebookScopes = "instagram_basic,pages_show_list,pages_read_engagement,instagram_content_publish";
const std::string kInstagramScopes = "instagram_business_basic,instagram_business_content_publish";

std::string facebook_dialog(const std::string& more, const std::string& redirect = kBackEncoded) {
    return "/www.facebook.com/v25.0/dialog/oauth?client_id=100000000000001&redirect_uri=" + redirect +
           "&scope=" + kFacebookScopes + "&state=s%26t" + more;
}

std::string instagram_dialog(const std::string& more) {
    return "/www.instagram.com/oauth/authorize?client_id=200000000000002&response_type=code&redirect_uri=" +
           kBackEncoded + "&scope=" + kInstagramScopes + "&state=s1" + more;
}

// A parameter of the address that a dialog redirects to; empty where it is not there.
std::string parameter_of(const Answer& answer, std::string_view name) {
    std::string location = answer.header("Location");
    location = location.substr(0, location.find('#'));
    for (const auto& [key, value] : http::parse_form(location.substr(location.find('?') + 1))) {
        if (key == name) return value;
    }
    return {};
}

class Dialogs : public ::testing::Test {
protected:
    std::string facebook_code(const std::string& more = {}) {
        const Answer answer = bench_.get(facebook_dialog("&sandbox_auto=approve" + more));
        EXPECT_EQ(answer.status(), 302) << answer.response.body;
        return parameter_of(answer, "code");
    }
    std::string instagram_code(const std::string& more = {}) {
        const Answer answer = bench_.get(instagram_dialog("&sandbox_auto=approve" + more));
        EXPECT_EQ(answer.status(), 302) << answer.response.body;
        return parameter_of(answer, "code");
    }
    Answer redeem_facebook(const std::string& code, const std::string& redirect = kBackEncoded,
                           const std::string& more = {}) {
        return bench_.facebook("/oauth/access_token?" + kFacebookApp + "&redirect_uri=" + redirect + "&code=" + code +
                               more);
    }
    Answer redeem_instagram(const std::string& code, const std::string& redirect = kBackEncoded) {
        http::Request request =
            Bench::request("POST", "/api.instagram.com/oauth/access_token",
                           "client_id=200000000000002&" + kInstagramSecret +
                               "&grant_type=authorization_code&redirect_uri=" + redirect + "&code=" + code);
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        return bench_.send(std::move(request));
    }
    Answer post_form(const std::string& target, const std::string& form) {
        http::Request request = Bench::request("POST", target, form);
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        return bench_.send(std::move(request));
    }

    Bench bench_;
};

TEST_F(Dialogs, FacebookShowsABoxForEachPermissionAndPage) {
    const Answer page = bench_.get(facebook_dialog(""));
    EXPECT_EQ(page.status(), 200);
    for (const char* part : {"id=\"approve\"", "id=\"deny\"", "value=\"instagram_content_publish\"", "name=\"page\"",
                             "Demo Cafe", "linked to @demo_cafe", "Dana Demo"}) {
        EXPECT_NE(page.response.body.find(part), std::string::npos) << part;
    }
    EXPECT_EQ(page.response.body.find("<script"), std::string::npos);
    EXPECT_NE(page.header("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
}

TEST_F(Dialogs, FacebookCodeIsWorthAShortTokenOnce) {
    const Answer approved = bench_.get(facebook_dialog("&sandbox_auto=approve"));
    EXPECT_TRUE(approved.header("Location").starts_with(kBack + "?code=AQ"));
    EXPECT_TRUE(approved.header("Location").ends_with("#_=_"));
    EXPECT_EQ(parameter_of(approved, "state"), "s&t");
    const std::string code = parameter_of(approved, "code");
    const Answer grant = redeem_facebook(code);
    EXPECT_EQ(grant.number("expires_in"), 5400);
    const Answer accounts = bench_.facebook("/me/accounts?access_token=" + grant.text("access_token"));
    EXPECT_EQ(accounts.text("data.0.name"), "Demo Cafe");
    EXPECT_EQ(redeem_facebook(code).verdict(), "100/36009");
}

TEST_F(Dialogs, FacebookCodeIsBoundToItsAddressAndToTime) {
    const std::string code = facebook_code();
    EXPECT_EQ(redeem_facebook(code, kBackEncoded + "%2F").verdict(), "100/36008");
    bench_.advance(599);
    EXPECT_EQ(redeem_facebook(code).status(), 200);
    const std::string late = facebook_code();
    bench_.advance(600);
    EXPECT_EQ(redeem_facebook(late).verdict(), "100/36007");
    EXPECT_EQ(redeem_facebook("AQnone").verdict(), "100");
}

TEST_F(Dialogs, FacebookVerifierMustFitTheChallenge) {
    // RFC 7636, appendix B.
    const std::string challenge =
        "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    const std::string code = facebook_code(challenge);
    EXPECT_EQ(redeem_facebook(code).status(), 400);
    EXPECT_EQ(redeem_facebook(code, kBackEncoded, "&code_verifier=wrong").status(), 400);
    EXPECT_EQ(
        redeem_facebook(code, kBackEncoded, "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").status(),
        200);
}

TEST_F(Dialogs, DeclinedPermissionIsToldAndNotAskedAgainWithoutRerequest) {
    const std::string code = facebook_code("&sandbox_decline=instagram_content_publish");
    const std::string token = redeem_facebook(code).text("access_token");
    const Answer permissions = bench_.facebook("/me/permissions?access_token=" + token);
    EXPECT_NE(permissions.response.body.find("{\"permission\":\"instagram_content_publish\",\"status\":\"declined\"}"),
              std::string::npos)
        << permissions.response.body;
    const auto shows_box = [&](const std::string& more) {
        return bench_.get(facebook_dialog(more)).response.body.find("value=\"instagram_content_publish\"") !=
               std::string::npos;
    };
    EXPECT_FALSE(shows_box(""));
    EXPECT_TRUE(shows_box("&auth_type=rerequest"));
}

TEST_F(Dialogs, OnlyTickedPagesAreReached) {
    const std::string code = facebook_code("&sandbox_person=demo_bakery&sandbox_pages=Demo+Bistro");
    const Answer accounts = bench_.facebook("/me/accounts?access_token=" + redeem_facebook(code).text("access_token"));
    EXPECT_EQ(accounts.size("data"), 1u);
    EXPECT_EQ(accounts.text("data.0.name"), "Demo Bistro");
}

TEST_F(Dialogs, BoxesOfTheFormDecide) {
    const std::string target = "/www.facebook.com/v25.0/dialog/oauth";
    const std::string hidden = "client_id=100000000000001&redirect_uri=" + kBackEncoded + "&scope=" + kFacebookScopes;
    const Answer approved = post_form(target, hidden + "&decision=approve&permission=instagram_basic&permission="
                                                       "pages_show_list&permission=not_asked_for");
    ASSERT_EQ(approved.status(), 302);
    const std::string token = redeem_facebook(parameter_of(approved, "code")).text("access_token");
    const Answer inspection = bench_.facebook("/debug_token?input_token=" + token + "&access_token=" + kAppToken);
    EXPECT_EQ(json::serialize(inspection.at("data.scopes")),
              R"(["instagram_basic","pages_show_list","public_profile"])");
    EXPECT_EQ(bench_.facebook("/me/accounts?access_token=" + token).size("data"), 0u);
    EXPECT_EQ(parameter_of(post_form(target, hidden + "&decision=deny"), "error_reason"), "user_denied");
    EXPECT_EQ(post_form(target, hidden + "&decision=switch&person=Tina+Twopages").status(), 200);
}

TEST_F(Dialogs, DenialComesBackWithItsReason) {
    const Answer facebook = bench_.get(facebook_dialog("&sandbox_auto=deny"));
    EXPECT_EQ(parameter_of(facebook, "error"), "access_denied");
    EXPECT_EQ(parameter_of(facebook, "error_code"), "200");
    EXPECT_EQ(parameter_of(facebook, "state"), "s&t");
    const Answer instagram = bench_.get(instagram_dialog("&sandbox_auto=deny"));
    EXPECT_EQ(parameter_of(instagram, "error_reason"), "user_denied");
    EXPECT_EQ(parameter_of(instagram, "code"), "");
}

TEST_F(Dialogs, WhatIsWrongWithTheRequestStaysOnThePage) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"/www.facebook.com/dialog/oauth?client_id=1&redirect_uri=" + kBackEncoded, "Invalid App ID"},
        {"/www.facebook.com/dialog/oauth?client_id=200000000000002&redirect_uri=" + kBackEncoded, "Invalid App ID"},
        {facebook_dialog("&sandbox_auto=approve", "https%3A%2F%2Fevil.example%2F"), "URL blocked"},
        {facebook_dialog("&sandbox_auto=approve", "http%3A%2F%2F127.0.0.1.evil.example%2F"), "URL blocked"},
        {facebook_dialog("&sandbox_auto=approve", "http%3A%2F%2Flocalhost%40evil.example%2F"), "URL blocked"},
        {facebook_dialog("&sandbox_auto=approve", "http%3A%2F%2F127.0.0.1%2F%0D%0ASet-Cookie%3A+a"), "URL blocked"},
        {facebook_dialog("&sandbox_auto=approve", "javascript%3Aalert(1)"), "URL blocked"},
        {facebook_dialog("&sandbox_auto=approve&scope=user_everything"), "Invalid Scopes: user_everything"},
        {facebook_dialog("&sandbox_auto=approve&scope=instagram_business_basic"), "Invalid Scopes"},
        {facebook_dialog("&sandbox_auto=approve&response_type=magic"), "Invalid response_type"},
        {instagram_dialog("&sandbox_auto=approve&scope=instagram_basic"), "Invalid scope"},
        {instagram_dialog("&sandbox_auto=approve&scope=instagram_business_content_publish"), "Invalid scope"},
        {instagram_dialog("&sandbox_auto=approve&client_id=100000000000001"), "Invalid platform app"},
        {instagram_dialog("&sandbox_auto=approve&redirect_uri=https%3A%2F%2Fevil.example"), "Invalid redirect_uri"},
    };
    for (const auto& [target, words] : cases) {
        const Answer answer = bench_.get(target);
        EXPECT_EQ(answer.status(), 400) << target;
        EXPECT_EQ(answer.header("Location"), "") << target;
        EXPECT_NE(answer.response.body.find(words), std::string::npos) << target << "\n" << answer.response.body;
    }
}

TEST_F(Dialogs, RegisteredAddressIsExact) {
    bench_.control("app", R"({"redirect_uris":["https://social.example/oauth/facebook/callback"]})");
    const std::string registered = "https%3A%2F%2Fsocial.example%2Foauth%2Ffacebook%2Fcallback";
    EXPECT_EQ(bench_.get(facebook_dialog("", registered)).status(), 200);
    EXPECT_EQ(bench_.get(facebook_dialog("", registered + "%2F")).status(), 400);
    EXPECT_EQ(bench_.get(facebook_dialog("", registered + "%3Fa%3D1")).status(), 400);
    bench_.control("switches", R"({"redirect_scheme":"https-only"})");
    EXPECT_EQ(bench_.get(facebook_dialog("")).status(), 400);
    EXPECT_EQ(bench_.get(facebook_dialog("", registered)).status(), 200);
}

TEST_F(Dialogs, InstagramCodeComesInThreeShapes) {
    const Answer flat = redeem_instagram(instagram_code());
    EXPECT_TRUE(flat.text("access_token").starts_with("IGAA"));
    EXPECT_TRUE(flat.at("user_id").is_int64());
    EXPECT_EQ(flat.text("permissions.0"), "instagram_business_basic");
    bench_.control("switches", R"({"instagram_code_shape":"data","instagram_code_user_id":"text"})");
    const Answer data = redeem_instagram(instagram_code());
    EXPECT_TRUE(data.at("data.0.user_id").is_string());
    EXPECT_EQ(data.text("data.0.permissions"), kInstagramScopes);
    bench_.control("switches", R"({"instagram_code_shape":"bare"})");
    EXPECT_FALSE(redeem_instagram(instagram_code()).has("permissions"));
    const Answer me = bench_.instagram("/v25.0/me?fields=username&access_token=" + flat.text("access_token"));
    EXPECT_EQ(me.text("username"), "demo_cafe");
}

TEST_F(Dialogs, InstagramRefusesInItsFlatForm) {
    const std::string code = instagram_code();
    const auto said = [](const Answer& answer) { return answer.text("error_message"); };
    EXPECT_NE(said(redeem_instagram(code, kBackEncoded + "x")).find("redirect_uri is identical"), std::string::npos);
    EXPECT_EQ(said(redeem_instagram(code + "%23_")), "Matching code was not found or was already used");
    EXPECT_EQ(redeem_instagram(code).status(), 200);
    EXPECT_EQ(said(redeem_instagram(code)), "Matching code was not found or was already used");
    const std::string late = instagram_code();
    bench_.advance(kHourS);
    EXPECT_EQ(said(redeem_instagram(late)), "Matching code was not found or was already used");
}

TEST_F(Dialogs, InstagramNeedsAProfessionalAccountAndInDevelopmentARole) {
    EXPECT_NE(bench_.get(instagram_dialog("&sandbox_auto=approve&sandbox_person=demo_personal"))
                  .response.body.find("professional account is needed"),
              std::string::npos);
    bench_.control("switches", R"({"app_mode":"development"})");
    EXPECT_NE(bench_.get(instagram_dialog("&sandbox_auto=approve&sandbox_person=demo_bakery"))
                  .response.body.find("Insufficient developer role"),
              std::string::npos);
    EXPECT_EQ(bench_.get(instagram_dialog("&sandbox_auto=approve")).status(), 302);
}

TEST_F(Dialogs, OlderInstagramAddressLeadsToTheNewOne) {
    const Answer answer = bench_.get("/api.instagram.com/oauth/authorize?client_id=200000000000002&state=a%26b");
    EXPECT_EQ(answer.status(), 302);
    EXPECT_EQ(answer.header("Location"),
              "http://127.0.0.1:9190/www.instagram.com/oauth/authorize?client_id=200000000000002&state=a%26b");
}

TEST_F(Dialogs, TextFromOutsideIsNeverMarkup) {
    const std::string markup = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for (const std::string& target :
         {facebook_dialog("&state=" + markup), facebook_dialog("&display=" + markup),
          facebook_dialog("&scope=" + markup), facebook_dialog("&sandbox_person=" + markup)}) {
        EXPECT_EQ(bench_.get(target).response.body.find("<script"), std::string::npos) << target;
    }
    const Answer back = bench_.get(facebook_dialog("&sandbox_auto=approve&state=a%0D%0ASet-Cookie%3A+b%3D1"));
    EXPECT_EQ(back.header("Location").find('\n'), std::string::npos);
    EXPECT_EQ(parameter_of(back, "state"), "a\r\nSet-Cookie: b=1");
}

TEST_F(Dialogs, SecondLoginLeavesTheFirstTokenAlive) {
    const std::string first = redeem_facebook(facebook_code()).text("access_token");
    const std::string second = redeem_facebook(facebook_code()).text("access_token");
    EXPECT_NE(first, second);
    EXPECT_EQ(bench_.facebook("/me?access_token=" + first).status(), 200);
}

TEST_F(Dialogs, CodesAreNotInTheLedgerOrTheState) {
    const std::string code = instagram_code();
    const std::string token = redeem_instagram(code).text("access_token");
    for (const char* page : {"/_sandbox/ledger", "/_sandbox/state"}) {
        const std::string text = bench_.get(page).response.body;
        EXPECT_EQ(text.find(code), std::string::npos) << page;
        EXPECT_EQ(text.find(token), std::string::npos) << page;
    }
}

TEST_F(Dialogs, TokenInTheFragmentWhereAsked) {
    const Answer answer = bench_.get(facebook_dialog("&sandbox_auto=approve&response_type=token"));
    EXPECT_TRUE(answer.header("Location").starts_with(kBack + "#access_token=EAA"));
    EXPECT_NE(answer.header("Location").find("&expires_in=5400&data_access_expiration_time="), std::string::npos);
}

TEST_F(Dialogs, OnboardingGivesALongLivedTokenAtOnce) {
    const std::string extras = percent_encode(R"({"setup":{"channel":"IG_API_ONBOARDING"}})");
    const std::string location =
        bench_.get(facebook_dialog("&sandbox_auto=approve&response_type=token&extras=" + extras)).header("Location");
    const auto begin = location.find("&long_lived_token=");
    ASSERT_NE(begin, std::string::npos);
    const std::string token = location.substr(begin + 18, location.find('&', begin + 18) - begin - 18);
    const Answer about = bench_.facebook("/debug_token?input_token=" + token + "&access_token=" + kAppToken);
    EXPECT_EQ(about.number("data.expires_at"), kStartUnixS + 60 * kDayS);
}

TEST_F(Dialogs, PassingOneRenewsTheDataAccess) {
    const Answer minted = bench_.mint(R"({"login":"facebook","data_access_left_s":-1})");
    const std::string account = "/" + minted.text("ig_user_id") + "?access_token=" + minted.text("access_token");
    EXPECT_EQ(bench_.facebook(account).verdict(), "10");
    bench_.get(facebook_dialog("&sandbox_auto=approve&auth_type=reauthorize"));
    EXPECT_EQ(bench_.facebook(account).status(), 200);
}

} // namespace
} // namespace everlong::simulator
