// The steps that a login takes by itself, each stored before the next.

#include <engine/connect/connect.hpp>

#include <core/channel_state.hpp>
#include <core/limits.hpp>
#include <engine/connect/picker.hpp>
#include <engine/lifecycle/adopt.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>
#include <cctype>

namespace everlong::engine {
namespace {

using core::AccountTrouble;
using core::LoginPath;
using ports::Login;
using ports::LoginAccount;
using ports::LoginStage;

bool is_usable(const LoginAccount& found) {
    return found.trouble == AccountTrouble::kNone;
}

bool is_named(const core::Account& account, std::string_view name) {
    if (name.starts_with('@')) name.remove_prefix(1);
    return account.ig_user_id.text() == name ||
           std::ranges::equal(account.username, name,
                              [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::string lost(LoginPath login, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        const core::PermissionFacts* facts = core::find_permission(login, name);
        text += (text.empty() ? "" : "; ") + name + " was not granted";
        if (facts != nullptr) text += ": " + std::string(facts->consequence);
    }
    return text;
}

std::vector<std::string> declined_required(const Login& login) {
    if (!login.granted) return {};
    auto names = core::declined(login.login, login.asked, *login.granted);
    std::erase_if(names, [&](const std::string& name) {
        const core::PermissionFacts* facts = core::find_permission(login.login, name);
        return facts == nullptr || !facts->is_required;
    });
    return names;
}

// Why nothing of what was found can be used.
Error nothing_usable(const Login& login) {
    if (const auto names = declined_required(login); !names.empty()) {
        return {Code::kPermissionMissing, Fault::kNeedsConsent, lost(login.login, names)};
    }
    std::string why;
    for (const LoginAccount& found : login.accounts) {
        if (!why.empty()) why += "; ";
        why += described(found.account) + ": " + std::string(core::facts_about(found.trouble).reason);
        constexpr std::size_t kWhyBytes = 600; // somebody may have hundreds of Pages; all of them stand in the list
        if (why.size() > kWhyBytes) {
            why += "; ...";
            break;
        }
    }
    const bool is_personal = login.accounts.size() == 1 && login.accounts.front().trouble == AccountTrouble::kPersonal;
    if (is_personal) return {Code::kAccountKind, Fault::kNeedsConsent, why};
    if (why.empty()) why = "this login shows no Page";
    if (!login.are_accounts_complete) why += "; " + std::string(core::incomplete_list_reason());
    return {Code::kNoAccount, Fault::kNeedsConsent, why};
}

// The channel's own account is not what this login gives.
Error another_account(const Login& login, const core::Account& pinned) {
    const std::string reached = described(login.accounts);
    std::string text = "the channel is connected to " + described(pinned);
    if (reached.empty()) {
        text += "; this login reaches no Instagram account";
        if (!login.are_accounts_complete) text += "; " + std::string(core::incomplete_list_reason());
        return {Code::kNoAccount, Fault::kNeedsConsent, text};
    }
    return {Code::kIdentity, Fault::kNeedsConsent, text + ", this login reaches " + reached};
}

// The one account that the login is for, marked in `login`; nothing where a person has to say which.
Result<std::optional<core::Account>> pick(Login& login, const core::Account* pinned) {
    auto& accounts = login.accounts;
    if (pinned != nullptr) {
        const auto own = std::ranges::find_if(
            accounts, [&](const LoginAccount& each) { return each.account.ig_user_id == pinned->ig_user_id; });
        for (LoginAccount& each : accounts) {
            if (is_usable(each) && each.account.ig_user_id != pinned->ig_user_id)
                each.trouble = AccountTrouble::kOtherAccount;
        }
        if (own == accounts.end()) return fail(another_account(login, *pinned));
        if (is_usable(*own)) return std::optional(own->account);
        return fail(Code::kNoAccount, Fault::kNeedsConsent,
                    described(own->account) + ": " + std::string(core::facts_about(own->trouble).reason));
    }
    const auto usable = std::ranges::count_if(accounts, is_usable);
    if (usable == 0) return fail(nothing_usable(login));
    if (!login.wanted_account.empty()) {
        const auto named = std::ranges::find_if(accounts, [&](const LoginAccount& each) {
            return is_usable(each) && is_named(each.account, login.wanted_account);
        });
        if (named != accounts.end()) return std::optional(named->account);
        return fail(Code::kAccountId, Fault::kNeedsConsent,
                    "'" + core::scrub(login.wanted_account, 64) +
                        "' is none of those that can be used; reachable: " + described(accounts));
    }
    if (usable > 1) return std::optional<core::Account>();
    return std::optional(std::ranges::find_if(accounts, is_usable)->account);
}

} // namespace

Task<Login> Connector::save(Login login, std::string action, std::optional<Secret> token) {
    const std::string channel_name = login.channel_name;
    std::string detail = "login " + login.id;
    if (login.problem) detail += ", " + std::string(code_name(login.problem->code));
    const std::string actor = login.actor;
    auto saved = co_await logins_.save_login(std::move(login), std::move(token),
                                             audit(world_, actor, std::move(action), channel_name, detail));
    if (saved && on_change_) on_change_(*saved);
    co_return saved;
}

Task<Login> Connector::refuse(Login login, Error error) {
    login.stage = LoginStage::kRefused;
    login.problem = core::make_problem(error, world_.clock.now());
    co_return co_await save(std::move(login), "login-refused");
}

Task<Login> Connector::trouble(Login login, Error error) {
    const Instant now = world_.clock.now();
    if (error.fault() == Fault::kLocal || error.fault() == Fault::kCorrupt) co_return fail(std::move(error));
    if (is_about_token(error)) co_return co_await refuse(std::move(login), std::move(error));
    login.problem = core::make_problem(error, now);
    co_return co_await save(std::move(login), "login-waits-for-meta");
}

Task<Login> Connector::advance(Login login) {
    const Instant now = world_.clock.now();
    const bool is_over = login.expires_at <= now;
    if (ports::is_final(login.stage)) co_return login;
    if (login.stage == LoginStage::kWaiting) {
        if (!is_over) co_return login;
        login.stage = LoginStage::kExpired;
        login.problem = core::make_problem(Error(Code::kLoginExpired, Fault::kNeedsConsent), now);
        co_return co_await save(std::move(login), "login-expired");
    }
    if (login.stage == LoginStage::kRedeeming) {
        co_return co_await refuse(std::move(login), Error(Code::kConnectAgain, Fault::kNeedsConsent,
                                                          "Everlong was stopped while the code was on its way"));
    }
    if (is_over) {
        co_return co_await refuse(std::move(login), Error(Code::kConnectAgain, Fault::kNeedsConsent,
                                                          "the hour in which it could be taken up is over"));
    }
    if (login.stage == LoginStage::kChoosing) co_return login;
    if (login.problem && now < login.problem->at + core::kLoginRetryPause && login.problem->at <= now) co_return login;
    if (login.stage == LoginStage::kRedeemed) co_return co_await look_at_token(std::move(login));
    co_return co_await adopt_chosen(std::move(login));
}

Task<Login> Connector::redeem(Login login, Secret code) {
    login.stage = LoginStage::kRedeeming;
    auto noted = co_await save(std::move(login), "login-answered");
    if (!noted) co_return fail(noted.error());
    login = std::move(*noted);
    auto verifier = co_await logins_.load_login_verifier(login.id);
    if (!verifier) co_return fail(verifier.error());
    auto grant = co_await world_.graph.redeem_code(login.login, code, login.redirect_uri,
                                                   *verifier ? (*verifier)->clone() : Secret());
    if (!grant) {
        // The code may be spent: whatever came or did not come, it is not sent again.
        if (grant.error().fault() == Fault::kUnknownOutcome) {
            co_return co_await refuse(std::move(login),
                                      Error(Code::kConnectAgain, Fault::kUnknownOutcome,
                                            "no whole answer of Meta's came: " + grant.error().detail()));
        }
        co_return co_await refuse(std::move(login), grant.error());
    }
    login.stage = LoginStage::kRedeemed;
    login.expires_at = world_.clock.now() + core::kLoginTokenLife;
    if (grant->grant.expires_in) {
        login.expires_at = std::min<Instant>(login.expires_at, world_.clock.now() + *grant->grant.expires_in);
    }
    login.granted = std::move(grant->grant.scopes);
    auto kept = co_await save(std::move(login), "login-token-kept", std::move(grant->grant.token));
    if (!kept) co_return fail(kept.error());
    co_return co_await look_at_token(std::move(*kept));
}

Task<Login> Connector::look_at_token(Login login) {
    auto token = co_await logins_.load_login_token(login.id);
    if (!token) co_return fail(token.error());
    if (!*token) co_return co_await refuse(std::move(login), Error(Code::kConnectAgain, Fault::kNeedsConsent));
    auto view = co_await look_around(world_, login.login, **token, login.granted.value_or(std::vector<std::string>()));
    if (!view) co_return co_await trouble(std::move(login), view.error());
    login.problem.reset();
    login.person_id = std::move(view->person_id);
    if (login.login == LoginPath::kFacebook) login.granted = std::move(view->granted);
    login.accounts = std::move(view->accounts);
    login.are_accounts_complete = view->are_accounts_complete;
    co_return co_await decide(std::move(login));
}

Task<void> Connector::follow_rename(Login& login) {
    auto stored = co_await load(login.id);
    if (!stored) co_return fail(stored.error());
    login.channel_name = std::move(stored->channel_name);
    co_return Result<void>{};
}

Task<Login> Connector::decide(Login login) {
    if (auto named = co_await follow_rename(login); !named) co_return fail(named.error());
    const auto names = declined_required(login);
    if (core::vital_loss(login.login, names) != nullptr) {
        co_return co_await refuse(std::move(login),
                                  Error(Code::kPermissionMissing, Fault::kNeedsConsent, lost(login.login, names)));
    }
    auto channel = co_await world_.store.find_channel(login.channel_name);
    if (!channel) co_return fail(channel.error());
    const bool is_pinned = *channel && (*channel)->current_version > 0;
    login.is_reconnect = is_pinned;
    auto account = pick(login, is_pinned ? &(*channel)->account : nullptr);
    if (!account) co_return co_await refuse(std::move(login), account.error());
    if (!*account) {
        login.stage = LoginStage::kChoosing;
        co_return co_await save(std::move(login), "login-asks-which-account");
    }
    login.chosen = (*account)->ig_user_id.text();
    login.stage = LoginStage::kAdopting;
    auto saved = co_await save(std::move(login), "login-account-found");
    if (!saved) co_return fail(saved.error());
    co_return co_await adopt_chosen(std::move(*saved));
}

Task<Login> Connector::adopt_chosen(Login login) {
    if (auto named = co_await follow_rename(login); !named) co_return fail(named.error());
    auto token = co_await logins_.load_login_token(login.id);
    if (!token) co_return fail(token.error());
    if (!*token) co_return co_await refuse(std::move(login), Error(Code::kConnectAgain, Fault::kNeedsConsent));
    AdoptRequest request;
    request.channel_name = login.channel_name;
    request.token = std::move(**token);
    request.wanted_account = login.chosen;
    request.actor = login.actor;
    request.is_fresh_login = true;
    request.granted = login.granted;
    auto report = co_await adopt(world_, std::move(request));
    if (!report) co_return co_await trouble(std::move(login), report.error());
    if (!login.person_id.empty()) {
        auto noted = co_await logins_.note_person(login.channel_name, login.login, login.person_id);
        if (!noted) co_return fail(noted.error());
    }
    login.stage = LoginStage::kConnected;
    login.problem.reset();
    login.expires_at = world_.clock.now();
    co_return co_await save(std::move(login), "channel-connected");
}

} // namespace everlong::engine
