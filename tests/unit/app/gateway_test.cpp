// How commands reach the API: by a service's socket, or with the data directory to themselves.

#include <app/gateway.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <adapters/data_dir/socket_path.hpp>
#include <app/lasting_gateway.hpp>
#include <app/node.hpp>

#include <support/run.hpp>
#include <support/temp_dir.hpp>

#include <boost/asio/local/stream_protocol.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace everlong::app {
namespace {

class NoLog final : public ports::Log {
public:
    void info(std::string_view) override {}
    void warn(std::string_view) override {}
    void error(std::string_view) override {}
};

class Gateways : public testing::Test {
protected:
    Config config() const {
        Config config;
        config.data_dir = directory_.path() / "data";
        // Nobody listens there, and no test here gets as far as asking Meta.
        config.meta_base = "http://127.0.0.1:1";
        return config;
    }
    // What stands for a service: it has the socket, and says what it was asked.
    std::unique_ptr<http::Server> serve() {
        std::filesystem::create_directory(config().data_dir);
        auto server = http::Server::make(io_.get_executor(), {},
                                         [](http::Request request) -> Async<http::Response> {
                                             http::Response response;
                                             response.body = request.method + " " + request.target + " " + request.body;
                                             co_return response;
                                         },
                                         adapters::read_system_clock, {});
        const adapters::SocketPath socket(config().data_dir);
        EXPECT_TRUE(server->listen_unix(socket.text()));
        return server;
    }
    std::optional<Code> refusal_to_open() {
        auto node = Node::open(io_.get_executor(), config(), log_);
        return node ? std::nullopt : std::optional(node.error().code());
    }

    test::TempDir directory_;
    NoLog log_;
    boost::asio::io_context io_{1};
};

TEST_F(Gateways, OpenTheDataDirectoryForACallWhereNoServiceRuns) {
    Gateway gateway(io_, config(), log_);
    const auto answer = test::run(io_, gateway.call({"GET", "/v1/channels", {}, {}}));
    ASSERT_TRUE(answer) << answer.error().summary();
    EXPECT_EQ(answer->status, 200);
    EXPECT_FALSE(gateway.has_service());
    EXPECT_EQ(refusal_to_open(), std::nullopt); // only for the call
}

TEST_F(Gateways, GoThroughAServiceThatRuns) {
    const auto server = serve();
    Gateway gateway(io_, config(), log_);
    const auto answer = test::run(io_, gateway.call({"POST", "/v1/posts?check=true&note=a%20b", "{}", {}}));
    ASSERT_TRUE(answer) << answer.error().summary();
    EXPECT_EQ(answer->body, "POST /v1/posts?check=true&note=a%20b {}");
    EXPECT_TRUE(gateway.has_service());
    test::run(io_, server->stop(Milliseconds(0)));
}

TEST_F(Gateways, SayThatAServiceIsSilent) {
    const auto client = http::Client::make(io_.get_executor());
    const auto absent = test::run(io_, finds_service(*client, config()));
    ASSERT_TRUE(absent) << absent.error().summary();
    EXPECT_FALSE(*absent);
    {
        const auto server = serve();
        const auto present = test::run(io_, finds_service(*client, config()));
        ASSERT_TRUE(present) << present.error().summary();
        EXPECT_TRUE(*present);
        test::run(io_, server->stop(Milliseconds(0)));
    }
    // The kernel takes calls for a process that is stopped, and nobody answers.
    const adapters::SocketPath socket(config().data_dir);
    std::filesystem::remove(config().data_dir / "everlong.sock");
    const boost::asio::local::stream_protocol::acceptor listener(io_, {socket.text()});
    const auto silent = test::run(io_, finds_service(*client, config(), Milliseconds(50)));
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().code(), Code::kAlreadyRunning);
    EXPECT_NE(silent.error().detail().find("Ctrl-Z"), std::string::npos);
}

TEST_F(Gateways, ThatLastHoldTheDataDirectoryUntilTheyGo) {
    {
        LastingGateway gateway(io_, config(), log_);
        const auto opened = test::run(io_, gateway.open(0));
        ASSERT_TRUE(opened) << opened.error().summary();
        EXPECT_FALSE(gateway.has_service());
        EXPECT_EQ(refusal_to_open(), Code::kAlreadyRunning);
        const auto answer = test::run(io_, gateway.call({"GET", "/v1/channels", {}, {}}));
        ASSERT_TRUE(answer) << answer.error().summary();
        EXPECT_EQ(answer->status, 200);
        test::run(io_, gateway.close());
    }
    EXPECT_EQ(refusal_to_open(), std::nullopt);
}

TEST_F(Gateways, ThatLastLeaveTheDataDirectoryToAServiceThatRuns) {
    const auto server = serve();
    {
        LastingGateway gateway(io_, config(), log_);
        const auto opened = test::run(io_, gateway.open(0));
        ASSERT_TRUE(opened) << opened.error().summary();
        EXPECT_TRUE(gateway.has_service());
        const auto answer = test::run(io_, gateway.call({"GET", "/v1/logins/1", {}, {}}));
        ASSERT_TRUE(answer) << answer.error().summary();
        EXPECT_EQ(answer->body, "GET /v1/logins/1 ");
        // Nothing but the service's socket: nobody opened a store here.
        const std::filesystem::directory_iterator entries(config().data_dir);
        EXPECT_EQ(std::ranges::distance(begin(entries), end(entries)), 1);
        test::run(io_, gateway.close());
    }
    test::run(io_, server->stop(Milliseconds(0)));
}

TEST_F(Gateways, ThatLastSayThatAPortIsTaken) {
    auto other = http::Server::make(io_.get_executor(), {},
                                    [](http::Request) -> Async<http::Response> { co_return http::Response{}; },
                                    adapters::read_system_clock, {});
    const auto taken = other->listen_tcp("127.0.0.1", 0);
    ASSERT_TRUE(taken);
    {
        LastingGateway gateway(io_, config(), log_);
        const auto opened = test::run(io_, gateway.open(*taken));
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code(), Code::kPortTaken);
        test::run(io_, gateway.close());
    }
    test::run(io_, other->stop(Milliseconds(0)));
}

} // namespace
} // namespace everlong::app
