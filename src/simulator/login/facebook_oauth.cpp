#include <simulator/calls/endpoints.hpp>
#include <simulator/login/login_code.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

struct Credentials {
    std::string id;
    std::string secret;
};

// As parameters, or HTTP Basic (clients.md, 6).
Credentials credentials_of(const Call& call) {
    Credentials credentials{call.value("client_id"), call.value("client_secret")};
    const std::string_view header = call.headers.find("authorization").value_or("");
    constexpr std::string_view kBasic = "Basic ";
    if (!credentials.id.empty() || !header.starts_with(kBasic)) return credentials;
    const std::string plain = decode_base64(header.substr(kBasic.size())).value_or("");
    const auto colon = plain.find(':');
    if (colon == std::string::npos) return credentials;
    return {plain.substr(0, colon), plain.substr(colon + 1)};
}

// The app whose id and secret came; refusals in Meta's order (2.2).
Outcome<App*> authenticate_app(Context& context) {
    const Credentials credentials = credentials_of(context.call);
    if (credentials.id.empty()) return refuse(Refusal::kMissingClientId);
    App* app = context.world.find_app(credentials.id);
    // The Instagram app's id is none here (11.11).
    if (app == nullptr || app->login != Login::kFacebook) return refuse(Refusal::kBadApp);
    context.counted_app = app->id;
    if (credentials.secret.empty()) return refuse(Refusal::kMissingSecret);
    if (credentials.secret != app->secret) return refuse(Refusal::kBadSecret);
    if (auto allowed = charge(context); !allowed) return std::unexpected(std::move(allowed.error()));
    return app;
}

Token& reissue(Context& context, const Token& old, std::optional<Instant> expires_at, std::string via) {
    Token token;
    token.kind = old.kind;
    token.login = old.login;
    token.lifetime = expires_at ? Lifetime::kLong : Lifetime::kNever;
    token.app_id = old.app_id;
    token.person_id = old.person_id;
    token.ig_user_id = old.ig_user_id;
    token.scopes = old.scopes;
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    token.expires_at = expires_at;
    // An exchange without the person does not renew the data access (2.11).
    token.data_access_expires_at = old.data_access_expires_at;
    Token& added = context.world.add_token(std::move(token), context.call.now);
    context.ledger.add_issue(added, std::move(via));
    return added;
}

// A system user's token of the 60-day kind is renewed only with the flag, and then in full (2.10).
Reading exchange_system_user(Context& context, const Token& old) {
    const Instant now = std::chrono::floor<Seconds>(context.call.now);
    const std::string flag = context.call.value("set_token_expires_in_60_days");
    if (flag == "true" || flag == "1") {
        return json::value(
            to_grant(context, reissue(context, old, now + kLongLife, "fb_exchange_token (system user)")));
    }
    if (old.expires_at) return refuse(Refusal::kMissingParameter, {"set_token_expires_in_60_days"});
    return json::value(to_grant(context, reissue(context, old, std::nullopt, "fb_exchange_token (system user)")));
}

// graph-api.md, 2.7.
Reading exchange_user(Context& context, const Token& old) {
    const Instant now = std::chrono::floor<Seconds>(context.call.now);
    std::optional<Instant> expires_at = now + kLongLife;
    const bool is_time_left = context.switches.is("facebook_reexchange", "time-left");
    if (old.lifetime == Lifetime::kNever || (old.lifetime == Lifetime::kLong && is_time_left)) {
        expires_at = old.expires_at;
    }
    return json::value(to_grant(context, reissue(context, old, expires_at, "fb_exchange_token")));
}

Reading grant_exchange(Context& context, App& app) {
    const std::string* text = context.call.find("fb_exchange_token");
    if (text == nullptr) return refuse(Refusal::kMissingParameter, {"fb_exchange_token"});
    auto old = resolve_token(context, *text);
    if (!old) return std::unexpected(std::move(old.error()));
    const Token& token = **old;
    if (token.app_id != app.id) return refuse(Refusal::kForeignToken, {app.id});
    switch (token.kind) {
    case Kind::kUser: return exchange_user(context, token);
    case Kind::kSystemUser: return exchange_system_user(context, token);
    default: return refuse(Refusal::kNotExchangeable);
    }
}

Reading grant_client_credentials(Context&, App& app) {
    json::object answer;
    answer["access_token"] = app.id + "|" + app.secret;
    answer["token_type"] = "bearer";
    return json::value(std::move(answer));
}

