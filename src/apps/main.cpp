#include <apps/commands.hpp>

#include <adapters/log_spdlog/log.hpp>
#include <api/json.hpp>
#include <apps/terminal.hpp>
#include <core/graph_errors.hpp>

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <sys/prctl.h>

namespace everlong::apps {
namespace {

constexpr int kUsageExit = 2;

constexpr const char* kFooter = R"(
First steps, without any Meta account:
  everlong serve --sandbox                       starts Everlong and a simulator of Meta's platform
With the .env of an application that posts to Instagram:
  everlong channel import cafe --env-file .env   adopts its token, mends it, keeps it alive from now on
  everlong run cafe -- COMMAND                   runs the application, restarts it when the token changes
  everlong status                                how all channels are, what needs a person first

Exit codes: 0 done, all is well; 1 done, and something is wrong with what was looked at; 2 wrong usage or unusable
input; 3 Meta could not be reached or refused for a reason that may pass; 4 a fault of this machine; 130 interrupted.
Settings: environment variables, or a .env in the working directory (docs/operations.md lists them).)";

// A signal whose default would end us where a write should just fail. A handler that does nothing, not SIG_IGN: what
// `run` starts would inherit that.
void let_writes_fail(int signal) {
    struct sigaction current{};
    if (sigaction(signal, nullptr, &current) != 0 || current.sa_handler == SIG_IGN) return;
    current.sa_handler = [](int) {};
    current.sa_flags = SA_RESTART;
    sigaction(signal, &current, nullptr);
}

// A token in memory must not end in a core file, nor be read by another process of the same user.
void harden_process() {
    prctl(PR_SET_DUMPABLE, 0);
    let_writes_fail(SIGPIPE);
    let_writes_fail(SIGXFSZ);
}

// What stands where a command belongs and is none; empty: every command was understood.
std::string unknown_command(const CLI::App& root) {
    const auto all = [](const CLI::App*) { return true; };
    const CLI::App* app = &root;
    while (!app->get_subcommands().empty())
        app = app->get_subcommands().front();
    const auto rest = root.remaining(true);
    if (app->get_subcommands(all).empty() || rest.empty() || rest.front().starts_with('-')) return {};
    return rest.front();
}

// CLI11's own words, with our code and remedy around them.
int tell_usage_error(CLI::App& root, const CLI::ParseError& problem, const CommonFlags& flags, int argc, char** argv) {
    if (problem.get_exit_code() == 0) return root.exit(problem);
    bool is_json = flags.is_json;
    for (int i = 1; i < argc && std::strcmp(argv[i], "--") != 0; ++i)
        is_json = is_json || !std::strcmp(argv[i], "--json");
    // CLI11 repeats what was typed, and somebody may have typed a token.
    const std::string unknown = unknown_command(root);
    const Error error(Code::kUsage, Fault::kUsage,
                      unknown.empty() ? core::scrub(problem.what())
                                      : "there is no command '" + escaped(core::scrub(unknown)) + "'");
    if (is_json) {
        std::cout << json::serialize(api::problem_to_json(error)) << std::endl;
    } else {
        std::cerr << "everlong: " << error.detail()
                  << " (E_USAGE)\n  what to do: add --help to the command to see how it is used\n";
    }
    return kUsageExit;
}

int run(int argc, char** argv) {
    harden_process();
    auto log = adapters::make_stderr_log();
    CommonFlags flags;
    std::function<int(Session&)> action;
    CLI::App root{
        "Everlong keeps Instagram access tokens alive and delivers them to the applications that post with them.",
        "everlong"};
    root.footer(kFooter);
    root.set_version_flag("--version", std::string("everlong ") + EVERLONG_VERSION, "Print the version and exit");
    root.require_subcommand(1);
    root.get_formatter()->column_width(34);
    const CommandLine line{root, flags, action};
    add_status_command(line);
    add_channel_commands(line);
    add_post_commands(line);
    add_token_commands(line);
    add_doctor_command(line);
    add_delivery_commands(line);
    add_explain_command(line);
    add_api_key_commands(line);
    add_admin_command(line);
    add_run_command(line);
    add_service_commands(line);
    add_completion_command(line);
    try {
        root.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        return tell_usage_error(root, problem, flags, argc, argv);
    }
    Session session(flags, *log);
    try {
        return action(session);
    } catch (const std::exception& problem) {
        // Nothing throws on purpose beyond start-up; what comes here is a fault of ours or a machine without memory.
        return session.tell(Error(Code::kInternal, Fault::kLocal, problem.what()));
    }
}

} // namespace

void add_common_flags(CLI::App& command, CommonFlags& flags) {
    command.add_flag("--json", flags.is_json, "Print exactly one JSON document");
    command.add_option("--data", flags.data_dir,
                       "Data directory (default: EVERLONG_DATA, else ~/.local/share/everlong)");
}

} // namespace everlong::apps

int main(int argc, char** argv) {
    return everlong::apps::run(argc, argv);
}
