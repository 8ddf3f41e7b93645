#pragma once
// What a store does once, when it is started (ports::Store::start).

#include <adapters/store_sqlite/detail/database.hpp>
#include <ports/store.hpp>

namespace everlong::adapters::detail {

Result<ports::StoreStart> start_store(Database& database, bool is_older, Instant now);

} // namespace everlong::adapters::detail
