#include <core/dotenv.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

using namespace std::string_view_literals;

struct WriteCase {
    std::string_view name;
    std::string_view before;
    std::string_view after;
};

// TOKEN becomes "new" and ID becomes "17" in each.
constexpr WriteCase kWritten[] = {
    {"empty file", "", "ID=17\nTOKEN=new\n"},
    {"only a newline", "\n", "\nID=17\nTOKEN=new\n"},
    {"only a byte-order mark", "\xEF\xBB\xBF", "\xEF\xBB\xBFID=17\nTOKEN=new\n"},
    {"both plain", "TOKEN=old\nID=1\n", "TOKEN=new\nID=17\n"},
    {"already right", "TOKEN=new\nID=17\n", "TOKEN=new\nID=17\n"},
    {"no last newline", "ID=1\nTOKEN=old", "ID=17\nTOKEN=new"},
    {"one absent", "TOKEN=old\n", "TOKEN=new\nID=17\n"},
    {"one absent, no last newline", "TOKEN=old", "TOKEN=new\nID=17\n"},
    {"one absent, CRLF", "TOKEN=old\r\n", "TOKEN=new\r\nID=17\r\n"},
    {"one absent, CRLF, no last newline", "A=1\r\nTOKEN=old", "A=1\r\nTOKEN=new\r\nID=17\r\n"},
    {"one absent, CR", "A=1\rTOKEN=old", "A=1\rTOKEN=new\rID=17\r"},
    {"first line decides the ending", "A=1\r\nTOKEN=old\n", "A=1\r\nTOKEN=new\nID=17\r\n"},
    {"both absent", "A=1\n", "A=1\nID=17\nTOKEN=new\n"},
    {"both absent, blank last line", "A=1\n  ", "A=1\n  \nID=17\nTOKEN=new\n"},
    {"comment only", "# all\n", "# all\nID=17\nTOKEN=new\n"},
    {"comment without newline", "# all", "# all\nID=17\nTOKEN=new\n"},
    {"commented-out key stays", "#TOKEN=old\nID=1\n", "#TOKEN=old\nID=17\nTOKEN=new\n"},
    {"bare key stays", "TOKEN\nID=1\n", "TOKEN\nID=17\nTOKEN=new\n"},
    {"longer key stays", "TOKEN_2=x\nXID=y\nTOKEN=old\nID=1", "TOKEN_2=x\nXID=y\nTOKEN=new\nID=17"},
    {"double quotes go", "TOKEN=\"old\"\nID=\"1\"\n", "TOKEN=new\nID=17\n"},
    {"single quotes go", "TOKEN='old'\nID='1'\n", "TOKEN=new\nID=17\n"},
    {"backticks go", "TOKEN=`old`\nID=1\n", "TOKEN=new\nID=17\n"},
    {"right but quoted", "TOKEN=\"new\"\nID='17'\n", "TOKEN=new\nID=17\n"},
    {"trailing blanks go", "TOKEN=\"old\" \nID=1\t\n", "TOKEN=new\nID=17\n"},
    {"blanks behind = go", "TOKEN= old\nID=\t1\n", "TOKEN=new\nID=17\n"},
    {"blanks before = stay", "TOKEN =old\nID\t= 1\n", "TOKEN =new\nID\t=17\n"},
    {"right but with a blank", "TOKEN=new \nID=17\n", "TOKEN=new\nID=17\n"},
    {"right but with a non-breaking blank", "TOKEN=new\xC2\xA0\nID=17\n", "TOKEN=new\nID=17\n"},
    {"indentation stays", "  TOKEN=old\n\tID=1\n", "  TOKEN=new\n\tID=17\n"},
    {"export stays", "export TOKEN=old\nexport  ID=1\n", "export TOKEN=new\nexport  ID=17\n"},
    {"export is followed", "export TOKEN=old\n", "export TOKEN=new\nexport ID=17\n"},
    {"foreign export is not followed", "export A=1\nTOKEN=old\n", "export A=1\nTOKEN=new\nID=17\n"},
    {"quoted key stays", "'TOKEN'=old\nID=1\n", "'TOKEN'=new\nID=17\n"},
    {"empty value is filled", "TOKEN=\nID=\n", "TOKEN=new\nID=17\n"},
    {"empty value at the end", "ID=1\nTOKEN=", "ID=17\nTOKEN=new"},
    {"blank value is filled", "TOKEN=  \nID=1\n", "TOKEN=new\nID=17\n"},
    {"empty quotes are filled", "TOKEN=\"\"\nID=''\n", "TOKEN=new\nID=17\n"},
    {"comment stays", "TOKEN=old # mine\nID=1\t#  x  \n", "TOKEN=new # mine\nID=17\t#  x  \n"},
    {"comment behind quotes stays", "TOKEN=\"old\"  # it's\nID=1\n", "TOKEN=new  # it's\nID=17\n"},
    {"comment right behind quotes gets a blank", "TOKEN=\"old\"#c\nID=1\n", "TOKEN=new #c\nID=17\n"},
    {"comment instead of a value", "TOKEN= # later\nID=#x\n", "TOKEN=new # later\nID=17 #x\n"},
    {"hash in the value goes", "TOKEN=ol#d\nID=1\n", "TOKEN=new\nID=17\n"},
    {"several lines in quotes", "TOKEN=\"ol\nd\"\nID=1\n", "TOKEN=new\nID=17\n"},
    {"several CRLF lines in quotes", "TOKEN='ol\r\nd' # c\r\nID=1\r\n", "TOKEN=new # c\r\nID=17\r\n"},
    {"CRLF", "A=1\r\nTOKEN=\"old\"\r\nID=1\r\n", "A=1\r\nTOKEN=new\r\nID=17\r\n"},
    {"CR", "A=1\rTOKEN=old\rID=1\r", "A=1\rTOKEN=new\rID=17\r"},
    {"byte-order mark stays", "\xEF\xBB\xBFTOKEN=old\nID=1\n", "\xEF\xBB\xBFTOKEN=new\nID=17\n"},
    {"all occurrences", "TOKEN=a\nID=1\nTOKEN='b'\nID=2\n", "TOKEN=new\nID=17\nTOKEN=new\nID=17\n"},
    {"the colon form too", "TOKEN: old\nTOKEN=old\nID=1\n", "TOKEN: new\nTOKEN=new\nID=17\n"},
    {"the colon form is not enough", "TOKEN: old\nID=1\n", "TOKEN: new\nID=17\nTOKEN=new\n"},
    {"torn rest stays, it is a foreign line", "TOKEN=EAAB\nrest0123456\nID=1\n", "TOKEN=new\nrest0123456\nID=17\n"},
    {"pasted prefix goes", "TOKEN=access_token=old\nID=1\n", "TOKEN=new\nID=17\n"},
    {"value with equals goes", "TOKEN=a=b=c\nID=1\n", "TOKEN=new\nID=17\n"},
    {"variable goes", "TOKEN=${OLD}\nID=$X\n", "TOKEN=new\nID=17\n"},
    {"inside another value stays", "A=\"\nTOKEN=x\n\"\nTOKEN=old\nID=1\n", "A=\"\nTOKEN=x\n\"\nTOKEN=new\nID=17\n"},
    {"foreign syntax stays", "a b c\n=\n==\n'\n\"\nTOKEN=old\n%$&\nID=1\n\n\n",
     "a b c\n=\n==\n'\n\"\nTOKEN=new\n%$&\nID=17\n\n\n"},
    {"foreign bytes stay", "A=\xFF\xFE\x80\nTOKEN=old\nB=\x01\x7F\nID=1\n",
     "A=\xFF\xFE\x80\nTOKEN=new\nB=\x01\x7F\nID=17\n"},
    {"foreign broken quote stays", "A='x\nTOKEN=old\nID=1\n", "A='x\nTOKEN=new\nID=17\n"},
    {"foreign trailing blanks stay", "A=1  \n\n  \nTOKEN=old\nID=1\n \t", "A=1  \n\n  \nTOKEN=new\nID=17\n \t"},
    {"mixed endings stay", "A=1\r\nTOKEN=old\nB=2\rID=1\r\n", "A=1\r\nTOKEN=new\nB=2\rID=17\r\n"},
};

