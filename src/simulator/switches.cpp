#include <simulator/switches.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

struct Row {
    std::string_view name;
    std::vector<std::string_view> values; // the first is the default
    std::string_view about;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> kRows{
        {"refresh_string",
         {"new", "same"},
         "ig_refresh_token: some reports get a new string, others the same one with a longer life (graph-api.md, 3.4)"},
        {"old_token_after_refresh",
         {"lives", "dies"},
         "ig_refresh_token with a new string: nobody says whether the old one ends at once (graph-api.md, 14)"},
        {"refresh_under_24h",
         {"error", "unchanged"},
         "ig_refresh_token of a token younger than a day: the exact answer is unknown (graph-api.md, 3.4)"},
        {"refresh_permissions",
         {"present", "missing"},
         "ig_refresh_token: `permissions` stands in the SDK's description, not in every answer (graph-api.md, 3.4)"},
        {"ig_exchange_long_lived",
         {"error", "time-left"},
         "ig_exchange_token of a token that is long-lived already: undocumented (graph-api.md, 3.3)"},
        {"facebook_reexchange",
         {"time-left", "sixty-days"},
         "fb_exchange_token of a long-lived user token: servers see the time left, mobile SDK pages promise an "
         "extension "
         "(graph-api.md, 2.7)"},
        {"expires_in",
         {"present", "missing"},
         "exchange and refresh: some answers come without expires_in (graph-api.md, 2.7, 11.3)"},
        {"facebook_code_life",
         {"short", "sixty-days"},
         "the token that a login code is exchanged for: short-lived by the documentation, sixty days for some servers "
         "(graph-api.md, 2.2)"},
        {"instagram_code_shape",
         {"flat", "data", "bare"},
         "the answer of api.instagram.com: flat as clients see it, {\"data\":[...]} as documented, or bare as of old "
         "(graph-api.md, 3.2)"},
        {"instagram_code_user_id",
         {"number", "text"},
         "its user_id: a bare number in real life, a text in the documentation (clients.md, 13)"},
        {"redirect_scheme",
         {"any", "https-only"},
         "redirect addresses: http on this machine is let through in development mode only (graph-api.md, 2.3)"},
        {"redirect_tail",
         {"present", "missing"},
         "the #_=_ and #_ behind a redirected address (graph-api.md, 2.1, 3.1)"},
        {"app_mode",
         {"live", "development"},
         "in development mode only the default person has a role on the app and can log in (graph-api.md, 2.5, 11.10)"},
        {"appsecret_proof",
         {"optional", "required"},
         "the app's setting Require App Secret: calls with a token need a proof (graph-api.md, 6)"},
        {"instagram_signing_secret",
         {"instagram-app", "meta-app"},
         "which app's secret signs webhooks and signed_request for the Instagram login: sources disagree, clients try "
         "both (graph-api.md, 9.2, 9.3, 14)"},
        {"callback_hosts",
         {"loopback", "any"},
         "where webhooks and callbacks may go: this machine only, or anywhere by https (graph-api.md, 9.2)"},
        {"throttle_status",
         {"400", "403", "429"},
         "HTTP status of a call beyond its limit: 400 and 403 seen, 429 in some reports (graph-api.md, 7.2, 14)"},
        {"unused_permissions",
         {"stay", "expire"},
         "a permission may turn expired when the person has not been active for 90 days: those that the documentation "
         "exempts stay (graph-api.md, 2.11), or expire with the rest"},
        {"app_token_proof",
         {"ignored", "checked"},
         "appsecret_proof beside an app's own token, as on debug_token: no page tells; libraries send the proof of "
         "another token there and work (graph-api.md, 6, 14)"},
        {"rate_usage",
         {"low", "high"},
         "what X-App-Usage and X-Business-Use-Case-Usage show: what was counted (POST /_sandbox/limits sets the sums), "
         "or 95 "
         "percent at least (graph-api.md, 7)"},
    };
    return kRows;
}

const Row* find_row(std::string_view name) {
    const auto found = std::ranges::find(rows(), name, &Row::name);
    return found == rows().end() ? nullptr : &*found;
}

template <class Texts>
std::string join(const Texts& texts) {
    std::string joined;
    for (const auto& text : texts) {
        if (!joined.empty()) joined += ", ";
        joined += text;
    }
    return joined;
}

std::string known_names() {
    std::vector<std::string_view> names;
    for (const Row& row : rows())
        names.push_back(row.name);
    return join(names);
}

} // namespace

Switches::Switches() {
    for (const Row& row : rows())
        values_[std::string(row.name)] = row.values.front();
}

bool Switches::is(std::string_view name, std::string_view value) const {
    const auto found = values_.find(name);
    if (found == values_.end()) std::abort(); // a name that is not in the table: a slip of the code
    return found->second == value;
}

std::expected<void, std::string> Switches::set(const json::object& wishes) {
    for (const auto& [name, value] : wishes) {
        const Row* row = find_row(name);
        if (row == nullptr) {
            return std::unexpected("there is no switch \"" + std::string(name) + "\"; there are " + known_names());
        }
        const auto* text = value.if_string();
        if (text == nullptr || std::ranges::find(row->values, std::string_view(*text)) == row->values.end()) {
            return std::unexpected("the switch \"" + std::string(name) + "\" takes one of " + join(row->values));
        }
    }
    for (const auto& [name, value] : wishes)
        values_[std::string(name)] = value.get_string().c_str();
    return {};
}

json::object Switches::to_json() const {
    json::array list;
    for (const Row& row : rows()) {
        json::array values;
        for (const std::string_view value : row.values)
            values.emplace_back(value);
        json::object item;
        item["name"] = row.name;
        item["value"] = values_.find(row.name)->second;
        item["default"] = row.values.front();
        item["values"] = std::move(values);
        item["about"] = row.about;
        list.push_back(std::move(item));
    }
    json::object object;
    object["switches"] = std::move(list);
    return object;
}

} // namespace everlong::simulator
