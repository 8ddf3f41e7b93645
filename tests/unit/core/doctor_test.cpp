// Each check on both of its sides, from observations that are well but for one thing.
#include <core/doctor.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

constexpr Instant kNow = instant_from_unix_s(1'800'000'000);

DoctorObservations well(LoginPath login = LoginPath::kFacebook) {
    DoctorObservations seen;
    seen.subject = DoctorSubject::kEnvFile;
    seen.now = kNow;
    seen.server_time = kNow;
    seen.token_lines = 1;
    seen.token_line = 2;
    seen.token_length = 190;
    seen.wanted_id = "17841400000000001";
    seen.login = login;
    seen.is_login_known = true;
    seen.has_app = true;
    seen.configured_app_id = "123";
    seen.was_heard = true;
    seen.is_accepted = true;
    seen.facts.fingerprint = Fingerprint("sha256:0123456789ab");
    seen.user_id = "10001";
    Account account{IgUserId("17841400000000001"), "demo_cafe", "BUSINESS", {}, {}};
    seen.quota = QuotaSeen{2, 50, Seconds(86400)};
    if (login == LoginPath::kFacebook) {
        seen.is_inspected = true;
        seen.acts_as_person = true;
        seen.token_app_id = "123";
        seen.facts.kind = TokenKind::kUser;
        seen.facts.lifetime = Lifetime::kLong;
        seen.facts.expires_at = Expiry::at(kNow + Days(50));
        seen.facts.data_access_expires_at = Expiry::at(kNow + Days(80));
        seen.facts.are_scopes_known = true;
        seen.facts.scopes = required_scopes(login);
        account.account_type.clear();
        account.page_id = "1001";
        account.page_name = "Cafe";
        seen.pages = {{"1001", "Cafe", true}};
    } else {
        seen.facts.kind = TokenKind::kInstagramUser;
        seen.are_permissions_proven = true;
    }
    seen.accounts = {account};
    seen.account = account;
    return seen;
}

Check check_of(const DoctorObservations& seen, CheckId id) {
    for (Check& check : judge(seen)) {
        if (check.id == id) return check;
    }
    return {};
}

// "fail token-expired reconnect", "pass", "skip".
std::string told(const DoctorObservations& seen, CheckId id) {
    const Check check = check_of(seen, id);
    std::string text(to_text(check.status));
    if (!check.cause.empty()) text += " " + check.cause + " " + check.remedy;
    return text;
}

Error meta_error(Code code, int number, int subcode, std::string message = {}) {
    return Error(code, Fault::kNeedsConsent, "as Meta says",
                 Upstream{400, number, subcode, "OAuthException", std::move(message), "trace", false});
}

TEST(Doctor, GivesEveryCheckOfTheContractInItsOrder) {
    std::string order;
    for (const Check& check : judge(well()))
        order += std::string(to_text(check.id)) + " ";
    EXPECT_EQ(order, "env-file token-present token-format token-valid token-app token-kind token-lifetime token-expiry "
                     "data-access permissions account-id account-kind publish-quota clock delivery ");
}

TEST(Doctor, FindsNothingWhereAllIsWell) {
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        const auto checks = judge(well(login));
        EXPECT_TRUE(is_healthy(checks));
        for (const Check& check : checks) {
            EXPECT_TRUE(check.status == CheckStatus::kPass || check.status == CheckStatus::kSkip)
                << to_text(check.id) << ": " << check.what_happened;
            EXPECT_FALSE(check.what_happened.empty());
        }
    }
}

TEST(Doctor, SaysWhatWasWrongWithTheFile) {
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kEnvFile), "pass");
    seen.place_warnings = {"mode 0644 lets others read the token"};
    EXPECT_EQ(told(seen, CheckId::kEnvFile), "warn permissions fix-permissions");
    seen.place_problem = Error(Code::kEnvSyntax, Fault::kUsage, "line 3");
    EXPECT_EQ(told(seen, CheckId::kEnvFile), "fail env-syntax fix-env-file");
    EXPECT_EQ(check_of(seen, CheckId::kTokenValid).depends_on, CheckId::kEnvFile);
    seen.subject = DoctorSubject::kToken;
    EXPECT_EQ(told(seen, CheckId::kEnvFile), "skip");
}

