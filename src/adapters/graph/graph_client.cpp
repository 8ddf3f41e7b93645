#include <adapters/graph/graph_client.hpp>

#include <adapters/graph/detail/answers.hpp>
#include <adapters/graph/detail/json_edge.hpp>
#include <adapters/graph/detail/signed_request.hpp>
#include <base/digest.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace everlong::adapters {
namespace {

using core::CallFacts;
using core::GraphCall;
using core::LoginPath;
using core::TokenPlace;

// A person in more portfolios than this gets an incomplete list and not an endless one.
constexpr std::size_t kPortfolioLimit = 50;

// An answer together with what is needed to read it.
struct Exchanged {
    detail::Asked asked;
    http::Response response;

    detail::Answer answer() const { return {response.status, response.body}; }
};

class GraphClient final : public ports::GraphApi {
public:
    GraphClient(http::Client& client, GraphOptions options) : client_(client), options_(std::move(options)) {
        while (options_.meta_base.ends_with('/')) {
            options_.meta_base.pop_back();
        }
    }

    bool has_app(LoginPath login) const override { return find_app(login) != nullptr; }
    std::string app_id(LoginPath login) const override {
        const AppCredentials* app = find_app(login);
        return app == nullptr ? std::string() : app->id;
    }

    Task<ports::CodeGrant> redeem_code(LoginPath login, const Secret& code, std::string redirect_uri,
                                       const Secret& verifier) override;
    Result<ports::SignedCall> read_signed_request(std::string_view text) const override;
    Task<ports::Grant> exchange(LoginPath login, const Secret& token) override {
        co_return co_await issue(*core::find_call(GraphCall::kExchange, login), token);
    }
    Task<ports::Grant> refresh_instagram(const Secret& token) override {
        co_return co_await issue(*core::find_call(GraphCall::kRefresh, LoginPath::kInstagram), token);
    }
    Task<ports::Grant> refresh_system_user(const Secret& token) override {
        co_return co_await issue(*core::find_call(GraphCall::kRefreshSystemUser, LoginPath::kFacebook), token);
    }
    Task<ports::Inspection> inspect(const Secret& token) override;
    Task<ports::Me> me(LoginPath login, const Secret& token) override;
    Task<ports::PageList> list_pages(const Secret& token) override;
    Task<std::vector<ports::Permission>> list_permissions(const Secret& token) override;
    Task<core::Account> account(LoginPath login, const Secret& token, const IgUserId& id) override;
    Task<ports::PublishingLimit> publishing_limit(LoginPath login, const Secret& token, const IgUserId& id) override;
    std::optional<Instant> server_time() const override { return server_time_; }

private:
    // What all pages of one list hold together.
    struct Listing {
        std::vector<ports::Page> entries;
        bool is_complete = true;
    };

    const AppCredentials* find_app(LoginPath login) const;
    std::string url_of(const CallFacts& call, std::string_view id) const;
    Result<http::OutgoingRequest> build(const CallFacts& call, const Secret& token, std::string_view id) const;
    Result<void> check(const CallFacts& call, const Secret& token) const;
    Error read_failure(const CallFacts& call, const Error& error) const;
    detail::Asked asked_of(const CallFacts& call, const Secret& token) const;

    // `id` is copied before the first suspension.
    Task<Exchanged> ask(const CallFacts& call, const Secret& token, std::string id = {}, std::string after = {});
    Task<Exchanged> send(const CallFacts& call, const Secret& token, http::OutgoingRequest request);
    Task<ports::Grant> issue(const CallFacts& call, const Secret& token);
    Task<Listing> read_list(const CallFacts& call, const Secret& token, std::string id);
    Task<void> add_portfolio_pages(ports::PageList& list, const Secret& token);

