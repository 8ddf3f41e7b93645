#include <apps/post_view.hpp>

#include <apps/channel_view.hpp>
#include <apps/terminal.hpp>
#include <base/time.hpp>

#include <algorithm>
#include <iostream>

namespace everlong::apps {
namespace {

Colour colour_of_post(std::string_view state) {
    if (state == "published") return Colour::kGood;
    if (state == "failed") return Colour::kBad;
    if (state == "held" || state == "uncertain") return Colour::kWarn;
    return state == "cancelled" || state == "draft" ? Colour::kDim : Colour::kNone;
}

// On the clocks of the zone that was asked for, where it was a wall clock's time.
std::string time_of(const json::object& post) {
    if (text_at(post, "at").empty()) return "none yet";
    const std::string local = text_at(post, "local_time");
    const std::string wall = local.empty() ? text_at(post, "wall_time") : local;
    if (wall.size() < 16) return shown_instant(text_at(post, "at"));
    return wall.substr(0, 10) + " " + wall.substr(11, 5) + " " + text_at(post, "zone");
}

std::string first_words(std::string text) {
    constexpr std::size_t kShown = 40;
    text = text.substr(0, text.find("\\x0a")); // a line's end, as it is escaped
    if (text.size() <= kShown) return text;
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end; // not within a character
    return text.substr(0, end) + "…";
}

std::string state_of(const json::object& post) {
    const std::string state = text_at(post, "state");
    return painted(state, colour_of_post(state));
}

bool is_unreadable(const json::object& post) {
    return post.contains("unreadable");
}

// Of a damaged post what it was to be may not be known.
std::string kind_of(const json::object& post) {
    const auto* parts = post.if_contains("unreadable");
    const bool is_known = parts == nullptr || !parts->is_array() ||
                          std::ranges::find(parts->get_array(), json::value("content")) == parts->get_array().end();
    return is_known ? text_at(post, "kind") : "?";
}

void add_media(Sheet& sheet, const json::object& post) {
    const auto* media = post.if_contains("media");
    if (media == nullptr || !media->is_array()) return;
    for (const json::value& item : media->get_array()) {
        const json::object& medium = item.as_object();
        std::string shown = text_at(medium, "file") + text_at(medium, "url");
        if (const auto alt = text_at(medium, "alt_text"); !alt.empty()) shown += "  \"" + alt + "\"";
        sheet.add(text_at(medium, "type"), std::move(shown));
    }
}

// A line of the story without its time; lines that say the same are one.
std::string told_in(const json::object& entry) {
    std::string line = text_at(entry, "text");
    const std::string detail = text_at(entry, "detail");
    const auto* problem = object_at(entry, "problem");
    const std::string why = problem ? text_at(*problem, "detail") : std::string();
    if (!detail.empty() && detail != why) line += " (" + detail + ")";
    if (problem == nullptr) return line;
    line += painted(": " + text_at(*problem, "title"), Colour::kBad);
    if (!why.empty()) line += " (" + why + ")";
    return line;
}

void print_timeline(const json::object& post) {
    const auto* timeline = post.if_contains("timeline");
    if (timeline == nullptr || !timeline->is_array() || timeline->get_array().empty()) return;
    std::cout << "\n";
    const json::array& entries = timeline->get_array();
    for (std::size_t i = 0; i < entries.size();) {
        const std::string line = told_in(entries[i].as_object());
        std::size_t end = i + 1;
        while (end < entries.size() && told_in(entries[end].as_object()) == line)
            ++end;
        std::cout << "  " << painted(text_at(entries[i].as_object(), "at"), Colour::kDim) << "  " << line;
        if (end - i > 1) {
            const std::string last = text_at(entries[end - 1].as_object(), "at");
            std::cout << painted("  " + std::to_string(end - i) + " times, the last at " + last, Colour::kDim);
        }
        std::cout << "\n";
        i = end;
    }
}

} // namespace

void print_findings(const json::object& answer) {
    const auto* findings = answer.if_contains("findings");
    if (findings == nullptr || !findings->is_array()) return;
    for (const json::value& item : findings->get_array()) {
        const json::object& finding = item.as_object();
        const bool is_error = text_at(finding, "severity") == "error";
        std::cout << painted(is_error ? "refused  " : "warning  ", is_error ? Colour::kBad : Colour::kWarn);
        const std::string text = text_at(finding, "text");
        std::cout << (text.empty() ? text_at(finding, "rule") : text);
        if (text.empty()) {
            if (const auto measured = text_at(finding, "measured"); !measured.empty()) std::cout << ": " << measured;
            if (const auto wanted = text_at(finding, "wanted"); !wanted.empty()) std::cout << ", wanted: " << wanted;
        }
        if (flag_at(finding, "fixable")) std::cout << painted("  (--fix converts it)", Colour::kDim);
        std::cout << "\n";
        if (const auto what = text_at(finding, "what_to_do"); !what.empty()) std::cout << "         " << what << "\n";
    }
}

void print_fixes(const json::object& answer) {
    const auto* fixes = answer.if_contains("fixes");
    if (fixes == nullptr || !fixes->is_array()) return;
    for (const json::value& item : fixes->get_array()) {
        const json::object& fixed = item.as_object();
        std::cout << painted("fixed    ", Colour::kGood) << text_at(fixed, "text") << "\n";
        if (const auto path = text_at(fixed, "written"); !path.empty()) std::cout << "         " << path << "\n";
    }
}

void print_post(const json::object& post) {
    Sheet sheet;
    sheet.add_if("post", text_at(post, "id"));
    sheet.add("channel", text_at(post, "channel"));
    sheet.add("state", state_of(post));
    sheet.add("kind", kind_of(post));
    sheet.add("time", time_of(post));
    sheet.add_if("caption", first_words(text_at(post, "caption")));
    add_media(sheet, post);
    sheet.add_if("published", shown_instant(text_at(post, "published_at")));
    sheet.add_if("address", text_at(post, "permalink"));
    const std::string state = text_at(post, "state");
    if (state == "scheduled") sheet.add_if("next look", shown_instant(text_at(post, "next_attempt_at")));
    // The last trouble of a live post is one of what follows: nothing has happened to the post itself.
    const std::string title = text_at(post, "title");
    if (state == "published" && !title.empty())
        sheet.add("still open", "the post is live; its address or first comment did not come through yet: " + title);
    else
        sheet.add_if("what happened", title);
    sheet.add_if("why", text_at(post, "what_happened"));
    sheet.add_if("what to do", text_at(post, "what_to_do"));
    if (state == "draft")
        sheet.add("to send it", "everlong post edit " + text_at(post, "id") + " --schedule --at WHEN");
    sheet.print();
    print_findings(post);
    print_timeline(post);
}

void print_posts(const json::object& list) {
    const auto& posts = list.at("posts").as_array();
    if (posts.empty()) {
        std::cout << "No posts. Make one: everlong post create NAME --image FILE --caption TEXT\n";
        return;
    }
    int unreadable = 0;
    Table table({"POST", "CHANNEL", "STATE", "TIME", "KIND", "CAPTION"});
    for (const json::value& item : posts) {
        const json::object& post = item.as_object();
        table.add(
            {text_at(post, "id"), text_at(post, "channel"), state_of(post), time_of(post), kind_of(post),
             is_unreadable(post) ? painted("cannot be read", Colour::kBad) : first_words(text_at(post, "caption"))});
        unreadable += is_unreadable(post) ? 1 : 0;
    }
    table.print();
    if (unreadable > 0) {
        std::cout << painted(std::to_string(unreadable) + " of these cannot be read and will not be sent.",
                             Colour::kBad)
                  << " For each: everlong post show ID\n";
    }
    if (const auto next = text_at(list, "next"); !next.empty()) {
        std::cout << "More: everlong post list --after " << next << "\n";
    }
}

int verdict_on_post(const json::object& post) {
    const std::string state = text_at(post, "state");
    if (is_unreadable(post) && state != "cancelled" && state != "published") return 1;
    return state == "failed" || state == "held" || state == "uncertain" ? 1 : 0;
}

} // namespace everlong::apps
