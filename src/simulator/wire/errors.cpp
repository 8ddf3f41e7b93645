#include <simulator/wire/errors.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::string_view kOAuth = "OAuthException";
constexpr std::string_view kGraphMethod = "GraphMethodException";
constexpr std::string_view kInstagram = "IGApiException";
constexpr std::string_view kGraphBatch = "GraphBatchException";

// Error words of WWW-Authenticate (5.3).
constexpr std::string_view kNoWord;
constexpr std::string_view kToken = "invalid_token";
constexpr std::string_view kRequest = "invalid_request";
constexpr std::string_view kCode = "invalid_code";

struct Row {
    Refusal refusal;
    int status;
    std::string_view type;
    int code;
    int subcode;
    std::string_view word;
    std::string_view text;
};

constexpr std::array kRows{
    Row{Refusal::kTokenMissing, 400, kOAuth, 104, 0, kRequest, "An access token is required to request this resource."},
    Row{Refusal::kNoActiveToken, 400, kOAuth, 2500, 0, kRequest,
        "An active access token must be used to query information about the current user."},
    Row{Refusal::kCannotParse, 400, kOAuth, 190, 0, kToken, "Invalid OAuth access token - Cannot parse access token"},
    Row{Refusal::kMalformed, 400, kOAuth, 190, 0, kToken, "Malformed access token %1"},
    Row{Refusal::kBadSignature, 400, kOAuth, 190, 0, kToken, "Invalid OAuth access token signature."},
    Row{Refusal::kExpired, 400, kOAuth, 190, 463, kToken,
        "Error validating access token: Session has expired on %1. The current time is %2."},
    Row{Refusal::kAppRemoved, 400, kOAuth, 190, 458, kToken,
        "Error validating access token: The user has not authorized application %1."},
    Row{Refusal::kCheckpoint, 400, kOAuth, 190, 459, kToken,
        "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow the "
        "instructions given"},
    Row{Refusal::kPasswordChanged, 400, kOAuth, 190, 460, kToken,
        "Error validating access token: The session has been invalidated because the user changed their password or "
        "Facebook has changed the session for security reasons."},
    Row{Refusal::kUnconfirmed, 400, kOAuth, 190, 464, kToken,
        "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed "
        "user."},
    Row{Refusal::kRevokedByCall, 400, kOAuth, 190, 466, kToken,
        "Error validating access token: The session was explicitly invalidated by an API call."},
    Row{Refusal::kLoggedOut, 400, kOAuth, 190, 467, kToken,
        "Error validating access token: The session is invalid because the user logged out."},
    Row{Refusal::kBlockingCheckpoint, 400, kOAuth, 190, 490, kToken,
        "Error validating access token: The user is enrolled in a blocking, logged-in checkpoint"},
    Row{Refusal::kRoleLost, 400, kOAuth, 190, 492, kToken,
        "Error validating access token: The user must be an administrator, editor, or moderator of the page in order "
        "to impersonate it."},
    Row{Refusal::kInactive, 400, kOAuth, 190, 493, kToken,
        "The access token is invalid since the user hasn't engaged the app in longer than 90 days."},

    Row{Refusal::kNoPermission, 400, kOAuth, 10, 0, kRequest,
        "(#10) Application does not have permission for this action"},
    Row{Refusal::kRequiresPermission, 403, kOAuth, 200, 0, kRequest,
        "(#200) Requires %1 permission to manage the object"},
    Row{Refusal::kProofWrong, 400, kGraphMethod, 100, 0, kNoWord,
        "Invalid appsecret_proof provided in the API argument"},
    Row{Refusal::kProofRequired, 400, kGraphMethod, 100, 0, kNoWord,
        "API calls from the server require an appsecret_proof argument"},

    Row{Refusal::kNoSuchField, 400, kOAuth, 100, 0, kRequest,
        "(#100) Tried accessing nonexisting field (%1) on node type (%2)"},
    Row{Refusal::kFieldSyntax, 400, kOAuth, 2500, 0, kRequest, "Syntax error \"%1\" at character %2: %3"},
    Row{Refusal::kNoSuchObject, 400, kGraphMethod, 100, 33, kNoWord,
        "Unsupported %1 request. Object with ID '%2' does not exist, cannot be loaded due to missing permissions, or "
        "does not support this operation"},
    Row{Refusal::kUnsupportedRoot, 400, kGraphMethod, 100, 0, kNoWord,
        "Unsupported %1 request. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"},
    Row{Refusal::kUnknownPath, 400, kOAuth, 2500, 0, kRequest, "Unknown path components: %1"},
    Row{Refusal::kUnknownAlias, 400, kOAuth, 803, 0, kRequest,
        "(#803) Some of the aliases you requested do not exist: %1"},
    Row{Refusal::kUsernameQuery, 400, kOAuth, 803, 0, kRequest, "(#803) Cannot query users by their username (%1)"},
    Row{Refusal::kBadCursor, 400, kOAuth, 2642, 0, kRequest, "(#2642) Invalid cursors values"},
    Row{Refusal::kMissingParameter, 400, kOAuth, 100, 0, kRequest, "(#100) The parameter %1 is required"},
    Row{Refusal::kBadParameter, 400, kOAuth, 100, 0, kRequest, "(#100) %1"},
    Row{Refusal::kBadBatch, 400, kGraphBatch, 100, 0, kNoWord, "%1"},
    Row{Refusal::kAppLimit, 400, kOAuth, 4, 0, kRequest, "(#4) Application request limit reached"},
    Row{Refusal::kUserLimit, 400, kOAuth, 17, 0, kRequest, "(#17) User request limit reached"},
    Row{Refusal::kPageByUserLimit, 400, kOAuth, 32, 0, kRequest, "(#32) Page request limit reached"},
    Row{Refusal::kPageLimit, 400, kOAuth, 80001, 0, kRequest,
        "(#80001) There have been too many calls to this Page account. Wait a bit and try again. For more info, please "
        "refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting."},
    Row{Refusal::kInstagramLimit, 400, kOAuth, 80002, 0, kRequest,
        "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again. For more info, "
        "please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting."},
    Row{Refusal::kInvalidUser, 400, kOAuth, 110, 0, kRequest, "Invalid user id"},
    Row{Refusal::kAppTokenNeeded, 400, kOAuth, 15, 0, kRequest,
        "(#15) This method must be called with an app access_token."},
    Row{Refusal::kPageTokenNeeded, 400, kOAuth, 210, 0, kRequest,
        "(#210) A page access token is required to request this resource."},
    Row{Refusal::kCallbackFailed, 400, kOAuth, 2200, 0, kRequest,
        "(#2200) Callback verification failed with the following errors: %1"},

    Row{Refusal::kMissingClientId, 400, kOAuth, 101, 0, kRequest, "Missing client_id parameter."},
    Row{Refusal::kBadApp, 400, kOAuth, 101, 0, kRequest, "Error validating application. Invalid application ID."},
    Row{Refusal::kMissingSecret, 400, kOAuth, 1, 0, kRequest, "Missing client_secret parameter."},
    Row{Refusal::kBadSecret, 400, kOAuth, 1, 0, kRequest, "Error validating client secret."},
    Row{Refusal::kMissingRedirect, 400, kOAuth, 191, 0, kRequest, "Missing redirect_uri parameter."},
    Row{Refusal::kMissingCode, 400, kOAuth, 100, 0, kCode, "Missing authorization code"},
    Row{Refusal::kBadCode, 400, kOAuth, 100, 0, kCode, "Invalid verification code format."},
    Row{Refusal::kCodeUsed, 400, kOAuth, 100, 36009, kCode, "This authorization code has been used."},
    Row{Refusal::kCodeExpired, 400, kOAuth, 100, 36007, kCode, "This authorization code has expired."},
    Row{Refusal::kRedirectDiffers, 400, kOAuth, 100, 36008, kCode,
        "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in "
        "the "
        "OAuth dialog request"},
    Row{Refusal::kBadVerifier, 400, kOAuth, 100, 0, kCode, "Invalid code_verifier parameter."},
    Row{Refusal::kForeignToken, 400, kOAuth, 100, 0, kRequest, "The access token does not belong to application %1"},
    Row{Refusal::kNotExchangeable, 400, kOAuth, 100, 0, kRequest,
        "(#100) The access token provided cannot be exchanged"},
    Row{Refusal::kForeignInput, 400, kOAuth, 100, 0, kRequest,
        "(#100) The App_id in the input_token did not match the Viewing App"},
    Row{Refusal::kNotDeveloper, 400, kOAuth, 100, 0, kRequest,
        "(#100) You must provide an app access token, or a user access token that is an owner or developer of the "
        "app"},
    Row{Refusal::kServiceUnavailable, 500, kOAuth, 2, 0, kNoWord, "(#2) Service temporarily unavailable"},
    Row{Refusal::kInstagramUnsupported, 400, kInstagram, 100, 0, kNoWord, "Unsupported request - method type: get"},
    Row{Refusal::kTooYoung, 400, kInstagram, 100, 0, kNoWord,
        "The access token must be at least 24 hours old to be refreshed"},

    Row{Refusal::kBadPlatformApp, 400, kOAuth, 400, 0, kNoWord, "Invalid platform app"},
    Row{Refusal::kNoMatchingCode, 400, kOAuth, 400, 0, kNoWord, "Matching code was not found or was already used"},
    Row{Refusal::kFlatRedirectDiffers, 400, kOAuth, 400, 0, kNoWord,
        "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in "
        "the "
        "OAuth dialog request"},
};

