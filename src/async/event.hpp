#pragma once
// Something that happens once, or again after clear(), and that coroutines wait for. Belongs to one executor that runs
// one thread.

#include <async/task.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace everlong {

class Event {
public:
    explicit Event(boost::asio::any_io_executor executor)
        : timer_(std::move(executor), boost::asio::steady_timer::time_point::max()) {}

    bool is_set() const { return is_set_; }
    // Wakes everyone who waits.
    void set() {
        is_set_ = true;
        timer_.cancel();
    }
    void clear() { is_set_ = false; }
    // Returns when it is set; at once if it is. Also returns when the waiter is cancelled.
    Async<void> wait() {
        if (is_set_) co_return;
        co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }

private:
    boost::asio::steady_timer timer_;
    bool is_set_ = false;
};

} // namespace everlong
