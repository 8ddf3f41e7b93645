// How well explain does on real errors with known causes (../shared/corpus, where it exists).
#include <core/explain.hpp>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>

namespace everlong::core {
namespace {

namespace json = boost::json;

struct Score {
    int total = 0;
    int causes = 0;
    int causes_or_also = 0;
    int retries = 0;
};

double share(int part, int total) {
    return total == 0 ? 0 : 100.0 * part / total;
}

std::string text_of_line(const json::object& line) {
    const json::value& text = line.at("text");
    return text.is_string() ? std::string(text.as_string()) : json::serialize(line.at("body"));
}

TEST(ExplainCorpus, NamesCauseAndRetryOfRealErrors) {
    const auto path = std::filesystem::path(EVERLONG_SOURCE_DIR) / "../shared/corpus/errors.jsonl";
    std::ifstream file(path);
    if (!file) GTEST_SKIP() << "there is no corpus of real errors beside this checkout";
    Score told;   // the message or the documentation decides
    Score thread; // only the people there knew
    std::string line;
    while (std::getline(file, line)) {
        const json::object entry = json::parse(line).as_object();
        const std::string notes(entry.at("notes").as_string());
        Score& score = notes.starts_with("basis: thread") ? thread : told;
        const Explanation explanation = explain(text_of_line(entry));
        const std::string cause(entry.at("cause").as_string());
        const bool is_first = to_text(explanation.cause) == cause;
        const bool is_also = std::ranges::any_of(
            explanation.also, [&](const OtherCause& other) { return to_text(other.cause) == cause; });
        const bool is_retry = to_text(explanation.retry) == std::string(entry.at("retry").as_string());
        ++score.total;
        score.causes += is_first;
        score.causes_or_also += is_first || is_also;
        score.retries += is_retry;
        if (!is_first || !is_retry) {
            std::cout << std::string(entry.at("id").as_string()) << " (" << notes.substr(7, 7) << "): wanted " << cause
                      << "/" << std::string(entry.at("retry").as_string()) << ", named " << to_text(explanation.cause)
                      << "/" << to_text(explanation.retry) << (is_also ? ", also the wanted one" : "") << " ["
                      << explanation.code << "/" << explanation.subcode << "]\n";
        }
    }
    std::cout << "message and docs: cause first " << share(told.causes, told.total) << " %, retry "
              << share(told.retries, told.total) << " % of " << told.total << "\nthread: cause first or also "
              << share(thread.causes_or_also, thread.total) << " % of " << thread.total << "\n";
    ASSERT_GT(told.total, 0);
    EXPECT_GE(share(told.causes, told.total), 97);
    EXPECT_GE(share(told.retries, told.total), 95);
    EXPECT_GE(share(thread.causes_or_also, thread.total), 90);
}

} // namespace
} // namespace everlong::core