    http::Client& client_;
    GraphOptions options_;
    std::optional<Instant> server_time_;
};

const AppCredentials* GraphClient::find_app(LoginPath login) const {
    const auto& app = login == LoginPath::kFacebook ? options_.facebook_app : options_.instagram_app;
    return app && !app->id.empty() && !app->secret.is_empty() ? &*app : nullptr;
}

std::string GraphClient::url_of(const CallFacts& call, std::string_view id) const {
    const std::string host(core::host_name(call.host.value_or(core::graph_host(call.login))));
    std::string url = options_.meta_base.empty() ? "https://" + host : options_.meta_base + "/" + host;
    if (call.is_versioned) url += "/" + options_.version;
    std::string path(call.path);
    constexpr std::string_view kPlace = "{id}";
    if (const auto place = path.find(kPlace); place != std::string::npos) {
        path.replace(place, kPlace.size(), http::percent_encode(id));
    }
    return url + path;
}

// Whatever can be refused before anything leaves.
Result<void> GraphClient::check(const CallFacts& call, const Secret& token) const {
    const std::string name(core::to_text(call.call));
    if (!core::is_graph_version(options_.version)) {
        return fail(Code::kConfig, Fault::kUsage, "META_GRAPH_VERSION is not a version like v25.0");
    }
    const bool is_code = call.call == GraphCall::kRedeemCode;
    if (token.is_empty()) {
        return fail(is_code ? Code::kLoginCallback : Code::kTokenMissing, Fault::kUsage, name + ": there is none");
    }
    if (!detail::is_token_text(token.reveal())) {
        return fail(is_code ? Code::kLoginCallback : Code::kTokenMalformed, Fault::kUsage,
                    name + (is_code ? ": the code" : ": the token") +
                        " holds blanks or other characters that none has, or is too long");
    }
    if ((call.sends_app_secret || call.call == GraphCall::kInspect) && find_app(call.login) == nullptr) {
        return fail(Code::kAppMissing, Fault::kUsage,
                    name + (call.login == LoginPath::kFacebook
                                ? ": META_APP_ID and META_APP_SECRET are needed"
                                : ": INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET are needed"));
    }
    return {};
}

Result<http::OutgoingRequest> GraphClient::build(const CallFacts& call, const Secret& token,
                                                 std::string_view id) const {
    if (const auto checked = check(call, token); !checked) return fail(checked.error());
    const AppCredentials* app = find_app(call.login);

    http::OutgoingRequest request;
    request.method = call.method;
    request.url = url_of(call, id);
    request.deadline = call.is_issuing ? options_.issuing_deadline : options_.call_deadline;
    request.body_limit_bytes = detail::kAnswerLimitBytes;
    request.is_repeatable = !call.is_issuing;

    auto& parameters = call.token_place == TokenPlace::kForm ? request.form : request.query;
    if (!call.grant_type.empty()) parameters.emplace_back("grant_type", std::string(call.grant_type));
    if (call.sends_app_secret) {
        // Instagram's exchange takes the secret alone (facts, 3.3).
        const bool takes_id = call.login == LoginPath::kFacebook || call.call == GraphCall::kRedeemCode;
        if (takes_id) parameters.emplace_back("client_id", app->id);
        parameters.emplace_back("client_secret", app->secret.clone());
    }
    if (call.call == GraphCall::kRefreshSystemUser) {
        parameters.emplace_back("set_token_expires_in_60_days", std::string("true"));
    }
    if (call.token_place == TokenPlace::kHeader) {
        request.bearer = token.clone();
    } else {
        parameters.emplace_back(std::string(call.token_parameter), token.clone());
    }
    if (call.call == GraphCall::kInspect) {
        // The app itself asks: its token is id and secret with a bar between (facts, 2.6).
        request.bearer = Secret::take(app->id + "|" + std::string(app->secret.reveal()));
    }
    if (!call.fields.empty()) parameters.emplace_back("fields", std::string(call.fields));
    if (call.takes_proof && app != nullptr) {
        parameters.emplace_back("appsecret_proof", Secret::take(appsecret_proof(app->secret, token)));
    }
    return request;
}

detail::Asked GraphClient::asked_of(const CallFacts& call, const Secret& token) const {
    detail::Asked asked;
    asked.context = {call.login, call.call};
    asked.is_issuing = call.is_issuing;
    asked.secrets.push_back(token.reveal());
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        if (const AppCredentials* app = find_app(login)) asked.secrets.push_back(app->secret.reveal());
    }
    // debug_token answers an Instagram token with "temporarily unavailable" for ever (facts, 4). What such tokens begin
    // with is a hint (11.2), and here the only one there is.
    if (call.call == GraphCall::kInspect && token.reveal().starts_with("IG")) {
        asked.context.login = LoginPath::kInstagram;
    }
    return asked;
}

