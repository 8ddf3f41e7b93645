#include <simulator/media/codec_head.hpp>

#include <gtest/gtest.h>

#include <string>

namespace everlong::simulator {
namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return bytes;
}

// The esds box of a stream of that object type, with that configuration of two bytes.
std::string esds(const std::string& type, const std::string& configuration) {
    return from_hex("00000000"
                    "0319"
                    "000100"
                    "0411" +
                    type +
                    "15000000"
                    "00000000"
                    "00000000"
                    "0502" +
                    configuration + "060102");
}

TEST(SoundHead, KnowsRateAndChannelsOfAac) {
    const auto stereo = read_esds(esds("40", "1190"));
    ASSERT_TRUE(stereo);
    EXPECT_TRUE(stereo->is_aac);
    EXPECT_EQ(48'000U, stereo->sample_rate);
    EXPECT_EQ(2U, stereo->channels);
    EXPECT_EQ(6U, read_esds(esds("40", "11b0"))->channels);
    EXPECT_EQ(96'000U, read_esds(esds("40", "1010"))->sample_rate);
}

TEST(SoundHead, ALayoutOfItsOwnHasMoreThanTwoChannels) {
    EXPECT_EQ(3U, read_esds(esds("40", "1180"))->channels);
}

TEST(SoundHead, TellsMp3FromAac) {
    EXPECT_FALSE(read_esds(esds("6b", "0000"))->is_aac);
    EXPECT_FALSE(read_esds(esds("69", "0000"))->is_aac);
    EXPECT_TRUE(read_esds(esds("67", "1190"))->is_aac);
}

TEST(SoundHead, IsUnknownWhereItIsCut) {
    const std::string whole = esds("40", "1190");
    EXPECT_FALSE(read_esds(whole.substr(0, 8)));
    EXPECT_FALSE(read_esds(""));
    for (std::size_t size = 0; size < whole.size(); ++size)
        read_esds(std::string_view(whole).substr(0, size));
}

// Written by x264 for 64 x 64 pixels.
const std::string kPlain = from_hex("0142c00affe100166742c00ada109b011000000300100000030300f1226a01000468ce0fc8");
const std::string kFullColour =
    from_hex("01f4000affe1001867f4000a91968426c044000003000400000300c03c489a8001000568ce0f1920fff8f800");
const std::string kInterlaced =
    from_hex("01640015ffe1001867640015acd9444d808800000300080000030180f8a14cb001000468fe8fcbfdf8f800");

TEST(PictureHead, ReadsH264) {
    ASSERT_TRUE(read_avcc(kPlain));
    EXPECT_TRUE(read_avcc(kPlain)->is_420);
    EXPECT_TRUE(read_avcc(kPlain)->is_progressive);
    ASSERT_TRUE(read_avcc(kFullColour));
    EXPECT_FALSE(read_avcc(kFullColour)->is_420);
    EXPECT_TRUE(read_avcc(kFullColour)->is_progressive);
    ASSERT_TRUE(read_avcc(kInterlaced));
    EXPECT_TRUE(read_avcc(kInterlaced)->is_420);
    EXPECT_FALSE(read_avcc(kInterlaced)->is_progressive);
}

TEST(PictureHead, IsUnknownWhereItIsCut) {
    EXPECT_FALSE(read_avcc(kPlain.substr(0, 12)));
    EXPECT_FALSE(read_avcc(""));
    for (std::size_t size = 0; size < kInterlaced.size(); ++size)
        read_avcc(std::string_view(kInterlaced).substr(0, size));
}

TEST(PictureHead, ReadsHevc) {
    std::string box(23, '\0');
    box[6] = '\x80';  // progressive
    box[16] = '\xFD'; // 4:2:0
    ASSERT_TRUE(read_hvcc(box));
    EXPECT_TRUE(read_hvcc(box)->is_420);
    EXPECT_TRUE(read_hvcc(box)->is_progressive);
    box[6] = '\x40';
    box[16] = '\xFE';
    EXPECT_FALSE(read_hvcc(box)->is_420);
    EXPECT_FALSE(read_hvcc(box)->is_progressive);
    EXPECT_FALSE(read_hvcc(box.substr(0, 16)));
}

} // namespace
} // namespace everlong::simulator
