#include <simulation/simulated_node.hpp>

#include <cstdlib>
#include <stdexcept>

namespace everlong::test {
namespace {

// A fixed start, so that the same seed gives the same run: 2026-06-01T00:00:00Z.
constexpr Instant kStart = instant_from_unix_s(1'780'272'000);

// In memory where that is to be had: thousands of durable commits are made, and no disk is tested here.
std::filesystem::path fresh_directory() {
    std::error_code problem;
    const std::filesystem::path memory = "/dev/shm";
    const auto parent =
        std::filesystem::is_directory(memory, problem) ? memory : std::filesystem::temp_directory_path();
    std::string name = (parent / "everlong-simulation-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    return name;
}

} // namespace

SimulatedNode::SimulatedNode(std::uint64_t seed) : directory_(fresh_directory()) {
    simulator::Options options;
    options.real_now = [] { return kStart; };
    options.executor = io.get_executor();
    options.seed = seed;
    simulator_ = std::make_unique<simulator::Simulator>(std::move(options));
    client_ = std::make_unique<LoopbackClient>(
        [this](http::Request request) { return simulator_->handle(std::move(request)); });
    adapters::GraphOptions graph_options;
    graph_options.meta_base = "http://sandbox";
    graph_options.facebook_app.emplace(adapters::AppCredentials{std::string(kSandboxAppId), Secret(kSandboxAppSecret)});
    graph_options.instagram_app.emplace(
        adapters::AppCredentials{std::string(kSandboxInstagramAppId), Secret(kSandboxInstagramAppSecret)});
    graph_ = adapters::make_graph_client(*client_, std::move(graph_options));
    keyring_ = std::move(*adapters::load_or_create_keyring(directory_ / "master.key", false));
    store_ = std::move(*adapters::open_sqlite_store(directory_ / "everlong.db", *keyring_));
    random_ = std::move(*adapters::make_system_random());
    clock_ = std::make_unique<VirtualClock>(
        io, [this] { return simulator_->now(); },
        [this](Milliseconds span) { simulator_->advance(std::chrono::ceil<Seconds>(span)); });
    monotonic_ = std::make_unique<InstantMonotonic>(io);
    world_.reset(new engine::World{*clock_, *graph_, *store_, sink});
}

SimulatedNode::~SimulatedNode() {
    if (loop_) {
        loop_->stop();
        io.restart();
        while (!is_loop_done_) {
            clock_->advance_to(now() + Days(1));
            if (io.run_one() == 0) break;
        }
    }
    loop_.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

json::object SimulatedNode::control(const std::string& path, const json::value& body) {
    http::Request request;
    request.method = body.is_null() ? "GET" : "POST";
    request.target = "/_sandbox/" + path;
    request.headers.set("Host", "127.0.0.1");
    if (!body.is_null()) {
        request.headers.set("Content-Type", "application/json");
        request.body = json::serialize(body);
    }
    const http::Response response = simulator_->handle_now(request);
    EXPECT_EQ(response.status, 200) << path << ": " << response.body;
    return json::parse(response.body).as_object();
}

http::Response SimulatedNode::get(const std::string& target) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    request.headers.set("Host", "127.0.0.1");
    return run(io, simulator_->handle(std::move(request)));
}

std::string SimulatedNode::mint(json::object wish) {
    return std::string(control("token", std::move(wish)).at("access_token").as_string());
}

Result<engine::AdoptReport> SimulatedNode::adopt(const std::string& name, const std::string& token,
                                                 const std::string& id) {
    ports::DotenvTarget target;
    target.path = path_of(name);
    return run(io, engine::adopt(*world_, engine::AdoptRequest{name, Secret(token), id, "", target, "test"}));
}

Result<engine::RefreshReport> SimulatedNode::refresh(const std::string& name, engine::RefreshWhen when) {
    return run(io, engine::refresh(*world_, name, when, "test"));
}

Result<engine::RefreshReport> SimulatedNode::rollback(const std::string& name) {
    return run(io, engine::rollback(*world_, name, std::nullopt, "test"));
}

ports::Channel SimulatedNode::channel(const std::string& name) {
    return **run(io, store_->find_channel(name));
}

ports::OpenedToken SimulatedNode::current(const std::string& name) {
    return std::move(*run(io, store_->load_current(channel(name).id)));
}

core::ChannelHealth SimulatedNode::health(const std::string& name) {
    const ports::Channel found = channel(name);
    const auto opened = current(name);
    return core::channel_health(name, found.login, &opened.version.facts, found.lifecycle, now());
}

void SimulatedNode::start_loop() {
    loop_ = std::make_unique<engine::LifecycleLoop>(io.get_executor(), *world_, *monotonic_, log);
    is_loop_done_ = false;
    boost::asio::co_spawn(io, loop_->run(), [this](std::exception_ptr problem) {
        is_loop_done_ = true;
        if (problem) std::rethrow_exception(problem);
    });
    settle();
}

void SimulatedNode::settle() {
    io.restart();
    while (!clock_->has_sleeper()) {
        if (io.run_one() == 0) throw std::logic_error("the loop neither works nor sleeps");
    }
}

void SimulatedNode::pass(Milliseconds span, Milliseconds step, const std::function<void()>& after_each) {
    const Instant end = now() + span;
    Instant next_stop = now() + step;
    while (now() < end) {
        // With a small step time goes from sleeper to sleeper, with a large one it jumps over them, as a laptop's does.
        const Instant target = std::min(end, next_stop);
        clock_->advance_to(target);
        // Who was woken leaves the list when it runs.
        io.restart();
        while (io.poll_one() != 0) {
        }
        settle();
        next_stop = now() + step;
        if (after_each) after_each();
    }
}

} // namespace everlong::test
