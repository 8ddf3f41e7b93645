#pragma once
// What comes back from Meta's login dialog: the query of a redirect, or the whole address that a person pasted. Pure; says
// what it is, not whether it belongs to anything.

#include <base/result.hpp>
#include <base/secret.hpp>
#include <core/graph_errors.hpp>
#include <core/token.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace everlong::core {

struct LoginCallback {
    Secret state;                 // as sent, at most kStateBytes
    Secret code;                  // empty where the dialog ended in an error
    std::string issuer;           // RFC 9207; empty: not sent
    std::optional<Error> refusal; // what the dialog says in place of a code
};

// A state of ours is 43 characters of base64url (256 bits).
constexpr std::size_t kStateBytes = 43;
// Codes that were seen have some 300 characters.
constexpr std::size_t kCodeBytes = 2048;
// A pasted address may carry other things; a browser's bar holds no more than this.
constexpr std::size_t kPastedBytes = 16 * 1024;

// Errors, before anything is done with it: kLoginCallback (kUsage) where state, code or error come twice, are overlong, or
// hold control characters, or there is neither code nor error, or both. kLoginState (kRefused) without a state of ours.
Result<LoginCallback> read_callback(LoginPath login, std::string_view query);

// The same from the address in a browser's bar, whole or from '?' on; blanks around it, quotes, and the tails `#_` and
// `#_=_` are tolerated.
Result<LoginCallback> read_pasted_callback(LoginPath login, std::string_view address);

} // namespace everlong::core
