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
