#include <simulator/world/world.hpp>

#include <simulator/publishing/publishing.hpp>

#include <base/digest.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

// Beyond this, dead tokens are forgotten, the oldest first, so that a long simulation does not eat the machine; Meta
// then says "cannot parse" of them in place of "expired".
constexpr std::size_t kTokenLimit = 200'000;
constexpr std::size_t kTokensKept = 150'000;

// Tokens are opaque, and their length varies (graph-api.md, 2.6).
constexpr std::size_t kShortestToken = 120;
constexpr std::size_t kLongestToken = 180;

template <class Map, class Key>
auto* find_in(Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

template <class Map>
auto values_of(Map& map) {
    std::vector<typename Map::mapped_type*> values;
    values.reserve(map.size());
    for (auto& [id, value] : map)
        values.push_back(&value);
    return values;
}

} // namespace

std::string_view to_text(Login login) {
    return login == Login::kFacebook ? "facebook" : "instagram";
}

std::string_view to_text(Kind kind) {
    switch (kind) {
    case Kind::kUser: return "user";
    case Kind::kPage: return "page";
    case Kind::kSystemUser: return "system-user";
    case Kind::kApp: return "app";
    case Kind::kInstagramUser: return "instagram-user";
    }
    return {};
}

std::optional<Kind> parse_kind(std::string_view text) {
    for (const Kind kind : {Kind::kUser, Kind::kPage, Kind::kSystemUser, Kind::kApp, Kind::kInstagramUser}) {
        if (to_text(kind) == text) return kind;
    }
    return std::nullopt;
}

std::string_view to_text(Lifetime lifetime) {
    switch (lifetime) {
    case Lifetime::kShort: return "short";
    case Lifetime::kLong: return "long";
    case Lifetime::kNever: return "never";
    }
    return {};
}

namespace {

struct EndingRow {
    Ending ending;
    std::string_view name;
};

constexpr std::array kEndings{
    EndingRow{Ending::kPasswordChanged, "password-changed"},
    EndingRow{Ending::kAppRemoved, "app-removed"},
    EndingRow{Ending::kLoggedOut, "logged-out"},
    EndingRow{Ending::kRevoked, "revoked"},
    EndingRow{Ending::kRoleLost, "role-lost"},
    EndingRow{Ending::kSecretReset, "secret-reset"},
    EndingRow{Ending::kSuperseded, "superseded"},
};

} // namespace

std::string_view to_text(Ending ending) {
    const auto row = std::ranges::find(kEndings, ending, &EndingRow::ending);
    return row == kEndings.end() ? std::string_view() : row->name;
}

std::optional<Ending> parse_ending(std::string_view text) {
    const auto row = std::ranges::find(kEndings, text, &EndingRow::name);
    return row == kEndings.end() ? std::nullopt : std::optional(row->ending);
}

bool Token::has_scope(std::string_view name) const {
    return std::ranges::find(scopes, name) != scopes.end();
}

std::string Dice::text(std::size_t length) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // One draw has room for ten letters (62^10 < 2^64); every answer takes a hundred.
    constexpr std::size_t kLettersPerDraw = 10;
    std::string text(length, ' ');
    for (std::size_t begin = 0; begin < length; begin += kLettersPerDraw) {
        std::uint64_t drawn = engine_();
        for (std::size_t i = begin; i < std::min(begin + kLettersPerDraw, length); ++i) {
            text[i] = kLetters[drawn % kLetters.size()];
            drawn /= kLetters.size();
        }
    }
    return text;
}

World::World(std::uint64_t seed) : publishing(std::make_shared<Publishing>()), dice_(seed), sweep_at_(kTokenLimit) {}

App* World::find_app(std::string_view id) {
    const auto found = std::ranges::find(apps_, id, &App::id);
    return found == apps_.end() ? nullptr : &*found;
}

Person* World::find_person(std::string_view id) {
    return find_in(people_, id);
}

Page* World::find_page(std::string_view id) {
    return find_in(pages_, id);
}

