#include "engine_side.hpp"

#include <adapters/clock_system/clocks.hpp>
#include <adapters/graph/graph_client.hpp>
#include <adapters/keyring_sodium/keyring.hpp>
#include <adapters/store_sqlite/store.hpp>
#include <base/digest.hpp>
#include <engine/lifecycle/refresh.hpp>

#include <support/run.hpp>

#include <boost/asio/co_spawn.hpp>

#include <functional>
#include <stdexcept>

namespace everlong::bench {
namespace {

// The machine's calendar, as far ahead as the simulator's.
class AdvancedClock final : public ports::Clock {
public:
    Instant now() const override { return adapters::read_system_clock() + ahead; }
    Async<void> sleep_until(Instant) override { co_return; }
    Milliseconds ahead{0};
};

// The channels here have no deliveries.
class NoSink final : public ports::DotenvSink {
public:
    Task<void> write(const ports::DotenvTarget&, const Secret&, const IgUserId&) override { co_return refuse(); }
    Task<ports::SinkReading> read(const ports::DotenvTarget&) override { co_return refuse(); }

private:
    static std::unexpected<Error> refuse() { return fail(Code::kInternal, Fault::kLocal, "no delivery was expected"); }
};

template <class T>
T expect(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().summary());
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

Async<void> connect(engine::World& world, std::string name, MintedToken minted) {
    core::Account account;
    account.ig_user_id = IgUserId(minted.ig_user_id);
    const auto event = [&](const char* action) { return engine::audit(world, "bench", action, name); };
    const auto channel = expect(co_await world.store.create_channel({name, core::LoginPath::kInstagram, "", account},
                                                                    event("channel-created")));
    core::TokenFacts facts;
    facts.kind = core::TokenKind::kInstagramUser;
    facts.lifetime = core::Lifetime::kLong;
    facts.fingerprint = fingerprint_of(minted.token);
    facts.issued_at = minted.issued_at;
    facts.expires_at = core::Expiry::at(minted.expires_at);
    const int version = expect(co_await world.store.keep_pending(channel.id, std::move(minted.token), facts, "import",
                                                                 {}, event("channel-imported")));
    const auto pending = expect(co_await world.store.load_channel(channel.id));
    expect(co_await world.store.promote(channel.id, pending.revision, version, facts, account, {},
                                        event("token-promoted")));
}

std::unique_ptr<ports::GraphApi> make_graph(http::Client& client, const std::string& meta_base) {
    adapters::GraphOptions options;
    options.meta_base = meta_base;
    return adapters::make_graph_client(client, std::move(options));
}

// What one of several workers does: the next piece of work, until none is left.
using Work = std::function<Async<void>(std::size_t index)>;
Async<void> work_through(const Work& work, std::size_t count, std::size_t& next) {
    while (next < count)
        co_await work(next++);
}

Cost measure(boost::asio::io_context& io, std::size_t count, std::size_t at_once, const Work& work) {
    const Meter meter;
    std::size_t next = 0;
    std::size_t running = at_once;
    std::exception_ptr problem;
    for (std::size_t i = 0; i < at_once; ++i) {
        boost::asio::co_spawn(io, work_through(work, count, next), [&](std::exception_ptr thrown) {
            if (thrown) problem = thrown;
            --running;
        });
    }
    io.restart();
    while (running > 0 && io.run_one() > 0) {
    }
    const Cost cost = meter.cost_of_each(count);
    if (problem) std::rethrow_exception(problem);
    return cost;
}

} // namespace

struct EngineSide::Parts {
    boost::asio::io_context& io;
    AdvancedClock clock;
    NoSink sink;
    std::unique_ptr<ports::GraphApi> graph;
    std::unique_ptr<ports::Keyring> keyring;
    std::unique_ptr<ports::Store> store;
    std::optional<engine::World> world;
    std::vector<std::string> names;
};

EngineSide::EngineSide(boost::asio::io_context& io, http::Client& client, const std::string& meta_base,
                       const std::filesystem::path& directory, std::vector<MintedToken> tokens)
    : parts_(new Parts{io, {}, {}, {}, {}, {}, {}, {}}) {
    parts_->graph = make_graph(client, meta_base);
    parts_->keyring = expect(adapters::load_or_create_keyring(directory / "master.key", false));
    parts_->store = expect(adapters::open_sqlite_store(directory / "everlong.db", *parts_->keyring));
    parts_->world.emplace(engine::World{parts_->clock, *parts_->graph, *parts_->store, parts_->sink});
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        parts_->names.push_back("channel-" + std::to_string(i));
        test::run(io, connect(*parts_->world, parts_->names.back(), std::move(tokens[i])));
    }
}

EngineSide::~EngineSide() = default;

void EngineSide::advance(Seconds span) {
    parts_->clock.ahead += span;
}

Cost EngineSide::renew_all(std::size_t at_once) {
    Parts& parts = *parts_;
    return measure(parts.io, parts.names.size(), at_once, [&parts](std::size_t index) -> Async<void> {
        const auto report =
            expect(co_await engine::refresh(*parts.world, parts.names[index], engine::RefreshWhen::kNow, "bench"));
        if (!report.was_refreshed) throw std::runtime_error("a channel was not renewed");
    });
}

struct GraphClientSide::Parts {
    boost::asio::io_context& io;
    std::unique_ptr<ports::GraphApi> graph;
    std::vector<MintedToken> tokens;
};

GraphClientSide::GraphClientSide(boost::asio::io_context& io, http::Client& client, const std::string& meta_base,
                                 std::vector<MintedToken> tokens)
    : parts_(new Parts{io, make_graph(client, meta_base), std::move(tokens)}) {}

GraphClientSide::~GraphClientSide() = default;

Cost GraphClientSide::renew_all(std::size_t at_once) {
    Parts& parts = *parts_;
    return measure(parts.io, parts.tokens.size(), at_once, [&parts](std::size_t index) -> Async<void> {
        Secret& token = parts.tokens[index].token;
        token = expect(co_await parts.graph->refresh_instagram(token)).token;
        expect(co_await parts.graph->me(core::LoginPath::kInstagram, token));
    });
}

} // namespace everlong::bench
