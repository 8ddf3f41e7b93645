#include <adapters/process/posix_signals.hpp>

#include <adapters/process/detail/start_state.hpp>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <csignal>
#include <utility>

namespace everlong::adapters {

struct PosixSignals::Set {
    explicit Set(boost::asio::any_io_executor executor) : signals(std::move(executor)) {}
    boost::asio::signal_set signals;
};

PosixSignals::PosixSignals(boost::asio::any_io_executor executor) : set_(std::make_unique<Set>(std::move(executor))) {
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH}) {
        if (sigismember(&detail::start_state().ignored, signal) != 1) set_->signals.add(signal);
    }
}

PosixSignals::~PosixSignals() = default;

Async<core::Signal> PosixSignals::next() {
    const int signal = co_await set_->signals.async_wait(boost::asio::use_awaitable);
    co_return static_cast<core::Signal>(signal);
}

} // namespace everlong::adapters
