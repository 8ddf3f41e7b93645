#include <adapters/passwords_sodium/passwords.hpp>

#include <support/run.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everlong::adapters {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SodiumPasswords : public testing::Test {
protected:
    std::string hash(std::string_view password) { return *test::run(io_, passwords_->hash(Secret(password))); }
    bool verify(std::string_view password, std::string hash) {
        return *test::run(io_, passwords_->verify(Secret(password), std::move(hash)));
    }

    boost::asio::io_context io_{1};
    Worker worker_;
    std::unique_ptr<ports::Passwords> passwords_ = std::move(*make_sodium_passwords(worker_));
};

TEST_F(SodiumPasswords, KnowTheirOwnAgainAndNoOther) {
    const std::string kept = hash("correct horse battery");
    EXPECT_THAT(kept, StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
    EXPECT_THAT(kept, Not(HasSubstr("horse")));
    EXPECT_TRUE(verify("correct horse battery", kept));
    EXPECT_FALSE(verify("correct horse batterz", kept));
    EXPECT_FALSE(verify("correct horse battery ", kept));
    EXPECT_FALSE(verify("", kept));
    EXPECT_NE(hash("correct horse battery"), kept);
}

TEST_F(SodiumPasswords, TakeAnyBytes) {
    const std::string odd("pass\0w\xff"
                          "ord\n",
                          11);
    const std::string kept = hash(odd);
    EXPECT_TRUE(verify(odd, kept));
    EXPECT_FALSE(verify(odd.substr(0, 4), kept));
}

TEST_F(SodiumPasswords, OpenNothingWhereNoneIsSetOrReadable) {
    for (const char* kept :
         {"", "x", "$argon2id$", "$argon2id$v=19$m=65536,t=2,p=1$", "$2b$12$abcdefghijklmnopqrstuv"}) {
        SCOPED_TRACE(kept);
        EXPECT_FALSE(verify("", kept));
        EXPECT_FALSE(verify("anything", kept));
    }
    EXPECT_FALSE(verify("anything", std::string(500, 'x')));
}

} // namespace
} // namespace everlong::adapters
