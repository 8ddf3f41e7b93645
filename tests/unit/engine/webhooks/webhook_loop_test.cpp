#include <engine/webhooks/webhook_loop.hpp>

#include <support/virtual_time.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everlong::engine {
namespace {

using testing::ElementsAre;

class FakeWebhook final : public ports::Webhook {
public:
    explicit FakeWebhook(boost::asio::io_context& io) : never_(io.get_executor()) {}

    Task<int> tell(std::vector<ports::Notice> notices) override {
        std::vector<std::string> names;
        for (const ports::Notice& notice : notices)
            names.push_back(notice.event + (notice.id.empty() ? "" : " " + notice.id + " " + notice.state));
        calls.push_back(std::move(names));
        if (during) std::exchange(during, nullptr)();
        if (hangs) co_await never_.wait();
        if (answers.empty()) co_return 204;
        Result<int> answer = answers.front();
        answers.pop_front();
        co_return answer;
    }

    std::vector<std::vector<std::string>> calls;
    std::deque<Result<int>> answers; // then 204
    std::function<void()> during;    // the next call
    bool hangs = false;

private:
    Event never_;
};

class CountingMonotonic final : public ports::Monotonic {
public:
    explicit CountingMonotonic(boost::asio::io_context& io) : io_(io) {}
    MonotonicInstant now() const override { return {}; }
    Async<void> sleep_for(Milliseconds span) override {
        slept.push_back(span);
        co_await boost::asio::post(io_, boost::asio::use_awaitable);
    }
    std::vector<Milliseconds> slept;

private:
    boost::asio::io_context& io_;
};

class FakeRandom final : public ports::Random {
public:
    Secret secret(std::size_t) override { return Secret("s"); }
    std::string id(std::size_t) override { return std::string(1, sign); }
    char sign = '@'; // 64: of no chance
};

class FakeLog final : public ports::Log {
public:
    void info(std::string_view text) override { infos.emplace_back(text); }
    void warn(std::string_view text) override { warnings.emplace_back(text); }
    void error(std::string_view text) override { warnings.emplace_back(text); }
    std::vector<std::string> infos;
    std::vector<std::string> warnings;
};

class OwnWebhooks : public testing::Test {
protected:
    explicit OwnWebhooks(WebhookLimits limits = {})
        : loop_(io_.get_executor(), webhook_, clock_, monotonic_, random_, log_, limits) {}

    void start() {
        boost::asio::co_spawn(io_, loop_.run(), [this](std::exception_ptr) { is_over_ = true; });
        settle();
    }
    // Everything that can happen by now; a bound, as failures are repeated without end where sleeping takes no time.
    void settle(int steps = 400) {
        io_.restart();
        while (steps-- > 0 && io_.poll_one() != 0) {
        }
    }
    std::vector<Milliseconds> waits() const {
        std::vector<Milliseconds> found;
        std::ranges::copy_if(monotonic_.slept, std::back_inserter(found),
                             [](Milliseconds span) { return span >= Seconds(1); });
        return found;
    }

