#include <simulator/world/ledger.hpp>

#include <simulator/wire/wishes.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

// What of a call stands in its page's texts, in this order.
constexpr std::array kTextMembers{&CallRecord::method,
                                  &CallRecord::host,
                                  &CallRecord::path,
                                  &CallRecord::version,
                                  &CallRecord::token_fingerprint,
                                  &CallRecord::input_fingerprint,
                                  &CallRecord::fault};

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

void Ledger::add_call(const CallRecord& record) {
    write_line(record, next_number_++);
}

void Ledger::write_line(const CallRecord& record, std::uint64_t number) {
    if (pages_.empty() || pages_.back().lines.size() == kLinesOnPage) {
        pages_.emplace_back().lines.reserve(kLinesOnPage);
        // The first goes when those between it and the new one, all full, hold enough.
        if (pages_.size() * kLinesOnPage >= kRecordLimit + 2 * kLinesOnPage) pages_.pop_front();
    }
    Page& page = pages_.back();
    Line line;
    line.number = number;
    line.at = record.at;
    line.status = record.status;
    line.error_code = record.error_code;
    line.error_subcode = record.error_subcode;
    line.token_alive = record.token_alive;
    for (std::size_t i = 0; i < kTexts; ++i) {
        page.texts += record.*kTextMembers[i];
        line.ends[i] = static_cast<std::uint32_t>(page.texts.size());
    }
    page.lines.push_back(line);
}

CallRecord Ledger::read_line(const Page& page, std::size_t index) {
    const Line& line = page.lines[index];
    CallRecord record;
    record.number = line.number;
    record.at = line.at;
    record.status = line.status;
    record.error_code = line.error_code;
    record.error_subcode = line.error_subcode;
    record.token_alive = line.token_alive;
    std::size_t begin = index == 0 ? 0 : page.lines[index - 1].ends.back();
    for (std::size_t i = 0; i < kTexts; ++i) {
        (record.*kTextMembers[i]).assign(page.texts, begin, line.ends[i] - begin);
        begin = line.ends[i];
    }
    return record;
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
    std::size_t held = 0;
    for (const Page& page : pages_)
        held += page.lines.size();
    // A page goes as a whole: the oldest lines on the first one may be too many already.
    std::size_t skipped = held - std::min(held, kRecordLimit);
    for (const Page& page : pages_) {
        for (std::size_t i = std::exchange(skipped, 0); i < page.lines.size(); ++i) {
            if (page.lines[i].number > after) calls.push_back(describe(read_line(page, i)));
        }
    }
    json::array tokens;
    for (const IssueRecord& issue : issues_)
        tokens.push_back(describe(issue));
    json::object object;
    object["calls"] = std::move(calls);
    object["tokens"] = std::move(tokens);
    return object;
}

namespace {

std::optional<Instant> instant_of(Wishes& wishes, std::string_view name) {
    const auto text = wishes.text(name);
    if (!text) return std::nullopt;
    const auto instant = parse_rfc3339(*text);
    if (!instant) wishes.complain("\"" + std::string(name) + "\" must be an instant");
    return instant;
}

CallRecord read_call(Wishes& wishes) {
    constexpr std::int64_t kMostCalls = 1'000'000'000'000;
    constexpr std::int64_t kMostCode = 1'000'000'000;
    wishes.allow({"number", "at", "method", "host", "path", "version", "status", "token_fingerprint", "token_alive",
                  "input_fingerprint", "error_code", "error_subcode", "fault"});
    CallRecord call;
    call.number = static_cast<std::uint64_t>(wishes.number("number", 1, kMostCalls).value_or(1));
    call.at = instant_of(wishes, "at").value_or(Instant{});
    call.method = wishes.text("method").value_or("");
    call.host = wishes.text("host").value_or("");
    call.path = wishes.text("path").value_or("");
    call.version = wishes.text("version").value_or("");
    call.status = static_cast<int>(wishes.number("status", 0, 999).value_or(0));
    call.token_fingerprint = wishes.text("token_fingerprint").value_or("");
    call.token_alive = wishes.flag("token_alive");
    call.input_fingerprint = wishes.text("input_fingerprint").value_or("");
    call.error_code = static_cast<int>(wishes.number("error_code", -kMostCode, kMostCode).value_or(0));
    call.error_subcode = static_cast<int>(wishes.number("error_subcode", 0, kMostCode).value_or(0));
    call.fault = wishes.text("fault").value_or("");
    return call;
}

IssueRecord read_issue(Wishes& wishes) {
    wishes.allow({"fingerprint", "kind", "login", "issued_at", "expires_at", "via"});
    IssueRecord issue;
    issue.fingerprint = wishes.text("fingerprint").value_or("");
    const auto kind = parse_kind(wishes.text("kind").value_or(""));
    if (!kind) wishes.complain("\"kind\" is none");
    issue.kind = kind.value_or(Kind::kUser);
    const auto login = wishes.word("login", {"facebook", "instagram"}, true);
    issue.login = login == "instagram" ? Login::kInstagram : Login::kFacebook;
    issue.issued_at = instant_of(wishes, "issued_at").value_or(Instant{});
    issue.expires_at = instant_of(wishes, "expires_at");
    issue.via = wishes.text("via").value_or("");
    return issue;
}

// The last ones of a list.
json::array newest(json::value& list, std::size_t count) {
    json::array& all = list.get_array();
    if (all.size() > count) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(count));
    return std::move(all);
}

} // namespace

json::object Ledger::save() const {
    json::object whole = to_json(0);
    json::object document;
    document["calls"] = newest(whole["calls"], kSavedRecords);
    document["tokens"] = newest(whole["tokens"], kSavedRecords);
    return document;
}

std::expected<Ledger, std::string> Ledger::from_json(const json::object& document) {
    Ledger ledger;
    Wishes whole(document, "the ledger");
    whole.allow({"calls", "tokens"});
    if (!whole.complaint().empty()) return std::unexpected(whole.complaint());
    for (const std::string_view list : {"calls", "tokens"}) {
        const json::value* value = document.if_contains(list);
        if (value == nullptr) continue;
        if (!value->is_array()) return std::unexpected("the ledger: \"" + std::string(list) + "\" must be an array");
        for (const json::value& item : value->get_array()) {
            const std::string what = "the ledger's " + std::string(list);
            if (!item.is_object()) return std::unexpected(what + " must be objects");
            Wishes wishes(item.get_object(), what);
            if (list == "calls") {
                const CallRecord call = read_call(wishes);
                ledger.write_line(call, call.number);
                ledger.next_number_ = std::max(ledger.next_number_, call.number + 1);
            } else {
                ledger.issues_.push_back(read_issue(wishes));
            }
            if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
        }
    }
    return ledger;
}

} // namespace everlong::simulator
