#pragma once
// Chance: what must be unguessable (a login's state, a session, an API key), and what only has to differ. A port, so that
// a simulation with the same seed makes the same ids. Keys and nonces of sealing are the keyring's own business.

#include <base/result.hpp>
#include <base/secret.hpp>

#include <cstddef>
#include <string>

namespace everlong::ports {

// 256 bits, as text: more than anybody can try.
inline constexpr std::size_t kSecretBytes = 32;

class Random {
public:
    virtual ~Random() = default;
    // base64url without padding of `bytes` random bytes: safe in a path, a query, a header and a cookie.
    virtual Secret secret(std::size_t bytes = kSecretBytes) = 0;
    // The same for what is no secret: names of things.
    virtual std::string id(std::size_t bytes = 12) = 0;
};

} // namespace everlong::ports
