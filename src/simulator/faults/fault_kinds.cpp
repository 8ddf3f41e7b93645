// The kinds of faults: how each is ordered, and what it makes of an answer.
#include <simulator/calls/reply.hpp>
#include <simulator/faults/faults.hpp>
#include <simulator/wire/meta_json.hpp>
#include <simulator/wire/wishes.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMostStrikes = 1'000'000'000;
constexpr std::int64_t kLongestDelayMs = 600'000;
constexpr std::int64_t kLongestStepMs = 60'000;
constexpr std::int64_t kDefaultStepMs = 20;
constexpr std::int64_t kDefaultMinutes = 5;
constexpr std::int64_t kMostBytes = 256 * 1024 * 1024; // held in memory
constexpr std::int64_t kDefaultHugeBytes = 16 * 1024 * 1024;
constexpr std::int64_t kDefaultBy = 10;
constexpr std::int64_t kDefaultLateMs = 500;

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
    KindRow{"reset", Fault::Kind::kDropBefore, false},
    KindRow{"wrong-length", Fault::Kind::kWrongLength, true},
    KindRow{"huge", Fault::Kind::kHuge, true},
    KindRow{"out-of-order", Fault::Kind::kOutOfOrder, true},
    KindRow{"tls", Fault::Kind::kTls, false},
};

struct ServiceRow {
    std::string_view name;
    http::TlsService service;
};
constexpr std::array kServices{
    ServiceRow{"expired", http::TlsService::kExpired},
    ServiceRow{"wrong-host", http::TlsService::kWrongHost},
    ServiceRow{"self-signed", http::TlsService::kSelfSigned},
    ServiceRow{"cut", http::TlsService::kCut},
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

void read_service(Wishes& wishes, Fault& fault) {
    const auto what = wishes.word("what", {"expired", "wrong-host", "self-signed", "cut"}, true);
    if (!what) return;
    fault.service = std::ranges::find(kServices, *what, &ServiceRow::name)->service;
    fault.name += ": " + *what;
}

} // namespace

std::expected<Fault, std::string> parse_fault(const json::object& object) {
    Wishes wishes(object, "the fault");
    Fault fault;
    const auto name = wishes.word("kind",
                                  {"status", "delay", "drop-before", "drop-after", "truncate", "html", "garbage",
                                   "rate-limit", "slow", "reset", "wrong-length", "huge", "out-of-order", "tls"},
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
        wishes.allow({"kind", "reset", "effect"});
        fault.is_reset = wishes.flag("reset").value_or(*name == "reset");
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
    case Fault::Kind::kWrongLength:
        wishes.allow({"kind", "by", "effect"});
        fault.by = wishes.number("by", -kMostBytes, kMostBytes).value_or(kDefaultBy);
        break;
    case Fault::Kind::kHuge:
        wishes.allow({"kind", "bytes", "effect"});
        fault.bytes = static_cast<std::size_t>(wishes.number("bytes", 1, kMostBytes).value_or(kDefaultHugeBytes));
        break;
    case Fault::Kind::kOutOfOrder:
        wishes.allow({"kind", "ms"});
        fault.late = Milliseconds(wishes.number("ms", 1, kLongestDelayMs).value_or(kDefaultLateMs));
        break;
    case Fault::Kind::kTls:
        wishes.allow({"kind", "what"});
        read_service(wishes, fault);
        break;
    }
    if (const auto effect = wishes.flag("effect")) fault.has_effect = *effect;
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    return fault;
}

namespace {

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
    case Fault::Kind::kWrongLength: {
        const auto length = static_cast<std::int64_t>(response.body.size()) + fault.by;
        response.claimed_length = static_cast<std::size_t>(std::max<std::int64_t>(length, 0));
        break;
    }
    case Fault::Kind::kHuge:
        // One text without an end: whoever reads it all reads in vain.
        response.body = "{\"data\":\"";
        response.body.resize(fault.bytes.value_or(0) + response.body.size(), 'A');
        break;
    case Fault::Kind::kDelay:
    case Fault::Kind::kOutOfOrder:
    case Fault::Kind::kTls: break;
    }
    return response;
}

} // namespace everlong::simulator
