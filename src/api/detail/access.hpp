#pragma once
// Who may come in: what stands before every handler, and what the handlers of keys, sessions and the password share.

#include <api/api.hpp>
#include <api/detail/address_rules.hpp>
#include <api/detail/caller.hpp>
#include <api/detail/key_cache.hpp>
#include <api/detail/password_gate.hpp>
#include <api/detail/reveals.hpp>
#include <api/detail/session_cache.hpp>
#include <async/keyed_lock.hpp>

namespace everlong::api::detail {

class Access {
public:
    explicit Access(const AccessParts& parts);

    // --- before every handler ---
    // Before all else. Errors: kHttpHost (kUsage), kHttpOrigin (kRefused).
    Result<void> check_address(const http::Request& request) const;
    // Who sends this. An API key is taken out of the request, so that no handler can show it. kNobody is no error, and
    // says in Caller::note what was wrong with what was shown. Errors: those of the store.
    Task<Caller> identify(http::Request& request, Instant now);
    // A browser sends its cookie whoever makes it: what changes something has to come from our own page, and prove it by
    // the session's CSRF text. Callers of other kinds have nothing that goes along by itself. Error kHttpOrigin (kRefused).
    Result<void> check_page(const http::Request& request, const Caller& caller) const;

    // --- the password; with the turn only, so that tries are counted one after the other ---
    // Held as long as a password is looked at or changed.
    class Turn;
    // Error kTooManyTries (kRateLimited): too many wait already; whoever sits at this machine always gets a turn.
    Task<std::unique_ptr<Turn>> take_turn(bool is_local);
    // Errors: kTooManyTries (kRateLimited), kPasswordWrong (kUsage).
    Task<void> check_password(Secret given);
    // For Retry-After.
    Seconds retry_after() const;
    Task<bool> has_password();
    // Also ends the set-up link and every session but the one kept. Error kPasswordRule (kUsage).
    Task<void> save_password(Secret password, std::string kept_session, std::optional<ports::Session> begun,
                             ports::AuditEvent event);

    // --- the set-up link ---
    // Makes its secret anew; nothing where a password is set.
    Task<std::optional<Secret>> begin_setup();
    bool is_setup_secret(const Secret& given) const;

    ports::AccessStore& store() { return parts_.store; }
    ports::Random& random() { return parts_.random; }
    KeyCache& keys() { return keys_; }
    Reveals& reveals() { return reveals_; }
    SessionCache& sessions() { return sessions_; }
    const std::string& public_url() const { return parts_.public_url; }

private:
    Task<std::optional<Caller>> find_session(const http::Request& request);

    AccessParts parts_;
    AddressRules rules_;
    KeyCache keys_;
    Reveals reveals_;
    SessionCache sessions_;
    PasswordGate gate_;
    KeyedLock turns_;
    int waiting_ = 0;
    Secret setup_secret_; // empty: there is no set-up link
};

class Access::Turn {
public:
    explicit Turn(int& waiting) : waiting_(++waiting) {}
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { --waiting_; }

private:
    friend class Access;
    int& waiting_;
    std::optional<KeyedLock::Guard> guard_;
};

} // namespace everlong::api::detail
