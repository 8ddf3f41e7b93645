// Logins from the address of the dialog to a channel in use, with the simulator's own dialog in between; and what becomes of
// one that is cut off at each step.

#include <simulation/simulated_node.hpp>

#include <engine/connect/connect.hpp>

#include <gmock/gmock.h>

namespace everlong::engine {

namespace json = boost::json;

namespace {

using core::LoginPath;
using ports::Login;
using ports::LoginStage;
using test::SimulatedNode;

class Connect : public testing::Test {
protected:
    Connect() { restart(); }

    // As after a crash: nothing but the store is left.
    void restart() {
        ConnectSettings settings{"http://sandbox", "v25.0", true};
        connector_ = std::make_unique<Connector>(node_.world(), node_.logins(), node_.random(), settings);
    }

    template <class T>
    Result<T> ask(Task<T> task) {
        return test::run(node_.io, std::move(task));
    }

    static std::string redirect_uri(LoginPath login) {
        return "http://localhost:8000/oauth/" + std::string(core::to_text(login)) + "/callback";
    }

    BegunLogin begin(LoginPath login, std::string name = "cafe", std::string account = {},
                     std::vector<std::string> permissions = {}) {
        LoginRequest request;
        request.channel_name = std::move(name);
        request.login = login;
        request.redirect_uri = redirect_uri(login);
        request.account = std::move(account);
        request.permissions = std::move(permissions);
        request.actor = "test";
        auto begun = ask(connector_->begin(std::move(request)));
        EXPECT_TRUE(begun) << begun.error().summary();
        return std::move(*begun);
    }

    // The address that the dialog leads to.
    std::string go(const BegunLogin& begun, const std::string& wishes = "sandbox_auto=approve") {
        const std::string address(begun.address.reveal());
        const auto response = node_.get(address.substr(std::string_view("http://sandbox").size()) + "&" + wishes);
        EXPECT_EQ(response.status, 302) << response.body;
        return std::string(response.headers.find("Location").value_or(""));
    }

    Result<Login> answer(LoginPath login, const std::string& location) {
        auto callback = core::read_pasted_callback(login, location);
        EXPECT_TRUE(callback) << location << ": " << callback.error().summary();
        return ask(connector_->receive(LoginAnswer{login, std::move(*callback), {}, {}}));
    }

    Login connect(LoginPath login, const std::string& wishes = "", const std::string& name = "cafe",
                  std::vector<std::string> permissions = {}) {
        const auto begun = begin(login, name, {}, std::move(permissions));
        auto done = answer(login, go(begun, "sandbox_auto=approve&" + wishes));
        EXPECT_TRUE(done) << done.error().summary();
        return std::move(*done);
    }

    static std::string problem(const Login& login) {
        return login.problem ? std::string(code_name(login.problem->code)) + ": " + login.problem->detail : "";
    }

    std::size_t issued() { return node_.control("ledger").at("tokens").as_array().size(); }
    std::size_t codes_brought() {
        std::size_t count = 0;
        for (const auto& call : node_.control("ledger").at("calls").as_array()) {
            const auto& path = call.as_object().at("path").as_string();
            const auto& method = call.as_object().at("method").as_string();
            const auto& host = call.as_object().at("host").as_string();
            count += path.ends_with("oauth/access_token") && method == "POST" && host == "api.instagram.com" ? 1 : 0;
        }
        return count;
    }

