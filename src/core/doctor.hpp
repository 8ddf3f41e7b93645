#pragma once
// The doctor's judgement: from what was observed about a token and the place it stands in, every check of the contract
// (section 4), in its order, each with its cause, remedy and evidence. Pure; whoever observes is engine/doctor.
//
// Nothing here holds a token: observations carry fingerprints, lengths and Meta's own facts.

#include <core/channel_state.hpp>
#include <core/dotenv_token.hpp>
#include <core/facts/graph_error_table.hpp>
#include <core/token.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace everlong::core {

#define EVERLONG_CHECKS(X)                                                                                             \
    X(kEnvFile, "env-file")                                                                                            \
    X(kTokenPresent, "token-present")                                                                                  \
    X(kTokenFormat, "token-format")                                                                                    \
    X(kTokenValid, "token-valid")                                                                                      \
    X(kTokenApp, "token-app")                                                                                          \
    X(kTokenKind, "token-kind")                                                                                        \
    X(kTokenLifetime, "token-lifetime")                                                                                \
    X(kTokenExpiry, "token-expiry")                                                                                    \
    X(kDataAccess, "data-access")                                                                                      \
    X(kPermissions, "permissions")                                                                                     \
    X(kAccountId, "account-id")                                                                                        \
    X(kAccountKind, "account-kind")                                                                                    \
    X(kPublishQuota, "publish-quota")                                                                                  \
    X(kClock, "clock")                                                                                                 \
    X(kDelivery, "delivery")

#define EVERLONG_X(enumerator, text) enumerator,
enum class CheckId { EVERLONG_CHECKS(EVERLONG_X) };
#undef EVERLONG_X
enum class CheckStatus { kPass, kWarn, kFail, kSkip };

std::string_view to_text(CheckId id);
std::string_view to_text(CheckStatus status); // "pass", "warn", "fail", "skip"

// What is looked at.
enum class DoctorSubject { kEnvFile, kEnvText, kToken, kChannel };

struct PermissionSeen {
    std::string name;
    std::string status; // "granted", "declined", "expired"
};

struct PageSeen {
    std::string id;
    std::string name;
    bool has_account = false;
};

struct QuotaSeen {
    int used = 0;
    std::optional<int> total; // Meta's figure differs by account (facts 7.3); absent where it was not told
    std::optional<Seconds> window;
};

struct DeliverySeen {
    std::string path;
    std::optional<Error> problem; // the file cannot be read
    std::optional<Fingerprint> token;
    bool is_current = false;    // what it holds is the channel's token
    bool is_older = false;      // it holds an earlier version of it
    bool is_replaceable = true; // false: a token that is not ours and that may live
    bool is_clean = false;
    bool is_id_right = false;
};

// Absent values were not observed: not told by Meta, not asked, or not there.
struct DoctorObservations {
    DoctorSubject subject = DoctorSubject::kToken;
    Instant now{};
    std::string channel_name;
    std::string token_key = "INSTAGRAM_ACCESS_TOKEN";
    std::string id_key = "INSTAGRAM_USER_ID";

    // The place.
    std::optional<Error> place_problem; // the .env cannot be opened or read as one; the channel has no token
    std::vector<std::string> place_warnings;

    // The value.
    std::size_t token_lines = 0;
    std::size_t token_line = 0;
    std::optional<Error> token_problem;
    std::vector<ValueDamage> token_damage;
    std::vector<ValueDamage> id_damage;
    std::size_t token_length = 0;
    std::string wanted_id; // as given; empty: none was

    // The token, as Meta tells. `login` is a guess until `is_login_known`.
    LoginPath login = LoginPath::kFacebook;
    bool is_login_known = false;
    bool has_app = false; // app id and secret of that login are configured
    std::string configured_app_id;
    bool was_heard = false;             // any answer of Meta's came at all
    std::optional<Error> reach_problem; // the last failure that may pass, where it kept something from being seen
    std::optional<Error> death;         // Meta refuses the token, and why
    std::optional<Error> app_problem;   // id or secret refused; the token is of another app
    bool is_accepted = false;           // Meta has taken the token in at least one call
    TokenFacts facts;                   // as far as told; the fingerprint always
    bool is_inspected = false;          // debug_token told kind, dates and scopes
    bool acts_as_person = false;        // it may list permissions, which a Page's token may not
    std::string token_app_id;
    std::string token_app_name;
    std::string user_id;    // app-scoped
    std::string profile_id; // of a Page's token
    std::vector<PermissionSeen> permissions;
    std::vector<std::string> refused_permissions; // Instagram login: calls that only these allow were refused
    bool are_permissions_proven = false;          // calls that need each of them succeeded

    // What it reaches.
    std::vector<Account> accounts;
    std::vector<PageSeen> pages;
    bool are_accounts_complete = true;
    std::optional<Error> accounts_problem;
    std::optional<Account> account;       // the one that the id names, or the only one there is
    std::optional<Error> account_problem; // why the named one could not be read
    std::optional<QuotaSeen> quota;
    std::optional<Error> quota_problem;

    std::optional<Instant> server_time;

    // Of a channel.
    std::optional<ChannelHealth> health;
    std::optional<Instant> renewal_due_at;
    std::vector<DeliverySeen> deliveries;
};

struct Evidence {
    std::string name; // "expires_at", "fingerprint", ...
    std::variant<std::string, std::int64_t, bool, std::vector<std::string>> value;
    // Tells nothing of who or where: may stand in a report that is shared.
    bool is_shareable = true;
};

struct Check {
    CheckId id = CheckId::kEnvFile;
    CheckStatus status = CheckStatus::kSkip;
    std::string cause; // corpus/TAXONOMY.md's ids, or of core/messages.cpp; empty for pass and for a bare skip
    std::string remedy;
    std::string what_happened; // and why we think so; scrubbed
    std::vector<std::string> what_to_do;
    std::vector<std::string> links;
    std::vector<Evidence> evidence;
    std::optional<CheckId> depends_on; // of a skip: the check that has to be put right first
    bool is_fixable = false;
    bool is_fixed = false;
};

// All checks, in the contract's order.
std::vector<Check> judge(const DoctorObservations& seen);

// No check failed.
bool is_healthy(const std::vector<Check>& checks);
// Everything that failed failed because Meta could not be asked.
bool is_only_unreachable(const std::vector<Check>& checks);

// The account that INSTAGRAM_USER_ID should name: the one that is named already, or the only one there is. Nothing
// where a person has to choose.
std::optional<Account> account_to_use(const DoctorObservations& seen);

// Damage that can be taken away without asking Meta whether the rest is the token.
bool is_plain_damage(const std::vector<ValueDamage>& damage);

// A text that may be shared: made of the checks' ids, of our own sentences for them and of shareable evidence, never of
// what was read.
std::string make_report(const std::vector<Check>& checks, const DoctorObservations& seen);

} // namespace everlong::core
