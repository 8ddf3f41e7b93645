#pragma once
// The world's wall clocks by Howard Hinnant's date library, from the machine's own tz data (package tzdata). Those data
// reach to the end of 2037; what comes later is told by each zone's last offset.

#include <ports/time_zones.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace everlong::adapters {

struct TimeZonePlaces {
    // Whose first line tells the version of the data: "# version 2025b".
    std::filesystem::path version_file = "/usr/share/zoneinfo/tzdata.zi";
    // A link to the machine's zone.
    std::filesystem::path local_zone = "/etc/localtime";
    // The environment's TZ, which comes before that link; empty: not set.
    std::string tz;
};

std::unique_ptr<ports::TimeZones> make_time_zones(TimeZonePlaces places = {});

} // namespace everlong::adapters
