// What the network may ask of a login. The whole way through Meta's dialog is tested in tests/simulation and tests/e2e.

#include <app/node.hpp>

#include <support/run.hpp>
#include <support/temp_dir.hpp>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace everlong::api {
namespace {

namespace json = boost::json;

class NoLog final : public ports::Log {
public:
    void info(std::string_view) override {}
    void warn(std::string_view) override {}
    void error(std::string_view) override {}
};

class OAuth : public testing::Test {
protected:
    void open(const std::string& meta_base, const std::string& public_url = {}) {
        node_.reset();
        app::Config config;
        config.data_dir = directory_.path() / "data";
        config.meta_base = meta_base;
        config.public_url = public_url;
        config.facebook_app = app::AppPair{"100", Secret("facebook-secret")};
        config.instagram_app = app::AppPair{"200", Secret("instagram-secret")};
        auto node = app::Node::open(io_.get_executor(), config, log_);
        ASSERT_TRUE(node) << node.error().summary();
        node_ = std::move(*node);
        node_->set_port(8123);
    }

    http::Response call(std::string method, std::string target, std::string body = {}, bool is_local = true,
                        std::string accept = {}) {
        http::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.body = std::move(body);
        request.is_local = is_local;
        request.headers.set("Host", "127.0.0.1:8123");
        if (!accept.empty()) request.headers.set("Accept", accept);
        return test::run(io_, node_->handle(std::move(request)));
    }
    static json::object body(const http::Response& response) { return json::parse(response.body).as_object(); }
    static std::string code_of(const http::Response& response) {
        return std::string(body(response).at("code").as_string());
    }

    boost::asio::io_context io_{1};
    test::TempDir directory_;
    NoLog log_;
    std::unique_ptr<app::Node> node_;
};

TEST_F(OAuth, TellsTheAddressesToPaste) {
    open("");
    auto facts = body(call("GET", "/v1/connect"));
    EXPECT_TRUE(facts.at("public_url").is_null());
    const auto& logins = facts.at("logins").as_array();
    EXPECT_EQ(logins[0].at("redirect_uris"), (json::array{"http://localhost:8123/oauth/facebook/callback"}));
    EXPECT_EQ(logins[1].at("redirect_uris"), (json::array{"https://localhost:8123/oauth/instagram/callback"}));
    EXPECT_EQ(logins[1].at("app_id"), "200");
    EXPECT_EQ(logins[0].at("permissions").as_array()[0].at("name"), "instagram_basic");
    open("", "https://e.example");
    facts = body(call("GET", "/v1/connect"));
    EXPECT_EQ(facts.at("public_url"), "https://e.example");
    EXPECT_EQ(facts.at("logins").at(1).at("redirect_uris"),
              (json::array{"https://e.example/oauth/instagram/callback"}));
    EXPECT_EQ(facts.at("logins").at(0).at("deauthorize_url"), "https://e.example/meta/deauthorize");
}

TEST_F(OAuth, TellsWhetherTheBrowserComesBack) {
    const auto facts_of = [&](std::size_t login) {
        return body(call("GET", "/v1/connect")).at("logins").as_array().at(login).as_object();
    };
    open("");
    EXPECT_EQ(facts_of(0).at("comes_back_here"), true) << "facebook takes http://localhost";
    EXPECT_EQ(facts_of(1).at("comes_back_here"), false) << "instagram wants https";
    for (const std::size_t login : {0, 1}) {
        EXPECT_TRUE(facts_of(login).at("deauthorize_url").is_null());
        EXPECT_TRUE(facts_of(login).at("data_deletion_url").is_null());
    }
    open("", "https://e.example");
    EXPECT_EQ(facts_of(0).at("comes_back_here"), true);
    EXPECT_EQ(facts_of(1).at("comes_back_here"), true);
    EXPECT_EQ(facts_of(1).at("data_deletion_url"), "https://e.example/meta/data-deletion");
    open("http://127.0.0.1:1");
    EXPECT_EQ(facts_of(0).at("comes_back_here"), true);
    EXPECT_EQ(facts_of(1).at("comes_back_here"), true);
    EXPECT_EQ(facts_of(1).at("deauthorize_url"), "http://localhost:8123/meta/deauthorize");
}

TEST_F(OAuth, BeginsALoginAndShowsItWithoutWhatBindsIt) {
    open("");
    const auto begun = call("POST", "/v1/logins", R"({"channel":"cafe","login":"facebook","via":"paste"})");
    ASSERT_EQ(begun.status, 201) << begun.body;
    const auto login = body(begun);
    const std::string address(login.at("address").as_string());
    EXPECT_TRUE(address.starts_with("https://www.facebook.com/v25.0/dialog/oauth?client_id=100&")) << address;
    EXPECT_TRUE(address.contains("code_challenge_method=S256"));
    const std::string path = "/v1/logins/" + std::string(login.at("id").as_string());
    const auto shown = call("GET", path);
    EXPECT_EQ(body(shown).at("stage"), "waiting");
    const std::string state = address.substr(address.find("state=") + 6, 43);
    EXPECT_FALSE(shown.body.contains(state));
    EXPECT_FALSE(shown.body.contains("address"));
    EXPECT_EQ(body(call("DELETE", path)).at("stage"), "cancelled");
    const auto late = call("POST", path + "/address", R"({"address":"?code=a&state=)" + state + "\"}");
    EXPECT_EQ(body(late).at("stage"), "cancelled");
}

