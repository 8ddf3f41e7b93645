#include <adapters/graph/detail/caller.hpp>

#include <adapters/graph/detail/json_edge.hpp>
#include <adapters/graph/detail/usage.hpp>
#include <base/digest.hpp>
#include <base/percent.hpp>

#include <utility>

namespace everlong::adapters::detail {

using core::CallFacts;
using core::GraphCall;
using core::LoginPath;
using core::TokenPlace;

Caller::Caller(http::Client& client, GraphOptions options) : client_(client), options_(std::move(options)) {
    while (options_.meta_base.ends_with('/')) {
        options_.meta_base.pop_back();
    }
}

const AppCredentials* Caller::find_app(LoginPath login) const {
    const auto& app = login == LoginPath::kFacebook ? options_.facebook_app : options_.instagram_app;
    return app && !app->id.empty() && !app->secret.is_empty() ? &*app : nullptr;
}

std::string Caller::url_of(const CallFacts& call, std::string_view id) const {
    const std::string host(core::host_name(call.host.value_or(core::graph_host(call.login))));
    std::string url = options_.meta_base.empty() ? "https://" + host : options_.meta_base + "/" + host;
    if (call.is_versioned) url += "/" + options_.version;
    std::string path(call.path);
    constexpr std::string_view kPlace = "{id}";
    if (const auto place = path.find(kPlace); place != std::string::npos) {
        path.replace(place, kPlace.size(), percent_encode(id));
    }
    return url + path;
}

// Whatever can be refused before anything leaves.
Result<void> Caller::check(const CallFacts& call, const Secret& token) const {
    const std::string name(core::to_text(call.call));
    if (!core::is_graph_version(options_.version)) {
        return fail(Code::kConfig, Fault::kUsage, "META_GRAPH_VERSION is not a version like v25.0");
    }
    const bool is_code = call.call == GraphCall::kRedeemCode;
    if (token.is_empty()) {
        return fail(is_code ? Code::kLoginCallback : Code::kTokenMissing, Fault::kUsage, name + ": there is none");
    }
    if (!is_token_text(token.reveal())) {
        return fail(is_code ? Code::kLoginCallback : Code::kTokenMalformed, Fault::kUsage,
                    name + (is_code ? ": the code" : ": the token") +
                        " holds blanks or other characters that none has, or is too long");
    }
    if ((call.sends_app_secret || call.call == GraphCall::kInspect) && find_app(call.login) == nullptr) {
        return fail(Code::kAppMissing, Fault::kUsage,
                    name + (call.login == LoginPath::kFacebook
                                ? ": META_APP_ID and META_APP_SECRET are needed"
                                : ": INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET are needed"));
    }
    return {};
}

Result<http::OutgoingRequest> Caller::build(const CallFacts& call, const Secret& token, std::string_view id) const {
    if (const auto checked = check(call, token); !checked) return fail(checked.error());
    const AppCredentials* app = find_app(call.login);

    http::OutgoingRequest request;
    request.method = call.method;
    request.url = url_of(call, id);
    // Meta fetches an image while a call for its container lasts (8.1).
    const bool is_long = call.is_issuing || call.call == GraphCall::kMakeContainer;
    request.deadline = is_long ? options_.issuing_deadline : options_.call_deadline;
    request.body_limit_bytes = kAnswerLimitBytes;
    request.is_repeatable = !call.is_issuing;

    // What a POST brings stands in its body: captions are long, and addresses are logged.
    auto& parameters = call.method == "POST" ? request.form : request.query;
    if (!call.grant_type.empty()) parameters.emplace_back("grant_type", std::string(call.grant_type));
    if (call.sends_app_secret) {
        // Instagram's exchange takes the secret alone (facts, 3.3).
        const bool takes_id = call.login == LoginPath::kFacebook || call.call == GraphCall::kRedeemCode;
        if (takes_id) parameters.emplace_back("client_id", app->id);
        parameters.emplace_back("client_secret", app->secret.clone());
    }
    if (call.call == GraphCall::kRefreshSystemUser) {
        parameters.emplace_back("set_token_expires_in_60_days", std::string("true"));
    }
    if (call.token_place == TokenPlace::kHeader) {
        request.bearer = token.clone();
    } else {
        parameters.emplace_back(std::string(call.token_parameter), token.clone());
    }
    if (call.call == GraphCall::kInspect) {
        // The app itself asks: its token is id and secret with a bar between (facts, 2.6).
        request.bearer = Secret::take(app->id + "|" + std::string(app->secret.reveal()));
    }
    if (!call.fields.empty()) parameters.emplace_back("fields", std::string(call.fields));
    if (call.takes_proof && app != nullptr) {
        parameters.emplace_back("appsecret_proof", Secret::take(appsecret_proof(app->secret, token)));
    }
    return request;
}

Asked Caller::asked_of(const CallFacts& call, const Secret& token) const {
    Asked asked;
    asked.context = {call.login, call.call};
    asked.is_issuing = call.is_issuing;
    asked.secrets.push_back(token.reveal());
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        if (const AppCredentials* app = find_app(login)) asked.secrets.push_back(app->secret.reveal());
    }
    // debug_token answers an Instagram token with "temporarily unavailable" for ever (facts, 4). What such tokens begin
    // with is a hint (11.2), and here the only one there is.
    if (call.call == GraphCall::kInspect && token.reveal().starts_with("IG")) {
        asked.context.login = LoginPath::kInstagram;
    }
    return asked;
}

