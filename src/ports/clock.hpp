#pragma once
// Two clocks that are never confused. The calendar (expiry, due times, back-off, schedules) may be virtual and jump; the
// monotonic one (request deadlines, time-outs, leases) is always real. Nothing outside the adapters reads any other.

#include <async/task.hpp>
#include <base/time.hpp>

namespace everlong::ports {

class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    // Returns when now() >= `due`, or at once where that is past; may return early (clock steps, cancellation), so
    // callers look at now() again. Notices suspend and jumps within 30 s of real time, a virtual clock's within 1 s.
    virtual Async<void> sleep_until(Instant due) = 0;
};

class Monotonic {
public:
    virtual ~Monotonic() = default;
    virtual MonotonicInstant now() const = 0;
    virtual Async<void> sleep_for(Milliseconds span) = 0;
};

} // namespace everlong::ports
