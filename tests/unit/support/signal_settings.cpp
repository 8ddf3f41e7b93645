// The tests run with the signal settings of the program (src/apps/main.cpp): a write into a pipe without a reader is an
// error, not an end. Asio itself makes one: it closes the pipe of its signal set reading end first, and a SIGCHLD may
// come in between.

#include <gtest/gtest.h>

#include <csignal>

namespace everlong {
namespace {

class SignalSettings : public testing::Environment {
public:
    // A handler, not SIG_IGN, which children would inherit.
    void SetUp() override {
        std::signal(SIGPIPE, [](int) {});
    }
};

const testing::Environment* const kSignalSettings = testing::AddGlobalTestEnvironment(new SignalSettings);

} // namespace
} // namespace everlong
