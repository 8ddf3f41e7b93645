// The checks of the account that is to be published to.
#include <core/doctor_judge.hpp>

#include <core/facts/doctor_texts.hpp>
#include <core/graph_errors.hpp>

#include <algorithm>
#include <cctype>

namespace everlong::core {
namespace {

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_same_name(std::string_view one, std::string_view other) {
    if (one.starts_with('@')) one.remove_prefix(1);
    return std::ranges::equal(one, other,
                              [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

// Why an id that names no reachable account is wrong.
std::string why_wrong(const DoctorObservations& seen) {
    const std::string& id = seen.wanted_id;
    for (const Account& account : seen.accounts) {
        const std::string right = "; its number is " + scrub(account.ig_user_id.text(), 64);
        if (!account.username.empty() && is_same_name(id, account.username)) {
            return "it is the username of the account" + right;
        }
        if (!account.page_id.empty() && account.page_id == id) {
            return "it is the id of the Facebook Page that the account is linked to" + right;
        }
    }
    for (const PageSeen& page : seen.pages) {
        if (page.id == id) return "it is the id of a Facebook Page, to which no Instagram account is linked";
    }
    if (!seen.user_id.empty() && id == seen.user_id) return "it is an app-scoped id, not the account's number";
    if (seen.profile_id == id && !id.empty()) return "it is a Page's id";
    if (!is_number(id)) return "it is not a number";
    return "this token cannot reach it: it belongs to somebody else, is personal, or was left out when logging in";
}

std::string list_of(const std::vector<Account>& accounts) {
    constexpr std::size_t kNamed = 10;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < accounts.size() && i < kNamed; ++i)
        names.push_back(described(accounts[i]));
    std::string text = joined(names);
    if (accounts.size() > kNamed) text += " and " + std::to_string(accounts.size() - kNamed) + " more";
    return text;
}

bool is_reached(const DoctorObservations& seen) {
    return seen.account && seen.account->ig_user_id.text() == seen.wanted_id;
}

} // namespace

std::optional<Account> account_to_use(const DoctorObservations& seen) {
    if (!seen.wanted_id.empty() && is_reached(seen)) return seen.account;
    if (seen.accounts.size() == 1) return seen.accounts.front();
    return std::nullopt;
}

Check Judge::account_id() const {
    constexpr auto kId = CheckId::kAccountId;
    if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenKind})) return *check;
    const std::string key = scrub(seen_.id_key, 80);
    const auto with_evidence = [&](Check check) {
        add(check, "reachable", static_cast<std::int64_t>(seen_.accounts.size()));
        add(check, "list_complete", seen_.are_accounts_complete);
        if (!seen_.wanted_id.empty()) add_private(check, "given", scrub(seen_.wanted_id, 64));
        if (!seen_.accounts.empty()) add_private(check, "accounts", list_of(seen_.accounts));
        return check;
    };
    if (is_reached(seen_)) {
        if (!seen_.id_damage.empty() && is_env()) {
            Check check = found(kId, CheckStatus::kWarn, Cause::kWrongAccountId, Remedy::kUseAccountId,
                                key + " is the right number, but does not stand bare: " +
                                    std::string(damage_in_words(to_text(seen_.id_damage.front()))) + ".");
            check.is_fixable = true;
            return with_evidence(std::move(check));
        }
        return with_evidence(pass(kId, "The id is the number of " + described(*seen_.account) + "."));
    }
    // Without them the account cannot be seen, whatever its id.
    const bool is_missing_rights = has_failed(CheckId::kPermissions);
    if (seen_.accounts.empty()) {
        if (is_missing_rights) return *blocked(kId, {CheckId::kPermissions});
        if (seen_.accounts_problem && is_passing(*seen_.accounts_problem)) {
            return found(kId, CheckStatus::kWarn, *seen_.accounts_problem, seen_.login,
                         "Meta did not list the accounts that this token reaches.");
        }
        Check check = found(kId, CheckStatus::kFail, Cause::kPageNotLinked, Remedy::kConvertAccount,
                            seen_.pages.empty() ? "This token reaches no Page, and so no Instagram account."
                                                : "No Page that this token reaches is linked to an Instagram "
                                                  "professional account.");
        if (!seen_.wanted_id.empty()) {
            check.what_happened = key + ": " + why_wrong(seen_) + ". " + check.what_happened;
        }
        return with_evidence(std::move(check));
    }
    const bool is_only = seen_.accounts.size() == 1;
    if (seen_.wanted_id.empty()) {
        if (seen_.subject == DoctorSubject::kToken) {
            return with_evidence(pass(kId, "It reaches: " + list_of(seen_.accounts) + "."));
        }
        Check check = found(kId, CheckStatus::kFail, Cause::kWrongAccountId, Remedy::kUseAccountId,
                            "Nothing stands behind " + key + "=. This token reaches: " + list_of(seen_.accounts) + ".");
        check.is_fixable = is_only && is_env();
        return with_evidence(std::move(check));
    }
    Check check = found(kId, CheckStatus::kFail, Cause::kWrongAccountId, Remedy::kUseAccountId,
                        key + " names no account that this token reaches: " + why_wrong(seen_) +
                            ". It reaches: " + list_of(seen_.accounts) + ".");
    check.is_fixable = is_only && is_env();
    return with_evidence(std::move(check));
}

