#include <simulator/calls/endpoints.hpp>
#include <simulator/login/login_code.hpp>

#include <boost/json/object.hpp>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

Token& issue_long_lived(Context& context, const Token& old, Instant expires_at, std::string via) {
    Token token;
    token.kind = Kind::kInstagramUser;
    token.login = Login::kInstagram;
    token.lifetime = Lifetime::kLong;
    token.app_id = old.app_id;
    token.person_id = old.person_id;
    token.ig_user_id = old.ig_user_id;
    token.scopes = old.scopes;
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    token.expires_at = expires_at;
    Token& added = context.world.add_token(std::move(token), context.call.now);
    context.ledger.add_issue(added, std::move(via));
    return added;
}

// The token of an exchange or refresh. A legacy or foreign kind, or another method, is "Unsupported request" (11.1).
Outcome<Token*> token_for(Context& context, std::string_view grant_type) {
    const Call& call = context.call;
    if (call.method != "GET") return refuse(Refusal::kInstagramUnsupported);
    if (call.value("grant_type") != grant_type) {
        return refuse(Refusal::kBadParameter, {"grant_type must be " + std::string(grant_type)});
    }
    const Token* shown = context.world.find_token(call.token);
    const bool is_legacy = call.token.starts_with("IGQ");
    const bool is_facebook = has_app_token_form(call.token) || (shown != nullptr && shown->login == Login::kFacebook);
    if (is_legacy || is_facebook) return refuse(Refusal::kInstagramUnsupported);
    auto token = authenticate(context, Refusal::kTokenMissing);
    if (!token) return token;
    if (!(*token)->has_scope("instagram_business_basic")) return refuse(Refusal::kNoPermission);
    if (auto allowed = charge(context); !allowed) return std::unexpected(std::move(allowed.error()));
    return token;
}

std::string joined_scopes(const Token& token) {
    std::string joined;
    for (const std::string& scope : token.scopes)
        joined += (joined.empty() ? "" : ",") + scope;
    return joined;
}

Reading to_refresh_answer(const Context& context, const Token& token) {
    json::object answer = to_grant(context, token);
    if (context.switches.is("refresh_permissions", "present")) answer["permissions"] = joined_scopes(token);
    return json::value(std::move(answer));
}

} // namespace

Reading instagram_exchange(Context& context) {
    auto token = token_for(context, "ig_exchange_token");
    if (!token) return std::unexpected(std::move(token.error()));
    const std::string* secret = context.call.find("client_secret");
    if (secret == nullptr) return refuse(Refusal::kMissingSecret);
    if (*secret != context.world.find_app((*token)->app_id)->secret) return refuse(Refusal::kBadSecret);

    const Instant now = std::chrono::floor<Seconds>(context.call.now);
    if ((*token)->lifetime == Lifetime::kShort) {
        return json::value(to_grant(context, issue_long_lived(context, **token, now + kLongLife, "ig_exchange_token")));
    }
    // Undocumented (3.3).
    if (context.switches.is("ig_exchange_long_lived", "error")) return refuse(Refusal::kInstagramUnsupported);
    return json::value(
        to_grant(context, issue_long_lived(context, **token, *(*token)->expires_at, "ig_exchange_token")));
}

Reading instagram_refresh(Context& context) {
    auto found = token_for(context, "ig_refresh_token");
    if (!found) return std::unexpected(std::move(found.error()));
    Token& token = **found;
    if (token.lifetime != Lifetime::kLong) return refuse(Refusal::kInstagramUnsupported);

    if (context.call.now - token.issued_at < kRefreshableAge) {
        if (context.switches.is("refresh_under_24h", "error")) return refuse(Refusal::kTooYoung);
        return to_refresh_answer(context, token);
    }
    const Instant now = std::chrono::floor<Seconds>(context.call.now);
    if (context.switches.is("refresh_string", "same")) {
        token.issued_at = now;
        token.expires_at = now + kLongLife;
        context.ledger.add_issue(token, "ig_refresh_token");
        return to_refresh_answer(context, token);
    }
    Token& fresh = issue_long_lived(context, token, now + kLongLife, "ig_refresh_token");
    if (context.switches.is("old_token_after_refresh", "dies")) token.ending = Ending::kSuperseded;
    return to_refresh_answer(context, fresh);
}

namespace {

// Which id the answer's user_id is, sources leave open (3.5); its shape and type, too (3.2).
json::value code_answer(const Context& context, const Token& token) {
    const Account& account = *context.world.find_account(token.ig_user_id);
    json::value user_id(account.scoped_id);
    if (context.switches.is("instagram_code_user_id", "number")) user_id = std::stoll(account.scoped_id);
    json::object answer;
    answer["access_token"] = token.text;
    answer["user_id"] = std::move(user_id);
    if (context.switches.is("instagram_code_shape", "bare")) return answer;
    if (context.switches.is("instagram_code_shape", "data")) {
        answer["permissions"] = joined_scopes(token);
        json::object wrapped;
        wrapped["data"] = json::array{std::move(answer)};
        return wrapped;
    }
    json::array permissions;
    for (const std::string& scope : token.scopes)
        permissions.emplace_back(scope);
    answer["permissions"] = std::move(permissions);
    return answer;
}

} // namespace

// Errors come in the flat envelope of this host.
Reading instagram_code(Context& context) {
    const Call& call = context.call;
    const App* app = context.world.find_app(call.value("client_id"));
    // The Meta app's id and secret in place of Instagram's (3.2).
    if (app == nullptr || app->login != Login::kInstagram) return refuse(Refusal::kBadPlatformApp);
    if (call.value("client_secret") != app->secret) return refuse(Refusal::kBadSecret);
    for (const std::string_view name : {"grant_type", "redirect_uri", "code"}) {
        if (call.find(name) == nullptr) return refuse(Refusal::kMissingParameter, {name});
    }
    auto code = redeem_code(context, *app);
    if (!code) return std::unexpected(std::move(code.error()));
    Token token;
    token.kind = Kind::kInstagramUser;
    token.login = Login::kInstagram;
    token.lifetime = Lifetime::kShort;
    token.app_id = app->id;
    token.person_id = (*code)->person_id;
    token.ig_user_id = (*code)->ig_user_id;
    token.scopes = (*code)->scopes;
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    token.expires_at = token.issued_at + kShortInstagramLife;
    Token& added = context.world.add_token(std::move(token), context.call.now);
    context.ledger.add_issue(added, "login code");
    return code_answer(context, added);
}

} // namespace everlong::simulator
