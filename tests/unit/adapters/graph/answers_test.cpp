// The forms of a success that Meta documents, or that were seen, each with what is made of it.

#include <adapters/graph/detail/answers.hpp>

#include <gtest/gtest.h>

#include <string>

namespace everlong::adapters::detail {
namespace {

using core::Expiry;
using core::GraphCall;
using core::LoginPath;

Asked asked(LoginPath login, GraphCall call) {
    Asked made;
    made.context = {login, call};
    return made;
}

const Asked kExchange = asked(LoginPath::kFacebook, GraphCall::kExchange);
const Asked kInspect = asked(LoginPath::kFacebook, GraphCall::kInspect);
const Asked kInstagramMe = asked(LoginPath::kInstagram, GraphCall::kMe);

TEST(Grants, TakeALifetimeOnlyWhereItIsOne) {
    const struct {
        const char* text;
        std::optional<Seconds> wanted;
    } cases[] = {
        {R"("expires_in":5183944)", Seconds(5183944)},
        {R"("expires_in":"5184000")", Seconds(5184000)},
        {R"("expires_in":5183944.0)", Seconds(5183944)},
        {R"("expires_in":1)", Seconds(1)},
        {R"("expires_in":31622400)", Seconds(31622400)},
        {R"("expires_in":31622401)", std::nullopt},
        {R"("expires_in":0)", std::nullopt},
        {R"("expires_in":-1)", std::nullopt},
        {R"("expires_in":1e99)", std::nullopt},
        {R"("expires_in":1e308)", std::nullopt},
        {R"("expires_in":5183944.5)", std::nullopt},
        {R"("expires_in":9223372036854775807)", std::nullopt},
        {R"("expires_in":18446744073709551615)", std::nullopt},
        {R"("expires_in":99999999999999999999999)", std::nullopt},
        {R"("expires_in":"")", std::nullopt},
        {R"("expires_in":"60 days")", std::nullopt},
        {R"("expires_in":" 5184000")", std::nullopt},
        {R"("expires_in":"0x10")", std::nullopt},
        {R"("expires_in":null)", std::nullopt},
        {R"("expires_in":true)", std::nullopt},
        {R"("expires_in":[5184000])", std::nullopt},
        {R"("expires":5183944)", std::nullopt},
        {R"("unknown":{"a":[1,2,{"b":null}]})", std::nullopt},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.text);
        const auto grant = read_grant(kExchange, {200, std::string(R"({"access_token":"EAALONG",)") + test.text + "}"});
        ASSERT_TRUE(grant.has_value());
        EXPECT_EQ(grant->token.reveal(), "EAALONG");
        EXPECT_EQ(grant->expires_in, test.wanted);
    }
}

TEST(Grants, TakeTokensUpToFourKibibytes) {
    const std::string longest(4096, 'x');
    const auto grant = read_grant(kExchange, {200, R"({"access_token":")" + longest + "\"}"});
    ASSERT_TRUE(grant.has_value());
    EXPECT_EQ(grant->token.reveal(), longest);
}

TEST(Grants, TakePermissionsInBothForms) {
    const struct {
        const char* text;
        std::optional<std::vector<std::string>> wanted;
    } cases[] = {
        {R"("permissions":"a_b,c_d")", {{"a_b", "c_d"}}},
        {R"("permissions":"a_b, c_d ,")", {{"a_b", "c_d"}}},
        {R"("permissions":["a_b","c_d"])", {{"a_b", "c_d"}}},
        {R"("permissions":"")", {std::vector<std::string>{}}},
        {R"("permissions":[])", {std::vector<std::string>{}}},
        {R"("permissions":["a_b","NOT A SCOPE"])", {{"a_b"}}},
        {R"("permissions":[7])", std::nullopt},
        {R"("permissions":null)", std::nullopt},
        {R"("permissions":{})", std::nullopt},
        {R"("token_type":"bearer")", std::nullopt},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.text);
        const auto grant = read_grant(kExchange, {200, std::string(R"({"access_token":"IGAA",)") + test.text + "}"});
        ASSERT_TRUE(grant.has_value());
        EXPECT_EQ(grant->scopes, test.wanted);
    }
}

TEST(Inspections, KeepNeverUnknownAndDatesApart) {
    const struct {
        const char* text;
        Expiry wanted;
    } cases[] = {
        {R"("expires_at":1785184000)", Expiry::at(instant_from_unix_s(1785184000))},
        {R"("expires_at":"1785184000")", Expiry::at(instant_from_unix_s(1785184000))},
        {R"("expires_at":0)", Expiry::never()},
        {R"("expires_at":"0")", Expiry::never()},
        {R"("expires_at":-1)", Expiry::unknown()},
        {R"("expires_at":1785184000000)", Expiry::unknown()},
        {R"("expires_at":12)", Expiry::unknown()},
        {R"("expires_at":1e99)", Expiry::unknown()},
        {R"("expires_at":null)", Expiry::unknown()},
        {R"("expires_at":"soon")", Expiry::unknown()},
        {R"("x":1)", Expiry::unknown()},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.text);
        const auto inspection = read_inspection(
            kInspect, {200, std::string(R"({"data":{"is_valid":true,"app_id":"1001",)") + test.text + "}}"}, "1001");
        ASSERT_TRUE(inspection.has_value());
        EXPECT_EQ(inspection->expires_at, test.wanted);
        EXPECT_TRUE(inspection->data_access_expires_at.is_unknown());
    }
}