// A transport error as this call's caller has to see it: reading again is always safe, so that an answer which did not
// arrive leaves nothing open unless the call issues.
Error Caller::read_failure(const CallFacts& call, const Error& error) const {
    const std::string name(core::to_text(call.call));
    if (call.is_issuing || error.fault() != Fault::kUnknownOutcome) return error.in(name);
    if (error.code() == Code::kUnknownOutcome) {
        return Error(Code::kUpstream, Fault::kTransient, "the answer did not arrive whole").in(name);
    }
    return Error(error.code(), Fault::kTransient, error.detail()).in(name);
}

Task<Exchanged> Caller::ask(const CallFacts& call, const Secret& token, std::string id,
                            std::vector<http::OutgoingParameter> parameters) {
    auto request = build(call, token, id);
    if (!request) co_return fail(request.error());
    auto& place = call.method == "POST" ? request->form : request->query;
    for (http::OutgoingParameter& parameter : parameters) {
        place.push_back(std::move(parameter));
    }
    co_return co_await send(call, token, *std::move(request));
}

Task<Exchanged> Caller::send(const CallFacts& call, const Secret& token, http::OutgoingRequest request) {
    auto response = co_await client_.send(std::move(request));
    if (!response) co_return fail(read_failure(call, response.error()));
    note_date(*response);
    const auto wait = note_usage(call.login, *response);
    co_return Exchanged{asked_of(call, token), *std::move(response), wait};
}

void Caller::note_date(const http::Response& response) {
    const auto date = response.headers.find("Date");
    const auto instant = date ? parse_http_date(*date) : std::nullopt;
    server_time_ = instant; // nothing where this answer told none: an earlier one's says nothing of now
    if (!instant) return;
    if (options_.on_server_date) options_.on_server_date(*instant);
}

std::optional<Seconds> Caller::note_usage(LoginPath login, const http::Response& response) {
    const auto app = response.headers.find("X-App-Usage").value_or("");
    const auto account = response.headers.find("X-Business-Use-Case-Usage").value_or("");
    if (app.empty() && account.empty()) return std::nullopt;
    auto usage = read_usage(app, account);
    if (!usage) return std::nullopt;
    usage->told_at = server_time_;
    const auto wait = usage->regains_in;
    (login == LoginPath::kFacebook ? facebook_usage_ : instagram_usage_) = std::move(usage);
    return wait;
}

std::optional<std::string> Caller::upload_url(std::string_view uri) const {
    const std::string host(core::host_name(core::MetaHost::kRupload));
    const std::string real = "https://" + host + "/";
    std::string_view path;
    if (uri.starts_with(real)) {
        path = uri.substr(real.size());
    } else if (!options_.meta_base.empty()) {
        // A stand-in for Meta may name itself by another of its names: only the path is taken from it.
        const std::string place = "/" + host + "/";
        const auto found = uri.find(place);
        if (found == std::string_view::npos) return std::nullopt;
        path = uri.substr(found + place.size());
    }
    const bool is_plain =
        !path.empty() && path.find("..") == std::string_view::npos &&
        path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") ==
            std::string_view::npos;
    if (!is_plain) return std::nullopt;
    return (options_.meta_base.empty() ? real : options_.meta_base + "/" + host + "/") + std::string(path);
}

} // namespace everlong::adapters::detail
