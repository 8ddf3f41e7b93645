// The checks of the token itself, by what Meta tells about it.
#include <core/doctor_judge.hpp>

#include <core/facts/cause_texts.hpp>
#include <core/facts/permissions.hpp>
#include <core/graph_errors.hpp>
#include <core/limits.hpp>
#include <core/renewal_policy.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

std::string_view settings_of(LoginPath login) {
    return login == LoginPath::kFacebook ? "META_APP_ID and META_APP_SECRET"
                                         : "INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET";
}

std::string_view name_of(LoginPath login) {
    return login == LoginPath::kFacebook ? "Facebook login" : "Instagram login";
}

std::string sentence_of(const Error& error) {
    return error.detail().empty() ? std::string() : " (" + scrub(error.detail(), 300) + ")";
}

// Required permissions that are missing, or that the person's list calls declined or expired.
std::vector<std::string> lost_permissions(const DoctorObservations& seen) {
    std::vector<std::string> lost = missing_scopes(seen.login, seen.facts);
    const auto lose = [&](const std::string& name) {
        if (std::ranges::find(lost, name) == lost.end()) lost.push_back(name);
    };
    for (const PermissionSeen& permission : seen.permissions) {
        const PermissionFacts* facts = find_permission(seen.login, permission.name);
        if (facts != nullptr && facts->is_required && permission.status != "granted") lose(permission.name);
    }
    for (const std::string& name : seen.refused_permissions)
        lose(name);
    return lost;
}

} // namespace

Check Judge::token_valid() const {
    constexpr auto kId = CheckId::kTokenValid;
    if (auto check = blocked(kId, {CheckId::kEnvFile, CheckId::kTokenPresent})) return *check;
    if (seen_.token_problem) {
        return skip(kId, "There is no whole token that Meta could be asked about.", CheckId::kTokenFormat);
    }
    const auto with_evidence = [this](Check check) {
        add(check, "fingerprint", seen_.facts.fingerprint.text());
        if (seen_.is_login_known) add(check, "login", std::string(to_text(seen_.login)));
        return check;
    };
    if (seen_.death) {
        Check check = found(kId, CheckStatus::kFail, *seen_.death, seen_.login, {});
        std::string title;
        for (const GraphErrorRow& row : graph_error_rows()) {
            if (to_text(row.verdict.cause) == check.cause) title = text_of(row.verdict.cause).title;
        }
        check.what_happened = (title.empty() ? "Meta refuses the token" : title) + sentence_of(*seen_.death) + ".";
        return with_evidence(std::move(check));
    }
    if (seen_.is_accepted) return with_evidence(pass(kId, "Meta takes the token."));
    if (seen_.app_problem && seen_.app_problem->code() == Code::kAppConfig) {
        return skip(kId, "Meta refuses the app's id or secret, and so says nothing about the token.",
                    CheckId::kTokenApp);
    }
    if (seen_.app_problem) {
        return skip(kId, "Meta tells nothing about a token of another app.", CheckId::kTokenApp);
    }
    if (seen_.reach_problem) {
        return with_evidence(found(kId, CheckStatus::kFail, *seen_.reach_problem, seen_.login,
                                   std::string(seen_.was_heard ? "Meta did not say whether the token is good"
                                                               : "Meta could not be reached, so that nothing is known "
                                                                 "about the token") +
                                       sentence_of(*seen_.reach_problem) + "."));
    }
    return with_evidence(found(kId, CheckStatus::kFail, Cause::kTokenRejected, Remedy::kReconnect,
                               "Meta refuses the token and gives no reason."));
}

