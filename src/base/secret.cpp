#include <base/secret.hpp>

#include <cstring>
#include <sodium.h>
#include <utility>

namespace everlong {

Secret::Secret(std::string_view text) : length_(text.size()) {
    if (length_ == 0) return;
    bytes_ = std::make_unique<char[]>(length_);
    std::memcpy(bytes_.get(), text.data(), length_);
}

Secret Secret::take(std::string&& text) {
    Secret secret(text);
    wipe_string(text);
    return secret;
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), length_(std::exchange(other.length_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    wipe();
    bytes_ = std::move(other.bytes_);
    length_ = std::exchange(other.length_, 0);
    return *this;
}

Secret::~Secret() {
    wipe();
}

Secret Secret::clone() const {
    return Secret(reveal());
}

std::string_view Secret::reveal() const {
    // C functions take no null pointer, not even for nothing.
    return length_ == 0 ? std::string_view("") : std::string_view(bytes_.get(), length_);
}

bool Secret::equals(const Secret& other) const {
    if (length_ != other.length_) return false;
    return length_ == 0 || sodium_memcmp(bytes_.get(), other.bytes_.get(), length_) == 0;
}

void Secret::wipe() {
    if (bytes_) sodium_memzero(bytes_.get(), length_);
    bytes_.reset();
    length_ = 0;
}

void wipe_memory(void* data, std::size_t size) {
    sodium_memzero(data, size);
}

void wipe_string(std::string& text) {
    text.resize(text.capacity());
    sodium_memzero(text.data(), text.size());
    text.clear();
}

} // namespace everlong
