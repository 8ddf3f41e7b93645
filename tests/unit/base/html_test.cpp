#include <base/html.hpp>

#include <gtest/gtest.h>

namespace everlong {
namespace {

using namespace std::literals;

TEST(EscapeHtml, LeavesPlainTextAlone) {
    EXPECT_EQ(escape_html(""), "");
    EXPECT_EQ(escape_html("Ana's \xC3\xA9t\xC3\xA9"sv.substr(4)), "s \xC3\xA9t\xC3\xA9");
    EXPECT_EQ(escape_html("two\nlines\tand a tab"), "two\nlines\tand a tab");
}

TEST(EscapeHtml, LetsNoTextEndATagOrAValue) {
    EXPECT_EQ(escape_html("<b title=\"x\" lang='y'>&"), "&lt;b title=&quot;x&quot; lang=&#39;y&#39;&gt;&amp;");
    EXPECT_EQ(escape_html("&lt;"), "&amp;lt;"); // what was escaped before is a text like any other
}

TEST(EscapeHtml, MakesBlanksOfWhatHtmlDoesNotAllow) {
    EXPECT_EQ(escape_html("a\0b\x1F"
                          "c\r\x1B[31m"sv),
              "a b c  [31m");
}

TEST(EscapeHtml, KeepsBytesThatAreNoUtf8) {
    EXPECT_EQ(escape_html("\xFF<\xC3"), "\xFF&lt;\xC3");
}

} // namespace
} // namespace everlong
