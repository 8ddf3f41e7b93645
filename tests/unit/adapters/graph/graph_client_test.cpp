#include "scripted_client.hpp"

#include <adapters/graph/graph_client.hpp>
#include <support/run.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace everlong::adapters {
namespace {

using core::LoginPath;
using test::run;
using test::ScriptedClient;

const Secret kToken("EAATOKEN");

AppCredentials credentials(const std::string& id, std::string_view secret) {
    return {id, Secret(secret)};
}

GraphOptions options() {
    GraphOptions made;
    made.facebook_app = credentials("1001", "app-secret-1");
    made.instagram_app = credentials("2002", "app-secret-2");
    return made;
}

std::string names_of(const http::Parameters& parameters) {
    std::string names;
    for (const auto& [name, value] : parameters) {
        names += (names.empty() ? "" : " ") + name;
    }
    return names;
}

// The proof of "EAATOKEN" with "app-secret-1" (facts/graph-api.md, 6).
constexpr const char* kProof = "6f1da528200c9eebddec0959a8e0949676417d592084b91e4b2e0975f3f9d817";

TEST(GraphClient, ExchangesOnFacebookByFormWithoutATokenInTheUrl) {
    ScriptedClient http;
    http.answer(200, R"({"access_token":"EAALONG","token_type":"bearer","expires_in":5183944})");
    auto graph = make_graph_client(http, options());
    const auto grant = run(graph->exchange(LoginPath::kFacebook, kToken));
    ASSERT_TRUE(grant.has_value());
    EXPECT_EQ(grant->token.reveal(), "EAALONG");
    EXPECT_EQ(grant->expires_in, Seconds(5183944));
    EXPECT_FALSE(grant->scopes.has_value());
    ASSERT_EQ(http.requests.size(), 1u);
    const auto& sent = http.requests[0];
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://graph.facebook.com/v25.0/oauth/access_token");
    EXPECT_EQ(sent.bearer, "");
    EXPECT_EQ(names_of(sent.query), "");
    EXPECT_EQ(names_of(sent.form), "grant_type client_id client_secret fb_exchange_token");
    EXPECT_EQ(sent.find(sent.form, "grant_type"), "fb_exchange_token");
    EXPECT_EQ(sent.find(sent.form, "client_id"), "1001");
    EXPECT_EQ(sent.find(sent.form, "client_secret"), "app-secret-1");
    EXPECT_EQ(sent.find(sent.form, "fb_exchange_token"), "EAATOKEN");
    EXPECT_EQ(sent.deadline, Seconds(60));
    EXPECT_EQ(sent.body_limit_bytes, 1048576u);
}

TEST(GraphClient, RefreshesASystemUserForSixtyDays) {
    ScriptedClient http;
    http.answer(200, R"({"access_token":"EAANEW","token_type":"bearer","expires_in":5183944})");
    auto graph = make_graph_client(http, options());
    ASSERT_TRUE(run(graph->refresh_system_user(kToken)).has_value());
    const auto& sent = http.requests.at(0);
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "https://graph.facebook.com/v25.0/oauth/access_token");
    EXPECT_EQ(names_of(sent.form), "grant_type client_id client_secret set_token_expires_in_60_days fb_exchange_token");
    EXPECT_EQ(sent.find(sent.form, "set_token_expires_in_60_days"), "true");
    EXPECT_EQ(names_of(sent.query), "");
}

TEST(GraphClient, ExchangesOnInstagramWithTheSecretAlone) {
    ScriptedClient http;
    http.answer(200, R"({"access_token":"IGAALONG","token_type":"bearer","expires_in":5183944})");
    auto graph = make_graph_client(http, options());
    ASSERT_TRUE(run(graph->exchange(LoginPath::kInstagram, kToken)).has_value());
    const auto& sent = http.requests.at(0);
    EXPECT_EQ(sent.method, "GET");
    EXPECT_EQ(sent.url, "https://graph.instagram.com/access_token");
    EXPECT_EQ(names_of(sent.query), "grant_type client_secret access_token");
    EXPECT_EQ(sent.find(sent.query, "grant_type"), "ig_exchange_token");
    EXPECT_EQ(sent.find(sent.query, "client_secret"), "app-secret-2");
    EXPECT_EQ(sent.find(sent.query, "access_token"), "EAATOKEN");
    EXPECT_EQ(names_of(sent.form), "");
    EXPECT_EQ(sent.bearer, "");
}

