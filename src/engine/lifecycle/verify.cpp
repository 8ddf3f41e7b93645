#include <engine/lifecycle/verify.hpp>

#include <core/channel_state.hpp>
#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/renewal_policy.hpp>
#include <engine/lifecycle/identify.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

using core::LoginPath;

Error other_account(const core::Account& pinned, const core::Account& found) {
    const auto name = [](const core::Account& account) {
        return account.username.empty() ? account.ig_user_id.text()
                                        : "@" + account.username + " (" + account.ig_user_id.text() + ")";
    };
    return {Code::kIdentity, Fault::kNeedsConsent,
            "the channel is connected to " + name(pinned) + ", the token belongs to " + name(found)};
}

Task<Verified> verify_facebook(World& world, core::Account pinned, core::TokenFacts so_far, const Secret& token) {
    auto inspection = co_await world.graph.inspect(token);
    if (!inspection) co_return fail(inspection.error().in("verify"));
    if (!inspection->is_valid) {
        co_return fail(inspection->problem.value_or(Error(Code::kTokenRejected, Fault::kNeedsConsent)).in("verify"));
    }
    auto account = co_await world.graph.account(LoginPath::kFacebook, token, pinned.ig_user_id);
    if (!account) co_return fail(account.error().in("verify"));
    if (account->ig_user_id != pinned.ig_user_id) co_return fail(other_account(pinned, *account));
    Verified verified{facts_of(*inspection, so_far.fingerprint, so_far.issued_at), std::move(pinned)};
    if (!account->username.empty()) verified.account.username = account->username;
    co_return verified;
}

Task<Verified> verify_instagram(World& world, core::Account pinned, core::TokenFacts so_far, const Secret& token) {
    auto me = co_await world.graph.me(LoginPath::kInstagram, token);
    if (!me) co_return fail(me.error().in("verify"));
    if (!pinned.ig_user_id.is_empty() && me->account.ig_user_id != pinned.ig_user_id) {
        co_return fail(other_account(pinned, me->account));
    }
    co_return Verified{std::move(so_far), std::move(me->account)};
}

bool lacks_what_the_other_has(LoginPath login, const core::TokenFacts& candidate, const core::TokenFacts& other) {
    const auto lacking = core::missing_scopes(login, candidate);
    return std::ranges::any_of(lacking, [&](const std::string& scope) {
        return other.are_scopes_known && std::ranges::find(other.scopes, scope) != other.scopes.end();
    });
}

// A new token that lacks a permission which the one in use still has is not taken (faults, row 68). What is stored of
// the old one may be out of date, so Meta is asked about it again.
Task<void> refuse_lost_scopes(World& world, LoginPath login, const core::TokenFacts& candidate,
                              const ports::OpenedToken& current) {
    if (!lacks_what_the_other_has(login, candidate, current.version.facts)) co_return Result<void>{};
    if (login == LoginPath::kFacebook) {
        auto fresh = co_await world.graph.inspect(current.token);
        if (!fresh) co_return fail(fresh.error().in("verify: permissions"));
        const auto facts = facts_of(*fresh, current.version.facts.fingerprint, world.clock.now());
        if (!fresh->is_valid || !lacks_what_the_other_has(login, candidate, facts)) co_return Result<void>{};
    }
    std::string names;
    for (const std::string& scope : core::missing_scopes(login, candidate))
        names += (names.empty() ? "" : ", ") + scope;
    co_return fail(Code::kScopeLost, Fault::kNeedsConsent, "missing in the new token: " + names);
}

bool has_longer_life(const core::TokenFacts& candidate, const core::TokenFacts& current) {
    if (candidate.expires_at.is_never() || !current.expires_at.is_dated()) return true;
    return candidate.expires_at.is_dated() &&
           candidate.expires_at.instant() >= current.expires_at.instant() + core::kExtensionWorth;
}

