#include <core/exit_status.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

TEST(ExitStatus, ShowsACodeAsItIsAndASignalAsShellsDo) {
    EXPECT_EQ(ExitStatus::exited(0).exit_code(), 0);
    EXPECT_EQ(ExitStatus::exited(255).exit_code(), 255);
    EXPECT_EQ(ExitStatus::killed_by(Signal::kTerminate).exit_code(), 143);
    EXPECT_EQ(ExitStatus::killed_by(9).exit_code(), 137);
    EXPECT_EQ(ExitStatus::exited(143).signal_number(), 0);
    EXPECT_EQ(ExitStatus::killed_by(15).signal_number(), 15);
    EXPECT_FALSE(ExitStatus::exited(15) == ExitStatus::killed_by(15));
}

TEST(ExitStatus, SaysHowItEnded) {
    EXPECT_EQ(ExitStatus::exited(3).text(), "exit code 3");
    EXPECT_EQ(ExitStatus::killed_by(9).text(), "killed by SIGKILL");
    EXPECT_EQ(ExitStatus::killed_by(40).text(), "killed by signal 40");
}

TEST(Signal, IsReadInEveryUsualSpelling) {
    EXPECT_EQ(parse_signal("HUP"), Signal::kHangup);
    EXPECT_EQ(parse_signal("SIGHUP"), Signal::kHangup);
    EXPECT_EQ(parse_signal("sighup"), Signal::kHangup);
    EXPECT_EQ(parse_signal("usr2"), Signal::kUser2);
    EXPECT_EQ(parse_signal("SIGWINCH"), Signal::kWindowChange);
}

TEST(Signal, IsRefusedWhereItMeansNothingToAnApplication) {
    for (const char* text : {"", "SIG", "KILL", "SIGCONT", "SEGV", "1", "HUP ", "HANGUP"}) {
        SCOPED_TRACE(text);
        EXPECT_EQ(parse_signal(text), std::nullopt);
    }
}

} // namespace
} // namespace everlong::core
