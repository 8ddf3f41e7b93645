#include <simulator/login/dialog.hpp>

#include <base/percent.hpp>
#include <simulator/calls/reply.hpp>
#include <simulator/login/dialog_page.hpp>

#include <algorithm>
#include <set>

namespace everlong::simulator {
namespace {

using Texts = std::vector<std::string>;

// A loaded world can hold a hundred thousand people; the others are reached by sandbox_person.
constexpr std::size_t kMostPeopleOffered = 200;

// What a dialog asks for, once its parameters were found to be in order.
struct Wish {
    App& app;
    std::string redirect_uri;
    Texts scopes;         // as asked
    Texts response_types; // "code", "token", "granted_scopes"
};

// Why there is no dialog: a person reads it on Meta's page.
struct Complaint {
    std::string title;
    std::string text;
};

using Consent = std::set<std::string, std::less<>>;

bool contains(const Texts& texts, std::string_view text) {
    return std::ranges::find(texts, text) != texts.end();
}

// Commas and blanks, in any mixture (clients.md, 7).
Texts split_list(std::string_view text) {
    Texts parts;
    std::string part;
    for (const char c : text) {
        if (c != ',' && c != ' ' && c != '\t' && c != '\n') {
            part += c;
            continue;
        }
        if (!part.empty() && !contains(parts, part)) parts.push_back(part);
        part.clear();
    }
    if (!part.empty() && !contains(parts, part)) parts.push_back(part);
    return parts;
}

Login login_of(const Call& call) {
    return call.host == Host::kWwwFacebook ? Login::kFacebook : Login::kInstagram;
}

bool is_loopback_host(std::string_view rest) {
    for (const std::string_view host : {"127.0.0.1", "localhost", "[::1]"}) {
        if (!rest.starts_with(host)) continue;
        const std::string_view behind = rest.substr(host.size());
        if (behind.empty() || behind.starts_with('/') || behind.starts_with(':') || behind.starts_with('?'))
            return true;
    }
    return false;
}

// Exactly a registered address (2.3), or any one of this machine: the seeded apps are in development mode.
bool may_redirect(const Context& context, const App& app, const std::string& uri) {
    const bool is_plain =
        std::ranges::all_of(uri, [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '#'; });
    constexpr std::string_view kHttp = "http://";
    constexpr std::string_view kHttps = "https://";
    if (!is_plain || (!uri.starts_with(kHttp) && !uri.starts_with(kHttps))) return false;
    if (uri.starts_with(kHttp) && context.switches.is("redirect_scheme", "https-only")) return false;
    if (contains(app.redirect_uris, uri)) return true;
    const bool is_seeded = app.id == context.world.first_app_id || app.id == context.world.instagram_app_id;
    const std::string_view rest = std::string_view(uri).substr(uri.starts_with(kHttps) ? kHttps.size() : kHttp.size());
    return is_seeded && is_loopback_host(rest);
}

Complaint bad_app(Login login) {
    if (login == Login::kFacebook) {
        return {"Invalid App ID", "Invalid App ID: The provided app ID does not look like a valid app ID."};
    }
    return {"Invalid Request", "Invalid Request: Request parameters are invalid: Invalid platform app"};
}

Complaint bad_redirect(Login login) {
    if (login == Login::kFacebook) {
        return {"URL blocked", "URL blocked: This redirect failed because the redirect URI is not white-listed in the "
                               "app's client OAuth settings. Make sure that the client and web OAuth logins are on and "
                               "add all your app domains as valid OAuth redirect URIs."};
    }
    return {"Invalid Request", "Invalid Request: Request parameters are invalid: Invalid redirect_uri"};
}

Complaint bad_scopes(Login login, const Texts& scopes) {
    std::string names;
    for (const std::string& scope : scopes)
        names += (names.empty() ? "" : ", ") + scope;
    if (login == Login::kFacebook) {
        return {"Invalid Scopes", "Invalid Scopes: " + names +
                                      ". This message is only shown to developers. Users of your app will ignore these "
                                      "permissions if present."};
    }
    return {"Invalid Request", "Invalid Request: Request parameters are invalid: Invalid scope: " + names};
}

std::expected<Texts, Complaint> read_scopes(const Call& call, Login login) {
    Texts scopes = split_list(call.value("scope"));
    // A configuration of Facebook Login for Business fixes the permissions (2.4).
    if (login == Login::kFacebook && scopes.empty() && call.find("config_id") != nullptr)
        scopes = default_scopes(login);
    Texts unknown;
    std::ranges::copy_if(scopes, std::back_inserter(unknown),
                         [&](const std::string& scope) { return scope != "openid" && !is_permission(login, scope); });
    if (!unknown.empty()) return std::unexpected(bad_scopes(login, unknown));
    // 3.1: always needed.
    if (login == Login::kInstagram && !contains(scopes, "instagram_business_basic")) {
        return std::unexpected(bad_scopes(login, scopes));
    }
    std::erase(scopes, "openid");
    if (login == Login::kFacebook && !contains(scopes, "public_profile"))
        scopes.insert(scopes.begin(), "public_profile");
    return scopes;
}

std::expected<Wish, Complaint> read_wish(Context& context) {
    const Call& call = context.call;
    const Login login = login_of(call);
    const std::string id = call.find("client_id") != nullptr ? call.value("client_id") : call.value("app_id");
    App* app = context.world.find_app(id);
    if (app == nullptr || app->login != login) return std::unexpected(bad_app(login));
    const std::string redirect_uri = call.value("redirect_uri");
    if (!may_redirect(context, *app, redirect_uri)) return std::unexpected(bad_redirect(login));
    Texts types = split_list(call.value("response_type"));
    if (types.empty() && login == Login::kFacebook) types = {"code"};
    const bool is_code = types == Texts{"code"};
    const bool is_known = std::ranges::all_of(
        types, [](const std::string& type) { return type == "code" || type == "token" || type == "granted_scopes"; });
    if (types.empty() || (login == Login::kInstagram ? !is_code : !is_known)) {
        return std::unexpected(Complaint{"Invalid Request", "Invalid Request: Request parameters are invalid: "
                                                            "Invalid response_type"});
    }
    auto scopes = read_scopes(call, login);
    if (!scopes) return std::unexpected(std::move(scopes.error()));
    return Wish{*app, redirect_uri, std::move(*scopes), std::move(types)};
}

Person& person_of(Context& context) {
    const std::string posted = context.call.value("person");
    const std::string wanted = posted.empty() ? context.call.value("sandbox_person") : posted;
    World& world = context.world;
    for (Person* person : world.people()) {
        const bool is_meant = person->id == wanted || person->name == wanted;
        if (is_meant && !person->is_system_user) return *person;
    }
    if (Account* account = world.find_account_by_username(wanted)) return *world.find_person(account->person_id);
    return *world.find_person(world.default_person_id);
}

// A permission that was declined is not shown again without auth_type=rerequest (2.1).
bool is_shown(const Context& context, const Wish& wish, const Person& person, const std::string& scope) {
    if (wish.app.login == Login::kInstagram || context.call.value("auth_type") == "rerequest") return true;
    const auto grants = person.grants.find(wish.app.id);
    if (grants == person.grants.end()) return true;
    const auto grant = grants->second.find(scope);
    return grant == grants->second.end() || grant->second;
}

bool is_fixed(std::string_view scope) {
    return scope == "public_profile" || scope == "instagram_business_basic";
}

std::vector<Account*> accounts_of(Context& context, const Person& person) {
    return context.world.accounts_of(person);
}

// Why this person cannot get through; empty: they can.
std::string obstacle(Context& context, const Wish& wish, const Person& person) {
    const bool has_role = person.id == context.world.default_person_id;
    if (context.switches.is("app_mode", "development") && !has_role) {
        return wish.app.login == Login::kInstagram
                   ? "Insufficient developer role: the app is in development mode, and this account has not accepted "
                     "an invitation as a tester."
                   : "App not active: This app is not accessible right now and the app developer is aware of the "
                     "issue.";
    }
    if (wish.app.login == Login::kFacebook) return {};
    const auto accounts = accounts_of(context, person);
    const bool has_professional =
        std::ranges::any_of(accounts, [](const Account* account) { return account->account_type != "PERSONAL"; });
    if (has_professional) return {};
    return "A professional account is needed: switch to a Business or Creator account first.";
}

std::string account_note(Context& context, const Page& page) {
    const Account* account = page.ig_user_id.empty() ? nullptr : context.world.find_account(page.ig_user_id);
    if (account == nullptr) return "no Instagram account is linked to it";
    return "linked to @" + account->username + (account->account_type == "PERSONAL" ? ", a personal account" : "");
}

// Which Pages are ticked when the dialog opens, or by the script's own parameters.
bool is_page_ticked(Context& context, const Page& page) {
    const std::string* wanted = context.call.find("sandbox_pages");
    if (wanted == nullptr) return true;
    std::string_view rest = *wanted;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        const std::string_view item = rest.substr(0, end);
        if (item == page.id || item == page.name) return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

http::Response to_page(const Context& context, std::string html, int status = 200) {
    http::Response response = to_html_response(status, std::move(html), context.call.now);
    response.headers.add("Content-Security-Policy",
                         "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");
    response.headers.add("Referrer-Policy", "no-referrer");
    response.headers.add("X-Content-Type-Options", "nosniff");
    return response;
}

bool is_own_parameter(std::string_view name) {
    return name == "person" || name == "decision" || name == "permission" || name == "page" || name == "account";
}

http::Response show(Context& context, const Wish& wish, const Person& person) {
    DialogPage page;
    page.login = wish.app.login;
    page.app_name = wish.app.name;
    page.person_id = person.id;
    page.action = context.call.absolute("/" + (context.call.asked_version ? *context.call.asked_version + "/" : "") +
                                        (wish.app.login == Login::kFacebook ? "dialog/oauth" : "oauth/authorize"));
    page.warning = obstacle(context, wish, person);
    for (const Person* each : context.world.people()) {
        if (page.people.size() >= kMostPeopleOffered) break;
        if (!each->is_system_user) page.people.emplace_back(each->id, each->name);
    }
    for (const auto& [name, value] : context.call.parameters) {
        if (!is_own_parameter(name)) page.hidden.emplace_back(name, value);
    }
    const Texts declined = split_list(context.call.value("sandbox_decline"));
    for (const std::string& scope : wish.scopes) {
        if (!is_shown(context, wish, person, scope)) continue;
        page.permissions.push_back(
            {"permission", scope, scope, {}, is_fixed(scope) || !contains(declined, scope), is_fixed(scope)});
    }
    if (wish.app.login == Login::kFacebook) {
        for (const std::string& id : context.world.reachable_pages(person)) {
            const Page& each = *context.world.find_page(id);
            page.pages.push_back({"page", id, each.name, account_note(context, each), is_page_ticked(context, each)});
        }
    } else {
        bool is_first = true;
        for (const Account* account : accounts_of(context, person)) {
            const bool is_personal = account->account_type == "PERSONAL";
            page.accounts.push_back({"account", account->ig_user_id, "@" + account->username,
                                     is_personal ? "a personal account" : "", is_first && !is_personal, is_personal});
            is_first = is_first && is_personal;
        }
    }
    return to_page(context, render_dialog(page));
}

// The answer goes back by the address, joined to what query it has; values cannot leave it.
http::Response redirect(const Context& context, const Wish& wish, const http::Parameters& answer, bool is_fragment) {
    std::string location = wish.redirect_uri;
    char joint = is_fragment ? '#' : location.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [name, value] : answer) {
        location += joint + name + "=" + percent_encode(value);
        joint = '&';
    }
    const bool has_tail = !is_fragment && context.switches.is("redirect_tail", "present");
    if (has_tail) location += wish.app.login == Login::kFacebook ? "#_=_" : "#_";
    http::Response response = to_page(context, "", 302);
    response.headers.add("Location", location);
    return response;
}

void add_state(const Context& context, http::Parameters& answer) {
    if (const std::string* state = context.call.find("state")) answer.emplace_back("state", *state);
}

// clients.md, 21; graph-api.md, 2.1 and 3.1.
http::Response deny(const Context& context, const Wish& wish) {
    const bool is_facebook = wish.app.login == Login::kFacebook;
    http::Parameters answer{{"error", "access_denied"}};
    if (is_facebook) answer.emplace_back("error_code", "200");
    answer.emplace_back("error_description", is_facebook ? "Permissions error" : "The user denied your request");
    answer.emplace_back("error_reason", "user_denied");
    add_state(context, answer);
    return redirect(context, wish, answer, false);
}

struct Choice {
    Consent permissions;
    Texts pages;
    std::string ig_user_id;
};

// What a script's approval ticks: everything that is shown but what it declines.
Choice choice_of_script(Context& context, const Wish& wish, const Person& person) {
    Choice choice;
    const Texts declined = split_list(context.call.value("sandbox_decline"));
    for (const std::string& scope : wish.scopes) {
        const bool is_ticked = is_shown(context, wish, person, scope) && !contains(declined, scope);
        if (is_ticked || is_fixed(scope)) choice.permissions.insert(scope);
    }
    for (const std::string& id : context.world.reachable_pages(person)) {
        if (is_page_ticked(context, *context.world.find_page(id))) choice.pages.push_back(id);
    }
    for (const Account* account : accounts_of(context, person)) {
        const bool is_wanted = account->username == context.call.value("sandbox_person");
        if (account->account_type != "PERSONAL" && (is_wanted || choice.ig_user_id.empty())) {
            choice.ig_user_id = account->ig_user_id;
        }
    }
    return choice;
}

Choice choice_of_form(Context& context, const Wish& wish, const Person& person) {
    Choice choice;
    const auto reachable = context.world.reachable_pages(person);
    for (const auto& [name, value] : context.call.form) {
        if (name == "permission" && contains(wish.scopes, value)) choice.permissions.insert(value);
        if (name == "page" && contains(reachable, value)) choice.pages.push_back(value);
        const Account* account = name == "account" ? context.world.find_account(value) : nullptr;
        if (account != nullptr && account->person_id == person.id && account->account_type != "PERSONAL") {
            choice.ig_user_id = value;
        }
    }
    for (const std::string& scope : wish.scopes) {
        if (is_fixed(scope)) choice.permissions.insert(scope);
    }
    return choice;
}

// Facebook's tokens carry all that the person ever granted the app, Instagram's what this dialog granted.
Texts remember(Context& context, const Wish& wish, Person& person, const Choice& choice) {
    Grants& grants = person.grants[wish.app.id];
    for (const std::string& scope : wish.scopes) {
        if (is_shown(context, wish, person, scope)) grants[scope] = choice.permissions.contains(scope);
    }
    person.checkpoint_subcode = 0;
    person.is_inactive = false;
    // The person is active in the app: what their tokens may read is good for another 90 days (2.11).
    for (auto& [id, token] : context.world.tokens()) {
        const bool is_theirs = token.person_id == person.id && token.app_id == wish.app.id;
        if (is_theirs && token.data_access_expires_at)
            token.data_access_expires_at = std::chrono::floor<Seconds>(context.call.now) + kDataAccessLife;
    }
    if (wish.app.login == Login::kInstagram) return {choice.permissions.begin(), choice.permissions.end()};
    person.ticked_pages[wish.app.id] = choice.pages;
    Texts granted;
    for (const auto& [scope, is_granted] : grants) {
        if (is_granted) granted.push_back(scope);
    }
    return granted;
}

Token& issue_by_dialog(Context& context, const LoginCode& code, Lifetime lifetime) {
    Token token;
    token.kind = Kind::kUser;
    token.login = Login::kFacebook;
    token.lifetime = lifetime;
    token.app_id = code.app_id;
    token.person_id = code.person_id;
    token.scopes = code.scopes;
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    token.expires_at = token.issued_at + (lifetime == Lifetime::kLong ? kLongLife : kShortFacebookLife);
    token.data_access_expires_at = token.issued_at + kDataAccessLife;
    Token& added = context.world.add_token(std::move(token), context.call.now);
    context.ledger.add_issue(added, "login dialog (response_type=token)");
    return added;
}

http::Response approve(Context& context, const Wish& wish, Person& person, const Choice& choice) {
    LoginCode code;
    code.app_id = wish.app.id;
    code.person_id = person.id;
    code.ig_user_id = choice.ig_user_id;
    code.redirect_uri = wish.redirect_uri;
    code.scopes = remember(context, wish, person, choice);
    code.issued_at = std::chrono::floor<Seconds>(context.call.now);
    code.challenge = context.call.value("code_challenge");
    code.challenge_method = context.call.value("code_challenge_method");
    http::Parameters answer;
    const bool has_token = contains(wish.response_types, "token");
    if (has_token) {
        const Token& token = issue_by_dialog(context, code, Lifetime::kShort);
        answer.emplace_back("access_token", token.text);
        answer.emplace_back("expires_in", std::to_string(seconds_left(token, context.call.now)));
        answer.emplace_back("data_access_expiration_time", std::to_string(to_unix_s(*token.data_access_expires_at)));
        // Only with the onboarding of an Instagram account (2.1).
        if (context.call.value("extras").find("IG_API_ONBOARDING") != std::string::npos)
            answer.emplace_back("long_lived_token", issue_by_dialog(context, code, Lifetime::kLong).text);
    }
    std::string granted;
    std::string denied;
    for (const std::string& scope : wish.scopes) {
        std::string& list = contains(code.scopes, scope) ? granted : denied;
        list += (list.empty() ? "" : ",") + scope;
    }
    if (contains(wish.response_types, "code")) {
        answer.emplace_back("code", context.world.add_code(std::move(code), context.call.now).text);
    }
    const bool returns_scopes =
        contains(wish.response_types, "granted_scopes") || context.call.value("return_scopes") == "true";
    if (returns_scopes) {
        answer.emplace_back("granted_scopes", granted);
        answer.emplace_back("denied_scopes", denied);
    }
    add_state(context, answer);
    return redirect(context, wish, answer, has_token);
}

// api.instagram.com's older address leads to the newer one (clients.md, 8).
http::Response lead_to_www(const Context& context) {
    Call www = context.call;
    www.host = Host::kWwwInstagram;
    std::string query;
    for (const auto& [name, value] : context.call.parameters)
        query += (query.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
    http::Response response = to_page(context, "", 302);
    response.headers.add("Location", www.absolute("/oauth/authorize" + query));
    return response;
}

} // namespace

bool is_dialog_call(const Call& call) {
    const bool is_get_or_post = call.method == "GET" || call.method == "POST" || call.method == "HEAD";
    if (!is_get_or_post) return false;
    const auto& path = call.segments;
    if (call.host == Host::kWwwFacebook) return path == Texts{"dialog", "oauth"};
    return (call.host == Host::kWwwInstagram || call.host == Host::kApiInstagram) &&
           path == Texts{"oauth", "authorize"};
}

http::Response answer_dialog(Context& context) {
    if (context.call.host == Host::kApiInstagram) return lead_to_www(context);
    auto wish = read_wish(context);
    if (!wish) {
        return to_page(context, render_dialog_error(login_of(context.call), wish.error().title, wish.error().text),
                       400);
    }
    Person& person = person_of(context);
    const bool is_post = context.call.method == "POST";
    const std::string script = is_post ? "" : context.call.value("sandbox_auto");
    const std::string decision = is_post ? context.call.value("decision") : script;
    if (decision == "deny") return deny(context, *wish);
    const bool is_approved = decision == "approve" && obstacle(context, *wish, person).empty();
    if (!is_approved) return show(context, *wish, person);
    return approve(context, *wish, person,
                   is_post ? choice_of_form(context, *wish, person) : choice_of_script(context, *wish, person));
}

} // namespace everlong::simulator
