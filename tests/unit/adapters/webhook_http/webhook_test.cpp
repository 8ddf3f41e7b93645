// The webhook as its receiver sees it, and what of the receiver's answer counts.

#include <adapters/webhook_http/webhook.hpp>

#include <base/digest.hpp>
#include <http/server.hpp>
#include <support/run.hpp>

#include <gtest/gtest.h>

namespace everlong::adapters {
namespace {

class Webhook : public testing::Test {
protected:
    Webhook() {
        server_ = http::Server::make(io_.get_executor(), {}, [this](http::Request request) -> Async<http::Response> {
            heard_ = std::move(request);
            co_return answer_;
        });
        const std::string url = "http://127.0.0.1:" + std::to_string(server_->listen_tcp("127.0.0.1", 0).value());
        webhook_ = make_http_webhook(*client_, {url + "/hook", Secret("a secret of sixteen")});
    }
    Result<int> tell() { return test::run(io_, webhook_->tell({{"post", "post_1", "cafe", "published", Instant{}}})); }

    boost::asio::io_context io_{1};
    std::unique_ptr<http::Client> client_ = http::Client::make(io_.get_executor());
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<ports::Webhook> webhook_;
    http::Request heard_;
    http::Response answer_;
};

TEST_F(Webhook, IsSignedOverTheBytesOfItsBody) {
    ASSERT_TRUE(tell());
    EXPECT_EQ(heard_.method, "POST");
    EXPECT_EQ(heard_.target, "/hook");
    EXPECT_EQ(heard_.body, R"({"events":[{"event":"post","at":"1970-01-01T00:00:00Z","id":"post_1","channel":"cafe",)"
                           R"("state":"published"}]})");
    const Sha256 digest = hmac_sha256("a secret of sixteen", heard_.body);
    EXPECT_EQ(heard_.headers.find("X-Everlong-Signature-256"), "sha256=" + to_hex(digest.data(), digest.size()));
}

// Receivers answer with whole pages, as frameworks do; the events came all the same, and must not come again for ever.
TEST_F(Webhook, OfAnAnswerItsStatusCountsHoweverLongItIs) {
    answer_.status = 200;
    answer_.body = std::string(3'000'000, 'x');
    const auto status = tell();
    ASSERT_TRUE(status) << status.error().summary();
    EXPECT_EQ(*status, 200);
    answer_.status = 302;
    EXPECT_EQ(tell().value(), 302);
}

} // namespace
} // namespace everlong::adapters
