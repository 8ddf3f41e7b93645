#pragma once
// The publishing engine that ships with the SQLite store and the Graph client that ship, on virtual time and on the little
// Meta of publish_meta.hpp. The machine can stop at any point and begin again from what its store holds.

#include <simulation/publish_meta.hpp>

#include <adapters/graph/graph_client.hpp>
#include <adapters/keyring_sodium/keyring.hpp>
#include <adapters/store_sqlite/store.hpp>
#include <core/publishing/post_wishes.hpp>
#include <engine/publishing/publish_loop.hpp>
#include <ports/time_zones.hpp>
#include <support/memory_sink.hpp>
#include <support/run.hpp>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

namespace everlong::test {

// Thrown where the machine stops.
struct MachineStops {};

// A calendar that moves when the test says so, in either direction.
class SteppedClock final : public ports::Clock {
public:
    SteppedClock(boost::asio::io_context& io, Instant start) : io_(io), now_(start) {}

    Instant now() const override { return now_; }
    Async<void> sleep_until(Instant due) override;

    std::size_t sleepers() const { return sleepers_.size(); }
    Instant next_due() const { return sleepers_.begin()->first; }
    // Wakes who is due; after a step back everybody, as a real clock does.
    void set(Instant now);

private:
    boost::asio::io_context& io_;
    Instant now_;
    std::multimap<Instant, boost::asio::steady_timer*> sleepers_;
};

// Monotonic time that goes with the calendar, for what is paced; or that takes no time at all.
class SteppedMonotonic final : public ports::Monotonic {
public:
    SteppedMonotonic(boost::asio::io_context& io, SteppedClock& clock, bool is_paced)
        : io_(io), clock_(clock), is_paced_(is_paced) {}
    MonotonicInstant now() const override;
    Async<void> sleep_for(Milliseconds span) override;
    std::size_t sleepers() const { return sleepers_; }

private:
    boost::asio::io_context& io_;
    SteppedClock& clock_;
    bool is_paced_;
    MonotonicInstant own_now_{};
    std::size_t sleepers_ = 0;
};

struct PublishRigOptions {
    int channels = 1;
    bool is_one_account = false; // that all channels are connected to
    int calls_per_second = 1000;
    bool is_paced = false;                              // budget and latency take virtual time
    Milliseconds latency{0};                            // of each call; only where it is paced
    Milliseconds clock_off{0};                          // our clock less Meta's
    Instant start = instant_from_unix_s(1'780'272'000); // 2026-06-01T00:00:00Z
};

class StoppingPosts;

class PublishRig {
public:
    explicit PublishRig(PublishRigOptions options = {});
    ~PublishRig();

    // Begins to work; the loop's own state is new, as after a start of the program.
    void start();
    // The program ends in good order.
    void stop();
    // As after a kill: whatever was under way is gone, the store is opened again.
    void restart_after_stop_of_machine();
    // The machine stops at this point of its dealings with store and Meta (0: the next one). Negative: it does not.
    void stop_machine_at(int point) { points_left_ = point; }
    bool has_machine_stopped() const { return has_stopped_; }

    core::Post add(core::Post post);
    core::Post make_post(std::string caption, Instant due_at, int channel = 0, int parts = 1);
    // A whole file of those bytes, for a video that is uploaded.
    core::FileId add_file(std::string bytes);
    core::Post load(const core::PostId& id);
    std::vector<core::TimelineEntry> timeline(const core::PostId& id);
    std::vector<core::Post> all(std::vector<core::PostState> states = {});
    // Past the program, as a bad disk does it (support/raw_sql.hpp); gives what it reads.
    std::string raw_sql(const std::string& sql);
    void damage(const core::PostId& id, const std::string& column = "progress");
    // A person's wish, as the API would carry it out.
    void wish(const core::PostId& id, const std::function<Result<core::Change>(core::Post)>& transition);

    // From sleeper to sleeper for so long, or until that holds.
    void pass(Milliseconds span, const std::function<bool()>& until = {});
    // Until nobody can go on without time passing.
    void settle();

    Instant now() const { return clock_->now(); }
    void jump(Milliseconds span) { clock_->set(clock_->now() + span); }
    // Of this machine's calendar only: no time passes at Meta.
    void jump_alone(Milliseconds span) {
        meta_ahead -= span;
        jump(span);
    }
    Instant meta_now() const { return meta_now_(); }
    std::string account_of(int channel) const;
    std::string channel_name(int channel) const { return "channel-" + std::to_string(channel); }
    engine::PublishLoop& loop() { return *loop_; }

    boost::asio::io_context io{1};
    std::unique_ptr<PublishMeta> meta;
    // Between what the loop has read of the store and what it does with it, somebody else may act.
    std::function<Async<void>()> after_listing;
    std::function<Async<void>()> before_begin;
    // As wish(), but from within.
    Async<void> wish_now(core::PostId id, std::function<Result<core::Change>(core::Post)> transition);
    // As the service does where the zones' rules have changed; how many posts have another time by them.
    int follow_zones(const ports::TimeZones& zones);
    std::vector<std::string> errors; // that were logged
    int due_lists = 0;               // how often the loop has asked what is due
    // Why a post cannot be saved, where it cannot.
    std::function<std::optional<Error>(const core::Post&)> refuse_save;
    ports::Channel channel(int number);
    int channel_wakes() const { return channel_wakes_; }
    // Meta's clock less ours: what a jump of ours alone changes.
    Milliseconds meta_ahead{0};

private:
    friend class StoppingPosts;
    class SilentLog;
    class NoHost;
    class MemoryShelf;

    void open();
    void close();
    void point();
    void make_channels();

    PublishRigOptions options_;
    std::filesystem::path directory_;
    std::unique_ptr<SteppedClock> clock_;
    std::function<Instant()> meta_now_;
    std::unique_ptr<SteppedMonotonic> monotonic_;
    std::unique_ptr<adapters::MetaClient> graph_;
    std::unique_ptr<ports::Keyring> keyring_;
    std::unique_ptr<adapters::SqliteStore> store_;
    std::unique_ptr<StoppingPosts> posts_;
    MemorySink sink_;
    std::unique_ptr<SilentLog> log_;
    std::unique_ptr<NoHost> host_;
    std::unique_ptr<MemoryShelf> shelf_;
    std::unique_ptr<engine::World> world_;
    std::unique_ptr<engine::CallBudget> budget_;
    std::unique_ptr<engine::PublishWorld> publish_world_;
    std::unique_ptr<engine::PublishLoop> loop_;
    std::vector<ChannelId> channels_;
    std::size_t calls_under_way_ = 0;
    int channel_wakes_ = 0;
    int points_left_ = -1;
    bool has_stopped_ = false;
    bool is_loop_done_ = true;
};

// Runs a test's own figure, or the large one with --long.
int ci_or_long(int ci, int large);
// EVERLONG_SEED, or nothing.
std::optional<std::uint64_t> wanted_seed();

} // namespace everlong::test
