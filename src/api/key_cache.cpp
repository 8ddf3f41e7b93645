#include <api/detail/key_cache.hpp>

#include <base/digest.hpp>

namespace everlong::api::detail {
namespace {

// A write a request would cost more than what it tells is worth.
constexpr Milliseconds kNotedEvery = Minutes(1);

Caller caller_of(const ports::ApiKey& key) {
    Caller caller;
    caller.kind = Caller::Kind::kKey;
    caller.key = key.id;
    caller.channel_name = key.channel_name;
    for (const std::string& word : key.scopes) {
        if (const auto scope = find_scope(word)) caller.scopes.add(*scope);
    }
    return caller;
}

} // namespace

std::string stored_hash(std::string_view secret) {
    const Sha256 digest = sha256(secret);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Task<void> KeyCache::load() {
    while (!is_loaded_) {
        const std::uint64_t writes = writes_;
        auto keys = co_await store_.list_api_keys();
        if (!keys) co_return fail(keys.error());
        if (writes != writes_) continue;
        callers_.clear();
        for (const ports::ApiKey& key : *keys) {
            if (!key.revoked_at) callers_.emplace(key.hash, caller_of(key));
        }
        is_loaded_ = true;
    }
    co_return Result<void>{};
}

Task<std::optional<Caller>> KeyCache::find(std::string_view text, Instant now) {
    // Here and not after the reading: `text` is the request's.
    const std::string hash = stored_hash(text);
    if (auto loaded = co_await load(); !loaded) co_return fail(loaded.error());
    const auto found = callers_.find(hash);
    if (found == callers_.end()) co_return std::optional<Caller>();
    Caller caller = found->second;
    co_await note_use(caller.key, now);
    co_return std::optional<Caller>(std::move(caller));
}

// A use that cannot be noted is no reason to refuse it.
Async<void> KeyCache::note_use(ports::ApiKeyId id, Instant now) {
    const MonotonicInstant at = monotonic_.now();
    const auto [noted, is_first] = noted_.try_emplace(id, at);
    if (!is_first && at - noted->second < kNotedEvery) co_return;
    noted->second = at;
    (void)co_await store_.note_api_key_use(id, now);
}

void KeyCache::forget() {
    ++writes_;
    is_loaded_ = false;
}

} // namespace everlong::api::detail
