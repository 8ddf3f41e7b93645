#include <apps/commands.hpp>

#include <apps/channel_view.hpp>
#include <core/facts/doctor_texts.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace everlong::apps {
namespace {

struct ImportFlags {
    std::string name;
    std::string env_file;
    bool has_token_stdin = false;
    std::string account;
    std::string token_key;
    std::string id_key;
    bool is_in_place = false;
};

std::string_view how_in_words(std::string_view how) {
    if (how == "exchanged") return "exchanged for a long-lived one";
    if (how == "refreshed") return "renewed just now";
    if (how == "expiry-unknown") return "works; Meta does not tell its expiry yet, asked again in a day";
    if (how == "already-known") return "already in Everlong's care";
    return "taken as it is";
}

void show_import(const json::object& answer) {
    const auto* details = object_at(answer, "import");
    std::cout << painted("Connected.", Colour::kGood) << "\n";
    if (details != nullptr) {
        Sheet sheet;
        std::string repairs;
        if (const auto* list = details->if_contains("repairs"); list != nullptr && list->is_array()) {
            for (const auto& item : list->as_array()) {
                repairs += (repairs.empty() ? "" : ", ") + std::string(core::damage_in_words(item.as_string()));
            }
        }
        sheet.add_if("was wrong, mended", repairs);
        sheet.add("the token", std::string(how_in_words(text_at(*details, "how"))));
        sheet.add_if("note", joined(*details, "warnings"));
        print_deliveries(sheet, *details);
        sheet.print();
        std::cout << "\n";
    }
    print_channel(answer);
    std::cout << "\nNext: everlong run " << text_at(answer, "name")
              << " -- COMMAND   runs your application and restarts it when the token changes\n"
              << "      everlong serve   keeps every channel alive, unattended\n";
}

// An import that kept the token but could not write the file has done half of its work.
int verdict_on_import(const json::object& answer) {
    const auto* details = object_at(answer, "import");
    const auto* list = details ? details->if_contains("deliveries") : nullptr;
    if (list != nullptr && list->is_array()) {
        for (const auto& item : list->as_array()) {
            if (!flag_at(item.as_object(), "delivered")) return 1;
        }
    }
    return verdict_on_state(answer);
}

int import_channel(Session& session, const ImportFlags& flags) {
    json::object body{{"name", flags.name},
                      {"account", flags.account},
                      {"token_key", flags.token_key},
                      {"id_key", flags.id_key},
                      {"in_place", flags.is_in_place}};
    if (flags.has_token_stdin == !flags.env_file.empty()) {
        return session.tell(Error(Code::kUsage, Fault::kUsage, "give either --env-file FILE or --token-stdin"));
    }
    if (flags.has_token_stdin) {
        auto token = read_standard_input();
        if (!token) return session.tell(token.error());
        body["token"] = token->reveal();
    } else {
        body["env_file"] = std::filesystem::absolute(flags.env_file).string();
    }
    return session.call("POST", "/v1/channels", std::move(body), show_import, verdict_on_import);
}

void show_list(const json::object& answer) {
    const auto& channels = answer.at("channels").as_array();
    if (channels.empty()) {
        std::cout << "No channels yet. Make one: everlong channel import NAME --env-file FILE\n";
        return;
    }
    Table table({"CHANNEL", "STATE", "ACCOUNT", "LOGIN", "LIFE LEFT", "NEXT RENEWAL"});
    for (const auto& item : channels) {
        const auto& channel = item.as_object();
        const std::string state = text_at(channel, "state");
        const auto* token = object_at(channel, "token");
        const std::string username = text_at(channel, "username");
        table.add({text_at(channel, "name"), painted(state, colour_of_state(state)),
                   username.empty() ? text_at(channel, "ig_user_id") : "@" + username, text_at(channel, "login"),
                   token ? life_left(*token) : "no token", shown_instant(text_at(channel, "next_refresh_at"))});
    }
    table.print();
}

void add_import(CLI::App& channel, const CommandLine& line) {
    auto flags = std::make_shared<ImportFlags>();
    CLI::App* command = channel.add_subcommand("import", "Adopt the token of an existing .env and keep it alive");
    command->footer(
        "Login and kind of the token are found out by asking Meta. The token is cleaned, exchanged if it is\n"
        "short-lived, verified, sealed in the data directory and written back; the .env stays a delivery.\n"
        "  everlong channel import cafe --env-file backend/.env\n"
        "  everlong channel import cafe --token-stdin < token.txt");
    command->add_option("NAME", flags->name, "The channel's name: 1 to 64 of a-z, 0-9, '-'")->required();
    command->add_option("--env-file", flags->env_file, "The .env with INSTAGRAM_ACCESS_TOKEN and INSTAGRAM_USER_ID");
    command->add_flag("--token-stdin", flags->has_token_stdin, "Read the token from standard input");
    command->add_option("--account", flags->account,
                        "Which account, by username or number, where several are reachable");
    command->add_option("--token-key", flags->token_key, "The key of the token in the .env (INSTAGRAM_ACCESS_TOKEN)");
    command->add_option("--id-key", flags->id_key, "The key of the account's number in the .env (INSTAGRAM_USER_ID)");
    command->add_flag("--in-place", flags->is_in_place,
                      "Rewrite the file itself: for a .env that is bind-mounted as a single file");
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) { return import_channel(session, *flags); };
    });
}

} // namespace

