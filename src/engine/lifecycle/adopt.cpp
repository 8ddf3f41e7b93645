#include <engine/lifecycle/adopt.hpp>

#include <base/digest.hpp>
#include <core/channel_state.hpp>
#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/renewal_policy.hpp>
#include <engine/lifecycle/identify.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>
#include <cctype>

namespace everlong::engine {
namespace {

using core::LoginPath;
using core::TokenKind;

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string described(const core::Account& account) {
    return account.username.empty() ? account.ig_user_id.text()
                                    : "@" + account.username + " (" + account.ig_user_id.text() + ")";
}

std::string described(const std::vector<core::Account>& accounts) {
    constexpr std::size_t kNamed = 10;
    std::string text;
    for (std::size_t i = 0; i < accounts.size() && i < kNamed; ++i)
        text += (i ? ", " : "") + described(accounts[i]);
    if (accounts.size() > kNamed) text += " and " + std::to_string(accounts.size() - kNamed) + " more";
    return text;
}

bool is_named(const core::Account& account, std::string_view name) {
    if (name.starts_with('@')) name.remove_prefix(1);
    return account.ig_user_id.text() == name ||
           std::ranges::equal(account.username, name,
                              [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

// Why an id that names no reachable account is wrong, in words.
std::string why_wrong(std::string_view id, const Identity& identity) {
    for (const core::Account& account : identity.accounts) {
        const std::string right = "; its number is " + account.ig_user_id.text();
        if (!is_number(id) && is_named(account, id)) return "it is the username of the account" + right;
        if (account.page_id == id) return "it is the id of the Page '" + account.page_name + "'" + right;
    }
    if (id == identity.user_id) return "it is an app-scoped id, not the account's number";
    if (!is_number(id)) return "it is not a number";
    return "this token cannot reach it";
}

// The one account that the channel stands for.
Result<core::Account> choose_account(const Identity& identity, const AdoptRequest& request) {
    const auto& accounts = identity.accounts;
    const std::string& name = request.wanted_account.empty() ? request.wanted_id : request.wanted_account;
    if (accounts.empty()) {
        return fail(Code::kNoAccount, Fault::kNeedsConsent,
                    identity.are_accounts_complete ? "no Page that it covers is linked to one"
                                                   : "the list of Pages may be incomplete: a permission is missing");
    }
    if (!name.empty()) {
        const bool may_be_username = !request.wanted_account.empty();
        const auto found = std::ranges::find_if(accounts, [&](const core::Account& account) {
            return may_be_username ? is_named(account, name) : account.ig_user_id.text() == name;
        });
        if (found != accounts.end()) return *found;
        // Whoever swapped the two values has the token in the id's place.
        return fail(Code::kAccountId, Fault::kNeedsConsent,
                    "'" + core::scrub(name, 64) + "': " + why_wrong(name, identity) +
                        "; reachable: " + described(accounts));
    }
    if (accounts.size() > 1) return fail(Code::kAccountChoice, Fault::kUsage, "reachable: " + described(accounts));
    return accounts.front();
}

Result<void> refuse_unfit_kind(const Identity& identity) {
    const TokenKind kind = identity.facts.kind;
    if (kind == TokenKind::kUser || kind == TokenKind::kSystemUser || kind == TokenKind::kInstagramUser) return {};
    return fail(Code::kTokenKind, Fault::kNeedsConsent, "it is a token of kind '" + std::string(to_text(kind)) + "'");
}

Result<void> refuse_personal_account(const core::Account& account) {
    if (account.account_type != "PERSONAL") return {};
    return fail(Code::kAccountKind, Fault::kNeedsConsent, described(account));
}

// A token on its way into the store.
struct Candidate {
    Secret token;
    core::TokenFacts facts;
    std::string source = "import";
    std::optional<ports::IntentId> intent{};
    AdoptedBy how = AdoptedBy::kTakenAsIs;
    std::optional<Error> app_problem{}; // the app's id or secret was refused on the way
};

void take_grant(Candidate& candidate, ports::Grant grant, Instant now) {
    candidate.token = std::move(grant.token);
    candidate.facts.fingerprint = fingerprint_of(candidate.token);
    candidate.facts.issued_at = now;
    candidate.facts.expires_at = grant.expires_in ? core::Expiry::at(now + *grant.expires_in) : core::Expiry::unknown();
    candidate.facts.lifetime = core::lifetime_of(candidate.facts.expires_at, now, now);
    if (grant.scopes) {
        candidate.facts.are_scopes_known = true;
        candidate.facts.scopes = std::move(*grant.scopes);
    }
}

using Call = Task<ports::Grant> (*)(World&, LoginPath, const Secret&);

Task<ports::Grant> call_exchange(World& world, LoginPath login, const Secret& token) {
    co_return co_await world.graph.exchange(login, token);
}
Task<ports::Grant> call_refresh(World& world, LoginPath, const Secret& token) {
    co_return co_await world.graph.refresh_instagram(token);
}

// One issuing call with its intent. Gives false where Meta refuses, so that another way can be tried.
Task<bool> try_call(World& world, const AdoptRequest& request, LoginPath login, Candidate& candidate, std::string kind,
                    Call call) {
    const Instant now = world.clock.now();
    auto intent = co_await world.store.begin_intent(kind, request.channel_name, candidate.facts.fingerprint, now);
    if (!intent) co_return fail(intent.error());
    auto grant = co_await call(world, login, candidate.token);
    if (!grant) {
        const bool is_unknown = is_outcome_unknown(grant.error());
        auto finished =
            co_await world.store.finish_intent(*intent, is_unknown ? "unknown" : "refused", world.clock.now());
        if (!finished) co_return fail(finished.error());
        if (may_pass(grant.error())) co_return fail(grant.error().in(kind));
        if (grant.error().code() == Code::kAppConfig) candidate.app_problem = grant.error().in(kind);
        co_return false;
    }
    take_grant(candidate, std::move(*grant), world.clock.now());
    candidate.intent = *intent;
    candidate.source = kind;
    co_return true;
}

// Was a refresh of this very token sent less than a day ago, with an answer that never arrived or was lost?
Task<bool> was_refreshed_lately(World& world, const Fingerprint& token) {
    auto intent = co_await world.store.find_intent("refresh", token);
    if (!intent) co_return fail(intent.error());
    if (!*intent || (*intent)->outcome == "refused" || (*intent)->outcome == "not-sent") co_return false;
    co_return world.clock.now() < (*intent)->started_at + core::kRefreshPause;
}

// On the Instagram login nothing tells whether a token is short- or long-lived: exchange is tried, then refresh
// (contract, section 4).
Task<void> lengthen_instagram(World& world, const AdoptRequest& request, Candidate& candidate) {
    if (world.graph.has_app(LoginPath::kInstagram)) {
        auto exchanged = co_await try_call(world, request, LoginPath::kInstagram, candidate, "exchange", call_exchange);
        if (!exchanged) co_return fail(exchanged.error());
        if (*exchanged) {
            candidate.how = AdoptedBy::kExchange;
            co_return Result<void>{};
        }
    }
    // An hour's token is never called connected.
    if (request.is_fresh_login) {
        co_return fail(candidate.app_problem.value_or(
            Error(Code::kConnectAgain, Fault::kNeedsConsent, "Meta refuses to make its token long-lived")));
    }
    auto is_too_soon = co_await was_refreshed_lately(world, candidate.facts.fingerprint);
    if (!is_too_soon) co_return fail(is_too_soon.error());
    if (!*is_too_soon) {
        auto refreshed = co_await try_call(world, request, LoginPath::kInstagram, candidate, "refresh", call_refresh);
        if (!refreshed) co_return fail(refreshed.error());
        if (*refreshed) {
            candidate.how = AdoptedBy::kRefresh;
            co_return Result<void>{};
        }
    }
    // A wrong secret may have kept a one-hour token from being exchanged: that one must not be called connected.
    if (candidate.app_problem) co_return fail(*candidate.app_problem);
    candidate.how = AdoptedBy::kUnknownExpiry;
    co_return Result<void>{};
}

Task<void> lengthen_facebook(World& world, const AdoptRequest& request, Candidate& candidate) {
    if (candidate.facts.lifetime != core::Lifetime::kShort) co_return Result<void>{};
    auto exchanged = co_await try_call(world, request, LoginPath::kFacebook, candidate, "exchange", call_exchange);
    if (!exchanged) co_return fail(exchanged.error());
    if (!*exchanged) {
        co_return fail(candidate.app_problem.value_or(
            Error(Code::kTokenRejected, Fault::kNeedsConsent, "Meta refuses to exchange it")));
    }
    candidate.how = AdoptedBy::kExchange;
    co_return Result<void>{};
}

// Was the version that this token was exchanged or refreshed for taken into use? The file that it comes from may never
// have got that one.
Task<bool> has_successor(World& world, const ports::Channel& channel, const std::vector<ports::TokenVersion>& versions,
                         const Fingerprint& token) {
    for (const char* kind : {"exchange", "refresh"}) {
        auto intent = co_await world.store.find_intent(kind, token);
        if (!intent) co_return fail(intent.error());
        if (!*intent || (*intent)->channel_name != channel.name || (*intent)->outcome != "granted") continue;
        const auto is_from_it = [&](const ports::TokenVersion& version) {
            const bool was_used =
                version.state == ports::VersionState::kCurrent || version.state == ports::VersionState::kRetired;
            return was_used && version.source == kind && version.created_at == (*intent)->finished_at;
        };
        if (std::ranges::any_of(versions, is_from_it)) co_return true;
    }
    co_return false;
}

// One of this channel's own tokens or its forerunner, while the channel is well: nothing has to be asked of Meta.
Task<bool> is_already_known(World& world, const ports::Channel& channel, const Fingerprint& fingerprint) {
    if (channel.current_version == 0 || channel.lifecycle.verdict) co_return false;
    auto opened = co_await world.store.load_current(channel.id);
    // A damaged one is made good by importing its token again.
    if (!opened && opened.error().code() == Code::kTampered) co_return false;
    if (!opened) co_return fail(opened.error());
    if (opened->version.facts.expires_at.is_past(world.clock.now())) co_return false;
    auto versions = co_await world.store.list_versions(channel.id);
    if (!versions) co_return fail(versions.error());
    const bool is_one_of_them = std::ranges::any_of(*versions, [&](const ports::TokenVersion& v) {
        return v.state != ports::VersionState::kDiscarded && v.facts.fingerprint == fingerprint;
    });
    if (is_one_of_them) co_return true;
    co_return co_await has_successor(world, channel, *versions, fingerprint);
}

// A channel that has no token yet gets its delivery first: should we be killed before the file is written, whoever
// finishes the import (the service, the next command) knows where the token belongs.
Task<void> add_delivery_early(World& world, const AdoptRequest& request, const ports::Channel& channel) {
    if (!request.delivery || channel.current_version > 0) co_return Result<void>{};
    auto added = co_await world.store.add_delivery(
        channel.id, *request.delivery,
        audit(world, request.actor, "delivery-added", channel.name, request.delivery->path));
    if (!added) co_return fail(added.error());
    co_return Result<void>{};
}

Task<AdoptReport> deliver_and_report(World& world, ports::Channel channel, AdoptRequest request, AdoptedBy how) {
    AdoptReport report;
    report.how = how;
    // After an early one this is the same row again.
    if (request.delivery) {
        auto added = co_await world.store.add_delivery(
            channel.id, *request.delivery,
            audit(world, request.actor, "delivery-added", channel.name, request.delivery->path));
        if (!added) co_return fail(added.error());
    }
    auto delivered = co_await deliver_channel(world, channel, request.actor);
    if (!delivered) co_return fail(delivered.error());
    report.deliveries = std::move(*delivered);
    auto current = co_await world.store.load_current(channel.id);
    if (!current) co_return fail(current.error());
    report.version = std::move(current->version);
    auto fresh = co_await find_channel(world, channel.name);
    if (!fresh) co_return fail(fresh.error());
    report.channel = std::move(*fresh);
    co_return report;
}

Task<ports::Channel> find_or_create(World& world, const AdoptRequest& request, const Identity& identity,
                                    core::Account account) {
    auto found = co_await world.store.find_channel(request.channel_name);
    if (!found) co_return fail(found.error());
    const bool is_of_another =
        *found && ((*found)->account.ig_user_id != account.ig_user_id || (*found)->login != identity.login);
    if (is_of_another && (*found)->current_version == 0) {
        // What an import that was broken off has left: it never had a token, so it stands for no account yet.
        auto removed = co_await world.store.remove_channel(
            (*found)->id, audit(world, request.actor, "channel-removed", request.channel_name, "it never had a token"));
        if (!removed) co_return fail(removed.error());
        found->reset();
    }
    if (*found) {
        const core::Account& pinned = (*found)->account;
        if (!pinned.ig_user_id.is_empty() && pinned.ig_user_id != account.ig_user_id) {
            co_return fail(Code::kIdentity, Fault::kNeedsConsent,
                           "the channel is connected to " + described(pinned) + ", the token belongs to " +
                               described(account));
        }
        if ((*found)->login != identity.login) {
            co_return fail(Code::kIdentity, Fault::kNeedsConsent,
                           "the channel is of the " + std::string(to_text((*found)->login)) +
                               " login, the token of the " + std::string(to_text(identity.login)) +
                               " login; use another channel name");
        }
        co_return std::move(**found);
    }
    co_return co_await world.store.create_channel(
        {request.channel_name, identity.login, identity.app_id, account},
        audit(world, request.actor, "channel-created", request.channel_name, described(account)));
}

// Everything between the identity and a verified current token. Leaves no channel behind that it made in vain.
Task<AdoptedBy> keep(World& world, const AdoptRequest& request, const Identity& identity, const ports::Channel& channel,
                     Candidate candidate) {
    auto longer = identity.login == LoginPath::kInstagram ? co_await lengthen_instagram(world, request, candidate)
                                                          : co_await lengthen_facebook(world, request, candidate);
    if (!longer) co_return fail(longer.error());
    const std::string fingerprint = candidate.facts.fingerprint.text();
    auto kept = co_await world.store.keep_pending(
        channel.id, std::move(candidate.token), std::move(candidate.facts), candidate.source, candidate.intent,
        audit(world, request.actor, request.is_fresh_login ? "token-connected" : "token-imported", channel.name,
              fingerprint));
    if (!kept) co_return fail(kept.error());
    if (auto added = co_await add_delivery_early(world, request, channel); !added) co_return fail(added.error());
    auto settled = co_await settle_pending(world, channel.name, request.actor);
    if (!settled) co_return fail(settled.error());
    co_return candidate.how;
}

} // namespace

std::string_view to_text(AdoptedBy how) {
    switch (how) {
    case AdoptedBy::kTakenAsIs: return "taken-as-is";
    case AdoptedBy::kExchange: return "exchanged";
    case AdoptedBy::kRefresh: return "refreshed";
    case AdoptedBy::kUnknownExpiry: return "expiry-unknown";
    case AdoptedBy::kAlreadyKnown: return "already-known";
    }
    return "taken-as-is";
}

Task<AdoptReport> adopt(World& world, AdoptRequest request) {
    if (!core::is_channel_name(request.channel_name)) {
        co_return fail(Code::kChannelName, Fault::kUsage, "'" + core::scrub(request.channel_name, 80) + "'");
    }
    const auto guard = co_await world.locks.acquire(request.channel_name);
    const Fingerprint fingerprint = fingerprint_of(request.token);

    auto existing = co_await world.store.find_channel(request.channel_name);
    if (!existing) co_return fail(existing.error());
    if (*existing) {
        auto settled = co_await settle_pending(world, request.channel_name, request.actor);
        if (!settled && !is_about_token(settled.error())) co_return fail(settled.error());
        existing = co_await world.store.find_channel(request.channel_name);
        if (!existing) co_return fail(existing.error());
        auto is_known = co_await is_already_known(world, **existing, fingerprint);
        if (!is_known) co_return fail(is_known.error());
        if (*is_known) {
            co_return co_await deliver_and_report(world, std::move(**existing), std::move(request),
                                                  AdoptedBy::kAlreadyKnown);
        }
    }

    auto identity = co_await identify(world, request.token);
    if (!identity) co_return fail(identity.error());
    if (auto fit = refuse_unfit_kind(*identity); !fit) co_return fail(fit.error());
    auto account = choose_account(*identity, request);
    if (!account) co_return fail(account.error());
    if (auto fit = refuse_personal_account(*account); !fit) co_return fail(fit.error());

    auto channel = co_await find_or_create(world, request, *identity, *account);
    if (!channel) co_return fail(channel.error());
    Candidate candidate{request.token.clone(), identity->facts};
    if (request.is_fresh_login) candidate.source = "connect";
    if (request.granted && !candidate.facts.are_scopes_known) {
        candidate.facts.are_scopes_known = true;
        candidate.facts.scopes = *request.granted;
    }
    auto how = co_await keep(world, request, *identity, *channel, std::move(candidate));
    if (!how) {
        auto pending = co_await world.store.load_pending(channel->id);
        if (channel->current_version == 0 && pending && !*pending) {
            auto removed = co_await world.store.remove_channel(
                channel->id, audit(world, request.actor, "channel-removed", channel->name, "it did not get a token"));
            if (!removed) co_return fail(removed.error());
        }
        co_return fail(how.error());
    }
    auto promoted = co_await find_channel(world, channel->name);
    if (!promoted) co_return fail(promoted.error());
    co_return co_await deliver_and_report(world, std::move(*promoted), std::move(request), *how);
}

} // namespace everlong::engine
