#include <core/dotenv.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

using namespace std::string_view_literals;

std::string words_of(const std::vector<ValueDamage>& damages) {
    std::string words;
    for (const ValueDamage damage : damages) {
        if (!words.empty()) words += ' ';
        words += to_text(damage);
    }
    return words;
}

struct ReadCase {
    std::string_view name;
    std::string_view file;
    std::size_t occurrences;
    std::size_t line;
    std::string_view value;
    std::string_view raw;
    std::string_view damage;
};

constexpr ReadCase kReadable[] = {
    {"plain", "TOKEN=abc\n", 1, 1, "abc", "abc", ""},
    {"no last newline", "TOKEN=abc", 1, 1, "abc", "abc", ""},
    {"empty file", "", 0, 0, "", "", ""},
    {"only a newline", "\n", 0, 0, "", "", ""},
    {"only a byte-order mark", "\xEF\xBB\xBF", 0, 0, "", "", ""},
    {"absent", "OTHER=abc\n", 0, 0, "", "", ""},
    {"longer key", "TOKEN_OLD=abc\n", 0, 0, "", "", ""},
    {"longer key in front", "MY_TOKEN=abc\n", 0, 0, "", "", ""},
    {"other case", "token=abc\n", 0, 0, "", "", ""},
    {"in a comment", "#TOKEN=abc\n", 0, 0, "", "", ""},
    {"in an indented comment", "  # TOKEN=abc\n", 0, 0, "", "", ""},
    {"bare key", "TOKEN\n", 0, 0, "", "", ""},
    {"bare key at the end", "A=1\nTOKEN", 0, 0, "", "", ""},
    {"bare key in front", "TOKEN\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"stray quote behind", "TOKEN=abc\n'\nB='x'\n", 1, 1, "abc", "abc", ""},
    {"stray quote, never closed", "'\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"in another value", "A=x TOKEN=abc\n", 0, 0, "", "", ""},
    {"inside a quoted value of several lines", "A=\"x\nTOKEN=abc\ny\"\n", 0, 0, "", "", ""},
    {"colon is for one reader only", "TOKEN: abc\n", 0, 0, "", "", ""},
    {"third line", "A=1\n\nTOKEN=abc\n", 1, 3, "abc", "abc", ""},
    {"CRLF", "A=1\r\nTOKEN=abc\r\nB=2\r\n", 1, 2, "abc", "abc", ""},
    {"CR alone", "A=1\rTOKEN=abc\rB=2\r", 1, 2, "abc", "abc", ""},
    {"mixed endings", "A=1\r\nB=2\nC=3\rTOKEN=abc", 1, 4, "abc", "abc", ""},
    {"blank lines with blanks", " \t\n\t\nTOKEN=abc\n", 1, 3, "abc", "abc", ""},
    {"indented", "   TOKEN=abc\n", 1, 1, "abc", "abc", ""},
    {"tab indented", "\tTOKEN=abc\n", 1, 1, "abc", "abc", ""},
    {"exported", "export TOKEN=abc\n", 1, 1, "abc", "abc", ""},
    {"exported with a tab", "export\tTOKEN=abc\n", 1, 1, "abc", "abc", ""},
    {"exported with many blanks", "  export    TOKEN=abc\n", 1, 1, "abc", "abc", ""},
    {"a key named export", "export=1\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"a key that begins with export", "exporter=1\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"quoted key", "'TOKEN'=abc\n", 1, 1, "abc", "abc", ""},
    {"blanks before =", "TOKEN  =abc\n", 1, 1, "abc", "abc", ""},
    {"blank behind =", "TOKEN= abc\n", 1, 1, "abc", " abc", "blanks"},
    {"blanks on both sides", "TOKEN \t=\t abc\n", 1, 1, "abc", "\t abc", "blanks"},
    {"trailing blanks", "TOKEN=abc  \n", 1, 1, "abc", "abc  ", "blanks"},
    {"trailing tab before CRLF", "TOKEN=abc\t\r\n", 1, 1, "abc", "abc\t", "blanks"},
    {"empty", "TOKEN=\n", 1, 1, "", "", ""},
    {"empty at the end", "TOKEN=", 1, 1, "", "", ""},
    {"blank", "TOKEN=   \n", 1, 1, "", "   ", "blanks"},
    {"empty double quotes", "TOKEN=\"\"\n", 1, 1, "", "\"\"", "quotes"},
    {"empty single quotes", "TOKEN=''\n", 1, 1, "", "''", "quotes"},
    {"double quotes", "TOKEN=\"abc\"\n", 1, 1, "abc", "\"abc\"", "quotes"},
    {"single quotes", "TOKEN='abc'\n", 1, 1, "abc", "'abc'", "quotes"},
    {"backticks", "TOKEN=`abc`\n", 1, 1, "abc", "`abc`", "quotes"},
    {"blank inside the quotes", "TOKEN=\"abc \"\n", 1, 1, "abc ", "\"abc \"", "quotes blanks"},
    {"blank behind the quotes", "TOKEN=\"abc\" \n", 1, 1, "abc", "\"abc\" ", "quotes blanks"},
    {"blank in front of the quotes", "TOKEN= 'abc'\n", 1, 1, "abc", " 'abc'", "quotes blanks"},
    {"line break inside the quotes", "TOKEN=\"ab\nc\"\n", 1, 1, "ab\nc", "\"ab\nc\"", "quotes line-break"},
    {"CRLF inside the quotes", "TOKEN=\"ab\r\nc\"\r\n", 1, 1, "ab\nc", "\"ab\r\nc\"", "quotes line-break"},
    {"line break before the closing quote", "TOKEN='abc\n'\n", 1, 1, "abc\n", "'abc\n'", "quotes line-break"},
    {"written line break", "TOKEN=\"abc\\n\"\n", 1, 1, "abc\n", "\"abc\\n\"", "quotes line-break"},
    {"key after several lines", "A=\"1\n2\n3\"\nTOKEN=abc\n", 1, 4, "abc", "abc", ""},
    {"key after several CRLF lines", "A='1\r\n2'\r\nTOKEN=abc\r\n", 1, 3, "abc", "abc", ""},
    {"escaped double quote", "TOKEN=\"a\\\"b\"\n", 1, 1, "a\"b", "\"a\\\"b\"", "quotes"},
    {"escaped single quote", "TOKEN='a\\'b'\n", 1, 1, "a'b", "'a\\'b'", "quotes"},
    {"backslash at the end of quotes", "TOKEN='C:\\'\n", 1, 1, "C:\\", "'C:\\'", "quotes"},
    {"other backslashes stay", "TOKEN='a\\nb'\n", 1, 1, "a\\nb", "'a\\nb'", "quotes"},
    {"double quotes inside single ones", "TOKEN='a\"b'\n", 1, 1, "a\"b", "'a\"b'", "quotes"},
    {"comment", "TOKEN=abc # new\n", 1, 1, "abc", "abc", ""},
    {"comment behind a tab", "TOKEN=abc\t# new\n", 1, 1, "abc", "abc", ""},
    {"comment behind quotes", "TOKEN='abc' # it's new\n", 1, 1, "abc", "'abc'", "quotes"},
    {"comment right behind quotes", "TOKEN=\"abc\"#new\n", 1, 1, "abc", "\"abc\"", "quotes"},
    {"comment instead of a value", "TOKEN= # later\n", 1, 1, "", "", ""},
    {"hash instead of a value", "TOKEN=#later\n", 1, 1, "", "", ""},
    {"hash inside", "TOKEN=abc#def\n", 1, 1, "abc#def", "abc#def", "hash"},
    {"hash inside, then a comment", "TOKEN=abc#def # x\n", 1, 1, "abc#def", "abc#def", "hash"},
    {"hash inside quotes", "TOKEN='abc #def'\n", 1, 1, "abc #def", "'abc #def'", "quotes"},
    {"equals inside", "TOKEN=abc=def==\n", 1, 1, "abc=def==", "abc=def==", ""},
    {"bar inside", "TOKEN=123|abc\n", 1, 1, "123|abc", "123|abc", ""},
    {"encoded bar", "TOKEN=123%7Cabc\n", 1, 1, "123%7Cabc", "123%7Cabc", "percent-encoding"},
    {"all characters of tokens", "TOKEN=aZ09_-|.%=:~\n", 1, 1, "aZ09_-|.%=:~", "aZ09_-|.%=:~", ""},
    {"pasted parameter", "TOKEN=access_token=abc\n", 1, 1, "access_token=abc", "access_token=abc",
     "prefix-access-token"},
    {"pasted header", "TOKEN=Bearer abc\n", 1, 1, "Bearer abc", "Bearer abc", "prefix-bearer"},
    {"pasted key", "TOKEN=INSTAGRAM_ACCESS_TOKEN=abc\n", 1, 1, "INSTAGRAM_ACCESS_TOKEN=abc",
     "INSTAGRAM_ACCESS_TOKEN=abc", "key-prefix"},
    {"pasted line in quotes", "TOKEN=\"INSTAGRAM_ACCESS_TOKEN='abc'\"\n", 1, 1, "INSTAGRAM_ACCESS_TOKEN='abc'",
     "\"INSTAGRAM_ACCESS_TOKEN='abc'\"", "quotes key-prefix"},
    {"non-breaking blank behind", "TOKEN=abc\xC2\xA0\n", 1, 1, "abc", "abc\xC2\xA0", "invisible-characters"},
    {"wide blank in front",
     "TOKEN=\xE3\x80\x80"
     "abc\n",
     1, 1, "abc",
     "\xE3\x80\x80"
     "abc",
     "invisible-characters"},
    {"zero-width blank behind", "TOKEN=abc\xE2\x80\x8B\n", 1, 1, "abc\xE2\x80\x8B", "abc\xE2\x80\x8B",
     "invisible-characters"},
    {"zero-width blank inside",
     "TOKEN=a\xE2\x80\x8B"
     "bc\n",
     1, 1,
     "a\xE2\x80\x8B"
     "bc",
     "a\xE2\x80\x8B"
     "bc",
     "invisible-characters"},
    {"variable", "TOKEN=${OTHER}\n", 1, 1, "${OTHER}", "${OTHER}", "variable"},
    {"shell variable", "TOKEN=$OTHER\n", 1, 1, "$OTHER", "$OTHER", "variable"},
    {"a dollar alone", "TOKEN=a$1\n", 1, 1, "a$1", "a$1", ""},
    {"byte-order mark", "\xEF\xBB\xBFTOKEN=abc\n", 1, 1, "abc", "abc", "byte-order-mark"},
    {"byte-order mark on another line",
     "\xEF\xBB\xBF"
     "A=1\nTOKEN=abc\n",
     1, 2, "abc", "abc", ""},
    {"twice, last wins", "TOKEN=old\nTOKEN=new\n", 2, 2, "new", "new", "duplicate-key"},
    {"twice the same", "TOKEN=abc\nTOKEN='abc'\n", 2, 2, "abc", "'abc'", "quotes"},
    {"three times", "TOKEN=a\nexport TOKEN=b\nTOKEN=a\n", 3, 3, "a", "a", "duplicate-key"},
    {"torn by an editor", "TOKEN=EAABabc\nDEF123xyz\nA=1\n", 1, 1, "EAABabc", "EAABabc\nDEF123xyz", "line-break"},
    {"not torn: a name below", "TOKEN=EAABabc\nNEXT_PUBLIC_2\n", 1, 1, "EAABabc", "EAABabc", ""},
    {"not torn: a word below", "TOKEN=EAABabc\nmaintenance\n", 1, 1, "EAABabc", "EAABabc", ""},
    {"foreign broken quote", "A='broken\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"foreign text behind quotes", "A=\"x\"y\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"foreign apostrophe inside", "A=it's\nTOKEN=abc\nB=don't\n", 1, 2, "abc", "abc", ""},
    {"foreign junk", "%&/()\n==\n=x\n:::\nTOKEN=abc\n", 1, 5, "abc", "abc", ""},
    {"foreign bad UTF-8", "A=\xFF\xFE\x80\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"foreign value of several lines with quotes", "A='{\n \"k\": 1\n}'\nTOKEN=abc\n", 1, 4, "abc", "abc", ""},
    {"foreign backticks on one line", "A=`x y`\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
    {"YAML in front", "a: b\nTOKEN=abc\n", 1, 2, "abc", "abc", ""},
};

TEST(DotenvRead, GivesTheValueAnApplicationReadsAndNamesWhatIsWrongWithIt) {
    for (const ReadCase& item : kReadable) {
        SCOPED_TRACE(item.name);
        const auto file = parse_dotenv(item.file);
        ASSERT_TRUE(file.has_value()) << file.error().summary();
        const auto reading = file->read("TOKEN");
        ASSERT_TRUE(reading.has_value()) << reading.error().summary();
        EXPECT_EQ(reading->occurrences, item.occurrences);
        EXPECT_EQ(reading->line, item.line);
        EXPECT_EQ(reading->value.reveal(), item.value);
        EXPECT_EQ(reading->raw.reveal(), item.raw);
        EXPECT_EQ(words_of(reading->damage), item.damage);
    }
}

struct RefusedCase {
    std::string_view name;
    std::string_view file;
    std::string_view place;
};

constexpr RefusedCase kRefused[] = {
    {"unclosed double quote", "A=1\nTOKEN=\"abc\nB=2\n", "line 2:"},
    {"unclosed single quote", "TOKEN='abc", "line 1:"},
    {"unclosed backtick", "\n\nTOKEN=`abc\n", "line 3:"},
    {"a quote alone", "TOKEN=\"\nB=1\n", "line 1:"},
    {"text behind the quote", "TOKEN=\"abc\"def\n", "line 1:"},
    {"quotes closed by another line", "TOKEN=\"abc\nB=\"x\"\n", "line 1:"},
    {"first of two is broken", "TOKEN='abc\nTOKEN=def\n", "line 1:"},
    {"bad UTF-8 in the value", "A=1\nTOKEN=ab\xFFz\n", "line 2:"},
    {"cut UTF-8 in the value", "TOKEN=ab\xE2\x80\n", "line 1:"},
    {"overlong UTF-8 in the value", "TOKEN=\xC0\xAF\n", "line 1:"},
    {"half of a surrogate pair", "TOKEN=\xED\xA0\x80\n", "line 1:"},
    {"a foreign quote that may swallow it", "A=1\nB='x\nTOKEN=abc\nC='y'\n", "line 2:"},
    {"a foreign apostrophe closed in a comment", "A='Tis\nTOKEN=abc\n# don't\n", "line 1:"},
    {"the bare key behind its value", "TOKEN=abc\nA=1\nTOKEN\n", "line 3:"},
    {"the bare key with a comment", "TOKEN=abc\nexport TOKEN # c\n", "line 2:"},
    {"a stray quote that python-dotenv takes for a key", "A=1\n'\nTOKEN=abc\nB='x'\n", "line 2:"},
    {"foreign backticks over several lines", "A=`x\nTOKEN=abc\n`\n", "line 1:"},
};

TEST(DotenvRead, RefusesWithTheLineWhereReadersWouldDisagree) {
    for (const RefusedCase& item : kRefused) {
        SCOPED_TRACE(item.name);
        const auto file = parse_dotenv(item.file);
        ASSERT_TRUE(file.has_value());
        const auto reading = file->read("TOKEN");
        ASSERT_FALSE(reading.has_value());
        EXPECT_EQ(reading.error().code(), Code::kEnvSyntax);
        EXPECT_EQ(reading.error().fault(), Fault::kUsage);
        EXPECT_TRUE(reading.error().detail().starts_with(item.place)) << reading.error().detail();
        EXPECT_FALSE(reading.error().detail().contains("abc")) << "the value is in the error";
    }
}

TEST(DotenvRead, RefusesNulBytesAnywhere) {
    const auto file = parse_dotenv("A=1\nB=x\0y\nTOKEN=abc\n"sv);
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code(), Code::kEnvSyntax);
    EXPECT_EQ(file.error().detail(), "line 2: a NUL byte");
}

TEST(DotenvRead, SaysThatAFileIsUtf16) {
    const auto file = parse_dotenv("\xFF\xFET\0=\0a\0\n\0"sv);
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().detail(), "line 1: the file is UTF-16; save it as UTF-8");
}

TEST(DotenvRead, TakesAMebibyteAndNotAByteMore) {
    std::string bytes(1048576, '#');
    EXPECT_TRUE(parse_dotenv(bytes).has_value());
    bytes += '#';
    const auto file = parse_dotenv(bytes);
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code(), Code::kEnvTooLarge);
}

// A file made to be slow would hold up every other delivery; these are the shapes that a careless scan is quadratic in.
TEST(DotenvRead, TakesLinearTimeForHostileFiles) {
    for (const std::string_view piece :
         {"A='\n"sv, "A=\"\\\"\n"sv, "'\n"sv, "A=`\n"sv, "A=#\n"sv, "A=a#"sv, "A=\n"sv, "TOKEN=a\n"sv, " "sv,
          "\xE3\x80\x80"sv, "A: b\n"sv, "A='\nB=\"\nC=`\n"sv, "A=1 \xC2\xA0"sv}) {
        SCOPED_TRACE(piece);
        std::string bytes;
        while (bytes.size() + piece.size() <= 1048576)
            bytes += piece;
        const auto file = parse_dotenv(bytes);
        ASSERT_TRUE(file.has_value());
        const auto reading = file->read("TOKEN");
        EXPECT_TRUE(reading.has_value());
    }
}

TEST(DotenvRead, CountsAsCleanOnlyWhatStandsBare) {
    const std::pair<std::string_view, bool> cases[] = {
        {"TOKEN=abc\n", true},   {"TOKEN=abc # c\n", true},      {"TOKEN=abc", true},
        {"TOKEN =abc\n", true},  {"TOKEN='abc'\n", false},       {"TOKEN=abc \n", false},
        {"TOKEN= abc\n", false}, {"TOKEN=\"abc\"\n", false},     {"TOKEN=`abc`\n", false},
        {"TOKEN=\n", true},      {"TOKEN=abc\xC2\xA0\n", false},
    };
    for (const auto& [bytes, is_clean] : cases) {
        SCOPED_TRACE(bytes);
        const auto file = parse_dotenv(bytes);
        ASSERT_TRUE(file.has_value());
        const auto reading = file->read("TOKEN");
        ASSERT_TRUE(reading.has_value());
        EXPECT_EQ(reading->is_clean, is_clean);
    }
}

} // namespace
} // namespace everlong::core
