// API keys: what they open, what they do not, and how they end.

#include "access_bench.hpp"

#include <base/percent.hpp>

#include <gmock/gmock.h>

namespace everlong::api {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

using ApiKeys = AccessBench;

TEST_F(ApiKeys, AreShownOnceAndKnownAgain) {
    const auto made = make_key({"channels:read", "token:read", "channels:read"});
    const std::string text(made.at("key").as_string());
    EXPECT_THAT(text, MatchesRegex("evl_[A-Za-z0-9_-]{43}"));
    EXPECT_EQ(json::serialize(made.at("scopes")), R"(["channels:read","token:read"])");
    EXPECT_EQ(made.at("id").as_int64(), 1);
    EXPECT_TRUE(made.at("channel").is_null());
    EXPECT_EQ(made.at("created_at").as_string(), "2026-05-28T20:26:40Z");
    EXPECT_EQ(with_key(text, "GET", "/v1/channels").status, 200);

    const auto list = local("GET", "/v1/api-keys");
    EXPECT_THAT(list.body, Not(HasSubstr(text.substr(4))));
    EXPECT_FALSE(body_of(list).at("api_keys").as_array().at(0).as_object().contains("key"));
    start();
    EXPECT_EQ(with_key(text, "GET", "/v1/channels").status, 200);
}

TEST_F(ApiKeys, OpenWhatTheirScopesSay) {
    create_channel("shop");
    struct Place {
        const char* method;
        const char* target;
        const char* scope;
    };
    const Place places[] = {
        {"GET", "/v1/channels", "channels:read"},
        {"GET", "/v1/channels/shop", "channels:read"},
        {"GET", "/v1/channels/shop/history", "channels:read"},
        {"GET", "/v1/channels/shop/events", "channels:read"},
        {"GET", "/v1/channels/shop/deliveries", "channels:read"},
        {"POST", "/v1/inspect", "channels:read"},
        {"POST", "/v1/explain", "channels:read"},
        {"GET", "/v1/channels/shop/token", "token:read"},
        {"POST", "/v1/channels", "channels:write"},
        {"POST", "/v1/channels/shop/refresh", "channels:write"},
        {"POST", "/v1/channels/shop/rollback", "channels:write"},
        {"POST", "/v1/channels/shop/deliveries", "admin"},
        {"GET", "/v1/api-keys", "admin"},
        {"POST", "/v1/api-keys", "admin"},
        {"DELETE", "/v1/api-keys/99", "admin"},
    };
    for (const char* scope :
         {"token:read", "channels:read", "channels:write", "posts:read", "posts:write", "proxy", "admin"}) {
        const std::string key = key_for({scope});
        for (const Place& place : places) {
            SCOPED_TRACE(std::string(scope) + ": " + place.method + " " + place.target);
            const auto answer = with_key(key, place.method, place.target);
            if (std::string_view(scope) == place.scope || std::string_view(scope) == "admin") {
                EXPECT_NE(answer.status, 401);
                EXPECT_NE(code_of(answer), "E_HTTP_SCOPE");
            } else {
                EXPECT_EQ(answer.status, 403);
                EXPECT_EQ(code_of(answer), "E_HTTP_SCOPE");
                EXPECT_EQ(body_of(answer).at("detail").as_string(), "it needs the scope " + std::string(place.scope));
            }
        }
    }
}

TEST_F(ApiKeys, OfOneChannelSeeNoOther) {
    create_channel("shop");
    create_channel("cafe");
    const std::string key = key_for({"admin"}, "shop");
    EXPECT_EQ(with_key(key, "GET", "/v1/channels/shop").status, 200);
    const auto list = with_key(key, "GET", "/v1/channels");
    EXPECT_EQ(body_of(list).at("channels").as_array().size(), 1U);
    EXPECT_THAT(list.body, Not(HasSubstr("cafe")));
    EXPECT_EQ(with_key(key, "GET", "/v1/channels?after=shop").body, R"({"channels":[],"next":null})");

    // Of the channel that is there nothing more is told than of one that is not.
    const std::pair<const char*, const char*> places[] = {
        {"GET", ""},           {"DELETE", ""},         {"GET", "/token"},
        {"GET", "/history"},   {"GET", "/events"},     {"POST", "/refresh"},
        {"POST", "/rollback"}, {"GET", "/deliveries"}, {"POST", "/deliveries"},
    };
    for (const auto& [method, rest] : places) {
        SCOPED_TRACE(std::string(method) + " " + rest);
        const auto there = with_key(key, method, "/v1/channels/cafe" + std::string(rest));
        auto absent = with_key(key, method, "/v1/channels/nope" + std::string(rest));
        EXPECT_EQ(there.status, 404);
        EXPECT_EQ(code_of(there), "E_CHANNEL_UNKNOWN");
        absent.body.replace(absent.body.find("nope"), 4, "cafe");
        EXPECT_EQ(there.body, absent.body);
    }
    EXPECT_EQ(code_of(with_key(key, "POST", "/v1/channels", {{"name", "cafe"}, {"token", "IGAAx"}})), "E_HTTP_SCOPE");
    EXPECT_EQ(code_of(with_key(key, "POST", "/v1/inspect", {{"channel", "cafe"}})), "E_HTTP_SCOPE");
    for (const char* method : {"GET", "POST"}) {
        EXPECT_EQ(code_of(with_key(key, method, "/v1/api-keys")), "E_HTTP_SCOPE");
    }
    EXPECT_EQ(code_of(with_key(key, "DELETE", "/v1/api-keys/1")), "E_HTTP_SCOPE");
    EXPECT_EQ(local("GET", "/v1/channels/cafe").status, 200);
}

TEST_F(ApiKeys, EndAtOnceWhenTheyAreRevoked) {
    const auto made = make_key({"admin"});
    const std::string key(made.at("key").as_string());
    EXPECT_EQ(with_key(key, "GET", "/v1/channels").status, 200);
    clock_.at += Hours(2);
    const auto revoked = local("DELETE", "/v1/api-keys/1");
    EXPECT_EQ(revoked.status, 200);
    EXPECT_EQ(body_of(revoked).at("revoked_at").as_string(), "2026-05-28T22:26:40Z");
    const auto refused = with_key(key, "GET", "/v1/channels");
    EXPECT_EQ(refused.status, 401);
    EXPECT_EQ(body_of(refused).at("detail").as_string(), "the API key is not known, or was revoked");
    start();
    EXPECT_EQ(with_key(key, "GET", "/v1/channels").status, 401);
    EXPECT_EQ(with_key(key, "GET", "/healthz").status, 200);
}

TEST_F(ApiKeys, EndWithTheirOneChannel) {
    create_channel("shop");
    const std::string key = key_for({"channels:read"}, "shop");
    EXPECT_EQ(with_key(key, "GET", "/v1/channels").status, 200);
    EXPECT_EQ(local("DELETE", "/v1/channels/shop").status, 200);
    create_channel("shop");
    EXPECT_EQ(with_key(key, "GET", "/v1/channels/shop").status, 401);
}

TEST_F(ApiKeys, AreNotKnownByPartsOrLookalikes) {
    const std::string key = key_for({"admin"});
    for (const std::string& authorization :
         {std::string("Bearer"), std::string("Bearer "), "Bearer " + key.substr(0, 46), "Bearer " + key + "A",
          "Bearer  " + key, "Bearer " + key.substr(4), "Basic " + key, key, std::string("Bearer evl_")}) {
        SCOPED_TRACE(authorization);
        EXPECT_EQ(send("GET", "/v1/channels", {{"Authorization", authorization}}).status, 401);
    }
    EXPECT_EQ(send("GET", "/v1/channels", {{"Authorization", "bearer " + key}}).status, 200);
    EXPECT_EQ(send("GET", "/v1/channels?access_token=" + key, {}).status, 401);
}

TEST_F(ApiKeys, HaveTheirUseNotedAtMostOnceAMinute) {
    const std::string key = key_for({"admin"});
    const auto used = [&] {
        const auto list = body_of(local("GET", "/v1/api-keys"));
        const auto& at = list.at("api_keys").as_array().at(0).at("last_used_at");
        return at.is_null() ? std::string() : std::string(at.as_string());
    };
    EXPECT_EQ(used(), "");
    with_key(key, "GET", "/v1/channels");
    EXPECT_EQ(used(), "2026-05-28T20:26:40Z");
    clock_.at += Hours(5); // the simulator's: no minute of ours has passed
    monotonic_.at += Seconds(59);
    with_key(key, "GET", "/v1/channels");
    EXPECT_EQ(used(), "2026-05-28T20:26:40Z");
    monotonic_.at += Seconds(1);
    with_key(key, "GET", "/v1/channels");
    EXPECT_EQ(used(), "2026-05-29T01:26:40Z");
}

TEST_F(ApiKeys, AreMadeOnlyOfWhatTheyTake) {
    create_channel("shop");
    const std::string long_name(101, 'n');
    const std::pair<json::object, const char*> bodies[] = {
        {{}, "E_USAGE"},
        {{{"name", "a"}}, "E_USAGE"},
        {{{"name", "a"}, {"scopes", json::array()}}, "E_USAGE"},
        {{{"name", "a"}, {"scopes", "admin"}}, "E_USAGE"},
        {{{"name", "a"}, {"scopes", {"everything"}}}, "E_USAGE"},
        {{{"name", "a"}, {"scopes", {"open"}}}, "E_USAGE"},
        {{{"name", "a"}, {"scopes", {"admin", 7}}}, "E_USAGE"},
        {{{"name", ""}, {"scopes", {"admin"}}}, "E_USAGE"},
        {{{"name", "a\nb"}, {"scopes", {"admin"}}}, "E_USAGE"},
        {{{"name", long_name}, {"scopes", {"admin"}}}, "E_USAGE"},
        {{{"name", "IGAA" + std::string(60, 'x')}, {"scopes", {"admin"}}}, "E_USAGE"},
        {{{"name", 7}, {"scopes", {"admin"}}}, "E_HTTP_BODY"},
        {{{"name", "a"}, {"scopes", {"admin"}}, {"channel", "a b"}}, "E_CHANNEL_NAME"},
        {{{"name", "a"}, {"scopes", {"admin"}}, {"channel", "nope"}}, "E_CHANNEL_UNKNOWN"},
    };
    for (const auto& [body, code] : bodies) {
        SCOPED_TRACE(json::serialize(body));
        EXPECT_EQ(code_of(local("POST", "/v1/api-keys", body)), code);
    }
    EXPECT_EQ(local("GET", "/v1/api-keys").body, R"({"api_keys":[],"next":null})");
    for (const char* id : {"0", "-1", "99", "1x", "9999999999999999999", "%20", "' OR 1=1"}) {
        SCOPED_TRACE(id);
        EXPECT_EQ(code_of(local("DELETE", "/v1/api-keys/" + percent_encode(id))), "E_API_KEY_UNKNOWN");
    }
}

TEST_F(ApiKeys, TakeNoMoreThanIsAskedFor) {
    // Members that are no business of the caller's change nothing.
    const auto made = body_of(local("POST", "/v1/api-keys",
                                    {{"name", "a"},
                                     {"scopes", {"token:read"}},
                                     {"id", 42},
                                     {"key", "evl_mine"},
                                     {"hash", "x"},
                                     {"revoked_at", "2026-01-01T00:00:00Z"}}));
    EXPECT_EQ(made.at("id").as_int64(), 1);
    EXPECT_NE(made.at("key").as_string(), "evl_mine");
    EXPECT_TRUE(made.at("revoked_at").is_null());
}

// What the service can read and write, the key's owner perhaps cannot.
TEST_F(ApiKeys, ReachNoFileOfThisMachineUnlessTheyAreAdmin) {
    const std::string key = key_for({"channels:read", "channels:write", "token:read"});
    EXPECT_EQ(code_of(with_key(key, "POST", "/v1/inspect", {{"env_file", "/app/.env"}})), "E_HTTP_SCOPE");
    EXPECT_EQ(code_of(with_key(key, "POST", "/v1/channels", {{"name", "a"}, {"env_file", "/app/.env"}})),
              "E_HTTP_SCOPE");
    EXPECT_EQ(code_of(with_key(key_for({"admin"}), "POST", "/v1/inspect", {{"env_file", "/nowhere/.env"}})),
              "E_ENV_UNREADABLE");
}

// A file may be another channel's.
TEST_F(ApiKeys, ReachNoFileForOneChannelOnly) {
    create_channel("shop");
    const std::string key = key_for({"admin"}, "shop");
    EXPECT_EQ(code_of(with_key(key, "POST", "/v1/doctor", {{"env_file", "/app/.env"}})), "E_HTTP_SCOPE");
    EXPECT_EQ(code_of(with_key(key, "POST", "/v1/channels", {{"name", "shop"}, {"env_file", "/app/.env"}})),
              "E_HTTP_SCOPE");
    EXPECT_EQ(code_of(with_key(key_for({"admin"}), "POST", "/v1/doctor", {{"env_file", "/nowhere/.env"}})), "");
}

TEST_F(ApiKeys, OfOneChannelLearnNothingOfWhoHadTheNameBefore) {
    create_channel("shop");
    EXPECT_EQ(local("PATCH", "/v1/channels/shop", {{"name", "vip-customer"}}).status, 200);
    create_channel("shop");
    const std::string key = key_for({"channels:read"}, "shop");
    const auto seen = with_key(key, "GET", "/v1/channels/shop/events");
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(body_of(seen).at("events").as_array().size(), 2U) << seen.body; // it was made, and its key
    EXPECT_EQ(seen.body.find("vip-customer"), std::string::npos);
    EXPECT_EQ(body_of(local("GET", "/v1/channels/shop/events")).at("events").as_array().size(), 4U);
}

} // namespace
} // namespace everlong::api
