// One renewal at a time: what it tells, what it records, and what it leaves alone when something goes wrong.

#include <simulation/simulated_node.hpp>

#include <base/digest.hpp>

namespace everlong::test {
namespace {

json::array fault_at(std::string_view path, json::object fault, int times = 1000) {
    return json::array{
        json::object{{"match", json::object{{"path", path}}}, {"times", times}, {"fault", std::move(fault)}}};
}

int calls_to(SimulatedNode& node, std::string_view path) {
    int count = 0;
    const json::object ledger = node.control("ledger");
    for (const auto& call : ledger.at("calls").as_array()) {
        if (std::string_view(call.at("path").as_string()).contains(path)) ++count;
    }
    return count;
}

class Refresh : public testing::Test {
protected:
    void adopt(json::object wish) {
        auto adopted = node_.adopt("cafe", node_.mint(std::move(wish)));
        ASSERT_TRUE(adopted) << adopted.error().summary();
        first_ = std::string(node_.current("cafe").token.reveal());
        node_.advance(Hours(25));
    }
    auto now() { return node_.refresh("cafe", engine::RefreshWhen::kNow); }
    std::string current() { return std::string(node_.current("cafe").token.reveal()); }
    const core::Lifecycle lifecycle() { return node_.channel("cafe").lifecycle; }

    SimulatedNode node_;
    std::string first_;
};

TEST_F(Refresh, IsGrantedOnceInTwentyFourHours) {
    adopt({{"login", "instagram"}, {"age_s", 2 * 86400}});
    auto report = now();
    ASSERT_TRUE(report) << report.error().summary();
    EXPECT_TRUE(report->was_refreshed);
    node_.advance(Hours(23));
    const int calls = calls_to(node_, "refresh_access_token");
    auto again = now();
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), Code::kTooYoung);
    EXPECT_EQ(calls_to(node_, "refresh_access_token"), calls) << "nothing is asked of Meta";
    node_.advance(Hours(1) + Minutes(1));
    ASSERT_TRUE(now());
}

TEST_F(Refresh, WhoseCheckFailsKeepsTheNewTokenPendingAndSaysSo) {
    adopt({{"login", "instagram"}, {"age_s", 2 * 86400}});
    node_.control("faults", fault_at("me", {{"kind", "status"}, {"status", 503}}));
    auto report = now();
    ASSERT_FALSE(report);
    EXPECT_EQ(current(), first_) << "an unverified token is never in use";
    ASSERT_TRUE(lifecycle().last_problem);
    EXPECT_EQ(lifecycle().failed_attempts, 1);
    EXPECT_GT(*lifecycle().next_attempt_at, node_.now());

    node_.control("faults", json::array{});
    const int calls = calls_to(node_, "refresh_access_token");
    auto again = now();
    ASSERT_TRUE(again) << again.error().summary();
    EXPECT_TRUE(again->was_refreshed) << "the pending token is now the one in use";
    EXPECT_EQ(calls_to(node_, "refresh_access_token"), calls) << "Meta is not asked twice";
    EXPECT_NE(current(), first_);
    EXPECT_EQ(node_.sink.token_at(SimulatedNode::path_of("cafe")), current());
    EXPECT_FALSE(lifecycle().last_problem);
}

TEST_F(Refresh, WithALostAnswerIsNotRepeatedWithinADay) {
    adopt({{"login", "instagram"}, {"age_s", 2 * 86400}});
    node_.control("faults", fault_at("refresh_access_token", {{"kind", "drop-after"}}, 1));
    auto lost = now();
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().fault(), Fault::kUnknownOutcome);
    const int calls = calls_to(node_, "refresh_access_token");
    for (int i = 0; i < 3; ++i) {
        node_.advance(Hours(7));
        EXPECT_FALSE(now());
    }
    EXPECT_EQ(calls_to(node_, "refresh_access_token"), calls);
    node_.advance(Hours(4));
    auto report = now();
    ASSERT_TRUE(report) << report.error().summary();
    EXPECT_TRUE(report->was_refreshed);
}

TEST_F(Refresh, ReachesAVerdictOnlyWhereAnInspectionConfirmsIt) {
    for (const bool is_dead : {false, true}) {
        SCOPED_TRACE(is_dead ? "Meta's inspection confirms it" : "only the refresh is refused");
        SimulatedNode node;
        ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "instagram"}, {"age_s", 2 * 86400}})));
        node.advance(Hours(25));
        if (is_dead) node.control("event", json::object{{"type", "password-changed"}});
        node.control("faults", fault_at("refresh_access_token",
                                        {{"kind", "status"}, {"status", 400}, {"code", 190}, {"subcode", 460}}));
        ASSERT_FALSE(node.refresh("cafe", engine::RefreshWhen::kNow));
        ASSERT_TRUE(node.channel("cafe").lifecycle.suspicion);
        node.advance(Minutes(9));
        ASSERT_FALSE(node.refresh("cafe", engine::RefreshWhen::kNow));
        EXPECT_FALSE(node.channel("cafe").lifecycle.verdict) << "too soon after the first sighting";
        node.advance(Minutes(2));
        ASSERT_FALSE(node.refresh("cafe", engine::RefreshWhen::kNow));
        EXPECT_EQ(node.channel("cafe").lifecycle.verdict.has_value(), is_dead);
    }
}

TEST_F(Refresh, RollsBackToAnEarlierTokenOnlyWhileItWorks) {
    adopt({{"login", "instagram"}, {"age_s", 2 * 86400}});
    ASSERT_TRUE(now());
    const std::string second = current();
    ASSERT_NE(second, first_);
    auto report = node_.rollback("cafe");
    ASSERT_TRUE(report) << report.error().summary();
    EXPECT_EQ(current(), first_);
    EXPECT_EQ(node_.sink.token_at(SimulatedNode::path_of("cafe")), first_);

    ASSERT_TRUE(node_.rollback("cafe"));
    ASSERT_EQ(current(), second);
    node_.control("event", json::object{{"type", "password-changed"}});
    EXPECT_FALSE(node_.rollback("cafe"));
    EXPECT_EQ(current(), second) << "a dead token never takes a place";
}

TEST_F(Refresh, LeavesNothingWaitingBehindARollback) {
    adopt({{"login", "instagram"}, {"age_s", 2 * 86400}});
    ASSERT_TRUE(now());
    node_.advance(Hours(25));
    // Granted, and the check of it fails: one more token waits.
    node_.control("faults", fault_at("me", {{"kind", "status"}, {"status", 503}}));
    ASSERT_FALSE(now());
    node_.control("faults", json::array{});
    ASSERT_TRUE(node_.rollback("cafe"));
    EXPECT_EQ(current(), first_);
    node_.start_loop();
    node_.pass(Hours(25), Hours(5));
    EXPECT_EQ(current(), first_);
}

} // namespace
} // namespace everlong::test
