#pragma once
// The bytes of a response's head, and the responses that the server gives of its own.

#include <http/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace everlong::http {

struct HeadOptions {
    bool keeps_alive = true;
    bool is_http_1_0 = false;   // such a client is told that its connection is kept
    std::optional<Instant> now; // for Date, where the response has none
};

// Status line and fields up to the empty line. Framing is the server's: fields named Content-Length, Transfer-Encoding
// and Connection are left out of what the handler gave. Nothing where the response cannot stand in HTTP: a status
// outside 200 to 599, a name that is no token, a line break or another control character in a value.
std::optional<std::string> format_head(const Response& response, const HeadOptions& options);

// A chunk of a body that is sent as a stream; an empty piece ends it (RFC 9112, 7.1).
std::string format_chunk(std::string_view piece);

// May a response of this status have a body at all? (RFC 9110, 6.4.1)
bool may_have_body(int status);

// {"title":...,"status":...} as application/problem+json (RFC 9457); closes its connection.
Response plain_response(int status);

} // namespace everlong::http
