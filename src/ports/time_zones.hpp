#pragma once
// Wall clocks of the world's zones, after the machine's tz data (IANA).

#include <base/result.hpp>
#include <base/time.hpp>

#include <string>
#include <vector>

namespace everlong::ports {

// What a wall clock's time means. Rule for what clocks skip or show twice: a time in a gap is the first instant after it; a
// time that comes twice is the first of both.
struct WallTime {
    Instant instant{};
    enum class Oddity { kNone, kGap, kRepeat } oddity = Oddity::kNone;
};

class TimeZones {
public:
    virtual ~TimeZones() = default;
    // `wall_time`: "2026-12-24T18:00" or with seconds. kZoneUnknown, kTimeSyntax (kUsage).
    virtual Result<WallTime> resolve(const std::string& zone, const std::string& wall_time) const = 0;
    // "2026-12-24T18:00:00" on that zone's clocks, and the offset from UTC. kZoneUnknown (kUsage).
    virtual Result<std::string> wall_time(const std::string& zone, Instant instant) const = 0;
    virtual std::string machine_zone() const = 0;
    virtual std::vector<std::string> names() const = 0;
    // Of the tz data ("2025b"); read anew, so that an update while we run is seen.
    virtual std::string version() const = 0;
};

} // namespace everlong::ports
