#pragma once
// One call to one of Meta's hosts, taken apart: host, version, path, parameters, token. What clients really send is
// wider than the documentation (clients.md, 1 to 9), so everything is looked for everywhere.

#include <base/time.hpp>
#include <http/message.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::simulator {

// graph-api.md, 1.1.
enum class Host { kGraphFacebook, kGraphInstagram, kApiInstagram, kWwwFacebook, kWwwInstagram, kRuploadFacebook };

std::string_view host_name(Host host);

// The last one of a name wins, and the body over the query.
using ParameterMap = std::map<std::string, std::string, std::less<>>;

struct Call {
    Host host = Host::kGraphFacebook;
    bool is_path_form = false; // the host stood in the path, not in the Host header
    std::string method;        // after `method=delete` (clients.md, 4)
    std::optional<std::string> asked_version;
    std::string version;               // the one that answers; empty for a version that does not exist
    std::vector<std::string> segments; // decoded, without host, version and empty ones
    ParameterMap parameters;
    http::Parameters form; // the body's fields in order: a form may repeat a name
    std::string token;     // empty where none came
    http::Headers headers;
    Instant now{};
    std::uint16_t port = 0; // for absolute addresses of the path form

    // Null where it was not sent or is empty.
    const std::string* find(std::string_view name) const;
    std::string value(std::string_view name) const;
    // "/me/accounts", without host and version; segments that look like tokens are blotted out.
    std::string public_path() const;
    // An address below this host in the form that was asked (contract, section 5).
    std::string absolute(std::string_view path_and_query) const;
};

// Nothing where neither the Host header nor the first path segment names one of Meta's hosts.
std::optional<Call> parse_call(const http::Request& request, Instant now, std::uint16_t port);

// The non-empty segments of a path, decoded.
std::vector<std::string> split_path(std::string_view raw_path);

// Base64 of either alphabet, with or without padding. Nothing for anything else.
std::optional<std::string> decode_base64(std::string_view text);
std::string encode_base64(std::string_view bytes);

} // namespace everlong::simulator