TEST(Inspections, KeepUnknownKindsUnknown) {
    const struct {
        const char* type;
        core::TokenKind wanted;
    } cases[] = {
        {"USER", core::TokenKind::kUser},
        {"PAGE", core::TokenKind::kPage},
        {"SYSTEM_USER", core::TokenKind::kSystemUser},
        {"APP", core::TokenKind::kApp},
        {"user", core::TokenKind::kUser},
        {"ROBOT", core::TokenKind::kUnknown},
        {"", core::TokenKind::kUnknown},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.type);
        const auto inspection =
            read_inspection(kInspect,
                            {200, std::string(R"({"data":{"is_valid":"true","app_id":1001,"profile_id":"5","type":")") +
                                      test.type + "\"}}"},
                            "1001");
        ASSERT_TRUE(inspection.has_value());
        EXPECT_TRUE(inspection->is_valid);
        EXPECT_EQ(inspection->app_id, "1001");
        EXPECT_EQ(inspection->profile_id, "5");
        EXPECT_EQ(inspection->kind, test.wanted);
    }
}

TEST(Inspections, NeedNothingOfATokenThatCannotBeRead) {
    const auto inspection = read_inspection(
        kInspect,
        {200,
         R"({"data":{"is_valid":false,"scopes":[],"error":{"code":190,"message":"Invalid OAuth access token."}}})"},
        "1001");
    ASSERT_TRUE(inspection.has_value());
    EXPECT_FALSE(inspection->is_valid);
    ASSERT_TRUE(inspection->problem.has_value());
    EXPECT_EQ(inspection->problem->code(), Code::kTokenRejected);
    const auto silent = read_inspection(kInspect, {200, R"({"data":{"is_valid":false}})"}, "1001");
    ASSERT_TRUE(silent.has_value());
    EXPECT_FALSE(silent->problem.has_value());
}

TEST(MeAnswers, AreTakenFlatAndWrapped) {
    const std::string flat = R"({"user_id":17841400000000001,"id":"28970000000000002","username":"cafe"})";
    for (const std::string& body : {flat, R"({"data":[)" + flat + "]}"}) {
        SCOPED_TRACE(body);
        const auto me = read_me(kInstagramMe, {200, body});
        ASSERT_TRUE(me.has_value());
        EXPECT_EQ(me->account.ig_user_id.text(), "17841400000000001");
        EXPECT_EQ(me->account.username, "cafe");
        EXPECT_EQ(me->account.account_type, "");
        EXPECT_EQ(me->id, "28970000000000002");
    }
}

TEST(MeAnswers, KeepEveryDigitOfAnId) {
    for (const char* id : {"9007199254740993", "17841400000000001", "9223372036854775807", "18446744073709551615"}) {
        SCOPED_TRACE(id);
        const auto me =
            read_me(asked(LoginPath::kFacebook, GraphCall::kMe), {200, std::string(R"({"id":)") + id + "}"});
        ASSERT_TRUE(me.has_value());
        EXPECT_EQ(me->id, id);
    }
}

TEST(MeAnswers, ShowNoControlCharacters) {
    const auto me =
        read_me(asked(LoginPath::kFacebook, GraphCall::kMe), {200, R"({"id":"1002","name":"A\u001b[2Jd\na"})"});
    ASSERT_TRUE(me.has_value());
    EXPECT_EQ(me->name, "A [2Jd a");
}

TEST(Lists, TakeTasksAndLinkedAccountsWithoutFieldsOfTheirOwn) {
    const auto part =
        read_list_part(asked(LoginPath::kFacebook, GraphCall::kListPages),
                       {200, R"({"data":[{"id":"1001","name":"Caf\u00e9","tasks":["MANAGE",7,"CREATE_CONTENT"],)"
                             R"("instagram_business_account":{"id":"17841400000000001"}},{"id":1003}]})"});
    ASSERT_TRUE(part.has_value());
    ASSERT_EQ(part->entries.size(), 2u);
    EXPECT_EQ(part->entries[0].name, "Caf\xC3\xA9");
    EXPECT_EQ(part->entries[0].tasks, (std::vector<std::string>{"MANAGE", "CREATE_CONTENT"}));
    ASSERT_TRUE(part->entries[0].account.has_value());
    EXPECT_EQ(part->entries[0].account->username, "");
    EXPECT_EQ(part->entries[1].id, "1003");
    EXPECT_FALSE(part->has_next);
}

TEST(Lists, TakeNoCursorThatCannotStandInAnAddress) {
    for (const char* after : {R"("a b")", R"("a\nb")", R"("")", "7", "null", R"(["x"])"}) {
        SCOPED_TRACE(after);
        const auto part = read_list_part(
            asked(LoginPath::kFacebook, GraphCall::kListPages),
            {200, std::string(R"({"data":[],"paging":{"cursors":{"after":)") + after + R"(},"next":"https://x"}})"});
        ASSERT_TRUE(part.has_value());
        EXPECT_TRUE(part->has_next);
        EXPECT_EQ(part->after, "");
    }
}

} // namespace
} // namespace everlong::adapters::detail
