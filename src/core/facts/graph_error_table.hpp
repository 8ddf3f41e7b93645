#pragma once
// Every error of Meta's platform that is known, as rows of data: what it looks like, what it comes from, what helps. The
// one table on which the engines' decisions (core/graph_errors.hpp) and the explanations for people both stand.
//
// Rows are in order: the first that matches is the likeliest reading, later ones that match as well are the other
// causes the same error can have. Sources: facts/graph-api.md (sections), corpus/errors.jsonl (E numbers), whose words
// for causes and remedies are corpus/TAXONOMY.md's.

#include <base/result.hpp>
#include <core/facts/platform.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace everlong::core {

#define EVERLONG_CAUSES(X)                                                                                             \
    X(kTokenExpired, "token-expired")                                                                                  \
    X(kTokenMalformed, "token-malformed")                                                                              \
    X(kTokenMissing, "token-missing")                                                                                  \
    X(kTokenRejected, "token-rejected")                                                                                \
    X(kPasswordChanged, "password-changed")                                                                            \
    X(kUserLoggedOut, "user-logged-out")                                                                               \
    X(kAppRemoved, "app-removed")                                                                                      \
    X(kCheckpointRequired, "checkpoint-required")                                                                      \
    X(kWrongTokenKind, "wrong-token-kind")                                                                             \
    X(kMissingPermission, "missing-permission")                                                                        \
    X(kAccessLevelTooLow, "access-level-too-low")                                                                      \
    X(kUserRoleInsufficient, "user-role-insufficient")                                                                 \
    X(kDeveloperRoleMissing, "developer-role-missing")                                                                 \
    X(kAppInactive, "app-inactive")                                                                                    \
    X(kAppCredentialsInvalid, "app-credentials-invalid")                                                               \
    X(kAppSecretProofInvalid, "app-secret-proof-invalid")                                                              \
    X(kWrongAccountId, "wrong-account-id")                                                                             \
    X(kAccountNotProfessional, "account-not-professional")                                                             \
    X(kPageNotLinked, "page-not-linked")                                                                               \
    X(kInvalidParameter, "invalid-parameter")                                                                          \
    X(kApiRetired, "api-retired")                                                                                      \
    X(kRateLimitedApp, "rate-limited-app")                                                                             \
    X(kRateLimitedAccount, "rate-limited-account")                                                                     \
    X(kPublishQuotaReached, "publish-quota-reached")                                                                   \
    X(kPolicyBlock, "policy-block")                                                                                    \
    X(kDuplicateContent, "duplicate-content")                                                                          \
    X(kTransientUpstream, "transient-upstream")                                                                        \
    X(kMediaUnreachable, "media-unreachable")                                                                          \
    X(kMediaFormatRejected, "media-format-rejected")                                                                   \
    X(kAspectRatioRejected, "aspect-ratio-rejected")                                                                   \
    X(kMediaProcessingFailed, "media-processing-failed")                                                               \
    X(kCaptionRejected, "caption-rejected")                                                                            \
    X(kContainerNotReady, "container-not-ready")                                                                       \
    X(kContainerExpired, "container-expired")                                                                          \
    X(kRedirectUriMismatch, "redirect-uri-mismatch")                                                                   \
    X(kCodeUsed, "code-used")                                                                                          \
    X(kCodeExpired, "code-expired")                                                                                    \
    X(kScopeInvalid, "scope-invalid")                                                                                  \
    X(kLoginDenied, "login-denied")                                                                                    \
    X(kWebhookCheckFailed, "webhook-check-failed")                                                                     \
    X(kUnknown, "unknown")

#define EVERLONG_REMEDIES(X)                                                                                           \
    X(kReconnect, "reconnect")                                                                                         \
    X(kReEnterToken, "re-enter-token")                                                                                 \
    X(kUseMatchingToken, "use-matching-token")                                                                         \
    X(kGrantPermissions, "grant-permissions")                                                                          \
    X(kRequestAppAccess, "request-app-access")                                                                         \
    X(kAddRole, "add-role")                                                                                            \
    X(kSetAppLive, "set-app-live")                                                                                     \
    X(kFixAppCredentials, "fix-app-credentials")                                                                       \
    X(kFixCallbackUrl, "fix-callback-url")                                                                             \
    X(kRestartLogin, "restart-login")                                                                                  \
    X(kUseAccountId, "use-account-id")                                                                                 \
    X(kConvertAccount, "convert-account")                                                                              \
    X(kWaitAndRetry, "wait-and-retry")                                                                                 \
    X(kFixMedia, "fix-media")                                                                                          \
    X(kHostMediaPublicly, "host-media-publicly")                                                                       \
    X(kPollContainer, "poll-container")                                                                                \
    X(kRecreateContainer, "recreate-container")                                                                        \
    X(kResolveCheckpoint, "resolve-checkpoint")                                                                        \
    X(kFixRequest, "fix-request")                                                                                      \
    X(kUpgradeApi, "upgrade-api")

#define EVERLONG_X(enumerator, text) enumerator,
enum class Cause { EVERLONG_CAUSES(EVERLONG_X) };
enum class Remedy { EVERLONG_REMEDIES(EVERLONG_X) };
#undef EVERLONG_X
// The same request again: never helps until somebody changes something; may pass after a pause; may pass at once.
enum class Retry { kNever, kLater, kNow };

std::string_view to_text(Cause cause);   // "token-expired"
std::string_view to_text(Remedy remedy); // "reconnect"
std::string_view to_text(Retry retry);   // "never", "later", "now"

// What an error looks like. Every part that is given must fit.
struct ErrorPattern {
    int first_code = 0;
    int last_code = 0; // a range where it differs from first_code
    int subcode = 0;
    std::string_view message; // somewhere in the text, without regard to case; '*' stands for anything
    std::optional<GraphCall> call;
    std::optional<LoginPath> login;

    static constexpr int kAny = -1'000'000; // no code or subcode of Meta's
};

struct ErrorVerdict {
    Cause cause;
    Remedy remedy;
    Retry retry;
    Code code;
    Fault fault;
};

struct GraphErrorRow {
    ErrorPattern pattern;
    ErrorVerdict verdict;
    std::string_view sentence; // what happened, for people: half a sentence without a full stop
    std::string_view source;
};

std::span<const GraphErrorRow> graph_error_rows();
// Those of them that go by Meta's words or by a subcode alone, whatever the code; the last ones of the table.
std::span<const GraphErrorRow> worded_error_rows();
// What single words hint at where nothing else is known. Only for explaining texts to people: no decision rests on these.
std::span<const GraphErrorRow> hint_rows();

} // namespace everlong::core
