// Every call of the port on each login, against the simulator.
#include "graph_sandbox.hpp"

#include <core/graph_errors.hpp>

#include <algorithm>

namespace everlong::ports {
namespace {

using core::LoginPath;
using core::TokenKind;
using test::GraphSandbox;

constexpr const char* kShortUser = R"({"login":"facebook","lifetime":"short"})";
constexpr const char* kLongUser = R"({"login":"facebook"})";
constexpr const char* kShortInstagram = R"({"login":"instagram","lifetime":"short"})";
constexpr const char* kLongInstagram = R"({"login":"instagram","age_s":172800})";

TEST(GraphCalls, ExchangeAShortTokenOnEachLogin) {
    GraphSandbox sandbox;
    for (const auto& [login, wishes] :
         {std::pair{LoginPath::kFacebook, kShortUser}, std::pair{LoginPath::kInstagram, kShortInstagram}}) {
        SCOPED_TRACE(wishes);
        const auto minted = sandbox.mint(wishes);
        const auto grant = sandbox.ask(sandbox.graph().exchange(login, minted.token));
        ASSERT_TRUE(grant.has_value()) << grant.error().summary();
        EXPECT_FALSE(grant->token.equals(minted.token));
        ASSERT_TRUE(grant->expires_in.has_value());
        EXPECT_EQ(*grant->expires_in, Days(60));
        EXPECT_TRUE(sandbox.ask(sandbox.graph().me(login, grant->token)).has_value());
    }
}

TEST(GraphCalls, ExchangeOfALongFacebookTokenGivesTheTimeLeft) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(R"({"login":"facebook","age_s":864000})");
    const auto grant = sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, minted.token));
    ASSERT_TRUE(grant.has_value()) << grant.error().summary();
    EXPECT_EQ(grant->expires_in, Days(50));
}

TEST(GraphCalls, ExchangeWithoutALifetimeIsAGrantAllTheSame) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(R"({"login":"facebook","kind":"user","lifetime":"never"})");
    const auto grant = sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, minted.token));
    ASSERT_TRUE(grant.has_value()) << grant.error().summary();
    EXPECT_FALSE(grant->expires_in.has_value());
    const auto inspection = sandbox.ask(sandbox.graph().inspect(grant->token));
    ASSERT_TRUE(inspection.has_value()) << inspection.error().summary();
    EXPECT_TRUE(inspection->expires_at.is_never());
}

TEST(GraphCalls, ExchangeRefusesALongInstagramToken) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(kLongInstagram);
    const auto grant = sandbox.ask(sandbox.graph().exchange(LoginPath::kInstagram, minted.token));
    ASSERT_FALSE(grant.has_value());
    EXPECT_EQ(grant.error().code(), Code::kTokenKind);
    EXPECT_EQ(grant.error().fault(), Fault::kRefused);
}

TEST(GraphCalls, RefreshAnInstagramTokenForSixtyDays) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(kLongInstagram);
    const auto grant = sandbox.ask(sandbox.graph().refresh_instagram(minted.token));
    ASSERT_TRUE(grant.has_value()) << grant.error().summary();
    EXPECT_EQ(grant->expires_in, Days(60));
    ASSERT_TRUE(grant->scopes.has_value());
    EXPECT_NE(std::ranges::find(*grant->scopes, "instagram_business_basic"), grant->scopes->end());
}

TEST(GraphCalls, RefreshRefusesATokenYoungerThanADayAndAShortOne) {
    GraphSandbox sandbox;
    const auto young = sandbox.mint(R"({"login":"instagram","age_s":86399})");
    const auto early = sandbox.ask(sandbox.graph().refresh_instagram(young.token));
    ASSERT_FALSE(early.has_value());
    EXPECT_EQ(early.error().code(), Code::kTooYoung);
    sandbox.simulator().advance(Seconds(1));
    EXPECT_TRUE(sandbox.ask(sandbox.graph().refresh_instagram(young.token)).has_value());
    const auto brief = sandbox.mint(kShortInstagram);
    const auto refused = sandbox.ask(sandbox.graph().refresh_instagram(brief.token));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Code::kTokenKind);
}

