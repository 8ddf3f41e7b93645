#pragma once
// Every error that a person or a script can meet, by a stable code. The words for people (what happened, why, what to
// do) and the exit codes stand in core/messages.cpp, one row for each of these.

#include <string_view>

namespace everlong {

// Enumerator, code as shown in JSON, on pages and in logs. Codes are never renamed or reused.
#define EVERLONG_ERROR_CODES(X)                                                                                        \
    X(kUsage, "E_USAGE")                                                                                               \
    X(kConfig, "E_CONFIG")                                                                                             \
    X(kChannelName, "E_CHANNEL_NAME")                                                                                  \
    X(kChannelExists, "E_CHANNEL_EXISTS")                                                                              \
    X(kChannelUnknown, "E_CHANNEL_UNKNOWN")                                                                            \
    X(kDeliveryUnknown, "E_DELIVERY_UNKNOWN")                                                                          \
    X(kVersionUnknown, "E_VERSION_UNKNOWN")                                                                            \
    X(kEnvSyntax, "E_ENV_SYNTAX")                                                                                      \
    X(kEnvUnreadable, "E_ENV_UNREADABLE")                                                                              \
    X(kEnvTooLarge, "E_ENV_TOO_LARGE")                                                                                 \
    X(kTokenMissing, "E_TOKEN_MISSING")                                                                                \
    X(kTokenMalformed, "E_TOKEN_MALFORMED")                                                                            \
    X(kTokenExpired, "E_TOKEN_EXPIRED")                                                                                \
    X(kTokenRejected, "E_TOKEN_REJECTED")                                                                              \
    X(kTokenForeign, "E_TOKEN_FOREIGN")                                                                                \
    X(kTokenKind, "E_TOKEN_KIND")                                                                                      \
    X(kPasswordChanged, "E_PASSWORD_CHANGED")                                                                          \
    X(kUserLoggedOut, "E_USER_LOGGED_OUT")                                                                             \
    X(kAppRemoved, "E_APP_REMOVED")                                                                                    \
    X(kCheckpoint, "E_CHECKPOINT")                                                                                     \
    X(kPermissionMissing, "E_PERMISSION_MISSING")                                                                      \
    X(kScopeLost, "E_SCOPE_LOST")                                                                                      \
    X(kIdentity, "E_IDENTITY")                                                                                         \
    X(kAccountId, "E_ACCOUNT_ID")                                                                                      \
    X(kAccountKind, "E_ACCOUNT_KIND")                                                                                  \
    X(kNoAccount, "E_NO_ACCOUNT")                                                                                      \
    X(kAccountChoice, "E_ACCOUNT_CHOICE")                                                                              \
    X(kAppConfig, "E_APP_CONFIG")                                                                                      \
    X(kAppMissing, "E_APP_MISSING")                                                                                    \
    X(kAppInactive, "E_APP_INACTIVE")                                                                                  \
    X(kRateLimited, "E_RATE_LIMITED")                                                                                  \
    X(kGraph, "E_GRAPH")                                                                                               \
    X(kUpstream, "E_UPSTREAM")                                                                                         \
    X(kUpstreamShape, "E_UPSTREAM_SHAPE")                                                                              \
    X(kUpstreamSize, "E_UPSTREAM_SIZE")                                                                                \
    X(kUnreachable, "E_UNREACHABLE")                                                                                   \
    X(kTls, "E_TLS")                                                                                                   \
    X(kTimeout, "E_TIMEOUT")                                                                                           \
    X(kUnknownOutcome, "E_UNKNOWN_OUTCOME")                                                                            \
    X(kNotDue, "E_NOT_DUE")                                                                                            \
    X(kTooYoung, "E_TOO_YOUNG")                                                                                        \
    X(kNotRenewable, "E_NOT_RENEWABLE")                                                                                \
    X(kNotExtended, "E_NOT_EXTENDED")                                                                                  \
    X(kUnconnected, "E_UNCONNECTED")                                                                                   \
    X(kDiskFull, "E_DISK_FULL")                                                                                        \
    X(kReadOnly, "E_READ_ONLY")                                                                                        \
    X(kIo, "E_IO")                                                                                                     \
    X(kPermissions, "E_PERMISSIONS")                                                                                   \
    X(kAlreadyRunning, "E_ALREADY_RUNNING")                                                                            \
    X(kBusy, "E_BUSY")                                                                                                 \
    X(kKeyMismatch, "E_KEY_MISMATCH")                                                                                  \
    X(kKeyMissing, "E_KEY_MISSING")                                                                                    \
    X(kKeyFormat, "E_KEY_FORMAT")                                                                                      \
    X(kTampered, "E_TAMPERED")                                                                                         \
    X(kSchema, "E_SCHEMA")                                                                                             \
    X(kStoreCorrupt, "E_STORE_CORRUPT")                                                                                \
    X(kStoreRestored, "E_STORE_RESTORED")                                                                              \
    X(kNetworkFs, "E_NETWORK_FS")                                                                                      \
    X(kSinkBind, "E_SINK_BIND")                                                                                        \
    X(kSinkConflict, "E_SINK_CONFLICT")                                                                                \
    X(kSinkUnsafe, "E_SINK_UNSAFE")                                                                                    \
    X(kSinkMismatch, "E_SINK_MISMATCH")                                                                                \
    X(kValueUnsafe, "E_VALUE_UNSAFE")                                                                                  \
    X(kCommand, "E_COMMAND")                                                                                           \
    X(kCrashLoop, "E_CRASH_LOOP")                                                                                      \
    X(kPortTaken, "E_PORT_TAKEN")                                                                                      \
    X(kPlatform, "E_PLATFORM")                                                                                         \
    X(kClock, "E_CLOCK")                                                                                               \
    X(kHttpNotFound, "E_HTTP_NOT_FOUND")                                                                               \
    X(kHttpMethod, "E_HTTP_METHOD")                                                                                    \
    X(kHttpRequest, "E_HTTP_REQUEST")                                                                                  \
    X(kHttpTimeout, "E_HTTP_TIMEOUT")                                                                                  \
    X(kHttpTooLarge, "E_HTTP_TOO_LARGE")                                                                               \
    X(kHttpBusy, "E_HTTP_BUSY")                                                                                        \
    X(kHttpBody, "E_HTTP_BODY")                                                                                        \
    X(kHttpHost, "E_HTTP_HOST")                                                                                        \
    X(kHttpAuth, "E_HTTP_AUTH")                                                                                        \
    X(kHttpScope, "E_HTTP_SCOPE")                                                                                      \
    X(kHttpOrigin, "E_HTTP_ORIGIN")                                                                                    \
    X(kPasswordWrong, "E_PASSWORD_WRONG")                                                                              \
    X(kPasswordRule, "E_PASSWORD_RULE")                                                                                \
    X(kTooManyTries, "E_TOO_MANY_TRIES")                                                                               \
    X(kSetup, "E_SETUP")                                                                                               \
    X(kApiKeyUnknown, "E_API_KEY_UNKNOWN")                                                                             \
    X(kLoginUnknown, "E_LOGIN_UNKNOWN")                                                                                \
    X(kLoginState, "E_LOGIN_STATE")                                                                                    \
    X(kLoginCallback, "E_LOGIN_CALLBACK")                                                                              \
    X(kLoginExpired, "E_LOGIN_EXPIRED")                                                                                \
    X(kLoginStage, "E_LOGIN_STAGE")                                                                                    \
    X(kLoginDenied, "E_LOGIN_DENIED")                                                                                  \
    X(kConnectAgain, "E_CONNECT_AGAIN")                                                                                \
    X(kRedirectUri, "E_REDIRECT_URI")                                                                                  \
    X(kSignedRequest, "E_SIGNED_REQUEST")                                                                              \
    X(kPostUnknown, "E_POST_UNKNOWN")                                                                                  \
    X(kPostState, "E_POST_STATE")                                                                                      \
    X(kPostRefused, "E_POST_REFUSED")                                                                                  \
    X(kIdempotency, "E_IDEMPOTENCY")                                                                                   \
    X(kFileUnknown, "E_FILE_UNKNOWN")                                                                                  \
    X(kFileInUse, "E_FILE_IN_USE")                                                                                     \
    X(kFileOffset, "E_FILE_OFFSET")                                                                                    \
    X(kFileTooLarge, "E_FILE_TOO_LARGE")                                                                               \
    X(kMediaTool, "E_MEDIA_TOOL")                                                                                      \
    X(kMediaUnreadable, "E_MEDIA_UNREADABLE")                                                                          \
    X(kUploadRefused, "E_UPLOAD_REFUSED")                                                                              \
    X(kMediaAddress, "E_MEDIA_ADDRESS")                                                                                \
    X(kZoneUnknown, "E_ZONE_UNKNOWN")                                                                                  \
    X(kTimeSyntax, "E_TIME_SYNTAX")                                                                                    \
    X(kOverdue, "E_OVERDUE")                                                                                           \
    X(kPublishQuota, "E_PUBLISH_QUOTA")                                                                                \
    X(kPublishUncertain, "E_PUBLISH_UNCERTAIN")                                                                        \
    X(kMaybeLive, "E_MAYBE_LIVE")                                                                                      \
    X(kContainerFailed, "E_CONTAINER_FAILED")                                                                          \
    X(kCancelled, "E_CANCELLED")                                                                                       \
    X(kInternal, "E_INTERNAL")

enum class Code {
#define EVERLONG_X(enumerator, text) enumerator,
    EVERLONG_ERROR_CODES(EVERLONG_X)
#undef EVERLONG_X
};

// "E_DISK_FULL" for Code::kDiskFull.
constexpr std::string_view code_name(Code code) {
    switch (code) {
#define EVERLONG_X(enumerator, text)                                                                                   \
    case Code::enumerator: return text;
        EVERLONG_ERROR_CODES(EVERLONG_X)
#undef EVERLONG_X
    }
    return "E_INTERNAL";
}

} // namespace everlong
