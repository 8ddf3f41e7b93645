// Bodies too large to hold: taken piece by piece, in both directions.
#include "server_fixture.hpp"

#include <http/body_taker.hpp>
#include <http/client.hpp>
#include <http/request_reader.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace everlong::http {
namespace {

using Step = RequestReader::Step;

struct Taker : BodyTaker {
    std::uint64_t limit_bytes() const override { return 1000; }
    bool take(std::string_view piece) override {
        taken += piece;
        return taken.size() < unwanted_at;
    }
    std::string taken;
    std::size_t unwanted_at = 100'000;
};

struct Given {
    std::shared_ptr<Taker> taker = std::make_shared<Taker>();
    // For uploads only.
    BodyPlan plan() {
        return [this](const Request& head) -> std::shared_ptr<BodyTaker> {
            EXPECT_TRUE(head.body.empty());
            return head.target == "/upload" ? taker : nullptr;
        };
    }
};

// Feeds the bytes seven at a time, and stops where the reader has an answer.
Step feed(RequestReader& reader, std::string_view bytes) {
    Step step = reader.advance();
    while (!bytes.empty() && (step == Step::kNeedsHead || step == Step::kNeedsBody)) {
        const auto room = reader.prepare();
        const std::size_t size = std::min<std::size_t>({7, bytes.size(), room.size()});
        std::ranges::copy(bytes.substr(0, size), room.begin());
        reader.commit(size);
        bytes.remove_prefix(size);
        step = reader.advance();
    }
    return step;
}

ServerLimits small_limits() {
    ServerLimits limits;
    limits.body_bytes = 10;
    return limits;
}

TEST(BodyTaker, TakesWhatTheLimitsWouldRefuse) {
    for (const char* framing : {"Content-Length: 20\r\n\r\n01234567890123456789",
                                "Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"}) {
        SCOPED_TRACE(framing);
        Given given;
        RequestReader reader(small_limits(), false, given.plan());
        ASSERT_EQ(feed(reader, "POST /upload HTTP/1.1\r\nHost: h\r\n" + std::string(framing)), Step::kComplete);
        const Request request = reader.take();
        EXPECT_EQ(request.taker, given.taker);
        EXPECT_EQ(request.body, "");
        EXPECT_EQ(given.taker->taken, "01234567890123456789");
    }
}

TEST(BodyTaker, OtherRequestsAreHeldAsBefore) {
    Given given;
    RequestReader reader(small_limits(), false, given.plan());
    ASSERT_EQ(feed(reader, "POST /else HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"), Step::kComplete);
    const Request request = reader.take();
    EXPECT_EQ(request.body, "abc");
    EXPECT_EQ(request.taker, nullptr);
    ASSERT_EQ(feed(reader, "POST /else HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"), Step::kRefused);
    EXPECT_EQ(reader.refusal(), 413);
    EXPECT_EQ(given.taker->taken, "");
}

TEST(BodyTaker, HasALimitOfItsOwn) {
    Given given;
    RequestReader told(small_limits(), false, given.plan());
    ASSERT_EQ(feed(told, "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"), Step::kRefused);
    EXPECT_EQ(told.refusal(), 413);
    RequestReader chunked(small_limits(), false, given.plan());
    ASSERT_EQ(feed(chunked, "POST /upload HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\nxxxx"),
              Step::kRefused);
    EXPECT_EQ(chunked.refusal(), 413);
}

TEST(BodyTaker, CanCutTheConnection) {
    Given given;
    given.taker->unwanted_at = 8;
    RequestReader reader(small_limits(), false, given.plan());
    EXPECT_EQ(feed(reader, "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n01234567890123456789"),
              Step::kUnwanted);
}

// Stores each piece in its own time, and perhaps wants no more.
struct SlowTaker : Taker {
    explicit SlowTaker(boost::asio::any_io_executor executor) : pause(std::move(executor)) {}
    std::uint64_t limit_bytes() const override { return 100'000'000; }
    bool take(std::string_view piece) override {
        waiting += piece.size();
        most_waiting = std::max(most_waiting, waiting);
        total += piece.size();
        return true;
    }
    Async<bool> settle() override {
        pause.expires_after(Milliseconds(1));
        co_await pause.async_wait(boost::asio::use_awaitable);
        waiting = 0;
        co_return total < refused_at;
    }
    boost::asio::steady_timer pause;
    std::size_t waiting = 0;
    std::size_t most_waiting = 0;
    std::size_t total = 0;
    std::size_t refused_at = 100'000'000;
};

struct UploadServer {
    UploadServer()
        : fixture([this](Request request) -> Async<Response> {
              Response response;
              response.status = request.taker && taker->total == 4'000'000 ? 200 : 507;
              co_return response;
          }),
          taker(std::make_shared<SlowTaker>(fixture.loop().context().get_executor())) {
        fixture.loop().call([this] {
            fixture.server().set_body_plan([this](const Request&) { return taker; });
            return 0;
        });
    }
    ~UploadServer() { fixture.stop(Milliseconds(0)); }
    test::ServerFixture fixture;
    std::shared_ptr<SlowTaker> taker;
};

constexpr const char* kUploadHead = "POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n";

TEST(BodyTaker, NothingMoreComesInBeforeAPieceHasSettled) {
    UploadServer server;
    test::Peer peer(server.fixture.port());
    ASSERT_TRUE(peer.send(std::string(kUploadHead) + "\r\n" + std::string(4'000'000, 'x')));
    EXPECT_TRUE(peer.receive_response().starts_with("HTTP/1.1 200 "));
    EXPECT_LE(server.taker->most_waiting, 64U * 1024);
    // The connection goes on.
    ASSERT_TRUE(peer.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_TRUE(peer.receive_response().starts_with("HTTP/1.1 507 "));
}

TEST(BodyTaker, ThatWantsNoMoreIsAnsweredForAtOnce) {
    UploadServer server;
    server.taker->refused_at = 1;
    test::Peer peer(server.fixture.port());
    ASSERT_TRUE(peer.send(std::string(kUploadHead) + "\r\n" + std::string(1000, 'x')));
    const std::string answer = peer.receive_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 507 ")) << answer;
    EXPECT_TRUE(answer.contains("Connection: close")) << answer;
}

TEST(BodyTaker, APeerThatAsksFirstIsNotToldToGoOnWithWhatIsNotWanted) {
    UploadServer server;
    server.taker->refused_at = 0;
    test::Peer peer(server.fixture.port());
    ASSERT_TRUE(peer.send(std::string(kUploadHead) + "Expect: 100-continue\r\n\r\n"));
    EXPECT_TRUE(peer.receive_all().starts_with("HTTP/1.1 507 "));
}

TEST(Client, GivesABodyPieceByPieceWithinItsLimit) {
    test::ServerFixture server([](Request request) -> Async<Response> {
        Response response;
        response.body = request.target + std::string(200'000, 'x');
        co_return response;
    });
    test::LoopThread loop;
    auto client = Client::make(loop.context().get_executor());
    const auto ask = [&](std::size_t limit, std::string& taken) {
        OutgoingRequest request;
        request.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/a";
        request.encoded_query = "b=%2F+c&d";
        request.body_limit_bytes = limit;
        request.on_body = [&taken](std::string_view piece) { taken += piece; };
        return loop.await(client->send(std::move(request)));
    };
    std::string taken;
    const auto answer = ask(300'000, taken);
    ASSERT_TRUE(answer) << answer.error().summary();
    EXPECT_EQ(answer->body, "");
    EXPECT_EQ(taken.size(), 200'012U);
    EXPECT_TRUE(taken.starts_with("/a?b=%2F+c&dxxx"));
    std::string beginning;
    const auto refused = ask(1000, beginning);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kUpstreamSize);
    loop.call([&] { return client.reset(), 0; });
}

} // namespace
} // namespace everlong::http
