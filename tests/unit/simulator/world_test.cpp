// The world by itself: look-ups, ids, and the bounds on what it and the ledger remember.
#include <simulator/world/ledger.hpp>
#include <simulator/world/seed.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <gtest/gtest.h>

namespace everlong::simulator {
namespace {

const Instant kNow = instant_from_unix_s(1'795'435'200);

Token make_token(std::string text, std::optional<Instant> expires_at) {
    Token token;
    token.text = std::move(text);
    token.expires_at = expires_at;
    return token;
}

TEST(World, ForgetsDeadTokensOnlyWhereThereAreTooMany) {
    World world(1);
    world.add_token(make_token("living", kNow + Days(1)), kNow);
    world.add_token(make_token("endless", std::nullopt), kNow);
    world.add_token(make_token("first dead", kNow), kNow);
    for (int i = 3; i < 200'000; ++i)
        world.add_token(make_token("dead " + std::to_string(i), kNow), kNow);
    EXPECT_NE(world.find_token("first dead"), nullptr);
    world.add_token(make_token("one more", kNow), kNow);
    EXPECT_EQ(world.find_token("first dead"), nullptr);
    EXPECT_EQ(world.tokens().size(), 150'001U);
    for (const char* text : {"living", "endless", "dead 199999", "one more"}) {
        EXPECT_NE(world.find_token(text), nullptr) << text;
    }
}

TEST(World, LinksAndPartsAccountsAndPages) {
    const auto world = make_seeded_world({}, 1);
    Account& account = *world->find_account_by_username("demo_cafe");
    Page& page = *world->find_page(account.page_id);
    EXPECT_EQ(page.ig_user_id, account.ig_user_id);
    world->unlink(account);
    EXPECT_EQ(account.page_id, "");
    EXPECT_EQ(page.ig_user_id, "");
}

TEST(World, BeginsWithTheDefaultPersonAloneWhereThatIsWanted) {
    Options options;
    options.real_now = [] { return instant_from_unix_s(1'795'435'200); };
    options.inhabitants = Inhabitants::kDefaultPerson;
    Simulator simulator(std::move(options));
    const auto counts = [&] {
        http::Request request;
        request.method = "GET";
        request.target = "/_sandbox/state";
        return boost::json::parse(simulator.handle_now(request).body).at("counts");
    };
    const boost::json::value alone{{"people", 1}, {"pages", 1}, {"accounts", 1}, {"tokens", 0}};
    EXPECT_EQ(counts(), alone);
    http::Request reset;
    reset.method = "POST";
    reset.target = "/_sandbox/reset";
    EXPECT_EQ(simulator.handle_now(reset).status, 200);
    EXPECT_EQ(counts(), alone);
}

TEST(World, GivesIdsAsMetaDoes) {
    const auto world = make_seeded_world({}, 1);
    for (const Account* account : world->accounts()) {
        EXPECT_EQ(account->ig_user_id.size(), 17U);
        EXPECT_TRUE(account->ig_user_id.starts_with("17841"));
        EXPECT_EQ(account->scoped_id.size(), 17U);
        EXPECT_NE(account->scoped_id, account->ig_user_id);
        // Digits that a double would lose (graph-api.md, 3.2).
        EXPECT_GT(std::stoull(account->ig_user_id), 9'007'199'254'740'992U);
    }
}

TEST(Ledger, KeepsTheLastCallsWithinItsBound) {
    Ledger ledger;
    for (int i = 0; i < 200'001; ++i)
        ledger.add_call({});
    EXPECT_EQ(ledger.to_json(200'000).at("calls").get_array().size(), 1U);
    const boost::json::object all = ledger.to_json(0);
    EXPECT_EQ(all.at("calls").get_array().size(), 200'000U);
    EXPECT_EQ(all.at("calls").get_array()[0].at("number"), boost::json::value(2));
}

} // namespace
} // namespace everlong::simulator
