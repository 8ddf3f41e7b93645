#include <engine/connect/connect.hpp>

#include <base/digest.hpp>
#include <core/channel_state.hpp>
#include <core/facts/platform.hpp>
#include <core/limits.hpp>
#include <engine/connect/picker.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

using core::LoginPath;
using ports::Login;
using ports::LoginStage;
using ports::LoginVia;

Error forgotten(const std::string& id) {
    return {Code::kLoginUnknown, Fault::kUsage, "no login is called " + core::scrub(id, 60)};
}

Error not_ours(std::string_view why) {
    return {Code::kLoginState, Fault::kRefused, std::string(why)};
}

// Whoever sends an answer of another server along is told apart by `iss`, where it is sent (RFC 9207).
Result<void> check_issuer(LoginPath login, const std::string& issuer) {
    const auto& known = core::dialog_facts(login).issuers;
    if (issuer.empty() || std::ranges::find(known, issuer) != std::end(known)) return {};
    return fail(Code::kLoginCallback, Fault::kUsage, "it says that it comes of " + core::scrub(issuer, 80));
}

Result<void> check_request(const World& world, const LoginRequest& request, bool is_rehearsal) {
    if (!core::is_channel_name(request.channel_name)) {
        return fail(Code::kChannelName, Fault::kUsage, "'" + core::scrub(request.channel_name, 80) + "'");
    }
    if (!world.graph.has_app(request.login)) {
        return fail(Code::kAppMissing, Fault::kUsage, std::string(to_text(request.login)) + " login");
    }
    for (const std::string& name : request.permissions) {
        if (!core::is_permission_name(name)) {
            return fail(Code::kUsage, Fault::kUsage, "'" + core::scrub(name, 80) + "' is no permission's name");
        }
    }
    return core::check_redirect_uri(request.login, request.redirect_uri, is_rehearsal);
}

// Whoever came last lacked a permission that was not asked for: somebody who has granted nothing yet.
bool lacked_more(const std::vector<Login>& earlier) {
    if (earlier.empty() || !earlier.front().problem) return false;
    const Code code = earlier.front().problem->code;
    return code == Code::kScopeLost || code == Code::kPermissionMissing;
}

// Was something left unticked at the last login? Facebook shows that again only where it is told so.
bool has_declined(const std::vector<Login>& earlier) {
    if (earlier.empty() || !earlier.front().granted) return false;
    const Login& last = earlier.front();
    return !core::declined(last.login, last.asked, *last.granted).empty();
}

} // namespace

Task<core::KnownGrants> Connector::known_grants(std::string channel_name, LoginPath login) {
    core::KnownGrants known;
    auto channel = co_await world_.store.find_channel(channel_name);
    if (!channel) co_return fail(channel.error());
    if (!*channel || (*channel)->current_version == 0) co_return known;
    auto current = co_await world_.store.load_current((*channel)->id);
    if (!current && current.error().code() == Code::kTampered) co_return known;
    if (!current) co_return fail(current.error());
    const core::TokenFacts& facts = current->version.facts;
    const Instant now = world_.clock.now();
    known.is_data_access_over = facts.data_access_expires_at.is_past(now);
    if (login == LoginPath::kInstagram) {
        if (facts.are_scopes_known) known.granted = facts.scopes;
        co_return known;
    }
    if ((*channel)->lifecycle.verdict || facts.expires_at.is_past(now)) co_return known;
    if (facts.are_scopes_known) known.granted = facts.scopes;
    auto permissions = co_await world_.graph.list_permissions(current->token);
    if (permissions) {
        known.granted.emplace();
        for (const ports::Permission& permission : *permissions) {
            if (permission.status == ports::Permission::Status::kGranted) known.granted->push_back(permission.name);
        }
    }
    co_return known;
}

Task<BegunLogin> Connector::begin(LoginRequest request) {
    auto fit = check_request(world_, request, settings_.is_rehearsal);
    if (!fit) co_return fail(fit.error());
    auto channel = co_await world_.store.find_channel(request.channel_name);
    if (!channel) co_return fail(channel.error());
    const bool is_reconnect = *channel && (*channel)->current_version > 0;
    if (is_reconnect && (*channel)->login != request.login) {
        co_return fail(Code::kIdentity, Fault::kNeedsConsent,
                       "the channel is of the " + std::string(to_text((*channel)->login)) +
                           " login; reconnect it with that, or use another channel name");
    }
    if (auto writable = co_await world_.store.prove_writable(); !writable) co_return fail(writable.error());
    auto known = co_await known_grants(request.channel_name, request.login);
    if (!known) co_return fail(known.error());
    auto earlier = co_await logins_.list_logins(request.channel_name);
    if (!earlier) co_return fail(earlier.error());

    if (lacked_more(*earlier)) known->granted.reset();
    core::ConsentQuestion question = core::what_to_ask(request.login, *known, request.permissions);
    const bool asks_for_all = !known->granted && question.again == core::AskAgain::kNothing;
    if (asks_for_all && (lacked_more(*earlier) || has_declined(*earlier))) question.again = core::AskAgain::kDeclined;
    core::DialogQuestion dialog{request.login,
                                settings_.meta_base,
                                settings_.graph_version,
                                world_.graph.app_id(request.login),
                                request.redirect_uri,
                                question.scopes,
                                question.again,
                                random_.secret(),
                                {},
                                std::move(request.dialog_extra)};
    if (core::dialog_facts(request.login).takes_challenge) dialog.verifier = random_.secret();

    BegunLogin begun;
    Login login;
    login.id = random_.id();
    login.channel_name = request.channel_name;
    login.login = request.login;
    login.via = request.via;
    login.state_hash = sha256_text(dialog.state);
    if (request.via == LoginVia::kBrowser) {
        begun.browser = request.browser.is_empty() ? random_.secret() : std::move(request.browser);
        login.browser_hash = sha256_text(begun.browser);
    }
    login.redirect_uri = request.redirect_uri;
    login.expires_at = world_.clock.now() + core::kLoginTime;
    login.is_reconnect = is_reconnect;
    login.asked = question.scopes;
    login.wanted_scopes = request.permissions;
    login.wanted_account = request.account;
    login.actor = request.actor;
    auto stored = co_await logins_.begin_login(
        std::move(login), dialog.verifier.clone(), core::kLoginsKept,
        audit(world_, request.actor, "login-started", request.channel_name, std::string(to_text(request.login))));
    if (!stored) co_return fail(stored.error());
    begun.address = core::dialog_address(dialog);
    begun.login = std::move(*stored);
    if (on_change_) on_change_(begun.login);
    co_return begun;
}