// Stands behind the words of 100/33 on graph.facebook.com (5.2).
constexpr std::string_view kReadTheDocumentation =
    ". Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api";

const Row& row_of(Refusal refusal) {
    for (const Row& row : kRows) {
        if (row.refusal == refusal) return row;
    }
    std::abort(); // every enumerator has a row; a test asks for each
}

// Pacific daylight time: from the second Sunday of March to the first of November, at 02:00 local time.
bool is_daylight_time(Instant instant) {
    using namespace std::chrono;
    const year_month_day date(floor<days>(instant));
    const Instant begins = sys_days(date.year() / March / Sunday[2]) + hours(10);
    const Instant ends = sys_days(date.year() / November / Sunday[1]) + hours(9);
    return begins <= instant && instant < ends;
}

} // namespace

std::string fill_in(std::string_view text, std::initializer_list<std::string_view> arguments) {
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t index =
            text[i] == '%' && i + 1 < text.size() ? static_cast<std::size_t>(text[i + 1] - '1') : arguments.size();
        if (index < arguments.size()) {
            filled += arguments.begin()[index];
            ++i;
        } else {
            filled += text[i];
        }
    }
    return filled;
}

GraphError make_error(Refusal refusal, std::initializer_list<std::string_view> arguments) {
    const Row& row = row_of(refusal);
    GraphError error;
    error.status = row.status;
    error.type = row.type;
    error.code = row.code;
    error.subcode = row.subcode;
    error.message = fill_in(row.text, arguments);
    error.challenge_word = row.word;
    return error;
}

