#include <base/percent.hpp>

#include <gtest/gtest.h>

namespace everlong {
namespace {

using namespace std::literals;

TEST(PercentCodec, DecodesWhatIsWellFormedAndRefusesTheRest) {
    struct Case {
        const char* name;
        const char* text;
        bool plus_is_blank;
        std::optional<std::string> plain;
    };
    const Case cases[] = {
        {"nothing", "", true, ""},
        {"plain", "abc", true, "abc"},
        {"escape", "a%20b", false, "a b"},
        {"both cases of hex", "%2f%2F", false, "//"},
        {"plus as a blank", "a+b", true, "a b"},
        {"plus as itself", "a+b", false, "a+b"},
        {"escaped plus", "a%2Bb", true, "a+b"},
        {"zero byte", "a%00b", false, "a\0b"s},
        {"utf-8", "%C3%A9", false, "\xC3\xA9"},
        {"decoded once only", "%2541", false, "%41"},
        {"cut after the mark", "abc%", false, std::nullopt},
        {"cut after one digit", "abc%4", false, std::nullopt},
        {"no hex", "%zz", false, std::nullopt},
        {"second digit no hex", "%4g", false, std::nullopt},
        {"sign", "%+1", true, std::nullopt},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        EXPECT_EQ(percent_decode(c.text, c.plus_is_blank), c.plain);
        if (c.plain) EXPECT_EQ(percent_decode_leniently(c.text, c.plus_is_blank), c.plain);
    }
}

TEST(PercentCodec, EncodesAllButUnreservedCharacters) {
    EXPECT_EQ(percent_encode("AZaz09-._~"), "AZaz09-._~");
    EXPECT_EQ(percent_encode(" +&=?#/%\"|"), "%20%2B%26%3D%3F%23%2F%25%22%7C");
    EXPECT_EQ(percent_encode("\0\n\x7f\xff"s), "%00%0A%7F%FF");
}

TEST(PercentCodec, BringsEveryByteBack) {
    std::string every;
    for (int byte = 0; byte < 256; ++byte)
        every += static_cast<char>(byte);
    EXPECT_EQ(percent_decode(percent_encode(every), true), every);
}

TEST(PercentCodec, KeepsBrokenEscapesWhereItIsLenient) {
    EXPECT_EQ(percent_decode_leniently("100%", true), "100%");
    EXPECT_EQ(percent_decode_leniently("%4+%zz%41", true), "%4 %zzA");
    EXPECT_EQ(percent_decode_leniently("%%41", false), "%A");
    EXPECT_EQ(percent_decode_leniently("a%2", false), "a%2");
}

} // namespace
} // namespace everlong
