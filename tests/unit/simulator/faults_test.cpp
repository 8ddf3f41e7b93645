// Faults: what each kind does to the answer and to the world, which calls are struck, how often.
#include <unit/simulator/bench.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace everlong::simulator {
namespace {

using http::Transmission;

// Orders one fault on every call.
void order(Bench& bench, const std::string& fault) {
    bench.control("faults", R"([{"match":{},"fault":)" + fault + "}]");
}

std::string refresh(const std::string& token) {
    return "/refresh_access_token?grant_type=ig_refresh_token&access_token=" + token;
}

TEST(Faults, DoWhatTheirKindSays) {
    struct Row {
        std::string fault;
        int status;
        Transmission transmission;
        bool has_effect;     // a token was issued
        std::string verdict; // "": the body is no JSON
    };
    for (const Row& row : {
             Row{R"({"kind":"status","status":503})", 503, Transmission::kWhole, false, "2"},
             Row{R"({"kind":"status","status":429})", 429, Transmission::kWhole, false, "4"},
             Row{R"({"kind":"status","status":401})", 401, Transmission::kWhole, false, "1"},
             Row{R"({"kind":"status","status":400,"code":190,"subcode":467,"message":"x"})", 400, Transmission::kWhole,
                 false, "190/467"},
             Row{R"({"kind":"status","status":500,"effect":true})", 500, Transmission::kWhole, true, "2"},
             Row{R"({"kind":"drop-before"})", 200, Transmission::kDrop, false, ""},
             Row{R"({"kind":"drop-before","reset":true})", 200, Transmission::kReset, false, ""},
             Row{R"({"kind":"drop-after"})", 200, Transmission::kDrop, true, "200"},
             Row{R"({"kind":"truncate"})", 200, Transmission::kTruncate, true, "200"},
             Row{R"({"kind":"html"})", 502, Transmission::kWhole, false, ""},
             Row{R"({"kind":"html","status":200})", 200, Transmission::kWhole, false, ""},
             Row{R"({"kind":"garbage"})", 200, Transmission::kWhole, true, ""},
             Row{R"({"kind":"rate-limit"})", 400, Transmission::kWhole, false, "4"},
             Row{R"({"kind":"rate-limit","code":80002,"minutes":7,"status":403})", 403, Transmission::kWhole, false,
                 "80002"},
             Row{R"({"kind":"slow","ms":3})", 200, Transmission::kSlow, true, "200"},
         }) {
        SCOPED_TRACE(row.fault);
        Bench bench;
        const std::string token = bench.token(R"({"login":"instagram","age_s":864000})");
        order(bench, row.fault);
        const Answer answer = bench.instagram(refresh(token));
        EXPECT_EQ(answer.status(), row.status);
        EXPECT_EQ(answer.response.transmission, row.transmission);
        EXPECT_EQ(answer.body.is_null(), row.verdict.empty());
        if (!row.verdict.empty()) EXPECT_EQ(answer.verdict(), row.verdict);
        const Answer ledger = bench.ledger();
        EXPECT_EQ(ledger.size("tokens"), row.has_effect ? 2U : 1U);
        const bool is_lost = row.transmission == Transmission::kDrop || row.transmission == Transmission::kReset;
        EXPECT_EQ(ledger.at("calls.0.status"), is_lost ? json::value(nullptr) : json::value(row.status));
        EXPECT_NE(row.fault.find(ledger.text("calls.0.fault")), std::string::npos);
        EXPECT_EQ(ledger.at("calls.0.token_alive"), json::value(true));
    }
}

TEST(Faults, CutAtHalfOrWhereOrdered) {
    Bench bench;
    const std::string me = "/me?access_token=" + bench.token(R"({"login":"facebook"})");
    order(bench, R"({"kind":"truncate"})");
    const Answer half = bench.facebook(me);
    EXPECT_EQ(half.response.transmit_bytes, half.response.body.size() / 2);
    order(bench, R"({"kind":"truncate","bytes":3})");
    EXPECT_EQ(bench.facebook(me).response.transmit_bytes, 3U);
    order(bench, R"({"kind":"truncate","bytes":100000})");
    const Answer whole = bench.facebook(me);
    EXPECT_EQ(whole.response.transmit_bytes, whole.response.body.size());
}

TEST(Faults, RateLimitsShowInHeaders) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    order(bench, R"({"kind":"rate-limit","code":17})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + token).header("x-app-usage"),
              R"({"call_count":100,"total_cputime":100,"total_time":100})");
    order(bench, R"({"kind":"rate-limit","code":80002,"minutes":7})");
    EXPECT_EQ(bench.facebook("/17841400000000001?access_token=" + token).header("x-business-use-case-usage"),
              R"({"17841400000000001":[{"type":"instagram","call_count":100,"total_cputime":100,"total_time":100,)"
              R"("estimated_time_to_regain_access":7}]})");
}

