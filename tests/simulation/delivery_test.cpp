// Deliveries over time: tried again for as long as it takes, mended when an old file comes back.

#include <simulation/simulated_node.hpp>

namespace everlong::test {
namespace {

class Deliveries : public testing::Test {
protected:
    Deliveries() {
        EXPECT_TRUE(node_.adopt("cafe", node_.mint({{"login", "instagram"}, {"age_s", 2 * 86400}})));
        node_.start_loop();
    }
    std::string current() { return std::string(node_.current("cafe").token.reveal()); }
    const std::string& delivered() { return node_.sink.token_at(path_); }

    SimulatedNode node_;
    std::string path_ = SimulatedNode::path_of("cafe");
};

TEST_F(Deliveries, AreTriedAgainUntilTheDiskHasRoom) {
    node_.sink.fail_next(1000);
    node_.pass(Days(10), Hours(12));
    EXPECT_NE(delivered(), current());
    EXPECT_EQ(node_.health("cafe").state, core::ChannelState::kHealthy) << "a stuck sink must not hold up renewals";
    node_.sink.fail_next(0);
    node_.pass(Minutes(16), Minutes(16));
    EXPECT_EQ(delivered(), current());
}

TEST_F(Deliveries, BringTheTokenBackWhereAnOldFileWasRestored) {
    const std::string old = delivered();
    node_.pass(Days(12), Hours(12));
    ASSERT_NE(delivered(), old);
    node_.sink.put(path_, old);
    node_.pass(Hours(25), Hours(25));
    EXPECT_EQ(delivered(), current());
    node_.sink.put(path_, "");
    node_.pass(Hours(25), Hours(25));
    EXPECT_EQ(delivered(), current());
}

TEST_F(Deliveries, LeaveATokenThatSomebodyElsePutThere) {
    const std::string pasted = node_.mint({{"login", "instagram"}});
    node_.sink.put(path_, pasted);
    node_.pass(Hours(25), Hours(25));
    EXPECT_EQ(delivered(), pasted);
    const auto events = *run(node_.io, node_.world().store.list_audit("cafe", 1));
    EXPECT_EQ(events.at(0).action, "delivery-holds-another-token");
}

} // namespace
} // namespace everlong::test
