#pragma once
// Meta's refusals: one table of types, codes, subcodes and texts, and the envelopes in which they travel
// (graph-api.md, 5; clients.md, 18).

#include <base/time.hpp>
#include <simulator/wire/call.hpp>

#include <boost/json/object.hpp>

#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>

namespace everlong::simulator {

enum class Refusal {
    // Tokens (5.2, 5.3)
    kTokenMissing,
    kNoActiveToken,
    kCannotParse,
    kMalformed,
    kBadSignature,
    kExpired,
    kAppRemoved,
    kCheckpoint,
    kPasswordChanged,
    kUnconfirmed,
    kRevokedByCall,
    kLoggedOut,
    kBlockingCheckpoint,
    kRoleLost,
    kInactive,
    // Permissions and proofs (5.2, 6)
    kNoPermission,
    kRequiresPermission,
    kProofWrong,
    kProofRequired,
    // What was asked for (5.2)
    kNoSuchField,
    kFieldSyntax,
    kNoSuchObject,
    kUnsupportedRoot,
    kUnknownPath,
    kUnknownAlias,
    kUsernameQuery,
    kBadCursor,
    kMissingParameter,
    kBadParameter,
    kBadBatch,
    // Limits (7)
    kAppLimit,
    kUserLimit,
    kPageByUserLimit,
    kPageLimit,
    kInstagramLimit,
    kInvalidUser,
    // Subscriptions (9.3)
    kAppTokenNeeded,
    kPageTokenNeeded,
    kCallbackFailed,
    // Exchange, refresh, inspection (2.2, 2.7, 3.3, 3.4, 4)
    kMissingClientId,
    kBadApp,
    kMissingSecret,
    kBadSecret,
    kMissingRedirect,
    kMissingCode,
    kBadCode,
    kCodeUsed,
    kCodeExpired,
    kRedirectDiffers,
    kBadVerifier,
    kForeignToken,
    kNotExchangeable,
    kForeignInput,
    kNotDeveloper,
    kServiceUnavailable,
    kInstagramUnsupported,
    kTooYoung,
    // api.instagram.com, flat (3.2)
    kBadPlatformApp,
    kNoMatchingCode,
    kFlatRedirectDiffers,
};

struct GraphError {
    int status = 400;
    std::string type;
    int code = 0;
    int subcode = 0; // 0: left out
    std::string message;
    std::string challenge_word; // WWW-Authenticate's error word; empty: no such header
    bool is_transient = false;  // shown where true, and always beside a text for people
    std::string user_title;     // error_user_title and error_user_msg; left out where empty
    std::string user_message;
};

template <class T>
using Outcome = std::expected<T, GraphError>;

// The row of the table with "%1", "%2", … filled in. On graph.instagram.com some rows have another type and text.
std::unexpected<GraphError> refuse(Refusal refusal, std::initializer_list<std::string_view> arguments = {});
GraphError make_error(Refusal refusal, std::initializer_list<std::string_view> arguments = {});

// "%1", "%2", … of `text` replaced by the arguments.
std::string fill_in(std::string_view text, std::initializer_list<std::string_view> arguments);

// 100/33 in the words of the host (5.2; on graph.instagram.com the type is IGApiException, 5.1).
std::unexpected<GraphError> refuse_object(const Call& call, std::string_view id);

// {"error":{...}} with the members in Meta's order.
boost::json::object to_envelope(const GraphError& error, std::string_view trace_id);
// api.instagram.com's flat form (3.2).
boost::json::object to_flat_envelope(const GraphError& error);

// "Thursday, 28-May-26 10:40:00 PDT": how Meta writes the instants of an expired session, in Pacific time.
std::string to_pacific_text(Instant instant);

} // namespace everlong::simulator
