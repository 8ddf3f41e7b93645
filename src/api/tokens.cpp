// What is done with a channel's token, and the inspection of any token.

#include <api/detail/call.hpp>
#include <api/detail/source.hpp>

#include <base/digest.hpp>
#include <core/renewal_policy.hpp>
#include <engine/lifecycle/identify.hpp>
#include <engine/lifecycle/refresh.hpp>
#include <engine/lifecycle/verify.hpp>

#include <charconv>
#include <limits>

namespace everlong::api::detail {
namespace {

// No token that ends lives longer; in milliseconds any number of seconds up to here can be reckoned with.
constexpr Seconds kLongestMinValid = Days(3650);

// ?min_valid=SECONDS: nothing where it is not given.
Result<std::optional<Seconds>> min_valid_of(const http::Parameters& query) {
    for (const auto& [name, value] : query) {
        if (name != "min_valid") continue;
        std::int64_t seconds = 0;
        const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), seconds);
        if (problem != std::errc() || end != value.data() + value.size() || seconds < 0 ||
            seconds > kLongestMinValid.count()) {
            return fail(Code::kHttpBody, Fault::kUsage, "min_valid is not a number of seconds");
        }
        return std::optional(Seconds(seconds));
    }
    return std::optional<Seconds>();
}

bool lives_for(const core::TokenFacts& facts, Instant now, Seconds span) {
    return facts.expires_at.is_never() || (facts.expires_at.is_dated() && facts.expires_at.instant() - now >= span);
}

Task<json::object> describe_refresh(Call& call, engine::RefreshReport report) {
    call.context.on_change();
    auto body = co_await describe(call, report.channel);
    if (!body) co_return fail(body.error());
    (*body)["refreshed"] = report.was_refreshed;
    (*body)["note"] = report.reason ? json::value(problem_to_json(*report.reason)) : json::value(nullptr);
    (*body)["deliveries"] = to_json(report.deliveries, call.now());
    co_return std::move(*body);
}

json::object identity_to_json(const engine::Identity& identity, int version, Instant now) {
    json::array accounts;
    for (const core::Account& account : identity.accounts)
        accounts.push_back(to_json(account));
    json::object object{{"login", to_text(identity.login)},
                        {"app_id", identity.app_id},
                        {"user_id", identity.user_id},
                        {"token", token_to_json(identity.login, identity.facts, version, now)}};
    object["account"] =
        identity.accounts.size() == 1 ? json::value(to_json(identity.accounts.front())) : json::value(nullptr);
    object["accounts"] = std::move(accounts);
    object["accounts_complete"] = identity.are_accounts_complete;
    const auto way = core::renewal_way(identity.login, identity.facts);
    object["renewable"] = core::is_renewable_for_ever(way);
    return object;
}

// Who sees a token is written down before it is shown.
Task<void> note_revealed(Call& call, const ports::TokenVersion& version) {
    Reveals& reveals = call.access.reveals();
    const bool is_application = call.caller.kind == Caller::Kind::kKey;
    if (is_application && !reveals.is_due(call.caller.key, call.name(), version.version, call.now())) {
        co_return Result<void>{};
    }
    auto noted = co_await call.world().store.append_audit(
        engine::audit(call.world(), call.actor(), "token-revealed", call.name(), version.facts.fingerprint.text()));
    if (!noted) co_return fail(noted.error());
    if (is_application) reveals.note(call.caller.key, call.name(), version.version, call.now());
    co_return Result<void>{};
}

// The token that is to be inspected: a channel's, a file's or a pasted one; `known` is what the store knows of it.
Task<Source> source_to_inspect(Call& call, std::optional<ports::TokenVersion>& known) {
    auto channel_name = text_of(call.body, "channel");
    if (!channel_name) co_return fail(channel_name.error());
    if (channel_name->empty()) co_return co_await read_source(call);
    auto channel = co_await engine::find_channel(call.world(), *channel_name);
    if (!channel) co_return fail(channel.error());
    auto current = co_await call.world().store.load_current(channel->id);
    if (!current) co_return fail(current.error());
    Source source;
    source.token = std::move(current->token);
    known = std::move(current->version);
    co_return source;
}

} // namespace

