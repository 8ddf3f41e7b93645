#include <engine/lifecycle/watch.hpp>

#include <core/renewal_policy.hpp>
#include <engine/lifecycle/identify.hpp>
#include <engine/lifecycle/refresh.hpp>
#include <engine/lifecycle/verify.hpp>

namespace everlong::engine {
namespace {

constexpr const char* kActor = "engine";

// Asks Meta whether the token lives; what it tells of a living one.
Task<core::TokenFacts> ask_about(World& world, const ports::Channel& channel, const ports::OpenedToken& current) {
    if (channel.login == core::LoginPath::kInstagram) {
        auto me = co_await world.graph.me(channel.login, current.token);
        if (!me) co_return fail(me.error());
        co_return current.version.facts;
    }
    auto inspection = co_await world.graph.inspect(current.token);
    if (!inspection) co_return fail(inspection.error());
    if (!inspection->is_valid) {
        co_return fail(inspection->problem.value_or(Error(Code::kTokenRejected, Fault::kNeedsConsent)));
    }
    co_return facts_of(*inspection, current.version.facts.fingerprint, current.version.facts.issued_at);
}

Task<void> check(World& world, const ports::Channel& channel, const ports::OpenedToken& current) {
    auto facts = co_await ask_about(world, channel, current);
    const Instant now = world.clock.now();
    if (!facts) {
        const Instant next = core::retry_at(now, channel.lifecycle.failed_attempts + 1);
        auto recorded = co_await record_failure(world, channel, facts.error(), next, Seen::kByInspection, kActor);
        if (!recorded) co_return fail(recorded.error());
        co_return fail(facts.error().in("look"));
    }
    core::Lifecycle lifecycle = channel.lifecycle;
    lifecycle.failed_attempts = 0;
    lifecycle.last_problem.reset();
    lifecycle.suspicion.reset();
    lifecycle.restored_at.reset();
    lifecycle.next_attempt_at = core::next_look_at(channel.name, channel.login, *facts, lifecycle, now);
    auto updated = co_await world.store.update_facts(channel.id, channel.revision, current.version.version, *facts,
                                                     lifecycle, audit(world, kActor, "token-looked-at", channel.name));
    if (!updated) co_return fail(updated.error());
    co_return co_await mend_deliveries(world, channel, kActor);
}

// Nothing can be done for this token without a person: no more calls with it.
Task<void> rest(World& world, const ports::Channel& channel) {
    if (!channel.lifecycle.next_attempt_at) co_return Result<void>{};
    core::Lifecycle lifecycle = channel.lifecycle;
    lifecycle.next_attempt_at.reset();
    co_return co_await world.store.save_lifecycle(channel.id, channel.revision, lifecycle,
                                                  audit(world, kActor, "channel-rests", channel.name));
}

// What could not be checked or opened is tried again with back-off, like any other failure, so that one channel's
// trouble does not keep the loop from the others.
Task<void> postpone(World& world, std::string channel_name, Error error) {
    auto channel = co_await find_channel(world, channel_name);
    if (!channel) co_return fail(channel.error());
    const Instant next = core::retry_at(world.clock.now(), channel->lifecycle.failed_attempts + 1);
    auto recorded = co_await record_failure(world, *channel, error, next, Seen::kElsewhere, kActor);
    if (!recorded) co_return fail(recorded.error());
    co_return fail(error);
}

Task<void> refresh_when_due(World& world, std::string channel_name) {
    auto report = co_await refresh(world, channel_name, RefreshWhen::kWhenDue, kActor);
    if (!report) co_return fail(report.error());
    co_return Result<void>{};
}

} // namespace

Task<void> look_after(World& world, std::string channel_name) {
    {
        const auto guard = co_await world.locks.acquire(channel_name);
        auto settled = co_await settle_pending(world, channel_name, kActor);
        if (!settled) co_return co_await postpone(world, channel_name, settled.error());
        const ports::Channel channel = settled->channel;
        const Instant now = world.clock.now();
        // Somebody else has looked in the meantime.
        if (!channel.lifecycle.next_attempt_at || *channel.lifecycle.next_attempt_at > now) co_return Result<void>{};
        if (channel.current_version == 0) co_return co_await rest(world, channel);
        auto current = co_await world.store.load_current(channel.id);
        if (!current) co_return co_await postpone(world, channel_name, current.error());
        const core::TokenFacts& facts = current->version.facts;
        if (channel.lifecycle.verdict || facts.expires_at.is_past(now)) co_return co_await rest(world, channel);
        const auto due = core::renewal_due_at(channel_name, channel.login, facts, channel.lifecycle);
        if (channel.lifecycle.restored_at || channel.lifecycle.suspicion || !due || *due > now)
            co_return co_await check(world, channel, *current);
    }
    co_return co_await refresh_when_due(world, channel_name);
}

} // namespace everlong::engine
