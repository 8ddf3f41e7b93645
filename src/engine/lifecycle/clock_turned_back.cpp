#include <engine/lifecycle/clock_turned_back.hpp>

#include <core/limits.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

constexpr const char* kActor = "engine";

// No look is ever planned further ahead than a day.
bool is_ahead(const core::Lifecycle& lifecycle, Instant now) {
    return (lifecycle.next_attempt_at && *lifecycle.next_attempt_at > now + core::kLookEvery) ||
           (lifecycle.last_refresh_at && *lifecycle.last_refresh_at > now) ||
           (lifecycle.suspicion && lifecycle.suspicion->at > now);
}

core::Lifecycle brought_back(core::Lifecycle lifecycle, Instant now) {
    if (lifecycle.next_attempt_at) lifecycle.next_attempt_at = now;
    if (lifecycle.last_refresh_at && *lifecycle.last_refresh_at > now) lifecycle.last_refresh_at.reset();
    if (lifecycle.suspicion) lifecycle.suspicion->at = std::min(lifecycle.suspicion->at, now);
    return lifecycle;
}

// When it was really issued is not known: it is taken for old, so that it is renewed at once, and for no longer lived
// than one that is issued now.
core::TokenFacts brought_back(core::TokenFacts facts, Instant now) {
    if (facts.issued_at <= now) return facts;
    const Milliseconds ahead = facts.issued_at - now;
    if (facts.expires_at.is_dated()) facts.expires_at = core::Expiry::at(facts.expires_at.instant() - ahead);
    facts.issued_at = now - core::kRenewalAge - core::kRenewalSpread;
    return facts;
}

Task<void> mend(World& world, std::string name) {
    const auto guard = co_await world.locks.acquire(name);
    auto channel = co_await find_channel(world, name);
    if (!channel && channel.error().code() == Code::kChannelUnknown) co_return Result<void>{};
    if (!channel) co_return fail(channel.error());
    const Instant now = world.clock.now();
    if (!is_ahead(channel->lifecycle, now)) co_return Result<void>{};
    core::Lifecycle lifecycle = brought_back(channel->lifecycle, now);
    auto event = audit(world, kActor, "clock-turned-back", name);
    auto current = co_await world.store.load_current(channel->id);
    if (!current) {
        co_return co_await world.store.save_lifecycle(channel->id, channel->revision, std::move(lifecycle),
                                                      std::move(event));
    }
    co_return co_await world.store.update_facts(channel->id, channel->revision, current->version.version,
                                                brought_back(current->version.facts, now), std::move(lifecycle),
                                                std::move(event));
}

} // namespace

Task<void> mend_times_ahead(World& world) {
    std::string after;
    for (;;) {
        auto channels = co_await world.store.list_channels(after, core::kDueBatch);
        if (!channels) co_return fail(channels.error());
        for (const ports::Channel& channel : *channels) {
            if (!is_ahead(channel.lifecycle, world.clock.now())) continue;
            if (auto mended = co_await mend(world, channel.name); !mended) co_return fail(mended.error());
        }
        if (channels->size() < static_cast<std::size_t>(core::kDueBatch)) co_return Result<void>{};
        after = channels->back().name;
    }
}

} // namespace everlong::engine
