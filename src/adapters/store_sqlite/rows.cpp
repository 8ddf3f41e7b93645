#include <adapters/store_sqlite/detail/rows.hpp>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;

constexpr std::array<std::pair<Fault, std::string_view>, 10> kFaults{{{Fault::kUsage, "usage"},
                                                                      {Fault::kTransient, "transient"},
                                                                      {Fault::kRateLimited, "rate-limited"},
                                                                      {Fault::kNeedsConsent, "needs-consent"},
                                                                      {Fault::kRefused, "refused"},
                                                                      {Fault::kConflict, "conflict"},
                                                                      {Fault::kLocal, "local"},
                                                                      {Fault::kCorrupt, "corrupt"},
                                                                      {Fault::kCancelled, "cancelled"},
                                                                      {Fault::kUnknownOutcome, "unknown-outcome"}}};

constexpr std::array<std::pair<ports::VersionState, std::string_view>, 4> kStates{
    {{ports::VersionState::kPending, "pending"},
     {ports::VersionState::kCurrent, "current"},
     {ports::VersionState::kRetired, "retired"},
     {ports::VersionState::kDiscarded, "discarded"}}};

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::pair<Enum, std::string_view>, N>& words, std::string_view text) {
    for (const auto& [value, word] : words) {
        if (word == text) return value;
    }
    return std::nullopt;
}

template <class Enum, std::size_t N>
std::string_view word_of(const std::array<std::pair<Enum, std::string_view>, N>& words, Enum value) {
    for (const auto& [known, word] : words) {
        if (known == value) return word;
    }
    return "";
}

std::optional<Code> code_of(std::string_view name) {
#define EVERLONG_X(enumerator, text)                                                                                   \
    if (name == (text)) return Code::enumerator;
    EVERLONG_ERROR_CODES(EVERLONG_X)
#undef EVERLONG_X
    return std::nullopt;
}

// An error's detail may quote bytes that are no UTF-8; they come back as they were.
json::value parse_lenient(std::string_view text, boost::system::error_code& error) {
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    return json::parse(json::string_view(text.data(), text.size()), error, {}, options);
}

std::unexpected<Error> unreadable(std::string_view what) {
    return fail(Code::kStoreCorrupt, Fault::kCorrupt, "unreadable " + std::string(what));
}

Result<std::optional<Problem>> read_problem(Row row, int column) {
    const auto text = row.maybe_text(column);
    if (!text) return std::optional<Problem>();
    auto problem = parse_problem(*text);
    if (!problem) return fail(problem.error());
    return std::optional<Problem>(*std::move(problem));
}

Result<Expiry> read_expiry(Row row, int column) {
    const std::string word = row.text(column);
    const auto instant = row.maybe_instant(column + 1);
    if (word == "unknown" && !instant) return Expiry::unknown();
    if (word == "never" && !instant) return Expiry::never();
    if (word == "at" && instant) return Expiry::at(*instant);
    return unreadable("end of a token");
}

Result<std::vector<std::string>> parse_scopes(const std::string& text) {
    boost::system::error_code error;
    const json::value document = parse_lenient(text, error);
    const json::array* list = error ? nullptr : document.if_array();
    if (list == nullptr) return unreadable("scopes");
    std::vector<std::string> scopes;
    for (const json::value& item : *list) {
        const json::string* scope = item.if_string();
        if (scope == nullptr) return unreadable("scopes");
        scopes.emplace_back(*scope);
    }
    return scopes;
}

Result<Lifecycle> read_lifecycle(Row row, int first) {
    Lifecycle lifecycle;
    lifecycle.last_refresh_at = row.maybe_instant(first);
    lifecycle.next_attempt_at = row.maybe_instant(first + 1);
    lifecycle.failed_attempts = static_cast<int>(row.number(first + 2));
    int column = first + 3;
    for (auto* problem : {&lifecycle.last_problem, &lifecycle.suspicion, &lifecycle.verdict}) {
        auto read = read_problem(row, column++);
        if (!read) return fail(read.error());
        *problem = *std::move(read);
    }
    lifecycle.was_extension_refused = row.flag(column);
    lifecycle.restored_at = row.maybe_instant(column + 1);
    return lifecycle;
}

} // namespace

