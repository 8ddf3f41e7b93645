// Posts with a wall clock's time, while a country changes what its clocks show.

#include <engine/zones/follow_zones.hpp>
#include <simulation/simulated_node.hpp>

#include <core/publishing/post_wishes.hpp>
#include <support/raw_sql.hpp>

namespace everlong::test {
namespace {

// One zone, so many hours ahead of UTC as the law says this year.
class OneZone final : public ports::TimeZones {
public:
    Result<ports::WallTime> resolve(const std::string& zone, const std::string& wall_time) const override {
        const auto as_if_utc = parse_rfc3339(wall_time + "Z");
        if (zone != "Test/Zone") return fail(Code::kZoneUnknown, Fault::kUsage, zone);
        if (!as_if_utc) return fail(Code::kTimeSyntax, Fault::kUsage, wall_time);
        ports::WallTime wall;
        wall.instant = *as_if_utc - ahead;
        return wall;
    }
    Result<std::string> wall_time(const std::string& zone, Instant) const override {
        return fail(Code::kZoneUnknown, Fault::kUsage, zone);
    }
    std::string machine_zone() const override { return "Test/Zone"; }
    std::vector<std::string> names() const override { return {"Test/Zone"}; }
    std::string version() const override { return "2026z"; }

    Hours ahead{2};
};

class FollowZones : public testing::Test {
protected:
    FollowZones() { EXPECT_TRUE(node_.adopt("cafe", node_.mint({{"login", "instagram"}}))); }

    core::PostId add(const std::string& zone, const std::string& wall_time, Instant due_at, bool is_draft = false) {
        core::Post post;
        post.channel = node_.channel("cafe").id;
        post.channel_name = "cafe";
        post.content.media.resize(1);
        post.content.media[0].url = "https://example.com/cat.jpg";
        post.schedule = {due_at, zone, wall_time};
        core::Change change = core::start_post(std::move(post), is_draft, node_.now());
        auto added =
            run(node_.io, node_.posts().add_post(std::move(change.post), "", std::move(change.entries),
                                                 engine::audit(node_.world(), "test", "post-created", "cafe")));
        return added->post.id;
    }
    core::Post load(const core::PostId& id) { return **run(node_.io, node_.posts().find_post(id)); }
    int follow() { return *run(node_.io, engine::follow_zones(node_.world(), node_.posts(), zones_)); }

    SimulatedNode node_;
    OneZone zones_;
};

TEST_F(FollowZones, APostKeepsItsWallTimeAndMovesItsInstant) {
    const Instant due = *parse_rfc3339("2099-07-01T16:00:00Z"); // 18:00 there, as the law was
    const auto zoned = add("Test/Zone", "2099-07-01T18:00:00", due);
    const auto instant = add("", "", due);
    EXPECT_EQ(follow(), 0);
    zones_.ahead = Hours(3);
    EXPECT_EQ(follow(), 1);

    const core::Post post = load(zoned);
    EXPECT_EQ(to_rfc3339(post.schedule.due_at), "2099-07-01T15:00:00Z");
    EXPECT_EQ(post.schedule.wall_time, "2099-07-01T18:00:00");
    EXPECT_EQ(post.state, core::PostState::kScheduled);
    EXPECT_EQ(post.progress.next_attempt_at, core::begins_at(post));
    const auto story = *run(node_.io, node_.posts().list_timeline(zoned));
    EXPECT_NE(story.back().detail.find("the rules of Test/Zone have changed, tz data 2026z"), std::string::npos)
        << story.back().detail;
    EXPECT_EQ(to_rfc3339(load(instant).schedule.due_at), "2099-07-01T16:00:00Z");
    EXPECT_EQ(follow(), 0) << "moved once";
}

TEST_F(FollowZones, APostWhoseZoneHasGoneStaysWhereItWas) {
    const Instant due = *parse_rfc3339("2099-07-01T16:00:00Z");
    const auto id = add("Gone/Zone", "2099-07-01T18:00:00", due);
    zones_.ahead = Hours(5);
    EXPECT_EQ(follow(), 0);
    EXPECT_EQ(load(id).schedule.due_at, due);
}

TEST_F(FollowZones, MoreThanOneBatchIsFollowed) {
    const Instant due = *parse_rfc3339("2099-07-01T16:00:00Z");
    for (int i = 0; i < 501; ++i)
        add("Test/Zone", "2099-07-01T18:00:00", due);
    zones_.ahead = Hours(1);
    EXPECT_EQ(follow(), 501);
}

TEST_F(FollowZones, DamagedPostsKeepNobodyFromMoving) {
    const Instant due = *parse_rfc3339("2099-07-01T16:00:00Z");
    for (int i = 0; i < 510; ++i)
        add("Test/Zone", "2099-07-01T18:00:00", due);
    // The first, the last, and those around the end of a batch.
    run_raw_sql(node_.database(),
                "WITH ordered AS (SELECT number AS n, row_number() OVER (ORDER BY id) AS place FROM posts) "
                "UPDATE posts SET result = '{' WHERE number IN (SELECT n FROM ordered WHERE place IN "
                "(1, 2, 499, 500, 501, 509, 510))");
    zones_.ahead = Hours(1);
    EXPECT_EQ(follow(), 503);
    EXPECT_EQ(run_raw_sql(node_.database(), "SELECT count(DISTINCT due_at) FROM posts WHERE result = '{'"), "1\n");
    EXPECT_EQ(follow(), 0);
}

} // namespace
} // namespace everlong::test
