#include <api/detail/reveals.hpp>

#include <gtest/gtest.h>

namespace everlong::api::detail {
namespace {

constexpr Instant kNoon = instant_from_unix_s(1'780'000'000);

TEST(Reveals, FirstReadOfAVersionIsWrittenDownAndThenOneAnHour) {
    Reveals reveals;
    const ports::ApiKeyId key(7);
    EXPECT_TRUE(reveals.is_due(key, "shop", 3, kNoon));
    reveals.note(key, "shop", 3, kNoon);
    EXPECT_FALSE(reveals.is_due(key, "shop", 3, kNoon));
    EXPECT_FALSE(reveals.is_due(key, "shop", 3, kNoon + Hours(1) - Milliseconds(1)));
    EXPECT_TRUE(reveals.is_due(key, "shop", 3, kNoon + Hours(1)));
    EXPECT_TRUE(reveals.is_due(key, "shop", 3, kNoon - Seconds(1)));
}

TEST(Reveals, OtherKeysChannelsAndVersionsAreReadsOfTheirOwn) {
    Reveals reveals;
    reveals.note(ports::ApiKeyId(7), "shop", 3, kNoon);
    EXPECT_TRUE(reveals.is_due(ports::ApiKeyId(8), "shop", 3, kNoon));
    EXPECT_TRUE(reveals.is_due(ports::ApiKeyId(7), "cafe", 3, kNoon));
    EXPECT_TRUE(reveals.is_due(ports::ApiKeyId(7), "shop", 4, kNoon));
}

TEST(Reveals, ForgetsRatherThanGrows) {
    Reveals reveals(2);
    reveals.note(ports::ApiKeyId(1), "shop", 1, kNoon);
    reveals.note(ports::ApiKeyId(2), "shop", 1, kNoon);
    reveals.note(ports::ApiKeyId(3), "shop", 1, kNoon);
    EXPECT_TRUE(reveals.is_due(ports::ApiKeyId(1), "shop", 1, kNoon));
    EXPECT_FALSE(reveals.is_due(ports::ApiKeyId(3), "shop", 1, kNoon));
}

} // namespace
} // namespace everlong::api::detail
