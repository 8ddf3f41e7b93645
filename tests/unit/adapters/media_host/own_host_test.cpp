// What Meta's fetcher would meet at an address is said in words, before it is sent there.
#include <adapters/media_host/own_host.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <adapters/random_sodium/random.hpp>
#include <support/run.hpp>
#include <support/sqlite_store.hpp>
#include <unit/http/server_fixture.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace everlong::adapters {
namespace {

using testing::HasSubstr;

class MediaHost : public testing::Test {
protected:
    MediaHost()
        : server_([this](http::Request request) -> Async<http::Response> { co_return answer_to(request); }),
          client_(http::Client::make(io_.get_executor())), clock_(make_system_clock(io_.get_executor())),
          random_(test::must(make_system_random())) {
        answer_.headers.set("Content-Type", "image/jpeg");
        answer_.body = "JPEG";
        rehearse(true);
    }

    void rehearse(bool is_rehearsal) {
        host_ =
            make_own_media_host(store_.posts(), *random_, *clock_, *client_, {[this] { return base_; }, is_rehearsal});
    }
    http::Response answer_to(const http::Request& request) {
        http::Response response;
        if (request.target == "/robots.txt") {
            response.body = robots_;
            response.status = robots_.empty() ? 404 : 200;
            return response;
        }
        asked_.push_back(request.method);
        if (request.is_head_only() && !takes_head_) {
            response.status = 405;
            return response;
        }
        return answer_;
    }
    // Empty: nothing is wrong.
    std::string probe(core::MediumType type = core::MediumType::kImage, std::string path = "/cat.jpg?v=1") {
        const auto probed = test::run(io_, host_->probe(server_.url(path), type));
        if (probed) return "";
        code_ = probed.error().code();
        fault_ = probed.error().fault();
        return probed.error().detail();
    }

    boost::asio::io_context io_{1};
    test::SqliteStore store_;
    std::string robots_;
    bool takes_head_ = true;
    http::Response answer_;
    std::vector<std::string> asked_;
    http::test::ServerFixture server_;
    std::unique_ptr<http::Client> client_;
    std::unique_ptr<ports::Clock> clock_;
    std::unique_ptr<ports::Random> random_;
    std::string base_;
    std::unique_ptr<ports::MediaHost> host_;
    Code code_{};
    Fault fault_{};
};

TEST_F(MediaHost, FindsNothingWrongWithAPicture) {
    EXPECT_EQ(probe(), "");
    EXPECT_THAT(asked_, testing::ElementsAre("HEAD", "GET")); // and its first bytes
    takes_head_ = false;
    EXPECT_EQ(probe(), "");
    EXPECT_EQ(asked_.back(), "GET");
    answer_.headers.set("Content-Type", "video/mp4");
    EXPECT_EQ(probe(core::MediumType::kVideo), "");
    answer_.headers.set("Content-Type", "application/octet-stream");
    EXPECT_EQ(probe(), "");
    answer_.body.assign(1'000'000, 'x'); // more than was asked for: it is there
    EXPECT_EQ(probe(), "");
}

TEST_F(MediaHost, NamesWhatIsWrong) {
    answer_.headers.set("Content-Type", "text/html; charset=utf-8");
    EXPECT_THAT(probe(), HasSubstr("a page (HTML)"));
    answer_.headers.set("Content-Type", "video/mp4");
    EXPECT_THAT(probe(), HasSubstr("video/mp4"));
    answer_.headers.remove("Content-Type");
    EXPECT_THAT(probe(), HasSubstr("without a Content-Type"));
    answer_.headers.set("Content-Type", "image/jpeg");
    answer_.body.clear();
    EXPECT_THAT(probe(), HasSubstr("gives nothing"));
    answer_.status = 302;
    answer_.headers.set("Location", "https://elsewhere.example/");
    EXPECT_THAT(probe(), HasSubstr("a redirect to https://elsewhere.example/"));
    answer_.headers.set("Location", "https://elsewhere.example/cat.jpg?X-Amz-Signature=ab12");
    EXPECT_THAT(probe(),
                HasSubstr("a redirect to https://elsewhere.example/cat.jpg;")); // a signature lets its bearer in
    answer_.status = 403;
    EXPECT_THAT(probe(), HasSubstr("only known callers"));
    answer_.status = 404;
    EXPECT_THAT(probe(), HasSubstr("there is nothing"));
    EXPECT_EQ(code_, Code::kMediaAddress);
    answer_.status = 503;
    EXPECT_THAT(probe(), HasSubstr("503"));
    EXPECT_EQ(code_, Code::kMediaAddress);
    EXPECT_EQ(fault_, Fault::kTransient); // perhaps the moment's fault
}

TEST_F(MediaHost, KnowsWhatIsNoJpegByItsBytes) {
    answer_.body = "\x89PNG\r\n\x1a\n";
    EXPECT_THAT(probe(), HasSubstr("gives a PNG picture; Meta takes only JPEG"));
    EXPECT_EQ(fault_, Fault::kRefused);
    answer_.body = "RIFF1234WEBPVP8 ";
    EXPECT_THAT(probe(), HasSubstr("WebP"));
    answer_.body = std::string("\0\0\0\x18", 4) + "ftypheic";
    EXPECT_THAT(probe(), HasSubstr("HEIC"));
    takes_head_ = false;
    EXPECT_THAT(probe(), HasSubstr("HEIC"));
    // What its host calls it counts only where its bytes are not known.
    answer_.headers.set("Content-Type", "image/png");
    answer_.body = "\xff\xd8\xff\xe0";
    EXPECT_EQ(probe(), "");
    takes_head_ = true;
    answer_.body.assign(1'000'000, 'x');
    EXPECT_THAT(probe(), HasSubstr("gives a PNG picture"));
}

TEST_F(MediaHost, AHostThatIsDownIsNamedAndNotMeta) {
    const auto problem = [&](const std::string& url) {
        const auto probed = test::run(io_, host_->probe(url, core::MediumType::kImage));
        return probed ? Error(Code::kInternal, Fault::kLocal) : probed.error();
    };
    rehearse(false);
    const Error nameless = problem("https://nonexistent.invalid/a.jpg");
    EXPECT_EQ(nameless.code(), Code::kMediaAddress);
    EXPECT_EQ(nameless.fault(), Fault::kTransient);
    EXPECT_THAT(nameless.detail(), HasSubstr("nonexistent.invalid cannot be reached: "));
    rehearse(true);
    const Error closed = problem("http://127.0.0.1:1/a.jpg");
    EXPECT_EQ(closed.code(), Code::kMediaAddress);
    EXPECT_EQ(closed.fault(), Fault::kTransient);
    EXPECT_THAT(closed.detail(), HasSubstr("127.0.0.1 cannot be reached: "));
    std::string tls = server_.url("/cat.jpg");
    tls.replace(0, 4, "https");
    EXPECT_EQ(problem(tls).code(), Code::kMediaAddress);
    EXPECT_THAT(problem(tls).detail(), HasSubstr("127.0.0.1 "));
}

TEST_F(MediaHost, InARehearsalOnlyThisMachineIsAskedOfPrivateNetworks) {
    const auto probed = test::run(io_, host_->probe("http://10.0.0.1/a.jpg", core::MediumType::kImage));
    ASSERT_FALSE(probed);
    EXPECT_THAT(probed.error().detail(), HasSubstr("in a rehearsal only this machine is asked"));
}

TEST_F(MediaHost, SaysWithoutAskingWhetherThereIsAnAddress) {
    EXPECT_TRUE(host_->has_address()) << "in a rehearsal it has one as soon as a service runs";
    base_ = "http://192.168.1.7";
    EXPECT_FALSE(host_->has_address());
    rehearse(false);
    base_ = "https://posts.example.org";
    EXPECT_TRUE(host_->has_address());
    base_.clear();
    const auto missing = host_->has_address();
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().detail(), HasSubstr("EVERLONG_PUBLIC_URL is not set"));
}

