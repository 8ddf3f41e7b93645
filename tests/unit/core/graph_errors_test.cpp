#include <core/graph_errors.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace everlong::core {
namespace {

Upstream answer(int code, int subcode, std::string message, int status = 400) {
    Upstream upstream;
    upstream.http_status = status;
    upstream.code = code;
    upstream.subcode = subcode;
    upstream.message = std::move(message);
    return upstream;
}

struct Case {
    const char* name;
    GraphContext context;
    int code;
    int subcode;
    const char* message;
    Code wanted;
    Fault fault;
    const char* cause;
    const char* remedy;
    const char* retry;
};

constexpr GraphContext kMe{LoginPath::kFacebook, GraphCall::kMe};
constexpr GraphContext kInspect{LoginPath::kFacebook, GraphCall::kInspect};
constexpr GraphContext kInspectInstagram{LoginPath::kInstagram, GraphCall::kInspect};
constexpr GraphContext kExchange{LoginPath::kFacebook, GraphCall::kExchange};
constexpr GraphContext kInstagramMe{LoginPath::kInstagram, GraphCall::kMe};
constexpr GraphContext kInstagramExchange{LoginPath::kInstagram, GraphCall::kExchange};
constexpr GraphContext kRefresh{LoginPath::kInstagram, GraphCall::kRefresh};
constexpr GraphContext kAccount{LoginPath::kFacebook, GraphCall::kAccount};
constexpr GraphContext kNoCall{LoginPath::kFacebook, std::nullopt};

// clang-format off
const std::vector<Case> kCases{
    {"expired", kMe, 190, 463, "Error validating access token: Session has expired on Thursday", Code::kTokenExpired, Fault::kNeedsConsent, "token-expired", "reconnect", "never"},
    {"expired, words alone", kMe, 190, 0, "Error validating access token: Session has expired on Thursday", Code::kTokenExpired, Fault::kNeedsConsent, "token-expired", "reconnect", "never"},
    {"expired, old code", kMe, 102, 0, "Session has expired at unix time 1", Code::kTokenExpired, Fault::kNeedsConsent, "token-expired", "reconnect", "never"},
    {"app removed", kMe, 190, 458, "Error validating access token: The user has not authorized application 123.", Code::kAppRemoved, Fault::kNeedsConsent, "app-removed", "reconnect", "never"},
    {"checkpoint", kMe, 190, 459, "You cannot access the app till you log in to www.facebook.com", Code::kCheckpoint, Fault::kNeedsConsent, "checkpoint-required", "resolve-checkpoint", "never"},
    {"password", kMe, 190, 460, "The session has been invalidated because the user changed their password", Code::kPasswordChanged, Fault::kNeedsConsent, "password-changed", "reconnect", "never"},
    {"password, words alone", kMe, 190, 0, "The session has been invalidated because the user has changed the password.", Code::kPasswordChanged, Fault::kNeedsConsent, "password-changed", "reconnect", "never"},
    {"unconfirmed", kMe, 190, 464, "Sessions for the user are not allowed", Code::kCheckpoint, Fault::kNeedsConsent, "checkpoint-required", "resolve-checkpoint", "never"},
    {"invalidated by the API", kMe, 190, 466, "the session was explicitly invalidated by an API call.", Code::kTokenRejected, Fault::kNeedsConsent, "token-rejected", "reconnect", "never"},
    {"logged out", kMe, 190, 467, "The session is invalid because the user logged out.", Code::kUserLoggedOut, Fault::kNeedsConsent, "user-logged-out", "reconnect", "never"},
    {"blocking checkpoint", kMe, 190, 490, "The user is enrolled in a blocking, logged-in checkpoint", Code::kCheckpoint, Fault::kNeedsConsent, "checkpoint-required", "resolve-checkpoint", "never"},
    {"lost Page role", kMe, 190, 492, "The user must be an administrator, editor, or moderator of the page", Code::kPermissionMissing, Fault::kNeedsConsent, "user-role-insufficient", "add-role", "never"},
    {"ninety days unused", kMe, 190, 493, "the user hasn't engaged the app in longer than 90 days", Code::kTokenExpired, Fault::kNeedsConsent, "token-expired", "reconnect", "never"},
    {"unlisted subcode", kMe, 190, 461, "something else", Code::kTokenRejected, Fault::kNeedsConsent, "token-rejected", "reconnect", "never"},
    {"cannot parse", kMe, 190, 0, "Invalid OAuth access token - Cannot parse access token", Code::kTokenMalformed, Fault::kNeedsConsent, "token-malformed", "re-enter-token", "never"},
    {"malformed", kMe, 190, 0, "Malformed access token EAAxyz", Code::kTokenMalformed, Fault::kNeedsConsent, "token-malformed", "re-enter-token", "never"},
    {"no reason", kMe, 190, 0, "Invalid OAuth access token.", Code::kTokenRejected, Fault::kNeedsConsent, "token-rejected", "reconnect", "never"},
    {"190 that is a permission", kMe, 190, 0, "Any of the pages_read_engagement, pages_show_list or pages_messaging permission(s) must be granted", Code::kPermissionMissing, Fault::kNeedsConsent, "missing-permission", "grant-permissions", "never"},
    {"190 that is the app", kExchange, 190, 0, "Error validating application. Cannot get application info due to a system error.", Code::kAppConfig, Fault::kRefused, "app-credentials-invalid", "fix-app-credentials", "never"},
    {"token problem inside an inspection", kNoCall, 190, 460, "", Code::kPasswordChanged, Fault::kNeedsConsent, "password-changed", "reconnect", "never"},
    {"190 of whoever inspects", kInspect, 190, 0, "Invalid OAuth access token.", Code::kAppConfig, Fault::kRefused, "app-credentials-invalid", "fix-app-credentials", "never"},
    {"another app's token", kInspect, 100, 0, "(#100) The App_id in the input_token did not match the Viewing App", Code::kTokenForeign, Fault::kRefused, "wrong-token-kind", "use-matching-token", "never"},
    {"Instagram token inspected", kInspectInstagram, 2, 0, "(#2) Service temporarily unavailable", Code::kTokenKind, Fault::kRefused, "wrong-token-kind", "use-matching-token", "never"},
    {"real outage of inspection", kInspect, 2, 0, "Service temporarily unavailable", Code::kUpstream, Fault::kTransient, "transient-upstream", "wait-and-retry", "later"},
    {"no token", kMe, 2500, 0, "An active access token must be used to query information about the current user.", Code::kTokenMissing, Fault::kUsage, "token-missing", "re-enter-token", "never"},
    {"unknown path", kMe, 2500, 0, "Unknown path components: /x", Code::kGraph, Fault::kRefused, "invalid-parameter", "fix-request", "never"},
    {"code 1, secret", kExchange, 1, 0, "Error validating client secret.", Code::kAppConfig, Fault::kRefused, "app-credentials-invalid", "fix-app-credentials", "never"},
    {"code 1", kMe, 1, 0, "An unknown error occurred", Code::kUpstream, Fault::kTransient, "transient-upstream", "wait-and-retry", "later"},
    {"code 2", kMe, 2, 0, "An unexpected error has occurred. Please retry your request later.", Code::kUpstream, Fault::kTransient, "transient-upstream", "wait-and-retry", "later"},
    {"code -1", kMe, -1, 2207001, "Instagram server error. Try again.", Code::kUpstream, Fault::kTransient, "transient-upstream", "wait-and-retry", "later"},
    {"bad app id", kExchange, 101, 0, "Error validating application. Invalid application ID.", Code::kAppConfig, Fault::kRefused, "app-credentials-invalid", "fix-app-credentials", "never"},
    {"app limit", kMe, 4, 0, "(#4) Application request limit reached", Code::kRateLimited, Fault::kRateLimited, "rate-limited-app", "wait-and-retry", "later"},
    {"spam, not a quota", kMe, 4, 2207051, "Application request limit reached", Code::kGraph, Fault::kRateLimited, "policy-block", "wait-and-retry", "later"},
    {"user limit", kMe, 17, 2446079, "(#17) User request limit reached", Code::kRateLimited, Fault::kRateLimited, "rate-limited-account", "wait-and-retry", "later"},
    {"Page limit", kMe, 32, 0, "(#32) Page request limit reached", Code::kRateLimited, Fault::kRateLimited, "rate-limited-account", "wait-and-retry", "later"},
    {"action limit", kMe, 341, 0, "(#341) Feed action request limit reached", Code::kRateLimited, Fault::kRateLimited, "publish-quota-reached", "wait-and-retry", "later"},
    {"custom limit", kMe, 613, 1996, "Calls to this api have exceeded the rate limit.", Code::kRateLimited, Fault::kRateLimited, "rate-limited-account", "wait-and-retry", "later"},
    {"business limit, Page", kMe, 80001, 0, "(#80001) There have been too many calls to this Page account.", Code::kRateLimited, Fault::kRateLimited, "rate-limited-account", "wait-and-retry", "later"},
    {"business limit, Instagram", kMe, 80002, 0, "(#80002) There have been too many calls to this Instagram account.", Code::kRateLimited, Fault::kRateLimited, "rate-limited-account", "wait-and-retry", "later"},
    {"permission", kMe, 10, 0, "(#10) Application does not have permission for this action", Code::kPermissionMissing, Fault::kNeedsConsent, "missing-permission", "grant-permissions", "never"},
    {"permission, 200 class", kMe, 200, 0, "(#200) Requires instagram_content_publish permission", Code::kPermissionMissing, Fault::kNeedsConsent, "missing-permission", "grant-permissions", "never"},
    {"permission, 283", kMe, 283, 0, "(#283) Requires pages_read_engagement permission", Code::kPermissionMissing, Fault::kNeedsConsent, "missing-permission", "grant-permissions", "never"},
    {"app's own access", kMe, 3, 0, "(#3) Application does not have the capability", Code::kPermissionMissing, Fault::kRefused, "access-level-too-low", "request-app-access", "never"},
    {"younger than a day", kRefresh, 100, 0, "The access token must be at least 24 hours old", Code::kTooYoung, Fault::kRefused, "invalid-parameter", "wait-and-retry", "later"},
    {"foreign at the exchange", kExchange, 100, 0, "The access token does not belong to application 1", Code::kTokenForeign, Fault::kRefused, "wrong-token-kind", "use-matching-token", "never"},
    {"unsupported, me", kInstagramMe, 100, 0, "Unsupported request - method type: get", Code::kTokenKind, Fault::kRefused, "developer-role-missing", "add-role", "never"},
    {"unsupported, exchange", kInstagramExchange, 100, 0, "Unsupported request - method type: get", Code::kTokenKind, Fault::kRefused, "access-level-too-low", "request-app-access", "never"},
    {"unsupported, refresh", kRefresh, 100, 0, "Unsupported request - method type: get", Code::kTokenKind, Fault::kRefused, "wrong-token-kind", "use-matching-token", "never"},
    {"wrong proof", kMe, 100, 0, "Invalid appsecret_proof provided in the API argument", Code::kAppConfig, Fault::kRefused, "app-secret-proof-invalid", "fix-app-credentials", "never"},
    {"no proof", kMe, 100, 0, "API calls from the server require an appsecret_proof argument", Code::kAppConfig, Fault::kRefused, "app-secret-proof-invalid", "fix-app-credentials", "never"},
    {"unknown id", kAccount, 100, 33, "Unsupported get request. Object with ID 'x' does not exist", Code::kAccountId, Fault::kRefused, "wrong-account-id", "use-account-id", "never"},
    {"username for id", kAccount, 803, 0, "(#803) Cannot query users by their username (cafe)", Code::kAccountId, Fault::kRefused, "wrong-account-id", "use-account-id", "never"},
    {"another object's id", kAccount, 100, 0, "(#100) Tried accessing nonexisting field (media_count) on node type (Page)", Code::kAccountId, Fault::kRefused, "wrong-account-id", "use-account-id", "never"},
    {"unknown field", kMe, 100, 0, "(#100) Tried accessing nonexisting field (account_type)", Code::kGraph, Fault::kRefused, "invalid-parameter", "fix-request", "never"},
    {"used code", kNoCall, 100, 36009, "This authorization code has been used.", Code::kConnectAgain, Fault::kNeedsConsent, "code-used", "restart-login", "never"},
    {"flat envelope", kNoCall, 400, 0, "Invalid platform app", Code::kAppConfig, Fault::kRefused, "app-credentials-invalid", "fix-app-credentials", "never"},
    {"container not ready", kNoCall, 9007, 2207027, "Media ID is not available", Code::kGraph, Fault::kTransient, "container-not-ready", "poll-container", "later"},
};
// clang-format on

TEST(GraphErrors, ReadsMetasCodesAsTheTableSays) {
    for (const Case& test : kCases) {
        SCOPED_TRACE(test.name);
        const Error error = classify(test.context, answer(test.code, test.subcode, test.message));
        EXPECT_EQ(code_name(error.code()), code_name(test.wanted));
        EXPECT_EQ(error.fault(), test.fault);
        ASSERT_NE(error.upstream(), nullptr);
        EXPECT_EQ(error.upstream()->code, test.code);
        EXPECT_FALSE(error.detail().empty());
        const auto rows = find_graph_errors(test.context, test.code, test.subcode, test.message);
        ASSERT_FALSE(rows.empty());
        EXPECT_EQ(to_text(rows.front()->verdict.cause), test.cause);
        EXPECT_EQ(to_text(rows.front()->verdict.remedy), test.remedy);
        EXPECT_EQ(to_text(rows.front()->verdict.retry), test.retry);
    }
}

TEST(GraphErrors, SaysWhatHappenedWithMetasNumbers) {
    EXPECT_EQ(classify(kMe, answer(190, 463, "Session has expired")).detail(),
              "the token's life is over (code 190, subcode 463)");
    EXPECT_EQ(classify(kMe, answer(4, 0, "x")).detail(), "the app as a whole has made too many calls (code 4)");
    EXPECT_EQ(classify(kMe, answer(7777, 0, "Something new")).detail(), "Meta says: Something new (code 7777)");
}

TEST(GraphErrors, TakesAnUnlistedErrorByItsStatus) {
    EXPECT_EQ(classify(kMe, answer(7777, 0, "x", 400)).code(), Code::kGraph);
    EXPECT_EQ(classify(kMe, answer(7777, 0, "x", 400)).fault(), Fault::kRefused);
    EXPECT_EQ(classify(kMe, answer(7777, 0, "x", 500)).code(), Code::kUpstream);
    EXPECT_EQ(classify(kMe, answer(7777, 0, "x", 500)).fault(), Fault::kTransient);
    EXPECT_EQ(classify(kMe, answer(0, 0, "", 429)).code(), Code::kRateLimited);
    Upstream passing = answer(7777, 0, "x", 400);
    passing.is_transient = true;
    EXPECT_EQ(classify(kMe, passing).code(), Code::kUpstream);
    EXPECT_EQ(classify(kMe, passing).fault(), Fault::kTransient);
}

TEST(GraphErrors, NeverReadsAVerdictFromWhatMetaCallsTemporary) {
    Upstream passing = answer(190, 463, "Session has expired");
    passing.is_transient = true;
    const Error error = classify(kMe, passing);
    EXPECT_EQ(error.code(), Code::kUpstream);
    EXPECT_EQ(error.fault(), Fault::kTransient);
    EXPECT_FALSE(is_dead_token(error));
    // A limit stays a limit: Meta marks it so.
    Upstream limit = answer(4, 0, "(#4) Application request limit reached");
    limit.is_transient = true;
    EXPECT_EQ(classify(kMe, limit).code(), Code::kRateLimited);
}

TEST(GraphErrors, OnlyListedAuthCodesAreVerdicts) {
    const std::set<std::string> wanted{"E_TOKEN_EXPIRED",    "E_TOKEN_REJECTED",  "E_TOKEN_MALFORMED",
                                       "E_PASSWORD_CHANGED", "E_USER_LOGGED_OUT", "E_APP_REMOVED",
                                       "E_CHECKPOINT"};
    std::set<std::string> found;
#define EVERLONG_X(enumerator, text)                                                                                   \
    if (is_verdict(Code::enumerator)) found.insert(text);
    EVERLONG_ERROR_CODES(EVERLONG_X)
#undef EVERLONG_X
    EXPECT_EQ(found, wanted);
}

TEST(GraphErrors, ADeadTokenIsOneThatMetaCallsSo) {
    EXPECT_TRUE(is_dead_token(classify(kMe, answer(190, 458, ""))));
    EXPECT_FALSE(is_dead_token(Error(Code::kTokenExpired, Fault::kNeedsConsent, "by our own clock")));
    EXPECT_FALSE(is_dead_token(classify(kMe, answer(2, 0, ""))));
    EXPECT_FALSE(is_dead_token(classify(kMe, answer(10, 0, ""))));
    EXPECT_FALSE(is_dead_token(classify(kInspect, answer(190, 0, ""))));
    EXPECT_FALSE(is_dead_token(classify(kMe, answer(0, 0, "<html>", 401))));
}

TEST(GraphErrors, EveryRowCanBeFoundByWhatItDescribes) {
    int number = 0;
    for (const GraphErrorRow& row : graph_error_rows()) {
        SCOPED_TRACE(std::to_string(number++) + " " + std::string(row.sentence));
        GraphContext context{row.pattern.login.value_or(LoginPath::kFacebook), row.pattern.call};
        std::string message(row.pattern.message);
        std::ranges::replace(message, '*', ' ');
        const int subcode = row.pattern.subcode == ErrorPattern::kAny ? 0 : row.pattern.subcode;
        const auto found = find_graph_errors(context, row.pattern.first_code, subcode, message);
        EXPECT_NE(std::ranges::find(found, &row), found.end());
        EXPECT_FALSE(row.sentence.empty());
        EXPECT_FALSE(row.sentence.ends_with('.'));
        EXPECT_FALSE(row.source.empty());
    }
    EXPECT_GT(number, 120);
}

TEST(GraphErrors, KeepsTheOtherCausesOfOneText) {
    const auto rows = find_graph_errors(kNoCall, 100, 0, "Unsupported request - method type: get");
    ASSERT_GE(rows.size(), 2u);
    EXPECT_EQ(rows[0]->verdict.cause, Cause::kWrongTokenKind);
    const auto is_of_retired_product = [](const GraphErrorRow* row) {
        return row->verdict.cause == Cause::kApiRetired;
    };
    EXPECT_TRUE(std::ranges::any_of(rows, is_of_retired_product));
}

TEST(GraphErrors, FindsBareWordsWithoutACode) {
    const auto rows =
        find_graph_errors(kNoCall, ErrorPattern::kAny, ErrorPattern::kAny, "error: SESSION HAS EXPIRED on Thursday");
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows.front()->verdict.cause, Cause::kTokenExpired);
    EXPECT_TRUE(find_graph_errors(kNoCall, ErrorPattern::kAny, ErrorPattern::kAny, "good morning").empty());
}

