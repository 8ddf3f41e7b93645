// Every way in which a token dies, as the calls and the inspection tell it.
#include "graph_sandbox.hpp"

#include <core/graph_errors.hpp>

namespace everlong::ports {
namespace {

using core::LoginPath;
using test::GraphSandbox;

struct Death {
    const char* name;
    const char* event;
    Code code;
    int subcode;
};

constexpr Death kDeaths[] = {
    {"password", R"({"type":"password-changed"})", Code::kPasswordChanged, 460},
    {"app removed", R"({"type":"app-removed"})", Code::kAppRemoved, 458},
    {"checkpoint", R"({"type":"checkpoint"})", Code::kCheckpoint, 459},
    {"blocking checkpoint", R"({"type":"checkpoint","blocking":true})", Code::kCheckpoint, 490},
    {"unconfirmed", R"({"type":"unconfirmed"})", Code::kCheckpoint, 464},
    {"logged out", R"({"type":"logged-out"})", Code::kUserLoggedOut, 467},
    {"unused for 90 days", R"({"type":"inactive"})", Code::kTokenExpired, 493},
};

TEST(GraphDeadTokens, EventsAreToldByTheirSubcodes) {
    for (const Death& death : kDeaths) {
        SCOPED_TRACE(death.name);
        GraphSandbox sandbox;
        const auto user = sandbox.mint(R"({"login":"facebook","age_s":172800})");
        sandbox.control("POST", "event", death.event);
        const Error errors[] = {
            sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).error(),
            sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, user.token)).error(),
            sandbox.ask(sandbox.graph().list_pages(user.token)).error(),
            sandbox.ask(sandbox.graph().list_permissions(user.token)).error(),
        };
        for (const Error& error : errors) {
            EXPECT_EQ(code_name(error.code()), code_name(death.code));
            EXPECT_EQ(error.fault(), Fault::kNeedsConsent);
            EXPECT_TRUE(core::is_dead_token(error));
            ASSERT_NE(error.upstream(), nullptr);
            EXPECT_EQ(error.upstream()->subcode, death.subcode);
            EXPECT_FALSE(error.upstream()->trace_id.empty());
        }
        const auto inspection = sandbox.ask(sandbox.graph().inspect(user.token));
        ASSERT_TRUE(inspection.has_value()) << inspection.error().summary();
        EXPECT_FALSE(inspection->is_valid);
        ASSERT_TRUE(inspection->problem.has_value());
        EXPECT_EQ(code_name(inspection->problem->code()), code_name(death.code));
        EXPECT_EQ(inspection->problem->upstream()->subcode, death.subcode);
    }
}

TEST(GraphDeadTokens, EventsAreToldOnTheInstagramLoginToo) {
    for (const Death& death : kDeaths) {
        SCOPED_TRACE(death.name);
        GraphSandbox sandbox;
        const auto minted = sandbox.mint(R"({"login":"instagram","age_s":172800})");
        sandbox.control("POST", "event", death.event);
        const Error errors[] = {
            sandbox.ask(sandbox.graph().me(LoginPath::kInstagram, minted.token)).error(),
            sandbox.ask(sandbox.graph().refresh_instagram(minted.token)).error(),
            sandbox.ask(sandbox.graph().exchange(LoginPath::kInstagram, minted.token)).error(),
        };
        for (const Error& error : errors) {
            EXPECT_EQ(code_name(error.code()), code_name(death.code));
            EXPECT_TRUE(core::is_dead_token(error));
        }
    }
}

TEST(GraphDeadTokens, ACheckpointThatIsPassedGivesTheTokenBack) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(R"({"login":"facebook"})");
    sandbox.control("POST", "event", R"({"type":"checkpoint"})");
    EXPECT_FALSE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
    sandbox.control("POST", "event", R"({"type":"checkpoint","undo":true})");
    EXPECT_TRUE(sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, user.token)).has_value());
}

TEST(GraphDeadTokens, ALostRoleOnThePageIsNoDeath) {
    GraphSandbox sandbox;
    const auto page = sandbox.mint(R"({"login":"facebook","kind":"page"})");
    sandbox.control("POST", "event", R"({"type":"role-lost"})");
    const auto me = sandbox.ask(sandbox.graph().me(LoginPath::kFacebook, page.token));
    ASSERT_FALSE(me.has_value());
    EXPECT_EQ(me.error().code(), Code::kPermissionMissing);
    EXPECT_EQ(me.error().upstream()->subcode, 492);
    EXPECT_FALSE(core::is_dead_token(me.error()));
}

