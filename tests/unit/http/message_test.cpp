#include <http/message.hpp>

#include <gtest/gtest.h>

namespace everlong::http {
namespace {

using namespace std::string_literals;

TEST(Headers, FindsTheFirstFieldWithoutRegardToCase) {
    Headers headers;
    headers.add("Content-Type", "text/plain");
    headers.add("X-Thing", "one");
    headers.add("x-thing", "two");
    EXPECT_EQ(headers.find("content-type"), "text/plain");
    EXPECT_EQ(headers.find("X-THING"), "one");
    EXPECT_EQ(headers.find("X-Thin"), std::nullopt);
    EXPECT_EQ(headers.find("X-Things"), std::nullopt);
    EXPECT_EQ(headers.find(""), std::nullopt);
}

TEST(Headers, SetLeavesOneFieldOfTheNameInItsFirstPlace) {
    Headers headers;
    headers.add("A", "1");
    headers.add("b", "2");
    headers.add("a", "3");
    headers.set("A", "4");
    headers.set("C", "5");
    const std::vector<Headers::Field> expected = {{"A", "4"}, {"b", "2"}, {"C", "5"}};
    EXPECT_EQ(headers.fields(), expected);
}

TEST(Headers, AreLinesAsTheyAreSent) {
    Headers headers;
    headers.add("A", "1");
    headers.add("Empty", "");
    headers.add("b", "2: 3");
    headers.add("a", "4");
    EXPECT_EQ(headers.lines(), "A: 1\r\nEmpty: \r\nb: 2: 3\r\na: 4\r\n");
    headers.remove("A");
    headers.remove("none");
    EXPECT_EQ(headers.lines(), "Empty: \r\nb: 2: 3\r\n");
    const std::vector<Headers::Field> expected = {{"Empty", ""}, {"b", "2: 3"}};
    EXPECT_EQ(headers.fields(), expected);
}

TEST(Request, SplitsItsTargetAtTheFirstQuestionMark) {
    struct Case {
        const char* target;
        const char* path;
        const char* query;
    };
    const Case cases[] = {
        {"/v25.0/me", "/v25.0/me", ""},
        {"/me?fields=id", "/me", "fields=id"},
        {"/me?", "/me", ""},
        {"/me?a=b?c", "/me", "a=b?c"},
        {"/a%3Fb", "/a%3Fb", ""},
        {"*", "*", ""},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.target);
        Request request;
        request.target = c.target;
        EXPECT_EQ(request.raw_path(), c.path);
        EXPECT_EQ(request.raw_query(), c.query);
    }
}

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

TEST(ParseForm, SplitsAndDecodes) {
    struct Case {
        const char* text;
        Parameters parameters;
    };
    const Case cases[] = {
        {"", {}},
        {"a=1&b=2", {{"a", "1"}, {"b", "2"}}},
        {"a=1&a=2", {{"a", "1"}, {"a", "2"}}},
        {"a", {{"a", ""}}},
        {"a=", {{"a", ""}}},
        {"=b", {{"", "b"}}},
        {"&&a=1&&", {{"a", "1"}}},
        {"a=b=c", {{"a", "b=c"}}},
        {"a+b=c+d", {{"a b", "c d"}}},
        {"a%26=%3D", {{"a&", "="}}},
        {"a=100%", {{"a", "100%"}}},
        {"a=%4&b=%zz%41", {{"a", "%4"}, {"b", "%zzA"}}},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.text);
        EXPECT_EQ(parse_form(c.text), c.parameters);
    }
}

} // namespace
} // namespace everlong::http
