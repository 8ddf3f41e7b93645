#include <core/renewal_policy.hpp>

#include <base/digest.hpp>
#include <core/limits.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

// 0 up to, not including, kRenewalSpread: the same for a channel on every machine and at every start.
Milliseconds spread_of(std::string_view channel_name) {
    const Sha256 digest = sha256(channel_name);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i)
        number = number << 8 | digest[i];
    return Milliseconds(static_cast<std::int64_t>(number % static_cast<std::uint64_t>(kRenewalSpread.count())));
}

Milliseconds age_when_due(std::string_view channel_name, const TokenFacts& facts) {
    const Milliseconds usual = kRenewalAge + spread_of(channel_name);
    if (!facts.expires_at.is_dated()) return usual;
    const Milliseconds life = facts.expires_at.instant() - facts.issued_at;
    return std::min(usual, life / kShortLifeShare);
}

} // namespace

RenewalWay renewal_way(LoginPath login, const TokenFacts& facts) {
    if (facts.lifetime == Lifetime::kNever) return RenewalWay::kWatchOnly;
    if (facts.lifetime == Lifetime::kShort) return RenewalWay::kExchangeShort;
    if (login == LoginPath::kInstagram) return RenewalWay::kRefreshInstagram;
    if (facts.kind == TokenKind::kSystemUser) return RenewalWay::kRefreshSystemUser;
    if (facts.kind == TokenKind::kUser) return RenewalWay::kExtendFacebook;
    return RenewalWay::kWatchOnly;
}

bool is_renewable_for_ever(RenewalWay way) {
    return way == RenewalWay::kRefreshInstagram || way == RenewalWay::kRefreshSystemUser;
}

Lifetime lifetime_of(Expiry expires_at, std::optional<Instant> issued_at, Instant now) {
    if (expires_at.is_never()) return Lifetime::kNever;
    if (expires_at.is_unknown()) return Lifetime::kUnknown;
    const Milliseconds life = expires_at.instant() - issued_at.value_or(now);
    return life > kShortLifetimeAtMost ? Lifetime::kLong : Lifetime::kShort;
}

std::optional<Instant> renewal_due_at(std::string_view channel_name, LoginPath login, const TokenFacts& facts,
                                      const Lifecycle& lifecycle) {
    const RenewalWay way = renewal_way(login, facts);
    if (way == RenewalWay::kWatchOnly) return std::nullopt;
    // Meta has said that it gives only the time left: another try would say the same, so a person is asked instead.
    if (way == RenewalWay::kExtendFacebook && lifecycle.was_extension_refused) return std::nullopt;
    Instant due = facts.issued_at;
    if (facts.expires_at.is_unknown()) {
        // Adopted without an expiry because Meta refused to refresh it: most likely it was younger than a day.
        due += kRefreshPause;
    } else if (way != RenewalWay::kExchangeShort) {
        due += age_when_due(channel_name, facts);
    }
    if (lifecycle.last_refresh_at) due = std::max(due, *lifecycle.last_refresh_at + kRefreshPause);
    return due;
}

Instant retry_at(Instant now, int failed_attempts) {
    const auto index = static_cast<std::size_t>(std::max(failed_attempts, 1) - 1);
    return now + (index < kRetryWaits.size() ? kRetryWaits[index] : kRetryWaitLongest);
}

Instant delivery_retry_at(Instant now, int failed_attempts) {
    const auto index = static_cast<std::size_t>(std::max(failed_attempts, 1) - 1);
    return now + kDeliveryWaits[std::min(index, kDeliveryWaits.size() - 1)];
}

Instant repeat_unknown_at(Instant started_at, Expiry expires_at) {
    const Instant a_day_later = started_at + kRefreshPause;
    const bool is_close = expires_at.is_dated() && expires_at.instant() < a_day_later + kTooCloseToWait;
    return is_close ? started_at + kRetryWaits.front() : a_day_later;
}

std::optional<Instant> next_look_at(std::string_view channel_name, LoginPath login, const TokenFacts& facts,
                                    const Lifecycle& lifecycle, Instant now) {
    if (lifecycle.verdict || facts.expires_at.is_past(now)) return std::nullopt;
    const Instant daily = now + kLookEvery;
    const auto due = renewal_due_at(channel_name, login, facts, lifecycle);
    return due ? std::min(daily, std::max(*due, now)) : daily;
}

std::optional<Instant> person_needed_by(LoginPath login, const TokenFacts& facts, const Lifecycle&) {
    std::optional<Instant> end;
    const RenewalWay way = renewal_way(login, facts);
    if (facts.expires_at.is_dated() && !is_renewable_for_ever(way)) end = facts.expires_at.instant();
    if (facts.data_access_expires_at.is_dated()) {
        const Instant access_end = facts.data_access_expires_at.instant();
        end = end ? std::min(*end, access_end) : access_end;
    }
    return end;
}

} // namespace everlong::core
