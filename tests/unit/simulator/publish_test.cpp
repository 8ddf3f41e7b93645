// media_publish and what is seen afterwards: media, lists, quotas, comments, the ledger (graph-api.md, 7.3, 8.3, 8.5,
// 8.7).
#include <unit/simulator/media_host.hpp>

#include <regex>

namespace everlong::simulator {
namespace {

constexpr const char* kManager = R"({"login":"facebook","scopes":["instagram_basic","instagram_content_publish",)"
                                 R"("pages_show_list","pages_read_engagement","instagram_manage_comments",)"
                                 R"("instagram_manage_contents"]})";

TEST(Publish, GivesAMediumWithAllItsFields) {
    Publisher publisher;
    const std::string container = publisher.container(
        {{"image_url", publisher.host.picture()}, {"caption", "Bread & \xC3\xA4pples"}, {"alt_text", "A loaf"}});
    const Answer published = publisher.publish(container);
    const std::string id = published.text("id");
    EXPECT_EQ(published.response.body, R"({"id":")" + id + "\"}");
    EXPECT_NE(id, container);
    const Answer medium = publisher.read(
        id, "id,ig_id,media_type,media_product_type,caption,alt_text,username,shortcode,permalink,media_url,"
            "thumbnail_url,timestamp,owner,like_count,comments_count,is_comment_enabled,is_shared_to_feed,"
            "is_ai_generated,children");
    EXPECT_EQ(medium.text("media_type"), "IMAGE");
    EXPECT_EQ(medium.text("media_product_type"), "FEED");
    EXPECT_EQ(medium.text("caption"), "Bread & \xC3\xA4pples");
    EXPECT_EQ(medium.text("alt_text"), "A loaf");
    EXPECT_EQ(medium.text("username"), "demo_cafe");
    EXPECT_EQ(medium.text("timestamp"), "2026-11-23T12:00:00+0000");
    EXPECT_EQ(medium.text("owner.id"), publisher.account);
    EXPECT_EQ(medium.text("permalink"), "https://www.instagram.com/p/" + medium.text("shortcode") + "/");
    EXPECT_EQ(medium.number("like_count"), 0);
    EXPECT_TRUE(medium.at("is_comment_enabled").get_bool());
    for (const char* absent : {"thumbnail_url", "is_shared_to_feed", "children"})
        EXPECT_FALSE(medium.has(absent)) << absent;
    EXPECT_EQ(publisher.read(id, "status_code").text("error.message"),
              "(#100) Tried accessing nonexisting field (status_code) on node type (ShadowIGMedia)");
    EXPECT_EQ(publisher.status(container), "PUBLISHED");
    // The picture itself, at its address.
    const std::string address = medium.text("media_url");
    const Answer picture = publisher.bench.get(address.substr(address.find("/_sandbox")));
    EXPECT_EQ(picture.header("Content-Type"), "image/jpeg");
    EXPECT_EQ(picture.response.body, test::make_jpeg());
}

TEST(Publish, UnknownForeignAndChildContainersAreRefused) {
    Publisher publisher;
    EXPECT_EQ(publisher.call("POST", publisher.account + "/media_publish").verdict(), "100");
    EXPECT_EQ(publisher.publish("17889000000000099").verdict(), "24/2207008");
    EXPECT_EQ(publisher.publish("nonsense").verdict(), "24/2207008");
    const std::string child =
        publisher.container({{"image_url", publisher.host.picture()}, {"is_carousel_item", "true"}});
    EXPECT_EQ(publisher.publish(child).verdict(), "100/2207089");
    const std::string foreign = publisher.container({{"image_url", publisher.host.picture()}});
    const Answer other = publisher.bench.mint(R"({"login":"facebook","account":"other_shop"})");
    publisher.token = other.text("access_token");
    publisher.account = other.text("ig_user_id");
    EXPECT_EQ(publisher.publish(foreign).verdict(), "24/2207008");
}

TEST(Publish, ASecondTimeIsAsSwitched) {
    Publisher publisher;
    const std::string container = publisher.container({{"image_url", publisher.host.picture()}});
    const std::string first = publisher.publish(container).text("id");
    EXPECT_EQ(publisher.publish(container).verdict(), "9007/2207027");
    publisher.set("second_publish", "same-id");
    EXPECT_EQ(publisher.publish(container).text("id"), first);
    EXPECT_EQ(publisher.bench.ledger().size("media"), 1U);
    publisher.set("second_publish", "doubles");
    EXPECT_NE(publisher.publish(container).text("id"), first);
    EXPECT_EQ(publisher.bench.ledger().size("media"), 2U);
}

TEST(Publish, StatusAndListMayLag) {
    Publisher publisher;
    publisher.set("published_status_delay_s", "10");
    publisher.set("list_delay_s", "5");
    const std::string container = publisher.container({{"image_url", publisher.host.picture()}});
    publisher.publish(container);
    EXPECT_EQ(publisher.status(container), "FINISHED");
    EXPECT_EQ(publisher.call("GET", publisher.account + "/media").size("data"), 0U);
    EXPECT_EQ(publisher.publish(container).verdict(), "9007/2207027");
    publisher.bench.advance(10);
    EXPECT_EQ(publisher.status(container), "PUBLISHED");
    EXPECT_EQ(publisher.call("GET", publisher.account + "/media").size("data"), 1U);
}

TEST(Publish, QuotaCountsACarouselOnceOverAMovingDay) {
    Publisher publisher;
    publisher.set("media_robots", "ignored");
    publisher.set("publish_quota", "25");
    const std::string address = publisher.host.picture();
    std::string children;
    for (int i = 0; i < 3; ++i)
        children += publisher.container({{"image_url", address}, {"is_carousel_item", "true"}}) + ",";
    ASSERT_EQ(publisher.publish(publisher.container({{"media_type", "CAROUSEL"}, {"children", children}})).status(),
              200);
    const std::string limit = publisher.account + "/content_publishing_limit";
    EXPECT_EQ(publisher.call("GET", limit, {{"fields", "config,quota_usage"}}).response.body,
              R"({"data":[{"config":{"quota_total":25,"quota_duration":86400},"quota_usage":1}]})");
    publisher.bench.advance(kHourS);
    for (int i = 0; i < 24; ++i)
        publisher.post("post");
    const std::string more = publisher.container({{"image_url", address}});
    const Answer over = publisher.publish(more);
    EXPECT_EQ(over.verdict(), "9/2207042");
    const std::string since = std::to_string(kStartUnixS + 1800);
    EXPECT_EQ(publisher.call("GET", limit, {{"since", since}}).response.body, R"({"data":[{"quota_usage":24}]})");
    EXPECT_EQ(publisher.call("GET", limit, {{"since", "1"}}).verdict(), "100");
    publisher.bench.advance(23 * kHourS);
    EXPECT_EQ(publisher.publish(more).status(), 200);
}

TEST(Publish, SpamIsBlockedWhereTheGuardIsOn) {
    Publisher publisher;
    publisher.set("spam_guard", "on");
    publisher.post("buy now");
    publisher.post("buy now");
    EXPECT_EQ(publisher.publish(publisher.container({{"image_url", publisher.host.picture()}, {"caption", "buy now"}}))
                  .verdict(),
              "4/2207051");
    EXPECT_EQ(publisher.bench.ledger().size("media"), 2U);
}

TEST(Carousel, IsOnePostWithChildren) {
    for (const char* login : {R"({"login":"facebook"})", R"({"login":"instagram"})"}) {
        Publisher publisher(login);
        const std::string picture =
            publisher.container({{"image_url", publisher.host.picture()}, {"is_carousel_item", "true"}});
        const std::string video = publisher.container(
            {{"media_type", "VIDEO"}, {"video_url", publisher.host.video()}, {"is_carousel_item", "true"}});
        const http::Parameters wish = {
            {"media_type", "CAROUSEL"}, {"children", "[\"" + picture + "\",\"" + video + "\"]"}, {"caption", "Both"}};
        // The video is not ready yet.
        EXPECT_EQ(publisher.create(wish).verdict(), "9007/2207027");
        EXPECT_EQ(publisher.settled(video), "FINISHED");
        const std::string parent = publisher.container(wish);
        EXPECT_EQ(publisher.status(parent), "FINISHED");
        const std::string id = publisher.publish(parent).text("id");
        const Answer album =
            publisher.read(id, "media_type,children{media_type,permalink,caption,thumbnail_url,media_url}");
        EXPECT_EQ(album.text("media_type"), "CAROUSEL_ALBUM");
        ASSERT_EQ(album.size("children.data"), 2U);
        EXPECT_EQ(album.text("children.data.0.media_type"), "IMAGE");
        EXPECT_EQ(album.text("children.data.1.media_type"), "VIDEO");
        EXPECT_FALSE(album.has("children.data.0.permalink") || album.has("children.data.0.caption"));
        EXPECT_TRUE(album.has("children.data.1.thumbnail_url"));
        EXPECT_EQ(publisher.call("GET", id + "/children").size("data"), 2U);
        EXPECT_EQ(publisher.call("GET", publisher.account + "/media").size("data"), 1U);
        EXPECT_EQ(publisher.bench.ledger().size("media"), 1U);
        EXPECT_EQ(publisher.bench.ledger().size("media.0.children"), 2U);
    }
}

TEST(Carousel, OfFailedExpiredOrPlainChildrenIsRefused) {
    Publisher publisher;
    const std::string good =
        publisher.container({{"image_url", publisher.host.picture()}, {"is_carousel_item", "true"}});
    const std::string plain = publisher.container({{"image_url", publisher.host.picture()}});
    const std::string bad = publisher.container(
        {{"media_type", "VIDEO"}, {"video_url", publisher.host.address("missing.mp4")}, {"is_carousel_item", "true"}});
    EXPECT_EQ(publisher.settled(bad), "ERROR");
    const auto album = [&](const std::string& other) {
        return publisher.create({{"media_type", "CAROUSEL"}, {"children", good + "," + other}}).verdict();
    };
    EXPECT_EQ(album(plain), "100");
    EXPECT_EQ(album(bad), "-1/2207032");
    publisher.bench.advance(kDayS);
    EXPECT_EQ(album(good), "-2/2207020");
}

TEST(Reel, IsAVideoWithAPermalinkOfItsOwn) {
    Publisher publisher;
    const std::string container = publisher.container(
        {{"media_type", "REELS"}, {"video_url", publisher.host.video()}, {"share_to_feed", "false"}});
    EXPECT_EQ(publisher.settled(container), "FINISHED");
    const Answer reel = publisher.read(publisher.publish(container).text("id"),
                                       "media_type,media_product_type,permalink,thumbnail_url,is_shared_to_feed");
    EXPECT_EQ(reel.text("media_type"), "VIDEO");
    EXPECT_EQ(reel.text("media_product_type"), "REELS");
    EXPECT_TRUE(
        std::regex_match(reel.text("permalink"), std::regex("https://www\\.instagram\\.com/reel/[A-Za-z0-9_-]{11}/")));
    EXPECT_FALSE(reel.at("is_shared_to_feed").get_bool());
    const std::string address = reel.text("thumbnail_url");
    EXPECT_EQ(publisher.bench.get(address.substr(address.find("/_sandbox"))).header("Content-Type"), "image/jpeg");
}

TEST(Story, IsInItsOwnListForADay) {
    Publisher publisher;
    const std::string id =
        publisher.publish(publisher.container({{"media_type", "STORIES"}, {"image_url", publisher.host.picture()}}))
            .text("id");
    EXPECT_EQ(publisher.call("GET", publisher.account + "/media").response.body, R"({"data":[]})");
    EXPECT_EQ(publisher.call("GET", publisher.account + "/stories").text("data.0.id"), id);
    EXPECT_EQ(publisher.read(id, "media_product_type").text("media_product_type"), "STORY");
    publisher.bench.advance(kDayS);
    EXPECT_EQ(publisher.call("GET", publisher.account + "/stories").size("data"), 0U);
}

TEST(MediaList, IsNewestFirstInPagesAndByTime) {
    Publisher publisher;
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(publisher.post("post " + std::to_string(i)));
        publisher.bench.advance(60);
    }
    const std::string list = publisher.account + "/media";
    const Answer first = publisher.call("GET", list, {{"limit", "2"}, {"fields", "id,caption"}});
    EXPECT_EQ(first.text("data.0.id"), ids[4]);
    EXPECT_EQ(first.text("data.1.caption"), "post 3");
    const Answer next =
        publisher.bench.get(first.text("paging.next").substr(std::string("http://127.0.0.1:9190").size()));
    EXPECT_EQ(next.text("data.0.id"), ids[2]);
    const std::string from = std::to_string(kStartUnixS + 60);
    const std::string to = std::to_string(kStartUnixS + 150);
    EXPECT_EQ(publisher.call("GET", list, {{"since", from}, {"until", to}}).size("data"), 2U);
    EXPECT_EQ(publisher.call("GET", list, {{"since", "yesterday"}}).verdict(), "100");
    EXPECT_EQ(publisher.read(publisher.account, "media_count").number("media_count"), 5);
    EXPECT_EQ(publisher.read(publisher.account, "media.limit(1){caption}").text("media.data.0.caption"), "post 4");
}

