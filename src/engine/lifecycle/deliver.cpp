#include <engine/lifecycle/deliver.hpp>

#include <core/renewal_policy.hpp>

#include <algorithm>

namespace everlong::engine {
namespace {

Task<DeliveryOutcome> deliver_token(World& world, ports::Delivery delivery, ports::Channel channel, std::string actor) {
    // One writer of ours per file: a delivery that fell due and one that follows a renewal may meet.
    const auto guard = co_await world.locks.acquire("delivery " + delivery.target.path);
    auto current = co_await world.store.load_current(channel.id);
    Result<void> written{};
    if (current) {
        written = co_await world.sink.write(delivery.target, current->token, channel.account.ig_user_id);
    } else {
        // A token that does not open must not keep the deliveries of others waiting behind it.
        written = fail(current.error());
    }
    const Instant now = world.clock.now();
    DeliveryOutcome outcome{std::move(delivery), std::nullopt};
    if (!written) {
        outcome.error = written.error().in("delivery to " + outcome.delivery.target.path);
        outcome.delivery.failed_attempts += 1;
        outcome.delivery.last_problem = core::make_problem(written.error(), now);
        const Instant next = core::delivery_retry_at(now, outcome.delivery.failed_attempts);
        auto postponed =
            co_await world.store.postpone_delivery(outcome.delivery.id, next, *outcome.delivery.last_problem);
        if (!postponed) co_return fail(postponed.error());
        co_return outcome;
    }
    const int version = current->version.version;
    auto confirmed = co_await world.store.confirm_delivery(
        outcome.delivery.id, version, now,
        audit(world, actor, "token-delivered", channel.name,
              "version " + std::to_string(version) + " to " + outcome.delivery.target.path));
    if (!confirmed) co_return fail(confirmed.error());
    outcome.delivery.delivered_version = version;
    outcome.delivery.delivered_at = now;
    co_return outcome;
}

SinkContent content_of(const Result<ports::SinkReading>& reading, const ports::Channel& channel,
                       const std::vector<ports::TokenVersion>& versions) {
    if (!reading) return SinkContent::kUnreadable;
    if (!reading->token) return SinkContent::kNone;
    const auto version = std::ranges::find_if(
        versions, [&](const ports::TokenVersion& kept) { return kept.facts.fingerprint == reading->token; });
    if (version == versions.end()) return SinkContent::kAnother;
    return version->version == channel.current_version ? SinkContent::kCurrent : SinkContent::kEarlier;
}

} // namespace

Task<std::vector<DeliveryOutcome>> deliver_channel(World& world, ports::Channel channel, std::string actor) {
    std::vector<DeliveryOutcome> outcomes;
    auto deliveries = co_await world.store.list_deliveries(channel.id);
    if (!deliveries) co_return fail(deliveries.error());
    for (ports::Delivery& delivery : *deliveries) {
        auto outcome = co_await deliver_token(world, std::move(delivery), channel, actor);
        if (!outcome) co_return fail(outcome.error());
        outcomes.push_back(std::move(*outcome));
    }
    co_return outcomes;
}

Task<void> mend_deliveries(World& world, ports::Channel channel, std::string actor) {
    auto deliveries = co_await world.store.list_deliveries(channel.id);
    if (!deliveries) co_return fail(deliveries.error());
    auto versions = co_await world.store.list_versions(channel.id);
    if (!versions) co_return fail(versions.error());
    for (ports::Delivery& delivery : *deliveries) {
        // One that has not succeeded yet is due by itself.
        if (delivery.delivered_version != channel.current_version) continue;
        auto reading = co_await world.sink.read(delivery.target);
        if (!reading) continue;
        const auto holds = [&](const ports::TokenVersion& version) {
            return version.facts.fingerprint == reading->token;
        };
        const auto found = std::ranges::find_if(*versions, holds);
        if (found != versions->end() && found->version == channel.current_version) continue;
        if (reading->token && found == versions->end()) {
            auto noted = co_await world.store.append_audit(
                audit(world, actor, "delivery-holds-another-token", channel.name, delivery.target.path));
            if (!noted) co_return fail(noted.error());
            continue;
        }
        auto outcome = co_await deliver_token(world, std::move(delivery), channel, actor);
        if (!outcome) co_return fail(outcome.error());
    }
    co_return Result<void>{};
}

std::string_view to_text(SinkContent content) {
    switch (content) {
    case SinkContent::kCurrent: return "current";
    case SinkContent::kEarlier: return "earlier";
    case SinkContent::kAnother: return "another";
    case SinkContent::kNone: return "none";
    case SinkContent::kUnreadable: return "unreadable";
    }
    return "unreadable";
}

Task<DeliveryTest> test_delivery(World& world, ports::DeliveryId id, std::string actor) {
    auto delivery = co_await world.store.load_delivery(id);
    if (!delivery) co_return fail(delivery.error());
    auto channel = co_await world.store.load_channel(delivery->channel);
    if (!channel) co_return fail(channel.error());
    auto versions = co_await world.store.list_versions(channel->id);
    if (!versions) co_return fail(versions.error());
    const SinkContent found = content_of(co_await world.sink.read(delivery->target), *channel, *versions);
    if (found == SinkContent::kAnother) {
        Error rival(Code::kSinkConflict, Fault::kConflict, "the file holds a token that did not come from here");
        const std::string where = "delivery to " + delivery->target.path;
        co_return DeliveryTest{found, DeliveryOutcome{std::move(*delivery), rival.in(where)}};
    }
    auto outcome = co_await deliver_token(world, std::move(*delivery), std::move(*channel), std::move(actor));
    if (!outcome) co_return fail(outcome.error());
    co_return DeliveryTest{found, std::move(*outcome)};
}

Task<DeliveryOutcome> deliver(World& world, ports::Delivery delivery, std::string actor) {
    auto channel = co_await world.store.load_channel(delivery.channel);
    if (!channel) co_return fail(channel.error());
    co_return co_await deliver_token(world, std::move(delivery), std::move(*channel), std::move(actor));
}

} // namespace everlong::engine
