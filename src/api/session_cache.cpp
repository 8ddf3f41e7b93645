#include <api/detail/session_cache.hpp>

#include <api/detail/key_cache.hpp>
#include <base/digest.hpp>

namespace everlong::api::detail {
namespace {

// A write a request would cost more than what it tells is worth.
constexpr Milliseconds kSeenEvery = Minutes(1);

} // namespace

std::string csrf_of(const Secret& cookie) {
    const Sha256 digest = hmac_sha256(cookie.reveal(), "everlong csrf");
    return to_hex(digest.data(), digest.size());
}

Task<void> SessionCache::load() {
    while (!is_loaded_) {
        const std::uint64_t writes = writes_;
        auto sessions = co_await store_.list_sessions();
        if (!sessions) co_return fail(sessions.error());
        if (writes != writes_) continue;
        sessions_.clear();
        for (ports::Session& session : *sessions) {
            std::string hash = session.hash;
            sessions_.emplace(std::move(hash), std::move(session));
        }
        is_loaded_ = true;
    }
    co_return Result<void>{};
}

bool SessionCache::is_alive(const ports::Session& session) const {
    const Instant now = clock_.now();
    return now < session.expires_at && now < session.seen_at + kSessionIdle;
}

Task<std::optional<Caller>> SessionCache::find(const Secret& cookie) {
    Caller caller;
    caller.kind = Caller::Kind::kSession;
    caller.scopes.add(Scope::kAdmin);
    caller.session_hash = stored_hash(cookie.reveal());
    caller.csrf = csrf_of(cookie);
    if (auto loaded = co_await load(); !loaded) co_return fail(loaded.error());
    const auto found = sessions_.find(caller.session_hash);
    if (found == sessions_.end() || !is_alive(found->second)) co_return std::optional<Caller>();
    const Instant now = clock_.now();
    if (now - found->second.seen_at >= kSeenEvery) {
        found->second.seen_at = now;
        // That it cannot be noted is no reason to refuse it.
        (void)co_await store_.note_session_seen(caller.session_hash, now);
    }
    co_return std::optional<Caller>(std::move(caller));
}

void SessionCache::forget() {
    ++writes_;
    is_loaded_ = false;
}

NewSession SessionCache::make(Secret cookie) const {
    const Instant now = clock_.now();
    NewSession session;
    session.kept = {stored_hash(cookie.reveal()), now, now, now + kSessionLife};
    session.cookie = std::move(cookie);
    return session;
}

} // namespace everlong::api::detail
