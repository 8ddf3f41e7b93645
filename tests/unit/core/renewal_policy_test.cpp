#include <core/renewal_policy.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace everlong::core {
namespace {

constexpr Instant kNow = instant_from_unix_s(1'800'000'000);

TokenFacts instagram_token(Milliseconds age = {}) {
    TokenFacts facts;
    facts.kind = TokenKind::kInstagramUser;
    facts.lifetime = Lifetime::kLong;
    facts.issued_at = kNow - age;
    facts.expires_at = Expiry::at(kNow - age + Days(60));
    return facts;
}

TokenFacts facebook_token() {
    TokenFacts facts = instagram_token();
    facts.kind = TokenKind::kUser;
    return facts;
}

TEST(RenewalPolicy, ChoosesTheWayByLoginKindAndLifetime) {
    struct Case {
        const char* name;
        LoginPath login;
        TokenKind kind;
        Lifetime lifetime;
        RenewalWay way;
    };
    constexpr Case kCases[] = {
        {"Instagram, long", LoginPath::kInstagram, TokenKind::kInstagramUser, Lifetime::kLong,
         RenewalWay::kRefreshInstagram},
        {"Instagram, unknown", LoginPath::kInstagram, TokenKind::kInstagramUser, Lifetime::kUnknown,
         RenewalWay::kRefreshInstagram},
        {"Instagram, short", LoginPath::kInstagram, TokenKind::kInstagramUser, Lifetime::kShort,
         RenewalWay::kExchangeShort},
        {"Facebook user, short", LoginPath::kFacebook, TokenKind::kUser, Lifetime::kShort, RenewalWay::kExchangeShort},
        {"Facebook user, long", LoginPath::kFacebook, TokenKind::kUser, Lifetime::kLong, RenewalWay::kExtendFacebook},
        {"system user, 60 days", LoginPath::kFacebook, TokenKind::kSystemUser, Lifetime::kLong,
         RenewalWay::kRefreshSystemUser},
        {"system user, never", LoginPath::kFacebook, TokenKind::kSystemUser, Lifetime::kNever, RenewalWay::kWatchOnly},
        {"page", LoginPath::kFacebook, TokenKind::kPage, Lifetime::kLong, RenewalWay::kWatchOnly},
    };
    for (const Case& c : kCases) {
        SCOPED_TRACE(c.name);
        TokenFacts facts;
        facts.kind = c.kind;
        facts.lifetime = c.lifetime;
        EXPECT_EQ(renewal_way(c.login, facts), c.way);
    }
}

TEST(RenewalPolicy, BeginsBetweenSevenAndNineDaysSpreadOverChannels) {
    std::set<Instant> dues;
    Instant earliest = kNow + Days(60);
    Instant latest = kNow;
    for (int i = 0; i < 500; ++i) {
        const auto due = renewal_due_at("channel-" + std::to_string(i), LoginPath::kInstagram, instagram_token(), {});
        ASSERT_TRUE(due);
        EXPECT_GE(*due, kNow + Days(7));
        EXPECT_LT(*due, kNow + Days(9));
        earliest = std::min(earliest, *due);
        latest = std::max(latest, *due);
        dues.insert(*due);
    }
    EXPECT_GT(dues.size(), 490u);
    EXPECT_LT(earliest, kNow + Days(7) + Hours(2));
    EXPECT_GT(latest, kNow + Days(9) - Hours(2));
}

TEST(RenewalPolicy, IsTheSameForAChannelAtEveryStart) {
    EXPECT_EQ(renewal_due_at("cafe", LoginPath::kInstagram, instagram_token(), {}),
              renewal_due_at("cafe", LoginPath::kInstagram, instagram_token(), {}));
}

TEST(RenewalPolicy, NeverAsksTwiceWithinADayOfASuccess) {
    TokenFacts old = instagram_token(Days(50));
    Lifecycle lifecycle;
    lifecycle.last_refresh_at = kNow - Hours(1);
    EXPECT_EQ(renewal_due_at("cafe", LoginPath::kInstagram, old, lifecycle), kNow + Hours(23));
}

TEST(RenewalPolicy, RenewsAShorterLifeAfterAThird) {
    TokenFacts facts = instagram_token();
    facts.expires_at = Expiry::at(kNow + Days(3));
    EXPECT_EQ(renewal_due_at("cafe", LoginPath::kInstagram, facts, {}), kNow + Days(1));
}

TEST(RenewalPolicy, AsksAgainADayAfterAnAdoptionWithoutExpiry) {
    TokenFacts facts = instagram_token();
    facts.lifetime = Lifetime::kUnknown;
    facts.expires_at = Expiry::unknown();
    EXPECT_EQ(renewal_due_at("cafe", LoginPath::kInstagram, facts, {}), kNow + Hours(24));
}

TEST(RenewalPolicy, ExchangesAShortTokenAtOnce) {
    TokenFacts facts = instagram_token();
    facts.lifetime = Lifetime::kShort;
    facts.expires_at = Expiry::at(kNow + Hours(1));
    EXPECT_EQ(renewal_due_at("cafe", LoginPath::kInstagram, facts, {}), kNow);
}

TEST(RenewalPolicy, DoesNotInsistWhereMetaGivesOnlyTheTimeLeft) {
    Lifecycle lifecycle;
    lifecycle.was_extension_refused = true;
    EXPECT_TRUE(renewal_due_at("cafe", LoginPath::kFacebook, facebook_token(), {}));
    EXPECT_FALSE(renewal_due_at("cafe", LoginPath::kFacebook, facebook_token(), lifecycle));
}

TEST(RenewalPolicy, RetriesAfterOneTenAHundredMinutesThenEverySixHours) {
    EXPECT_EQ(retry_at(kNow, 1), kNow + Minutes(1));
    EXPECT_EQ(retry_at(kNow, 2), kNow + Minutes(10));
    EXPECT_EQ(retry_at(kNow, 3), kNow + Minutes(100));
    EXPECT_EQ(retry_at(kNow, 4), kNow + Hours(6));
    EXPECT_EQ(retry_at(kNow, 4000), kNow + Hours(6));
}

TEST(RenewalPolicy, WaitsADayAfterAnUnknownOutcomeUnlessTheEndIsNear) {
    EXPECT_EQ(repeat_unknown_at(kNow, Expiry::at(kNow + Days(30))), kNow + Hours(24));
    EXPECT_EQ(repeat_unknown_at(kNow, Expiry::unknown()), kNow + Hours(24));
    EXPECT_EQ(repeat_unknown_at(kNow, Expiry::at(kNow + Days(3))), kNow + Minutes(1));
}

TEST(RenewalPolicy, LooksDailyAndAtTheRenewalAndNotAtTheDead) {
    EXPECT_EQ(next_look_at("cafe", LoginPath::kInstagram, instagram_token(), {}, kNow), kNow + Hours(24));
    TokenFacts never = instagram_token();
    never.lifetime = Lifetime::kNever;
    never.expires_at = Expiry::never();
    EXPECT_EQ(next_look_at("cafe", LoginPath::kFacebook, never, {}, kNow), kNow + Hours(24));
    EXPECT_EQ(next_look_at("cafe", LoginPath::kInstagram, instagram_token(Days(30)), {}, kNow), kNow);
    EXPECT_FALSE(next_look_at("cafe", LoginPath::kInstagram, instagram_token(Days(60)), {}, kNow));
    Lifecycle dead;
    dead.verdict = Problem{};
    EXPECT_FALSE(next_look_at("cafe", LoginPath::kInstagram, instagram_token(), dead, kNow));
}

TEST(RenewalPolicy, NeedsAPersonOnlyWhereNothingRenewsByItself) {
    EXPECT_FALSE(person_needed_by(LoginPath::kInstagram, instagram_token(), {}));
    EXPECT_EQ(person_needed_by(LoginPath::kFacebook, facebook_token(), {}), kNow + Days(60));
    TokenFacts early = facebook_token();
    early.data_access_expires_at = Expiry::at(kNow + Days(30));
    EXPECT_EQ(person_needed_by(LoginPath::kFacebook, early, {}), kNow + Days(30));
}

TEST(RenewalPolicy, TellsShortFromLongByTheLifeMetaGives) {
    EXPECT_EQ(lifetime_of(Expiry::at(kNow + Hours(2)), std::nullopt, kNow), Lifetime::kShort);
    EXPECT_EQ(lifetime_of(Expiry::at(kNow + Days(60)), std::nullopt, kNow), Lifetime::kLong);
    // A long-lived one in its last hours: Meta tells issued_at only for those.
    EXPECT_EQ(lifetime_of(Expiry::at(kNow + Hours(2)), kNow - Days(59), kNow), Lifetime::kLong);
    EXPECT_EQ(lifetime_of(Expiry::never(), std::nullopt, kNow), Lifetime::kNever);
    EXPECT_EQ(lifetime_of(Expiry::unknown(), std::nullopt, kNow), Lifetime::kUnknown);
}

} // namespace
} // namespace everlong::core
