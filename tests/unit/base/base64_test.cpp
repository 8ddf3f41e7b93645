#include <base/base64.hpp>

#include <gtest/gtest.h>

namespace everlong {
namespace {

TEST(Base64url, WritesTheVectorsOfTheRfcWithoutPadding) {
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(to_base64url(bytes), text);
        EXPECT_EQ(from_base64url(text), bytes);
    }
    EXPECT_EQ(to_base64url("\xfb\xff"), "-_8");
    EXPECT_EQ(from_base64url("-_8="), "\xfb\xff");
}

TEST(Base64url, RefusesWhatNoBytesAreWrittenAs) {
    for (const char* bad :
         {"Z", "Zm9vY", "Zm+v", "Zm/v", "Zg=", "Zg===", "=", "====", "Zh", "Zm9 v", "Zm9v\n", "Zm8=x"}) {
        EXPECT_FALSE(from_base64url(bad).has_value()) << bad;
    }
    EXPECT_EQ(from_base64url("Zg=="), "f");
}

} // namespace
} // namespace everlong
