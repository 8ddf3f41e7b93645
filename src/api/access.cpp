#include <api/detail/access.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

// The text of `Authorization: Bearer TEXT`, taken out of the request; nothing for another scheme, which is not ours (a
// proxy's password).
std::optional<Secret> take_bearer(http::Request& request) {
    constexpr std::string_view kScheme = "bearer ";
    const std::string_view value = request.headers.find("Authorization").value_or("");
    const bool is_bearer = value.size() >= kScheme.size() &&
                           std::ranges::equal(kScheme, value.substr(0, kScheme.size()), {}, {}, [](char c) {
                               return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
                           });
    if (!is_bearer) return std::nullopt;
    Secret key(value.substr(kScheme.size()));
    request.headers.remove("Authorization");
    return key;
}

} // namespace

Access::Access(const AccessParts& parts)
    : parts_(parts), rules_(parts.public_url), keys_(parts.store, parts.monotonic) {}

Result<void> Access::check_address(const http::Request& request) const {
    if (request.is_local) return {};
    if (auto host = rules_.check_host(request); !host) return host;
    return rules_.check_origin(request);
}

Task<Caller> Access::identify(http::Request& request, Instant now) {
    Caller caller;
    if (request.is_local) {
        caller.kind = Caller::Kind::kLocal;
        caller.scopes.add(Scope::kAdmin);
        co_return caller;
    }
    if (const auto key = take_bearer(request)) {
        auto found = co_await keys_.find(key->reveal(), now);
        if (!found) co_return fail(found.error());
        if (*found) co_return std::move(**found);
        caller.note = "the API key is not known, or was revoked";
    }
    co_return caller;
}

} // namespace everlong::api::detail
