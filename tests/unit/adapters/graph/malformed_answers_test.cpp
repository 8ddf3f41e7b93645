// Answers that Meta does not document, or a broken way to it makes: none may become a success, none may be mistaken for
// a verdict about the token, and none may be repeated in an error's text.

#include <adapters/graph/detail/answers.hpp>
#include <adapters/graph/detail/publish_answers.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace everlong::adapters::detail {
namespace {

using core::GraphCall;
using core::LoginPath;

struct Reader {
    const char* name;
    Asked asked;
    std::function<std::optional<Error>(const Asked&, Answer)> read; // nothing: it was a success
};

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional<Error>(result.error());
}

Asked asked(LoginPath login, GraphCall call, bool is_issuing) {
    Asked made;
    made.context = {login, call};
    made.is_issuing = is_issuing;
    return made;
}

std::vector<Reader> readers() {
    const auto grant = [](const Asked& what, Answer answer) { return error_of(read_grant(what, answer)); };
    const auto me = [](const Asked& what, Answer answer) { return error_of(read_me(what, answer)); };
    const auto account = [](const Asked& what, Answer answer) {
        return error_of(read_account(what, answer, IgUserId("17841400000000001")));
    };
    return {
        {"exchange", asked(LoginPath::kFacebook, GraphCall::kExchange, true), grant},
        {"refresh", asked(LoginPath::kInstagram, GraphCall::kRefresh, true), grant},
        {"inspect", asked(LoginPath::kFacebook, GraphCall::kInspect, false),
         [](const Asked& what, Answer answer) { return error_of(read_inspection(what, answer, "1001")); }},
        {"me", asked(LoginPath::kFacebook, GraphCall::kMe, false), me},
        {"instagram me", asked(LoginPath::kInstagram, GraphCall::kMe, false), me},
        {"list", asked(LoginPath::kFacebook, GraphCall::kListPages, false),
         [](const Asked& what, Answer answer) { return error_of(read_list_part(what, answer)); }},
        {"permissions", asked(LoginPath::kFacebook, GraphCall::kListPermissions, false),
         [](const Asked& what, Answer answer) { return error_of(read_permissions(what, answer)); }},
        {"account", asked(LoginPath::kFacebook, GraphCall::kAccount, false), account},
        {"instagram account", asked(LoginPath::kInstagram, GraphCall::kAccount, false), account},
        {"media", asked(LoginPath::kFacebook, GraphCall::kMakeContainer, false),
         [](const Asked& what, Answer answer) { return error_of(read_made_container(what, answer, false)); }},
        {"media for an upload", asked(LoginPath::kFacebook, GraphCall::kMakeContainer, false),
         [](const Asked& what, Answer answer) { return error_of(read_made_container(what, answer, true)); }},
        {"upload", asked(LoginPath::kFacebook, GraphCall::kSendBytes, true),
         [](const Asked& what, Answer answer) {
             const auto read = read_uploaded(what, answer);
             return read ? std::nullopt : std::optional(read.error());
         }},
        {"publish", asked(LoginPath::kInstagram, GraphCall::kPublish, true),
         [](const Asked& what, Answer answer) { return error_of(read_made_id(what, answer)); }},
        {"container", asked(LoginPath::kFacebook, GraphCall::kContainer, false),
         [](const Asked& what, Answer answer) { return error_of(read_container(what, answer, "17889000000000001")); }},
        {"list of media", asked(LoginPath::kInstagram, GraphCall::kListMedia, false),
         [](const Asked& what, Answer answer) { return error_of(read_media(what, answer)); }},
        {"medium", asked(LoginPath::kFacebook, GraphCall::kMedium, false),
         [](const Asked& what, Answer answer) { return error_of(read_medium(what, answer, "17920000000000001")); }},
    };
}

const Reader& reader(std::string_view name) {
    static const std::vector<Reader> kReaders = readers();
    for (const Reader& found : kReaders) {
        if (found.name == name) return found;
    }
    throw std::logic_error("no such reader");
}

void expect_no_success(const Reader& one, Answer answer, Code wanted) {
    SCOPED_TRACE(one.name);
    const auto error = one.read(one.asked, answer);
    ASSERT_TRUE(error.has_value()) << "a malformed answer became a success";
    EXPECT_EQ(code_name(error->code()), code_name(wanted));
    EXPECT_FALSE(core::is_dead_token(*error));
    EXPECT_EQ(error->summary().find("CANARY"), std::string::npos);
    const bool is_rate = wanted == Code::kRateLimited;
    EXPECT_EQ(error->fault(), is_rate                ? Fault::kRateLimited
                              : one.asked.is_issuing ? Fault::kUnknownOutcome
                                                     : Fault::kTransient);
}

