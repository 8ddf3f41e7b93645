// What goes wrong on the way, and what the client makes of it: never a success, never a verdict, and for the calls that
// issue never a guess about what has happened.
#include "graph_sandbox.hpp"

#include <core/graph_errors.hpp>

namespace everlong::ports {
namespace {

using core::LoginPath;
using test::GraphSandbox;

constexpr const char* kLongUser = R"({"login":"facebook"})";
constexpr const char* kLongInstagram = R"({"login":"instagram","age_s":172800})";

// Open: the simulator is still holding the call when the client has given up.
enum class Effect { kNone, kIssued, kOpen };

struct FaultCase {
    const char* name;
    const char* fault;
    Code read_code;
    Fault read_fault;
    Code issue_code;
    Fault issue_fault;
    Effect effect; // of the refresh, by the simulator's ledger
};

constexpr FaultCase kFaults[] = {
    {"html 502", R"({"kind":"html"})", Code::kUpstream, Fault::kTransient, Code::kUpstream, Fault::kUnknownOutcome,
     Effect::kNone},
    {"html 200", R"({"kind":"html","status":200})", Code::kUpstreamShape, Fault::kTransient, Code::kUpstreamShape,
     Fault::kUnknownOutcome, Effect::kNone},
    {"html 200 after the effect", R"({"kind":"html","status":200,"effect":true})", Code::kUpstreamShape,
     Fault::kTransient, Code::kUpstreamShape, Fault::kUnknownOutcome, Effect::kIssued},
    {"garbage", R"({"kind":"garbage"})", Code::kUpstreamShape, Fault::kTransient, Code::kUpstreamShape,
     Fault::kUnknownOutcome, Effect::kIssued},
    {"truncate", R"({"kind":"truncate"})", Code::kUpstream, Fault::kTransient, Code::kUnknownOutcome,
     Fault::kUnknownOutcome, Effect::kIssued},
    {"truncate to nothing", R"({"kind":"truncate","bytes":0})", Code::kUpstream, Fault::kTransient,
     Code::kUnknownOutcome, Fault::kUnknownOutcome, Effect::kIssued},
    {"drop after", R"({"kind":"drop-after"})", Code::kUpstream, Fault::kTransient, Code::kUnknownOutcome,
     Fault::kUnknownOutcome, Effect::kIssued},
    {"drop before", R"({"kind":"drop-before"})", Code::kUpstream, Fault::kTransient, Code::kUnknownOutcome,
     Fault::kUnknownOutcome, Effect::kNone},
    {"status 503", R"({"kind":"status","status":503})", Code::kUpstream, Fault::kTransient, Code::kUpstream,
     Fault::kUnknownOutcome, Effect::kNone},
    {"status 500, code 1", R"({"kind":"status","status":500,"code":1,"message":"An unknown error occurred"})",
     Code::kUpstream, Fault::kTransient, Code::kUpstream, Fault::kUnknownOutcome, Effect::kNone},
    {"status 429", R"({"kind":"status","status":429})", Code::kRateLimited, Fault::kRateLimited, Code::kRateLimited,
     Fault::kRateLimited, Effect::kNone},
    {"app limit", R"({"kind":"rate-limit","code":4})", Code::kRateLimited, Fault::kRateLimited, Code::kRateLimited,
     Fault::kRateLimited, Effect::kNone},
    {"account limit", R"({"kind":"rate-limit","code":80002})", Code::kRateLimited, Fault::kRateLimited,
     Code::kRateLimited, Fault::kRateLimited, Effect::kNone},
    {"delay beyond the deadline", R"({"kind":"delay","ms":60000})", Code::kUpstream, Fault::kTransient,
     Code::kUnknownOutcome, Fault::kUnknownOutcome, Effect::kOpen},
};

void shorten(adapters::GraphOptions& options) {
    options.call_deadline = Milliseconds(300);
    options.issuing_deadline = Milliseconds(300);
}

TEST(GraphFaults, AReadIsAlwaysSafeToRepeat) {
    for (const FaultCase& test : kFaults) {
        SCOPED_TRACE(test.name);
        GraphSandbox sandbox(shorten);
        const auto user = sandbox.mint(kLongUser);
        sandbox.fault("me", test.fault);
        const auto lost = sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token));
        ASSERT_FALSE(lost.has_value());
        EXPECT_EQ(code_name(lost.error().code()), code_name(test.read_code)) << lost.error().summary();
        EXPECT_EQ(lost.error().fault(), test.read_fault);
        EXPECT_FALSE(core::is_dead_token(lost.error()));
        EXPECT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
    }
}

