#pragma once
// Brings a channel's current token to its sinks and proves it by reading back; what fails is tried again for as long
// as it takes, and never holds up a renewal.

#include <engine/lifecycle/world.hpp>

#include <string_view>
#include <vector>

namespace everlong::engine {

struct DeliveryOutcome {
    ports::Delivery delivery;
    std::optional<Error> error; // absent: the sink holds the current token
};

// Delivers to every sink of the channel that does not have the current version, due or not.
Task<std::vector<DeliveryOutcome>> deliver_channel(World& world, ports::Channel channel, std::string actor);

// Looks whether the sinks still hold the current token. One that holds an earlier version (a restored backup, an undone
// edit) or none is delivered to again; a token that is not ours was put there by somebody and stays: that is noted in
// the audit trail.
Task<void> mend_deliveries(World& world, ports::Channel channel, std::string actor);

// What a sink holds, as it was found.
enum class SinkContent {
    kCurrent,
    kEarlier,    // a version of this channel that is no longer current
    kAnother,    // a token that is not ours
    kNone,       // no token
    kUnreadable, // the file is not there or cannot be read
};

std::string_view to_text(SinkContent content); // "current", "earlier", "another", "none", "unreadable"

struct DeliveryTest {
    SinkContent found = SinkContent::kNone;
    DeliveryOutcome outcome; // of the delivery; without one, of the reading
};

// Looks what the sink holds and, unless that is a token which is not ours, delivers the current one and proves it. The
// result is recorded as that of any delivery. kDeliveryUnknown; an error here is the store's own.
Task<DeliveryTest> test_delivery(World& world, ports::DeliveryId id, std::string actor);

// One delivery that is due. Its failure is recorded with the next attempt; an error here is the store's own.
Task<DeliveryOutcome> deliver(World& world, ports::Delivery delivery, std::string actor);

} // namespace everlong::engine
