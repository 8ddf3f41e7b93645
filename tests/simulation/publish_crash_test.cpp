// The machine stops before and after each write and each call of a post's life, and begins again from its store.

#include <simulation/publish_rig.hpp>

#include <algorithm>

namespace everlong::test {
namespace {

using core::PostState;

// Gives false once the post was over before the machine could stop so late.
// Counts where it is not known whether the first comment was made.
bool stop_at(int point, int parts, bool does_second_publish_double, int& in_doubt) {
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
    // Where nobody knows of the comment, a person is told, and where to look; else nothing is said.
    const bool is_known = !end.result.comment_id.empty();
    EXPECT_EQ(end.findings.size(), is_known ? 0U : 1U);
    if (is_known || end.findings.empty()) return true;
    ++in_doubt;
    EXPECT_EQ(end.findings.front().rule, core::kCommentUnknown);
    EXPECT_EQ(end.findings.front().measured, end.result.permalink);
    const auto story = rig.timeline(id);
    EXPECT_EQ(std::ranges::count(story, "comment-uncertain", &core::TimelineEntry::event), 1);
    return true;
}

TEST(PublishCrash, AtAnyPointOfAPicturesLifeItIsPublishedOnce) {
    for (const bool does_double : {false, true}) {
        int point = 0;
        int in_doubt = 0;
        while (stop_at(point, 1, does_double, in_doubt) && !testing::Test::HasFailure())
            ++point;
        EXPECT_GE(point, 30);
        EXPECT_GE(in_doubt, 3) << "before, in and after its call";
    }
}

TEST(PublishCrash, AtAnyPointOfACarouselsLifeItIsPublishedOnce) {
    int point = 0;
    int in_doubt = 0;
    while (stop_at(point, 3, true, in_doubt) && !testing::Test::HasFailure())
        ++point;
    EXPECT_GE(point, 50);
}

} // namespace
} // namespace everlong::test
