#include <apps/commands.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <adapters/process/posix_launcher.hpp>
#include <adapters/process/posix_signals.hpp>
#include <apps/channel_tokens.hpp>
#include <core/messages.hpp>

#include <CLI/CLI.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <iostream>
#include <memory>

namespace everlong::apps {
namespace {

struct RunFlags {
    std::string name;
    std::vector<std::string> command;
    std::string reload_signal;
    double grace_s = 10;
    bool restarts_on_crash = false;
    double overlap_s = -1; // absent: stop the old one first
    std::string token_name = "INSTAGRAM_ACCESS_TOKEN";
    std::string id_name = "INSTAGRAM_USER_ID";
};

Milliseconds milliseconds(double seconds) {
    return Milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// Lines on standard error, so that the application's own output stays its own.
class Teller final : public engine::SupervisorObserver {
public:
    explicit Teller(std::string name) : prefix_("everlong run " + std::move(name) + ": ") {}

    void on_started(std::int64_t process_id, int version) override {
        line("started, process " + std::to_string(process_id) + ", token version " + std::to_string(version));
    }
    void on_restarting(engine::RestartReason reason, Milliseconds wait) override {
        const char* why = reason == engine::RestartReason::kNewToken ? "a new token has arrived" : "the command failed";
        line(std::string(why) + (wait.count() > 0 ? ", starting again in " + humanize(wait) : ", restarting"));
    }
    void on_restarted(const engine::RestartTiming& timing) override {
        line("restarted; stopping took " + std::to_string(timing.stopping.count()) + " ms, nobody served for " +
             std::to_string(timing.gap.count()) + " ms");
    }
    void on_reload_signal(int version) override {
        line("reload signal sent for token version " + std::to_string(version));
    }
    void on_kept_old(const core::ExitStatus& status) override {
        line("the new instance failed (" + status.text() + "); the old one goes on");
    }
    void on_source_trouble(const Error& error) override {
        line("cannot ask for new tokens (" + error.summary() + "); the command goes on, asking again");
    }
    void on_start_trouble(const Error& error) override { line(error.summary()); }

private:
    void line(const std::string& text) { std::cerr << prefix_ << text << std::endl; }
    std::string prefix_;
};

Result<engine::SupervisorOptions> options_of(const RunFlags& flags) {
    engine::SupervisorOptions options;
    options.command = flags.command;
    options.token_name = flags.token_name;
    options.id_name = flags.id_name;
    options.restart.grace = milliseconds(flags.grace_s);
    options.restart.restart_on_crash = flags.restarts_on_crash;
    if (!flags.reload_signal.empty()) {
        options.restart.reload_signal = core::parse_signal(flags.reload_signal);
        if (!options.restart.reload_signal) {
            return fail(Code::kUsage, Fault::kUsage, "--reload-signal takes HUP, INT, QUIT, USR1, USR2, TERM or WINCH");
        }
    }
    if (flags.overlap_s >= 0) options.overlap = milliseconds(flags.overlap_s);
    return options;
}

// As a shell would end: 127 for a command that is not there, 126 for one that cannot be executed.
int tell_start_error(Session& session, const Error& error) {
    constexpr int kNotFound = 127;
    constexpr int kNotExecutable = 126;
    const int code = session.tell(error);
    if (error.code() != Code::kCommand) return code;
    return error.fault() == Fault::kUsage ? kNotFound : kNotExecutable;
}

int run_command(Session& session, const RunFlags& flags) {
    auto config = session.load_config();
    if (!config) return session.tell(config.error());
    auto options = options_of(flags);
    if (!options) return session.tell(options.error());

    boost::asio::io_context context(1);
    app::Gateway gateway(context, std::move(*config), session.log());
    const auto monotonic = adapters::make_steady_monotonic(context.get_executor());
    ChannelTokens tokens(gateway, *monotonic, flags.name);
    adapters::PosixLauncher launcher(context.get_executor());
    adapters::PosixSignals signals(context.get_executor());
    Teller teller(flags.name);
    engine::Supervisor supervisor(launcher, signals, *monotonic, tokens, std::move(*options), &teller);

    std::optional<Result<engine::RunEnd>> end;
    boost::asio::co_spawn(context, supervisor.run(), [&](std::exception_ptr problem, Result<engine::RunEnd> result) {
        if (problem) std::terminate();
        end = std::move(result);
        context.stop();
    });
    context.run();
    if (!*end) return tell_start_error(session, end->error());
    if ((*end)->trouble) session.tell(*(*end)->trouble);
    return (*end)->status.exit_code();
}

} // namespace

void add_run_command(CommandLine line) {
    auto flags = std::make_shared<RunFlags>();
    CLI::App* command =
        line.root.add_subcommand("run", "Run an application with the channel's token, restart it on a new one");
    command->footer(
        "INSTAGRAM_ACCESS_TOKEN and INSTAGRAM_USER_ID are in its environment. Signals, standard streams and the\n"
        "exit code pass through; a command that ends by itself ends `run`.\n"
        "  everlong run cafe -- python -m uvicorn app.main:app --port 8001\n"
        "  everlong run cafe --reload-signal HUP -- gunicorn app.main:app    for an application that rereads its .env");
    command->add_option("NAME", flags->name, "The channel")->required();
    command->add_option("COMMAND", flags->command, "The command and its arguments, behind --")->required();
    command->add_option("--reload-signal", flags->reload_signal,
                        "On a new token send this signal in place of a restart");
    command->add_option("--grace", flags->grace_s, "Seconds from the request to end to the forced end")
        ->check(CLI::Range(0.0, 3600.0))
        ->capture_default_str();
    command
        ->add_option("--overlap", flags->overlap_s,
                     "Start the new instance first; stop the old one when the new has lived so many seconds")
        ->check(CLI::Range(0.0, 3600.0));
    command->add_flag("--restart-on-crash", flags->restarts_on_crash,
                      "Start it again when it crashes, with growing waits");
    command->add_option("--token-name", flags->token_name, "The variable that holds the token")->capture_default_str();
    command->add_option("--id-name", flags->id_name, "The variable that holds the account's number")
        ->capture_default_str();
    command->add_option("--data", line.flags.data_dir,
                        "Data directory (default: EVERLONG_DATA, else ~/.local/share/everlong)");
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) { return run_command(session, *flags); };
    });
}

} // namespace everlong::apps
