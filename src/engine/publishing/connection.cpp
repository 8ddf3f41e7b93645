#include <engine/publishing/connection.hpp>

namespace everlong::engine {

Task<Connection> connect_channel(PublishWorld& world, ChannelId id) {
    auto channel = co_await world.world.store.load_channel(id);
    if (!channel) co_return fail(channel.error());
    if (channel->current_version == 0) co_return fail(Code::kUnconnected, Fault::kNeedsConsent, channel->name);
    const core::Lifecycle& lifecycle = channel->lifecycle;
    if (lifecycle.restored_at) {
        co_return fail(Code::kStoreRestored, Fault::kNeedsConsent, "the token has not been checked since");
    }
    if (lifecycle.verdict) co_return fail(lifecycle.verdict->code, Fault::kNeedsConsent, lifecycle.verdict->detail);
    if (lifecycle.suspicion) {
        co_return fail(lifecycle.suspicion->code, Fault::kNeedsConsent, "Meta refused the token; it is being checked");
    }
    auto current = co_await world.world.store.load_current(id);
    if (!current) co_return fail(current.error());
    const core::Expiry& end = current->version.facts.expires_at;
    if (end.is_past(world.world.clock.now())) {
        co_return fail(Code::kTokenExpired, Fault::kNeedsConsent, "it ended at " + to_rfc3339(end.instant()));
    }
    co_return Connection{std::move(*channel), std::move(*current)};
}

Async<void> wake_channel_look(PublishWorld& world, std::string channel_name) {
    const auto guard = co_await world.world.locks.acquire(channel_name);
    auto channel = co_await world.world.store.find_channel(channel_name);
    if (!channel || !*channel) co_return;
    core::Lifecycle lifecycle = (*channel)->lifecycle;
    const Instant now = world.world.clock.now();
    // It is being looked into already.
    if (lifecycle.verdict || lifecycle.suspicion || (lifecycle.next_attempt_at && *lifecycle.next_attempt_at <= now)) {
        co_return;
    }
    lifecycle.next_attempt_at = now;
    auto saved = co_await world.world.store.save_lifecycle(
        (*channel)->id, (*channel)->revision, lifecycle,
        audit(world.world, "engine", "channel-look-asked", channel_name, "a publishing call was refused"));
    // Whoever has changed it meanwhile has looked at it; and a look a day comes anyway.
    if (saved) world.wake_channels();
}

} // namespace everlong::engine
