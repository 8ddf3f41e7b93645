// The lists that hang on nodes: Pages of a person, portfolios and their Pages, permissions. Those of publishing are in
// publish_edges.cpp.
#include <simulator/callbacks/webhooks.hpp>
#include <simulator/graph/nodes.hpp>
#include <simulator/graph/system_users.hpp>
#include <simulator/publishing/publish_nodes.hpp>
#include <simulator/world/tokens.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

std::vector<Field> plain_fields(std::initializer_list<std::string_view> names) {
    std::vector<Field> fields;
    for (const std::string_view name : names)
        fields.push_back({std::string(name), {}, {}});
    return fields;
}

Reading list_nodes(Context& context, const EdgeQuery& query, const std::vector<Node>& nodes,
                   const std::vector<Field>& default_fields) {
    std::vector<std::string> keys;
    for (const Node& node : nodes)
        keys.push_back(node.id);
    const auto& fields = query.fields.empty() ? default_fields : query.fields;
    return render_list(context, query, keys, [&](std::size_t i) -> Reading {
        auto rendered = render(context, nodes[i], fields);
        if (!rendered) return std::unexpected(std::move(rendered.error()));
        return json::value(std::move(*rendered));
    });
}

// graph-api.md, 2.8. Without pages_show_list the list is empty; a portfolio's Page needs business_management (2.5).
Reading list_accounts(Context& context, const Node& node, const EdgeQuery& query) {
    const Person& person = *context.world.find_person(node.key);
    const Token& token = *context.token;
    std::vector<Node> nodes;
    const auto visible = visible_pages(context, token);
    for (const PageRole& role : person.roles) {
        if (std::ranges::find(visible, role.page_id) == visible.end()) continue;
        const Page* page = context.world.find_page(role.page_id);
        const bool is_hidden = !page->business_id.empty() && !token.has_scope("business_management");
        if (token.has_scope("pages_show_list") && !is_hidden) {
            nodes.push_back({NodeType::kPage, role.page_id, role.page_id, &role});
        }
    }
    static const auto kDefault = plain_fields({"access_token", "category", "category_list", "name", "id", "tasks"});
    return list_nodes(context, query, nodes, kDefault);
}

Outcome<void> require_business(const Context& context) {
    if (context.token->has_scope("business_management")) return {};
    return refuse(Refusal::kRequiresPermission, {"business_management"});
}

Reading list_businesses(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_business(context); !allowed) return std::unexpected(allowed.error());
    std::vector<Node> nodes;
    for (const std::string& id : context.world.find_person(node.key)->business_ids) {
        nodes.push_back({NodeType::kBusiness, id, id});
    }
    return list_nodes(context, query, nodes, {});
}

Reading list_pages_of(Context& context, const std::vector<std::string>& ids, const EdgeQuery& query) {
    if (auto allowed = require_business(context); !allowed) return std::unexpected(allowed.error());
    const auto visible = visible_pages(context, *context.token);
    std::vector<Node> nodes;
    for (const std::string& id : ids) {
        if (std::ranges::find(visible, id) != visible.end()) nodes.push_back({NodeType::kPage, id, id});
    }
    return list_nodes(context, query, nodes, {});
}

Reading list_owned_pages(Context& context, const Node& node, const EdgeQuery& query) {
    return list_pages_of(context, context.world.find_business(node.key)->owned_pages, query);
}

Reading list_client_pages(Context& context, const Node& node, const EdgeQuery& query) {
    return list_pages_of(context, context.world.find_business(node.key)->client_pages, query);
}