    SimulatedNode node_;
    std::unique_ptr<Connector> connector_;
};

TEST_F(Connect, BringsBothLoginsToALongLivedCurrentToken) {
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        const std::string name(core::to_text(login));
        SCOPED_TRACE(name);
        const Login done = connect(login, "", name);
        EXPECT_EQ(done.stage, LoginStage::kConnected) << problem(done);
        EXPECT_FALSE(done.is_reconnect);
        const auto current = node_.current(name);
        EXPECT_EQ(current.version.facts.lifetime, core::Lifetime::kLong);
        EXPECT_EQ(current.version.facts.expires_at.instant() - node_.now(), Days(60));
        EXPECT_EQ(node_.channel(name).account.username, "demo_cafe");
        EXPECT_TRUE(core::missing_scopes(login, current.version.facts).empty());
        EXPECT_TRUE(current.version.facts.are_scopes_known);
        EXPECT_EQ(node_.health(name).state, core::ChannelState::kHealthy);
        // Nothing is left of it that opens anything.
        EXPECT_FALSE(ask(node_.logins().load_login_token(done.id))->has_value());
        EXPECT_FALSE(ask(node_.logins().load_login_verifier(done.id))->has_value());
    }
}

TEST_F(Connect, TakesEveryShapeOfInstagramsAnswer) {
    for (const char* shape : {"flat", "data", "bare"}) {
        for (const char* type : {"number", "text"}) {
            SCOPED_TRACE(std::string(shape) + ", " + type);
            node_.control("switches", json::object{{"instagram_code_shape", shape}, {"instagram_code_user_id", type}});
            const Login done = connect(LoginPath::kInstagram, "", std::string(shape) + "-" + type);
            EXPECT_EQ(done.stage, LoginStage::kConnected) << problem(done);
        }
    }
    node_.control("switches", json::object{{"facebook_code_life", "sixty-days"}, {"expires_in", "missing"}});
    EXPECT_EQ(connect(LoginPath::kFacebook).stage, LoginStage::kConnected);
    EXPECT_EQ(node_.health("cafe").state, core::ChannelState::kHealthy);
}

TEST_F(Connect, ExchangesACodeOnceHoweverOftenItComes) {
    const auto begun = begin(LoginPath::kInstagram);
    const std::string location = go(begun);
    for (int i = 0; i < 3; ++i) {
        const auto done = answer(LoginPath::kInstagram, location);
        ASSERT_TRUE(done) << done.error().summary();
        EXPECT_EQ(done->stage, LoginStage::kConnected);
    }
    EXPECT_EQ(codes_brought(), 1U);
    EXPECT_EQ(node_.current("cafe").version.version, 1);
}

TEST_F(Connect, TellsADenialAndChangesNothing) {
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        const auto begun = begin(login);
        const auto done = answer(login, go(begun, "sandbox_auto=deny"));
        ASSERT_TRUE(done);
        EXPECT_EQ(done->stage, LoginStage::kRefused);
        EXPECT_EQ(done->problem->code, Code::kLoginDenied);
    }
    EXPECT_EQ(issued(), 0U);
}

TEST_F(Connect, NamesWhatEachPersonWithTroubleLacks) {
    const struct {
        const char* person;
        Code code;
        const char* word;
    } cases[] = {{"Nora+Nopage", Code::kNoAccount, "no Page"},
                 {"Paul+Personal", Code::kNoAccount, "professional account is linked"},
                 {"Petra+Portfolio", Code::kNoAccount, "business_management"},
                 {"Emil+Employee", Code::kNoAccount, "business_management"}};
    for (const auto& test : cases) {
        SCOPED_TRACE(test.person);
        const Login done = connect(LoginPath::kFacebook, std::string("sandbox_person=") + test.person);
        EXPECT_EQ(done.stage, LoginStage::kRefused);
        ASSERT_TRUE(done.problem);
        EXPECT_EQ(done.problem->code, test.code);
        EXPECT_TRUE(done.problem->detail.contains(test.word)) << done.problem->detail;
        EXPECT_FALSE(ask(node_.world().store.find_channel("cafe"))->has_value());
    }
    const struct {
        const char* person;
        const char* name;
        LoginStage stage;
    } with_portfolios[] = {{"Petra+Portfolio", "p", LoginStage::kChoosing}, // the portfolio owns two
                           {"Alan+Agency", "a", LoginStage::kConnected},
                           {"Emil+Employee", "e", LoginStage::kConnected}};
    for (const auto& test : with_portfolios) {
        SCOPED_TRACE(test.person);
        const Login done = connect(LoginPath::kFacebook, std::string("sandbox_person=") + test.person, test.name,
                                   {"business_management"});
        EXPECT_EQ(done.stage, test.stage) << problem(done);
        EXPECT_TRUE(done.are_accounts_complete);
    }
}

TEST_F(Connect, AsksWhichOfSeveralAccountsAndListsTheOthersToo) {
    Login login = connect(LoginPath::kFacebook, "sandbox_person=Tina+Twopages");
    ASSERT_EQ(login.stage, LoginStage::kChoosing) << problem(login);
    ASSERT_EQ(login.accounts.size(), 2U);
    EXPECT_EQ(login.accounts[0].account.username, "demo_bakery");
    EXPECT_EQ(ask(connector_->choose(login.id, "17841", "test")).error().code(), Code::kAccountId);
    restart();
    const std::string wanted = login.accounts[1].account.ig_user_id.text();
    const auto done = ask(connector_->choose(login.id, wanted, "test"));
    ASSERT_TRUE(done) << done.error().summary();
    EXPECT_EQ(done->stage, LoginStage::kConnected) << problem(*done);
    EXPECT_EQ(node_.channel("cafe").account.username, "demo_bistro");
    EXPECT_TRUE(ask(connector_->choose(login.id, wanted, "test"))) << "the same click again";
    EXPECT_EQ(ask(connector_->choose(login.id, "17841", "test")).error().code(), Code::kLoginStage);

    const Login many = connect(LoginPath::kFacebook, "sandbox_person=Mona+Manypages", "many");
    EXPECT_EQ(many.stage, LoginStage::kChoosing);
    EXPECT_EQ(many.accounts.size(), 230U);
    EXPECT_EQ(std::ranges::count_if(many.accounts,
                                    [](const auto& each) { return each.trouble == core::AccountTrouble::kNone; }),
              3);
}