Result<Secret> set_both(std::string_view bytes, std::string_view token = "new", std::string_view id = "17") {
    const DotenvAssignment assignments[] = {{"TOKEN", token}, {"ID", id}};
    return set_values(bytes, assignments);
}

TEST(DotenvWrite, ChangesTheBytesOfOurValuesAndNothingElse) {
    for (const WriteCase& item : kWritten) {
        SCOPED_TRACE(item.name);
        const auto written = set_both(item.before);
        ASSERT_TRUE(written.has_value()) << written.error().summary();
        EXPECT_EQ(written->reveal(), item.after);
    }
}

TEST(DotenvWrite, HasNothingMoreToDoTheSecondTime) {
    for (const WriteCase& item : kWritten) {
        SCOPED_TRACE(item.name);
        const auto again = set_both(item.after);
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(again->reveal(), item.after);
    }
}

struct ValueCase {
    std::string_view value;
    std::string_view written;
};

constexpr ValueCase kValues[] = {
    {"EAABsbCS1iHg", "EAABsbCS1iHg"},
    {"17841400000000001", "17841400000000001"},
    {"a_b-c.d%e=f:g/h+i,j@k^l", "a_b-c.d%e=f:g/h+i,j@k^l"},
    {"a~b", "a~b"},
    {"=", "="},
    {"123|abc", "'123|abc'"},
    {"~a", "'~a'"},
    {"a:~b", "'a:~b'"},
    {"a b", "'a b'"},
    {" a", "' a'"},
    {"a ", "'a '"},
    {"a#b", "'a#b'"},
    {"#", "'#'"},
    {"a;b", "'a;b'"},
    {"a&b", "'a&b'"},
    {"<a>", "'<a>'"},
    {"(a)", "'(a)'"},
    {"a*?[b]", "'a*?[b]'"},
    {"{a,b}", "'{a,b}'"},
    {"a!b", "'a!b'"},
    {"a`b", "'a`b'"},
    {"a\"b", "'a\"b'"},
    {"\"a\"", "'\"a\"'"},
    {"a'b", "\"a'b\""},
    {"'a'", "\"'a'\""},
    {"caf\xC3\xA9", "'caf\xC3\xA9'"},
};

