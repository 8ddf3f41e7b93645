#pragma once
// What exists on the simulated platform: apps, people, Pages, Instagram accounts, portfolios and tokens. Plain data and
// look-ups; the rules of tokens are in tokens.hpp, the seeded inhabitants in seed.cpp.

#include <base/strong.hpp>
#include <base/time.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace everlong::simulator {

class Publishing;

enum class Login { kFacebook, kInstagram };
// graph-api.md, 2.6.
enum class Kind { kUser, kPage, kSystemUser, kApp, kInstagramUser };
enum class Lifetime { kShort, kLong, kNever };

std::string_view to_text(Login login);
std::string_view to_text(Kind kind);
std::optional<Kind> parse_kind(std::string_view text);
std::string_view to_text(Lifetime lifetime);

// What an app wants to be told of, and where (graph-api.md, 9.3).
struct Subscription {
    std::string object;
    std::string callback_url;
    std::vector<std::string> fields;
};

struct App {
    std::string id;
    std::string secret;
    std::string name;
    Login login = Login::kFacebook;
    std::vector<std::string> redirect_uris;
    std::string deauthorize_callback_url;
    std::string data_deletion_callback_url;
    std::vector<Subscription> subscriptions;
};

// A subscription that waits for its handshake.
struct SubscriptionWish {
    std::string app_id;
    Subscription subscription;
    std::string verify_token;
};

// What happened to a person, of which the app's own server is to be told (9.2).
struct Notice {
    enum class Kind { kDeauthorize, kDataDeletion };
    Kind kind = Kind::kDeauthorize;
    std::string app_id;
    std::string user_id; // as the app knows the person
};

struct PageRole {
    std::string page_id;
    std::vector<std::string> tasks;
};

// What a person (or system user) once said to an app's wish for a permission.
using Grants = std::map<std::string, bool, std::less<>>;

struct Person {
    std::string id; // as the Facebook app sees it
    std::string name;
    bool is_system_user = false;
    std::vector<PageRole> roles;
    std::vector<std::string> business_ids;
    std::set<std::string, std::less<>> installed_apps; // system users
    std::map<std::string, Grants> grants;              // by app
    // The Pages that were ticked in an app's last login dialog; no entry: all of them.
    std::map<std::string, std::vector<std::string>> ticked_pages;
    // Conditions that hold back every token of the person for as long as they last.
    int checkpoint_subcode = 0; // 459 or 490 while in one
    bool is_unconfirmed = false;
    bool is_inactive = false;
};

struct Page {
    std::string id;
    std::string name;
    std::string category;
    std::string category_id;
    std::string ig_user_id;  // the linked account; empty: none. Set by World::link()
    std::string business_id; // the portfolio that owns it; empty: none
};

struct Account {
    std::string ig_user_id;     // 17841…
    std::string scoped_id;      // `id` of graph.instagram.com/me (3.5)
    std::int64_t legacy_id = 0; // `ig_id`, the one id that is a number (2.8)
    std::string username;
    std::string name;
    std::string account_type; // BUSINESS, MEDIA_CREATOR, PERSONAL
    std::string person_id;
    std::string page_id;        // the linked Page; empty: none. Set by World::link()
    bool is_restricted = false; // may not publish until a person has opened Instagram (5.4)
};

struct Business {
    std::string id;
    std::string name;
    std::vector<std::string> owned_pages;
    std::vector<std::string> client_pages;
};

// Why a token ended before its date.
enum class Ending { kPasswordChanged, kAppRemoved, kLoggedOut, kRevoked, kRoleLost, kSecretReset, kSuperseded };

std::string_view to_text(Ending ending);
std::optional<Ending> parse_ending(std::string_view text);

using TokenId = std::uint64_t;

struct Token {
    TokenId id = 0;
    std::string text;
    Fingerprint fingerprint;
    Kind kind = Kind::kUser;
    Login login = Login::kFacebook;
    Lifetime lifetime = Lifetime::kLong;
    std::string app_id;
    std::string person_id;  // empty for an app's own
    std::string page_id;    // Page tokens
    std::string ig_user_id; // Instagram user tokens
    std::vector<std::string> scopes;
    Instant issued_at{};               // or last extended: counts for the 24 hours of a refresh
    std::optional<Instant> expires_at; // nothing: no date
    std::optional<Instant> data_access_expires_at;
    TokenId parent = 0; // the token a Page token was read with
    std::optional<Ending> ending;

