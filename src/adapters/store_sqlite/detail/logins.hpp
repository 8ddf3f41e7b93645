#pragma once
// ports/login_store.hpp on the store's own two threads, so that a login and the audit line about it are one transaction.

#include <adapters/store_sqlite/detail/lane.hpp>
#include <ports/keyring.hpp>
#include <ports/login_store.hpp>

#include <memory>

namespace everlong::adapters::detail {

// All three outlive the result.
std::unique_ptr<ports::LoginStore> make_login_store(Lane& writes, Lane& reads, const ports::Keyring& keyring);

} // namespace everlong::adapters::detail