TEST_F(Connect, ReconnectsInPlaceAndKeepsTheHistory) {
    ASSERT_EQ(connect(LoginPath::kFacebook).stage, LoginStage::kConnected);
    const auto before = node_.channel("cafe");
    node_.start_loop();
    node_.pass(Days(40), Hours(6));
    EXPECT_EQ(node_.health("cafe").state, core::ChannelState::kExpiring);
    const Login done = connect(LoginPath::kFacebook);
    EXPECT_EQ(done.stage, LoginStage::kConnected) << problem(done);
    EXPECT_TRUE(done.is_reconnect);
    EXPECT_EQ(node_.channel("cafe").id, before.id);
    // Between them stands the extension that gave only the time left.
    EXPECT_EQ(node_.current("cafe").version.version, 3);
    EXPECT_EQ(node_.health("cafe").state, core::ChannelState::kHealthy);
    EXPECT_EQ(ask(node_.world().store.list_versions(before.id))->size(), 3U);
}

TEST_F(Connect, RefusesAnotherAccountOnReconnectAndNamesBoth) {
    ASSERT_EQ(connect(LoginPath::kFacebook).stage, LoginStage::kConnected);
    const auto before = node_.current("cafe").version.facts.fingerprint;
    for (const char* person : {"Tina+Twopages", "Nora+Nopage", "Paul+Personal"}) {
        SCOPED_TRACE(person);
        const Login done = connect(LoginPath::kFacebook, std::string("sandbox_person=") + person);
        EXPECT_EQ(done.stage, LoginStage::kRefused);
        EXPECT_TRUE(done.problem->detail.contains("@demo_cafe")) << done.problem->detail;
        EXPECT_EQ(done.problem->code, std::string_view(person) == "Tina+Twopages" ? Code::kIdentity : Code::kNoAccount);
        if (done.problem->code == Code::kIdentity) {
            EXPECT_TRUE(done.problem->detail.contains("@demo_bakery"));
        }
        EXPECT_EQ(node_.current("cafe").version.facts.fingerprint, before);
    }
    // Her Page left unticked.
    const Login unticked = connect(LoginPath::kFacebook, "sandbox_pages=none");
    EXPECT_EQ(unticked.stage, LoginStage::kRefused);
    EXPECT_EQ(node_.current("cafe").version.facts.fingerprint, before);
}

TEST_F(Connect, AsksOnlyForWhatIsMissing) {
    Login first = connect(LoginPath::kFacebook, "sandbox_decline=instagram_content_publish");
    EXPECT_EQ(first.stage, LoginStage::kConnected) << problem(first);
    EXPECT_THAT(core::missing_scopes(LoginPath::kFacebook, node_.current("cafe").version.facts),
                testing::ElementsAre("instagram_content_publish"));
    const auto again = begin(LoginPath::kFacebook);
    EXPECT_TRUE(again.address.reveal().contains("&scope=instagram_content_publish&"));
    EXPECT_TRUE(again.address.reveal().contains("auth_type=rerequest"));
    const auto done = answer(LoginPath::kFacebook, go(again));
    ASSERT_TRUE(done);
    EXPECT_EQ(done->stage, LoginStage::kConnected) << problem(*done);
    EXPECT_TRUE(core::missing_scopes(LoginPath::kFacebook, node_.current("cafe").version.facts).empty());
}

TEST_F(Connect, RefusesALoginWithoutAVitalPermission) {
    for (const char* name : {"instagram_basic", "pages_show_list"}) {
        SCOPED_TRACE(name);
        const Login done = connect(LoginPath::kFacebook, std::string("sandbox_decline=") + name);
        EXPECT_EQ(done.stage, LoginStage::kRefused);
        EXPECT_EQ(done.problem->code, Code::kPermissionMissing);
        EXPECT_TRUE(done.problem->detail.contains(name)) << done.problem->detail;
    }
    EXPECT_EQ(connect(LoginPath::kFacebook).stage, LoginStage::kConnected) << "what was declined is shown again";
}

TEST_F(Connect, KeepsTheTokenInUseWhereTheNewOneCanDoLess) {
    ASSERT_EQ(connect(LoginPath::kInstagram).stage, LoginStage::kConnected);
    const auto before = node_.current("cafe").version.facts.fingerprint;
    const Login done = connect(LoginPath::kInstagram, "sandbox_decline=instagram_business_content_publish");
    EXPECT_EQ(done.stage, LoginStage::kRefused);
    EXPECT_EQ(done.problem->code, Code::kScopeLost);
    EXPECT_EQ(node_.current("cafe").version.facts.fingerprint, before);
}