TEST(GraphDeadTokens, AnUnlinkedPageHidesTheAccount) {
    GraphSandbox sandbox;
    const auto user = sandbox.mint(R"({"login":"facebook"})");
    sandbox.control("POST", "event", R"({"type":"page-unlinked"})");
    const auto account =
        sandbox.ask(sandbox.graph().account(LoginPath::kFacebook, user.token, IgUserId(user.ig_user_id)));
    ASSERT_FALSE(account.has_value());
    EXPECT_EQ(account.error().code(), Code::kAccountId);
    const auto pages = sandbox.ask(sandbox.graph().list_pages(user.token));
    ASSERT_TRUE(pages.has_value()) << pages.error().summary();
    ASSERT_EQ(pages->pages.size(), 1u);
    EXPECT_FALSE(pages->pages[0].account.has_value());
}

TEST(GraphDeadTokens, TheClockEndsEveryKind) {
    const struct {
        LoginPath login;
        const char* wishes;
        Seconds life;
    } cases[] = {
        {LoginPath::kFacebook, R"({"login":"facebook","lifetime":"short"})", Seconds(5400)},
        {LoginPath::kFacebook, R"({"login":"facebook"})", Days(60)},
        {LoginPath::kFacebook, R"({"login":"facebook","kind":"system-user"})", Days(60)},
        {LoginPath::kInstagram, R"({"login":"instagram","lifetime":"short"})", Hours(1)},
        {LoginPath::kInstagram, R"({"login":"instagram"})", Days(60)},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.wishes);
        GraphSandbox sandbox;
        const auto minted = sandbox.mint(test.wishes);
        sandbox.simulator().advance(test.life - Seconds(1));
        EXPECT_TRUE(sandbox.ask(sandbox.graph().me(test.login, minted.token)).has_value());
        sandbox.simulator().advance(Seconds(1));
        const auto dead = sandbox.ask(sandbox.graph().me(test.login, minted.token));
        ASSERT_FALSE(dead.has_value());
        EXPECT_EQ(dead.error().code(), Code::kTokenExpired);
        EXPECT_TRUE(core::is_dead_token(dead.error()));
        const auto revived = test.login == LoginPath::kFacebook
                                 ? sandbox.ask(sandbox.graph().exchange(test.login, minted.token))
                                 : sandbox.ask(sandbox.graph().refresh_instagram(minted.token));
        ASSERT_FALSE(revived.has_value());
        EXPECT_EQ(revived.error().code(), Code::kTokenExpired);
    }
}

TEST(GraphDeadTokens, AnInspectionTellsThatATokenHasExpired) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(R"({"login":"facebook"})");
    sandbox.simulator().advance(Days(60));
    const auto inspection = sandbox.ask(sandbox.graph().inspect(minted.token));
    ASSERT_TRUE(inspection.has_value()) << inspection.error().summary();
    EXPECT_FALSE(inspection->is_valid);
    ASSERT_TRUE(inspection->problem.has_value());
    EXPECT_EQ(inspection->problem->code(), Code::kTokenExpired);
    EXPECT_EQ(inspection->expires_at, core::Expiry::at(*parse_rfc3339("2026-06-30T10:00:00Z")));
}

TEST(GraphDeadTokens, DataAccessOverIsAPermissionAndNoDeath) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(R"({"login":"facebook","kind":"user","lifetime":"never"})");
    sandbox.simulator().advance(Days(91));
    const auto account =
        sandbox.ask(sandbox.graph().account(LoginPath::kFacebook, minted.token, IgUserId(minted.ig_user_id)));
    ASSERT_FALSE(account.has_value());
    EXPECT_EQ(account.error().code(), Code::kPermissionMissing);
    EXPECT_FALSE(core::is_dead_token(account.error()));
    const auto inspection = sandbox.ask(sandbox.graph().inspect(minted.token));
    ASSERT_TRUE(inspection.has_value());
    EXPECT_TRUE(inspection->is_valid);
    EXPECT_TRUE(inspection->data_access_expires_at.is_past(sandbox.simulator().now()));
}

TEST(GraphDeadTokens, ANewAppSecretMakesTheOldOneTheAppsTrouble) {
    GraphSandbox sandbox;
    const auto minted = sandbox.mint(R"({"login":"facebook"})");
    sandbox.control("POST", "event", R"({"type":"app-secret-rotated"})");
    EXPECT_EQ(sandbox.ask(sandbox.graph().inspect(minted.token)).error().code(), Code::kAppConfig);
    EXPECT_EQ(sandbox.ask(sandbox.graph().exchange(LoginPath::kFacebook, minted.token)).error().code(),
              Code::kAppConfig);
}

TEST(GraphDeadTokens, APermissionTakenBackStopsARefreshWithoutKillingTheToken) {
    GraphSandbox sandbox;
    const auto minted =
        sandbox.mint(R"({"login":"instagram","age_s":172800,"scopes":["instagram_business_content_publish"]})");
    const auto grant = sandbox.ask(sandbox.graph().refresh_instagram(minted.token));
    ASSERT_FALSE(grant.has_value());
    EXPECT_EQ(grant.error().code(), Code::kPermissionMissing);
    EXPECT_FALSE(core::is_dead_token(grant.error()));
}

} // namespace
} // namespace everlong::ports
