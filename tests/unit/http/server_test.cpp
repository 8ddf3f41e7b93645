#include "hostile_requests.hpp"
#include "server_fixture.hpp"

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>

#include <sys/resource.h>

namespace everlong::http {
namespace {

using test::Peer;
using test::ServerFixture;

// Says what it was asked.
Async<Response> echo(Request request) {
    Response response;
    response.headers.add("Content-Type", "text/plain");
    response.body =
        request.method + " " + request.target + (request.is_local ? " local" : "") + " [" + request.body + "]";
    co_return response;
}

const std::string kGet = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";

std::string sized(const std::string& body) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ";
    return head + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Everything that comes back for `bytes` until the server closes.
std::string exchange(std::uint16_t port, const std::string& bytes) {
    Peer peer(port);
    peer.send(bytes);
    peer.end_sending();
    return peer.receive_all();
}

TEST(Server, AnswersAndKeepsTheConnection) {
    ServerFixture fixture(echo);
    Peer peer(fixture.port());
    for (int round = 0; round < 3; ++round) {
        peer.send(kGet);
        EXPECT_EQ(peer.receive_response(), sized("GET /a?b []"));
    }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
    ServerFixture fixture(echo);
    EXPECT_EQ(exchange(fixture.port(),
                       "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
                       "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n"
                       "POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n0\r\n\r\n"),
              sized("POST /1 [ab]") + sized("GET /2 []") + sized("POST /3 [c]"));
}

TEST(Server, ReadsARequestThatComesByteByByte) {
    ServerFixture fixture(echo);
    Peer peer(fixture.port());
    for (const char byte : std::string("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"))
        peer.send({&byte, 1});
    EXPECT_EQ(peer.receive_response(), sized("POST / [abc]"));
}

TEST(Server, GivesHeadTheLengthWithoutTheBody) {
    ServerFixture fixture(echo);
    EXPECT_EQ(exchange(fixture.port(), "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + kGet),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n" + sized("GET /a?b []"));
}

TEST(Server, ClosesWhereThePeerOrTheHandlerWantsIt) {
    ServerFixture fixture([](Request request) -> Async<Response> {
        Response response;
        response.closes_connection = request.target == "/close";
        co_return response;
    });
    const std::string closing = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const char* const cases[] = {
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "GET /close HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
    };
    for (const char* bytes : cases) {
        SCOPED_TRACE(bytes);
        Peer peer(fixture.port());
        peer.send(bytes + kGet); // what follows is not answered
        EXPECT_EQ(peer.receive_all(), closing);
        EXPECT_EQ(peer.last_errno(), 0);
    }
}

TEST(Server, SaysContinueBeforeTheBodyButNotForOneTooLarge) {
    ServerFixture fixture(echo);
    Peer peer(fixture.port());
    peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(peer.receive(25), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("abc");
    EXPECT_EQ(peer.receive_response(), sized("POST / [abc]"));
    peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_TRUE(peer.receive_all().starts_with("HTTP/1.1 413 Content Too Large\r\n"));
}

TEST(Server, RefusesInTheWordsItIsGiven) {
    ServerFixture fixture(echo, {}, {}, [](int status) {
        Response response;
        response.status = status;
        response.headers.add("X-Mine", "yes");
        response.body = "no";
        return response;
    });
    EXPECT_EQ(
        exchange(fixture.port(), "GET / HTTP/3.0\r\n"),
        "HTTP/1.1 505 HTTP Version Not Supported\r\nX-Mine: yes\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
}

TEST(Server, RefusesHostileRequestsAndCloses) {
    int calls = 0;
    ServerFixture fixture([&calls](Request request) {
        ++calls;
        return echo(std::move(request));
    });
    for (const test::HostileRequest& hostile : test::hostile_requests()) {
        SCOPED_TRACE(hostile.name);
        Peer peer(fixture.port());
        peer.send(hostile.bytes + kGet); // what follows must not be taken for a request
        const std::string answer = peer.receive_all();
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(hostile.status) + " ")) << answer;
        EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
        EXPECT_TRUE(answer.ends_with(",\"status\":" + std::to_string(hostile.status) + "}")) << answer;
        EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos);
    }
    EXPECT_EQ(exchange(fixture.port(), kGet), sized("GET /a?b []"));
    EXPECT_EQ(fixture.loop().call([&] { return calls; }), 1);
}

TEST(Server, ForgetsARequestThatNeverEnds) {
    int calls = 0;
    ServerFixture fixture([&calls](Request request) {
        ++calls;
        return echo(std::move(request));
    });
    EXPECT_EQ(exchange(fixture.port(), "GET / HT"), "");
    EXPECT_EQ(exchange(fixture.port(), "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nab"), "");
    EXPECT_EQ(exchange(fixture.port(), "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
              "");
    EXPECT_EQ(exchange(fixture.port(), ""), "");
    EXPECT_EQ(fixture.loop().call([&] { return calls; }), 0);
}

TEST(Server, HoldsToItsSizes) {
    ServerFixture fixture(echo, {.header_bytes = 100, .target_bytes = 20, .body_bytes = 8});
    const std::string line = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    struct Case {
        const char* name;
        std::string bytes;
        const char* answer;
    };
    const Case cases[] = {
        {"head of 100", line + std::string(96 - line.size(), 'x') + "\r\n\r\n", "HTTP/1.1 200 OK\r\n"},
        {"head of 101", line + std::string(97 - line.size(), 'x') + "\r\n\r\n", "HTTP/1.1 431 "},
        {"target of 20", "GET /2345678901234567890 HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 OK\r\n"},
        {"target of 21", "GET /23456789012345678901 HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 414 "},
        {"body of 8", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n12345678", "HTTP/1.1 200 OK\r\n"},
        {"body of 9", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n123456789", "HTTP/1.1 413 "},
        {"chunks of 8", chunked + "4\r\n1234\r\n4\r\n5678\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\n"},
        {"chunks of 9", chunked + "4\r\n1234\r\n5\r\n56789\r\n0\r\n\r\n", "HTTP/1.1 413 "},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        const std::string answer = exchange(fixture.port(), c.bytes);
        EXPECT_TRUE(answer.starts_with(c.answer)) << answer;
    }
}

TEST(Server, DeliversARefusalToAPeerThatIsStillSending) {
    ServerFixture fixture(echo);
    Peer peer(fixture.port());
    peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    peer.send(std::string(500'000, 'x'));
    EXPECT_TRUE(peer.receive_all().starts_with("HTTP/1.1 413 "));
    EXPECT_EQ(peer.last_errno(), 0);
}

TEST(Server, TakesLargeBodiesBothWays) {
    ServerFixture fixture([](Request request) -> Async<Response> {
        Response response;
        response.body = std::move(request.body);
        co_return response;
    });
    std::string body(1024 * 1024, '\0');
    for (std::size_t i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>(i * 31 + i / 4096);
    Peer peer(fixture.port());
    peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\n\r\n" + body);
    const std::string answer = peer.receive_response();
    ASSERT_GT(answer.size(), body.size());
    EXPECT_TRUE(answer.ends_with(body));
}

TEST(Server, LimitsItsConnections) {
    ServerFixture fixture(echo, {.connections = 2});
    Peer first(fixture.port());
    auto second = std::make_unique<Peer>(fixture.port());
    first.send(kGet);
    second->send(kGet);
    EXPECT_EQ(first.receive_response(), sized("GET /a?b []"));
    EXPECT_EQ(second->receive_response(), sized("GET /a?b []"));
    Peer third(fixture.port());
    EXPECT_TRUE(third.receive_all().starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    first.send(kGet);
    EXPECT_EQ(first.receive_response(), sized("GET /a?b []"));
    second->end_sending();
    EXPECT_EQ(second->receive_all(), "");
    Peer fourth(fixture.port());
    fourth.send(kGet);
    EXPECT_EQ(fourth.receive_response(), sized("GET /a?b []"));
}

TEST(Server, TimesOutHeadsBodiesAndIdleConnections) {
    constexpr ServerLimits kQuick{
        .head_timeout = Milliseconds(40), .body_timeout = Milliseconds(40), .idle_timeout = Milliseconds(40)};
    ServerFixture fixture(echo, kQuick);
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n";
    struct Case {
        const char* name;
        std::string bytes;
        const char* answer;
    };
    const Case cases[] = {
        {"nothing", "", ""},
        {"half a head", "GET / HTTP/1.1\r\n", "HTTP/1.1 408 Request Timeout\r\n"},
        {"half a body", post + "ab", "HTTP/1.1 408 Request Timeout\r\n"},
        {"idle after a request", kGet, "HTTP/1.1 200 OK\r\n"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        Peer peer(fixture.port());
        peer.send(c.bytes);
        const std::string answer = peer.receive_all();
        EXPECT_TRUE(answer.starts_with(c.answer)) << answer;
        EXPECT_EQ(answer.empty(), *c.answer == '\0');
        EXPECT_EQ(peer.last_errno(), 0);
    }
}

TEST(Server, CountsAHeadsTimeFromItsFirstByteNotFromItsLast) {
    ServerFixture fixture(echo, {.head_timeout = Milliseconds(60)});
    Peer peer(fixture.port());
    peer.send("GET / HTTP/1.1\r\nHost: h\r\nA: ");
    // A byte every few milliseconds must not keep the head open.
    std::atomic<bool> is_over = false;
    std::thread dripping([&] {
        while (!is_over && peer.send("x"))
            std::this_thread::sleep_for(Milliseconds(2));
    });
    const std::string answer = peer.receive_all();
    is_over = true;
    dripping.join();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 ")) << answer;
}

TEST(Server, GivesUpOnAPeerThatDoesNotRead) {
    ServerFixture fixture(
        [](Request) -> Async<Response> {
            Response response;
            response.body.assign(64 * 1024 * 1024, 'x'); // more than any socket's buffers
            co_return response;
        },
        {.connections = 1, .write_timeout = Milliseconds(50)});
    Peer deaf(fixture.port());
    deaf.send(kGet);
    EXPECT_EQ(deaf.receive(17), "HTTP/1.1 200 OK\r\n");
    // Its place becomes free although it holds on to its end.
    std::string answer;
    for (int attempt = 0; attempt < 10'000 && !answer.starts_with("HTTP/1.1 200"); ++attempt) {
        Peer next(fixture.port());
        next.send(kGet);
        answer = next.receive(17);
    }
    EXPECT_EQ(answer, "HTTP/1.1 200 OK\r\n");
}

TEST(Server, AnswersForAHandlerThatThrows) {
    ServerFixture fixture([](Request request) -> Async<Response> {
        if (request.target == "/late") {
            co_await boost::asio::steady_timer(co_await boost::asio::this_coro::executor, Milliseconds(1))
                .async_wait(boost::asio::use_awaitable);
        }
        throw std::runtime_error("secret words");
    });
    ServerFixture plain([](Request) -> Async<Response> { throw 42; });
    for (const char* target : {"/now", "/late"}) {
        SCOPED_TRACE(target);
        const std::string get = std::string("GET ") + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
        EXPECT_EQ(exchange(fixture.port(), get + get),
                  "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/problem+json\r\n"
                  "Content-Length: 46\r\nConnection: close\r\n\r\n"
                  R"({"title":"Internal Server Error","status":500})");
    }
    EXPECT_TRUE(exchange(plain.port(), kGet).starts_with("HTTP/1.1 500 "));
}

TEST(Server, DoesNotSendAResponseThatWouldBreakTheMessage) {
    ServerFixture fixture([](Request) -> Async<Response> {
        Response response;
        response.headers.add("Location", "/a\r\nSet-Cookie: evil=1");
        co_return response;
    });
    const std::string answer = exchange(fixture.port(), kGet);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
    EXPECT_EQ(answer.find("evil"), std::string::npos);
}

TEST(Server, DatesResponsesByTheCalendarItWasGiven) {
    ServerFixture fixture(echo, {}, [] { return instant_from_unix_s(1777629600); });
    EXPECT_NE(exchange(fixture.port(), kGet).find("\r\nDate: Fri, 01 May 2026 10:00:00 GMT\r\n"), std::string::npos);
    EXPECT_NE(exchange(fixture.port(), "x\r\n\r\n").find("\r\nDate: Fri, 01 May 2026 10:00:00 GMT\r\n"),
              std::string::npos);
}

TEST(Server, TransmitsFaultsAsAsked) {
    ServerFixture fixture([](Request request) -> Async<Response> {
        Response response;
        response.body = "0123456789";
        if (request.target == "/drop") response.transmission = Transmission::kDrop;
        if (request.target == "/reset") response.transmission = Transmission::kReset;
        if (request.target == "/slow") response.transmission = Transmission::kSlow;
        if (request.target == "/truncate") response.transmission = Transmission::kTruncate;
        response.transmit_bytes = 4;
        response.slow_step = Milliseconds(1);
        co_return response;
    });
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    struct Case {
        const char* target;
        std::string answer;
        int error;
    };
    const Case cases[] = {
        {"/drop", "", 0},
        {"/reset", "", ECONNRESET},
        {"/truncate", head + "0123", 0},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.target);
        Peer peer(fixture.port());
        peer.send("GET " + std::string(c.target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(peer.receive_all(), c.answer);
        EXPECT_EQ(peer.last_errno(), c.error);
    }
    Peer patient(fixture.port());
    patient.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(patient.receive_response(), head + "0123456789");
    EXPECT_EQ(patient.receive_response(), head + "0123456789");
}

TEST(Server, SurvivesPeersThatLeaveWhileTheHandlerWorks) {
    boost::asio::steady_timer* gate = nullptr;
    int finished = 0;
    std::promise<void> begun;
    ServerFixture fixture([&](Request) -> Async<Response> {
        boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                        boost::asio::steady_timer::time_point::max());
        gate = &never;
        begun.set_value();
        boost::system::error_code ignored;
        co_await never.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        ++finished;
        co_return Response{};
    });
    for (const bool resets : {false, true}) {
        SCOPED_TRACE(resets);
        begun = {};
        {
            Peer peer(fixture.port());
            peer.send(kGet);
            begun.get_future().wait();
            const linger hard{.l_onoff = resets, .l_linger = 0};
            ::setsockopt(peer.descriptor(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        }
        fixture.loop().call([&] { return gate->cancel(); });
    }
    begun = {};
    Peer last(fixture.port());
    last.send(kGet);
    begun.get_future().wait();
    fixture.loop().call([&] { return gate->cancel(); });
    EXPECT_EQ(last.receive_response(), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(fixture.loop().call([&] { return finished; }), 3);
}

TEST(Server, AcceptsAgainAfterItRanOutOfDescriptors) {
    ServerFixture fixture(echo);
    Peer peer; // its descriptor must exist before there are no more
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    peer.connect(fixture.port());
    peer.send(kGet);
    // Two turns of the loop: the failed accept has run.
    fixture.loop().call([] { return 0; });
    fixture.loop().call([] { return 0; });
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(peer.receive_response(), sized("GET /a?b []"));
}

} // namespace
} // namespace everlong::http