// graph-api.md, 2.9; clients.md, 23. What this token does not hold shows as declined.
Reading list_permissions(Context& context, const Node& node, const EdgeQuery& query) {
    const Token& token = *context.token;
    Person& person = *context.world.find_person(node.key);
    std::vector<std::string> names;
    std::vector<bool> is_granted;
    for (const auto& [name, granted] : person.grants[token.app_id]) {
        names.push_back(name);
        is_granted.push_back(token.kind == Kind::kApp ? granted : token.has_scope(name));
    }
    return render_list(context, query, names, [&](std::size_t i) -> Reading {
        json::object item;
        item["permission"] = names[i];
        const bool can_expire = names[i] != "public_profile" && (context.switches.is("unused_permissions", "expire") ||
                                                                 !outlives_data_access(names[i]));
        const bool is_expired = can_expire && is_data_access_over(token, context.call.now);
        item["status"] = !is_granted[i] ? "declined" : is_expired ? "expired" : "granted";
        return json::value(std::move(item));
    });
}

// Without a name the app itself is removed (2.9).
Reading delete_permissions(Context& context, const Node& node, const EdgeQuery& query) {
    Person& person = *context.world.find_person(node.key);
    const auto name = query.parameters.find("permission");
    if (name == query.parameters.end() || name->second.empty()) {
        remove_app(context.world, person, context.token->app_id);
    } else if (is_permission(Login::kFacebook, name->second)) {
        revoke_permission(context.world, person, context.token->app_id, name->second);
    } else {
        return refuse(Refusal::kBadParameter, {"Permission " + name->second + " does not exist"});
    }
    json::object answer;
    answer["success"] = true;
    return json::value(std::move(answer));
}

constexpr std::array kEdges{
    EdgeRow{NodeType::kUser, "accounts", "GET", list_accounts},
    EdgeRow{NodeType::kUser, "businesses", "GET", list_businesses},
    EdgeRow{NodeType::kUser, "permissions", "GET", list_permissions},
    EdgeRow{NodeType::kUser, "permissions", "DELETE", delete_permissions},
    EdgeRow{NodeType::kUser, "applications", "POST", install_app},
    EdgeRow{NodeType::kUser, "access_tokens", "POST", make_system_token},
    EdgeRow{NodeType::kBusiness, "system_users", "GET", list_system_users},
    EdgeRow{NodeType::kBusiness, "system_user_access_tokens", "POST", make_system_token_of_business},
    EdgeRow{NodeType::kApplication, "subscriptions", "GET", list_subscriptions},
    EdgeRow{NodeType::kApplication, "subscriptions", "POST", add_subscription},
    EdgeRow{NodeType::kApplication, "subscriptions", "DELETE", delete_subscriptions},
    EdgeRow{NodeType::kPage, "subscribed_apps", "GET", list_subscribed_apps},
    EdgeRow{NodeType::kPage, "subscribed_apps", "POST", add_subscribed_app},
    EdgeRow{NodeType::kPage, "subscribed_apps", "DELETE", delete_subscribed_app},
    EdgeRow{NodeType::kInstagramMe, "subscribed_apps", "GET", list_subscribed_apps},
    EdgeRow{NodeType::kInstagramMe, "subscribed_apps", "POST", add_subscribed_app},
    EdgeRow{NodeType::kInstagramMe, "subscribed_apps", "DELETE", delete_subscribed_app},
    EdgeRow{NodeType::kBusiness, "owned_pages", "GET", list_owned_pages},
    EdgeRow{NodeType::kBusiness, "client_pages", "GET", list_client_pages},
};

} // namespace

std::span<const EdgeRow> edge_rows() {
    return kEdges;
}

const EdgeRow* find_edge(NodeType type, std::string_view name, std::string_view method) {
    for (const auto rows : {edge_rows(), publish_edge_rows()}) {
        for (const EdgeRow& row : rows) {
            if (row.type == type && row.name == name && row.method == method) return &row;
        }
    }
    return nullptr;
}

bool is_edge_name(std::string_view name) {
    return std::ranges::find(kEdges, name, &EdgeRow::name) != kEdges.end() ||
           std::ranges::find(publish_edge_rows(), name, &EdgeRow::name) != publish_edge_rows().end();
}

} // namespace everlong::simulator
