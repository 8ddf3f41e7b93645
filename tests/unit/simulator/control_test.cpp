// The control calls: minting, clock, state, reset, switches, app, ledger, and how bad ones are answered.
#include <unit/simulator/bench.hpp>

#include <base/digest.hpp>

#include <array>
#include <map>
#include <set>

namespace everlong::simulator {
namespace {

TEST(Mint, KnowsEveryKindAndLifetime) {
    struct Row {
        std::string wish;
        std::string kind;
        std::string prefix;
        std::int64_t life_s; // 0: no date
    };
    for (const Row& row : {
             Row{R"({"login":"facebook"})", "user", "EAA", 60 * kDayS},
             Row{R"({"login":"facebook","lifetime":"short"})", "user", "EAA", 5400},
             Row{R"({"login":"facebook","lifetime":"never"})", "user", "EAA", 0},
             Row{R"({"login":"facebook","kind":"page"})", "page", "EAA", 0},
             Row{R"({"login":"facebook","kind":"page","lifetime":"short"})", "page", "EAA", 5400},
             Row{R"({"login":"facebook","kind":"system-user"})", "system-user", "EAA", 60 * kDayS},
             Row{R"({"login":"facebook","kind":"system-user","lifetime":"never"})", "system-user", "EAA", 0},
             Row{R"({"login":"instagram"})", "instagram-user", "IGAA", 60 * kDayS},
             Row{R"({"login":"instagram","kind":"user","lifetime":"short"})", "instagram-user", "IGAA", kHourS},
             Row{R"({"login":"instagram","kind":"instagram-user"})", "instagram-user", "IGAA", 60 * kDayS},
         }) {
        SCOPED_TRACE(row.wish);
        Bench bench;
        const Answer answer = bench.mint(row.wish);
        const std::string token = answer.text("access_token");
        EXPECT_TRUE(token.starts_with(row.prefix));
        EXPECT_GE(token.size(), 120U);
        EXPECT_LE(token.size(), 180U);
        EXPECT_EQ(answer.text("kind"), row.kind);
        EXPECT_EQ(answer.text("fingerprint"), fingerprint_of(token).text());
        EXPECT_EQ(answer.text("issued_at"), "2026-11-23T12:00:00Z");
        if (row.life_s == 0) {
            EXPECT_TRUE(answer.at("expires_at").is_null());
        } else {
            EXPECT_EQ(answer.text("expires_at"), to_rfc3339(instant_from_unix_s(kStartUnixS + row.life_s)));
        }
        EXPECT_TRUE(answer.text("ig_user_id").starts_with("17841"));
        EXPECT_EQ(answer.at("page_id").is_null(), row.prefix == "IGAA");
    }
}

TEST(Mint, AgesATokenAndMayOutliveIt) {
    Bench bench;
    const Answer old = bench.mint(R"({"login":"instagram","age_s":5183999})");
    EXPECT_EQ(old.text("issued_at"), "2026-09-24T12:00:01Z");
    EXPECT_EQ(bench.instagram("/me?access_token=" + old.text("access_token")).status(), 200);
    bench.advance(1);
    EXPECT_EQ(bench.instagram("/me?access_token=" + old.text("access_token")).verdict(), "190/463");
    const Answer dead = bench.mint(R"({"login":"facebook","lifetime":"short","age_s":10000000})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + dead.text("access_token")).verdict(), "190/463");
}

TEST(Mint, MakesPeopleForUnknownUsernames) {
    Bench bench;
    const Answer facebook = bench.mint(R"({"login":"facebook","account":"new_shop"})");
    EXPECT_EQ(bench
                  .facebook("/me/accounts?fields=instagram_business_account%7Busername%7D&access_token=" +
                            facebook.text("access_token"))
                  .text("data.0.instagram_business_account.username"),
              "new_shop");
    const Answer again = bench.mint(R"({"login":"instagram","account":"new_shop"})");
    EXPECT_EQ(again.text("ig_user_id"), facebook.text("ig_user_id"));
    const Answer instagram = bench.mint(R"({"login":"instagram","account":"only.instagram"})");
    const Answer me = bench.instagram("/me?fields=username,user_id&access_token=" + instagram.text("access_token"));
    EXPECT_EQ(me.text("username"), "only.instagram");
    EXPECT_EQ(me.text("user_id"), instagram.text("ig_user_id"));
    EXPECT_NE(me.text("user_id"), facebook.text("ig_user_id"));
}

TEST(Mint, OfAnAppGivesItsLiteralToken) {
    Bench bench;
    EXPECT_EQ(bench.token(R"({"login":"facebook","kind":"app"})"), "100000000000001|sandbox-app-secret");
    EXPECT_EQ(bench.token(R"({"login":"facebook","kind":"app"})"), "100000000000001|sandbox-app-secret");
}

TEST(Mint, BadWishesAreExplained) {
    Bench bench;
    struct Row {
        std::string body;
        std::string says;
    };
    for (const Row& row : {
             Row{"", "the body must be a JSON object"},
             Row{"[]", "the body must be a JSON object"},
             Row{"{}", "\"login\" must be one of facebook, instagram"},
             Row{R"({"login":"threads"})", "\"login\" must be one of facebook, instagram"},
             Row{R"({"login":7})", "\"login\" must be text"},
             Row{R"({"login":"facebook","kind":"client"})",
                 "\"kind\" must be one of user, page, system-user, app, instagram-user"},
             Row{R"({"login":"facebook","kind":"instagram-user"})", "belongs to the login \"instagram\""},
             Row{R"({"login":"instagram","kind":"page"})", "the Instagram login knows only user tokens, not \"page\""},
             Row{R"({"login":"instagram","lifetime":"never"})", "never without a date"},
             Row{R"({"login":"facebook","kind":"system-user","lifetime":"short"})", "a system user's token is long"},
             Row{R"({"login":"facebook","kind":"app","lifetime":"long"})", "leave \"lifetime\" out"},
             Row{R"({"login":"facebook","kind":"app","account":"x"})", "an app's token has no account"},
             Row{R"({"login":"facebook","lifetime":"eternal"})", "\"lifetime\" must be one of short, long, never"},
             Row{R"({"login":"facebook","age_s":-1})", "\"age_s\" must be a whole number from 0 to 3155760000"},
             Row{R"({"login":"facebook","age_s":1.5})", "\"age_s\" must be a whole number"},
             Row{R"({"login":"facebook","age_s":"60"})", "\"age_s\" must be a whole number"},
             Row{R"({"login":"facebook","age_s":3155760000})", "\"age_s\" reaches back beyond 1970"},
             Row{R"({"login":"facebook","scopes":"instagram_basic"})", "\"scopes\" must be an array of texts"},
             Row{R"({"login":"facebook","scopes":["instagram_business_basic"]})",
                 "there is no permission \"instagram_business_basic\" on the login \"facebook\""},
             Row{R"({"login":"facebook","account":"Not A Name"})", "\"account\" is a username"},
             Row{R"({"login":"facebook","account":""})", "\"account\" is a username"},
             Row{R"({"login":"facebook","user_id":"1"})", "nobody has the user_id \"1\""},
             Row{R"({"login":"facebook","app_id":"abc"})", "\"app_id\" is a number as text"},
             Row{R"({"login":"facebook","app_id":"200000000000002"})", "belongs to the login \"instagram\""},
             Row{R"({"login":"facebook","kind":"page","account":"demo_nopage"})", "linked to no Page"},
             Row{R"({"login":"facebook","colour":"red"})", "unknown member \"colour\""},
         }) {
        SCOPED_TRACE(row.body);
        const Answer answer = bench.post("/_sandbox/token", row.body);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_NE(answer.text("error").find(row.says), std::string::npos) << answer.text("error");
    }
    EXPECT_EQ(bench.ledger().size("tokens"), 0U);
}

TEST(Mint, OfOneSeedIsAlwaysTheSame) {
    Bench one(7);
    Bench two(7);
    Bench other(8);
    const std::string token = one.token(R"({"login":"facebook"})");
    EXPECT_EQ(two.token(R"({"login":"facebook"})"), token);
    EXPECT_NE(other.token(R"({"login":"facebook"})"), token);
}

TEST(Clock, IsRealTimePlusAllAdvances) {
    Bench bench;
    EXPECT_EQ(bench.get("/_sandbox/clock").response.body, R"({"now":"2026-11-23T12:00:00Z"})");
    EXPECT_EQ(bench.control("clock", R"({"advance_s":86400})").text("now"), "2026-11-24T12:00:00Z");
    bench.real_unix_s += 60;
    EXPECT_EQ(bench.control("clock", R"({"advance_s":60.0})").text("now"), "2026-11-24T12:02:00Z");
    EXPECT_EQ(bench.control("clock", R"({"advance_s":3155760000})").text("now"), "2126-11-25T12:02:00Z");
    EXPECT_EQ(bench.control("clock", R"({"advance_s":0})").text("now"), "2126-11-25T12:02:00Z");
    bench.simulator().advance(Seconds(8));
    EXPECT_EQ(to_rfc3339(bench.simulator().now()), "2126-11-25T12:02:08Z");
    EXPECT_EQ(bench.control("reset", "").text("now"), "2026-11-23T12:01:00Z");
}

TEST(Clock, RefusesWhatIsNoWayForward) {
    Bench bench;
    for (const std::string body :
         {"", "{}", "null", R"({"advance_s":-1})", R"({"advance_s":"5"})", R"({"advance_s":null})",
          R"({"advance_s":3155760001})", R"({"advance_s":0.5})", R"({"advance_s":1e300})", R"({"advance":5})"}) {
        SCOPED_TRACE(body);
        const Answer answer = bench.post("/_sandbox/clock", body);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_NE(answer.text("error"), "");
    }
    EXPECT_EQ(bench.get("/_sandbox/clock").text("now"), "2026-11-23T12:00:00Z");
    int advances = 0;
    while (bench.post("/_sandbox/clock", R"({"advance_s":3155760000})").status() == 200)
        ++advances;
    EXPECT_EQ(advances, 78);
}

TEST(State, ShowsTheSeededWorld) {
    Bench bench;
    const Answer state = bench.get("/_sandbox/state");
    EXPECT_EQ(state.text("now"), "2026-11-23T12:00:00Z");
    ASSERT_EQ(state.size("apps"), 2U);
    EXPECT_EQ(state.text("apps.0.id"), "100000000000001");
    EXPECT_EQ(state.text("apps.0.secret"), "sandbox-app-secret");
    EXPECT_EQ(state.text("apps.0.login"), "facebook");
    EXPECT_EQ(state.text("apps.1.id"), "200000000000002");
    EXPECT_EQ(state.text("apps.1.login"), "instagram");
    EXPECT_EQ(state.text("accounts.0.username"), "demo_cafe");
    EXPECT_EQ(state.text("accounts.0.account_type"), "BUSINESS");
    EXPECT_EQ(state.text("accounts.0.page_id"), state.text("pages.0.page_id"));
    EXPECT_EQ(state.text("people.0.name"), "Dana Demo");
    EXPECT_EQ(state.size("tokens"), 0U);
    std::set<std::string> names;
    for (const json::value& account : state.at("accounts").get_array())
        names.emplace(account.at("username").get_string());
    for (const char* name :
         {"demo_nopage", "demo_personal", "demo_bakery", "demo_bistro", "demo_portfolio", "demo_client"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
}

TEST(State, ShowsTokensByFingerprintOnly) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook","lifetime":"short"})");
    const Answer before = bench.get("/_sandbox/state");
    EXPECT_EQ(before.text("tokens.0.fingerprint"), minted.text("fingerprint"));
    EXPECT_EQ(before.text("tokens.0.kind"), "user");
    EXPECT_EQ(before.text("tokens.0.login"), "facebook");
    EXPECT_EQ(before.text("tokens.0.issued_at"), "2026-11-23T12:00:00Z");
    EXPECT_EQ(before.text("tokens.0.expires_at"), "2026-11-23T13:30:00Z");
    EXPECT_EQ(before.at("tokens.0.alive"), json::value(true));
    EXPECT_EQ(before.response.body.find(minted.text("access_token")), std::string::npos);
    bench.advance(5400);
    EXPECT_EQ(bench.get("/_sandbox/state").at("tokens.0.alive"), json::value(false));
}

TEST(Reset, BeginsAnewWithStringsNeverSeenBefore) {
    Bench bench;
    const std::string before = bench.token(R"({"login":"facebook","account":"new_shop"})");
    bench.control("switches", R"({"refresh_string":"same"})");
    bench.control("faults", R"([{"match":{},"fault":{"kind":"drop-before"}}])");
    bench.control("event", R"({"type":"app-secret-rotated"})");
    bench.control("reset", "");
    EXPECT_EQ(bench.ledger().size("calls"), 0U);
    EXPECT_EQ(bench.ledger().size("tokens"), 0U);
    EXPECT_EQ(bench.get("/_sandbox/state").text("apps.0.secret"), "sandbox-app-secret");
    EXPECT_EQ(bench.get("/_sandbox/faults").size("faults"), 0U);
    EXPECT_EQ(bench.get("/_sandbox/switches").text("switches.0.value"), "new");
    EXPECT_NE(bench.token(R"({"login":"facebook","account":"new_shop"})"), before);
    EXPECT_EQ(bench.facebook("/me?access_token=" + before).verdict(), "190");
}

TEST(Switches, AreListedWithDefaultsAndReasons) {
    Bench bench;
    const Answer answer = bench.get("/_sandbox/switches");
    std::map<std::string, std::string> defaults;
    for (const json::value& item : answer.at("switches").get_array()) {
        defaults[std::string(item.at("name").get_string())] = item.at("default").get_string();
        EXPECT_EQ(item.at("value"), item.at("default"));
        EXPECT_GE(item.at("values").get_array().size(), 2U);
        const std::string_view about = item.at("about").get_string();
        EXPECT_TRUE(about.contains("graph-api.md") || about.contains("clients.md")) << about;
    }
    const std::map<std::string, std::string> expected{{"refresh_string", "new"},
                                                      {"old_token_after_refresh", "lives"},
                                                      {"refresh_under_24h", "error"},
                                                      {"refresh_permissions", "present"},
                                                      {"ig_exchange_long_lived", "error"},
                                                      {"facebook_reexchange", "time-left"},
                                                      {"expires_in", "present"},
                                                      {"facebook_code_life", "short"},
                                                      {"instagram_code_shape", "flat"},
                                                      {"instagram_code_user_id", "number"},
                                                      {"redirect_scheme", "any"},
                                                      {"redirect_tail", "present"},
                                                      {"app_mode", "live"},
                                                      {"appsecret_proof", "optional"},
                                                      {"instagram_signing_secret", "instagram-app"},
                                                      {"callback_hosts", "loopback"},
                                                      {"throttle_status", "400"},
                                                      {"unused_permissions", "stay"},
                                                      {"app_token_proof", "ignored"},
                                                      {"publish_quota", "50"},
                                                      {"second_publish", "error"},
                                                      {"expired_publish", "2207020"},
                                                      {"lone_video", "refused-at-creation"},
                                                      {"published_status_delay_s", "0"},
                                                      {"list_delay_s", "0"},
                                                      {"image_processing_s", "0"},
                                                      {"video_processing_s", "2"},
                                                      {"page_token_reads", "work"},
                                                      {"reel_size", "300MB"},
                                                      {"video_moov", "first"},
                                                      {"video_edit_lists", "harmless"},
                                                      {"progressive_jpeg", "accepted"},
                                                      {"picture_orientation", "as-stored"},
                                                      {"trial_reels", "eligible"},
                                                      {"locations", "any-number"},
                                                      {"spam_guard", "off"},
                                                      {"media_delete", "works"},
                                                      {"ads_audio", "closed"},
                                                      {"media_hosts", "loopback"},
                                                      {"media_robots", "obeyed"},
                                                      {"media_redirects", "refused"},
                                                      {"media_timeout_s", "20"},
                                                      {"instagram_resumable", "refused"},
                                                      {"upload_failure_status", "400"},
                                                      {"upload_cut", "off"},
                                                      {"rate_usage", "low"}};
    EXPECT_EQ(defaults, expected);
}

TEST(Switches, BadWishesChangeNothing) {
    Bench bench;
    for (const auto& [body, says] :
         {std::pair{R"({"refresh_string":"same","nonsense":"x"})", "there is no switch \"nonsense\""},
          std::pair{R"({"refresh_string":"same","expires_in":"maybe"})", "takes one of present, missing"},
          std::pair{R"({"refresh_string":1})", "takes one of new, same"}, std::pair{"[]", "must be a JSON object"}}) {
        SCOPED_TRACE(body);
        const Answer answer = bench.post("/_sandbox/switches", body);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_NE(answer.text("error").find(says), std::string::npos) << answer.text("error");
        EXPECT_EQ(bench.get("/_sandbox/switches").text("switches.0.value"), "new");
    }
}

TEST(AppCall, StoresAddresses) {
    Bench bench;
    const Answer first = bench.control(
        "app", R"({"redirect_uris":["https://example.com/cb"],"deauthorize_callback_url":"http://127.0.0.1:1/d"})");
    EXPECT_EQ(first.text("id"), "100000000000001");
    const Answer state = bench.get("/_sandbox/state");
    EXPECT_EQ(state.text("apps.0.redirect_uris.0"), "https://example.com/cb");
    EXPECT_EQ(state.text("apps.0.deauthorize_callback_url"), "http://127.0.0.1:1/d");
    EXPECT_EQ(bench.control("app", R"({"app_id":"200000000000002","data_deletion_callback_url":"https://x.example/"})")
                  .text("login"),
              "instagram");
    for (const std::string body :
         {R"({"app_id":"1"})", R"({"redirect_uris":["nowhere"]})", R"({"redirect_uris":"https://x"})",
          R"({"deauthorize_callback_url":"ftp://x"})", R"({"data_deletion_callback_url":5})", R"({"x":1})", ""}) {
        EXPECT_EQ(bench.post("/_sandbox/app", body).status(), 400) << body;
    }
}

TEST(Ledger, HoldsEveryCallWithItsOutcomeAndNoSecrets) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook","lifetime":"short"})");
    const std::string token = minted.text("access_token");
    bench.facebook("/me?access_token=" + token);
    bench.facebook("/oauth/access_token?grant_type=fb_exchange_token&" + kFacebookApp + "&fb_exchange_token=" + token);
    bench.advance(5400);
    bench.facebook("/me/accounts?access_token=" + token);
    bench.facebook("/" + token + "/" + kAppToken + "?access_token=EAAx");
    bench.instagram("/me");
    bench.facebook("/debug_token?input_token=" + token + "&access_token=" + kAppToken);

    const Answer ledger = bench.ledger();
    ASSERT_EQ(ledger.size("calls"), 6U);
    struct Row {
        std::string path;
        std::int64_t status;
        std::string fingerprint;
        json::value alive;
        json::value code;
        json::value subcode;
    };
    const std::string fingerprint = minted.text("fingerprint");
    const std::array rows{
        Row{"/me", 200, fingerprint, true, nullptr, nullptr},
        Row{"/oauth/access_token", 200, fingerprint, true, nullptr, nullptr},
        Row{"/me/accounts", 400, fingerprint, false, 190, 463},
        Row{"/(removed)/(removed)", 400, fingerprint_of("EAAx").text(), false, 2500, nullptr},
        Row{"/me", 400, "", nullptr, 2500, nullptr},
        Row{"/debug_token", 200, fingerprint_of("100000000000001|sandbox-app-secret").text(), true, nullptr, nullptr},
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::string call = "calls." + std::to_string(i) + ".";
        SCOPED_TRACE(call);
        EXPECT_EQ(ledger.text(call + "path"), rows[i].path);
        EXPECT_EQ(ledger.number(call + "status"), rows[i].status);
        EXPECT_EQ(ledger.at(call + "token_fingerprint"),
                  rows[i].fingerprint.empty() ? json::value(nullptr) : json::value(rows[i].fingerprint));
        EXPECT_EQ(ledger.at(call + "token_alive"), rows[i].alive);
        EXPECT_EQ(ledger.at(call + "error_code"), rows[i].code);
        EXPECT_EQ(ledger.at(call + "error_subcode"), rows[i].subcode);
    }
    EXPECT_EQ(ledger.text("calls.0.at"), "2026-11-23T12:00:00Z");
    EXPECT_EQ(ledger.text("calls.0.method"), "GET");
    EXPECT_EQ(ledger.text("calls.0.host"), "graph.facebook.com");
    EXPECT_EQ(ledger.text("calls.0.version"), "v25.0");
    EXPECT_EQ(ledger.text("calls.5.input_fingerprint"), fingerprint);
    EXPECT_EQ(ledger.response.body.find(token), std::string::npos);
    EXPECT_EQ(ledger.response.body.find("sandbox-app-secret"), std::string::npos);

    ASSERT_EQ(ledger.size("tokens"), 2U);
    EXPECT_EQ(ledger.text("tokens.0.via"), "POST /_sandbox/token");
    EXPECT_EQ(ledger.text("tokens.1.via"), "fb_exchange_token");
    EXPECT_EQ(ledger.text("tokens.1.expires_at"), "2027-01-22T12:00:00Z");
    EXPECT_EQ(ledger.size("containers"), 0U);
    EXPECT_EQ(ledger.size("media"), 0U);
    EXPECT_EQ(bench.get("/_sandbox/ledger?after=4").size("calls"), 2U);
    EXPECT_EQ(bench.get("/_sandbox/ledger?after=x").status(), 400);
    EXPECT_EQ(bench.get("/_sandbox/ledger?before=1").status(), 400);
}

TEST(Ledger, ShowsAnExtensionOfTheSameString) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"instagram","age_s":864000})");
    bench.control("switches", R"({"refresh_string":"same"})");
    bench.instagram("/refresh_access_token?grant_type=ig_refresh_token&access_token=" + token);
    const Answer ledger = bench.ledger();
    EXPECT_EQ(ledger.text("tokens.0.fingerprint"), ledger.text("tokens.1.fingerprint"));
    EXPECT_EQ(ledger.text("tokens.0.expires_at"), "2027-01-12T12:00:00Z");
    EXPECT_EQ(ledger.text("tokens.1.expires_at"), "2027-01-22T12:00:00Z");
}

TEST(Control, UnknownCallsAndMethodsAreExplained) {
    Bench bench;
    const Answer unknown = bench.get("/_sandbox/nonsense");
    EXPECT_EQ(unknown.status(), 404);
    EXPECT_NE(unknown.text("error").find("GET /_sandbox/state"), std::string::npos);
    EXPECT_EQ(bench.get("/_sandbox").status(), 404);
    EXPECT_EQ(bench.post("/_sandbox/state").status(), 405);
    EXPECT_EQ(bench.get("/_sandbox/token").status(), 405);
    EXPECT_EQ(bench.get("/_sandbox/state/").status(), 200);
}

TEST(StartLines, NameAddressesAndCredentials) {
    Bench bench;
    bench.simulator().set_port(1234);
    std::string all;
    for (const std::string& line : bench.simulator().start_lines())
        all += line + "\n";
    for (const char* part :
         {"http://127.0.0.1:1234", "META_APP_ID=100000000000001", "META_APP_SECRET=sandbox-app-secret",
          "INSTAGRAM_APP_ID=200000000000002", "INSTAGRAM_APP_SECRET=sandbox-instagram-app-secret"}) {
        EXPECT_NE(all.find(part), std::string::npos) << part;
    }
    const std::string token = bench.token(R"({"login":"facebook","account":"demo_shop_001"})");
    EXPECT_TRUE(bench.facebook("/me/accounts?limit=1&access_token=" + token)
                    .text("paging.next")
                    .starts_with("http://127.0.0.1:1234/graph.facebook.com/v25.0/me/accounts?access_token=EAA"));
}

TEST(Control, AnswersAreUtf8WhateverWasAsked) {
    Bench bench;
    EXPECT_NE(bench.get("/_sandbox/ledger?%FF=1").text("error").find("\xEF\xBF\xBD"), std::string::npos);
    bench.get("/graph.facebook.com/%FF%FE");
    EXPECT_EQ(bench.ledger().text("calls.0.path"), "/\xEF\xBF\xBD\xEF\xBF\xBD");
}

} // namespace
} // namespace everlong::simulator