std::unexpected<GraphError> refuse(Refusal refusal, std::initializer_list<std::string_view> arguments) {
    return std::unexpected(make_error(refusal, arguments));
}

std::unexpected<GraphError> refuse_object(const Call& call, std::string_view id) {
    const std::string_view verb = call.method == "POST" ? "post" : call.method == "DELETE" ? "delete" : "get";
    GraphError error = make_error(Refusal::kNoSuchObject, {verb, id});
    if (call.host == Host::kGraphInstagram) {
        error.type = kInstagram;
    } else {
        error.message += kReadTheDocumentation;
    }
    return std::unexpected(std::move(error));
}

json::object to_envelope(const GraphError& error, std::string_view trace_id) {
    json::object inner;
    inner["message"] = error.message;
    inner["type"] = error.type;
    inner["code"] = error.code;
    if (error.subcode != 0) inner["error_subcode"] = error.subcode;
    const bool is_for_people = !error.user_title.empty() || !error.user_message.empty();
    if (error.is_transient || is_for_people) inner["is_transient"] = error.is_transient;
    if (!error.user_title.empty()) inner["error_user_title"] = error.user_title;
    if (!error.user_message.empty()) inner["error_user_msg"] = error.user_message;
    inner["fbtrace_id"] = trace_id;
    json::object envelope;
    envelope["error"] = std::move(inner);
    return envelope;
}

json::object to_flat_envelope(const GraphError& error) {
    json::object envelope;
    envelope["error_type"] = error.type;
    envelope["code"] = error.status;
    envelope["error_message"] = error.message;
    return envelope;
}

std::string to_pacific_text(Instant instant) {
    using namespace std::chrono;
    constexpr std::array kWeekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const bool is_daylight = is_daylight_time(instant);
    const Instant local = instant - hours(is_daylight ? 7 : 8);
    const auto day_start = floor<days>(local);
    const year_month_day date(day_start);
    const hh_mm_ss clock(floor<seconds>(local) - day_start);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u-%s-%02d %02d:%02d:%02d %s", kWeekdays[weekday(day_start).c_encoding()],
                  static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()) % 100, static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                  is_daylight ? "PDT" : "PST");
    return text;
}

} // namespace everlong::simulator
