#include <base/ip_address.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>

namespace everlong {
namespace {

bool is_global(const std::string& text) {
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return is_global_ipv6(bytes);
    in_addr number{};
    EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &number), 1) << text;
    return is_global_ipv4(ntohl(number.s_addr));
}

TEST(IpAddress, ThoseOfInnerNetworksAreNotGlobal) {
    for (const char* text : {"0.0.0.0",
                             "10.0.0.1",
                             "100.64.0.1",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.8",
                             "192.0.2.1",
                             "192.168.0.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "198.51.100.1",
                             "203.0.113.1",
                             "224.0.0.1",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fc00::1",
                             "fd12::1",
                             "ff02::1",
                             "2001:db8::1",
                             "2001::1",
                             "::ffff:10.0.0.1",
                             "64:ff9b::10.0.0.1",
                             "2002:0a00:0001::1",
                             "2002:7f00:0001::"}) {
        EXPECT_FALSE(is_global(text)) << text;
    }
}

TEST(IpAddress, TheOthersAre) {
    for (const char* text :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
          "192.167.0.1", "192.169.0.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2600:1f18::1", "2a00:1450::1",
          "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1"}) {
        EXPECT_TRUE(is_global(text)) << text;
    }
}

} // namespace
} // namespace everlong