Result<Channel> read_channel(Row row) {
    Channel channel;
    channel.id = ports::ChannelId(row.number(0));
    channel.revision = row.number(1);
    channel.name = row.text(2);
    const auto login = core::parse_login_path(row.text(3));
    if (!login) return unreadable("login of channel " + channel.name);
    channel.login = *login;
    channel.app_id = row.text(4);
    channel.account.ig_user_id = IgUserId(row.text(5));
    channel.account.username = row.text(6);
    channel.account.account_type = row.text(7);
    channel.account.page_id = row.text(8);
    channel.account.page_name = row.text(9);
    channel.created_at = row.instant(10);
    channel.current_version = static_cast<int>(row.number(11));
    auto lifecycle = read_lifecycle(row, 12);
    if (!lifecycle) return fail(lifecycle.error().in(channel.name));
    channel.lifecycle = *std::move(lifecycle);
    return channel;
}

Result<TokenVersion> read_version(Row row) {
    TokenVersion version;
    version.version = static_cast<int>(row.number(0));
    const auto state = value_of(kStates, row.text(1));
    const auto kind = core::parse_token_kind(row.text(2));
    const auto lifetime = core::parse_lifetime(row.text(3));
    if (!state || !kind || !lifetime) return unreadable("token version " + std::to_string(version.version));
    version.state = *state;
    version.facts.kind = *kind;
    version.facts.lifetime = *lifetime;
    version.facts.fingerprint = Fingerprint(row.text(4));
    version.facts.issued_at = row.instant(5);
    auto expires = read_expiry(row, 6);
    auto data_access = read_expiry(row, 8);
    auto scopes = parse_scopes(row.text(11));
    if (!expires) return fail(expires.error());
    if (!data_access) return fail(data_access.error());
    if (!scopes) return fail(scopes.error());
    version.facts.expires_at = *expires;
    version.facts.data_access_expires_at = *data_access;
    version.facts.are_scopes_known = row.flag(10);
    version.facts.scopes = *std::move(scopes);
    version.source = row.text(12);
    version.created_at = row.instant(13);
    version.verified_at = row.maybe_instant(14);
    version.retired_at = row.maybe_instant(15);
    return version;
}

std::string_view state_word(ports::VersionState state) {
    return word_of(kStates, state);
}

Result<Delivery> read_delivery(Row row) {
    Delivery delivery;
    delivery.id = ports::DeliveryId(row.number(0));
    delivery.channel = ports::ChannelId(row.number(1));
    delivery.target.path = row.text(2);
    delivery.target.token_key = row.text(3);
    delivery.target.id_key = row.text(4);
    delivery.target.is_in_place = row.flag(5);
    delivery.delivered_version = static_cast<int>(row.number(6));
    delivery.delivered_at = row.maybe_instant(7);
    delivery.next_attempt_at = row.maybe_instant(8);
    delivery.failed_attempts = static_cast<int>(row.number(9));
    auto problem = read_problem(row, 10);
    if (!problem) return fail(problem.error());
    delivery.last_problem = *std::move(problem);
    return delivery;
}

Result<ports::Intent> read_intent(Row row) {
    ports::Intent intent;
    intent.id = ports::IntentId(row.number(0));
    intent.kind = row.text(1);
    intent.channel_name = row.text(2);
    intent.token = Fingerprint(row.text(3));
    intent.started_at = row.instant(4);
    intent.finished_at = row.maybe_instant(5);
    intent.outcome = row.text(6);
    return intent;
}

Result<ports::AuditEvent> read_audit(Row row) {
    ports::AuditEvent event;
    event.at = row.instant(0);
    event.actor = row.text(1);
    event.action = row.text(2);
    event.channel_name = row.text(3);
    event.detail = row.text(4);
    return event;
}

