#include <simulation/changing_zones.hpp>

namespace everlong::test {
namespace {

constexpr const char* kOldLaw = "Europe/Berlin";

} // namespace

Result<ports::WallTime> ChangingZones::resolve(const std::string& zone, const std::string& wall_time) const {
    if (zone != kReform) return real_->resolve(zone, wall_time);
    auto old = real_->resolve(kOldLaw, wall_time);
    if (!old || !law_ || old->instant < law_->from) return old;
    const auto as_if_utc = parse_rfc3339(wall_time + "Z");
    if (!as_if_utc) return fail(Code::kTimeSyntax, Fault::kUsage, wall_time);
    ports::WallTime wall;
    wall.instant = *as_if_utc - law_->ahead;
    if (wall.instant < law_->from) wall = {law_->from, ports::WallTime::Oddity::kGap};
    return wall;
}

Result<std::string> ChangingZones::wall_time(const std::string& zone, Instant instant) const {
    if (zone != kReform) return real_->wall_time(zone, instant);
    if (!law_ || instant < law_->from) return real_->wall_time(kOldLaw, instant);
    return to_rfc3339(std::chrono::floor<Seconds>(instant + law_->ahead));
}

} // namespace everlong::test
