// The questions to Meta, each of which may fail by itself without keeping the others from being asked.
#include <engine/doctor/observe.hpp>

#include <base/digest.hpp>
#include <core/graph_errors.hpp>
#include <core/renewal_policy.hpp>
#include <engine/lifecycle/identify.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

using core::LoginPath;

// Did an answer of the other side's come?
bool was_answered(const Error& error) {
    switch (error.code()) {
    case Code::kUnreachable:
    case Code::kTimeout:
    case Code::kTls:
    case Code::kCancelled:
    case Code::kConfig:
    case Code::kAppMissing: return false;
    default: return error.fault() != Fault::kUsage;
    }
}

bool is_passing(const Error& error) {
    return error.fault() == Fault::kTransient || error.fault() == Fault::kRateLimited ||
           error.fault() == Fault::kUnknownOutcome || error.code() == Code::kTls;
}

// After an answer the clocks are compared at once.
void note_answer(World& world, core::DoctorObservations& seen) {
    seen.was_heard = true;
    seen.now = world.clock.now();
    seen.server_time = world.graph.server_time();
}

// Sorts a failed question about the token itself.
void note_failure(World& world, core::DoctorObservations& seen, const Error& error) {
    if (was_answered(error)) note_answer(world, seen);
    if (is_passing(error)) {
        seen.reach_problem = error;
    } else if (error.code() == Code::kAppConfig || error.code() == Code::kTokenForeign ||
               error.code() == Code::kAppInactive) {
        seen.app_problem = error;
    } else if (error.code() == Code::kPermissionMissing) {
        // Whoever says so has read the token.
        seen.is_accepted = true;
    } else {
        seen.death = error;
    }
}

Task<void> inspect(World& world, core::DoctorObservations& seen, const Secret& token) {
    auto inspection = co_await world.graph.inspect(token);
    if (!inspection) {
        note_failure(world, seen, inspection.error());
        co_return Result<void>{};
    }
    note_answer(world, seen);
    seen.is_inspected = true;
    seen.is_login_known = true;
    seen.token_app_id = inspection->app_id;
    seen.token_app_name = inspection->application;
    seen.user_id = inspection->user_id;
    seen.profile_id = inspection->profile_id;
    seen.facts = facts_of(*inspection, seen.facts.fingerprint, world.clock.now());
    if (inspection->is_valid) {
        seen.is_accepted = true;
    } else {
        seen.death = inspection->problem.value_or(
            Error(Code::kTokenRejected, Fault::kNeedsConsent, "Meta's inspection calls it invalid"));
        seen.facts.are_scopes_known = false;
    }
    co_return Result<void>{};
}

Task<void> ask_me(World& world, core::DoctorObservations& seen, const Secret& token) {
    auto me = co_await world.graph.me(seen.login, token);
    if (!me) {
        note_failure(world, seen, me.error());
        if (seen.is_accepted && seen.login == LoginPath::kInstagram) {
            seen.refused_permissions.emplace_back("instagram_business_basic");
        }
        co_return Result<void>{};
    }
    note_answer(world, seen);
    seen.is_accepted = true;
    seen.is_login_known = true;
    seen.user_id = me->id;
    if (seen.login == LoginPath::kInstagram) {
        seen.facts.kind = core::TokenKind::kInstagramUser;
        seen.accounts.push_back(std::move(me->account));
    }
    co_return Result<void>{};
}

void take_permissions(core::DoctorObservations& seen, const std::vector<ports::Permission>& permissions) {
    seen.acts_as_person = true;
    std::vector<std::string> granted;
    for (const ports::Permission& permission : permissions) {
        using Status = ports::Permission::Status;
        const std::string status = permission.status == Status::kGranted    ? "granted"
                                   : permission.status == Status::kDeclined ? "declined"
                                   : permission.status == Status::kExpired  ? "expired"
                                                                            : "unknown";
        seen.permissions.push_back({permission.name, status});
        if (permission.status == Status::kGranted) granted.push_back(permission.name);
    }
    // The app's own inspection says what this token may; the list what the person grants now.
    if (seen.facts.are_scopes_known) return;
    seen.facts.are_scopes_known = true;
    seen.facts.scopes = std::move(granted);
}

Task<void> ask_lists(World& world, core::DoctorObservations& seen, const Secret& token) {
    auto permissions = co_await world.graph.list_permissions(token);
    if (permissions) {
        take_permissions(seen, *permissions);
    } else if (is_passing(permissions.error())) {
        seen.reach_problem = permissions.error();
    }
    auto pages = co_await world.graph.list_pages(token);
    if (!pages) {
        seen.accounts_problem = pages.error();
        seen.are_accounts_complete = false;
        co_return Result<void>{};
    }
    seen.are_accounts_complete = pages->is_complete;
    for (ports::Page& page : pages->pages) {
        seen.pages.push_back({page.id, page.name, page.account.has_value()});
        if (!page.account) continue;
        page.account->page_id = page.id;
        page.account->page_name = page.name;
        seen.accounts.push_back(std::move(*page.account));
    }
    co_return Result<void>{};
}

