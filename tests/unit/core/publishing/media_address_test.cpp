#include <core/publishing/media_address.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

TEST(MediaAddress, IsTakenApart) {
    const auto address = parse_media_address("HTTPS://Cdn.Example.org:8443/A/b.jpg?x=1&y=%2F#frag").value();
    EXPECT_EQ(address.origin, "https://cdn.example.org:8443");
    EXPECT_EQ(address.host, "cdn.example.org");
    EXPECT_EQ(address.path, "/A/b.jpg");
    EXPECT_EQ(address.query, "x=1&y=%2F");
    EXPECT_TRUE(address.is_https);
    EXPECT_EQ(parse_media_address("http://a.example").value().path, "/");
    EXPECT_EQ(parse_media_address("http://a.example?q").value().query, "q");
    EXPECT_EQ(parse_media_address("http://[2600::1]:80/x").value().host, "[2600::1]");
}

TEST(MediaAddress, WhatIsNoneIsRefusedInWords) {
    for (const std::string text :
         {"", "cat.jpg", "ftp://a.example/x", "file:///etc/passwd", "https://", "https:///x",
          "https://user@a.example/x", "https://user:pw@a.example/x", "https://a b.example/",
          "https://a.example/caf\xc3\xa9", "https://a.example:99999999/", "https://a.example:/x", "https://[::1/x",
          "https://[]/x", "https://a\\b.example/x", "javascript:alert(1)"}) {
        const auto address = parse_media_address(text);
        ASSERT_FALSE(address) << text;
        EXPECT_EQ(address.error().code(), Code::kMediaAddress);
        EXPECT_FALSE(address.error().detail().empty());
    }
    EXPECT_FALSE(parse_media_address("https://a.example/" + std::string(3000, 'x')));
}

TEST(MediaAddress, PrivateHostsAreKnownInEverySpelling) {
    for (const char* host : {"localhost",
                             "LOCALHOST",
                             "a.localhost",
                             "localhost.",
                             "printer.local",
                             "metadata.google.internal",
                             "intranet",
                             "127.0.0.1",
                             "127.1",
                             "0x7f.1",
                             "2130706433",
                             "0177.0.0.1",
                             "10.1.2.3",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "169.254.169.254",
                             "100.64.0.1",
                             "0.0.0.0",
                             "224.0.0.1",
                             "255.255.255.255",
                             "[::1]",
                             "[::]",
                             "[fe80::1]",
                             "[fc00::1]",
                             "[::ffff:127.0.0.1]",
                             "[64:ff9b::7f00:1]",
                             "[2001:db8::1]"}) {
        EXPECT_TRUE(is_private_host(host)) << host;
    }
    for (const char* host : {"example.org", "8.8.8.8", "172.32.0.1", "192.169.0.1", "[2600:1f18::1]", "100.128.0.1",
                             "localhost.example.org", "127.0.0.1.example.org"}) {
        EXPECT_FALSE(is_private_host(host)) << host;
    }
}

TEST(MediaAddress, ThisMachineIsForRehearsals) {
    for (const char* host : {"127.0.0.1:8000", "127.8.8.8", "2130706433", "[::1]:80", "localhost", "a.LOCALHOST.:81"}) {
        EXPECT_TRUE(check_media_address("http://" + std::string(host) + "/media/x", true)) << host;
    }
    for (const char* host :
         {"10.0.0.1", "192.168.1.7", "169.254.169.254", "0.0.0.0", "[fd00::1]", "nas.local", "nas"}) {
        const auto refused = check_media_address("http://" + std::string(host) + "/a.jpg", true);
        ASSERT_FALSE(refused) << host;
        EXPECT_NE(refused.error().detail().find("in a rehearsal only this machine"), std::string::npos) << host;
    }
    const auto refused = check_media_address("http://127.0.0.1:8000/media/x", false);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().detail(), "'127.0.0.1' is this machine or a private network, where Meta reaches nothing");
    EXPECT_TRUE(check_media_address("https://example.org/x", false));
}

} // namespace
} // namespace everlong::core