std::string problem_to_json(const Problem& problem) {
    json::object document;
    document["code"] = json::string(code_name(problem.code));
    document["fault"] = json::string(word_of(kFaults, problem.fault));
    document["detail"] = problem.detail;
    document["upstream_code"] = problem.upstream_code;
    document["upstream_subcode"] = problem.upstream_subcode;
    document["at"] = to_unix_ms(problem.at);
    return json::serialize(document);
}

std::optional<std::string> problem_to_json(const std::optional<Problem>& problem) {
    if (!problem) return std::nullopt;
    return problem_to_json(*problem);
}

Result<Problem> parse_problem(std::string_view text) {
    boost::system::error_code error;
    const json::value document = parse_lenient(text, error);
    const json::object* object = error ? nullptr : document.if_object();
    if (object == nullptr) return unreadable("problem");
    const auto string_of = [&](const char* key) {
        const json::value* value = object->if_contains(key);
        const json::string* found = value != nullptr ? value->if_string() : nullptr;
        return found != nullptr ? std::optional<std::string>(std::string(*found)) : std::nullopt;
    };
    const auto number_of = [&](const char* key) {
        const json::value* value = object->if_contains(key);
        const std::int64_t* found = value != nullptr ? value->if_int64() : nullptr;
        return found != nullptr ? std::optional<std::int64_t>(*found) : std::nullopt;
    };
    const auto code = code_of(string_of("code").value_or(""));
    const auto fault = value_of(kFaults, string_of("fault").value_or(""));
    const auto detail = string_of("detail");
    const auto upstream_code = number_of("upstream_code");
    const auto upstream_subcode = number_of("upstream_subcode");
    const auto at = number_of("at");
    if (!code || !fault || !detail || !upstream_code || !upstream_subcode || !at) return unreadable("problem");
    Problem problem;
    problem.code = *code;
    problem.fault = *fault;
    problem.detail = *detail;
    problem.upstream_code = static_cast<int>(*upstream_code);
    problem.upstream_subcode = static_cast<int>(*upstream_subcode);
    problem.at = instant_from_unix_ms(*at);
    return problem;
}

std::string scopes_to_json(const std::vector<std::string>& scopes) {
    json::array list;
    for (const std::string& scope : scopes)
        list.emplace_back(scope);
    return json::serialize(list);
}

std::string_view expiry_word(const Expiry& expiry) {
    if (expiry.is_never()) return "never";
    return expiry.is_dated() ? "at" : "unknown";
}

std::optional<Instant> expiry_instant(const Expiry& expiry) {
    if (!expiry.is_dated()) return std::nullopt;
    return expiry.instant();
}

TokenFacts merge_facts(const TokenFacts& stored, const TokenFacts& told) {
    TokenFacts facts = stored;
    if (told.kind != core::TokenKind::kUnknown) facts.kind = told.kind;
    if (told.lifetime != core::Lifetime::kUnknown) facts.lifetime = told.lifetime;
    if (told.issued_at != Instant{}) facts.issued_at = told.issued_at;
    if (!told.expires_at.is_unknown()) facts.expires_at = told.expires_at;
    if (!told.data_access_expires_at.is_unknown()) facts.data_access_expires_at = told.data_access_expires_at;
    if (told.are_scopes_known) {
        facts.are_scopes_known = true;
        facts.scopes = told.scopes;
    }
    return facts;
}

core::Account merge_account(const core::Account& stored, const core::Account& told) {
    core::Account account = stored;
    if (!told.ig_user_id.is_empty()) account.ig_user_id = told.ig_user_id;
    if (!told.username.empty()) account.username = told.username;
    if (!told.account_type.empty()) account.account_type = told.account_type;
    if (!told.page_id.empty()) account.page_id = told.page_id;
    if (!told.page_name.empty()) account.page_name = told.page_name;
    return account;
}

} // namespace everlong::adapters::detail
