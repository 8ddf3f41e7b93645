#pragma once
// What is wrong with a swarm's world, and until when: spoiled replies, outages, dead tokens, a clock that jumps, lists that lag,
// a machine that stops. By chance, from one seed.

#include <simulation/publish_rig.hpp>

#include <map>
#include <random>
#include <string>

namespace everlong::test {

class Weather {
public:
    // Of a rig that it outlives neither; begins at once.
    Weather(PublishRig& rig, std::uint64_t seed, int channels);

    bool one_in(int n) { return chance_() % static_cast<std::uint64_t>(n) == 0; }
    int below(int n) { return static_cast<int>(chance_() % static_cast<std::uint64_t>(n)); }

    // Now and then something begins, and what is over ends.
    void turn();
    void set_clock_right();
    // Fair from now on.
    void clear();

private:
    void turn_tokens();
    void turn_clock();
    std::uint64_t lot_of(const MetaCall& call);
    std::optional<ReplyFault> spoil(const MetaCall& call);

    PublishRig& rig_;
    std::uint64_t seed_;
    int channels_;
    std::mt19937_64 chance_;
    std::map<std::string, int> calls_; // by what they are about
    Instant outage_until_{};
    Instant jump_until_{};
    Milliseconds jumped_{0};
    std::map<int, Instant> dead_until_; // by channel
};

} // namespace everlong::test