TEST(GraphFaults, ARefreshIsSentOnceAndNeverGuessedAbout) {
    for (const FaultCase& test : kFaults) {
        SCOPED_TRACE(test.name);
        GraphSandbox sandbox(shorten);
        const auto minted = sandbox.mint(kLongInstagram);
        const auto before = sandbox.tokens_issued();
        sandbox.fault("refresh_access_token", test.fault);
        const auto lost = sandbox.ask(sandbox.graph().refresh_instagram(minted.token));
        ASSERT_FALSE(lost.has_value());
        EXPECT_EQ(code_name(lost.error().code()), code_name(test.issue_code)) << lost.error().summary();
        EXPECT_EQ(lost.error().fault(), test.issue_fault);
        if (test.effect == Effect::kOpen) continue;
        EXPECT_EQ(sandbox.tokens_issued() - before, test.effect == Effect::kIssued ? 1u : 0u);
        std::size_t sent = 0;
        for (const auto& call : sandbox.calls()) {
            sent += call.at("path").as_string().ends_with("refresh_access_token") ? 1 : 0;
        }
        EXPECT_EQ(sent, 1u);
    }
}

TEST(GraphFaults, ARefreshOnAKeptConnectionIsSentOnceToo) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(kLongInstagram);
    // A first call leaves a connection behind, which the peer closes just as the refresh comes.
    ASSERT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kInstagram, minted.token)).has_value());
    const auto before = sandbox.tokens_issued();
    sandbox.fault("refresh_access_token", R"({"kind":"drop-after"})", 1);
    const auto lost = sandbox.ask(sandbox.graph().refresh_instagram(minted.token));
    ASSERT_FALSE(lost.has_value());
    EXPECT_EQ(lost.error().fault(), Fault::kUnknownOutcome);
    EXPECT_EQ(sandbox.tokens_issued() - before, 1u);
}

TEST(GraphFaults, AnInspectionThatFailsSaysNothingOfTheToken) {
    for (const FaultCase& test : kFaults) {
        SCOPED_TRACE(test.name);
        GraphSandbox sandbox(shorten);
        const auto user = sandbox.mint(kLongUser);
        sandbox.fault("debug_token", test.fault);
        const auto inspection = sandbox.ask(sandbox.graph().inspect(user.token));
        ASSERT_FALSE(inspection.has_value());
        EXPECT_EQ(inspection.error().fault(), test.read_fault) << inspection.error().summary();
        EXPECT_FALSE(core::is_dead_token(inspection.error()));
    }
}

TEST(GraphFaults, ASlowAnswerIsAnAnswer) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(kLongUser);
    sandbox.fault("me", R"({"kind":"slow","ms":1})");
    EXPECT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
}

TEST(GraphFaults, NobodyThereIsNothingSent) {
    boost::asio::io_context io(1);
    std::uint16_t port = 0;
    {
        // A port that was free a moment ago, with nobody behind it.
        auto server = http::Server::make(io.get_executor(), {},
                                         [](http::Request) -> Async<http::Response> { co_return http::Response{}; });
        const auto listened = server->listen_tcp("127.0.0.1", 0);
        ASSERT_TRUE(listened.has_value());
        port = *listened;
        test::run(io, server->stop(Milliseconds(0)));
    }
    auto client = http::Client::make(io.get_executor());
    adapters::GraphOptions options;
    options.meta_base = "http://127.0.0.1:" + std::to_string(port);
    auto graph = adapters::make_graph_client(*client, std::move(options));
    const Secret token("IGAATOKEN");
    const auto refresh = test::run(io, graph->refresh_instagram(token));
    ASSERT_FALSE(refresh.has_value());
    EXPECT_EQ(refresh.error().code(), Code::kUnreachable);
    EXPECT_EQ(refresh.error().fault(), Fault::kTransient);
}

} // namespace
} // namespace everlong::ports
