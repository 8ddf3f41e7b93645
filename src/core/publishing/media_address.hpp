#pragma once
// Addresses that callers name as media, judged by their text alone: what they lead to is seen when they are asked
// (ports::MediaHost::probe), and whom a connection reaches, when it is made (http::OutgoingRequest).

#include <base/result.hpp>

#include <string>
#include <string_view>

namespace everlong::core {

struct MediaAddress {
    std::string origin; // "https://cdn.example.org:8443"
    std::string host;   // in lower case; IPv6 in brackets
    std::string path;   // "/" at least
    std::string query;  // behind '?'
    bool is_https = false;
};

// Meta's longest address is not known; no honest one of a picture is longer.
inline constexpr std::size_t kMostAddressBytes = 2048;

// http or https, without a user or password, of signs that stand in addresses. kMediaAddress (kRefused) with what is wrong.
Result<MediaAddress> parse_media_address(std::string_view text);

// Is it a name or number of this machine or of a network that Meta cannot reach? Names that only resolve to one are not
// known here.
bool is_private_host(std::string_view host);

// Is it this machine by its text: localhost and names below it, 127.0.0.0/8, [::1]?
bool is_loopback_host(std::string_view host);

// parse_media_address(), and besides no private host, but for this machine in a rehearsal, where a simulator here fetches.
Result<MediaAddress> check_media_address(std::string_view text, bool is_rehearsal);

} // namespace everlong::core