Business* World::find_business(std::string_view id) {
    return find_in(businesses_, id);
}

Account* World::find_account(std::string_view ig_user_id) {
    return find_in(accounts_, ig_user_id);
}

Account* World::find_account_by_username(std::string_view username) {
    const auto found = account_by_username_.find(username);
    return found == account_by_username_.end() ? nullptr : find_account(found->second);
}

std::vector<Account*> World::accounts_of(const Person& person) {
    std::vector<Account*> own;
    const auto found = accounts_by_person_.find(person.id);
    if (found == accounts_by_person_.end()) return own;
    for (const std::string& id : found->second) {
        Account* account = find_account(id);
        if (account != nullptr && account->person_id == person.id) own.push_back(account);
    }
    return own;
}

Account* World::first_account_of(const Person& person) {
    const auto own = accounts_of(person);
    return own.empty() ? nullptr : own.front();
}

Token* World::find_token(std::string_view text) {
    const auto found = token_by_text_.find(text);
    return found == token_by_text_.end() ? nullptr : find_token(found->second);
}

Token* World::find_token(TokenId id) {
    return find_in(tokens_, id);
}

void World::link(Page& page, Account& account) {
    page.ig_user_id = account.ig_user_id;
    account.page_id = page.id;
}

void World::unlink(Account& account) {
    if (Page* page = find_page(account.page_id)) page->ig_user_id.clear();
    account.page_id.clear();
}

void World::drop_dangling() {
    const auto is_no_page = [this](const std::string& id) { return find_page(id) == nullptr; };
    for (auto& [id, business] : businesses_) {
        std::erase_if(business.owned_pages, is_no_page);
        std::erase_if(business.client_pages, is_no_page);
    }
    for (auto& [id, person] : people_) {
        std::erase_if(person.roles, [&](const PageRole& role) { return is_no_page(role.page_id); });
        std::erase_if(person.business_ids, [&](const std::string& own) { return find_business(own) == nullptr; });
        for (auto& [app_id, pages] : person.ticked_pages)
            std::erase_if(pages, is_no_page);
    }
    for (auto& [id, page] : pages_) {
        if (find_account(page.ig_user_id) == nullptr) page.ig_user_id.clear();
        if (find_business(page.business_id) == nullptr) page.business_id.clear();
    }
    for (auto& [id, account] : accounts_) {
        if (is_no_page(account.page_id)) account.page_id.clear();
    }
    std::vector<TokenId> dangling;
    for (const auto& [id, token] : tokens_) {
        const bool lacks_person = token.kind != Kind::kApp && find_person(token.person_id) == nullptr;
        const bool lacks_page = token.kind == Kind::kPage && is_no_page(token.page_id);
        const bool lacks_account = token.kind == Kind::kInstagramUser && find_account(token.ig_user_id) == nullptr;
        if (lacks_person || lacks_page || lacks_account) dangling.push_back(id);
    }
    for (const TokenId id : dangling) {
        token_by_text_.erase(tokens_[id].text);
        tokens_.erase(id);
    }
}

std::vector<std::string> World::reachable_pages(const Person& person) {
    std::vector<std::string> ids;
    const auto add = [&ids](const std::string& id) {
        if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    };
    for (const PageRole& role : person.roles)
        add(role.page_id);
    for (const std::string& business_id : person.business_ids) {
        const Business* business = find_business(business_id);
        if (business == nullptr) continue;
        std::ranges::for_each(business->owned_pages, add);
        std::ranges::for_each(business->client_pages, add);
    }
    return ids;
}

LoginCode& World::add_code(LoginCode code, Instant now) {
    // Nothing is said about a code that is this old but that it is none.
    std::erase_if(codes_, [&](const auto& entry) { return entry.second.issued_at + Hours(24) < now; });
    code.text = "AQ" + dice_.text(180);
    const std::string text = code.text;
    return codes_.insert_or_assign(text, std::move(code)).first->second;
}

