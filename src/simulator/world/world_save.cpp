#include <simulator/world/ledger.hpp>
#include <simulator/world/world_document.hpp>

#include <boost/json/array.hpp>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

template <class Texts>
json::array to_array(const Texts& texts) {
    json::array array;
    for (const auto& text : texts)
        array.emplace_back(text);
    return array;
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object save(const App& app) {
    json::array subscriptions;
    for (const Subscription& subscription : app.subscriptions) {
        subscriptions.push_back(json::object{{"object", subscription.object},
                                             {"callback_url", subscription.callback_url},
                                             {"fields", to_array(subscription.fields)}});
    }
    return {{"id", app.id},
            {"secret", app.secret},
            {"name", app.name},
            {"login", to_text(app.login)},
            {"redirect_uris", to_array(app.redirect_uris)},
            {"deauthorize_callback_url", app.deauthorize_callback_url},
            {"data_deletion_callback_url", app.data_deletion_callback_url},
            {"subscriptions", std::move(subscriptions)}};
}

json::object save(const Person& person) {
    json::array roles;
    for (const PageRole& role : person.roles)
        roles.push_back(json::object{{"page_id", role.page_id}, {"tasks", to_array(role.tasks)}});
    json::object grants;
    for (const auto& [app_id, permissions] : person.grants) {
        json::object given;
        for (const auto& [name, is_granted] : permissions)
            given[name] = is_granted;
        grants[app_id] = std::move(given);
    }
    json::object ticked;
    for (const auto& [app_id, pages] : person.ticked_pages)
        ticked[app_id] = to_array(pages);
    return {{"id", person.id},
            {"name", person.name},
            {"kind", person.is_system_user ? "system-user" : "person"},
            {"roles", std::move(roles)},
            {"business_ids", to_array(person.business_ids)},
            {"installed_apps", to_array(person.installed_apps)},
            {"grants", std::move(grants)},
            {"ticked_pages", std::move(ticked)},
            {"checkpoint", person.checkpoint_subcode},
            {"is_unconfirmed", person.is_unconfirmed},
            {"is_inactive", person.is_inactive}};
}

json::object save(const Page& page) {
    return {{"id", page.id},
            {"name", page.name},
            {"category", page.category},
            {"category_id", page.category_id},
            {"business_id", text_or_null(page.business_id)}};
}

json::object save(const Business& business) {
    return {{"id", business.id},
            {"name", business.name},
            {"owned_pages", to_array(business.owned_pages)},
            {"client_pages", to_array(business.client_pages)}};
}

json::object save(const Account& account) {
    return {{"ig_user_id", account.ig_user_id},
            {"scoped_id", account.scoped_id},
            {"ig_id", account.legacy_id},
            {"username", account.username},
            {"name", account.name},
            {"account_type", account.account_type},
            {"person_id", account.person_id},
            {"page_id", text_or_null(account.page_id)},
            {"is_restricted", account.is_restricted}};
}

json::object save(World& world, const Token& token) {
    const Token* parent = token.parent == 0 ? nullptr : world.find_token(token.parent);
    return {{"access_token", token.text},
            {"kind", to_text(token.kind)},
            {"login", to_text(token.login)},
            {"lifetime", to_text(token.lifetime)},
            {"app_id", token.app_id},
            {"person_id", text_or_null(token.person_id)},
            {"page_id", text_or_null(token.page_id)},
            {"ig_user_id", text_or_null(token.ig_user_id)},
            {"scopes", to_array(token.scopes)},
            {"issued_at", to_rfc3339(token.issued_at)},
            {"expires_at", to_json(token.expires_at)},
            {"data_access_expires_at", to_json(token.data_access_expires_at)},
            {"parent", parent == nullptr ? json::value(nullptr) : json::value(parent->text)},
            {"ending", token.ending ? json::value(to_text(*token.ending)) : json::value(nullptr)}};
}

template <class Range>
json::array save_all(const Range& range) {
    json::array list;
    for (const auto* each : range)
        list.push_back(save(*each));
    return list;
}

} // namespace

json::object save_world(World& world) {
    json::array apps;
    for (const App& app : world.apps())
        apps.push_back(save(app));
    json::array tokens;
    for (const auto& [id, token] : world.tokens())
        tokens.push_back(save(world, token));
    json::object document;
    document["default_person_id"] = world.default_person_id;
    document["default_ig_user_id"] = world.default_ig_user_id;
    document["apps"] = std::move(apps);
    document["businesses"] = save_all(world.businesses());
    document["pages"] = save_all(world.pages());
    document["people"] = save_all(world.people());
    document["accounts"] = save_all(world.accounts());
    document["tokens"] = std::move(tokens);
    return document;
}

} // namespace everlong::simulator
