#include <base/digest_stream.hpp>

#include <new>
#include <sodium.h>

namespace everlong {
namespace {

using State = crypto_hash_sha256_state;
static_assert(sizeof(State) <= 104 && alignof(State) <= alignof(std::uint64_t));

State* state_in(std::byte* bytes) {
    return std::launder(reinterpret_cast<State*>(bytes));
}

} // namespace

Sha256Stream::Sha256Stream() : state_{} {
    crypto_hash_sha256_init(::new (state_.data()) State);
}

void Sha256Stream::add(std::string_view data) {
    crypto_hash_sha256_update(state_in(state_.data()), reinterpret_cast<const unsigned char*>(data.data()),
                              data.size());
}

Sha256 Sha256Stream::finish() {
    Sha256 digest;
    crypto_hash_sha256_final(state_in(state_.data()), digest.data());
    return digest;
}

} // namespace everlong
