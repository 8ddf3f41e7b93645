#include <api/json.hpp>

#include <core/messages.hpp>

#include <algorithm>

namespace everlong::api {
namespace {

std::string_view state_text(ports::VersionState state) {
    switch (state) {
    case ports::VersionState::kPending: return "pending";
    case ports::VersionState::kCurrent: return "current";
    case ports::VersionState::kRetired: return "retired";
    case ports::VersionState::kDiscarded: return "discarded";
    }
    return "discarded";
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

// A name or address in an error may hold any bytes; JSON holds UTF-8 only.
std::string in_utf8(std::string text) {
    if (std::ranges::all_of(text, [](unsigned char byte) { return byte < 0x80; })) return text;
    boost::system::error_code problem;
    (void)json::parse(json::serialize(json::value(text)), problem);
    if (!problem) return text;
    constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD
    std::string clean;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x80) {
            clean += c;
        } else {
            clean += kReplacement;
        }
    }
    return clean;
}

template <class T>
json::value problem_or_null(const std::optional<T>& problem) {
    return problem ? json::value(to_json(*problem)) : json::value(nullptr);
}

} // namespace

json::value to_json(std::optional<Instant> instant) {
    return instant ? json::value(to_rfc3339(*instant)) : json::value(nullptr);
}

json::value to_json(const core::Expiry& expiry) {
    return expiry.is_dated() ? json::value(to_rfc3339(expiry.instant())) : json::value(nullptr);
}

json::object to_json(const core::Account& account) {
    return {{"ig_user_id", text_or_null(account.ig_user_id.text())},
            {"username", text_or_null(account.username)},
            {"account_type", text_or_null(account.account_type)},
            {"page_id", text_or_null(account.page_id)},
            {"page_name", text_or_null(account.page_name)}};
}

json::object to_json(const core::Problem& problem) {
    const core::Message& message = core::message_of(problem.code);
    json::object object{{"code", code_name(problem.code)}, {"cause", message.cause},
                        {"remedy", message.remedy},        {"title", message.title},
                        {"detail", problem.detail},        {"what_to_do", message.what_to_do},
                        {"at", to_rfc3339(problem.at)}};
    if (problem.upstream_code != 0) object["graph_code"] = problem.upstream_code;
    if (problem.upstream_subcode != 0) object["graph_subcode"] = problem.upstream_subcode;
    return object;
}

json::object to_json(const ports::Delivery& delivery, Instant now) {
    const bool is_due = delivery.next_attempt_at && *delivery.next_attempt_at <= now;
    return {{"id", delivery.id.number()},
            {"kind", "dotenv"},
            {"path", delivery.target.path},
            {"token_key", delivery.target.token_key},
            {"id_key", delivery.target.id_key},
            {"in_place", delivery.target.is_in_place},
            {"version", delivery.delivered_version},
            {"delivered_at", to_json(delivery.delivered_at)},
            {"next_attempt_at", to_json(delivery.next_attempt_at)},
            {"failed_attempts", delivery.failed_attempts},
            {"due", is_due},
            {"problem", problem_or_null(delivery.last_problem)}};
}

json::object to_json(const ports::TokenVersion& version, core::LoginPath login, Instant now) {
    json::object object = token_to_json(login, version.facts, version.version, now);
    object["state"] = state_text(version.state);
    object["source"] = version.source;
    object["created_at"] = to_rfc3339(version.created_at);
    object["verified_at"] = to_json(version.verified_at);
    object["retired_at"] = to_json(version.retired_at);
    return object;
}

json::object to_json(const ports::AuditEvent& event) {
    return {{"at", to_rfc3339(event.at)},
            {"actor", event.actor},
            {"action", event.action},
            {"channel", text_or_null(event.channel_name)},
            {"detail", text_or_null(event.detail)}};
}

json::array to_json(const std::vector<engine::DeliveryOutcome>& outcomes, Instant now) {
    json::array array;
    for (const engine::DeliveryOutcome& outcome : outcomes) {
        json::object object = to_json(outcome.delivery, now);
        object["delivered"] = !outcome.error;
        array.push_back(std::move(object));
    }
    return array;
}

json::array to_json(const std::vector<std::string>& texts) {
    json::array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

json::object token_to_json(core::LoginPath login, const core::TokenFacts& facts, int version, Instant now) {
    json::value seconds_left = nullptr;
    if (facts.expires_at.is_dated()) {
        seconds_left = std::chrono::floor<Seconds>(facts.expires_at.instant() - now).count();
    }
    return {{"kind", to_text(facts.kind)},
            {"lifetime", to_text(facts.lifetime)},
            {"fingerprint", facts.fingerprint.text()},
            {"issued_at", to_rfc3339(facts.issued_at)},
            {"expires_at", to_json(facts.expires_at)},
            {"seconds_left", std::move(seconds_left)},
            {"expiry_known", !facts.expires_at.is_unknown()},
            {"data_access_expires_at", to_json(facts.data_access_expires_at)},
            {"scopes", to_json(facts.scopes)},
            {"missing_scopes", to_json(core::missing_scopes(login, facts))},
            {"version", version}};
}

json::object channel_to_json(const ports::Channel& channel, const ports::TokenVersion* current, Instant now) {
    const core::ChannelHealth health =
        core::channel_health(channel.name, channel.login, current ? &current->facts : nullptr, channel.lifecycle, now);
    json::object object{{"name", channel.name},
                        {"login", to_text(channel.login)},
                        {"state", to_text(health.state)},
                        {"reason", health.reason},
                        {"ig_user_id", text_or_null(channel.account.ig_user_id.text())},
                        {"username", text_or_null(channel.account.username)},
                        {"account_type", text_or_null(channel.account.account_type)}};
    object["token"] = current ? json::value(token_to_json(channel.login, current->facts, current->version, now))
                              : json::value(nullptr);
    object["last_refresh_at"] = to_json(channel.lifecycle.last_refresh_at);
    object["next_refresh_at"] = to_json(health.next_refresh_at);
    for (const char* counted : {"posts_at_risk", "posts_held", "posts_uncertain", "posts_failed"})
        object[counted] = 0; // api/channels.cpp counts them
    object["person_needed_by"] = to_json(health.person_needed_by);
    object["needs_person"] = health.needs_person();
    object["created_at"] = to_rfc3339(channel.created_at);
    object["problem"] = problem_or_null(channel.lifecycle.last_problem);
    return object;
}

json::object problem_to_json(const Error& error) {
    const core::Message& message = core::message_of(error.code());
    json::object object{{"type", "about:blank"},
                        {"title", message.title},
                        {"status", message.http_status},
                        {"detail", in_utf8(error.detail())},
                        {"code", code_name(error.code())},
                        {"cause", message.cause},
                        {"remedy", message.remedy},
                        {"what_to_do", message.what_to_do},
                        {"exit_code", core::exit_code_of(error)}};
    if (!error.where().empty()) object["where"] = in_utf8(error.where());
    if (const Upstream* upstream = error.upstream()) {
        object["graph"] = json::object{{"http_status", upstream->http_status}, {"code", upstream->code},
                                       {"subcode", upstream->subcode},         {"type", upstream->type},
                                       {"message", upstream->message},         {"fbtrace_id", upstream->trace_id}};
    }
    return object;
}

} // namespace everlong::api
