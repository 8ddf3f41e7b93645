// Heads of pictures and boxes of videos, read by hand.
#include <support/media_samples.hpp>

#include <simulator/media/exif.hpp>
#include <simulator/media/jpeg.hpp>
#include <simulator/media/media_rules.hpp>
#include <simulator/media/mp4.hpp>
#include <simulator/media/robots.hpp>

#include <boost/json/object.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace everlong::simulator {
namespace {

using namespace std::literals;
using test::make_box;
using test::make_jpeg;
using test::make_video;

TEST(PictureHead, TellsSizeAndKind) {
    const Picture plain = inspect_picture(make_jpeg(1080, 566));
    EXPECT_EQ(plain.format, PictureFormat::kJpeg);
    EXPECT_EQ(plain.width, 1080U);
    EXPECT_EQ(plain.height, 566U);
    EXPECT_TRUE(plain.is_whole);
    EXPECT_FALSE(plain.is_progressive);
    test::JpegSample wish;
    wish.is_progressive = true;
    EXPECT_TRUE(inspect_picture(make_jpeg(wish)).is_progressive);
}

TEST(PictureHead, KnowsOtherFormatsByTheirFirstBytes) {
    const std::pair<std::string_view, PictureFormat> table[] = {
        {"\x89PNG\r\n\x1A\nrest"sv, PictureFormat::kPng},
        {"RIFF\x10\0\0\0WEBPVP8 "sv, PictureFormat::kWebp},
        {"GIF89a"sv, PictureFormat::kGif},
        {"\0\0\0\x18"
         "ftypheic"sv,
         PictureFormat::kHeic},
        {"\0\0\0\x18"
         "ftypavif"sv,
         PictureFormat::kAvif},
        {"<!DOCTYPE html>"sv, PictureFormat::kUnknown},
        {""sv, PictureFormat::kUnknown},
    };
    for (const auto& [bytes, format] : table)
        EXPECT_EQ(inspect_picture(bytes).format, format) << bytes;
}

TEST(PictureHead, RefusesSeveralPicturesInOne) {
    test::JpegSample wish;
    wish.extra_segment = "\xFF\xE2\x00\x06MPF\0"sv;
    EXPECT_EQ(inspect_picture(make_jpeg(wish)).format, PictureFormat::kMultiPicture);
    wish.extra_segment = "\xFF\xE3\x00\x0A_JPSJPS_"sv;
    EXPECT_EQ(inspect_picture(make_jpeg(wish)).format, PictureFormat::kStereo);
}

// What an APP1 segment holds that names this orientation, behind another entry.
std::string exif(unsigned orientation, bool is_little) {
    const auto number = [&](std::uint64_t value, int bytes) {
        std::string text = test::big_endian(value, bytes);
        if (is_little) std::ranges::reverse(text);
        return text;
    };
    return "Exif\0\0"s + (is_little ? "II" : "MM") + number(42, 2) + number(8, 4) + number(2, 2) + // the directory
           number(0x0100, 2) + number(4, 2) + number(1, 4) + number(1080, 4) +                     // ImageWidth
           number(0x0112, 2) + number(3, 2) + number(1, 4) + number(orientation, 2) + number(0, 2) + number(0, 4);
}

test::JpegSample with_app1(const std::string& content) {
    test::JpegSample wish;
    wish.extra_segment = "\xFF\xE1" + test::big_endian(content.size() + 2, 2) + content;
    return wish;
}

TEST(PictureHead, SeesThatAPictureLiesOnItsSide) {
    for (const bool is_little : {false, true}) {
        for (unsigned orientation = 0; orientation <= 9; ++orientation) {
            const bool is_quarter = orientation >= 5 && orientation <= 8;
            const Picture picture = inspect_picture(make_jpeg(with_app1(exif(orientation, is_little))));
            EXPECT_EQ(picture.lies_on_its_side, is_quarter) << orientation << is_little;
            EXPECT_TRUE(picture.is_whole);
        }
    }
    EXPECT_FALSE(inspect_picture(make_jpeg()).lies_on_its_side);
    EXPECT_FALSE(inspect_picture(make_jpeg(with_app1("http://ns.adobe.com/xap/1.0/\0<x/>"s))).lies_on_its_side);
}

TEST(PictureHead, TakesBrokenExifForNone) {
    const std::string whole = exif(6, true);
    ASSERT_TRUE(asks_for_quarter_turn(whole));
    constexpr std::size_t kUnused = 6; // the value's other two bytes, and the link to the next directory
    for (std::size_t size = 0; size < whole.size() - kUnused; ++size)
        EXPECT_FALSE(asks_for_quarter_turn(std::string_view(whole).substr(0, size))) << size;
    std::string far = whole;
    far.replace(10, 4, "\xFF\xFF\xFF\xFF"); // where the directory is
    EXPECT_FALSE(asks_for_quarter_turn(far));
    std::string many = whole;
    many.replace(14, 2, "\xFF\xFF"); // how many entries there are
    EXPECT_TRUE(asks_for_quarter_turn(many));
    std::string text = whole;
    text.replace(30, 1, "\x02"); // the orientation as a text
    EXPECT_FALSE(asks_for_quarter_turn(text));
}

TEST(PictureRules, JudgeATurnedPictureAsItIsStoredOrAsItIsShown) {
    const auto verdict = [](unsigned width, unsigned height, std::string_view orientation) {
        test::JpegSample wish = with_app1(exif(6, false));
        wish.width = width;
        wish.height = height;
        Switches switches;
        EXPECT_TRUE(switches.set({{"picture_orientation", orientation}}));
        const auto fault = judge_picture(MediaKind::kImage, inspect_picture(make_jpeg(wish)), 1000, "a.jpg", switches);
        return fault ? fault->reason : std::string();
    };
    EXPECT_EQ(verdict(1600, 1200, "as-stored"), "");
    EXPECT_EQ(verdict(1600, 1200, "as-shown"), "its aspect ratio is 0.75:1");
    EXPECT_EQ(verdict(1000, 1400, "as-stored"), "its aspect ratio is 0.71:1");
    EXPECT_EQ(verdict(1000, 1400, "as-shown"), "");
}

TEST(PictureHead, CutAnywhereIsNotWhole) {
    const std::string bytes = make_jpeg();
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(inspect_picture(std::string_view(bytes).substr(0, size)).is_whole) << size;
}

Video scan(std::string_view bytes, std::size_t piece) {
    VideoScanner scanner;
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        scanner.feed(bytes.substr(at, piece));
    return scanner.result();
}

TEST(VideoBoxes, TellWhatIsInThem) {
    const std::string bytes = make_video();
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
        const Video video = scan(bytes, piece);
        EXPECT_EQ(video.brand, "isom");
        EXPECT_TRUE(video.is_container && video.is_whole && video.has_moov && video.is_moov_first);
        EXPECT_FALSE(video.has_edit_list);
        EXPECT_EQ(video.duration_ms, 10'000U);
        EXPECT_EQ(video.bytes, bytes.size());
        ASSERT_TRUE(video.picture && video.sound);
        EXPECT_EQ(video.picture->codec, "avc1");
        EXPECT_EQ(video.picture->width, 1080U);
        EXPECT_EQ(video.picture->height, 1920U);
        EXPECT_NEAR(video.picture->frames_per_second, 30.0, 0.01);
        EXPECT_EQ(video.sound->codec, "mp4a");
        EXPECT_EQ(video.sound->channels, 2U);
        EXPECT_EQ(video.sound->sample_rate, 48'000U);
    }
}

TEST(VideoBoxes, ShowWhatMetaForbids) {
    test::VideoSample wish;
    wish.is_moov_first = false;
    const Video late = scan(make_video(wish), 100);
    EXPECT_TRUE(late.has_moov);
    EXPECT_FALSE(late.is_moov_first);
    wish = {};
    wish.edits = 1;
    EXPECT_TRUE(scan(make_video(wish), 100).has_edit_list);
    EXPECT_FALSE(scan(make_video(wish), 100).has_cutting_edits);
    wish.edits = 2;
    EXPECT_TRUE(scan(make_video(wish), 100).has_cutting_edits);
    wish = {};
    wish.is_turned = true;
    EXPECT_EQ(scan(make_video(wish), 100).picture->width, 1920U);
}

TEST(VideoBoxes, CutAnywhereButBetweenBoxesIsNotWhole) {
    const std::string bytes = make_video();
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        const Video video = scan(std::string_view(bytes).substr(0, size), 64);
        const bool is_border = size == 24 || size == bytes.size() - 4104;
        EXPECT_EQ(video.is_whole, is_border) << size;
    }
}

TEST(VideoBoxes, NonsenseIsNoContainer) {
    EXPECT_FALSE(scan("<!DOCTYPE html><html>", 5).is_container);
    EXPECT_FALSE(scan("\xFF\xD8\xFF\xE0 a picture", 5).is_container);
    EXPECT_FALSE(scan("", 1).is_whole);
    // A box that says it is smaller than its own head.
    EXPECT_FALSE(scan(make_box("ftyp", "isom") + "\0\0\0\x04moov"sv.data(), 3).has_moov);
}

TEST(VideoBoxes, LongSizesAreRead) {
    const std::string media = test::big_endian(1, 4) + "mdat" + test::big_endian(16 + 5, 8) + "video";
    const std::string whole = make_video() + media;
    EXPECT_TRUE(scan(whole, 3).is_whole);
    EXPECT_FALSE(scan(std::string_view(whole).substr(0, whole.size() - 1), 3).is_whole);
}

TEST(Robots, OwnGroupThenEverybodysAndTheLongestRule) {
    EXPECT_TRUE(is_allowed_by_robots("", "/a.jpg"));
    EXPECT_FALSE(is_allowed_by_robots("User-agent: *\nDisallow: /\n", "/a.jpg"));
    EXPECT_TRUE(is_allowed_by_robots("User-agent: *\nDisallow:\n", "/a.jpg"));
    EXPECT_TRUE(is_allowed_by_robots("User-agent: googlebot\nDisallow: /\n", "/a.jpg"));
    EXPECT_TRUE(is_allowed_by_robots(
        "user-agent: *\r\ndisallow: /\r\n\r\nUser-agent: facebookexternalhit\r\nDisallow: /private\r\n", "/a.jpg"));
    EXPECT_TRUE(is_allowed_by_robots("User-agent: *\nDisallow: /media\nAllow: /media/public\n", "/media/public/a.jpg"));
    EXPECT_FALSE(is_allowed_by_robots("User-agent: *\nDisallow: /*.jpg$ # pictures\n", "/x/a.jpg"));
    EXPECT_TRUE(is_allowed_by_robots("User-agent: *\nDisallow: /*.jpg$\n", "/x/a.jpg?size=1"));
}

} // namespace
} // namespace everlong::simulator