// Short-lived by the documentation; some servers get sixty days at once (2.2).
Reading grant_code(Context& context, App& app) {
    if (context.call.find("redirect_uri") == nullptr) return refuse(Refusal::kMissingRedirect);
    if (context.call.find("code") == nullptr) return refuse(Refusal::kMissingCode);
    auto code = redeem_code(context, app);
    if (!code) return std::unexpected(std::move(code.error()));
    const bool is_short = context.switches.is("facebook_code_life", "short");
    Token token;
    token.kind = Kind::kUser;
    token.login = Login::kFacebook;
    token.lifetime = is_short ? Lifetime::kShort : Lifetime::kLong;
    token.app_id = app.id;
    token.person_id = (*code)->person_id;
    token.scopes = (*code)->scopes;
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    token.expires_at = token.issued_at + (is_short ? kShortFacebookLife : kLongLife);
    token.data_access_expires_at = token.issued_at + kDataAccessLife;
    Token& added = context.world.add_token(std::move(token), context.call.now);
    context.ledger.add_issue(added, "login code");
    return json::value(to_grant(context, added));
}

// The app of a code from /oauth/client_code that comes without a secret; null for every other call.
App* client_without_secret(Context& context) {
    const std::string* text = context.call.find("code");
    const LoginCode* code = text == nullptr ? nullptr : context.world.find_code(*text);
    const bool is_meant = code != nullptr && code->is_for_client && context.call.find("client_secret") == nullptr &&
                          context.call.value("client_id") == code->app_id;
    return is_meant ? context.world.find_app(code->app_id) : nullptr;
}

// {"access_token","expires_in","machine_id"}; the machine's id stays what the client says it is (2.7).
Reading grant_client_code(Context& context, App& app) {
    auto granted = grant_code(context, app);
    if (!granted) return granted;
    const std::string machine = context.call.value("machine_id");
    granted->get_object()["machine_id"] = machine.empty() ? context.call.value("code").substr(2, 24) : machine;
    return granted;
}

struct GrantRow {
    std::string_view grant_type;
    Reading (*grant)(Context&, App&);
};

// Without grant_type a code is meant (clients.md, 6).
constexpr std::array kGrants{
    GrantRow{"fb_exchange_token", grant_exchange},
    GrantRow{"client_credentials", grant_client_credentials},
    GrantRow{"authorization_code", grant_code},
    GrantRow{"", grant_code},
};

} // namespace

json::object to_grant(const Context& context, const Token& token) {
    json::object answer;
    answer["access_token"] = token.text;
    answer["token_type"] = "bearer";
    if (token.expires_at && context.switches.is("expires_in", "present")) {
        answer["expires_in"] = seconds_left(token, context.call.now);
    }
    return answer;
}

Reading facebook_access_token(Context& context) {
    // Noted before the app is looked at, so that the ledger knows the token of every exchange that was tried.
    if (const std::string* text = context.call.find("fb_exchange_token")) note_token(context, *text);
    if (App* app = client_without_secret(context)) return grant_client_code(context, *app);
    auto app = authenticate_app(context);
    if (!app) return std::unexpected(std::move(app.error()));
    const std::string grant_type = context.call.value("grant_type");
    const auto row = std::ranges::find(kGrants, grant_type, &GrantRow::grant_type);
    if (row == kGrants.end()) return refuse(Refusal::kBadParameter, {"Invalid grant_type: " + grant_type});
    return row->grant(context, **app);
}

Reading facebook_client_code(Context& context) {
    auto app = authenticate_app(context);
    if (!app) return std::unexpected(std::move(app.error()));
    auto token = authenticate(context, Refusal::kTokenMissing);
    if (!token) return std::unexpected(std::move(token.error()));
    if ((*token)->app_id != (*app)->id) return refuse(Refusal::kForeignToken, {(*app)->id});
    // Only what a person holds for sixty days can be handed on (2.7).
    if ((*token)->kind != Kind::kUser || (*token)->lifetime == Lifetime::kShort) {
        return refuse(Refusal::kNotExchangeable);
    }
    LoginCode code;
    code.app_id = (*app)->id;
    code.person_id = (*token)->person_id;
    code.redirect_uri = context.call.value("redirect_uri");
    code.scopes = (*token)->scopes;
    code.issued_at = std::chrono::floor<Seconds>(context.call.now);
    code.is_for_client = true;
    json::object answer;
    answer["code"] = context.world.add_code(std::move(code), context.call.now).text;
    return json::value(std::move(answer));
}

Reading facebook_revoke(Context& context) {
    auto app = authenticate_app(context);
    if (!app) return std::unexpected(std::move(app.error()));
    auto caller = authenticate(context, Refusal::kTokenMissing);
    if (!caller) return std::unexpected(std::move(caller.error()));
    const std::string* text = context.call.find("revoke_token");
    if (text == nullptr) return refuse(Refusal::kMissingParameter, {"revoke_token"});
    auto revoked = resolve_token(context, *text);
    if (!revoked) return std::unexpected(std::move(revoked.error()));
    if ((*caller)->app_id != (*app)->id || (*revoked)->app_id != (*app)->id) {
        return refuse(Refusal::kForeignToken, {(*app)->id});
    }
    // An app's own token lives as long as its secret.
    if ((*revoked)->kind == Kind::kApp) return refuse(Refusal::kNotExchangeable);
    (*revoked)->ending = Ending::kRevoked;
    json::object answer;
    answer["success"] = true;
    return json::value(std::move(answer));
}

} // namespace everlong::simulator