TEST(DotenvWrite, QuotesOnlyWhatSomeReaderCouldNotReadBare) {
    for (const ValueCase& item : kValues) {
        SCOPED_TRACE(item.value);
        const DotenvAssignment assignments[] = {{"TOKEN", item.value}};
        const auto written = set_values("A=1\nTOKEN=old # c\nB=2\n", assignments);
        ASSERT_TRUE(written.has_value()) << written.error().summary();
        EXPECT_EQ(written->reveal(), "A=1\nTOKEN=" + std::string(item.written) + " # c\nB=2\n");
    }
}

TEST(DotenvWrite, RefusesValuesThatReadersWouldTakeDifferently) {
    constexpr std::string_view kUnsafe[] = {
        "",     " ",      "\t",    "\xC2\xA0", "a\nb", "a\n",       "\na",      "a\r",  "a\r\nB=2",     "a\0b"sv,
        "\0"sv, "a\x01",  "a\x7F", "a\x1B[0m", "a$b",  "$a",        "${a}",     "$(a)", "a\\b",         "a\\",
        "\\",   "a'b\"c", "'\"",   "a'`b",     "\xFF", "a\xE2\x80", "\xC0\xAF", "a\tb", "x\n'\nEVIL=1",
    };
    for (const std::string_view value : kUnsafe) {
        SCOPED_TRACE(value);
        for (const bool is_token : {true, false}) {
            const auto written = set_both("TOKEN=old\nID=1\n", is_token ? value : "new", is_token ? "17" : value);
            ASSERT_FALSE(written.has_value());
            EXPECT_EQ(written.error().code(), Code::kValueUnsafe);
            EXPECT_EQ(written.error().fault(), Fault::kUsage);
        }
    }
}

