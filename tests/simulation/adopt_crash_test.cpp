// An import that was cut off between "Meta gave us a token" and "the application has it".

#include <simulation/simulated_node.hpp>

namespace everlong::test {
namespace {

// Only the check of the new token meets this: the account is asked for by its number there and nowhere else.
json::value check_is_down() {
    return json::array{json::object{{"match", json::object{{"path", "17841"}}},
                                    {"times", 1000},
                                    {"fault", json::object{{"kind", "status"}, {"status", 503}}}}};
}

TEST(InterruptedImport, IsFinishedByTheServiceAndDelivered) {
    SimulatedNode node;
    const std::string pasted = node.mint({{"login", "facebook"}, {"lifetime", "short"}});
    node.control("faults", check_is_down());
    const auto report = node.adopt("cafe", pasted);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().fault(), Fault::kTransient) << report.error().summary();
    EXPECT_EQ(node.channel("cafe").current_version, 0);
    EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), "");

    node.control("faults", json::array{});
    node.start_loop();
    node.pass(Minutes(2), Minutes(1));
    EXPECT_EQ(node.channel("cafe").current_version, 1);
    EXPECT_EQ(node.current("cafe").version.facts.lifetime, core::Lifetime::kLong);
    EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), node.current("cafe").token.reveal());
}

TEST(InterruptedImport, MayBeRepeatedWithTheSpentToken) {
    SimulatedNode node;
    const std::string pasted = node.mint({{"login", "facebook"}, {"lifetime", "short"}});
    node.control("faults", check_is_down());
    ASSERT_FALSE(node.adopt("cafe", pasted));
    node.control("faults", json::array{});
    // The short token itself is over by now; the one that it was exchanged for is safe.
    node.control("clock", json::object{{"advance_s", 3 * 3600}});
    const auto report = node.adopt("cafe", pasted);
    ASSERT_TRUE(report) << report.error().summary();
    EXPECT_EQ(report->how, engine::AdoptedBy::kAlreadyKnown);
    EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), node.current("cafe").token.reveal());
}

} // namespace
} // namespace everlong::test