TEST(Doctor, MissesTheToken) {
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kTokenPresent), "pass");
    seen.token_lines = 0;
    seen.token_problem = Error(Code::kTokenMissing, Fault::kUsage);
    seen.is_accepted = false;
    EXPECT_EQ(told(seen, CheckId::kTokenPresent), "fail token-missing re-enter-token");
    EXPECT_EQ(check_of(seen, CheckId::kPermissions).depends_on, CheckId::kTokenPresent);
}

TEST(Doctor, NamesTheDamageOfTheValue) {
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kTokenFormat), "pass");
    for (const ValueDamage damage : {ValueDamage::kQuotes, ValueDamage::kBlanks, ValueDamage::kPrefixAccessToken,
                                     ValueDamage::kPrefixBearer, ValueDamage::kKeyPrefix, ValueDamage::kInvisible}) {
        seen.token_damage = {damage};
        EXPECT_EQ(told(seen, CheckId::kTokenFormat), "fail token-malformed re-enter-token");
        EXPECT_TRUE(check_of(seen, CheckId::kTokenFormat).is_fixable);
    }
    // What had to be put together again is only written where Meta knows the result.
    seen.token_damage = {ValueDamage::kLineBreak};
    EXPECT_TRUE(check_of(seen, CheckId::kTokenFormat).is_fixable);
    seen.is_accepted = false;
    EXPECT_FALSE(check_of(seen, CheckId::kTokenFormat).is_fixable);
    seen.token_damage = {ValueDamage::kQuotes};
    seen.subject = DoctorSubject::kToken;
    EXPECT_FALSE(check_of(seen, CheckId::kTokenFormat).is_fixable);
    seen.token_problem = Error(Code::kTokenMalformed, Fault::kUsage, "a placeholder stands where the token should");
    EXPECT_EQ(told(seen, CheckId::kTokenFormat), "fail token-malformed re-enter-token");
}

TEST(Doctor, TellsTheDeathsOfATokenApart) {
    const struct {
        Error error;
        std::string told;
    } kCases[] = {
        {meta_error(Code::kTokenExpired, 190, 463), "fail token-expired reconnect"},
        {meta_error(Code::kPasswordChanged, 190, 460), "fail password-changed reconnect"},
        {meta_error(Code::kAppRemoved, 190, 458), "fail app-removed reconnect"},
        {meta_error(Code::kCheckpoint, 190, 459), "fail checkpoint-required resolve-checkpoint"},
        {meta_error(Code::kUserLoggedOut, 190, 467), "fail user-logged-out reconnect"},
        {meta_error(Code::kTokenMalformed, 190, 0, "Invalid OAuth access token - Cannot parse access token"),
         "fail token-malformed re-enter-token"},
    };
    for (const auto& one : kCases) {
        DoctorObservations seen = well();
        seen.is_accepted = false;
        seen.death = one.error;
        EXPECT_EQ(told(seen, CheckId::kTokenValid), one.told);
        EXPECT_EQ(check_of(seen, CheckId::kAccountId).depends_on, CheckId::kTokenValid);
    }
    EXPECT_EQ(told(well(), CheckId::kTokenValid), "pass");
}

TEST(Doctor, KnowsNothingWhereMetaIsSilent) {
    DoctorObservations seen = well(LoginPath::kInstagram);
    seen.is_accepted = false;
    seen.was_heard = false;
    seen.server_time.reset();
    seen.reach_problem = Error(Code::kUnreachable, Fault::kTransient, "no route");
    EXPECT_EQ(told(seen, CheckId::kTokenValid), "fail transient-upstream wait-and-retry");
    EXPECT_TRUE(is_only_unreachable(judge(seen)));
    seen.token_damage = {ValueDamage::kQuotes};
    EXPECT_FALSE(is_only_unreachable(judge(seen)));
    EXPECT_EQ(told(seen, CheckId::kClock), "skip");
}

