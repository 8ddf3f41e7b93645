// Reads a world's document strictly, all of it before anything is changed.
#include <simulator/wire/wishes.hpp>
#include <simulator/world/seed.hpp>
#include <simulator/world/tokens.hpp>
#include <simulator/world/world_document.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <functional>
#include <unordered_set>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongestId = 32;
constexpr std::size_t kLongestUsername = 30;

// One entry of a list: its members, and what was said of them.
struct Entry {
    const json::object& members;
    Wishes wishes;
};

// What is done to the world once the whole document was found to be in order.
using Change = std::function<void(World&)>;

class Loader {
public:
    Loader(World& world, Instant now) : world_(world), now_(now) {}

    std::expected<void, std::string> load(const json::object& document, std::span<const std::string_view> others);

private:
    template <class Read>
    void each(const json::object& document, std::string_view list, Read read);
    void complain(const std::string& complaint) {
        if (complaint_.empty()) complaint_ = complaint;
    }
    // The id of an entry; made up by add_… where there is none.
    std::string id_of(Wishes& wishes, std::string_view name);

    void read_app(Entry& entry);
    void read_business(Entry& entry);
    void read_page(Entry& entry);
    void read_person(Entry& entry);
    void read_account(Entry& entry);
    void read_token(Entry& entry);

    World& world_;
    Instant now_;
    std::vector<Change> changes_;
    std::string complaint_;
    std::unordered_set<std::string> new_usernames_;
};

template <class Read>
void Loader::each(const json::object& document, std::string_view list, Read read) {
    const auto* value = document.if_contains(list);
    if (value == nullptr) return;
    const auto* array = value->if_array();
    if (array == nullptr) return complain("\"" + std::string(list) + "\" must be an array");
    std::size_t index = 0;
    for (const json::value& item : *array) {
        const std::string what = std::string(list) + "[" + std::to_string(index++) + "]";
        const auto* object = item.if_object();
        if (object == nullptr) return complain(what + " must be an object");
        Entry entry{*object, Wishes(*object, what)};
        read(entry);
        if (!entry.wishes.complaint().empty()) return complain(entry.wishes.complaint());
    }
}

std::string Loader::id_of(Wishes& wishes, std::string_view name) {
    const std::string id = wishes.text(name).value_or("");
    const bool is_number = std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; });
    if (!is_number || id.size() > kLongestId) wishes.complain("\"" + std::string(name) + "\" must be a number as text");
    return id;
}

// Sets a member where the document holds it.
template <class T, class Given>
void take(T& member, std::optional<Given> given) {
    if (given) member = T(std::move(*given));
}

void Loader::read_app(Entry& entry) {
    Wishes& wishes = entry.wishes;
    wishes.allow({"id", "secret", "name", "login", "redirect_uris", "deauthorize_callback_url",
                  "data_deletion_callback_url", "subscriptions"});
    const std::string id = id_of(wishes, "id");
    if (id.empty()) wishes.complain("\"id\" is missing");
    const App* known = world_.find_app(id);
    App app = known == nullptr ? App{} : *known;
    app.id = id;
    if (const auto login = wishes.word("login", {"facebook", "instagram"}))
        app.login = *login == "instagram" ? Login::kInstagram : Login::kFacebook;
    take(app.secret, wishes.text("secret"));
    take(app.name, wishes.text("name"));
    take(app.redirect_uris, wishes.texts("redirect_uris"));
    take(app.deauthorize_callback_url, wishes.text("deauthorize_callback_url"));
    take(app.data_deletion_callback_url, wishes.text("data_deletion_callback_url"));
    const auto* subscriptions = entry.members.if_contains("subscriptions");
    if (subscriptions != nullptr && subscriptions->is_array()) {
        app.subscriptions.clear();
        for (const json::value& value : subscriptions->get_array()) {
            if (!value.is_object()) return wishes.complain("\"subscriptions\" must hold objects");
            Wishes hook(value.get_object(), "subscriptions");
            Subscription subscription;
            take(subscription.object, hook.text("object"));
            take(subscription.callback_url, hook.text("callback_url"));
            take(subscription.fields, hook.texts("fields"));
            if (!hook.complaint().empty()) wishes.complain(hook.complaint());
            app.subscriptions.push_back(std::move(subscription));
        }
    }
    changes_.push_back([app = std::move(app)](World& world) {
        if (App* present = world.find_app(app.id)) {
            *present = app;
        } else {
            world.add_app(app);
        }
    });
}

