#include <apps/commands.hpp>

#include <apps/channel_view.hpp>
#include <apps/terminal.hpp>
#include <base/percent.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace everlong::apps {
namespace {

struct CreateFlags {
    std::string name;
    std::vector<std::string> scopes;
    std::string channel;
};

// The key alone on standard output, for scripts; what a person should know stands beside it.
void show_created(const json::object& answer) {
    const std::string channel = text_at(answer, "channel");
    std::cerr << "API key " << answer.at("id").as_int64() << " for " << joined(answer, "scopes")
              << (channel.empty() ? ", all channels" : ", channel " + channel)
              << ". It is shown this once. A program sends it with each request:\n"
              << "  Authorization: Bearer KEY\n";
    std::cout << std::string_view(answer.at("key").as_string()) << "\n";
}

std::string state_of(const json::object& key) {
    const std::string revoked_at = text_at(key, "revoked_at");
    if (!revoked_at.empty()) return painted("revoked " + shown_instant(revoked_at), Colour::kDim);
    const std::string used_at = text_at(key, "last_used_at");
    return used_at.empty() ? "not used yet" : "used " + shown_instant(used_at);
}

void show_list(const json::object& answer) {
    const auto& keys = answer.at("api_keys").as_array();
    if (keys.empty()) {
        std::cout << "No API keys yet. Make one: everlong api-key create --name NAME --scope token:read\n";
        return;
    }
    Table table({"ID", "NAME", "SCOPES", "CHANNEL", "MADE", "STATE"});
    for (const auto& item : keys) {
        const auto& key = item.as_object();
        const std::string channel = text_at(key, "channel");
        table.add({std::to_string(key.at("id").as_int64()), text_at(key, "name"), joined(key, "scopes"),
                   channel.empty() ? "all" : channel, shown_instant(text_at(key, "created_at")), state_of(key)});
    }
    table.print();
}

void show_revoked(const json::object& answer) {
    std::cout << painted("Revoked.", Colour::kGood) << " The key '" << text_at(answer, "name")
              << "' opens nothing from now on.\n";
}

void add_create(CLI::App& api_key, const CommandLine& line) {
    auto flags = std::make_shared<CreateFlags>();
    CLI::App* command = api_key.add_subcommand("create", "Make a key; it is printed once, alone on a line");
    command->footer(
        "Scopes: token:read, channels:read, channels:write, posts:read, posts:write, proxy, admin (all of\n"
        "them). Give a program no more than it needs; a leaked key is ended with: everlong api-key revoke.\n"
        "  everlong api-key create --name backend --scope token:read --channel cafe\n"
        "  EVERLONG_KEY=$(everlong api-key create --name backend --scope token:read)");
    command->add_option("--name", flags->name, "Whose key it is; stands in lists and in the audit trail")->required();
    command->add_option("--scope", flags->scopes, "What it may do; one or several")->required()->delimiter(',');
    command->add_option("--channel", flags->channel, "For this channel only: all others are as if they were not there");
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) {
            json::array scopes(flags->scopes.begin(), flags->scopes.end());
            json::object body{{"name", flags->name}, {"scopes", std::move(scopes)}, {"channel", flags->channel}};
            return session.call("POST", "/v1/api-keys", std::move(body), show_created);
        };
    });
}

} // namespace

void add_api_key_commands(CommandLine line) {
    CLI::App* api_key = line.root.add_subcommand("api-key", "Keys with which programs use the HTTP interface");
    api_key->require_subcommand(1);
    add_create(*api_key, line);

    CLI::App* list = api_key->add_subcommand("list", "All keys, revoked ones too; never their text");
    list->footer("  everlong api-key list");
    add_common_flags(*list, line.flags);
    list->callback([&action = line.action] {
        action = [](Session& session) { return session.call("GET", "/v1/api-keys", {}, show_list); };
    });

    auto id = std::make_shared<std::string>();
    CLI::App* revoke = api_key->add_subcommand("revoke", "End a key, at once and for ever");
    revoke->footer("  everlong api-key revoke 3");
    revoke->add_option("ID", *id, "Its number in: everlong api-key list")->required();
    add_common_flags(*revoke, line.flags);
    revoke->callback([id, &action = line.action] {
        action = [id](Session& session) {
            return session.call("DELETE", "/v1/api-keys/" + percent_encode(*id), {}, show_revoked);
        };
    });
}

} // namespace everlong::apps
