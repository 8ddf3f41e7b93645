// Vectors: facts/graph-api.md, 9.1.
#include <adapters/graph/detail/signed_request.hpp>

#include <gtest/gtest.h>

namespace everlong::adapters::detail {
namespace {

constexpr const char* kPlain =
    "0bf3dwR8JUcsJ-u5f4wOFxdG_WhTTT-8swQ-M-J0Fyk."
    "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc4MDAwMDAwMCwidXNlcl9pZCI6IjEyMzQ1Njc4OTAifQ";
constexpr const char* kPadded =
    "U0_O1MqqNKUt32633zAkdd2Ce-jGVgRgJeRauyx_zC8=."
    "eyJvYXV0aF90b2tlbiI6ImZvb190b2tlbiIsImFsZ29yaXRobSI6IkhNQUMtU0hBMjU2IiwiaXNzdWVkX2F0IjozMjEsImNvZGUiOiJmb29fY29kZS"
    "IsInN0YXRlIjoiZm9vX3N0YXRlIiwidXNlcl9pZCI6MTIzLCJmb28iOiJiYXIifQ==";

TEST(SignedRequest, IsReadWithAndWithoutPadding) {
    const auto plain = read_signed_request(kPlain, Secret("app-secret-1"), core::LoginPath::kInstagram);
    ASSERT_TRUE(plain) << plain.error().summary();
    EXPECT_EQ(plain->user_id, "1234567890");
    EXPECT_EQ(to_unix_s(plain->issued_at), 1'780'000'000);
    EXPECT_EQ(plain->login, core::LoginPath::kInstagram);
    const auto padded = read_signed_request(kPadded, Secret("foo_app_secret"), core::LoginPath::kFacebook);
    ASSERT_TRUE(padded) << padded.error().summary();
    EXPECT_EQ(padded->user_id, "123");
}

TEST(SignedRequest, RefusesWhateverMetaHasNotSigned) {
    const std::string plain = kPlain;
    std::string other_payload = plain;
    other_payload[60] = other_payload[60] == 'A' ? 'B' : 'A';
    for (const std::string& bad : {std::string(), std::string("."), std::string("a.b"), plain.substr(0, 43),
                                   plain.substr(0, 44), "." + plain.substr(44), other_payload, plain + "A", plain + "=",
                                   "A" + plain.substr(1), plain + ".x", std::string(9000, 'a')}) {
        const auto read = read_signed_request(bad, Secret("app-secret-1"), core::LoginPath::kFacebook);
        ASSERT_FALSE(read) << bad.substr(0, 60);
        EXPECT_EQ(read.error().code(), Code::kSignedRequest);
    }
    EXPECT_FALSE(read_signed_request(kPlain, Secret("app-secret-2"), core::LoginPath::kFacebook));
}

} // namespace
} // namespace everlong::adapters::detail