TEST(Faults, StrikeWhatMatchesAndAsOftenAsSaid) {
    Bench bench;
    const std::string facebook = "access_token=" + bench.token(R"({"login":"facebook"})");
    const std::string instagram = "access_token=" + bench.token(R"({"login":"instagram"})");
    bench.control("faults",
                  R"([{"match":{"path":"/me/accounts"},"times":2,"fault":{"kind":"status","status":500}},)"
                  R"({"match":{"method":"post"},"fault":{"kind":"status","status":501}},)"
                  R"({"match":{"host":"graph.instagram.com"},"times":1,"fault":{"kind":"status","status":502}}])");
    EXPECT_EQ(bench.facebook("/me?" + facebook).status(), 200);
    EXPECT_EQ(bench.get("/graph.facebook.com/me/accounts?" + facebook).status(), 500);
    EXPECT_EQ(bench.facebook("/me/accounts?" + facebook).status(), 500);
    EXPECT_EQ(bench.facebook("/me/accounts?" + facebook).status(), 200);
    EXPECT_EQ(bench.post("/graph.facebook.com/oauth/access_token").status(), 501);
    EXPECT_EQ(bench.post("/graph.facebook.com/oauth/access_token").status(), 501);
    EXPECT_EQ(bench.instagram("/me?" + instagram).status(), 502);
    EXPECT_EQ(bench.instagram("/me?" + instagram).status(), 200);
    // Neither version nor host is part of what a path is matched with.
    bench.control("faults", R"([{"match":{"path":"v25.0"},"fault":{"kind":"status","status":500}}])");
    EXPECT_EQ(bench.facebook("/me?" + facebook).status(), 200);
    bench.control("faults", "[]");
    EXPECT_EQ(bench.post("/graph.facebook.com/oauth/access_token").status(), 400);
}

TEST(Faults, StrikeAChannelOrTheNthCall) {
    Bench bench;
    const std::string dana = bench.token(R"({"login":"facebook"})");
    const Answer other = bench.mint(R"({"login":"instagram","account":"demo_bakery"})");
    const std::string me = "/me?access_token=";
    bench.control("faults", R"([{"match":{"account":"demo_bakery"},"fault":{"kind":"status","status":500}}])");
    EXPECT_EQ(bench.facebook(me + dana).status(), 200);
    EXPECT_EQ(bench.instagram(me + other.text("access_token")).status(), 500);
    bench.control("faults", R"([{"match":{"token":")" + dana + R"("},"fault":{"kind":"status","status":501}}])");
    EXPECT_EQ(bench.facebook(me + dana).status(), 501);
    EXPECT_EQ(bench.instagram(me + other.text("access_token")).status(), 200);
    // Not the token itself is shown again.
    EXPECT_EQ(bench.get("/_sandbox/faults").response.body.find(dana), std::string::npos);
    bench.control("faults", R"([{"match":{"path":"/me","nth":3},"fault":{"kind":"status","status":502}}])");
    for (const int expected : {200, 200, 502, 200, 200})
        EXPECT_EQ(bench.facebook(me + dana).status(), expected);
}

TEST(Faults, OfAProbabilityAreTheSameForASeed) {
    const auto strikes = [](int seed) {
        Bench bench;
        const std::string me = "/me?access_token=" + bench.token(R"({"login":"facebook"})");
        bench.control("faults", R"([{"match":{"probability":0.5,"seed":)" + std::to_string(seed) +
                                    R"(},"fault":{"kind":"status","status":500}}])");
        std::string seen;
        for (int i = 0; i < 64; ++i)
            seen += bench.facebook(me).status() == 500 ? 'x' : '.';
        return seen;
    };
    const std::string one = strikes(1);
    EXPECT_EQ(one, strikes(1));
    EXPECT_NE(one, strikes(2));
    const auto count = std::ranges::count(one, 'x');
    EXPECT_GT(count, 16);
    EXPECT_LT(count, 48);
}

TEST(Faults, LieAboutTheLengthOrNeverEnd) {
    Bench bench;
    const std::string me = "/me?access_token=" + bench.token(R"({"login":"facebook"})");
    order(bench, R"({"kind":"wrong-length"})");
    const Answer longer = bench.facebook(me);
    EXPECT_EQ(longer.response.claimed_length, longer.response.body.size() + 10);
    order(bench, R"({"kind":"wrong-length","by":-100000})");
    EXPECT_EQ(bench.facebook(me).response.claimed_length, 0U);
    order(bench, R"({"kind":"huge","bytes":100000})");
    EXPECT_EQ(bench.facebook(me).response.body.size(), 100'009U);
    order(bench, R"({"kind":"reset"})");
    EXPECT_EQ(bench.facebook(me).response.transmission, Transmission::kReset);
}

TEST(Faults, OutOfOrderHoldsTheAnswerBackNotTheEffect) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    bench.control("faults", R"([{"match":{},"times":1,"fault":{"kind":"out-of-order","ms":20}}])");
    std::vector<std::string> order_of_answers;
    const auto ask = [&](std::string method, std::string target) {
        boost::asio::co_spawn(bench.io(),
                              bench.simulator().handle(Bench::request(method, "/graph.facebook.com" + target)),
                              [&order_of_answers, target](std::exception_ptr, http::Response) {
                                  order_of_answers.push_back(target.substr(0, 6));
                              });
    };
    ask("DELETE", "/me/permissions?access_token=" + token);
    ask("GET", "/v25.0/me?access_token=" + token);
    bench.run_until([&] { return order_of_answers.size() == 2; });
    EXPECT_EQ(order_of_answers, (std::vector<std::string>{"/v25.0", "/me/pe"}));
    EXPECT_EQ(bench.ledger().number("calls.1.error_subcode"), 458);
}

