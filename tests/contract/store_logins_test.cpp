// ports/login_store.hpp.
#include <support/run.hpp>
#include <support/sqlite_store.hpp>

#include <ports/login_store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace everlong::ports {
namespace {

using core::LoginPath;
using test::must;

constexpr Instant kNow = instant_from_unix_s(1'780'000'000);

AuditEvent event(std::string action, Instant at = kNow) {
    return {at, "test", std::move(action), "cafe", ""};
}

class StoreLogins : public testing::Test {
protected:
    template <class T>
    T get(Task<T> task) {
        return must(test::run(io_, std::move(task)));
    }
    LoginStore& logins() { return store_.logins(); }

    Login begin(std::string id, std::string channel = "cafe", Instant at = kNow, int limit = 100) {
        Login login;
        login.id = id;
        login.channel_name = std::move(channel);
        login.state_hash = "state of " + id;
        login.redirect_uri = "http://localhost/cb";
        login.expires_at = at + Minutes(15);
        login.asked = {"instagram_basic"};
        login.actor = "cli";
        return get(logins().begin_login(std::move(login), Secret("verifier-" + id), limit, event("login-started", at)));
    }

    boost::asio::io_context io_{1};
    test::SqliteStore store_;
};

TEST_F(StoreLogins, SurviveARestartWithEverythingThatIsKnown) {
    Login login = begin("one");
    login.stage = LoginStage::kChoosing;
    login.granted = {"instagram_basic", "pages_show_list"};
    login.person_id = "77";
    LoginAccount found;
    found.account.ig_user_id = IgUserId("17841400000000001");
    found.account.username = "caf\xff";
    found.account.page_name = "Caf\xC3\xA9";
    found.trouble = core::AccountTrouble::kNoTask;
    login.accounts = {found};
    login.are_accounts_complete = false;
    login.chosen = "17841400000000001";
    login.problem = core::Problem{Code::kUpstream, Fault::kTransient, "down", 2, 0, kNow};
    const Login saved = get(logins().save_login(login, Secret("token-one"), event("x")));
    EXPECT_EQ(saved.revision, 2);
    store_.reopen();
    const auto read = get(logins().find_login_by_state("state of one"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, "one");
    EXPECT_EQ(read->revision, 2);
    EXPECT_EQ(read->stage, LoginStage::kChoosing);
    EXPECT_EQ(read->granted, login.granted);
    EXPECT_EQ(read->accounts[0].account.username, "caf\xff");
    EXPECT_EQ(read->accounts[0].trouble, core::AccountTrouble::kNoTask);
    EXPECT_FALSE(read->are_accounts_complete);
    EXPECT_EQ(read->problem, login.problem);
    EXPECT_EQ(get(logins().load_login_token("one"))->reveal(), "token-one");
    EXPECT_FALSE(get(logins().load_login_verifier("one"))) << "of no use once there is a token";
}

TEST_F(StoreLogins, KeepNothingThatOpensAnythingInTheClear) {
    begin("one");
    EXPECT_EQ(get(logins().load_login_verifier("one"))->reveal(), "verifier-one");
    Login login = *get(logins().find_login("one"));
    login.stage = LoginStage::kRedeemed;
    login = get(logins().save_login(login, Secret("token-of-the-code"), event("x")));
    login.stage = LoginStage::kConnected;
    get(logins().save_login(login, std::nullopt, event("x")));
    EXPECT_FALSE(get(logins().load_login_token("one")));
    store_.close();
    std::ifstream file(store_.file(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_FALSE(bytes.contains("token-of-the-code"));
    EXPECT_FALSE(bytes.contains("verifier-one"));
}

TEST_F(StoreLogins, RefuseToWriteOverAChange) {
    const Login login = begin("one");
    get(logins().save_login(login, std::nullopt, event("x")));
    const auto stale = test::run(io_, logins().save_login(login, std::nullopt, event("x")));
    ASSERT_FALSE(stale);
    EXPECT_EQ(stale.error().code(), Code::kBusy);
    EXPECT_EQ(stale.error().fault(), Fault::kConflict);
}

TEST_F(StoreLogins, AreForgottenADayAfterTheirEndAndBeyondTheLimit) {
    begin("one");
    begin("two", "cafe", kNow + Days(1));
    EXPECT_TRUE(get(logins().find_login("one")));
    begin("three", "cafe", kNow + Days(2));
    EXPECT_FALSE(get(logins().find_login("one")));
    begin("four", "cafe", kNow + Days(2) + Minutes(1), 2);
    EXPECT_FALSE(get(logins().find_login("two")));
    EXPECT_EQ(get(logins().list_logins("cafe")).front().id, "four");
    EXPECT_EQ(get(logins().list_logins("cafe")).size(), 2U);
}

TEST_F(StoreLogins, KnowWhoWasInterrupted) {
    for (const auto& [id, stage] : {std::pair{"a", LoginStage::kWaiting}, std::pair{"b", LoginStage::kRedeeming},
                                    std::pair{"c", LoginStage::kRedeemed}, std::pair{"d", LoginStage::kChoosing},
                                    std::pair{"e", LoginStage::kAdopting}, std::pair{"f", LoginStage::kRefused}}) {
        Login login = begin(id);
        login.stage = stage;
        get(logins().save_login(login, std::nullopt, event("x")));
    }
    std::string ids;
    for (const Login& login : get(logins().list_interrupted_logins()))
        ids += login.id;
    EXPECT_EQ(ids, "bce");
}

TEST_F(StoreLogins, KnowWhoseChannelsAreWhose) {
    for (const char* name : {"a", "b", "c"}) {
        NewChannel channel;
        channel.name = name;
        get(store_.store().create_channel(channel, event("x")));
    }
    get(logins().note_person("a", LoginPath::kFacebook, "1"));
    get(logins().note_person("b", LoginPath::kFacebook, "2"));
    get(logins().note_person("b", LoginPath::kInstagram, "1"));
    EXPECT_THAT(get(logins().list_channels_of_person(LoginPath::kFacebook, "1")), testing::ElementsAre("a", "c"));
    EXPECT_THAT(get(logins().list_channels_of_person(LoginPath::kFacebook, "2")), testing::ElementsAre("b", "c"));
    EXPECT_TRUE(get(logins().list_channels_of_person(LoginPath::kInstagram, "1")).empty());
}

} // namespace
} // namespace everlong::ports
