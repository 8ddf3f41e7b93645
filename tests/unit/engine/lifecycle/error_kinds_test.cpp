#include <engine/lifecycle/verify.hpp>

#include <gtest/gtest.h>

namespace everlong::engine {
namespace {

// A token that nobody else has is given up only where the error is about the token itself.
TEST(ErrorKinds, OnlyWhatJudgesTheTokenIsAboutIt) {
    struct Case {
        const char* name;
        Error error;
        bool is_about_token;
    };
    const Case cases[] = {
        {"expired", Error(Code::kTokenExpired, Fault::kNeedsConsent), true},
        {"rejected", Error(Code::kTokenRejected, Fault::kNeedsConsent), true},
        {"another account", Error(Code::kIdentity, Fault::kNeedsConsent), true},
        {"fewer scopes", Error(Code::kScopeLost, Fault::kNeedsConsent), true},
        {"Meta unreachable", Error(Code::kUnreachable, Fault::kTransient), false},
        {"no whole answer", Error(Code::kUnknownOutcome, Fault::kUnknownOutcome), false},
        {"rate limit", Error(Code::kRateLimited, Fault::kRateLimited), false},
        {"interrupted", Error(Code::kCancelled, Fault::kCancelled), false},
        {"Meta cannot be verified", Error(Code::kTls, Fault::kRefused), false},
        {"no app secret configured", Error(Code::kAppMissing, Fault::kUsage), false},
        {"wrong app secret", Error(Code::kAppConfig, Fault::kRefused), false},
        {"app switched off", Error(Code::kAppInactive, Fault::kRefused), false},
        {"disk full", Error(Code::kDiskFull, Fault::kLocal), false},
        {"sealed value damaged", Error(Code::kTampered, Fault::kCorrupt), false},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.name);
        EXPECT_EQ(is_about_token(each.error), each.is_about_token);
    }
}

} // namespace
} // namespace everlong::engine
