// /v1/connect and /v1/logins: what a login needs, and its course. The browser's side is api/oauth.cpp.

#include <api/detail/logins.hpp>

#include <core/graph_errors.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::api {

std::string_view stage_text(ports::LoginStage stage) {
    switch (stage) {
    // Between the person's answer and the next thing that a person sees.
    case ports::LoginStage::kWaiting:
    case ports::LoginStage::kRedeeming:
    case ports::LoginStage::kRedeemed:
    case ports::LoginStage::kAdopting: return "waiting";
    case ports::LoginStage::kChoosing: return "choosing";
    case ports::LoginStage::kConnected: return "connected";
    case ports::LoginStage::kRefused: return "refused";
    case ports::LoginStage::kExpired: return "expired";
    case ports::LoginStage::kCancelled: return "cancelled";
    }
    return "waiting";
}

namespace detail {
namespace {

using core::LoginPath;
using ports::Login;

json::value text_or_null(std::string_view text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object permission_to_json(LoginPath login, const std::string& name) {
    const core::PermissionFacts* facts = core::find_permission(login, name);
    return {{"name", name},
            {"required", facts != nullptr && facts->is_required},
            {"capability", text_or_null(facts == nullptr ? "" : facts->capability)},
            {"consequence", text_or_null(facts == nullptr ? "" : facts->consequence)}};
}

json::object account_to_json(const ports::LoginAccount& found) {
    const core::AccountTroubleFacts& trouble = core::facts_about(found.trouble);
    json::object object = to_json(found.account);
    object["usable"] = found.trouble == core::AccountTrouble::kNone;
    object["reason"] = text_or_null(trouble.reason);
    object["what_to_do"] = text_or_null(trouble.what_to_do);
    object["link"] = text_or_null(trouble.link);
    return object;
}

Result<std::vector<std::string>> texts_of(const json::object& body, std::string_view name) {
    std::vector<std::string> texts;
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) return texts;
    const bool is_list = value->is_array() && std::ranges::all_of(value->get_array(), [](const json::value& item) {
                             return item.is_string();
                         });
    if (!is_list) return fail(Code::kHttpBody, Fault::kUsage, std::string(name) + " is not a list of texts");
    for (const json::value& item : value->get_array())
        texts.emplace_back(item.get_string());
    return texts;
}

Task<json::object> describe_login(Call& call, const Login& login) {
    json::value state = nullptr;
    auto channel = co_await call.world().store.find_channel(login.channel_name);
    if (!channel) co_return fail(channel.error());
    if (*channel) {
        auto described = co_await describe(call, **channel);
        if (!described) co_return fail(described.error());
        state = std::move(*described);
    }
    co_return login_to_json(login, std::move(state));
}

// The login, if this caller may know of it: a key for another channel learns not even that it is there.
Task<Login> visible_login(Call& call) {
    auto login = co_await call.context.connector.find(call.name());
    if (login && !call.caller.may_see(login->channel_name)) {
        co_return fail(Code::kLoginUnknown, Fault::kUsage, "no login is called " + core::scrub(call.name(), 60));
    }
    co_return login;
}

Async<Answer> answer_with(Call& call, Result<Login> login) {
    call.access.keys().forget(); // what a broken-off login had left may have been removed, and its keys with it
    if (!login) co_return fail(login.error());
    call.context.on_change();
    auto body = co_await describe_login(call, *login);
    if (!body) co_return fail(body.error());
    co_return json_response(*body);
}

Result<ports::LoginVia> via_of(const json::object& body) {
    auto via = text_of(body, "via");
    if (!via) return fail(via.error());
    if (via->empty() || *via == "terminal") return ports::LoginVia::kTerminal;
    if (*via == "paste") return ports::LoginVia::kPaste;
    if (*via == "browser") {
        return fail(Code::kHttpBody, Fault::kUsage,
                    "a browser begins at /oauth/{login}/start, which gives it the cookie that its answer is bound to");
    }
    return fail(Code::kHttpBody, Fault::kUsage, "via is neither terminal nor paste");
}

Result<engine::LoginRequest> request_of(Call& call) {
    engine::LoginRequest request;
    auto channel = text_of(call.body, "channel");
    auto login_text = text_of(call.body, "login");
    auto redirect_uri = text_of(call.body, "redirect_uri");
    auto account = text_of(call.body, "account");
    auto permissions = texts_of(call.body, "permissions");
    auto via = via_of(call.body);
    for (const auto* text : {&channel, &login_text, &redirect_uri, &account})
        if (!*text) return fail(text->error());
    if (!permissions) return fail(permissions.error());
    if (!via) return fail(via.error());
    const auto login = core::parse_login_path(*login_text);
    if (!login) return fail(Code::kHttpBody, Fault::kUsage, "login is neither facebook nor instagram");
    request.channel_name = *std::move(channel);
    request.login = *login;
    request.via = *via;
    request.redirect_uri = *std::move(redirect_uri);
    if (request.redirect_uri.empty()) request.redirect_uri = core::own_redirect_uri(call.context.addresses(), *login);
    request.account = *std::move(account);
    request.permissions = *std::move(permissions);
    request.actor = call.actor();
    return request;
}

} // namespace

json::object login_to_json(const Login& login, json::value channel) {
    json::array declined;
    const bool is_answered = login.granted.has_value();
    if (is_answered) {
        for (const std::string& name : core::declined(login.login, login.asked, *login.granted))
            declined.push_back(permission_to_json(login.login, name));
    }
    json::array accounts;
    for (const ports::LoginAccount& found : login.accounts)
        accounts.push_back(account_to_json(found));
    json::object object{{"id", login.id},
                        {"channel", login.channel_name},
                        {"login", to_text(login.login)},
                        {"stage", stage_text(login.stage)},
                        {"expires_at", to_rfc3339(login.expires_at)},
                        {"redirect_uri", login.redirect_uri},
                        {"is_reconnect", login.is_reconnect},
                        {"asked", to_json(login.asked)},
                        {"granted", to_json(login.granted.value_or(std::vector<std::string>()))},
                        {"declined", std::move(declined)},
                        {"accounts", std::move(accounts)},
                        {"accounts_complete", login.are_accounts_complete}};
    object["accounts_note"] =
        login.are_accounts_complete ? json::value(nullptr) : json::value(core::incomplete_list_reason());
    object["account"] = text_or_null(login.chosen);
    object["problem"] = nullptr;
    if (login.problem) {
        object["problem"] = problem_to_json(Error(login.problem->code, login.problem->fault, login.problem->detail));
    }
    object["channel_state"] = std::move(channel);
    return object;
}

Result<core::LoginPath> login_path_of(const Call& call, std::size_t place) {
    const auto login = core::parse_login_path(call.captured.at(place));
    if (!login) return fail(Code::kHttpNotFound, Fault::kUsage, "there is a facebook and an instagram login");
    return *login;
}

std::string query_value(const Call& call, std::string_view name) {
    const auto found = std::ranges::find(call.query, name, &http::Parameters::value_type::first);
    return found == call.query.end() ? std::string() : found->second;
}

Async<Answer> get_connect(Call& call) {
    const core::OwnAddresses own = call.context.addresses();
    // Meta cannot call localhost.
    const bool is_called = !own.public_url.empty() || own.is_rehearsal;
    const auto called_at = [&](std::string_view path) {
        return text_or_null(is_called ? core::own_address(own, path) : "");
    };
    json::array logins;
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        json::array permissions;
        for (const core::PermissionFacts& facts : core::permission_facts()) {
            if (facts.login == login) permissions.push_back(permission_to_json(login, std::string(facts.name)));
        }
        const std::string redirect_uri = core::own_redirect_uri(own, login);
        const std::string app_id = call.world().graph.app_id(login);
        logins.push_back(json::object{{"login", to_text(login)},
                                      {"has_app", call.world().graph.has_app(login)},
                                      {"app_id", text_or_null(app_id)},
                                      {"redirect_uris", json::array{json::value(redirect_uri)}},
                                      {"comes_back_here", core::is_reachable_redirect(own, redirect_uri)},
                                      {"deauthorize_url", called_at("/meta/deauthorize")},
                                      {"data_deletion_url", called_at("/meta/data-deletion")},
                                      {"permissions", std::move(permissions)}});
    }
    co_return json_response(json::object{{"public_url", text_or_null(own.public_url)}, {"logins", std::move(logins)}});
}