void Loader::read_business(Entry& entry) {
    Wishes& wishes = entry.wishes;
    wishes.allow({"id", "name", "owned_pages", "client_pages"});
    const std::string id = id_of(wishes, "id");
    const Business* known = world_.find_business(id);
    Business business = known == nullptr ? Business{} : *known;
    business.id = id;
    take(business.name, wishes.text("name"));
    take(business.owned_pages, wishes.texts("owned_pages"));
    take(business.client_pages, wishes.texts("client_pages"));
    changes_.push_back([business = std::move(business)](World& world) { world.add_business(business); });
}

void Loader::read_page(Entry& entry) {
    Wishes& wishes = entry.wishes;
    wishes.allow({"id", "name", "category", "category_id", "business_id"});
    const std::string id = id_of(wishes, "id");
    const Page* known = world_.find_page(id);
    Page page = known == nullptr ? Page{} : *known;
    page.id = id;
    if (known == nullptr) page.category = "Local business";
    if (known == nullptr) page.category_id = "2500";
    take(page.name, wishes.text("name"));
    take(page.category, wishes.text("category"));
    take(page.category_id, wishes.text("category_id"));
    if (entry.members.contains("business_id")) page.business_id = wishes.text("business_id").value_or("");
    changes_.push_back([page = std::move(page)](World& world) { world.add_page(page); });
}

// "roles": ids of Pages, or {"page_id","tasks"}.
std::vector<PageRole> read_roles(const json::value& value, Wishes& wishes) {
    std::vector<PageRole> roles;
    const auto* array = value.if_array();
    if (array == nullptr) wishes.complain("\"roles\" must be an array of Pages' ids, or of {\"page_id\",\"tasks\"}");
    if (array == nullptr) return roles;
    for (const json::value& item : *array) {
        if (const auto* id = item.if_string()) {
            roles.push_back({std::string(*id), all_tasks()});
        } else if (const auto* object = item.if_object()) {
            Wishes role(*object, "roles");
            role.allow({"page_id", "tasks"});
            roles.push_back({role.text("page_id").value_or(""), role.texts("tasks").value_or(all_tasks())});
            if (!role.complaint().empty()) wishes.complain(role.complaint());
        } else {
            wishes.complain("\"roles\" must hold texts or objects");
        }
    }
    return roles;
}

void read_grants(const json::object& members, Person& person, Wishes& wishes) {
    if (const auto* grants = members.if_contains("grants")) {
        if (!grants->is_object()) return wishes.complain("\"grants\" must be an object by app");
        person.grants.clear();
        for (const auto& [app_id, given] : grants->get_object()) {
            if (!given.is_object()) return wishes.complain("\"grants\" must hold an object for each app");
            for (const auto& [name, is_granted] : given.get_object())
                person.grants[std::string(app_id)][std::string(name)] = is_granted == true;
        }
    }
    if (const auto* ticked = members.if_contains("ticked_pages")) {
        if (!ticked->is_object()) return wishes.complain("\"ticked_pages\" must be an object by app");
        person.ticked_pages.clear();
        Wishes by_app(ticked->get_object(), "ticked_pages");
        for (const auto& member : ticked->get_object())
            person.ticked_pages[std::string(member.key())] =
                by_app.texts(member.key()).value_or(std::vector<std::string>());
        if (!by_app.complaint().empty()) wishes.complain(by_app.complaint());
    }
}

