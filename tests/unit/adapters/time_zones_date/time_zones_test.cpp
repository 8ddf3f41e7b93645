// Judged against the C library, which reads the same data by its own code.

#include <adapters/time_zones_date/time_zones.hpp>
#include <support/temp_dir.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace everlong::adapters {
namespace {

using Oddity = ports::WallTime::Oddity;

// The C library's zone, for as long as it lives.
class LibraryZone {
public:
    explicit LibraryZone(const std::string& name) {
        ::setenv("TZ", (":" + name).c_str(), 1);
        ::tzset();
    }
    ~LibraryZone() {
        ::unsetenv("TZ");
        ::tzset();
    }
    LibraryZone(const LibraryZone&) = delete;
    LibraryZone& operator=(const LibraryZone&) = delete;

    static long offset_at(std::time_t instant) {
        std::tm parts{};
        ::localtime_r(&instant, &parts);
        return parts.tm_gmtoff;
    }
};

std::string wall_text(std::time_t local) {
    std::string text = to_rfc3339(instant_from_unix_s(local));
    text.pop_back();
    return text;
}

// The first second with the offset that stands at `high`, where that at `low` is another.
std::time_t find_change(std::time_t low, std::time_t high) {
    const long after = LibraryZone::offset_at(high);
    while (high - low > 1) {
        const std::time_t middle = low + (high - low) / 2;
        (LibraryZone::offset_at(middle) == after ? high : low) = middle;
    }
    return high;
}

void expect_wall(const ports::TimeZones& zones, const std::string& zone, std::time_t local, std::time_t instant,
                 Oddity oddity) {
    const auto found = zones.resolve(zone, wall_text(local));
    ASSERT_TRUE(found) << zone << " " << wall_text(local);
    ASSERT_EQ(to_rfc3339(found->instant), to_rfc3339(instant_from_unix_s(instant))) << zone << " " << wall_text(local);
    ASSERT_EQ(found->oddity, oddity) << zone << " " << wall_text(local);
}

// Clocks go from `before` to `after` seconds ahead of UTC at `change`.
void expect_change(const ports::TimeZones& zones, const std::string& zone, std::time_t change, long before,
                   long after) {
    if (after > before) {
        expect_wall(zones, zone, change + before, change, Oddity::kGap);
        expect_wall(zones, zone, change + (before + after) / 2, change, Oddity::kGap);
        expect_wall(zones, zone, change + after - 1, change, Oddity::kGap);
        expect_wall(zones, zone, change + after, change, Oddity::kNone);
        expect_wall(zones, zone, change + before - 1, change - 1, Oddity::kNone);
    } else {
        expect_wall(zones, zone, change + after, change + after - before, Oddity::kRepeat);
        expect_wall(zones, zone, change + before - 1, change - 1, Oddity::kRepeat);
        expect_wall(zones, zone, change + before, change + before - after, Oddity::kNone);
    }
}

TEST(TimeZones, AgreesWithTheCLibraryAroundEveryChangeOfEveryZone) {
    const bool is_long = std::getenv("EVERLONG_LONG_TESTS") != nullptr;
    const std::time_t kStep = 12 * 3600;
    const auto zones = make_time_zones();
    const std::vector<std::string> names = zones->names();
    ASSERT_GT(names.size(), 300U);
    int changes = 0;
    // A fixed share in CI, which holds Europe/Berlin and its like by the tests below.
    for (std::size_t i = 0; i < names.size(); i += is_long ? 1 : 12) {
        const LibraryZone library(names[i]);
        const std::time_t first = 3 * 24 * 3600; // the wall clock's year is 1970 in every zone
        const std::time_t last = 2145'916'800;   // 2038-01-01
        for (std::time_t at = first; at + kStep < last; at += kStep) {
            const long before = LibraryZone::offset_at(at);
            if (before == LibraryZone::offset_at(at + kStep)) continue;
            const std::time_t change = find_change(at, at + kStep);
            expect_change(*zones, names[i], change, LibraryZone::offset_at(change - 1), LibraryZone::offset_at(change));
            if (HasFatalFailure()) return;
            ++changes;
        }
    }
    EXPECT_GT(changes, is_long ? 20'000 : 1'000);
}

TEST(TimeZones, ATimeThatClocksSkipIsTheFirstInstantAfterTheGap) {
    const auto found = make_time_zones()->resolve("Europe/Berlin", "2026-03-29T02:30");
    ASSERT_TRUE(found);
    EXPECT_EQ(to_rfc3339(found->instant), "2026-03-29T01:00:00Z");
    EXPECT_EQ(found->oddity, Oddity::kGap);
}

TEST(TimeZones, ATimeThatComesTwiceIsTheFirstOfBoth) {
    const auto found = make_time_zones()->resolve("America/New_York", "2026-11-01T01:30:00");
    ASSERT_TRUE(found);
    EXPECT_EQ(to_rfc3339(found->instant), "2026-11-01T05:30:00Z");
    EXPECT_EQ(found->oddity, Oddity::kRepeat);
}

TEST(TimeZones, TellsAnInstantOnAZonesClocks) {
    const auto zones = make_time_zones();
    const auto instant = parse_rfc3339("2026-12-24T17:00:00Z").value();
    EXPECT_EQ(zones->wall_time("Europe/Berlin", instant), "2026-12-24T18:00:00+01:00");
    EXPECT_EQ(zones->wall_time("America/St_Johns", instant), "2026-12-24T13:30:00-03:30");
    EXPECT_EQ(zones->wall_time("Asia/Kathmandu", instant), "2026-12-24T22:45:00+05:45");
    EXPECT_EQ(zones->wall_time("Etc/UTC", instant), "2026-12-24T17:00:00+00:00");
}

TEST(TimeZones, ANameThatNoZoneHasIsRefused) {
    const auto zones = make_time_zones();
    for (const std::string name : {"", "Europe/Atlantis", "../../../etc/passwd", "/etc/passwd", "europe/berlin",
                                   "Europe", "tzdata.zi", "Europe/Berlin\n", "right/Europe/Berlin"}) {
        const auto found = zones->resolve(name, "2026-12-24T18:00");
        ASSERT_FALSE(found) << name;
        EXPECT_EQ(found.error().code(), Code::kZoneUnknown) << name;
        EXPECT_FALSE(zones->wall_time(name, {})) << name;
    }
}

TEST(TimeZones, WhatIsNoWallTimeIsRefused) {
    const auto zones = make_time_zones();
    for (const std::string text :
         {"", "tomorrow", "2026-12-24", "2026-12-24T18", "2026-12-24T18:60", "2026-12-24T24:00", "2026-13-24T18:00",
          "2026-02-29T18:00", "2026-12-24T18:00Z", "2026-12-24T18:00:0", "2026-12-24T18:00:61", "20261-2-24T18:00",
          "+026-12-24T18:00", "1969-12-31T23:59", "2026-12-24t18:00", "2026-12-24T-1:00",
          "2026-12-24T18:00:00+01:00"}) {
        const auto found = zones->resolve("Europe/Berlin", text);
        ASSERT_FALSE(found) << text;
        EXPECT_EQ(found.error().code(), Code::kTimeSyntax) << text;
    }
    EXPECT_TRUE(zones->resolve("Europe/Berlin", "2028-02-29 18:00"));
}

TEST(TimeZones, TheMachinesZoneIsThatOfTheEnvironmentThenOfTheLink) {
    test::TempDir dir;
    TimeZonePlaces places;
    places.local_zone = dir.path() / "localtime";
    EXPECT_EQ(make_time_zones(places)->machine_zone(), "Etc/UTC");
    std::filesystem::create_symlink("/usr/share/zoneinfo/Asia/Tokyo", places.local_zone);
    EXPECT_EQ(make_time_zones(places)->machine_zone(), "Asia/Tokyo");
    places.tz = ":Europe/Paris";
    EXPECT_EQ(make_time_zones(places)->machine_zone(), "Europe/Paris");
    places.tz = "CET-1CEST"; // a rule, no name
    EXPECT_EQ(make_time_zones(places)->machine_zone(), "Asia/Tokyo");
}

TEST(TimeZones, TheVersionIsReadAnew) {
    test::TempDir dir;
    TimeZonePlaces places;
    places.version_file = dir.path() / "tzdata.zi";
    const auto zones = make_time_zones(places);
    EXPECT_EQ(zones->version(), "unknown");
    test::write_bytes(places.version_file, "# version 2031a\n# This zic input file is in the public domain.\n");
    EXPECT_EQ(zones->version(), "2031a");
    EXPECT_TRUE(zones->resolve("Europe/Berlin", "2026-12-24T18:00"));
    test::write_bytes(places.version_file, "# version 2031b\n");
    EXPECT_EQ(zones->version(), "2031b");
    EXPECT_TRUE(zones->resolve("Europe/Berlin", "2026-12-24T18:00"));
}

} // namespace
} // namespace everlong::adapters
