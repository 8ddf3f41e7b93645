#include <adapters/keyring_sodium/detail/key_text.hpp>

#include <base/digest.hpp>

#include <algorithm>
#include <cstring>
#include <sodium.h>
#include <string>

namespace everlong::adapters::detail {
namespace {

constexpr std::string_view kPrefix = "everlong-key-1:";
constexpr std::string_view kFamily = "everlong-key-";
constexpr std::size_t kBase64Chars = 43; // 32 bytes without padding
constexpr std::size_t kChecksumChars = 8;

std::string checksum_of(std::string_view head) {
    return to_hex(sha256(head).data(), kChecksumChars / 2);
}

bool is_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

std::unexpected<Error> bad_key(std::string found) {
    return fail(Code::kKeyFormat, Fault::kLocal, std::move(found));
}

// What is wrong with the middle part, seen by its length alone.
std::string describe_length(std::string_view part) {
    const std::string count = std::to_string(part.size());
    if (part.empty()) return "the key itself is missing between the colons";
    if (part.size() == 2 * kKeyBytes && is_hex(part)) return "64 hex digits where 43 characters of base64url belong";
    if (part.size() == kBase64Chars + 1 && part.ends_with('='))
        return "base64 with padding where base64url without belongs";
    if (part.size() < kBase64Chars) return "cut short: " + count + " of 43 characters of base64url";
    return "too long: " + count + " characters where 43 of base64url belong";
}

std::string describe_head(std::string_view text) {
    if (std::ranges::all_of(text, [](char c) { return c == '\0'; })) return "only zero bytes";
    if (std::ranges::all_of(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }))
        return "only blanks";
    if (text.starts_with("\xEF\xBB\xBF")) return "a byte order mark before the key; save it as plain text";
    if (text.starts_with(kFamily)) return "a key of a newer format than everlong-key-1";
    if (kPrefix.starts_with(text)) return "cut short: " + std::to_string(text.size()) + " bytes";
    if (text.size() == kKeyBytes) return "32 raw bytes where a line beginning 'everlong-key-1:' belongs";
    if (text.starts_with("-----BEGIN")) return "a PEM file, not an Everlong key";
    return std::to_string(text.size()) + " bytes that do not begin 'everlong-key-1:'";
}

} // namespace

void LockedFree::operator()(unsigned char* bytes) const {
    sodium_free(bytes);
}

LockedBytes make_locked(std::size_t size) {
    return LockedBytes(static_cast<unsigned char*>(sodium_malloc(size)));
}

void write_key_line(const unsigned char* key, KeyLine& line) {
    std::array<char, kBase64Chars + 1> encoded;
    sodium_bin2base64(encoded.data(), encoded.size(), key, kKeyBytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char* out = std::copy(kPrefix.begin(), kPrefix.end(), line.data());
    out = std::copy_n(encoded.data(), kBase64Chars, out);
    const std::string checksum = checksum_of({line.data(), kPrefix.size() + kBase64Chars});
    *out++ = ':';
    out = std::copy(checksum.begin(), checksum.end(), out);
    *out = '\n';
    sodium_memzero(encoded.data(), encoded.size());
}

Result<LockedBytes> parse_key_text(std::string_view text) {
    if (text.empty()) return bad_key("an empty file");
    if (!text.starts_with(kPrefix)) return bad_key(describe_head(text));
    if (text.ends_with('\n')) text.remove_suffix(1);

    const std::string_view rest = text.substr(kPrefix.size());
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) {
        if (rest.size() == kBase64Chars) return bad_key("cut short: the checksum is missing");
        return bad_key(describe_length(rest));
    }
    const std::string_view encoded = rest.substr(0, colon);
    const std::string_view checksum = rest.substr(colon + 1);
    if (encoded.size() != kBase64Chars) return bad_key(describe_length(encoded));

    LockedBytes key = make_locked(kKeyBytes);
    if (!key) return fail(Code::kInternal, Fault::kLocal, "no locked memory for the key");
    std::size_t size = 0;
    const char* end = nullptr;
    const bool is_decoded = sodium_base642bin(key.get(), kKeyBytes, encoded.data(), encoded.size(), nullptr, &size,
                                              &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
    if (!is_decoded || size != kKeyBytes || end != encoded.data() + encoded.size()) {
        return bad_key("characters that are not base64url");
    }
    if (checksum.size() < kChecksumChars) {
        return bad_key("cut short: " + std::to_string(checksum.size()) + " of 8 hex digits of the checksum");
    }
    if (checksum.size() > kChecksumChars) return bad_key("something after the checksum");
    if (checksum != checksum_of(text.substr(0, kPrefix.size() + kBase64Chars))) {
        return bad_key("a checksum that does not fit the key: a character was changed or lost");
    }
    if (sodium_is_zero(key.get(), kKeyBytes)) return bad_key("a key of nothing but zeros");
    return key;
}

} // namespace everlong::adapters::detail
