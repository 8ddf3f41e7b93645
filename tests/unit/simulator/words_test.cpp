// The small parts by themselves: Meta's JSON, versions, field expansion, Pacific time, the table of refusals.
#include <simulator/wire/errors.hpp>
#include <simulator/wire/fields.hpp>
#include <simulator/wire/meta_json.hpp>
#include <simulator/wire/versions.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <gtest/gtest.h>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

TEST(MetaJson, EscapesSlashesAndEverythingBeyondAscii) {
    struct Row {
        std::string name;
        std::string text;
        std::string expected;
    };
    for (const Row& row :
         {Row{"slash", "a/b", R"("a\/b")"}, Row{"quote", "\"\\", R"("\"\\")"},
          Row{"controls", "\b\f\n\r\t\x01", R"("\b\f\n\r\t\u0001")"}, Row{"two bytes", "Caf\xC3\xA9", R"("Caf\u00e9")"},
          Row{"three bytes", "\xE2\x82\xAC", R"("\u20ac")"}, Row{"surrogates", "\xF0\x9F\x98\x80", R"("\ud83d\ude00")"},
          Row{"delete", "\x7F", R"("\u007f")"}, Row{"stray byte", "\xFFz", R"("\ufffdz")"},
          Row{"cut sequence", "\xE2\x82", R"("\ufffd\ufffd")"},
          Row{"beyond the last", "\xF5\x90\xBD\x95", R"("\ufffd\ufffd\ufffd\ufffd")"},
          Row{"half of a pair", "\xED\xA0\x80", R"("\ufffd\ufffd\ufffd")"},
          Row{"longer than need be", "\xC0\xAF", R"("\ufffd\ufffd")"}}) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(to_meta_json(json::value(row.text)), row.expected);
    }
}

TEST(MetaJson, IsCompactAndKeepsTheOrder) {
    json::object object;
    object["z"] = 1;
    object["a"] = json::array{true, nullptr, -5, json::object{}, json::array{}};
    EXPECT_EQ(to_meta_json(object), R"({"z":1,"a":[true,null,-5,{},[]]})");
}

TEST(Versions, AreAnsweredByTheOneAskedOrTheOldestAlive) {
    struct Row {
        std::string asked; // empty: none
        std::string at;
        std::string answered; // empty: no such version
    };
    for (const Row& row : {
             Row{"v25.0", "2026-11-23T00:00:00Z", "v25.0"},
             Row{"v26.0", "2026-11-23T00:00:00Z", "v26.0"},
             Row{"", "2026-11-23T00:00:00Z", "v25.0"},
             Row{"v20.0", "2026-09-23T23:59:59Z", "v20.0"},
             Row{"v20.0", "2026-09-24T00:00:00Z", "v21.0"},
             Row{"v2.3", "2026-11-23T00:00:00Z", "v21.0"},
             Row{"v2.11", "2026-11-23T00:00:00Z", "v21.0"},
             Row{"v19.0", "2027-01-21T00:00:00Z", "v22.0"},
             Row{"v24.0", "2028-02-18T00:00:00Z", "v25.0"},
             Row{"v25.0", "2028-07-29T00:00:00Z", "v26.0"},
             Row{"", "2028-07-29T00:00:00Z", "v26.0"},
             Row{"v25.0", "2120-01-01T00:00:00Z", "v26.0"},
             Row{"v26.0", "2026-07-28T23:59:59Z", ""},
             Row{"v26.0", "2026-07-29T00:00:00Z", "v26.0"},
             Row{"v27.0", "2026-11-23T00:00:00Z", ""},
             Row{"v25.1", "2026-11-23T00:00:00Z", ""},
             Row{"v99.0", "2026-11-23T00:00:00Z", ""},
         }) {
        SCOPED_TRACE(row.asked + " at " + row.at);
        const auto asked = row.asked.empty() ? std::nullopt : std::optional(row.asked);
        EXPECT_EQ(answering_version(asked, *parse_rfc3339(row.at)).value_or(""), row.answered);
    }
}

TEST(Versions, AreToldFromOtherSegments) {
    for (const char* text : {"v25.0", "v2.11"})
        EXPECT_TRUE(is_version(text)) << text;
    for (const char* text : {"v25", "v.0", "v25.", "vx.0", "25.0", "v25.0x", "v-1.0", "me", "v", ""}) {
        EXPECT_FALSE(is_version(text)) << text;
    }
}