TEST(DotenvWrite, RefusesKeysThatAreNoNames) {
    for (const std::string_view key :
         {"", "1A", "A B", "A=B", "A-B", "A.B", "A\n", "#A", "\xC3\x89", "export A", "'A'"}) {
        SCOPED_TRACE(key);
        const DotenvAssignment assignments[] = {{key, "x"}};
        const auto written = set_values("A=1\n", assignments);
        ASSERT_FALSE(written.has_value());
        EXPECT_EQ(written.error().code(), Code::kValueUnsafe);
    }
    const DotenvAssignment twice[] = {{"A", "x"}, {"A", "y"}};
    EXPECT_EQ(set_values("A=1\n", twice).error().code(), Code::kValueUnsafe);
}

TEST(DotenvWrite, RefusesFilesWhereItCannotTellWhereOurValueEnds) {
    for (const std::string_view bytes :
         {"TOKEN=\"old\nID=1\n"sv, "ID=1\nTOKEN='old"sv, "TOKEN=\"old\"x\nID=1\n"sv, "A='x\nTOKEN=old\nB='y'\n"sv,
          "A=`\nTOKEN=old\n`\n"sv, "TOKEN=\xFF\n"sv, "A=\0\nTOKEN=old\n"sv, "\xFF\xFET\0"sv, "ID='1\nTOKEN=old\n"sv}) {
        SCOPED_TRACE(bytes);
        const auto written = set_both(bytes);
        ASSERT_FALSE(written.has_value());
        EXPECT_EQ(written.error().code(), Code::kEnvSyntax);
        EXPECT_TRUE(written.error().detail().starts_with("line 1:") || written.error().detail().starts_with("line 2:"));
    }
}

TEST(DotenvWrite, RefusesAValueWhoseQuotesWouldCloseAForeignOne) {
    const auto written = set_both("TOKEN=x\nA='open\nTOKEN=y\nID=1\n", "v'#w");
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().code(), Code::kEnvSyntax);
    EXPECT_TRUE(written.error().detail().starts_with("line 2:") || written.error().detail().starts_with("line 3:"))
        << written.error().detail();
}

TEST(DotenvWrite, StaysWithinAMebibyte) {
    const std::string full = "TOKEN=abc\nID=17\n" + std::string(1048576 - 16, '#');
    EXPECT_TRUE(set_both(full).has_value());
    const auto longer = set_both(full, "abcd");
    ASSERT_FALSE(longer.has_value());
    EXPECT_EQ(longer.error().code(), Code::kEnvTooLarge);
    EXPECT_EQ(set_both(full + "#").error().code(), Code::kEnvTooLarge);
}

TEST(DotenvWrite, TakesTheTornOffRestOfAValueWithIt) {
    // Only where the new value ends with the line below: then that line was this value's.
    const auto joined = set_both("A=1\nTOKEN=EAABwzLix\nnjYBO4abc99\nID=17\nB=2\n", "EAABwzLixnjYBO4abc99");
    ASSERT_TRUE(joined.has_value());
    EXPECT_EQ(joined->reveal(), "A=1\nTOKEN=EAABwzLixnjYBO4abc99\nID=17\nB=2\n");
    const auto other = set_both("A=1\nTOKEN=EAABwzLix\nnjYBO4abc99\nID=17\n", "EAABcompletelydifferent1");
    ASSERT_TRUE(other.has_value());
    EXPECT_EQ(other->reveal(), "A=1\nTOKEN=EAABcompletelydifferent1\nnjYBO4abc99\nID=17\n");
}

} // namespace
} // namespace everlong::core
