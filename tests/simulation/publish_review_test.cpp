// Two posts that look the same, made so on purpose: what became of one is never taken for the other.

#include <simulation/publish_rig.hpp>

namespace everlong::test {
namespace {

using core::PostState;

ReplyFault lost(bool has_effect) {
    ReplyFault fault;
    fault.name = "lost";
    fault.has_effect = has_effect;
    fault.error = Error(Code::kUnknownOutcome, Fault::kUnknownOutcome, "no whole answer came");
    return fault;
}

// Spoils the publish call of that number (1: the first).
void lose_publish(PublishRig& rig, std::map<int, ReplyFault> faults) {
    rig.meta->fault = [faults = std::move(faults), calls = 0](const MetaCall& call) mutable {
        std::optional<ReplyFault> fault;
        if (call.kind != MetaCall::Kind::kPublish) return fault;
        const auto found = faults.find(++calls);
        if (found != faults.end()) fault = found->second;
        return fault;
    };
}

TEST(PublishReview, OneAccountWithTwoChannelsHasOneListOfMedia) {
    PublishRigOptions options;
    options.channels = 2;
    options.is_one_account = true;
    PublishRig rig(options);
    lose_publish(rig, {{2, lost(false)}});
    const auto first = rig.add(rig.make_post("twin", rig.now() + Minutes(6), 0)).id;
    const auto second = rig.add(rig.make_post("twin", rig.now() + Minutes(6) + Seconds(1), 1)).id;
    rig.start();
    rig.pass(Hours(2));
    EXPECT_EQ(rig.load(first).state, PostState::kPublished);
    const core::Post end = rig.load(second);
    // The first one's medium is not the second one's, and explains the quota: the lost call is made again.
    EXPECT_EQ(end.state, PostState::kPublished) << core::to_text(end.state);
    EXPECT_NE(end.result.media_id, rig.load(first).result.media_id);
    EXPECT_EQ(rig.meta->live("twin"), 2);
    EXPECT_EQ(rig.meta->publish_calls().size(), 3U);
}

// The first twin was due days ago and let go by a person; it is known to be live, and not yet as which medium.
TEST(PublishReview, AnOverdueTwinMayHaveTheMediumToo) {
    PublishRig rig;
    rig.meta->list_lag = Seconds(50);
    lose_publish(rig, {{1, lost(true)}, {2, lost(false)}});
    const auto first = rig.add(rig.make_post("twin", rig.now() - Days(3))).id;
    rig.start();
    rig.pass(Minutes(1));
    ASSERT_EQ(rig.load(first).state, PostState::kHeld);
    rig.wish(first, [&](core::Post post) { return core::retry_post(std::move(post), rig.now()); });
    rig.pass(Minutes(5), [&] { return !rig.meta->publish_calls().empty(); });
    const auto second = rig.add(rig.make_post("twin", rig.now())).id;
    rig.loop().wake();
    rig.pass(Hours(2));
    EXPECT_EQ(rig.load(second).result.media_id, "");
    ASSERT_EQ(rig.load(second).state, PostState::kHeld);
    // Once a person has said that the second is not live, the medium is the first one's.
    rig.wish(second, [&](core::Post post) { return core::settle_unpublished(std::move(post), rig.now()); });
    rig.pass(Days(1));
    ASSERT_EQ(rig.meta->media.size(), 1U);
    EXPECT_EQ(rig.load(first).result.media_id, rig.meta->media.begin()->first);
}

} // namespace
} // namespace everlong::test
