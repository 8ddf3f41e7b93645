#pragma once
// Hashes that Everlong and Meta agree on. All outputs are lower-case hex or raw bytes as said.

#include <base/secret.hpp>
#include <base/strong.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace everlong {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view data);
// The 32 raw bytes: what is stored of a value that is shown once and only recognised afterwards.
std::string sha256_text(const Secret& secret);
// HMAC-SHA256 with a key of any length.
Sha256 hmac_sha256(std::string_view key, std::string_view message);
std::string to_hex(const std::uint8_t* data, std::size_t size);

// "sha256:" and the first 12 hex digits of the SHA-256 of the token.
Fingerprint fingerprint_of(std::string_view token);
inline Fingerprint fingerprint_of(const Secret& token) {
    return fingerprint_of(token.reveal());
}

// appsecret_proof, classic form: hex HMAC-SHA256 of the access token, keyed with the app secret
// (facts/graph-api.md, 6).
std::string appsecret_proof(const Secret& app_secret, const Secret& access_token);

} // namespace everlong