TEST_F(Connect, EndsAfterAQuarterOfAnHour) {
    const auto begun = begin(LoginPath::kInstagram);
    const std::string location = go(begun);
    node_.advance(Minutes(15));
    const auto done = answer(LoginPath::kInstagram, location);
    ASSERT_TRUE(done);
    EXPECT_EQ(done->stage, LoginStage::kExpired);
    EXPECT_EQ(codes_brought(), 0U);
}

TEST_F(Connect, GoesOnAfterACrashWhileTheTokenLives) {
    // Meta is down after the code was exchanged: the token is sealed, and the login waits.
    const auto begun = begin(LoginPath::kInstagram);
    const std::string location = go(begun);
    node_.control("faults", json::array{json::object{{"match", json::object{{"path", "/me"}}},
                                                     {"fault", json::object{{"kind", "status"}, {"status", 503}}}}});
    const auto kept = answer(LoginPath::kInstagram, location);
    ASSERT_TRUE(kept) << kept.error().summary();
    EXPECT_EQ(kept->stage, LoginStage::kRedeemed);
    node_.control("faults", json::array{});
    restart();
    node_.advance(Minutes(30));
    EXPECT_TRUE(ask(connector_->resume()));
    EXPECT_EQ(ask(connector_->find(kept->id))->stage, LoginStage::kConnected);
    EXPECT_EQ(codes_brought(), 1U);
}

TEST_F(Connect, AsksToConnectAgainWhereTheTokensHourIsOver) {
    ASSERT_EQ(connect(LoginPath::kInstagram).stage, LoginStage::kConnected);
    const auto before = node_.current("cafe").version.facts.fingerprint;
    const auto begun = begin(LoginPath::kInstagram);
    const std::string location = go(begun);
    node_.control("faults",
                  json::array{json::object{{"match", json::object{{"path", "/access_token"}, {"method", "GET"}}},
                                           {"fault", json::object{{"kind", "status"}, {"status", 503}}}}});
    const auto kept = answer(LoginPath::kInstagram, location);
    ASSERT_TRUE(kept) << kept.error().summary();
    EXPECT_EQ(kept->stage, LoginStage::kAdopting);
    restart();
    node_.advance(Minutes(61));
    const auto over = ask(connector_->find(kept->id));
    EXPECT_EQ(over->stage, LoginStage::kRefused);
    EXPECT_EQ(over->problem->code, Code::kConnectAgain);
    EXPECT_EQ(node_.current("cafe").version.facts.fingerprint, before);
}

TEST_F(Connect, NeverBringsACodeTwiceWhoseAnswerWasLost) {
    const auto begun = begin(LoginPath::kInstagram);
    const std::string location = go(begun);
    node_.control("faults", json::array{json::object{{"match", json::object{{"path", "/oauth/access_token"}}},
                                                     {"times", 1},
                                                     {"fault", json::object{{"kind", "drop-after"}}}}});
    const auto lost = answer(LoginPath::kInstagram, location);
    ASSERT_TRUE(lost) << lost.error().summary();
    EXPECT_EQ(lost->stage, LoginStage::kRefused);
    EXPECT_EQ(lost->problem->code, Code::kConnectAgain);
    EXPECT_EQ(answer(LoginPath::kInstagram, location)->stage, LoginStage::kRefused);
    EXPECT_EQ(codes_brought(), 1U);
}

TEST_F(Connect, RefusesAnAnswerThatBelongsElsewhere) {
    const auto facebook = begin(LoginPath::kFacebook, "one");
    const auto instagram = begin(LoginPath::kInstagram, "two");
    const std::string location = go(facebook);
    // The answer of one login at the address of the other (a mix-up), or pasted for another.
    EXPECT_EQ(answer(LoginPath::kInstagram, location).error().code(), Code::kLoginState);
    auto pasted = core::read_pasted_callback(LoginPath::kFacebook, location);
    EXPECT_EQ(ask(connector_->receive(LoginAnswer{LoginPath::kFacebook, std::move(*pasted), {}, instagram.login.id}))
                  .error()
                  .code(),
              Code::kLoginState);
    auto named = core::read_pasted_callback(LoginPath::kFacebook,
                                            location.substr(0, location.find('#')) + "&iss=https%3A%2F%2Fevil.example");
    ASSERT_TRUE(named) << named.error().summary();
    EXPECT_EQ(ask(connector_->receive(LoginAnswer{LoginPath::kFacebook, std::move(*named), {}, {}})).error().code(),
              Code::kLoginCallback);
    // None of that has used the code.
    EXPECT_EQ(answer(LoginPath::kFacebook, location)->stage, LoginStage::kConnected);
}

} // namespace
} // namespace everlong::engine
