#include <adapters/random_sodium/random.hpp>

#include <sodium.h>

#include <vector>

namespace everlong::adapters {
namespace {

std::string random_text(std::size_t bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::vector<unsigned char> raw(bytes);
    randombytes_buf(raw.data(), raw.size());
    std::string text(sodium_base64_encoded_len(raw.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), raw.data(), raw.size(), kVariant);
    sodium_memzero(raw.data(), raw.size());
    text.pop_back(); // the terminating zero
    return text;
}

class SystemRandom : public ports::Random {
public:
    Secret secret(std::size_t bytes) override { return Secret::take(random_text(bytes)); }
    std::string id(std::size_t bytes) override { return random_text(bytes); }
};

} // namespace

Result<std::unique_ptr<ports::Random>> make_system_random() {
    if (sodium_init() < 0) return fail(Code::kInternal, Fault::kLocal, "libsodium does not start");
    return std::make_unique<SystemRandom>();
}

} // namespace everlong::adapters