TEST(GraphCalls, RefreshASystemUserForSixtyFullDays) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(R"({"login":"facebook","kind":"system-user","age_s":864000})");
    const auto grant = sandbox.ask(sandbox.graph().refresh_system_user(minted.token));
    ASSERT_TRUE(grant.has_value()) << grant.error().summary();
    EXPECT_EQ(grant->expires_in, Days(60));
    const auto inspection = sandbox.ask(sandbox.graph().inspect(grant->token));
    ASSERT_TRUE(inspection.has_value()) << inspection.error().summary();
    EXPECT_EQ(inspection->kind, TokenKind::kSystemUser);
    EXPECT_EQ(inspection->expires_at, core::Expiry::at(*parse_rfc3339("2026-06-30T10:00:00Z")));
}

TEST(GraphCalls, InspectEveryKindOfTheFacebookLogin) {
    const struct {
        const char* wishes;
        TokenKind kind;
        const char* expires_at; // null: never
        bool is_issue_told;
    } cases[] = {
        {R"({"login":"facebook","lifetime":"short"})", TokenKind::kUser, "2026-05-01T11:30:00Z", false},
        {R"({"login":"facebook","age_s":86400})", TokenKind::kUser, "2026-06-29T10:00:00Z", true},
        {R"({"login":"facebook","kind":"system-user","lifetime":"never"})", TokenKind::kSystemUser, nullptr, true},
        {R"({"login":"facebook","kind":"page"})", TokenKind::kPage, nullptr, true},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.wishes);
        GraphSandbox sandbox;
        const auto minted = sandbox.mint(test.wishes);
        const auto inspection = sandbox.ask(sandbox.graph().inspect(minted.token));
        ASSERT_TRUE(inspection.has_value()) << inspection.error().summary();
        EXPECT_TRUE(inspection->is_valid);
        EXPECT_EQ(inspection->kind, test.kind);
        EXPECT_EQ(inspection->app_id, "100000000000001");
        EXPECT_EQ(inspection->user_id, minted.user_id);
        EXPECT_EQ(inspection->issued_at.has_value(), test.is_issue_told);
        const auto wanted =
            test.expires_at == nullptr ? core::Expiry::never() : core::Expiry::at(*parse_rfc3339(test.expires_at));
        EXPECT_EQ(inspection->expires_at, wanted);
        EXPECT_NE(std::ranges::find(inspection->scopes, "instagram_basic"), inspection->scopes.end());
        if (test.kind == TokenKind::kPage) EXPECT_EQ(inspection->profile_id, minted.page_id);
    }
}

TEST(GraphCalls, InspectCallsGarbageInvalidAndAnInstagramTokenAnotherKind) {
    GraphSandbox sandbox;
    const auto garbage = sandbox.ask(sandbox.graph().inspect(Secret("EAAgarbage")));
    ASSERT_TRUE(garbage.has_value()) << garbage.error().summary();
    EXPECT_FALSE(garbage->is_valid);
    ASSERT_TRUE(garbage->problem.has_value());
    EXPECT_EQ(garbage->problem->code(), Code::kTokenMalformed);
    const auto instagram = sandbox.ask(sandbox.graph().inspect(sandbox.mint(kLongInstagram).token));
    ASSERT_FALSE(instagram.has_value());
    EXPECT_EQ(instagram.error().code(), Code::kTokenKind);
}

