// The administrator's door: the set-up link, the password, sessions and what they ask of a browser.

#include "access_bench.hpp"

#include <gmock/gmock.h>

namespace everlong::api {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr const char* kPassword = "correct horse battery";

struct Browser {
    std::string cookie;
    std::string csrf;
};

class Sessions : public AccessBench {
protected:
    static constexpr const char* kOwn = "http://127.0.0.1:8000";

    std::string begin_setup() {
        auto secret = test::must(test::run(io_, api_->begin_setup()));
        return secret ? std::string(secret->reveal()) : "";
    }
    static Browser browser_of(const http::Response& response) {
        const std::string cookie(response.headers.find("Set-Cookie").value_or(""));
        return {cookie.substr(0, cookie.find(';')), std::string(body_of(response).at("csrf").as_string())};
    }
    Browser set_up() {
        const auto answer =
            send("POST", "/v1/setup", {{"Origin", kOwn}}, {{"secret", begin_setup()}, {"password", kPassword}});
        EXPECT_EQ(answer.status, 200) << answer.body;
        return browser_of(answer);
    }
    http::Response sign_in(const std::string& password) {
        return send("POST", "/v1/session", {{"Origin", kOwn}}, {{"password", password}});
    }
    http::Response get(const Browser& browser, const std::string& target) {
        return send("GET", target, {{"Cookie", browser.cookie}, {"Sec-Fetch-Site", "same-origin"}});
    }
    http::Response change(const Browser& browser, const std::string& method, const std::string& target,
                          const json::object& body = {}) {
        return send(method, target, {{"Cookie", browser.cookie}, {"Origin", kOwn}, {"X-Everlong-CSRF", browser.csrf}},
                    body);
    }
    bool is_signed_in(const Browser& browser) {
        const bool told = body_of(get(browser, "/v1/session")).at("signed_in").as_bool();
        EXPECT_EQ(get(browser, "/v1/api-keys").status, told ? 200 : 401);
        return told;
    }
};

TEST_F(Sessions, BeginWithTheSetUpLinkAndAPassword) {
    const auto before = send("GET", "/v1/session", {});
    EXPECT_EQ(before.body, R"({"signed_in":false,"set_up":false,"csrf":null,"sandbox":true,"version":"0.0.0-test",)"
                           R"("public_url":null,"now":"2026-05-28T20:26:40Z"})");
    const std::string secret = begin_setup();
    EXPECT_THAT(secret, MatchesRegex("[A-Za-z0-9_-]{43}"));
    const auto answer = send("POST", "/v1/setup", {}, {{"secret", secret}, {"password", kPassword}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_THAT(std::string(answer.headers.find("Set-Cookie").value_or("")),
                MatchesRegex("__Host-everlong=[A-Za-z0-9_-]{43}; Path=/; Secure; HttpOnly; SameSite=Strict; "
                             "Max-Age=2592000"));
    const Browser browser = browser_of(answer);
    const auto session = body_of(answer);
    EXPECT_TRUE(session.at("signed_in").as_bool());
    EXPECT_TRUE(session.at("set_up").as_bool());
    EXPECT_THAT(browser.csrf, MatchesRegex("[0-9a-f]{64}"));
    EXPECT_EQ(get(browser, "/v1/session").body, answer.body);
    EXPECT_TRUE(is_signed_in(browser));
    EXPECT_EQ(local("GET", "/v1/session").body, send("GET", "/v1/session", {}).body);
}

TEST_F(Sessions, TakeTheSetUpLinkOfThisStartOnceOnly) {
    EXPECT_EQ(code_of(send("POST", "/v1/setup", {}, {{"secret", ""}, {"password", kPassword}})), "E_SETUP");
    const std::string earlier = begin_setup();
    start();
    EXPECT_EQ(code_of(send("POST", "/v1/setup", {}, {{"secret", earlier}, {"password", kPassword}})), "E_SETUP");
    const std::string secret = begin_setup();
    for (const std::string& wrong : {std::string(), earlier, secret.substr(1), secret + "A"}) {
        EXPECT_EQ(code_of(send("POST", "/v1/setup", {}, {{"secret", wrong}, {"password", kPassword}})), "E_SETUP");
    }
    // A password that cannot be one does not use it up.
    EXPECT_EQ(code_of(send("POST", "/v1/setup", {}, {{"secret", secret}, {"password", "short"}})), "E_PASSWORD_RULE");
    EXPECT_EQ(send("POST", "/v1/setup", {}, {{"secret", secret}, {"password", kPassword}}).status, 200);
    EXPECT_EQ(code_of(send("POST", "/v1/setup", {}, {{"secret", secret}, {"password", "another password"}})),
              "E_SETUP");
    EXPECT_EQ(begin_setup(), "");
    EXPECT_EQ(sign_in(kPassword).status, 200);
    EXPECT_EQ(sign_in("another password").status, 401);
}

TEST_F(Sessions, LoseTheSetUpLinkToAPasswordFromThisMachine) {
    const std::string secret = begin_setup();
    EXPECT_EQ(local("POST", "/v1/password", {{"password", kPassword}}).body, R"({"changed":true})");
    EXPECT_EQ(code_of(send("POST", "/v1/setup", {}, {{"secret", secret}, {"password", "another password"}})),
              "E_SETUP");
    EXPECT_EQ(sign_in(kPassword).status, 200);
}

TEST_F(Sessions, TakePasswordsOfSomeLength) {
    begin_setup();
    const std::pair<std::string, const char*> cases[] = {
        {"", "E_PASSWORD_RULE"},
        {"123456789", "E_PASSWORD_RULE"},
        {"1234567890", ""},
        {std::string(1024, 'x'), ""},
        {std::string(1025, 'x'), "E_PASSWORD_RULE"},
        {"пароль и ещё", ""},
    };
    for (const auto& [password, code] : cases) {
        SCOPED_TRACE(password);
        EXPECT_EQ(code_of(local("POST", "/v1/password", {{"password", password}})), code);
    }
    EXPECT_EQ(code_of(local("POST", "/v1/password", {{"password", 1234567890}})), "E_HTTP_BODY");
}

TEST_F(Sessions, AreNewAtEachSignIn) {
    const Browser first = set_up();
    const Browser second = browser_of(sign_in(kPassword));
    EXPECT_NE(first.cookie, second.cookie);
    EXPECT_NE(first.csrf, second.csrf);
    EXPECT_TRUE(is_signed_in(first));
    EXPECT_TRUE(is_signed_in(second));
    // A browser that signs in again ends its own earlier one.
    const auto again = change(second, "POST", "/v1/session", {{"password", kPassword}});
    EXPECT_EQ(again.status, 200);
    EXPECT_FALSE(is_signed_in(second));
    EXPECT_TRUE(is_signed_in(browser_of(again)));
    // One that somebody else has chosen is no session.
    EXPECT_FALSE(is_signed_in({"__Host-everlong=" + std::string(43, 'A'), ""}));
}

TEST_F(Sessions, EndBySigningOut) {
    const Browser browser = set_up();
    const Browser other = browser_of(sign_in(kPassword));
    const auto answer = change(browser, "DELETE", "/v1/session");
    EXPECT_EQ(answer.body, R"({"signed_in":false})");
    EXPECT_EQ(answer.headers.find("Set-Cookie"),
              "__Host-everlong=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    EXPECT_FALSE(is_signed_in(browser));
    EXPECT_TRUE(is_signed_in(other));
    EXPECT_EQ(code_of(change(browser, "DELETE", "/v1/session")), "E_HTTP_AUTH");
    start();
    EXPECT_FALSE(is_signed_in(browser));
    EXPECT_TRUE(is_signed_in(other));
}

TEST_F(Sessions, OutliveARestart) {
    const Browser browser = set_up();
    start();
    EXPECT_TRUE(is_signed_in(browser));
    EXPECT_EQ(change(browser, "POST", "/v1/api-keys", {{"name", "a"}, {"scopes", {"admin"}}}).status, 201);
}

TEST_F(Sessions, EndWithoutUseAndAfterAMonthByTheMachinesClock) {
    const Browser browser = set_up();
    clock_.at += Days(400); // the simulator's year is nothing to them
    EXPECT_TRUE(is_signed_in(browser));
    machine_clock_.at += Days(7) - Milliseconds(1);
    EXPECT_TRUE(is_signed_in(browser));
    start(); // that it was seen is kept
    for (int day = 7; day < 28; day += 7) {
        machine_clock_.at += Days(7) - Milliseconds(1);
        EXPECT_TRUE(is_signed_in(browser)) << day;
    }
    machine_clock_.at += Days(2) + Milliseconds(3);
    EXPECT_TRUE(is_signed_in(browser));
    machine_clock_.at += Milliseconds(1);
    EXPECT_FALSE(is_signed_in(browser)); // 30 days after its begin
    EXPECT_EQ(body_of(get(browser, "/v1/api-keys")).at("detail").as_string(), "the session has ended");

    const Browser idle = browser_of(sign_in(kPassword));
    machine_clock_.at += Days(7);
    EXPECT_FALSE(is_signed_in(idle));
    start();
    EXPECT_FALSE(is_signed_in(idle));
}

TEST_F(Sessions, AreTwentyAtMost) {
    const Browser first = set_up();
    std::vector<Browser> browsers;
    for (int i = 0; i < 20; ++i) {
        machine_clock_.at += Seconds(1);
        browsers.push_back(browser_of(sign_in(kPassword)));
    }
    EXPECT_FALSE(is_signed_in(first));
    for (const Browser& browser : browsers)
        EXPECT_TRUE(is_signed_in(browser));
}

TEST_F(Sessions, EndWhenThePasswordChangesButForTheOneThatChangedIt) {
    const Browser browser = set_up();
    const Browser other = browser_of(sign_in(kPassword));
    EXPECT_EQ(code_of(change(browser, "POST", "/v1/password", {{"password", "another password"}})), "E_PASSWORD_WRONG");
    EXPECT_EQ(
        code_of(change(browser, "POST", "/v1/password", {{"password", "another password"}, {"old", "not this one"}})),
        "E_PASSWORD_WRONG");
    EXPECT_EQ(change(browser, "POST", "/v1/password", {{"password", "another password"}, {"old", kPassword}}).status,
              200);
    EXPECT_TRUE(is_signed_in(browser));
    EXPECT_FALSE(is_signed_in(other));
    EXPECT_EQ(sign_in(kPassword).status, 401);
    // The one who forgot it, at this machine: no old one is asked for, and every browser is signed out.
    EXPECT_EQ(local("POST", "/v1/password", {{"password", "a third password"}}).status, 200);
    EXPECT_FALSE(is_signed_in(browser));
    EXPECT_EQ(sign_in("a third password").status, 200);
    // A key is no way around the old one.
    const std::string key = key_for({"admin"});
    EXPECT_EQ(code_of(with_key(key, "POST", "/v1/password", {{"password", "a fourth password"}})), "E_PASSWORD_WRONG");
}

TEST_F(Sessions, ChangeNothingForForeignPages) {
    const Browser browser = set_up();
    struct Case {
        const char* name;
        Fields fields;
        const char* code;
    };
    const Case cases[] = {
        {"own page", {{"Origin", kOwn}, {"X-Everlong-CSRF", browser.csrf}}, ""},
        {"own page, Sec-Fetch-Site alone", {{"Sec-Fetch-Site", "same-origin"}, {"X-Everlong-CSRF", browser.csrf}}, ""},
        {"no CSRF text", {{"Origin", kOwn}}, "E_HTTP_ORIGIN"},
        {"empty CSRF text", {{"Origin", kOwn}, {"X-Everlong-CSRF", ""}}, "E_HTTP_ORIGIN"},
        {"a part of it", {{"Origin", kOwn}, {"X-Everlong-CSRF", browser.csrf.substr(1)}}, "E_HTTP_ORIGIN"},
        {"another one", {{"Origin", kOwn}, {"X-Everlong-CSRF", std::string(64, 'a')}}, "E_HTTP_ORIGIN"},
        {"foreign origin", {{"Origin", "http://evil.example"}, {"X-Everlong-CSRF", browser.csrf}}, "E_HTTP_ORIGIN"},
        {"another port", {{"Origin", "http://127.0.0.1:3000"}, {"X-Everlong-CSRF", browser.csrf}}, "E_HTTP_ORIGIN"},
        {"no origin at all", {{"Origin", "null"}, {"X-Everlong-CSRF", browser.csrf}}, "E_HTTP_ORIGIN"},
        {"neither header", {{"X-Everlong-CSRF", browser.csrf}}, "E_HTTP_ORIGIN"},
        {"cross-site", {{"Sec-Fetch-Site", "cross-site"}, {"X-Everlong-CSRF", browser.csrf}}, "E_HTTP_AUTH"},
        {"same-site", {{"Origin", kOwn}, {"Sec-Fetch-Site", "same-site"}}, "E_HTTP_AUTH"},
        {"rebound name", {{"Host", "evil.example"}, {"Origin", "http://evil.example"}}, "E_HTTP_HOST"},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.name);
        Fields fields = each.fields;
        fields.emplace_back("Cookie", browser.cookie);
        const auto answer = send("POST", "/v1/api-keys", fields, {{"name", "a"}, {"scopes", {"admin"}}});
        EXPECT_EQ(code_of(answer), each.code);
    }
    EXPECT_EQ(body_of(local("GET", "/v1/api-keys")).at("api_keys").as_array().size(), 2U);
    // Nor does a page of another port read with them.
    for (const char* site : {"same-site", "cross-site"}) {
        const auto answer = send("GET", "/v1/api-keys", {{"Cookie", browser.cookie}, {"Sec-Fetch-Site", site}});
        EXPECT_EQ(answer.status, 401);
    }
}

TEST_F(Sessions, AreFoundAmongOtherCookies) {
    const Browser browser = set_up();
    for (const std::string& cookies : {"a=b; " + browser.cookie, browser.cookie + "; a=b", "a=b;" + browser.cookie,
                                       "__Host-everlong=planted; " + browser.cookie, "a; ; =; " + browser.cookie}) {
        SCOPED_TRACE(cookies);
        EXPECT_TRUE(is_signed_in({cookies, browser.csrf}));
    }
    const std::string value = browser.cookie.substr(browser.cookie.find('=') + 1);
    for (const std::string& cookies : {"everlong=" + value, "x__Host-everlong=" + value, "__Host-everlong" + value,
                                       "__Host-everlong=\"" + value + "\"", "__Host-everlong2=" + value, value}) {
        SCOPED_TRACE(cookies);
        EXPECT_FALSE(is_signed_in({cookies, browser.csrf}));
    }
    // What comes as a key is judged as a key.
    EXPECT_EQ(send("GET", "/v1/api-keys", {{"Cookie", browser.cookie}, {"Authorization", "Bearer evl_x"}}).status, 401);
    EXPECT_EQ(send("GET", "/v1/api-keys", {{"Cookie", browser.cookie}, {"Authorization", "Basic YTpi"}}).status, 200);
}

TEST_F(Sessions, HoldUpWhoeverGuesses) {
    set_up();
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(code_of(sign_in("wrong password")), "E_PASSWORD_WRONG");
    EXPECT_EQ(sign_in(kPassword).status, 200); // a few mistakes cost nothing
    const int seconds[] = {1, 2, 4, 8, 16, 32, 60, 60};
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(code_of(sign_in("wrong password")), "E_PASSWORD_WRONG");
    for (const int delay : seconds) {
        SCOPED_TRACE(delay);
        EXPECT_EQ(code_of(sign_in("wrong password")), "E_PASSWORD_WRONG");
        const auto held = sign_in(kPassword); // not even looked at
        EXPECT_EQ(held.status, 429);
        EXPECT_EQ(code_of(held), "E_TOO_MANY_TRIES");
        EXPECT_EQ(held.headers.find("Retry-After"), std::to_string(delay));
        clock_.at += Days(1);
        machine_clock_.at += Days(1); // setting a clock helps nobody
        monotonic_.at += Seconds(delay) - Milliseconds(1);
        EXPECT_EQ(sign_in(kPassword).status, 429);
        monotonic_.at += Milliseconds(1);
    }
    EXPECT_EQ(local("POST", "/v1/password", {{"password", "a new password"}}).status, 200);
    EXPECT_EQ(sign_in("a new password").status, 200);
}

TEST_F(Sessions, ForgetWrongPasswordsAfterAWhile) {
    set_up();
    for (int i = 0; i < 4; ++i)
        sign_in("wrong password");
    monotonic_.at += Minutes(15) + Milliseconds(1);
    EXPECT_EQ(code_of(sign_in("wrong password")), "E_PASSWORD_WRONG");
    EXPECT_EQ(sign_in(kPassword).status, 200);
}

TEST_F(Sessions, CostTheSameWhereNoPasswordIsSet) {
    EXPECT_EQ(code_of(sign_in("any password")), "E_PASSWORD_WRONG");
    EXPECT_EQ(passwords_.verified, (std::vector<std::string>{""}));
}

TEST_F(Sessions, LeaveATrailWithoutSecrets) {
    const Browser browser = set_up();
    sign_in("wrong password");
    change(browser, "DELETE", "/v1/session");
    std::string trail;
    for (const auto& event : test::must(test::run(io_, store_.store().list_audit("", 9))))
        trail = event.actor + " " + event.action + event.detail + "\n" + trail;
    EXPECT_EQ(trail, "page password-set\npage sign-in-refused\npage signed-out\n");
}

} // namespace
} // namespace everlong::api
