#include <core/facts/graph_error_rows.hpp>
#include <core/facts/graph_error_table.hpp>

#include <array>
#include <vector>

namespace everlong::core {
namespace {

using namespace rows;

constexpr std::string_view kPasswordSentence =
    "the password was changed, or Meta ended the login for the account's safety";
constexpr std::string_view kLoggedOutSentence = "the person logged out, which ended the token";
constexpr std::string_view kRemovedSentence = "the person removed the app or never authorised it";
constexpr std::string_view kExpiredSentence = "the token's life is over";
constexpr std::string_view kUnreadableSentence = "Meta cannot read the token: cut, quoted, or of the other login";
constexpr std::string_view kRoleSentence = "the person behind the token has no sufficient role on the Page";
constexpr std::string_view kMethodSentence =
    "Meta does not serve this call to this token: another kind or login, a legacy token, or an account without a role "
    "on the app";
constexpr std::string_view kIdSentence =
    "this token sees no object of that id: a wrong id, or a permission or another kind of token is wanted";
constexpr std::string_view kOutageSentence = "Meta reports a fault of its own";

// clang-format off
constexpr std::array kRows{
    // debug_token: its own errors are about whoever asks, never about the token asked about (4).
    GraphErrorRow{{2, 2, kAny, {}, GraphCall::kInspect, LoginPath::kInstagram}, kKind, "Meta cannot inspect tokens of the Instagram login", "4; 11.21"},
    GraphErrorRow{on_call(GraphCall::kInspect, 100, kAny, "did not match the Viewing App"), kForeign, "the token was issued to another app", "4; E229"},
    GraphErrorRow{on_call(GraphCall::kInspect, 100, kAny, "must provide an app access token"), kAppPair, "Meta does not take the app's id and secret for an app token", "E052"},
    GraphErrorRow{on_call(GraphCall::kInspect, 190, kAny, "does not belong to application"), kForeign, "the token was issued to another app", "E228"},
    GraphErrorRow{on_call(GraphCall::kInspect, 190), kAppPair, "Meta refuses the app's id and secret", "4; E134"},

    // 190 and 102: the token (5.3). The subcode decides; where there is none, the words do.
    GraphErrorRow{on(190, 458), kRemoved, kRemovedSentence, "5.3"},
    GraphErrorRow{on(190, 459), kCheckpoint, "the person has to log in at www.facebook.com and follow what it asks", "5.3"},
    GraphErrorRow{on(190, 460), kPassword, kPasswordSentence, "5.3"},
    GraphErrorRow{on(190, 463), kExpired, kExpiredSentence, "5.3"},
    GraphErrorRow{on(190, 464), kCheckpoint, "the person's account is not confirmed", "5.3"},
    GraphErrorRow{on(190, 466), kRejected, "the login was ended by a call of the API", "5.3"},
    GraphErrorRow{on(190, 467), kLoggedOut, kLoggedOutSentence, "5.3"},
    GraphErrorRow{on(190, 490), kCheckpoint, "the person's account is held at a checkpoint", "5.3"},
    GraphErrorRow{on(190, 492), kUserRole, kRoleSentence, "5.3"},
    GraphErrorRow{on(190, 493), kExpired, "the person has not used the app for 90 days", "5.3"},
    GraphErrorRow{on(102, 458), kRemoved, kRemovedSentence, "5.2: as 190"},
    GraphErrorRow{on(102, 459), kCheckpoint, "the person has to log in at www.facebook.com and follow what it asks", "5.2: as 190"},
    GraphErrorRow{on(102, 460), kPassword, kPasswordSentence, "5.2: as 190"},
    GraphErrorRow{on(102, 463), kExpired, kExpiredSentence, "5.2: as 190"},
    GraphErrorRow{on(102, 464), kCheckpoint, "the person's account is not confirmed", "5.2: as 190"},
    GraphErrorRow{on(102, 467), kLoggedOut, kLoggedOutSentence, "5.2: as 190"},
    GraphErrorRow{on(190, kNone, "session has expired"), kExpired, kExpiredSentence, "E001, E005"},
    GraphErrorRow{on(102, kNone, "session has expired"), kExpired, kExpiredSentence, "E236"},
    GraphErrorRow{on(190, kNone, "hasn't engaged the app"), kExpired, "the person has not used the app for 90 days", "5.3"},
    GraphErrorRow{on(190, kNone, "has not authorized application"), kRemoved, kRemovedSentence, "E049, E051"},
    GraphErrorRow{on(190, kNone, "changed*password"), kPassword, kPasswordSentence, "E114, E140"},
    GraphErrorRow{on(190, kNone, "does not match current stored session"), kPassword, kPasswordSentence, "E138, E139"},
    GraphErrorRow{on(190, kNone, "user logged out"), kLoggedOut, kLoggedOutSentence, "E117, E118"},
    GraphErrorRow{on(190, kNone, "not a confirmed user"), kCheckpoint, "the person's account is not confirmed", "E111, E113"},
    GraphErrorRow{on(190, kNone, "log in to www.facebook.com"), kCheckpoint, "the person has to log in at www.facebook.com and follow what it asks", "5.3"},
    GraphErrorRow{on(190, kNone, "blocking, logged-in checkpoint"), kCheckpoint, "the person's account is held at a checkpoint", "5.3"},
    GraphErrorRow{on(190, kNone, "must be an administrator"), kUserRole, kRoleSentence, "E201, E202"},
    GraphErrorRow{on(190, kNone, "any of the*permission"), kPermission, "the token lacks a permission that this call wants", "E094"},
    GraphErrorRow{on(190, kNone, "does not belong to application"), kForeign, "the token was issued to another app", "E228"},
    GraphErrorRow{on(190, kNone, "error validating application"), kAppPair, "Meta refuses the app's id or secret", "5.3; 11.22"},
    GraphErrorRow{on(190, kNone, "invalid appsecret_proof"), kProof, "the proof made with the app secret is wrong: the secret is not that of the token's app", "6"},
    GraphErrorRow{on(190, kNone, "cannot parse access token"), kMalformed, kUnreadableSentence, "5.3; 11.2"},
    GraphErrorRow{on(190, kNone, "cannot parse access token"), kKind, kUnreadableSentence, "11.2; E020"},
    GraphErrorRow{on(190, kNone, "malformed access token"), kMalformed, kUnreadableSentence, "5.3"},
    GraphErrorRow{on(190, kNone, "invalid oauth access token data"), kMalformed, kUnreadableSentence, "E021"},
    GraphErrorRow{on(190, kNone, "access token signature"), kMalformed, "the token's signature is broken: changed on the way, or an app token with a wrong secret", "E135, E136"},
    GraphErrorRow{on(190, kNone, "access token signature"), kAppPair, "Meta refuses the app's id and secret", "E134"},
    GraphErrorRow{on(190, kNone, "access token signature"), kMissing, "no token was set, so that the app's id and secret went in its place", "E135"},
    GraphErrorRow{on(190, kNone, "bad signature"), kKind, "the token is not one for the Graph API", "E137"},
    GraphErrorRow{on(190, kNone, "invalid json for postcard"), kKind, "the token is not one for this call", "E023"},
    GraphErrorRow{on(190, kNone, "invalid oauth access token"), kRejected, "Meta does not take the token and gives no reason", "E019"},
    GraphErrorRow{on(190, kNone, "invalid oauth access token"), kMalformed, kUnreadableSentence, "5.3; E026, E231"},
    GraphErrorRow{on(190), kRejected, "Meta does not take the token any more", "5.3"},
    GraphErrorRow{on(190), kExpired, "Meta does not take the token any more", "5.3"},
    GraphErrorRow{on(190), kRemoved, "Meta does not take the token any more", "E222"},
    GraphErrorRow{on(102), kRejected, "Meta does not take the token any more", "5.2"},
    GraphErrorRow{on(452), kPassword, kPasswordSentence, "5.2"},
    GraphErrorRow{on(459), kCheckpoint, "the person has to log in at www.facebook.com and follow what it asks", "5.2"},
    GraphErrorRow{on(464), kCheckpoint, "the person's account is not confirmed", "5.2"},
    GraphErrorRow{on(104), kMissing, "no token reached Meta", "5.2"},
    GraphErrorRow{on(2500, kAny, "active access token must be used"), kMissing, "no token, or only a piece of one, reached Meta", "5.2; E130"},
    GraphErrorRow{on(2500), kParameter, "Meta does not know the path or field that was asked for", "5.2"},

    // Faults of Meta's own, and the one code that is two things (5.2).
    GraphErrorRow{on(1, kAny, "validating client secret"), kAppPair, "the app secret is wrong", "2.2; E169"},
    GraphErrorRow{on(1, 2207057), kFormat, "thumb_offset lies outside the video", "5.4"},
    GraphErrorRow{on(1, 2207052), {Cause::kMediaUnreachable, Remedy::kHostMediaPublicly, Retry::kNow, Code::kGraph, Fault::kTransient}, "Meta could not fetch the media", "E151"},
    GraphErrorRow{on(1, kAny, "reduce the amount of data"), kParameter, "the call asks for too much at once", "E245"},
    GraphErrorRow{on(1), kOutage, kOutageSentence, "5.2"},
    GraphErrorRow{on(2), kOutage, kOutageSentence, "5.2"},
    GraphErrorRow{on(-2, 2207003), {Cause::kMediaUnreachable, Remedy::kHostMediaPublicly, Retry::kLater, Code::kGraph, Fault::kTransient}, "fetching the media took Meta too long", "5.4"},
    GraphErrorRow{on(-2, 2207020), kContainerGone, "the container is older than a day", "5.4"},
    GraphErrorRow{on(-2), kOutage, kOutageSentence, "5.4"},
    GraphErrorRow{on(-1, 2207032), kRemake, "Meta could not make the media; a new container may pass", "5.4; E154"},
    GraphErrorRow{on(-1, 2207053), kRemake, "Meta could not take the upload; a new container may pass", "5.4"},
    GraphErrorRow{on(-1, 2207073), kFormat, "Meta does not take this kind of media", "5.4; E255"},
    GraphErrorRow{on(-1, 2207085), kProcessing, "Meta could not process the video", "5.4"},
    GraphErrorRow{on(-1, 2207082), kFormat, "Meta could not process the video: its sound or codec is not accepted", "5.4; E255"},
    GraphErrorRow{on(-1), kOutage, kOutageSentence, "5.4"},

    // Limits (7): they pass when the window has moved on.
    GraphErrorRow{on(4, 2207051), kPolicy, "Meta holds the action back because it looks like spam", "5.4; E158"},
    GraphErrorRow{on(4), kAppLimit, "the app as a whole has made too many calls", "5.2; 7.1"},
    GraphErrorRow{on(9, 2207042), kQuota, "the account has reached its number of posts for a day", "5.4; E155"},
    GraphErrorRow{on(9), kQuota, "too many posts or containers for this account", "5.4; E147"},
    GraphErrorRow{on(17), kAccountLimit, "too many calls for this person", "5.2; 7.1"},
    GraphErrorRow{on(32), kAccountLimit, "too many calls for this Page", "5.2; 7.1"},
    GraphErrorRow{on(341), kQuota, "the limit of this action is reached for a while", "5.2; E207"},
    GraphErrorRow{on(368, kAny, "already posted this"), kDuplicate, "the same was posted before", "E204"},
    GraphErrorRow{on(368), kPolicy, "Meta blocks the action for a while", "5.2; E088, E089"},
    GraphErrorRow{on(613), kAccountLimit, "too many calls of this kind", "5.2; 7.2"},
    GraphErrorRow{on_range(80000, 80014), kAccountLimit, "too many calls for this account", "5.2; 7.2"},

    // The app and its people (5.2).
    GraphErrorRow{on(3), kAccessLevel, "the app itself lacks the access for this call", "5.2; E225"},
    GraphErrorRow{on(101), kAppPair, "the app id is wrong, or that of the other login", "5.2; E168"},
    GraphErrorRow{on(10, kAny, "must be reviewed"), kAccessLevel, "the app lacks a feature that Meta has to review", "E132"},
    GraphErrorRow{on(10, 9053), kParameter, "the audio may not be used", "5.4"},
    GraphErrorRow{on(10), kPermission, "a permission is not granted, was taken back, or lay unused for 90 days", "5.2; 2.11"},
    GraphErrorRow{on(200, kAny, "behalf of this user"), kUserRole, "the person behind the token may not use the app", "E165"},
    GraphErrorRow{on(294), kAccessLevel, "the app lacks the access for this call", "5.2"},
    GraphErrorRow{on_range(200, 299), kPermission, "a permission, or a task on the Page, is not granted", "5.2; E098"},

    // Code exchange and dialogs (2.2, 3.2).
    GraphErrorRow{on(100, 36009), kSpentCode, "the login code was used before", "2.2; E057"},
    GraphErrorRow{on(100, 36007), kOldCode, "the login code is too old", "2.2; E233"},
    GraphErrorRow{on(100, 36008), kRedirect, "the redirect address differs from the dialog's", "2.2; E060"},
    GraphErrorRow{on(191), kRedirect, "the redirect address does not belong to the app", "2.2"},
    GraphErrorRow{on_text("code*already used"), kSpentCode, "the login code was used before", "3.2; E056"},
    GraphErrorRow{on_text("authorization code has been used"), kSpentCode, "the login code was used before", "3.2; E053"},
    GraphErrorRow{on_text("authorization code has expired"), kOldCode, "the login code is too old", "2.2"},
    GraphErrorRow{on_text("redirect_uri is identical"), kRedirect, "the redirect address differs from the dialog's", "2.2; E062, E063"},
    GraphErrorRow{on_text("redirect uri does not match"), kRedirect, "the redirect address is not registered with the app", "3.2"},
    GraphErrorRow{on_text("invalid redirect_uri"), kRedirect, "the redirect address is not registered with the app", "3.1; E064"},
    GraphErrorRow{on_text("invalid platform app"), kAppPair, "the app id is not that of an app with the Instagram login", "3.2; E065"},
    GraphErrorRow{on_text("invalid scope"), kScope, "the login asks for a permission that does not exist", "3.2; E068"},
    GraphErrorRow{on_text("insufficient developer role"), kTesterRole, "the account has no role on the app, or has not accepted it", "3.1; E078"},
    GraphErrorRow{on_text("app is not active"), kInactive, "the app is switched off", "E163"},
    GraphErrorRow{on_text("app not active"), kInactive, "the app is switched off", "E164"},
    GraphErrorRow{on_text("app not setup"), kInactive, "the app is in development mode", "E161"},
    GraphErrorRow{on_text("deactivated due to inactivity"), kInactive, "the app was switched off for lack of use", "E220"},
    GraphErrorRow{on_text("api.instagram.com/v1"), kRetired, "the host api.instagram.com/v1 has been switched off", "E034"},
    GraphErrorRow{on_text("access_token provided is invalid"), kRejected, "Meta does not take the token and gives no reason", "E032"},

    // 100: parameters, ids, and what hides behind them (5.2; 11.1, 11.7).
    GraphErrorRow{on(100, kAny, "require an appsecret_proof"), kProof, "the app demands a proof made with its secret, and the secret is not configured", "6"},
    GraphErrorRow{on(100, kAny, "invalid appsecret_proof"), kProof, "the proof made with the app secret is wrong: the secret is not that of the token's app", "6; E072"},
    GraphErrorRow{on_call(GraphCall::kMe, 100, kAny, "unsupported request - method type"), kTesterRole, kMethodSentence, "11.1; E041"},
    GraphErrorRow{on_call(GraphCall::kExchange, 100, kAny, "unsupported request - method type"), {Cause::kAccessLevelTooLow, Remedy::kRequestAppAccess, Retry::kNever, Code::kTokenKind, Fault::kRefused}, kMethodSentence, "11.1; E176"},
    GraphErrorRow{on(100, kAny, "unsupported request - method type"), kKind, kMethodSentence, "11.1; 3.4"},
    GraphErrorRow{on(100, kAny, "unsupported request - method type"), kTesterRole, kMethodSentence, "E041"},
    GraphErrorRow{on(100, kAny, "unsupported request - method type"), kMissing, kMethodSentence, "E250"},
    GraphErrorRow{on(100, kAny, "unsupported request - method type"), kAccessLevel, kMethodSentence, "E176"},
    GraphErrorRow{on(100, kAny, "unsupported request - method type"), {Cause::kApiRetired, Remedy::kReconnect, Retry::kNever, Code::kTokenKind, Fault::kRefused}, kMethodSentence, "11.1; E110"},
    GraphErrorRow{on_call(GraphCall::kRefresh, 100, kAny, "24 hours"), {Cause::kInvalidParameter, Remedy::kWaitAndRetry, Retry::kLater, Code::kTooYoung, Fault::kRefused}, "the token is younger than a day", "3.4"},
    GraphErrorRow{on_call(GraphCall::kExchange, 100, kAny, "cannot be exchanged"), kKind, "this kind of token cannot be exchanged", "2.7"},
    GraphErrorRow{on_call(GraphCall::kRefreshSystemUser, 100, kAny, "cannot be exchanged"), kKind, "this kind of token cannot be exchanged", "2.7"},
    GraphErrorRow{on(100, kAny, "does not belong to application"), kForeign, "the token was issued to another app", "E228"},
    GraphErrorRow{on(100, kAny, "did not match the viewing app"), kForeign, "the token was issued to another app", "4; E229"},
    GraphErrorRow{on_call(GraphCall::kMakeContainer, 100, kAny, "video_url is required"), {Cause::kInvalidParameter, Remedy::kFixRequest, Retry::kNever, Code::kUploadRefused, Fault::kRefused}, "Meta takes no bytes for this account: the video has to be fetched from an address", "8.6"},
    GraphErrorRow{on_call(GraphCall::kAccount, 100, kAny, "nonexisting field"), kWrongId, "the id is not that of an Instagram account", "5.2; 2.8"},
    GraphErrorRow{on(100, 33), kWrongId, kIdSentence, "5.2; 11.7"},
    GraphErrorRow{on(100, 33), kPermission, "a permission or another kind of token is wanted", "11.7"},
    GraphErrorRow{on(100, 33), kKind, "another kind of token is wanted", "11.7"},
    GraphErrorRow{on(100, 33), kOutage, "for some days in May 2026 Meta answered so for good ids", "11.9; E082"},
    GraphErrorRow{on(100, 4279004), kContainerGone, "a part of the carousel does not exist, or has expired", "E150"},
    GraphErrorRow{on(100, kAny, "missing permission or reviewable feature"), kPermission, "a permission or a reviewed feature is missing", "E037"},
    GraphErrorRow{on(100, kAny, "on node type (application)"), kKind, "an app token was sent where a person's is wanted", "E040"},
    GraphErrorRow{on(100, kAny, "must provide an app access token"), kKind, "an app token is wanted, or a token of one of the app's developers", "E052"},
    GraphErrorRow{on(100, 2207028), kParameter, "a carousel has 2 to 10 parts", "5.4"},
    GraphErrorRow{on(100, 2207023), kParameter, "Meta does not know the media_type", "5.4"},
    GraphErrorRow{on(100, 2207040), kCaption, "more than 20 accounts are tagged", "5.4"},
    GraphErrorRow{on(100), kParameter, "Meta does not take a parameter or field of the call", "5.2"},
    GraphErrorRow{on(110, 2207018), kParameter, "an account that is named cannot be loaded", "5.2; E092"},
    GraphErrorRow{on(110), {Cause::kInvalidParameter, Remedy::kFixRequest, Retry::kNever, Code::kAccountId, Fault::kRefused}, "Meta knows no account of that id", "5.2; E092"},
    GraphErrorRow{on(803), kWrongId, "a name stands where a number is wanted, or no object has that id", "5.2; 11.6"},
    GraphErrorRow{on(9009), kWrongId, "the Instagram account is not available", "5.2"},
    GraphErrorRow{on(506), kDuplicate, "the same was posted before", "5.2; E205"},
    GraphErrorRow{on(1705), kKind, "the call was made as a person and not as a Page", "5.2"},
    GraphErrorRow{on(2635), kRetired, "the API version has been switched off", "5.2; E198"},
    GraphErrorRow{on(2642), {Cause::kInvalidParameter, Remedy::kFixRequest, Retry::kNow, Code::kGraph, Fault::kTransient}, "the paging cursor went bad; the list has to be read anew", "5.2; 10.2"},
    GraphErrorRow{on(1609005), kParameter, "the link could not be read", "5.2"},
    GraphErrorRow{on_text("not an instagram business"), kPersonal, "the Instagram account is not a professional one", "E216, E217"},
    GraphErrorRow{on_text("not connected to a facebook page"), kUnlinked, "the Instagram account is not linked to a Page", "E218"},

    // Publishing (5.4).
    GraphErrorRow{on(24, 4279009), kContainerGone, "the container is unknown, or not ready yet", "E193"},
    GraphErrorRow{on(24, 4279009), kNotReady, "the container is not ready yet", "E083, E193"},
    GraphErrorRow{on(24, 2207006), {Cause::kWrongAccountId, Remedy::kRecreateContainer, Retry::kNever, Code::kGraph, Fault::kRefused}, "this token sees no media of that id", "5.4"},
    GraphErrorRow{on(24), kContainerGone, "the container is unknown or gone", "5.4; E219"},
    GraphErrorRow{on(25), {Cause::kCheckpointRequired, Remedy::kResolveCheckpoint, Retry::kNever, Code::kGraph, Fault::kNeedsConsent}, "the account is restricted or has to pass a check in the app", "5.4"},
    GraphErrorRow{on(352), kFormat, "the video's format is not accepted", "5.4; E027"},
    GraphErrorRow{on(9004), kFetch, "Meta could not fetch the media from its address", "5.4; E010"},
    GraphErrorRow{on(9007), kNotReady, "the container is not ready", "5.4; E145"},
    GraphErrorRow{on(36000), kFormat, "the image is too large", "5.4; E133"},
    GraphErrorRow{on(36001), kFormat, "the image's format is not accepted", "5.4; E160"},
    GraphErrorRow{on(36003), kAspect, "the picture is too wide or too high", "5.4; E247"},
    GraphErrorRow{on(36004), kCaption, "the caption is too long or has too many tags", "5.4; E248"},
};
// clang-format on

} // namespace

std::string_view to_text(Cause cause) {
    switch (cause) {
#define EVERLONG_X(enumerator, text)                                                                                   \
    case Cause::enumerator: return text;
        EVERLONG_CAUSES(EVERLONG_X)
#undef EVERLONG_X
    }
    return "unknown";
}

std::string_view to_text(Remedy remedy) {
    switch (remedy) {
#define EVERLONG_X(enumerator, text)                                                                                   \
    case Remedy::enumerator: return text;
        EVERLONG_REMEDIES(EVERLONG_X)
#undef EVERLONG_X
    }
    return "fix-request";
}

std::string_view to_text(Retry retry) {
    switch (retry) {
    case Retry::kNever: return "never";
    case Retry::kLater: return "later";
    case Retry::kNow: return "now";
    }
    return "never";
}

std::span<const GraphErrorRow> graph_error_rows() {
    static const std::vector<GraphErrorRow> kAll = [] {
        std::vector<GraphErrorRow> all(kRows.begin(), kRows.end());
        all.insert(all.end(), worded_error_rows().begin(), worded_error_rows().end());
        return all;
    }();
    return kAll;
}

} // namespace everlong::core
