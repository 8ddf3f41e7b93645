#pragma once
// Randomness that a simulation can seed: jitter and ids. Keys and nonces are the keyring's own business.

#include <cstdint>

namespace everlong::ports {

class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
};

} // namespace everlong::ports