TEST(Doctor, TellsAppFromToken) {
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kTokenApp), "pass");
    seen.is_inspected = false;
    seen.is_accepted = false;
    seen.app_problem = meta_error(Code::kAppConfig, 190, 0);
    EXPECT_EQ(told(seen, CheckId::kTokenApp), "fail app-credentials-invalid fix-app-credentials");
    EXPECT_EQ(check_of(seen, CheckId::kTokenValid).depends_on, CheckId::kTokenApp);
    seen.app_problem = meta_error(Code::kTokenForeign, 100, 0, "did not match the Viewing App");
    EXPECT_EQ(told(seen, CheckId::kTokenApp), "fail wrong-token-kind use-matching-token");
    EXPECT_FALSE(is_healthy(judge(seen)));
}

TEST(Doctor, JudgesWithoutAnAppWhatItCan) {
    DoctorObservations seen = well();
    seen.has_app = false;
    seen.is_inspected = false;
    seen.token_app_id.clear();
    const std::vector<std::string> scopes = seen.facts.scopes;
    seen.facts = TokenFacts{};
    seen.facts.are_scopes_known = true;
    seen.facts.scopes = scopes;
    EXPECT_EQ(told(seen, CheckId::kTokenApp), "skip");
    EXPECT_EQ(told(seen, CheckId::kTokenValid), "pass");
    EXPECT_EQ(told(seen, CheckId::kTokenKind), "pass");
    EXPECT_EQ(told(seen, CheckId::kTokenLifetime), "skip");
    EXPECT_EQ(told(seen, CheckId::kPermissions), "pass");
    EXPECT_EQ(told(seen, CheckId::kAccountId), "pass");
    seen.acts_as_person = false;
    EXPECT_EQ(told(seen, CheckId::kTokenKind), "skip");
}

TEST(Doctor, TakesOnlyTokensThatCanBeKept) {
    DoctorObservations seen = well();
    for (const TokenKind kind : {TokenKind::kUser, TokenKind::kSystemUser, TokenKind::kInstagramUser}) {
        seen.facts.kind = kind;
        EXPECT_EQ(told(seen, CheckId::kTokenKind), "pass");
    }
    for (const TokenKind kind : {TokenKind::kPage, TokenKind::kApp}) {
        seen.facts.kind = kind;
        EXPECT_EQ(told(seen, CheckId::kTokenKind), "fail wrong-token-kind use-matching-token");
        EXPECT_EQ(check_of(seen, CheckId::kAccountId).depends_on, CheckId::kTokenKind);
    }
}

TEST(Doctor, WantsALongLife) {
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kTokenLifetime), "pass");
    seen.facts.lifetime = Lifetime::kNever;
    seen.facts.expires_at = Expiry::never();
    EXPECT_EQ(told(seen, CheckId::kTokenLifetime), "pass");
    EXPECT_EQ(told(seen, CheckId::kTokenExpiry), "pass");
    seen.facts.lifetime = Lifetime::kShort;
    seen.facts.expires_at = Expiry::at(kNow + Hours(1));
    EXPECT_EQ(told(seen, CheckId::kTokenLifetime), "fail wrong-token-kind use-matching-token");
    EXPECT_TRUE(check_of(seen, CheckId::kTokenLifetime).is_fixable);
    seen.has_app = false;
    EXPECT_FALSE(check_of(seen, CheckId::kTokenLifetime).is_fixable);
    seen.has_app = true;
    seen.accounts.push_back({IgUserId("17841400000000002"), "other", "", "1002", "Other"});
    EXPECT_TRUE(check_of(seen, CheckId::kTokenLifetime).is_fixable);
    seen.wanted_id = "other";
    seen.account.reset();
    EXPECT_FALSE(check_of(seen, CheckId::kTokenLifetime).is_fixable) << "a person has to choose first";
}

