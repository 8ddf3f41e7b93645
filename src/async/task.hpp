#pragma once
// Task<T>: a coroutine that gives Result<T>. The only place that names Asio's coroutine type.
//
// Parameters of a coroutine are values, or references to something that outlives the await (an engine's members).
// After terminal cancellation the next co_await throws; cleanup that awaits first disables cancellation.

#include <base/result.hpp>

#include <boost/asio/awaitable.hpp>

namespace everlong {

// A coroutine that cannot fail.
template <class T>
using Async = boost::asio::awaitable<T>;

template <class T>
using Task = boost::asio::awaitable<Result<T>>;

} // namespace everlong
