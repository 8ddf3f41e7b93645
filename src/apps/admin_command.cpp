#include <apps/commands.hpp>

#include <apps/password_prompt.hpp>
#include <apps/terminal.hpp>

#include <CLI/CLI.hpp>

#include <iostream>

namespace everlong::apps {
namespace {

int change_password(Session& session) {
    auto password = ask_new_password();
    if (!password) return session.tell(password.error());
    return session.call("POST", "/v1/password", {{"password", password->reveal()}}, [](const json::object&) {
        std::cout << painted("The password is set.", Colour::kGood)
                  << " Every browser that was signed in is signed out; API keys stay as they are.\n";
    });
}

} // namespace

void add_admin_command(CommandLine line) {
    CLI::App* admin = line.root.add_subcommand("admin", "The administrator of the Settings page");
    admin->require_subcommand(1);
    CLI::App* password = admin->add_subcommand("password", "Set the Settings page's password, also a forgotten one");
    password->footer("Asks twice at a terminal; else takes the first line of standard input. 10 to 1024 bytes; length\n"
                     "counts more than signs.\n"
                     "  everlong admin password\n"
                     "  everlong admin password < password.txt");
    add_common_flags(*password, line.flags);
    password->callback([&action = line.action] { action = change_password; });
}

} // namespace everlong::apps