Async<Answer> get_token(Call& call) {
    auto min_valid = min_valid_of(call.query);
    if (!min_valid) co_return fail(min_valid.error());
    auto current = co_await call.world().store.serve_token(call.name());
    if (!current) co_return fail(current.error());
    if (*min_valid && !lives_for(current->version.facts, call.now(), **min_valid)) {
        auto report = co_await engine::refresh(call.world(), call.name(), engine::RefreshWhen::kNow, call.actor());
        // A token that lives is better than none: how long it does stands beside it.
        if (!report && current->version.facts.expires_at.is_past(call.now())) co_return fail(report.error());
        call.context.on_change();
        current = co_await call.world().store.serve_token(call.name());
        if (!current) co_return fail(current.error());
    }
    const core::TokenFacts& facts = current->version.facts;
    const std::string etag = "\"" + std::to_string(current->version.version) + "\"";
    if (call.request.headers.find("If-None-Match") == etag) {
        http::Response unchanged;
        unchanged.status = 304;
        unchanged.headers.set("ETag", etag);
        co_return unchanged;
    }
    if (auto noted = co_await note_revealed(call, current->version); !noted) co_return fail(noted.error());
    http::Response response = json_response(json::object{{"access_token", current->token.reveal()},
                                                         {"fingerprint", facts.fingerprint.text()},
                                                         {"expires_at", to_json(facts.expires_at)},
                                                         {"ig_user_id", current->ig_user_id.text()},
                                                         {"version", current->version.version}});
    response.headers.set("ETag", etag);
    co_return response;
}

Async<Answer> refresh_token(Call& call) {
    auto is_now = flag_of(call.body, "now");
    if (!is_now) co_return fail(is_now.error());
    const auto when = *is_now ? engine::RefreshWhen::kNow : engine::RefreshWhen::kWhenDue;
    auto report = co_await engine::refresh(call.world(), call.name(), when, call.actor());
    if (!report) co_return fail(report.error());
    auto body = co_await describe_refresh(call, std::move(*report));
    if (!body) co_return fail(body.error());
    co_return json_response(*body);
}

Async<Answer> rollback_token(Call& call) {
    auto version = number_of(call.body, "version", 0);
    if (!version) co_return fail(version.error());
    if (*version < 0 || *version > std::numeric_limits<int>::max()) {
        co_return fail(Code::kHttpBody, Fault::kUsage, "version is not a version's number");
    }
    const auto wanted = *version == 0 ? std::nullopt : std::optional(static_cast<int>(*version));
    auto report = co_await engine::rollback(call.world(), call.name(), wanted, call.actor());
    if (!report) co_return fail(report.error());
    auto body = co_await describe_refresh(call, std::move(*report));
    if (!body) co_return fail(body.error());
    co_return json_response(*body);
}

Async<Answer> get_history(Call& call) {
    auto channel = co_await engine::find_channel(call.world(), call.name());
    if (!channel) co_return fail(channel.error());
    auto versions = co_await call.world().store.list_versions(channel->id);
    if (!versions) co_return fail(versions.error());
    json::array items;
    for (const ports::TokenVersion& version : *versions)
        items.push_back(to_json(version, channel->login, call.now()));
    co_return json_response(json::object{{"versions", std::move(items)}, {"next", nullptr}});
}

Async<Answer> inspect_token(Call& call) {
    std::optional<ports::TokenVersion> known;
    auto source = co_await source_to_inspect(call, known);
    if (!source) co_return fail(source.error());
    auto identity = co_await engine::identify(call.world(), source->token);
    // On the Instagram login Meta tells no dates: what was learnt when it was issued is all there is.
    if (identity && known && identity->login == core::LoginPath::kInstagram) identity->facts = known->facts;
    json::object body;
    if (identity) {
        body = identity_to_json(*identity, known ? known->version : 0, call.now());
    } else if (engine::may_pass(identity.error()) || identity.error().fault() == Fault::kUsage) {
        co_return fail(identity.error());
    } else {
        // The answer to the question: the token is no good, and why.
        body["token"] = json::object{{"fingerprint", fingerprint_of(source->token).text()}};
    }
    body["valid"] = identity.has_value();
    body["problem"] = identity ? json::value(nullptr) : json::value(problem_to_json(identity.error()));
    body["repairs"] = to_json(source->repairs);
    body["warnings"] = to_json(source->warnings);
    co_return json_response(body);
}

} // namespace everlong::api::detail
