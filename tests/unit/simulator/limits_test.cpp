// Rate limits that rise with use: headers, refusals, and when calls are let through again.
#include <base/percent.hpp>

#include <unit/simulator/bench.hpp>

namespace everlong::simulator {
namespace {

std::string usage(int percent) {
    const std::string text = std::to_string(percent);
    return R"({"call_count":)" + text + R"(,"total_cputime":)" + text + R"(,"total_time":)" + text + "}";
}

TEST(Limits, OfAnAppRiseAndThrottleForAnHour) {
    Bench bench;
    bench.control("limits", R"({"app_calls_per_hour":4})");
    const std::string me = "/me?access_token=" + bench.token(R"({"login":"facebook"})");
    for (const int percent : {25, 50, 75, 100}) {
        const Answer answer = bench.facebook(me);
        EXPECT_EQ(answer.status(), 200);
        EXPECT_EQ(answer.header("x-app-usage"), usage(percent));
    }
    const Answer refused = bench.facebook(me);
    EXPECT_EQ(refused.verdict(), "4");
    EXPECT_EQ(refused.text("error.message"), "(#4) Application request limit reached");
    EXPECT_EQ(refused.header("x-app-usage"), usage(100));
    // Exchanges count towards the same limit.
    EXPECT_EQ(bench.facebook("/oauth/access_token?grant_type=client_credentials&" + kFacebookApp).verdict(), "4");
    bench.control("switches", R"({"throttle_status":"429"})");
    EXPECT_EQ(bench.facebook(me).status(), 429);
    bench.advance(kHourS - 120);
    EXPECT_EQ(bench.facebook(me).verdict(), "4");
    bench.advance(kHourS);
    EXPECT_EQ(bench.facebook(me).status(), 200);
}

TEST(Limits, OfAnAccountTellTheMinutes) {
    Bench bench;
    bench.control("limits", R"({"instagram_calls_per_day":2,"app_calls_per_hour":1})");
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string target = "/" + minted.text("ig_user_id") + "?access_token=" + minted.text("access_token");
    // Where both could apply, the account's limit does (7.2).
    EXPECT_EQ(bench.facebook(target).status(), 200);
    EXPECT_EQ(bench.facebook(target).status(), 200);
    const Answer refused = bench.facebook(target);
    EXPECT_EQ(refused.verdict(), "80002");
    EXPECT_EQ(refused.header("x-business-use-case-usage"),
              "{\"" + minted.text("ig_user_id") +
                  R"(":[{"type":"instagram","call_count":100,"total_cputime":100,"total_time":100,)" +
                  R"("estimated_time_to_regain_access":1440}]})");
    // Another account is not held back.
    const Answer other = bench.mint(R"({"login":"instagram","account":"demo_bakery"})");
    EXPECT_EQ(bench.instagram("/me?access_token=" + other.text("access_token")).status(), 200);
    bench.advance(kDayS);
    EXPECT_EQ(bench.facebook(target).status(), 200);
}

TEST(Limits, OfPeopleAndPagesHaveTheirOwnCodes) {
    Bench bench;
    const Answer user = bench.mint(R"({"login":"facebook"})");
    const Answer page = bench.mint(R"({"login":"facebook","kind":"page"})");
    bench.control("limits", R"({"page_calls_per_day":1})");
    const std::string target = "/" + user.text("page_id") + "?fields=id&access_token=";
    EXPECT_EQ(bench.facebook(target + user.text("access_token")).status(), 200);
    EXPECT_EQ(bench.facebook(target + user.text("access_token")).verdict(), "32");
    EXPECT_EQ(bench.facebook(target + page.text("access_token")).status(), 200);
    EXPECT_EQ(bench.facebook(target + page.text("access_token")).verdict(), "80001");
    bench.control("limits", R"({"user_calls_per_hour":1})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + user.text("access_token")).verdict(), "17");
}

TEST(Limits, CountEachIdAndEachItemOfABatch) {
    Bench bench;
    bench.control("limits", R"({"instagram_calls_per_day":3})");
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string id = minted.text("ig_user_id");
    const std::string token = "access_token=" + minted.text("access_token");
    EXPECT_EQ(bench.facebook("/?ids=" + id + "," + minted.text("page_id") + "&" + token).status(), 200);
    const Answer batch = bench.post("/graph.facebook.com/",
                                    "batch=" +
                                        percent_encode("[{\"relative_url\":\"" + id + "\"},{\"relative_url\":\"" + id +
                                                       "\"},{\"relative_url\":\"" + id + "\"}]") +
                                        "&" + token);
    EXPECT_EQ(batch.number("0.code"), 200);
    EXPECT_EQ(batch.number("1.code"), 200);
    EXPECT_EQ(batch.number("2.code"), 400);
}

TEST(Limits, AreSetByNumbers) {
    Bench bench;
    EXPECT_EQ(bench.get("/_sandbox/limits").number("app_calls_per_hour"), 10'000'000);
    EXPECT_EQ(bench.post("/_sandbox/limits", R"({"app_calls_per_hour":0})").status(), 400);
    EXPECT_EQ(bench.post("/_sandbox/limits", R"({"nonsense":1})").status(), 400);
    EXPECT_EQ(bench.control("limits", R"({"user_calls_per_hour":7})").number("user_calls_per_hour"), 7);
    bench.control("reset", "{}");
    EXPECT_EQ(bench.get("/_sandbox/limits").number("user_calls_per_hour"), 1'000'000);
}

} // namespace
} // namespace everlong::simulator
