#include <apps/commands.hpp>

#include <app/service.hpp>
#include <apps/local_file.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace everlong::apps {
namespace {

struct ServeFlags {
    int port = -1; // absent: 8000 or the next free one
    bool has_sandbox = false;
    std::uint16_t sandbox_port = 9190;
};

void say(const std::string& text) {
    std::cout << text << std::endl;
}

int serve(Session& session, const ServeFlags& flags) {
    auto config = session.load_config();
    if (!config) return session.tell(config.error());
    app::ServeOptions options;
    if (flags.port >= 0) options.port = static_cast<std::uint16_t>(flags.port);
    options.has_sandbox = flags.has_sandbox;
    options.sandbox_port = flags.sandbox_port;
    auto done = app::serve(std::move(*config), options, session.log(), say);
    return done ? 0 : session.tell(done.error());
}

int sandbox(Session& session, app::SandboxOptions options) {
    auto config = session.load_config();
    if (!config) return session.tell(config.error());
    if (!options.world_file.empty()) {
        if (auto world = LocalFile::open(options.world_file); !world) return session.tell(world.error());
    }
    auto done = app::run_sandbox(*config, std::move(options), say);
    return done ? 0 : session.tell(done.error());
}

struct SandboxFlags {
    app::SandboxOptions options;
    int tls_port = -1; // absent: no TLS
};

void add_sandbox_command(CommandLine line) {
    auto flags = std::make_shared<SandboxFlags>();
    CLI::App* command = line.root.add_subcommand("sandbox", "The simulator of Meta's platform alone");
    command->footer(
        "Point any client at it: http://127.0.0.1:9190/graph.facebook.com/v25.0/me in place of\n"
        "https://graph.facebook.com/v25.0/me. Time is virtual: POST /_sandbox/clock {\"advance_s\": 86400}.\n"
        "  everlong sandbox --port 9190 --tls-port 9443");
    command->add_option("--port", flags->options.port, "Port on 127.0.0.1; 0 for any free one")->capture_default_str();
    command->add_option("--tls-port", flags->tls_port, "Port for https, 0 for any free one (default: none)")
        ->check(CLI::Range(0, 65535));
    command
        ->add_option("--world", flags->options.world_file,
                     "JSON document of the world to begin with (GET /_sandbox/world gives one)")
        ->type_name("FILE");
    command
        ->add_option("--hostile", flags->options.hostile_seed,
                     "Strike about one call in six with a fault; the same SEED, the same faults")
        ->type_name("SEED");
    command
        ->add_option("--ca-file", flags->options.ca_file,
                     "Where the certificate goes that https clients have to trust (default: a new file)")
        ->type_name("FILE");
    command->callback([flags, &action = line.action] {
        action = [flags](Session& session) {
            if (flags->tls_port >= 0) flags->options.tls_port = static_cast<std::uint16_t>(flags->tls_port);
            return sandbox(session, flags->options);
        };
    });
}

} // namespace

void add_service_commands(CommandLine line) {
    auto flags = std::make_shared<ServeFlags>();
    CLI::App* command = line.root.add_subcommand("serve", "The service: keeps every channel alive, unattended");
    command->footer(
        "Ends on SIGTERM or Ctrl-C; what is under way may finish. /healthz and /readyz tell how it is.\n"
        "  everlong serve\n"
        "  everlong serve --sandbox     with a simulator of Meta's platform, to try everything without an account");
    command
        ->add_option("--port", flags->port,
                     "Port on 127.0.0.1; 0 for any free one (default: 8000 or the next free one)")
        ->check(CLI::Range(0, 65535));
    command->add_option("--data", line.flags.data_dir,
                        "Data directory (default: EVERLONG_DATA, else ~/.local/share/everlong)");
    command->add_flag("--sandbox", flags->has_sandbox, "Also start the simulator, and use it in place of Meta");
    command->add_option("--sandbox-port", flags->sandbox_port, "The simulator's port; 0 for any free one")
        ->capture_default_str();
    command->callback(
        [flags, &action = line.action] { action = [flags](Session& session) { return serve(session, *flags); }; });

    add_sandbox_command(line);
}

} // namespace everlong::apps
