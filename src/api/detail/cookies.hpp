#pragma once
// Cookies. All are `__Host-` and Secure, also on plain http to this machine, where browsers keep them
// (docs/decisions/0004-sessions.md).

#include <base/secret.hpp>
#include <base/time.hpp>
#include <http/message.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace everlong::api::detail {

inline constexpr std::string_view kSessionCookie = "__Host-everlong";

// Every value that the request holds under this name, as sent. More than one is a guest's doing: whoever reads them
// looks for a good one among the first few.
std::vector<std::string_view> cookie_values(const http::Request& request, std::string_view name);

// Set-Cookie for our own pages only (SameSite=Strict), out of reach of scripts. A life of zero removes it.
std::string strict_cookie(std::string_view name, std::string_view value, Seconds life);

} // namespace everlong::api::detail
