#include "store_suite.hpp"

#include <base/digest.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace everlong::test {
namespace {

using testing::ElementsAre;

const Fingerprint kToken = fingerprint_of("IGAAone");

TEST_P(StoreContract, AnIntentIsFoundWhileItsOutcomeMayHaveHappened) {
    struct Row {
        const char* outcome; // null: left open
        bool is_found;
    };
    constexpr Row kRows[] = {
        {nullptr, true}, {"unknown", true}, {"granted", true}, {"refused", false}, {"not-sent", false}};
    int number = 0;
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.outcome ? row.outcome : "open");
        const Fingerprint token = fingerprint_of("IGAA" + std::to_string(number++));
        const auto id = get(store().begin_intent("refresh", "shop", token, day(1)));
        if (row.outcome != nullptr) get(store().finish_intent(id, row.outcome, day(2)));
        backend_->reopen();
        const auto found = get(store().find_intent("refresh", token));
        ASSERT_EQ(row.is_found, found.has_value());
        if (!found) continue;
        EXPECT_EQ(id, found->id);
        EXPECT_EQ("refresh", found->kind);
        EXPECT_EQ("shop", found->channel_name);
        EXPECT_EQ(token, found->token);
        EXPECT_EQ(day(1), found->started_at);
        EXPECT_EQ(row.outcome ? std::optional(day(2)) : std::nullopt, found->finished_at);
        EXPECT_EQ(row.outcome ? row.outcome : "", found->outcome);
        EXPECT_FALSE(get(store().find_intent("exchange", token)).has_value());
    }
    EXPECT_FALSE(get(store().find_intent("refresh", fingerprint_of("another"))).has_value());
}

TEST_P(StoreContract, TheNewestIntentIsFound) {
    get(store().begin_intent("refresh", "shop", kToken, day(1)));
    const auto second = get(store().begin_intent("refresh", "shop", kToken, day(2)));
    const auto third = get(store().begin_intent("refresh", "shop", kToken, day(3)));
    get(store().finish_intent(third, "refused", day(3)));
    EXPECT_EQ(second, get(store().find_intent("refresh", kToken))->id);
}

TEST_P(StoreContract, FinishedIntentsAreForgottenAfterNinetyDays) {
    const auto finished = get(store().begin_intent("refresh", "shop", kToken, day(0)));
    get(store().finish_intent(finished, "granted", day(0)));
    const Fingerprint open = fingerprint_of("IGAAopen");
    get(store().begin_intent("refresh", "shop", open, day(0)));
    get(store().begin_intent("exchange", "shop", fingerprint_of("x"), day(90)));
    EXPECT_TRUE(get(store().find_intent("refresh", kToken)).has_value());
    get(store().begin_intent("exchange", "shop", fingerprint_of("x"), day(90) + Milliseconds(1)));
    EXPECT_FALSE(get(store().find_intent("refresh", kToken)).has_value());
    EXPECT_TRUE(get(store().find_intent("refresh", open)).has_value());
}

TEST_P(StoreContract, AnUnknownIntentCannotBeFinished) {
    EXPECT_EQ(Fault::kUsage, error_of(store().finish_intent(ports::IntentId(5), "granted", day(0))).fault());
}

TEST_P(StoreContract, TheTrailIsReadNewestFirst) {
    for (int i = 0; i < 5; ++i)
        get(store().append_audit(event("event-" + std::to_string(i), day(i), i % 2 ? "odd" : "even")));
    const auto actions = [&](std::string channel, int limit) {
        std::vector<std::string> list;
        for (const auto& row : get(store().list_audit(std::move(channel), limit)))
            list.push_back(row.action);
        return list;
    };
    EXPECT_THAT(actions("", 3), ElementsAre("event-4", "event-3", "event-2"));
    EXPECT_THAT(actions("odd", 10), ElementsAre("event-3", "event-1"));
    EXPECT_THAT(actions("nobody", 10), ElementsAre());
    EXPECT_THAT(actions("", 0), ElementsAre());
    const auto row = get(store().list_audit("", 1)).at(0);
    EXPECT_EQ(day(4), row.at);
    EXPECT_EQ("engine", row.actor);
    EXPECT_EQ("even", row.channel_name);
    EXPECT_EQ("detail of it", row.detail);
}

