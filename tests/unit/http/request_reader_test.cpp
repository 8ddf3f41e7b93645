#include <http/request_reader.hpp>

#include "hostile_requests.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace everlong::http {
namespace {

using namespace std::string_view_literals;
using Step = RequestReader::Step;

// Feeds `bytes` in pieces of at most `piece` and stops where the reader has an answer.
Step feed(RequestReader& reader, std::string_view bytes, std::size_t piece = 1 << 20) {
    Step step = reader.advance();
    while (!bytes.empty() && (step == Step::kNeedsHead || step == Step::kNeedsBody)) {
        const auto room = reader.prepare();
        const std::size_t size = std::min({piece, bytes.size(), room.size()});
        std::ranges::copy(bytes.substr(0, size), room.begin());
        reader.commit(size);
        bytes.remove_prefix(size);
        step = reader.advance();
    }
    return step;
}

TEST(RequestReader, TakesARequestApart) {
    RequestReader reader({}, true);
    ASSERT_EQ(
        feed(reader,
             "POST /v1/x?a=%20b|c HTTP/1.1\r\nHost: h:1\r\nB:  two words \r\na:\r\nContent-Length: 3\r\n\r\nx\r\n"),
        Step::kComplete);
    EXPECT_TRUE(reader.keeps_alive());
    EXPECT_FALSE(reader.is_http_1_0());
    const Request request = reader.take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/v1/x?a=%20b|c");
    EXPECT_EQ(request.body, "x\r\n");
    EXPECT_TRUE(request.is_local);
    const std::vector<Headers::Field> fields = {
        {"Host", "h:1"}, {"B", "two words"}, {"a", ""}, {"Content-Length", "3"}};
    EXPECT_EQ(request.headers.fields(), fields);
}

TEST(RequestReader, ReadsTheSameByteByByte) {
    const std::string bytes = "\r\nPOST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                              "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nHost: evil\r\nX-Trailer: t\r\n\r\n";
    for (const std::size_t piece : {1, 2, 3, 7, 1000}) {
        SCOPED_TRACE(piece);
        RequestReader reader({}, false);
        ASSERT_EQ(feed(reader, bytes, piece), Step::kComplete);
        const Request request = reader.take();
        EXPECT_EQ(request.body, "abc0123456789");
        EXPECT_FALSE(request.is_local);
        EXPECT_EQ(request.headers.find("Host"), "h");
        EXPECT_EQ(request.headers.find("X-Trailer"), std::nullopt);
        EXPECT_EQ(reader.advance(), Step::kNeedsHead);
        EXPECT_FALSE(reader.has_begun());
    }
}

TEST(RequestReader, KeepsWhatFollowsForTheNextRequest) {
    RequestReader reader({}, false);
    ASSERT_EQ(feed(reader, "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
                           "GET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.0\r\n\r\nGET /4"),
              Step::kComplete);
    EXPECT_EQ(reader.take().body, "ab");
    ASSERT_EQ(reader.advance(), Step::kComplete);
    EXPECT_EQ(reader.take().target, "/2");
    ASSERT_EQ(reader.advance(), Step::kComplete);
    EXPECT_TRUE(reader.is_http_1_0());
    EXPECT_FALSE(reader.keeps_alive());
    EXPECT_EQ(reader.take().target, "/3");
    EXPECT_EQ(reader.advance(), Step::kNeedsHead);
    EXPECT_TRUE(reader.has_begun());
}

TEST(RequestReader, KnowsWhetherTheConnectionIsKept) {
    struct Case {
        const char* bytes;
        bool keeps_alive;
    };
    const Case cases[] = {
        {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.bytes);
        RequestReader reader({}, false);
        ASSERT_EQ(feed(reader, c.bytes), Step::kComplete);
        EXPECT_EQ(reader.keeps_alive(), c.keeps_alive);
    }
}

TEST(RequestReader, TellsOnceThatThePeerWaitsForContinue) {
    const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-Continue\r\n\r\n";
    RequestReader waiting({}, false);
    ASSERT_EQ(feed(waiting, head), Step::kNeedsBody);
    EXPECT_TRUE(waiting.take_expectation());
    EXPECT_FALSE(waiting.take_expectation());
    RequestReader sending({}, false);
    ASSERT_EQ(feed(sending, head + "x"), Step::kNeedsBody);
    EXPECT_FALSE(sending.take_expectation());
}

TEST(RequestReader, RefusesWhatIsHostileHoweverItIsCut) {
    for (const test::HostileRequest& hostile : test::hostile_requests()) {
        SCOPED_TRACE(hostile.name);
        for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, hostile.bytes.size()}) {
            SCOPED_TRACE(piece);
            RequestReader reader({}, false);
            ASSERT_EQ(feed(reader, hostile.bytes, piece), Step::kRefused);
            EXPECT_EQ(reader.refusal(), hostile.status);
            EXPECT_EQ(reader.advance(), Step::kRefused);
        }
    }
}