TEST_F(MediaHost, ObeysRobots) {
    robots_ = "User-agent: facebookexternalhit\nDisallow: /cat.jpg?v=1\n";
    EXPECT_THAT(probe(), HasSubstr("robots.txt"));
    EXPECT_TRUE(asked_.empty());
    EXPECT_EQ(probe(core::MediumType::kImage, "/dog.jpg"), "");
}

TEST_F(MediaHost, ReachesNoPrivateNetworkBesidesInARehearsal) {
    rehearse(false);
    EXPECT_THAT(probe(), HasSubstr("private network"));
    EXPECT_EQ(code_, Code::kMediaAddress);
    // A public name that leads there is found out by the connection itself.
    http::OutgoingRequest request;
    request.url = server_.url("/cat.jpg");
    request.is_public_only = true;
    const auto answer = test::run(io_, client_->send(std::move(request)));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), Code::kMediaAddress);
    EXPECT_TRUE(asked_.empty());
    base_ = "https://192.168.1.7";
    EXPECT_FALSE(test::run(io_, host_->show({}, Instant())));
    base_.clear();
    const auto shown = test::run(io_, host_->show({}, Instant()));
    ASSERT_FALSE(shown);
    EXPECT_THAT(shown.error().detail(), HasSubstr("EVERLONG_PUBLIC_URL"));
}

TEST_F(MediaHost, ShowsAFileByAnUnguessableNameUntilItsTime) {
    base_ = "http://127.0.0.1:8000";
    ports::MediaFile file;
    file.size = 4;
    file = test::must(test::run(io_, store_.posts().add_file(file, {clock_->now(), "cli", "file-added", "", ""})));
    file.facts.emplace().format = "jpeg";
    const Instant until = clock_->now() + Hours(1);
    const auto show = [&](Instant when) { return test::must(test::run(io_, host_->show(file, when))); };
    const std::string first = show(until);
    EXPECT_THAT(first, testing::MatchesRegex("http://127.0.0.1:8000/media/[A-Za-z0-9_-]{32}.jpg"));
    // The row is read anew: the same name, and it lives as long as the longest asked for.
    EXPECT_EQ(show(until + Hours(1)), first);
    EXPECT_EQ(show(until), first);
    const auto kept = test::must(test::run(io_, store_.posts().find_file(file.id)));
    EXPECT_EQ(kept->public_until, until + Hours(1));
}

} // namespace
} // namespace everlong::adapters
