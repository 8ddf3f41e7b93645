#include <simulation/swarm_weather.hpp>

#include <simulation/publish_faults.hpp>

namespace everlong::test {
namespace {

// What can be read of Meta lags by this, most of the time.
constexpr Milliseconds kUsualLag = Seconds(30);

} // namespace

Weather::Weather(PublishRig& rig, std::uint64_t seed, int channels) : rig_(rig), channels_(channels), chance_(seed) {
    rig.meta->fault = [this](const MetaCall&) { return spoil(); };
    rig.meta->list_lag = kUsualLag;
    rig.meta->does_everything_lag = true;
}

void Weather::turn() {
    const Instant now = rig_.meta_now();
    if (now >= outage_until_ && one_in(60)) outage_until_ = now + Minutes(1 + below(180));
    turn_tokens();
    turn_clock();
    // Less than the ten minutes after which the engine believes what it reads.
    rig_.meta->list_lag = one_in(12) ? Milliseconds(Minutes(1 + below(9))) : kUsualLag;
    if (one_in(100)) rig_.stop_machine_at(below(200));
}

void Weather::turn_tokens() {
    const Instant now = rig_.meta_now();
    for (auto& [channel, until] : dead_until_) {
        if (until == Instant{} || now < until) continue;
        rig_.meta->accounts[rig_.account_of(channel)].is_alive = true;
        until = {};
        rig_.loop().channel_changed(rig_.channel_name(channel));
    }
    if (!one_in(40)) return;
    const int channel = below(channels_);
    rig_.meta->accounts[rig_.account_of(channel)].is_alive = false;
    dead_until_[channel] = now + Minutes(5 + below(600));
}

// Ahead of Meta's by minutes, hours or up to a month, or behind it, for a while; and back again.
void Weather::turn_clock() {
    if (jumped_ != Milliseconds(0)) {
        if (rig_.meta_now() >= jump_until_) set_right();
        return;
    }
    if (!one_in(80)) return;
    switch (below(4)) {
    case 0: jumped_ = Days(1 + below(30)); break;
    case 1: jumped_ = Minutes(30 + below(30 * 60)); break;
    case 2: jumped_ = Minutes(10 + below(45)); break;
    default: jumped_ = -Milliseconds(Minutes(1 + below(50))); break;
    }
    rig_.jump_alone(jumped_);
    jump_until_ = rig_.meta_now() + Minutes(1 + below(90));
}

void Weather::clear() {
    rig_.meta->fault = [](const MetaCall&) { return std::optional<ReplyFault>(); };
    rig_.meta->list_lag = kUsualLag;
    for (const auto& [channel, until] : dead_until_)
        rig_.meta->accounts[rig_.account_of(channel)].is_alive = true;
    if (jumped_ != Milliseconds(0)) set_right();
    rig_.stop_machine_at(-1);
}

void Weather::set_right() {
    rig_.jump_alone(-jumped_);
    jumped_ = Milliseconds(0);
}

std::optional<ReplyFault> Weather::spoil() {
    if (rig_.meta_now() < outage_until_) {
        ReplyFault outage;
        outage.status = 503;
        return outage;
    }
    if (!one_in(400)) return std::nullopt;
    return reply_faults()[static_cast<std::size_t>(below(static_cast<int>(reply_faults().size())))];
}

} // namespace everlong::test
