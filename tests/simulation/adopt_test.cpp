// Taking over a token: again, after a broken-off import, for another account, and into what is damaged.

#include <simulation/simulated_node.hpp>

#include <sqlite3.h>

namespace everlong::test {
namespace {

json::array fault_at(std::string_view path, json::object fault, int times = 1000) {
    return json::array{
        json::object{{"match", json::object{{"path", path}}}, {"times", times}, {"fault", std::move(fault)}}};
}

// Damages every sealed token of a channel behind the store's back.
void damage_tokens(SimulatedNode& node, const std::string& channel) {
    const std::string sql = "UPDATE tokens SET sealed = zeroblob(80) WHERE channel_id = "
                            "(SELECT id FROM channels WHERE name = '" +
                            channel + "')";
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(node.database().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    EXPECT_EQ(sqlite3_changes(database), 1);
    sqlite3_close(database);
}

std::string current(SimulatedNode& node) {
    return std::string(node.current("cafe").token.reveal());
}

void leave_row(SimulatedNode& node, const std::string& ig_user_id) {
    core::Account account;
    account.ig_user_id = IgUserId(ig_user_id);
    ASSERT_TRUE(run(node.io, node.world().store.create_channel({"cafe", core::LoginPath::kFacebook, "1", account},
                                                               {node.now(), "test", "channel-created", "cafe", ""})));
}

TEST(Adopt, LeavesNoChannelBehindWhereItFails) {
    SimulatedNode node;
    const std::string token = node.mint({{"login", "facebook"}, {"lifetime", "short"}});
    node.control("faults", fault_at("oauth/access_token", {{"kind", "status"}, {"status", 503}}));
    ASSERT_FALSE(node.adopt("cafe", token));
    EXPECT_FALSE(*run(node.io, node.world().store.find_channel("cafe")));
    node.control("faults", json::array{});
    EXPECT_TRUE(node.adopt("cafe", token));
}

TEST(Adopt, IsNotMisledByTheRowOfAnImportThatWasKilled) {
    SimulatedNode node;
    leave_row(node, "17841499999999999");
    auto report = node.adopt("cafe", node.mint({{"login", "instagram"}}));
    ASSERT_TRUE(report) << report.error().summary();
    EXPECT_EQ(report->channel.login, core::LoginPath::kInstagram);
    EXPECT_NE(report->channel.account.ig_user_id.text(), "17841499999999999");
}

TEST(Adopt, RemovesTheRowOfAKilledImportWhenItFailsToo) {
    SimulatedNode node;
    leave_row(node, "17841400000000002");
    const std::string token = node.mint({{"login", "facebook"}, {"lifetime", "short"}});
    node.control("faults", fault_at("oauth/access_token", {{"kind", "status"}, {"status", 503}}));
    ASSERT_FALSE(node.adopt("cafe", token));
    EXPECT_FALSE(*run(node.io, node.world().store.find_channel("cafe")));
}

TEST(Adopt, RefusesAnotherAccountInAConnectedChannel) {
    SimulatedNode node;
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "instagram"}})));
    const std::string before = current(node);
    auto other = node.adopt("cafe", node.mint({{"login", "instagram"}, {"account", "another_shop"}}));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), Code::kIdentity);
    EXPECT_EQ(current(node), before);
    EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), before);
}

// The file never got the token that its own was exchanged for: importing it again must bring that one.
TEST(Adopt, KnowsTheForerunnerOfItsToken) {
    for (const char* login : {"facebook", "instagram"}) {
        SCOPED_TRACE(login);
        SimulatedNode node;
        const std::string shortlived = node.mint({{"login", login}, {"lifetime", "short"}});
        node.sink.fail_next(1);
        ASSERT_TRUE(node.adopt("cafe", shortlived));
        ASSERT_NE(current(node), shortlived);
        ASSERT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), "");
        const std::string better = current(node);
        node.advance(Hours(3)); // the short-lived one is dead by now
        auto again = node.adopt("cafe", shortlived);
        ASSERT_TRUE(again) << again.error().summary();
        EXPECT_EQ(again->how, engine::AdoptedBy::kAlreadyKnown);
        EXPECT_EQ(current(node), better);
        EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), better);
    }
}

TEST(Adopt, NeverPutsAForerunnerInPlaceOfItsBetterSuccessor) {
    SimulatedNode node;
    const std::string first = node.mint({{"login", "instagram"}, {"age_s", 2 * 86400}});
    ASSERT_TRUE(node.adopt("cafe", first));
    const std::string better = current(node);
    ASSERT_NE(better, first);
    ASSERT_TRUE(node.adopt("cafe", first));
    EXPECT_EQ(current(node), better);
    EXPECT_TRUE(node.current("cafe").version.facts.expires_at.is_dated());
}

TEST(Adopt, MakesADamagedTokenGood) {
    SimulatedNode node;
    const std::string token = node.mint({{"login", "facebook"}, {"kind", "system-user"}, {"lifetime", "never"}});
    ASSERT_TRUE(node.adopt("cafe", token));
    damage_tokens(node, "cafe");
    auto report = node.adopt("cafe", token);
    ASSERT_TRUE(report) << report.error().summary();
    EXPECT_EQ(current(node), token);
}

TEST(Adopt, ShowsNoTokenThatStandsInTheIdsPlace) {
    SimulatedNode node;
    const std::string token = node.mint({{"login", "instagram"}});
    auto report = node.adopt("cafe", token, token);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), Code::kAccountId);
    EXPECT_FALSE(report.error().summary().contains(token.substr(0, 24))) << report.error().summary();
}

TEST(Adopt, OfADamagedTokenKeepsNoOthersDeliveryWaiting) {
    SimulatedNode node;
    node.sink.fail_next(2);
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "facebook"}})));
    ASSERT_TRUE(node.adopt("shop", node.mint({{"login", "facebook"}, {"account", "shop"}})));
    ASSERT_EQ(node.sink.token_at(SimulatedNode::path_of("shop")), "");
    damage_tokens(node, "cafe");
    node.start_loop();
    node.pass(Minutes(2), Seconds(20));
    EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("shop")), node.current("shop").token.reveal());
    EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), "");
}

} // namespace
} // namespace everlong::test
