#include <core/facts/platform.hpp>

#include <algorithm>
#include <array>

namespace everlong::core {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr Instant day(std::chrono::year_month_day date) {
    return Instant(sys_days(date).time_since_epoch());
}

// Source: facts/graph-api.md, 1.2.
constexpr std::array kVersions{
    GraphVersion{"v26.0", day(2026y / 7 / 29), std::nullopt},
    GraphVersion{"v25.0", day(2026y / 2 / 18), day(2028y / 7 / 29)},
    GraphVersion{"v24.0", day(2025y / 10 / 8), day(2028y / 2 / 18)},
    GraphVersion{"v23.0", day(2025y / 5 / 29), day(2027y / 10 / 8)},
    GraphVersion{"v22.0", day(2025y / 1 / 21), day(2027y / 5 / 20)},
    GraphVersion{"v21.0", day(2024y / 10 / 2), day(2027y / 1 / 21)},
    GraphVersion{"v20.0", day(2024y / 5 / 21), day(2026y / 9 / 24)},
};

constexpr auto kFacebook = LoginPath::kFacebook;
constexpr auto kInstagram = LoginPath::kInstagram;

constexpr std::string_view kContainerFields = "id,status_code,status,video_status";
constexpr std::string_view kMediumFields = "id,caption,media_type,media_product_type,permalink,timestamp,children{id}";

// fb_exchange_token goes as a POST form, which the endpoint takes as well as GET (2.2; clients.md, 6), so that neither
// token nor secret stands in a URL. The Instagram endpoints take GET only (3.3, 3.4).
constexpr std::array kCalls{
    CallFacts{GraphCall::kRedeemCode, kFacebook, "POST", "/oauth/access_token", true, TokenPlace::kForm, "code", "",
              true, false, true, "", "2.2"},
    CallFacts{GraphCall::kRedeemCode, kInstagram, "POST", "/oauth/access_token", false, TokenPlace::kForm, "code",
              "authorization_code", true, false, true, "", "3.2", MetaHost::kInstagramApi},
    CallFacts{GraphCall::kExchange, kFacebook, "POST", "/oauth/access_token", true, TokenPlace::kForm,
              "fb_exchange_token", "fb_exchange_token", true, false, true, "", "2.7"},
    CallFacts{GraphCall::kRefreshSystemUser, kFacebook, "POST", "/oauth/access_token", true, TokenPlace::kForm,
              "fb_exchange_token", "fb_exchange_token", true, false, true, "", "2.10"},
    CallFacts{GraphCall::kExchange, kInstagram, "GET", "/access_token", false, TokenPlace::kQuery, "access_token",
              "ig_exchange_token", true, false, true, "", "3.3"},
    CallFacts{GraphCall::kRefresh, kInstagram, "GET", "/refresh_access_token", false, TokenPlace::kQuery,
              "access_token", "ig_refresh_token", false, false, true, "", "3.4"},
    CallFacts{GraphCall::kInspect, kFacebook, "GET", "/debug_token", true, TokenPlace::kQuery, "input_token", "", false,
              false, false, "", "4"},
    CallFacts{GraphCall::kMe, kFacebook, "GET", "/me", true, TokenPlace::kHeader, "", "", false, true, false, "id,name",
              "2.8"},
    CallFacts{GraphCall::kMe, kInstagram, "GET", "/me", true, TokenPlace::kHeader, "", "", false, false, false,
              "user_id,username,id,name,account_type", "3.5"},
    CallFacts{GraphCall::kListPages, kFacebook, "GET", "/me/accounts", true, TokenPlace::kHeader, "", "", false, true,
              false, "id,name,tasks,instagram_business_account{id,username,name}", "2.8"},
    CallFacts{GraphCall::kListBusinesses, kFacebook, "GET", "/me/businesses", true, TokenPlace::kHeader, "", "", false,
              true, false, "id,name", "2.8"},
    CallFacts{GraphCall::kListOwnedPages, kFacebook, "GET", "/{id}/owned_pages", true, TokenPlace::kHeader, "", "",
              false, true, false, "id,name,instagram_business_account{id,username,name}", "2.8"},
    CallFacts{GraphCall::kListClientPages, kFacebook, "GET", "/{id}/client_pages", true, TokenPlace::kHeader, "", "",
              false, true, false, "id,name,instagram_business_account{id,username,name}", "2.8"},
    CallFacts{GraphCall::kListPermissions, kFacebook, "GET", "/me/permissions", true, TokenPlace::kHeader, "", "",
              false, true, false, "", "2.9"},
    CallFacts{GraphCall::kAccount, kFacebook, "GET", "/{id}", true, TokenPlace::kHeader, "", "", false, true, false,
              "id,username,name,media_count", "2.8"},
    CallFacts{GraphCall::kAccount, kInstagram, "GET", "/{id}", true, TokenPlace::kHeader, "", "", false, false, false,
              "id,user_id,username,name,account_type", "3.5"},
    CallFacts{GraphCall::kPublishingLimit, kFacebook, "GET", "/{id}/content_publishing_limit", true,
              TokenPlace::kHeader, "", "", false, true, false, "config,quota_usage", "7.3"},
    CallFacts{GraphCall::kPublishingLimit, kInstagram, "GET", "/{id}/content_publishing_limit", true,
              TokenPlace::kHeader, "", "", false, false, false, "config,quota_usage", "7.3"},
    CallFacts{GraphCall::kMakeContainer, kFacebook, "POST", "/{id}/media", true, TokenPlace::kHeader, "", "", false,
              true, false, "", "8.1"},
    CallFacts{GraphCall::kMakeContainer, kInstagram, "POST", "/{id}/media", true, TokenPlace::kHeader, "", "", false,
              false, false, "", "8.1"},
    CallFacts{GraphCall::kContainer, kFacebook, "GET", "/{id}", true, TokenPlace::kHeader, "", "", false, true, false,
              kContainerFields, "8.4; 8.6"},
    CallFacts{GraphCall::kContainer, kInstagram, "GET", "/{id}", true, TokenPlace::kHeader, "", "", false, false, false,
              kContainerFields, "8.4; 8.6"},
    CallFacts{GraphCall::kPublish, kFacebook, "POST", "/{id}/media_publish", true, TokenPlace::kHeader, "", "", false,
              true, true, "", "8.5"},
    CallFacts{GraphCall::kPublish, kInstagram, "POST", "/{id}/media_publish", true, TokenPlace::kHeader, "", "", false,
              false, true, "", "8.5"},
    CallFacts{GraphCall::kComment, kFacebook, "POST", "/{id}/comments", true, TokenPlace::kHeader, "", "", false, true,
              true, "", "8.7"},
    CallFacts{GraphCall::kComment, kInstagram, "POST", "/{id}/comments", true, TokenPlace::kHeader, "", "", false,
              false, true, "", "8.7"},
    CallFacts{GraphCall::kListMedia, kFacebook, "GET", "/{id}/media", true, TokenPlace::kHeader, "", "", false, true,
              false, kMediumFields, "8.7"},
    CallFacts{GraphCall::kListMedia, kInstagram, "GET", "/{id}/media", true, TokenPlace::kHeader, "", "", false, false,
              false, kMediumFields, "8.7"},
    CallFacts{GraphCall::kListStories, kFacebook, "GET", "/{id}/stories", true, TokenPlace::kHeader, "", "", false,
              true, false, kMediumFields, "8.5; 8.7"},
    CallFacts{GraphCall::kListStories, kInstagram, "GET", "/{id}/stories", true, TokenPlace::kHeader, "", "", false,
              false, false, kMediumFields, "8.5; 8.7"},
    CallFacts{GraphCall::kMedium, kFacebook, "GET", "/{id}", true, TokenPlace::kHeader, "", "", false, true, false,
              kMediumFields, "8.7"},
    CallFacts{GraphCall::kMedium, kInstagram, "GET", "/{id}", true, TokenPlace::kHeader, "", "", false, false, false,
              kMediumFields, "8.7"},
    // The path is what making the container gave ("use the returned uri, do not build it"); the token goes as `OAuth T`.
    CallFacts{GraphCall::kSendBytes, kFacebook, "POST", "/ig-api-upload", false, TokenPlace::kHeader, "", "", false,
              false, true, "", "8.6; 6", MetaHost::kRupload},
    CallFacts{GraphCall::kSendBytes, kInstagram, "POST", "/ig-api-upload", false, TokenPlace::kHeader, "", "", false,
              false, true, "", "8.6; 6", MetaHost::kRupload},
};

// The Instagram login's redirect addresses have to be https everywhere; Facebook's may be http on localhost while the app is
// in development mode (2.3). Facebook's issuer is that of its OIDC documents.
constexpr DialogFacts kFacebookDialog{kFacebook,
                                      MetaHost::kFacebookWeb,
                                      "/dialog/oauth",
                                      true,
                                      true,
                                      {"https://www.facebook.com", "https://facebook.com"},
                                      false};
constexpr DialogFacts kInstagramDialog{kInstagram,
                                       MetaHost::kInstagramWeb,
                                       "/oauth/authorize",
                                       false,
                                       false,
                                       {"https://www.instagram.com", "https://api.instagram.com"},
                                       true};

} // namespace

