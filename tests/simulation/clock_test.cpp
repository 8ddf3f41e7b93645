// A calendar that goes back: what was planned far ahead must not let a token die.

#include <simulation/simulated_node.hpp>

#include <engine/lifecycle/clock_turned_back.hpp>

namespace everlong::test {
namespace {

TEST(ClockTurnedBack, MakesChannelsDueThatWerePlannedFarAhead) {
    SimulatedNode node;
    node.advance(Days(300));
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "instagram"}, {"age_s", 2 * 86400}})));
    node.control("reset", json::object{});
    const Instant now = node.now();
    ASSERT_GT(*node.channel("cafe").lifecycle.next_attempt_at, now + Days(200));
    ASSERT_TRUE(run(node.io, engine::mend_times_ahead(node.world())));
    EXPECT_LE(*node.channel("cafe").lifecycle.next_attempt_at, now);
    EXPECT_FALSE(node.channel("cafe").lifecycle.last_refresh_at);
    EXPECT_LE(node.current("cafe").version.facts.expires_at.instant(), now + Days(61));
    EXPECT_LE(*node.health("cafe").next_refresh_at, now);
}

TEST(ClockTurnedBack, LeavesWhatIsPlannedInTimeAlone) {
    SimulatedNode node;
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "instagram"}, {"age_s", 2 * 86400}})));
    const auto before = node.channel("cafe");
    ASSERT_TRUE(run(node.io, engine::mend_times_ahead(node.world())));
    EXPECT_EQ(node.channel("cafe").revision, before.revision);
}

// After a reset the simulator knows none of the old tokens: a verdict is reached, and a new import lives on.
TEST(ClockTurnedBack, LetsTheServiceGoOnAfterAReset) {
    SimulatedNode node;
    node.advance(Days(300));
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "instagram"}, {"age_s", 2 * 86400}})));
    node.control("reset", json::object{});
    node.start_loop();
    node.pass(Minutes(15), Minutes(1));
    EXPECT_EQ(node.health("cafe").state, core::ChannelState::kDead);
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "instagram"}, {"age_s", 2 * 86400}})));
    node.pass(Days(100), Days(1));
    EXPECT_EQ(node.health("cafe").state, core::ChannelState::kHealthy) << node.health("cafe").reason;
}

} // namespace
} // namespace everlong::test
