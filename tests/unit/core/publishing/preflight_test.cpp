#include <core/publishing/preflight.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace everlong::core {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

MediaFacts picture(int width = 1080, int height = 1080) {
    MediaFacts facts;
    facts.format = "jpeg";
    facts.bytes = 500'000;
    facts.width = width;
    facts.height = height;
    facts.colour_space = "srgb";
    return facts;
}

MediaFacts film() {
    MediaFacts facts;
    facts.type = MediumType::kVideo;
    facts.format = "mp4";
    facts.bytes = 5'000'000;
    facts.width = 1080;
    facts.height = 1920;
    VideoFacts video;
    video.duration = Seconds(10);
    video.codec = "h264";
    video.pixel_format = "yuv420p";
    video.frame_rate = 30;
    video.bit_rate = 4'000'000;
    video.has_edit_list = true; // as every encoder's
    video.is_index_first = true;
    video.has_sound = true;
    video.audio_codec = "aac";
    video.sample_rate_hz = 48'000;
    video.channels = 2;
    video.audio_bit_rate = 128'000;
    facts.video = video;
    return facts;
}

PostMedium medium(MediumType type) {
    PostMedium result;
    result.type = type;
    result.file = FileId("file_aaaaaaaaaaaaaaaaaaaa");
    return result;
}

// A post of `kind` with one medium for each of the facts.
PostContent content(PostKind kind, const std::vector<MediaFacts>& facts) {
    PostContent result;
    result.kind = kind;
    for (const MediaFacts& one : facts)
        result.media.push_back(medium(one.type));
    return result;
}

std::vector<Finding> check(const PostContent& post, const std::vector<MediaFacts>& facts,
                           const PreflightContext& context = {}) {
    return check_post(post, {facts.begin(), facts.end()}, context);
}

std::vector<Finding> check(PostKind kind, const std::vector<MediaFacts>& facts) {
    return check(content(kind, facts), facts);
}

std::vector<std::string> rules(const std::vector<Finding>& findings) {
    std::vector<std::string> names;
    for (const Finding& finding : findings)
        names.push_back((finding.is_error ? "" : "~") + finding.rule);
    return names;
}

TEST(Preflight, FindsNothingWhereAllIsWell) {
    EXPECT_THAT(check(PostKind::kImage, {picture()}), IsEmpty());
    EXPECT_THAT(check(PostKind::kReel, {film()}), IsEmpty());
    EXPECT_THAT(check(PostKind::kStory, {picture(1080, 1920)}), IsEmpty());
    EXPECT_THAT(check(PostKind::kStory, {film()}), IsEmpty());
    EXPECT_THAT(check(PostKind::kCarousel, {picture(), picture()}), IsEmpty());
}

TEST(Preflight, SaysWhatWasMeasuredAndWhatIsWanted) {
    const auto findings = check(PostKind::kImage, {picture(2000, 1000)});
    ASSERT_EQ(2U, findings.size());
    EXPECT_EQ((Finding{"image-ratio", true, 0, "2:1", "4:5 to 1.91:1", true}), findings[0]);
    EXPECT_EQ((Finding{"image-width", false, 0, "2000 pixels", "320 to 1440 pixels", true}), findings[1]);
}

TEST(Preflight, WarnsWhereAShapeDependsOnTheTurnThatEXIFAsksFor) {
    const auto turned = [](int shown_width, int shown_height) {
        MediaFacts facts = picture(shown_width, shown_height);
        facts.lies_on_its_side = true;
        return facts;
    };
    // What a phone makes of an upright picture.
    const auto findings = check(PostKind::kImage, {turned(1200, 1600)});
    ASSERT_EQ(1U, findings.size());
    EXPECT_EQ((Finding{"image-orientation", false, 0, "3:4 as shown, 4:3 as stored", "4:5 to 1.91:1", true}),
              findings[0]);
    EXPECT_THAT(rules(check(PostKind::kImage, {turned(1400, 1000)})), ElementsAre("~image-orientation"));
    EXPECT_THAT(rules(check(PostKind::kImage, {turned(1000, 1100)})), IsEmpty());
    EXPECT_THAT(rules(check(PostKind::kImage, {turned(1000, 3000)})), ElementsAre("image-ratio"));
    EXPECT_THAT(rules(check(PostKind::kImage, {picture(1200, 1600)})), ElementsAre("image-ratio"));
    EXPECT_THAT(rules(check(PostKind::kStory, {turned(1080, 1920)})), IsEmpty());
}

