#include <core/publishing/robots.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

bool allows(std::string_view robots, std::string_view path = "/media/a.jpg") {
    return allows_fetch(robots, kMetaFetcher, path);
}

TEST(Robots, NothingForbidsNothing) {
    EXPECT_TRUE(allows(""));
    EXPECT_TRUE(allows("<html>not found</html>"));
    EXPECT_TRUE(allows("User-agent: *\nDisallow:\n"));
    EXPECT_TRUE(allows("Disallow: /\n"));
}

TEST(Robots, TheOwnGroupCountsOrElseThatOfEverybody) {
    EXPECT_FALSE(allows("User-agent: *\nDisallow: /\n"));
    EXPECT_TRUE(allows("User-agent: *\nDisallow: /\n\nUser-agent: FacebookExternalHit\nAllow: /\n"));
    EXPECT_FALSE(
        allows("User-agent: facebookexternalhit/1.1\r\nDisallow: /media\r\n\r\nUser-agent: *\r\nAllow: /\r\n"));
    EXPECT_FALSE(allows("User-agent: other\nUser-agent: facebookexternalhit\nDisallow: /\n"));
    EXPECT_TRUE(allows("User-agent: other\nDisallow: /\n"));
    EXPECT_TRUE(allows("User-agent: facebookexternalhit\n# nothing\nUser-agent: other\nCrawl-delay: 1\n"));
}

TEST(Robots, TheLongestRuleWinsAndLeaveOverRefusal) {
    EXPECT_TRUE(allows("User-agent: *\nDisallow: /\nAllow: /media/\n"));
    EXPECT_FALSE(allows("User-agent: *\nAllow: /media/\nDisallow: /media/a\n"));
    EXPECT_TRUE(allows("User-agent: *\nDisallow: /media\nAllow: /media\n"));
}

TEST(Robots, StarsAndEndsAreObeyed) {
    EXPECT_FALSE(allows("User-agent: *\nDisallow: /*.jpg$\n"));
    EXPECT_TRUE(allows("User-agent: *\nDisallow: /*.jpg$\n", "/media/a.jpg?x=1"));
    EXPECT_FALSE(allows("User-agent: *\nDisallow: /*/a*g\n"));
    EXPECT_FALSE(allows("User-agent: *\nDisallow: *a.jpg\n"));
    EXPECT_TRUE(allows("User-agent: *\nDisallow: /media/a$\n"));
    EXPECT_FALSE(allows("User-agent: *\nDisallow: /*a*b*c$\n", "/xaxbxbxcxc"));
}

} // namespace
} // namespace everlong::core
