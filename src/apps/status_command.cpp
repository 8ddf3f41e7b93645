#include <apps/commands.hpp>

#include <apps/channel_view.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <poll.h>

namespace everlong::apps {
namespace {

constexpr int kWatchEveryMs = 2000;

// What needs a person first; posts that do come behind a channel that does.
int urgency(const json::object& channel) {
    const std::string state = text_at(channel, "state");
    constexpr std::string_view kOrder[] = {"dead",  "unconnected", "expiring", "overdue",
                                           "posts", "unverified",  "healthy"};
    const auto rank = [&](std::string_view word) {
        return static_cast<int>(std::ranges::find(kOrder, word) - std::begin(kOrder));
    };
    const int of_state = rank(state);
    return posts_in_need(channel).empty() ? of_state : std::min(of_state, rank("posts"));
}

std::vector<const json::object*> by_urgency(const json::object& answer) {
    std::vector<const json::object*> channels;
    for (const auto& item : answer.at("channels").as_array())
        channels.push_back(&item.as_object());
    std::ranges::sort(channels, {}, [](const json::object* channel) {
        return std::pair(urgency(*channel), text_at(*channel, "name"));
    });
    return channels;
}

void show_status(const json::object& answer) {
    const auto channels = by_urgency(answer);
    if (channels.empty()) {
        std::cout << "No channels yet. Make one: everlong channel import NAME --env-file FILE\n";
        return;
    }
    Table table({"CHANNEL", "STATE", "LIFE LEFT", "WHAT IS GOING ON"});
    std::size_t in_need = 0;
    for (const json::object* channel : channels) {
        const std::string state = text_at(*channel, "state");
        const auto* token = object_at(*channel, "token");
        if (verdict_on_channel(*channel) != 0) ++in_need;
        std::string going_on = text_at(*channel, "reason");
        if (const auto posts = posts_in_need(*channel); !posts.empty())
            going_on += "; " + painted(posts, Colour::kWarn);
        table.add({text_at(*channel, "name"), painted(state, colour_of_state(state)),
                   token ? life_left(*token) : "no token", std::move(going_on)});
    }
    table.print();
    std::cout << "\n";
    if (in_need == 0) {
        std::cout << painted("Nothing needs a person.", Colour::kGood) << "\n";
    } else {
        std::cout << painted(std::to_string(in_need) + " of " + std::to_string(channels.size()) + " need attention.",
                             Colour::kWarn)
                  << " For each: everlong channel show NAME\n";
    }
    for (const json::object* channel : channels) {
        if (!posts_in_need(*channel).empty())
            std::cout << "Posts of " << text_at(*channel, "name") << ": " << command_for_posts(*channel) << "\n";
    }
}

int verdict_on_all(const json::object& answer) {
    int verdict = 0;
    for (const auto& item : answer.at("channels").as_array())
        verdict = std::max(verdict, verdict_on_channel(item.as_object()));
    return verdict;
}

int show_once(Session& session) {
    return session.call("GET", "/v1/channels", {}, show_status, verdict_on_all);
}

} // namespace

void add_status_command(CommandLine line) {
    auto is_watching = std::make_shared<bool>(false);
    CLI::App* command = line.root.add_subcommand("status", "How all channels are, what needs a person first");
    command->footer(
        "Exit code 1 where something needs attention, so that a script or a monitor can ask: a channel, a post that\n"
        "is held or uncertain, or one that failed in the last seven days.\n"
        "  everlong status\n"
        "  everlong status --watch");
    command->add_flag("--watch", *is_watching, "Show it again every two seconds until Ctrl-C");
    add_common_flags(*command, line.flags);
    command->callback([is_watching, &action = line.action] {
        action = [is_watching](Session& session) {
            if (!*is_watching || session.is_json()) return show_once(session);
            for (;;) {
                if (has_colours()) std::cout << "\033[H\033[2J";
                show_once(session);
                poll(nullptr, 0, kWatchEveryMs);
            }
        };
    });
}

} // namespace everlong::apps
