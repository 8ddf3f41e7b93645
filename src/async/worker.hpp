#pragma once
// A single thread for work that blocks (SQLite, files, password hashes), so that the io_context never waits for a disk.
// run() moves the caller there and brings it back to its own executor.

#include <async/task.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace everlong {

class Worker {
public:
    Worker() : pool_(1) {}
    ~Worker() { pool_.join(); }

    // Runs `work` (any callable that takes nothing) on the worker's thread and gives what it returns. `work` must not
    // throw. Not cancellable: what was begun on the disk is finished.
    template <class Work>
    Async<std::invoke_result_t<Work>> run(Work work) {
        namespace asio = boost::asio;
        // Cancellation is a value here: what was handed to the worker is finished and its result brought home.
        co_await asio::this_coro::throw_if_cancelled(false);
        const auto home = co_await asio::this_coro::executor;
        co_await asio::post(asio::bind_executor(pool_, asio::use_awaitable));
        auto result = work();
        co_await asio::post(asio::bind_executor(home, asio::use_awaitable));
        co_return result;
    }

private:
    boost::asio::thread_pool pool_;
};

} // namespace everlong
