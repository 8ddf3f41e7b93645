#include <http/client.hpp>

#include "raw_server.hpp"

#include <gtest/gtest.h>

namespace everlong::http {
namespace {

using namespace std::string_literals;
using test::LoopThread;
using test::RawServer;
using test::ServerFixture;

// A client in a loop of its own.
class ClientFixture {
public:
    ClientFixture() : client_(Client::make(loop_.context().get_executor())) {}
    ~ClientFixture() {
        loop_.call([this] { return client_.reset(), 0; });
    }
    ClientFixture(const ClientFixture&) = delete;
    ClientFixture& operator=(const ClientFixture&) = delete;

    Result<Response> send(OutgoingRequest request) { return loop_.await(client_->send(std::move(request))); }
    LoopThread& loop() { return loop_; }
    std::unique_ptr<Client>& client() { return client_; }

private:
    LoopThread loop_;
    std::unique_ptr<Client> client_;
};

OutgoingRequest get(std::string url) {
    OutgoingRequest request;
    request.url = std::move(url);
    request.deadline = Seconds(5);
    return request;
}

#define EXPECT_ERROR(result, expected_code, expected_fault)                                                            \
    do {                                                                                                               \
        const auto& outcome = (result);                                                                                \
        EXPECT_FALSE(outcome.has_value());                                                                             \
        if (!outcome) {                                                                                                \
            EXPECT_EQ(code_name(outcome.error().code()), code_name(expected_code)) << outcome.error().summary();       \
            EXPECT_EQ(outcome.error().fault(), expected_fault);                                                        \
        }                                                                                                              \
    } while (false)

// Gives back what it was sent, one line a part, without the fields that curl always sends.
Async<Response> mirror(Request request) {
    Response response;
    response.status = 207;
    response.headers.add("X-One", "1");
    response.headers.add("X-Two", "a: b");
    response.body = request.method + " " + request.target + "\n";
    for (const auto& [name, value] : request.headers.fields()) {
        if (name != "Host" && name != "Accept") response.body += std::string(name) + "=" + std::string(value) + "\n";
    }
    response.body += request.body;
    co_return response;
}

TEST(Client, SendsWhatItIsGiven) {
    ServerFixture server(mirror);
    ClientFixture fixture;
    struct Case {
        const char* method;
        std::string body;
        std::string answer;
    };
    const Case cases[] = {
        {"GET", "", "GET /a/../b%20c\nA=b\nEmpty=\n"},
        {"DELETE", "", "DELETE /a/../b%20c\nA=b\nEmpty=\n"},
        {"POST", "", "POST /a/../b%20c\nA=b\nEmpty=\nContent-Length=0\n"},
        {"POST", "x\0y"s, "POST /a/../b%20c\nA=b\nEmpty=\nContent-Length=3\nx\0y"s},
        {"PUT", "xy", "PUT /a/../b%20c\nA=b\nEmpty=\nContent-Length=2\nxy"},
        {"HEAD", "", ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.answer);
        OutgoingRequest request = get(server.url("/a/../b%20c"));
        request.method = c.method;
        request.body = c.body;
        request.headers.add("A", "b");
        request.headers.add("Empty", "");
        const auto response = fixture.send(std::move(request));
        ASSERT_TRUE(response.has_value()) << response.error().summary();
        EXPECT_EQ(response->status, 207);
        EXPECT_EQ(response->body, c.answer);
        EXPECT_EQ(response->headers.find("x-two"), "a: b");
    }
}

TEST(Client, EncodesSecretsAndParametersAlike) {
    ServerFixture server(mirror);
    ClientFixture fixture;
    OutgoingRequest request = get(server.url("/me"));
    request.query.emplace_back("fields", "id,name");
    request.query.emplace_back("access_token", Secret("EAA|b+c&d=e/\xc3\xa9"));
    request.query.emplace_back("a b", "");
    request.bearer = Secret("key|1");
    auto response = fixture.send(std::move(request));
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->body, "GET /me?fields=id%2Cname&access_token=EAA%7Cb%2Bc%26d%3De%2F%C3%A9&a%20b=\n"
                              "Authorization=Bearer key|1\n");
    OutgoingRequest form = get(server.url("/me"));
    form.method = "POST";
    form.form.emplace_back("client_secret", Secret("s p"));
    form.form.emplace_back("code", "1&2");
    response = fixture.send(std::move(form));
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->body, "POST /me\nContent-Length=30\nContent-Type=application/x-www-form-urlencoded\n"
                              "client_secret=s%20p&code=1%262");
}