// A transport error as this call's caller has to see it: reading again is always safe, so that an answer which did not
// arrive leaves nothing open unless the call issues.
Error GraphClient::read_failure(const CallFacts& call, const Error& error) const {
    const std::string name(core::to_text(call.call));
    if (call.is_issuing || error.fault() != Fault::kUnknownOutcome) return error.in(name);
    if (error.code() == Code::kUnknownOutcome) {
        return Error(Code::kUpstream, Fault::kTransient, "the answer did not arrive whole").in(name);
    }
    return Error(error.code(), Fault::kTransient, error.detail()).in(name);
}

Task<Exchanged> GraphClient::ask(const CallFacts& call, const Secret& token, std::string id, std::string after) {
    auto request = build(call, token, id);
    if (!request) co_return fail(request.error());
    const bool is_list = call.call == GraphCall::kListPages || call.call == GraphCall::kListBusinesses ||
                         call.call == GraphCall::kListOwnedPages || call.call == GraphCall::kListClientPages ||
                         call.call == GraphCall::kListPermissions;
    if (is_list) request->query.emplace_back("limit", std::to_string(core::kListPageSize));
    if (!after.empty()) request->query.emplace_back("after", std::move(after));
    co_return co_await send(call, token, *std::move(request));
}

Task<Exchanged> GraphClient::send(const CallFacts& call, const Secret& token, http::OutgoingRequest request) {
    auto response = co_await client_.send(std::move(request));
    if (!response) co_return fail(read_failure(call, response.error()));
    const auto date = response->headers.find("Date");
    if (const auto instant = date ? parse_http_date(*date) : std::nullopt) {
        server_time_ = instant;
        if (options_.on_server_date) options_.on_server_date(*instant);
    }
    co_return Exchanged{asked_of(call, token), *std::move(response)};
}

Task<ports::Grant> GraphClient::issue(const CallFacts& call, const Secret& token) {
    auto exchanged = co_await ask(call, token);
    if (!exchanged) co_return fail(exchanged.error());
    auto grant = detail::read_grant(exchanged->asked, exchanged->answer());
    wipe_string(exchanged->response.body);
    co_return grant;
}

Task<ports::CodeGrant> GraphClient::redeem_code(LoginPath login, const Secret& code, std::string redirect_uri,
                                                const Secret& verifier) {
    const CallFacts& call = *core::find_call(GraphCall::kRedeemCode, login);
    auto request = build(call, code, {});
    if (!request) co_return fail(request.error());
    request->form.emplace_back("redirect_uri", std::move(redirect_uri));
    if (!verifier.is_empty()) request->form.emplace_back("code_verifier", verifier.clone());
    auto exchanged = co_await send(call, code, *std::move(request));
    if (!exchanged) co_return fail(exchanged.error());
    auto grant = detail::read_code_grant(exchanged->asked, exchanged->answer());
    wipe_string(exchanged->response.body);
    co_return grant;
}

Result<ports::SignedCall> GraphClient::read_signed_request(std::string_view text) const {
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        const AppCredentials* app = find_app(login);
        if (app == nullptr) continue;
        auto call = detail::read_signed_request(text, app->secret, login);
        if (call) return call;
    }
    return fail(Code::kSignedRequest, Fault::kRefused, "no configured app's secret fits its signature");
}

Task<ports::Inspection> GraphClient::inspect(const Secret& token) {
    auto exchanged = co_await ask(*core::find_call(GraphCall::kInspect, LoginPath::kFacebook), token);
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_inspection(exchanged->asked, exchanged->answer(), app_id(LoginPath::kFacebook));
}

Task<ports::Me> GraphClient::me(LoginPath login, const Secret& token) {
    auto exchanged = co_await ask(*core::find_call(GraphCall::kMe, login), token);
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_me(exchanged->asked, exchanged->answer());
}

