#pragma once
// Who may come in by the network: API keys, the administrator's password, the sessions of the Settings page. Only hashes
// are stored: what is copied from the store opens nothing. Transactions and errors are those of ports/store.hpp. Times of
// sessions are the machine's, never the simulator's (contract: "Two clocks").

#include <ports/store.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::ports {

using ApiKeyId = StrongNumber<struct ApiKeyIdTag>;

struct NewApiKey {
    std::string hash; // SHA-256 of the key, 32 raw bytes
    std::string name;
    std::vector<std::string> scopes; // the contract's words
    std::string channel_name;        // empty: every channel
};

struct ApiKey {
    ApiKeyId id;
    std::string hash;
    std::string name;
    std::vector<std::string> scopes;
    std::string channel_name; // follows the channel when it is renamed
    Instant created_at{};
    std::optional<Instant> last_used_at;
    std::optional<Instant> revoked_at; // also when the key's one channel was removed
};

struct Session {
    std::string hash; // SHA-256 of the cookie's value, 32 raw bytes
    Instant created_at{};
    Instant seen_at{};
    Instant expires_at{}; // whatever happens
};

class AccessStore {
public:
    virtual ~AccessStore() = default;

    // --- API keys ---
    // Made at event.at. kChannelUnknown (kUsage): it is for a channel that is not there.
    virtual Task<ApiKey> create_api_key(NewApiKey key, AuditEvent event) = 0;
    // Oldest first, revoked ones too.
    virtual Task<std::vector<ApiKey>> list_api_keys() = 0;
    // At event.at; a revoked one stays as it is. kApiKeyUnknown (kUsage).
    virtual Task<ApiKey> revoke_api_key(ApiKeyId id, AuditEvent event) = 0;
    virtual Task<void> note_api_key_use(ApiKeyId id, Instant at) = 0;

    // --- the administrator's password, as Passwords::hash gives it ---
    virtual Task<std::optional<std::string>> load_password() = 0;
    // Also ends every session but the one with the hash `kept_session` (empty: every one), and makes `begun` if given.
    virtual Task<void> save_password(std::string password, std::string kept_session, std::optional<Session> begun,
                                     AuditEvent event) = 0;

    // --- sessions ---
    // At most `limit` are kept: those seen longest ago end.
    virtual Task<void> begin_session(Session session, int limit, AuditEvent event) = 0;
    virtual Task<std::vector<Session>> list_sessions() = 0;
    virtual Task<void> note_session_seen(std::string hash, Instant at) = 0;
    // Nothing happens where it has ended already.
    virtual Task<void> end_session(std::string hash, AuditEvent event) = 0;
};

} // namespace everlong::ports
