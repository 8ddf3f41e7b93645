#pragma once
// The API keys that open something, in memory: a request asks no disk. This process is the only writer of the store
// (contract, section 2), so what it holds stays true as long as every writer calls forget() when its write is durable.

#include <api/detail/caller.hpp>
#include <ports/access_store.hpp>
#include <ports/clock.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace everlong::api::detail {

class KeyCache {
public:
    KeyCache(ports::AccessStore& store, ports::Monotonic& monotonic) : store_(store), monotonic_(monotonic) {}

    // The caller that this key's text stands for; nothing for one that is unknown or revoked. Notes the use. Errors: those
    // of the store, where the keys have to be read first.
    Task<std::optional<Caller>> find(std::string_view text, Instant now);
    // The next find() reads the store anew. After a key was made or revoked, a channel renamed or removed.
    void forget();

private:
    Task<void> load();
    Async<void> note_use(ports::ApiKeyId id, Instant now);

    ports::AccessStore& store_;
    ports::Monotonic& monotonic_;
    bool is_loaded_ = false;
    std::uint64_t writes_ = 0;                        // tells a reading that was overtaken by a write
    std::unordered_map<std::string, Caller> callers_; // by the key's hash
    std::map<ports::ApiKeyId, MonotonicInstant> noted_;
};

// How a key begins: people and secret scanners know it again by that.
inline constexpr std::string_view kApiKeyPrefix = "evl_";

// Under which the store knows the secret of an API key or a session: SHA-256, raw. A slow hash would add nothing to 256
// bits of chance.
std::string stored_hash(std::string_view secret);

} // namespace everlong::api::detail
