#include <simulator/control/control.hpp>
#include <simulator/world/tokens.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <ranges>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

json::array to_array(const std::vector<std::string>& texts) {
    json::array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object describe_person(Sandbox& sandbox, const Person& person) {
    json::object object;
    object["user_id"] = person.id;
    object["name"] = person.name;
    object["kind"] = person.is_system_user ? "system-user" : "person";
    object["is_default"] = person.id == sandbox.world->default_person_id;
    object["page_ids"] = to_array(sandbox.world->reachable_pages(person));
    object["business_ids"] = to_array(person.business_ids);
    object["checkpoint"] =
        person.checkpoint_subcode == 0 ? json::value(nullptr) : json::value(person.checkpoint_subcode);
    object["is_unconfirmed"] = person.is_unconfirmed;
    object["is_inactive"] = person.is_inactive;
    return object;
}

json::object describe_page(const Page& page) {
    json::object object;
    object["page_id"] = page.id;
    object["name"] = page.name;
    object["ig_user_id"] = text_or_null(page.ig_user_id);
    object["business_id"] = text_or_null(page.business_id);
    return object;
}

json::object describe_account(const Account& account) {
    json::object object;
    object["ig_user_id"] = account.ig_user_id;
    object["username"] = account.username;
    object["account_type"] = account.account_type;
    object["page_id"] = text_or_null(account.page_id);
    object["user_id"] = account.person_id;
    object["scoped_id"] = account.scoped_id;
    object["is_restricted"] = account.is_restricted;
    return object;
}

json::object describe_token(Sandbox& sandbox, const Token& token, Instant now) {
    const auto problem = verdict(*sandbox.world, token, now);
    json::object object;
    object["fingerprint"] = token.fingerprint.text();
    object["kind"] = to_text(token.kind);
    object["login"] = to_text(token.login);
    object["lifetime"] = to_text(token.lifetime);
    object["issued_at"] = to_rfc3339(token.issued_at);
    object["expires_at"] = to_json(token.expires_at);
    object["data_access_expires_at"] = to_json(token.data_access_expires_at);
    object["alive"] = !problem;
    object["reason"] = problem ? json::value(problem->message) : json::value(nullptr);
    object["app_id"] = token.app_id;
    object["user_id"] = text_or_null(token.person_id);
    object["scopes"] = to_array(token.scopes);
    return object;
}

} // namespace

json::object describe_app(const App& app) {
    json::object object;
    object["id"] = app.id;
    object["secret"] = app.secret;
    object["login"] = to_text(app.login);
    object["name"] = app.name;
    object["redirect_uris"] = to_array(app.redirect_uris);
    object["deauthorize_callback_url"] = text_or_null(app.deauthorize_callback_url);
    object["data_deletion_callback_url"] = text_or_null(app.data_deletion_callback_url);
    return object;
}

json::object describe_state(Sandbox& sandbox, std::size_t limit) {
    World& world = *sandbox.world;
    const Instant now = sandbox.now();
    json::array apps;
    for (const App& app : world.apps())
        apps.push_back(describe_app(app));
    const auto people = world.people();
    const auto pages = world.pages();
    const auto accounts = world.accounts();
    const auto shown = [limit](const auto& list) {
        return list | std::views::take(static_cast<std::ptrdiff_t>(std::min(limit, list.size())));
    };
    json::array described_people;
    for (const Person* person : shown(people))
        described_people.push_back(describe_person(sandbox, *person));
    json::array described_pages;
    for (const Page* page : shown(pages))
        described_pages.push_back(describe_page(*page));
    json::array described_accounts;
    for (const Account* account : shown(accounts))
        described_accounts.push_back(describe_account(*account));
    json::array tokens;
    for (const auto& [id, token] : world.tokens()) {
        if (tokens.size() >= limit) break;
        tokens.push_back(describe_token(sandbox, token, now));
    }

    json::object state;
    state["now"] = to_rfc3339(now);
    state["apps"] = std::move(apps);
    state["people"] = std::move(described_people);
    state["pages"] = std::move(described_pages);
    state["accounts"] = std::move(described_accounts);
    state["tokens"] = std::move(tokens);
    state["counts"] = json::object{{"people", people.size()},
                                   {"pages", pages.size()},
                                   {"accounts", accounts.size()},
                                   {"tokens", world.tokens().size()}};
    return state;
}

Person* find_person_meant(Sandbox& sandbox, const std::optional<std::string>& user_id,
                          const std::optional<std::string>& account, std::string& complaint) {
    World& world = *sandbox.world;
    if (!user_id && !account) return world.find_person(world.default_person_id);
    Person* by_id = nullptr;
    if (user_id) {
        by_id = world.find_person(*user_id);
        if (const Account* own = by_id == nullptr ? world.find_account(*user_id) : nullptr)
            by_id = world.find_person(own->person_id);
        if (by_id == nullptr) {
            for (const Account* candidate : world.accounts()) {
                if (candidate->scoped_id == *user_id) by_id = world.find_person(candidate->person_id);
            }
        }
        if (by_id == nullptr) {
            complaint = "nobody has the user_id \"" + *user_id + "\"";
            return nullptr;
        }
    }
    if (!account) return by_id;
    const Account* named = world.find_account_by_username(*account);
    if (named == nullptr) {
        complaint = "there is no account \"" + *account + "\"";
        return nullptr;
    }
    Person* owner = world.find_person(named->person_id);
    if (by_id != nullptr && by_id != owner) {
        complaint = "\"user_id\" and \"account\" name two different people";
        return nullptr;
    }
    return owner;
}

} // namespace everlong::simulator
