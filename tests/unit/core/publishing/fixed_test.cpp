#include <core/publishing/fixed.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

MediaFacts picture(std::string format, int width, int height, std::uint64_t bytes) {
    MediaFacts facts;
    facts.format = std::move(format);
    facts.width = width;
    facts.height = height;
    facts.bytes = bytes;
    return facts;
}

Conversion by(Conversion::Fit fit) {
    Conversion conversion;
    conversion.fit = fit;
    conversion.least_ratio = 0.8;
    conversion.most_ratio = 1.91;
    return conversion;
}

TEST(Fixed, TellsWhatIsCutOff) {
    const auto wide =
        compare(1, picture("png", 1000, 200, 2'202'010), picture("jpeg", 382, 200, 31204), by(Conversion::Fit::kCrop));
    EXPECT_EQ(describe(wide, 2),
              "No. 2: PNG, 1000 x 200, 2.1 MB becomes JPEG, 382 x 200, 31204 bytes: 618 of 1000 pixels "
              "of its width are cut off");
    const auto tall =
        compare(0, picture("jpeg", 2000, 4000, 1000), picture("jpeg", 1000, 1250, 900), by(Conversion::Fit::kCrop));
    EXPECT_EQ(tall.cut_height, 1500); // before it was scaled
    EXPECT_EQ(describe(tall, 1),
              "JPEG, 2000 x 4000, 1000 bytes becomes JPEG, 1000 x 1250, 900 bytes: 1500 of 4000 pixels "
              "of its height are cut off");
}

TEST(Fixed, TellsWhatIsPutAround) {
    const auto wide =
        compare(0, picture("jpeg", 1910, 500, 1000), picture("jpeg", 1910, 1000, 900), by(Conversion::Fit::kPad));
    EXPECT_EQ(wide.added_height, 500);
    const auto tall =
        compare(0, picture("jpeg", 400, 1000, 1000), picture("jpeg", 800, 1000, 900), by(Conversion::Fit::kPad));
    EXPECT_EQ(tall.added_width, 400);
    EXPECT_NE(describe(tall, 1).find("400 pixels are added to its width"), std::string::npos);
}

TEST(Fixed, TellsOfNothingWhereTheShapeStays) {
    auto from = picture("png", 1080, 1080, 5000);
    const auto plain = compare(-1, from, picture("jpeg", 1080, 1080, 900), by(Conversion::Fit::kNone));
    EXPECT_EQ(describe(plain, 1), "The cover: PNG, 1080 x 1080, 5000 bytes becomes JPEG, 1080 x 1080, 900 bytes");
    from.has_metadata = from.has_transparency = from.lies_on_its_side = true;
    const auto more = compare(0, from, picture("jpeg", 1080, 1080, 900), by(Conversion::Fit::kCrop));
    EXPECT_EQ(describe(more, 1), "PNG, 1080 x 1080, 5000 bytes becomes JPEG, 1080 x 1080, 900 bytes: its pixels are "
                                 "turned, its background is filled, its metadata are taken out");
}

} // namespace
} // namespace everlong::core
