#pragma once
// Meta's platform as data: hosts, Graph API versions with their ends, and every call we make: where it goes, where the
// token may stand, what comes of it. The only home of these facts. Source: facts/graph-api.md, sections 1 to 4, 6 and 8.

#include <base/time.hpp>
#include <core/token.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace everlong::core {

enum class MetaHost { kFacebookWeb, kFacebookGraph, kInstagramWeb, kInstagramApi, kInstagramGraph, kRupload };

// "graph.facebook.com" for kFacebookGraph.
std::string_view host_name(MetaHost host);
// The host that serves a login's API.
MetaHost graph_host(LoginPath login);

// The version asked for where META_GRAPH_VERSION does not say otherwise (facts, 1.2: the newest that every copy of
// the changelog lists).
constexpr std::string_view kDefaultGraphVersion = "v25.0";

struct GraphVersion {
    std::string_view name; // "v25.0"
    Instant released_at;
    std::optional<Instant> ends_at; // absent where Meta has not said
};

// Newest first. A version that has ended is answered by the oldest one alive, without an error (facts, 1.2).
std::span<const GraphVersion> graph_versions();
// Null for a version that is not in the table.
const GraphVersion* find_graph_version(std::string_view name);
// "v" digits "." digits, at most three digits each: safe in a path.
bool is_graph_version(std::string_view text);

enum class GraphCall {
    kRedeemCode,        // a login code becomes a token
    kExchange,          // a short-lived token becomes a long-lived one
    kRefresh,           // Instagram login
    kRefreshSystemUser, // Facebook login, 60-day kind
    kInspect,           // debug_token
    kMe,
    kListPages,
    kListBusinesses,
    kListOwnedPages,
    kListClientPages,
    kListPermissions,
    kAccount,
    kPublishingLimit,
    kMakeContainer,
    kContainer, // how far one is
    kSendBytes, // of a resumable upload, to the address that making its container gave
    kPublish,
    kComment,
    kListMedia,
    kListStories,
    kMedium,
};

// "me/accounts" and the like: what messages call it.
std::string_view to_text(GraphCall call);

// Where the token of the call stands. In a URL only where Meta's documentation knows no other place.
enum class TokenPlace { kHeader, kForm, kQuery };

struct CallFacts {
    GraphCall call;
    LoginPath login;
    std::string_view method;
    std::string_view path; // without version; "{id}" stands for a node's id
    bool is_versioned;
    TokenPlace token_place;
    std::string_view token_parameter; // name in form or query; empty for the header
    std::string_view grant_type;      // empty where the call takes none
    bool sends_app_secret;            // client_secret goes along (its place is the token's)
    bool takes_proof;                 // appsecret_proof (facts, 6)
    // It has an effect that must not come twice (a token, a post, a comment), or one that has to be looked at before going
    // on (an upload): never repeated without asking first.
    bool is_issuing;
    std::string_view fields;        // of `fields=`; empty: none asked for
    std::string_view source;        // section of facts/graph-api.md
    std::optional<MetaHost> host{}; // where it is not the login's API host
};

std::span<const CallFacts> call_facts();
// Null where a login lacks the call (the Instagram login has neither inspection nor lists, facts 3.6).
const CallFacts* find_call(GraphCall call, LoginPath login);

// The login dialog, which a person opens in a browser (facts, 2.1, 2.12, 3.1).
struct DialogFacts {
    LoginPath login;
    MetaHost host;
    std::string_view path;
    bool is_versioned;
    bool takes_challenge;        // code_challenge (PKCE) may go along
    std::string_view issuers[2]; // what `iss` of a redirect may say (RFC 9207), where it is sent at all
    bool wants_https;            // a redirect address must be https, also on this machine
};

const DialogFacts& dialog_facts(LoginPath login);

// Paging (facts, 10.2): asked for at once, and how many pages of a list are read before it is called incomplete.
constexpr int kListPageSize = 100;
constexpr int kListPageLimit = 20; // 2000 entries: more than any person's Pages, and a bound on a server gone wrong

// A container's fields, where uploads are not known (facts, 8.6: documented for the Facebook login only).
constexpr std::string_view kPlainContainerFields = "id,status_code,status";

// Lists of media are read from the newest on, and only until they are older than what is looked for: seldom more than a page.
constexpr int kMediaPageSize = 25;

// No token's life that Meta documents is longer than 60 days unless it has no end at all (facts, 2.6); what says more
// than this is no lifetime.
constexpr Seconds kLongestLifetime = Days(366);

} // namespace everlong::core
