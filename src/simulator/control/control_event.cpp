// POST /_sandbox/event: what happens to people, accounts and apps, and ends tokens (graph-api.md, 5.3 and 13).
#include <simulator/control/control.hpp>
#include <simulator/wire/wishes.hpp>
#include <simulator/world/tokens.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

struct Event {
    Sandbox& sandbox;
    Wishes& wishes;
    Person& person;
    Account* account;   // the one named, else the person's first; null where there is none
    std::string app_id; // empty: every app
    json::object answer;
};

void end_tokens(Event& event, Ending ending) {
    end_tokens_of(*event.sandbox.world, event.person, event.app_id, ending);
}

void change_password(Event& event) {
    end_tokens(event, Ending::kPasswordChanged);
}

void log_out(Event& event) {
    end_tokens(event, Ending::kLoggedOut);
}

void remove_apps(Event& event) {
    for (const App& app : event.sandbox.world->apps()) {
        if (event.app_id.empty() || app.id == event.app_id) remove_app(*event.sandbox.world, event.person, app.id);
    }
}

// The person asks for their data to be deleted: the app is removed, and both of its callbacks are called (9.2).
void ask_for_deletion(Event& event) {
    World& world = *event.sandbox.world;
    for (const App& app : world.apps()) {
        if (!event.app_id.empty() && app.id != event.app_id) continue;
        if (!event.person.grants.contains(app.id)) continue;
        remove_app(world, event.person, app.id);
        world.notices.push_back({Notice::Kind::kDataDeletion, app.id, known_to_app_as(world, event.person, app)});
    }
}

// 459 unless "blocking" (490); ends with "undo" or the next login.
void enter_checkpoint(Event& event) {
    const bool is_blocking = event.wishes.flag("blocking").value_or(false);
    const bool is_over = event.wishes.flag("undo").value_or(false);
    event.person.checkpoint_subcode = is_over ? 0 : is_blocking ? 490 : 459;
}

void become_unconfirmed(Event& event) {
    event.person.is_unconfirmed = !event.wishes.flag("undo").value_or(false);
}

void become_inactive(Event& event) {
    event.person.is_inactive = !event.wishes.flag("undo").value_or(false);
}

// Until "undo" it may not publish (5.4: 25/2207050).
void restrict_account(Event& event) {
    if (event.account == nullptr) {
        event.wishes.complain("that person has no account");
        return;
    }
    event.account->is_restricted = !event.wishes.flag("undo").value_or(false);
}

// Without "permission": that to publish, on both logins.
void take_permission_back(Event& event) {
    std::vector<std::string> names{"instagram_content_publish", "instagram_business_content_publish"};
    if (const auto name = event.wishes.text("permission")) {
        if (!is_permission(Login::kFacebook, *name) && !is_permission(Login::kInstagram, *name)) {
            event.wishes.complain("there is no permission \"" + *name + "\"");
            return;
        }
        names = {*name};
    }
    for (const App& app : event.sandbox.world->apps()) {
        if (!event.app_id.empty() && app.id != event.app_id) continue;
        for (const std::string& name : names)
            revoke_permission(*event.sandbox.world, event.person, app.id, name);
    }
}

bool has_account(Event& event) {
    if (event.account == nullptr) event.wishes.complain("this person has no Instagram account");
    return event.account != nullptr;
}

void unlink_page(Event& event) {
    if (has_account(event)) event.sandbox.world->unlink(*event.account);
}

void convert_account(Event& event) {
    const auto type = event.wishes.word("account_type", {"PERSONAL", "BUSINESS", "MEDIA_CREATOR"});
    if (has_account(event)) event.account->account_type = type.value_or("PERSONAL");
}