TEST(GraphCalls, AWrongSecretIsTheAppsTroubleAndNeverTheTokens) {
    GraphSandbox sandbox([](adapters::GraphOptions& options) {
        options.facebook_app->secret = Secret("wrong");
        options.instagram_app->secret = Secret("wrong");
    });
    const auto user = sandbox.mint(kShortUser);
    const auto instagram = sandbox.mint(kShortInstagram);
    const auto problems = {
        sandbox.ask(sandbox.graph().inspect(user.token)).error(),
        sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, user.token)).error(),
        sandbox.ask(sandbox.graph().exchange(LoginPath::kInstagram, instagram.token)).error(),
        sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).error(), // a wrong proof
    };
    for (const Error& problem : problems) {
        EXPECT_EQ(problem.code(), Code::kAppConfig) << problem.summary();
        EXPECT_EQ(problem.fault(), Fault::kRefused);
        EXPECT_FALSE(core::is_dead_token(problem));
    }
}

TEST(GraphCalls, AWrongAppIdIsTheAppsTrouble) {
    GraphSandbox sandbox([](adapters::GraphOptions& options) { options.facebook_app->id = "999"; });
    const auto user = sandbox.mint(kShortUser);
    EXPECT_EQ(sandbox.ask(sandbox.graph().inspect(user.token)).error().code(), Code::kAppConfig);
    EXPECT_EQ(sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, user.token)).error().code(), Code::kAppConfig);
}

TEST(GraphCalls, ProofsAreAcceptedWhereTheAppDemandsThem) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(kLongUser);
    sandbox.control("POST", "switches", R"({"appsecret_proof":"required"})");
    EXPECT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
    EXPECT_TRUE(sandbox.ask(sandbox.graph().list_permissions(user.token)).has_value());
    EXPECT_TRUE(sandbox.ask(sandbox.graph().list_pages(user.token)).has_value());
    EXPECT_TRUE(sandbox.ask(sandbox.graph().inspect(user.token)).has_value());
    const auto account =
        sandbox.ask(sandbox.graph().account(LoginPath::kFacebook, user.token, IgUserId(user.ig_user_id)));
    EXPECT_TRUE(account.has_value());
}

TEST(GraphCalls, WithoutASecretADemandedProofIsMissing) {
    GraphSandbox sandbox([](adapters::GraphOptions& options) { options.facebook_app.reset(); });
    const auto user = sandbox.mint(kLongUser);
    EXPECT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
    sandbox.control("POST", "switches", R"({"appsecret_proof":"required"})");
    EXPECT_EQ(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).error().code(), Code::kAppConfig);
}

TEST(GraphCalls, MeOnEachLogin) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(kLongUser);
    const auto person = sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token));
    ASSERT_TRUE(person.has_value()) << person.error().summary();
    EXPECT_EQ(person->id, user.user_id);
    EXPECT_EQ(person->name, "Dana Demo");
    const auto instagram = sandbox.mint(kLongInstagram);
    const auto account = sandbox.ask(sandbox.graph().me(LoginPath::kInstagram, instagram.token));
    ASSERT_TRUE(account.has_value()) << account.error().summary();
    EXPECT_EQ(account->account.ig_user_id.text(), instagram.ig_user_id);
    EXPECT_EQ(account->account.username, "demo_cafe");
    EXPECT_EQ(account->account.account_type, "BUSINESS");
    EXPECT_NE(account->id, instagram.ig_user_id);
}

TEST(GraphCalls, ATokenOfTheOtherLoginCannotBeRead) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(kLongUser);
    const auto instagram = sandbox.mint(kLongInstagram);
    EXPECT_EQ(sandbox.ask(sandbox.graph().me(LoginPath::kInstagram, user.token)).error().code(), Code::kTokenMalformed);
    EXPECT_EQ(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, instagram.token)).error().code(),
              Code::kTokenMalformed);
    EXPECT_EQ(sandbox.ask(sandbox.graph().refresh_instagram(user.token)).error().code(), Code::kTokenKind);
    EXPECT_EQ(sandbox.ask(sandbox.graph().exchange(LoginPath::kInstagram, user.token)).error().code(),
              Code::kTokenKind);
    EXPECT_EQ(sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, instagram.token)).error().code(),
              Code::kTokenMalformed);
}

