#include <simulator/media/media_intake.hpp>

#include <base/digest.hpp>

#include <sodium.h>

namespace everlong::simulator {

struct MediaIntake::Hash {
    crypto_hash_sha256_state state;
};

MediaIntake::MediaIntake() : hash_(std::make_unique<Hash>()) {
    crypto_hash_sha256_init(&hash_->state);
}

MediaIntake::~MediaIntake() = default;

void MediaIntake::feed(std::string_view piece) {
    crypto_hash_sha256_update(&hash_->state, reinterpret_cast<const unsigned char*>(piece.data()), piece.size());
    scanner_.feed(piece);
    bytes_ += piece.size();
}

std::string MediaIntake::sha256() const {
    crypto_hash_sha256_state copy = hash_->state;
    Sha256 digest;
    crypto_hash_sha256_final(&copy, digest.data());
    return to_hex(digest.data(), digest.size());
}

} // namespace everlong::simulator
