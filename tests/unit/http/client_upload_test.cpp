// Bodies that are made while they are sent.
#include <http/client.hpp>

#include "raw_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace everlong::http {
namespace {

using test::LoopThread;
using test::RawServer;
using test::ServerFixture;

class ClientUpload : public testing::Test {
protected:
    ~ClientUpload() override {
        loop_.call([this] { return client_.reset(), 0; });
    }
    Result<Response> send(OutgoingRequest request) { return loop_.await(client_->send(std::move(request))); }

    LoopThread loop_;
    std::unique_ptr<Client> client_ = Client::make(loop_.context().get_executor());
};

// Gives the text in pieces as large as there is room for, at most `piece`.
OutgoingBody body_of(std::string text, std::size_t piece = SIZE_MAX) {
    OutgoingBody body;
    body.size_bytes = text.size();
    body.pull = [text = std::move(text), piece, at = std::size_t{0}](std::span<char> room) mutable {
        const std::size_t size = std::min({room.size(), piece, text.size() - at});
        std::copy_n(text.data() + at, size, room.data());
        at += size;
        return std::optional(size);
    };
    return body;
}

OutgoingRequest post(std::string url, OutgoingBody body) {
    OutgoingRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.upload = std::move(body);
    request.deadline = Seconds(10);
    return request;
}

std::string long_text() {
    std::string text;
    for (int i = 0; text.size() < 3 * 1024 * 1024; ++i) {
        text += std::to_string(i) + ",";
    }
    return text;
}

// Heads and bodies as they came.
class Mirror {
public:
    std::string url(std::string_view path) { return server_.url(path); }
    Request last;

private:
    static ServerLimits wide() {
        ServerLimits limits;
        limits.body_bytes = 8 * 1024 * 1024;
        return limits;
    }
    ServerFixture server_{[this](Request request) -> Async<Response> {
                              last = std::move(request);
                              co_return Response{};
                          },
                          wide()};
};

TEST_F(ClientUpload, ArrivesWholeWithItsLengthAndWithoutWaiting) {
    const std::string text = long_text();
    for (const std::size_t piece : {SIZE_MAX, std::size_t{1000}}) {
        Mirror mirror;
        auto request = post(mirror.url("/a"), body_of(text, piece));
        request.headers.add("Content-Type", "application/octet-stream");
        request.bearer = Secret("secret-1");
        request.bearer_scheme = "OAuth";
        const auto sent = send(std::move(request));
        ASSERT_TRUE(sent.has_value()) << sent.error().summary();
        EXPECT_EQ(mirror.last.body, text);
        EXPECT_EQ(mirror.last.method, "POST");
        EXPECT_EQ(mirror.last.headers.find("Content-Length"), std::to_string(text.size()));
        EXPECT_EQ(mirror.last.headers.find("Content-Type"), "application/octet-stream");
        EXPECT_EQ(mirror.last.headers.find("Authorization"), "OAuth secret-1");
        EXPECT_FALSE(mirror.last.headers.find("Expect").has_value());
        EXPECT_FALSE(mirror.last.headers.find("Transfer-Encoding").has_value());
    }
}

TEST_F(ClientUpload, AnEmptyBodyIsOne) {
    Mirror mirror;
    OutgoingBody nothing;
    nothing.pull = [](std::span<char>) -> std::optional<std::size_t> { return std::nullopt; };
    const auto sent = send(post(mirror.url("/a"), std::move(nothing)));
    ASSERT_TRUE(sent.has_value()) << sent.error().summary();
    EXPECT_EQ(mirror.last.headers.find("Content-Length"), "0");
}

TEST_F(ClientUpload, ASourceThatFailsEndsTheRequestUnfinished) {
    for (const auto& given : {std::optional<std::size_t>(), std::optional<std::size_t>(0)}) {
        Mirror mirror;
        OutgoingBody body;
        body.size_bytes = 1'000'000;
        body.pull = [given, is_first = true](std::span<char> room) mutable {
            if (!std::exchange(is_first, false)) return given;
            std::ranges::fill(room, 'x');
            return std::optional(room.size());
        };
        const auto sent = send(post(mirror.url("/a"), std::move(body)));
        ASSERT_FALSE(sent.has_value());
        EXPECT_EQ(sent.error().code(), Code::kUnknownOutcome) << sent.error().summary();
        EXPECT_TRUE(mirror.last.method.empty()) << "half a body is no request";
    }
}

TEST_F(ClientUpload, AnEarlyRefusalIsHeard) {
    RawServer server({{"HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno!\n"}});
    const auto sent = send(post(server.url("/a"), body_of(long_text())));
    // The peer closes with our bytes unread: its words may be lost on the way, but never become a success.
    if (sent) {
        EXPECT_EQ(sent->status, 403);
    } else {
        EXPECT_EQ(sent.error().code(), Code::kUnknownOutcome) << sent.error().summary();
    }
}

TEST_F(ClientUpload, NothingThereMeansNothingSent) {
    const auto sent = send(post("http://127.0.0.1:1/a", body_of("x")));
    ASSERT_FALSE(sent.has_value());
    EXPECT_EQ(sent.error().code(), Code::kUnreachable);
}

TEST_F(ClientUpload, ATransferThatStandsStillIsGivenUpBeforeItsDeadline) {
    ServerFixture server([](Request) -> Async<Response> {
        test::asio::steady_timer never(co_await test::asio::this_coro::executor, Hours(1));
        co_await never.async_wait(test::asio::use_awaitable);
        co_return Response{};
    });
    auto request = post(server.url("/a"), body_of("x"));
    request.deadline = Hours(1);
    request.slowest_pace = {.bytes_per_second = 1000, .during = Seconds(1)};
    const auto sent = send(std::move(request));
    ASSERT_FALSE(sent.has_value());
    EXPECT_EQ(sent.error().code(), Code::kUnknownOutcome) << sent.error().summary();
}

TEST_F(ClientUpload, OnlyOneBodyAndOnlyWhereThereIsOne) {
    auto two = post("http://127.0.0.1:1/a", body_of("x"));
    two.body = "y";
    auto form = post("http://127.0.0.1:1/a", body_of("x"));
    form.form.emplace_back("a", std::string("b"));
    auto get = post("http://127.0.0.1:1/a", body_of("x"));
    get.method = "GET";
    auto sourceless = post("http://127.0.0.1:1/a", {});
    auto scheme = post("http://127.0.0.1:1/a", body_of("x"));
    scheme.bearer = Secret("t");
    scheme.bearer_scheme = "O Auth";
    for (auto* request : {&two, &form, &get, &sourceless, &scheme}) {
        const auto sent = send(std::move(*request));
        ASSERT_FALSE(sent.has_value());
        EXPECT_EQ(sent.error().code(), Code::kUsage) << sent.error().summary();
    }
}

} // namespace
} // namespace everlong::http