TEST(Doctor, AsksForAPersonTwentyOneDaysAhead) {
    DoctorObservations seen = well();
    seen.facts.expires_at = Expiry::at(kNow + Days(21));
    EXPECT_EQ(told(seen, CheckId::kTokenExpiry), "pass");
    seen.facts.expires_at = Expiry::at(kNow + Days(21) - Seconds(1));
    EXPECT_EQ(told(seen, CheckId::kTokenExpiry), "warn token-expired reconnect");
    seen.facts.expires_at = Expiry::at(kNow);
    EXPECT_EQ(told(seen, CheckId::kTokenExpiry), "fail token-expired reconnect");
    seen.facts.expires_at = Expiry::at(kNow + Days(50));
    seen.facts.data_access_expires_at = Expiry::at(kNow - Seconds(1));
    EXPECT_EQ(told(seen, CheckId::kDataAccess), "fail token-expired reconnect");
    seen.facts.data_access_expires_at = Expiry::never();
    EXPECT_EQ(told(seen, CheckId::kDataAccess), "pass");
    seen.facts.data_access_expires_at = Expiry::unknown();
    EXPECT_EQ(told(seen, CheckId::kDataAccess), "skip");
}

TEST(Doctor, MissesEachPermissionAlone) {
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        for (const std::string& missing : required_scopes(login)) {
            DoctorObservations seen = well(login);
            seen.facts.are_scopes_known = true;
            seen.facts.scopes = required_scopes(login);
            EXPECT_EQ(told(seen, CheckId::kPermissions), "pass");
            std::erase(seen.facts.scopes, missing);
            EXPECT_EQ(told(seen, CheckId::kPermissions), "fail missing-permission grant-permissions");
            EXPECT_TRUE(check_of(seen, CheckId::kPermissions).what_happened.contains(missing));
        }
    }
    DoctorObservations seen = well(LoginPath::kInstagram);
    seen.refused_permissions = {"instagram_business_content_publish"};
    seen.are_permissions_proven = false;
    EXPECT_EQ(told(seen, CheckId::kPermissions), "fail missing-permission grant-permissions");
    seen.refused_permissions.clear();
    EXPECT_EQ(told(seen, CheckId::kPermissions), "skip");
    seen = well();
    seen.permissions = {{"pages_show_list", "expired"}};
    EXPECT_EQ(told(seen, CheckId::kPermissions), "fail missing-permission grant-permissions");
}

TEST(Doctor, ExplainsWhyAnIdIsWrong) {
    const std::pair<std::string, std::string> kCases[] = {
        {"demo_cafe", "it is the username of the account; its number is 17841400000000001"},
        {"@Demo_Cafe", "it is the username of the account; its number is 17841400000000001"},
        {"1001", "it is the id of the Facebook Page that the account is linked to; its number is 17841400000000001"},
        {"10001", "it is an app-scoped id, not the account's number"},
        {"17841499999999999", "this token cannot reach it"},
        {"someone", "it is not a number"},
        {"", "Nothing stands behind INSTAGRAM_USER_ID="},
    };
    for (const auto& [id, why] : kCases) {
        DoctorObservations seen = well();
        seen.wanted_id = id;
        seen.account.reset();
        EXPECT_EQ(told(seen, CheckId::kAccountId), "fail wrong-account-id use-account-id") << id;
        const Check check = check_of(seen, CheckId::kAccountId);
        EXPECT_TRUE(check.what_happened.contains(why)) << check.what_happened;
        EXPECT_TRUE(check.is_fixable);
        seen.accounts.push_back({IgUserId("17841400000000002"), "other", "", "1002", "Other"});
        EXPECT_FALSE(check_of(seen, CheckId::kAccountId).is_fixable) << "a person has to choose";
    }
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kAccountId), "pass");
    seen.id_damage = {ValueDamage::kQuotes};
    EXPECT_EQ(told(seen, CheckId::kAccountId), "warn wrong-account-id use-account-id");
}

TEST(Doctor, KnowsPersonalAccounts) {
    DoctorObservations seen = well(LoginPath::kInstagram);
    EXPECT_EQ(told(seen, CheckId::kAccountKind), "pass");
    seen.account->account_type = "MEDIA_CREATOR";
    EXPECT_EQ(told(seen, CheckId::kAccountKind), "pass");
    seen.account->account_type = "PERSONAL";
    EXPECT_EQ(told(seen, CheckId::kAccountKind), "fail account-not-professional convert-account");
    seen = well();
    seen.accounts.clear();
    seen.account.reset();
    seen.pages = {{"1001", "Cafe", false}};
    EXPECT_EQ(told(seen, CheckId::kAccountId), "fail page-not-linked convert-account");
    EXPECT_EQ(told(seen, CheckId::kAccountKind), "fail account-not-professional convert-account");
    seen.facts.scopes = {"pages_show_list"};
    EXPECT_EQ(check_of(seen, CheckId::kAccountId).depends_on, CheckId::kPermissions);
}

