#include <base/digest.hpp>
#include <base/result.hpp>
#include <base/secret.hpp>
#include <base/time.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <type_traits>

namespace everlong {
namespace {

template <class T>
concept Streamable = requires(std::ostream& stream, const T& value) { stream << value; };
template <class T>
concept Range = requires(const T& value) { value.begin(); };

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!Streamable<Secret>);
static_assert(!Range<Secret>);

TEST(Secret, GivesAPlaceToReadFromEvenWhenEmpty) {
    EXPECT_NE(Secret().reveal().data(), nullptr);
    EXPECT_EQ(Secret().reveal(), "");
}

TEST(Secret, MovesAndWipesTheStringItTakes) {
    std::string text = "a token of some length that is no small string";
    const char* where = text.data();
    const std::size_t length = text.size();
    const Secret secret = Secret::take(std::move(text));
    EXPECT_EQ(secret.reveal(), "a token of some length that is no small string");
    EXPECT_EQ(std::string_view(where, length).find("token"), std::string_view::npos);
    Secret other = secret.clone();
    const Secret moved = std::move(other);
    EXPECT_TRUE(moved.equals(secret));
    EXPECT_FALSE(moved.equals(Secret("something else")));
}

TEST(Digest, AgreesWithPublishedVectors) {
    // FIPS 180-2, appendix B.1.
    EXPECT_EQ(to_hex(sha256("abc").data(), 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    // RFC 4231, 4.3.
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?").data(), 32),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // facts/graph-api.md, 6.
    EXPECT_EQ(appsecret_proof(Secret("app-secret-1"), Secret("EAATOKEN")),
              "6f1da528200c9eebddec0959a8e0949676417d592084b91e4b2e0975f3f9d817");
    EXPECT_EQ(fingerprint_of("abc").text(), "sha256:ba7816bf8f01");
}

TEST(Time, WritesAndReadsRfc3339) {
    EXPECT_EQ(to_rfc3339(instant_from_unix_s(0)), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_rfc3339(instant_from_unix_ms(1'780'000'000'250)), "2026-05-28T20:26:40.250Z");
    EXPECT_EQ(parse_rfc3339("2026-05-28T20:26:40Z"), instant_from_unix_s(1'780'000'000));
    EXPECT_EQ(parse_rfc3339("2026-05-28T22:26:40+02:00"), instant_from_unix_s(1'780'000'000));
    EXPECT_EQ(parse_rfc3339("2026-05-28T20:26:40+0000"), instant_from_unix_s(1'780'000'000));
    EXPECT_EQ(parse_rfc3339("2026-05-28T20:26:40.25Z"), instant_from_unix_ms(1'780'000'000'250));
    for (const char* bad : {"", "2026", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-05-28T20:26:40",
                            "2026-05-28T25:00:00Z", "2026-05-28T20:26:40Zx", "2026-05-28 20:26:40Z", "tomorrow"}) {
        EXPECT_FALSE(parse_rfc3339(bad)) << bad;
    }
}

TEST(Time, GoesPastTheYear2038) {
    EXPECT_EQ(to_rfc3339(instant_from_unix_s(2'147'483'648)), "2038-01-19T03:14:08Z");
    EXPECT_EQ(parse_rfc3339("2126-01-01T00:00:00Z"), instant_from_unix_s(4'922'899'200));
}

TEST(Time, WritesAndReadsHttpDates) {
    EXPECT_EQ(to_http_date(instant_from_unix_s(1'780'000'000)), "Thu, 28 May 2026 20:26:40 GMT");
    EXPECT_EQ(parse_http_date("Thu, 28 May 2026 20:26:40 GMT"), instant_from_unix_s(1'780'000'000));
    EXPECT_FALSE(parse_http_date("28 May 2026 20:26:40 GMT"));
    EXPECT_FALSE(parse_http_date("Thu, 28 Foo 2026 20:26:40 GMT"));
}

TEST(Time, TellsSpansToPeople) {
    EXPECT_EQ(humanize(Days(59) + Hours(23)), "59 days");
    EXPECT_EQ(humanize(Hours(47)), "47 hours");
    EXPECT_EQ(humanize(Minutes(1)), "1 minute");
    EXPECT_EQ(humanize(Milliseconds(0)), "now");
}

TEST(ErrorValue, NamesWhereItHappened) {
    const Error error = Error(Code::kDiskFull, Fault::kLocal, "no room for 4 kB").in("store").in("refresh");
    EXPECT_EQ(error.summary(), "E_DISK_FULL at refresh: store: no room for 4 kB");
}

} // namespace
} // namespace everlong
