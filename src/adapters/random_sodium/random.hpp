#pragma once
// Chance from the operating system, by libsodium, which stops the program rather than give a weak value.

#include <ports/random.hpp>

#include <memory>

namespace everlong::adapters {

// Error kInternal (kLocal): libsodium does not start.
Result<std::unique_ptr<ports::Random>> make_system_random();

} // namespace everlong::adapters