TEST(Doctor, WarnsOfAnExhaustedQuota) {
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kPublishQuota), "pass");
    seen.quota->used = 50;
    EXPECT_EQ(told(seen, CheckId::kPublishQuota), "warn publish-quota-reached wait-and-retry");
    seen.quota.reset();
    EXPECT_EQ(told(seen, CheckId::kPublishQuota), "skip");
}

TEST(Doctor, ComparesTheClocks) {
    DoctorObservations seen = well();
    EXPECT_EQ(told(seen, CheckId::kClock), "pass");
    seen.server_time = kNow + Minutes(5);
    EXPECT_EQ(told(seen, CheckId::kClock), "warn clock-wrong set-clock");
    seen.server_time = kNow - Days(365);
    EXPECT_EQ(told(seen, CheckId::kClock), "fail clock-wrong set-clock");
    seen.server_time = kNow + Days(365);
    seen.facts.expires_at = Expiry::at(kNow + Days(400));
    EXPECT_EQ(told(seen, CheckId::kClock), "fail clock-wrong set-clock");
    EXPECT_EQ(told(seen, CheckId::kTokenExpiry), "pass") << "by Meta's time 35 days are left";
}

TEST(Doctor, LooksAtDeliveries) {
    DoctorObservations seen = well(LoginPath::kInstagram);
    EXPECT_EQ(told(seen, CheckId::kDelivery), "skip");
    seen.subject = DoctorSubject::kChannel;
    seen.channel_name = "cafe";
    const Fingerprint print("sha256:0123456789ab");
    seen.deliveries = {DeliverySeen{"/app/.env", {}, print, true, false, true, true, true}};
    EXPECT_EQ(told(seen, CheckId::kDelivery), "pass");
    const auto spoil = [&](auto change) {
        DoctorObservations worse = seen;
        change(worse.deliveries.front());
        const Check check = check_of(worse, CheckId::kDelivery);
        EXPECT_EQ(check.status, CheckStatus::kFail);
        EXPECT_EQ(check.cause, "delivery-outdated");
        return check.is_fixable;
    };
    EXPECT_TRUE(spoil([](DeliverySeen& one) { one.is_clean = false; }));
    EXPECT_TRUE(spoil([](DeliverySeen& one) { one.is_id_right = false; }));
    EXPECT_TRUE(spoil([](DeliverySeen& one) { one.token.reset(); }));
    EXPECT_TRUE(spoil([](DeliverySeen& one) {
        one.is_current = false;
        one.is_older = true;
    }));
    EXPECT_FALSE(spoil([](DeliverySeen& one) {
        one.is_current = false;
        one.is_replaceable = false;
    }));
}

TEST(DoctorReport, HoldsNoTextFromOutside) {
    const std::string token = "EAABsbCS1iHgBAKZCrZBZBtoken0123456789canary";
    DoctorObservations seen = well();
    seen.wanted_id = token;
    seen.account.reset();
    seen.accounts.front().username = token;
    seen.token_app_name = token;
    seen.token_app_id = token;
    seen.place_warnings = {token};
    seen.permissions = {{token, "declined"}};
    seen.facts.scopes.push_back(token);
    seen.quota.reset();
    seen.quota_problem = Error(Code::kGraph, Fault::kRefused, token);
    seen.deliveries = {DeliverySeen{"/home/dana/" + token, Error(Code::kIo, Fault::kLocal, token), {}}};
    const auto checks = judge(seen);
    const std::string report = make_report(checks, seen);
    EXPECT_FALSE(report.contains(token.substr(0, 16)));
    EXPECT_FALSE(report.contains("dana"));
    EXPECT_FALSE(report.contains("17841400000000001"));
    EXPECT_TRUE(report.contains("fail  account-id"));
    // Nor do the checks themselves repeat it.
    for (const Check& check : checks)
        EXPECT_FALSE(check.what_happened.contains(token.substr(0, 16))) << to_text(check.id);
}

} // namespace
} // namespace everlong::core