TEST(Faults, OfAHostileMixAreTheSameForASeed) {
    const auto faults_of = [](int seed) {
        Bench bench;
        const std::string token = bench.token(R"({"login":"facebook"})");
        bench.control("hostile", R"({"seed":)" + std::to_string(seed) + "}");
        for (int i = 0; i < 300; ++i)
            bench.facebook("/me?access_token=" + token);
        std::string seen;
        const Answer ledger = bench.ledger();
        for (const json::value& call : ledger.at("calls").get_array())
            seen += (call.at("fault").is_null() ? "." : std::string(call.at("fault").get_string())) + "\n";
        EXPECT_EQ(bench.get("/_sandbox/faults").number("hostile"), seed);
        EXPECT_EQ(bench.control("hostile", R"({"seed":null})").at("hostile"), json::value(nullptr));
        return seen;
    };
    const std::string one = faults_of(1);
    EXPECT_EQ(one, faults_of(1));
    EXPECT_NE(one, faults_of(2));
    for (const std::string_view kind : {"status", "html", "drop-after", "truncate", "garbage", "delay"})
        EXPECT_NE(one.find("hostile: " + std::string(kind)), std::string::npos) << kind;
}

TEST(Faults, NeverTouchTheControlCalls) {
    Bench bench;
    order(bench, R"({"kind":"drop-before"})");
    EXPECT_EQ(bench.get("/_sandbox/state").response.transmission, Transmission::kWhole);
    EXPECT_EQ(bench.get("/_sandbox/faults").text("faults.0.kind"), "drop-before");
    EXPECT_EQ(bench.get("/").status(), 200);
    EXPECT_EQ(bench.facebook("/me").response.transmission, Transmission::kDrop);
}

TEST(Faults, DelayOnTheExecutorAndThenDoTheirWork) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    order(bench, R"({"kind":"delay","ms":1})");
    http::Response answered;
    answered.status = 0;
    boost::asio::co_spawn(
        bench.io(), bench.simulator().handle(Bench::request("GET", "/graph.facebook.com/me?access_token=" + token)),
        [&](std::exception_ptr, http::Response response) { answered = std::move(response); });
    bench.io().poll_one();
    EXPECT_EQ(answered.status, 0);
    bench.io().run();
    EXPECT_EQ(answered.status, 200);
    EXPECT_EQ(bench.ledger().text("calls.0.fault"), "delay");
}

TEST(Faults, BadOnesAreExplainedAndTheOldListStays) {
    Bench bench;
    order(bench, R"({"kind":"status","status":503})");
    struct Row {
        std::string body;
        std::string says;
    };
    for (const Row& row : {
             Row{"", "must be an array"},
             Row{"{}", "must be an array"},
             Row{"[1]", "every fault must be an object"},
             Row{"[{}]", "\"fault\" must be an object"},
             Row{R"([{"fault":{}}])", "\"kind\" must be one of status, delay"},
             Row{R"([{"fault":{"kind":"fire"}}])", "\"kind\" must be one of status, delay"},
             Row{R"([{"fault":{"kind":"status"}}])", "\"status\" is missing"},
             Row{R"([{"fault":{"kind":"status","status":700}}])", "\"status\" must be a whole number from 200 to 599"},
             Row{R"([{"fault":{"kind":"delay"}}])", "\"ms\" is missing"},
             Row{R"([{"fault":{"kind":"delay","ms":-1}}])", "\"ms\" must be a whole number"},
             Row{R"([{"fault":{"kind":"delay","ms":1,"status":5}}])", "unknown member \"status\""},
             Row{R"([{"fault":{"kind":"rate-limit","code":5}}])",
                 "\"code\" must be one of 4, 17, 32, 613, 80001, 80002"},
             Row{R"([{"fault":{"kind":"html"},"times":0}])", "\"times\" must be a whole number from 1"},
             Row{R"([{"fault":{"kind":"html"},"match":5}])", "\"match\" must be an object"},
             Row{R"([{"fault":{"kind":"html"},"match":{"paht":"/me"}}])", "unknown member \"paht\""},
             Row{R"([{"fault":{"kind":"html"},"match":{"path":5}}])", "\"path\" must be text"},
             Row{R"([{"fault":{"kind":"html"},"time":1}])", "unknown member \"time\""},
         }) {
        SCOPED_TRACE(row.body);
        const Answer answer = bench.post("/_sandbox/faults", row.body);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_NE(answer.text("error").find(row.says), std::string::npos) << answer.text("error");
        EXPECT_EQ(bench.facebook("/me").status(), 503);
    }
}

} // namespace
} // namespace everlong::simulator
