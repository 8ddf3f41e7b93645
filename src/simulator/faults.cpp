#include <simulator/faults.hpp>

#include <simulator/meta_json.hpp>
#include <simulator/reply.hpp>
#include <simulator/wishes.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostRules = 1000;
constexpr std::int64_t kMostStrikes = 1'000'000'000;
constexpr std::int64_t kLongestDelayMs = 600'000;
constexpr std::int64_t kLongestStepMs = 60'000;
constexpr std::int64_t kDefaultStepMs = 20;
constexpr std::int64_t kDefaultMinutes = 5;

struct KindRow {
    std::string_view name;
    Fault::Kind kind;
    bool has_effect; // unless the order says otherwise
};

constexpr std::array kKinds{
    KindRow{"status", Fault::Kind::kStatus, false},
    KindRow{"delay", Fault::Kind::kDelay, true},
    KindRow{"drop-before", Fault::Kind::kDropBefore, false},
    KindRow{"drop-after", Fault::Kind::kDropAfter, true},
    KindRow{"truncate", Fault::Kind::kTruncate, true},
    KindRow{"html", Fault::Kind::kHtml, false},
    KindRow{"garbage", Fault::Kind::kGarbage, true},
    KindRow{"rate-limit", Fault::Kind::kRateLimit, false},
    KindRow{"slow", Fault::Kind::kSlow, true},
};

struct LimitRow {
    int code;
    std::string_view message;
};

// graph-api.md, 5.2 and 7.2.
constexpr std::array kLimits{
    LimitRow{4, "(#4) Application request limit reached"},
    LimitRow{17, "(#17) User request limit reached"},
    LimitRow{32, "(#32) Page request limit reached"},
    LimitRow{613, "(#613) Calls to this api have exceeded the rate limit."},
    LimitRow{80001, "(#80001) There have been too many calls to this Page account. Wait a bit and try again."},
    LimitRow{80002, "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again."},
};

// What Meta says with a status when nothing else is ordered: 5xx is code 2, 429 code 4, the rest code 1 (5.1, 5.2).
GraphError default_error(int status) {
    GraphError error;
    error.status = status;
    error.type = "OAuthException";
    error.code = status >= 500 ? 2 : status == 429 ? 4 : 1;
    error.is_transient = status >= 500;
    error.message = status >= 500   ? "An unexpected error has occurred. Please retry your request later."
                    : status == 429 ? std::string(kLimits.front().message)
                                    : "An unknown error occurred";
    return error;
}

void read_status(Wishes& wishes, Fault& fault) {
    const auto status = wishes.number("status", 200, 599);
    if (!status) wishes.complain("\"status\" is missing");
    fault.status = static_cast<int>(status.value_or(500));
    fault.error = default_error(fault.status);
    if (const auto code = wishes.number("code", -1'000'000, 10'000'000)) {
        fault.error.code = static_cast<int>(*code);
        fault.error.is_transient = false;
    }
    if (const auto subcode = wishes.number("subcode", 0, 10'000'000)) fault.error.subcode = static_cast<int>(*subcode);
    if (const auto message = wishes.text("message")) fault.error.message = *message;
    if (const auto type = wishes.text("type")) fault.error.type = *type;
    if (const auto is_transient = wishes.flag("is_transient")) fault.error.is_transient = *is_transient;
}

