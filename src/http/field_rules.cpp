#include <http/field_rules.hpp>

#include <algorithm>
#include <array>

namespace everlong::http {
namespace {

constexpr auto kIsTokenByte = [] {
    constexpr std::string_view kBytes = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::array<bool, 256> table{};
    for (const char c : kBytes)
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

} // namespace

bool is_token(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return kIsTokenByte[static_cast<unsigned char>(c)]; });
}

bool is_field_value(std::string_view text) {
    // No early way out: so compiled to a few steps for sixteen bytes at a time.
    bool has_control = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        has_control |= (byte < 0x20 && byte != '\t') || byte == 0x7f;
    }
    return !has_control;
}

} // namespace everlong::http
