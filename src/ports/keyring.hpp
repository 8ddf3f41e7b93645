#pragma once
// Seals what rests on disk. Associated data binds a sealed value to its place: moved to another row, column or version
// it no longer opens.

#include <base/result.hpp>
#include <base/secret.hpp>

#include <string>
#include <string_view>

namespace everlong::ports {

class Keyring {
public:
    virtual ~Keyring() = default;

    // Names the key in use; stored beside every sealed value. Not secret.
    virtual int key_term() const = 0;
    // A short public name of the key itself, stored with the data so that another key is noticed before any write.
    virtual std::string key_id() const = 0;

    // Raw bytes: nonce and ciphertext. Never fails for a key that was loaded.
    virtual std::string seal(std::string_view place, const Secret& value) const = 0;
    // kTampered (kCorrupt): not sealed with this key, in this place, or changed since.
    virtual Result<Secret> open(std::string_view place, std::string_view sealed) const = 0;
};

} // namespace everlong::ports