TEST(Fields, AreReadWithChildrenModifiersAndBlanks) {
    const auto fields =
        parse_fields("id, accounts.limit(5).order(x){ name ,instagram_business_account{id,username} },id");
    ASSERT_TRUE(fields.has_value());
    ASSERT_EQ(fields->size(), 2U);
    const Field& accounts = (*fields)[1];
    EXPECT_EQ(accounts.name, "accounts");
    EXPECT_EQ(accounts.modifiers.at("limit"), "5");
    EXPECT_EQ(accounts.modifiers.at("order"), "x");
    ASSERT_EQ(accounts.children.size(), 2U);
    EXPECT_EQ(accounts.children[0].name, "name");
    EXPECT_EQ(accounts.children[1].children[1].name, "username");
}

TEST(Fields, BrokenOnesAreSyntaxErrors) {
    std::string deep;
    for (int i = 0; i < 50; ++i)
        deep += "a{";
    for (const std::string& text :
         {std::string("id{name"), std::string("id}"), std::string(",id"), std::string("id,"), std::string("a b"),
          std::string("a.limit"), std::string("a.limit(5"), std::string("a{}"), std::string("a;b"), deep}) {
        SCOPED_TRACE(text);
        const auto fields = parse_fields(text);
        ASSERT_FALSE(fields.has_value());
        EXPECT_EQ(fields.error().code, 2500);
        EXPECT_TRUE(fields.error().message.starts_with("Syntax error \"Expected")) << fields.error().message;
    }
}

TEST(PacificTime, ChangesOnTheSecondSundayOfMarchAndTheFirstOfNovember) {
    struct Row {
        std::string instant;
        std::string text;
    };
    for (const Row& row : {
             Row{"2026-05-28T17:40:00Z", "Thursday, 28-May-26 10:40:00 PDT"},
             Row{"2026-03-08T09:59:59Z", "Sunday, 08-Mar-26 01:59:59 PST"},
             Row{"2026-03-08T10:00:00Z", "Sunday, 08-Mar-26 03:00:00 PDT"},
             Row{"2026-11-01T08:59:59Z", "Sunday, 01-Nov-26 01:59:59 PDT"},
             Row{"2026-11-01T09:00:00Z", "Sunday, 01-Nov-26 01:00:00 PST"},
             Row{"2027-01-01T07:59:59Z", "Thursday, 31-Dec-26 23:59:59 PST"},
         }) {
        EXPECT_EQ(to_pacific_text(*parse_rfc3339(row.instant)), row.text);
    }
}

