#include <simulator/callbacks/sha1.hpp>

#include <base/digest.hpp>

#include <array>
#include <bit>
#include <cstdint>

namespace everlong::simulator {
namespace {

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kDigestBytes = 20;

using State = std::array<std::uint32_t, 5>;

// FIPS 180-4, 6.1.2.
void digest_block(State& state, std::string_view block) {
    std::array<std::uint32_t, 80> words{};
    for (std::size_t i = 0; i < 16; ++i) {
        for (std::size_t k = 0; k < 4; ++k)
            words[i] = words[i] << 8 | static_cast<unsigned char>(block[4 * i + k]);
    }
    for (std::size_t i = 16; i < words.size(); ++i)
        words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool is_first = i < 20;
        const bool is_third = i >= 40 && i < 60;
        const std::uint32_t mixed = is_first ? (b & c) | (~b & d) : is_third ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        const std::uint32_t constant = is_first ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : is_third ? 0x8F1BBCDC : 0xCA62C1D6;
        const std::uint32_t next = std::rotl(a, 5) + mixed + e + constant + words[i];
        e = d;
        d = c;
        c = std::rotl(b, 30);
        b = a;
        a = next;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

std::string sha1(std::string message) {
    const std::uint64_t bits = static_cast<std::uint64_t>(message.size()) * 8;
    message += '\x80';
    while (message.size() % kBlockBytes != kBlockBytes - 8)
        message += '\0';
    for (int shift = 56; shift >= 0; shift -= 8)
        message += static_cast<char>(bits >> shift & 0xFF);
    State state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    for (std::size_t at = 0; at < message.size(); at += kBlockBytes)
        digest_block(state, std::string_view(message).substr(at, kBlockBytes));
    std::string digest;
    for (const std::uint32_t word : state) {
        for (int shift = 24; shift >= 0; shift -= 8)
            digest += static_cast<char>(word >> shift & 0xFF);
    }
    return digest;
}

} // namespace

std::string hmac_sha1_hex(std::string_view key, std::string_view message) {
    std::string padded = key.size() > kBlockBytes ? sha1(std::string(key)) : std::string(key);
    padded.resize(kBlockBytes, '\0');
    std::string inner = padded;
    std::string outer = padded;
    for (std::size_t i = 0; i < kBlockBytes; ++i) {
        inner[i] = static_cast<char>(inner[i] ^ 0x36);
        outer[i] = static_cast<char>(outer[i] ^ 0x5C);
    }
    const std::string digest = sha1(outer + sha1(inner.append(message)));
    return to_hex(reinterpret_cast<const unsigned char*>(digest.data()), kDigestBytes);
}

} // namespace everlong::simulator
