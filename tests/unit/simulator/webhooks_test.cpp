// What arrives from Meta: subscriptions and their handshake, signed events that are tried again, and the callbacks when a
// person leaves.
#include <unit/simulator/bench.hpp>

#include <base/percent.hpp>
#include <simulator/callbacks/outbox.hpp>
#include <simulator/callbacks/sha1.hpp>
#include <simulator/callbacks/signed_request.hpp>

#include <base/digest.hpp>
#include <http/server.hpp>

namespace everlong::simulator {
namespace {

const std::string kHook = "/graph.facebook.com/v25.0/100000000000001/subscriptions";

// The server of an app: answers handshakes that show its word, takes everything else with `status`.
class AppServer {
public:
    explicit AppServer(Bench& bench)
        : server_(http::Server::make(bench.io().get_executor(), {},
                                     [this](http::Request request) { return answer(std::move(request)); })) {
        url = "http://127.0.0.1:" + std::to_string(server_->listen_tcp("127.0.0.1", 0).value());
    }

    std::string url;
    std::vector<http::Request> requests;
    int status = 200;

private:
    Async<http::Response> answer(http::Request request) {
        http::Response response;
        response.status = status;
        bool is_ours = false;
        for (const auto& [name, value] : http::parse_form(request.raw_query())) {
            if (name == "hub.verify_token") is_ours = value == "word";
            if (name == "hub.challenge") response.body = value;
        }
        if (request.method == "GET" && !is_ours) response.status = 403;
        if (request.raw_path() == "/deletion")
            response.body = R"({"url":"https://example.com/1","confirmation_code":"a1"})";
        requests.push_back(std::move(request));
        co_return response;
    }

