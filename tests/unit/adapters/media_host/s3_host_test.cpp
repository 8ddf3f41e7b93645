// Files are brought to a bucket once, shown by addresses that end, and what a bucket refuses is said in words.
#include <adapters/media_host/s3_host.hpp>

#include <adapters/media_host/detail/s3_answers.hpp>
#include <adapters/media_host/detail/s3_signature.hpp>
#include <adapters/media_shelf_disk/media_shelf.hpp>
#include <adapters/random_sodium/random.hpp>
#include <support/run.hpp>
#include <support/sqlite_store.hpp>
#include <support/temp_dir.hpp>
#include <unit/adapters/media_host/s3_stand_in.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everlong::adapters {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SetClock final : public ports::Clock {
public:
    explicit SetClock(Instant at) : time(at) {}
    Instant now() const override { return time; }
    Async<void> sleep_until(Instant) override { co_return; }
    Instant time;
};

// The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
TEST(S3Signature, IsThatOfAmazonsExample) {
    S3Bucket bucket{"https://s3.amazonaws.com", "examplebucket", "us-east-1", "AKIAIOSFODNN7EXAMPLE",
                    Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")};
    const auto at = parse_rfc3339("2013-05-24T00:00:00.900Z").value();
    EXPECT_EQ(detail::sign(bucket, {"GET", "test.txt", "", at, Seconds(86400)}).text(),
              "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
              "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
              "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
              "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(S3Signature, PutsTheBucketWhereItsServiceWantsIt) {
    S3Bucket bucket{"https://s3.example.org:9000/store", "pictures", "auto", "id", Secret("secret"), true};
    const detail::S3Question question{"GET", "everlong/a.jpg", "", Instant(), Seconds(60)};
    EXPECT_EQ(detail::sign(bucket, question).url, "https://s3.example.org:9000/store/pictures/everlong/a.jpg");
    bucket.is_path_style = false;
    EXPECT_EQ(detail::sign(bucket, question).url, "https://pictures.s3.example.org:9000/store/everlong/a.jpg");
}

class S3Host : public testing::Test {
protected:
    S3Host()
        : client_(http::Client::make(io_.get_executor())), random_(test::must(make_system_random())),
          shelf_(test::must(open_media_shelf(directory_.path() / "media"))), clock_(s3_.now), wall_(s3_.now) {
        bucket_ = {s3_.endpoint(), s3_.bucket, s3_.region, s3_.key_id, Secret(s3_.secret), true};
        open();
    }

    void open(bool is_rehearsal = true) {
        host_ = make_s3_media_host({store_.posts(), *shelf_, *random_, clock_, wall_, *client_}, bucket_.clone(),
                                   is_rehearsal);
    }
    ports::MediaFile add(const std::string& bytes) {
        ports::MediaFile file;
        file.size = bytes.size();
        file.received = bytes.size();
        file = test::must(test::run(io_, store_.posts().add_file(file, {clock_.now(), "cli", "file-added", "", ""})));
        file.facts.emplace().format = "jpeg";
        test::must(test::run(io_, shelf_->append(file.id, 0, bytes)));
        return file;
    }
    Result<std::string> show(const ports::MediaFile& file, Milliseconds span = Hours(23)) {
        return test::run(io_, host_->show(file, clock_.now() + span));
    }
    // What is wrong, in words; sees that none of them is secret.
    std::string problem(const ports::MediaFile& file) {
        open();
        const auto shown = show(file);
        if (shown) return "";
        code_ = shown.error().code();
        fault_ = shown.error().fault();
        const std::string detail = shown.error().detail();
        EXPECT_THAT(detail, Not(HasSubstr("X-Amz-")));
        EXPECT_THAT(detail, Not(HasSubstr(std::string(bucket_.secret_access_key.reveal()))));
        for (const std::string& signature : s3_.signatures) {
            if (!signature.empty()) EXPECT_THAT(detail, Not(HasSubstr(signature)));
        }
        return detail;
    }
    // What somebody gets who has only the address.
    Result<http::Response> fetch(const std::string& address) {
        http::OutgoingRequest request;
        request.url = address.substr(0, address.find('?'));
        request.encoded_query = address.substr(address.find('?') + 1);
        request.body_limit_bytes = 8 * 1024 * 1024;
        return test::run(io_, client_->send(std::move(request)));
    }

    boost::asio::io_context io_{1};
    test::SqliteStore store_;
    test::TempDir directory_;
    S3StandIn s3_;
    std::unique_ptr<http::Client> client_;
    std::unique_ptr<ports::Random> random_;
    std::unique_ptr<ports::MediaShelf> shelf_;
    SetClock clock_;
    SetClock wall_;
    S3Bucket bucket_;
    std::unique_ptr<ports::MediaHost> host_;
    Code code_{};
    Fault fault_{};
};

TEST_F(S3Host, BringsAFileOnceAndShowsItToWhoeverHasTheAddress) {
    std::string bytes(3'000'000, 'x');
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(i * 2'654'435'761U >> 13);
    const ports::MediaFile file = add(bytes);
    const std::string address = test::must(show(file));
    EXPECT_THAT(address, testing::MatchesRegex(
                             s3_.endpoint() + "/pictures/everlong/[A-Za-z0-9_-]{32}[.]jpg[?].*X-Amz-Expires=82801&.*"));
    const auto got = test::must(fetch(address));
    EXPECT_EQ(got.status, 200);
    EXPECT_TRUE(got.body == bytes);
    EXPECT_EQ(got.headers.find("Content-Type"), "image/jpeg");
    EXPECT_TRUE(test::run(io_, host_->probe(address, core::MediumType::kImage)));
    // From the row as it was, and as it is: the same object.
    EXPECT_EQ(test::must(show(file)), address);
    const auto row = test::must(test::run(io_, store_.posts().find_file(file.id)));
    EXPECT_EQ(test::must(show(*row)), address);
    EXPECT_EQ(s3_.count("PUT"), 1);
    EXPECT_EQ(s3_.objects.size(), 1U);
    EXPECT_FALSE(row->public_until); // under our own address it is not shown
}

TEST_F(S3Host, AddressesEndAndAreGoodForNothingElse) {
    const ports::MediaFile file = add("JPEG");
    const std::string address = test::must(show(file, Hours(1)));
    s3_.now += Hours(1);
    EXPECT_EQ(test::must(fetch(address)).status, 200);
    s3_.now += Seconds(1);
    EXPECT_EQ(test::must(fetch(address)).status, 403);
    s3_.now = wall_.time;
    std::string other = address;
    other.replace(other.find("everlong/") + 9, 1, other[other.find("everlong/") + 9] == 'a' ? "b" : "a");
    EXPECT_EQ(test::must(fetch(other)).status, 403);
    EXPECT_EQ(test::must(fetch(address.substr(0, address.find('?')) + "?")).status, 403);
    EXPECT_THAT(test::must(show(file, Days(30))), HasSubstr("X-Amz-Expires=604800&")); // no signature lives longer
    EXPECT_THAT(test::must(show(file, -Days(1))), HasSubstr("X-Amz-Expires=1&"));
    // A simulator's time is nothing to a bucket.
    clock_.time += Days(400);
    EXPECT_EQ(test::must(fetch(test::must(show(file, Hours(1))))).status, 200);
}

TEST_F(S3Host, BringsAgainWhatHasGoneOrIsNotWhole) {
    const ports::MediaFile file = add("JPEG");
    ASSERT_TRUE(show(file));
    s3_.objects.begin()->second.bytes = "JP";
    ASSERT_TRUE(show(file));
    EXPECT_EQ(s3_.objects.begin()->second.bytes, "JPEG");
    s3_.objects.clear(); // a rule of the bucket's
    ASSERT_TRUE(show(file));
    EXPECT_EQ(s3_.objects.size(), 1U);
    EXPECT_EQ(s3_.count("PUT"), 3);
}

TEST_F(S3Host, FindsABucketThatIsNamedByTheHost) {
    bucket_.endpoint = s3_.endpoint("localhost");
    bucket_.is_path_style = false;
    open();
    const std::string address = test::must(show(add("JPEG")));
    EXPECT_THAT(address, testing::StartsWith("http://pictures.localhost:"));
    EXPECT_EQ(test::must(fetch(address)).body, "JPEG");
}

TEST_F(S3Host, NamesCauseAndRemedyOfARefusal) {
    const ports::MediaFile file = add("JPEG");
    const auto reset = [this] {
        bucket_ = {s3_.endpoint(), s3_.bucket, s3_.region, s3_.key_id, Secret(s3_.secret), true};
    };
    bucket_.secret_access_key = Secret("another");
    EXPECT_THAT(problem(file),
                AllOf(HasSubstr("SignatureDoesNotMatch"), HasSubstr("EVERLONG_S3_SECRET_ACCESS_KEY is not")));
    EXPECT_EQ(code_, Code::kMediaAddress);
    reset();
    bucket_.access_key_id = "AKIDOTHER";
    EXPECT_THAT(problem(file), HasSubstr("nobody there knows the key of EVERLONG_S3_ACCESS_KEY_ID"));
    reset();
    bucket_.name = "pictuers";
    EXPECT_THAT(problem(file), HasSubstr("there is no bucket 'pictuers': make it"));
    reset();
    bucket_.region = "us-east-1";
    EXPECT_THAT(problem(file), HasSubstr("is in 'eu-central-1': set EVERLONG_S3_REGION"));
    reset();
    s3_.may_read = false;
    EXPECT_THAT(problem(file), HasSubstr("allow the key s3:GetObject on 'pictures/everlong/*'"));
    s3_.may_read = true;
    s3_.moved_to = "https://elsewhere.example";
    EXPECT_THAT(problem(file), HasSubstr("307 TemporaryRedirect"));
    EXPECT_EQ(code_, Code::kMediaAddress);
    s3_.moved_to.clear();
    s3_.broken_status = 503;
    EXPECT_THAT(problem(file), HasSubstr("503"));
    EXPECT_EQ(code_, Code::kMediaAddress);
    EXPECT_EQ(fault_, Fault::kTransient); // perhaps the moment's fault
    s3_.broken_status = 0;
    EXPECT_EQ(problem(file), "");
}

TEST_F(S3Host, OneThatIsStoppedIsNamedAndIsNotMeta) {
    const auto file = add("JPEG of a cat");
    bucket_.endpoint = "http://127.0.0.1:1"; // nobody listens there
    EXPECT_THAT(problem(file), HasSubstr("the bucket's service (EVERLONG_S3_ENDPOINT): 127.0.0.1 cannot be reached"));
    EXPECT_EQ(code_, Code::kMediaAddress);
    EXPECT_EQ(fault_, Fault::kTransient) << "it may be started again";
}

TEST_F(S3Host, SaysThatAClockIsWrong) {
    const ports::MediaFile file = add("JPEG");
    wall_.time = s3_.now + Minutes(20);
    EXPECT_THAT(problem(file), HasSubstr("this one is 20 minutes ahead; set this machine's right (NTP)"));
    wall_.time = s3_.now - Hours(2);
    EXPECT_THAT(problem(file), HasSubstr("this one is 2 hours behind"));
    // Where it is called by its name, and where no Date tells how far.
    http::Response answer;
    answer.status = 403;
    answer.body = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
    EXPECT_THAT(detail::s3_refusal(bucket_, answer, s3_.now).detail(), HasSubstr("too far apart; set this machine's"));
    answer.body = "<Error><Code>AccessDenied</Code></Error>";
    EXPECT_THAT(detail::s3_refusal(bucket_, answer, s3_.now).detail(), HasSubstr("allow it s3:PutObject"));
}

TEST_F(S3Host, QuotesOnlyPlainWordsOfAnAnswer) {
    http::Response answer;
    answer.status = 400;
    answer.body = "<Error><Code>a?X-Amz-Signature=1</Code></Error>";
    EXPECT_THAT(detail::s3_refusal(bucket_, answer, s3_.now).detail(),
                AllOf(HasSubstr("answers 400 to EVERLONG_S3_ENDPOINT"), Not(HasSubstr("Signature"))));
    answer.body = "<Error><Code>NewTrouble</Code></Error>";
    EXPECT_THAT(detail::s3_refusal(bucket_, answer, s3_.now).detail(), HasSubstr("400 NewTrouble"));
}

TEST_F(S3Host, AsksNobodyWhereMetaReachesNothingOrTheFileIsNotWhole) {
    ports::MediaFile file = add("JPEG");
    open(false);
    const auto shown = show(file);
    ASSERT_FALSE(shown);
    EXPECT_EQ(shown.error().code(), Code::kMediaAddress);
    EXPECT_THAT(shown.error().detail(), HasSubstr("EVERLONG_S3_ENDPOINT cannot be reached by Meta"));
    EXPECT_TRUE(s3_.asked.empty());
    file.size = 5;
    problem(file);
    EXPECT_EQ(code_, Code::kFileUnknown);
    EXPECT_EQ(s3_.count("PUT"), 0);
}

} // namespace
} // namespace everlong::adapters