// Whatever else stands in an id would change the path that is asked for.
Result<void> check_account_id(const IgUserId& id) {
    const bool is_number = !id.is_empty() && id.text().size() <= 20 &&
                           std::ranges::all_of(id.text(), [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) return {};
    return fail(Code::kAccountId, Fault::kUsage, "an account's id is a number of up to 20 digits");
}

Task<ports::PublishingLimit> GraphClient::publishing_limit(LoginPath login, const Secret& token, const IgUserId& id) {
    if (const auto checked = check_account_id(id); !checked) co_return fail(checked.error());
    auto exchanged = co_await ask(*core::find_call(GraphCall::kPublishingLimit, login), token, id.text());
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_publishing_limit(exchanged->asked, exchanged->answer());
}

Task<core::Account> GraphClient::account(LoginPath login, const Secret& token, const IgUserId& id) {
    if (const auto checked = check_account_id(id); !checked) co_return fail(checked.error());
    auto exchanged = co_await ask(*core::find_call(GraphCall::kAccount, login), token, id.text());
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_account(exchanged->asked, exchanged->answer(), id);
}

Task<std::vector<ports::Permission>> GraphClient::list_permissions(const Secret& token) {
    // One page holds them all: there are fewer permissions than entries in a page.
    auto exchanged = co_await ask(*core::find_call(GraphCall::kListPermissions, LoginPath::kFacebook), token);
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_permissions(exchanged->asked, exchanged->answer());
}

Task<GraphClient::Listing> GraphClient::read_list(const CallFacts& call, const Secret& token, std::string id) {
    Listing listing;
    std::set<std::string> seen_cursors;
    std::string after;
    for (int page = 0; page < core::kListPageLimit; ++page) {
        auto exchanged = co_await ask(call, token, id, after);
        if (!exchanged) co_return fail(exchanged.error());
        auto part = detail::read_list_part(exchanged->asked, exchanged->answer());
        if (!part) co_return fail(part.error());
        std::ranges::move(part->entries, std::back_inserter(listing.entries));
        if (!part->has_next) co_return listing;
        // The next page's address is built here from the cursor: Meta's own holds the token (facts, 10.2).
        after = part->after;
        if (after.empty() || !seen_cursors.insert(after).second) break;
    }
    listing.is_complete = false;
    co_return listing;
}

void add_new(std::vector<ports::Page>& pages, std::vector<ports::Page> found, bool is_from_portfolio) {
    for (ports::Page& page : found) {
        if (std::ranges::find(pages, page.id, &ports::Page::id) != pages.end()) continue;
        page.is_from_portfolio = is_from_portfolio;
        pages.push_back(std::move(page));
    }
}

// These end the whole listing; any other trouble with a portfolio leaves what was found, marked incomplete.
bool ends_listing(const Error& error) {
    return error.fault() == Fault::kCancelled || core::is_dead_token(error);
}

Task<ports::PageList> GraphClient::list_pages(const Secret& token) {
    auto own = co_await read_list(*core::find_call(GraphCall::kListPages, LoginPath::kFacebook), token, {});
    if (!own) co_return fail(own.error());
    ports::PageList list;
    list.is_complete = own->is_complete;
    add_new(list.pages, std::move(own->entries), false);
    if (auto added = co_await add_portfolio_pages(list, token); !added) co_return fail(added.error());
    co_return list;
}

Task<void> GraphClient::add_portfolio_pages(ports::PageList& list, const Secret& token) {
    auto portfolios = co_await read_list(*core::find_call(GraphCall::kListBusinesses, LoginPath::kFacebook), token, {});
    if (!portfolios) {
        if (ends_listing(portfolios.error())) co_return fail(portfolios.error());
        list.is_complete = false;
        co_return Result<void>{};
    }
    if (!portfolios->is_complete) list.is_complete = false;
    if (portfolios->entries.size() > kPortfolioLimit) {
        portfolios->entries.resize(kPortfolioLimit);
        list.is_complete = false;
    }
    for (const ports::Page& portfolio : portfolios->entries) {
        for (const GraphCall edge : {GraphCall::kListOwnedPages, GraphCall::kListClientPages}) {
            auto pages = co_await read_list(*core::find_call(edge, LoginPath::kFacebook), token, portfolio.id);
            if (!pages) {
                if (ends_listing(pages.error())) co_return fail(pages.error());
                list.is_complete = false;
                continue;
            }
            if (!pages->is_complete) list.is_complete = false;
            add_new(list.pages, std::move(pages->entries), true);
        }
    }
    co_return Result<void>{};
}

} // namespace

std::unique_ptr<ports::GraphApi> make_graph_client(http::Client& client, GraphOptions options) {
    return std::make_unique<GraphClient>(client, std::move(options));
}

} // namespace everlong::adapters