Task<void> ask_login(World& world, core::DoctorObservations& seen, const Secret& token, LoginPath login) {
    seen.login = login;
    seen.has_app = world.graph.has_app(login);
    seen.configured_app_id = world.graph.app_id(login);
    if (login == LoginPath::kInstagram || !seen.has_app) co_return co_await ask_me(world, seen, token);
    co_return co_await inspect(world, seen, token);
}

bool may_be_of_other_login(const core::DoctorObservations& seen) {
    if (!seen.death) return false;
    const Code code = seen.death->code();
    return code == Code::kTokenRejected || code == Code::kTokenKind || code == Code::kTokenMalformed;
}

// The account that the id names, or the only one there is.
Task<void> ask_account(World& world, core::DoctorObservations& seen, const Secret& token) {
    const auto named = std::ranges::find_if(
        seen.accounts, [&](const core::Account& account) { return account.ig_user_id.text() == seen.wanted_id; });
    if (named != seen.accounts.end()) {
        seen.account = *named;
    } else if (seen.wanted_id.empty()) {
        if (seen.accounts.size() == 1) seen.account = seen.accounts.front();
    } else {
        auto account = co_await world.graph.account(seen.login, token, IgUserId(seen.wanted_id));
        if (account) {
            seen.account = std::move(*account);
        } else {
            seen.account_problem = account.error();
        }
    }
    co_return Result<void>{};
}

Task<void> ask_quota(World& world, core::DoctorObservations& seen, const Secret& token) {
    const auto account = core::account_to_use(seen);
    if (!account) co_return Result<void>{};
    auto limit = co_await world.graph.publishing_limit(seen.login, token, account->ig_user_id);
    const bool is_instagram = seen.login == LoginPath::kInstagram;
    if (limit) {
        seen.quota = core::QuotaSeen{limit->used, limit->total, limit->window};
        // /me was answered, and now the call that wants the permission to publish.
        seen.are_permissions_proven = is_instagram && seen.refused_permissions.empty();
        co_return Result<void>{};
    }
    seen.quota_problem = limit.error();
    if (is_instagram && limit.error().code() == Code::kPermissionMissing) {
        seen.refused_permissions.emplace_back("instagram_business_content_publish");
    }
    co_return Result<void>{};
}

bool was_cancelled(const core::DoctorObservations& seen) {
    const auto is = [](const std::optional<Error>& error) { return error && error->fault() == Fault::kCancelled; };
    return is(seen.death) || is(seen.accounts_problem) || is(seen.account_problem) || is(seen.quota_problem);
}

} // namespace

Task<void> ask_meta(World& world, core::DoctorObservations& seen, const Secret& token) {
    const core::DoctorObservations before = seen;
    const LoginPath first = core::likelier_login(token);
    if (auto asked = co_await ask_login(world, seen, token, first); !asked) co_return fail(asked.error());
    if (may_be_of_other_login(seen)) {
        core::DoctorObservations other = before;
        const LoginPath second = first == LoginPath::kFacebook ? LoginPath::kInstagram : LoginPath::kFacebook;
        if (auto asked = co_await ask_login(world, other, token, second); !asked) co_return fail(asked.error());
        // The other login knows the token, or why it is dead: the better answer.
        const bool knows_more = other.death && !may_be_of_other_login(other);
        if (other.is_accepted || knows_more) seen = std::move(other);
    }
    if (was_cancelled(seen)) co_return fail(Code::kCancelled, Fault::kCancelled);
    if (!seen.is_accepted) co_return Result<void>{};
    const core::TokenKind kind = seen.facts.kind;
    if (kind == core::TokenKind::kPage || kind == core::TokenKind::kApp) co_return Result<void>{};
    if (seen.login == LoginPath::kFacebook) {
        if (auto asked = co_await ask_lists(world, seen, token); !asked) co_return fail(asked.error());
    }
    if (auto asked = co_await ask_account(world, seen, token); !asked) co_return fail(asked.error());
    if (auto asked = co_await ask_quota(world, seen, token); !asked) co_return fail(asked.error());
    if (was_cancelled(seen)) co_return fail(Code::kCancelled, Fault::kCancelled);
    co_return Result<void>{};
}

} // namespace everlong::engine
