#include <core/messages.hpp>

#include <core/lifecycle.hpp>

#include <array>

namespace everlong::core {
namespace {

// Exit codes: 1 something is wrong with what was looked at, 2 unusable input, 3 may pass, 4 this machine.
constexpr Message kMessages[] = {
    {Code::kUsage, 2, 400, "bad-input", "fix-request", "This input cannot be used",
     "Correct what is named here; what can be given tells the help of the command (--help), or docs/http-api.md."},
    {Code::kConfig, 2, 500, "bad-configuration", "fix-configuration", "The configuration cannot be used",
     "Correct the named setting in the environment, the .env of the working directory or on the command line."},
    {Code::kChannelName, 2, 400, "bad-channel-name", "fix-request", "This is no channel name",
     "Use 1 to 64 of the characters a-z, 0-9 and '-', for example: my-cafe."},
    {Code::kChannelExists, 2, 409, "channel-exists", "fix-request", "A channel of this name is connected already",
     "Choose another name, or remove the channel first: everlong channel remove NAME."},
    {Code::kChannelUnknown, 2, 404, "channel-unknown", "fix-request", "There is no channel of this name",
     "List the channels with: everlong channel list. Make one with: everlong channel import NAME --env-file FILE."},
    {Code::kDeliveryUnknown, 2, 404, "delivery-unknown", "fix-request", "There is no delivery of this number",
     "List the deliveries of a channel with: everlong delivery list NAME."},
    {Code::kVersionUnknown, 2, 404, "version-unknown", "fix-request", "This version of the token is not kept",
     "See which versions are kept with: everlong token history NAME."},
    {Code::kEnvSyntax, 2, 422, "env-syntax", "fix-env-file", "The .env file cannot be read as one",
     "Correct the named line; nothing was changed."},
    {Code::kEnvUnreadable, 2, 422, "env-unreadable", "fix-env-file", "The .env file cannot be read",
     "Name an existing, readable, regular file; nothing was changed."},
    {Code::kEnvTooLarge, 2, 422, "env-too-large", "fix-env-file", "The .env file is larger than 1 MiB",
     "A .env file holds a few lines; check that the path is right. Nothing was changed."},
    {Code::kTokenMissing, 2, 422, "token-missing", "re-enter-token", "No token was found",
     "Put the whole token behind INSTAGRAM_ACCESS_TOKEN= in the file, or give it on standard input."},
    {Code::kTokenMalformed, 2, 422, "token-malformed", "re-enter-token", "This is not a whole token",
     "Copy the token again, whole, without quotes, blanks or line ends."},
    {Code::kTokenExpired, 1, 422, "token-expired", "reconnect", "The token has expired",
     "An expired token cannot be revived: a person has to log in again so that a new one is issued."},
    {Code::kTokenRejected, 1, 422, "token-rejected", "re-enter-token", "Meta refuses the token",
     "Check that the token is whole and of the login you mean; otherwise log in again for a new one."},
    {Code::kTokenForeign, 1, 422, "wrong-token-kind", "use-matching-token", "The token belongs to another app",
     "Set META_APP_ID and META_APP_SECRET to the app that issued the token, or make a token with the configured app."},
    {Code::kTokenKind, 1, 422, "wrong-token-kind", "use-matching-token", "The token is of a kind that cannot be kept",
     "Use a user or system-user token (Facebook login) or an Instagram user token, not a Page or app token."},
    {Code::kPasswordChanged, 1, 422, "password-changed", "reconnect",
     "Meta ended the session: the password changed, or for security",
     "A person has to log in again so that a new token is issued."},
    {Code::kUserLoggedOut, 1, 422, "user-logged-out", "reconnect", "Meta ended the session: the person logged out",
     "A person has to log in again so that a new token is issued."},
    {Code::kAppRemoved, 1, 422, "app-removed", "reconnect", "The person has removed the app or never authorised it",
     "A person has to log in to the app again and grant its permissions."},
    {Code::kCheckpoint, 1, 422, "checkpoint-required", "resolve-checkpoint",
     "Meta wants the person to pass a check first",
     "Log in on facebook.com or in the Instagram app and follow what it asks; then try again."},
    {Code::kPermissionMissing, 1, 422, "missing-permission", "grant-permissions", "The token lacks a permission",
     "Log in again and grant the named permissions, with the right account and Page ticked."},
    {Code::kScopeLost, 1, 422, "missing-permission", "grant-permissions",
     "The new token can do less than the one in use, so it was not taken",
     "Log in again and grant all permissions; the token in use stays."},
    {Code::kIdentity, 1, 422, "wrong-account-id", "use-account-id",
     "The token belongs to another Instagram account than this channel",
     "Log in as the account of this channel, or make another channel for the other account."},
    {Code::kAccountId, 1, 422, "wrong-account-id", "use-account-id", "The account id is none that this token can reach",
     "Put the professional account's number behind INSTAGRAM_USER_ID=, not a username and not a Page's id; or leave "
     "it out, and Everlong writes it where exactly one account is reachable."},
    {Code::kAccountKind, 1, 422, "account-not-professional", "convert-account",
     "The Instagram account is personal; the API serves professional accounts only",
     "Switch the account to Business or Creator in the Instagram app, then try again."},
    {Code::kNoAccount, 1, 422, "page-not-linked", "convert-account",
     "This token reaches no Instagram professional account",
     "Link the Instagram account to a Facebook Page, and tick that Page and account when logging in."},
    {Code::kAccountChoice, 2, 409, "several-accounts", "use-account-id",
     "This token reaches several Instagram accounts",
     "Say which one: put its number behind INSTAGRAM_USER_ID=, or give --account USERNAME."},
    {Code::kAppConfig, 1, 422, "app-credentials-invalid", "fix-app-credentials", "App id or app secret is wrong",
     "Correct META_APP_ID and META_APP_SECRET (Facebook login) or INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET "
     "(Instagram login); these are two different pairs."},
    {Code::kAppMissing, 2, 422, "app-credentials-missing", "fix-app-credentials",
     "No app id and secret are configured for this login",
     "Set META_APP_ID and META_APP_SECRET (Facebook login) or INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET (Instagram "
     "login) in the environment or in the .env of the working directory."},
    {Code::kAppInactive, 1, 422, "app-inactive", "set-app-live", "The app is not live, or was switched off",
     "Open the app's dashboard at https://developers.facebook.com/apps/ and set it live or restore it."},
    {Code::kRateLimited, 3, 503, "rate-limited-app", "wait-and-retry", "Meta's rate limit is reached",
     "Wait and try again; Everlong does so by itself."},
    {Code::kGraph, 1, 422, "unknown", "fix-request", "Meta refuses the request",
     "Read Meta's own words in the detail; the token in use stays."},
    {Code::kUpstream, 3, 502, "transient-upstream", "wait-and-retry", "Meta has a fault of its own",
     "Try again later; Everlong does so by itself."},
    {Code::kUpstreamShape, 3, 502, "transient-upstream", "wait-and-retry", "The answer is not what Meta documents",
     "Try again later. If it stays so, check that nothing stands between this machine and Meta (proxy, portal)."},
    {Code::kUpstreamSize, 3, 502, "transient-upstream", "wait-and-retry", "The answer is larger than allowed",
     "Try again later. If it stays so, check that nothing stands between this machine and Meta (proxy, portal)."},
    {Code::kUnreachable, 3, 502, "meta-unreachable", "check-network", "Meta cannot be reached",
     "Check this machine's network, DNS and proxy; Everlong keeps trying by itself."},
    {Code::kTls, 3, 502, "tls-failed", "check-network", "The connection to Meta could not be verified",
     "Check the machine's clock and its CA certificates, and that no proxy intercepts TLS."},
    {Code::kTimeout, 3, 504, "meta-unreachable", "check-network", "Meta did not answer in time",
     "Try again later; Everlong does so by itself."},
    {Code::kUnknownOutcome, 3, 504, "outcome-unknown", "wait-and-retry",
     "The request was sent, but no whole answer came",
     "The token in use stays. Everlong asks again when that cannot do harm."},
    {Code::kNotDue, 0, 200, "not-due", "none", "Nothing to do yet",
     "It is renewed by itself when it is due; --now asks Meta at once."},
    {Code::kTooYoung, 3, 409, "token-too-young", "wait-and-retry",
     "The token was issued or renewed less than 24 hours ago, and Meta refuses another refresh so soon",
     "Wait until it is a day old; Everlong renews it by itself in time."},
    {Code::kNotRenewable, 1, 422, "not-renewable", "none", "This token never expires, so there is nothing to renew",
     "Nothing has to be done; Everlong looks at it every day."},
    {Code::kNotExtended, 1, 422, "not-extended", "reconnect",
     "Meta gave only the time left, not a longer life; the better token was kept",
     "A person has to log in again before the end. Instagram login and system-user tokens need no person."},
    {Code::kUnconnected, 1, 409, "unconnected", "reconnect", "The channel has no token",
     "Connect one: everlong channel connect NAME --login facebook|instagram, or import one from a .env."},
    {Code::kDiskFull, 4, 507, "disk-full", "free-space", "The disk is full",
     "Free some space; nothing was lost, and Everlong goes on by itself."},
    {Code::kReadOnly, 4, 507, "read-only", "make-writable", "The file system is read-only",
     "Make it writable again (mount -o remount,rw); Everlong goes on by itself."},
    {Code::kIo, 4, 500, "io-error", "check-disk", "Reading or writing on this machine failed",
     "Check the disk and the system log; nothing was reported as done that was not."},
    {Code::kPermissions, 4, 500, "permissions", "fix-permissions", "Owner or mode of a file is not right",
     "Run Everlong as the user that owns it, or give it to the user that Everlong runs as; where the detail names a "
     "command, "
     "that does it."},
    {Code::kAlreadyRunning, 4, 409, "already-running", "stop-other", "Another Everlong uses this data directory",
     "Stop the other one, or choose another directory with --data or EVERLONG_DATA."},
    {Code::kBusy, 3, 503, "busy", "wait-and-retry", "Somebody else is working on the same thing",
     "Try again in a moment."},
    {Code::kKeyMismatch, 4, 500, "key-mismatch", "restore-key",
     "The master key is not the one these data were sealed with",
     "Put the right key file back (EVERLONG_MASTER_KEY_FILE or master.key in the data directory). Nothing was "
     "written."},
    {Code::kKeyMissing, 4, 500, "key-missing", "restore-key", "There are data, but their master key is missing",
     "Put the key file back from your backup. A new key would make the data unreadable, so none was made."},
    {Code::kKeyFormat, 4, 500, "key-format", "restore-key", "The master key file is damaged",
     "Put the key file back from your backup, byte for byte."},
    {Code::kTampered, 4, 500, "tampered", "restore-backup", "A sealed value does not open: changed, moved or damaged",
     "Restore the data directory from a backup, or import the channel's token again."},
    {Code::kSchema, 4, 500, "schema", "upgrade-everlong", "The data were written by a newer Everlong",
     "Run that version or a newer one; nothing was written."},
    {Code::kStoreCorrupt, 4, 500, "store-corrupt", "restore-backup", "The database is damaged",
     "Restore the data directory from a backup. Where it is one post alone, it is not sent and stays as it is, and all "
     "others go out: everlong post cancel ID gives it up (everlong post settle ID, where a publish call may have "
     "left)."},
    {Code::kStoreRestored, 1, 409, "store-restored", "look-and-decide",
     "This may be an older copy of the data, and what was done since then is not known here",
     "A backup was copied back, or store.mark was lost, which tells that from the data that were here. A channel's "
     "token is checked with Meta before anything is done with it. All posts at once: everlong post retry --restored "
     "lets those go that are not more than an hour late, each after a look whether it is live already. One post: "
     "everlong "
     "post retry ID does; everlong post settle ID --published or --not-published says what you saw on the account; "
     "everlong post cancel ID gives it up."},
    {Code::kNetworkFs, 4, 500, "network-file-system", "move-data", "The data directory is on a network file system",
     "Put it on a local disk: locks and durable writes cannot be relied on elsewhere."},
    {Code::kSinkBind, 4, 409, "bind-mount", "use-in-place",
     "The .env file is a single-file bind mount and cannot be replaced whole",
     "Mount its directory in place of the file, or import again with --in-place."},
    {Code::kSinkConflict, 4, 409, "rival-writer", "wait-and-retry", "Another program keeps writing the same .env file",
     "Everlong tries again by itself; see which program else writes the file."},
    {Code::kSinkUnsafe, 4, 409, "unsafe-target", "fix-env-file",
     "The .env file is a link, a device or otherwise not safe to replace",
     "Name the real file, with one name only (no symbolic or hard link); nothing was changed."},
    {Code::kSinkMismatch, 4, 500, "delivery-mismatch", "check-disk", "What was written reads back differently",
     "Everlong tries again by itself; see which program else writes the file."},
    {Code::kValueUnsafe, 2, 422, "value-unsafe", "re-enter-token", "This value cannot stand in a .env file",
     "A token and an account id hold letters, digits and a few signs; check where this value comes from."},
    {Code::kCommand, 2, 400, "command-not-started", "fix-request", "The command could not be started",
     "Check its name and path, and that it may be executed."},
    {Code::kCrashLoop, 1, 500, "crash-loop", "fix-application",
     "The command ends again and again right after its start",
     "See the command's own output; Everlong starts it again when you run this anew."},
    {Code::kPortTaken, 4, 500, "port-taken", "choose-port", "The port is taken",
     "Choose another one with --port, or --port 0 for any free one."},
    {Code::kPlatform, 2, 409, "other-platform", "choose-data-directory",
     "These channels are not the simulator's: it would call their tokens dead",
     "Keep rehearsals apart: start with another data directory (--data DIR or EVERLONG_DATA=DIR), or without "
     "--sandbox."},
    {Code::kClock, 4, 500, "clock-wrong", "set-clock", "The clock cannot be relied on",
     "Set the machine's clock, or start the simulator whose clock is followed."},
    {Code::kHttpNotFound, 2, 404, "no-such-route", "fix-request", "There is nothing at this address",
     "See /openapi.json or the documentation for the addresses there are."},
    {Code::kHttpMethod, 2, 405, "no-such-method", "fix-request", "This address does not take that method",
     "See the header Allow for the methods it takes."},
    {Code::kHttpRequest, 2, 400, "bad-request", "fix-request", "This is no request that can be answered",
     "Use an HTTP client of good standing; something between it and the service may have changed the request."},
    {Code::kHttpTimeout, 3, 408, "request-timeout", "retry", "The request came too slowly",
     "Send it again; the detail says what was missing."},
    {Code::kHttpTooLarge, 2, 413, "request-too-large", "fix-request", "The request is larger than what is taken",
     "Make the part that the detail names shorter."},
    {Code::kHttpBusy, 3, 503, "too-many-connections", "retry", "Too many connections are open",
     "Try again in a moment; close connections that are not needed."},
    {Code::kHttpBody, 2, 400, "bad-body", "fix-request", "The body is not what this address takes",
     "Send a JSON object as the documentation describes."},
    {Code::kHttpHost, 2, 421, "bad-host", "fix-request", "The Host header names none of our addresses",
     "Call the service by the address it prints at its start, or set EVERLONG_PUBLIC_URL."},
    {Code::kHttpAuth, 2, 401, "not-authorised", "sign-in", "This address needs somebody who is known",
     "Sign in, or send an API key (Authorization: Bearer evl_...); make one with: everlong api-key create. The command "
     "line on this machine needs neither."},
    {Code::kHttpScope, 2, 403, "not-allowed", "use-other-key", "The caller is known, but may not do this",
     "Use an API key with the scope that the detail names; make one with: everlong api-key create."},
    {Code::kHttpOrigin, 2, 403, "foreign-origin", "open-own-page", "This request does not come from our own page",
     "Open the Settings page by the address that the service prints, or by EVERLONG_PUBLIC_URL, and try again there."},
    {Code::kPasswordWrong, 2, 401, "password-wrong", "re-enter-password", "The password is not right",
     "Try again. A forgotten one is set anew on this machine with: everlong admin password."},
    {Code::kPasswordRule, 2, 422, "password-unusable", "choose-password", "This cannot be a password",
     "Choose one of 10 to 1024 bytes; length counts more than signs."},
    {Code::kTooManyTries, 3, 429, "too-many-tries", "wait-and-retry", "Too many wrong passwords were tried",
     "Wait as long as the header Retry-After says. The command line on this machine is not held up."},
    {Code::kSetup, 2, 403, "setup-link-invalid", "open-setup-link", "This set-up link is not valid",
     "Open the link that the service printed at its last start. Once a password is set there is none; a forgotten "
     "password is set anew with: everlong admin password."},
    {Code::kApiKeyUnknown, 2, 404, "api-key-unknown", "fix-request", "There is no API key of this number",
     "List the keys with: everlong api-key list."},
    {Code::kLoginUnknown, 2, 404, "login-unknown", "restart-login", "There is no such login",
     "Logins are forgotten a day after their end. Start a new one: everlong channel connect NAME --login ..."},
    {Code::kLoginState, 1, 403, "login-state", "restart-login",
     "This answer of Meta's belongs to no login that was started here, or to one of another browser",
     "Start the login again from Everlong, and finish it in the browser where it was started. Nothing was changed."},
    {Code::kLoginCallback, 2, 400, "login-callback", "restart-login", "This is not an answer of Meta's login dialog",
     "Take the whole address that the browser was sent to, with code and state. Nothing was changed."},
    {Code::kLoginExpired, 1, 410, "login-expired", "restart-login", "The login was not finished in time",
     "Start it again; it has to be finished within 15 minutes. A token in use stays."},
    {Code::kLoginStage, 2, 409, "login-stage", "none", "The login is at another step",
     "See where it stands: GET /v1/logins/ID, or the Settings page."},
    {Code::kLoginDenied, 1, 422, "login-denied", "reconnect", "The person pressed cancel in the login dialog",
     "Start the login again and approve it. A token in use stays."},
    {Code::kConnectAgain, 1, 422, "code-used", "restart-login", "The login could not be brought to its end",
     "Start it again: a login code is good for one use within minutes. A token in use stays."},
    {Code::kRedirectUri, 2, 422, "redirect-uri-mismatch", "fix-callback-url",
     "Meta does not take the redirect address, or it cannot be used",
     "Enter exactly the address that `everlong channel connect` shows at the app's dashboard (docs/connect.md)."},
    {Code::kSignedRequest, 1, 403, "signed-request", "none", "This call is not signed by Meta, or is an old one",
     "Nothing was changed. Meta signs its calls with the app's secret: check that the right one is configured."},
    {Code::kPostUnknown, 2, 404, "post-unknown", "fix-request", "There is no post of this id",
     "List the posts with: everlong post list."},
    {Code::kPostState, 2, 409, "post-state", "fix-request", "The post is not in a state in which this can be done",
     "See how far it has come with: everlong post show ID."},
    {Code::kPostRefused, 1, 422, "post-refused", "fix-media", "Meta would refuse this post",
     "Correct what the findings name (--fix converts pictures), then create it again; nothing was sent."},
    {Code::kIdempotency, 2, 409, "idempotency-key-used", "fix-request",
     "This idempotency key was used for another post",
     "Use a new key for each post; the post that was made with this one is unchanged."},
    {Code::kFileUnknown, 2, 404, "file-unknown", "fix-request", "There is no file of this id",
     "Bring the picture or video again; files that no post shows are removed after a while."},
    {Code::kFileInUse, 2, 409, "file-in-use", "fix-request", "A post still shows this file",
     "Cancel the post first, or wait until it is published."},
    {Code::kFileOffset, 2, 409, "file-offset", "fix-request", "The upload goes on at another place than the file ends",
     "Ask with HEAD how much has arrived, and go on from there."},
    {Code::kFileTooLarge, 2, 413, "file-too-large", "fix-media", "The file is larger than any that Meta takes",
     "Make it smaller: 8 MB for a picture, 1 GB for a reel, 100 MB for a story's video."},
    {Code::kMediaTool, 4, 500, "media-tool", "repair-installation", "Pictures and videos cannot be looked at",
     "The program everlong-media has to stand beside everlong; install or build it again. Nothing was sent."},
    {Code::kMediaUnreadable, 1, 422, "media-unreadable", "fix-media", "This file cannot be read as a picture or video",
     "Open it on your machine to see whether it is whole, and save it again as JPEG or MP4."},
    {Code::kUploadRefused, 1, 422, "upload-refused", "host-media-publicly",
     "Meta takes no uploads of videos for this account",
     "Meta has to fetch it from a public address: set EVERLONG_PUBLIC_URL or a bucket, or give an address of your "
     "own."},
    {Code::kMediaAddress, 1, 422, "media-unreachable", "host-media-publicly",
     "Meta cannot fetch the media from this address",
     "It has to be public, direct and quick: https, no login page, no redirect, not forbidden by robots.txt."},
    {Code::kZoneUnknown, 2, 400, "zone-unknown", "fix-request", "There is no time zone of this name",
     "Use a name of the tz database, for example Europe/Berlin or America/New_York."},
    {Code::kTimeSyntax, 2, 400, "time-syntax", "fix-request", "This time cannot be used",
     "Write a time that is still to come: 2026-12-24T18:00 for a wall clock's time, 2026-12-24T17:00:00Z for an "
     "instant; "
     "or now, to publish at once."},
    {Code::kOverdue, 1, 409, "overdue", "decide", "The post's time passed while it could not be sent",
     "Send it now with: everlong post retry ID. Or give it up with: everlong post cancel ID."},
    {Code::kPublishQuota, 3, 429, "publish-quota-reached", "wait-and-retry",
     "The account has used up its number of posts for a day",
     "The post goes out by itself when the window has moved on."},
    {Code::kPublishUncertain, 3, 409, "publish-uncertain", "look-and-decide",
     "Meta was asked to publish, and nobody can tell whether it did",
     "Look at the account, then say what is so: everlong post settle ID --published, or --not-published."},
    {Code::kMaybeLive, 1, 409, "maybe-live", "look-and-decide",
     "A post like this one is on the account already, and this data do not know of it",
     "Look at it. If it is this post: everlong post settle ID --published. If not: everlong post settle ID "
     "--not-published, and then everlong post retry ID sends it."},
    {Code::kContainerFailed, 1, 422, "media-processing-failed", "fix-media", "Meta could not process the media",
     "Check the file against Meta's rules (everlong post create --check) and create the post again; it was not "
     "published."},
    {Code::kCancelled, 130, 503, "cancelled", "none", "Interrupted", "Nothing was lost; run the command again."},
    {Code::kInternal, 4, 500, "internal", "report", "Everlong itself has a fault",
     "Please report it, with the code and the detail; nothing in them is secret."},
};

constexpr bool has_a_row_for_each_code_in_order() {
    int index = 0;
    for (const Message& message : kMessages) {
        if (static_cast<int>(message.code) != index++) return false;
    }
    return index == static_cast<int>(Code::kInternal) + 1;
}
static_assert(has_a_row_for_each_code_in_order());

} // namespace

const Message& message_of(Code code) {
    return kMessages[static_cast<std::size_t>(code)];
}

int exit_code_of(const Error& error) {
    constexpr int kMayPass = 3;
    constexpr int kInterrupted = 130;
    const int row = message_of(error.code()).exit_code;
    switch (error.fault()) {
    case Fault::kCancelled: return kInterrupted;
    case Fault::kTransient:
    case Fault::kRateLimited:
    case Fault::kUnknownOutcome: return kMayPass;
    default: return row == 0 ? 1 : row;
    }
}

Problem make_problem(const Error& error, Instant now) {
    Problem problem{error.code(), error.fault(), error.detail(), 0, 0, now};
    if (const Upstream* upstream = error.upstream()) {
        problem.upstream_code = upstream->code;
        problem.upstream_subcode = upstream->subcode;
    }
    return problem;
}

} // namespace everlong::core
