// The machine stops before and after each write and each call of a post's life, and begins again from its store.

#include <simulation/publish_rig.hpp>

namespace everlong::test {
namespace {

using core::PostState;

// Gives false once the post was over before the machine could stop so late.
bool stop_at(int point, int parts, bool does_second_publish_double) {
    SCOPED_TRACE("stopped at point " + std::to_string(point));
    PublishRig rig;
    rig.meta->does_second_publish_double = does_second_publish_double;
    core::Post post = rig.make_post("stopped", rig.now() + Minutes(6), 0, parts);
    post.content.first_comment = "#cats";
    const core::PostId id = rig.add(std::move(post)).id;
    rig.stop_machine_at(point);
    rig.start();
    const auto is_over = [&] {
        const core::Post now = rig.load(id);
        return !now.progress.next_attempt_at && now.state == PostState::kPublished;
    };
    rig.pass(Hours(1), is_over);
    if (!rig.has_machine_stopped()) {
        EXPECT_TRUE(is_over());
        return false;
    }
    rig.restart_after_stop_of_machine();
    rig.pass(Hours(2), is_over);
    const core::Post end = rig.load(id);
    EXPECT_EQ(rig.meta->live("stopped"), 1);
    EXPECT_LE(rig.meta->comments("stopped"), 1);
    EXPECT_EQ(end.state, PostState::kPublished) << core::to_text(end.state);
    EXPECT_FALSE(end.result.media_id.empty());
    return true;
}

TEST(PublishCrash, AtAnyPointOfAPicturesLifeItIsPublishedOnce) {
    for (const bool does_double : {false, true}) {
        int point = 0;
        while (stop_at(point, 1, does_double) && !testing::Test::HasFailure())
            ++point;
        EXPECT_GE(point, 30);
    }
}

TEST(PublishCrash, AtAnyPointOfACarouselsLifeItIsPublishedOnce) {
    int point = 0;
    while (stop_at(point, 3, true) && !testing::Test::HasFailure())
        ++point;
    EXPECT_GE(point, 50);
}

} // namespace
} // namespace everlong::test
