#include <http/piecewise_upload.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace everlong::http {
namespace {

std::string bytes_of(const OutgoingBody& body, std::size_t room) {
    std::string all;
    std::string place(room, ' ');
    while (all.size() < body.size_bytes) {
        const auto got = body.pull(place);
        if (!got) return all + "<stopped>";
        all += place.substr(0, *got);
    }
    return all;
}

PiecewiseUpload::Read reading(std::string text) {
    return [text = std::move(text)](std::uint64_t offset, std::size_t limit) -> Result<std::string> {
        return text.substr(std::min<std::size_t>(offset, text.size()), limit);
    };
}

TEST(PiecewiseUpload, SendsAllPiecesInOrder) {
    PiecewiseUpload upload(reading("0123456789"), 0, 10);
    const OutgoingBody body = upload.body();
    EXPECT_EQ(body.size_bytes, 10u);
    EXPECT_EQ(bytes_of(body, 4), "0123456789");
    EXPECT_FALSE(upload.problem());
}

TEST(PiecewiseUpload, BeginsWhereAnEarlierOneWasCutOff) {
    PiecewiseUpload upload(reading("0123456789"), 7, 10);
    const OutgoingBody body = upload.body();
    EXPECT_EQ(body.size_bytes, 3u);
    EXPECT_EQ(bytes_of(body, 2), "789");
}

TEST(PiecewiseUpload, StopsAtAFileThatHasBecomeShorter) {
    PiecewiseUpload upload(reading("01234"), 0, 10);
    EXPECT_EQ(bytes_of(upload.body(), 4), "01234<stopped>");
    ASSERT_TRUE(upload.problem());
    EXPECT_EQ(upload.problem()->code(), Code::kIo);
    EXPECT_EQ(upload.problem()->fault(), Fault::kLocal);
}

TEST(PiecewiseUpload, KeepsWhatTheReaderSays) {
    PiecewiseUpload upload(
        [](std::uint64_t offset, std::size_t) -> Result<std::string> {
            if (offset == 0) return "01";
            return fail(Code::kFileUnknown, Fault::kUsage, "it was taken away");
        },
        0, 10);
    EXPECT_EQ(bytes_of(upload.body(), 4), "01<stopped>");
    ASSERT_TRUE(upload.problem());
    EXPECT_EQ(upload.problem()->code(), Code::kFileUnknown);
    EXPECT_EQ(upload.problem()->detail(), "it was taken away");
}

TEST(PiecewiseUpload, WritesNoMoreThanThereIsRoomFor) {
    PiecewiseUpload upload(
        [](std::uint64_t, std::size_t limit) -> Result<std::string> { return std::string(limit + 1, 'x'); }, 0, 10);
    std::array<char, 5> place{'a', 'b', 'c', 'd', 'e'};
    const OutgoingBody body = upload.body();
    EXPECT_FALSE(body.pull(std::span(place).first(4)));
    EXPECT_EQ(std::string(place.data(), place.size()), "abcde");
    EXPECT_TRUE(upload.problem());
}

} // namespace
} // namespace everlong::http
