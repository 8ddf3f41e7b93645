#include "scripted_client.hpp"

#include <adapters/graph/graph_client.hpp>
#include <support/run.hpp>

#include <gtest/gtest.h>

#include <string>

namespace everlong::adapters {
namespace {

using test::run;
using test::ScriptedClient;

const Secret kToken("EAATOKEN");
constexpr const char* kEmpty = R"({"data":[]})";
constexpr const char* kRefusal =
    R"({"error":{"message":"(#200) Requires business_management permission","code":200,"fbtrace_id":"A"}})";

std::string page(const std::string& id, const std::string& linked = {}) {
    std::string text = R"({"id":")" + id + R"(","name":"Page )" + id + "\"";
    if (!linked.empty())
        text += R"(,"instagram_business_account":{"id":")" + linked + R"(","username":"u)" + id + R"("})";
    return text + "}";
}

std::string list(const std::string& entries, const std::string& after = {}) {
    if (after.empty()) return R"({"data":[)" + entries + R"(],"paging":{"cursors":{"before":"b","after":"end"}}})";
    return R"({"data":[)" + entries + R"(],"paging":{"cursors":{"before":"b","after":")" + after +
           R"("},"next":"https://graph.facebook.com/v25.0/1/accounts?access_token=EAATOKEN&after=)" + after + "\"}}";
}

TEST(GraphPaging, FollowsCursorsByAddressesOfItsOwn) {
    ScriptedClient http;
    http.answer(200, list(page("1", "17841400000000001"), "MQZDZD"));
    http.answer(200, list("", "MgZDZD")); // an empty page is not the end
    http.answer(200, list(page("2")));
    http.answer(200, kEmpty); // portfolios
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_TRUE(pages.has_value());
    EXPECT_TRUE(pages->is_complete);
    ASSERT_EQ(pages->pages.size(), 2u);
    ASSERT_TRUE(pages->pages[0].account.has_value());
    EXPECT_EQ(pages->pages[0].account->ig_user_id.text(), "17841400000000001");
    EXPECT_EQ(pages->pages[0].account->username, "u1");
    EXPECT_EQ(pages->pages[0].account->page_id, "1");
    EXPECT_EQ(pages->pages[0].account->page_name, "Page 1");
    EXPECT_FALSE(pages->pages[1].account.has_value());
    ASSERT_EQ(http.requests.size(), 4u);
    for (const auto& sent : http.requests) {
        EXPECT_EQ(sent.bearer, "EAATOKEN");
        EXPECT_EQ(sent.find(sent.query, "access_token"), "(absent)");
        EXPECT_EQ(sent.find(sent.query, "limit"), "100");
    }
    EXPECT_EQ(http.requests[0].url, "https://graph.facebook.com/v25.0/me/accounts");
    EXPECT_EQ(http.requests[0].find(http.requests[0].query, "after"), "(absent)");
    EXPECT_EQ(http.requests[0].find(http.requests[0].query, "fields"),
              "id,name,tasks,instagram_business_account{id,username,name}");
    EXPECT_EQ(http.requests[1].find(http.requests[1].query, "after"), "MQZDZD");
    EXPECT_EQ(http.requests[2].find(http.requests[2].query, "after"), "MgZDZD");
    EXPECT_EQ(http.requests[3].url, "https://graph.facebook.com/v25.0/me/businesses");
}

TEST(GraphPaging, AddsThePagesOfPortfoliosOnce) {
    ScriptedClient http;
    http.answer(200, list(page("1")));
    http.answer(200, R"({"data":[{"id":"501","name":"Portfolio"}]})");
    http.answer(200, list(page("1") + "," + page("2", "17841400000000002")));
    http.answer(200, list(page("2") + "," + page("3")));
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_TRUE(pages.has_value());
    EXPECT_TRUE(pages->is_complete);
    std::string seen;
    for (const auto& found : pages->pages) {
        seen += found.id + (found.is_from_portfolio ? "p " : " ");
    }
    EXPECT_EQ(seen, "1 2p 3p ");
    EXPECT_EQ(http.requests[2].url, "https://graph.facebook.com/v25.0/501/owned_pages");
    EXPECT_EQ(http.requests[3].url, "https://graph.facebook.com/v25.0/501/client_pages");
}

