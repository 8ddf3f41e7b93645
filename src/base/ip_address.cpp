#include <base/ip_address.hpp>

#include <algorithm>

namespace everlong {
namespace {

std::uint32_t ipv4_at(const std::array<std::uint8_t, 16>& address, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = at; i < at + 4; ++i)
        number = number << 8 | address[i];
    return number;
}

} // namespace

bool is_global_ipv4(std::uint32_t address) {
    struct Net {
        std::uint32_t base;
        int bits;
    };
    constexpr std::array<Net, 14> kInner{{{0x00000000, 8},   // this network
                                          {0x0A000000, 8},   // 10/8
                                          {0x64400000, 10},  // 100.64/10, carriers
                                          {0x7F000000, 8},   // loopback
                                          {0xA9FE0000, 16},  // link-local, and the clouds' metadata
                                          {0xAC100000, 12},  // 172.16/12
                                          {0xC0000000, 24},  // 192.0.0/24
                                          {0xC0000200, 24},  // documentation
                                          {0xC0A80000, 16},  // 192.168/16
                                          {0xC6120000, 15},  // benchmarks
                                          {0xC6336400, 24},  // documentation
                                          {0xCB007100, 24},  // documentation
                                          {0xE0000000, 4},   // multicast
                                          {0xF0000000, 4}}}; // reserved, broadcast
    return std::ranges::none_of(kInner,
                                [address](const Net& net) { return (address ^ net.base) >> (32 - net.bits) == 0; });
}

bool is_global_ipv6(const std::array<std::uint8_t, 16>& address) {
    const auto begins_with = [&](std::initializer_list<std::uint8_t> bytes) {
        return std::equal(bytes.begin(), bytes.end(), address.begin());
    };
    if (begins_with({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) return is_global_ipv4(ipv4_at(address, 12)); // mapped
    if (begins_with({0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0}))
        return is_global_ipv4(ipv4_at(address, 12));                                                  // NAT64
    if (begins_with({0x20, 0x02})) return is_global_ipv4(ipv4_at(address, 2));                        // 6to4
    if (begins_with({0x20, 0x01, 0x0D, 0xB8}) || begins_with({0x20, 0x01, 0x00, 0x00})) return false; // doc, Teredo
    return (address[0] & 0xE0) == 0x20; // 2000::/3 is what has been given out
}

} // namespace everlong
