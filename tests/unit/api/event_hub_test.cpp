#include <api/event_hub.hpp>

#include <http/server.hpp>
#include <support/run.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace everlong::api {
namespace {

namespace asio = boost::asio;

constexpr const char* kGreeting = "retry: 1000\n: listening\n\n";

class EventHubTest : public testing::Test {
protected:
    std::shared_ptr<http::BodyStream> listen(EventHub& hub, std::string only = {}) {
        auto stream = hub.listen(std::move(only));
        EXPECT_TRUE(stream);
        EXPECT_EQ(next(**stream), kGreeting);
        return std::move(*stream);
    }
    std::string next(http::BodyStream& stream) { return test::run(io_, stream.next()); }

    asio::io_context io_{1};
};

TEST_F(EventHubTest, TellsWhatHappenedInOrder) {
    EventHub hub(io_.get_executor());
    const auto stream = listen(hub);
    hub.tell_channel("cafe");
    hub.tell_login("L1", "connected", "bar");
    hub.tell_clock(instant_from_unix_s(1'780'000'000));
    EXPECT_EQ(next(*stream), "event: channel\ndata: {\"name\":\"cafe\"}\n\n"
                             "event: login\ndata: {\"id\":\"L1\",\"stage\":\"connected\",\"channel\":\"bar\"}\n\n"
                             "event: clock\ndata: {\"now\":\"2026-05-28T20:26:40Z\"}\n\n");
    hub.tell_channel("cafe");
    EXPECT_EQ(next(*stream), "event: channel\ndata: {\"name\":\"cafe\"}\n\n");
}

TEST_F(EventHubTest, EndsEveryStreamButNotItself) {
    EventHub hub(io_.get_executor());
    const auto of_all = listen(hub);
    const auto of_one = listen(hub, "cafe");
    asio::post(io_, [&] { hub.end_all(); });
    EXPECT_EQ(next(*of_all), "");
    hub.tell_channel("cafe");
    EXPECT_EQ(next(*of_one), "");
    const auto again = listen(hub);
    hub.tell_channel("cafe");
    EXPECT_EQ(next(*again), "event: channel\ndata: {\"name\":\"cafe\"}\n\n");
}

TEST_F(EventHubTest, WakesWhoWaits) {
    EventHub hub(io_.get_executor());
    const auto stream = listen(hub);
    asio::post(io_, [&] { hub.tell_channel("cafe"); });
    EXPECT_EQ(next(*stream), "event: channel\ndata: {\"name\":\"cafe\"}\n\n");
}

TEST_F(EventHubTest, TellsEqualEventsOnceAndNothingOfNoChannel) {
    EventHub hub(io_.get_executor());
    const auto stream = listen(hub);
    for (int i = 0; i < 1000; ++i)
        hub.tell_channel("cafe");
    hub.tell_channel("");
    EXPECT_EQ(next(*stream), "event: channel\ndata: {\"name\":\"cafe\"}\n\n");
}

TEST_F(EventHubTest, TellsAKeyForOneChannelOnlyOfThat) {
    EventHub hub(io_.get_executor());
    const auto stream = listen(hub, "cafe");
    hub.tell_channel("bar");
    hub.tell_login("L1", "waiting", "bar");
    hub.tell_channel("cafe-2");
    hub.tell_channel("cafe");
    EXPECT_EQ(next(*stream), "event: channel\ndata: {\"name\":\"cafe\"}\n\n");
    hub.follow_rename("bar", "cafe-3");
    hub.follow_rename("cafe", "shop");
    hub.tell_channel("cafe");
    hub.tell_channel("cafe-3");
    hub.tell_channel("shop");
    EXPECT_EQ(next(*stream), "event: channel\ndata: {\"name\":\"shop\"}\n\n");
}

TEST_F(EventHubTest, LetsNoTextBreakOutOfItsEvent) {
    EventHub hub(io_.get_executor());
    const auto stream = listen(hub);
    hub.tell_login("a\n\nevent: clock\ndata: {}", "b\r\n", "c\"");
    EXPECT_EQ(next(*stream),
              "event: login\ndata: "
              "{\"id\":\"a\\n\\nevent: clock\\ndata: {}\",\"stage\":\"b\\r\\n\",\"channel\":\"c\\\"\"}\n\n");
}

TEST_F(EventHubTest, DropsAListenerThatFallsBehind) {
    EventHub hub(io_.get_executor(), {.waiting = 3});
    const auto slow = listen(hub);
    const auto good = listen(hub);
    for (int i = 0; i < 4; ++i) {
        hub.tell_channel("c" + std::to_string(i));
        EXPECT_FALSE(next(*good).empty());
    }
    EXPECT_EQ(next(*slow), "");
    hub.tell_channel("c9");
    EXPECT_EQ(next(*slow), "");
    EXPECT_EQ(next(*good), "event: channel\ndata: {\"name\":\"c9\"}\n\n");
}

TEST_F(EventHubTest, SaysNowAndThenThatItIsThere) {
    EventHub hub(io_.get_executor(), {.heartbeat = Milliseconds(1)});
    const auto stream = listen(hub);
    EXPECT_EQ(next(*stream), ": still here\n\n");
    EXPECT_EQ(next(*stream), ": still here\n\n");
}

TEST_F(EventHubTest, EndsAfterItsLifetimeAlsoWhereEventsNeverStop) {
    EventHub hub(io_.get_executor(), {.heartbeat = Hours(1), .lifetime = Milliseconds(1)});
    const auto stream = listen(hub);
    EXPECT_EQ(next(*stream), "");
    hub.tell_channel("cafe");
    EXPECT_EQ(next(*stream), "");
}

TEST_F(EventHubTest, TakesNoMoreListenersThanItsLimit) {
    EventHub hub(io_.get_executor(), {.listeners = 2});
    auto first = listen(hub);
    const auto second = listen(hub);
    const auto third = hub.listen("");
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code(), Code::kHttpBusy);
    first.reset();
    EXPECT_EQ(hub.listener_count(), 1U);
    EXPECT_TRUE(hub.listen(""));
}

TEST_F(EventHubTest, EndsItsListenersWithItself) {
    auto hub = std::make_unique<EventHub>(io_.get_executor());
    const auto stream = listen(*hub);
    asio::post(io_, [&] { hub.reset(); });
    EXPECT_EQ(next(*stream), "");
}

// What one listener gets by the network until `marker` stands in it.
Async<std::string> read_until(asio::ip::tcp::socket& socket, asio::streambuf& buffer, std::string marker) {
    co_await asio::async_read_until(socket, buffer, marker, asio::use_awaitable);
    const std::string text(asio::buffers_begin(buffer.data()), asio::buffers_end(buffer.data()));
    buffer.consume(buffer.size());
    co_return text;
}

TEST_F(EventHubTest, ServesTwoHundredListenersAndForgetsThemWhenTheyGo) {
    constexpr int kListeners = 200;
    EventHub hub(io_.get_executor());
    auto server = http::Server::make(io_.get_executor(), {}, [&](http::Request) -> Async<http::Response> {
        http::Response response;
        response.stream = hub.listen("").value();
        co_return response;
    });
    const asio::ip::tcp::endpoint place(asio::ip::address_v4::loopback(), server->listen_tcp("127.0.0.1", 0).value());
    test::run(io_, [](EventHub& hub_, asio::ip::tcp::endpoint place_) -> Async<void> {
        const auto executor = co_await asio::this_coro::executor;
        std::vector<asio::ip::tcp::socket> sockets;
        std::vector<std::unique_ptr<asio::streambuf>> buffers;
        for (int i = 0; i < kListeners; ++i) {
            sockets.emplace_back(executor);
            buffers.push_back(std::make_unique<asio::streambuf>());
            co_await sockets.back().async_connect(place_, asio::use_awaitable);
            const std::string get = "GET /v1/events HTTP/1.1\r\nHost: h\r\n\r\n";
            co_await asio::async_write(sockets.back(), asio::buffer(get), asio::use_awaitable);
            co_await read_until(sockets.back(), *buffers.back(), ": listening\n\n\r\n");
        }
        EXPECT_EQ(hub_.listener_count(), 200U);
        hub_.tell_channel("cafe");
        for (int i = 0; i < kListeners; ++i) {
            const std::string got = co_await read_until(sockets[i], *buffers[i], "\n\n\r\n");
            EXPECT_EQ(got, "26\r\nevent: channel\ndata: {\"name\":\"cafe\"}\n\n\r\n");
        }
    }(hub, place));
    // The sockets are closed; the server hears of each.
    while (hub.listener_count() > 0)
        ASSERT_GT(io_.run_one_for(Seconds(10)), 0U);
    test::run(io_, server->stop(Milliseconds(0)));
}

} // namespace
} // namespace everlong::api