LoginCode* World::find_code(std::string_view text) {
    const auto found = codes_.find(text);
    return found == codes_.end() ? nullptr : &found->second;
}

// Ids grow, so that maps by id are in order of creation. 15 to 17 digits: beyond what a double can hold (3.2).
std::string World::make_id(std::string_view prefix, std::size_t digits) {
    for (;;) {
        const std::string number = std::to_string(next_number_++);
        std::string id = std::string(prefix) + std::string(digits - prefix.size() - number.size(), '0') + number;
        // A world that was loaded may hold it.
        if (!is_known_id(id)) return id;
    }
}

bool World::is_known_id(const std::string& id) const {
    return people_.contains(id) || pages_.contains(id) || businesses_.contains(id) || accounts_.contains(id);
}

App& World::add_app(App app) {
    if (app.secret.empty()) app.secret = make_secret();
    apps_.push_back(std::move(app));
    return apps_.back();
}

Person& World::add_person(Person person) {
    if (person.id.empty()) person.id = make_id("1221", 17);
    return people_[person.id] = std::move(person);
}

Page& World::add_page(Page page) {
    if (page.id.empty()) page.id = make_id("101", 15);
    return pages_[page.id] = std::move(page);
}

Business& World::add_business(Business business) {
    if (business.id.empty()) business.id = make_id("305", 15);
    return businesses_[business.id] = std::move(business);
}

Account& World::add_account(Account account) {
    if (account.ig_user_id.empty()) account.ig_user_id = make_id("178414", 17);
    if (account.scoped_id.empty()) account.scoped_id = make_id("2897", 17);
    if (account.legacy_id == 0) account.legacy_id = static_cast<std::int64_t>(50'000'000'000 + next_number_++);
    if (const Account* known = find_account(account.ig_user_id)) account_by_username_.erase(known->username);
    account_by_username_[account.username] = account.ig_user_id;
    auto& own = accounts_by_person_[account.person_id];
    if (std::ranges::find(own, account.ig_user_id) == own.end()) own.push_back(account.ig_user_id);
    return accounts_[account.ig_user_id] = std::move(account);
}

Token& World::add_token(Token token, Instant now) {
    forget_dead_tokens(now);
    token.id = next_token_++;
    if (token.text.empty()) {
        const std::string_view prefix = token.login == Login::kFacebook ? "EAA" : "IGAA";
        const std::size_t length = kShortestToken + dice_.below(kLongestToken - kShortestToken + 1);
        token.text = std::string(prefix) + dice_.text(length - prefix.size());
    }
    token.fingerprint = fingerprint_of(token.text);
    token_by_text_[token.text] = token.id;
    if (token.parent != 0) child_by_parent_[{token.parent, token.page_id}] = token.id;
    return tokens_[token.id] = std::move(token);
}

Token* World::find_child(TokenId parent, std::string_view page_id) {
    const auto found = child_by_parent_.find({parent, std::string(page_id)});
    return found == child_by_parent_.end() ? nullptr : find_token(found->second);
}

void World::forget_dead_tokens(Instant now) {
    if (tokens_.size() < sweep_at_) return;
    for (auto at = tokens_.begin(); tokens_.size() > kTokensKept && at != tokens_.end();) {
        const Token& token = at->second;
        const bool is_over = token.ending || (token.expires_at && *token.expires_at <= now);
        if (!is_over) {
            ++at;
            continue;
        }
        token_by_text_.erase(token.text);
        if (token.parent != 0) child_by_parent_.erase({token.parent, token.page_id});
        at = tokens_.erase(at);
    }
    sweep_at_ = tokens_.size() + (kTokenLimit - kTokensKept);
}

std::vector<Person*> World::people() {
    return values_of(people_);
}

std::vector<Page*> World::pages() {
    return values_of(pages_);
}

std::vector<Business*> World::businesses() {
    return values_of(businesses_);
}

std::vector<Account*> World::accounts() {
    return values_of(accounts_);
}

} // namespace everlong::simulator