TEST(GraphCalls, APageTokenCannotBeExchanged) {
    GraphSandbox sandbox;
    const auto page = sandbox.mint(R"({"login":"facebook","kind":"page"})");
    const auto grant = sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, page.token));
    ASSERT_FALSE(grant.has_value());
    EXPECT_EQ(grant.error().code(), Code::kTokenKind);
}

TEST(GraphCalls, PagesOfAPersonWithTheLinkedAccounts) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(R"({"login":"facebook","account":"demo_bakery"})");
    const auto pages = sandbox.ask(sandbox.graph().list_pages(user.token));
    ASSERT_TRUE(pages.has_value()) << pages.error().summary();
    ASSERT_EQ(pages->pages.size(), 2u);
    EXPECT_EQ(pages->pages[0].name, "Demo Bakery");
    ASSERT_TRUE(pages->pages[0].account.has_value());
    EXPECT_EQ(pages->pages[0].account->username, "demo_bakery");
    EXPECT_EQ(pages->pages[0].account->ig_user_id.text(), user.ig_user_id);
    EXPECT_EQ(pages->pages[0].account->page_id, pages->pages[0].id);
    EXPECT_NE(std::ranges::find(pages->pages[0].tasks, "CREATE_CONTENT"), pages->pages[0].tasks.end());
    EXPECT_FALSE(pages->is_complete) << "without business_management the portfolios are not seen";
}

TEST(GraphCalls, PagesOfPortfolios) {
    GraphSandbox sandbox;
    const std::string scopes =
        R"("scopes":["instagram_basic","pages_show_list","pages_read_engagement","business_management"])";
    for (const char* username : {"demo_portfolio", "demo_client"}) {
        SCOPED_TRACE(username);
        const auto user =
            sandbox.mint(R"({"login":"facebook","account":")" + std::string(username) + "\"," + scopes + "}");
        const auto pages = sandbox.ask(sandbox.graph().list_pages(user.token));
        ASSERT_TRUE(pages.has_value()) << pages.error().summary();
        EXPECT_TRUE(pages->is_complete);
        const auto found = std::ranges::find_if(
            pages->pages, [&](const Page& page) { return page.account && page.account->username == username; });
        ASSERT_NE(found, pages->pages.end());
        EXPECT_TRUE(found->is_from_portfolio);
    }
}

TEST(GraphCalls, PagesByTheHundred) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(R"({"login":"facebook","account":"demo_shop_001"})");
    const auto pages = sandbox.ask(sandbox.graph().list_pages(user.token));
    ASSERT_TRUE(pages.has_value()) << pages.error().summary();
    EXPECT_EQ(pages->pages.size(), 230u);
    int linked = 0;
    for (const Page& page : pages->pages) {
        linked += page.account ? 1 : 0;
    }
    EXPECT_EQ(linked, 3);
    int calls = 0;
    for (const auto& call : sandbox.calls()) {
        calls += call.at("path").as_string().ends_with("/me/accounts") ? 1 : 0;
    }
    EXPECT_EQ(calls, 3);
}

TEST(GraphCalls, PagesOfSomebodyWithoutAny) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(R"({"login":"facebook","account":"demo_nopage"})");
    const auto pages = sandbox.ask(sandbox.graph().list_pages(user.token));
    ASSERT_TRUE(pages.has_value()) << pages.error().summary();
    EXPECT_TRUE(pages->pages.empty());
}

TEST(GraphCalls, PermissionsShowWhatWasTakenBack) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(kLongUser);
    const auto status_of = [&](const char* name) {
        const auto permissions = sandbox.ask(sandbox.graph().list_permissions(user.token));
        if (!permissions) return Permission::Status::kUnknown;
        const auto found = std::ranges::find(*permissions, name, &Permission::name);
        return found == permissions->end() ? Permission::Status::kUnknown : found->status;
    };
    EXPECT_EQ(status_of("instagram_content_publish"), Permission::Status::kGranted);
    sandbox.control("POST", "event", R"({"type":"permission-revoked","permission":"instagram_content_publish"})");
    EXPECT_EQ(status_of("instagram_content_publish"), Permission::Status::kDeclined);
    EXPECT_EQ(status_of("instagram_basic"), Permission::Status::kGranted);
}