Task<Login> Connector::load(std::string id) {
    auto found = co_await logins_.find_login(id);
    if (!found) co_return fail(found.error());
    if (!*found) co_return fail(forgotten(id));
    co_return std::move(**found);
}

Task<Login> Connector::find(std::string id) {
    // Somebody is at it: how it stands is enough.
    if (locks_.is_held(id)) co_return co_await load(id);
    const auto guard = co_await locks_.acquire(id);
    auto login = co_await load(id);
    if (!login) co_return fail(login.error());
    co_return co_await advance(std::move(*login));
}

Task<Login> Connector::receive(LoginAnswer answer) {
    auto found = co_await logins_.find_login_by_state(sha256_text(answer.callback.state));
    if (!found) co_return fail(found.error());
    if (!*found) co_return fail(not_ours("its state is none that is waited for"));
    const Login& asked = **found;
    if (asked.login != answer.login) co_return fail(not_ours("it came to the address of the other login"));
    if (!answer.id.empty() && asked.id != answer.id) co_return fail(not_ours("it is the answer to another login"));
    if (!asked.browser_hash.empty() && sha256_text(answer.browser) != asked.browser_hash) {
        co_return fail(not_ours("it came from another browser than the one where the login was started"));
    }
    auto issuer = check_issuer(answer.login, answer.callback.issuer);
    if (!issuer) co_return fail(issuer.error());

    const auto guard = co_await locks_.acquire(asked.id);
    auto login = co_await load(asked.id);
    if (!login) co_return fail(login.error());
    auto present = co_await advance(std::move(*login));
    // A second answer (a double click, two tabs, a reload) gets what the first has come to.
    if (!present || present->stage != LoginStage::kWaiting) co_return present;
    if (answer.callback.refusal) co_return co_await refuse(std::move(*present), *answer.callback.refusal);
    co_return co_await redeem(std::move(*present), std::move(answer.callback.code));
}

Task<Login> Connector::choose(std::string id, std::string account, std::string actor) {
    const auto guard = co_await locks_.acquire(id);
    auto loaded = co_await load(id);
    if (!loaded) co_return fail(loaded.error());
    auto login = co_await advance(std::move(*loaded));
    if (!login) co_return fail(login.error());
    if (login->stage != LoginStage::kChoosing) {
        // The same choice again, from a second click or tab.
        if (login->chosen == account && !account.empty()) co_return login;
        co_return fail(Code::kLoginStage, Fault::kConflict, "there is nothing to choose");
    }
    const auto found = std::ranges::find_if(login->accounts, [&](const ports::LoginAccount& each) {
        return each.trouble == core::AccountTrouble::kNone && each.account.ig_user_id.text() == account;
    });
    if (found == login->accounts.end()) {
        co_return fail(Code::kAccountId, Fault::kUsage,
                       "'" + core::scrub(account, 64) + "' is none of the accounts that can be used");
    }
    login->chosen = account;
    login->actor = actor;
    login->stage = LoginStage::kAdopting;
    auto saved = co_await save(std::move(*login), "login-account-chosen");
    if (!saved) co_return fail(saved.error());
    co_return co_await adopt_chosen(std::move(*saved));
}

Task<Login> Connector::cancel(std::string id, std::string actor) {
    const auto guard = co_await locks_.acquire(id);
    auto login = co_await load(id);
    if (!login) co_return fail(login.error());
    if (ports::is_final(login->stage)) co_return login;
    if (login->stage == LoginStage::kAdopting) {
        co_return fail(Code::kLoginStage, Fault::kConflict, "its token is on its way into the channel");
    }
    login->stage = LoginStage::kCancelled;
    login->actor = actor;
    co_return co_await save(std::move(*login), "login-cancelled");
}

Task<void> Connector::resume(std::function<bool()> is_over) {
    auto interrupted = co_await logins_.list_interrupted_logins();
    if (!interrupted) co_return fail(interrupted.error());
    for (const Login& login : *interrupted) {
        if (is_over && is_over()) break;
        auto taken_up = co_await find(login.id);
        if (!taken_up && taken_up.error().fault() == Fault::kLocal) co_return fail(taken_up.error());
    }
    co_return Result<void>{};
}

} // namespace everlong::engine
