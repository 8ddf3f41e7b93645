// The table of routes and what stands before every handler: authority, method, body, names.

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

class Api : public testing::Test {
protected:
    Api() {
        app::Config config;
        config.data_dir = directory_.path() / "data";
        // Nobody listens there, and no test here gets as far as asking Meta.
        config.meta_base = "http://127.0.0.1:1";
        auto node = app::Node::open(io_.get_executor(), config, log_);
        EXPECT_TRUE(node) << node.error().summary();
        node_ = std::move(*node);
    }

    http::Response call(std::string method, std::string target, std::string body = {}, bool is_local = true,
                        std::string host = "127.0.0.1:8000") {
        http::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.body = std::move(body);
        request.is_local = is_local;
        if (!host.empty()) request.headers.set("Host", host);
        return test::run(io_, node_->handle(std::move(request)));
    }

    static std::string code_of(const http::Response& response) {
        EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
        return std::string(json::parse(response.body).at("code").as_string());
    }

    boost::asio::io_context io_{1};
    test::TempDir directory_;
    NoLog log_;
    std::unique_ptr<app::Node> node_;
};

TEST_F(Api, AnswersOnlyHealthToTheNetwork) {
    for (const char* path : {"/healthz", "/readyz"}) {
        SCOPED_TRACE(path);
        EXPECT_EQ(call("GET", path, {}, false).status, 200);
    }
    const std::pair<const char*, const char*> closed[] = {
        {"GET", "/v1/channels"},
        {"POST", "/v1/channels"},
        {"GET", "/v1/channels/a"},
        {"DELETE", "/v1/channels/a"},
        {"GET", "/v1/channels/a/token"},
        {"GET", "/v1/channels/a/history"},
        {"GET", "/v1/channels/a/events"},
        {"POST", "/v1/channels/a/refresh"},
        {"POST", "/v1/channels/a/rollback"},
        {"GET", "/v1/channels/a/deliveries"},
        {"POST", "/v1/channels/a/deliveries"},
        {"POST", "/v1/inspect"},
    };
    for (const auto& [method, path] : closed) {
        SCOPED_TRACE(std::string(method) + " " + path);
        const auto answer = call(method, path, {}, false);
        EXPECT_EQ(answer.status, 401);
        EXPECT_EQ(code_of(answer), "E_HTTP_AUTH");
    }
}

TEST_F(Api, RefusesTheNetworkUnderAForeignName) {
    for (const char* host :
         {"evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::1", "localhost.evil"}) {
        SCOPED_TRACE(host);
        EXPECT_EQ(call("GET", "/healthz", {}, false, host).status, 421);
    }
    for (const char* host : {"127.0.0.1", "localhost:8000", "[::1]:8000", "[::1]"}) {
        SCOPED_TRACE(host);
        EXPECT_EQ(call("GET", "/healthz", {}, false, host).status, 200);
    }
}

TEST_F(Api, TellsUnknownPathsFromUnknownMethods) {
    for (const char* path :
         {"", "/v1", "/v1/", "/v1/channels/", "/v1/channels//token", "/v1/channels/a/token/", "/v1/channels/a/token/b",
          "//v1/channels", "/V1/channels", "/v1/channels/%zz", "/v1/channels/%", "*", "/healthz/../v1/channels"}) {
        SCOPED_TRACE(path);
        const auto answer = call("GET", path);
        EXPECT_EQ(answer.status, 404);
        EXPECT_EQ(code_of(answer), "E_HTTP_NOT_FOUND");
    }
    const auto answer = call("PUT", "/v1/channels/a");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(answer.headers.find("Allow"), "GET, HEAD, PATCH, DELETE");
    EXPECT_EQ(call("POST", "/healthz").headers.find("Allow"), "GET, HEAD");
    EXPECT_EQ(call("HEAD", "/healthz").status, 200);
}

