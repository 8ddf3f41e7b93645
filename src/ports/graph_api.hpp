#pragma once
// What the engines ask of Meta's platform, on both logins. Every answer is read into closed types at the edge: ids as
// text, unknown fields ignored, unknown words kept as unknown; HTML, cut or foreign JSON is never a success.
//
// Errors of every method, besides those it names itself:
//   before anything leaves: kTokenMissing, kTokenMalformed, kConfig (kUsage)
//   transport: kUnreachable, kTimeout (kTransient): nothing was sent. kTls (kRefused). kCancelled.
//   Meta's errors by code and subcode (core/graph_errors.hpp), with Error::upstream() filled in.
//   What leaves open whether Meta did its part is kUnknownOutcome for the calls that issue (code, exchange, both refreshes)
//   and kTransient for all others, which may be repeated at any time:
//     kUnknownOutcome (reads: kUpstream): it was sent and no whole answer came
//     kUpstreamSize, kUpstreamShape: the answer was too large, or not what Meta documents (HTML, cut JSON, no token)
//     kUpstream: HTTP 5xx, with an error of Meta's or without
//   A whole error of Meta's with another status is a refusal: nothing was issued. No method repeats a call by itself.

#include <async/task.hpp>
#include <base/secret.hpp>
#include <core/token.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::ports {

// A token that Meta has just issued or extended.
struct Grant {
    Secret token;
    std::optional<Seconds> expires_in;              // absent where Meta did not say (facts 2.7)
    std::optional<std::vector<std::string>> scopes; // Instagram login, sometimes
};

// What a login code was worth (facts, 2.2, 3.2).
struct CodeGrant {
    Grant grant;
    std::string user_id; // Instagram login: app-scoped by the documentation, the account's number in some answers
};

// A permission that was granted for some accounts or Pages only (facts, 4).
struct GranularScope {
    std::string name;
    std::vector<std::string> target_ids; // empty: all of them
};

// A call of Meta's about a person, once its signature was checked (facts, 9).
struct SignedCall {
    std::string user_id; // app-scoped
    Instant issued_at{};
    core::LoginPath login = core::LoginPath::kFacebook; // whose app's secret it was signed with
};

// debug_token's answer (facts, 4).
struct Inspection {
    bool is_valid = false;
    std::string app_id;
    std::string application;
    core::TokenKind kind = core::TokenKind::kUnknown;
    std::string user_id;
    std::string profile_id;           // Page id, for Page tokens
    std::optional<Instant> issued_at; // only told for long-lived tokens
    core::Expiry expires_at = core::Expiry::unknown();
    core::Expiry data_access_expires_at = core::Expiry::unknown();
    std::vector<std::string> scopes;
    std::vector<GranularScope> granular_scopes;
    std::optional<Error> problem; // why it is not valid, where Meta says so
};

// GET /me. On the Instagram login `account` is filled in; on the Facebook login `id` is the person, system user or Page.
struct Me {
    std::string id; // app-scoped; never an account's number
    std::string name;
    core::Account account; // Instagram login only
};

struct Page {
    std::string id;
    std::string name;
    std::vector<std::string> tasks;
    std::optional<core::Account> account; // the linked professional account, if any
    bool is_from_portfolio = false;
};

struct PageList {
    std::vector<Page> pages;
    bool is_complete = true; // false where a portfolio's list was refused or the paging limit was reached
};

struct Permission {
    std::string name;
    enum class Status { kGranted, kDeclined, kExpired, kUnknown } status = Status::kUnknown;
};

// How many posts of the moving window are used up (facts, 7.3). Meta's figures for the total differ, so only what it says
// of this account counts.
struct PublishingLimit {
    int used = 0;
    std::optional<int> total;
    std::optional<Seconds> window;
};

// How much of its limits Meta says is used up (facts, 7.1, 7.2), in percent of what is allowed: at 100 it refuses.
struct Usage {
    int app_percent = 0;               // of the app as a whole; 0 also where Meta does not say, as while little is used
    int account_percent = 0;           // of the account, or Page, that the call was about
    std::optional<Seconds> regains_in; // from told_at on; only while Meta refuses
    std::optional<Instant> told_at;    // Meta's clock
};

class GraphApi {
public:
    virtual ~GraphApi() = default;

    // Are there app id and secret for this login? Without them exchange and inspection fail with kAppMissing.
    virtual bool has_app(core::LoginPath login) const = 0;
    virtual std::string app_id(core::LoginPath login) const = 0;

    // Brings a login code to the app's token endpoint. A code is good once: never called again for the same one, whatever
    // came back. `verifier`: of PKCE, empty where none was announced. Errors: kAppMissing; kConnectAgain (used or too old),
    // kRedirectUri (another address than the dialog's), kAppConfig.
    virtual Task<CodeGrant> redeem_code(core::LoginPath login, const Secret& code, std::string redirect_uri,
                                        const Secret& verifier) = 0;
    // Facebook: fb_exchange_token (a long-lived token in: the time left out, facts 2.7). Instagram: ig_exchange_token.
    // A repeated call issues again: callers store the intent first.
    virtual Task<Grant> exchange(core::LoginPath login, const Secret& token) = 0;
    // Instagram: ig_refresh_token. No app credentials needed.
    virtual Task<Grant> refresh_instagram(const Secret& token) = 0;
    // Facebook system user, 60-day kind: fb_exchange_token with set_token_expires_in_60_days.
    virtual Task<Grant> refresh_system_user(const Secret& token) = 0;

    // Facebook only. A dead token is an answer (is_valid false), not an error. kTokenForeign: another app's token.
    virtual Task<Inspection> inspect(const Secret& token) = 0;
    virtual Task<Me> me(core::LoginPath login, const Secret& token) = 0;
    // Facebook: /me/accounts and, where business_management is granted, the portfolios' pages, with paging.
    virtual Task<PageList> list_pages(const Secret& token) = 0;
    virtual Task<std::vector<Permission>> list_permissions(const Secret& token) = 0;
    // Meta's own calls (deauthorize, data deletion) are signed with the app's secret: checked with each that is configured,
    // in constant time. kSignedRequest (kRefused). Asks nobody.
    virtual Result<SignedCall> read_signed_request(std::string_view text) const = 0;
    // Fields of one Instagram account. kAccountId where this token cannot see that id.
    virtual Task<core::Account> account(core::LoginPath login, const Secret& token, const IgUserId& id) = 0;
    // kPermissionMissing without the permission to publish; kAccountId as above.
    virtual Task<PublishingLimit> publishing_limit(core::LoginPath login, const Secret& token, const IgUserId& id) = 0;

    // Meta's time (whole seconds) as the last answer told it; nothing before the first, or where that one told none. To be
    // compared with the local clock at once after a call that was answered.
    virtual std::optional<Instant> server_time() const = 0;

    // As the last answer told it that told anything, of whatever call of that login, publishing included. A refusal for a
    // limit has its own wait with it (Upstream::wait).
    virtual std::optional<Usage> usage(core::LoginPath login) const = 0;
};

} // namespace everlong::ports
