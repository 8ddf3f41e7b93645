// Law 3 within one process: one holder per key, also where a waiter gives up.

#include <async/keyed_lock.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace everlong {
namespace {

namespace asio = boost::asio;

void poll(asio::io_context& io) {
    io.restart();
    while (io.poll_one() != 0) {
    }
}

struct Holders {
    explicit Holders(asio::io_context& context) : io(context) {}

    Async<void> take(std::optional<KeyedLock::Guard>& place) { place.emplace(co_await lock.acquire("cafe")); }

    void start(std::optional<KeyedLock::Guard>& place, asio::cancellation_slot slot = {}) {
        asio::co_spawn(io, take(place), asio::bind_cancellation_slot(slot, [](std::exception_ptr) {}));
        poll(io);
    }

    asio::io_context& io;
    KeyedLock lock;
};

TEST(KeyedLock, HandsTheKeyOnInOrder) {
    asio::io_context io(1);
    Holders holders(io);
    std::optional<KeyedLock::Guard> first, second, third;
    holders.start(first);
    holders.start(second);
    holders.start(third);
    ASSERT_TRUE(first);
    EXPECT_FALSE(second);
    first.reset();
    poll(io);
    EXPECT_TRUE(second);
    EXPECT_FALSE(third);
    second.reset();
    poll(io);
    EXPECT_TRUE(third);
    third.reset();
    EXPECT_FALSE(holders.lock.is_held("cafe"));
}

TEST(KeyedLock, GivesNothingToAWaiterThatWasCancelledAndKeepsTheOthersOut) {
    asio::io_context io(1);
    Holders holders(io);
    std::optional<KeyedLock::Guard> first, cancelled, third;
    asio::cancellation_signal signal;
    holders.start(first);
    holders.start(cancelled, signal.slot());
    holders.start(third);
    signal.emit(asio::cancellation_type::terminal);
    poll(io);
    EXPECT_FALSE(cancelled);
    EXPECT_FALSE(third) << "the first still holds it";
    first.reset();
    poll(io);
    EXPECT_FALSE(cancelled);
    EXPECT_TRUE(third);
    third.reset();
    EXPECT_FALSE(holders.lock.is_held("cafe"));
}

} // namespace
} // namespace everlong
