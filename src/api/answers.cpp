#include <api/detail/answers.hpp>

#include <api/api.hpp>
#include <api/json.hpp>
#include <core/messages.hpp>

#include <algorithm>

namespace everlong::api {
namespace detail {
namespace {

// Nothing but our own files, no inline script or style, no frame around us.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src "
    "'self' data:; connect-src 'self'; font-src 'self'; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

constexpr std::string_view kIndex = "/index.html";

// Below these, programs ask: one that mistypes an address must not get a page with status 200.
constexpr std::string_view kPlacesOfMachines[] = {"v1",     "graph",   "oauth",  "meta",   "media",
                                                  "assets", "metrics", "readyz", "healthz"};

// Could the path be one within the page? Those of channels and logins hold no dot and nothing encoded.
bool is_within_page(std::string_view path) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '/';
    };
    if (!path.starts_with('/') || path.starts_with("//") || !std::ranges::all_of(path, is_plain)) return false;
    const std::string_view first = path.substr(1, path.find('/', 1) - 1);
    return std::ranges::find(kPlacesOfMachines, first) == std::end(kPlacesOfMachines);
}

bool accepts_html(const http::Request& request) {
    return request.headers.find("Accept").value_or("").contains("text/html");
}

// If-None-Match is a list; for a GET a weak tag matches as well (RFC 9110, 13.1.2).
bool has_it_already(const http::Request& request, std::string_view etag) {
    const auto known = request.headers.find("If-None-Match");
    return known && (*known == "*" || known->contains(etag));
}

} // namespace

std::optional<http::Response> find_page(const Pages* pages, const http::Request& request) {
    if (pages == nullptr) return std::nullopt;
    const std::string_view path = request.raw_path();
    const Page* page = pages->find(path == "/" ? kIndex : path);
    if (page != nullptr && request.method != "GET" && !request.is_head_only()) return method_not_allowed("GET");
    const bool may_be_within = page == nullptr && (request.method == "GET" || request.is_head_only());
    if (may_be_within && is_within_page(path) && accepts_html(request)) page = pages->find(kIndex);
    if (page == nullptr) return std::nullopt;
    http::Response response;
    response.headers.set("ETag", std::string(page->etag));
    // "no-cache": kept, but asked for each time, so that an upgrade shows at once.
    response.headers.set("Cache-Control", page->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
    // The same path gives an error to who does not accept pages.
    if (!page->is_immutable) response.headers.set("Vary", "Accept");
    if (has_it_already(request, page->etag)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", std::string(page->content_type));
    response.body = page->bytes;
    return response;
}

http::Response problem_response(const Error& error) {
    http::Response response;
    response.status = core::message_of(error.code()).http_status;
    response.headers.set("Content-Type", "application/problem+json");
    response.body = json::serialize(problem_to_json(error));
    return response;
}

http::Response method_not_allowed(std::string allowed) {
    if (allowed.contains("GET")) allowed.replace(allowed.find("GET"), 3, "GET, HEAD");
    http::Response response = problem_response(Error(Code::kHttpMethod, Fault::kUsage, "it takes " + allowed));
    response.headers.set("Allow", allowed);
    return response;
}

void add_security_headers(http::Response& response) {
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!response.headers.find(name)) response.headers.add(name, value);
    };
    add("Cache-Control", "no-store");
    add("X-Content-Type-Options", "nosniff");
    add("Referrer-Policy", "no-referrer");
    add("X-Frame-Options", "DENY");
    add("Cross-Origin-Opener-Policy", "same-origin");
    add("Cross-Origin-Resource-Policy", "same-origin");
    add("Content-Security-Policy", kContentSecurityPolicy);
}

} // namespace detail

http::Response refusal(int status) {
    struct Row {
        int status;
        Code code;
        std::string_view detail;
    };
    constexpr Row kRows[] = {
        {400, Code::kHttpRequest, "the request is not HTTP/1.1, or says two things at once"},
        {408, Code::kHttpTimeout, "the request did not arrive in time"},
        {413, Code::kHttpTooLarge, "the body is longer than 1 MiB"},
        {414, Code::kHttpTooLarge, "the address is longer than 8 KiB"},
        {417, Code::kHttpRequest, "the only expectation that is met is 100-continue"},
        {431, Code::kHttpTooLarge, "the head of the request is longer than 16 KiB"},
        {503, Code::kHttpBusy, "every connection is in use"},
        {505, Code::kHttpRequest, "only HTTP/1.1 and HTTP/1.0 are spoken here"},
    };
    const auto row = std::ranges::find(kRows, status, &Row::status);
    const bool is_known = row != std::end(kRows);
    json::object problem = problem_to_json(is_known ? Error(row->code, Fault::kUsage, std::string(row->detail))
                                                    : Error(Code::kInternal, Fault::kLocal));
    // One code may stand for several statuses.
    problem["status"] = status;
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/problem+json");
    response.body = json::serialize(problem);
    detail::add_security_headers(response);
    return response;
}

} // namespace everlong::api
