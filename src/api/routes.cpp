#include <api/detail/routes.hpp>

#include <base/percent.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

using enum OneChannel;

constexpr Route kRoutes[] = {
    {"GET", "/healthz", Scope::kOpen, kByHandler, get_health},
    {"GET", "/readyz", Scope::kOpen, kByHandler, get_readiness},
    {"GET", "/openapi.json", Scope::kOpen, kByHandler, get_openapi},
    {"GET", "/v1/channels", Scope::kChannelsRead, kByHandler, list_channels},
    {"POST", "/v1/channels", Scope::kChannelsWrite, kByHandler, create_channel},
    {"GET", "/v1/channels/{name}", Scope::kChannelsRead, kByPath, get_channel},
    // Not with a key for one channel: it would learn which names are taken.
    {"PATCH", "/v1/channels/{name}", Scope::kChannelsWrite, kNothing, rename_channel},
    {"DELETE", "/v1/channels/{name}", Scope::kChannelsWrite, kByPath, delete_channel},
    {"GET", "/v1/channels/{name}/token", Scope::kTokenRead, kByPath, get_token},
    {"GET", "/v1/channels/{name}/history", Scope::kChannelsRead, kByPath, get_history},
    {"GET", "/v1/channels/{name}/events", Scope::kChannelsRead, kByPath, get_events},
    {"POST", "/v1/channels/{name}/refresh", Scope::kChannelsWrite, kByPath, refresh_token},
    {"POST", "/v1/channels/{name}/rollback", Scope::kChannelsWrite, kByPath, rollback_token},
    {"GET", "/v1/channels/{name}/deliveries", Scope::kChannelsRead, kByPath, list_deliveries},
    // A delivery writes a file of this machine.
    {"POST", "/v1/channels/{name}/deliveries", Scope::kAdmin, kByPath, add_delivery},
    {"DELETE", "/v1/deliveries/{id}", Scope::kAdmin, kNothing, remove_delivery},
    {"POST", "/v1/deliveries/{id}/test", Scope::kAdmin, kNothing, test_delivery},
    {"GET", "/v1/events", Scope::kChannelsRead, kByHandler, stream_events},
    {"POST", "/v1/inspect", Scope::kChannelsRead, kNothing, inspect_token},
    {"POST", "/v1/explain", Scope::kChannelsRead, kByHandler, explain_text},
    {"GET", "/v1/session", Scope::kOpen, kByHandler, get_session},
    {"POST", "/v1/session", Scope::kOpen, kByHandler, sign_in},
    {"DELETE", "/v1/session", Scope::kAdmin, kByHandler, sign_out},
    {"POST", "/v1/setup", Scope::kOpen, kByHandler, set_up},
    {"POST", "/v1/password", Scope::kAdmin, kNothing, change_password},
    {"GET", "/v1/api-keys", Scope::kAdmin, kNothing, list_api_keys},
    {"POST", "/v1/api-keys", Scope::kAdmin, kNothing, create_api_key},
    {"DELETE", "/v1/api-keys/{id}", Scope::kAdmin, kNothing, revoke_api_key},
    // Files of this machine, and whatever mends, are for admin; the handler sees to it.
    {"POST", "/v1/doctor", Scope::kChannelsRead, kByHandler, run_doctor},
    {"GET", "/v1/sandbox", Scope::kAdmin, kNothing, get_sandbox},
    {"POST", "/v1/sandbox/clock", Scope::kAdmin, kNothing, turn_sandbox_clock},
    {"POST", "/v1/sandbox/event", Scope::kAdmin, kNothing, cause_sandbox_event},
    {"POST", "/v1/sandbox/faults", Scope::kAdmin, kNothing, set_sandbox_faults},
    {"GET", "/v1/connect", Scope::kAdmin, kNothing, get_connect},
    {"POST", "/v1/logins", Scope::kChannelsWrite, kByHandler, create_login},
    {"GET", "/v1/logins/{id}", Scope::kChannelsRead, kByHandler, get_login},
    {"DELETE", "/v1/logins/{id}", Scope::kChannelsWrite, kByHandler, cancel_login},
    {"POST", "/v1/logins/{id}/choice", Scope::kChannelsWrite, kByHandler, choose_login_account},
    {"POST", "/v1/logins/{id}/address", Scope::kChannelsWrite, kByHandler, paste_login_address},
    {"GET", "/v1/posts", Scope::kPostsRead, kByHandler, list_posts},
    {"POST", "/v1/posts", Scope::kPostsWrite, kByHandler, create_post},
    {"POST", "/v1/posts/import", Scope::kPostsWrite, kByHandler, import_posts, Body::kText},
    {"GET", "/v1/posts/{id}", Scope::kPostsRead, kByHandler, get_post},
    {"PATCH", "/v1/posts/{id}", Scope::kPostsWrite, kByHandler, edit_post},
    {"DELETE", "/v1/posts/{id}", Scope::kPostsWrite, kByHandler, cancel_post},
    {"POST", "/v1/posts/{id}/retry", Scope::kPostsWrite, kByHandler, retry_post},
    {"POST", "/v1/posts/{id}/settle", Scope::kPostsWrite, kByHandler, settle_post},
    {"OPTIONS", "/v1/files", Scope::kOpen, kByHandler, tell_tus},
    {"POST", "/v1/files", Scope::kPostsWrite, kByHandler, create_file, Body::kFile},
    {"GET", "/v1/files/{id}", Scope::kPostsRead, kByHandler, get_file},
    {"PATCH", "/v1/files/{id}", Scope::kPostsWrite, kByHandler, continue_file, Body::kFile},
    {"POST", "/v1/files/{id}", Scope::kPostsWrite, kByHandler, override_file_method, Body::kFile},
    {"DELETE", "/v1/files/{id}", Scope::kPostsWrite, kByHandler, remove_file},
    {"GET", "/v1/files/{id}/content", Scope::kPostsRead, kByHandler, show_file},
    {"POST", "/v1/files/{id}/fix", Scope::kPostsWrite, kByHandler, fix_file},
    // Meta's fetcher: whoever has the name, which nobody guesses.
    {"GET", "/media/{public_name}", Scope::kOpen, kByHandler, serve_media},
    {"GET", "/oauth/{login}/start", Scope::kAdmin, kNothing, start_oauth},
    // Whoever comes back from Meta: the state, and the cookie of the browser that began, say who it is.
    {"GET", "/oauth/{login}/callback", Scope::kOpen, kByHandler, finish_oauth},
    {"GET", "/oauth/{login}/done/{id}", Scope::kOpen, kByHandler, show_oauth_end},
    {"POST", "/meta/deauthorize", Scope::kOpen, kByHandler, hear_deauthorize, Body::kForm},
    {"POST", "/meta/data-deletion", Scope::kOpen, kByHandler, hear_data_deletion, Body::kForm},
    {"GET", "/meta/data-deletion/{code}", Scope::kOpen, kByHandler, show_data_deletion},
};

// Takes the first segment off a path that begins with '/'.
std::string_view take_segment(std::string_view& path) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

} // namespace

std::span<const Route> routes() {
    return kRoutes;
}

std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path) {
    std::vector<std::string> captured;
    if (!path.starts_with('/')) return std::nullopt;
    while (!pattern.empty() && !path.empty()) {
        const std::string_view wanted = take_segment(pattern);
        const std::string_view given = take_segment(path);
        if (!wanted.starts_with('{')) {
            if (wanted != given) return std::nullopt;
            continue;
        }
        auto decoded = percent_decode(given, false);
        if (!decoded || decoded->empty()) return std::nullopt;
        captured.push_back(std::move(*decoded));
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return captured;
}

} // namespace everlong::api::detail
