#pragma once
// Calendar time: instants in UTC with 64-bit milliseconds, and their RFC 3339 text. Reading a clock is ports/clock.hpp.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everlong {

using Milliseconds = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;
using Minutes = std::chrono::minutes;
using Hours = std::chrono::hours;
using Days = std::chrono::days;

// A point of the calendar, which may be virtual.
using Instant = std::chrono::sys_time<Milliseconds>;
// A point of monotonic time: deadlines and time-outs. Never stored, never virtual.
using MonotonicInstant = std::chrono::time_point<std::chrono::steady_clock, Milliseconds>;

constexpr Instant instant_from_unix_s(std::int64_t seconds) {
    return Instant(Seconds(seconds));
}
constexpr std::int64_t to_unix_s(Instant instant) {
    return std::chrono::floor<Seconds>(instant).time_since_epoch().count();
}
constexpr Instant instant_from_unix_ms(std::int64_t milliseconds) {
    return Instant(Milliseconds(milliseconds));
}
constexpr std::int64_t to_unix_ms(Instant instant) {
    return instant.time_since_epoch().count();
}

// "2026-05-01T10:00:00Z"; milliseconds appear only where they are not zero. Years 1970 to 9999.
std::string to_rfc3339(Instant instant);
// Takes "Z" or a numeric offset, with or without a fraction. Nothing for anything else.
std::optional<Instant> parse_rfc3339(std::string_view text);

// HTTP's Date header, "Fri, 01 May 2026 10:00:00 GMT" (RFC 9110, 5.6.7).
std::string to_http_date(Instant instant);
std::optional<Instant> parse_http_date(std::string_view text);

// For people: "59 days", "23 hours", "4 minutes", "now"; the largest unit, rounded down.
std::string humanize(Milliseconds span);

} // namespace everlong
