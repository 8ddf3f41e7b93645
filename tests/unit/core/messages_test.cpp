#include <core/messages.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace everlong::core {
namespace {

TEST(Messages, SayWhatHappenedAndWhatToDoForEveryCode) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
        const auto code = static_cast<Code>(i);
        const Message& message = message_of(code);
        SCOPED_TRACE(code_name(code));
        EXPECT_EQ(message.code, code);
        EXPECT_GE(message.title.size(), 10u);
        EXPECT_FALSE(message.title.ends_with('.'));
        EXPECT_TRUE(message.what_to_do.ends_with('.'));
        EXPECT_FALSE(message.cause.empty());
        EXPECT_FALSE(message.remedy.empty());
        EXPECT_TRUE(names.insert(code_name(code)).second) << "a code stands for two things";
    }
}

TEST(Messages, ExitCodesFollowTheFaultFirst) {
    EXPECT_EQ(exit_code_of(Error(Code::kUsage, Fault::kUsage)), 2);
    EXPECT_EQ(exit_code_of(Error(Code::kTokenExpired, Fault::kNeedsConsent)), 1);
    EXPECT_EQ(exit_code_of(Error(Code::kUnreachable, Fault::kTransient)), 3);
    EXPECT_EQ(exit_code_of(Error(Code::kUnknownOutcome, Fault::kUnknownOutcome)), 3);
    EXPECT_EQ(exit_code_of(Error(Code::kDiskFull, Fault::kLocal)), 4);
    EXPECT_EQ(exit_code_of(Error(Code::kAlreadyRunning, Fault::kConflict)), 4);
    EXPECT_EQ(exit_code_of(Error(Code::kCancelled, Fault::kCancelled)), 130);
}

} // namespace
} // namespace everlong::core
