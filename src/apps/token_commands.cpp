#include <apps/commands.hpp>

#include <apps/channel_view.hpp>

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace everlong::apps {
namespace {

struct InspectFlags {
    std::string name;
    std::string env_file;
    bool has_token_stdin = false;
};

void show_inspection(const json::object& answer) {
    Sheet sheet;
    sheet.add("verdict",
              flag_at(answer, "valid") ? painted("valid", Colour::kGood) : painted("not valid", Colour::kBad));
    if (const auto* problem = object_at(answer, "problem")) {
        sheet.add("what happened", text_at(*problem, "title"));
        sheet.add_if("why", text_at(*problem, "detail"));
        if (const auto* graph = object_at(*problem, "graph")) sheet.add_if("Meta said", text_at(*graph, "message"));
        sheet.add("what to do", text_at(*problem, "what_to_do"));
    }
    sheet.add_if("login", text_at(answer, "login"));
    sheet.add_if("app", text_at(answer, "app_id"));
    sheet.add_if("user id", text_at(answer, "user_id"));
    if (const auto* token = object_at(answer, "token")) print_token(sheet, *token);
    if (const auto* accounts = answer.if_contains("accounts"); accounts != nullptr && accounts->is_array()) {
        for (const auto& item : accounts->as_array()) {
            const auto& account = item.as_object();
            std::string text = "@" + text_at(account, "username") + " (" + text_at(account, "ig_user_id") + ")";
            if (const auto page = text_at(account, "page_name"); !page.empty()) text += " by the Page " + page;
            sheet.add("account", text);
        }
    }
    sheet.add_if("pasted with", joined(answer, "repairs"));
    sheet.add_if("note", joined(answer, "warnings"));
    sheet.print();
}

int inspect(Session& session, const InspectFlags& flags) {
    const int sources =
        (flags.name.empty() ? 0 : 1) + (flags.env_file.empty() ? 0 : 1) + (flags.has_token_stdin ? 1 : 0);
    if (sources != 1) {
        return session.tell(
            Error(Code::kUsage, Fault::kUsage, "name a channel, or give --env-file FILE or --token-stdin"));
    }
    json::object body;
    if (!flags.name.empty()) body["channel"] = flags.name;
    if (!flags.env_file.empty()) body["env_file"] = std::filesystem::absolute(flags.env_file).string();
    if (flags.has_token_stdin) {
        auto token = read_standard_input();
        if (!token) return session.tell(token.error());
        body["token"] = token->reveal();
    }
    return session.call("POST", "/v1/inspect", std::move(body), show_inspection,
                        [](const json::object& answer) { return flag_at(answer, "valid") ? 0 : 1; });
}

void show_refresh(const json::object& answer) {
    if (flag_at(answer, "refreshed")) {
        std::cout << painted("Renewed.", Colour::kGood) << "\n";
    } else if (const auto* note = object_at(answer, "note")) {
        const std::string detail = text_at(*note, "detail");
        std::cout << text_at(*note, "title") << (detail.empty() ? "" : ": " + detail) << " (" << text_at(*note, "code")
                  << ").\n"
                  << text_at(*note, "what_to_do") << "\n";
    }
    print_channel(answer);
}

// Not due and never-expiring are well; a life that Meta does not make longer is not.
int verdict_on_refresh(const json::object& answer) {
    const auto* note = object_at(answer, "note");
    return note != nullptr && text_at(*note, "code") == code_name(Code::kNotExtended) ? 1 : 0;
}

void show_history(const json::object& answer) {
    Table table({"VERSION", "STATE", "FINGERPRINT", "FROM", "SINCE", "EXPIRES"});
    for (const auto& item : answer.at("versions").as_array()) {
        const auto& version = item.as_object();
        const std::string state = text_at(version, "state");
        const std::string expires = text_at(version, "expires_at");
        table.add({std::to_string(version.at("version").as_int64()),
                   painted(state, state == "current" ? Colour::kGood : Colour::kDim), text_at(version, "fingerprint"),
                   text_at(version, "source"), shown_instant(text_at(version, "created_at")),
                   expires.empty() ? (text_at(version, "lifetime") == "never" ? "never" : "not told")
                                   : shown_instant(expires)});
    }
    table.print();
}

// The token alone on a line: the one command whose output is the secret itself, for scripts.
void show_secret(const json::object& answer) {
    std::cout << std::string_view(answer.at("access_token").as_string()) << "\n";
}

void add_inspect(CLI::App& token, const CommandLine& line) {
    auto flags = std::make_shared<InspectFlags>();
    CLI::App* command = token.add_subcommand("inspect", "What Meta says about a token, and what it means");
    command->footer("Changes nothing. Exit code 1 where the token is not valid.\n"
                    "  everlong token inspect cafe\n"
                    "  everlong token inspect --env-file backend/.env");
    command->add_option("NAME", flags->name, "The channel whose token is inspected");
    command->add_option("--env-file", flags->env_file, "Inspect the token in this .env");
    command->add_flag("--token-stdin", flags->has_token_stdin, "Inspect the token on standard input");
    add_common_flags(*command, line.flags);
    command->callback(
        [flags, &action = line.action] { action = [flags](Session& session) { return inspect(session, *flags); }; });
}

void add_refresh(CLI::App& token, const CommandLine& line) {
    auto name = std::make_shared<std::string>();
    auto is_now = std::make_shared<bool>(false);
    CLI::App* command = token.add_subcommand("refresh", "Renew a channel's token when it is due");
    command->footer(
        "The service does this by itself, from the seventh day on. On the Facebook login Meta may give only\n"
        "the time left: then the better token is kept, a person is asked in time, and the exit code is 1.\n"
        "  everlong token refresh cafe\n"
        "  everlong token refresh cafe --now");
    command->add_option("NAME", *name, "The channel")->required();
    command->add_flag("--now", *is_now, "At once, as far as Meta allows (at most once in 24 hours)");
    add_common_flags(*command, line.flags);
    command->callback([name, is_now, &action = line.action] {
        action = [name, is_now](Session& session) {
            return session.call("POST", channel_target(*name, "/refresh"), {{"now", *is_now}}, show_refresh,
                                verdict_on_refresh);
        };
    });
}

void add_rollback(CLI::App& token, const CommandLine& line) {
    auto name = std::make_shared<std::string>();
    auto version = std::make_shared<int>(0);
    CLI::App* command = token.add_subcommand("rollback", "Go back to an earlier token that Meta still takes");
    command->footer("It is verified first, and delivered like a new one.\n"
                    "  everlong token rollback cafe\n"
                    "  everlong token rollback cafe --to 3");
    command->add_option("NAME", *name, "The channel")->required();
    command->add_option("--to", *version, "The version to go back to (default: the one before)")
        ->check(CLI::PositiveNumber);
    add_common_flags(*command, line.flags);
    command->callback([name, version, &action = line.action] {
        action = [name, version](Session& session) {
            json::object body;
            if (*version > 0) body["version"] = *version;
            return session.call("POST", channel_target(*name, "/rollback"), std::move(body),
                                [](const json::object& answer) {
                                    std::cout << painted("Rolled back.", Colour::kGood) << "\n";
                                    print_channel(answer);
                                });
        };
    });
}

} // namespace

void add_token_commands(CommandLine line) {
    CLI::App* token = line.root.add_subcommand("token", "Inspect, renew and look back");
    token->require_subcommand(1);
    add_inspect(*token, line);
    add_refresh(*token, line);

    auto name = std::make_shared<std::string>();
    CLI::App* history = token->add_subcommand("history", "The versions that are kept");
    history->footer("  everlong token history cafe");
    history->add_option("NAME", *name, "The channel")->required();
    add_common_flags(*history, line.flags);
    history->callback([name, &action = line.action] {
        action = [name](Session& session) {
            return session.call("GET", channel_target(*name, "/history"), {}, show_history);
        };
    });

    add_rollback(*token, line);

    CLI::App* get = token->add_subcommand("get", "Print the current token, for scripts; noted in the audit trail");
    get->footer("The token stands alone on a line; keep it out of logs and shell history.\n"
                "  INSTAGRAM_ACCESS_TOKEN=$(everlong token get cafe) ./publish.sh");
    get->add_option("NAME", *name, "The channel")->required();
    add_common_flags(*get, line.flags);
    get->callback([name, &action = line.action] {
        action = [name](Session& session) {
            return session.call("GET", channel_target(*name, "/token"), {}, show_secret);
        };
    });
}

} // namespace everlong::apps