TEST(Medium, IsDeletedOnTheFacebookLoginOnly) {
    Publisher publisher(kManager);
    const std::string id = publisher.post("gone");
    const Answer deleted = publisher.call("DELETE", id);
    EXPECT_EQ(deleted.response.body, R"({"success":true,"deleted_id":")" + id + "\"}");
    EXPECT_EQ(publisher.read(id, "id").verdict(), "100/33");
    EXPECT_EQ(publisher.call("GET", publisher.account + "/media").size("data"), 0U);
    EXPECT_FALSE(publisher.bench.ledger().at("media.0.deleted_at").is_null());
    const std::string story =
        publisher.publish(publisher.container({{"media_type", "STORIES"}, {"image_url", publisher.host.picture()}}))
            .text("id");
    EXPECT_EQ(publisher.call("DELETE", story).verdict(), "-1/2207073");
    Publisher plain;
    EXPECT_EQ(plain.call("DELETE", plain.post("stays")).status(), 403);
    Publisher instagram(R"({"login":"instagram"})");
    EXPECT_EQ(instagram.call("DELETE", instagram.post("stays")).verdict(), "100");
}

TEST(Comments, AreMadeReadAndSwitchedOff) {
    Publisher publisher(kManager);
    const std::string id = publisher.post("talk");
    EXPECT_EQ(publisher.call("POST", id + "/comments").verdict(), "100");
    const std::string comment = publisher.call("POST", id + "/comments", {{"message", "First!"}}).text("id");
    EXPECT_EQ(publisher.call("GET", id + "/comments").text("data.0.text"), "First!");
    EXPECT_EQ(publisher.read(comment, "text,username").text("username"), "demo_cafe");
    EXPECT_EQ(publisher.read(id, "comments_count").number("comments_count"), 1);
    EXPECT_EQ(publisher.call("POST", id, {{"comment_enabled", "false"}}).response.body, R"({"success":true})");
    EXPECT_FALSE(publisher.read(id, "is_comment_enabled").at("is_comment_enabled").get_bool());
    EXPECT_EQ(publisher.call("POST", id + "/comments", {{"message", "Second"}}).verdict(), "100");
}

TEST(Ledger, HoldsContainersAndMediaInTheContractsShapes) {
    Publisher publisher;
    const std::string id = publisher.post("kept");
    const Answer ledger = publisher.bench.ledger();
    EXPECT_EQ(ledger.text("containers.0.status_code"), "PUBLISHED");
    EXPECT_EQ(ledger.text("containers.0.media_type"), "IMAGE");
    EXPECT_EQ(ledger.text("containers.0.ig_user_id"), publisher.account);
    EXPECT_EQ(ledger.text("containers.0.created_at"), "2026-11-23T12:00:00Z");
    EXPECT_EQ(ledger.text("containers.0.sha256").size(), 64U);
    EXPECT_EQ(ledger.text("media.0.id"), id);
    EXPECT_EQ(ledger.text("media.0.container_id"), ledger.text("containers.0.id"));
    EXPECT_EQ(ledger.text("media.0.caption"), "kept");
    EXPECT_EQ(ledger.text("media.0.permalink"), publisher.read(id, "permalink").text("permalink"));
    publisher.bench.control("reset", "");
    EXPECT_EQ(publisher.bench.ledger().size("media"), 0U);
}

} // namespace
} // namespace everlong::simulator
