// The promise of the product, on virtual time: a year without a person.

#include <simulation/simulated_node.hpp>

#include <base/digest.hpp>

#include <map>
#include <random>

namespace everlong::test {
namespace {

json::value all_calls_answer(json::object fault) {
    return json::array{json::object{{"match", json::object{}}, {"times", 1'000'000}, {"fault", std::move(fault)}}};
}

// Is the token that the application would read alive at Meta?
bool is_alive(SimulatedNode& node, const std::string& token) {
    const std::string fingerprint = fingerprint_of(token).text();
    for (const auto& item : node.control("state").at("tokens").as_array()) {
        if (item.at("fingerprint").as_string() == fingerprint) return item.at("alive").as_bool();
    }
    return false;
}

int dead_token_calls(SimulatedNode& node) {
    int count = 0;
    const json::object ledger = node.control("ledger");
    for (const auto& call : ledger.at("calls").as_array()) {
        const auto* alive = call.as_object().if_contains("token_alive");
        if (alive != nullptr && alive->is_bool() && !alive->as_bool()) ++count;
    }
    return count;
}

// Refreshes that Meta granted, whether or not we heard of it, by instant.
std::vector<Instant> granted_refreshes(SimulatedNode& node) {
    std::vector<Instant> times;
    const json::object ledger = node.control("ledger");
    for (const auto& token : ledger.at("tokens").as_array()) {
        const std::string via(token.at("via").as_string());
        if (via.contains("refresh_token") || via.contains("exchange_token"))
            times.push_back(*parse_rfc3339(token.at("issued_at").as_string()));
    }
    return times;
}

struct Login {
    const char* name;
    json::object wish;
};

std::vector<Login> renewable_logins() {
    return {
        {"instagram", {{"login", "instagram"}, {"age_s", 55 * 86400}}},
        {"system-user", {{"login", "facebook"}, {"kind", "system-user"}, {"lifetime", "long"}, {"age_s", 55 * 86400}}}};
}

TEST(LifecycleYear, NeedsNoPersonInStepsOfADayOrNine) {
    for (const Login& login : renewable_logins()) {
        for (const int step : {1, 9}) {
            SCOPED_TRACE(std::string(login.name) + ", steps of " + std::to_string(step) + " days");
            SimulatedNode node;
            ASSERT_TRUE(node.adopt("cafe", node.mint(login.wish)));
            node.start_loop();
            node.pass(Days(365), Days(step), [&] {
                ASSERT_TRUE(is_alive(node, node.sink.token_at(SimulatedNode::path_of("cafe"))))
                    << to_rfc3339(node.now());
                ASSERT_EQ(node.health("cafe").state, core::ChannelState::kHealthy) << node.health("cafe").reason;
            });
            EXPECT_EQ(dead_token_calls(node), 0);
            EXPECT_GE(granted_refreshes(node).size(), 365u / 10);
            EXPECT_LE(granted_refreshes(node).size(), 365u / 7 + 2);
        }
    }
}

TEST(LifecycleYear, SurvivesFortyFiveDaysWithoutMeta) {
    for (const Login& login : renewable_logins()) {
        for (const int step : {1, 9}) {
            // The worst moment to lose Meta is anywhere in the cycle.
            for (const int healthy_days : {99, 108, 117}) {
                SCOPED_TRACE(std::string(login.name) + ", steps of " + std::to_string(step) + " days, after " +
                             std::to_string(healthy_days));
                SimulatedNode node;
                ASSERT_TRUE(node.adopt("cafe", node.mint(login.wish)));
                node.start_loop();
                const auto check = [&] {
                    ASSERT_TRUE(is_alive(node, node.sink.token_at(SimulatedNode::path_of("cafe"))));
                };
                node.pass(Days(healthy_days), Days(step), check);
                node.control("faults", all_calls_answer({{"kind", "status"}, {"status", 503}}));
                node.pass(Days(45), Days(step), check);
                node.control("faults", json::array{});
                node.pass(Days(60), Days(step), check);
                EXPECT_EQ(node.health("cafe").state, core::ChannelState::kHealthy) << node.health("cafe").reason;
                EXPECT_EQ(dead_token_calls(node), 0);
            }
        }
    }
}

// Every seed: some channels, a year, and faults that come and go. No token is lost, none is renewed twice in a day.
TEST(LifecycleYear, SurvivesASwarmOfFaults) {
    const char* only = std::getenv("EVERLONG_SEED");
    const std::uint64_t first = only ? std::strtoull(only, nullptr, 10) : 1;
    const std::uint64_t last = only ? first : 12;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        SCOPED_TRACE("replay with EVERLONG_SEED=" + std::to_string(seed));
        std::mt19937_64 chance(seed);
        SimulatedNode node(seed);
        const auto logins = renewable_logins();
        ASSERT_TRUE(node.adopt("cafe", node.mint(logins[seed % 2].wish)));
        node.start_loop();
        int bad_weeks = 0;
        for (int week = 0; week < 52; ++week) {
            const json::object kinds[] = {{{"kind", "status"}, {"status", 500}},
                                          {{"kind", "drop-before"}},
                                          {{"kind", "drop-after"}},
                                          {{"kind", "html"}},
                                          {{"kind", "truncate"}},
                                          {{"kind", "rate-limit"}}};
            // Seven bad weeks in a row are the most that a token of 60 days, renewed by day 9, can be asked to survive.
            if (chance() % 2 == 0 && bad_weeks < 6) {
                ++bad_weeks;
                node.control("faults", all_calls_answer(kinds[chance() % std::size(kinds)]));
            } else {
                bad_weeks = 0;
                node.control("faults", json::array{});
            }
            if (chance() % 4 == 0) node.sink.fail_next(static_cast<int>(chance() % 20));
            node.pass(Days(7), Hours(1 + static_cast<int>(chance() % 60)));
            ASSERT_FALSE(node.current("cafe").version.facts.expires_at.is_past(node.now())) << "week " << week;
            ASSERT_TRUE(is_alive(node, std::string(node.current("cafe").token.reveal()))) << "week " << week;
        }
        node.control("faults", json::array{});
        node.pass(Days(14), Hours(6));
        EXPECT_EQ(node.health("cafe").state, core::ChannelState::kHealthy) << node.health("cafe").reason;
        EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), node.current("cafe").token.reveal());
        EXPECT_EQ(dead_token_calls(node), 0);
        const auto refreshes = granted_refreshes(node);
        for (std::size_t i = 1; i < refreshes.size(); ++i) {
            EXPECT_GE(refreshes[i] - refreshes[i - 1], Hours(24)) << to_rfc3339(refreshes[i]);
        }
    }
}

