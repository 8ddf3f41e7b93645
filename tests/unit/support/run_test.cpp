#include <support/run.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>
#include <string>

namespace {

using everlong::Async;

Async<std::string> answer() {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    co_return "42";
}
Async<void> refuse() {
    throw std::runtime_error("no");
    co_return;
}

TEST(Run, GivesWhatTheCoroutineReturns) {
    EXPECT_EQ("42", everlong::test::run(answer()));
}

TEST(Run, LetsAnExceptionOut) {
    EXPECT_THROW(everlong::test::run(refuse()), std::runtime_error);
}

TEST(Run, LeavesOtherWorkOfTheContextWaiting) {
    boost::asio::io_context io;
    boost::asio::steady_timer other(io, boost::asio::steady_timer::time_point::max());
    bool was_called = false;
    other.async_wait([&](boost::system::error_code) { was_called = true; });
    EXPECT_EQ("42", everlong::test::run(io, answer()));
    EXPECT_EQ("42", everlong::test::run(io, answer()));
    EXPECT_FALSE(was_called);
}

} // namespace