struct Malformed {
    const char* name;
    int status;
    std::string body;
    Code wanted = Code::kUpstreamShape;
};

std::string nested(int depth) {
    std::string text = R"({"id":"1002","access_token":"CANARY","data":)";
    for (int level = 0; level < depth; ++level) {
        text += "[";
    }
    for (int level = 0; level < depth; ++level) {
        text += "]";
    }
    return text + "}";
}

// What no call takes for a success.
TEST(MalformedAnswers, NoCallTakesThemForASuccess) {
    const std::vector<Malformed> cases{
        {"nothing", 200, ""},
        {"blanks", 200, "  \r\n "},
        {"HTML with 200", 200, "<!DOCTYPE html><html><body>CANARY</body></html>"},
        {"plain text", 200, "CANARY"},
        {"a form-encoded answer of old", 200, "access_token=CANARY&expires=5183944"},
        {"an open brace", 200, "{"},
        {"cut in a key", 200, R"({"access_to)"},
        {"cut in a value", 200, R"({"access_token":"CANARY)"},
        {"cut before the end", 200, R"({"access_token":"CANARY","id":"1002","data":[])"},
        {"a second document", 200, R"({"id":"1002"}{"id":"1002"})"},
        {"words behind the end", 200, R"({"id":"1002","access_token":"CANARY"} CANARY)"},
        {"HTML behind the end", 200, R"({"id":"1002","access_token":"CANARY"}<html>)"},
        {"a list", 200, R"([{"id":"1002","access_token":"CANARY"}])"},
        {"a text", 200, R"("CANARY")"},
        {"a number", 200, "17841400000000001"},
        {"true", 200, "true"},
        {"null", 200, "null"},
        {"an empty object", 200, "{}"},
        {"JSON with a comment", 200, R"({"id":"1002"/*CANARY*/,"access_token":"CANARY"})"},
        {"a comma too many", 200, R"({"id":"1002","access_token":"CANARY",})"},
        {"single quotes", 200, R"({'id':'1002','access_token':'CANARY'})"},
        {"bytes that are no UTF-8", 200, "{\"id\":\"1002\",\"access_token\":\"\xFF\xFE\"}"},
        {"a NUL byte", 200, std::string("{\"id\":\"1002\",\0\"x\":1}", 20)},
        {"UTF-16", 200, std::string("\xFF\xFE{\0}\0", 6)},
        {"a byte-order mark", 200, "\xEF\xBB\xBF{\"id\":\"1002\",\"access_token\":\"CANARY\"}"},
        {"one key twice", 200, R"({"id":"1002","id":"1003","access_token":"CANARY","access_token":"OTHER"})"},
        {"one key twice, escaped", 200, R"({"id":"1002","\u0069d":"1003","access_token":"A","access\u005ftoken":"B"})"},
        {"one key twice, deep", 200, R"({"id":"1002","access_token":"A","data":[{"id":"1","id":"2"}]})"},
        {"too deep", 200, nested(40)},
        {"too large", 200, R"({"id":"1002","access_token":"A","x":")" + std::string(1024 * 1024, 'x') + "\"}"},
        {"an error that is a text", 200, R"({"id":"1002","access_token":"CANARY","data":[],"error":"CANARY"})"},
        {"an error that is a list", 200, R"({"id":"1002","access_token":"CANARY","data":[],"error":[]})"},
        {"an error that is null", 200, R"({"id":"1002","access_token":"CANARY","data":[],"error":null})"},
        {"an error without a code", 200, R"({"id":"1002","access_token":"CANARY","error":{"message":"CANARY"}})"},
        {"an error with a code of another type", 200, R"({"error":{"code":"CANARY","message":"CANARY"}})"},
        {"an error with a code of 1e99", 200, R"({"error":{"code":1e99}})"},
        {"half a flat error", 200, R"({"error_type":"OAuthException","id":"1002","access_token":"CANARY"})"},
        {"a token with 201", 201, R"({"id":"1002","access_token":"CANARY","data":[]})"},
        {"a token with 204", 204, ""},
        {"a token with 206", 206, R"({"id":"1002","access_token":"CANARY","data":[]})"},
        {"a redirect", 302, R"({"id":"1002","access_token":"CANARY","data":[]})"},
        {"not modified", 304, ""},
        {"a token with 400", 400, R"({"id":"1002","access_token":"CANARY","expires_in":5183944,"data":[]})"},
        {"a token with 401", 401, R"({"id":"1002","access_token":"CANARY"})"},
        {"a token with 404", 404, R"({"id":"1002","access_token":"CANARY"})"},
        {"400 without a body", 400, ""},
        {"400 in HTML", 400, "<html>CANARY</html>"},
        {"401 without a body", 401, ""},
        {"403 in HTML", 403, "<html>CANARY</html>"},
        {"404 in HTML", 404, "<html>CANARY</html>"},
        {"400 with an empty error", 400, R"({"error":{}})"},
        {"400 with an error of words", 400, R"({"error":"invalid_request","error_description":"CANARY"})"},
        {"400 with a cut error", 400, R"({"error":{"message":"CANARY","code":190,"error_sub)"},
        {"400 with an error twice", 400, R"({"error":{"code":190},"error":{"code":2}})"},
        {"status 0", 0, ""},
        {"status 999", 100, "{}"},
        {"500 without a body", 500, "", Code::kUpstream},
        {"500 with a token", 500, R"({"id":"1002","access_token":"CANARY","data":[]})", Code::kUpstream},
        {"502 in HTML", 502, "<html>CANARY</html>", Code::kUpstream},
        {"503 without a body", 503, "", Code::kUpstream},
        {"503 cut", 503, R"({"error":{"message":"CANARY","code":19)", Code::kUpstream},
        {"504 in words", 504, "CANARY", Code::kUpstream},
        {"429 in HTML", 429, "<html>CANARY</html>", Code::kRateLimited},
        {"429 without a body", 429, "", Code::kRateLimited},
    };
    EXPECT_GE(cases.size(), 60u);
    for (const Malformed& test : cases) {
        SCOPED_TRACE(test.name);
        for (const Reader& one : readers()) {
            expect_no_success(one, {test.status, test.body}, test.wanted);
        }
    }
}

