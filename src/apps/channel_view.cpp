#include <apps/channel_view.hpp>

#include <base/time.hpp>

#include <algorithm>

namespace everlong::apps {
namespace {

constexpr Milliseconds kFullLife = Days(60);
constexpr Milliseconds kWarnBelow = Days(21);
constexpr Milliseconds kBadBelow = Days(7);

// What asks a person something comes first.
constexpr const char* kStatesInNeed[] = {"held", "uncertain", "failed"};

std::int64_t posts_in(const boost::json::object& channel, const std::string& state) {
    const auto* number = channel.if_contains("posts_" + state);
    return number != nullptr && number->is_int64() ? number->as_int64() : 0;
}

Colour colour_of_life(Milliseconds left) {
    if (left < kBadBelow) return Colour::kBad;
    return left < kWarnBelow ? Colour::kWarn : Colour::kGood;
}

} // namespace

Colour colour_of_state(std::string_view state) {
    if (state == "healthy") return Colour::kGood;
    if (state == "dead" || state == "overdue") return Colour::kBad;
    return Colour::kWarn;
}

std::string shown_instant(const std::string& rfc3339) {
    if (rfc3339.size() < 16) return rfc3339;
    return rfc3339.substr(0, 10) + " " + rfc3339.substr(11, 5) + " UTC";
}

std::string life_left(const boost::json::object& token) {
    const std::string lifetime = text_at(token, "lifetime");
    if (lifetime == "never") return life_bar(1, "never expires", Colour::kGood);
    const auto* seconds = token.if_contains("seconds_left");
    if (seconds == nullptr || !seconds->is_int64()) return painted("not told by Meta", Colour::kWarn);
    const Milliseconds left = Seconds(seconds->as_int64());
    if (left <= Milliseconds(0))
        return life_bar(0, painted("expired " + humanize(left) + " ago", Colour::kBad), Colour::kBad);
    const double share = static_cast<double>(left.count()) / static_cast<double>(kFullLife.count());
    return life_bar(std::min(share, 1.0), humanize(left), colour_of_life(left));
}

void print_token(Sheet& sheet, const boost::json::object& token) {
    std::string what = text_at(token, "kind");
    if (const auto lifetime = text_at(token, "lifetime"); !lifetime.empty()) what += ", lifetime " + lifetime;
    sheet.add_if("token", what);
    sheet.add_if("fingerprint", text_at(token, "fingerprint"));
    if (token.contains("lifetime")) sheet.add("life left", life_left(token));
    sheet.add_if("expires", shown_instant(text_at(token, "expires_at")));
    sheet.add_if("data access", shown_instant(text_at(token, "data_access_expires_at")));
    sheet.add_if("permissions", joined(token, "scopes"));
    if (const auto missing = joined(token, "missing_scopes"); !missing.empty()) {
        sheet.add("missing", painted(missing, Colour::kBad));
    }
}

void print_deliveries(Sheet& sheet, const boost::json::object& answer) {
    const auto* list = answer.if_contains("deliveries");
    if (list == nullptr || !list->is_array()) return;
    for (const auto& item : list->as_array()) {
        const auto& delivery = item.as_object();
        std::string text = text_at(delivery, "path");
        if (const auto* problem = object_at(delivery, "problem")) {
            text += painted("  not delivered: " + text_at(*problem, "title"), Colour::kBad);
            if (const auto detail = text_at(*problem, "detail"); !detail.empty()) text += " (" + detail + ")";
        } else if (const auto at = text_at(delivery, "delivered_at"); !at.empty()) {
            text += painted("  read back, " + shown_instant(at), Colour::kGood);
        }
        sheet.add("delivered to", text);
    }
}

void print_channel(const boost::json::object& channel) {
    const std::string state = text_at(channel, "state");
    Sheet sheet;
    sheet.add(text_at(channel, "name"), painted(state, colour_of_state(state)) + ": " + text_at(channel, "reason"));
    std::string account = text_at(channel, "ig_user_id");
    if (const auto username = text_at(channel, "username"); !username.empty())
        account = "@" + username + " (" + account + ")";
    sheet.add_if("account", account);
    sheet.add("login", text_at(channel, "login"));
    if (const auto* token = object_at(channel, "token")) print_token(sheet, *token);
    sheet.add_if("last renewal", shown_instant(text_at(channel, "last_refresh_at")));
    sheet.add_if("next renewal", shown_instant(text_at(channel, "next_refresh_at")));
    print_deliveries(sheet, channel);
    if (const auto posts = posts_in_need(channel); !posts.empty())
        sheet.add("posts", painted(posts, Colour::kWarn) + ": " + command_for_posts(channel));
    if (const auto* problem = object_at(channel, "problem")) {
        sheet.add("last problem", text_at(*problem, "title") + " " + text_at(*problem, "detail"));
        sheet.add("what to do", text_at(*problem, "what_to_do"));
    }
    sheet.print();
}

std::string posts_in_need(const boost::json::object& channel) {
    std::string text;
    for (const std::string state : kStatesInNeed) {
        const std::int64_t number = posts_in(channel, state);
        if (number == 0) continue;
        const std::string posts = number == 1 ? " post " : " posts ";
        text += (text.empty() ? "" : ", ") + std::to_string(number) + (text.empty() ? posts : " ") + state;
    }
    return text;
}

std::string command_for_posts(const boost::json::object& channel) {
    std::string states;
    for (const std::string state : kStatesInNeed) {
        if (posts_in(channel, state) > 0) states += (states.empty() ? "" : ",") + state;
    }
    return "everlong post list " + text_at(channel, "name") + " --state " + states;
}

int verdict_on_state(const boost::json::object& channel) {
    const std::string state = text_at(channel, "state");
    return state == "healthy" || state == "unverified" ? 0 : 1;
}

int verdict_on_channel(const boost::json::object& channel) {
    return posts_in_need(channel).empty() ? verdict_on_state(channel) : 1;
}

} // namespace everlong::apps
