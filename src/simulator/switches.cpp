#include <simulator/switches.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <charconv>
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
        {"publish_quota",
         {"50", "100", "25"},
         "posts an account may publish in a moving day: the references say 50, the guide 100, older copies 25 "
         "(graph-api.md, 7.3)"},
        {"second_publish",
         {"error", "doubles", "same-id"},
         "media_publish of a container that is published already: undocumented; blind retries are reported to have "
         "made "
         "duplicate posts (graph-api.md, 8.5)"},
        {"expired_publish",
         {"2207020", "2207008"},
         "media_publish of an expired container: -2/2207020 or 24/2207008 (graph-api.md, 8.5)"},
        {"lone_video",
         {"refused-at-creation", "refused-at-publish"},
         "media_type=VIDEO without is_carousel_item, withdrawn in 2023: 100/2207089 at once or when it is published "
         "(graph-api.md, 8.1; clients.md, 30)"},
        {"published_status_delay_s",
         {"0", "10"},
         "seconds until a published container says PUBLISHED: a short delay is to be allowed for (graph-api.md, 8.5)"},
        {"list_delay_s",
         {"0", "5", "60"},
         "seconds until a new post shows in /{ig}/media (graph-api.md, 8.5: the list may lag)"},
        {"image_processing_s",
         {"0", "2", "10"},
         "seconds until an image is FINISHED: at once for most, a short wait for some (graph-api.md, 11.19; "
         "clients.md, "
         "29)"},
        {"video_processing_s",
         {"2", "0", "30", "300"},
         "seconds from the last byte of a video to FINISHED: 2 to 30 s in practice, minutes for long ones "
         "(graph-api.md, 8.4)"},
        {"page_token_reads",
         {"work", "fail"},
         "reads of containers and media with Page tokens: on May 23 2026 they gave 100/33 while publishing worked "
         "(graph-api.md, 11.9)"},
        {"reel_size",
         {"300MB", "1GB"},
         "the largest reel: the newest page says 300 MB, older ones 1 GB (graph-api.md, 8.2, 14)"},
        {"video_moov",
         {"first", "anywhere"},
         "the moov box before the media data is demanded by the page; how strictly is unknown (graph-api.md, 8.2)"},
        {"video_edit_lists",
         {"harmless", "none", "any"},
         "the page allows no edit lists; every file of a common encoder holds one that cuts nothing, and such files "
         "are "
         "published daily (graph-api.md, 8.2)"},
        {"progressive_jpeg",
         {"accepted", "refused"},
         "progressive JPEGs: no page forbids them, one report has them refused with 9004/2207052 (graph-api.md, "
         "8.2 is silent)"},
        {"picture_orientation",
         {"as-stored", "as-shown"},
         "the shape of a picture that its EXIF turns by a quarter: judged as its pixels are stored or as it is shown; "
         "no page tells (graph-api.md, 8.2 is silent)"},
        {"trial_reels",
         {"eligible", "not-eligible"},
         "trial_params: the account must be eligible, by rules that are not public (graph-api.md, 8.1)"},
        {"locations",
         {"any-number", "known-pages"},
         "location_id: any well-formed number, or only a Page of this world (graph-api.md, 8.1)"},
        {"spam_guard",
         {"off", "on", "server-error"},
         "media_publish of the same caption for the third time within an hour: 4/2207051 by the reference, or "
         "-1/2207001 as it is reported of posts that look like spam (graph-api.md, 5.4)"},
        {"media_delete",
         {"works", "fatal"},
         "DELETE of a post: -1/2207085 \"Fatal\" is what it answered until mid-2026 (graph-api.md, 5.4)"},
        {"ads_audio",
         {"closed", "open"},
         "/ig_audio with product=ADS: in limited release, 10/9053 for those without access (graph-api.md, 5.4)"},
        {"media_hosts",
         {"loopback", "any"},
         "where image_url, video_url, cover_url and file_url may point: this machine only, or anywhere (then real "
         "addresses are fetched; graph-api.md, 8.1)"},
        {"media_robots",
         {"obeyed", "ignored"},
         "robots.txt of the media's host: obeyed, as seen in the field (graph-api.md, 8.1, 11.17)"},
        {"media_redirects",
         {"refused", "followed"},
         "media addresses that redirect: to be served directly by the page; up to three are followed where this says "
         "so (graph-api.md, 8.1, 11.17)"},
        {"media_timeout_s",
         {"20", "1", "120"},
         "real seconds that a picture may take to arrive (videos: six times that); later is -2/2207003, the true limit "
         "is unknown (graph-api.md, 5.4)"},
        {"instagram_resumable",
         {"refused", "works"},
         "upload_type=resumable on graph.instagram.com: failed with \"video_url is required\"; some guides list it "
         "(graph-api.md, 8.6)"},
        {"upload_failure_status",
         {"400", "200"},
         "HTTP status of a failed upload: 400 mostly, one report of 200 (graph-api.md, 8.6)"},
        {"upload_cut",
         {"off", "half"},
         "the first upload of each container is cut off half-way, to be resumed (graph-api.md, 13)"},
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

std::int64_t Switches::number(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) std::abort(); // as above
    std::int64_t number = 0;
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), number);
    return number;
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

json::object Switches::save() const {
    json::object values;
    for (const Row& row : rows())
        values[row.name] = values_.find(row.name)->second;
    return values;
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