TEST(GraphPaging, IsIncompleteWhereAPortfolioRefuses) {
    const struct {
        const char* name;
        int refused_call;
    } cases[] = {{"the portfolios", 1}, {"owned pages", 2}, {"client pages", 3}};
    for (const auto& test : cases) {
        SCOPED_TRACE(test.name);
        ScriptedClient http;
        http.answer(200, list(page("1")));
        const char* answers[] = {R"({"data":[{"id":"501","name":"Portfolio"}]})", kEmpty, kEmpty};
        for (int call = 1; call <= 3; ++call) {
            if (call == test.refused_call)
                http.answer(403, kRefusal);
            else
                http.answer(200, answers[call - 1]);
        }
        auto graph = make_graph_client(http, {});
        const auto pages = run(graph->list_pages(kToken));
        ASSERT_TRUE(pages.has_value());
        EXPECT_FALSE(pages->is_complete);
        EXPECT_EQ(pages->pages.size(), 1u);
    }
}

TEST(GraphPaging, FailsWhereThePersonsOwnListFails) {
    ScriptedClient http;
    http.answer(200, list(page("1"), "MQZDZD"));
    http.answer(502, "<html>bad gateway</html>");
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_FALSE(pages.has_value());
    EXPECT_EQ(pages.error().code(), Code::kUpstream);
}

TEST(GraphPaging, EndsWhereTheTokenDiesOnTheWay) {
    ScriptedClient http;
    http.answer(200, list(page("1")));
    http.answer(400, R"({"error":{"message":"x","code":190,"error_subcode":460}})");
    auto graph = make_graph_client(http, {});
    EXPECT_EQ(run(graph->list_pages(kToken)).error().code(), Code::kPasswordChanged);
}

TEST(GraphPaging, StopsAtACursorThatComesAgain) {
    ScriptedClient http;
    http.answer(200, list(page("1"), "same"));
    http.answer(200, list(page("2"), "same"));
    http.answer(200, kEmpty);
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_TRUE(pages.has_value());
    EXPECT_FALSE(pages->is_complete);
    EXPECT_EQ(pages->pages.size(), 2u);
}

TEST(GraphPaging, IsIncompleteWhereThereIsMoreWithoutACursor) {
    ScriptedClient http;
    http.answer(200, R"({"data":[)" + page("1") + R"(],"paging":{"next":"https://evil.example/?after=x"}})");
    http.answer(200, kEmpty);
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_TRUE(pages.has_value());
    EXPECT_FALSE(pages->is_complete);
    EXPECT_EQ(http.requests[1].url, "https://graph.facebook.com/v25.0/me/businesses");
}

TEST(GraphPaging, ReadsNoMoreThanTwentyPagesOfAList) {
    ScriptedClient http;
    for (int number = 1; number <= 20; ++number) {
        http.answer(200, list(page(std::to_string(number)), "c" + std::to_string(number)));
    }
    http.answer(200, kEmpty);
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_TRUE(pages.has_value());
    EXPECT_FALSE(pages->is_complete);
    EXPECT_EQ(pages->pages.size(), 20u);
    EXPECT_EQ(http.requests.size(), 21u);
}

TEST(GraphPaging, IsCompleteWithExactlyTwentyPages) {
    ScriptedClient http;
    for (int number = 1; number <= 19; ++number) {
        http.answer(200, list(page(std::to_string(number)), "c" + std::to_string(number)));
    }
    http.answer(200, list(page("20")));
    http.answer(200, kEmpty);
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_TRUE(pages.has_value());
    EXPECT_TRUE(pages->is_complete);
    EXPECT_EQ(pages->pages.size(), 20u);
}

TEST(GraphPaging, LooksIntoFiftyPortfoliosAtMost) {
    ScriptedClient http;
    http.answer(200, kEmpty);
    std::string portfolios;
    for (int number = 1; number <= 51; ++number) {
        portfolios += (number == 1 ? "" : ",") + page(std::to_string(number));
    }
    http.answer(200, list(portfolios));
    for (int call = 0; call < 100; ++call) {
        http.answer(200, kEmpty);
    }
    auto graph = make_graph_client(http, {});
    const auto pages = run(graph->list_pages(kToken));
    ASSERT_TRUE(pages.has_value());
    EXPECT_FALSE(pages->is_complete);
    EXPECT_EQ(http.requests.size(), 102u);
}

} // namespace
} // namespace everlong::adapters
