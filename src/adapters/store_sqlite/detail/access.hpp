#pragma once
// ports/access_store.hpp on the store's two lanes, and what the store itself has to do to API keys.

#include <adapters/store_sqlite/detail/lane.hpp>
#include <ports/access_store.hpp>

#include <memory>

namespace everlong::adapters::detail {

// The lanes outlive it.
std::unique_ptr<ports::AccessStore> make_access_store(Lane& writes, Lane& reads);

// Those for this channel only, before it is removed: another channel of the same name must not inherit them.
Result<void> revoke_keys_of_channel(Database& database, ports::ChannelId id, Instant at);

} // namespace everlong::adapters::detail
