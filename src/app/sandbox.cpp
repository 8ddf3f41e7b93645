#include <app/sandbox.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <base/os_error.hpp>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <unistd.h>

namespace everlong::app {
namespace {

// What the simulator takes: other people's clients send batches and media, tests whole worlds.
constexpr std::size_t kSandboxBodyBytes = 64 * 1024 * 1024;

// A new file that nobody else can have put there.
Result<std::string> make_temporary_file() {
    std::string path = (std::filesystem::temp_directory_path() / "everlong-simulator-ca-XXXXXX.pem").string();
    constexpr int kSuffixLength = 4;
    const int descriptor = ::mkstemps(path.data(), kSuffixLength);
    if (descriptor < 0) return fail(Code::kIo, Fault::kLocal, path + ": " + std::generic_category().message(errno));
    ::close(descriptor);
    return path;
}

} // namespace

Sandbox::Sandbox(boost::asio::io_context& context, const Config& config, SandboxOptions options)
    : options_(std::move(options)) {
    simulator::Options simulation;
    simulation.apps.facebook_id = config.sandbox_facebook_app.id;
    simulation.apps.facebook_secret = config.sandbox_facebook_app.secret.reveal();
    simulation.apps.instagram_id = config.sandbox_instagram_app.id;
    simulation.apps.instagram_secret = config.sandbox_instagram_app.secret.reveal();
    simulation.real_now = adapters::read_system_clock;
    simulation.hostile_seed = options_.hostile_seed;
    simulation.executor = context.get_executor();
    simulator_ = std::make_unique<simulator::Simulator>(std::move(simulation));
    http::ServerLimits limits;
    limits.body_bytes = kSandboxBodyBytes;
    server_ = http::Server::make(context.get_executor(), limits,
                                 [this](http::Request request) { return simulator_->handle(std::move(request)); });
    server_->set_body_plan(simulator_->body_plan());
}

Sandbox::~Sandbox() {
    if (!made_file_.empty()) ::unlink(made_file_.c_str());
}

Result<void> Sandbox::load_world() {
    if (options_.world_file.empty()) return {};
    std::ifstream file(options_.world_file, std::ios::binary);
    const std::string document((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file.is_open() || file.bad())
        return fail(Code::kUsage, Fault::kUsage, options_.world_file + ": cannot be read");
    const auto loaded = simulator_->load_world(document);
    if (!loaded) return fail(Code::kUsage, Fault::kUsage, options_.world_file + ": " + loaded.error());
    return {};
}

Result<std::uint16_t> Sandbox::listen() {
    if (auto loaded = load_world(); !loaded) return fail(loaded.error());
    auto taken = server_->listen_tcp("127.0.0.1", options_.port);
    if (!taken) return taken;
    options_.port = *taken;
    simulator_->set_port(*taken);
    if (!options_.tls_port) return taken;
    if (auto secured = listen_tls(); !secured) return fail(secured.error());
    return taken;
}

Result<void> Sandbox::listen_tls() {
    std::vector<std::string> names = simulator::host_names();
    names.insert(names.end(), {"localhost", "127.0.0.1"});
    auto authority = http::make_test_authority(names);
    if (!authority) return fail(authority.error());
    const http::TlsIdentities identities{authority->server, authority->expired, authority->wrong_host,
                                         authority->self_signed};
    auto taken = server_->listen_tls("127.0.0.1", *options_.tls_port, identities, simulator_->tls_plan());
    if (!taken) return fail(taken.error());
    options_.tls_port = *taken;
    if (options_.ca_file.empty()) {
        auto made = make_temporary_file();
        if (!made) return fail(made.error());
        options_.ca_file = made_file_ = std::move(*made);
    }
    std::ofstream file(options_.ca_file, std::ios::trunc);
    file << authority->certificate << std::flush;
    if (!file) return fail(Code::kIo, Fault::kLocal, options_.ca_file + ": cannot be written");
    simulator_->set_authority(std::move(authority->certificate));
    return {};
}

void Sandbox::announce(const Say& say) const {
    for (const std::string& line : simulator_->start_lines())
        say(line);
    if (!options_.tls_port) return;
    say("sandbox over TLS   https://127.0.0.1:" + std::to_string(*options_.tls_port));
    say("its authority      " + options_.ca_file);
}

Async<void> Sandbox::stop(Milliseconds grace) {
    co_await server_->stop(grace);
}

} // namespace everlong::app
