#include <core/login_callback.hpp>

#include <core/query_text.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool is_base64url(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
}

std::unexpected<Error> misshapen(std::string_view why) {
    return fail(Code::kLoginCallback, Fault::kUsage, std::string(why));
}

// The parameters that we look at; each may come once. Whatever else Meta or a tracker adds is ignored.
struct Fields {
    std::optional<std::string> state;
    std::optional<std::string> code;
    std::optional<std::string> issuer;
    std::optional<std::string> error;
    std::string words; // everything that an error says, for the table of errors
};

std::optional<std::string>* field_of(Fields& fields, std::string_view name) {
    if (name == "state") return &fields.state;
    if (name == "code") return &fields.code;
    if (name == "iss") return &fields.issuer;
    if (name == "error") return &fields.error;
    return nullptr;
}

Result<Fields> sort_out(QueryParameters parameters) {
    Fields fields;
    for (auto& [name, value] : parameters) {
        if (name.starts_with("error") && value.size() <= kCodeBytes) fields.words += name + "=" + value + " ";
        std::optional<std::string>* field = field_of(fields, name);
        if (field == nullptr) continue;
        if (*field) return misshapen("'" + name + "' stands in it twice");
        if (value.size() > kCodeBytes) return misshapen("'" + name + "' is too long");
        if (has_control(value)) return misshapen("'" + name + "' holds control characters");
        *field = std::move(value);
    }
    return fields;
}

// What the dialog says in place of a code, by the table of Meta's errors.
Error refusal_of(LoginPath login, const Fields& fields) {
    const auto rows = find_graph_errors({login, std::nullopt}, ErrorPattern::kAny, ErrorPattern::kAny, fields.words);
    if (rows.empty()) {
        return {Code::kLoginDenied, Fault::kNeedsConsent, "the dialog said: " + scrub(fields.words, 200)};
    }
    return {rows.front()->verdict.code, Fault::kNeedsConsent, std::string(rows.front()->sentence)};
}

std::string_view without_blanks_around(std::string_view text) {
    constexpr std::string_view kAround = " \t\r\n\"'<>";
    const auto first = text.find_first_not_of(kAround);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

} // namespace

Result<LoginCallback> read_callback(LoginPath login, std::string_view query) {
    auto parameters = parse_query(query);
    if (!parameters) return misshapen("its query is damaged");
    auto sorted = sort_out(*std::move(parameters));
    if (!sorted) return fail(sorted.error());
    Fields& fields = *sorted;
    // Instagram's codes arrive with `#_` where somebody encoded the whole address (facts 3.1).
    if (fields.code && fields.code->ends_with("#_")) fields.code->resize(fields.code->size() - 2);
    const bool is_state = fields.state && fields.state->size() == kStateBytes && is_base64url(*fields.state);
    if (!is_state) return fail(Code::kLoginState, Fault::kRefused, "it has no state that was made here");
    if (fields.code && fields.error) return misshapen("it holds both a code and an error");
    if (!fields.error && (!fields.code || fields.code->empty())) return misshapen("it holds no code");
    LoginCallback callback;
    if (fields.error) callback.refusal = refusal_of(login, fields);
    callback.state = Secret::take(*std::move(fields.state));
    if (fields.code) callback.code = Secret::take(*std::move(fields.code));
    callback.issuer = fields.issuer.value_or("");
    return callback;
}

Result<LoginCallback> read_pasted_callback(LoginPath login, std::string_view address) {
    if (address.size() > kPastedBytes) return misshapen("it is longer than any address");
    address = without_blanks_around(address);
    address = address.substr(0, address.find('#'));
    const auto query = address.find('?');
    if (query == std::string_view::npos) return misshapen("there is no '?' in it, behind which code and state stand");
    return read_callback(login, address.substr(query + 1));
}

} // namespace everlong::core