    std::unique_ptr<http::Server> server_;
};

std::string subscription(const AppServer& app, const std::string& word) {
    return "object=instagram&fields=comments,mentions&verify_token=" + word + "&access_token=" + kAppToken +
           "&callback_url=" + percent_encode(app.url + "/hook?a=b%20c");
}

std::string find_header(const http::Request& request, std::string_view name) {
    return std::string(request.headers.find(name).value_or(""));
}

TEST(Subscriptions, AreMadeByAHandshake) {
    Bench bench;
    AppServer app(bench);
    const Answer refused = bench.wait(Bench::request("POST", kHook, subscription(app, "other")));
    EXPECT_EQ(refused.verdict(), "2200");
    EXPECT_EQ(refused.text("error.message"),
              "(#2200) Callback verification failed with the following errors: HTTP Status Code = 403");
    EXPECT_EQ(bench.get(kHook + "?access_token=" + kAppToken).size("data"), 0U);

    EXPECT_EQ(bench.wait(Bench::request("POST", kHook, subscription(app, "word"))).response.body,
              R"({"success":true})");
    ASSERT_EQ(app.requests.size(), 2U);
    EXPECT_TRUE(app.requests[1].target.starts_with("/hook?a=b%20c&hub.mode=subscribe&hub.challenge="));
    const Answer list = bench.get("/graph.facebook.com/app/subscriptions?access_token=" + kAppToken);
    EXPECT_EQ(list.text("data.0.object"), "instagram");
    EXPECT_EQ(list.at("data.0.active"), json::value(true));
    EXPECT_EQ(list.text("data.0.fields.1.name"), "mentions");
    EXPECT_EQ(list.text("data.0.fields.1.version"), "v25.0");

    http::Request remove =
        Bench::request("DELETE", kHook + "?object=instagram&fields=mentions&access_token=" + kAppToken);
    EXPECT_EQ(bench.send(remove).status(), 200);
    EXPECT_EQ(bench.get(kHook + "?access_token=" + kAppToken).size("data.0.fields"), 1U);
    EXPECT_EQ(bench.send(Bench::request("DELETE", kHook + "?access_token=" + kAppToken)).status(), 200);
    EXPECT_EQ(bench.get(kHook + "?access_token=" + kAppToken).size("data"), 0U);
}

TEST(Subscriptions, AreTheAppsOwnBusiness) {
    Bench bench;
    AppServer app(bench);
    const std::string user = bench.token(R"({"login":"facebook"})");
    EXPECT_EQ(bench.get(kHook + "?access_token=" + user).verdict(), "15");
    const std::string rest = "&verify_token=word&access_token=" + kAppToken;
    EXPECT_EQ(bench.post(kHook, "object=nothing&callback_url=http://127.0.0.1:1/" + rest).verdict(), "100");
    EXPECT_EQ(bench.post(kHook, "object=instagram&fields=x&callback_url=http://127.0.0.1:1/" + rest).verdict(), "100");
    EXPECT_EQ(bench.post(kHook, "object=instagram" + rest).verdict(), "100");
    EXPECT_EQ(bench.post(kHook, "object=instagram&callback_url=http://example.com/" + rest).verdict(), "2200");
    EXPECT_EQ(bench.post(kHook, "object=instagram&callback_url=https://example.com/" + rest).verdict(), "2200");
    EXPECT_EQ(
        bench.wait(Bench::request("POST", kHook, "object=instagram&callback_url=http://127.0.0.1:1/" + rest)).verdict(),
        "2200");
}

TEST(Webhooks, AreSignedOverTheirBytesAndTriedAgain) {
    Bench bench;
    AppServer app(bench);
    bench.wait(Bench::request("POST", kHook, subscription(app, "word")));
    app.requests.clear();
    app.status = 500;
    bench.control("webhook", "{\"object\":\"instagram\",\"field\":\"comments\",\"value\":{\"text\":\"Gr\xC3\xBC\xC3\x9F"
                             "e/\"}}");
    bench.run_until([&] { return app.requests.size() == 1; });
    const std::string body = app.requests[0].body;
    EXPECT_EQ(body, R"({"object":"instagram","entry":[{"id":"17841400000000002","time":1795435200,"changes":[{"field":)"
                    R"("comments","value":{"text":"Gr\u00fc\u00dfe\/"}}]}]})");
    const Sha256 digest = hmac_sha256(std::string("sandbox-app-secret"), body);
    EXPECT_EQ(find_header(app.requests[0], "x-hub-signature-256"), "sha256=" + to_hex(digest.data(), digest.size()));
    EXPECT_EQ(find_header(app.requests[0], "x-hub-signature"), "sha1=" + hmac_sha1_hex("sandbox-app-secret", body));
    bench.run_until([&] { return bench.ledger().size("deliveries.1.attempts") == 1; });
    EXPECT_EQ(bench.ledger().text("deliveries.1.state"), "pending");
    app.status = 200;
    bench.advance(60);
    bench.run_until(
        [&] { return app.requests.size() == 2 && bench.ledger().text("deliveries.1.state") == "delivered"; });
    EXPECT_EQ(app.requests[1].body, body);
}

TEST(Webhooks, AreGivenUpAfterThirtySixHours) {
    Bench bench;
    AppServer app(bench);
    bench.wait(Bench::request("POST", kHook, subscription(app, "word")));
    app.status = 503;
    bench.control("webhook", R"({"object":"instagram","field":"mentions","value":{}})");
    for (std::size_t attempts = 1; attempts < 10; ++attempts) {
        bench.run_until(
            [&] { return bench.ledger().size("deliveries.1.attempts") == std::min<std::size_t>(attempts, 9); });
        bench.advance(kDayS / 2);
    }
    EXPECT_EQ(bench.ledger().text("deliveries.1.state"), "failed");
}

TEST(Webhooks, OfNobodysInterestAreRefused) {
    Bench bench;
    const Answer answer = bench.post("/_sandbox/webhook", R"({"object":"instagram","field":"comments","value":{}})");
    EXPECT_EQ(answer.status(), 400);
    EXPECT_NE(answer.text("error").find("no app is subscribed to instagram/comments"), std::string::npos);
    EXPECT_EQ(bench.post("/_sandbox/webhook", R"({"object":"instagram"})").status(), 400);
}

TEST(Webhooks, TheDashboardsWayNeedsAHandshakeToo) {
    Bench bench;
    AppServer app(bench);
    const std::string wish =
        R"({"app_id":"200000000000002","webhook":{"callback_url":")" + app.url + R"(/h","verify_token":")";
    const Answer refused = bench.wait(Bench::request("POST", "/_sandbox/app", wish + "no\"}}"));
    EXPECT_EQ(refused.status(), 400);
    EXPECT_NE(refused.text("error").find("403"), std::string::npos);
    EXPECT_EQ(bench.wait(Bench::request("POST", "/_sandbox/app", wish + "word\"}}")).status(), 200);
    app.requests.clear();
    bench.control("webhook", R"({"field":"messages","value":{}})");
    bench.run_until([&] { return app.requests.size() == 1; });
    const Sha256 digest = hmac_sha256(std::string("sandbox-instagram-app-secret"), app.requests[0].body);
    EXPECT_EQ(find_header(app.requests[0], "x-hub-signature-256"), "sha256=" + to_hex(digest.data(), digest.size()));
}

TEST(Callbacks, ComeWhenAPersonLeaves) {
    Bench bench;
    AppServer app(bench);
    bench.control("app", R"({"deauthorize_callback_url":")" + app.url + R"(/gone","data_deletion_callback_url":")" +
                             app.url + R"(/deletion"})");
    const auto signed_by = [](const http::Request& request, const std::string& user_id) {
        return request.body ==
               "signed_request=" +
                   percent_encode(make_signed_request("sandbox-app-secret", user_id, instant_from_unix_s(kStartUnixS)));
    };
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    // An event that removes apps the person never used tells nobody else.
    bench.control("event", R"({"type":"app-removed"})");
    bench.run_until([&] { return app.requests.size() == 1; });
    EXPECT_EQ(app.requests[0].raw_path(), "/gone");
    EXPECT_TRUE(signed_by(app.requests[0], minted.text("user_id"))) << app.requests[0].body;

    const std::string token = bench.token(R"({"login":"facebook"})");
    bench.send(Bench::request("DELETE", "/graph.facebook.com/me/permissions?access_token=" + token));
    bench.run_until([&] { return app.requests.size() == 2; });
    EXPECT_EQ(app.requests[1].raw_path(), "/gone");

    bench.token(R"({"login":"facebook"})");
    bench.control("event", R"({"type":"data-deletion"})");
    bench.run_until(
        [&] { return app.requests.size() == 4 && bench.ledger().text("deliveries.3.state") == "delivered"; });
    EXPECT_EQ(app.requests[3].raw_path(), "/deletion");
    EXPECT_EQ(bench.ledger().text("deliveries.3.answer"),
              R"({"url":"https://example.com/1","confirmation_code":"a1"})");
}

