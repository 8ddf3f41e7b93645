#include <core/restart_policy.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace everlong::core {

void PrintTo(const AfterEnd& after, std::ostream* out) {
    *out << "action " << static_cast<int>(after.action) << ", wait " << after.wait.count();
}
void PrintTo(const StopStep& step, std::ostream* out) {
    *out << "action " << static_cast<int>(step.action) << ", at most "
         << step.at_most.value_or(Milliseconds(-1)).count();
}

namespace {

constexpr AfterEnd kEnds{AfterEnd::Action::kEnd, Milliseconds(0)};
constexpr AfterEnd kGivesUp{AfterEnd::Action::kGiveUp, Milliseconds(0)};
constexpr AfterEnd starts_again(int seconds) {
    return {AfterEnd::Action::kStartAgain, Seconds(seconds)};
}

TEST(RestartPolicy, KnowsWhichEndsWereWanted) {
    struct Row {
        const char* name;
        ExitStatus status;
        bool is_wanted;
    };
    for (const Row& row : std::vector<Row>{
             {"success", ExitStatus::exited(0), true},
             {"code 1", ExitStatus::exited(1), false},
             {"code 127", ExitStatus::exited(127), false},
             {"code 128", ExitStatus::exited(128), false},
             {"SIGHUP", ExitStatus::killed_by(1), true},
             {"SIGINT", ExitStatus::killed_by(2), true},
             {"SIGQUIT", ExitStatus::killed_by(3), true},
             {"SIGPIPE", ExitStatus::killed_by(13), true},
             {"SIGTERM", ExitStatus::killed_by(15), true},
             {"says SIGINT", ExitStatus::exited(130), true},
             {"says SIGTERM", ExitStatus::exited(143), true},
             {"SIGABRT", ExitStatus::killed_by(6), false},
             {"SIGKILL", ExitStatus::killed_by(9), false},
             {"SIGSEGV", ExitStatus::killed_by(11), false},
             {"says SIGSEGV", ExitStatus::exited(139), false},
             {"SIGUSR1", ExitStatus::killed_by(10), false},
         }) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(is_wanted_end(row.status), row.is_wanted);
    }
}

TEST(RestartPolicy, PassesTerminalSignalsToTheGroupAndOthersToTheCommand) {
    EXPECT_TRUE(is_for_whole_group(Signal::kInterrupt));
    EXPECT_TRUE(is_for_whole_group(Signal::kQuit));
    EXPECT_TRUE(is_for_whole_group(Signal::kWindowChange));
    EXPECT_FALSE(is_for_whole_group(Signal::kTerminate));
    EXPECT_FALSE(is_for_whole_group(Signal::kHangup));
    EXPECT_FALSE(is_for_whole_group(Signal::kUser1));
    EXPECT_FALSE(is_for_whole_group(Signal::kUser2));
}

TEST(RestartPolicy, TakesOnlyTermAndIntForRequestsToEnd) {
    EXPECT_TRUE(is_request_to_end(Signal::kTerminate));
    EXPECT_TRUE(is_request_to_end(Signal::kInterrupt));
    EXPECT_FALSE(is_request_to_end(Signal::kHangup));
    EXPECT_FALSE(is_request_to_end(Signal::kQuit));
    EXPECT_FALSE(is_request_to_end(Signal::kUser1));
}

TEST(CrashDamping, EndsWithACommandThatEndsByItself) {
    for (const int code : {0, 1, 2, 255}) {
        SCOPED_TRACE(code);
        CrashDamping damping({});
        EXPECT_EQ(damping.after_end(ExitStatus::exited(code), Milliseconds(10), StartCause::kFirst), kEnds);
    }
    CrashDamping damping({});
    EXPECT_EQ(damping.after_end(ExitStatus::killed_by(11), Hours(5), StartCause::kFirst), kEnds);
    EXPECT_EQ(damping.after_failed_start(StartCause::kFirst), kEnds);
}

