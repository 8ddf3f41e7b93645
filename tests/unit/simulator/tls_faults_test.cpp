// The fault `tls` as our own client meets it: what it must refuse, it refuses, and never asks again without verifying.
#include <support/run.hpp>
#include <unit/simulator/bench.hpp>

#include <http/client.hpp>
#include <http/server.hpp>
#include <http/test_authority.hpp>

namespace everlong::simulator {
namespace {

// A simulator behind TLS, and a client that trusts its authority.
class TlsBench : public Bench {
public:
    TlsBench() {
        const auto authority = http::make_test_authority({"localhost", "graph.facebook.com"}).value();
        server_ = http::Server::make(io().get_executor(), {},
                                     [this](http::Request request) { return simulator().handle(std::move(request)); });
        port_ = server_
                    ->listen_tls("127.0.0.1", 0,
                                 {authority.server, authority.expired, authority.wrong_host, authority.self_signed},
                                 simulator().tls_plan())
                    .value();
        client_ = http::Client::make(io().get_executor(), {authority.certificate});
    }
    ~TlsBench() {
        client_.reset();
        test::run(io(), server_->stop(Milliseconds(0)));
    }

    // Each time on a connection of its own, so that there is a handshake.
    Result<http::Response> ask(const std::string& method = "GET") {
        http::OutgoingRequest request;
        request.method = method;
        request.url = "https://localhost:" + std::to_string(port_) + "/graph.facebook.com/v25.0/me";
        request.is_repeatable = false;
        return test::run(io(), client_->send(std::move(request)));
    }
    void order(const std::string& what, const std::string& match = "{}") {
        control("faults", R"([{"match":)" + match + R"(,"times":1,"fault":{"kind":"tls","what":")" + what + R"("}}])");
    }
    std::vector<std::string> methods() {
        std::vector<std::string> methods;
        const Answer seen = ledger();
        for (const json::value& call : seen.at("calls").get_array())
            methods.emplace_back(call.at("method").get_string());
        return methods;
    }

private:
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<http::Client> client_;
    std::uint16_t port_ = 0;
};

TEST(TlsFault, LeavesAClientThatVerifiesWithoutAnAnswer) {
    for (const char* what : {"expired", "wrong-host", "self-signed"}) {
        SCOPED_TRACE(what);
        TlsBench bench;
        bench.order(what);
        const auto refused = bench.ask();
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), Code::kTls);
        EXPECT_EQ(refused.error().fault(), Fault::kRefused);
        // Once, and nothing behind it: no second try, and no request that came through.
        EXPECT_EQ(bench.methods(), std::vector<std::string>{"TLS"});
        EXPECT_EQ(bench.ledger().text("calls.0.fault"), "tls: " + std::string(what));
        EXPECT_EQ(bench.ledger().text("calls.0.host"), "localhost");
        // Spent, the rule leaves the next handshake alone.
        const auto answer = bench.ask();
        ASSERT_TRUE(answer) << answer.error().detail();
        EXPECT_EQ(answer->status, 400);
    }
}

TEST(TlsFault, CutHandshakesAreNoCalls) {
    for (const char* method : {"GET", "POST"}) {
        TlsBench bench;
        bench.order("cut");
        const auto cut = bench.ask(method);
        ASSERT_FALSE(cut);
        EXPECT_EQ(cut.error().code(), Code::kUnreachable);
        EXPECT_EQ(cut.error().fault(), Fault::kTransient);
        EXPECT_EQ(bench.methods(), std::vector<std::string>{"TLS"});
        EXPECT_TRUE(bench.ask(method));
    }
}

TEST(TlsFault, IsMatchedByTheNameThatTheClientAsksFor) {
    TlsBench bench;
    bench.order("self-signed", R"({"host":"graph.facebook.com"})");
    EXPECT_TRUE(bench.ask());
    bench.order("self-signed", R"({"host":"LOCALHOST","nth":2})");
    EXPECT_TRUE(bench.ask());
    EXPECT_FALSE(bench.ask());
    EXPECT_TRUE(bench.ask());
    // Calls are none of its business, and it none of theirs.
    bench.order("expired");
    EXPECT_EQ(bench.facebook("/me").verdict(), "2500");
    EXPECT_EQ(bench.get("/_sandbox/faults").number("faults.0.times_left"), 1);
    for (const char* wrong : {R"([{"match":{"path":"/me"},"fault":{"kind":"tls","what":"cut"}}])",
                              R"([{"fault":{"kind":"tls"}}])", R"([{"fault":{"kind":"tls","what":"loud"}}])"}) {
        EXPECT_EQ(bench.post("/_sandbox/faults", wrong).status(), 400) << wrong;
    }
}

} // namespace
} // namespace everlong::simulator
