#include <simulator/ledger.hpp>

#include <boost/json/array.hpp>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value number_or_null(int number) {
    return number == 0 ? json::value(nullptr) : json::value(number);
}

json::object describe(const CallRecord& call) {
    json::object object;
    object["number"] = call.number;
    object["at"] = to_rfc3339(call.at);
    object["method"] = call.method;
    object["host"] = call.host;
    object["path"] = call.path;
    object["version"] = text_or_null(call.version);
    object["status"] = number_or_null(call.status);
    object["token_fingerprint"] = text_or_null(call.token_fingerprint);
    object["token_alive"] = call.token_alive ? json::value(*call.token_alive) : json::value(nullptr);
    object["input_fingerprint"] = text_or_null(call.input_fingerprint);
    object["error_code"] = number_or_null(call.error_code);
    object["error_subcode"] = number_or_null(call.error_subcode);
    object["fault"] = text_or_null(call.fault);
    return object;
}

json::object describe(const IssueRecord& issue) {
    json::object object;
    object["fingerprint"] = issue.fingerprint;
    object["kind"] = to_text(issue.kind);
    object["login"] = to_text(issue.login);
    object["issued_at"] = to_rfc3339(issue.issued_at);
    object["expires_at"] = simulator::to_json(issue.expires_at);
    object["via"] = issue.via;
    return object;
}

} // namespace

json::value to_json(const std::optional<Instant>& instant) {
    return instant ? json::value(to_rfc3339(*instant)) : json::value(nullptr);
}

void Ledger::add_call(CallRecord record) {
    record.number = next_number_++;
    calls_.push_back(std::move(record));
    if (calls_.size() > kRecordLimit) calls_.pop_front();
}

void Ledger::add_issue(const Token& token, std::string via) {
    IssueRecord record;
    record.fingerprint = token.fingerprint.text();
    record.kind = token.kind;
    record.login = token.login;
    record.issued_at = token.issued_at;
    record.expires_at = token.expires_at;
    record.via = std::move(via);
    issues_.push_back(std::move(record));
    if (issues_.size() > kRecordLimit) issues_.pop_front();
}

json::object Ledger::to_json(std::uint64_t after) const {
    json::array calls;
    for (const CallRecord& call : calls_) {
        if (call.number > after) calls.push_back(describe(call));
    }
    json::array tokens;
    for (const IssueRecord& issue : issues_)
        tokens.push_back(describe(issue));
    json::object object;
    object["calls"] = std::move(calls);
    object["tokens"] = std::move(tokens);
    return object;
}

} // namespace everlong::simulator