    bool has_scope(std::string_view name) const;
};

// What a login dialog gave away, to be exchanged once (2.2, 3.2).
struct LoginCode {
    std::string text;
    std::string app_id;
    std::string person_id;
    std::string ig_user_id; // Instagram login: the account that was chosen
    std::string redirect_uri;
    std::vector<std::string> scopes;
    Instant issued_at{};
    std::string challenge; // PKCE (2.12); empty: none
    std::string challenge_method;
    bool is_used = false;
    bool is_for_client = false; // from /oauth/client_code: redeemed without a secret (2.7)
};

// A seeded source of ids and random-looking text; two worlds with one seed and the same calls are equal.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
    std::string text(std::size_t length);

private:
    std::mt19937_64 engine_;
};

// Looks texts up without a copy of them: every call does.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

class World {
public:
    explicit World(std::uint64_t seed);

    App* find_app(std::string_view id);
    Person* find_person(std::string_view id);
    Page* find_page(std::string_view id);
    Business* find_business(std::string_view id);
    Account* find_account(std::string_view ig_user_id);
    Account* find_account_by_username(std::string_view username);
    // Null for a person without one.
    Account* first_account_of(const Person& person);
    // In order of creation.
    std::vector<Account*> accounts_of(const Person& person);
    Token* find_token(std::string_view text);
    Token* find_token(TokenId id);

    void link(Page& page, Account& account);
    void unlink(Account& account);
    // Takes away what names something that does not exist.
    void drop_dangling();
    // Ids of every Page the person has to do with, by a role or through a portfolio.
    std::vector<std::string> reachable_pages(const Person& person);

    // The secret is made up where it is empty.
    App& add_app(App app);
    std::string make_secret() { return dice_.text(32); }
    // Ids that are empty are made up.
    Person& add_person(Person person);
    Page& add_page(Page page);
    Business& add_business(Business business);
    Account& add_account(Account account);
    // The text is made up where it is empty. The oldest dead tokens are forgotten where there are too many.
    Token& add_token(Token token, Instant now);

    // The text is made up. The oldest are forgotten where there are too many.
    LoginCode& add_code(LoginCode code, Instant now);
    LoginCode* find_code(std::string_view text);

    // In order of creation.
    std::deque<App>& apps() { return apps_; }
    std::vector<Person*> people();
    std::vector<Page*> pages();
    std::vector<Account*> accounts();
    std::vector<Business*> businesses();
    std::map<TokenId, Token>& tokens() { return tokens_; }
    // The existing Page token that was read with `parent` for this Page.
    Token* find_child(TokenId parent, std::string_view page_id);

    // By Page or account, the apps that are told of it, with the fields they want.
    std::map<std::string, std::map<std::string, std::vector<std::string>>, std::less<>> subscribed_apps;
    // Left behind by a call for whoever can wait and send.
    std::optional<SubscriptionWish> awaited_subscription;
    std::vector<Notice> notices;
    // Containers and media. Shared with fetches under way, which must not outlive it unnoticed.
    std::shared_ptr<Publishing> publishing;

    std::string first_app_id; // of the Facebook login
    std::string instagram_app_id;
    std::string default_person_id;
    std::string default_ig_user_id;

private:
    std::string make_id(std::string_view prefix, std::size_t digits);
    bool is_known_id(const std::string& id) const;
    void forget_dead_tokens(Instant now);

    Dice dice_;
    std::uint64_t next_number_ = 1;
    TokenId next_token_ = 1;
    std::deque<App> apps_;
    std::map<std::string, Person, std::less<>> people_;
    std::map<std::string, Page, std::less<>> pages_;
    std::map<std::string, Business, std::less<>> businesses_;
    std::map<std::string, Account, std::less<>> accounts_;
    std::map<TokenId, Token> tokens_;
    std::unordered_map<std::string, std::string, TextHash, std::equal_to<>> account_by_username_;
    std::unordered_map<std::string, std::vector<std::string>> accounts_by_person_;
    std::size_t sweep_at_;
    std::unordered_map<std::string, TokenId, TextHash, std::equal_to<>> token_by_text_;
    std::map<std::pair<TokenId, std::string>, TokenId> child_by_parent_;
    std::map<std::string, LoginCode, std::less<>> codes_;
};

} // namespace everlong::simulator