TEST(RequestReader, TakesWhatIsUnusualButRight) {
    const char* const cases[] = {
        "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nhOST:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: \xc3\xa9\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: a\tb\r\n\r\n",
        "GET //x/../y?{|}\"<> HTTP/1.1\r\nHost: h\r\n\r\n",
        "DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 00001\r\n\r\nx",
        "ABCDEFGHIJKLMNOPQRST / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0000\r\n\r\n",
    };
    for (const char* bytes : cases) {
        SCOPED_TRACE(bytes);
        RequestReader reader({}, false);
        EXPECT_EQ(feed(reader, bytes), Step::kComplete);
    }
}

// Random changes to real messages: what comes out must not depend on how the bytes were cut.
TEST(RequestReader, GivesOneAnswerToMutatedBytesHoweverTheyAreCut) {
    std::vector<std::string> seeds = {
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;n=\"v\"\r\nabc\r\n0\r\nT: t\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n"};
    for (const test::HostileRequest& hostile : test::hostile_requests())
        seeds.push_back(hostile.bytes.substr(0, 300));
    std::mt19937 random(20260501);
    const auto below = [&](std::size_t end) { return random() % end; };
    constexpr std::string_view kAlphabet = "\r\n\0 \t:;,=0159afGX/\x7f\xff"sv;
    int completed = 0;
    for (int round = 0; round < 5000; ++round) {
        std::string bytes = seeds[round % 3 == 0 ? below(seeds.size()) : below(2)];
        for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
            const std::size_t place = below(bytes.size());
            switch (below(3)) {
            case 0: bytes[place] = kAlphabet[below(kAlphabet.size())]; break;
            case 1: bytes.erase(place, 1); break;
            default: bytes.insert(place, 1, kAlphabet[below(kAlphabet.size())]);
            }
        }
        SCOPED_TRACE(testing::PrintToString(bytes));
        RequestReader whole({}, false);
        RequestReader cut({}, false);
        const Step step = feed(whole, bytes);
        ASSERT_EQ(feed(cut, bytes, 1), step);
        ASSERT_EQ(whole.refusal(), cut.refusal());
        if (step != Step::kComplete) continue;
        ++completed;
        const Request request = whole.take();
        const Request same = cut.take();
        ASSERT_EQ(request.target, same.target);
        ASSERT_EQ(request.body, same.body);
        ASSERT_EQ(request.headers.fields(), same.headers.fields());
    }
    EXPECT_GT(completed, 500);
}

std::string padded_head(std::size_t size) {
    const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
}

std::string head_with_target(std::size_t size) {
    return "GET /" + std::string(size - 1, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

TEST(RequestReader, HoldsToItsLimits) {
    const ServerLimits limits{.header_bytes = 200, .target_bytes = 50, .body_bytes = 10};
    const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
    struct Case {
        const char* name;
        std::string bytes;
        Step step;
        int status;
    };
    const Case cases[] = {
        {"largest head", padded_head(200), Step::kComplete, 0},
        {"head one byte larger", padded_head(201), Step::kRefused, 431},
        {"endless head", "GET / HTTP/1.1\r\nA: " + std::string(500, 'x'), Step::kRefused, 431},
        {"endless fields", "GET / HTTP/1.1\r\n" + std::string(300, 'x') + "\r\n", Step::kRefused, 431},
        {"longest target", head_with_target(50), Step::kComplete, 0},
        {"target one byte longer", head_with_target(51), Step::kRefused, 414},
        {"endless target", "GET /" + std::string(500, 'x'), Step::kRefused, 414},
        {"endless method", std::string(500, 'X'), Step::kRefused, 400},
        {"largest body", post + "Content-Length: 10\r\n\r\n0123456789", Step::kComplete, 0},
        {"body one byte larger, refused unread", post + "Content-Length: 11\r\n\r\n", Step::kRefused, 413},
        {"largest chunk", post + "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n", Step::kComplete, 0},
        {"chunk one byte larger", post + "Transfer-Encoding: chunked\r\n\r\nb\r\n01", Step::kRefused, 413},
        {"largest sum of chunks", post + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n",
         Step::kComplete, 0},
        {"sum of chunks one byte larger", post + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n567890\r\n",
         Step::kRefused, 413},
    };
    for (const Case& c : cases) {
        SCOPED_TRACE(c.name);
        for (const std::size_t piece : {1, 1000}) {
            SCOPED_TRACE(piece);
            RequestReader reader(limits, false);
            ASSERT_EQ(feed(reader, c.bytes, piece), c.step);
            EXPECT_EQ(reader.refusal(), c.status);
        }
    }
}

} // namespace
} // namespace everlong::http
