#pragma once
// Everything one simulator holds, as the control calls and the answering code share it.

#include <simulator/faults.hpp>
#include <simulator/ledger.hpp>
#include <simulator/seed.hpp>
#include <simulator/simulator.hpp>
#include <simulator/switches.hpp>
#include <simulator/world.hpp>

#include <memory>

namespace everlong::simulator {

struct Sandbox {
    explicit Sandbox(Options given) : options(std::move(given)), traces(options.seed ^ kTraceSalt) { begin_world(); }

    Instant now() const { return options.real_now() + advanced; }
    // As when it was started, but with new strings: a token from before a reset must not come alive again.
    void reset() {
        ++resets;
        advanced = Milliseconds(0);
        ledger = Ledger();
        switches = Switches();
        faults.clear();
        begin_world();
    }

    Options options;
    Milliseconds advanced{0};
    std::uint64_t resets = 0;
    std::unique_ptr<World> world;
    Ledger ledger;
    Switches switches;
    FaultPlan faults;
    Dice traces;
    std::string authority; // the certificate behind the TLS port, PEM; empty: there is none

private:
    static constexpr std::uint64_t kTraceSalt = 0x7472616365;       // traces and tokens draw from different streams
    static constexpr std::uint64_t kResetStep = 0x9E3779B97F4A7C15; // spreads the seeds of worlds after resets

    void begin_world() { world = make_seeded_world(options.apps, options.seed + resets * kResetStep); }
};

} // namespace everlong::simulator
