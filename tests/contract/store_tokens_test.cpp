#include "store_suite.hpp"

#include <base/digest.hpp>

namespace everlong::test {
namespace {

using ports::VersionState;
using testing::ElementsAre;

TEST_P(StoreContract, APendingTokenStandsBesideTheCurrentOne) {
    const auto channel = connect("IGAAone");
    EXPECT_EQ(2, keep(channel, "IGAAtwo", day(4)));
    backend_->reopen();
    EXPECT_EQ("IGAAone", current_token(channel));
    const auto pending = get(store().load_pending(channel.id));
    ASSERT_TRUE(pending.has_value());
    EXPECT_EQ("IGAAtwo", pending->token.reveal());
    EXPECT_EQ(2, pending->version.version);
    EXPECT_EQ(VersionState::kPending, pending->version.state);
    EXPECT_EQ("refresh", pending->version.source);
    EXPECT_EQ(day(4), pending->version.created_at);
    EXPECT_EQ(std::nullopt, pending->version.verified_at);
    EXPECT_EQ(std::nullopt, pending->version.retired_at);
    EXPECT_EQ(fingerprint_of("IGAAtwo"), pending->version.facts.fingerprint);
    EXPECT_EQ(1, get(store().load_channel(channel.id)).current_version);
}

TEST_P(StoreContract, FactsAreKeptWhole) {
    const auto channel = create();
    core::TokenFacts facts = long_lived();
    facts.kind = core::TokenKind::kSystemUser;
    facts.data_access_expires_at = core::Expiry::at(day(90) + Milliseconds(1));
    get(store().keep_pending(channel.id, Secret("EAAone"), facts, "import", std::nullopt, event("x")));
    const auto kept = get(store().load_pending(channel.id))->version.facts;
    EXPECT_EQ(core::TokenKind::kSystemUser, kept.kind);
    EXPECT_EQ(core::Lifetime::kLong, kept.lifetime);
    EXPECT_EQ(day(0), kept.issued_at);
    EXPECT_EQ(core::Expiry::at(day(60)), kept.expires_at);
    EXPECT_EQ(core::Expiry::at(day(90) + Milliseconds(1)), kept.data_access_expires_at);
    EXPECT_TRUE(kept.are_scopes_known);
    EXPECT_THAT(kept.scopes, ElementsAre("instagram_business_basic", "instagram_business_content_publish"));
}

TEST_P(StoreContract, UnknownAndNeverAreKeptApart) {
    const auto channel = create();
    core::TokenFacts facts;
    facts.expires_at = core::Expiry::never();
    facts.data_access_expires_at = core::Expiry::unknown();
    get(store().keep_pending(channel.id, Secret("EAAone"), facts, "import", std::nullopt, event("x")));
    auto kept = get(store().load_pending(channel.id))->version.facts;
    EXPECT_TRUE(kept.expires_at.is_never());
    EXPECT_TRUE(kept.data_access_expires_at.is_unknown());
    EXPECT_EQ(core::TokenKind::kUnknown, kept.kind);
    EXPECT_EQ(core::Lifetime::kUnknown, kept.lifetime);
    EXPECT_FALSE(kept.are_scopes_known);
}

TEST_P(StoreContract, AnEmptyTokenIsNotKept) {
    const auto channel = connect("IGAAone");
    const Error error =
        error_of(store().keep_pending(channel.id, Secret(), long_lived(), "refresh", std::nullopt, event("x")));
    EXPECT_EQ(Code::kTokenMissing, error.code());
    EXPECT_EQ(Fault::kUsage, error.fault());
    EXPECT_FALSE(get(store().load_pending(channel.id)).has_value());
}

TEST_P(StoreContract, APendingTokenMakesItsChannelDueAtOnce) {
    const auto channel = connect("IGAAone"); // due on day 8
    keep(channel, "IGAAtwo", day(4));
    EXPECT_EQ(day(4), get(store().load_channel(channel.id)).lifecycle.next_attempt_at);
    EXPECT_EQ(1U, get(store().list_due(day(4), 10)).size());
    EXPECT_EQ(day(4), get(store().next_due()));
}

TEST_P(StoreContract, ASecondPendingTokenDiscardsTheFirst) {
    const auto channel = connect("IGAAone");
    keep(channel, "IGAAtwo");
    keep(channel, "IGAAthree");
    EXPECT_THAT(states(channel), ElementsAre("3 pending", "2 discarded", "1 current"));
    EXPECT_EQ("IGAAthree", get(store().load_pending(channel.id))->token.reveal());
    const Error error = error_of(store().load_version(channel.id, 2));
    EXPECT_EQ(Code::kVersionUnknown, error.code());
    EXPECT_EQ(Fault::kUsage, error.fault());
}

TEST_P(StoreContract, KeepingFinishesTheIntentAsGranted) {
    const auto channel = create();
    const auto intent = get(store().begin_intent("refresh", "shop", fingerprint_of("IGAAone"), day(0)));
    keep(channel, "IGAAtwo", day(1), intent);
    const auto found = get(store().find_intent("refresh", fingerprint_of("IGAAone")));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ("granted", found->outcome);
    EXPECT_EQ(day(1), found->finished_at);
}

TEST_P(StoreContract, ATokenWhoseIntentIsUnknownIsNotHalfKept) {
    const auto channel = create();
    error_of(store().keep_pending(channel.id, Secret("IGAAone"), {}, "refresh", ports::IntentId(99), event("y")));
    EXPECT_FALSE(get(store().load_pending(channel.id)).has_value());
    EXPECT_EQ(1U, get(store().list_audit("", 10)).size());
    EXPECT_EQ(1, keep(channel, "IGAAone")) << "not even the number was spent";
}

TEST_P(StoreContract, PromotionMakesThePendingTokenCurrent) {
    const auto channel = connect("IGAAone");
    const int version = keep(channel, "IGAAtwo", day(3));
    const auto before = get(store().load_channel(channel.id));
    ports::Lifecycle lifecycle;
    lifecycle.last_refresh_at = day(3);
    lifecycle.next_attempt_at = day(12);
    auto facts = long_lived(3);
    const auto promoted = get(store().promote(channel.id, before.revision, version, facts, shop_account(), lifecycle,
                                              event("token-promoted", day(4))));
    EXPECT_EQ(2, promoted.current_version);
    EXPECT_EQ(lifecycle, promoted.lifecycle);
    EXPECT_GT(promoted.revision, before.revision);
    EXPECT_EQ("17841400000000001", promoted.account.ig_user_id.text());
    backend_->reopen();
    const auto current = get(store().load_current(channel.id));
    EXPECT_EQ("IGAAtwo", current.token.reveal());
    EXPECT_EQ(VersionState::kCurrent, current.version.state);
    EXPECT_EQ(day(4), current.version.verified_at);
    EXPECT_EQ(core::Expiry::at(day(63)), current.version.facts.expires_at);
    EXPECT_FALSE(get(store().load_pending(channel.id)).has_value());
    const auto old = get(store().load_version(channel.id, 1));
    EXPECT_EQ("IGAAone", old.token.reveal());
    EXPECT_EQ(VersionState::kRetired, old.version.state);
    EXPECT_EQ(day(4), old.version.retired_at);
}

TEST_P(StoreContract, ABlankNeverReplacesAValue) {
    const auto channel = create();
    const auto account = core::Account{IgUserId("17841400000000001"), "shop", "BUSINESS", "2222", "Shop"};
    auto facts = long_lived();
    facts.data_access_expires_at = core::Expiry::never();
    get(store().keep_pending(channel.id, Secret("IGAAone"), facts, "import", std::nullopt, event("x")));
    auto now = get(store().load_channel(channel.id));
    now = get(store().promote(channel.id, now.revision, 1, {}, account, {}, event("x")));
    get(store().update_facts(channel.id, now.revision, 1, {}, {}, event("x")));
    const auto kept = get(store().load_current(channel.id)).version.facts;
    EXPECT_EQ(core::TokenKind::kInstagramUser, kept.kind);
    EXPECT_EQ(core::Lifetime::kLong, kept.lifetime);
    EXPECT_EQ(fingerprint_of("IGAAone"), kept.fingerprint);
    EXPECT_EQ(day(0), kept.issued_at);
    EXPECT_EQ(core::Expiry::at(day(60)), kept.expires_at);
    EXPECT_TRUE(kept.data_access_expires_at.is_never());
    EXPECT_EQ(2U, kept.scopes.size());

    keep(channel, "IGAAtwo");
    now = get(store().load_channel(channel.id));
    const auto promoted = get(store().promote(channel.id, now.revision, 2, {}, core::Account{}, {}, event("x")));
    EXPECT_EQ("17841400000000001", promoted.account.ig_user_id.text());
    EXPECT_EQ("shop", promoted.account.username);
    EXPECT_EQ("BUSINESS", promoted.account.account_type);
    EXPECT_EQ("2222", promoted.account.page_id);
    EXPECT_EQ("Shop", promoted.account.page_name);
}

TEST_P(StoreContract, PromotionNeverMovesAChannelToAnotherAccount) {
    const auto channel = connect("IGAAone");
    keep(channel, "IGAAtwo");
    const auto now = get(store().load_channel(channel.id));
    auto other = shop_account();
    other.ig_user_id = IgUserId("17841400000000002");
    const Error error = error_of(store().promote(channel.id, now.revision, 2, {}, other, {}, event("x")));
    EXPECT_EQ(Code::kIdentity, error.code());
    EXPECT_EQ(Fault::kNeedsConsent, error.fault());
    EXPECT_EQ("IGAAone", current_token(channel));
    EXPECT_THAT(states(channel), ElementsAre("2 pending", "1 current"));
}

TEST_P(StoreContract, PromotionOnWhatHasChangedIsRefused) {
    const auto channel = connect("IGAAone");
    keep(channel, "IGAAtwo");
    const Error error = error_of(store().promote(channel.id, channel.revision, 2, {}, shop_account(), {}, event("x")));
    EXPECT_EQ(Code::kBusy, error.code());
    EXPECT_EQ(Fault::kConflict, error.fault());
    EXPECT_EQ("IGAAone", current_token(channel));
}

TEST_P(StoreContract, OnlyAPendingOrRetiredVersionIsPromoted) {
    const auto channel = connect("IGAAone");
    keep(channel, "IGAAtwo");
    keep(channel, "IGAAthree");
    const auto now = get(store().load_channel(channel.id));
    for (const int version : {0, 1, 2, 4, -1}) {
        SCOPED_TRACE(version);
        const Error error =
            error_of(store().promote(channel.id, now.revision, version, {}, shop_account(), {}, event("x")));
        EXPECT_EQ(Code::kVersionUnknown, error.code());
        EXPECT_EQ(Fault::kUsage, error.fault());
    }
    EXPECT_THAT(states(channel), ElementsAre("3 pending", "2 discarded", "1 current"));
}

TEST_P(StoreContract, FactsOfAnotherTokenAreRefused) {
    const auto channel = connect("IGAAone");
    keep(channel, "IGAAtwo");
    auto now = get(store().load_channel(channel.id));
    core::TokenFacts facts = long_lived();
    facts.fingerprint = fingerprint_of("IGAAone");
    EXPECT_EQ(Fault::kConflict,
              error_of(store().promote(channel.id, now.revision, 2, facts, {}, {}, event("x"))).fault());
    facts.fingerprint = fingerprint_of("IGAAtwo");
    get(store().promote(channel.id, now.revision, 2, facts, {}, {}, event("x")));
    EXPECT_EQ("IGAAtwo", current_token(channel));
}

TEST_P(StoreContract, TheThreeNewestRetiredVersionsAreKept) {
    auto channel = connect("IGAA1");
    for (int version = 2; version <= 6; ++version) {
        channel = promote(channel, keep(channel, "IGAA" + std::to_string(version), day(version)), day(version));
    }
    EXPECT_THAT(states(channel), ElementsAre("6 current", "5 retired", "4 retired", "3 retired"));
    EXPECT_EQ("IGAA3", get(store().load_version(channel.id, 3)).token.reveal());
    EXPECT_EQ(Code::kVersionUnknown, error_of(store().load_version(channel.id, 2)).code());
}

TEST_P(StoreContract, ARollbackMakesARetiredVersionCurrentAgain) {
    auto channel = connect("IGAA1");
    for (int version = 2; version <= 4; ++version) {
        channel = promote(channel, keep(channel, "IGAA" + std::to_string(version), day(version)), day(version));
    }
    channel = promote(channel, 1, day(5));
    EXPECT_EQ(1, channel.current_version);
    EXPECT_EQ("IGAA1", current_token(channel));
    EXPECT_THAT(states(channel), ElementsAre("4 retired", "3 retired", "2 retired", "1 current"));
    const auto current = get(store().load_current(channel.id)).version;
    EXPECT_EQ("rollback", current.source);
    EXPECT_EQ(std::nullopt, current.retired_at);

    // The one that worked last is the last to be deleted, whatever its number.
    channel = promote(channel, keep(channel, "IGAA5", day(6)), day(6));
    EXPECT_EQ(5, channel.current_version);
    EXPECT_THAT(states(channel), ElementsAre("5 current", "4 retired", "3 retired", "1 retired"));
}

TEST_P(StoreContract, ADiscardedTokenIsGone) {
    const auto channel = connect("IGAAone");
    const int version = keep(channel, "IGAAtwo");
    const auto before = get(store().load_channel(channel.id));
    get(store().discard_pending(channel.id, version, event("token-discarded")));
    EXPECT_FALSE(get(store().load_pending(channel.id)).has_value());
    EXPECT_EQ(Code::kVersionUnknown, error_of(store().load_version(channel.id, version)).code());
    EXPECT_EQ("IGAAone", current_token(channel));
    EXPECT_THAT(states(channel), ElementsAre("2 discarded", "1 current"));
    EXPECT_EQ(before.revision, get(store().load_channel(channel.id)).revision);
    EXPECT_EQ(3, keep(channel, "IGAAthree")) << "a number is never given twice";
    for (const int other : {1, 2, 9}) {
        EXPECT_EQ(Code::kVersionUnknown, error_of(store().discard_pending(channel.id, other, event("x"))).code());
    }
}

TEST_P(StoreContract, TheHistoryOfDiscardedVersionsIsBounded) {
    const auto channel = connect("IGAAone");
    for (int i = 0; i < 20; ++i)
        keep(channel, "IGAA" + std::to_string(i));
    EXPECT_THAT(states(channel),
                ElementsAre("21 pending", "20 discarded", "19 discarded", "18 discarded", "1 current"));
}

TEST_P(StoreContract, FactsOfTheCurrentTokenCanBeRenewed) {
    const auto channel = connect("IGAAone");
    ports::Lifecycle lifecycle;
    lifecycle.next_attempt_at = day(40);
    get(store().update_facts(channel.id, channel.revision, 1, long_lived(30), lifecycle,
                             event("token-extended", day(30))));
    const auto current = get(store().load_current(channel.id));
    EXPECT_EQ("IGAAone", current.token.reveal());
    EXPECT_EQ(day(30), current.version.facts.issued_at);
    EXPECT_EQ(core::Expiry::at(day(90)), current.version.facts.expires_at);
    const auto now = get(store().load_channel(channel.id));
    EXPECT_EQ(lifecycle, now.lifecycle);
    EXPECT_EQ(channel.revision + 1, now.revision);

    EXPECT_EQ(Code::kBusy,
              error_of(store().update_facts(channel.id, channel.revision, 1, long_lived(), {}, event("x"))).code());
    for (const int version : {0, 2}) {
        EXPECT_EQ(
            Code::kVersionUnknown,
            error_of(store().update_facts(channel.id, now.revision, version, long_lived(), {}, event("x"))).code());
    }
}

TEST_P(StoreContract, WithoutACurrentTokenAChannelIsUnconnected) {
    const auto channel = create();
    keep(channel, "IGAAone");
    const Error error = error_of(store().load_current(channel.id));
    EXPECT_EQ(Code::kUnconnected, error.code());
    EXPECT_EQ(Fault::kNeedsConsent, error.fault());
    EXPECT_EQ(Code::kVersionUnknown,
              error_of(store().update_facts(channel.id, channel.revision + 1, 0, {}, {}, event("x"))).code());
}

TEST_P(StoreContract, TokensOfManyShapesComeBackUnchanged) {
    const std::string kTokens[] = {"a", std::string(8192, 'E'), "with \"quotes\" 'and' \\",
                                   std::string("zero\0within", 11), "\xff\xfe not UTF-8"};
    const auto channel = create();
    for (const std::string& token : kTokens) {
        promote(channel, keep(channel, token));
        EXPECT_EQ(token, current_token(channel));
    }
}

TEST_P(StoreContract, ServesTheCurrentTokenByName) {
    const auto channel = connect("IGAAone");
    for (int i = 0; i < 2; ++i) {
        const auto served = get(store().serve_token("shop"));
        EXPECT_EQ("IGAAone", served.token.reveal());
        EXPECT_EQ(channel.id, served.channel);
        EXPECT_EQ("17841400000000001", served.ig_user_id.text());
        EXPECT_EQ(1, served.version.version);
        EXPECT_EQ(core::Expiry::at(day(60)), served.version.facts.expires_at);
    }
    EXPECT_EQ(Code::kChannelUnknown, error_of(store().serve_token("other")).code());
    create("empty");
    EXPECT_EQ(Code::kUnconnected, error_of(store().serve_token("empty")).code());
}

TEST_P(StoreContract, ServesWhatIsTrueNowAfterEveryKindOfChange) {
    auto channel = connect("IGAAone");
    EXPECT_EQ("IGAAone", get(store().serve_token("shop")).token.reveal());

    const int pending = keep(channel, "IGAAtwo", day(8));
    EXPECT_EQ("IGAAone", get(store().serve_token("shop")).token.reveal());
    channel = promote(channel, pending, day(8));
    EXPECT_EQ("IGAAtwo", get(store().serve_token("shop")).token.reveal());

    core::TokenFacts longer;
    longer.expires_at = core::Expiry::at(day(100));
    get(store().update_facts(channel.id, channel.revision, 2, longer, channel.lifecycle, event("extended")));
    EXPECT_EQ(core::Expiry::at(day(100)), get(store().serve_token("shop")).version.facts.expires_at);

    get(store().remove_channel(channel.id, event("channel-removed")));
    EXPECT_EQ(Code::kChannelUnknown, error_of(store().serve_token("shop")).code());
    connect("IGAAthree");
    EXPECT_EQ("IGAAthree", get(store().serve_token("shop")).token.reveal());
}

} // namespace
} // namespace everlong::test
