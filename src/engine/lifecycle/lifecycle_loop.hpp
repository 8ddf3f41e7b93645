#pragma once
// The unattended loop: wakes when something is due, looks after those channels, many at a time, and delivers what is
// undelivered. All its knowledge is in the store, so that it goes on after a restart where it was.

#include <async/event.hpp>
#include <engine/lifecycle/world.hpp>
#include <ports/clock.hpp>
#include <ports/log.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <optional>

namespace everlong::engine {

class LifecycleLoop {
public:
    // Everything must outlive run().
    LifecycleLoop(boost::asio::any_io_executor executor, World& world, ports::Monotonic& monotonic, ports::Log& log);

    // Until stop(); lets calls under way finish.
    Async<void> run();
    void stop();
    // Something may have become due: a command changed a channel.
    void wake();
    // When the last look at everything that was due ended without a fault of this machine.
    bool is_working() const { return is_working_; }

private:
    // Everything that is due now. False where this machine (disk, store) kept us from recording results.
    Async<bool> pass();
    Async<void> look_after_all(std::vector<ports::Channel> channels);
    Async<void> look_after_some(std::vector<ports::Channel>& channels, std::size_t& next);
    Async<bool> deliver_all(std::vector<ports::Delivery> deliveries);
    Async<void> sleep();
    void note(const Error& error, std::string_view subject);

    boost::asio::any_io_executor executor_;
    World& world_;
    ports::Monotonic& monotonic_;
    ports::Log& log_;
    Event wake_;
    std::optional<Instant> last_pass_at_;
    bool is_stopping_ = false;
    bool is_working_ = false;
    bool has_local_fault_ = false;
};

} // namespace everlong::engine