TEST(Client, RefusesWhatIsNoRequest) {
    ClientFixture fixture;
    const auto refuses = [&](auto change) {
        OutgoingRequest request = get("http://127.0.0.1:1/a");
        change(request);
        EXPECT_ERROR(fixture.send(std::move(request)), Code::kUsage, Fault::kUsage);
    };
    for (const char* url : {"", "http://", "/a", "ftp://127.0.0.1/", "file:///etc/passwd", "http://127.0.0.1:1/a?b=c",
                            "http://127.0.0.1:1/#a", "http://user:word@127.0.0.1:1/", "http://127.0.0.1:1/a b",
                            "http://127.0.0.1:1/a\r\nB: c"}) {
        SCOPED_TRACE(url);
        refuses([&](OutgoingRequest& request) { request.url = url; });
    }
    refuses([](OutgoingRequest& request) { request.method = ""; });
    refuses([](OutgoingRequest& request) { request.method = "GET / HTTP/1.1\r\nA: b"; });
    refuses([](OutgoingRequest& request) { request.headers.add("A", "b\r\nC: d"); });
    refuses([](OutgoingRequest& request) { request.headers.add("A: b", "c"); });
    refuses([](OutgoingRequest& request) { request.bearer = Secret("a\nb"); });
    refuses([](OutgoingRequest& request) {
        request.body = "a";
        request.form.emplace_back("b", "c");
    });
}

TEST(Client, ReturnsRedirectsAndErrorsAsTheyAre) {
    int calls = 0;
    ServerFixture server([&calls](Request request) -> Async<Response> {
        ++calls;
        Response response;
        response.status = request.target == "/moved" ? 302 : 500;
        response.headers.add("Location", "/elsewhere");
        response.headers.add("Set-Cookie", "a=b");
        co_return response;
    });
    ClientFixture fixture;
    for (int round = 0; round < 2; ++round) {
        const auto moved = fixture.send(get(server.url("/moved")));
        ASSERT_TRUE(moved.has_value());
        EXPECT_EQ(moved->status, 302);
        EXPECT_EQ(moved->headers.find("Location"), "/elsewhere");
    }
    const auto broken = fixture.send(get(server.url("/broken")));
    ASSERT_TRUE(broken.has_value());
    EXPECT_EQ(broken->status, 500);
    EXPECT_EQ(server.loop().call([&] { return calls; }), 3);
}

TEST(Client, KeepsNoCookies) {
    const std::string answer = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n";
    RawServer server({{answer, answer}});
    ClientFixture fixture;
    EXPECT_TRUE(fixture.send(get(server.url("/1"))).has_value());
    EXPECT_TRUE(fixture.send(get(server.url("/2"))).has_value());
    ASSERT_EQ(server.requests().size(), 2U); // on one connection
    EXPECT_EQ(server.requests()[1].find("ookie"), std::string::npos);
    EXPECT_EQ(server.requests()[1].find("Accept-Encoding"), std::string::npos);
}

