#pragma once
// Who asks, and what that caller may do.

#include <ports/access_store.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everlong::api::detail {

// What a route asks of its caller. All but the first stand in API keys by the contract's words.
enum class Scope : std::uint8_t {
    kOpen, // anybody who calls us by our name
    kTokenRead,
    kChannelsRead,
    kChannelsWrite,
    kPostsRead,
    kPostsWrite,
    kProxy,
    kAdmin, // implies all others
};

std::string_view to_text(Scope scope); // "open", "token:read", ...
// Of the words that a key may carry; nothing for any other.
std::optional<Scope> find_scope(std::string_view word);
// All that a key may carry, for people: "token:read, channels:read, ...".
std::string scope_words();

class ScopeSet {
public:
    void add(Scope scope) { bits_ |= bit(scope); }
    bool allows(Scope scope) const { return scope == Scope::kOpen || (bits_ & (bit(scope) | bit(Scope::kAdmin))) != 0; }

private:
    static constexpr std::uint8_t bit(Scope scope) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(scope));
    }
    std::uint8_t bits_ = 0;
};

struct Caller {
    enum class Kind {
        kNobody,
        kLocal,   // the Unix socket, or this process itself: admin
        kSession, // a signed-in browser: admin
        kKey,     // an API key with its scopes
    };

    Kind kind = Kind::kNobody;
    ScopeSet scopes;
    // Of a key for one channel only; every other channel is as if it were not there. Empty: all channels.
    std::string channel_name;
    ports::ApiKeyId key;
    // Of a session: the hash under which it is stored, and what its unsafe requests have to repeat.
    std::string session_hash;
    std::string csrf;
    // Of nobody: why what was shown did not help, for the refusal. Empty where nothing was shown.
    std::string note;

    bool may(Scope scope) const { return scopes.allows(scope); }
    bool may_see(std::string_view channel) const { return channel_name.empty() || channel_name == channel; }
    // For the audit trail: "cli", "page", "key 7", "nobody".
    std::string actor() const;
};

} // namespace everlong::api::detail