const DialogFacts& dialog_facts(LoginPath login) {
    return login == LoginPath::kFacebook ? kFacebookDialog : kInstagramDialog;
}

std::string_view host_name(MetaHost host) {
    switch (host) {
    case MetaHost::kFacebookWeb: return "www.facebook.com";
    case MetaHost::kFacebookGraph: return "graph.facebook.com";
    case MetaHost::kInstagramWeb: return "www.instagram.com";
    case MetaHost::kInstagramApi: return "api.instagram.com";
    case MetaHost::kInstagramGraph: return "graph.instagram.com";
    case MetaHost::kRupload: return "rupload.facebook.com";
    }
    return "graph.facebook.com";
}

MetaHost graph_host(LoginPath login) {
    return login == LoginPath::kFacebook ? MetaHost::kFacebookGraph : MetaHost::kInstagramGraph;
}

std::span<const GraphVersion> graph_versions() {
    return kVersions;
}

const GraphVersion* find_graph_version(std::string_view name) {
    const auto found = std::ranges::find(kVersions, name, &GraphVersion::name);
    return found == kVersions.end() ? nullptr : &*found;
}

bool is_graph_version(std::string_view text) {
    if (!text.starts_with('v')) return false;
    text.remove_prefix(1);
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return false;
    const auto is_number = [](std::string_view part) {
        return !part.empty() && part.size() <= 3 &&
               std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    };
    return is_number(text.substr(0, dot)) && is_number(text.substr(dot + 1));
}

