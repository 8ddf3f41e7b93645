#include <core/facts/publish_proofs.hpp>

#include <gtest/gtest.h>

namespace everlong::core {
namespace {

using Meaning = std::optional<Unpublished>;

Meaning proof(int code, int subcode, int http_status = 400, bool is_transient = false) {
    Upstream upstream;
    upstream.http_status = http_status;
    upstream.code = code;
    upstream.subcode = subcode;
    upstream.is_transient = is_transient;
    return proves_unpublished(Error(Code::kGraph, Fault::kRefused, "", upstream));
}

// Each row by itself, so that a change of the table is a change here, too.
TEST(PublishProofs, HoldEachRowOfTheList) {
    struct Row {
        int code;
        int subcode;
        Meaning meaning;
    };
    const Row rows[] = {
        {9007, 2207027, Unpublished::kNotReady}, {9, 2207042, Unpublished::kQuota},
        {24, 2207008, Unpublished::kGone},       {4, 2207051, std::nullopt},
        {4, 0, Unpublished::kRateLimited},       {17, 0, Unpublished::kRateLimited},
        {32, 0, Unpublished::kRateLimited},      {613, 1996, Unpublished::kRateLimited},
        {80001, 0, Unpublished::kRateLimited},   {80002, 0, Unpublished::kRateLimited},
        {190, 0, Unpublished::kConnection},      {190, 463, Unpublished::kConnection},
        {102, 0, Unpublished::kConnection},      {104, 0, Unpublished::kConnection},
        {10, 0, Unpublished::kConnection},       {200, 0, Unpublished::kConnection},
        {299, 0, Unpublished::kConnection},      {100, 33, std::nullopt},
        {100, 0, Unpublished::kRefused},
    };
    for (const Row& row : rows)
        EXPECT_EQ(proof(row.code, row.subcode), row.meaning) << row.code << "/" << row.subcode;
    EXPECT_EQ(publish_proofs().size(), 16u) << "a row was added or taken: test it here";
}

TEST(PublishProofs, HoldNothingElse) {
    for (const auto& [code, subcode] : {std::pair{1, 0},
                                        {2, 0},
                                        {-1, 0},
                                        {-1, 2207001},
                                        {-2, 2207020},
                                        {0, 0},
                                        {9, 2207069},
                                        {24, 2207006},
                                        {25, 2207050},
                                        {341, 0},
                                        {352, 2207026},
                                        {368, 0},
                                        {506, 0},
                                        {9004, 2207052},
                                        {9007, 0},
                                        {36003, 2207009},
                                        {80003, 0},
                                        {300, 0}}) {
        EXPECT_EQ(proof(code, subcode), std::nullopt) << code << "/" << subcode;
    }
}

TEST(PublishProofs, WantAWholeRefusal) {
    for (const int status : {0, 200, 500, 502, 503}) {
        EXPECT_EQ(proof(190, 463, status), std::nullopt) << status;
        EXPECT_EQ(proof(9, 2207042, status), std::nullopt) << status;
    }
    EXPECT_EQ(proof(190, 0, 400, true), std::nullopt) << "what Meta calls temporary is no verdict";
    EXPECT_EQ(proof(17, 0, 400, true), Unpublished::kRateLimited) << "limits are temporary";
}

TEST(PublishProofs, OfOursOnlyWhatWasNeverSentCounts) {
    EXPECT_EQ(proves_unpublished(Error(Code::kUnreachable, Fault::kTransient)), Unpublished::kNotSent);
    EXPECT_EQ(proves_unpublished(Error(Code::kTls, Fault::kRefused)), Unpublished::kNotSent);
    EXPECT_EQ(proves_unpublished(Error(Code::kTokenMissing, Fault::kUsage)), Unpublished::kConnection);
    for (const Error& error :
         {Error(Code::kTimeout, Fault::kTransient), Error(Code::kUnknownOutcome, Fault::kUnknownOutcome),
          Error(Code::kUpstreamShape, Fault::kUnknownOutcome), Error(Code::kUpstreamSize, Fault::kTransient),
          Error(Code::kUpstream, Fault::kTransient), Error(Code::kCancelled, Fault::kCancelled),
          Error(Code::kRateLimited, Fault::kRateLimited), Error(Code::kInternal, Fault::kLocal)}) {
        EXPECT_EQ(proves_unpublished(error), std::nullopt) << error.summary();
    }
}

} // namespace
} // namespace everlong::core
