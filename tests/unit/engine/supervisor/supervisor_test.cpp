#include "fake_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everlong::engine::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Supervisor, StartsTheCommandWithTheFirstToken) {
    FakeWorld world;
    world.begin();
    EXPECT_EQ(world.starts(), 0u);
    world.publish(7);
    ASSERT_EQ(world.starts(), 1u);
    EXPECT_THAT(world.launcher.commands, ElementsAre(ElementsAre("serve", "--port", "1")));
    EXPECT_EQ(world.child(0).token, "token-7");
    EXPECT_EQ(world.child(0).account, "17841400000000001");
    EXPECT_THAT(world.diary.lines, ElementsAre("started 101 v7"));
    EXPECT_FALSE(world.end);
}

TEST(Supervisor, EndsWithTheCommandsOwnStatus) {
    for (const ExitStatus status : {ExitStatus::exited(0), ExitStatus::exited(7), ExitStatus::killed_by(11)}) {
        SCOPED_TRACE(status.text());
        FakeWorld world;
        world.begin_with_token();
        world.end_child(0, status);
        EXPECT_TRUE(world.has_ended_with(status));
        EXPECT_FALSE((*world.end)->trouble);
        EXPECT_EQ(world.starts(), 1u);
        EXPECT_TRUE(world.child(0).is_dropped);
        EXPECT_THAT(world.child(0).received, IsEmpty());
    }
}

TEST(Supervisor, RestartsForANewTokenAndTellsTheGap) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.obeys = false; };
    world.begin_with_token();
    world.advance(Hours(1));
    world.publish(2);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM"));
    EXPECT_EQ(world.starts(), 1u) << "the old one still holds the port";
    world.advance(Milliseconds(300));
    world.end_child(0, ExitStatus::exited(0));
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.child(1).token, "token-2");
    EXPECT_FALSE(world.end);
    EXPECT_THAT(world.diary.lines, ElementsAre("started 101 v1", "restarting for token in 0", "stopped, exit code 0",
                                               "started 102 v2", "restarted, stopping 300 gap 0"));
}

TEST(Supervisor, StartsWithTheNewestTokenWhereMoreCameDuringARestart) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.obeys = false; };
    world.begin_with_token();
    world.publish(2);
    world.publish(3);
    world.publish(4);
    world.end_child(0, ExitStatus::exited(0));
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.child(1).token, "token-4");
    EXPECT_THAT(world.child(1).received, IsEmpty()) << "it has the newest token already";
    EXPECT_EQ(world.tokens.asked_for.back(), 4);
}

TEST(Supervisor, AsksTheGroupAtHalfTheGraceAndKillsItAtTheEnd) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.obeys = false; };
    world.begin_with_token();
    world.publish(2);
    world.advance(Milliseconds(4'999));
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM"));
    world.advance(Milliseconds(1));
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM", "group SIGTERM"));
    world.advance(Milliseconds(4'999));
    EXPECT_EQ(world.starts(), 1u);
    world.advance(Milliseconds(1));
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM", "group SIGTERM", "group SIGKILL"));
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.child(1).token, "token-2");
}

TEST(Supervisor, WaitsForWhatTheCommandLeftBehindBeforeItStartsAgain) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.leaves_others = true; };
    world.begin_with_token();
    world.publish(2);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM", "group SIGTERM"));
    EXPECT_EQ(world.starts(), 1u);
    world.advance(Milliseconds(1'500));
    world.child(0).is_group_gone = true;
    world.child(0).on_change();
    world.monotonic.settle();
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.diary.lines.back(), "restarted, stopping 0 gap 1500");
}

TEST(Supervisor, ClearsAwayWhatACommandThatEndedByItselfLeftBehind) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.leaves_others = true; };
    world.begin_with_token();
    world.end_child(0, ExitStatus::exited(5));
    EXPECT_THAT(world.child(0).received, ElementsAre("group SIGTERM"));
    EXPECT_FALSE(world.end);
    world.advance(Seconds(10));
    EXPECT_THAT(world.child(0).received, ElementsAre("group SIGTERM", "group SIGKILL"));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(5)));
}

TEST(Supervisor, PassesSignalsOnAsTheyAre) {
    FakeWorld world;
    world.begin_with_token();
    for (const Signal signal :
         {Signal::kHangup, Signal::kUser1, Signal::kUser2, Signal::kQuit, Signal::kWindowChange}) {
        world.send(signal);
    }
    EXPECT_THAT(world.child(0).received,
                ElementsAre("SIGHUP", "SIGUSR1", "SIGUSR2", "group SIGQUIT", "group SIGWINCH"));
    EXPECT_FALSE(world.end);
}

