#include <core/facts/cause_texts.hpp>

#include <algorithm>
#include <iterator>

namespace everlong::core {
namespace {

constexpr std::string_view kExplorer = "https://developers.facebook.com/tools/explorer/";
constexpr std::string_view kDebugger = "https://developers.facebook.com/tools/debug/accesstoken/";
constexpr std::string_view kDashboard = "https://developers.facebook.com/apps/";
constexpr std::string_view kPlatform = "https://developers.facebook.com/docs/instagram-platform/";
constexpr std::string_view kPublishing = "https://developers.facebook.com/docs/instagram-platform/content-publishing/";
constexpr std::string_view kLimits = "https://developers.facebook.com/docs/graph-api/overview/rate-limiting/";
constexpr std::string_view kPermissionsPage = "https://developers.facebook.com/docs/permissions/";
constexpr std::string_view kLoginFlow =
    "https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow/";
constexpr std::string_view kVersions = "https://developers.facebook.com/docs/graph-api/changelog/";
constexpr std::string_view kSecure = "https://developers.facebook.com/docs/graph-api/guides/secure-requests/";
constexpr std::string_view kErrors =
    "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes/";
constexpr std::string_view kWebhooks = "https://developers.facebook.com/docs/graph-api/webhooks/getting-started/";
constexpr std::string_view kStatus = "https://metastatus.com/";
constexpr std::string_view kReview = "https://developers.facebook.com/docs/app-review/";

// clang-format off
constexpr CauseText kCauses[] = {
    {Cause::kTokenExpired, "The token has expired",
     "A token lives for an hour or two when it is new and for 60 days once it was exchanged; after that, or after 90 days in which the person did not use the app, Meta refuses it. An expired token cannot be revived.",
     "The message names a date in the past, or the inspection shows an expiry in the past (subcode 463).", kDebugger},
    {Cause::kTokenMalformed, "This is not a whole token",
     "What reached Meta is no token it can read: cut while copying, in quotes, with a blank or line break, a placeholder, or changed on the way.",
     "The value in use begins or ends with a quote or blank, is shorter than the one that was issued, or is the name of a variable.", kDebugger},
    {Cause::kTokenMissing, "No token reached Meta",
     "The call arrived without a token, or with an empty one: the setting is not loaded, or has another name than the program reads.",
     "The program's setting is empty or unset where the call is made.", kExplorer},
    {Cause::kTokenRejected, "Meta refuses the token and gives no reason",
     "The token was once good, or is of a kind that Meta does not name. It may have been ended by Meta, by the person, or by a newer login.",
     "The inspection of the token shows whether it is valid and why not.", kDebugger},
    {Cause::kPasswordChanged, "The login was ended: password changed, or for security",
     "Meta ends all of a person's tokens when the password changes, and sometimes by itself when it sees something unusual.",
     "The person changed the password, or Meta asked them to secure the account (subcode 460).", kDebugger},
    {Cause::kUserLoggedOut, "The login was ended: the person logged out",
     "The token was bound to a login that the person has ended.",
     "The message speaks of logging out (subcode 467).", kDebugger},
    {Cause::kAppRemoved, "The person has removed the app",
     "The app is not, or no longer, among the apps that the person has allowed; all its tokens for that person are dead.",
     "The app is missing from the person's settings under Apps and Websites (subcode 458).", "https://www.facebook.com/settings?tab=business_tools"},
    {Cause::kCheckpointRequired, "The account has to pass a check first",
     "Meta holds the account until its owner logs in at the site or in the app and does what is asked there.",
     "Logging in at facebook.com or in the Instagram app shows a check or warning.", "https://www.facebook.com/"},
    {Cause::kWrongTokenKind, "A good token, but not for this call",
     "The token belongs to another app, another login (Facebook's begin with EAA, Instagram's with IGAA), or is of another kind (user, Page, app) than this call wants.",
     "The inspection shows another type or app than expected, or the token begins with the letters of the other login.", kDebugger},
    {Cause::kMissingPermission, "The token lacks a permission",
     "The person did not grant a permission that this call needs, took it back, left it unused for 90 days, or did not tick this account or Page in the dialog.",
     "The inspection's list of scopes lacks the permission of this call.", kPermissionsPage},
    {Cause::kAccessLevelTooLow, "The app itself lacks the access",
     "The token may be right, but the app has only standard access, or lacks a feature that Meta has to review.",
     "The same call works for people with a role on the app and fails for all others.", kReview},
    {Cause::kUserRoleInsufficient, "The person's role on the Page is too small",
     "Publishing needs a task such as 'create content' on the Page; the person behind the token does not have it, or has lost it.",
     "The Page's settings do not list the person with full control or the content task.", "https://www.facebook.com/pages/"},
    {Cause::kDeveloperRoleMissing, "The account has no role on the app",
     "An app in development serves only people and Instagram accounts with a role on it; an invitation also has to be accepted, for testers in Instagram's settings under Apps and websites.",
     "The app is in development mode and the account is not listed, or still pending, under its roles.", kDashboard},
    {Cause::kAppInactive, "The app is not live",
     "The app is in development mode, under review, or was switched off, so that people without a role cannot use it.",
     "The dashboard shows the app as in development, inactive or restricted.", kDashboard},
    {Cause::kAppCredentialsInvalid, "App id or app secret is wrong",
     "Meta does not know this app id, or the secret does not belong to it. The Facebook app and its Instagram login have two different pairs.",
     "The id and secret in the dashboard differ from the ones in use.", kDashboard},
    {Cause::kAppSecretProofInvalid, "The proof made with the app secret is wrong",
     "appsecret_proof has to be made of exactly the token that is sent, with the secret of the app that issued it.",
     "The secret is of another app than the token, or the proof was made of another token.", kSecure},
    {Cause::kWrongAccountId, "This id is none that the token can see",
     "The id is a username, a Page's id, an app-scoped id, a placeholder, or that of something deleted; or a permission or another kind of token is wanted to see it.",
     "Asking for the linked account of the Page gives another number.", kPlatform},
    {Cause::kAccountNotProfessional, "The Instagram account is a personal one",
     "The publishing API serves Business and Creator accounts only.",
     "The account's settings in the Instagram app offer to switch to a professional account.", kPlatform},
    {Cause::kPageNotLinked, "No Instagram account is linked to the Page",
     "On the Facebook login an Instagram account is found by the Page it is linked to; there is none, or the Page was not ticked in the dialog.",
     "The Page's field instagram_business_account is missing.", kPlatform},
    {Cause::kInvalidParameter, "A parameter or field of the call is not accepted",
     "Meta does not know a parameter, field or value of the call, does not allow it here, or is asked for too much at once.",
     "The message names the parameter or field.", kPlatform},
    {Cause::kApiRetired, "This part of the API has been switched off",
     "The host, version, field, permission or login product in use no longer exists; the Instagram Basic Display API ended on 4 December 2024.",
     "The address or token is of an old product (api.instagram.com/v1, tokens that begin with IGQV).", kVersions},
    {Cause::kRateLimitedApp, "The app has made too many calls",
     "All of the app's users together have used up its calls of the hour.",
     "The X-App-Usage header shows 100.", kLimits},
    {Cause::kRateLimitedAccount, "Too many calls for this account",
     "The calls for one person, Page or account in this window are used up.",
     "The X-Business-Use-Case-Usage header shows 100 and tells when it ends.", kLimits},
    {Cause::kPublishQuotaReached, "The account's number of posts for now is reached",
     "Meta lets an account publish only so many posts within 24 hours.",
     "content_publishing_limit shows the quota used up.", kPublishing},
    {Cause::kPolicyBlock, "Meta holds the action back for a while",
     "The action looks like spam or abuse to Meta, and is blocked for hours or days.",
     "The Instagram app shows a notice that an action is blocked.", "https://help.instagram.com/"},
    {Cause::kDuplicateContent, "The same was posted before",
     "Meta refuses to take the same text or post again shortly after.",
     "The earlier post is there.", kPublishing},
    {Cause::kTransientUpstream, "Meta has a fault of its own",
     "Nothing is wrong with token or request; Meta could not answer.",
     "The same call passes a little later, and Meta's status page may tell of trouble.", kStatus},
    {Cause::kMediaUnreachable, "Meta could not fetch the file",
     "Meta fetches pictures and videos from the address that is given; it could not reach that one, was turned away, or had to wait too long.",
     "The address does not open in a private window from outside your network, redirects, or answers with a page in place of the file.", kPublishing},
    {Cause::kMediaFormatRejected, "The file's format is not accepted",
     "The file arrived, but its type, codec, size or length is not one that Instagram takes (JPEG for pictures; MP4 or MOV with H.264 or HEVC for videos).",
     "The file's own facts (type, codec, size) differ from Meta's list.", kPublishing},
    {Cause::kAspectRatioRejected, "The picture is too wide or too high",
     "A feed picture has to lie between 4:5 and 1.91:1.",
     "Width divided by height is below 0.8 or above 1.91.", kPublishing},
    {Cause::kMediaProcessingFailed, "Meta could not process the file",
     "The container ended in an error while Meta worked on the file; it often tells no more than a number.",
     "The container's status_code is ERROR.", kPublishing},
    {Cause::kCaptionRejected, "The caption is not accepted",
     "A caption holds at most 2,200 characters, 30 hashtags and 20 mentions.",
     "Counting its characters and tags shows more.", kPublishing},
    {Cause::kContainerNotReady, "The container is not ready yet",
     "Meta was still working on the file when publishing was asked for.",
     "The container's status_code is IN_PROGRESS.", kPublishing},
    {Cause::kContainerExpired, "The container is gone",
     "A container lives for a day and is good for one post; this one is older, used up, or was never there.",
     "The container's status_code is EXPIRED or PUBLISHED, or its id is not found.", kPublishing},
    {Cause::kRedirectUriMismatch, "The redirect address does not match",
     "The address to return to has to be the same, letter by letter, in the dialog, in the exchange and in the app's settings.",
     "Comparing the three shows a slash, http for https, a port or a query that differs.", kLoginFlow},
    {Cause::kCodeUsed, "The login code was used before",
     "A login code is good for one exchange. A reload of the page, a second tab or a browser that fetches ahead spends it.",
     "The exchange was tried twice with the same code.", kLoginFlow},
    {Cause::kCodeExpired, "The login code is too old, or none",
     "A login code lives for minutes and has to arrive whole, without the #_ that stands behind it.",
     "More time has passed, or the code was cut or carries extra characters.", kLoginFlow},
    {Cause::kScopeInvalid, "The login asks for a permission that does not exist",
     "A permission is misspelt, has a new name, or belongs to the other login (instagram_basic is Facebook's, instagram_business_basic Instagram's).",
     "The message names it, and Meta's list of permissions lacks it.", kPermissionsPage},
    {Cause::kLoginDenied, "The person pressed cancel in the login dialog",
     "Nothing was granted, and nothing is broken: the old token, if there is one, stays as it is.",
     "The address says error_reason=user_denied.", kLoginFlow},
    {Cause::kWebhookCheckFailed, "Meta's check of the webhook address failed",
     "When a webhook is set up, Meta calls the address and wants its challenge back; the status in the message is the answer of your own server.",
     "Calling the address from outside with hub.challenge gives something else than the bare challenge.", kWebhooks},
    {Cause::kUnknown, "This is no error that is known",
     "The text names no code, message or form of an error of Meta's that Everlong knows.", "", kErrors},
};

constexpr RemedyText kRemedies[] = {
    {Remedy::kReconnect, {"Log in again so that a new token is issued: press Reconnect at the channel, or run: everlong channel connect NAME --login facebook|instagram.",
                          "By hand: mint a new token in Graph API Explorer, extend it in the Access Token Debugger, and import it: everlong channel import NAME --env-file .env.",
                          "Let Everlong keep it from then on: it renews long before the end."}, kExplorer},
    {Remedy::kReEnterToken, {"Copy the token again, whole, and enter it without quotes, blanks or line ends.",
                             "everlong doctor --env-file .env --fix mends a .env file by itself.",
                             "See that the program really loads the setting: restart it where it reads its .env only once."}, kDebugger},
    {Remedy::kUseMatchingToken, {"Use a token of the app, the login and the kind that this call wants: EAA tokens at graph.facebook.com, IGAA tokens at graph.instagram.com.",
                                 "Look at the token with: everlong token inspect --env-file .env.", ""}, kDebugger},
    {Remedy::kGrantPermissions, {"Log in again and grant the permission that is named, with the right account and Page ticked.",
                                 "A permission that was declined once is only asked for again with auth_type=rerequest; Everlong's Reconnect does so.", ""}, kExplorer},
    {Remedy::kRequestAppAccess, {"Ask for advanced access to the permission or feature in the app's dashboard, and pass its review.",
                                 "Until then, give the account a role on the app.", ""}, kDashboard},
    {Remedy::kAddRole, {"Give the account or person the role: tester or developer on the app, or the content task on the Page.",
                        "Accept the invitation: in Instagram under Settings, Apps and websites, Tester invites; on Facebook in the developer settings.",
                        "Then log in again."}, kDashboard},
    {Remedy::kSetAppLive, {"Open the app's dashboard and switch it to live, finish its review, or restore it.", "", ""}, kDashboard},
    {Remedy::kFixAppCredentials, {"Copy app id and secret again from the dashboard: META_APP_ID and META_APP_SECRET for the Facebook login, INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET for the Instagram login.",
                                  "Make any proof anew with that secret and the very token that is sent.", ""}, kDashboard},
    {Remedy::kFixCallbackUrl, {"Register exactly the address that the program uses, letter by letter, in the app's settings.",
                               "See that it can be reached from outside over https.", ""}, kDashboard},
    {Remedy::kRestartLogin, {"Begin the login anew and exchange the fresh code once, at once.", "", ""}, ""},
    {Remedy::kUseAccountId, {"Use the number of the Instagram professional account (it usually begins with 17841), not a username and not the Page's id.",
                             "everlong doctor --env-file .env --fix writes the right one where exactly one account is reachable.", ""}, kExplorer},
    {Remedy::kConvertAccount, {"Switch the account to Business or Creator in the Instagram app: Settings, Account type and tools.",
                               "For the Facebook login also link it to a Page, and tick that Page when logging in.", ""}, kPlatform},
    {Remedy::kWaitAndRetry, {"Wait, then repeat the same; space the calls out.", "", ""}, ""},
    {Remedy::kFixMedia, {"Change the file to what Instagram takes: format, codec, size, length, aspect ratio.", "", ""}, kPublishing},
    {Remedy::kHostMediaPublicly, {"Serve the file at a public https address that answers fast with the file itself: no login, no redirect, no robots.txt that forbids it.", "", ""}, kPublishing},
    {Remedy::kPollContainer, {"Ask for the container's status_code until it is FINISHED, then publish.", "", ""}, kPublishing},
    {Remedy::kRecreateContainer, {"Make a new container and publish that one.", "", ""}, kPublishing},
    {Remedy::kResolveCheckpoint, {"Log in at facebook.com or in the Instagram app as the account's owner and do what it asks.",
                                  "Then try again, and log in to the app anew if the token stays dead.", ""}, "https://www.facebook.com/"},
    {Remedy::kFixRequest, {"Correct the request: Meta's message names the part.", "", ""}, kPlatform},
    {Remedy::kUpgradeApi, {"Move to the current host, version, permission names or login product.", "", ""}, kVersions},
};
// clang-format on

} // namespace

const CauseText& text_of(Cause cause) {
    const auto found = std::ranges::find(kCauses, cause, &CauseText::cause);
    return found == std::end(kCauses) ? *std::prev(std::end(kCauses)) : *found;
}

const RemedyText& text_of(Remedy remedy) {
    const auto found = std::ranges::find(kRemedies, remedy, &RemedyText::remedy);
    return found == std::end(kRemedies) ? kRemedies[0] : *found;
}

} // namespace everlong::core
