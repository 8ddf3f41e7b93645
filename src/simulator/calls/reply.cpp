#include <simulator/calls/reply.hpp>

#include <simulator/wire/meta_json.hpp>

#include <base/digest.hpp>

#include <boost/json/object.hpp>

#include <sodium.h>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// What one of Meta's build numbers looks like.
constexpr std::string_view kRevision = "1030000000";
constexpr int kLowUsagePercent = 1;
constexpr int kHighUsagePercent = 95;
constexpr int kFullUsagePercent = 100;
constexpr std::size_t kMostUsageKeys = 32; // graph-api.md, 7.2
constexpr std::size_t kEtagBytes = 20;

// All fields of an answer with its usage.
constexpr std::size_t kUsualHeadBytes = 1000;

struct Trace {
    std::string request_id; // fbtrace_id and x-fb-request-id (10.4)
    std::string trace_id;
    std::string debug;
};

Trace make_trace(Dice& traces) {
    return {"A" + traces.text(22), traces.text(11), traces.text(86) + "=="};
}

http::Response make_response(const Call& call, const Trace& trace, int status, const json::value& body) {
    http::Response response;
    response.status = status;
    response.body = to_meta_json(body);
    http::Headers& headers = response.headers;
    headers.reserve(kUsualHeadBytes);
    headers.add("Content-Type", "application/json; charset=UTF-8");
    headers.add("Date", to_http_date(call.now));
    if (!call.version.empty() && call.host != Host::kApiInstagram) headers.add("facebook-api-version", call.version);
    headers.add("x-fb-request-id", trace.request_id);
    headers.add("x-fb-trace-id", trace.trace_id);
    headers.add("x-fb-rev", kRevision);
    headers.add("x-fb-debug", trace.debug);
    headers.add("Cache-Control", status == 200 ? "private, no-cache, no-store, must-revalidate" : "no-store");
    headers.add("Pragma", "no-cache");
    headers.add("Expires", "Sat, 01 Jan 2000 00:00:00 GMT");
    headers.add("Access-Control-Allow-Origin", "*");
    headers.add("Strict-Transport-Security", "max-age=15552000; preload");
    return response;
}

// 5.3: the same words as in the body; a header holds printable ASCII only, and quotes would end the message.
std::string challenge_of(const GraphError& error) {
    std::string message;
    for (const char c : error.message)
        message += c < ' ' || c > '~' || c == '"' || c == '\\' ? ' ' : c;
    return "OAuth \"Facebook Platform\" \"" + error.challenge_word + "\" \"" + message + "\"";
}

// Percent, rising with the calls that were counted; at least one, at most a hundred.
Limits::Usage shown_usage(const Context& context, Limits::Kind kind, const std::string& id) {
    Limits::Usage usage = context.limits.look(kind, id, context.call.now);
    usage.percent = std::clamp(usage.percent, kLowUsagePercent, kFullUsagePercent);
    if (context.switches.is("rate_usage", "high")) usage.percent = std::max(usage.percent, kHighUsagePercent);
    return usage;
}

// The members that both headers have in common. Put together as text: every answer has them.
void append_percent(std::string& out, int percent) {
    const std::string number = std::to_string(percent);
    for (const std::string_view name : {R"("call_count":)", R"(,"total_cputime":)", R"(,"total_time":)"})
        out.append(name).append(number);
}

// {"17841…":[{"type":"instagram","call_count":1,…}]}, each id once.
std::string business_usage(const Context& context) {
    std::string out = "{";
    std::size_t shown = 0;
    const auto& ids = context.counted_ids;
    for (auto at = ids.begin(); at != ids.end() && shown < kMostUsageKeys; ++at) {
        const auto& [id, type] = *at;
        if (std::find(ids.begin(), at, *at) != at) continue;
        const auto kind = type == "instagram" ? Limits::Kind::kInstagram : Limits::Kind::kPage;
        const Limits::Usage used = shown_usage(context, kind, id);
        if (shown++ > 0) out += ',';
        append_meta_text(out, id);
        out.append(R"(:[{"type":")").append(type).append(R"(",)");
        append_percent(out, used.percent);
        out.append(R"(,"estimated_time_to_regain_access":)").append(std::to_string(used.regain_minutes)).append("}]");
    }
    return out += '}';
}

void add_usage(const Context& context, http::Headers& headers) {
    if (!context.counted_app.empty()) {
        std::string usage = "{";
        append_percent(usage, shown_usage(context, Limits::Kind::kApp, context.counted_app).percent);
        headers.add("x-app-usage", usage += '}');
    }
    if (!context.counted_ids.empty()) headers.add("x-business-use-case-usage", business_usage(context));
}

// GET answers carry an ETag and may be asked for again by it (10.3).
void add_etag(const Call& call, http::Response& response) {
    // Any digest will do that looks like Meta's; this one is the cheapest to have.
    std::array<unsigned char, kEtagBytes> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(response.body.data()),
                       response.body.size(), nullptr, 0);
    const std::string etag = "\"" + to_hex(digest.data(), digest.size()) + "\"";
    response.headers.add("ETag", etag);
    if (call.headers.find("if-none-match") != std::optional<std::string_view>(etag)) return;
    response.status = 304;
    response.body.clear();
}

} // namespace

http::Response to_error_response(const Call& call, const GraphError& error, Dice& traces) {
    const Trace trace = make_trace(traces);
    const bool is_flat = call.host == Host::kApiInstagram;
    const json::object envelope = is_flat ? to_flat_envelope(error) : to_envelope(error, trace.request_id);
    http::Response response = make_response(call, trace, error.status, envelope);
    if (!is_flat && !error.challenge_word.empty()) response.headers.add("WWW-Authenticate", challenge_of(error));
    return response;
}

http::Response to_response(const Context& context, const Outcome<json::value>& outcome, Dice& traces) {
    http::Response response = outcome ? make_response(context.call, make_trace(traces), 200, *outcome)
                                      : to_error_response(context.call, outcome.error(), traces);
    add_usage(context, response.headers);
    if (outcome && context.call.method == "GET") add_etag(context.call, response);
    return response;
}

http::Response to_html_response(int status, std::string html, Instant now) {
    http::Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/html; charset=utf-8");
    response.headers.add("Date", to_http_date(now));
    response.headers.add("Cache-Control", "no-store");
    response.body = std::move(html);
    return response;
}

} // namespace everlong::simulator