Check Judge::token_app() const {
    constexpr auto kId = CheckId::kTokenApp;
    if (seen_.app_problem) {
        const bool is_foreign = seen_.app_problem->code() == Code::kTokenForeign;
        Check check =
            found(kId, CheckStatus::kFail, *seen_.app_problem, seen_.login,
                  is_foreign ? "The token belongs to another app than the configured one" +
                                   sentence_of(*seen_.app_problem) + "."
                             : "Meta refuses the app id or secret of the " + std::string(name_of(seen_.login)) +
                                   " as they are configured" + sentence_of(*seen_.app_problem) + ".");
        add(check, "configured_app_id", scrub(seen_.configured_app_id, 64));
        if (!seen_.token_app_id.empty()) add(check, "token_app_id", scrub(seen_.token_app_id, 64));
        return check;
    }
    if (seen_.is_inspected && !seen_.token_app_id.empty()) {
        Check check = pass(kId, "The token belongs to the configured app.");
        add(check, "app_id", scrub(seen_.token_app_id, 64));
        if (!seen_.token_app_name.empty()) add_private(check, "app_name", scrub(seen_.token_app_name, 100));
        return check;
    }
    if (auto check = blocked(kId, {CheckId::kEnvFile, CheckId::kTokenPresent, CheckId::kTokenFormat})) {
        if (check->depends_on != CheckId::kTokenFormat || seen_.token_problem) return *check;
    }
    if (!seen_.has_app) {
        Check check =
            skip(kId, "No app is configured, so that Meta cannot be asked whose token it is. Set " +
                          std::string(settings_of(seen_.login)) + " in the environment or a .env to be told.");
        return check;
    }
    if (seen_.login == LoginPath::kInstagram && seen_.is_accepted) {
        return skip(kId,
                    "On the Instagram login Meta does not tell to which app a token belongs, nor whether the secret "
                    "is right, before it is used.");
    }
    return skip(kId, "Meta did not tell, since it did not take the token.", CheckId::kTokenValid);
}

Check Judge::token_kind() const {
    constexpr auto kId = CheckId::kTokenKind;
    const TokenKind kind = seen_.facts.kind;
    const auto with_evidence = [&](Check check) {
        add(check, "kind", std::string(to_text(kind)));
        return check;
    };
    if (kind == TokenKind::kPage || kind == TokenKind::kApp) {
        return with_evidence(found(
            kId, CheckStatus::kFail, Cause::kWrongTokenKind, Remedy::kUseMatchingToken,
            kind == TokenKind::kPage ? "This is a Page's token. It works for a while, but cannot be renewed, and dies "
                                       "with the login that it came from; a user token is needed."
                                     : "This is the app's own token, its id and secret. It stands for no person and "
                                       "reaches no Instagram account; a user token is needed."));
    }
    if (kind != TokenKind::kUnknown) {
        return with_evidence(pass(kId, kind == TokenKind::kUser         ? "It is a user token of the Facebook login."
                                       : kind == TokenKind::kSystemUser ? "It is a system-user token."
                                                                        : "It is an Instagram user token."));
    }
    if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenApp})) return *check;
    if (seen_.acts_as_person) return pass(kId, "It acts for a person, so it is no Page's and no app's token.");
    return skip(kId, "Meta tells the kind only to the app itself. Set " + std::string(settings_of(seen_.login)) +
                         " to be told.");
}

Check Judge::token_lifetime() const {
    constexpr auto kId = CheckId::kTokenLifetime;
    if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenKind})) return *check;
    const auto with_evidence = [this](Check check) {
        add(check, "lifetime", std::string(to_text(seen_.facts.lifetime)));
        return check;
    };
    switch (seen_.facts.lifetime) {
    case Lifetime::kLong: return with_evidence(pass(kId, "It is long-lived (60 days)."));
    case Lifetime::kNever: return with_evidence(pass(kId, "It has no end."));
    case Lifetime::kUnknown:
        return skip(kId, seen_.login == LoginPath::kInstagram
                             ? "On the Instagram login Meta does not tell whether a token is short- or long-lived."
                             : "Meta tells a token's dates only to the app itself.");
    case Lifetime::kShort: break;
    }
    Check check = found(kId, CheckStatus::kFail, Cause::kWrongTokenKind, Remedy::kUseMatchingToken,
                        "It is short-lived and will be dead within an hour or two; a long-lived one lives 60 days.");
    check.what_to_do = {"Exchange it for a long-lived one while it lives: everlong doctor with --fix, or everlong "
                        "channel import, does so.",
                        "By hand: press 'Extend Access Token' in the Access Token Debugger."};
    if (!seen_.has_app) {
        check.what_to_do.push_back("Everlong needs " + std::string(settings_of(seen_.login)) + " for that.");
    }
    check.is_fixable = can_exchange();
    return with_evidence(std::move(check));
}