void add_channel_commands(CommandLine line) {
    CLI::App* channel = line.root.add_subcommand("channel", "Connect Instagram accounts and see how they are");
    channel->require_subcommand(1);
    add_connect_command(*channel, line);
    add_import(*channel, line);

    CLI::App* list = channel->add_subcommand("list", "All channels, with their state and life left");
    list->footer("  everlong channel list\n"
                 "  everlong channel list --json");
    add_common_flags(*list, line.flags);
    list->callback([&action = line.action] {
        action = [](Session& session) { return session.call("GET", "/v1/channels", {}, show_list); };
    });

    auto name = std::make_shared<std::string>();
    CLI::App* show = channel->add_subcommand("show", "Everything about one channel");
    show->footer("The token itself is never shown, only its fingerprint. Exit code 1 where something needs attention.\n"
                 "  everlong channel show cafe");
    show->add_option("NAME", *name, "The channel")->required();
    add_common_flags(*show, line.flags);
    show->callback([name, &action = line.action] {
        action = [name](Session& session) {
            return session.call("GET", channel_target(*name), {}, print_channel, verdict_on_channel);
        };
    });

    auto new_name = std::make_shared<std::string>();
    CLI::App* rename = channel->add_subcommand("rename", "Give a channel another name");
    rename->footer("Its token, deliveries and API keys go along. `everlong run` is to be started with the new name.\n"
                   "  everlong channel rename cafe cafe-berlin");
    rename->add_option("NAME", *name, "The channel")->required();
    rename->add_option("NEW", *new_name, "Its new name: 1 to 64 of a-z, 0-9, '-'")->required();
    add_common_flags(*rename, line.flags);
    rename->callback([name, new_name, &action = line.action] {
        action = [name, new_name](Session& session) {
            return session.call(
                "PATCH", channel_target(*name), {{"name", *new_name}}, [name](const json::object& answer) {
                    std::cout << "Renamed " << escaped(*name) << " to " << text_at(answer, "name") << ".\n";
                });
        };
    });

    CLI::App* remove = channel->add_subcommand("remove", "Forget a channel and its tokens; files stay as they are");
    remove->footer("The application keeps the token in its .env, which from now on nobody renews.\n"
                   "  everlong channel remove cafe");
    remove->add_option("NAME", *name, "The channel")->required();
    add_common_flags(*remove, line.flags);
    remove->callback([name, &action = line.action] {
        action = [name](Session& session) {
            return session.call("DELETE", channel_target(*name), {}, [](const json::object& answer) {
                std::cout << "Removed " << text_at(answer, "name")
                          << ". Its .env files keep the last token; nobody renews it now.\n";
            });
        };
    });
}

} // namespace everlong::apps
