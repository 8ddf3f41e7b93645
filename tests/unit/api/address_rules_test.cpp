#include <api/detail/address_rules.hpp>

#include <gtest/gtest.h>

namespace everlong::api::detail {
namespace {

http::Request request(std::string method, std::vector<std::pair<std::string, std::string>> fields) {
    http::Request made;
    made.method = std::move(method);
    for (auto& [name, value] : fields)
        made.headers.add(name, value);
    return made;
}

TEST(AddressRules, KnowTheirOwnNames) {
    const AddressRules alone("");
    const AddressRules proxied("https://everlong.example.org");
    struct Case {
        const char* host;
        bool is_known_alone;
        bool is_known_proxied;
    };
    const Case cases[] = {
        {"127.0.0.1", true, true},
        {"127.0.0.1:8000", true, true},
        {"localhost:1", true, true},
        {"LocalHost:8000", true, true},
        {"[::1]", true, true},
        {"[::1]:8000", true, true},
        {"everlong.example.org", false, true},
        {"Everlong.Example.ORG:443", false, true},
        {"everlong.example.org.", false, false},
        {"evil.everlong.example.org", false, false},
        {"everlong.example.org.evil.example", false, false},
        {"evil.example", false, false},
        {"127.0.0.1.evil.example", false, false},
        {"127.0.0.1:8000.evil.example", false, false},
        {"127.0.0.1:", false, false},
        {"127.0.0.1:80:80", false, false},
        {"127.0.0.2", false, false},
        {"127.1", false, false},
        {"0.0.0.0:8000", false, false},
        {"2130706433", false, false},
        {"localhost.", false, false},
        {"localhost@evil.example", false, false},
        {"[::1", false, false},
        {"[::1]evil", false, false},
        {"[::ffff:127.0.0.1]", false, false},
        {" 127.0.0.1", false, false},
        {"", false, false},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.host);
        EXPECT_EQ(alone.check_host(request("GET", {{"Host", each.host}})).has_value(), each.is_known_alone);
        EXPECT_EQ(proxied.check_host(request("GET", {{"Host", each.host}})).has_value(), each.is_known_proxied);
    }
    EXPECT_EQ(alone.check_host(request("GET", {})).error().code(), Code::kHttpHost);
}

TEST(AddressRules, LetNoForeignPageChangeAnything) {
    const AddressRules rules("https://everlong.example.org");
    struct Case {
        const char* host;
        const char* origin;
        bool is_own;
    };
    const Case cases[] = {
        {"127.0.0.1:8000", "http://127.0.0.1:8000", true},
        {"localhost:8000", "http://localhost:8000", true},
        {"[::1]:8000", "http://[::1]:8000", true},
        {"LOCALHOST:8000", "http://localhost:8000", true},
        {"everlong.example.org", "https://everlong.example.org", true},
        {"127.0.0.1:8000", "https://everlong.example.org", true}, // a proxy that sends its own Host
        {"127.0.0.1:8000", "http://127.0.0.1:3000", false},       // another application of this machine
        {"127.0.0.1:8000", "http://127.0.0.1", false},
        {"127.0.0.1:8000", "https://127.0.0.1:8000", false},
        {"127.0.0.1:8000", "http://localhost:8000", false},
        {"everlong.example.org", "http://everlong.example.org", false},
        {"everlong.example.org", "https://everlong.example.org:8443", false},
        {"everlong.example.org", "https://evil.example", false},
        {"127.0.0.1:8000", "http://evil.example", false},
        {"127.0.0.1:8000", "http://127.0.0.1:8000.evil.example", false},
        {"127.0.0.1:8000", "null", false},
        {"127.0.0.1:8000", "", false},
        {"127.0.0.1:8000", "file://", false},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(std::string(each.host) + " from " + each.origin);
        for (const char* method : {"POST", "DELETE", "PATCH", "PUT"}) {
            const auto answer = rules.check_origin(request(method, {{"Host", each.host}, {"Origin", each.origin}}));
            EXPECT_EQ(answer.has_value(), each.is_own);
            if (!answer) EXPECT_EQ(answer.error().code(), Code::kHttpOrigin);
        }
        EXPECT_TRUE(rules.check_origin(request("GET", {{"Host", each.host}, {"Origin", each.origin}})));
    }
    // Programs send none.
    EXPECT_TRUE(rules.check_origin(request("POST", {{"Host", "127.0.0.1:8000"}})));
}

TEST(AddressRules, TakeABrowsersWordForWhomItAsks) {
    const AddressRules rules("");
    struct Case {
        const char* site; // null: not sent
        bool do_cookies_count;
        bool is_enough_without_origin;
    };
    for (const Case& each :
         {Case{"same-origin", true, true}, Case{"none", true, false}, Case{"same-site", false, false},
          Case{"cross-site", false, false}, Case{"", false, false}, Case{nullptr, true, false}}) {
        SCOPED_TRACE(each.site == nullptr ? "not sent" : each.site);
        auto asked = request("POST", {{"Host", "127.0.0.1:8000"}});
        if (each.site != nullptr) asked.headers.add("Sec-Fetch-Site", each.site);
        EXPECT_EQ(rules.is_from_own_page(asked), each.do_cookies_count);
        EXPECT_EQ(rules.require_own_page(asked).has_value(), each.is_enough_without_origin);
    }
    EXPECT_TRUE(
        rules.require_own_page(request("POST", {{"Host", "127.0.0.1:8000"}, {"Origin", "http://127.0.0.1:8000"}})));
    EXPECT_FALSE(rules.require_own_page(request(
        "POST", {{"Host", "127.0.0.1:8000"}, {"Origin", "http://evil.example"}, {"Sec-Fetch-Site", "same-origin"}})));
}

} // namespace
} // namespace everlong::api::detail
