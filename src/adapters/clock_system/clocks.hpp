#pragma once
// The real clocks, and the simulator's virtual calendar followed over HTTP. The only place that reads the machine's.

#include <http/client.hpp>
#include <ports/clock.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace everlong::adapters {

// The machine's calendar. Sleeps in slices, so that suspend and steps of the clock are noticed within 30 s.
std::unique_ptr<ports::Clock> make_system_clock(boost::asio::any_io_executor executor);

std::unique_ptr<ports::Monotonic> make_steady_monotonic(boost::asio::any_io_executor executor);

// The machine's calendar, to hand to the simulator as its real time.
Instant read_system_clock();

// The simulator's calendar: real time plus an offset that is asked for again and again. A jump wakes sleepers within a
// second.
class SandboxClock : public ports::Clock {
public:
    // Asks once. kClock (kLocal) where no simulator answers at `meta_base` (http://127.0.0.1:9190).
    virtual Task<void> synchronise() = 0;
    // Called after each jump that was noticed; more than the way of an answer. One listener.
    virtual void on_jump(std::function<void()> told) = 0;
    // Follows until stop().
    virtual Async<void> follow() = 0;
    virtual void stop() = 0;
};

std::unique_ptr<SandboxClock> make_sandbox_clock(boost::asio::any_io_executor executor, http::Client& client,
                                                 std::string meta_base);

} // namespace everlong::adapters
