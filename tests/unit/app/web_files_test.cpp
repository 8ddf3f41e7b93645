#include <app/web_files.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace everlong::app {
namespace {

using testing::HasSubstr;
using testing::Not;

const WebFile* find(std::string_view path) {
    const auto files = web_files();
    const auto found = std::ranges::find(files, path, &WebFile::path);
    return found == files.end() ? nullptr : &*found;
}

TEST(WebFiles, HoldThePageAndWhatItNames) {
    const WebFile* page = find("/index.html");
    ASSERT_NE(page, nullptr);
    EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
    const std::string text(page->bytes);
    int named = 0;
    for (std::size_t at = text.find("=\"/"); at != std::string::npos; at = text.find("=\"/", at + 1)) {
        const std::string path = text.substr(at + 2, text.find('"', at + 2) - at - 2);
        EXPECT_NE(find(path), nullptr) << path;
        ++named;
    }
    EXPECT_GE(named, 2);
}

TEST(WebFiles, AreWholeAndInOrder) {
    EXPECT_TRUE(std::ranges::is_sorted(web_files(), {}, &WebFile::path));
    EXPECT_TRUE(find("/index.html")->bytes.starts_with("<!doctype html>"));
    EXPECT_TRUE(find("/index.html")->bytes.ends_with("</html>\n"));
    EXPECT_TRUE(find("/favicon.svg")->bytes.starts_with("<svg "));
    for (const WebFile& file : web_files()) {
        EXPECT_EQ(file.etag.size(), 34u) << file.path;
        EXPECT_FALSE(file.bytes.empty()) << file.path;
    }
}

// What the Content-Security-Policy would refuse must not be there.
TEST(WebFiles, HoldNothingInlineAndNothingFromElsewhere) {
    const std::string page(find("/index.html")->bytes);
    EXPECT_THAT(page, Not(HasSubstr("<style")));
    EXPECT_THAT(page, Not(HasSubstr("style=")));
    EXPECT_THAT(page, Not(HasSubstr("://")));
    EXPECT_THAT(page, Not(testing::ContainsRegex("<script[^>]*>[^<]")));
    for (const WebFile& file : web_files()) {
        if (!file.path.ends_with(".css")) continue;
        EXPECT_EQ(file.bytes.find("url(http"), std::string_view::npos);
        EXPECT_EQ(file.bytes.find("@import"), std::string_view::npos);
    }
}

} // namespace
} // namespace everlong::app