struct PictureCase {
    const char* name;
    std::function<void(MediaFacts&)> spoil;
    std::vector<std::string> expected;
};

TEST(Preflight, NamesTheRuleThatAPictureBreaks) {
    const std::vector<PictureCase> cases{
        {"png", [](auto& f) { f.format = "png"; }, {"image-format"}},
        {"nothing known", [](auto& f) { f.format = ""; }, {"medium-unreadable"}},
        {"cut", [](auto& f) { f.problem = "the picture breaks off before its end"; }, {"medium-unreadable"}},
        {"mpo", [](auto& f) { f.is_multi_picture = true; }, {"image-multi-picture"}},
        {"8 MiB", [](auto& f) { f.bytes = 8'388'608; }, {}},
        {"8 MiB and a byte", [](auto& f) { f.bytes = 8'388'609; }, {"image-bytes"}},
        {"4:5", [](auto& f) { f.width = 1080, f.height = 1350; }, {}},
        {"4:5 and a pixel", [](auto& f) { f.width = 1080, f.height = 1351; }, {}},
        {"taller than 4:5", [](auto& f) { f.width = 1080, f.height = 1352; }, {"image-ratio"}},
        {"1.91:1", [](auto& f) { f.width = 1080, f.height = 565; }, {}},
        {"1.912:1", [](auto& f) { f.width = 1080, f.height = 564; }, {"image-ratio"}},
        {"narrow", [](auto& f) { f.width = f.height = 319; }, {"~image-width"}},
        {"320", [](auto& f) { f.width = f.height = 320; }, {}},
        {"1440", [](auto& f) { f.width = f.height = 1440; }, {}},
        {"wide", [](auto& f) { f.width = f.height = 1441; }, {"~image-width"}},
        {"cmyk", [](auto& f) { f.colour_space = "cmyk"; }, {"~image-colour"}},
        {"grey", [](auto& f) { f.colour_space = "grey"; }, {}},
        {"exif", [](auto& f) { f.has_metadata = true; }, {"~image-metadata"}},
    };
    for (const auto& [name, spoil, expected] : cases) {
        MediaFacts facts = picture();
        spoil(facts);
        EXPECT_EQ(expected, rules(check(PostKind::kImage, {facts}))) << name;
    }
}

