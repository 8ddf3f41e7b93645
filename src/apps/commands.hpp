#pragma once
// The commands of the one program. Each file adds its sub-commands with their help; running one sets `action`, which
// gives the exit code.

#include <apps/command.hpp>

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace everlong::apps {

struct CommandLine {
    CLI::App& root;
    CommonFlags& flags;
    std::function<int(Session&)>& action;
};

void add_service_commands(CommandLine line);                   // serve, sandbox
void add_channel_commands(CommandLine line);                   // channel import, list, show, rename, remove
void add_connect_command(CLI::App& channel, CommandLine line); // channel connect
void add_post_commands(CommandLine line);                      // post list, show, cancel, retry, settle, import
void add_post_edit(CLI::App& post, CommandLine line);          // post edit
void add_post_create(CLI::App& post, CommandLine line);        // post create
void add_delivery_commands(CommandLine line);                  // delivery add, list, remove, test
void add_token_commands(CommandLine line);                     // token inspect, refresh, history, rollback, get
void add_status_command(CommandLine line);                     // status
void add_explain_command(CommandLine line);
void add_doctor_command(CommandLine line);
void add_run_command(CommandLine line);        // run
void add_api_key_commands(CommandLine line);   // api-key create, list, revoke
void add_admin_command(CommandLine line);      // admin password
void add_completion_command(CommandLine line); // completion

// Adds --json and --data to a command.
void add_common_flags(CLI::App& command, CommonFlags& flags);

} // namespace everlong::apps
