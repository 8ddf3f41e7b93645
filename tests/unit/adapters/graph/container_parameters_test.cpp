// What is sent for each kind of container (facts/graph-api.md, 8.1), by name and value.
#include <adapters/graph/detail/container_parameters.hpp>

#include <gtest/gtest.h>

#include <string>

namespace everlong::adapters::detail {
namespace {

using core::LoginPath;
using ports::ContainerKind;
using ports::ContainerOrder;

// Everything that an order can hold.
ContainerOrder full(ContainerKind kind) {
    ContainerOrder order;
    order.kind = kind;
    order.media_url = "https://m.example/a";
    order.cover_url = "https://m.example/c";
    order.caption = "Hi #tag";
    order.alt_text = "Alt";
    order.location_id = "7";
    order.collaborators = {"one", "two"};
    order.user_tags = {{"a\"b", 0.5, 0.125}, {"c", std::nullopt, std::nullopt}};
    order.product_tags = {{"9", 1.0, 0.0}};
    order.reel.thumb_offset = Milliseconds(0);
    order.reel.share_to_feed = true;
    order.reel.audio_name = "Song";
    order.reel.trial = core::Trial::kPerformance;
    order.is_ai_generated = true;
    return order;
}

std::string sent(const ContainerOrder& order, LoginPath login = LoginPath::kFacebook) {
    const auto parameters = container_parameters(login, order);
    if (!parameters) return parameters.error().summary();
    std::string text;
    for (const auto& parameter : *parameters) {
        text += (text.empty() ? "" : "\n") + parameter.name + "=" + std::get<std::string>(parameter.value);
    }
    return text;
}

constexpr const char* kPlacedTags = R"(user_tags=[{"username":"a\"b","x":0.5,"y":0.125},{"username":"c"}])";
constexpr const char* kPlainTags = R"(user_tags=[{"username":"a\"b"},{"username":"c"}])";
constexpr const char* kPlacedProduct = R"(product_tags=[{"product_id":"9","x":1,"y":0}])";
constexpr const char* kPlainProduct = R"(product_tags=[{"product_id":"9"}])";

std::string lines(std::initializer_list<std::string> all) {
    std::string text;
    for (const std::string& line : all) {
        text += (text.empty() ? "" : "\n") + line;
    }
    return text;
}

TEST(ContainerParameters, EachKindGetsWhatItKnows) {
    const std::string collaborators = R"(collaborators=["one","two"])";
    EXPECT_EQ(sent(full(ContainerKind::kImage)),
              lines({"image_url=https://m.example/a", "caption=Hi #tag", "alt_text=Alt", "location_id=7", kPlacedTags,
                     kPlacedProduct, collaborators, "is_ai_generated=true"}));
    EXPECT_EQ(sent(full(ContainerKind::kReel)),
              lines({"media_type=REELS", "video_url=https://m.example/a", "caption=Hi #tag", "location_id=7",
                     kPlainTags, kPlainProduct, collaborators, "thumb_offset=0", "cover_url=https://m.example/c",
                     "audio_name=Song", "share_to_feed=true",
                     R"(trial_params={"graduation_strategy":"SS_PERFORMANCE"})", "is_ai_generated=true"}));
    EXPECT_EQ(sent(full(ContainerKind::kStoryImage)),
              lines({"media_type=STORIES", "image_url=https://m.example/a", kPlacedTags, "is_ai_generated=true"}));
    EXPECT_EQ(sent(full(ContainerKind::kStoryVideo)), lines({"media_type=STORIES", "video_url=https://m.example/a",
                                                             kPlacedTags, "thumb_offset=0", "is_ai_generated=true"}));
    EXPECT_EQ(sent(full(ContainerKind::kItemImage)), lines({"is_carousel_item=true", "image_url=https://m.example/a",
                                                            "alt_text=Alt", kPlacedTags, kPlacedProduct}));
    EXPECT_EQ(sent(full(ContainerKind::kItemVideo)),
              lines({"media_type=VIDEO", "is_carousel_item=true", "video_url=https://m.example/a", kPlainTags,
                     kPlainProduct, "thumb_offset=0"}));
    ContainerOrder carousel = full(ContainerKind::kCarousel);
    carousel.media_url.clear();
    carousel.children = {"17889000000000001", "17889000000000002"};
    EXPECT_EQ(sent(carousel), lines({"media_type=CAROUSEL", "children=17889000000000001,17889000000000002",
                                     "caption=Hi #tag", "location_id=7", collaborators, "is_ai_generated=true"}));
}

TEST(ContainerParameters, WhatWasNotWishedForIsNotSent) {
    ContainerOrder order;
    order.media_url = "https://m.example/a";
    EXPECT_EQ(sent(order), "image_url=https://m.example/a");
    order.kind = ContainerKind::kReel;
    EXPECT_EQ(sent(order), "media_type=REELS\nvideo_url=https://m.example/a");
    order.reel.share_to_feed = false;
    order.reel.thumb_offset = Milliseconds(1500);
    order.reel.trial = core::Trial::kManual;
    EXPECT_EQ(sent(order), "media_type=REELS\nvideo_url=https://m.example/a\nthumb_offset=1500\nshare_to_feed=false\n"
                           R"(trial_params={"graduation_strategy":"MANUAL"})");
}

TEST(ContainerParameters, AVideoWithoutAnAddressIsUploaded) {
    for (const auto kind : {ContainerKind::kReel, ContainerKind::kStoryVideo, ContainerKind::kItemVideo}) {
        ContainerOrder order;
        order.kind = kind;
        EXPECT_TRUE(is_resumable(order));
        EXPECT_NE(sent(order).find("upload_type=resumable"), std::string::npos);
        order.media_url = "https://m.example/a";
        EXPECT_FALSE(is_resumable(order));
        EXPECT_EQ(sent(order).find("upload_type"), std::string::npos);
    }
}

TEST(ContainerParameters, NumbersHaveNoExponents) {
    ContainerOrder order;
    order.media_url = "https://m.example/a";
    order.user_tags = {{"a", 1e-7, 1.0 / 3}};
    EXPECT_EQ(sent(order), "image_url=https://m.example/a\n"
                           R"(user_tags=[{"username":"a","x":0.0000001,"y":0.3333333333333333}])");
}

TEST(ContainerParameters, ProductTagsAreForTheFacebookLogin) {
    const auto refused = container_parameters(LoginPath::kInstagram, full(ContainerKind::kImage));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), Code::kUsage);
}

} // namespace
} // namespace everlong::adapters::detail