void Loader::read_person(Entry& entry) {
    Wishes& wishes = entry.wishes;
    wishes.allow({"id", "name", "kind", "roles", "business_ids", "installed_apps", "grants", "ticked_pages",
                  "checkpoint", "is_unconfirmed", "is_inactive"});
    const std::string id = id_of(wishes, "id");
    const Person* known = world_.find_person(id);
    Person person = known == nullptr ? Person{} : *known;
    person.id = id;
    take(person.name, wishes.text("name"));
    if (const auto kind = wishes.word("kind", {"person", "system-user"}))
        person.is_system_user = *kind == "system-user";
    if (const auto* roles = entry.members.if_contains("roles")) person.roles = read_roles(*roles, wishes);
    take(person.business_ids, wishes.texts("business_ids"));
    if (const auto apps = wishes.texts("installed_apps")) person.installed_apps = {apps->begin(), apps->end()};
    read_grants(entry.members, person, wishes);
    const auto checkpoint = wishes.number("checkpoint", 0, 490);
    if (checkpoint && *checkpoint != 0 && *checkpoint != 459 && *checkpoint != 490)
        wishes.complain("\"checkpoint\" must be 0, 459 or 490");
    take(person.checkpoint_subcode, checkpoint);
    take(person.is_unconfirmed, wishes.flag("is_unconfirmed"));
    take(person.is_inactive, wishes.flag("is_inactive"));
    changes_.push_back([person = std::move(person)](World& world) { world.add_person(person); });
}

bool is_username(std::string_view text) {
    return !text.empty() && text.size() <= kLongestUsername && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    });
}

// The Page that the account shall be linked to: the one named, none, or (for a new professional one) one of its own.
void settle_page(World& world, Account& account, const std::optional<std::string>& page_id, bool is_new) {
    if (page_id && account.page_id != *page_id) world.unlink(account);
    if (page_id && !page_id->empty()) {
        if (Page* page = world.find_page(*page_id)) world.link(*page, account);
    } else if (!page_id && is_new && account.account_type != "PERSONAL") {
        add_page_for(world, account);
    }
}

void Loader::read_account(Entry& entry) {
    Wishes& wishes = entry.wishes;
    wishes.allow({"ig_user_id", "scoped_id", "ig_id", "username", "name", "account_type", "person_id", "page_id",
                  "is_restricted"});
    const std::string username = wishes.text("username").value_or("");
    const std::string id = id_of(wishes, "ig_user_id");
    const Account* known = id.empty() ? world_.find_account_by_username(username) : world_.find_account(id);
    Account account = known == nullptr ? Account{} : *known;
    if (!id.empty()) account.ig_user_id = id;
    if (!username.empty() || known == nullptr) account.username = username;
    if (!is_username(account.username)) wishes.complain("\"username\" must be up to 30 of a-z, 0-9, '.' and '_'");
    if (!new_usernames_.insert(account.username).second) wishes.complain("\"" + account.username + "\" comes twice");
    if (known == nullptr) account.name = account.username;
    if (known == nullptr) account.account_type = "BUSINESS";
    take(account.scoped_id, wishes.text("scoped_id"));
    take(account.legacy_id, wishes.number("ig_id", 0, 9'000'000'000'000'000'000));
    take(account.name, wishes.text("name"));
    take(account.account_type, wishes.word("account_type", {"BUSINESS", "MEDIA_CREATOR", "PERSONAL"}));
    take(account.person_id, wishes.text("person_id"));
    take(account.is_restricted, wishes.flag("is_restricted"));
    std::optional<std::string> page_id;
    if (entry.members.contains("page_id")) page_id = wishes.text("page_id").value_or("");
    const bool is_new = known == nullptr;
    changes_.push_back([account = std::move(account), page_id, is_new](World& world) mutable {
        if (world.find_person(account.person_id) == nullptr) {
            Person owner;
            owner.id = account.person_id;
            owner.name = account.name;
            account.person_id = world.add_person(std::move(owner)).id;
        }
        settle_page(world, world.add_account(std::move(account)), page_id, is_new);
    });
}

std::optional<Instant> read_instant(Wishes& wishes, std::string_view name) {
    const auto text = wishes.text(name);
    if (!text) return std::nullopt;
    const auto instant = parse_rfc3339(*text);
    if (!instant) wishes.complain("\"" + std::string(name) + "\" must be an instant such as 2026-01-31T12:00:00Z");
    return instant;
}