// The role on the account's Page goes, and with it the Page's tokens (2.8).
void lose_role(Event& event) {
    if (!has_account(event)) return;
    const std::string page_id = event.account->page_id;
    std::erase_if(event.person.roles, [&](const PageRole& role) { return role.page_id == page_id; });
    for (auto& [id, token] : event.sandbox.world->tokens()) {
        const bool is_struck =
            token.kind == Kind::kPage && token.page_id == page_id && token.person_id == event.person.id;
        if (is_struck && !token.ending) token.ending = Ending::kRoleLost;
    }
}

// Proofs, app tokens and Page tokens fail at once (2.6, 2.8, 11.22). Without an app: the Facebook one.
void rotate_secret(Event& event) {
    World& world = *event.sandbox.world;
    App& app = *world.find_app(event.app_id.empty() ? world.first_app_id : event.app_id);
    const auto wanted = event.wishes.text("secret");
    if (wanted && wanted->empty()) {
        event.wishes.complain("\"secret\" must not be empty");
        return;
    }
    app.secret = wanted.value_or(world.make_secret());
    for (auto& [id, token] : world.tokens()) {
        const bool is_struck = token.kind == Kind::kPage || token.kind == Kind::kApp;
        if (token.app_id == app.id && is_struck && !token.ending) token.ending = Ending::kSecretReset;
    }
    event.answer["app_id"] = app.id;
    event.answer["secret"] = app.secret;
}

struct Row {
    std::string_view type;
    std::string_view option; // the one member it takes besides the common ones
    void (*cause)(Event&);
};

constexpr std::array kRows{
    Row{"password-changed", "", change_password},
    Row{"logged-out", "", log_out},
    Row{"app-removed", "", remove_apps},
    Row{"data-deletion", "", ask_for_deletion},
    Row{"checkpoint", "blocking", enter_checkpoint},
    Row{"unconfirmed", "", become_unconfirmed},
    Row{"inactive", "", become_inactive},
    Row{"permission-revoked", "permission", take_permission_back},
    Row{"page-unlinked", "", unlink_page},
    Row{"account-restricted", "", restrict_account},
    Row{"account-converted", "account_type", convert_account},
    Row{"role-lost", "", lose_role},
    Row{"app-secret-rotated", "secret", rotate_secret},
};

std::string known_types() {
    std::string text;
    for (const Row& row : kRows)
        text += (text.empty() ? "" : ", ") + std::string(row.type);
    return text;
}

// "app_id", or the app of a "login"; empty where neither is given.
std::string app_meant(Sandbox& sandbox, Wishes& wishes) {
    const auto login = wishes.word("login", {"facebook", "instagram"});
    const auto id = wishes.text("app_id");
    if (id && sandbox.world->find_app(*id) == nullptr) wishes.complain("there is no app with the id \"" + *id + "\"");
    if (id) return *id;
    if (!login) return {};
    return *login == "facebook" ? sandbox.world->first_app_id : sandbox.world->instagram_app_id;
}

} // namespace

ControlAnswer cause_event(Sandbox& sandbox, const json::object& wish) {
    Wishes wishes(wish, "the event");
    const auto type = wishes.text("type");
    const auto row = std::ranges::find(kRows, type.value_or(""), &Row::type);
    if (row == kRows.end()) return std::unexpected("the event: \"type\" must be one of " + known_types());
    wishes.allow({"type", "user_id", "account", "app_id", "login", "undo", row->option});
    const auto username = wishes.text("account");
    std::string complaint;
    Person* person = find_person_meant(sandbox, wishes.text("user_id"), username, complaint);
    if (person == nullptr) wishes.complain(complaint);
    std::string app_id = app_meant(sandbox, wishes);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());

    World& world = *sandbox.world;
    Account* account = username ? world.find_account_by_username(*username) : world.first_account_of(*person);
    Event event{sandbox, wishes, *person, account, std::move(app_id), {}};
    event.answer["type"] = *type;
    event.answer["user_id"] = person->id;
    row->cause(event);
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    return std::move(event.answer);
}

} // namespace everlong::simulator
