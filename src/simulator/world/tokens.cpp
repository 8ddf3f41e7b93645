#include <simulator/world/tokens.hpp>

#include <algorithm>
#include <array>

namespace everlong::simulator {
namespace {

// graph-api.md, 2.5; public_profile is always granted (clients.md, 7).
constexpr std::array<std::string_view, 37> kFacebookPermissions{
    "public_profile",
    "email",
    "user_age_range",
    "user_birthday",
    "user_friends",
    "user_gender",
    "user_hometown",
    "user_link",
    "user_location",
    "user_photos",
    "user_posts",
    "instagram_basic",
    "instagram_content_publish",
    "pages_show_list",
    "pages_read_engagement",
    "business_management",
    "ads_management",
    "ads_read",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "instagram_manage_messages",
    "instagram_manage_contents",
    "instagram_manage_engagement",
    "catalog_management",
    "instagram_shopping_tag_products",
    "instagram_branded_content_creator",
    "pages_manage_posts",
    "pages_manage_metadata",
    "pages_manage_engagement",
    "pages_manage_ads",
    "pages_manage_cta",
    "pages_messaging",
    "pages_read_user_content",
    "read_insights",
    "leads_retrieval",
    "whatsapp_business_management",
    "whatsapp_business_messaging",
};

// graph-api.md, 3.1.
constexpr std::array<std::string_view, 5> kInstagramPermissions{
    "instagram_business_basic",           "instagram_business_content_publish", "instagram_business_manage_comments",
    "instagram_business_manage_messages", "instagram_business_manage_insights",
};

GraphError make_ending(const Token& token, Ending ending) {
    switch (ending) {
    case Ending::kPasswordChanged: return make_error(Refusal::kPasswordChanged);
    case Ending::kAppRemoved: return make_error(Refusal::kAppRemoved, {token.app_id});
    case Ending::kLoggedOut: return make_error(Refusal::kLoggedOut);
    case Ending::kRevoked: return make_error(Refusal::kRevokedByCall);
    case Ending::kRoleLost: return make_error(Refusal::kRoleLost);
    case Ending::kSecretReset: return make_error(Refusal::kBadSignature);
    // The Instagram login usually gives no subcode (5.3).
    case Ending::kSuperseded: break;
    }
    return make_error(Refusal::kCannotParse);
}

// Conditions of the person that hold every token back for as long as they last.
std::optional<GraphError> verdict_on_person(World& world, const Token& token) {
    const Person* person = world.find_person(token.person_id);
    if (person == nullptr) return std::nullopt;
    if (person->checkpoint_subcode == 490) return make_error(Refusal::kBlockingCheckpoint);
    if (person->checkpoint_subcode != 0) return make_error(Refusal::kCheckpoint);
    if (person->is_unconfirmed) return make_error(Refusal::kUnconfirmed);
    if (person->is_inactive) return make_error(Refusal::kInactive);
    return std::nullopt;
}

} // namespace

std::optional<Seconds> life_of(Kind kind, Login login, Lifetime lifetime) {
    if (lifetime == Lifetime::kNever || kind == Kind::kApp) return std::nullopt;
    if (lifetime == Lifetime::kShort) return login == Login::kFacebook ? kShortFacebookLife : kShortInstagramLife;
    // A Page token from a long-lived user token has no date (2.6).
    if (kind == Kind::kPage) return std::nullopt;
    return kLongLife;
}

std::optional<GraphError> verdict(World& world, const Token& token, Instant now) {
    if (token.ending) return make_ending(token, *token.ending);
    // A Page token goes with the session it came from, but not with that token's date (2.6, 2.8).
    const Token* parent = token.parent != 0 ? world.find_token(token.parent) : nullptr;
    if (parent != nullptr && parent->ending) return make_ending(*parent, *parent->ending);
    if (token.expires_at && *token.expires_at <= now) {
        return make_error(Refusal::kExpired, {to_pacific_text(*token.expires_at), to_pacific_text(now)});
    }
    return verdict_on_person(world, token);
}

bool is_data_access_over(const Token& token, Instant now) {
    return token.data_access_expires_at && *token.data_access_expires_at <= now;
}

bool outlives_data_access(std::string_view permission) {
    constexpr std::array<std::string_view, 8> kExempt{
        "business_management", "pages_messaging", "pages_read_engagement", "pages_read_user_content",
        "pages_show_list",     "read_insights",   "public_profile",        "email"};
    return permission.starts_with("ads_") || permission.starts_with("pages_manage_") ||
           std::ranges::find(kExempt, permission) != kExempt.end();
}

std::int64_t seconds_left(const Token& token, Instant now) {
    if (!token.expires_at) return 0;
    return std::max<std::int64_t>(0, to_unix_s(*token.expires_at) - to_unix_s(now));
}

std::vector<std::string> default_scopes(Login login) {
    if (login == Login::kInstagram) return {"instagram_business_basic", "instagram_business_content_publish"};
    return {"instagram_basic", "instagram_content_publish", "pages_read_engagement", "pages_show_list",
            "public_profile"};
}

bool is_permission(Login login, std::string_view name) {
    return login == Login::kFacebook ? std::ranges::find(kFacebookPermissions, name) != kFacebookPermissions.end()
                                     : std::ranges::find(kInstagramPermissions, name) != kInstagramPermissions.end();
}

void end_tokens_of(World& world, const Person& person, std::string_view app_id, Ending ending) {
    for (auto& [id, token] : world.tokens()) {
        if (token.person_id != person.id || token.ending) continue;
        if (!app_id.empty() && token.app_id != app_id) continue;
        token.ending = ending;
    }
}

void revoke_permission(World& world, Person& person, std::string_view app_id, std::string_view permission) {
    auto& grants = person.grants[std::string(app_id)];
    const auto grant = grants.find(permission);
    if (grant != grants.end()) grant->second = false;
    for (auto& [id, token] : world.tokens()) {
        if (token.person_id == person.id && token.app_id == app_id) std::erase(token.scopes, permission);
    }
}

std::string known_to_app_as(World& world, const Person& person, const App& app) {
    if (app.login == Login::kFacebook) return person.id;
    const Account* account = world.first_account_of(person);
    return account == nullptr ? person.id : account->scoped_id;
}

void remove_app(World& world, Person& person, std::string_view app_id) {
    const App* app = world.find_app(app_id);
    const bool was_authorized = person.grants.contains(std::string(app_id));
    if (app != nullptr && was_authorized) {
        world.notices.push_back({Notice::Kind::kDeauthorize, app->id, known_to_app_as(world, person, *app)});
    }
    person.grants.erase(std::string(app_id));
    person.ticked_pages.erase(std::string(app_id));
    end_tokens_of(world, person, app_id, Ending::kAppRemoved);
}

} // namespace everlong::simulator