TEST(Client, GoesThroughASocketFile) {
    const test::TemporaryFolder folder;
    const std::string path = folder.file("s");
    ServerFixture server([](Request request) -> Async<Response> {
        Response response;
        response.body = (request.is_local ? "local " : "remote ") + std::string(*request.headers.find("Host"));
        co_return response;
    });
    ASSERT_TRUE(server.loop().call([&] { return server.server().listen_unix(path); }).has_value());
    ClientFixture fixture;
    OutgoingRequest request = get("http://everlong/x");
    request.unix_socket = path;
    const auto response = fixture.send(std::move(request));
    ASSERT_TRUE(response.has_value()) << response.error().summary();
    EXPECT_EQ(response->body, "local everlong");
    OutgoingRequest missing = get("http://everlong/x");
    missing.unix_socket = folder.file("missing");
    EXPECT_ERROR(fixture.send(std::move(missing)), Code::kUnreachable, Fault::kTransient);
}

TEST(Client, HasManyRequestsUnderWayAtOnce) {
    ServerFixture server(mirror);
    ClientFixture fixture;
    std::vector<std::future<Result<Response>>> futures;
    for (int i = 0; i < 50; ++i) {
        OutgoingRequest request = get(server.url("/" + std::to_string(i)));
        request.is_repeatable = i % 2 == 0;
        futures.push_back(boost::asio::co_spawn(fixture.loop().context(), fixture.client()->send(std::move(request)),
                                                boost::asio::use_future));
    }
    for (int i = 0; i < 50; ++i) {
        const auto response = futures[static_cast<std::size_t>(i)].get();
        ASSERT_TRUE(response.has_value());
        EXPECT_EQ(response->body, "GET /" + std::to_string(i) + "\n");
    }
}

TEST(Client, BoundsTheAnswer) {
    ServerFixture server([](Request) -> Async<Response> {
        Response response;
        response.body.assign(1000, 'x');
        co_return response;
    });
    ClientFixture fixture;
    OutgoingRequest enough = get(server.url("/"));
    enough.body_limit_bytes = 1000;
    const auto whole = fixture.send(std::move(enough));
    ASSERT_TRUE(whole.has_value());
    EXPECT_EQ(whole->body.size(), 1000U);
    OutgoingRequest short_by_one = get(server.url("/"));
    short_by_one.body_limit_bytes = 999;
    EXPECT_ERROR(fixture.send(std::move(short_by_one)), Code::kUpstreamSize, Fault::kUnknownOutcome);
}

TEST(Client, ReadsUnusualButWholeAnswers) {
    struct Case {
        const char* name;
        std::string answer;
        int status;
        std::string body;
    };
    const Case cases[] = {
        {"chunked with a trailer",
         "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: evil\r\nT: t\r\n\r\n", 200,
         "abc"},
        {"interim answer",
         "HTTP/1.1 103 Early Hints\r\nA: c\r\n\r\nHTTP/1.1 201 Created\r\nA: b\r\nContent-Length: 1\r\n\r\nx", 201,
         "x"},
        {"no framing", "HTTP/1.0 200 OK\r\nA: b\r\n\r\nabc", 200, "abc"},
        {"no body", "HTTP/1.1 204 No Content\r\nA:b \r\n\r\n", 204, ""},
        {"html", "HTTP/1.1 502 Bad Gateway\r\nA: b\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", 502,
         "<html>"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        RawServer server({{c.answer}});
        ClientFixture fixture;
        const auto response = fixture.send(get(server.url("/")));
        ASSERT_TRUE(response.has_value()) << response.error().summary();
        EXPECT_EQ(response->status, c.status);
        EXPECT_EQ(response->body, c.body);
        EXPECT_EQ(response->headers.find("A"), "b");
        EXPECT_EQ(response->headers.find("T"), std::nullopt);
    }
}

TEST(Client, IsLoopbackEnoughToIgnoreProxies) {
    ServerFixture server(mirror);
    ClientFixture fixture;
    const test::ScopedVariable proxy("http_proxy", "http://127.0.0.1:1");
    EXPECT_TRUE(fixture.send(get(server.url("/"))).has_value());
    const std::string port = std::to_string(server.port());
    EXPECT_TRUE(fixture.send(get("http://localhost:" + port + "/")).has_value());
    EXPECT_ERROR(fixture.send(get("http://example.invalid/")), Code::kUnreachable, Fault::kTransient);
}

} // namespace
} // namespace everlong::http
