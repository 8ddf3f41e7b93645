#include <adapters/graph/graph_client.hpp>

#include <adapters/graph/detail/answers.hpp>
#include <adapters/graph/detail/caller.hpp>
#include <adapters/graph/detail/publish_calls.hpp>
#include <adapters/graph/detail/signed_request.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace everlong::adapters {
namespace {

using core::CallFacts;
using core::GraphCall;
using core::LoginPath;

// A person in more portfolios than this gets an incomplete list and not an endless one.
constexpr std::size_t kPortfolioLimit = 50;

std::vector<http::OutgoingParameter> list_parameters(const std::string& after) {
    std::vector<http::OutgoingParameter> parameters;
    parameters.emplace_back("limit", std::to_string(core::kListPageSize));
    if (!after.empty()) parameters.emplace_back("after", after);
    return parameters;
}

class GraphClient final : public MetaClient {
public:
    GraphClient(http::Client& client, GraphOptions options)
        : upload_pace_(options.upload_pace), caller_(client, std::move(options)), publishing_(caller_, upload_pace_) {}

    bool has_app(LoginPath login) const override { return caller_.find_app(login) != nullptr; }
    std::string app_id(LoginPath login) const override {
        const AppCredentials* app = caller_.find_app(login);
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
    std::optional<Instant> server_time() const override { return caller_.server_time(); }
    std::optional<ports::Usage> usage(LoginPath login) const override { return caller_.usage(login); }

    Task<ports::MadeContainer> make_container(const ports::Publisher& who, ports::ContainerOrder order) override {
        return publishing_.make_container(who, std::move(order));
    }
    Task<void> send_bytes(const ports::Publisher& who, std::string upload_uri, ports::ByteSource& bytes,
                          std::uint64_t offset) override {
        return publishing_.send_bytes(who, std::move(upload_uri), bytes, offset);
    }
    Task<ports::ContainerReport> container(const ports::Publisher& who, std::string container_id) override {
        return publishing_.container(who, std::move(container_id));
    }
    Task<std::string> publish(const ports::Publisher& who, std::string container_id,
                              const ports::PublishIntent&) override {
        return publishing_.publish(who, std::move(container_id));
    }
    Task<std::string> comment(const ports::Publisher& who, std::string media_id, std::string text,
                              const ports::PublishIntent&) override {
        return publishing_.comment(who, std::move(media_id), std::move(text));
    }
    Task<std::vector<ports::PublishedMedium>> recent_media(const ports::Publisher& who, bool are_stories,
                                                           Instant since) override {
        return publishing_.recent_media(who, are_stories, since);
    }
    Task<ports::PublishedMedium> medium(const ports::Publisher& who, std::string media_id) override {
        return publishing_.medium(who, std::move(media_id));
    }

private:
    // What all pages of one list hold together.
    struct Listing {
        std::vector<ports::Page> entries;
        bool is_complete = true;
    };

    Task<ports::Grant> issue(const CallFacts& call, const Secret& token);
    Task<Listing> read_list(const CallFacts& call, const Secret& token, std::string id);
    Task<void> add_portfolio_pages(ports::PageList& list, const Secret& token);

    http::SlowestPace upload_pace_; // read before the options move on
    detail::Caller caller_;
    detail::PublishCalls publishing_;
};

Task<ports::Grant> GraphClient::issue(const CallFacts& call, const Secret& token) {
    auto exchanged = co_await caller_.ask(call, token);
    if (!exchanged) co_return fail(exchanged.error());
    auto grant = detail::read_grant(exchanged->asked, exchanged->answer());
    wipe_string(exchanged->response.body);
    co_return grant;
}

Task<ports::CodeGrant> GraphClient::redeem_code(LoginPath login, const Secret& code, std::string redirect_uri,
                                                const Secret& verifier) {
    const CallFacts& call = *core::find_call(GraphCall::kRedeemCode, login);
    auto request = caller_.build(call, code, {});
    if (!request) co_return fail(request.error());
    request->form.emplace_back("redirect_uri", std::move(redirect_uri));
    if (!verifier.is_empty()) request->form.emplace_back("code_verifier", verifier.clone());
    auto exchanged = co_await caller_.send(call, code, *std::move(request));
    if (!exchanged) co_return fail(exchanged.error());
    auto grant = detail::read_code_grant(exchanged->asked, exchanged->answer());
    wipe_string(exchanged->response.body);
    co_return grant;
}

Result<ports::SignedCall> GraphClient::read_signed_request(std::string_view text) const {
    for (const LoginPath login : {LoginPath::kFacebook, LoginPath::kInstagram}) {
        const AppCredentials* app = caller_.find_app(login);
        if (app == nullptr) continue;
        auto call = detail::read_signed_request(text, app->secret, login);
        if (call) return call;
    }
    return fail(Code::kSignedRequest, Fault::kRefused, "no configured app's secret fits its signature");
}

Task<ports::Inspection> GraphClient::inspect(const Secret& token) {
    auto exchanged = co_await caller_.ask(*core::find_call(GraphCall::kInspect, LoginPath::kFacebook), token);
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_inspection(exchanged->asked, exchanged->answer(), app_id(LoginPath::kFacebook));
}

Task<ports::Me> GraphClient::me(LoginPath login, const Secret& token) {
    auto exchanged = co_await caller_.ask(*core::find_call(GraphCall::kMe, login), token);
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
    auto exchanged = co_await caller_.ask(*core::find_call(GraphCall::kPublishingLimit, login), token, id.text());
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_publishing_limit(exchanged->asked, exchanged->answer());
}

Task<core::Account> GraphClient::account(LoginPath login, const Secret& token, const IgUserId& id) {
    if (const auto checked = check_account_id(id); !checked) co_return fail(checked.error());
    auto exchanged = co_await caller_.ask(*core::find_call(GraphCall::kAccount, login), token, id.text());
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_account(exchanged->asked, exchanged->answer(), id);
}

Task<std::vector<ports::Permission>> GraphClient::list_permissions(const Secret& token) {
    // One page holds them all: there are fewer permissions than entries in a page.
    auto exchanged = co_await caller_.ask(*core::find_call(GraphCall::kListPermissions, LoginPath::kFacebook), token,
                                          {}, list_parameters({}));
    if (!exchanged) co_return fail(exchanged.error());
    co_return detail::read_permissions(exchanged->asked, exchanged->answer());
}

Task<GraphClient::Listing> GraphClient::read_list(const CallFacts& call, const Secret& token, std::string id) {
    Listing listing;
    std::set<std::string> seen_cursors;
    std::string after;
    for (int page = 0; page < core::kListPageLimit; ++page) {
        auto exchanged = co_await caller_.ask(call, token, id, list_parameters(after));
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

std::unique_ptr<MetaClient> make_graph_client(http::Client& client, GraphOptions options) {
    return std::make_unique<GraphClient>(client, std::move(options));
}

} // namespace everlong::adapters
