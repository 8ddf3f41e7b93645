#include <api/detail/caller.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace everlong::api::detail {
namespace {

constexpr std::array<std::string_view, 8> kWords = {"open",       "token:read",  "channels:read", "channels:write",
                                                    "posts:read", "posts:write", "proxy",         "admin"};
static_assert(kWords.size() == static_cast<std::size_t>(Scope::kAdmin) + 1);

} // namespace

std::string_view to_text(Scope scope) {
    return kWords[static_cast<std::size_t>(scope)];
}

std::optional<Scope> find_scope(std::string_view word) {
    const auto found = std::ranges::find(kWords, word);
    if (found == kWords.end() || found == kWords.begin()) return std::nullopt;
    return static_cast<Scope>(found - kWords.begin());
}

std::string scope_words() {
    std::string text;
    for (const std::string_view word : std::span(kWords).subspan(1))
        text += (text.empty() ? "" : ", ") + std::string(word);
    return text;
}

std::string Caller::actor() const {
    switch (kind) {
    case Kind::kLocal: return "cli";
    case Kind::kSession: return "page";
    case Kind::kKey: return "key " + std::to_string(key.number());
    case Kind::kNobody: break;
    }
    return "nobody";
}

} // namespace everlong::api::detail