TEST(Preflight, NamesTheRuleThatAVideoBreaks) {
    const std::vector<PictureCase> cases{
        {"webm", [](auto& f) { f.format = "matroska"; }, {"video-format"}},
        {"cut", [](auto& f) { f.problem = "the file breaks off before its end"; }, {"medium-unreadable"}},
        {"index last", [](auto& f) { f.video->is_index_first = false; }, {"video-index-first"}},
        {"fragments", [](auto& f) { f.video->is_fragmented = true; }, {"video-fragmented"}},
        {"cutting edits", [](auto& f) { f.video->has_cutting_edits = true; }, {"video-edit-list"}},
        {"vp9", [](auto& f) { f.video->codec = "vp9"; }, {"video-codec"}},
        {"hevc", [](auto& f) { f.video->codec = "hevc"; }, {}},
        {"4:2:2", [](auto& f) { f.video->pixel_format = "yuv422p"; }, {"video-chroma"}},
        {"10 bits", [](auto& f) { f.video->pixel_format = "yuv420p10le"; }, {}},
        {"interlaced", [](auto& f) { f.video->is_interlaced = true; }, {"video-interlaced"}},
        {"open gop", [](auto& f) { f.video->has_open_gop = true; }, {"~video-open-gop"}},
        {"22 frames", [](auto& f) { f.video->frame_rate = 22; }, {"video-frame-rate"}},
        {"23.976 frames", [](auto& f) { f.video->frame_rate = 23.976; }, {}},
        {"61 frames", [](auto& f) { f.video->frame_rate = 61; }, {"video-frame-rate"}},
        {"25 Mbit/s", [](auto& f) { f.video->bit_rate = 25'000'000; }, {}},
        {"26 Mbit/s", [](auto& f) { f.video->bit_rate = 26'000'000; }, {"video-bit-rate"}},
        {"wide", [](auto& f) { f.width = 1921; }, {"video-width"}},
        {"a thread", [](auto& f) { f.width = 10, f.height = 1080; }, {"video-ratio"}},
        {"2.9 s", [](auto& f) { f.video->duration = Milliseconds(2900); }, {"video-duration"}},
        {"2.96 s", [](auto& f) { f.video->duration = Milliseconds(2960); }, {}},
        {"15 min", [](auto& f) { f.video->duration = Minutes(15); }, {}},
        {"15 min 1 s", [](auto& f) { f.video->duration = Minutes(15) + Seconds(1); }, {"video-duration"}},
        {"300 MiB", [](auto& f) { f.bytes = 314'572'800; }, {}},
        {"more", [](auto& f) { f.bytes = 1'073'741'825; }, {"video-bytes"}},
        {"disputed", [](auto& f) { f.bytes = 314'572'801; }, {"~video-bytes-disputed"}},
        {"mp3", [](auto& f) { f.video->audio_codec = "mp3"; }, {"audio-codec"}},
        {"96 kHz", [](auto& f) { f.video->sample_rate_hz = 96'000; }, {"audio-sample-rate"}},
        {"5.1", [](auto& f) { f.video->channels = 6; }, {"audio-channels"}},
        {"loud", [](auto& f) { f.video->audio_bit_rate = 320'000; }, {"~audio-bit-rate"}},
        {"silent", [](auto& f) { f.video->has_sound = false, f.video->audio_codec = ""; }, {}},
        {"place", [](auto& f) { f.has_metadata = true; }, {"~video-metadata"}},
    };
    for (const auto& [name, spoil, expected] : cases) {
        MediaFacts facts = film();
        spoil(facts);
        EXPECT_EQ(expected, rules(check(PostKind::kReel, {facts}))) << name;
    }
}

TEST(Preflight, StoriesHaveBoundsOfTheirOwn) {
    MediaFacts facts = film();
    facts.video->duration = Seconds(61);
    EXPECT_THAT(rules(check(PostKind::kStory, {facts})), ElementsAre("video-duration"));
    EXPECT_THAT(rules(check(PostKind::kReel, {facts})), IsEmpty());
    facts = film();
    facts.bytes = 104'857'601;
    EXPECT_THAT(rules(check(PostKind::kStory, {facts})), ElementsAre("video-bytes"));
    EXPECT_THAT(rules(check(PostKind::kReel, {facts})), IsEmpty());
    EXPECT_THAT(rules(check(PostKind::kStory, {picture(1080, 1080)})), ElementsAre("~story-ratio"));
    EXPECT_THAT(rules(check(PostKind::kStory, {picture(2000, 500)})), ElementsAre("~story-ratio"));
}

TEST(Preflight, StoriesShowNeitherCaptionNorPlaceAndTakeNoPartners) {
    PostContent post = content(PostKind::kStory, {film()});
    post.caption = "hello";
    post.location_id = "123";
    EXPECT_THAT(rules(check(post, {film()})), ElementsAre("~caption-not-shown", "~location-not-shown"));
    post.collaborators = {"ada"};
    EXPECT_THAT(rules(check(post, {film()})), Contains("collaborators-on-story"));
    post.collaborators.clear();
    post.first_comment = "first";
    EXPECT_THAT(rules(check(post, {film()})), Contains("first-comment-on-story"));
}

TEST(Preflight, CountsCharactersNotBytes) {
    PostContent post = content(PostKind::kImage, {picture()});
    for (int i = 0; i < 2200; ++i)
        post.caption += "ä";
    EXPECT_THAT(check(post, {picture()}), IsEmpty());
    post.caption += "ä";
    const auto findings = check(post, {picture()});
    ASSERT_THAT(rules(findings), ElementsAre("caption-length"));
    EXPECT_EQ("2201 characters", findings[0].measured);
    EXPECT_EQ(-1, findings[0].medium);
}

TEST(Preflight, CountsHashtagsAndMentions) {
    PostContent post = content(PostKind::kImage, {picture()});
    for (int i = 0; i < 30; ++i)
        post.caption += "#a";
    post.caption += " # ## &#39; a@b.example me@x";
    EXPECT_THAT(check(post, {picture()}), IsEmpty());
    post.caption += " #b";
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("caption-hashtags"));
    post.caption.clear();
    for (int i = 0; i < 20; ++i)
        post.caption += "@a ";
    EXPECT_THAT(check(post, {picture()}), IsEmpty());
    post.caption += "(@b)";
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("caption-mentions"));
}

TEST(Preflight, CollaboratorsAreThreeUsernames) {
    PostContent post = content(PostKind::kImage, {picture()});
    post.collaborators = {"ada", "@grace_h", "alan.t"};
    EXPECT_THAT(check(post, {picture()}), IsEmpty());
    post.collaborators.push_back("kurt");
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("collaborators-count"));
    post.collaborators = {"Ada Lovelace"};
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("username"));
}

TEST(Preflight, TagsNeedAPlaceOnPicturesOnly) {
    PostContent post = content(PostKind::kImage, {picture()});
    post.media[0].user_tags = {{"ada", 0.5, 1.0}};
    EXPECT_THAT(check(post, {picture()}), IsEmpty());
    post.media[0].user_tags = {{"ada", std::nullopt, std::nullopt}};
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("user-tag-position"));
    post.media[0].user_tags = {{"ada", 0.5, 1.1}};
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("user-tag-position"));
    post.kind = PostKind::kStory;
    post.media[0].user_tags = {{"ada", std::nullopt, std::nullopt}};
    EXPECT_THAT(check(post, {picture(1080, 1920)}), IsEmpty());
    post.media[0].user_tags = {{"ada", 0.5, std::nullopt}};
    EXPECT_THAT(rules(check(post, {picture(1080, 1920)})), ElementsAre("user-tag-position"));
    PostContent reel = content(PostKind::kReel, {film()});
    reel.media[0].user_tags = {{"ada", std::nullopt, std::nullopt}};
    EXPECT_THAT(check(reel, {film()}), IsEmpty());
}

