#include <api/api.hpp>

#include <api/detail/call.hpp>
#include <core/graph_errors.hpp>
#include <core/messages.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace everlong::api {
namespace detail {
namespace {

enum class Access { kOpen, kAdmin };

struct Route {
    std::string_view method;
    std::string_view pattern; // segments; {} stands for any one
    Access access;
    Async<Answer> (*handler)(Call&);
};

constexpr Route kRoutes[] = {
    {"GET", "/healthz", Access::kOpen, get_health},
    {"GET", "/readyz", Access::kOpen, get_readiness},
    {"GET", "/v1/channels", Access::kAdmin, list_channels},
    {"POST", "/v1/channels", Access::kAdmin, create_channel},
    {"GET", "/v1/channels/{}", Access::kAdmin, get_channel},
    {"DELETE", "/v1/channels/{}", Access::kAdmin, delete_channel},
    {"GET", "/v1/channels/{}/token", Access::kAdmin, get_token},
    {"GET", "/v1/channels/{}/history", Access::kAdmin, get_history},
    {"GET", "/v1/channels/{}/events", Access::kAdmin, get_events},
    {"POST", "/v1/channels/{}/refresh", Access::kAdmin, refresh_token},
    {"POST", "/v1/channels/{}/rollback", Access::kAdmin, rollback_token},
    {"GET", "/v1/channels/{}/deliveries", Access::kAdmin, list_deliveries},
    {"POST", "/v1/channels/{}/deliveries", Access::kAdmin, add_delivery},
    {"POST", "/v1/inspect", Access::kAdmin, inspect_token},
};

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        path.remove_prefix(1); // the '/'
        const auto end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

// What stood for each {} of the pattern; nothing where the path is another one.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    if (!path.starts_with('/')) return std::nullopt;
    const auto wanted = segments_of(pattern);
    const auto given = segments_of(path);
    if (wanted.size() != given.size()) return std::nullopt;
    std::vector<std::string> captured;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == "{}") {
            auto decoded = http::percent_decode(given[i], false);
            if (!decoded || decoded->empty()) return std::nullopt;
            captured.push_back(std::move(*decoded));
        } else if (wanted[i] != given[i]) {
            return std::nullopt;
        }
    }
    return captured;
}

// A page of another site that has its name point at 127.0.0.1 still sends that name (DNS rebinding): whoever comes by the
// network must call us by one of our own.
bool names_us(const http::Request& request) {
    const std::string_view host = request.headers.find("Host").value_or("");
    const std::size_t name_end = host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
    const std::string_view name = host.substr(0, name_end);
    return name == "127.0.0.1" || name == "localhost" || name == "[::1]";
}

http::Response problem_response(const Error& error) {
    http::Response response = json_response(problem_to_json(error), core::message_of(error.code()).http_status);
    response.headers.set("Content-Type", "application/problem+json");
    return response;
}

http::Response method_not_allowed(const std::string& allowed) {
    http::Response response = problem_response(Error(Code::kHttpMethod, Fault::kUsage, "it takes " + allowed));
    response.headers.set("Allow", allowed);
    return response;
}

Result<json::object> read_body(const http::Request& request) {
    if (request.body.empty()) return json::object{};
    constexpr std::size_t kDepth = 16; // deeper than anything we take
    json::parse_options options;
    options.max_depth = kDepth;
    boost::system::error_code problem;
    json::value value = json::parse(request.body, problem, {}, options);
    if (problem) return fail(Code::kHttpBody, Fault::kUsage, "the body is not JSON");
    if (!value.is_object()) return fail(Code::kHttpBody, Fault::kUsage, "the body is not a JSON object");
    return std::move(value.as_object());
}

Async<Answer> dispatch(const ApiContext& context, http::Request request) {
    if (!request.is_local && !names_us(request)) co_return fail(Code::kHttpHost, Fault::kUsage);
    const std::string path(request.raw_path());
    const std::string method = request.is_head_only() ? "GET" : request.method;
    std::string allowed;
    for (const Route& route : kRoutes) {
        auto captured = match(route.pattern, path);
        if (!captured) continue;
        if (route.method != method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
            continue;
        }
        if (route.access == Access::kAdmin && !request.is_local) {
            co_return fail(Code::kHttpAuth, Fault::kRefused, "API keys are not built yet");
        }
        auto body = read_body(request);
        if (!body) co_return fail(body.error());
        auto query = http::parse_form(request.raw_query());
        Call call{context, std::move(request), std::move(*captured), std::move(query), std::move(*body)};
        wipe_string(call.request.body);
        co_return co_await route.handler(call);
    }
    if (!allowed.empty()) co_return method_not_allowed(allowed);
    co_return fail(Code::kHttpNotFound, Fault::kUsage, core::scrub(path, 200));
}

} // namespace

http::Response json_response(const json::value& value, int status) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.headers.set("Cache-Control", "no-store");
    response.headers.set("X-Content-Type-Options", "nosniff");
    response.body = json::serialize(value);
    return response;
}

Result<std::string> text_of(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return std::string();
    if (!value->is_string()) return fail(Code::kHttpBody, Fault::kUsage, std::string(name) + " is not a text");
    return std::string(value->as_string());
}

Result<bool> flag_of(const json::object& body, std::string_view name) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return false;
    if (!value->is_bool())
        return fail(Code::kHttpBody, Fault::kUsage, std::string(name) + " is neither true nor false");
    return value->as_bool();
}

Result<std::int64_t> number_of(const json::object& body, std::string_view name, std::int64_t absent) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return absent;
    if (!value->is_int64()) return fail(Code::kHttpBody, Fault::kUsage, std::string(name) + " is not a whole number");
    return value->as_int64();
}

} // namespace detail

Async<http::Response> Api::handle(http::Request request) {
    auto answer = co_await detail::dispatch(context_, std::move(request));
    if (answer) co_return std::move(*answer);
    co_return detail::problem_response(answer.error());
}

} // namespace everlong::api
