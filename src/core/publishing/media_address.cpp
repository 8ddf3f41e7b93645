#include <core/publishing/media_address.hpp>

#include <base/ip_address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace everlong::core {
namespace {

std::unexpected<Error> bad(std::string why) {
    return fail(Code::kMediaAddress, Fault::kRefused, std::move(why));
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

bool is_name_sign(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// "host", "host:8000", "[::1]:8000" in lower case.
bool is_authority(std::string_view text, std::string_view& host) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos || end == 1) return false;
        host = text.substr(0, end + 1);
        rest = text.substr(end + 1);
        const auto is_sign = [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
        };
        if (!std::ranges::all_of(host.substr(1, host.size() - 2), is_sign)) return false;
    } else {
        host = text.substr(0, text.find(':'));
        rest = text.substr(host.size());
        if (host.empty() || !std::ranges::all_of(host, is_name_sign)) return false;
    }
    if (rest.empty()) return true;
    rest.remove_prefix(1);
    return !rest.empty() && rest.size() <= 5 && std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; });
}

// The forms that address libraries read as IPv4: dotted, with fewer parts, octal, hexadecimal ("0x7f.1", "2130706433").
std::optional<std::uint32_t> as_ipv4(std::string_view host) {
    std::array<std::uint64_t, 4> parts{};
    std::size_t count = 0;
    while (true) {
        const std::string_view part = host.substr(0, host.find('.'));
        const bool is_hex = part.starts_with("0x");
        const int base = is_hex ? 16 : part.size() > 1 && part.starts_with('0') ? 8 : 10;
        const std::string_view digits = is_hex ? part.substr(2) : part;
        if (count == parts.size() || digits.empty()) return std::nullopt;
        const char* end = digits.data() + digits.size();
        const auto [stop, problem] = std::from_chars(digits.data(), end, parts[count], base);
        if (problem != std::errc() || stop != end) return std::nullopt;
        ++count;
        if (part.size() == host.size()) break;
        host.remove_prefix(part.size() + 1);
    }
    std::uint64_t number = parts[count - 1]; // the last part fills what is left
    if (number >> (8 * (5 - count)) != 0) return std::nullopt;
    for (std::size_t i = 0; i + 1 < count; ++i) {
        if (parts[i] > 255) return std::nullopt;
        number |= parts[i] << (8 * (3 - i));
    }
    return static_cast<std::uint32_t>(number);
}

// "Example.org." is "example.org".
std::string without_root(std::string_view given) {
    std::string host = lower(given);
    while (host.ends_with('.'))
        host.pop_back();
    return host;
}

} // namespace

bool is_private_host(std::string_view given) {
    const std::string host = without_root(given);
    // What is global in IPv6 begins with 2 or 3; addresses that wrap IPv4 do not.
    if (host.starts_with('['))
        return !(host.starts_with("[2") || host.starts_with("[3")) || host.starts_with("[2001:db8:");
    if (const auto number = as_ipv4(host)) return !is_global_ipv4(*number);
    constexpr std::array<std::string_view, 6> kEnds{"localhost", "local", "internal", "lan", "home.arpa", "test"};
    const bool is_inner = std::ranges::any_of(
        kEnds, [&](std::string_view end) { return host == end || host.ends_with("." + std::string(end)); });
    return is_inner || !host.contains('.'); // a bare name is one of some local network
}

bool is_loopback_host(std::string_view given) {
    const std::string host = without_root(given);
    constexpr std::uint32_t kLoopbackNet = 127;
    if (const auto number = as_ipv4(host)) return *number >> 24 == kLoopbackNet;
    return host == "[::1]" || host == "localhost" || host.ends_with(".localhost");
}

Result<MediaAddress> parse_media_address(std::string_view text) {
    if (text.size() > kMostAddressBytes) return bad("the address is longer than 2048 bytes");
    if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; })) {
        return bad("the address holds a blank or a sign that must be percent-encoded");
    }
    text = text.substr(0, text.find('#'));
    MediaAddress address;
    const std::string scheme = lower(text.substr(0, std::min(text.find("://"), text.size())));
    address.is_https = scheme == "https";
    if (!address.is_https && scheme != "http") return bad("the address begins with neither https:// nor http://");
    text.remove_prefix(scheme.size() + 3);
    const std::string authority = lower(text.substr(0, text.find_first_of("/?")));
    if (authority.contains('@')) return bad("the address holds a user or a password");
    std::string_view host;
    if (!is_authority(authority, host)) return bad("the address names no host");
    address.host = host;
    address.origin = scheme + "://" + authority;
    text.remove_prefix(authority.size());
    address.path = text.substr(0, text.find('?'));
    if (address.path.size() < text.size()) address.query = text.substr(address.path.size() + 1);
    if (address.path.empty()) address.path = "/";
    return address;
}

Result<MediaAddress> check_media_address(std::string_view text, bool is_rehearsal) {
    auto address = parse_media_address(text);
    if (!address || !is_private_host(address->host)) return address;
    if (is_rehearsal && is_loopback_host(address->host)) return address;
    if (is_rehearsal)
        return bad("'" + address->host + "' is a private network; in a rehearsal only this machine is asked");
    return bad("'" + address->host + "' is this machine or a private network, where Meta reaches nothing");
}

} // namespace everlong::core