TEST(SignedRequest, IsMetasVector) {
    EXPECT_EQ(make_signed_request("app-secret-1", "1234567890", instant_from_unix_s(1'780'000'000)),
              "0bf3dwR8JUcsJ-u5f4wOFxdG_WhTTT-8swQ-M-J0Fyk."
              "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc4MDAwMDAwMCwidXNlcl9pZCI6IjEyMzQ1Njc4OTAifQ");
}

// RFC 2202, cases 1, 2 and 6.
TEST(HmacSha1, IsTheStandards) {
    EXPECT_EQ(hmac_sha1_hex(std::string(20, '\x0b'), "Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
    EXPECT_EQ(hmac_sha1_hex("Jefe", "what do ya want for nothing?"), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(hmac_sha1_hex(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
              "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(Callbacks, GoWhereMetaWouldGo) {
    EXPECT_EQ(complaint_about_callback("http://127.0.0.1:80/x", false), "");
    EXPECT_EQ(complaint_about_callback("https://localhost/x", false), "");
    EXPECT_EQ(complaint_about_callback("https://example.com/x", true), "");
    for (const std::string_view address :
         {"http://example.com/", "ftp://127.0.0.1/", "/relative", "https://u:p@localhost/", ""})
        EXPECT_NE(complaint_about_callback(address, true), "") << address;
    EXPECT_NE(complaint_about_callback("https://example.com/x", false), "");
}

} // namespace
} // namespace everlong::simulator