TEST(Preflight, ProductTagsAreTheFacebookLogins) {
    PostContent post = content(PostKind::kImage, {picture()});
    post.media[0].product_tags = {{"123", 0.1, 0.2}};
    EXPECT_THAT(check(post, {picture()}), IsEmpty());
    PreflightContext instagram;
    instagram.login = LoginPath::kInstagram;
    EXPECT_THAT(rules(check(post, {picture()}, instagram)), ElementsAre("product-tags-login"));
    post.media[0].product_tags = {{"123", std::nullopt, 0.2}};
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("product-tag-position"));
    post.media[0].product_tags.assign(6, {"123", 0.1, 0.2});
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("product-tags-count"));
    PostContent reel = content(PostKind::kReel, {film()});
    reel.media[0].product_tags = {{"123", 0.1, 0.2}};
    EXPECT_THAT(rules(check(reel, {film()})), ElementsAre("product-tag-position"));
}

TEST(Preflight, AltTextsHaveAThousandCharacters) {
    PostContent post = content(PostKind::kImage, {picture()});
    post.media[0].alt_text = std::string(1000, 'a');
    EXPECT_THAT(check(post, {picture()}), IsEmpty());
    post.media[0].alt_text += 'a';
    EXPECT_THAT(rules(check(post, {picture()})), ElementsAre("alt-text-length"));
    PostContent reel = content(PostKind::kReel, {film()});
    reel.media[0].alt_text = "a cat";
    EXPECT_THAT(rules(check(reel, {film()})), ElementsAre("~alt-text-not-shown"));
}