TEST(Refusals, CarryMetasTypesCodesAndSubcodes) {
    struct Row {
        Refusal refusal;
        int status;
        std::string type;
        int code;
        int subcode;
    };
    for (const Row& row : {
             Row{Refusal::kTokenMissing, 400, "OAuthException", 104, 0},
             Row{Refusal::kNoActiveToken, 400, "OAuthException", 2500, 0},
             Row{Refusal::kCannotParse, 400, "OAuthException", 190, 0},
             Row{Refusal::kMalformed, 400, "OAuthException", 190, 0},
             Row{Refusal::kBadSignature, 400, "OAuthException", 190, 0},
             Row{Refusal::kExpired, 400, "OAuthException", 190, 463},
             Row{Refusal::kAppRemoved, 400, "OAuthException", 190, 458},
             Row{Refusal::kCheckpoint, 400, "OAuthException", 190, 459},
             Row{Refusal::kPasswordChanged, 400, "OAuthException", 190, 460},
             Row{Refusal::kUnconfirmed, 400, "OAuthException", 190, 464},
             Row{Refusal::kRevokedByCall, 400, "OAuthException", 190, 466},
             Row{Refusal::kLoggedOut, 400, "OAuthException", 190, 467},
             Row{Refusal::kBlockingCheckpoint, 400, "OAuthException", 190, 490},
             Row{Refusal::kRoleLost, 400, "OAuthException", 190, 492},
             Row{Refusal::kInactive, 400, "OAuthException", 190, 493},
             Row{Refusal::kNoPermission, 400, "OAuthException", 10, 0},
             Row{Refusal::kRequiresPermission, 403, "OAuthException", 200, 0},
             Row{Refusal::kProofWrong, 400, "GraphMethodException", 100, 0},
             Row{Refusal::kProofRequired, 400, "GraphMethodException", 100, 0},
             Row{Refusal::kNoSuchField, 400, "OAuthException", 100, 0},
             Row{Refusal::kFieldSyntax, 400, "OAuthException", 2500, 0},
             Row{Refusal::kNoSuchObject, 400, "GraphMethodException", 100, 33},
             Row{Refusal::kUnsupportedRoot, 400, "GraphMethodException", 100, 0},
             Row{Refusal::kUnknownPath, 400, "OAuthException", 2500, 0},
             Row{Refusal::kUnknownAlias, 400, "OAuthException", 803, 0},
             Row{Refusal::kUsernameQuery, 400, "OAuthException", 803, 0},
             Row{Refusal::kBadCursor, 400, "OAuthException", 2642, 0},
             Row{Refusal::kMissingParameter, 400, "OAuthException", 100, 0},
             Row{Refusal::kBadParameter, 400, "OAuthException", 100, 0},
             Row{Refusal::kMissingClientId, 400, "OAuthException", 101, 0},
             Row{Refusal::kBadApp, 400, "OAuthException", 101, 0},
             Row{Refusal::kMissingSecret, 400, "OAuthException", 1, 0},
             Row{Refusal::kBadSecret, 400, "OAuthException", 1, 0},
             Row{Refusal::kMissingRedirect, 400, "OAuthException", 191, 0},
             Row{Refusal::kMissingCode, 400, "OAuthException", 100, 0},
             Row{Refusal::kBadCode, 400, "OAuthException", 100, 0},
             Row{Refusal::kForeignToken, 400, "OAuthException", 100, 0},
             Row{Refusal::kNotExchangeable, 400, "OAuthException", 100, 0},
             Row{Refusal::kForeignInput, 400, "OAuthException", 100, 0},
             Row{Refusal::kNotDeveloper, 400, "OAuthException", 100, 0},
             Row{Refusal::kServiceUnavailable, 500, "OAuthException", 2, 0},
             Row{Refusal::kInstagramUnsupported, 400, "IGApiException", 100, 0},
             Row{Refusal::kTooYoung, 400, "IGApiException", 100, 0},
             Row{Refusal::kBadBatch, 400, "GraphBatchException", 100, 0},
             Row{Refusal::kAppTokenNeeded, 400, "OAuthException", 15, 0},
             Row{Refusal::kPageTokenNeeded, 400, "OAuthException", 210, 0},
             Row{Refusal::kCallbackFailed, 400, "OAuthException", 2200, 0},
             Row{Refusal::kAppLimit, 400, "OAuthException", 4, 0},
             Row{Refusal::kUserLimit, 400, "OAuthException", 17, 0},
             Row{Refusal::kPageByUserLimit, 400, "OAuthException", 32, 0},
             Row{Refusal::kPageLimit, 400, "OAuthException", 80001, 0},
             Row{Refusal::kInstagramLimit, 400, "OAuthException", 80002, 0},
             Row{Refusal::kInvalidUser, 400, "OAuthException", 110, 0},
             Row{Refusal::kBadPlatformApp, 400, "OAuthException", 400, 0},
             Row{Refusal::kNoMatchingCode, 400, "OAuthException", 400, 0},
         }) {
        const GraphError error = make_error(row.refusal, {"one", "two", "three"});
        SCOPED_TRACE(error.message);
        EXPECT_EQ(error.status, row.status);
        EXPECT_EQ(error.type, row.type);
        EXPECT_EQ(error.code, row.code);
        EXPECT_EQ(error.subcode, row.subcode);
        EXPECT_EQ(error.message.find('%'), std::string::npos);
    }
}

TEST(Refusals, FillTheirBlanksOnce) {
    EXPECT_EQ(make_error(Refusal::kNoSuchField, {"%2", "Page"}).message,
              "(#100) Tried accessing nonexisting field (%2) on node type (Page)");
}

TEST(Envelope, HasMetasOrder) {
    GraphError error = make_error(Refusal::kExpired, {"a", "b"});
    error.is_transient = true;
    EXPECT_EQ(
        to_meta_json(to_envelope(error, "Atrace")),
        R"({"error":{"message":"Error validating access token: Session has expired on a. The current time is b.",)"
        R"("type":"OAuthException","code":190,"error_subcode":463,"is_transient":true,"fbtrace_id":"Atrace"}})");
    EXPECT_EQ(to_meta_json(to_flat_envelope(make_error(Refusal::kBadPlatformApp))),
              R"({"error_type":"OAuthException","code":400,"error_message":"Invalid platform app"})");
}

} // namespace
} // namespace everlong::simulator
