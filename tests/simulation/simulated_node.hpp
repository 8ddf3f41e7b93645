#pragma once
// The engine that ships, the store that ships and the Graph client that ships, on the simulator and virtual time: a year
// passes in seconds. Everything but the network and the files is real.

#include <adapters/graph/graph_client.hpp>
#include <adapters/keyring_sodium/keyring.hpp>
#include <adapters/random_sodium/random.hpp>
#include <adapters/store_sqlite/store.hpp>
#include <core/channel_state.hpp>
#include <engine/lifecycle/adopt.hpp>
#include <engine/lifecycle/lifecycle_loop.hpp>
#include <engine/lifecycle/refresh.hpp>
#include <simulator/simulator.hpp>
#include <support/loopback_client.hpp>
#include <support/memory_sink.hpp>
#include <support/run.hpp>
#include <support/virtual_time.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

namespace everlong::test {

namespace json = boost::json;

class SilentLog final : public ports::Log {
public:
    void info(std::string_view) override {}
    void warn(std::string_view text) override { last_ = text; }
    void error(std::string_view text) override { last_ = text; }
    const std::string& last() const { return last_; }

private:
    std::string last_;
};

class SimulatedNode {
public:
    explicit SimulatedNode(std::uint64_t seed = 1);
    ~SimulatedNode();

    // A control call of the simulator: POST with a body, GET without.
    json::object control(const std::string& path, const json::value& body = nullptr);
    // A fresh token of the simulator; `wish` as in POST /_sandbox/token.
    std::string mint(json::object wish);
    Result<engine::AdoptReport> adopt(const std::string& name, const std::string& token, const std::string& id = {});
    Result<engine::RefreshReport> refresh(const std::string& name, engine::RefreshWhen when);
    Result<engine::RefreshReport> rollback(const std::string& name);
    // Time goes by while nobody works.
    void advance(Milliseconds span) { simulator_->advance(std::chrono::ceil<Seconds>(span)); }
    core::ChannelHealth health(const std::string& name);
    ports::Channel channel(const std::string& name);
    ports::OpenedToken current(const std::string& name);

    // Starts the unattended loop; from then on pass() lets time go by with it.
    void start_loop();
    // Goes from sleeper to sleeper, and looks at least after every `step`.
    void pass(Milliseconds span, Milliseconds step, const std::function<void()>& after_each = {});
    // Runs what is ready until the loop sleeps.
    void settle();

    Instant now() const { return simulator_->now(); }
    std::filesystem::path database() const { return directory_ / "everlong.db"; }
    static std::string path_of(const std::string& name) { return "/app/" + name + "/.env"; }

    boost::asio::io_context io{1};
    MemorySink sink;
    SilentLog log;
    engine::World& world() { return *world_; }
    ports::LoginStore& logins() { return store_->logins(); }
    ports::PostStore& posts() { return store_->posts(); }
    ports::Random& random() { return *random_; }
    // What a browser would get there.
    http::Response get(const std::string& target);

private:
    std::filesystem::path directory_;
    std::unique_ptr<simulator::Simulator> simulator_;
    std::unique_ptr<LoopbackClient> client_;
    std::unique_ptr<ports::GraphApi> graph_;
    std::unique_ptr<ports::Keyring> keyring_;
    std::unique_ptr<adapters::SqliteStore> store_;
    std::unique_ptr<ports::Random> random_;
    std::unique_ptr<VirtualClock> clock_;
    std::unique_ptr<InstantMonotonic> monotonic_;
    std::unique_ptr<engine::World> world_;
    std::unique_ptr<engine::LifecycleLoop> loop_;
    bool is_loop_done_ = true;
};

} // namespace everlong::test
