#pragma once
// ports::SignalSource by Asio's signal_set.

#include <ports/process.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace everlong::adapters {

class PosixSignals final : public ports::SignalSource {
public:
    // From here on the signals are kept for next() instead of doing what they do by default.
    explicit PosixSignals(boost::asio::any_io_executor executor);
    ~PosixSignals() override;

    Async<core::Signal> next() override;

private:
    struct Set;
    std::unique_ptr<Set> set_;
};

} // namespace everlong::adapters
