#include <core/csv.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everlong::core {
namespace {

using testing::ElementsAre;

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
    const auto table = parse_csv("\xEF\xBB\xBF"
                                 "a,b,c\r\n1,\"two, \"\"2\"\"\nlines\",3\r\n\r\n,,\r\nx,,\"\"")
                           .value();
    ASSERT_EQ(table.rows.size(), 3U);
    EXPECT_THAT(table.rows[0], ElementsAre("a", "b", "c"));
    EXPECT_THAT(table.rows[1], ElementsAre("1", "two, \"2\"\nlines", "3"));
    EXPECT_THAT(table.rows[2], ElementsAre("x", "", ""));
    EXPECT_THAT(table.lines, ElementsAre(1, 2, 6));
}

TEST(Csv, TakesTheSeparatorOfItsFirstLine) {
    EXPECT_THAT(parse_csv("a;b\n1;2,5\n").value().rows[1], ElementsAre("1", "2,5"));
    EXPECT_THAT(parse_csv("a\tb\n1\t2;3").value().rows[1], ElementsAre("1", "2;3"));
    EXPECT_THAT(parse_csv("a\n1").value().rows[1], ElementsAre("1"));
}

TEST(Csv, NothingIsNoRow) {
    EXPECT_TRUE(parse_csv("").value().rows.empty());
    EXPECT_TRUE(parse_csv("\n\r\n,,\n").value().rows.empty());
}

TEST(Csv, SaysWhereACellDoesNotEnd) {
    const auto table = parse_csv("a,b\n1,2\n3,\"four\n5,6\n");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().detail(), "a cell that is quoted from line 3 on does not end");
    EXPECT_FALSE(parse_csv("a,b\ncaf\xe9,1\n"));
}

} // namespace
} // namespace everlong::core
