#pragma once
// The short hand in which the rows of the error table are written: patterns, and verdicts that many rows share. Only for the
// .cpp files of the table.

#include <core/facts/graph_error_table.hpp>

namespace everlong::core::rows {

inline constexpr int kAny = ErrorPattern::kAny;
inline constexpr int kNone = 0; // the answer had no subcode

constexpr ErrorPattern on(int code, int subcode = kAny, std::string_view message = {}) {
    return {code, code, subcode, message, std::nullopt, std::nullopt};
}
constexpr ErrorPattern on_range(int first, int last) {
    return {first, last, kAny, {}, std::nullopt, std::nullopt};
}
constexpr ErrorPattern on_call(GraphCall call, int code, int subcode = kAny, std::string_view message = {}) {
    return {code, code, subcode, message, call, std::nullopt};
}
constexpr ErrorPattern on_text(std::string_view message) {
    return {kAny, kAny, kAny, message, std::nullopt, std::nullopt};
}

// Verdicts that many rows share.
inline constexpr ErrorVerdict kExpired{Cause::kTokenExpired, Remedy::kReconnect, Retry::kNever, Code::kTokenExpired,
                                       Fault::kNeedsConsent};
inline constexpr ErrorVerdict kMalformed{Cause::kTokenMalformed, Remedy::kReEnterToken, Retry::kNever,
                                         Code::kTokenMalformed, Fault::kNeedsConsent};
inline constexpr ErrorVerdict kMissing{Cause::kTokenMissing, Remedy::kReEnterToken, Retry::kNever, Code::kTokenMissing,
                                       Fault::kUsage};
inline constexpr ErrorVerdict kRejected{Cause::kTokenRejected, Remedy::kReconnect, Retry::kNever, Code::kTokenRejected,
                                        Fault::kNeedsConsent};
inline constexpr ErrorVerdict kPassword{Cause::kPasswordChanged, Remedy::kReconnect, Retry::kNever,
                                        Code::kPasswordChanged, Fault::kNeedsConsent};
inline constexpr ErrorVerdict kLoggedOut{Cause::kUserLoggedOut, Remedy::kReconnect, Retry::kNever, Code::kUserLoggedOut,
                                         Fault::kNeedsConsent};
inline constexpr ErrorVerdict kRemoved{Cause::kAppRemoved, Remedy::kReconnect, Retry::kNever, Code::kAppRemoved,
                                       Fault::kNeedsConsent};
inline constexpr ErrorVerdict kCheckpoint{Cause::kCheckpointRequired, Remedy::kResolveCheckpoint, Retry::kNever,
                                          Code::kCheckpoint, Fault::kNeedsConsent};
inline constexpr ErrorVerdict kForeign{Cause::kWrongTokenKind, Remedy::kUseMatchingToken, Retry::kNever,
                                       Code::kTokenForeign, Fault::kRefused};
inline constexpr ErrorVerdict kKind{Cause::kWrongTokenKind, Remedy::kUseMatchingToken, Retry::kNever, Code::kTokenKind,
                                    Fault::kRefused};
inline constexpr ErrorVerdict kPermission{Cause::kMissingPermission, Remedy::kGrantPermissions, Retry::kNever,
                                          Code::kPermissionMissing, Fault::kNeedsConsent};
inline constexpr ErrorVerdict kAccessLevel{Cause::kAccessLevelTooLow, Remedy::kRequestAppAccess, Retry::kNever,
                                           Code::kPermissionMissing, Fault::kRefused};
inline constexpr ErrorVerdict kUserRole{Cause::kUserRoleInsufficient, Remedy::kAddRole, Retry::kNever,
                                        Code::kPermissionMissing, Fault::kNeedsConsent};
inline constexpr ErrorVerdict kTesterRole{Cause::kDeveloperRoleMissing, Remedy::kAddRole, Retry::kNever,
                                          Code::kTokenKind, Fault::kRefused};
inline constexpr ErrorVerdict kInactive{Cause::kAppInactive, Remedy::kSetAppLive, Retry::kNever, Code::kAppInactive,
                                        Fault::kRefused};
inline constexpr ErrorVerdict kAppPair{Cause::kAppCredentialsInvalid, Remedy::kFixAppCredentials, Retry::kNever,
                                       Code::kAppConfig, Fault::kRefused};
inline constexpr ErrorVerdict kProof{Cause::kAppSecretProofInvalid, Remedy::kFixAppCredentials, Retry::kNever,
                                     Code::kAppConfig, Fault::kRefused};
inline constexpr ErrorVerdict kWrongId{Cause::kWrongAccountId, Remedy::kUseAccountId, Retry::kNever, Code::kAccountId,
                                       Fault::kRefused};
inline constexpr ErrorVerdict kPersonal{Cause::kAccountNotProfessional, Remedy::kConvertAccount, Retry::kNever,
                                        Code::kAccountKind, Fault::kRefused};
inline constexpr ErrorVerdict kUnlinked{Cause::kPageNotLinked, Remedy::kConvertAccount, Retry::kNever, Code::kNoAccount,
                                        Fault::kRefused};
inline constexpr ErrorVerdict kParameter{Cause::kInvalidParameter, Remedy::kFixRequest, Retry::kNever, Code::kGraph,
                                         Fault::kRefused};
inline constexpr ErrorVerdict kRetired{Cause::kApiRetired, Remedy::kUpgradeApi, Retry::kNever, Code::kGraph,
                                       Fault::kRefused};
inline constexpr ErrorVerdict kAppLimit{Cause::kRateLimitedApp, Remedy::kWaitAndRetry, Retry::kLater,
                                        Code::kRateLimited, Fault::kRateLimited};
inline constexpr ErrorVerdict kAccountLimit{Cause::kRateLimitedAccount, Remedy::kWaitAndRetry, Retry::kLater,
                                            Code::kRateLimited, Fault::kRateLimited};
inline constexpr ErrorVerdict kQuota{Cause::kPublishQuotaReached, Remedy::kWaitAndRetry, Retry::kLater,
                                     Code::kRateLimited, Fault::kRateLimited};
inline constexpr ErrorVerdict kPolicy{Cause::kPolicyBlock, Remedy::kWaitAndRetry, Retry::kLater, Code::kGraph,
                                      Fault::kRateLimited};
inline constexpr ErrorVerdict kDuplicate{Cause::kDuplicateContent, Remedy::kFixRequest, Retry::kNever, Code::kGraph,
                                         Fault::kRefused};
inline constexpr ErrorVerdict kOutage{Cause::kTransientUpstream, Remedy::kWaitAndRetry, Retry::kLater, Code::kUpstream,
                                      Fault::kTransient};
inline constexpr ErrorVerdict kFetch{Cause::kMediaUnreachable, Remedy::kHostMediaPublicly, Retry::kNever, Code::kGraph,
                                     Fault::kRefused};
inline constexpr ErrorVerdict kFormat{Cause::kMediaFormatRejected, Remedy::kFixMedia, Retry::kNever, Code::kGraph,
                                      Fault::kRefused};
inline constexpr ErrorVerdict kAspect{Cause::kAspectRatioRejected, Remedy::kFixMedia, Retry::kNever, Code::kGraph,
                                      Fault::kRefused};
inline constexpr ErrorVerdict kProcessing{Cause::kMediaProcessingFailed, Remedy::kFixMedia, Retry::kNever, Code::kGraph,
                                          Fault::kRefused};
inline constexpr ErrorVerdict kCaption{Cause::kCaptionRejected, Remedy::kFixRequest, Retry::kNever, Code::kGraph,
                                       Fault::kRefused};
inline constexpr ErrorVerdict kNotReady{Cause::kContainerNotReady, Remedy::kPollContainer, Retry::kLater, Code::kGraph,
                                        Fault::kTransient};
inline constexpr ErrorVerdict kContainerGone{Cause::kContainerExpired, Remedy::kRecreateContainer, Retry::kLater,
                                             Code::kGraph, Fault::kRefused};
inline constexpr ErrorVerdict kRemake{Cause::kTransientUpstream, Remedy::kRecreateContainer, Retry::kNow,
                                      Code::kUpstream, Fault::kTransient};
inline constexpr ErrorVerdict kRedirect{Cause::kRedirectUriMismatch, Remedy::kFixCallbackUrl, Retry::kNever,
                                        Code::kRedirectUri, Fault::kRefused};
inline constexpr ErrorVerdict kSpentCode{Cause::kCodeUsed, Remedy::kRestartLogin, Retry::kNever, Code::kConnectAgain,
                                         Fault::kNeedsConsent};
inline constexpr ErrorVerdict kOldCode{Cause::kCodeExpired, Remedy::kRestartLogin, Retry::kNever, Code::kConnectAgain,
                                       Fault::kNeedsConsent};
inline constexpr ErrorVerdict kScope{Cause::kScopeInvalid, Remedy::kUpgradeApi, Retry::kNever, Code::kAppConfig,
                                     Fault::kRefused};

} // namespace everlong::core::rows