TEST_F(OAuth, RefusesWhatNoLoginCanBeMadeOf) {
    open("");
    const std::pair<const char*, const char*> cases[] = {
        {R"({"channel":"cafe"})", "E_HTTP_BODY"},
        {R"({"channel":"cafe","login":"twitter"})", "E_HTTP_BODY"},
        {R"({"channel":"Cafe","login":"facebook"})", "E_CHANNEL_NAME"},
        {R"({"login":"facebook"})", "E_CHANNEL_NAME"},
        {R"({"channel":"cafe","login":"facebook","via":"browser"})", "E_HTTP_BODY"},
        {R"({"channel":"cafe","login":"facebook","via":1})", "E_HTTP_BODY"},
        {R"({"channel":"cafe","login":"facebook","permissions":"x"})", "E_HTTP_BODY"},
        {R"({"channel":"cafe","login":"facebook","permissions":["a b"]})", "E_USAGE"},
        {R"({"channel":"cafe","login":"facebook","redirect_uri":"http://evil.example/"})", "E_REDIRECT_URI"},
        {R"({"channel":"cafe","login":"instagram","redirect_uri":"http://localhost:1/"})", "E_REDIRECT_URI"},
    };
    for (const auto& [sent, code] : cases) {
        const auto answer = call("POST", "/v1/logins", sent);
        EXPECT_EQ(code_of(answer), code) << sent << answer.body;
    }
    EXPECT_EQ(code_of(call("GET", "/v1/logins/none")), "E_LOGIN_UNKNOWN");
    EXPECT_EQ(code_of(call("POST", "/v1/logins/none/choice", R"({"account":"1"})")), "E_LOGIN_UNKNOWN");
    EXPECT_EQ(code_of(call("GET", "/oauth/twitter/callback?code=a&state=b")), "E_HTTP_NOT_FOUND");
}

TEST_F(OAuth, LetsNobodyInByTheNetworkButWhoComesBackFromMeta) {
    open("");
    for (const char* path : {"/v1/connect", "/v1/logins/x", "/oauth/facebook/start?channel=cafe"}) {
        EXPECT_EQ(call("GET", path, {}, false).status, 401) << path;
    }
    EXPECT_EQ(code_of(call("GET", "/oauth/facebook/callback?code=a&state=b", {}, false)), "E_LOGIN_STATE");
    EXPECT_EQ(call("HEAD", "/oauth/facebook/callback?code=a&state=b", {}, false).status, 200);
    const auto page = call("GET", "/oauth/facebook/callback?code=a&state=b", {}, false, "text/html");
    EXPECT_EQ(page.status, 403);
    EXPECT_EQ(page.headers.find("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.headers.find("Referrer-Policy"), "no-referrer");
}

TEST_F(OAuth, BindsABrowserByACookieThatOnlyItHas) {
    open("http://127.0.0.1:1");
    const auto started = call("GET", "/oauth/facebook/start?channel=cafe&sandbox_auto=approve&evil=1");
    ASSERT_EQ(started.status, 303) << started.body;
    const std::string location(started.headers.find("Location").value_or(""));
    EXPECT_TRUE(location.starts_with("http://127.0.0.1:1/www.facebook.com/v25.0/dialog/oauth?")) << location;
    EXPECT_TRUE(location.contains("redirect_uri=http%3A%2F%2F127.0.0.1%3A8123%2Foauth%2Ffacebook%2Fcallback"));
    EXPECT_TRUE(location.ends_with("&sandbox_auto=approve"));
    const std::string cookie(started.headers.find("Set-Cookie").value_or(""));
    EXPECT_TRUE(cookie.starts_with("__Host-everlong-login="));
    EXPECT_TRUE(cookie.ends_with("; Path=/; Max-Age=900; Secure; HttpOnly; SameSite=Lax"));
    const std::string state = location.substr(location.find("state=") + 6, 43);
    const std::string callback = "/oauth/facebook/callback?error=access_denied&state=" + state;
    EXPECT_EQ(code_of(call("GET", callback, {}, false)), "E_LOGIN_STATE") << "another browser";
    http::Request own;
    own.method = "GET";
    own.target = callback;
    own.headers.set("Host", "127.0.0.1:8123");
    own.headers.set("Cookie", "a=b; " + cookie.substr(0, cookie.find(';')));
    const auto back = test::run(io_, node_->handle(std::move(own)));
    EXPECT_EQ(back.status, 303) << back.body;
    EXPECT_TRUE(back.headers.find("Location").value_or("").starts_with("/logins/"));
}

TEST_F(OAuth, BeginsInNoBrowserThatCannotComeBack) {
    open("");
    EXPECT_EQ(code_of(call("GET", "/oauth/instagram/start?channel=cafe")), "E_REDIRECT_URI");
}

TEST_F(OAuth, TakesNoCallAboutAPersonThatMetaHasNotSigned) {
    open("");
    for (const char* path : {"/meta/deauthorize", "/meta/data-deletion"}) {
        for (const char* form : {"", "signed_request=a.b", "{}"}) {
            const auto answer = call("POST", path, form, false);
            EXPECT_EQ(answer.status, 403);
            EXPECT_EQ(code_of(answer), "E_SIGNED_REQUEST");
        }
    }
    EXPECT_EQ(call("GET", "/meta/data-deletion/abc123", {}, false).status, 200);
    EXPECT_EQ(call("GET", "/meta/data-deletion/%3Cscript%3E", {}, false).status, 404);
}

} // namespace
} // namespace everlong::api