Check Judge::account_kind_of_none() const {
    constexpr auto kId = CheckId::kAccountKind;
    const bool has_bare_page = std::ranges::any_of(seen_.pages, [](const PageSeen& page) { return !page.has_account; });
    if (!seen_.accounts.empty() || !has_bare_page) {
        return skip(kId, "Cannot be told before 'account-id' is put right.", CheckId::kAccountId);
    }
    Check check = found(kId, CheckStatus::kFail, Cause::kAccountNotProfessional, Remedy::kConvertAccount,
                        "There is a Page, but Meta shows no professional account on it: the Instagram account is "
                        "personal, or not linked to the Page.");
    add(check, "pages", static_cast<std::int64_t>(seen_.pages.size()));
    return check;
}

Check Judge::account_kind() const {
    constexpr auto kId = CheckId::kAccountKind;
    const Check* id_check = find(CheckId::kAccountId);
    const std::optional<Account> account = is_reached(seen_) ? seen_.account : account_to_use(seen_);
    if (!account) {
        if (id_check->status == CheckStatus::kFail) return account_kind_of_none();
        if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenKind, CheckId::kAccountId})) return *check;
        return skip(kId, "No account was chosen.");
    }
    const std::string& type = account->account_type;
    if (type == "PERSONAL") {
        Check check = found(kId, CheckStatus::kFail, Cause::kAccountNotProfessional, Remedy::kConvertAccount,
                            "The account " + described(*account) +
                                " is personal; the API serves Business and Creator accounts only.");
        add(check, "account_type", type);
        return check;
    }
    if (!type.empty()) {
        Check check = pass(kId, "The account is a professional one.");
        add(check, "account_type", scrub(type, 40));
        return check;
    }
    // Only professional accounts can be linked to a Page (facts, 2.8).
    return pass(kId, "The account is linked to a Page, which Meta allows to professional ones only.");
}

Check Judge::publish_quota() const {
    constexpr auto kId = CheckId::kPublishQuota;
    if (auto check = blocked(kId, {CheckId::kTokenValid, CheckId::kTokenKind})) return *check;
    if (seen_.quota) {
        const QuotaSeen& quota = *seen_.quota;
        const auto with_evidence = [&](Check check) {
            add(check, "used", std::int64_t{quota.used});
            if (quota.total) add(check, "total", std::int64_t{*quota.total});
            if (quota.window) add(check, "window_s", static_cast<std::int64_t>(quota.window->count()));
            return check;
        };
        const std::string figures = std::to_string(quota.used) +
                                    (quota.total ? " of " + std::to_string(*quota.total) : std::string()) +
                                    " posts of the last 24 hours are used up.";
        if (quota.total && quota.used >= *quota.total) {
            return with_evidence(
                found(kId, CheckStatus::kWarn, Cause::kPublishQuotaReached, Remedy::kWaitAndRetry, figures));
        }
        return with_evidence(pass(kId, figures));
    }
    if (auto check = blocked(kId, {CheckId::kPermissions, CheckId::kAccountId, CheckId::kAccountKind})) return *check;
    if (seen_.quota_problem) {
        return skip(kId, "Meta did not tell the quota (" + scrub(seen_.quota_problem->detail(), 200) + ").");
    }
    return skip(kId, "The quota belongs to an account, and none was chosen.");
}

} // namespace everlong::core