TEST(GraphClient, RefreshesOnInstagramWithoutAnApp) {
    ScriptedClient http;
    http.answer(200, R"({"access_token":"IGAANEW","token_type":"bearer","expires_in":"5184000",)"
                     R"("permissions":"instagram_business_basic,instagram_business_content_publish"})");
    auto graph = make_graph_client(http, GraphOptions{});
    const auto grant = run(graph->refresh_instagram(kToken));
    ASSERT_TRUE(grant.has_value());
    EXPECT_EQ(grant->expires_in, Seconds(5184000));
    ASSERT_TRUE(grant->scopes.has_value());
    EXPECT_EQ(*grant->scopes,
              (std::vector<std::string>{"instagram_business_basic", "instagram_business_content_publish"}));
    const auto& sent = http.requests.at(0);
    EXPECT_EQ(sent.method, "GET");
    EXPECT_EQ(sent.url, "https://graph.instagram.com/refresh_access_token");
    EXPECT_EQ(names_of(sent.query), "grant_type access_token");
    EXPECT_EQ(sent.find(sent.query, "grant_type"), "ig_refresh_token");
}

TEST(GraphClient, InspectsAsTheAppItself) {
    ScriptedClient http;
    http.answer(200, R"({"data":{"app_id":"1001","application":"Everyday App","type":"USER","user_id":"1002",)"
                     R"("is_valid":true,"issued_at":1780000000,"expires_at":1785184000,)"
                     R"("data_access_expires_at":1787776000,"scopes":["instagram_basic","public_profile"],)"
                     R"("granular_scopes":[{"scope":"instagram_basic"}],"metadata":{"sso":"web"}}})");
    auto graph = make_graph_client(http, options());
    const auto inspection = run(graph->inspect(kToken));
    ASSERT_TRUE(inspection.has_value());
    EXPECT_TRUE(inspection->is_valid);
    EXPECT_EQ(inspection->app_id, "1001");
    EXPECT_EQ(inspection->application, "Everyday App");
    EXPECT_EQ(inspection->kind, core::TokenKind::kUser);
    EXPECT_EQ(inspection->user_id, "1002");
    EXPECT_EQ(inspection->issued_at, instant_from_unix_s(1780000000));
    EXPECT_EQ(inspection->expires_at, core::Expiry::at(instant_from_unix_s(1785184000)));
    EXPECT_EQ(inspection->data_access_expires_at, core::Expiry::at(instant_from_unix_s(1787776000)));
    EXPECT_EQ(inspection->scopes, (std::vector<std::string>{"instagram_basic", "public_profile"}));
    EXPECT_FALSE(inspection->problem.has_value());
    const auto& sent = http.requests.at(0);
    EXPECT_EQ(sent.method, "GET");
    EXPECT_EQ(sent.url, "https://graph.facebook.com/v25.0/debug_token");
    EXPECT_EQ(names_of(sent.query), "input_token");
    EXPECT_EQ(sent.find(sent.query, "input_token"), "EAATOKEN");
    EXPECT_EQ(sent.bearer, "1001|app-secret-1");
}

TEST(GraphClient, TakesADeadTokenFromAnInspectionAsAnAnswer) {
    ScriptedClient http;
    http.answer(200, R"({"data":{"app_id":"1001","type":"USER","is_valid":false,"user_id":"1002","scopes":[],)"
                     R"("expires_at":1779990000,"error":{"code":190,"message":"Error validating access token: )"
                     R"(Session has expired","subcode":463}}})");
    auto graph = make_graph_client(http, options());
    const auto inspection = run(graph->inspect(kToken));
    ASSERT_TRUE(inspection.has_value());
    EXPECT_FALSE(inspection->is_valid);
    ASSERT_TRUE(inspection->problem.has_value());
    EXPECT_EQ(inspection->problem->code(), Code::kTokenExpired);
    EXPECT_EQ(inspection->problem->upstream()->subcode, 463);
}

