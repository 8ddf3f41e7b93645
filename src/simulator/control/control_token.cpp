// POST /_sandbox/token: a token of any kind, age and owner, as if somebody had gone through Meta's dialogs for it.
#include <simulator/control/control.hpp>
#include <simulator/wire/wishes.hpp>
#include <simulator/world/tokens.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

constexpr std::int64_t kHighestAgeS = 36'525LL * 86'400;
constexpr std::size_t kLongestUsername = 30;

struct Mint {
    Login login = Login::kFacebook;
    Kind kind = Kind::kUser;
    Lifetime lifetime = Lifetime::kLong;
    Seconds age{0};
    std::optional<std::vector<std::string>> scopes;
    std::optional<std::string> account;
    std::optional<std::string> user_id;
    std::optional<std::string> app_id;
    std::optional<std::int64_t> data_access_left_s;
};

bool is_username(std::string_view text) {
    return !text.empty() && text.size() <= kLongestUsername && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    });
}

bool is_app_id(std::string_view text) {
    return !text.empty() && text.size() <= 20 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Kind parse_kind(const std::string& kind, Login login) {
    if (kind == "page") return Kind::kPage;
    if (kind == "system-user") return Kind::kSystemUser;
    if (kind == "app") return Kind::kApp;
    return login == Login::kInstagram ? Kind::kInstagramUser : Kind::kUser;
}

// What the combination of kind, login and lifetime forbids (graph-api.md, 2.6 and 12).
void check_combination(const Mint& mint, bool is_lifetime_given, const std::string& kind, Wishes& wishes) {
    if (mint.login == Login::kInstagram && mint.kind != Kind::kInstagramUser) {
        wishes.complain("the Instagram login knows only user tokens, not \"" + kind + "\"");
    }
    if (mint.login == Login::kFacebook && kind == "instagram-user") {
        wishes.complain("an instagram-user token belongs to the login \"instagram\"");
    }
    if (mint.kind == Kind::kInstagramUser && mint.lifetime == Lifetime::kNever) {
        wishes.complain("on the Instagram login a token is short or long, never without a date");
    }
    if (mint.kind == Kind::kSystemUser && mint.lifetime == Lifetime::kShort) {
        wishes.complain("a system user's token is long (60 days) or never ends");
    }
    if (mint.kind == Kind::kApp && is_lifetime_given && mint.lifetime != Lifetime::kNever) {
        wishes.complain("an app's token lives as long as its secret: leave \"lifetime\" out");
    }
    if (mint.kind == Kind::kApp && (mint.account || mint.user_id || mint.scopes)) {
        wishes.complain("an app's token has no account, user_id or scopes");
    }
    for (const std::string& scope : mint.scopes.value_or(std::vector<std::string>())) {
        if (!is_permission(mint.login, scope)) {
            wishes.complain("there is no permission \"" + scope + "\" on the login \"" +
                            std::string(to_text(mint.login)) + "\"");
        }
    }
}

std::expected<Mint, ControlError> parse_mint(Sandbox& sandbox, const json::object& wish) {
    Wishes wishes(wish, "the token");
    wishes.allow(
        {"kind", "login", "lifetime", "age_s", "scopes", "account", "user_id", "app_id", "data_access_left_s"});
    Mint mint;
    const auto login = wishes.word("login", {"facebook", "instagram"}, true);
    mint.login = login == "instagram" ? Login::kInstagram : Login::kFacebook;
    const std::string kind =
        wishes.word("kind", {"user", "page", "system-user", "app", "instagram-user"}).value_or("user");
    mint.kind = parse_kind(kind, mint.login);
    const auto lifetime = wishes.word("lifetime", {"short", "long", "never"});
    mint.lifetime = lifetime == "short" ? Lifetime::kShort : lifetime == "never" ? Lifetime::kNever : Lifetime::kLong;
    mint.age = Seconds(wishes.number("age_s", 0, kHighestAgeS).value_or(0));
    mint.scopes = wishes.texts("scopes");
    mint.account = wishes.text("account");
    mint.user_id = wishes.text("user_id");
    mint.app_id = wishes.text("app_id");
    mint.data_access_left_s = wishes.number("data_access_left_s", -kHighestAgeS, kHighestAgeS);
    if (wishes.complaint().empty()) check_combination(mint, lifetime.has_value(), kind, wishes);
    if (mint.account && !is_username(*mint.account)) {
        wishes.complain("\"account\" is a username: up to 30 of a-z, 0-9, '.' and '_'");
    }
    if (mint.app_id && !is_app_id(*mint.app_id)) wishes.complain("\"app_id\" is a number as text");
    if (sandbox.now() - mint.age < Instant{}) wishes.complain("\"age_s\" reaches back beyond 1970");
    if (!wishes.complaint().empty()) return std::unexpected(wishes.complaint());
    return mint;
}

// The app that issues: the login's own, or a foreign one, which comes into being when first named.
std::expected<App*, ControlError> issuer(Sandbox& sandbox, const Mint& mint) {
    World& world = *sandbox.world;
    const std::string own = mint.login == Login::kFacebook ? world.first_app_id : world.instagram_app_id;
    const std::string id = mint.app_id.value_or(own);
    if (App* app = world.find_app(id)) {
        if (app->login == mint.login) return app;
        return std::unexpected("the app " + id + " belongs to the login \"" + std::string(to_text(app->login)) + "\"");
    }
    App foreign;
    foreign.id = id;
    foreign.name = "Somebody Else's App";
    foreign.login = mint.login;
    return &world.add_app(std::move(foreign));
}

struct Owner {
    Person* person = nullptr;
    Account* account = nullptr; // null for a person without one
};

// An unknown username makes a new account and person, with a Page of its own on the Facebook login (contract).
std::expected<Owner, ControlError> owner_of(Sandbox& sandbox, const Mint& mint) {
    World& world = *sandbox.world;
    Owner owner;
    if (mint.account && !mint.user_id && world.find_account_by_username(*mint.account) == nullptr) {
        owner.account = &add_person_with_account(world, *mint.account, mint.login == Login::kFacebook);
        owner.person = world.find_person(owner.account->person_id);
        return owner;
    }
    std::string complaint;
    owner.person = find_person_meant(sandbox, mint.user_id, mint.account, complaint);
    if (owner.person == nullptr) return std::unexpected(ControlError(std::move(complaint)));
    if (mint.account) owner.account = world.find_account_by_username(*mint.account);
    if (owner.account == nullptr) owner.account = world.first_account_of(*owner.person);
    return owner;
}

std::expected<void, ControlError> settle_owner(Sandbox& sandbox, const Mint& mint, Owner& owner) {
    World& world = *sandbox.world;
    const bool needs_page = mint.kind == Kind::kPage;
    if (owner.account == nullptr && (needs_page || mint.kind == Kind::kInstagramUser)) {
        return std::unexpected(ControlError(owner.person->name + " has no Instagram account"));
    }
    if (needs_page && owner.account->page_id.empty()) {
        return std::unexpected(ControlError("the account " + owner.account->username + " is linked to no Page"));
    }
    if (mint.kind == Kind::kSystemUser && !owner.person->is_system_user) {
        if (owner.account == nullptr)
            return std::unexpected(ControlError(owner.person->name + " has no Instagram account"));
        owner.person = &system_user_for(world, *owner.account);
    }
    return {};
}

std::vector<std::string> scopes_of(const Mint& mint) {
    std::vector<std::string> scopes = mint.scopes.value_or(default_scopes(mint.login));
    std::ranges::sort(scopes);
    scopes.erase(std::unique(scopes.begin(), scopes.end()), scopes.end());
    const bool has_profile = std::ranges::find(scopes, "public_profile") != scopes.end();
    if (mint.login == Login::kFacebook && !has_profile) scopes.emplace_back("public_profile");
    return scopes;
}

// A new token is a login: the person grants, passes checkpoints, is active again.
void log_in(Person& person, const std::string& app_id, const std::vector<std::string>& scopes) {
    for (const std::string& scope : scopes)
        person.grants[app_id][scope] = true;
    person.checkpoint_subcode = 0;
    person.is_unconfirmed = false;
    person.is_inactive = false;
}

Token make_token(Sandbox& sandbox, const Mint& mint, const App& app, const Owner& owner) {
    const Instant now = std::chrono::floor<Seconds>(sandbox.now());
    Token token;
    token.kind = mint.kind;
    token.login = mint.login;
    token.lifetime = mint.lifetime;
    token.app_id = app.id;
    token.issued_at = now - mint.age;
    if (const auto life = life_of(mint.kind, mint.login, mint.lifetime)) token.expires_at = token.issued_at + *life;
    if (!token.expires_at) token.lifetime = Lifetime::kNever;
    if (mint.kind == Kind::kApp) {
        token.text = app.id + "|" + app.secret;
        token.issued_at = now;
        return token;
    }
    token.person_id = owner.person->id;
    token.scopes = scopes_of(mint);
    if (mint.kind == Kind::kPage) token.page_id = owner.account->page_id;
    if (mint.kind == Kind::kInstagramUser) token.ig_user_id = owner.account->ig_user_id;
    // People's tokens of the Facebook login only (2.11).
    const bool has_data_access = mint.kind == Kind::kUser || mint.kind == Kind::kPage;
    if (has_data_access) token.data_access_expires_at = token.issued_at + kDataAccessLife;
    if (has_data_access && mint.data_access_left_s)
        token.data_access_expires_at = now + Seconds(*mint.data_access_left_s);
    return token;
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object to_answer(const Token& token, const Owner& owner) {
    json::array scopes;
    for (const std::string& scope : token.scopes)
        scopes.emplace_back(scope);
    json::object answer;
    answer["access_token"] = token.text;
    answer["fingerprint"] = token.fingerprint.text();
    answer["issued_at"] = to_rfc3339(token.issued_at);
    answer["expires_at"] = to_json(token.expires_at);
    const bool is_instagram = token.kind == Kind::kInstagramUser;
    answer["user_id"] = text_or_null(is_instagram ? owner.account->scoped_id : token.person_id);
    answer["page_id"] = text_or_null(is_instagram || owner.account == nullptr ? "" : owner.account->page_id);
    answer["ig_user_id"] = text_or_null(owner.account == nullptr ? "" : owner.account->ig_user_id);
    answer["kind"] = to_text(token.kind);
    answer["login"] = to_text(token.login);
    answer["lifetime"] = to_text(token.lifetime);
    answer["data_access_expires_at"] = to_json(token.data_access_expires_at);
    answer["app_id"] = token.app_id;
    answer["username"] = text_or_null(owner.account == nullptr ? "" : owner.account->username);
    answer["scopes"] = std::move(scopes);
    return answer;
}

} // namespace

ControlAnswer mint_token(Sandbox& sandbox, const json::object& wish) {
    auto mint = parse_mint(sandbox, wish);
    if (!mint) return std::unexpected(std::move(mint.error()));
    Owner owner;
    if (mint->kind != Kind::kApp) {
        auto found = owner_of(sandbox, *mint);
        if (!found) return std::unexpected(std::move(found.error()));
        owner = *found;
        if (auto settled = settle_owner(sandbox, *mint, owner); !settled)
            return std::unexpected(std::move(settled.error()));
    }
    auto app = issuer(sandbox, *mint);
    if (!app) return std::unexpected(std::move(app.error()));
    Token token = make_token(sandbox, *mint, **app, owner);
    if (owner.person != nullptr) log_in(*owner.person, (*app)->id, token.scopes);

    Token* known = sandbox.world->find_token(token.text);
    Token& added = known != nullptr ? *known : sandbox.world->add_token(std::move(token), sandbox.now());
    sandbox.ledger.add_issue(added, "POST /_sandbox/token");
    return to_answer(added, owner);
}

} // namespace everlong::simulator