TEST_P(StoreContract, EveryChangeLeavesItsLineInAnUnbrokenChain) {
    const auto channel = connect("IGAAone");
    const auto delivery = get(store().add_delivery(channel.id, {"/a/.env"}, event("delivery-added")));
    get(store().confirm_delivery(delivery.id, 1, day(1), event("token-delivered")));
    get(store().update_facts(channel.id, channel.revision, 1, long_lived(), {}, event("token-inspected")));
    keep(channel, "IGAAtwo");
    get(store().discard_pending(channel.id, 2, event("token-discarded")));
    const auto now = get(store().load_channel(channel.id));
    get(store().save_lifecycle(channel.id, now.revision, {}, event("lifecycle")));
    get(store().remove_delivery(delivery.id, event("delivery-removed")));
    get(store().remove_channel(channel.id, event("channel-removed")));
    std::vector<std::string> actions;
    for (const auto& row : get(store().list_audit("shop", 100)))
        actions.push_back(row.action);
    EXPECT_THAT(actions, ElementsAre("channel-removed", "delivery-removed", "lifecycle", "token-discarded",
                                     "token-refreshed", "token-inspected", "token-delivered", "delivery-added",
                                     "token-promoted", "token-refreshed", "channel-created"));
    const auto length = backend_->verify_audit();
    ASSERT_TRUE(length.has_value()) << length.error().summary();
    EXPECT_EQ(11, *length);
}

TEST_P(StoreContract, AThousandCallersAtOnceAreAllServed) {
    const auto channel = connect("IGAAone");
    int done = 0;
    for (int i = 0; i < 1000; ++i) {
        boost::asio::co_spawn(io_, store().append_audit(event("event-" + std::to_string(i), day(i))),
                              [&done](std::exception_ptr thrown, Result<void> result) {
                                  if (!thrown && result) ++done;
                              });
    }
    // One that fails among them, after its first changes, is undone alone.
    bool was_refused = false;
    boost::asio::co_spawn(
        io_,
        store().keep_pending(channel.id, Secret("IGAAtwo"), long_lived(), "refresh", ports::IntentId(77), event("no")),
        [&was_refused](std::exception_ptr, Result<int> result) { was_refused = !result; });
    io_.restart();
    io_.run();
    EXPECT_EQ(1000, done);
    EXPECT_TRUE(was_refused);
    EXPECT_EQ(std::vector<std::string>{"1 current"}, states(channel));
    EXPECT_EQ(1003U, get(store().list_audit("", 5000)).size());
    const auto length = backend_->verify_audit();
    ASSERT_TRUE(length.has_value()) << length.error().summary();
    EXPECT_EQ(1003, *length);
}

TEST_P(StoreContract, OfTwoThatWriteOnTheSameRevisionOneWins) {
    const auto channel = create();
    int won = 0;
    int lost = 0;
    for (int i = 0; i < 50; ++i) {
        boost::asio::co_spawn(io_, store().save_lifecycle(channel.id, channel.revision, {}, event("x")),
                              [&](std::exception_ptr, Result<void> result) {
                                  if (result)
                                      ++won;
                                  else if (result.error().code() == Code::kBusy)
                                      ++lost;
                              });
    }
    io_.restart();
    io_.run();
    EXPECT_EQ(1, won);
    EXPECT_EQ(49, lost);
}

Async<void> write_twice(ports::Store& store, int& written) {
    if (co_await store.append_audit(event("first"))) ++written;
    if (co_await store.append_audit(event("second"))) ++written;
}

TEST_P(StoreContract, WhatIsUnderWayIsFinishedWhenItsCallerIsCancelled) {
    boost::asio::cancellation_signal cancel;
    int written = 0;
    bool was_cancelled = false;
    boost::asio::co_spawn(io_, write_twice(store(), written),
                          boost::asio::bind_cancellation_slot(
                              cancel.slot(), [&](std::exception_ptr thrown) { was_cancelled = thrown != nullptr; }));
    io_.restart();
    io_.run_one(); // as far as the first write
    cancel.emit(boost::asio::cancellation_type::terminal);
    io_.run();
    EXPECT_EQ(1, written) << "the first result comes home";
    EXPECT_TRUE(was_cancelled) << "the second is not begun";
    EXPECT_EQ(1U, get(store().list_audit("", 10)).size());
}

} // namespace
} // namespace everlong::test
