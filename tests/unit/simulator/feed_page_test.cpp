// The published feed as a person sees it.
#include <unit/simulator/media_host.hpp>

namespace everlong::simulator {
namespace {

TEST(FeedPage, ShowsPostsStoriesAndNothingUnescaped) {
    Publisher publisher;
    publisher.post("<script>alert(1)</script> \"bread\"");
    const std::string picture = publisher.host.picture();
    const std::string alt = "A \"loaf\" <b>";
    const std::string described =
        publisher.publish(publisher.container({{"image_url", picture}, {"alt_text", alt}})).text("id");
    publisher.publish(publisher.container({{"media_type", "STORIES"}, {"image_url", picture}}));
    const Answer page = publisher.bench.get("/_sandbox/instagram/demo_cafe");
    EXPECT_EQ(page.status(), 200);
    const std::string& html = page.response.body;
    EXPECT_TRUE(html.contains("<strong>2 posts</strong>"));
    EXPECT_TRUE(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &quot;bread&quot;"));
    EXPECT_FALSE(html.contains("<script"));
    EXPECT_TRUE(html.contains("alt=\"A &quot;loaf&quot; &lt;b&gt;\""));
    EXPECT_TRUE(html.contains("class=\"stories\""));
    EXPECT_TRUE(page.header("Content-Security-Policy").starts_with("default-src 'none'; img-src 'self'"));
    const Answer post = publisher.bench.get("/_sandbox/instagram/demo_cafe/" + described);
    EXPECT_TRUE(post.response.body.contains("<dt>Alt text</dt><dd>A &quot;loaf&quot; &lt;b&gt;</dd>"));
    EXPECT_EQ(publisher.bench.get("/_sandbox/instagram.css").header("Content-Type"), "text/css; charset=utf-8");
}

TEST(FeedPage, ShowsVideosWithoutPicturesAsSuch) {
    Publisher publisher;
    const std::string container = publisher.container({{"media_type", "REELS"}, {"video_url", publisher.host.video()}});
    EXPECT_EQ(publisher.settled(container), "FINISHED");
    const std::string id = publisher.publish(container).text("id");
    const std::string html = publisher.bench.get("/_sandbox/instagram/demo_cafe").response.body;
    EXPECT_TRUE(html.contains("Video 0:10") && html.contains("1080 &times; 1920") && html.contains("Reel 0:10"));
    const Answer moved = publisher.bench.get("/_sandbox/media/" + id + ".mp4");
    EXPECT_EQ(moved.status(), 302);
    EXPECT_EQ(moved.header("Location"), publisher.host.address("a.mp4"));
}

TEST(FeedPage, OfNobodyAndOfNothing) {
    Bench bench;
    EXPECT_EQ(bench.get("/_sandbox/instagram/nobody").status(), 404);
    EXPECT_EQ(bench.get("/_sandbox/instagram/demo_cafe/1").status(), 404);
    EXPECT_EQ(bench.get("/_sandbox/media/1.jpg").status(), 404);
    EXPECT_TRUE(bench.get("/_sandbox/instagram/demo_cafe").response.body.contains("No posts yet"));
}

} // namespace
} // namespace everlong::simulator