core::Lifecycle lifecycle_after_promotion(const ports::Channel& channel, const ports::TokenVersion& version,
                                          const core::TokenFacts& facts, Instant now) {
    core::Lifecycle lifecycle;
    lifecycle.last_refresh_at = channel.lifecycle.last_refresh_at;
    const bool was_issued_now =
        version.source == "refresh" || version.source == "exchange" || version.source == "connect";
    if (was_issued_now) lifecycle.last_refresh_at = version.created_at;
    lifecycle.next_attempt_at = core::next_look_at(channel.name, channel.login, facts, lifecycle, now);
    return lifecycle;
}

} // namespace

bool may_pass(const Error& error) {
    return error.fault() == Fault::kTransient || error.fault() == Fault::kRateLimited ||
           error.fault() == Fault::kUnknownOutcome || error.fault() == Fault::kCancelled;
}

bool is_about_token(const Error& error) {
    switch (error.code()) {
    case Code::kTls:
    case Code::kConfig:
    case Code::kAppMissing:
    case Code::kAppConfig:
    case Code::kAppInactive: return false;
    default: break;
    }
    return !may_pass(error) && error.fault() != Fault::kLocal && error.fault() != Fault::kCorrupt;
}

bool is_outcome_unknown(const Error& error) {
    return error.fault() == Fault::kUnknownOutcome && error.code() != Code::kUpstream;
}

Task<Verified> verify(World& world, LoginPath login, core::Account pinned, core::TokenFacts so_far,
                      const Secret& token) {
    if (login == LoginPath::kFacebook)
        co_return co_await verify_facebook(world, std::move(pinned), std::move(so_far), token);
    co_return co_await verify_instagram(world, std::move(pinned), std::move(so_far), token);
}

Task<ports::Channel> find_channel(World& world, std::string name) {
    auto found = co_await world.store.find_channel(name);
    if (!found) co_return fail(found.error());
    if (!*found) co_return fail(core::unknown_channel(name));
    co_return std::move(**found);
}

Task<Settled> settle_pending(World& world, std::string channel_name, std::string actor) {
    auto found = co_await find_channel(world, channel_name);
    if (!found) co_return fail(found.error());
    const ports::Channel channel = std::move(*found);
    Settled settled;
    settled.channel = channel;
    auto pending = co_await world.store.load_pending(channel.id);
    if (!pending) co_return fail(pending.error());
    if (!*pending) co_return settled;
    const int version = (*pending)->version.version;

    auto verified =
        co_await verify(world, channel.login, channel.account, (*pending)->version.facts, (*pending)->token);
    Result<void> verdict{};
    if (!verified) {
        verdict = fail(verified.error());
    } else {
        settled.facts = verified->facts;
        if (channel.current_version > 0) {
            auto current = co_await world.store.load_current(channel.id);
            if (!current && current.error().code() != Code::kTampered) co_return fail(current.error());
            // With one that does not open there is nothing to compare: any token that works is better.
            if (current) {
                const auto way = core::renewal_way(channel.login, current->version.facts);
                settled.was_no_longer_life = way == core::RenewalWay::kExtendFacebook &&
                                             (*pending)->version.source == "refresh" &&
                                             !has_longer_life(verified->facts, current->version.facts);
                verdict = co_await refuse_lost_scopes(world, channel.login, verified->facts, *current);
            }
        }
    }
    if (!verdict && !is_about_token(verdict.error())) co_return fail(verdict.error());
    if (!verdict || settled.was_no_longer_life) {
        auto discarded = co_await world.store.discard_pending(
            channel.id, version,
            audit(world, actor, "token-discarded", channel.name,
                  verdict ? "no longer life than the one in use" : std::string(code_name(verdict.error().code()))));
        if (!discarded) co_return fail(discarded.error());
        if (!verdict) co_return fail(verdict.error());
        co_return settled;
    }
    const auto lifecycle = lifecycle_after_promotion(channel, (*pending)->version, verified->facts, world.clock.now());
    auto promoted = co_await world.store.promote(
        channel.id, channel.revision, version, verified->facts, verified->account, lifecycle,
        audit(world, actor, "token-promoted", channel.name,
              "version " + std::to_string(version) + ", " + verified->facts.fingerprint.text()));
    if (!promoted) co_return fail(promoted.error());
    settled.channel = std::move(*promoted);
    settled.was_promoted = true;
    co_return settled;
}

} // namespace everlong::engine