TEST(GraphCalls, AccountsByTheirNumberAndNothingElse) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(kLongUser);
    const auto account =
        sandbox.ask(sandbox.graph().account(LoginPath::kFacebook, user.token, IgUserId(user.ig_user_id)));
    ASSERT_TRUE(account.has_value()) << account.error().summary();
    EXPECT_EQ(account->username, "demo_cafe");
    const auto pages = sandbox.ask(sandbox.graph().list_pages(user.token));
    ASSERT_TRUE(pages.has_value());
    for (const std::string& id : {pages->pages.at(0).id, user.user_id, std::string("17841499999999999")}) {
        SCOPED_TRACE(id);
        const auto other = sandbox.ask(sandbox.graph().account(LoginPath::kFacebook, user.token, IgUserId(id)));
        ASSERT_FALSE(other.has_value());
        EXPECT_EQ(other.error().code(), Code::kAccountId);
    }

    const auto instagram = sandbox.mint(kLongInstagram);
    const auto own =
        sandbox.ask(sandbox.graph().account(LoginPath::kInstagram, instagram.token, IgUserId(instagram.ig_user_id)));
    ASSERT_TRUE(own.has_value()) << own.error().summary();
    EXPECT_EQ(own->account_type, "BUSINESS");
    const auto me = sandbox.ask(sandbox.graph().me(LoginPath::kInstagram, instagram.token));
    ASSERT_TRUE(me.has_value());
    const auto scoped = sandbox.ask(sandbox.graph().account(LoginPath::kInstagram, instagram.token, IgUserId(me->id)));
    ASSERT_FALSE(scoped.has_value());
    EXPECT_EQ(scoped.error().code(), Code::kAccountId);
}

TEST(GraphCalls, TheQuotaOfPostsIsWhatMetaSaysOfThisAccount) {
    GraphSandbox sandbox;
    for (const auto& [login, wish, permission] :
         {std::tuple{LoginPath::kFacebook, R"({"login":"facebook","scopes":["instagram_basic","pages_show_list"]})",
                     "instagram_content_publish"},
          std::tuple{LoginPath::kInstagram, R"({"login":"instagram","scopes":["instagram_business_basic"]})",
                     "instagram_business_content_publish"}}) {
        SCOPED_TRACE(permission);
        const auto full = sandbox.mint(login == LoginPath::kFacebook ? kLongUser : kLongInstagram);
        const auto limit = sandbox.ask(sandbox.graph().publishing_limit(login, full.token, IgUserId(full.ig_user_id)));
        ASSERT_TRUE(limit.has_value()) << limit.error().summary();
        EXPECT_EQ(limit->used, 0);
        EXPECT_EQ(limit->total, 50);
        EXPECT_EQ(limit->window, Seconds(86400));
        const auto lesser = sandbox.mint(wish);
        const auto refused =
            sandbox.ask(sandbox.graph().publishing_limit(login, lesser.token, IgUserId(lesser.ig_user_id)));
        ASSERT_FALSE(refused.has_value());
        EXPECT_EQ(refused.error().code(), Code::kPermissionMissing);
    }
    EXPECT_TRUE(sandbox.graph().server_time().has_value());
}

TEST(GraphCalls, EveryAnswerTellsTheSimulatorsClock) {
    std::vector<Instant> told;
    GraphSandbox sandbox([&](adapters::GraphOptions& options) {
        options.on_server_date = [&](Instant instant) { told.push_back(instant); };
    });
    const auto user = sandbox.mint(kLongUser);
    EXPECT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
    sandbox.simulator().advance(Days(30));
    EXPECT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
    ASSERT_EQ(told.size(), 2u);
    EXPECT_EQ(to_rfc3339(told[0]), "2026-05-01T10:00:00Z");
    EXPECT_EQ(to_rfc3339(told[1]), "2026-05-31T10:00:00Z");
}

} // namespace
} // namespace everlong::ports
