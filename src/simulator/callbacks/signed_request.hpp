#pragma once
// signed_request: how Meta tells an app's server about a person, by a form field that only it can have signed
// (graph-api.md, 9.1; clients.md, 34).

#include <base/time.hpp>

#include <string>
#include <string_view>

namespace everlong::simulator {

// base64url(HMAC-SHA256 over the second part).base64url({"algorithm","issued_at","user_id"}), without padding.
std::string make_signed_request(std::string_view secret, std::string_view user_id, Instant issued_at);

} // namespace everlong::simulator
