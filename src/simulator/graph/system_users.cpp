// System users of a portfolio: found by its members, given apps and tokens (graph-api.md, 2.10).
#include <simulator/graph/nodes.hpp>
#include <simulator/graph/system_users.hpp>
#include <simulator/world/tokens.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

std::string value_in(const EdgeQuery& query, std::string_view name) {
    const auto found = query.parameters.find(name);
    return found == query.parameters.end() ? std::string() : found->second;
}

Outcome<void> require_business(const Context& context) {
    if (context.token->has_scope("business_management")) return {};
    return refuse(Refusal::kRequiresPermission, {"business_management"});
}

// Only the app that calls, and only if it proves to hold its secret.
Outcome<App*> app_of(Context& context, const EdgeQuery& query, bool needs_proof) {
    const std::string id = value_in(query, "business_app");
    App* app = context.world.find_app(id.empty() ? context.token->app_id : id);
    if (app == nullptr || app->login != Login::kFacebook) return refuse(Refusal::kBadApp);
    if (app->id != context.token->app_id) return refuse(Refusal::kForeignToken, {app->id});
    if (needs_proof && context.call.find("appsecret_proof") == nullptr) return refuse(Refusal::kProofRequired);
    return app;
}

Outcome<std::vector<std::string>> scopes_in(const EdgeQuery& query) {
    std::vector<std::string> scopes{"public_profile"};
    std::string name;
    for (const char c : value_in(query, "scope") + ",") {
        if (c != ',' && c != ' ') {
            name += c;
            continue;
        }
        if (name.empty()) continue;
        if (!is_permission(Login::kFacebook, name)) return refuse(Refusal::kBadParameter, {"Invalid scope: " + name});
        if (std::ranges::find(scopes, name) == scopes.end()) scopes.push_back(name);
        name.clear();
    }
    if (scopes.size() == 1) return refuse(Refusal::kMissingParameter, {"scope"});
    std::ranges::sort(scopes);
    return scopes;
}

Reading issue(Context& context, Person& user, const App& app, const EdgeQuery& query) {
    if (!user.installed_apps.contains(app.id)) {
        return refuse(Refusal::kRequiresPermission, {"the app to be installed for the system user:"});
    }
    auto scopes = scopes_in(query);
    if (!scopes) return std::unexpected(std::move(scopes.error()));
    const std::string flag = value_in(query, "set_token_expires_in_60_days");
    const bool has_date = flag == "true" || flag == "1";
    Token token;
    token.kind = Kind::kSystemUser;
    token.lifetime = has_date ? Lifetime::kLong : Lifetime::kNever;
    token.app_id = app.id;
    token.person_id = user.id;
    token.scopes = std::move(*scopes);
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    if (has_date) token.expires_at = token.issued_at + kLongLife;
    for (const std::string& scope : token.scopes)
        user.grants[app.id][scope] = true;
    Token& added = context.world.add_token(std::move(token), context.call.now);
    context.ledger.add_issue(added, "system user");
    json::object answer;
    answer["access_token"] = added.text;
    return json::value(std::move(answer));
}

} // namespace

bool shares_business(const Person& one, const Person& other) {
    return std::ranges::any_of(one.business_ids, [&](const std::string& id) {
        return std::ranges::find(other.business_ids, id) != other.business_ids.end();
    });
}

Reading list_system_users(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_business(context); !allowed) return std::unexpected(allowed.error());
    std::vector<std::string> keys;
    for (const Person* person : context.world.people()) {
        const auto& ids = person->business_ids;
        if (person->is_system_user && std::ranges::find(ids, node.key) != ids.end()) keys.push_back(person->id);
    }
    return render_list(context, query, keys, [&](std::size_t i) -> Reading {
        auto rendered = render(context, {NodeType::kUser, keys[i], keys[i]}, query.fields);
        if (!rendered) return std::unexpected(std::move(rendered.error()));
        if (query.fields.empty()) (*rendered)["role"] = "ADMIN";
        return json::value(std::move(*rendered));
    });
}

Reading install_app(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_business(context); !allowed) return std::unexpected(allowed.error());
    Person& user = *context.world.find_person(node.key);
    if (!user.is_system_user) return refuse_object(context.call, node.id);
    const auto app = app_of(context, query, false);
    if (!app) return std::unexpected(app.error());
    user.installed_apps.insert((*app)->id);
    json::object answer;
    answer["success"] = true;
    return json::value(std::move(answer));
}

Reading make_system_token(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_business(context); !allowed) return std::unexpected(allowed.error());
    Person& user = *context.world.find_person(node.key);
    if (!user.is_system_user) return refuse_object(context.call, node.id);
    const auto app = app_of(context, query, true);
    if (!app) return std::unexpected(app.error());
    return issue(context, user, **app, query);
}

Reading make_system_token_of_business(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_business(context); !allowed) return std::unexpected(allowed.error());
    const std::string id = value_in(query, "system_user_id");
    if (id.empty()) return refuse(Refusal::kMissingParameter, {"system_user_id"});
    Person* user = context.world.find_person(id);
    const bool is_ours = user != nullptr && user->is_system_user &&
                         std::ranges::find(user->business_ids, node.key) != user->business_ids.end();
    if (!is_ours) return refuse_object(context.call, id);
    const auto app = app_of(context, query, true);
    if (!app) return std::unexpected(app.error());
    return issue(context, *user, **app, query);
}

} // namespace everlong::simulator
