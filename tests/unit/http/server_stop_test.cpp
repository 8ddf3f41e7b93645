// Listening and stopping: ports, socket files, and what becomes of requests under way.

#include "server_fixture.hpp"

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>

#include <fstream>

#include <sys/stat.h>

namespace everlong::http {
namespace {

using test::LoopThread;
using test::Peer;
using test::ServerFixture;
using test::TemporaryFolder;

Async<Response> answer_locality(Request request) {
    Response response;
    response.body = request.is_local ? "local" : "remote";
    co_return response;
}

const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

// A handler that waits until it is let go.
struct Gate {
    boost::asio::steady_timer* timer = nullptr; // while wait() runs
    std::promise<void> begun;
    bool was_cancelled = false;

    Handler handler() {
        return [this](Request) -> Async<Response> { return wait(); };
    }
    Async<Response> wait() {
        boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                        boost::asio::steady_timer::time_point::max());
        timer = &never;
        begun.set_value();
        boost::system::error_code ignored;
        co_await never.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
        const auto state = co_await boost::asio::this_coro::cancellation_state;
        was_cancelled = state.cancelled() != boost::asio::cancellation_type::none;
        Response response;
        response.body = "done";
        co_return response;
    }
};

TEST(ServerStop, LetsARequestUnderWayFinish) {
    Gate gate;
    ServerFixture fixture(gate.handler());
    Peer busy(fixture.port());
    busy.send(kGet);
    gate.begun.get_future().wait();
    auto stopped = std::async(std::launch::async, [&] { fixture.stop(Seconds(5)); });
    // A turn of the loop after which stop() has begun: new connections are refused.
    for (bool is_refused = false; !is_refused;) {
        try {
            Peer late(fixture.port());
        } catch (const std::system_error&) {
            is_refused = true;
        }
    }
    EXPECT_EQ(stopped.wait_for(Milliseconds(0)), std::future_status::timeout);
    fixture.loop().call([&] { return gate.timer->cancel(); });
    EXPECT_EQ(busy.receive_all(), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone");
    stopped.get();
    EXPECT_FALSE(gate.was_cancelled);
}

TEST(ServerStop, ClosesIdleConnectionsAtOnce) {
    ServerFixture fixture(answer_locality);
    Peer idle(fixture.port());
    idle.send(kGet);
    EXPECT_EQ(idle.receive_response(), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nremote");
    fixture.stop(Hours(1));
    EXPECT_EQ(idle.receive_all(), "");
}

TEST(ServerStop, CutsAndCancelsWhatOutlastsTheGrace) {
    Gate gate;
    ServerFixture fixture(gate.handler());
    Peer busy(fixture.port());
    busy.send(kGet);
    gate.begun.get_future().wait();
    Peer half(fixture.port());
    half.send("GET / HT");
    fixture.stop(Milliseconds(20));
    EXPECT_EQ(busy.receive_all(), "");
    EXPECT_EQ(half.receive_all(), "");
    EXPECT_TRUE(gate.was_cancelled);
}

TEST(ServerStop, MayBeAskedTwice) {
    ServerFixture fixture(answer_locality);
    fixture.stop(Milliseconds(10));
    fixture.stop(Milliseconds(10));
}

TEST(ServerStop, LeavesAPortThatCanBeTakenAgainAtOnce) {
    LoopThread loop;
    loop.call([&] {
        auto first = Server::make(loop.context().get_executor(), {}, answer_locality);
        const auto port = first->listen_tcp("127.0.0.1", 0);
        EXPECT_TRUE(port.has_value());
        auto second = Server::make(loop.context().get_executor(), {}, answer_locality);
        const auto taken = second->listen_tcp("127.0.0.1", *port);
        EXPECT_FALSE(taken.has_value());
        if (!taken) EXPECT_EQ(taken.error().code(), Code::kPortTaken);
        first.reset();
        EXPECT_EQ(second->listen_tcp("127.0.0.1", *port), *port);
        return 0;
    });
}

TEST(ServerStop, DestroysAServerWithRequestsUnderWay) {
    Gate gate;
    LoopThread loop;
    auto server = Server::make(loop.context().get_executor(), {}, gate.handler());
    const auto port = loop.call([&] { return server->listen_tcp("127.0.0.1", 0).value(); });
    Peer busy(port);
    busy.send(kGet);
    gate.begun.get_future().wait();
    Peer idle(port);
    loop.call([&] { return server.reset(), 0; });
    EXPECT_EQ(busy.receive_all(), "");
    idle.receive_all();
    EXPECT_TRUE(loop.call([&] { return gate.was_cancelled; }));
}

TEST(ServerStop, DestroysALoopWithRequestsUnderWay) {
    Gate gate;
    std::unique_ptr<Peer> busy;
    std::unique_ptr<Server> server;
    {
        LoopThread loop;
        server = Server::make(loop.context().get_executor(), {}, gate.handler());
        busy = std::make_unique<Peer>(loop.call([&] { return server->listen_tcp("127.0.0.1", 0).value(); }));
        busy->send(kGet);
        gate.begun.get_future().wait();
        loop.call([&] { return server.reset(), 0; });
        // The loop ends here, perhaps before the handler has unwound.
    }
    EXPECT_EQ(busy->receive_all(), "");
}

TEST(ServerListen, RefusesWhatIsNoAddress) {
    LoopThread loop;
    loop.call([&] {
        auto server = Server::make(loop.context().get_executor(), {}, answer_locality);
        for (const char* address : {"", "localhost", "127.0.0", "127.0.0.1:80"}) {
            SCOPED_TRACE(address);
            const auto result = server->listen_tcp(address, 0);
            EXPECT_FALSE(result.has_value());
            if (!result) EXPECT_EQ(result.error().code(), Code::kUsage);
        }
        const auto foreign = server->listen_tcp("192.0.2.1", 0); // TEST-NET-1: nobody's address
        EXPECT_FALSE(foreign.has_value());
        if (!foreign) EXPECT_EQ(foreign.error().code(), Code::kIo);
        return 0;
    });
}

TEST(ServerListen, ServesASocketFileOfItsOwnerAlone) {
    const TemporaryFolder folder;
    const std::string path = folder.file("everlong.sock");
    ServerFixture fixture(answer_locality);
    ASSERT_TRUE(fixture.loop().call([&] { return fixture.server().listen_unix(path); }).has_value());
    struct stat file{};
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode, S_IFSOCK | 0600U);
    Peer peer(path);
    peer.send(kGet);
    EXPECT_EQ(peer.receive_response(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlocal");
    fixture.stop(Milliseconds(100));
    EXPECT_NE(::stat(path.c_str(), &file), 0);
}

TEST(ServerListen, ReplacesADeadSocketFileButNoLiveOneAndNoOtherFile) {
    const TemporaryFolder folder;
    const std::string path = folder.file("everlong.sock");
    {
        boost::asio::io_context context;
        boost::asio::local::stream_protocol::acceptor dead(context, path); // leaves its file behind
    }
    ServerFixture fixture(answer_locality);
    ServerFixture rival(answer_locality);
    const auto listen = [](ServerFixture& who, const std::string& where) {
        return who.loop().call([&] { return who.server().listen_unix(where); });
    };
    EXPECT_TRUE(listen(fixture, path).has_value());
    const auto taken = listen(rival, path);
    ASSERT_FALSE(taken.has_value());
    EXPECT_EQ(taken.error().code(), Code::kPortTaken);
    Peer peer(path);
    peer.send(kGet);
    EXPECT_TRUE(peer.receive_response().ends_with("local"));

    const std::string precious = folder.file("precious");
    std::ofstream(precious) << "data";
    const auto no_socket = listen(rival, precious);
    ASSERT_FALSE(no_socket.has_value());
    EXPECT_EQ(no_socket.error().code(), Code::kIo);
    EXPECT_TRUE(std::filesystem::is_regular_file(precious));
}

TEST(ServerListen, LeavesASocketFileThatIsNoLongerItsOwn) {
    const TemporaryFolder folder;
    const std::string path = folder.file("everlong.sock");
    ServerFixture fixture(answer_locality);
    ASSERT_TRUE(fixture.loop().call([&] { return fixture.server().listen_unix(path); }).has_value());
    // Kept under another name, so that the successor cannot get the same inode.
    std::filesystem::rename(path, folder.file("old.sock"));
    ServerFixture successor(answer_locality);
    ASSERT_TRUE(successor.loop().call([&] { return successor.server().listen_unix(path); }).has_value());
    fixture.stop(Milliseconds(100));
    Peer peer(path);
    peer.send(kGet);
    EXPECT_TRUE(peer.receive_response().ends_with("local"));
}

TEST(ServerListen, KnowsHowLongASocketsPathMayBe) {
    const TemporaryFolder folder;
    ServerFixture fixture(answer_locality);
    const auto listen = [&](std::size_t length) {
        const std::string path = folder.file(std::string(length - folder.file("").size(), 'x'));
        return fixture.loop().call([&] { return fixture.server().listen_unix(path); });
    };
    EXPECT_TRUE(listen(107).has_value());
    const auto too_long = listen(108);
    ASSERT_FALSE(too_long.has_value());
    EXPECT_EQ(too_long.error().code(), Code::kUsage);
    const auto missing = fixture.loop().call([&] { return fixture.server().listen_unix(folder.file("no/such")); });
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code(), Code::kIo);
}

} // namespace
} // namespace everlong::http
