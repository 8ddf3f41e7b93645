#include <apps/commands.hpp>

#include <apps/channel_view.hpp>
#include <base/percent.hpp>
#include <http/message.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace everlong::apps {
namespace {

struct AddFlags {
    std::string name;
    std::string env_file;
    std::string token_key;
    std::string id_key;
    bool is_in_place = false;
};

std::string delivery_target(const std::string& id, std::string_view rest = {}) {
    return "/v1/deliveries/" + percent_encode(id) + std::string(rest);
}

std::string number_at(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? std::to_string(value->as_int64()) : std::string();
}

std::string state_of(const json::object& delivery) {
    if (const auto* problem = object_at(delivery, "problem")) {
        return painted("not delivered: " + text_at(*problem, "title"), Colour::kBad);
    }
    const std::string at = text_at(delivery, "delivered_at");
    return at.empty() ? "not yet" : painted("read back, " + shown_instant(at), Colour::kGood);
}

std::string_view found_in_words(std::string_view found) {
    if (found == "current") return "the current token";
    if (found == "earlier") return "an earlier token of this channel";
    if (found == "another") return "a token that did not come from here; it was left there";
    if (found == "none") return "no token";
    return "nothing that could be read";
}

void show_list(const json::object& answer) {
    const auto& deliveries = answer.at("deliveries").as_array();
    if (deliveries.empty()) {
        std::cout << "No deliveries yet. Make one: everlong delivery add NAME --env-file FILE\n";
        return;
    }
    Table table({"ID", "FILE", "KEYS", "STATE"});
    for (const auto& item : deliveries) {
        const auto& delivery = item.as_object();
        table.add({number_at(delivery, "id"), text_at(delivery, "path"),
                   text_at(delivery, "token_key") + ", " + text_at(delivery, "id_key"), state_of(delivery)});
    }
    table.print();
}

void show_one(const json::object& delivery) {
    Sheet sheet;
    sheet.add("delivery", number_at(delivery, "id"));
    sheet.add("file", text_at(delivery, "path"));
    if (delivery.contains("found")) sheet.add("it held", std::string(found_in_words(text_at(delivery, "found"))));
    sheet.add("state", state_of(delivery));
    if (const auto* problem = object_at(delivery, "problem")) {
        sheet.add_if("why", text_at(*problem, "detail"));
        sheet.add("what to do", text_at(*problem, "what_to_do"));
    }
    sheet.print();
}

// An unconnected channel has nothing to deliver yet, which is no fault of the delivery.
int verdict_on_delivery(const json::object& delivery) {
    return object_at(delivery, "problem") == nullptr ? 0 : 1;
}

void add_add(CLI::App& delivery, const CommandLine& line) {
    auto flags = std::make_shared<AddFlags>();
    CLI::App* command = delivery.add_subcommand("add", "Bring a channel's token to a .env file from now on");
    command->footer(
        "The current token is written at once and read back; each new one follows. Other lines stay as they are.\n"
        "  everlong delivery add cafe --env-file /srv/app/.env\n"
        "  everlong delivery add cafe --env-file .env --token-key IG_TOKEN --id-key IG_USER");
    command->add_option("NAME", flags->name, "The channel")->required();
    command->add_option("--env-file", flags->env_file, "The .env file; it is made where it is missing")->required();
    command->add_option("--token-key", flags->token_key, "The key of the token in it (INSTAGRAM_ACCESS_TOKEN)");
    command->add_option("--id-key", flags->id_key, "The key of the account's number in it (INSTAGRAM_USER_ID)");
    command->add_flag("--in-place", flags->is_in_place,
                      "Rewrite the file itself: for a .env that is bind-mounted as a single file");
    add_common_flags(*command, line.flags);
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) {
            json::object body{{"path", std::filesystem::absolute(flags->env_file).lexically_normal().string()},
                              {"token_key", flags->token_key},
                              {"id_key", flags->id_key},
                              {"in_place", flags->is_in_place}};
            return session.call("POST", channel_target(flags->name, "/deliveries"), std::move(body), show_one,
                                verdict_on_delivery);
        };
    });
}

} // namespace

void add_delivery_commands(CommandLine line) {
    CLI::App* delivery = line.root.add_subcommand("delivery", "Where the token of a channel is brought to");
    delivery->require_subcommand(1);
    add_add(*delivery, line);

    auto name = std::make_shared<std::string>();
    CLI::App* list = delivery->add_subcommand("list", "The deliveries of a channel, with their numbers");
    list->footer("  everlong delivery list cafe");
    list->add_option("NAME", *name, "The channel")->required();
    add_common_flags(*list, line.flags);
    list->callback([name, &action = line.action] {
        action = [name](Session& session) {
            return session.call("GET", channel_target(*name, "/deliveries"), {}, show_list);
        };
    });

    auto id = std::make_shared<std::string>();
    CLI::App* remove = delivery->add_subcommand("remove", "End a delivery; the file keeps the last token");
    remove->footer("  everlong delivery remove 7");
    remove->add_option("ID", *id, "The number that `everlong delivery list` shows")->required();
    add_common_flags(*remove, line.flags);
    remove->callback([id, &action = line.action] {
        action = [id](Session& session) {
            return session.call("DELETE", delivery_target(*id), {}, [](const json::object& answer) {
                std::cout << "Ended. " << text_at(answer, "path")
                          << " keeps the last token; new ones no longer come there.\n";
            });
        };
    });

    CLI::App* test = delivery->add_subcommand("test", "Deliver now and read back what the file holds");
    test->footer(
        "A token that did not come from here is left where it is. Exit code 1 where the file does not hold the\n"
        "current token afterwards.\n"
        "  everlong delivery test 7");
    test->add_option("ID", *id, "The number that `everlong delivery list` shows")->required();
    add_common_flags(*test, line.flags);
    test->callback([id, &action = line.action] {
        action = [id](Session& session) {
            return session.call("POST", delivery_target(*id, "/test"), {}, show_one, verdict_on_delivery);
        };
    });
}

} // namespace everlong::apps
