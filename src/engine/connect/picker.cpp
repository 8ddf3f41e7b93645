#include <engine/connect/picker.hpp>

#include <core/consent.hpp>

#include <algorithm>
#include <tuple>

namespace everlong::engine {
namespace {

using core::AccountTrouble;
using core::LoginPath;
using ports::LoginAccount;

bool contains(const std::vector<std::string>& texts, std::string_view text) {
    return std::ranges::find(texts, text) != texts.end();
}

// A permission that was granted for some accounts only, and not for this one.
bool is_left_out(const std::vector<ports::GranularScope>& scopes, const std::string& ig_user_id) {
    return std::ranges::any_of(scopes, [&](const ports::GranularScope& scope) {
        const bool is_about_accounts = scope.name == "instagram_basic" || scope.name == "instagram_content_publish";
        return is_about_accounts && !scope.target_ids.empty() && !contains(scope.target_ids, ig_user_id);
    });
}

// Lists below portfolios tell no tasks.
bool lacks_task(const ports::Page& page) {
    return !page.tasks.empty() && !contains(page.tasks, "CREATE_CONTENT") && !contains(page.tasks, "MANAGE");
}

LoginAccount judge(ports::Page page, const std::vector<ports::GranularScope>& scopes) {
    LoginAccount found;
    if (page.account) {
        found.account = *std::move(page.account);
        if (lacks_task(page)) found.trouble = AccountTrouble::kNoTask;
        if (is_left_out(scopes, found.account.ig_user_id.text())) found.trouble = AccountTrouble::kNotTicked;
    } else {
        found.trouble = AccountTrouble::kNotLinked;
    }
    found.account.page_id = std::move(page.id);
    found.account.page_name = std::move(page.name);
    return found;
}

// Usable ones first, each kind by name: a person looks for a name.
void sort_for_people(std::vector<LoginAccount>& accounts) {
    std::ranges::sort(accounts, {}, [](const LoginAccount& found) {
        const core::Account& account = found.account;
        return std::tuple(found.trouble != AccountTrouble::kNone,
                          account.username.empty() ? account.page_name : account.username, account.page_id);
    });
}

Task<LookAround> look_around_facebook(World& world, const Secret& token) {
    auto inspection = co_await world.graph.inspect(token);
    if (!inspection) co_return fail(inspection.error().in("inspect"));
    if (!inspection->is_valid) {
        co_return fail(inspection->problem.value_or(
            Error(Code::kTokenRejected, Fault::kNeedsConsent, "Meta's inspection calls it invalid")));
    }
    LookAround view;
    view.person_id = inspection->user_id;
    view.granted = inspection->scopes;
    auto pages = co_await world.graph.list_pages(token);
    if (!pages) {
        // Without pages_show_list there is no list; which permission is missing is told by the permissions.
        const Fault fault = pages.error().fault();
        if (fault != Fault::kRefused && fault != Fault::kNeedsConsent)
            co_return fail(pages.error().in("list of Pages"));
        view.are_accounts_complete = false;
        co_return view;
    }
    view.are_accounts_complete = pages->is_complete;
    for (ports::Page& page : pages->pages)
        view.accounts.push_back(judge(std::move(page), inspection->granular_scopes));
    sort_for_people(view.accounts);
    co_return view;
}

Task<LookAround> look_around_instagram(World& world, const Secret& token, std::vector<std::string> told) {
    auto me = co_await world.graph.me(LoginPath::kInstagram, token);
    if (!me) co_return fail(me.error());
    LookAround view;
    view.person_id = me->id;
    view.granted = std::move(told);
    LoginAccount found{std::move(me->account)};
    if (found.account.account_type == "PERSONAL") found.trouble = AccountTrouble::kPersonal;
    view.accounts.push_back(std::move(found));
    co_return view;
}

} // namespace

Task<LookAround> look_around(World& world, LoginPath login, const Secret& token, std::vector<std::string> told) {
    if (login == LoginPath::kFacebook) co_return co_await look_around_facebook(world, token);
    co_return co_await look_around_instagram(world, token, std::move(told));
}

std::string described(const core::Account& account) {
    if (account.ig_user_id.is_empty()) return "the Page '" + account.page_name + "'";
    if (account.username.empty()) return account.ig_user_id.text();
    return "@" + account.username + " (" + account.ig_user_id.text() + ")";
}

std::string described(const std::vector<LoginAccount>& accounts) {
    constexpr std::size_t kNamed = 10;
    std::string text;
    std::size_t count = 0;
    for (const LoginAccount& found : accounts) {
        if (found.account.ig_user_id.is_empty()) continue;
        if (++count <= kNamed) text += (text.empty() ? "" : ", ") + described(found.account);
    }
    if (count > kNamed) text += " and " + std::to_string(count - kNamed) + " more";
    return text;
}

} // namespace everlong::engine