TEST(Scrub, RemovesWhatLooksLikeASecret) {
    const struct {
        const char* name;
        std::string text;
        std::string wanted;
    } cases[] = {
        {"plain words stay", "Session has expired on Thursday, 28-May-26 10:40:00 PDT.",
         "Session has expired on Thursday, 28-May-26 10:40:00 PDT."},
        {"a long run", "Malformed access token " + std::string(40, 'x') + " here",
         "Malformed access token [removed] here"},
        {"one less stays", std::string(39, 'x'), std::string(39, 'x')},
        {"a cut Facebook token", "token EAABsbCS1234567890 end", "token [removed] end"},
        {"a cut Instagram token", "'IGAAbsbCS1234567890'", "'[removed]'"},
        {"an app token", "123456789012345|0123456789abcdef0123456789abcdef", "[removed]"},
        {"an app token, encoded", "123456789012345%7C0123456789abcdef0123456789abcdef", "[removed]"},
        {"a hex secret", "secret 0123456789abcdef0123456789ABCDEF.", "secret [removed]."},
        {"an id stays", "Object with ID '17841400000000001' does not exist",
         "Object with ID '17841400000000001' does not exist"},
        {"control characters", "a\x1b[31mb\nc\x7f", "a [31mb c "},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.name);
        EXPECT_EQ(scrub(test.text), test.wanted);
    }
}

TEST(Scrub, KeepsToItsLengthWithoutHalfCharacters) {
    EXPECT_EQ(scrub(std::string(600, ' ')).size(), 500u);
    EXPECT_EQ(scrub("abcdef", 3), "abc");
    EXPECT_EQ(scrub("ab\xC3\xA4", 3), "ab");
    EXPECT_EQ(scrub("ab\xC3\xA4", 9), "ab\xC3\xA4");
}

} // namespace
} // namespace everlong::core
