#include <adapters/random_sodium/random.hpp>

#include <gtest/gtest.h>

#include <set>

namespace everlong::adapters {
namespace {

TEST(SystemRandom, GivesTextsOfTheLengthAskedForThatStandAnywhere) {
    auto random = make_system_random();
    ASSERT_TRUE(random.has_value());
    EXPECT_EQ((*random)->secret().reveal().size(), 43U); // 32 bytes
    EXPECT_EQ((*random)->id().size(), 16U);              // 12 bytes
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(
            (*random)->id(33).find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
    }
}

TEST(SystemRandom, NeverGivesTheSameTwice) {
    auto random = make_system_random();
    ASSERT_TRUE(random.has_value());
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i)
        EXPECT_TRUE(seen.insert((*random)->id()).second);
}

} // namespace
} // namespace everlong::adapters