TEST(Supervisor, PassesOnARequestToEndAndWaitsAsLongAsItTakes) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.obeys = false; };
    world.begin_with_token();
    world.send(Signal::kTerminate);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM"));
    world.publish(2);
    world.advance(Hours(2));
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM")) << "neither killed nor restarted";
    EXPECT_FALSE(world.end);
    world.end_child(0, ExitStatus::exited(3));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(3)));
    EXPECT_EQ(world.starts(), 1u);
}

TEST(Supervisor, SendsAnInterruptToTheWholeGroup) {
    FakeWorld world;
    world.begin_with_token();
    world.send(Signal::kInterrupt);
    EXPECT_THAT(world.child(0).received, ElementsAre("group SIGINT"));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::killed_by(2)));
    EXPECT_EQ((*world.end)->status.exit_code(), 130);
}

TEST(Supervisor, KillsTheGroupOnASecondRequestToEnd) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.obeys = false; };
    world.begin_with_token();
    world.send(Signal::kTerminate);
    world.advance(Milliseconds(500));
    world.send(Signal::kTerminate);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM", "group SIGKILL"));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::killed_by(9)));
}

TEST(Supervisor, TakesARequestToEndThatComesTwiceAtOnceForOne) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.obeys = false; };
    world.begin_with_token();
    world.send(Signal::kTerminate);
    world.advance(Milliseconds(499));
    world.send(Signal::kTerminate);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM"));
    EXPECT_FALSE(world.end);
}

TEST(Supervisor, EndsWhereItIsToldToDuringARestart) {
    FakeWorld world;
    world.launcher.prepare = [](ChildRecord& record) { record.obeys = false; };
    world.begin_with_token();
    world.publish(2);
    world.send(Signal::kInterrupt);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM", "group SIGINT"));
    world.end_child(0, ExitStatus::exited(0));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(0)));
    EXPECT_EQ(world.starts(), 1u);
}

TEST(Supervisor, EndsWhereItIsToldToBeforeTheFirstToken) {
    FakeWorld world;
    world.begin();
    world.send(Signal::kTerminate);
    EXPECT_TRUE(world.has_ended_with(ExitStatus::killed_by(15)));
    EXPECT_EQ(world.starts(), 0u);
}

TEST(Supervisor, GivesTheSourcesErrorWhereThereIsNoFirstToken) {
    FakeWorld world;
    world.tokens.trouble(Error(Code::kChannelUnknown, Fault::kUsage, "'shop'"));
    world.begin();
    ASSERT_TRUE(world.end);
    ASSERT_FALSE(*world.end);
    EXPECT_EQ(world.end->error().summary(), "E_CHANNEL_UNKNOWN at run: 'shop'");
    EXPECT_EQ(world.starts(), 0u);
}

TEST(Supervisor, GivesCancelledWhereTheSourceClosesBeforeTheFirstToken) {
    FakeWorld world;
    world.tokens.close();
    world.begin();
    ASSERT_TRUE(world.end);
    ASSERT_FALSE(*world.end);
    EXPECT_EQ(world.end->error().code(), Code::kCancelled);
}

TEST(Supervisor, GivesTheErrorOfACommandThatCannotBeStarted) {
    FakeWorld world;
    world.launcher.failures.push_back(Error(Code::kCommand, Fault::kUsage, "'serve': command not found"));
    world.begin_with_token();
    ASSERT_TRUE(world.end);
    ASSERT_FALSE(*world.end);
    EXPECT_EQ(world.end->error().code(), Code::kCommand);
    EXPECT_EQ(world.end->error().fault(), Fault::kUsage);
}

TEST(Supervisor, LetsTheCommandRunWhileTheSourceIsInTrouble) {
    FakeWorld world;
    world.begin_with_token();
    const Error trouble(Code::kUnreachable, Fault::kTransient, "no service");
    for (int i = 0; i < 5; ++i)
        world.tokens.trouble(trouble);
    world.monotonic.settle();
    world.advance(Minutes(5));
    EXPECT_THAT(world.child(0).received, IsEmpty());
    EXPECT_THAT(world.diary.lines, ElementsAre("started 101 v1", "source: E_UNREACHABLE: no service"));
    world.publish(2);
    EXPECT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.child(1).token, "token-2");
}

