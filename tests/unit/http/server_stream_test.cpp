// Bodies that are made while they are sent: how they are framed, and that each of their three ends is heard of by the
// others (the maker stops, the reader goes, the server stops).

#include "server_fixture.hpp"

#include <http/body_stream.hpp>

#include <async/event.hpp>

#include <gtest/gtest.h>

#include <deque>

namespace everlong::http {
namespace {

using test::Peer;
using test::ServerFixture;

// Gives what it was given, then waits, or ends where it was told to.
struct Source {
    std::deque<std::string> pieces;
    bool ends = true;
    std::atomic<bool> is_gone = false;
    std::promise<void> gone;
    int given = 0;
};

class TestStream final : public BodyStream {
public:
    TestStream(std::shared_ptr<Source> source, boost::asio::any_io_executor executor)
        : source_(std::move(source)), never_(std::move(executor)) {}
    ~TestStream() override {
        source_->is_gone = true;
        source_->gone.set_value();
    }
    Async<std::string> next() override {
        if (!source_->pieces.empty()) {
            ++source_->given;
            std::string piece = source_->pieces.front();
            source_->pieces.pop_front();
            co_return piece;
        }
        if (!source_->ends) co_await never_.wait();
        co_return std::string();
    }
    void end() override { never_.set(); }

private:
    std::shared_ptr<Source> source_;
    Event never_;
};

std::shared_ptr<Source> source_of(std::deque<std::string> pieces, bool ends = true) {
    auto source = std::make_shared<Source>();
    source->pieces = std::move(pieces);
    source->ends = ends;
    return source;
}

Handler stream_of(std::shared_ptr<Source> source) {
    return [source](Request) -> Async<Response> {
        Response response;
        response.stream = std::make_shared<TestStream>(source, co_await boost::asio::this_coro::executor);
        co_return response;
    };
}

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(ServerStream, SendsEachPieceAsAChunkAndKeepsTheConnection) {
    ServerFixture fixture([](Request request) -> Async<Response> {
        Response response;
        response.stream = std::make_shared<TestStream>(source_of({"ab", std::string(26, 'c'), request.target}),
                                                       co_await boost::asio::this_coro::executor);
        co_return response;
    });
    Peer peer(fixture.port());
    for (const char* target : {"/1", "/2"}) {
        const std::string expected =
            kChunkedHead + "2\r\nab\r\n1a\r\n" + std::string(26, 'c') + "\r\n2\r\n" + target + "\r\n0\r\n\r\n";
        peer.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(peer.receive(expected.size()), expected);
    }
}

TEST(ServerStream, SendsPlainlyToHttp10AndCloses) {
    ServerFixture fixture(stream_of(source_of({"ab", "c"})));
    Peer peer(fixture.port());
    peer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(peer.receive_all(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc");
}

Handler known_length(std::deque<std::string> pieces, std::uint64_t length) {
    return [pieces, length](Request) -> Async<Response> {
        Response response;
        response.stream = std::make_shared<TestStream>(source_of(pieces), co_await boost::asio::this_coro::executor);
        response.stream_length = length;
        co_return response;
    };
}

TEST(ServerStream, SaysTheLengthWhereItIsKnown) {
    ServerFixture fixture(known_length({"ab", "c"}, 3));
    Peer peer(fixture.port());
    const std::string expected = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    for (int i = 0; i < 2; ++i) { // the connection goes on
        peer.send(kGet);
        EXPECT_EQ(peer.receive(expected.size()), expected);
    }
    peer.send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(peer.receive_all(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
}

TEST(ServerStream, OneThatGivesAnotherLengthThanItSaidMisleadsNobody) {
    ServerFixture shorter(known_length({"ab"}, 3));
    Peer cut(shorter.port());
    cut.send(kGet);
    EXPECT_EQ(cut.receive_all(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
    ServerFixture longer(known_length({"ab", "cd"}, 3));
    Peer peer(longer.port());
    const std::string expected = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    for (int i = 0; i < 2; ++i) {
        peer.send(kGet);
        EXPECT_EQ(peer.receive(expected.size()), expected);
    }
}

TEST(ServerStream, GivesHeadNoBody) {
    auto source = source_of({"ab"});
    ServerFixture fixture(stream_of(source));
    Peer peer(fixture.port());
    peer.send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(peer.receive_all(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    source->gone.get_future().wait();
    EXPECT_EQ(source->given, 0);
}

TEST(ServerStream, EndsItsMakerWhenTheReaderGoes) {
    auto source = source_of({"ab"}, false);
    ServerFixture fixture(stream_of(source));
    {
        Peer peer(fixture.port());
        peer.send(kGet);
        const std::string expected = kChunkedHead + "2\r\nab\r\n";
        EXPECT_EQ(peer.receive(expected.size()), expected);
        EXPECT_FALSE(source->is_gone);
    }
    EXPECT_EQ(source->gone.get_future().wait_for(test::kPatience), std::future_status::ready);
}

TEST(ServerStream, EndsInOrderWhenTheServerStops) {
    auto source = source_of({"ab"}, false);
    ServerFixture fixture(stream_of(source));
    Peer peer(fixture.port());
    peer.send(kGet);
    peer.receive(kChunkedHead.size() + 7);
    fixture.stop(Hours(1));
    EXPECT_EQ(peer.receive_all(), "0\r\n\r\n");
    EXPECT_TRUE(source->is_gone);
}

// A reader that takes nothing is cut after one write time-out, however long a stream may last.
TEST(ServerStream, DropsAReaderThatTakesNothing) {
    auto source = source_of(std::deque<std::string>(64, std::string(1024 * 1024, 'x')), false);
    ServerLimits limits;
    limits.write_timeout = Milliseconds(100);
    ServerFixture fixture(stream_of(source), limits);
    Peer peer(fixture.port());
    peer.send(kGet);
    EXPECT_EQ(source->gone.get_future().wait_for(test::kPatience), std::future_status::ready);
    EXPECT_LT(source->given, 64);
}

TEST(ServerStream, LastsLongerThanAnyTimeOut) {
    ServerLimits limits;
    limits.write_timeout = limits.idle_timeout = limits.head_timeout = limits.body_timeout = Milliseconds(20);
    auto source = source_of({"ab"}, false);
    ServerFixture fixture(stream_of(source), limits);
    Peer peer(fixture.port());
    peer.send(kGet);
    peer.receive(kChunkedHead.size() + 7);
    // An idle connection that came later is closed by its time-out; the stream is not.
    Peer idle(fixture.port());
    EXPECT_EQ(idle.receive_all(), "");
    Peer later(fixture.port());
    EXPECT_EQ(later.receive_all(), "");
    EXPECT_FALSE(source->is_gone);
}

TEST(ServerStream, DropsAReaderThatSendsOnAndOn) {
    auto source = source_of({"ab"}, false);
    ServerFixture fixture(stream_of(source));
    Peer peer(fixture.port());
    peer.send(kGet);
    peer.receive(kChunkedHead.size() + 7);
    peer.send(std::string(64 * 1024, 'x'));
    EXPECT_EQ(source->gone.get_future().wait_for(test::kPatience), std::future_status::ready);
}

TEST(ServerStream, TakesARequestThatWasSentAheadAfterItsEnd) {
    auto source = source_of({"ab"}, false);
    ServerFixture fixture([source](Request request) -> Async<Response> {
        Response response;
        response.body = request.target;
        if (request.target == "/")
            response.stream = std::make_shared<TestStream>(source, co_await boost::asio::this_coro::executor);
        co_return response;
    });
    Peer peer(fixture.port());
    peer.send(kGet + "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    peer.receive(kChunkedHead.size() + 7);
    // A second connection is served meanwhile.
    Peer other(fixture.port());
    other.send("GET /other HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(other.receive_all().ends_with("/other"));
    EXPECT_FALSE(source->is_gone);
}

} // namespace
} // namespace everlong::http