Check Judge::end_of_life(CheckId id, const Expiry& expiry, std::string_view what, bool is_renewable) const {
    if (expiry.is_never()) return pass(id, std::string(what) + " has no end.");
    const Instant now = best_time();
    const auto with_evidence = [&](Check check) {
        const auto left = std::chrono::floor<Seconds>(expiry.instant() - now);
        add(check, "ends_at", to_rfc3339(expiry.instant()));
        add(check, "seconds_left", static_cast<std::int64_t>(left.count()));
        return check;
    };
    if (expiry.is_past(now)) {
        return with_evidence(found(id, CheckStatus::kFail, Cause::kTokenExpired, Remedy::kReconnect,
                                   std::string(what) + " ended " + humanize(now - expiry.instant()) + " ago."));
    }
    const Milliseconds left = expiry.instant() - now;
    const std::string sentence = std::string(what) + " ends in " + humanize(left) + ".";
    if (left >= kAskPersonBefore || is_renewable) return with_evidence(pass(id, sentence));
    return with_evidence(found(id, CheckStatus::kWarn, Cause::kTokenExpired, Remedy::kReconnect,
                               sentence + " Nothing renews it without a person."));
}

Check Judge::token_expiry() const {
    constexpr auto kId = CheckId::kTokenExpiry;
    const TokenFacts& facts = seen_.facts;
    if (!facts.expires_at.is_unknown() && (facts.expires_at.is_past(best_time()) || seen_.is_accepted)) {
        const bool is_kept = seen_.subject == DoctorSubject::kChannel;
        const bool is_renewable = is_kept && is_renewable_for_ever(renewal_way(seen_.login, facts));
        Check check = end_of_life(kId, facts.expires_at, "The token's life", is_renewable);
        const bool is_due = seen_.renewal_due_at && *seen_.renewal_due_at <= best_time();
        const bool is_system_user = facts.kind == TokenKind::kSystemUser;
        check.is_fixable =
            check.status == CheckStatus::kWarn && can_exchange() &&
            (facts.lifetime == Lifetime::kShort || is_system_user || (is_kept && is_due && is_renewable));
        return check;
    }
    if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenKind})) return *check;
    return skip(kId, seen_.login == LoginPath::kInstagram
                         ? "On the Instagram login Meta tells a token's end only when it is issued or renewed."
                         : "Meta tells a token's dates only to the app itself.");
}

Check Judge::data_access() const {
    constexpr auto kId = CheckId::kDataAccess;
    if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenKind})) return *check;
    if (seen_.login == LoginPath::kInstagram) {
        return skip(kId, "The Instagram login knows no such end, or Meta does not tell it.");
    }
    if (seen_.facts.data_access_expires_at.is_unknown()) {
        return skip(kId, "Meta tells the end of data access only to the app itself.");
    }
    return end_of_life(kId, seen_.facts.data_access_expires_at, "The person's consent to data access", false);
}

Check Judge::permissions() const {
    constexpr auto kId = CheckId::kPermissions;
    if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenKind})) return *check;
    const std::vector<std::string> lost = lost_permissions(seen_);
    if (!lost.empty()) {
        std::string what = lost.size() == 1 ? "A permission is missing: " : "Permissions are missing: ";
        for (const std::string& name : lost) {
            const PermissionFacts* facts = find_permission(seen_.login, name);
            if (name != lost.front()) what += "; ";
            what += scrub(name, 64);
            if (facts != nullptr) what += " (without it, " + std::string(facts->consequence) + ")";
        }
        Check check = found(kId, CheckStatus::kFail, Cause::kMissingPermission, Remedy::kGrantPermissions, what + ".");
        add(check, "missing", lost);
        std::vector<std::string> told;
        for (const PermissionSeen& permission : seen_.permissions) {
            if (permission.status != "granted") told.push_back(scrub(permission.name, 64) + " " + permission.status);
        }
        if (!told.empty()) add(check, "not_granted", told);
        return check;
    }
    if (seen_.facts.are_scopes_known) {
        Check check = pass(kId, "All permissions that are needed are granted.");
        std::vector<std::string> scopes;
        for (const std::string& scope : seen_.facts.scopes)
            scopes.push_back(scrub(scope, 64));
        add(check, "granted", scopes);
        return check;
    }
    if (seen_.are_permissions_proven) {
        Check check =
            pass(kId, "Meta does not list them on this login, but answered the calls that need each of them.");
        add(check, "granted", required_scopes(seen_.login));
        return check;
    }
    return skip(kId, "Meta did not tell which permissions are granted.");
}

} // namespace everlong::core
