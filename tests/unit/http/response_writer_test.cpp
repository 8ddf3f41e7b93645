#include <http/response_writer.hpp>

#include <gtest/gtest.h>

namespace everlong::http {
namespace {

using namespace std::string_literals;

TEST(ResponseWriter, FormatsAHead) {
    Response response;
    response.status = 201;
    response.headers.add("Content-Type", "text/plain");
    response.headers.add("X-Empty", "");
    response.body = "hello";
    EXPECT_EQ(format_head(response, {}), "HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\nX-Empty: \r\n"
                                         "Content-Length: 5\r\n\r\n");
}

TEST(ResponseWriter, OwnsTheFraming) {
    Response response;
    response.headers.add("content-LENGTH", "99");
    response.headers.add("Transfer-Encoding", "chunked");
    response.headers.add("Connection", "upgrade");
    EXPECT_EQ(format_head(response, {}), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(format_head(response, {.keeps_alive = false, .is_http_1_0 = false, .now = {}}),
              "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(format_head(response, {.keeps_alive = true, .is_http_1_0 = true, .now = {}}),
              "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

TEST(ResponseWriter, GivesNoLengthWhereThereCanBeNoBody) {
    Response response;
    response.body = "ignored";
    response.status = 204;
    EXPECT_EQ(format_head(response, {}), "HTTP/1.1 204 No Content\r\n\r\n");
    response.status = 304;
    EXPECT_EQ(format_head(response, {}), "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST(ResponseWriter, AddsADateOnlyWhereThereIsNone) {
    Response response;
    const HeadOptions options{.keeps_alive = true, .is_http_1_0 = false, .now = instant_from_unix_s(1777629600)};
    EXPECT_EQ(format_head(response, options),
              "HTTP/1.1 200 OK\r\nDate: Fri, 01 May 2026 10:00:00 GMT\r\nContent-Length: 0\r\n\r\n");
    response.headers.add("date", "virtual");
    EXPECT_EQ(format_head(response, options), "HTTP/1.1 200 OK\r\ndate: virtual\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseWriter, RefusesWhatWouldBreakTheMessage) {
    struct Case {
        const char* name;
        int status;
        std::string field;
        std::string value;
    };
    const Case cases[] = {
        {"line break in a value", 302, "Location", "/a\r\nSet-Cookie: evil=1"},
        {"LF in a value", 302, "Location", "/a\nb"},
        {"NUL in a value", 200, "A", "b\0"s},
        {"DEL in a value", 200, "A", "b\x7f"},
        {"empty name", 200, "", "a"},
        {"blank in a name", 200, "A b", "c"},
        {"colon in a name", 200, "A:", "c"},
        {"line break in a name", 200, "A\r\nB", "c"},
        {"interim status", 101, "A", "b"},
        {"status too small", 0, "A", "b"},
        {"status too large", 600, "A", "b"},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        Response response;
        response.status = c.status;
        response.headers.add(c.field, c.value);
        EXPECT_EQ(format_head(response, {}), std::nullopt);
    }
}

TEST(ResponseWriter, SaysWhyInJson) {
    const Response response = plain_response(431);
    EXPECT_EQ(response.status, 431);
    EXPECT_EQ(response.body, R"({"title":"Request Header Fields Too Large","status":431})");
    EXPECT_EQ(response.headers.find("Content-Type"), "application/problem+json");
    EXPECT_TRUE(response.closes_connection);
}

} // namespace
} // namespace everlong::http
