#include <adapters/store_sqlite/detail/login_rows.hpp>

#include <adapters/store_sqlite/detail/rows.hpp>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace everlong::adapters::detail {
namespace {

namespace json = boost::json;
using ports::Login;
using ports::LoginAccount;
using ports::LoginStage;
using ports::LoginVia;

constexpr std::array<std::pair<LoginStage, std::string_view>, 9> kStages{{{LoginStage::kWaiting, "waiting"},
                                                                          {LoginStage::kRedeeming, "redeeming"},
                                                                          {LoginStage::kRedeemed, "redeemed"},
                                                                          {LoginStage::kChoosing, "choosing"},
                                                                          {LoginStage::kAdopting, "adopting"},
                                                                          {LoginStage::kConnected, "connected"},
                                                                          {LoginStage::kRefused, "refused"},
                                                                          {LoginStage::kExpired, "expired"},
                                                                          {LoginStage::kCancelled, "cancelled"}}};

constexpr std::array<std::pair<LoginVia, std::string_view>, 3> kVias{
    {{LoginVia::kBrowser, "browser"}, {LoginVia::kTerminal, "terminal"}, {LoginVia::kPaste, "paste"}}};

template <class Words>
auto value_of(const Words& words, std::string_view text) -> std::optional<decltype(words[0].first)> {
    for (const auto& [value, word] : words) {
        if (word == text) return value;
    }
    return std::nullopt;
}

std::unexpected<Error> unreadable(const std::string& id) {
    return fail(Code::kStoreCorrupt, Fault::kCorrupt, "unreadable login " + id);
}

json::array to_json(const std::vector<std::string>& texts) {
    json::array list;
    for (const std::string& text : texts)
        list.emplace_back(text);
    return list;
}

json::object to_json(const LoginAccount& found) {
    const core::Account& account = found.account;
    return {{"ig_user_id", account.ig_user_id.text()}, {"username", account.username},
            {"account_type", account.account_type},    {"page_id", account.page_id},
            {"page_name", account.page_name},          {"trouble", core::facts_about(found.trouble).id}};
}

// Members that a reader of the document may rely on; anything else ends in an exception, which is kStoreCorrupt.
std::string text_at(const json::object& object, std::string_view name) {
    return std::string(object.at(name).as_string());
}

std::vector<std::string> texts_at(const json::value& list) {
    std::vector<std::string> texts;
    for (const json::value& item : list.as_array())
        texts.emplace_back(item.as_string());
    return texts;
}

LoginAccount read_found(const json::object& object) {
    LoginAccount found;
    found.account.ig_user_id = IgUserId(text_at(object, "ig_user_id"));
    found.account.username = text_at(object, "username");
    found.account.account_type = text_at(object, "account_type");
    found.account.page_id = text_at(object, "page_id");
    found.account.page_name = text_at(object, "page_name");
    found.trouble = core::parse_account_trouble(text_at(object, "trouble")).value();
    return found;
}

void read_details(Login& login, const json::object& details) {
    login.is_reconnect = details.at("is_reconnect").as_bool();
    login.asked = texts_at(details.at("asked"));
    login.wanted_scopes = texts_at(details.at("wanted_scopes"));
    login.wanted_account = text_at(details, "wanted_account");
    if (const json::value& granted = details.at("granted"); !granted.is_null()) login.granted = texts_at(granted);
    login.person_id = text_at(details, "person_id");
    for (const json::value& item : details.at("accounts").as_array())
        login.accounts.push_back(read_found(item.as_object()));
    login.are_accounts_complete = details.at("are_accounts_complete").as_bool();
    login.chosen = text_at(details, "chosen");
    login.actor = text_at(details, "actor");
    if (const std::string problem = text_at(details, "problem"); !problem.empty())
        login.problem = parse_problem(problem).value();
}

} // namespace

std::string_view stage_word(LoginStage stage) {
    return kStages[static_cast<std::size_t>(stage)].second;
}

std::string_view via_word(LoginVia via) {
    return kVias[static_cast<std::size_t>(via)].second;
}

std::string details_to_json(const Login& login) {
    json::array accounts;
    for (const LoginAccount& found : login.accounts)
        accounts.push_back(to_json(found));
    json::object details{{"is_reconnect", login.is_reconnect},
                         {"asked", to_json(login.asked)},
                         {"wanted_scopes", to_json(login.wanted_scopes)},
                         {"wanted_account", login.wanted_account},
                         {"person_id", login.person_id},
                         {"are_accounts_complete", login.are_accounts_complete},
                         {"chosen", login.chosen},
                         {"actor", login.actor},
                         {"problem", problem_to_json(login.problem).value_or("")}};
    details["granted"] = login.granted ? json::value(to_json(*login.granted)) : json::value(nullptr);
    details["accounts"] = std::move(accounts);
    return json::serialize(details);
}

Result<Login> read_login(Row row) {
    Login login;
    login.id = row.text(0);
    login.revision = row.number(1);
    login.channel_name = row.text(3);
    login.state_hash = row.blob(6);
    login.browser_hash = row.blob(7);
    login.redirect_uri = row.text(8);
    login.created_at = row.instant(9);
    login.expires_at = row.instant(10);
    const auto stage = value_of(kStages, row.text(2));
    const auto path = core::parse_login_path(row.text(4));
    const auto via = value_of(kVias, row.text(5));
    if (!stage || !path || !via) return unreadable(login.id);
    login.stage = *stage;
    login.login = *path;
    login.via = *via;
    try {
        json::parse_options options;
        options.allow_invalid_utf8 = true; // a name or an error may hold any bytes
        read_details(login, json::parse(row.text(11), {}, options).as_object());
    } catch (const std::exception&) {
        return unreadable(login.id);
    }
    return login;
}

} // namespace everlong::adapters::detail
