#pragma once
// Everything one simulator holds, as the control calls and the answering code share it.

#include <simulator/callbacks/outbox.hpp>
#include <simulator/calls/limits.hpp>
#include <simulator/faults/faults.hpp>
#include <simulator/simulator.hpp>
#include <simulator/switches.hpp>
#include <simulator/world/ledger.hpp>
#include <simulator/world/seed.hpp>
#include <simulator/world/world.hpp>

#include <boost/json/object.hpp>

#include <expected>
#include <memory>

namespace everlong::simulator {

// RFC 3339 text ends with the year 9999; the longest life of anything is below a century.
constexpr Instant kEndOfCalendar = std::chrono::sys_days(std::chrono::year(9900) / 1 / 1);

struct Sandbox {
    explicit Sandbox(Options given) : options(std::move(given)), traces(options.seed ^ kTraceSalt) {
        begin_world();
        faults.be_hostile(options.hostile_seed);
        if (options.executor) outbox = std::make_shared<Outbox>(options.executor, [this] { return now(); });
    }
    ~Sandbox() {
        if (outbox) outbox->close();
    }
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    Instant now() const { return options.real_now() + advanced; }
    // The whole of it as one document: who and what exists, what was published, clock, switches, limits, ledger. Not: faults,
    // codes of logins under way, and what was sent to applications.
    boost::json::object save() const;
    // Another world in place of this one: only what the document holds, and the two apps. Clock, switches, limits and ledger
    // are replaced where they stand in it, the clock backwards, too. Nothing is changed where the error says what was wrong.
    std::expected<void, std::string> replace_world(const boost::json::object& document);

    // As when it was started, but with new strings: a token from before a reset must not come alive again.
    void reset() {
        ++resets;
        advanced = Milliseconds(0);
        ledger = Ledger();
        switches = Switches();
        limits = Limits();
        faults.clear();
        if (outbox) outbox->clear();
        begin_world();
    }

    Options options;
    Milliseconds advanced{0};
    std::uint64_t resets = 0;
    std::unique_ptr<World> world;
    Ledger ledger;
    Switches switches;
    FaultPlan faults;
    Limits limits;
    Dice traces;
    std::shared_ptr<Outbox> outbox; // null without an executor to run on
    std::string authority;          // the certificate behind the TLS port, PEM; empty: there is none

private:
    static constexpr std::uint64_t kTraceSalt = 0x7472616365;       // traces and tokens draw from different streams
    static constexpr std::uint64_t kResetStep = 0x9E3779B97F4A7C15; // spreads the seeds of worlds after resets

    void begin_world() {
        world = make_seeded_world(options.apps, options.seed + resets * kResetStep, options.inhabitants);
    }
};

} // namespace everlong::simulator