void Loader::read_token(Entry& entry) {
    Wishes& wishes = entry.wishes;
    wishes.allow({"access_token", "kind", "login", "lifetime", "app_id", "person_id", "page_id", "ig_user_id", "scopes",
                  "issued_at", "expires_at", "data_access_expires_at", "parent", "ending"});
    Token token;
    token.text = wishes.text("access_token").value_or("");
    if (token.text.empty()) wishes.complain("\"access_token\" is missing");
    const auto kind = wishes.word("kind", {"user", "page", "system-user", "app", "instagram-user"}, true);
    const auto login = wishes.word("login", {"facebook", "instagram"}, true);
    const auto lifetime = wishes.word("lifetime", {"short", "long", "never"}, true);
    if (!kind || !login || !lifetime) return;
    token.kind = *kind == "page"          ? Kind::kPage
                 : *kind == "system-user" ? Kind::kSystemUser
                 : *kind == "app"         ? Kind::kApp
                 : *kind == "user"        ? Kind::kUser
                                          : Kind::kInstagramUser;
    token.login = *login == "instagram" ? Login::kInstagram : Login::kFacebook;
    token.lifetime = *lifetime == "short" ? Lifetime::kShort : *lifetime == "long" ? Lifetime::kLong : Lifetime::kNever;
    take(token.app_id, wishes.text("app_id"));
    take(token.person_id, wishes.text("person_id"));
    take(token.page_id, wishes.text("page_id"));
    take(token.ig_user_id, wishes.text("ig_user_id"));
    take(token.scopes, wishes.texts("scopes"));
    token.issued_at = read_instant(wishes, "issued_at").value_or(std::chrono::floor<Seconds>(now_));
    token.expires_at = read_instant(wishes, "expires_at");
    token.data_access_expires_at = read_instant(wishes, "data_access_expires_at");
    if (const auto ending = wishes.text("ending")) {
        token.ending = parse_ending(*ending);
        if (!token.ending) wishes.complain("there is no ending \"" + *ending + "\"");
    }
    // Only these two kinds live without a date; of the others it is the usual one where none is told (2.6, 3.3).
    if (token.kind == Kind::kInstagramUser && token.lifetime == Lifetime::kNever)
        wishes.complain("an Instagram user token is short or long");
    const bool needs_date = token.kind == Kind::kInstagramUser || token.lifetime != Lifetime::kNever;
    const auto life = life_of(token.kind, token.login, token.lifetime);
    if (needs_date && !token.expires_at && life) token.expires_at = token.issued_at + *life;
    const std::string parent = wishes.text("parent").value_or("");
    changes_.push_back([token = std::move(token), parent, now = now_](World& world) mutable {
        if (const Token* known = world.find_token(parent)) token.parent = known->id;
        if (world.find_token(token.text) == nullptr && world.find_app(token.app_id) != nullptr)
            world.add_token(std::move(token), now);
    });
}

std::expected<void, std::string> Loader::load(const json::object& document, std::span<const std::string_view> others) {
    Wishes whole(document, "the world");
    std::vector<std::string_view> known{
        "default_person_id", "default_ig_user_id", "apps", "businesses", "pages", "people", "accounts", "tokens"};
    known.insert(known.end(), others.begin(), others.end());
    whole.allow(known);
    const auto default_person = whole.text("default_person_id");
    const auto default_account = whole.text("default_ig_user_id");
    if (!whole.complaint().empty()) return std::unexpected(whole.complaint());
    each(document, "apps", [this](Entry& entry) { read_app(entry); });
    each(document, "businesses", [this](Entry& entry) { read_business(entry); });
    each(document, "pages", [this](Entry& entry) { read_page(entry); });
    each(document, "people", [this](Entry& entry) { read_person(entry); });
    each(document, "accounts", [this](Entry& entry) { read_account(entry); });
    each(document, "tokens", [this](Entry& entry) { read_token(entry); });
    if (!complaint_.empty()) return std::unexpected(complaint_);
    for (const Change& change : changes_)
        change(world_);
    if (default_person && world_.find_person(*default_person) != nullptr) world_.default_person_id = *default_person;
    if (default_account && world_.find_account(*default_account) != nullptr)
        world_.default_ig_user_id = *default_account;
    world_.drop_dangling();
    return {};
}

} // namespace

std::expected<void, std::string> load_world(World& world, const json::object& document, Instant now,
                                            std::span<const std::string_view> others) {
    return Loader(world, now).load(document, others);
}

} // namespace everlong::simulator