TEST(Preflight, EachKindHasItsNumberAndTypeOfMedia) {
    EXPECT_THAT(rules(check(PostKind::kImage, {})), ElementsAre("media-count"));
    EXPECT_THAT(rules(check(PostKind::kImage, {picture(), picture()})), ElementsAre("media-count"));
    EXPECT_THAT(rules(check(PostKind::kImage, {film()})), ElementsAre("medium-type"));
    EXPECT_THAT(rules(check(PostKind::kReel, {picture()})), ElementsAre("medium-type"));
    EXPECT_THAT(rules(check(PostKind::kCarousel, {picture()})), ElementsAre("carousel-size"));
    EXPECT_THAT(check(PostKind::kCarousel, std::vector<MediaFacts>(10, picture())), IsEmpty());
    EXPECT_THAT(rules(check(PostKind::kCarousel, std::vector<MediaFacts>(11, picture()))),
                ElementsAre("carousel-size"));
    // A film called a picture.
    PostContent post = content(PostKind::kCarousel, {picture(), picture()});
    EXPECT_THAT(rules(check(post, {picture(), film()})), Contains("medium-type"));
}

TEST(Preflight, ACarouselIsCutToTheShapeOfItsFirst) {
    const auto findings = check(PostKind::kCarousel, {picture(1080, 1080), picture(1080, 1350), picture(1080, 1081)});
    ASSERT_THAT(rules(findings), ElementsAre("~carousel-ratio"));
    EXPECT_EQ(1, findings[0].medium);
    EXPECT_EQ("1:1, as the first", findings[0].wanted);
}

TEST(Preflight, AReelsCoverAndMomentAreLookedAt) {
    PostContent post = content(PostKind::kReel, {film()});
    post.reel.thumb_offset = Milliseconds(0);
    EXPECT_THAT(check(post, {film()}), IsEmpty());
    post.reel.thumb_offset = Seconds(10);
    EXPECT_THAT(rules(check(post, {film()})), ElementsAre("thumb-offset"));
    post.reel.thumb_offset = Milliseconds(-1);
    EXPECT_THAT(rules(check(post, {film()})), ElementsAre("thumb-offset"));
    post.reel.cover_file = FileId("file_bbbbbbbbbbbbbbbbbbbb");
    EXPECT_THAT(rules(check(post, {film()})), ElementsAre("~cover-wins"));
    post.reel.thumb_offset.reset();
    PreflightContext context;
    context.cover = picture(1080, 1920);
    EXPECT_THAT(check(post, {film()}, context), IsEmpty());
    context.cover->format = "png";
    context.cover->bytes = 9'000'000;
    EXPECT_THAT(rules(check(post, {film()}, context)), ElementsAre("cover-format", "cover-bytes"));
    context.cover = film();
    EXPECT_THAT(rules(check(post, {film()}, context)), ElementsAre("cover-format"));
}

TEST(Preflight, ANameForASoundThatIsNotThereIsAnError) {
    PostContent post = content(PostKind::kReel, {film()});
    post.reel.audio_name = "Rain";
    EXPECT_THAT(check(post, {film()}), IsEmpty());
    MediaFacts silent = film();
    silent.video->has_sound = false;
    EXPECT_THAT(rules(check(post, {silent})), ElementsAre("audio-name-silent"));
}

TEST(Preflight, AccountPermissionAndQuotaAreNamed) {
    PreflightContext context;
    context.is_professional = false;
    context.missing_permissions = {"instagram_content_publish"};
    context.quota_used = 50;
    context.quota_total = 50;
    EXPECT_THAT(rules(check(content(PostKind::kImage, {picture()}), {picture()}, context)),
                ElementsAre("account-kind", "permission", "~publish-quota"));
    context = {};
    context.quota_used = 49;
    context.quota_total = 50;
    EXPECT_THAT(check(content(PostKind::kImage, {picture()}), {picture()}, context), IsEmpty());
}

