#pragma once
// What a store does once, when it is started (ports::Store::start).

#include <adapters/store_sqlite/detail/database.hpp>
#include <ports/store.hpp>

namespace everlong::adapters::detail {

// `why_older`: why it may be an older copy (core::why_older_copy); empty where it is none.
Result<ports::StoreStart> start_store(Database& database, const std::string& why_older, Instant now);

} // namespace everlong::adapters::detail
