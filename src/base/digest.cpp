#include <base/digest.hpp>

#include <sodium.h>

namespace everlong {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace

Sha256 sha256(std::string_view data) {
    Sha256 digest;
    crypto_hash_sha256(digest.data(), bytes_of(data), data.size());
    return digest;
}

std::string sha256_text(const Secret& secret) {
    const Sha256 digest = sha256(secret.reveal());
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Sha256 hmac_sha256(std::string_view key, std::string_view message) {
    Sha256 digest;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(message), message.size());
    crypto_auth_hmacsha256_final(&state, digest.data());
    sodium_memzero(&state, sizeof state);
    return digest;
}

std::string to_hex(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    hex.reserve(size * 2);
    for (std::size_t i = 0; i < size; ++i) {
        hex += kDigits[data[i] >> 4];
        hex += kDigits[data[i] & 15];
    }
    return hex;
}

Fingerprint fingerprint_of(std::string_view token) {
    return Fingerprint("sha256:" + to_hex(sha256(token).data(), 6));
}

std::string appsecret_proof(const Secret& app_secret, const Secret& access_token) {
    const Sha256 digest = hmac_sha256(app_secret.reveal(), access_token.reveal());
    return to_hex(digest.data(), digest.size());
}

} // namespace everlong
