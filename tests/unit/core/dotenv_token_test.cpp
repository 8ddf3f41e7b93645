#include <core/dotenv_token.hpp>

#include <gtest/gtest.h>

#include <string>

namespace everlong::core {
namespace {

std::string words_of(const std::vector<ValueDamage>& damages) {
    std::string words;
    for (const ValueDamage damage : damages) {
        if (!words.empty()) words += ' ';
        words += to_text(damage);
    }
    return words;
}

struct CleanCase {
    std::string_view pasted;
    std::string_view repairs;
};

// In each of these the token is the same, so that only what is around it differs.
#define TOKEN "EAABsbCS1iHgBO0ZBx4KqZC7"
constexpr CleanCase kCleanable[] = {
    {TOKEN, ""},
    {"\"" TOKEN "\"", "quotes"},
    {"'" TOKEN "'", "quotes"},
    {"`" TOKEN "`", "quotes"},
    {"\"'" TOKEN "'\"", "quotes"},
    {"\"" TOKEN, "quotes"},
    {TOKEN "'", "quotes"},
    {"\xE2\x80\x9C" TOKEN "\xE2\x80\x9D", "quotes"},
    {"\xE2\x80\x98" TOKEN "\xE2\x80\x99", "quotes"},
    {"\xE2\x80\x9E" TOKEN "\xE2\x80\x9C", "quotes"},
    {" " TOKEN, "blanks"},
    {TOKEN " ", "blanks"},
    {"\t" TOKEN "  ", "blanks"},
    {"\"" TOKEN " \"", "quotes blanks"},
    {" \" " TOKEN " \" ", "quotes blanks"},
    {TOKEN "\n", "line-break"},
    {TOKEN "\r\n", "line-break"},
    {"\n" TOKEN, "line-break"},
    {TOKEN "\\n", "line-break"},
    {"EAABsbCS1iHg\nBO0ZBx4KqZC7", "line-break"},
    {"EAABsbCS1iHg\r\nBO0ZBx4KqZC7", "line-break"},
    {"EAABsbCS1iHg \n  BO0ZBx4KqZC7", "line-break"},
    {"EAABsb\nCS1iHg\n\nBO0ZBx4KqZC7\n", "line-break"},
    {"access_t\noken=" TOKEN, "line-break prefix-access-token"},
    {"Bea\nrer " TOKEN, "line-break prefix-bearer"},
    {"access_token=" TOKEN, "prefix-access-token"},
    {"access_token = " TOKEN, "blanks prefix-access-token"},
    {"access_token: " TOKEN, "blanks prefix-access-token"},
    {"accessToken=" TOKEN, "prefix-access-token"},
    {"\"access_token\":\"" TOKEN "\"", "quotes prefix-access-token"},
    {"\"access_token\": \"" TOKEN "\",", "quotes blanks prefix-access-token surroundings"},
    {"{\"access_token\":\"" TOKEN "\",\"token_type\":\"bearer\"}", "quotes prefix-access-token surroundings"},
    {"{\n  \"access_token\": \"" TOKEN "\",\n  \"expires_in\": 1\n}",
     "quotes blanks line-break prefix-access-token surroundings"},
    {"?access_token=" TOKEN, "prefix-access-token"},
    {"&access_token=" TOKEN, "prefix-access-token"},
    {"#access_token=" TOKEN "&expires_in=5183999&state=S", "prefix-access-token surroundings"},
    {"access_token=" TOKEN "&expires_in=5183999", "prefix-access-token surroundings"},
    {"https://localhost/cb#access_token=" TOKEN "&data_access_expiration_time=1", "prefix-access-token surroundings"},
    {"https://graph.facebook.com/v25.0/me?fields=id&access_token=" TOKEN, "prefix-access-token"},
    {"Bearer " TOKEN, "prefix-bearer"},
    {"bearer   " TOKEN, "prefix-bearer"},
    {"BEARER\t" TOKEN, "prefix-bearer"},
    {"OAuth " TOKEN, "prefix-bearer"},
    {"Authorization: Bearer " TOKEN, "blanks prefix-bearer"},
    {"\"Bearer " TOKEN "\"", "quotes prefix-bearer"},
    {"INSTAGRAM_ACCESS_TOKEN=" TOKEN, "key-prefix"},
    {"INSTAGRAM_ACCESS_TOKEN=\"" TOKEN "\"", "quotes key-prefix"},
    {"INSTAGRAM_ACCESS_TOKEN = " TOKEN, "blanks key-prefix"},
    {"export INSTAGRAM_ACCESS_TOKEN=" TOKEN, "key-prefix"},
    {"export IG_TOKEN='" TOKEN "';", "quotes key-prefix surroundings"},
    {"TOKEN=" TOKEN, "key-prefix"},
    {"INSTAGRAM_ACCESS_TOKEN=access_token=" TOKEN, "prefix-access-token key-prefix"},
    {"INSTAGRAM_ACCESS_TOKEN=INSTAGRAM_ACCESS_TOKEN=" TOKEN, "key-prefix"},
    {"\xEF\xBB\xBF" TOKEN, "invisible-characters"},
    {TOKEN "\xE2\x80\x8B", "invisible-characters"},
    {TOKEN "\xC2\xA0", "invisible-characters"},
    {"\xE3\x80\x80" TOKEN, "invisible-characters"},
    {"EAABsbCS1iHg\xE2\x80\x8B"
     "BO0ZBx4KqZC7",
     "invisible-characters"},
    {"EAABsbCS1iHg\xC2\xAD"
     "BO0ZBx4KqZC7",
     "invisible-characters"},
    {"\xE2\x80\xAA" TOKEN "\xE2\x80\xAC", "invisible-characters"},
    {TOKEN ";", "surroundings"},
    {TOKEN ",", "surroundings"},
    {"'" TOKEN "',", "quotes surroundings"},
};

TEST(CleanToken, TakesAwayWhatIsNotTheTokenAndNamesIt) {
    for (const CleanCase& item : kCleanable) {
        SCOPED_TRACE(item.pasted);
        const auto cleaned = clean_token(item.pasted);
        ASSERT_TRUE(cleaned.has_value()) << cleaned.error().summary();
        EXPECT_EQ(cleaned->text.reveal(), TOKEN);
        EXPECT_EQ(words_of(cleaned->repairs), item.repairs);
    }
}

TEST(CleanToken, RefusesWhatIsWrappedWithoutEnd) {
    // A zero-width space torn apart by another, and that by another: each is whole only when the one within is gone.
    std::string torn;
    for (int i = 0; i < 40; ++i)
        torn = "\xE2\x80" + torn + "\x8B";
    const auto cleaned = clean_token("EAABsbCS1iHg" + torn + "BO0ZBx4KqZC7");
    ASSERT_FALSE(cleaned.has_value());
    EXPECT_EQ(cleaned.error().code(), Code::kTokenMalformed);
}

TEST(CleanToken, NeverJudgesByPrefixOrForm) {
    for (const std::string_view token : {
             "EAACEdEose0cBAKi7kTxFn8b",
             "IGAAJqZDZD1a2b3c4d5e6f7g",
             "IGQVJWabcdefghij0123456",
             "IGQWRN-_abcdefgh012345",
             "THAAabcdefghij0123456789",
             "abcdefghijklmnopqrs0",
             "01234567890123456789",
             "a.b-c_d~e:f%g=h|i0123",
             "MLY|123456789|0123456789abcdef",
             "AccessTokenOf8912345678x",
             "yourdigits5678901234",
             "EAAxxEAAxxEAAxx12345",
             "abcdefghij0123456789==",
             "TOKEN_abcdefghij0123456789",
             "Bearer0123456789abcdef",
             "EAAB%3D%2B%2F0123456789",
         }) {
        SCOPED_TRACE(token);
        const auto cleaned = clean_token(token);
        ASSERT_TRUE(cleaned.has_value()) << cleaned.error().summary();
        EXPECT_EQ(cleaned->text.reveal(), token);
        EXPECT_TRUE(cleaned->repairs.empty()) << words_of(cleaned->repairs);
    }
}

TEST(CleanToken, DecodesTheBarOfCopiedAddresses) {
    for (const std::string_view pasted : {"123456789012345%7CabcDEF", "123456789012345%7cabcDEF"}) {
        const auto cleaned = clean_token(pasted);
        ASSERT_TRUE(cleaned.has_value());
        EXPECT_EQ(cleaned->text.reveal(), "123456789012345|abcDEF");
        EXPECT_EQ(words_of(cleaned->repairs), "percent-encoding");
    }
}

constexpr std::string_view kMalformed[] = {
    "YOUR_TOKEN",
    "YOUR_ACCESS_TOKEN_HERE",
    "your-long-lived-access-token-here",
    "your_instagram_access_token",
    "\"your_instagram_access_token\"",
    "INSTAGRAM_ACCESS_TOKEN=your_access_token",
    "<token>",
    "<your long lived access token>",
    "[paste your token here]",
    "paste your access token here",
    "xxxxxxxxxxxxxxxxxxxxxxxx",
    "XXXXXXXXXXXXXXXXXXXXXXXX",
    "EAAxxxxxxxxxxxxxxxxxxxxx",
    "IGQVJxxxxxxxxxxxxxxxxxxx",
    "EAABsbCS1iHgBO0ZBx4KqZC7...",
    "EAABsbCS1iHgBO0Z\xE2\x80\xA6",
    "************************",
    "........................",
    "------------------------",
    "00000000000000000000000",
    "changeme",
    "null",
    "${INSTAGRAM_ACCESS_TOKEN}",
    "${INSTAGRAM_ACCESS_TOKEN:-none}",
    "$INSTAGRAM_ACCESS_TOKEN",
    "\"$INSTAGRAM_ACCESS_TOKEN\"",
    "$(cat /run/secrets/instagram_token)",
    "{{ instagram_access_token }}",
    "%INSTAGRAM_ACCESS_TOKEN%",
    "EAABsbCS1i",
    "EAABsbCS1iHgBO0ZBx4",
    "EAABsbCS1iHg BO0ZBx4KqZC7",
    "EAABsbCS1iHg\tBO0ZBx4KqZC7",
    "EAABsbCS1iHg\xC2\xA0"
    "BO0ZBx4KqZC7",
    "EAABsbCS1iHg\xC3\xA9"
    "BO0ZBx4KqZC7",
    "EAABsbCS1iHg\xD0\x95"
    "BO0ZBx4KqZC7",
    "EAABsbCS1iHg\"BO0ZBx4KqZC7",
    "EAABsbCS1iHg'BO0ZBx4KqZC7",
    "EAABsbCS1iHg\\BO0ZBx4KqZC7",
    "EAABsbCS1iHg#BO0ZBx4KqZC7",
    "EAABsbCS1iHg$BO0ZBx4KqZC7",
    "EAABsbCS1iHg&BO0ZBx4KqZC7",
    "EAABsbCS1iHg\x01"
    "BO0ZBx4KqZC7",
    "EAABsbCS1iHg\x7F"
    "BO0ZBx4KqZC7",
    "EAABsbCS1iHg\xFF"
    "BO0ZBx4KqZC7",
    "EAABsbCS1iHgBO0ZBx4KqZC7 expires in 60 days",
    "https://developers.facebook.com/tools/explorer/?x=(1)",
};

TEST(CleanToken, RefusesWhatCannotBeATokenWithoutRepeatingIt) {
    for (const std::string_view pasted : kMalformed) {
        SCOPED_TRACE(pasted);
        const auto cleaned = clean_token(pasted);
        ASSERT_FALSE(cleaned.has_value());
        EXPECT_EQ(cleaned.error().code(), Code::kTokenMalformed);
        EXPECT_EQ(cleaned.error().fault(), Fault::kUsage);
        EXPECT_FALSE(cleaned.error().detail().empty());
        EXPECT_FALSE(cleaned.error().detail().contains("EAAB"));
    }
}

TEST(CleanToken, CallsNothingMissing) {
    for (const std::string_view pasted :
         {"", " ", "\n", "\"\"", "''", "  \" \"\r\n", "INSTAGRAM_ACCESS_TOKEN=", "\xE2\x80\x8B"}) {
        SCOPED_TRACE(pasted);
        const auto cleaned = clean_token(pasted);
        ASSERT_FALSE(cleaned.has_value());
        EXPECT_EQ(cleaned.error().code(), Code::kTokenMissing);
    }
}

TEST(CleanToken, KeepsToItsLengths) {
    std::string token;
    for (int i = 0; i < 4096; ++i)
        token += static_cast<char>('a' + i * 7 % 26);
    EXPECT_TRUE(clean_token(token).has_value());
    EXPECT_FALSE(clean_token(token + "b").has_value());
    EXPECT_TRUE(clean_token(token.substr(0, 20)).has_value());
    EXPECT_FALSE(clean_token(token.substr(0, 19)).has_value());
}

TEST(CleanToken, DoesNotChangeWhatIsClean) {
    for (const CleanCase& item : kCleanable) {
        const auto once = clean_token(item.pasted);
        ASSERT_TRUE(once.has_value());
        const auto twice = clean_token(once->text.reveal());
        ASSERT_TRUE(twice.has_value());
        EXPECT_TRUE(twice->repairs.empty());
        EXPECT_TRUE(twice->text.equals(once->text));
    }
}

TEST(ValueDamage, HasStableWords) {
    EXPECT_EQ(to_text(ValueDamage::kQuotes), "quotes");
    EXPECT_EQ(to_text(ValueDamage::kBlanks), "blanks");
    EXPECT_EQ(to_text(ValueDamage::kLineBreak), "line-break");
    EXPECT_EQ(to_text(ValueDamage::kPrefixAccessToken), "prefix-access-token");
    EXPECT_EQ(to_text(ValueDamage::kPrefixBearer), "prefix-bearer");
    EXPECT_EQ(to_text(ValueDamage::kKeyPrefix), "key-prefix");
    EXPECT_EQ(to_text(ValueDamage::kInvisible), "invisible-characters");
}

} // namespace
} // namespace everlong::core
