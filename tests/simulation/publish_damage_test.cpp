// A damaged row of one post, or of its file, stops nothing but that post, and a person is told of it once.

#include <simulation/publish_rig.hpp>

#include <core/publishing/publish_limits.hpp>

#include <gmock/gmock.h>

namespace everlong::test {
namespace {

using core::PostState;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

PublishRigOptions two_channels() {
    PublishRigOptions options;
    options.channels = 2;
    return options;
}

std::string row_of(PublishRig& rig, const core::PostId& id) {
    return rig.raw_sql("SELECT revision || state || due_at || next_attempt_at || content || progress || result || "
                       "findings FROM posts WHERE id = '" +
                       id.text() + "'");
}

class PublishDamage : public testing::TestWithParam<std::string> {};

TEST_P(PublishDamage, TheOthersGoOutAndItIsLeftAsItIs) {
    PublishRig rig(two_channels());
    const auto before = rig.add(rig.make_post("before", rig.now() + Minutes(6), 0)).id;
    const auto bad = rig.add(rig.make_post("bad", rig.now() + Minutes(7), 0)).id;
    const auto behind = rig.add(rig.make_post("behind", rig.now() + Minutes(8), 0)).id;
    const auto other = rig.add(rig.make_post("other", rig.now() + Minutes(9), 1)).id;
    rig.damage(bad, GetParam());
    const std::string row = row_of(rig, bad);
    rig.start();
    rig.pass(Minutes(20));
    for (const auto& id : {before, behind, other})
        EXPECT_EQ(rig.load(id).state, PostState::kPublished);
    EXPECT_EQ(rig.meta->publish_calls().size(), 3U);
    EXPECT_TRUE(rig.loop().is_working());
    rig.pass(Days(2));
    EXPECT_EQ(rig.meta->live("bad"), 0);
    EXPECT_EQ(row_of(rig, bad), row);
    EXPECT_THAT(rig.errors, ElementsAre(AllOf(HasSubstr("E_STORE_CORRUPT"), HasSubstr(bad.text()),
                                              HasSubstr("channel-0"), HasSubstr(GetParam()))));
    // About once an hour, and not again and again.
    const int lists = rig.due_lists;
    rig.pass(Days(1));
    EXPECT_LE(rig.due_lists - lists, 60);
    EXPECT_EQ(rig.errors.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Parts, PublishDamage, testing::Values("content", "progress", "result", "findings"));

TEST(PublishDamageAtWork, OnesThatFillABatchKeepNobodyWaiting) {
    PublishRig rig(two_channels());
    const Instant due = rig.now() + Minutes(10);
    for (int i = 0; i < core::kPostBatch + 10; ++i)
        rig.add(rig.make_post("bad", due - Minutes(1)));
    rig.raw_sql("UPDATE posts SET progress = '{'");
    const auto good = rig.add(rig.make_post("good", due, 1)).id;
    rig.start();
    rig.pass(Minutes(11));
    EXPECT_EQ(rig.load(good).state, PostState::kPublished);
    ASSERT_THAT(rig.meta->publish_calls(), SizeIs(1));
    EXPECT_LT(rig.meta->publish_calls()[0].second, due + Seconds(1));
    EXPECT_THAT(rig.errors, SizeIs(core::kPostBatch + 10));
}

TEST(PublishDamageAtWork, OneThatBreaksWhileTheLoopHasItIsPutApartAsWell) {
    PublishRig rig(two_channels());
    const auto bad = rig.add(rig.make_post("bad", rig.now() + Minutes(6), 0)).id;
    const auto good = rig.add(rig.make_post("good", rig.now() + Minutes(6), 1)).id;
    rig.after_listing = [&]() -> Async<void> {
        rig.damage(bad);
        co_return;
    };
    rig.start();
    rig.pass(Minutes(20));
    EXPECT_EQ(rig.load(good).state, PostState::kPublished);
    EXPECT_EQ(rig.meta->live("bad"), 0);
    EXPECT_TRUE(rig.loop().is_working());
    EXPECT_THAT(rig.errors, ElementsAre(HasSubstr(bad.text())));
}

TEST(PublishDamageAtWork, OneThatIsMendedGoesOn) {
    PublishRig rig;
    const auto id = rig.add(rig.make_post("mended", rig.now() + Minutes(30))).id;
    const std::string whole = rig.raw_sql("SELECT progress FROM posts");
    rig.damage(id);
    rig.start();
    rig.pass(Minutes(10));
    ASSERT_THAT(rig.errors, SizeIs(1));
    rig.raw_sql("UPDATE posts SET progress = '" + whole.substr(0, whole.size() - 1) + "'");
    rig.pass(Hours(2));
    EXPECT_EQ(rig.load(id).state, PostState::kPublished) << "within the hour after which a late post is held";
}

TEST(PublishDamageAtWork, ALaterStartIsNotStoppedByIt) {
    PublishRig rig(two_channels());
    const auto bad = rig.add(rig.make_post("bad", rig.now() + Minutes(6), 0)).id;
    rig.damage(bad);
    rig.start();
    rig.pass(Minutes(20));
    rig.restart_after_stop_of_machine();
    const auto good = rig.add(rig.make_post("good", rig.now() + Minutes(6), 0)).id;
    rig.pass(Minutes(20));
    EXPECT_EQ(rig.load(good).state, PostState::kPublished);
    EXPECT_THAT(rig.errors, SizeIs(2)) << "a new start tells it anew";
}

TEST(PublishDamageAtWork, ANewTokenReleasesTheOthers) {
    PublishRig rig;
    const auto bad = rig.add(rig.make_post("bad", rig.now() + Minutes(6))).id;
    const auto good = rig.add(rig.make_post("good", rig.now() + Minutes(6))).id;
    rig.meta->accounts[rig.account_of(0)].is_alive = false;
    rig.start();
    rig.pass(Minutes(20));
    ASSERT_EQ(rig.load(good).state, PostState::kScheduled);
    rig.damage(bad);
    rig.meta->accounts[rig.account_of(0)].is_alive = true;
    rig.loop().channel_changed(rig.channel_name(0));
    rig.pass(Minutes(1));
    EXPECT_EQ(rig.load(good).state, PostState::kPublished);
    EXPECT_EQ(rig.meta->live("bad"), 0);
}

ReplyFault lost(bool has_effect) {
    ReplyFault fault;
    fault.name = "lost";
    fault.has_effect = has_effect;
    fault.error = Error(Code::kUnknownOutcome, Fault::kUnknownOutcome, "no whole answer came");
    return fault;
}

// Two that look the same; the call of the damaged one had its effect, that of the other had none.
TEST(PublishDamageAtWork, AMediumThatMayBeADamagedPostsIsNobodyElses) {
    PublishRig rig;
    int calls = 0;
    rig.meta->fault = [&](const MetaCall& call) -> std::optional<ReplyFault> {
        if (call.kind != MetaCall::Kind::kPublish) return std::nullopt;
        return ++calls == 1 ? lost(true) : lost(false);
    };
    rig.meta->list_lag = Seconds(50);
    const auto bad = rig.add(rig.make_post("twin", rig.now() + Minutes(6))).id;
    rig.start();
    rig.pass(Minutes(10), [&] { return rig.load(bad).state == PostState::kUncertain; });
    ASSERT_EQ(rig.load(bad).state, PostState::kUncertain);
    rig.damage(bad);
    const auto twin = rig.add(rig.make_post("twin", rig.now())).id;
    const auto other = rig.add(rig.make_post("other", rig.now() + Hours(3))).id;
    rig.meta->fault = [&](const MetaCall& call) -> std::optional<ReplyFault> {
        if (call.kind != MetaCall::Kind::kPublish || call.caption == "other") return std::nullopt;
        return lost(false);
    };
    rig.pass(Hours(4));
    EXPECT_EQ(rig.load(twin).state, PostState::kHeld) << "a person decides";
    EXPECT_EQ(rig.load(twin).result.media_id, "");
    EXPECT_EQ(rig.load(other).state, PostState::kPublished);
    EXPECT_TRUE(rig.loop().is_working());
}

// A post whose call had its effect, damaged before it was found.
core::PostId damaged_twin(PublishRig& rig) {
    rig.meta->fault = [](const MetaCall& call) -> std::optional<ReplyFault> {
        if (call.kind != MetaCall::Kind::kPublish) return std::nullopt;
        return lost(true);
    };
    rig.meta->list_lag = Seconds(50);
    const auto id = rig.add(rig.make_post("twin", rig.now() + Minutes(6))).id;
    rig.start();
    rig.pass(Minutes(10), [&] { return rig.load(id).state == PostState::kUncertain; });
    EXPECT_EQ(rig.load(id).state, PostState::kUncertain);
    rig.damage(id);
    return id;
}

TEST(PublishDamageAtWork, WhatMayBeADamagedPostsIsAskedOfAPersonAtOnce) {
    PublishRig rig;
    damaged_twin(rig);
    rig.pass(Minutes(1)); // the list shows it
    const auto twin = rig.add(rig.make_post("twin", rig.now() + Minutes(6))).id;
    rig.wish(twin, [&](core::Post post) -> Result<core::Change> {
        post.progress.unseen_since = rig.now(); // as after an older copy
        return core::Change{std::move(post), {}};
    });
    rig.pass(Minutes(7));
    const core::Post held = rig.load(twin);
    EXPECT_EQ(held.state, PostState::kHeld) << "nobody looks for the other one, so that it is not waited for";
    ASSERT_TRUE(held.progress.problem);
    EXPECT_EQ(held.progress.problem->code, Code::kMaybeLive);
    EXPECT_THAT(rig.meta->publish_calls(), SizeIs(1));
}

TEST(PublishDamageAtWork, OneThatAPersonHasEndedIsInNobodysWay) {
    for (const bool is_named : {true, false}) {
        SCOPED_TRACE(is_named);
        PublishRig rig;
        const auto bad = damaged_twin(rig);
        ASSERT_THAT(rig.meta->media, SizeIs(1));
        const std::string medium = rig.meta->media.begin()->first;
        rig.raw_sql("UPDATE posts SET state = 'published', next_attempt_at = NULL, media_id = '" +
                    (is_named ? medium : "") + "' WHERE id = '" + bad.text() + "'");
        // Without its id it is told from others by its time alone.
        rig.pass(is_named ? Minutes(1) : Days(1));
        const auto twin = rig.add(rig.make_post("twin", rig.now() + Minutes(6))).id;
        rig.pass(Minutes(30));
        EXPECT_EQ(rig.load(twin).state, PostState::kPublished);
        EXPECT_NE(rig.load(twin).result.media_id, "");
        EXPECT_NE(rig.load(twin).result.media_id, medium);
    }
}

TEST(PublishDamageAtWork, ADamagedFileStopsThePostThatShowsItAlone) {
    PublishRig rig(two_channels());
    core::Post film = rig.make_post("film", rig.now() + Minutes(20), 0);
    film.content.kind = core::PostKind::kReel;
    film.content.media[0].type = core::MediumType::kVideo;
    film.content.media[0].url.clear();
    film.content.media[0].file = rig.add_file("film");
    const auto bad = rig.add(film).id;
    const auto good = rig.add(rig.make_post("good", rig.now() + Minutes(21), 0)).id;
    rig.raw_sql("UPDATE files SET facts = '{'");
    rig.start();
    rig.pass(Minutes(30));
    EXPECT_EQ(rig.load(good).state, PostState::kPublished);
    EXPECT_EQ(rig.meta->live("film"), 0);
    const core::Post waiting = rig.load(bad);
    ASSERT_TRUE(waiting.progress.problem);
    EXPECT_EQ(waiting.progress.problem->code, Code::kStoreCorrupt);
    EXPECT_TRUE(rig.loop().is_working());
    EXPECT_THAT(rig.errors, IsEmpty()) << "the post says it";
}

} // namespace
} // namespace everlong::test
