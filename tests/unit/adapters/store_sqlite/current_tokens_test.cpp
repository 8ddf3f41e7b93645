#include <adapters/store_sqlite/detail/current_tokens.hpp>

#include <gtest/gtest.h>

namespace everlong::adapters::detail {
namespace {

CurrentTokens::Row row(std::int64_t id, int version = 1) {
    auto made = std::make_shared<SealedCurrent>();
    made->channel = ports::ChannelId(id);
    made->version.version = version;
    return made;
}

TEST(CurrentTokens, GivesWhatWasKept) {
    CurrentTokens tokens;
    EXPECT_EQ(tokens.find("shop"), nullptr);
    tokens.keep(tokens.begin_reading(), "shop", row(1, 7));
    ASSERT_NE(tokens.find("shop"), nullptr);
    EXPECT_EQ(tokens.find("shop")->version.version, 7);
    tokens.forget(ports::ChannelId(2));
    EXPECT_NE(tokens.find("shop"), nullptr);
    tokens.forget(ports::ChannelId(1));
    EXPECT_EQ(tokens.find("shop"), nullptr);
}

// The read saw the row before the change, and comes home after it.
TEST(CurrentTokens, NeverKeepsWhatChangedWhileItWasRead) {
    CurrentTokens tokens;
    const auto early = tokens.begin_reading();
    tokens.forget(ports::ChannelId(1));
    const auto late = tokens.begin_reading();
    tokens.keep(early, "shop", row(1));
    EXPECT_EQ(tokens.find("shop"), nullptr);
    tokens.keep(early, "cafe", row(2));
    EXPECT_NE(tokens.find("cafe"), nullptr);
    tokens.keep(late, "shop", row(1, 2));
    EXPECT_NE(tokens.find("shop"), nullptr);
}

TEST(CurrentTokens, AChannelStandsUnderOneNameAndANameForOneChannel) {
    CurrentTokens tokens;
    tokens.keep(tokens.begin_reading(), "shop", row(1));
    tokens.keep(tokens.begin_reading(), "renamed", row(1, 2));
    EXPECT_EQ(tokens.find("shop"), nullptr);
    tokens.keep(tokens.begin_reading(), "renamed", row(3));
    EXPECT_EQ(tokens.find("renamed")->channel, ports::ChannelId(3));
    tokens.forget(ports::ChannelId(1));
    EXPECT_NE(tokens.find("renamed"), nullptr);
}

TEST(CurrentTokens, DropsTheOneThatWasAskedForLongestAgo) {
    CurrentTokens tokens(2);
    tokens.keep(tokens.begin_reading(), "one", row(1));
    tokens.keep(tokens.begin_reading(), "two", row(2));
    EXPECT_NE(tokens.find("one"), nullptr);
    tokens.keep(tokens.begin_reading(), "three", row(3));
    EXPECT_NE(tokens.find("one"), nullptr);
    EXPECT_EQ(tokens.find("two"), nullptr);
    EXPECT_NE(tokens.find("three"), nullptr);
}

} // namespace
} // namespace everlong::adapters::detail