TEST(CrashDamping, TriesACommandThatDiesOfARestartFiveTimes) {
    CrashDamping damping({});
    const ExitStatus crash = ExitStatus::exited(1);
    EXPECT_EQ(damping.after_end(crash, Milliseconds(4'999), StartCause::kNewToken), starts_again(1));
    EXPECT_EQ(damping.after_end(crash, Milliseconds(4'999), StartCause::kFailure), starts_again(2));
    EXPECT_EQ(damping.after_failed_start(StartCause::kFailure), starts_again(4));
    EXPECT_EQ(damping.after_end(crash, Milliseconds(0), StartCause::kFailure), starts_again(8));
    EXPECT_EQ(damping.after_end(crash, Milliseconds(0), StartCause::kFailure), starts_again(16));
    EXPECT_EQ(damping.after_end(crash, Milliseconds(0), StartCause::kFailure), kGivesUp);
}

TEST(CrashDamping, CountsAnewForANewToken) {
    CrashDamping damping({});
    const ExitStatus crash = ExitStatus::exited(1);
    for (int i = 0; i < 4; ++i) {
        const auto after =
            damping.after_end(crash, Milliseconds(0), i == 0 ? StartCause::kNewToken : StartCause::kFailure);
        EXPECT_EQ(after.action, AfterEnd::Action::kStartAgain);
    }
    EXPECT_EQ(damping.after_end(crash, Milliseconds(0), StartCause::kNewToken), starts_again(1));
}

TEST(CrashDamping, PassesOnACrashLongAfterARestart) {
    CrashDamping damping({});
    EXPECT_EQ(damping.after_end(ExitStatus::exited(1), Milliseconds(5'000), StartCause::kNewToken), kEnds);
    CrashDamping after_a_try({});
    EXPECT_EQ(after_a_try.after_end(ExitStatus::exited(1), Milliseconds(1), StartCause::kNewToken), starts_again(1));
    EXPECT_EQ(after_a_try.after_end(ExitStatus::exited(1), Milliseconds(5'000), StartCause::kFailure), kEnds);
}

TEST(CrashDamping, EndsWithACommandThatEndsWellRightAfterARestart) {
    CrashDamping damping({});
    EXPECT_EQ(damping.after_end(ExitStatus::exited(0), Milliseconds(1), StartCause::kNewToken), kEnds);
    EXPECT_EQ(damping.after_end(ExitStatus::killed_by(Signal::kInterrupt), Milliseconds(1), StartCause::kNewToken),
              kEnds);
}

TEST(CrashDamping, TakesADeathByItsOwnReloadSignalForAFailure) {
    RestartOptions options;
    options.reload_signal = Signal::kHangup;
    CrashDamping damping(options);
    EXPECT_EQ(damping.after_end(ExitStatus::killed_by(Signal::kHangup), Milliseconds(1), StartCause::kNewToken),
              starts_again(1));
    // The same signal from somebody else, or long after.
    EXPECT_EQ(damping.after_end(ExitStatus::killed_by(Signal::kHangup), Milliseconds(1), StartCause::kFirst), kEnds);
    EXPECT_EQ(damping.after_end(ExitStatus::killed_by(Signal::kHangup), Milliseconds(5'000), StartCause::kNewToken),
              kEnds);
}

TEST(CrashDamping, RestartsCrashesForEverWithGrowingWaitsWhereAskedTo) {
    RestartOptions options;
    options.restart_on_crash = true;
    CrashDamping damping(options);
    const ExitStatus crash = ExitStatus::killed_by(11);
    for (const int wait : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
        EXPECT_EQ(damping.after_end(crash, Milliseconds(59'999), StartCause::kFailure), starts_again(wait));
    }
    EXPECT_EQ(damping.after_end(crash, Milliseconds(60'000), StartCause::kFailure), starts_again(1));
    EXPECT_EQ(damping.after_end(ExitStatus::exited(0), Milliseconds(1), StartCause::kFailure), kEnds);
    EXPECT_EQ(damping.after_end(ExitStatus::killed_by(Signal::kTerminate), Milliseconds(1), StartCause::kFailure),
              kEnds);
}

TEST(StopSteps, FollowTheTable) {
    using enum StopStep::Action;
    struct Row {
        const char* name;
        StopState state;
        StopStep expected;
    };
    const auto ms = [](int count) { return std::optional(Milliseconds(count)); };
    for (const Row& row : std::vector<Row>{
             {"restart: the command alone has half the grace",
              {true, Milliseconds(0), {}, false, false, {}},
              {kWait, ms(5'000)}},
             {"restart: just before half", {true, Milliseconds(4'999), {}, false, false, {}}, {kWait, ms(1)}},
             {"restart: at half the group is asked",
              {true, Milliseconds(5'000), {}, false, false, {}},
              {kAskGroup, {}}},
             {"restart: the group is asked once", {true, Milliseconds(5'000), {}, false, true, {}}, {kWait, ms(5'000)}},
             {"restart: the grace is over", {true, Milliseconds(10'000), {}, false, true, {}}, {kKillGroup, {}}},
             {"restart: the command left somebody behind",
              {true, Milliseconds(100), ms(0), false, false, {}},
              {kAskGroup, {}}},
             {"restart: what was left behind has the rest of the grace",
              {true, Milliseconds(4'000), ms(3'000), false, true, {}},
              {kWait, ms(6'000)}},
             {"restart: all gone", {true, Milliseconds(100), ms(0), true, false, {}}, {kDone, {}}},
             {"told to end: the command has all the time",
              {false, Milliseconds(99'000), {}, false, false, {}},
              {kWait, {}}},
             {"told to end: what is left behind is asked",
              {false, Milliseconds(0), ms(0), false, false, {}},
              {kAskGroup, {}}},
             {"told to end: what is left behind has the grace",
              {false, Milliseconds(0), ms(1), false, true, {}},
              {kWait, ms(9'999)}},
             {"told to end: then it is killed",
              {false, Milliseconds(0), ms(10'000), false, true, {}},
              {kKillGroup, {}}},
             {"killed: the kernel takes a moment",
              {true, Milliseconds(10'000), {}, false, true, ms(0)},
              {kWait, ms(2'000)}},
             {"killed: what cannot be killed is left",
              {true, Milliseconds(12'000), {}, false, true, ms(2'000)},
              {kDone, {}}},
             {"an empty group without the command's end is no end",
              {true, Milliseconds(1), {}, true, false, {}},
              {kWait, ms(4'999)}},
         }) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(next_stop_step(row.state, Milliseconds(10'000)), row.expected);
    }
}

TEST(StopSteps, WithoutGraceKillAtOnce) {
    EXPECT_EQ(next_stop_step({true, Milliseconds(0), {}, false, false, {}}, Milliseconds(0)).action,
              StopStep::Action::kKillGroup);
}

} // namespace
} // namespace everlong::core
