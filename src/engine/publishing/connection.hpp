#pragma once
// In whose name a post is published: its channel with a token that may be used now.

#include <engine/publishing/publish_world.hpp>

namespace everlong::engine {

struct Connection {
    ports::Channel channel;
    ports::OpenedToken current;

    ports::Publisher publisher() const { return {channel.login, current.token, channel.account.ig_user_id}; }
};

// Errors that mean "not connected" (core::Trouble::kConnection): kUnconnected, kTokenExpired, the code of a verdict or of a
// suspicion that is being looked into. Asks nobody but the store.
Task<Connection> connect_channel(PublishWorld& world, ChannelId channel);

// Meta has judged the token in a call of ours. That alone disconnects nothing (law 4): the channel's own look comes at once.
Async<void> wake_channel_look(PublishWorld& world, std::string channel_name);

} // namespace everlong::engine
