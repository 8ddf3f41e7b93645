#include <engine/lifecycle/identify.hpp>

#include <base/digest.hpp>
#include <core/renewal_policy.hpp>

namespace everlong::engine {
namespace {

using core::LoginPath;

// Refused without a reason: the token may be of the other login.
bool may_be_of_other_login(const Error& error) {
    return error.code() == Code::kTokenRejected || error.code() == Code::kTokenKind;
}

Task<std::vector<core::Account>> reachable_accounts(World& world, const Secret& token, bool& is_complete) {
    std::vector<core::Account> accounts;
    auto pages = co_await world.graph.list_pages(token);
    if (!pages) {
        // Without pages_show_list there is no list; whoever needs an account says so with a better reason.
        const Fault fault = pages.error().fault();
        if (fault != Fault::kRefused && fault != Fault::kNeedsConsent)
            co_return fail(pages.error().in("list of Pages"));
        is_complete = false;
        co_return accounts;
    }
    is_complete = pages->is_complete;
    for (ports::Page& page : pages->pages) {
        if (!page.account) continue;
        page.account->page_id = page.id;
        page.account->page_name = page.name;
        accounts.push_back(std::move(*page.account));
    }
    co_return accounts;
}

Task<Identity> identify_facebook(World& world, const Secret& token) {
    if (!world.graph.has_app(LoginPath::kFacebook)) {
        auto me = co_await world.graph.me(LoginPath::kFacebook, token);
        if (!me) co_return fail(me.error());
        co_return fail(Code::kAppMissing, Fault::kUsage,
                       "the token works on the Facebook login, but META_APP_ID and META_APP_SECRET are not set");
    }
    auto inspection = co_await world.graph.inspect(token);
    if (!inspection) co_return fail(inspection.error().in("inspect"));
    if (!inspection->is_valid) {
        if (inspection->problem) co_return fail(*inspection->problem);
        co_return fail(Code::kTokenRejected, Fault::kNeedsConsent, "Meta's inspection calls it invalid");
    }
    Identity identity;
    identity.login = LoginPath::kFacebook;
    identity.app_id = inspection->app_id;
    identity.user_id = inspection->user_id;
    identity.facts = facts_of(*inspection, fingerprint_of(token), world.clock.now());
    const auto kind = identity.facts.kind;
    if (kind == core::TokenKind::kUser || kind == core::TokenKind::kSystemUser) {
        auto accounts = co_await reachable_accounts(world, token, identity.are_accounts_complete);
        if (!accounts) co_return fail(accounts.error());
        identity.accounts = std::move(*accounts);
    }
    co_return identity;
}

Task<Identity> identify_instagram(World& world, const Secret& token) {
    auto me = co_await world.graph.me(LoginPath::kInstagram, token);
    if (!me) co_return fail(me.error());
    Identity identity;
    identity.login = LoginPath::kInstagram;
    identity.app_id = world.graph.app_id(LoginPath::kInstagram);
    identity.user_id = me->id;
    identity.facts.kind = core::TokenKind::kInstagramUser;
    identity.facts.fingerprint = fingerprint_of(token);
    identity.facts.issued_at = world.clock.now();
    identity.accounts.push_back(std::move(me->account));
    co_return identity;
}

} // namespace

core::TokenFacts facts_of(const ports::Inspection& inspection, const Fingerprint& fingerprint, Instant now) {
    core::TokenFacts facts;
    facts.kind = inspection.kind;
    facts.lifetime = core::lifetime_of(inspection.expires_at, inspection.issued_at, now);
    facts.fingerprint = fingerprint;
    facts.issued_at = inspection.issued_at.value_or(now);
    facts.expires_at = inspection.expires_at;
    facts.data_access_expires_at = inspection.data_access_expires_at;
    facts.are_scopes_known = true;
    facts.scopes = inspection.scopes;
    return facts;
}

Task<Identity> identify(World& world, const Secret& token) {
    const bool is_facebook_first = core::likelier_login(token) == LoginPath::kFacebook;
    auto first =
        is_facebook_first ? co_await identify_facebook(world, token) : co_await identify_instagram(world, token);
    if (first || !may_be_of_other_login(first.error())) co_return first;
    auto second =
        is_facebook_first ? co_await identify_instagram(world, token) : co_await identify_facebook(world, token);
    if (second) co_return second;
    // The other login knows the token and says what is wrong with it: that is the better answer.
    if (!may_be_of_other_login(second.error()) && second.error().fault() == Fault::kNeedsConsent) co_return second;
    co_return first;
}

} // namespace everlong::engine
