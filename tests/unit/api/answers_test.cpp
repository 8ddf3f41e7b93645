// What belongs to no route: the pages, what the server refuses by itself, and the headers of every answer.

#include <api/detail/answers.hpp>

#include <api/api.hpp>

#include <support/map_pages.hpp>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace everlong::api::detail {
namespace {

http::Request request(std::string method, std::string target, std::string accept = "text/html,*/*;q=0.8") {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    if (!accept.empty()) request.headers.set("Accept", accept);
    return request;
}

const test::MapPages& pages() {
    static const test::MapPages kPages({
        {"/index.html", {"<title>Everlong</title>", "text/html; charset=utf-8", "\"i1\"", false}},
        {"/favicon.svg", {"<svg/>", "image/svg+xml", "\"f1\"", false}},
        {"/assets/index-B2x.js", {"let a", "text/javascript; charset=utf-8", "\"a1\"", true}},
    });
    return kPages;
}

TEST(FindPage, GivesFilesByTheirPath) {
    const auto script = find_page(&pages(), request("GET", "/assets/index-B2x.js", ""));
    ASSERT_TRUE(script);
    EXPECT_EQ(script->status, 200);
    EXPECT_EQ(script->body, "let a");
    EXPECT_EQ(script->headers.find("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(script->headers.find("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(script->headers.find("ETag"), "\"a1\"");
    const auto icon = find_page(&pages(), request("HEAD", "/favicon.svg?v=2"));
    ASSERT_TRUE(icon);
    EXPECT_EQ(icon->headers.find("Cache-Control"), "no-cache");
}

TEST(FindPage, GivesTheIndexForAddressesWithinThePage) {
    for (const char* path : {"/", "/index.html", "/setup", "/signin", "/channels/my-cafe", "/logins/a_B-9", "/add/",
                             "/?next=/v1", "/v10", "/metadata"}) {
        SCOPED_TRACE(path);
        const auto page = find_page(&pages(), request("GET", path));
        ASSERT_TRUE(page);
        EXPECT_EQ(page->body, "<title>Everlong</title>");
        EXPECT_EQ(page->headers.find("Content-Type"), "text/html; charset=utf-8");
        EXPECT_EQ(page->headers.find("Vary"), "Accept");
    }
}

TEST(FindPage, GivesNothingToWhoAsksForSomethingElse) {
    const char* const paths[] = {"/v1",
                                 "/v1/chanels",
                                 "/graph/cafe/me",
                                 "/oauth/facebook/start",
                                 "/meta/deauthorize",
                                 "/assets/gone.js",
                                 "/assets/index-B2x.js/",
                                 "/Assets/../v1",
                                 "/assets/..%2findex.html",
                                 "/..%2f..%2fetc%2fpasswd",
                                 "/%00",
                                 "/index.html%00",
                                 "/INDEX.HTML",
                                 "//evil.example",
                                 "/.env",
                                 "/setup.php",
                                 "*",
                                 ""};
    for (const char* path : paths) {
        SCOPED_TRACE(path);
        EXPECT_FALSE(find_page(&pages(), request("GET", path)));
    }
    EXPECT_FALSE(find_page(&pages(), request("GET", "/setup", "application/json")));
    EXPECT_FALSE(find_page(&pages(), request("GET", "/setup", "*/*")));
    EXPECT_FALSE(find_page(&pages(), request("POST", "/setup")));
    EXPECT_FALSE(find_page(nullptr, request("GET", "/")));
}

TEST(FindPage, TakesNoOtherMethodWhereThereIsAFile) {
    for (const char* path : {"/", "/favicon.svg"}) {
        const auto answer = find_page(&pages(), request("POST", path));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 405);
        EXPECT_EQ(answer->headers.find("Allow"), "GET, HEAD");
    }
}

TEST(FindPage, SendsNothingAgainThatIsThereAlready) {
    for (const char* known : {"\"i1\"", "W/\"i1\"", "\"x\", \"i1\"", "*"}) {
        SCOPED_TRACE(known);
        http::Request asked = request("GET", "/");
        asked.headers.set("If-None-Match", known);
        const auto answer = find_page(&pages(), asked);
        EXPECT_EQ(answer->status, 304);
        EXPECT_EQ(answer->body, "");
        EXPECT_EQ(answer->headers.find("ETag"), "\"i1\"");
    }
    http::Request asked = request("GET", "/");
    asked.headers.set("If-None-Match", "\"i0\"");
    EXPECT_EQ(find_page(&pages(), asked)->status, 200);
}

TEST(SecurityHeaders, StandOnEveryAnswer) {
    const std::pair<const char*, const char*> expected[] = {
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Frame-Options", "DENY"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src "
         "'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    };
    for (const auto& [name, value] : expected)
        EXPECT_EQ(refusal(400).headers.find(name), value) << name;
    http::Response own;
    own.headers.set("cache-control", "no-cache");
    add_security_headers(own);
    EXPECT_EQ(own.headers.find("Cache-Control"), "no-cache");
}

TEST(Refusal, IsAProblemWithOurCode) {
    const std::pair<int, const char*> rows[] = {
        {400, "E_HTTP_REQUEST"},   {408, "E_HTTP_TIMEOUT"}, {413, "E_HTTP_TOO_LARGE"},
        {414, "E_HTTP_TOO_LARGE"}, {417, "E_HTTP_REQUEST"}, {431, "E_HTTP_TOO_LARGE"},
        {500, "E_INTERNAL"},       {503, "E_HTTP_BUSY"},    {505, "E_HTTP_REQUEST"},
    };
    for (const auto& [status, code] : rows) {
        SCOPED_TRACE(status);
        const http::Response answer = refusal(status);
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.headers.find("Content-Type"), "application/problem+json");
        const auto problem = boost::json::parse(answer.body);
        EXPECT_EQ(problem.at("code").as_string(), code);
        EXPECT_EQ(problem.at("status").as_int64(), status);
    }
}

} // namespace
} // namespace everlong::api::detail
