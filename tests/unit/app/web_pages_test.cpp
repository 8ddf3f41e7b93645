#include <app/web_pages.hpp>

#include <app/web_files.hpp>

#include <gtest/gtest.h>

namespace everlong::app {
namespace {

TEST(WebPages, AreFoundByTheirWholePath) {
    const auto pages = make_web_pages();
    const api::Page* index = pages->find("/index.html");
    ASSERT_NE(index, nullptr);
    EXPECT_TRUE(index->bytes.starts_with("<!doctype html>"));
    EXPECT_EQ(index->content_type, "text/html; charset=utf-8");
    EXPECT_EQ(pages->find("/"), nullptr);
    EXPECT_EQ(pages->find("/index.htm"), nullptr);
    EXPECT_EQ(pages->find("/assets/../index.html"), nullptr);
    EXPECT_EQ(pages->find(""), nullptr);
}

TEST(WebPages, OnlyWhatHasADigestInItsNameMayBeKeptUnasked) {
    const auto pages = make_web_pages();
    int assets = 0;
    for (const WebFile& file : web_files()) {
        const bool is_asset = file.path.starts_with("/assets/");
        EXPECT_EQ(pages->find(file.path)->is_immutable, is_asset) << file.path;
        assets += is_asset ? 1 : 0;
    }
    EXPECT_GE(assets, 2);
}

} // namespace
} // namespace everlong::app
