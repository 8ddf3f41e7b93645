#pragma once
// By which names we may be called, and whose pages may make us do something. Pure: what stands in the request decides.

#include <http/message.hpp>

#include <string>
#include <string_view>

namespace everlong::api::detail {

class AddressRules {
public:
    // `public_url`: scheme, host and, where it is not the scheme's own, port, in lower case; empty: there is none.
    explicit AddressRules(std::string public_url);

    // Whoever comes by the network calls us by a name of this machine, or by the public one. A page of another site that
    // has its name point at 127.0.0.1 (DNS rebinding) still sends that name. Error kHttpHost (kUsage).
    Result<void> check_host(const http::Request& request) const;

    // With a method that changes something, an Origin that is not our own is refused, whoever sends it. Error kHttpOrigin
    // (kRefused).
    Result<void> check_origin(const http::Request& request) const;

    // May the cookies of this request count? A browser says for whom it asks: another site, or another port of this
    // machine, which cookies do not tell apart, is not us. Older browsers say nothing.
    bool is_from_own_page(const http::Request& request) const;

    // For a method that changes something silence is not enough. Error kHttpOrigin (kRefused).
    Result<void> require_own_page(const http::Request& request) const;

private:
    bool is_own(std::string_view origin, std::string_view host) const;

    std::string public_origin_;
    std::string public_host_;
};

// All but GET, HEAD and OPTIONS (RFC 9110, 9.2.1).
bool changes_something(std::string_view method);

} // namespace everlong::api::detail