TEST_F(Api, TakesOnlyAJsonObjectAsBody) {
    const std::string deep = "{\"name\":" + std::string(40, '[') + std::string(40, ']') + "}";
    for (const std::string& body :
         {std::string("name=a"), std::string("[]"), std::string("\"a\""), std::string("{"), std::string("{}{}"),
          std::string("null"), std::string("{\"name\":\"\xff\"}"), deep, std::string("{\"name\":1}"),
          std::string("{\"token\":{}}"), std::string("{\"name\":\"a\",\"env_file\":[]}"),
          std::string("{\"name\":\"a\",\"token\":\"x\",\"in_place\":\"yes\"}")}) {
        SCOPED_TRACE(body);
        const auto answer = call("POST", "/v1/channels", body);
        EXPECT_GE(answer.status, 400);
        EXPECT_LT(answer.status, 500);
    }
    EXPECT_EQ(code_of(call("POST", "/v1/channels/a/rollback", "{\"version\":4294967297}")), "E_HTTP_BODY");
    EXPECT_EQ(code_of(call("POST", "/v1/channels/a/rollback", "{\"version\":-1}")), "E_HTTP_BODY");
    EXPECT_EQ(code_of(call("GET", "/v1/channels/a/token?min_valid=9223372036854775807")), "E_HTTP_BODY");
    EXPECT_EQ(code_of(call("GET", "/v1/channels/a/token?min_valid=-1")), "E_HTTP_BODY");
}

TEST_F(Api, SaysWhatIsWrongWithABody) {
    const auto detail_of = [&](const std::string& body) {
        const auto answer = call("POST", "/v1/channels", body);
        EXPECT_EQ(code_of(answer), "E_HTTP_BODY");
        return std::string(json::parse(answer.body).at("detail").as_string());
    };
    EXPECT_EQ(detail_of("{\"name\":\"caf\xe9\"}"),
              "the body is not in UTF-8, as JSON always is (RFC 8259, section 8.1)");
    EXPECT_EQ(detail_of("{\"name\":" + std::string(40, '[') + std::string(40, ']') + "}"),
              "the body is JSON nested deeper than any that is taken here");
    EXPECT_EQ(detail_of("{\"name\":\"a\"},"), "the body is not JSON");
    EXPECT_EQ(detail_of("[1]"), "the body is not a JSON object");
}

TEST_F(Api, DecodesTheNameInAPath) {
    // What a name stands for is known by the error that repeats it.
    const std::pair<const char*, const char*> names[] = {
        {"caf%65", "cafe"}, {"a%2Fb", "a/b"}, {"a+b", "a+b"}, {"%41", "A"}};
    for (const auto& [sent, name] : names) {
        SCOPED_TRACE(sent);
        const auto answer = call("GET", "/v1/channels/" + std::string(sent));
        EXPECT_EQ(code_of(answer), "E_CHANNEL_UNKNOWN");
        EXPECT_EQ(json::parse(answer.body).at("detail").as_string(), "no channel is called " + std::string(name));
    }
}

TEST_F(Api, AnswersInValidJsonWhateverTheNameHolds) {
    for (const char* name : {"%ff", "%c3%28", "%00", "%22%5c", "%ed%a0%80", "%e2%82"}) {
        SCOPED_TRACE(name);
        const auto answer = call("GET", "/v1/channels/" + std::string(name) + "/history");
        boost::system::error_code problem;
        (void)json::parse(answer.body, problem);
        EXPECT_FALSE(problem) << answer.body;
    }
}

TEST_F(Api, ShowsNoTokenThatStandsWhereANameBelongs) {
    const std::string token = "IGAA" + std::string(60, 'x');
    for (const auto& answer : {call("GET", "/v1/channels/" + token), call("GET", "/v2/" + token),
                               call("GET", "/v1/channels/" + token + "/token"),
                               call("POST", "/v1/channels", "{\"name\":\"" + token + "\",\"token\":\"" + token + "\"}"),
                               call("POST", "/v1/inspect", "{\"channel\":\"" + token + "\"}")}) {
        EXPECT_GE(answer.status, 400);
        EXPECT_FALSE(answer.body.contains(token.substr(0, 24))) << answer.body;
    }
}

TEST_F(Api, GivesAnEmptyListInTheShapeOfAllLists) {
    EXPECT_EQ(call("GET", "/v1/channels").body, R"({"channels":[],"next":null})");
    EXPECT_EQ(call("GET", "/v1/channels?limit=-5&after=%ff").status, 200);
    EXPECT_EQ(call("GET", "/v1/channels/none/events").body, R"({"events":[],"next":null})");
}

TEST_F(Api, KeepsNoDeliveryUnderAKeyThatNoFileCanHold) {
    for (const char* keys : {R"("token_key":"A B")", R"("token_key":"A\nB")", R"("id_key":"A=B")", R"("id_key":"1A")",
                             R"("token_key":"SAME","id_key":"SAME")"}) {
        SCOPED_TRACE(keys);
        const auto answer =
            call("POST", "/v1/channels/a/deliveries", R"({"path":"/app/.env",)" + std::string(keys) + "}");
        EXPECT_EQ(code_of(answer), "E_USAGE");
    }
}

} // namespace
} // namespace everlong::api