Async<Answer> create_login(Call& call) {
    auto request = request_of(call);
    if (!request) co_return fail(request.error());
    if (!call.caller.may_see(request->channel_name)) {
        co_return fail(Code::kHttpScope, Fault::kRefused,
                       "the key is for the channel " + call.caller.channel_name + " only");
    }
    const core::OwnAddresses own = call.context.addresses();
    auto begun = co_await call.context.connector.begin(std::move(*request));
    if (!begun) co_return fail(begun.error());
    auto body = co_await describe_login(call, begun->login);
    if (!body) co_return fail(body.error());
    (*body)["address"] = begun->address.reveal();
    (*body)["comes_back_here"] = core::is_reachable_redirect(own, begun->login.redirect_uri);
    co_return json_response(*body, 201);
}

Async<Answer> get_login(Call& call) {
    auto login = co_await visible_login(call);
    if (!login) co_return fail(login.error());
    auto body = co_await describe_login(call, *login);
    if (!body) co_return fail(body.error());
    co_return json_response(*body);
}

Async<Answer> choose_login_account(Call& call) {
    auto login = co_await visible_login(call);
    if (!login) co_return fail(login.error());
    auto account = text_of(call.body, "account");
    if (!account) co_return fail(account.error());
    co_return co_await answer_with(call, co_await call.context.connector.choose(login->id, *account, call.actor()));
}

Async<Answer> paste_login_address(Call& call) {
    auto login = co_await visible_login(call);
    if (!login) co_return fail(login.error());
    auto address = text_of(call.body, "address");
    if (!address) co_return fail(address.error());
    auto callback = core::read_pasted_callback(login->login, *address);
    wipe_string(*address);
    if (!callback) co_return fail(callback.error());
    // Whoever began in a browser is bound to it.
    if (login->via == ports::LoginVia::kBrowser) {
        co_return fail(Code::kLoginState, Fault::kRefused, "this login has to be finished in its browser");
    }
    engine::LoginAnswer answer{login->login, std::move(*callback), {}, login->id};
    co_return co_await answer_with(call, co_await call.context.connector.receive(std::move(answer)));
}

Async<Answer> cancel_login(Call& call) {
    auto login = co_await visible_login(call);
    if (!login) co_return fail(login.error());
    co_return co_await answer_with(call, co_await call.context.connector.cancel(login->id, call.actor()));
}

} // namespace detail
} // namespace everlong::api
