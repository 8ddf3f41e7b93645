#pragma once
// The sessions of the Settings page, in memory as the API keys are (key_cache.hpp). They live by the machine's clock: the
// simulator's leaps end none.

#include <api/detail/caller.hpp>
#include <ports/access_store.hpp>
#include <ports/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace everlong::api::detail {

// Whoever finds an open browser has at most so long.
inline constexpr Days kSessionIdle{7};
inline constexpr Days kSessionLife{30};
// One administrator, a few browsers each on a few machines; a script that signs in a million times keeps no more.
inline constexpr int kSessionLimit = 20;

// A session that begins: what the store keeps, and what the browser gets.
struct NewSession {
    ports::Session kept;
    Secret cookie;
};

class SessionCache {
public:
    SessionCache(ports::AccessStore& store, ports::Clock& machine_clock) : store_(store), clock_(machine_clock) {}

    // The caller that the cookie's value stands for; nothing for one that is unknown or has ended. Notes that it was seen.
    // Errors: those of the store, where the sessions have to be read first.
    Task<std::optional<Caller>> find(const Secret& cookie);
    // The next find() reads the store anew. After a session was begun or ended.
    void forget();

    NewSession make(Secret cookie) const;

private:
    Task<void> load();
    bool is_alive(const ports::Session& session) const;

    ports::AccessStore& store_;
    ports::Clock& clock_;
    bool is_loaded_ = false;
    std::uint64_t writes_ = 0;                                 // tells a reading that was overtaken by a write
    std::unordered_map<std::string, ports::Session> sessions_; // by hash
};

// What a session's unsafe requests repeat in X-Everlong-CSRF: made from the cookie, so that nothing more has to be kept,
// and tells nothing about it.
std::string csrf_of(const Secret& cookie);

} // namespace everlong::api::detail
