// Who sees what: which node a path's first segment means to a caller, and what a token reaches.
#include <simulator/graph/nodes.hpp>
#include <simulator/graph/system_users.hpp>
#include <simulator/publishing/publish_nodes.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Outcome<Node> me(Context& context) {
    const Token& token = *context.token;
    switch (token.kind) {
    case Kind::kUser:
    case Kind::kSystemUser: return Node{NodeType::kUser, token.person_id, token.person_id};
    // `me` with a Page's token is the Page, with an app's the app (graph-api.md, 11.8).
    case Kind::kPage: return Node{NodeType::kPage, token.page_id, token.page_id};
    case Kind::kApp: return Node{NodeType::kApplication, token.app_id, token.app_id};
    case Kind::kInstagramUser: break;
    }
    const Account* account = context.world.find_account(token.ig_user_id);
    return Node{NodeType::kInstagramMe, account->scoped_id, account->ig_user_id};
}

// On the Instagram login a token sees its own account, by the professional account's id only (3.5, 11.6).
Outcome<Node> find_instagram_node(Context& context, const std::string& segment) {
    auto published = find_publish_node(context, segment);
    if (!published) return std::unexpected(std::move(published.error()));
    if (*published) return std::move(**published);
    if (segment != context.token->ig_user_id) return refuse_object(context.call, segment);
    return Node{NodeType::kInstagramMe, segment, segment};
}

bool is_visible_person(Context& context, const Person& person) {
    const Token& token = *context.token;
    if (token.kind == Kind::kApp) return person.grants.contains(token.app_id);
    if (token.kind == Kind::kPage) return false;
    const Person* caller = context.world.find_person(token.person_id);
    // Members of a portfolio see its system users (2.10).
    const bool is_colleague = person.is_system_user && caller != nullptr && shares_business(*caller, person);
    return token.person_id == person.id || (is_colleague && token.has_scope("business_management"));
}

Outcome<Node> find_alias(Context& context, const std::string& segment) {
    if (context.world.find_account_by_username(segment) != nullptr) return refuse(Refusal::kUsernameQuery, {segment});
    return refuse(Refusal::kUnknownAlias, {segment});
}

} // namespace

std::vector<std::string> visible_pages(Context& context, const Token& token) {
    if (token.kind == Kind::kPage) return {token.page_id};
    const Person* person = context.world.find_person(token.person_id);
    if (person == nullptr) return {};
    auto pages = context.world.reachable_pages(*person);
    // The choice in the dialog holds for all of the person's tokens for that app.
    if (const auto ticked = person->ticked_pages.find(token.app_id); ticked != person->ticked_pages.end()) {
        std::erase_if(pages, [&](const std::string& id) {
            return std::ranges::find(ticked->second, id) == ticked->second.end();
        });
    }
    return pages;
}

bool is_visible_account(Context& context, const Token& token, const Account& account) {
    if (account.page_id.empty() || account.account_type == "PERSONAL") return false;
    const auto pages = visible_pages(context, token);
    return std::ranges::find(pages, account.page_id) != pages.end();
}

Outcome<void> require_instagram(Context& context, const Token& token) {
    // instagram_* is not among the permissions that outlive the 90 days (2.11).
    if (!token.has_scope("instagram_basic") || is_data_access_over(token, context.call.now)) {
        return refuse(Refusal::kNoPermission);
    }
    return {};
}

Outcome<Node> find_node(Context& context, const std::string& segment) {
    if (segment == "me") return me(context);
    if (context.call.host == Host::kGraphInstagram) return find_instagram_node(context, segment);
    const Token& token = *context.token;
    if (segment == "app") return Node{NodeType::kApplication, token.app_id, token.app_id};
    if (!is_number(segment)) return find_alias(context, segment);

    World& world = context.world;
    if (const Person* person = world.find_person(segment); person != nullptr && is_visible_person(context, *person)) {
        return Node{NodeType::kUser, segment, segment};
    }
    if (world.find_page(segment) != nullptr) {
        const auto pages = visible_pages(context, token);
        if (std::ranges::find(pages, segment) != pages.end()) return Node{NodeType::kPage, segment, segment};
    }
    if (const Account* account = world.find_account(segment);
        account != nullptr && is_visible_account(context, token, *account)) {
        if (auto allowed = require_instagram(context, token); !allowed) return std::unexpected(allowed.error());
        return Node{NodeType::kIgUser, segment, segment};
    }
    if (world.find_business(segment) != nullptr) {
        const Person* person = world.find_person(token.person_id);
        const bool is_member =
            person != nullptr && std::ranges::find(person->business_ids, segment) != person->business_ids.end();
        if (is_member) return Node{NodeType::kBusiness, segment, segment};
    }
    auto published = find_publish_node(context, segment);
    if (!published) return std::unexpected(std::move(published.error()));
    if (*published) return std::move(**published);
    if (const App* app = world.find_app(segment); app != nullptr && app->login == Login::kFacebook) {
        return Node{NodeType::kApplication, segment, segment};
    }
    return refuse_object(context.call, segment);
}

Token& page_token_for(Context& context, Token& parent, const Page& page) {
    World& world = context.world;
    Token* known = world.find_child(parent.id, page.id);
    if (known != nullptr && !verdict(world, *known, context.call.now)) return *known;
    Token token;
    token.kind = Kind::kPage;
    token.app_id = parent.app_id;
    token.person_id = parent.person_id;
    token.page_id = page.id;
    token.scopes = parent.scopes;
    token.issued_at = std::chrono::floor<Seconds>(context.call.now);
    token.data_access_expires_at = parent.data_access_expires_at;
    token.parent = parent.id;
    // From a long-lived user token it has no date, from any other the parent's (2.6).
    const bool outlives = parent.kind == Kind::kUser && parent.lifetime != Lifetime::kShort;
    if (!outlives) token.expires_at = parent.expires_at;
    token.lifetime = token.expires_at ? parent.lifetime : Lifetime::kNever;
    Token& added = world.add_token(std::move(token), context.call.now);
    context.ledger.add_issue(added, "page access_token");
    return added;
}

} // namespace everlong::simulator