// What is a fine answer to another question.
TEST(MalformedAnswers, NoCallTakesTheWrongMembers) {
    const struct {
        const char* reader;
        const char* name;
        std::string body;
    } cases[] = {
        {"exchange", "no token", R"({"token_type":"bearer","expires_in":5183944})"},
        {"exchange", "empty token", R"({"access_token":"","expires_in":5183944})"},
        {"exchange", "null token", R"({"access_token":null,"expires_in":5183944})"},
        {"exchange", "number for token", R"({"access_token":12345678901234567890,"expires_in":5183944})"},
        {"exchange", "token in a list", R"({"access_token":["CANARY"],"expires_in":5183944})"},
        {"exchange", "token in an object", R"({"access_token":{"value":"CANARY"}})"},
        {"exchange", "true for token", R"({"access_token":true})"},
        {"exchange", "token with a blank", R"({"access_token":"CAN ARY"})"},
        {"exchange", "token with a line end", R"({"access_token":"CANARY\n"})"},
        {"exchange", "token with a NUL", R"({"access_token":"CANARY\u0000"})"},
        {"exchange", "token with an umlaut", R"({"access_token":"CANARY\u00e4"})"},
        {"exchange", "token with DEL", R"({"access_token":"CANARY\u007f"})"},
        {"exchange", "token of 4097 bytes", R"({"access_token":")" + std::string(4097, 'x') + "\"}"},
        {"exchange", "wrapped in data", R"({"data":[{"access_token":"CANARY"}]})"},
        {"exchange", "key in capitals", R"({"ACCESS_TOKEN":"CANARY"})"},
        {"refresh", "no token", R"({"success":true})"},
        {"refresh", "blanks for token", R"({"access_token":"   "})"},
        {"media", "no id", R"({"success":true})"},
        {"media", "an id that is none", R"({"id":"1789/../2"})"},
        {"media for an upload", "no address", R"({"id":"17889000000000001"})"},
        {"media for an upload", "blanks in the address", R"({"id":"17889000000000001","uri":"https://a b"})"},
        {"media for an upload", "an address in a list", R"({"id":"17889000000000001","uri":["https://a"]})"},
        {"upload", "no success", R"({"id":"17889000000000001"})"},
        {"upload", "success is false", R"({"success":false,"message":"CANARY"})"},
        {"upload", "success in words", R"({"success":"yes"})"},
        {"publish", "no id", R"({"success":true})"},
        {"publish", "id in an object", R"({"id":{"value":"17920000000000001"}})"},
        {"publish", "a lossy number", R"({"id":1.7920000000000001e16})"},
        {"container", "no id", R"({"status_code":"FINISHED"})"},
        {"container", "another container", R"({"id":"17889000000000002","status_code":"FINISHED"})"},
        {"list of media", "data in an object", R"({"data":{"id":"17920000000000001"}})"},
        {"list of media", "an entry without id", R"({"data":[{"id":"17920000000000001"},{"caption":"x"}]})"},
        {"medium", "another medium", R"({"id":"17920000000000002"})"},
        {"inspect", "no data", R"({"is_valid":true,"app_id":"1001"})"},
        {"inspect", "data is null", R"({"data":null})"},
        {"inspect", "data is a list", R"({"data":[{"is_valid":true,"app_id":"1001"}]})"},
        {"inspect", "data is a text", R"({"data":"CANARY"})"},
        {"inspect", "empty data", R"({"data":{}})"},
        {"inspect", "no is_valid", R"({"data":{"app_id":"1001","type":"USER"}})"},
        {"inspect", "is_valid is 1", R"({"data":{"app_id":"1001","is_valid":1}})"},
        {"inspect", "is_valid is yes", R"({"data":{"app_id":"1001","is_valid":"yes"}})"},
        {"inspect", "is_valid is null", R"({"data":{"app_id":"1001","is_valid":null}})"},
        {"inspect", "valid without an app", R"({"data":{"is_valid":true,"type":"USER"}})"},
        {"inspect", "app is words", R"({"data":{"is_valid":true,"app_id":"CANARY"}})"},
        {"inspect", "valid and an error", R"({"data":{"is_valid":true,"app_id":"1001","error":{"code":190}}})"},
        {"inspect", "invalid and an error of words", R"({"data":{"is_valid":false,"error":"CANARY"}})"},
        {"inspect", "invalid and an error without code", R"({"data":{"is_valid":false,"error":{"message":"x"}}})"},
        {"inspect", "scopes are a number", R"({"data":{"is_valid":true,"app_id":"1001","scopes":7}})"},
        {"inspect", "scopes hold numbers", R"({"data":{"is_valid":true,"app_id":"1001","scopes":[7]}})"},
        {"me", "no id", R"({"name":"CANARY"})"},
        {"me", "id is words", R"({"id":"CANARY"})"},
        {"me", "id is negative", R"({"id":-1002})"},
        {"me", "id is broken", R"({"id":1002.5})"},
        {"me", "id beyond 64 bits", R"({"id":178414000000000017841400000000001})"},
        {"me", "id of 21 digits", R"({"id":"178414000000000010000"})"},
        {"me", "id with a sign", R"({"id":"+1002"})"},
        {"me", "id with a blank", R"({"id":"1002 "})"},
        {"me", "empty id", R"({"id":""})"},
        {"me", "id is an object", R"({"id":{"id":"1002"}})"},
        {"me", "wrapped twice", R"({"data":[[{"id":"1002"}]]})"},
        {"me", "an empty list", R"({"data":[]})"},
        {"me", "two people", R"({"data":[{"id":"1002"},{"id":"1003"}]})"},
        {"instagram me", "no user_id", R"({"id":"28970000000000002","username":"cafe"})"},
        {"instagram me", "no username", R"({"user_id":"17841400000000001"})"},
        {"instagram me", "empty username", R"({"user_id":"17841400000000001","username":""})"},
        {"instagram me", "username is a number", R"({"user_id":"17841400000000001","username":7})"},
        {"instagram me", "user_id lost digits", R"({"user_id":1.7841400000000001e16,"username":"cafe"})"},
        {"instagram me", "user_id is null", R"({"user_id":null,"username":"cafe"})"},
        {"instagram me", "an empty list", R"({"data":[]})"},
        {"list", "no data", R"({"paging":{}})"},
        {"list", "data is an object", R"({"data":{"id":"1"}})"},
        {"list", "data is null", R"({"data":null})"},
        {"list", "an entry is a text", R"({"data":["CANARY"]})"},
        {"list", "an entry is null", R"({"data":[null]})"},
        {"list", "an entry without id", R"({"data":[{"id":"1"},{"name":"CANARY"}]})"},
        {"list", "an entry with words for id", R"({"data":[{"id":"../me"}]})"},
        {"list", "a linked account without id", R"({"data":[{"id":"1","instagram_business_account":{}}]})"},
        {"list", "a linked account that is a text", R"({"data":[{"id":"1","instagram_business_account":"17841"}]})"},
        {"permissions", "no data", R"({"permission":"email","status":"granted"})"},
        {"permissions", "a list of names", R"({"data":["instagram_basic"]})"},
        {"permissions", "an entry without a name", R"({"data":[{"status":"granted"}]})"},
        {"permissions", "the oldest form", R"({"data":{"instagram_basic":1}})"},
        {"account", "no id", R"({"username":"cafe"})"},
        {"account", "another object", R"({"id":"17841400000000002","username":"cafe"})"},
        {"account", "id lost digits", R"({"id":1.7841400000000001e16,"username":"cafe"})"},
        {"instagram account", "no user_id", R"({"id":"17841400000000001","username":"cafe"})"},
        {"instagram account", "no username", R"({"id":"1","user_id":"17841400000000001"})"},
    };
    int count = 0;
    for (const auto& test : cases) {
        SCOPED_TRACE(test.name);
        expect_no_success(reader(test.reader), {200, test.body}, Code::kUpstreamShape);
        ++count;
    }
    EXPECT_GE(count, 60);
}

// Meta's own errors, in every place and form they can take.
TEST(MalformedAnswers, AnErrorIsAnErrorWhateverElseTheAnswerHolds) {
    const struct {
        const char* name;
        int status;
        const char* body;
        Code wanted;
        int subcode;
    } cases[] = {
        {"with 200", 200, R"({"error":{"code":190,"error_subcode":460,"message":"x"}})", Code::kPasswordChanged, 460},
        {"with 200 and a token", 200,
         R"({"access_token":"CANARY","id":"1002","data":[],"error":{"code":190,"error_subcode":463}})",
         Code::kTokenExpired, 463},
        {"with 400", 400, R"({"error":{"code":190,"error_subcode":458}})", Code::kAppRemoved, 458},
        {"with 401", 401, R"({"error":{"code":190,"error_subcode":467}})", Code::kUserLoggedOut, 467},
        {"numbers as text", 400, R"({"error":{"code":"190","error_subcode":"459"}})", Code::kCheckpoint, 459},
        {"fields in another order", 403, R"({"x":1,"error":{"fbtrace_id":"A","error_subcode":463,"code":190}})",
         Code::kTokenExpired, 463},
        {"is_transient as text", 400, R"({"error":{"code":190,"error_subcode":463,"is_transient":"true"}})",
         Code::kUpstream, 463},
        {"flat", 400, R"({"error_type":"OAuthException","code":400,"error_message":"Invalid platform app"})",
         Code::kAppConfig, 0},
        {"a limit with 403", 403, R"({"error":{"code":4,"message":"(#4) Application request limit reached"}})",
         Code::kRateLimited, 0},
        {"blank behind the end", 400, "{\"error\":{\"code\":190,\"error_subcode\":463}}\r\n", Code::kTokenExpired, 463},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.name);
        for (const char* name : {"exchange", "refresh", "me", "instagram me", "list", "permissions", "account"}) {
            SCOPED_TRACE(name);
            const auto error = reader(name).read(reader(name).asked, {test.status, test.body});
            ASSERT_TRUE(error.has_value());
            EXPECT_EQ(code_name(error->code()), code_name(test.wanted));
            EXPECT_NE(error->fault(), Fault::kUnknownOutcome) << "a clean refusal has a known outcome";
            ASSERT_NE(error->upstream(), nullptr);
            EXPECT_EQ(error->upstream()->subcode, test.subcode);
            EXPECT_EQ(error->upstream()->http_status, test.status);
        }
    }
}

TEST(MalformedAnswers, NobodyKnowsWhatAnExchangeDidThatEndedIn5xx) {
    const char* body = R"({"error":{"message":"(#2) Service temporarily unavailable","code":2,"is_transient":true}})";
    for (const char* name : {"exchange", "refresh"}) {
        const auto error = reader(name).read(reader(name).asked, {503, body});
        ASSERT_TRUE(error.has_value());
        EXPECT_EQ(error->code(), Code::kUpstream);
        EXPECT_EQ(error->fault(), Fault::kUnknownOutcome);
        const auto refused = reader(name).read(reader(name).asked, {400, body});
        EXPECT_EQ(refused->fault(), Fault::kTransient);
    }
    EXPECT_EQ(reader("me").read(reader("me").asked, {503, body})->fault(), Fault::kTransient);
}

} // namespace
} // namespace everlong::adapters::detail
