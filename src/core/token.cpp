#include <core/token.hpp>

#include <core/facts/permissions.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace everlong::core {
namespace {

template <class Enum, std::size_t N>
using Words = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Words<LoginPath, 2> kLogins{{{LoginPath::kFacebook, "facebook"}, {LoginPath::kInstagram, "instagram"}}};
constexpr Words<TokenKind, 6> kKinds{{{TokenKind::kUser, "user"},
                                      {TokenKind::kPage, "page"},
                                      {TokenKind::kSystemUser, "system-user"},
                                      {TokenKind::kApp, "app"},
                                      {TokenKind::kInstagramUser, "instagram-user"},
                                      {TokenKind::kUnknown, "unknown"}}};
constexpr Words<Lifetime, 4> kLifetimes{{{Lifetime::kShort, "short"},
                                         {Lifetime::kLong, "long"},
                                         {Lifetime::kNever, "never"},
                                         {Lifetime::kUnknown, "unknown"}}};

template <class Enum, std::size_t N>
std::string_view word_of(const Words<Enum, N>& words, Enum value) {
    for (const auto& [item, word] : words) {
        if (item == value) return word;
    }
    return "unknown";
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const Words<Enum, N>& words, std::string_view text) {
    for (const auto& [item, word] : words) {
        if (word == text) return item;
    }
    return std::nullopt;
}

} // namespace

std::string_view to_text(LoginPath login) {
    return word_of(kLogins, login);
}
std::string_view to_text(TokenKind kind) {
    return word_of(kKinds, kind);
}
std::string_view to_text(Lifetime lifetime) {
    return word_of(kLifetimes, lifetime);
}
std::optional<LoginPath> parse_login_path(std::string_view text) {
    return value_of(kLogins, text);
}
std::optional<TokenKind> parse_token_kind(std::string_view text) {
    return value_of(kKinds, text);
}
std::optional<Lifetime> parse_lifetime(std::string_view text) {
    return value_of(kLifetimes, text);
}

LoginPath likelier_login(const Secret& token) {
    const std::string_view text = token.reveal();
    const bool is_app_token = !text.empty() && text[0] >= '0' && text[0] <= '9' && text.contains('|');
    return text.starts_with("EAA") || is_app_token ? LoginPath::kFacebook : LoginPath::kInstagram;
}

const std::vector<std::string>& required_scopes(LoginPath login) {
    static const auto required_of = [](LoginPath wanted) {
        std::vector<std::string> names;
        for (const PermissionFacts& permission : permission_facts()) {
            if (permission.login == wanted && permission.is_required) names.emplace_back(permission.name);
        }
        return names;
    };
    static const std::vector<std::string> kFacebook = required_of(LoginPath::kFacebook);
    static const std::vector<std::string> kInstagram = required_of(LoginPath::kInstagram);
    return login == LoginPath::kFacebook ? kFacebook : kInstagram;
}

std::vector<std::string> missing_scopes(LoginPath login, const TokenFacts& facts) {
    std::vector<std::string> missing;
    if (!facts.are_scopes_known) return missing;
    for (const std::string& scope : required_scopes(login)) {
        if (std::ranges::find(facts.scopes, scope) == facts.scopes.end()) missing.push_back(scope);
    }
    return missing;
}

} // namespace everlong::core
