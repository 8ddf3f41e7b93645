#include <adapters/graph/detail/envelope.hpp>

#include <adapters/graph/detail/json_edge.hpp>
#include <base/percent.hpp>
#include <http/message.hpp>

#include <algorithm>
#include <cctype>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;

constexpr std::size_t kTraceIdBytes = 64;
constexpr std::size_t kCursorBytes = 1024;

Fault open_fault(const Asked& asked) {
    return asked.is_issuing ? Fault::kUnknownOutcome : Fault::kTransient;
}

void remove_all(std::string& text, std::string_view unwanted) {
    if (unwanted.size() < 4) return; // too short to be a secret, and sure to hit innocent words
    for (auto at = text.find(unwanted); at != std::string::npos; at = text.find(unwanted)) {
        text.replace(at, unwanted.size(), "*");
    }
}

std::string read_trace(const Asked& asked, const json::value* value) {
    const std::string text = clean(asked, value);
    const bool is_plain =
        text.size() <= kTraceIdBytes && std::ranges::all_of(text, [](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '+' || c == '/';
        });
    return is_plain ? text : std::string();
}

// What a fault of Meta's own may leave behind it: "5xx or code -1/1/2 does not prove that nothing was published" (8.5).
bool shows_itself_to_others(const Asked& asked) {
    return asked.context.call == core::GraphCall::kPublish || asked.context.call == core::GraphCall::kComment;
}

// A whole envelope with a 4xx or 200 is Meta's refusal: nothing was issued. With a 5xx nobody can say.
std::unexpected<Error> refused(const Asked& asked, const Upstream& upstream) {
    Error error = core::classify(asked.context, upstream);
    const bool is_fault_of_metas = error.code() == Code::kUpstream && shows_itself_to_others(asked);
    if (asked.is_issuing && (upstream.http_status >= 500 || is_fault_of_metas)) {
        return fail(Error(error.code(), Fault::kUnknownOutcome, error.detail(), upstream));
    }
    return fail(std::move(error));
}

// No envelope: what the status alone can tell.
std::unexpected<Error> refused_without_words(const Asked& asked, Answer answer) {
    const std::string status = "HTTP " + std::to_string(answer.status) + " without an error of Meta's";
    if (answer.status == 429) return fail(Code::kRateLimited, Fault::kRateLimited, status);
    if (answer.status >= 500) return fail(Code::kUpstream, open_fault(asked), status);
    return misshapen(asked, answer, "an answer that is not Meta's");
}

} // namespace

std::string clean(const Asked& asked, const json::value* value) {
    const auto* found = value == nullptr ? nullptr : value->if_string();
    if (found == nullptr) return {};
    std::string text(found->data(), found->size());
    for (const std::string_view secret : asked.secrets) {
        remove_all(text, secret);
        remove_all(text, percent_encode(secret));
    }
    std::string cleaned = core::scrub(text);
    wipe_string(text);
    return cleaned;
}

std::unexpected<Error> misshapen(const Asked& asked, Answer answer, std::string_view what) {
    const std::string call = asked.context.call ? std::string(core::to_text(*asked.context.call)) : "Meta";
    return fail(Code::kUpstreamShape, open_fault(asked),
                call + ": " + std::string(what) + " (HTTP " + std::to_string(answer.status) + ")");
}

int read_small(const json::value* value) {
    const auto number = read_integer(value);
    constexpr std::int64_t kLimit = 1'000'000'000; // codes have up to eight digits (5.2, 5.4)
    return number && *number > -kLimit && *number < kLimit ? static_cast<int>(*number) : 0;
}

std::optional<Upstream> read_envelope(const Asked& asked, Answer answer, const json::object& body) {
    Upstream upstream;
    upstream.http_status = answer.status;
    upstream.wait = answer.wait;
    if (const json::object* error = find_object(body, "error")) {
        const auto code = read_integer(find_member(*error, "code"));
        if (!code) return std::nullopt;
        upstream.code = read_small(find_member(*error, "code"));
        const json::value* subcode = find_member(*error, "error_subcode");
        upstream.subcode = read_small(subcode != nullptr ? subcode : find_member(*error, "subcode"));
        upstream.type = clean(asked, find_member(*error, "type"));
        upstream.message = clean(asked, find_member(*error, "message"));
        upstream.trace_id = read_trace(asked, find_member(*error, "fbtrace_id"));
        upstream.is_transient = read_bool(find_member(*error, "is_transient")).value_or(false);
        return upstream;
    }
    if (find_member(body, "error_type") != nullptr && find_member(body, "error_message") != nullptr) {
        upstream.code = read_small(find_member(body, "code"));
        upstream.type = clean(asked, find_member(body, "error_type"));
        upstream.message = clean(asked, find_member(body, "error_message"));
        return upstream;
    }
    return std::nullopt;
}

Result<json::value> open_success(const Asked& asked, Answer answer) {
    auto document = parse_document(answer.body);
    const json::object* body = document ? document->if_object() : nullptr;
    if (body != nullptr) {
        if (const auto upstream = read_envelope(asked, answer, *body)) return refused(asked, *upstream);
    }
    if (answer.status != 200) return refused_without_words(asked, answer);
    if (body == nullptr) return misshapen(asked, answer, "the answer is not a whole JSON object");
    if (body->contains("error") || body->contains("error_type")) {
        return misshapen(asked, answer, "an error in a form that Meta does not document");
    }
    return *std::move(document);
}

const json::array* find_rows(const json::object& body) {
    const json::value* data = find_member(body, "data");
    const json::array* rows = data == nullptr ? nullptr : data->if_array();
    if (rows == nullptr) return nullptr;
    return std::ranges::all_of(*rows, [](const json::value& row) { return row.is_object(); }) ? rows : nullptr;
}

const json::object* unwrap(const json::object& body) {
    if (find_member(body, "data") == nullptr) return &body;
    const json::array* rows = find_rows(body);
    return rows != nullptr && rows->size() == 1 ? rows->front().if_object() : nullptr;
}

NextPage read_next(const json::object& body) {
    NextPage next;
    const json::object* paging = find_object(body, "paging");
    if (paging == nullptr) return next;
    // `next` holds the token in its address; only its being there is looked at.
    next.has_next = find_member(*paging, "next") != nullptr;
    const json::object* cursors = find_object(*paging, "cursors");
    const json::value* after = cursors == nullptr ? nullptr : find_member(*cursors, "after");
    if (next.has_next && after != nullptr && after->is_string()) {
        const json::string& text = after->get_string();
        const std::string_view cursor(text.data(), text.size());
        if (is_token_text(cursor) && cursor.size() <= kCursorBytes) next.after = cursor;
    }
    return next;
}

} // namespace everlong::adapters::detail
