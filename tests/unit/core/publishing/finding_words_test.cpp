#include <core/publishing/finding_words.hpp>

#include <core/facts/media_rules.hpp>
#include <core/publishing/post_machine.hpp>
#include <core/publishing/preflight.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace everlong::core {
namespace {

// Every rule that the checks name, read from their source.
std::set<std::string> named_rules() {
    std::set<std::string> rules;
    for (const std::string file : {"preflight.cpp", "media_checks.cpp"}) {
        std::ifstream stream(EVERLONG_SOURCE_DIR "/src/core/publishing/" + file);
        const std::string text{std::istreambuf_iterator<char>(stream), {}};
        const std::regex words(R"re(found\.(?:error|warning)\(\s*(?:use == \S+ \? "([a-z-]+)"\s*: )?"([a-z-]+)")re");
        for (std::sregex_iterator match(text.begin(), text.end(), words), end; match != end; ++match) {
            for (const std::size_t group : {1, 2}) {
                if ((*match)[group].matched) rules.insert((*match)[group]);
            }
        }
    }
    // Put together from two parts.
    for (const char* rule : {"image-format", "image-bytes", "cover-format", "cover-bytes", "carousel-ratio"})
        rules.insert(rule);
    // Of its time.
    for (const std::string_view rule : {kTimeGap, kTimeTwice})
        rules.insert(std::string(rule));
    // What a post's life adds.
    for (const std::string_view rule : {kCommentUnknown, kCommentMissing, kMediumUnknown})
        rules.insert(std::string(rule));
    return rules;
}

TEST(FindingWords, EveryRuleHasThemAndNoneIsLeftOver) {
    std::set<std::string> described;
    for (const FindingWords& words : finding_words())
        EXPECT_TRUE(described.insert(std::string(words.rule)).second) << words.rule << " twice";
    const auto named = named_rules();
    EXPECT_GT(named.size(), 40U);
    EXPECT_EQ(named, described);
}

TEST(FindingWords, EachSaysWhatToDoInSentences) {
    for (const FindingWords& words : finding_words()) {
        EXPECT_FALSE(words.title.empty() || words.title.ends_with('.')) << words.rule;
        EXPECT_FALSE(words.what_to_do.empty()) << words.rule;
        EXPECT_TRUE(words.why.empty() || words.why.ends_with('.')) << words.rule;
    }
}

TEST(FindingWords, RulesOfMetaHaveASource) {
    for (const RuleSource& source : rule_sources())
        EXPECT_EQ(source.rule, words_of(source.rule).rule) << "a source for a rule that is not there";
    ASSERT_NE(nullptr, find_rule_source("video-bytes"));
    EXPECT_EQ("reels: the newest page says 300 MB, older ones 1 GB, which is the error's limit",
              find_rule_source("video-bytes")->disagreement);
    EXPECT_EQ(nullptr, find_rule_source("image-metadata"));
}

TEST(FindingWords, OneLineNamesRuleAndValues) {
    const Finding finding{"image-ratio", true, 1, "2:1", "4:5 to 1.91:1", true};
    EXPECT_EQ("No. 2: the picture's shape is not allowed (2:1; allowed: 4:5 to 1.91:1)", describe(finding, 3));
    EXPECT_EQ("The picture's shape is not allowed (2:1; allowed: 4:5 to 1.91:1)", describe(finding, 1));
}

} // namespace
} // namespace everlong::core