TEST(Preflight, WithoutAPublicAddressPicturesAndCoversAreNotShown) {
    PreflightContext context;
    context.not_public = "EVERLONG_PUBLIC_URL is not set";
    const auto findings = check(content(PostKind::kImage, {picture()}), {picture()}, context);
    ASSERT_EQ(1U, findings.size());
    EXPECT_EQ((Finding{"medium-not-public", true, 0, "EVERLONG_PUBLIC_URL is not set",
                       "an address from which Meta can fetch it", false}),
              findings[0]);
    // Its bytes are sent, in a carousel too; what has an address of somebody else's needs none of ours.
    EXPECT_THAT(check(content(PostKind::kReel, {film()}), {film()}, context), IsEmpty());
    const auto mixed =
        check(content(PostKind::kCarousel, {film(), picture(1080, 1350)}), {film(), picture(1080, 1350)}, context);
    EXPECT_THAT(rules(mixed), Contains("medium-not-public").Times(1));
    PostContent post = content(PostKind::kImage, {picture()});
    post.media[0].file = FileId();
    post.media[0].url = "https://example.org/a.jpg";
    EXPECT_THAT(check_post(post, {std::nullopt}, context), IsEmpty());
    post = content(PostKind::kReel, {film()});
    post.reel.cover_file = FileId("file_bbbbbbbbbbbbbbbbbbbb");
    EXPECT_THAT(rules(check(post, {film()}, context)), ElementsAre("cover-not-public"));
}

TEST(Preflight, AChannelThatCannotPublishIsNamed) {
    PreflightContext context;
    context.channel_trouble = "'shop' is dead: the password was changed";
    const PostContent post = content(PostKind::kImage, {picture()});
    EXPECT_THAT(rules(check(post, {picture()}, context)), ElementsAre("~channel-not-connected")) << "it may be by then";
    context.must_go_now = true;
    EXPECT_THAT(rules(check(post, {picture()}, context)), ElementsAre("channel-not-connected"));
}

TEST(Preflight, AUsedUpQuotaSaysWhenThereIsRoom) {
    PreflightContext context;
    context.quota_used = context.quota_total = 50;
    context.quota_free_by = "2026-06-01T12:00:00Z";
    const auto findings = check(content(PostKind::kImage, {picture()}), {picture()}, context);
    ASSERT_EQ(1U, findings.size());
    EXPECT_EQ(findings[0].wanted, "room for one more, which comes by 2026-06-01T12:00:00Z");
}

TEST(Preflight, ProductTagsWantPermissionsOfTheirOwn) {
    TokenFacts token;
    token.are_scopes_known = true;
    token.scopes = {"instagram_basic", "instagram_content_publish", "catalog_management"};
    EXPECT_THAT(missing_for_products(LoginPath::kFacebook, token), ElementsAre("instagram_shopping_tag_products"));
    EXPECT_THAT(missing_for_products(LoginPath::kInstagram, token), IsEmpty()) << "it takes no such tags at all";
    EXPECT_THAT(missing_for_products(LoginPath::kFacebook, TokenFacts{}), IsEmpty())
        << "nobody knows what it was given";
    PreflightContext context;
    context.missing_for_products = {"instagram_shopping_tag_products"};
    PostContent post = content(PostKind::kImage, {picture()});
    EXPECT_THAT(check(post, {picture()}, context), IsEmpty()) << "nothing is tagged";
    post.media[0].product_tags = {{"123", 0.5, 0.5}};
    EXPECT_THAT(rules(check(post, {picture()}, context)), ElementsAre("product-tags-permission"));
}

