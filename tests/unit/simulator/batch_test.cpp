// Batch requests: shapes, references, tokens, limits, and the ledger's view of their items.
#include <unit/simulator/bench.hpp>

#include <simulator/wire/json_path.hpp>

#include <base/percent.hpp>

namespace everlong::simulator {
namespace {

Answer batch(Bench& bench, const std::string& items, const std::string& rest, const std::string& path = "/v25.0/") {
    return bench.post("/graph.facebook.com" + path, "batch=" + percent_encode(items) + "&" + rest);
}

json::value body_of(const Answer& answer, const std::string& index) {
    return json::parse(answer.text(index + ".body"));
}

TEST(Batch, AnswersInOrderWithStatusHeadersAndABodyThatIsText) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string token = "access_token=" + minted.text("access_token");
    const Answer answer = batch(bench,
                                R"([{"method":"GET","relative_url":"me?fields=id"},{"relative_url":"nobody"},)"
                                R"({"method":"get","relative_url":"/v24.0/me/accounts","unknown":1}])",
                                token);
    ASSERT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.number("0.code"), 200);
    EXPECT_EQ(answer.text("0.body"), R"({"id":")" + minted.text("user_id") + "\"}");
    EXPECT_EQ(answer.text("0.headers.0.name"), "Content-Type");
    EXPECT_EQ(answer.text("0.headers.0.value"), "application/json; charset=UTF-8");
    EXPECT_EQ(answer.number("1.code"), 400);
    EXPECT_EQ(body_of(answer, "1").at("error").at("code").as_int64(), 803);
    EXPECT_EQ(body_of(answer, "2").at("data").as_array().size(), 1U);
    EXPECT_FALSE(batch(bench, R"([{"relative_url":"me"}])", token + "&include_headers=false").has("0.headers"));
}

TEST(Batch, ComesAtEveryRootAndAsJsonToo) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    for (const std::string path : {"/", "", "/v2.9", "/v24.0", "/v25.0/"}) {
        SCOPED_TRACE(path);
        EXPECT_EQ(batch(bench, R"([{"relative_url":"me"}])", "access_token=" + token, path).number("0.code"), 200);
    }
    http::Request request = Bench::request("POST", "/graph.facebook.com/v25.0",
                                           R"({"batch":[{"method":"GET","relative_url":"me"}],"access_token":")" +
                                               token + R"(","include_headers":false})");
    request.headers.add("Content-Type", "application/json");
    const Answer answer = bench.send(request);
    EXPECT_EQ(answer.number("0.code"), 200);
    EXPECT_FALSE(answer.has("0.headers"));
}

TEST(Batch, ItemsReferToEachOther) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string token = "access_token=" + minted.text("access_token");
    const std::string items = R"([{"relative_url":"me/accounts","name":"pages"%1},)"
                              R"({"relative_url":"?ids={result=pages:$.data.*.id}&fields=name"}])";
    const auto with = [&](const std::string& more) {
        std::string text = items;
        text.replace(text.find("%1"), 2, more);
        return batch(bench, text, token);
    };
    const Answer silent = with("");
    EXPECT_TRUE(silent.at("0").is_null());
    EXPECT_EQ(body_of(silent, "1").at(minted.text("page_id")).at("name").as_string(), "Demo Cafe");
    EXPECT_EQ(with(R"(,"omit_response_on_success":false)").number("0.code"), 200);

    const Answer broken = batch(
        bench,
        R"([{"relative_url":"nobody","name":"a"},{"relative_url":"{result=a:$.id}"},{"relative_url":"me","depends_on":"a"}])",
        token);
    EXPECT_EQ(broken.number("0.code"), 400);
    EXPECT_EQ(body_of(broken, "1").at("error").at("type").as_string(), "GraphBatchException");
    EXPECT_EQ(broken.number("2.code"), 400);
}

TEST(Batch, AnItemsOwnTokenWins) {
    Bench bench;
    const std::string dana = bench.token(R"({"login":"facebook"})");
    const Answer other = bench.mint(R"({"login":"facebook","account":"second_one"})");
    const std::string token = other.text("access_token");
    const Answer answer = batch(
        bench,
        R"([{"relative_url":"me?access_token=)" + token + R"("},{"relative_url":"me","access_token":")" + token +
            R"("},)" + R"({"method":"POST","relative_url":"me?method=get","body":"access_token=)" + token + R"("}])",
        "access_token=" + dana);
    for (const std::string index : {"0", "1", "2"})
        EXPECT_EQ(body_of(answer, index).at("id").as_string(), other.text("user_id")) << index;
}

TEST(Batch, WhatIsNoneIsRefused) {
    Bench bench;
    const std::string token = "access_token=" + bench.token(R"({"login":"facebook"})");
    std::string many = "[";
    for (int i = 0; i < 51; ++i)
        many += (i == 0 ? "" : ",") + std::string(R"({"relative_url":"me"})");
    for (const std::string& items :
         {std::string("nonsense"), std::string("{}"), std::string("[]"), std::string("[1]"), many + "]"}) {
        const Answer answer = batch(bench, items, token);
        EXPECT_EQ(answer.verdict(), "100") << items.substr(0, 20);
        EXPECT_EQ(answer.text("error.type"), "GraphBatchException");
    }
    EXPECT_EQ(batch(bench, R"([{"relative_url":"me"}])", "").verdict(), "104");
    // Every item fails by itself: the whole is still 200 (clients.md, 27).
    const Answer dead = batch(bench, R"([{"relative_url":"me"}])", "access_token=EAAgarbage");
    EXPECT_EQ(dead.status(), 200);
    EXPECT_EQ(dead.number("0.code"), 400);
    const Answer nested = batch(bench, R"([{"method":"POST","relative_url":"","body":"batch=[]"}])", token);
    EXPECT_EQ(nested.number("0.code"), 400);
}

TEST(Batch, ItsItemsStandInTheLedgerAndFaultsStrikeThem) {
    Bench bench;
    const std::string token = "access_token=" + bench.token(R"({"login":"facebook"})");
    bench.control("faults", R"([{"match":{"path":"/me/accounts"},"times":1,"fault":{"kind":"drop-before"}}])");
    const Answer answer = batch(bench, R"([{"relative_url":"me"},{"relative_url":"me/accounts"}])", token);
    EXPECT_EQ(answer.number("0.code"), 200);
    EXPECT_TRUE(answer.at("1").is_null());
    const Answer ledger = bench.ledger();
    ASSERT_EQ(ledger.size("calls"), 3U);
    EXPECT_EQ(ledger.text("calls.0.path"), "/me");
    EXPECT_EQ(ledger.text("calls.1.fault"), "drop-before");
    EXPECT_EQ(ledger.text("calls.2.path"), "/");
}

TEST(JsonPath, SelectsWhatBatchesName) {
    const json::value document = json::parse(R"({"id":"7","data":[{"id":"1","n":{"id":"3"}},{"id":"2"}]})");
    for (const auto& [path, expected] :
         {std::pair{"$.id", "7"}, std::pair{"$.data.*.id", "1,2"}, std::pair{"$.data[1].id", "2"},
          std::pair{"$['data'][*]['id']", "1,2"}, std::pair{"$.data.0.id", "1"}, std::pair{"$..id", "7,1,3,2"},
          std::pair{"$.nothing", ""}}) {
        EXPECT_EQ(select_text(document, path), expected) << path;
    }
    for (const std::string_view path : {"id", "$[", "$.", "$x", ""})
        EXPECT_EQ(select_text(document, path), std::nullopt) << path;
}

} // namespace
} // namespace everlong::simulator