TEST(LifecycleYear, AsksForAPersonTwentyOneDaysAheadOnTheFacebookLogin) {
    SimulatedNode node;
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "facebook"}, {"lifetime", "long"}})));
    const Instant end = node.current("cafe").version.facts.expires_at.instant();
    node.start_loop();
    std::optional<Instant> asked;
    node.pass(Days(59), Hours(6), [&] {
        if (!asked && node.health("cafe").state == core::ChannelState::kExpiring) asked = node.now();
    });
    ASSERT_TRUE(asked);
    EXPECT_LE(*asked, end - Days(21) + Hours(6));
    EXPECT_GE(*asked, end - Days(21));
    EXPECT_TRUE(node.channel("cafe").lifecycle.was_extension_refused);
    node.pass(Days(5), Hours(6));
    EXPECT_EQ(node.health("cafe").state, core::ChannelState::kDead);
    EXPECT_EQ(dead_token_calls(node), 0);
}

TEST(LifecycleYear, ReachesAVerdictOnlyAfterASecondLook) {
    SimulatedNode node;
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "facebook"}})));
    node.start_loop();
    node.control("event", json::object{{"type", "app-removed"}});
    node.pass(Hours(25), Hours(25));
    ASSERT_TRUE(node.channel("cafe").lifecycle.suspicion);
    EXPECT_NE(node.health("cafe").state, core::ChannelState::kDead);
    node.pass(Minutes(11), Minutes(11));
    EXPECT_EQ(node.health("cafe").state, core::ChannelState::kDead);
}

TEST(LifecycleYear, GivesADeadInstagramSessionItsVerdictAndKeepsTheFile) {
    SimulatedNode node;
    ASSERT_TRUE(node.adopt("cafe", node.mint({{"login", "instagram"}, {"age_s", 2 * 86400}})));
    const std::string delivered = node.sink.token_at(SimulatedNode::path_of("cafe"));
    node.start_loop();
    node.control("event", json::object{{"type", "password-changed"}});
    node.pass(Hours(25), Hours(25));
    ASSERT_TRUE(node.channel("cafe").lifecycle.suspicion);
    EXPECT_NE(node.health("cafe").state, core::ChannelState::kDead);
    node.pass(Minutes(11), Minutes(11));
    EXPECT_EQ(node.health("cafe").state, core::ChannelState::kDead);
    EXPECT_EQ(node.sink.token_at(SimulatedNode::path_of("cafe")), delivered);
}

} // namespace
} // namespace everlong::test
