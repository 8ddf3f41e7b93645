#pragma once
// The address of Meta's login dialog, and the addresses of ours that it leads back to. Pure.

#include <base/result.hpp>
#include <base/secret.hpp>
#include <core/query_text.hpp>
#include <core/token.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

// What the dialog shows again that was settled before (facts 2.1).
enum class AskAgain {
    kNothing,
    kDeclined,   // auth_type=rerequest: permissions that were declined once
    kDataAccess, // auth_type=reauthorize: the 90 days of data access
};

struct DialogQuestion {
    LoginPath login = LoginPath::kFacebook;
    std::string meta_base;     // EVERLONG_META; empty: the real hosts
    std::string graph_version; // "v25.0"
    std::string app_id;
    std::string redirect_uri;
    std::vector<std::string> scopes;
    AskAgain again = AskAgain::kNothing;
    Secret state;
    Secret verifier; // of PKCE; empty: none
    QueryParameters extra{};
};

// Holds the state, which binds the answer to whoever asked: shown to that person only.
Secret dialog_address(const DialogQuestion& question);

// S256 (RFC 7636, 4.2).
std::string code_challenge(const Secret& verifier);

// Where this process can be reached by a browser.
struct OwnAddresses {
    std::string public_url; // EVERLONG_PUBLIC_URL without a '/' at its end; empty: none
    std::uint16_t port = 8000;
    bool is_rehearsal = false; // Meta is a simulator on this machine
};

// "https://host/oauth/facebook/callback". Without a public address: localhost, which both logins accept only as said in
// dialog_facts().
std::string own_redirect_uri(const OwnAddresses& own, LoginPath login);
// `path` below the public address, or below localhost.
std::string own_address(const OwnAddresses& own, std::string_view path);
// Can a browser that is sent to this address reach this process? Not, where it is https on localhost: that one is only
// for copying.
bool is_reachable_redirect(const OwnAddresses& own, std::string_view redirect_uri);

// Is this an address that Meta can take and that a person can come back to? Error kRedirectUri (kUsage).
Result<void> check_redirect_uri(LoginPath login, std::string_view uri, bool is_rehearsal);

} // namespace everlong::core
