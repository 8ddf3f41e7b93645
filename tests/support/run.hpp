#pragma once
// Runs a coroutine to its end from a plain test and gives what it returns. An exception comes out as it is; a coroutine
// that waits for something that can no longer come ends the test with std::logic_error instead of hanging it.

#include <async/task.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace everlong::test {
namespace detail {

template <class T>
Async<void> keep_result(Async<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
}

inline void run_until_done(boost::asio::io_context& io, Async<void> task) {
    bool is_done = false;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr exception) {
        thrown = exception;
        is_done = true;
    });
    io.restart();
    while (!is_done) {
        if (io.run_one() == 0) throw std::logic_error("the coroutine waits for something that never comes");
    }
    if (thrown) std::rethrow_exception(thrown);
}

} // namespace detail

// Other work of `io` (servers, timers) goes on meanwhile and is left where it stands.
template <class T>
T run(boost::asio::io_context& io, Async<T> task) {
    std::optional<T> result;
    detail::run_until_done(io, detail::keep_result(std::move(task), result));
    return *std::move(result);
}

inline void run(boost::asio::io_context& io, Async<void> task) {
    detail::run_until_done(io, std::move(task));
}

// On an io_context of its own. Not for what another thread resumes (a store): that needs a context that outlives it.
template <class T>
T run(Async<T> task) {
    boost::asio::io_context io(1);
    if constexpr (std::is_void_v<T>) {
        detail::run_until_done(io, std::move(task));
    } else {
        return run(io, std::move(task));
    }
}

} // namespace everlong::test
