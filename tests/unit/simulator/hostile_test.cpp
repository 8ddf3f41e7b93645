// Whatever arrives, an answer goes out, and it is whole JSON: requests put together at random from what hurts.
#include <unit/simulator/bench.hpp>

#include <simulator/world/world.hpp>

#include <array>

namespace everlong::simulator {
namespace {

// A request may end the tokens that the next ones would use: few for each world.
constexpr int kWorlds = 100;
constexpr int kRequestsEach = 50;

class Chef {
public:
    Chef(Bench& bench, std::uint64_t seed)
        : dice_(seed), tokens_{bench.token(R"({"login":"facebook"})"),
                               bench.token(R"({"login":"instagram","age_s":90000})"),
                               bench.token(R"({"login":"facebook","kind":"page"})"),
                               bench.token(R"({"login":"facebook","kind":"system-user"})"),
                               kAppToken,
                               "",
                               "%00",
                               "IGQVx",
                               "1%7C"} {}

    http::Request cook() {
        constexpr std::array kMethods{"GET", "GET", "GET", "GET", "POST", "DELETE", "HEAD", "PUT", "X"};
        constexpr std::array kHosts{"graph.facebook.com", "graph.instagram.com", "api.instagram.com",
                                    "www.facebook.com", "nowhere"};
        constexpr std::array kTypes{"", "application/json", "multipart/form-data; boundary=b", "text/plain",
                                    "multipart/form-data; boundary="};
        http::Request request;
        request.method = pick(kMethods);
        request.target = dice_.below(20) == 0 ? scraps(5) : std::string("/") + pick(kHosts) + path() + "?" + query();
        request.headers.add("Content-Type", pick(kTypes));
        if (dice_.below(4) == 0)
            request.headers.add("Authorization", std::string(dice_.below(2) ? "Bearer " : "Basic ") + scraps(3));
        if (dice_.below(2) == 0) request.body = dice_.below(2) ? query() : scraps(20);
        return request;
    }

private:
    template <class Array>
    std::string pick(const Array& array) {
        return std::string(array[dice_.below(array.size())]);
    }

    std::string path() {
        constexpr std::array kSegments{"v25.0",
                                       "v1.0",
                                       "v99.0",
                                       "me",
                                       "accounts",
                                       "permissions",
                                       "businesses",
                                       "owned_pages",
                                       "oauth",
                                       "access_token",
                                       "refresh_access_token",
                                       "debug_token",
                                       "revoke",
                                       "app",
                                       "demo_cafe",
                                       "content_publishing_limit",
                                       "17841400000000003",
                                       "10100000000000002",
                                       "%2F",
                                       "%",
                                       "",
                                       "\xFF"};
        constexpr std::array kWhole{"/me",
                                    "/v25.0/me/accounts",
                                    "/oauth/access_token",
                                    "/debug_token",
                                    "/access_token",
                                    "/refresh_access_token",
                                    "/me/permissions",
                                    "/app",
                                    "/"};
        if (dice_.below(2) == 0) return pick(kWhole);
        std::string path;
        for (std::uint64_t i = dice_.below(4); i > 0; --i)
            path += "/" + pick(kSegments);
        return path;
    }

    std::string query() {
        constexpr std::array kNames{
            "fields",    "limit",         "after",       "before",       "grant_type",      "fb_exchange_token",
            "client_id", "client_secret", "input_token", "revoke_token", "appsecret_proof", "appsecret_time",
            "ids",       "method",        "code",        "redirect_uri"};
        constexpr std::array kValues{"fb_exchange_token",
                                     "ig_refresh_token",
                                     "ig_exchange_token",
                                     "client_credentials",
                                     "100000000000001",
                                     "sandbox-app-secret",
                                     "200000000000002",
                                     "sandbox-instagram-app-secret",
                                     "id,name",
                                     "accounts.limit(1){id}",
                                     "a{{",
                                     "99999999999999999999",
                                     "-1",
                                     "MQZDZD",
                                     "ZD",
                                     "me,app,1",
                                     "delete"};
        std::string query = "access_token=" + pick(tokens_);
        for (std::uint64_t i = dice_.below(6); i > 0; --i) {
            query += "&" + pick(kNames) + "=" + (dice_.below(3) == 0 ? pick(tokens_) : pick(kValues));
        }
        return query;
    }

    std::string scraps(std::uint64_t most) {
        constexpr std::array kScraps{
            "{", "}", "\"", "[",    "--b", "\r\n\r\n",  "Content-Disposition: form-data; name=\"",
            "=", "&", "%",  "\xC3", "a",   "client_id", ":",
            "/", "?", "|",  ";"};
        std::string text;
        for (std::uint64_t i = dice_.below(most + 1); i > 0; --i)
            text += pick(kScraps);
        return text;
    }

    Dice dice_;
    std::array<std::string, 9> tokens_;
};

TEST(Hostile, EveryRequestGetsAWholeAnswer) {
    int good = 0;
    for (int world = 0; world < kWorlds && !HasFailure(); ++world) {
        Bench bench;
        Chef chef(bench, static_cast<std::uint64_t>(world));
        for (int i = 0; i < kRequestsEach && !HasFailure(); ++i) {
            const http::Request request = chef.cook();
            SCOPED_TRACE(request.method + " " + request.target + " " + request.body);
            const Answer answer = bench.send(request);
            EXPECT_GE(answer.status(), 200);
            EXPECT_LE(answer.status(), 500);
            const bool is_page = answer.header("content-type").starts_with("text/html");
            EXPECT_TRUE(is_page || answer.body.is_object() || answer.status() == 304) << answer.response.body;
            good += answer.status() == 200 ? 1 : 0;
        }
        EXPECT_EQ(bench.get("/_sandbox/state").status(), 200);
    }
    // Not all of it is refused.
    EXPECT_GT(good, 10);
}

} // namespace
} // namespace everlong::simulator