TEST(Preflight, AFirstCommentWantsItsOwnPermission) {
    TokenFacts token;
    token.are_scopes_known = true;
    token.scopes = {"instagram_business_basic", "instagram_business_content_publish"};
    EXPECT_EQ(missing_for_comments(LoginPath::kInstagram, token), "instagram_business_manage_comments");
    EXPECT_EQ(missing_for_comments(LoginPath::kFacebook, token), "instagram_manage_comments");
    token.scopes.push_back("instagram_business_manage_comments");
    EXPECT_EQ(missing_for_comments(LoginPath::kInstagram, token), "");
    EXPECT_EQ(missing_for_comments(LoginPath::kFacebook, TokenFacts{}), "") << "nobody knows what it was given";
    PreflightContext context;
    context.missing_for_comments = "instagram_manage_comments";
    PostContent post = content(PostKind::kImage, {picture()});
    EXPECT_THAT(check(post, {picture()}, context), IsEmpty()) << "no comment is wanted";
    post.first_comment = "#cats";
    const auto findings = check(post, {picture()}, context);
    EXPECT_THAT(rules(findings), ElementsAre("~first-comment-permission"));
    EXPECT_FALSE(has_errors(findings)) << "the post goes out all the same";
}

TEST(Preflight, AnAddressThatNobodyLookedAtIsJudgedByItsForm) {
    PostContent post = content(PostKind::kImage, {picture()});
    post.media[0].file = {};
    post.media[0].url = "https://example.com/cat.jpg";
    EXPECT_THAT(check_post(post, {std::nullopt}, {}), IsEmpty());
    post.media[0].url = "https://example.com/kät.jpg";
    EXPECT_THAT(rules(check_post(post, {std::nullopt}, {})), ElementsAre("medium-address"));
    post.media[0].url = "";
    EXPECT_THAT(rules(check_post(post, {std::nullopt}, {})), ElementsAre("medium-missing"));
}

TEST(PreflightFix, ConvertsWhatCanBe) {
    MediaFacts facts = picture(3000, 1000);
    facts.format = "png";
    facts.has_transparency = true;
    const auto findings = check(PostKind::kImage, {facts});
    FixWish wish;
    wish.background = "#102030";
    const auto conversion = fix_for(findings, 0, wish);
    ASSERT_TRUE(conversion);
    EXPECT_EQ(Conversion::Fit::kCrop, conversion->fit);
    EXPECT_EQ(0.8, conversion->least_ratio);
    EXPECT_EQ(1.91, conversion->most_ratio);
    EXPECT_EQ(1440, conversion->most_width);
    EXPECT_EQ("#102030", conversion->background);
    EXPECT_EQ(8'000'000U, conversion->most_bytes);
}

TEST(PreflightFix, LeavesAloneWhatNeedsNoneOrCannotBeHelped) {
    EXPECT_FALSE(fix_for(check(PostKind::kImage, {picture()}), 0, {}));
    MediaFacts cut = picture();
    cut.problem = "the picture breaks off before its end";
    EXPECT_FALSE(fix_for(check(PostKind::kImage, {cut}), 0, {}));
    EXPECT_FALSE(fix_for(check(PostKind::kImage, {picture(100, 100)}), 0, {}));
    // A finding of another medium.
    EXPECT_FALSE(fix_for(check(PostKind::kCarousel, {picture(), picture(3000, 1000)}), 0, {}));
    EXPECT_TRUE(fix_for(check(PostKind::kCarousel, {picture(), picture(3000, 1000)}), 1, {}));
}

TEST(PreflightFix, TurnsAndFitsAPictureWhoseShapeDependsOnItsTurn) {
    MediaFacts facts = picture(1200, 1600);
    facts.lies_on_its_side = true;
    const auto conversion = fix_for(check(PostKind::kImage, {facts}), 0, {});
    ASSERT_TRUE(conversion);
    EXPECT_NE(conversion->fit, Conversion::Fit::kNone);
    EXPECT_EQ(conversion->least_ratio, 0.8);
}

TEST(PreflightFix, RespectsWhatAPersonWantsToKeep) {
    MediaFacts facts = picture();
    facts.has_metadata = true;
    FixWish keep;
    keep.is_metadata_removed = false;
    EXPECT_FALSE(fix_for(check(PostKind::kImage, {facts}), 0, keep));
    EXPECT_TRUE(fix_for(check(PostKind::kImage, {facts}), 0, {}));
    keep.fit = Conversion::Fit::kNone;
    EXPECT_FALSE(fix_for(check(PostKind::kImage, {picture(1440, 600)}), 0, keep));
}

} // namespace
} // namespace everlong::core