TEST(Supervisor, DoesNotCallItTroubleThatItsOwnEndBreaksOffTheQuestion) {
    FakeWorld world;
    world.begin_with_token();
    world.end_child(0, ExitStatus::exited(0));
    ASSERT_TRUE(world.has_ended_with(ExitStatus::exited(0)));
    EXPECT_THAT(world.diary.lines, ElementsAre("started 101 v1", "stopped, exit code 0"));
}

TEST(Supervisor, LetsTheCommandRunWhereTheSourceCloses) {
    FakeWorld world;
    world.begin_with_token();
    world.tokens.close();
    world.monotonic.settle();
    world.advance(Days(3));
    EXPECT_FALSE(world.end);
    world.end_child(0, ExitStatus::exited(0));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(0)));
}

TEST(Supervisor, SendsTheReloadSignalInPlaceOfARestart) {
    FakeWorld world;
    world.options.restart.reload_signal = Signal::kHangup;
    world.begin_with_token();
    world.publish(2);
    world.publish(3);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGHUP", "SIGHUP"));
    EXPECT_EQ(world.starts(), 1u);
    EXPECT_THAT(world.diary.lines, ElementsAre("started 101 v1", "reload v2", "reload v3"));
}

TEST(Supervisor, StartsACommandAgainThatDiesOfItsReloadSignal) {
    FakeWorld world;
    world.options.restart.reload_signal = Signal::kHangup;
    world.begin_with_token();
    world.advance(Hours(1));
    world.publish(2);
    world.end_child(0, ExitStatus::killed_by(Signal::kHangup));
    world.advance(Seconds(1));
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.child(1).token, "token-2");
}

TEST(Supervisor, DampsACommandThatDiesOfARestart) {
    FakeWorld world;
    world.begin_with_token();
    world.advance(Hours(1));
    world.publish(2);
    const std::vector<int> waits{1, 2, 4, 8, 16};
    for (std::size_t i = 0; i < waits.size(); ++i) {
        SCOPED_TRACE(i);
        ASSERT_EQ(world.starts(), i + 2);
        world.end_child(i + 1, ExitStatus::exited(9));
        world.advance(Seconds(waits[i]) - Milliseconds(1));
        ASSERT_EQ(world.starts(), i + 2);
        ASSERT_FALSE(world.end);
        world.advance(Milliseconds(1));
    }
    ASSERT_EQ(world.starts(), 7u);
    world.end_child(6, ExitStatus::exited(9));
    ASSERT_TRUE(world.has_ended_with(ExitStatus::exited(9)));
    ASSERT_TRUE((*world.end)->trouble);
    EXPECT_EQ((*world.end)->trouble->code(), Code::kCrashLoop);
}

TEST(Supervisor, RecoversWhereALaterTryLives) {
    FakeWorld world;
    world.begin_with_token();
    world.publish(2);
    world.end_child(1, ExitStatus::exited(1));
    world.advance(Seconds(1));
    ASSERT_EQ(world.starts(), 3u);
    EXPECT_EQ(world.diary.lines.back(), "restarted, stopping 0 gap 1000");
    world.advance(Hours(1));
    EXPECT_FALSE(world.end);
    world.publish(3);
    EXPECT_EQ(world.starts(), 4u);
}

TEST(Supervisor, StartsAtOnceWithANewerTokenWhileItWaitsToTryAgain) {
    FakeWorld world;
    world.options.restart.restart_on_crash = true;
    world.begin_with_token();
    world.end_child(0, ExitStatus::exited(1));
    world.advance(Milliseconds(400));
    world.publish(2);
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.child(1).token, "token-2");
}

TEST(Supervisor, EndsWhereItIsToldToWhileItWaitsToTryAgain) {
    FakeWorld world;
    world.options.restart.restart_on_crash = true;
    world.begin_with_token();
    world.end_child(0, ExitStatus::exited(1));
    world.send(Signal::kTerminate);
    EXPECT_TRUE(world.has_ended_with(ExitStatus::killed_by(15)));
    EXPECT_EQ(world.starts(), 1u);
}

TEST(Supervisor, RestartsACrashedCommandWhereAskedTo) {
    FakeWorld world;
    world.options.restart.restart_on_crash = true;
    world.begin_with_token();
    world.end_child(0, ExitStatus::killed_by(11));
    world.advance(Seconds(1));
    ASSERT_EQ(world.starts(), 2u);
    world.end_child(1, ExitStatus::exited(1));
    world.advance(Seconds(2));
    ASSERT_EQ(world.starts(), 3u);
    world.end_child(2, ExitStatus::exited(0));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(0)));
}

