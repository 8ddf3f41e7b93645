#include <simulation/publish_faults.hpp>

namespace everlong::test {
namespace {

ReplyFault transport(std::string name, bool has_effect, Code code, Fault fault) {
    ReplyFault spoiled;
    spoiled.name = std::move(name);
    spoiled.has_effect = has_effect;
    spoiled.error = Error(code, fault, "as the test wants it");
    return spoiled;
}

ReplyFault raw(std::string name, bool has_effect, int status, std::string body, std::string type = "application/json") {
    ReplyFault spoiled;
    spoiled.name = std::move(name);
    spoiled.has_effect = has_effect;
    spoiled.status = status;
    spoiled.body = std::move(body);
    spoiled.content_type = std::move(type);
    return spoiled;
}

ReplyFault refusal(std::string name, bool has_effect, int status, int code, int subcode, bool is_transient = false) {
    return raw(std::move(name), has_effect, status, meta_error(status, code, subcode, is_transient).body);
}

constexpr const char* kHtml = "<!doctype html><title>Sorry, something went wrong</title>";

} // namespace

const std::vector<ReplyFault>& reply_faults() {
    static const std::vector<ReplyFault> kFaults{
        transport("no connection", false, Code::kUnreachable, Fault::kTransient),
        transport("tls", false, Code::kTls, Fault::kRefused),
        transport("timeout before it was sent", false, Code::kTimeout, Fault::kTransient),
        transport("dropped before", false, Code::kUnknownOutcome, Fault::kUnknownOutcome),
        transport("dropped after", true, Code::kUnknownOutcome, Fault::kUnknownOutcome),
        transport("too large after", true, Code::kUpstreamSize, Fault::kUnknownOutcome),
        raw("cut before", false, 200, R"({"id":"179)"),
        raw("cut after", true, 200, R"({"id":"179)"),
        raw("html 200 before", false, 200, kHtml, "text/html"),
        raw("html 200 after", true, 200, kHtml, "text/html"),
        raw("html 502 before", false, 502, kHtml, "text/html"),
        raw("html 502 after", true, 502, kHtml, "text/html"),
        raw("empty 200 after", true, 200, ""),
        raw("empty 500 before", false, 500, ""),
        raw("garbage after", true, 200, "\x01\x02\xff garbage"),
        raw("array after", true, 200, "[]"),
        raw("no id after", true, 200, "{}"),
        raw("id null after", true, 200, R"({"id":null})"),
        raw("id object after", true, 200, R"({"id":{"a":1}})"),
        raw("id empty after", true, 200, R"({"id":""})"),
        raw("200 with an error after", true, 200, meta_error(200, 1, 0).body),
        raw("429 without a body before", false, 429, ""),
        raw("429 without a body after", true, 429, ""),
        raw("503 before", false, 503, ""),
        raw("503 after", true, 503, ""),
        raw("504 after", true, 504, ""),
        raw("redirect before", false, 302, ""),
        refusal("500 code 1 before", false, 500, 1, 0),
        refusal("500 code 1 after", true, 500, 1, 0),
        refusal("400 code 1 before", false, 400, 1, 0),
        refusal("400 code 1 after", true, 400, 1, 0),
        refusal("code 2 before", false, 400, 2, 0, true),
        refusal("code 2 after", true, 503, 2, 0, true),
        refusal("code -1 before", false, 400, -1, 0),
        refusal("code -1 after", true, 400, -1, 0),
        refusal("-1/2207001 after", true, 400, -1, 2207001),
        refusal("-2/2207020 before", false, 400, -2, 2207020),
        refusal("spam before", false, 403, 4, 2207051),
        refusal("spam after", true, 403, 4, 2207051),
        refusal("app limit", false, 403, 4, 0),
        refusal("user limit", false, 400, 17, 0),
        refusal("account limit", false, 400, 80002, 0),
        refusal("custom limit", false, 400, 613, 0),
        refusal("quota", false, 403, 9, 2207042),
        refusal("blocked", false, 400, 368, 0),
        refusal("token", false, 400, 190, 463),
        refusal("token, temporary", false, 400, 190, 0, true),
        refusal("permission", false, 403, 10, 0),
        refusal("task", false, 403, 200, 0),
        refusal("parameter", false, 400, 100, 0),
        refusal("denied", false, 400, 100, 33),
        refusal("container unknown", false, 400, 24, 2207008),
        refusal("not ready", false, 400, 9007, 2207027),
        refusal("unlisted", false, 400, 4711, 0),
        refusal("unlisted after", true, 400, 4711, 0),
    };
    return kFaults;
}

} // namespace everlong::test
