#pragma once
// Argon2id by libsodium, at its limits for people who wait (64 MiB, a tenth of a second), in constant time for what is
// compared.

#include <async/worker.hpp>
#include <ports/passwords.hpp>

#include <memory>

namespace everlong::adapters {

// The worker outlives it, and does one hash at a time: so many at once need no more memory than one. Error kInternal
// (kLocal): libsodium does not start.
Result<std::unique_ptr<ports::Passwords>> make_sodium_passwords(Worker& worker);

} // namespace everlong::adapters
