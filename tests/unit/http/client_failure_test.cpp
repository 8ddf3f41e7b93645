// What the client makes of failures: above all, whether the request may have had its effect.

#include <http/client.hpp>

#include "raw_server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <fcntl.h>

namespace everlong::http {
namespace {

using namespace std::string_literals;
using test::LoopThread;
using test::RawServer;
using test::ServerFixture;

OutgoingRequest get(std::string url, Milliseconds deadline = Seconds(5)) {
    OutgoingRequest request;
    request.url = std::move(url);
    request.query.emplace_back("access_token", Secret("EAAcanary"));
    request.deadline = deadline;
    return request;
}

// One request of a client in a loop of its own.
Result<Response> send(OutgoingRequest request) {
    LoopThread loop;
    auto client = Client::make(loop.context().get_executor());
    auto result = loop.await(client->send(std::move(request)));
    loop.call([&] { return client.reset(), 0; });
    return result;
}

void expect_error(const Result<Response>& result, Code code, Fault fault) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(code_name(result.error().code()), code_name(code)) << result.error().summary();
    EXPECT_EQ(result.error().fault(), fault);
    EXPECT_EQ(result.error().summary().find("canary"), std::string::npos);
}

// A port on which nobody listens.
std::uint16_t refused_port() {
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor acceptor(context, {boost::asio::ip::address_v4::loopback(), 0});
    return acceptor.local_endpoint().port();
}

TEST(ClientFailure, IsUnreachableWhereNothingListens) {
    const std::string port = std::to_string(refused_port());
    expect_error(send(get("http://127.0.0.1:" + port + "/")), Code::kUnreachable, Fault::kTransient);
    expect_error(send(get("https://127.0.0.1:" + port + "/")), Code::kUnreachable, Fault::kTransient);
    OutgoingRequest post = get("http://127.0.0.1:" + port + "/");
    post.method = "POST";
    expect_error(send(std::move(post)), Code::kUnreachable, Fault::kTransient);
}

TEST(ClientFailure, TimesOutWithoutDoubtWhereNoConnectionCame) {
    // A listener whose queue is full answers no further connection.
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor full(context);
    full.open(boost::asio::ip::tcp::v4());
    full.bind({boost::asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    std::vector<std::unique_ptr<test::Peer>> queue;
    for (int i = 0; i < 4; ++i) {
        queue.push_back(std::make_unique<test::Peer>());
        ::fcntl(queue.back()->descriptor(), F_SETFL, O_NONBLOCK);
        const auto endpoint = full.local_endpoint();
        ::connect(queue.back()->descriptor(), endpoint.data(), static_cast<socklen_t>(endpoint.size()));
    }
    const std::string port = std::to_string(full.local_endpoint().port());
    expect_error(send(get("http://127.0.0.1:" + port + "/", Milliseconds(50))), Code::kTimeout, Fault::kTransient);
}

TEST(ClientFailure, DoesNotKnowTheOutcomeOnceTheRequestWasSent) {
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    struct Case {
        const char* name;
        std::string answer;
    };
    const Case cases[] = {
        {"no answer", ""},
        {"half a status line", "HTTP/1.1 2"},
        {"half a head", "HTTP/1.1 200 OK\r\nContent-Le"},
        {"head without its body", head},
        {"body short by one", head + "012345678"},
        {"chunk cut", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"},
        {"last chunk missing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"},
        {"broken chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n"},
        {"no HTTP", "220 mail.example ESMTP\r\n"},
        {"HTTP/0.9", "<html>hello</html>"},
        {"interim answer alone", "HTTP/1.1 103 Early Hints\r\n\r\n"},
        {"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"},
        {"unasked compression as transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xyz\r\n\r\nabc"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        for (const bool is_repeatable : {true, false}) {
            RawServer server({{c.answer}, {c.answer}});
            OutgoingRequest request = get(server.url("/"));
            request.is_repeatable = is_repeatable;
            expect_error(send(std::move(request)), Code::kUnknownOutcome, Fault::kUnknownOutcome);
            EXPECT_EQ(server.requests().size(), 1U);
        }
    }
}

TEST(ClientFailure, DoesNotKnowTheOutcomeOfWhatOurServerCutsShort) {
    ServerFixture server([](Request request) -> Async<Response> {
        Response response;
        response.body = "0123456789";
        response.transmission = request.raw_path() == "/drop"       ? Transmission::kDrop
                                : request.raw_path() == "/reset"    ? Transmission::kReset
                                : request.raw_path() == "/truncate" ? Transmission::kTruncate
                                                                    : Transmission::kSlow;
        response.transmit_bytes = 9;
        response.slow_step = Milliseconds(20);
        co_return response;
    });
    for (const char* path : {"/drop", "/reset", "/truncate", "/slow"}) {
        SCOPED_TRACE(path);
        expect_error(send(get(server.url(path), Milliseconds(80))), Code::kUnknownOutcome, Fault::kUnknownOutcome);
    }
}

TEST(ClientFailure, DoesNotKnowTheOutcomeWhereTheDeadlinePassesAfterSending) {
    ServerFixture server([](Request) -> Async<Response> {
        boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                        boost::asio::steady_timer::time_point::max());
        co_await never.async_wait(boost::asio::use_awaitable);
        co_return Response{};
    });
    expect_error(send(get(server.url("/"), Milliseconds(50))), Code::kUnknownOutcome, Fault::kUnknownOutcome);
}

TEST(ClientFailure, BoundsTheHeadOfAnAnswer) {
    std::string answer = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 100; ++i)
        answer += "A: " + std::string(1000, 'x') + "\r\n";
    RawServer server({{answer + "Content-Length: 0\r\n\r\n"}});
    expect_error(send(get(server.url("/"))), Code::kUpstreamSize, Fault::kUnknownOutcome);
}

// The peer takes the second request on a kept connection and closes without an answer.
TEST(ClientFailure, RepeatsOnlyWhatIsRepeatableOnAStaleConnection) {
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    struct Case {
        const char* name;
        const char* method;
        bool is_repeatable;
        std::size_t requests; // that arrive for the second one
    };
    const Case cases[] = {
        {"repeatable GET", "GET", true, 2}, // the lost one, and curl's own repetition
        {"GET with an effect", "GET", false, 1},
        {"POST", "POST", true, 1},
        {"DELETE", "DELETE", true, 1},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        RawServer server({{answer, ""}, {answer}, {answer}});
        LoopThread loop;
        auto client = Client::make(loop.context().get_executor());
        EXPECT_TRUE(loop.await(client->send(get(server.url("/first")))).has_value());
        OutgoingRequest second = get(server.url("/second"));
        second.method = c.method;
        second.is_repeatable = c.is_repeatable;
        if (c.requests == 1) {
            // It comes on a connection of its own, which the server takes up once a third request has met the fate of
            // the kept one.
            auto future =
                boost::asio::co_spawn(loop.context(), client->send(std::move(second)), boost::asio::use_future);
            OutgoingRequest third = get(server.url("/third"));
            EXPECT_TRUE(loop.await(client->send(std::move(third))).has_value());
            EXPECT_TRUE(future.get().has_value());
        } else {
            EXPECT_TRUE(loop.await(client->send(std::move(second))).has_value());
        }
        std::size_t arrived = 0;
        for (const std::string& request : server.requests())
            arrived += request.contains(" /second") ? 1 : 0;
        EXPECT_EQ(arrived, c.requests);
        loop.call([&] { return client.reset(), 0; });
    }
}

TEST(ClientFailure, SentNothingWhereAProxyRefusedTheTunnel) {
    RawServer proxy({{"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"}});
    const test::ScopedVariable variable("https_proxy", proxy.url(""));
    expect_error(send(get("https://graph.example.invalid/")), Code::kUnreachable, Fault::kTransient);
    ASSERT_EQ(proxy.requests().size(), 1U);
    EXPECT_EQ(proxy.requests()[0].find("canary"), std::string::npos);
}

TEST(ClientFailure, SentNothingWhereThePeerSpeaksNoTls) {
    ServerFixture server([](Request) -> Async<Response> { co_return Response{}; }); // which answers 400 to a TLS hello
    const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
    expect_error(send(get(url)), Code::kUnreachable, Fault::kTransient);
}

// An HTTPS server with a certificate that nobody has signed.
class UnsignedServer {
public:
    UnsignedServer() {
        const std::string key = folder_.file("key");
        const std::string certificate = folder_.file("certificate");
        const std::string make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 "
                                 "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " +
                                 key + " -out " + certificate + " 2>/dev/null";
        if (std::system(make.c_str()) != 0) return;
        const std::string serve = "exec openssl s_server -www -naccept 1 -accept 127.0.0.1:0 -key " + key + " -cert " +
                                  certificate + " 2>&1 </dev/null";
        output_ = ::popen(serve.c_str(), "r");
        std::array<char, 256> line{};
        while (port_.empty() && output_ != nullptr && std::fgets(line.data(), line.size(), output_) != nullptr) {
            const std::string_view text(line.data());
            if (text.starts_with("ACCEPT 127.0.0.1:")) port_ = text.substr(17, text.find_last_of("0123456789") - 16);
        }
    }
    ~UnsignedServer() {
        if (output_ == nullptr) return;
        try {
            const test::Peer last(static_cast<std::uint16_t>(std::stoi(port_))); // it ends after one connection
        } catch (const std::exception&) {
        }
        ::pclose(output_);
    }
    UnsignedServer(const UnsignedServer&) = delete;
    UnsignedServer& operator=(const UnsignedServer&) = delete;
    const std::string& port() const { return port_; }

private:
    test::TemporaryFolder folder_;
    std::FILE* output_ = nullptr;
    std::string port_;
};

TEST(ClientFailure, NeverTalksToAPeerItCannotVerify) {
    const UnsignedServer server;
    if (server.port().empty()) GTEST_SKIP() << "needs the openssl program";
    expect_error(send(get("https://localhost:" + server.port() + "/")), Code::kTls, Fault::kRefused);
}

// Accepts and says nothing.
class SilentListener {
public:
    SilentListener() : acceptor_(context_, {boost::asio::ip::address_v4::loopback(), 0}) {}
    std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/"; }

private:
    boost::asio::io_context context_;
    boost::asio::ip::tcp::acceptor acceptor_;
};

TEST(ClientFailure, IsCancelledWithItsCaller) {
    const SilentListener silent;
    LoopThread loop;
    auto client = Client::make(loop.context().get_executor());
    boost::asio::cancellation_signal signal;
    std::promise<Result<Response>> outcome;
    boost::asio::co_spawn(
        loop.context(), client->send(get(silent.url())),
        boost::asio::bind_cancellation_slot(
            signal.slot(), [&](std::exception_ptr, Result<Response> result) { outcome.set_value(std::move(result)); }));
    loop.call([&] { return signal.emit(boost::asio::cancellation_type::terminal), 0; });
    auto future = outcome.get_future();
    ASSERT_EQ(future.wait_for(test::kPatience), std::future_status::ready);
    expect_error(future.get(), Code::kCancelled, Fault::kCancelled);
    loop.call([&] { return client.reset(), 0; });
}

TEST(ClientFailure, IsCancelledWhenTheClientGoes) {
    const SilentListener silent;
    LoopThread loop;
    auto client = Client::make(loop.context().get_executor());
    auto first = boost::asio::co_spawn(loop.context(), client->send(get(silent.url())), boost::asio::use_future);
    auto second = boost::asio::co_spawn(loop.context(), client->send(get(silent.url())), boost::asio::use_future);
    auto unsent = client->send(get(silent.url()));
    loop.call([&] { return client.reset(), 0; });
    for (auto* future : {&first, &second}) {
        ASSERT_EQ(future->wait_for(test::kPatience), std::future_status::ready);
        expect_error(future->get(), Code::kCancelled, Fault::kCancelled);
    }
    expect_error(loop.await(std::move(unsent)), Code::kCancelled, Fault::kCancelled);
}

TEST(ClientFailure, MayBeUnderWayWhenTheLoopIsDestroyed) {
    const SilentListener silent;
    for (const bool client_goes_first : {true, false}) {
        SCOPED_TRACE(client_goes_first);
        bool is_answered = false;
        {
            boost::asio::io_context context;
            auto client = Client::make(context.get_executor());
            for (int i = 0; i < 3; ++i) {
                boost::asio::co_spawn(context, client->send(get(silent.url())),
                                      [&](std::exception_ptr, const Result<Response>&) { is_answered = true; });
            }
            context.poll();
            if (client_goes_first) client.reset();
        }
        EXPECT_FALSE(is_answered);
    }
}

} // namespace
} // namespace everlong::http