void read_rate_limit(Wishes& wishes, Fault& fault) {
    const auto code = wishes.number("code", 1, 10'000'000).value_or(4);
    const auto row = std::ranges::find(kLimits, static_cast<int>(code), &LimitRow::code);
    if (row == kLimits.end()) {
        wishes.complain("\"code\" must be one of 4, 17, 32, 613, 80001, 80002");
        return;
    }
    fault.minutes = static_cast<int>(wishes.number("minutes", 0, 100'000).value_or(kDefaultMinutes));
    fault.error.status = static_cast<int>(wishes.number("status", 400, 599).value_or(400));
    fault.error.type = "OAuthException";
    fault.error.code = row->code;
    fault.error.message = row->message;
}

std::expected<Fault, std::string> parse_fault(const json::object& object) {
    Wishes wishes(object, "the fault");
    Fault fault;
    const auto name = wishes.word(
        "kind", {"status", "delay", "drop-before", "drop-after", "truncate", "html", "garbage", "rate-limit", "slow"},
        true);
    if (!name) return std::unexpected(wishes.complaint());
    const auto row = std::ranges::find(kKinds, *name, &KindRow::name);
    fault.kind = row->kind;
    fault.name = *name;
    fault.has_effect = row->has_effect;
    switch (fault.kind) {
    case Fault::Kind::kStatus:
        wishes.allow({"kind", "status", "code", "subcode", "message", "type", "is_transient", "effect"});
        read_status(wishes, fault);
        break;
    case Fault::Kind::kDelay:
        wishes.allow({"kind", "ms"});
        if (!wishes.has("ms")) wishes.complain("\"ms\" is missing");
        fault.delay = Milliseconds(wishes.number("ms", 0, kLongestDelayMs).value_or(0));
        break;
    case Fault::Kind::kDropBefore:
    case Fault::Kind::kDropAfter:
        wishes.allow({"kind", "reset"});
        fault.is_reset = wishes.flag("reset").value_or(false);
        break;
    case Fault::Kind::kTruncate:
        wishes.allow({"kind", "bytes", "effect"});
        if (const auto bytes = wishes.number("bytes", 0, kMostStrikes)) fault.bytes = static_cast<std::size_t>(*bytes);
        break;
    case Fault::Kind::kHtml:
        wishes.allow({"kind", "status", "effect"});
        fault.status = static_cast<int>(wishes.number("status", 200, 599).value_or(502));
        break;
    case Fault::Kind::kGarbage:
        wishes.allow({"kind", "status", "effect"});
        fault.status = static_cast<int>(wishes.number("status", 200, 599).value_or(200));
        break;
    case Fault::Kind::kRateLimit:
        wishes.allow({"kind", "code", "minutes", "status", "effect"});
        read_rate_limit(wishes, fault);
        break;
    case Fault::Kind::kSlow:
        wishes.allow({"kind", "ms"});
        fault.step = Milliseconds(wishes.number("ms", 1, kLongestStepMs).value_or(kDefaultStepMs));
        break;
    }
    if (const auto effect = wishes.flag("effect")) fault.has_effect = *effect;
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    return fault;
}

bool is_same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        return lower(x) == lower(y);
    });
}

http::Response to_rate_limit_response(const Fault& fault, const Call& call, Dice& traces) {
    http::Response response = to_error_response(call, fault.error, traces);
    if (fault.error.code < 80000) {
        const json::object usage{{"call_count", 100}, {"total_cputime", 100}, {"total_time", 100}};
        response.headers.set("x-app-usage", to_meta_json(usage));
        return response;
    }
    json::object usage;
    usage[call.segments.empty() ? "0" : call.segments.front()] =
        json::array{json::object{{"type", fault.error.code == 80002 ? "instagram" : "pages"},
                                 {"call_count", 100},
                                 {"total_cputime", 100},
                                 {"total_time", 100},
                                 {"estimated_time_to_regain_access", fault.minutes}}};
    response.headers.set("x-business-use-case-usage", to_meta_json(usage));
    return response;
}

http::Response to_gateway_page(int status, Instant now) {
    return to_html_response(status,
                            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Error</title></head><body><h1>Sorry, "
                            "something went wrong.</h1><p>We're working on it and we'll get it fixed as soon as we "
                            "can.</p></body></html>\n",
                            now);
}

} // namespace

