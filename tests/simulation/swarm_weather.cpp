#include <simulation/swarm_weather.hpp>

#include <simulation/publish_faults.hpp>

namespace everlong::test {
namespace {

// What can be read of Meta lags by this, most of the time.
constexpr Milliseconds kUsualLag = Seconds(30);

} // namespace

Weather::Weather(PublishRig& rig, std::uint64_t seed, int channels)
    : rig_(rig), seed_(seed), channels_(channels), chance_(seed) {
    rig.meta->fault = [this](const MetaCall& call) { return spoil(call); };
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
    rig_.meta->processing = Seconds(below(3));
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
        if (rig_.meta_now() >= jump_until_) set_clock_right();
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
    set_clock_right();
    rig_.stop_machine_at(-1);
}

void Weather::set_clock_right() {
    if (jumped_ == Milliseconds(0)) return;
    rig_.jump_alone(-jumped_);
    jumped_ = Milliseconds(0);
}

// By what the call is about and how often it came, and not by the order of all calls, in which no two runs are quite alike.
std::uint64_t Weather::lot_of(const MetaCall& call) {
    const std::string about = std::to_string(static_cast<int>(call.kind)) + call.account + call.caption;
    std::uint64_t lot = seed_ + static_cast<std::uint64_t>(++calls_[about]);
    for (const char c : about)
        lot = (lot ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    lot = (lot ^ (lot >> 30U)) * 0xBF58476D1CE4E5B9U;
    lot = (lot ^ (lot >> 27U)) * 0x94D049BB133111EBU;
    return lot ^ (lot >> 31U);
}

std::optional<ReplyFault> Weather::spoil(const MetaCall& call) {
    if (rig_.meta_now() < outage_until_) {
        ReplyFault outage;
        outage.status = 503;
        return outage;
    }
    const std::uint64_t lot = lot_of(call);
    if (call.kind == MetaCall::Kind::kUpload && lot % 4 == 0) {
        ReplyFault line;
        line.error = Error(Code::kUnknownOutcome, Fault::kUnknownOutcome, "the line broke");
        return line;
    }
    if (lot % 400 != 0) return std::nullopt;
    return reply_faults()[(lot / 400) % reply_faults().size()];
}

} // namespace everlong::test
