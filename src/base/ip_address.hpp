#pragma once
// Which IP addresses the whole internet can reach (IANA's registries of special-purpose addresses).

#include <array>
#include <cstdint>

namespace everlong {

// In the order of the number: 127.0.0.1 is 0x7F000001.
bool is_global_ipv4(std::uint32_t address);
// In network order. Those that wrap an IPv4 address count as what they wrap.
bool is_global_ipv6(const std::array<std::uint8_t, 16>& address);

} // namespace everlong
