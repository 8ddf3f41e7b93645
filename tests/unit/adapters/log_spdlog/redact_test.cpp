#include <adapters/log_spdlog/log.hpp>

#include <gtest/gtest.h>

namespace everlong::adapters {
namespace {

TEST(LogRedaction, TakesOutWhatLooksLikeATokenAndLeavesTheRest) {
    const std::string token = "EAA" + std::string(120, 'x');
    EXPECT_EQ(redact("calling with " + token + " failed"), "calling with <redacted> failed");
    EXPECT_EQ(redact("access_token=" + token), "access_token=<redacted>");
    EXPECT_EQ(redact(token), "<redacted>");
    EXPECT_EQ(redact("shop: E_TIMEOUT at refresh, sha256:0123456789ab"),
              "shop: E_TIMEOUT at refresh, sha256:0123456789ab");
    EXPECT_EQ(redact(std::string(42, 'a')), std::string(42, 'a'));
    EXPECT_EQ(redact(std::string(43, 'a')), "<redacted>");
}

TEST(LogRedaction, LetsNoTextForgeALine) {
    EXPECT_EQ(redact("a\nb\x1b[2Jc\x7f"), "a\\x0ab\\x1b[2Jc\\x7f");
}

} // namespace
} // namespace everlong::adapters
