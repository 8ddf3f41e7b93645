// Publishing on each login, against the simulator: every kind of container, its states, the publish call and what is read
// afterwards (facts/graph-api.md, 8).
#include "publish_sandbox.hpp"

#include <algorithm>

namespace everlong::ports {
namespace {

using core::ContainerStatus;
using core::LoginPath;
using test::Intents;
using test::PublishSandbox;

class PublishCalls : public testing::TestWithParam<LoginPath> {
protected:
    PublishSandbox sandbox{GetParam()};

    ContainerOrder order(ContainerKind kind) {
        ContainerOrder order;
        order.kind = kind;
        const bool is_picture =
            kind == ContainerKind::kImage || kind == ContainerKind::kStoryImage || kind == ContainerKind::kItemImage;
        order.media_url = is_picture ? sandbox.picture() : sandbox.video();
        return order;
    }
};

INSTANTIATE_TEST_SUITE_P(OnEachLogin, PublishCalls, testing::Values(LoginPath::kFacebook, LoginPath::kInstagram),
                         [](const auto& info) {
                             return info.param == LoginPath::kFacebook ? "Facebook" : "Instagram";
                         });

TEST_P(PublishCalls, AnImageFromContainerToMedium) {
    ContainerOrder wanted = order(ContainerKind::kImage);
    wanted.caption = "Bread & #\xC3\xA4pples = 100% +1\nnew line \"quoted\" #two";
    wanted.alt_text = "A loaf";
    wanted.user_tags = {{"demo_friend", 0.5, 0.25}};
    wanted.collaborators = {"other.one"};
    wanted.is_ai_generated = true;
    const auto made = sandbox.make(wanted);
    ASSERT_TRUE(made.has_value()) << made.error().summary();
    EXPECT_TRUE(made->upload_uri.empty());
    const auto finished = sandbox.report(made->id);
    ASSERT_TRUE(finished.has_value()) << finished.error().summary();
    EXPECT_EQ(finished->status, ContainerStatus::kFinished);
    EXPECT_FALSE(finished->subcode.has_value());

    const auto published = sandbox.publish_it(made->id);
    ASSERT_TRUE(published.has_value()) << published.error().summary();
    EXPECT_NE(*published, made->id);
    EXPECT_EQ(sandbox.report(made->id)->status, ContainerStatus::kPublished);

    const auto medium = sandbox.ask(sandbox.publish().medium(sandbox.who(), *published));
    ASSERT_TRUE(medium.has_value()) << medium.error().summary();
    EXPECT_EQ(medium->id, *published);
    EXPECT_EQ(medium->caption, wanted.caption);
    EXPECT_EQ(medium->media_type, "IMAGE");
    EXPECT_EQ(medium->media_product_type, "FEED");
    EXPECT_TRUE(medium->permalink.starts_with("https://www.instagram.com/p/")) << medium->permalink;
    EXPECT_EQ(medium->published_at, PublishSandbox::real_now());
    EXPECT_EQ(medium->children, 0);
}

TEST_P(PublishCalls, AReelByItsAddress) {
    ContainerOrder wanted = order(ContainerKind::kReel);
    wanted.caption = "Moving";
    wanted.cover_url = sandbox.picture("cover.jpg");
    wanted.reel.share_to_feed = false;
    wanted.reel.audio_name = "Our song";
    wanted.reel.trial = core::Trial::kManual;
    wanted.reel.thumb_offset = Milliseconds(0);
    const auto made = sandbox.make(wanted);
    ASSERT_TRUE(made.has_value()) << made.error().summary();
    EXPECT_EQ(sandbox.report(made->id)->status, ContainerStatus::kInProgress);
    sandbox.settle(made->id);
    const auto report = sandbox.report(made->id);
    ASSERT_TRUE(report.has_value()) << report.error().summary();
    EXPECT_EQ(report->status, ContainerStatus::kFinished) << report->text;
    const auto published = sandbox.publish_it(made->id);
    ASSERT_TRUE(published.has_value()) << published.error().summary();
    const auto medium = sandbox.ask(sandbox.publish().medium(sandbox.who(), *published));
    ASSERT_TRUE(medium.has_value()) << medium.error().summary();
    EXPECT_EQ(medium->media_type, "VIDEO");
    EXPECT_EQ(medium->media_product_type, "REELS");
    EXPECT_TRUE(medium->permalink.starts_with("https://www.instagram.com/reel/")) << medium->permalink;
}

TEST_P(PublishCalls, StoriesStandInAListOfTheirOwn) {
    ContainerOrder picture = order(ContainerKind::kStoryImage);
    picture.caption = "not shown on stories";
    const auto first = sandbox.publish_it(sandbox.finished(picture));
    ASSERT_TRUE(first.has_value()) << first.error().summary();
    const auto second = sandbox.publish_it(sandbox.finished(order(ContainerKind::kStoryVideo)));
    ASSERT_TRUE(second.has_value()) << second.error().summary();
    const auto stories = sandbox.ask(sandbox.publish().recent_media(sandbox.who(), true, sandbox.real_now()));
    ASSERT_TRUE(stories.has_value()) << stories.error().summary();
    ASSERT_EQ(stories->size(), 2U);
    EXPECT_EQ(stories->at(0).id, *second);
    EXPECT_EQ(stories->at(0).media_product_type, "STORY");
    EXPECT_EQ(stories->at(1).id, *first);
    EXPECT_TRUE(sandbox.ask(sandbox.publish().recent_media(sandbox.who(), false, sandbox.real_now()))->empty());
}

TEST_P(PublishCalls, ACarouselOfPicturesAndVideos) {
    ContainerOrder item = order(ContainerKind::kItemImage);
    item.alt_text = "First";
    item.is_ai_generated = true; // an error on children, and so left out
    ContainerOrder carousel;
    carousel.kind = ContainerKind::kCarousel;
    carousel.caption = "Two";
    carousel.children = {sandbox.finished(item), sandbox.finished(order(ContainerKind::kItemVideo))};
    const auto published = sandbox.publish_it(sandbox.finished(carousel));
    ASSERT_TRUE(published.has_value()) << published.error().summary();
    const auto medium = sandbox.ask(sandbox.publish().medium(sandbox.who(), *published));
    ASSERT_TRUE(medium.has_value()) << medium.error().summary();
    EXPECT_EQ(medium->media_type, "CAROUSEL_ALBUM");
    EXPECT_EQ(medium->children, 2);
    EXPECT_EQ(medium->caption, "Two");
    EXPECT_EQ(sandbox.count("media"), 1U) << "one post";
}

TEST_P(PublishCalls, TokensAndCaptionsStandInNoAddress) {
    ContainerOrder wanted = order(ContainerKind::kImage);
    wanted.caption = "Nobody's business";
    ASSERT_TRUE(sandbox.make(wanted).has_value());
    const std::string calls = boost::json::serialize(sandbox.calls().back());
    EXPECT_EQ(calls.find(std::string(sandbox.minted().token.reveal())), std::string::npos);
    const auto call = sandbox.calls().back().as_object();
    EXPECT_TRUE(call.at("path").as_string().ends_with("/" + sandbox.minted().ig_user_id + "/media"));
}

TEST_P(PublishCalls, RecentMediaReachBackAcrossPagesAndNoFurther) {
    const Instant start = sandbox.real_now();
    for (int i = 0; i < 30; ++i) {
        sandbox.publish_image("post " + std::to_string(i)); // two seconds apart
    }
    const auto all = sandbox.ask(sandbox.publish().recent_media(sandbox.who(), false, start));
    ASSERT_TRUE(all.has_value()) << all.error().summary();
    ASSERT_EQ(all->size(), 30U);
    EXPECT_EQ(all->front().caption, "post 29");
    EXPECT_EQ(all->back().caption, "post 0");
    EXPECT_TRUE(std::ranges::is_sorted(*all, std::ranges::greater(), &PublishedMedium::published_at));
    const std::size_t calls = sandbox.calls().size();
    const auto last = sandbox.ask(sandbox.publish().recent_media(sandbox.who(), false, start + Seconds(58)));
    ASSERT_TRUE(last.has_value()) << last.error().summary();
    EXPECT_GE(last->size(), 2U);
    EXPECT_EQ(sandbox.calls().size(), calls + 1) << "one page was enough";
}

TEST_P(PublishCalls, TheListLagsBehind) {
    sandbox.set("list_delay_s", "60");
    const std::string id = sandbox.publish_image("late");
    const auto list = [&] {
        return sandbox.ask(sandbox.publish().recent_media(sandbox.who(), false, sandbox.real_now()));
    };
    ASSERT_TRUE(list().has_value());
    EXPECT_TRUE(list()->empty());
    EXPECT_TRUE(sandbox.ask(sandbox.publish().medium(sandbox.who(), id)).has_value());
    sandbox.simulator().advance(Seconds(60));
    ASSERT_EQ(list()->size(), 1U);
    EXPECT_EQ(list()->front().id, id);
}

TEST_P(PublishCalls, ACommentIsMadeOnce) {
    const std::string id = sandbox.publish_image("talk");
    const auto comment =
        sandbox.ask(sandbox.publish().comment(sandbox.who(), id, "First! #tag & more", Intents::make("comment-1")));
    ASSERT_TRUE(comment.has_value()) << comment.error().summary();
    EXPECT_NE(*comment, id);
    EXPECT_TRUE(sandbox.calls().back().as_object().at("path").as_string().ends_with("/" + id + "/comments"));
}

TEST_P(PublishCalls, ASecondPublishIsWhatMetaMakesOfIt) {
    const std::string id = sandbox.finished(order(ContainerKind::kImage));
    const std::string first = sandbox.publish_it(id).value();
    const auto again = sandbox.publish_it(id);
    ASSERT_FALSE(again.has_value());
    ASSERT_NE(again.error().upstream(), nullptr);
    EXPECT_EQ(again.error().upstream()->code, 9007);
    sandbox.set("second_publish", "same-id");
    EXPECT_EQ(sandbox.publish_it(id).value(), first);
    sandbox.set("second_publish", "doubles");
    EXPECT_NE(sandbox.publish_it(id).value(), first);
    EXPECT_EQ(sandbox.count("media"), 2U);
}

} // namespace
} // namespace everlong::ports
