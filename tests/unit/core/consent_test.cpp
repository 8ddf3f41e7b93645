#include <core/consent.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everlong::core {
namespace {

using testing::ElementsAre;

TEST(Consent, AsksANewChannelForWhatIsRequiredAndWhatIsWanted) {
    const auto question = what_to_ask(LoginPath::kFacebook, {}, {"business_management", "instagram_basic"});
    EXPECT_THAT(question.scopes, ElementsAre("instagram_basic", "pages_show_list", "pages_read_engagement",
                                             "instagram_content_publish", "business_management"));
    EXPECT_EQ(question.again, AskAgain::kNothing);
}

TEST(Consent, AsksAgainOnlyForWhatIsMissing) {
    KnownGrants known;
    known.granted = {"instagram_basic", "pages_show_list", "pages_read_engagement", "public_profile"};
    const auto question = what_to_ask(LoginPath::kFacebook, known, {});
    EXPECT_THAT(question.scopes, ElementsAre("instagram_content_publish"));
    EXPECT_EQ(question.again, AskAgain::kDeclined);
    known.granted->push_back("instagram_content_publish");
    const auto whole = what_to_ask(LoginPath::kFacebook, known, {});
    EXPECT_EQ(whole.scopes.size(), 4U);
    EXPECT_EQ(whole.again, AskAgain::kNothing);
}

TEST(Consent, RenewsTheDataAccessWhereThatIsOver) {
    KnownGrants known;
    known.is_data_access_over = true;
    known.granted = required_scopes(LoginPath::kFacebook);
    EXPECT_EQ(what_to_ask(LoginPath::kFacebook, known, {}).again, AskAgain::kDataAccess);
}

TEST(Consent, NamesEverythingOnTheInstagramLogin) {
    KnownGrants known;
    known.granted = {"instagram_business_basic", "instagram_business_manage_comments"};
    const auto question = what_to_ask(LoginPath::kInstagram, known, {});
    EXPECT_THAT(question.scopes, ElementsAre("instagram_business_basic", "instagram_business_content_publish",
                                             "instagram_business_manage_comments"));
    EXPECT_EQ(question.again, AskAgain::kNothing);
}

TEST(Consent, TellsWhatWasDeclinedAndWhatIsVital) {
    const std::vector<std::string> granted = {"instagram_basic", "pages_show_list", "pages_read_engagement"};
    const auto names = declined(LoginPath::kFacebook, {"instagram_content_publish", "business_management"}, granted);
    EXPECT_THAT(names, ElementsAre("instagram_content_publish", "business_management"));
    EXPECT_EQ(vital_loss(LoginPath::kFacebook, names), nullptr);
    EXPECT_EQ(vital_loss(LoginPath::kFacebook, {"x", "pages_show_list"})->name, "pages_show_list");
    EXPECT_EQ(vital_loss(LoginPath::kInstagram, {"instagram_business_basic"})->name, "instagram_business_basic");
}

TEST(Consent, KnowsThePermissionsNames) {
    EXPECT_TRUE(is_permission_name("instagram_basic"));
    for (const char* bad : {"", "a b", "A", "a,b", "a&scope=b", "a%"})
        EXPECT_FALSE(is_permission_name(bad)) << bad;
}

} // namespace
} // namespace everlong::core
