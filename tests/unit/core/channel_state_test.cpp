#include <core/channel_state.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

constexpr Instant kStart = instant_from_unix_s(1'800'000'000);

TokenFacts token(TokenKind kind) {
    TokenFacts facts;
    facts.kind = kind;
    facts.lifetime = Lifetime::kLong;
    facts.issued_at = kStart;
    facts.expires_at = Expiry::at(kStart + Days(60));
    return facts;
}

ChannelState state_at(LoginPath login, const TokenFacts& facts, const Lifecycle& lifecycle, Milliseconds age) {
    return channel_health("cafe", login, &facts, lifecycle, kStart + age).state;
}

TEST(ChannelHealth, FollowsTheClockOfAnInstagramToken) {
    const TokenFacts facts = token(TokenKind::kInstagramUser);
    EXPECT_EQ(state_at(LoginPath::kInstagram, facts, {}, Days(0)), ChannelState::kHealthy);
    EXPECT_EQ(state_at(LoginPath::kInstagram, facts, {}, Days(9)), ChannelState::kHealthy);
    // Due between day 7 and 9, overdue three days after that.
    EXPECT_EQ(state_at(LoginPath::kInstagram, facts, {}, Days(12)), ChannelState::kOverdue);
    EXPECT_EQ(state_at(LoginPath::kInstagram, facts, {}, Days(59)), ChannelState::kOverdue);
    EXPECT_EQ(state_at(LoginPath::kInstagram, facts, {}, Days(60)), ChannelState::kDead);
}

TEST(ChannelHealth, AsksForAPersonTwentyOneDaysAheadOnTheFacebookLogin) {
    const TokenFacts facts = token(TokenKind::kUser);
    Lifecycle refused;
    refused.was_extension_refused = true;
    EXPECT_EQ(state_at(LoginPath::kFacebook, facts, refused, Days(39) - Minutes(1)), ChannelState::kHealthy);
    EXPECT_EQ(state_at(LoginPath::kFacebook, facts, refused, Days(39)), ChannelState::kExpiring);
    EXPECT_EQ(state_at(LoginPath::kFacebook, facts, refused, Days(60)), ChannelState::kDead);
}

TEST(ChannelHealth, CountsTheEndOfDataAccessToo) {
    TokenFacts facts = token(TokenKind::kSystemUser);
    facts.lifetime = Lifetime::kNever;
    facts.expires_at = Expiry::never();
    facts.data_access_expires_at = Expiry::at(kStart + Days(90));
    EXPECT_EQ(state_at(LoginPath::kFacebook, facts, {}, Days(68)), ChannelState::kHealthy);
    EXPECT_EQ(state_at(LoginPath::kFacebook, facts, {}, Days(69)), ChannelState::kExpiring);
}

TEST(ChannelHealth, OfAVerdictIsDeadWhateverTheClockSays) {
    Lifecycle lifecycle;
    lifecycle.verdict = Problem{Code::kPasswordChanged, Fault::kNeedsConsent, "", 190, 460, kStart};
    const TokenFacts facts = token(TokenKind::kInstagramUser);
    const ChannelHealth health = channel_health("cafe", LoginPath::kInstagram, &facts, lifecycle, kStart + Days(1));
    EXPECT_EQ(health.state, ChannelState::kDead);
    EXPECT_EQ(health.reason, "Meta ended the session: the password changed, or for security");
    EXPECT_FALSE(health.next_refresh_at);
}

TEST(ChannelHealth, WithoutATokenIsUnconnectedAndWithoutAnExpiryUnverified) {
    EXPECT_EQ(channel_health("cafe", LoginPath::kInstagram, nullptr, {}, kStart).state, ChannelState::kUnconnected);
    TokenFacts facts = token(TokenKind::kInstagramUser);
    facts.lifetime = Lifetime::kUnknown;
    facts.expires_at = Expiry::unknown();
    EXPECT_EQ(state_at(LoginPath::kInstagram, facts, {}, Days(0)), ChannelState::kUnverified);
}

TEST(ChannelHealth, ShowsTheNextAttemptWhileItFails) {
    Lifecycle lifecycle;
    lifecycle.failed_attempts = 2;
    lifecycle.next_attempt_at = kStart + Days(10);
    const TokenFacts facts = token(TokenKind::kInstagramUser);
    EXPECT_EQ(channel_health("cafe", LoginPath::kInstagram, &facts, lifecycle, kStart + Days(9)).next_refresh_at,
              kStart + Days(10));
}

TEST(ChannelHealth, TellsWhenItIsReallyLookedAtAgain) {
    Lifecycle lifecycle;
    lifecycle.failed_attempts = 1;
    const Instant now = kStart + Days(1);
    lifecycle.next_attempt_at = now + Minutes(5);
    const TokenFacts facts = token(TokenKind::kInstagramUser);
    EXPECT_EQ(channel_health("cafe", LoginPath::kInstagram, &facts, lifecycle, now).reason,
              "the last call to Meta failed; tried again in 5 minutes");
    lifecycle.suspicion = Problem{Code::kPasswordChanged, Fault::kNeedsConsent, "", 190, 460, now};
    EXPECT_EQ(channel_health("cafe", LoginPath::kInstagram, &facts, lifecycle, now).reason,
              "Meta refused the token; that is looked at once more in 5 minutes before it is believed");
    EXPECT_EQ(channel_health("cafe", LoginPath::kInstagram, &facts, lifecycle, now + Minutes(6)).reason,
              "Meta refused the token; that is looked at once more now before it is believed");
}

TEST(ChannelHealth, ShowsWhenAPostponedRenewalIsTriedThoughNothingFailed) {
    Lifecycle lifecycle;
    lifecycle.next_attempt_at = kStart + Days(11);
    const TokenFacts facts = token(TokenKind::kInstagramUser);
    const auto health = channel_health("cafe", LoginPath::kInstagram, &facts, lifecycle, kStart + Days(10));
    EXPECT_EQ(health.next_refresh_at, kStart + Days(11));
    EXPECT_EQ(health.state, ChannelState::kHealthy);
}

TEST(ChannelName, TakesWhatTheContractSaysAndNothingElse) {
    for (const char* name : {"a", "cafe-2", "0", "-"})
        EXPECT_TRUE(is_channel_name(name)) << name;
    EXPECT_TRUE(is_channel_name(std::string(64, 'a')));
    EXPECT_FALSE(is_channel_name(std::string(65, 'a')));
    for (const char* name : {"", "Cafe", "my cafe", "caf\xC3\xA9", "a/b", "a_b", "a.b", "../x"}) {
        EXPECT_FALSE(is_channel_name(name)) << name;
    }
}

} // namespace
} // namespace everlong::core