std::string_view to_text(GraphCall call) {
    switch (call) {
    case GraphCall::kRedeemCode: return "code exchange";
    case GraphCall::kExchange: return "exchange";
    case GraphCall::kRefresh: return "refresh";
    case GraphCall::kRefreshSystemUser: return "system-user refresh";
    case GraphCall::kInspect: return "debug_token";
    case GraphCall::kMe: return "me";
    case GraphCall::kListPages: return "me/accounts";
    case GraphCall::kListBusinesses: return "me/businesses";
    case GraphCall::kListOwnedPages: return "owned_pages";
    case GraphCall::kListClientPages: return "client_pages";
    case GraphCall::kListPermissions: return "me/permissions";
    case GraphCall::kAccount: return "account";
    case GraphCall::kPublishingLimit: return "content_publishing_limit";
    case GraphCall::kMakeContainer: return "media";
    case GraphCall::kContainer: return "container";
    case GraphCall::kSendBytes: return "upload";
    case GraphCall::kPublish: return "media_publish";
    case GraphCall::kComment: return "comments";
    case GraphCall::kListMedia: return "list of media";
    case GraphCall::kListStories: return "list of stories";
    case GraphCall::kMedium: return "medium";
    }
    return "call";
}

std::span<const CallFacts> call_facts() {
    return kCalls;
}

const CallFacts* find_call(GraphCall call, LoginPath login) {
    const auto found = std::ranges::find_if(
        kCalls, [&](const CallFacts& facts) { return facts.call == call && facts.login == login; });
    return found == kCalls.end() ? nullptr : &*found;
}

} // namespace everlong::core