TEST(GraphClient, KnowsAnotherAppsTokenBothWays) {
    ScriptedClient http;
    http.answer(400, R"({"error":{"message":"(#100) The App_id in the input_token did not match the Viewing App",)"
                     R"("type":"OAuthException","code":100,"fbtrace_id":"A1"}})");
    http.answer(200, R"({"data":{"app_id":"777","type":"USER","is_valid":true,"scopes":[]}})");
    auto graph = make_graph_client(http, options());
    EXPECT_EQ(run(graph->inspect(kToken)).error().code(), Code::kTokenForeign);
    EXPECT_EQ(run(graph->inspect(kToken)).error().code(), Code::kTokenForeign);
}

TEST(GraphClient, DoesNotTakeTheAnswerToAnInstagramTokenForAnOutage) {
    ScriptedClient http;
    const char* answer = R"({"error":{"message":"(#2) Service temporarily unavailable","type":"OAuthException",)"
                         R"("code":2,"is_transient":false,"fbtrace_id":"A1"}})";
    http.answer(500, answer);
    http.answer(500, answer);
    auto graph = make_graph_client(http, options());
    const auto instagram = run(graph->inspect(Secret("IGAATOKEN")));
    EXPECT_EQ(instagram.error().code(), Code::kTokenKind);
    EXPECT_EQ(instagram.error().fault(), Fault::kRefused);
    const auto facebook = run(graph->inspect(kToken));
    EXPECT_EQ(facebook.error().code(), Code::kUpstream);
    EXPECT_EQ(facebook.error().fault(), Fault::kTransient);
}

TEST(GraphClient, AsksMeOnEachLoginWithTheTokenInTheHeader) {
    ScriptedClient http;
    http.answer(200, R"({"id":"1002","name":"Ada"})");
    http.answer(200, R"({"user_id":"17841400000000001","id":"28970000000000002","username":"cafe","name":"Cafe",)"
                     R"("account_type":"Media_Creator"})");
    auto graph = make_graph_client(http, options());
    const auto person = run(graph->me(LoginPath::kFacebook, kToken));
    ASSERT_TRUE(person.has_value());
    EXPECT_EQ(person->id, "1002");
    EXPECT_EQ(person->name, "Ada");
    const auto account = run(graph->me(LoginPath::kInstagram, kToken));
    ASSERT_TRUE(account.has_value());
    EXPECT_EQ(account->id, "28970000000000002");
    EXPECT_EQ(account->account.ig_user_id.text(), "17841400000000001");
    EXPECT_EQ(account->account.username, "cafe");
    EXPECT_EQ(account->account.account_type, "MEDIA_CREATOR");

    EXPECT_EQ(http.requests[0].url, "https://graph.facebook.com/v25.0/me");
    EXPECT_EQ(http.requests[0].bearer, "EAATOKEN");
    EXPECT_EQ(names_of(http.requests[0].query), "fields appsecret_proof");
    EXPECT_EQ(http.requests[0].find(http.requests[0].query, "appsecret_proof"), kProof);
    EXPECT_EQ(http.requests[0].deadline, Seconds(20));
    EXPECT_EQ(http.requests[1].url, "https://graph.instagram.com/v25.0/me");
    EXPECT_EQ(http.requests[1].bearer, "EAATOKEN");
    EXPECT_EQ(names_of(http.requests[1].query), "fields");
    EXPECT_EQ(http.requests[1].find(http.requests[1].query, "fields"), "user_id,username,id,name,account_type");
}

TEST(GraphClient, SendsNoProofWithoutASecret) {
    ScriptedClient http;
    http.answer(200, R"({"id":"1002","name":"Ada"})");
    auto graph = make_graph_client(http, GraphOptions{});
    ASSERT_TRUE(run(graph->me(LoginPath::kFacebook, kToken)).has_value());
    EXPECT_EQ(names_of(http.requests[0].query), "fields");
}

TEST(GraphClient, ReadsAccountsOnEachLogin) {
    ScriptedClient http;
    http.answer(200, R"({"id":"17841400000000001","username":"cafe","media_count":12})");
    http.answer(200, R"({"id":"28970000000000002","user_id":17841400000000001,"username":"cafe",)"
                     R"("account_type":"BUSINESS"})");
    auto graph = make_graph_client(http, options());
    const auto linked = run(graph->account(LoginPath::kFacebook, kToken, IgUserId("17841400000000001")));
    ASSERT_TRUE(linked.has_value());
    EXPECT_EQ(linked->username, "cafe");
    EXPECT_EQ(linked->account_type, "");
    EXPECT_EQ(http.requests[0].url, "https://graph.facebook.com/v25.0/17841400000000001");
    EXPECT_EQ(http.requests[0].find(http.requests[0].query, "appsecret_proof"), kProof);
    const auto own = run(graph->account(LoginPath::kInstagram, kToken, IgUserId("17841400000000001")));
    ASSERT_TRUE(own.has_value());
    EXPECT_EQ(own->ig_user_id.text(), "17841400000000001");
    EXPECT_EQ(own->account_type, "BUSINESS");
    EXPECT_EQ(http.requests[1].url, "https://graph.instagram.com/v25.0/17841400000000001");
    EXPECT_EQ(names_of(http.requests[1].query), "fields");
}

TEST(GraphClient, RefusesTheAppsOwnIdForAnAccount) {
    ScriptedClient http;
    http.answer(200, R"({"id":"28970000000000002","user_id":"17841400000000001","username":"cafe"})");
    auto graph = make_graph_client(http, options());
    const auto account = run(graph->account(LoginPath::kInstagram, kToken, IgUserId("28970000000000002")));
    EXPECT_EQ(account.error().code(), Code::kAccountId);
    EXPECT_NE(account.error().detail().find("17841400000000001"), std::string::npos);
}

TEST(GraphClient, NeverSendsWhatIsNoId) {
    ScriptedClient http;
    auto graph = make_graph_client(http, options());
    for (const char* id : {"", "cafe", "../me", "1784140000000000100000", "17841400000000001?x=1"}) {
        SCOPED_TRACE(id);
        EXPECT_EQ(run(graph->account(LoginPath::kFacebook, kToken, IgUserId(id))).error().code(), Code::kAccountId);
    }
    EXPECT_TRUE(http.requests.empty());
}

TEST(GraphClient, NeverSendsWhatIsNoToken) {
    ScriptedClient http;
    auto graph = make_graph_client(http, options());
    EXPECT_EQ(run(graph->me(LoginPath::kFacebook, Secret())).error().code(), Code::kTokenMissing);
    for (const std::string& token : {std::string("EAA TOKEN"), std::string("EAATOKEN\r\nHost: x"),
                                     std::string("EAATOK\xC3\xA4N"), std::string(4097, 'E')}) {
        EXPECT_EQ(run(graph->me(LoginPath::kFacebook, Secret(token))).error().code(), Code::kTokenMalformed);
        EXPECT_EQ(run(graph->refresh_instagram(Secret(token))).error().code(), Code::kTokenMalformed);
    }
    EXPECT_TRUE(http.requests.empty());
}

TEST(GraphClient, SaysWhichAppIsMissing) {
    ScriptedClient http;
    auto graph = make_graph_client(http, GraphOptions{});
    EXPECT_FALSE(graph->has_app(LoginPath::kFacebook));
    EXPECT_EQ(run(graph->exchange(LoginPath::kFacebook, kToken)).error().code(), Code::kAppMissing);
    EXPECT_EQ(run(graph->exchange(LoginPath::kInstagram, kToken)).error().code(), Code::kAppMissing);
    EXPECT_EQ(run(graph->refresh_system_user(kToken)).error().code(), Code::kAppMissing);
    EXPECT_EQ(run(graph->inspect(kToken)).error().code(), Code::kAppMissing);
    EXPECT_TRUE(http.requests.empty());
    auto complete = make_graph_client(http, options());
    EXPECT_TRUE(complete->has_app(LoginPath::kInstagram));
    EXPECT_EQ(complete->app_id(LoginPath::kFacebook), "1001");
    EXPECT_EQ(complete->app_id(LoginPath::kInstagram), "2002");
}

TEST(GraphClient, GoesByTheBaseAddressAndVersionItIsGiven) {
    ScriptedClient http;
    http.answer(200, R"({"id":"1002","name":"Ada"})");
    http.answer(200, R"({"access_token":"IGAANEW","expires_in":5183944})");
    GraphOptions given = options();
    given.meta_base = "http://127.0.0.1:9190/";
    given.version = "v24.0";
    auto graph = make_graph_client(http, std::move(given));
    ASSERT_TRUE(run(graph->me(LoginPath::kFacebook, kToken)).has_value());
    ASSERT_TRUE(run(graph->refresh_instagram(kToken)).has_value());
    EXPECT_EQ(http.requests[0].url, "http://127.0.0.1:9190/graph.facebook.com/v24.0/me");
    EXPECT_EQ(http.requests[1].url, "http://127.0.0.1:9190/graph.instagram.com/refresh_access_token");
    GraphOptions wrong = options();
    wrong.version = "latest";
    EXPECT_EQ(run(make_graph_client(http, std::move(wrong))->me(LoginPath::kFacebook, kToken)).error().code(),
              Code::kConfig);
    EXPECT_EQ(http.requests.size(), 2u);
}

TEST(GraphClient, TellsMetasClockAsAnswersArrive) {
    ScriptedClient http;
    http::Response dated;
    dated.status = 400;
    dated.headers.add("date", "Fri, 01 May 2026 10:00:00 GMT");
    dated.body = R"({"error":{"message":"x","code":190,"error_subcode":463}})";
    http.answer(dated);
    http.answer(200, R"({"id":"1002"})");
    GraphOptions given = options();
    std::vector<std::string> told;
    given.on_server_date = [&](Instant instant) { told.push_back(to_rfc3339(instant)); };
    auto graph = make_graph_client(http, std::move(given));
    EXPECT_FALSE(run(graph->me(LoginPath::kFacebook, kToken)).has_value());
    EXPECT_TRUE(run(graph->me(LoginPath::kFacebook, kToken)).has_value());
    EXPECT_EQ(told, std::vector<std::string>{"2026-05-01T10:00:00Z"});
}

TEST(GraphClient, ReadsPermissionsWithUnknownWordsKeptUnknown) {
    ScriptedClient http;
    http.answer(200, R"({"data":[{"permission":"instagram_basic","status":"granted"},)"
                     R"({"permission":"pages_show_list","status":"declined"},)"
                     R"({"permission":"email","status":"expired"},{"permission":"x","status":"pending"},)"
                     R"({"permission":"y"}]})");
    auto graph = make_graph_client(http, options());
    const auto permissions = run(graph->list_permissions(kToken));
    ASSERT_TRUE(permissions.has_value());
    using Status = ports::Permission::Status;
    std::vector<Status> statuses;
    for (const auto& permission : *permissions) {
        statuses.push_back(permission.status);
    }
    EXPECT_EQ(statuses, (std::vector<Status>{Status::kGranted, Status::kDeclined, Status::kExpired, Status::kUnknown,
                                             Status::kUnknown}));
    EXPECT_EQ(permissions->front().name, "instagram_basic");
    EXPECT_EQ(http.requests[0].url, "https://graph.facebook.com/v25.0/me/permissions");
}

TEST(GraphClient, TurnsALostAnswerIntoWhatItMeansForTheCall) {
    const struct {
        const char* name;
        Error error;
        Code read_code;
        Fault read_fault;
        Code issue_code;
        Fault issue_fault;
    } cases[] = {
        {"unreachable", Error(Code::kUnreachable, Fault::kTransient), Code::kUnreachable, Fault::kTransient,
         Code::kUnreachable, Fault::kTransient},
        {"time-out before sending", Error(Code::kTimeout, Fault::kTransient), Code::kTimeout, Fault::kTransient,
         Code::kTimeout, Fault::kTransient},
        {"TLS", Error(Code::kTls, Fault::kRefused), Code::kTls, Fault::kRefused, Code::kTls, Fault::kRefused},
        {"cut", Error(Code::kUnknownOutcome, Fault::kUnknownOutcome), Code::kUpstream, Fault::kTransient,
         Code::kUnknownOutcome, Fault::kUnknownOutcome},
        {"too large", Error(Code::kUpstreamSize, Fault::kUnknownOutcome), Code::kUpstreamSize, Fault::kTransient,
         Code::kUpstreamSize, Fault::kUnknownOutcome},
        {"cancelled", Error(Code::kCancelled, Fault::kCancelled), Code::kCancelled, Fault::kCancelled, Code::kCancelled,
         Fault::kCancelled},
    };
    using Read = std::function<Code(ports::GraphApi&, Fault&)>;
    const auto keep = [](const auto& result, Fault& fault) {
        if (result) throw std::logic_error("a lost answer became a success");
        fault = result.error().fault();
        return result.error().code();
    };
    const std::vector<Read> reads{
        [&](auto& graph, Fault& fault) { return keep(run(graph.inspect(kToken)), fault); },
        [&](auto& graph, Fault& fault) { return keep(run(graph.me(LoginPath::kFacebook, kToken)), fault); },
        [&](auto& graph, Fault& fault) { return keep(run(graph.me(LoginPath::kInstagram, kToken)), fault); },
        [&](auto& graph, Fault& fault) { return keep(run(graph.list_pages(kToken)), fault); },
        [&](auto& graph, Fault& fault) { return keep(run(graph.list_permissions(kToken)), fault); },
        [&](auto& graph, Fault& fault) {
            return keep(run(graph.account(LoginPath::kFacebook, kToken, IgUserId("17841"))), fault);
        },
    };
    const std::vector<Read> issues{
        [&](auto& graph, Fault& fault) { return keep(run(graph.exchange(LoginPath::kFacebook, kToken)), fault); },
        [&](auto& graph, Fault& fault) { return keep(run(graph.exchange(LoginPath::kInstagram, kToken)), fault); },
        [&](auto& graph, Fault& fault) { return keep(run(graph.refresh_instagram(kToken)), fault); },
        [&](auto& graph, Fault& fault) { return keep(run(graph.refresh_system_user(kToken)), fault); },
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.name);
        const auto expect = [&](const Read& call, Code code, Fault wanted) {
            ScriptedClient http;
            http.break_with(test.error);
            auto graph = make_graph_client(http, options());
            Fault fault{};
            EXPECT_EQ(code_name(call(*graph, fault)), code_name(code));
            EXPECT_EQ(fault, wanted);
            EXPECT_EQ(http.requests.size(), 1u) << "no call repeats itself";
            return http.requests.at(0).is_repeatable;
        };
        for (const Read& read : reads) {
            EXPECT_TRUE(expect(read, test.read_code, test.read_fault));
        }
        for (const Read& issue : issues) {
            EXPECT_FALSE(expect(issue, test.issue_code, test.issue_fault));
        }
    }
}

TEST(GraphClient, LetsNoEchoedSecretIntoAnError) {
    ScriptedClient http;
    http.answer(400, R"({"error":{"message":"Malformed access token EAATOKEN for app-secret-1 or 1001%7Capp-secret-1",)"
                     R"("type":"OAuthException EAATOKEN","code":190,"fbtrace_id":"EAATOKEN"}})");
    auto graph = make_graph_client(http, options());
    const auto me = run(graph->me(LoginPath::kFacebook, kToken));
    ASSERT_FALSE(me.has_value());
    ASSERT_NE(me.error().upstream(), nullptr);
    const Upstream& upstream = *me.error().upstream();
    for (const std::string& text :
         {upstream.message, upstream.type, upstream.trace_id, me.error().detail(), me.error().summary()}) {
        EXPECT_EQ(text.find("EAATOKEN"), std::string::npos) << text;
        EXPECT_EQ(text.find("app-secret-1"), std::string::npos) << text;
    }
    EXPECT_EQ(upstream.message, "Malformed access token * for * or 1001%7C*");
}

} // namespace
} // namespace everlong::adapters