std::expected<FaultPlan::Rule, std::string> FaultPlan::parse_rule(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr)
        return std::unexpected("every fault must be an object with \"match\", \"times\" and \"fault\"");
    Wishes wishes(*object, "the rule");
    wishes.allow({"match", "times", "fault"});
    Rule rule;
    if (const auto times = wishes.number("times", 1, kMostStrikes))
        rule.strikes_left = static_cast<std::uint64_t>(*times);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());

    if (const auto* match = object->if_contains("match")) {
        if (!match->is_object()) return std::unexpected("\"match\" must be an object; {} strikes every call");
        Wishes matching(match->get_object(), "the match");
        matching.allow({"method", "path", "host"});
        rule.method = matching.text("method").value_or("");
        rule.path = matching.text("path").value_or("");
        rule.host = matching.text("host").value_or("");
        if (!matching.complaint().empty()) return std::unexpected(matching.complaint());
    }
    const auto* fault = object->if_contains("fault");
    if (fault == nullptr || !fault->is_object()) return std::unexpected("\"fault\" must be an object with \"kind\"");
    auto parsed = parse_fault(fault->get_object());
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    rule.fault = std::move(*parsed);
    return rule;
}

std::expected<void, std::string> FaultPlan::set(const json::value& list) {
    const auto* array = list.if_array();
    if (array == nullptr) return std::unexpected("the faults must be an array; [] ends them all");
    if (array->size() > kMostRules) return std::unexpected("at most 1000 faults at a time");
    std::vector<Rule> rules;
    for (const json::value& value : *array) {
        auto rule = parse_rule(value);
        if (!rule) return std::unexpected(std::move(rule.error()));
        rules.push_back(std::move(*rule));
    }
    rules_ = std::move(rules);
    return {};
}

std::optional<Fault> FaultPlan::take(const Call& call) {
    std::string path;
    for (const std::string& segment : call.segments)
        path += "/" + segment;
    if (path.empty()) path = "/";
    for (Rule& rule : rules_) {
        if (rule.strikes_left == 0U) continue;
        if (!rule.method.empty() && !is_same_word(rule.method, call.method)) continue;
        if (!rule.host.empty() && !is_same_word(rule.host, host_name(call.host))) continue;
        if (path.find(rule.path) == std::string::npos) continue;
        if (rule.strikes_left) --*rule.strikes_left;
        return rule.fault;
    }
    return std::nullopt;
}

json::object FaultPlan::to_json() const {
    json::array list;
    for (const Rule& rule : rules_) {
        json::object match;
        if (!rule.method.empty()) match["method"] = rule.method;
        if (!rule.path.empty()) match["path"] = rule.path;
        if (!rule.host.empty()) match["host"] = rule.host;
        json::object item;
        item["match"] = std::move(match);
        item["times_left"] = rule.strikes_left ? json::value(*rule.strikes_left) : json::value(nullptr);
        item["kind"] = rule.fault.name;
        list.push_back(std::move(item));
    }
    json::object object;
    object["faults"] = std::move(list);
    return object;
}

http::Response strike(const Fault& fault, const Call& call, std::optional<http::Response> answer, Dice& traces) {
    http::Response response = answer ? std::move(*answer) : http::Response{};
    switch (fault.kind) {
    case Fault::Kind::kStatus: return to_error_response(call, fault.error, traces);
    case Fault::Kind::kRateLimit: return to_rate_limit_response(fault, call, traces);
    case Fault::Kind::kHtml: return to_gateway_page(fault.status, call.now);
    case Fault::Kind::kGarbage: {
        http::Response garbage =
            to_html_response(fault.status, "{\"access_token\":\xFF\xFE" + traces.text(40), call.now);
        garbage.headers.set("Content-Type", "application/json; charset=UTF-8");
        return garbage;
    }
    case Fault::Kind::kDropBefore:
    case Fault::Kind::kDropAfter:
        response.transmission = fault.is_reset ? http::Transmission::kReset : http::Transmission::kDrop;
        break;
    case Fault::Kind::kTruncate:
        if (!answer) response = to_error_response(call, default_error(500), traces);
        response.transmission = http::Transmission::kTruncate;
        response.transmit_bytes = std::min(fault.bytes.value_or(response.body.size() / 2), response.body.size());
        break;
    case Fault::Kind::kSlow:
        response.transmission = http::Transmission::kSlow;
        response.slow_step = fault.step;
        break;
    case Fault::Kind::kDelay: break;
    }
    return response;
}

} // namespace everlong::simulator
