#include <http/response_writer.hpp>

#include <http/field_rules.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace everlong::http {
namespace {

struct StatusTitle {
    int status;
    std::string_view title;
};

// The statuses that Everlong and its simulator use (RFC 9110, 15; RFC 6585; RFC 4918). A phrase is decoration: others
// go out without one.
constexpr StatusTitle kTitles[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

// What format_head() adds to a response's own fields: status line, Date, framing.
constexpr std::size_t kOwnBytes = 160;

std::string_view title_of(int status) {
    const auto row = std::ranges::find(kTitles, status, &StatusTitle::status);
    return row == std::end(kTitles) ? std::string_view() : row->title;
}

bool is_framing(std::string_view name) {
    constexpr std::string_view kNames[] = {"content-length", "transfer-encoding", "connection"};
    return std::ranges::any_of(kNames, [name](std::string_view framing) {
        return std::ranges::equal(name, framing, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
        });
    });
}

void add_field(std::string& head, std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
}

} // namespace

bool may_have_body(int status) {
    return status != 204 && status != 304;
}

std::optional<std::string> format_head(const Response& response, const HeadOptions& options) {
    // Interim answers are the server's own business, and a final answer must follow them.
    if (response.status < 200 || response.status > 599) return std::nullopt;
    std::string head;
    head.reserve(response.headers.lines().size() + kOwnBytes);
    head += "HTTP/1.1 ";
    head += std::to_string(response.status);
    head += ' ';
    head += title_of(response.status);
    head += "\r\n";
    const auto fields = response.headers.fields();
    bool has_framing = false;
    for (const auto& [name, value] : fields) {
        if (!is_token(name) || !is_field_value(value)) return std::nullopt;
        has_framing = has_framing || is_framing(name);
    }
    if (!has_framing) head += response.headers.lines();
    for (const auto& [name, value] : fields) {
        if (has_framing && !is_framing(name)) add_field(head, name, value);
    }
    if (options.now && !response.headers.find("Date")) add_field(head, "Date", to_http_date(*options.now));
    // With 204 it is forbidden, with 304 it would speak of a body that we do not know (RFC 9110, 8.6).
    if (may_have_body(response.status) && response.stream && response.stream_length) {
        add_field(head, "Content-Length", std::to_string(*response.stream_length));
    } else if (may_have_body(response.status) && !response.stream) {
        add_field(head, "Content-Length", std::to_string(response.claimed_length.value_or(response.body.size())));
    } else if (may_have_body(response.status) && !options.is_http_1_0) {
        add_field(head, "Transfer-Encoding", "chunked");
    }
    if (!options.keeps_alive) {
        add_field(head, "Connection", "close");
    } else if (options.is_http_1_0) {
        add_field(head, "Connection", "keep-alive");
    }
    head += "\r\n";
    return head;
}

std::string format_chunk(std::string_view piece) {
    std::array<char, 16> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16).ptr;
    std::string chunk;
    chunk.reserve(piece.size() + size.size() + 4);
    chunk.append(size.data(), end);
    chunk += "\r\n";
    chunk += piece;
    chunk += "\r\n";
    return chunk;
}

Response plain_response(int status) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/problem+json");
    response.body = "{\"title\":\"" + std::string(title_of(status)) + "\",\"status\":" + std::to_string(status) + "}";
    response.closes_connection = true;
    return response;
}

} // namespace everlong::http
