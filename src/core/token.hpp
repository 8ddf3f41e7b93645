#pragma once
// What is known of a token and its account, whoever told it. The words are Meta's (facts/graph-api.md, 2.6, 3, 4).

#include <base/secret.hpp>
#include <base/strong.hpp>
#include <base/time.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

// Facebook: Instagram API with Facebook Login (graph.facebook.com). Instagram: with Instagram Login
// (graph.instagram.com).
enum class LoginPath { kFacebook, kInstagram };
enum class TokenKind { kUser, kPage, kSystemUser, kApp, kInstagramUser, kUnknown };
enum class Lifetime { kShort, kLong, kNever, kUnknown };

std::string_view to_text(LoginPath login);   // "facebook", "instagram"
std::string_view to_text(TokenKind kind);    // "user", "page", "system-user", "app", "instagram-user", "unknown"
std::string_view to_text(Lifetime lifetime); // "short", "long", "never", "unknown"
// The login that a token's first letters hint at: EAA and app tokens are Facebook's, IGAA and IGQ Instagram's. Only a
// hint (facts 11.2): it says whom to ask first, and refuses nothing.
LoginPath likelier_login(const Secret& token);
std::optional<LoginPath> parse_login_path(std::string_view text);
std::optional<TokenKind> parse_token_kind(std::string_view text);
std::optional<Lifetime> parse_lifetime(std::string_view text);

// When something ends, if it ends. "Unknown" and "never" are different things (facts/graph-api.md, 11.3).
class Expiry {
public:
    static Expiry unknown() { return Expiry(State::kUnknown, {}); }
    static Expiry never() { return Expiry(State::kNever, {}); }
    static Expiry at(Instant instant) { return Expiry(State::kAt, instant); }

    bool is_unknown() const { return state_ == State::kUnknown; }
    bool is_never() const { return state_ == State::kNever; }
    bool is_dated() const { return state_ == State::kAt; }
    // Only for a dated one.
    Instant instant() const { return instant_; }
    bool is_past(Instant now) const { return is_dated() && instant_ <= now; }
    bool operator==(const Expiry&) const = default;

private:
    enum class State { kUnknown, kNever, kAt };
    Expiry(State state, Instant instant) : state_(state), instant_(instant) {}
    State state_;
    Instant instant_;
};

// Everything known of one token but the token itself.
struct TokenFacts {
    TokenKind kind = TokenKind::kUnknown;
    Lifetime lifetime = Lifetime::kUnknown;
    Fingerprint fingerprint;
    // The start of its life, as far as known: when Meta issued or last extended it, else when we first saw it.
    Instant issued_at{};
    Expiry expires_at = Expiry::unknown();
    Expiry data_access_expires_at = Expiry::unknown();
    bool are_scopes_known = false;   // Instagram login: only the exchange tells
    std::vector<std::string> scopes; // granted ones
};

// An Instagram professional account as a token sees it.
struct Account {
    IgUserId ig_user_id;
    std::string username;
    std::string account_type; // Meta's word in upper case (BUSINESS, MEDIA_CREATOR, ...), empty where not told
    std::string page_id;      // Facebook login: the Page it is linked to
    std::string page_name;
};

// The permissions without which Everlong's work is not possible, by login (contract, section 4, `permissions`).
const std::vector<std::string>& required_scopes(LoginPath login);
// Required ones that are not in `scopes`; empty where scopes are not known.
std::vector<std::string> missing_scopes(LoginPath login, const TokenFacts& facts);

} // namespace everlong::core