    boost::asio::io_context io_{1};
    FakeWebhook webhook_{io_};
    CountingMonotonic monotonic_{io_};
    test::VirtualClock clock_{io_, [] { return instant_from_unix_s(1'780'315'200); }, [](Milliseconds) {}};
    FakeRandom random_;
    FakeLog log_;
    WebhookLoop loop_;
    bool is_over_ = false;
};

TEST_F(OwnWebhooks, BeginWithEverythingAndTellWhatChanges) {
    start();
    loop_.tell("post", "post_1", "cafe", "scheduled");
    loop_.tell("channel", "cafe");
    settle();
    EXPECT_THAT(webhook_.calls, ElementsAre(ElementsAre("all"), ElementsAre("post post_1 scheduled", "channel cafe ")));
    settle();
    EXPECT_EQ(webhook_.calls.size(), 2U);
}

TEST_F(OwnWebhooks, EqualNoticesThatWaitAreOneWithTheLatestState) {
    start();
    for (const char* state : {"scheduled", "checking", "containers"})
        loop_.tell("post", "post_1", "cafe", state);
    loop_.tell("post", "post_2", "cafe", "scheduled");
    settle();
    EXPECT_THAT(webhook_.calls.back(), ElementsAre("post post_1 containers", "post post_2 scheduled"));
}

TEST_F(OwnWebhooks, WhatWasNotTakenIsToldAgainUnlessItHasChangedSince) {
    start();
    webhook_.answers = {fail(Error(Code::kUnreachable, Fault::kTransient)), 500, 301};
    webhook_.during = [&] { loop_.tell("post", "post_1", "cafe", "published"); };
    loop_.tell("post", "post_1", "cafe", "publishing");
    loop_.tell("channel", "cafe");
    settle();
    ASSERT_EQ(webhook_.calls.size(), 5U);
    EXPECT_THAT(webhook_.calls[1], ElementsAre("post post_1 publishing", "channel cafe "));
    EXPECT_THAT(webhook_.calls[4], ElementsAre("channel cafe ", "post post_1 published"));
    EXPECT_THAT(waits(), ElementsAre(Seconds(5), Seconds(10), Seconds(20)));
    EXPECT_EQ(log_.warnings.size(), 1U) << "the first of a row";
    EXPECT_EQ(log_.infos.size(), 1U);
}

TEST_F(OwnWebhooks, WaitsGrowToAnHourLessAQuarterByChance) {
    random_.sign = 127; // 63 of 64
    webhook_.answers.assign(12, 503);
    start();
    settle();
    ASSERT_EQ(waits().size(), 12U);
    EXPECT_EQ(waits().front(), Milliseconds(3770));
    EXPECT_EQ(waits().back(), Milliseconds(2714063));
}

TEST_F(OwnWebhooks, AReceiverThatHasGoneIsLeftAlone) {
    webhook_.answers = {410};
    start();
    EXPECT_TRUE(is_over_);
    loop_.tell("channel", "cafe");
    settle();
    EXPECT_EQ(webhook_.calls.size(), 1U);
    EXPECT_THAT(log_.warnings, ElementsAre(testing::HasSubstr("410")));
}

TEST_F(OwnWebhooks, AStopWaitsForNoCall) {
    webhook_.hangs = true;
    start();
    EXPECT_FALSE(is_over_);
    loop_.stop();
    settle();
    EXPECT_TRUE(is_over_);
}

class FewWebhooks : public OwnWebhooks {
protected:
    FewWebhooks() : OwnWebhooks(WebhookLimits{.waiting = 4, .at_once = 3}) {}
};

TEST_F(FewWebhooks, MoreThanAreKeptBecomeOneThatSaysEverything) {
    start();
    for (int i = 0; i < 6; ++i)
        loop_.tell("channel", "cafe-" + std::to_string(i));
    settle();
    ASSERT_EQ(webhook_.calls.size(), 2U);
    EXPECT_THAT(webhook_.calls[1], ElementsAre("all", "channel cafe-5 "));
    for (int i = 0; i < 4; ++i)
        loop_.tell("channel", "cafe-" + std::to_string(i));
    settle();
    ASSERT_EQ(webhook_.calls.size(), 4U);
    EXPECT_THAT(webhook_.calls[3], ElementsAre("channel cafe-3 "));
    // A call that failed while as many came as may wait.
    webhook_.answers = {500};
    webhook_.during = [&] {
        for (int i = 10; i < 13; ++i)
            loop_.tell("channel", "cafe-" + std::to_string(i));
    };
    loop_.tell("channel", "a");
    loop_.tell("channel", "b");
    settle();
    EXPECT_THAT(webhook_.calls.back(), ElementsAre("all"));
}

} // namespace
} // namespace everlong::engine