TEST(Supervisor, TriesAgainWhereTheCommandIsAwayDuringARestart) {
    FakeWorld world;
    const Error absent(Code::kCommand, Fault::kUsage, "'serve': command not found");
    world.launcher.failures = {std::nullopt, absent, absent};
    world.begin_with_token();
    world.publish(2);
    world.advance(Seconds(3));
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_EQ(world.child(1).token, "token-2");
}

TEST(Supervisor, GivesUpWhereTheCommandStaysAway) {
    struct Row {
        Fault fault;
        int exit_code;
    };
    for (const Row& row : {Row{Fault::kUsage, 127}, Row{Fault::kLocal, 126}}) {
        SCOPED_TRACE(row.exit_code);
        FakeWorld world;
        world.launcher.failures = {std::nullopt};
        for (int i = 0; i < 6; ++i)
            world.launcher.failures.push_back(Error(Code::kCommand, row.fault, "'serve'"));
        world.begin_with_token();
        world.publish(2);
        world.advance(Seconds(30));
        EXPECT_FALSE(world.end);
        world.advance(Seconds(1));
        EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(row.exit_code)));
        EXPECT_EQ((*world.end)->trouble->code(), Code::kCommand);
    }
}

TEST(SupervisorOverlap, StartsTheNewOneBesideTheOldOneUntilItHasSettled) {
    FakeWorld world;
    world.options.overlap = Seconds(3);
    world.begin_with_token();
    world.publish(2);
    ASSERT_EQ(world.starts(), 2u);
    EXPECT_THAT(world.child(0).received, IsEmpty());
    world.advance(Milliseconds(2'999));
    EXPECT_THAT(world.child(0).received, IsEmpty());
    world.advance(Milliseconds(1));
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM"));
    EXPECT_TRUE(world.child(0).is_dropped);
    EXPECT_EQ(world.diary.lines.back(), "restarted, stopping 0 gap 0");
    world.send(Signal::kUser1);
    EXPECT_THAT(world.child(1).received, ElementsAre("SIGUSR1"));
    world.advance(Hours(1));
    world.end_child(1, ExitStatus::exited(4));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(4)));
}

TEST(SupervisorOverlap, KeepsTheOldOneWhereTheNewOneFails) {
    FakeWorld world;
    world.options.overlap = Seconds(3);
    world.begin_with_token();
    world.publish(2);
    std::size_t newest = 1;
    for (const int wait : {1, 2, 4, 8, 16, 3600}) {
        ASSERT_EQ(world.starts(), newest + 1);
        world.end_child(newest++, ExitStatus::exited(1));
        world.advance(Seconds(wait));
    }
    EXPECT_EQ(world.starts(), 7u) << "given up after five more tries";
    EXPECT_THAT(world.child(0).received, IsEmpty());
    EXPECT_FALSE(world.end);
    world.publish(3);
    world.advance(Seconds(3));
    EXPECT_EQ(world.starts(), 8u);
    EXPECT_TRUE(world.child(0).is_dropped);
    EXPECT_FALSE(world.end);
}

TEST(SupervisorOverlap, EndsBothWhereItIsToldToMeanwhile) {
    FakeWorld world;
    world.options.overlap = Seconds(3);
    world.begin_with_token();
    world.publish(2);
    world.send(Signal::kTerminate);
    EXPECT_THAT(world.child(0).received, ElementsAre("SIGTERM"));
    EXPECT_THAT(world.child(1).received, ElementsAre("SIGTERM"));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::killed_by(15)));
}

TEST(SupervisorOverlap, GoesOnWithTheNewOneWhereTheOldOneEndsMeanwhile) {
    FakeWorld world;
    world.options.overlap = Seconds(3);
    world.begin_with_token();
    world.publish(2);
    world.end_child(0, ExitStatus::exited(1));
    EXPECT_FALSE(world.end);
    world.advance(Seconds(3));
    EXPECT_FALSE(world.end);
    world.advance(Hours(1));
    world.end_child(1, ExitStatus::exited(6));
    EXPECT_TRUE(world.has_ended_with(ExitStatus::exited(6)));
}

} // namespace
} // namespace everlong::engine::test
