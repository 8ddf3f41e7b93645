// The world as a document: saved and loaded whole, laid over what exists, refused where it is wrong.
#include <unit/simulator/bench.hpp>

#include <cstdlib>

namespace everlong::simulator {
namespace {

http::Request put(const std::string& body) {
    return Bench::request("PUT", "/_sandbox/world", body);
}

TEST(WorldDocument, LoadsIntoAnEqualWorld) {
    Bench bench;
    const std::string user = bench.token(R"({"login":"facebook","account":"demo_bakery"})");
    const std::string page = bench.facebook("/me/accounts?access_token=" + user).text("data.0.access_token");
    bench.token(R"({"login":"instagram","age_s":90000})");
    bench.control("event", R"({"type":"checkpoint","account":"demo_bistro"})");
    bench.control("event", R"({"type":"password-changed","account":"demo_cafe"})");
    const std::string saved = bench.get("/_sandbox/world").response.body;

    Bench other(7);
    EXPECT_EQ(other.send(put(saved)).status(), 200);
    EXPECT_EQ(other.get("/_sandbox/world").response.body, saved);
    EXPECT_EQ(other.facebook("/me/accounts?access_token=" + user).verdict(), "190/459");
    other.control("event", R"({"type":"checkpoint","account":"demo_bistro","undo":true})");
    EXPECT_EQ(other.facebook("/me/accounts?access_token=" + user).text("data.0.access_token"), page);
    // What is made afterwards has ids of its own.
    EXPECT_EQ(other.mint(R"({"login":"facebook","account":"somebody_new"})").status(), 200);
    EXPECT_EQ(other.get("/_sandbox/state").size("accounts"), bench.get("/_sandbox/state").size("accounts") + 1);
}

TEST(WorldDocument, ASmallOneIsEnough) {
    Bench bench;
    EXPECT_EQ(bench
                  .send(put(R"({"accounts":[{"username":"cafe"},{"username":"artist","account_type":"MEDIA_CREATOR",)"
                            R"("page_id":null},{"username":"private","account_type":"PERSONAL"}]})"))
                  .response.body,
              R"({"people":3,"pages":1,"businesses":0,"accounts":3,"tokens":0,"apps":2})");
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    EXPECT_EQ(minted.text("username"), "cafe");
    EXPECT_EQ(
        bench.facebook("/me/accounts?fields=instagram_business_account&access_token=" + minted.text("access_token"))
            .text("data.0.instagram_business_account.id"),
        minted.text("ig_user_id"));
    const std::string dialog = "/www.instagram.com/oauth/authorize?client_id=200000000000002&response_type=code&scope="
                               "instagram_business_basic&redirect_uri=http://localhost/&sandbox_auto=approve";
    EXPECT_EQ(bench.get(dialog + "&sandbox_person=artist").status(), 302);
    EXPECT_EQ(bench.get(dialog + "&sandbox_person=private").status(), 200); // a personal account gets no further
}

TEST(WorldDocument, IsLaidOverWhatExists) {
    Bench bench;
    const std::size_t before = bench.get("/_sandbox/state").size("accounts");
    bench.control("world", R"({"accounts":[{"username":"demo_cafe","account_type":"MEDIA_CREATOR","page_id":null},)"
                           R"({"username":"another"}],"people":[{"id":"42","name":"Ada","roles":[]}]})");
    const Answer state = bench.get("/_sandbox/state");
    EXPECT_EQ(state.size("accounts"), before + 1);
    const std::string token = bench.token(R"({"login":"instagram"})");
    EXPECT_EQ(bench.instagram("/me?fields=account_type&access_token=" + token).text("account_type"), "MEDIA_CREATOR");
    EXPECT_EQ(bench.mint(R"({"login":"facebook","account":"demo_cafe"})").at("page_id"), json::value(nullptr));
    EXPECT_EQ(bench.control("event", R"({"type":"logged-out","user_id":"42"})").text("user_id"), "42");
}

TEST(WorldDocument, WhatIsWrongIsSaidAndChangesNothing) {
    Bench bench;
    const std::string before = bench.get("/_sandbox/world").response.body;
    for (const auto& [body, says] : {
             std::pair{R"({"accounts":[{"username":"Bad Name"}]})", "accounts[0]: \"username\" must be up to 30"},
             std::pair{R"({"accounts":[{"username":"a"},{"username":"a"}]})", "accounts[1]: \"a\" comes twice"},
             std::pair{R"({"accounts":[{"username":"a","colour":"red"}]})", "unknown member \"colour\""},
             std::pair{R"({"people":[{"id":"x"}]})", "people[0]: \"id\" must be a number as text"},
             std::pair{R"({"people":[1]})", "people[0] must be an object"},
             std::pair{R"({"people":{}})", "\"people\" must be an array"},
             std::pair{R"({"people":[{"checkpoint":7}]})", "must be 0, 459 or 490"},
             std::pair{R"({"tokens":[{"access_token":"EAAx","kind":"pet","login":"facebook","lifetime":"long"}]})",
                       "must be one of"},
             std::pair{R"({"apps":[{"name":"x"}]})", "apps[0]: \"id\" is missing"},
             std::pair{R"({"planets":[]})", "unknown member \"planets\""},
             std::pair{"{}", "a world needs a person"},
         }) {
        SCOPED_TRACE(body);
        const Answer answer = bench.send(put(body));
        EXPECT_EQ(answer.status(), 400);
        EXPECT_NE(answer.text("error").find(says), std::string::npos) << answer.text("error");
    }
    EXPECT_EQ(bench.get("/_sandbox/world").response.body, before);
}

TEST(WorldDocument, WhatNamesNothingIsLeftOut) {
    Bench bench;
    EXPECT_EQ(
        bench
            .send(put(R"({"people":[{"id":"1","name":"Ada","roles":["77"],"business_ids":["88"]}],"businesses":[)"
                      R"({"id":"9","name":"B","owned_pages":["78"]}],"accounts":[{"ig_user_id":"5","username":"a",)"
                      R"("person_id":"1","page_id":"79"}],"tokens":[{"access_token":"EAAx","kind":"page","login":)"
                      R"("facebook","lifetime":"long","app_id":"100000000000001","person_id":"1","page_id":"79"}]})"))
            .number("tokens"),
        0);
    const std::string token = bench.token(R"({"login":"facebook","scopes":["business_management","pages_show_list"]})");
    EXPECT_EQ(bench.facebook("/me/accounts?access_token=" + token).size("data"), 0U);
    EXPECT_EQ(bench.facebook("/me/businesses?access_token=" + token).size("data"), 0U);
}

TEST(WorldDocument, LargeWorldsLoadAndAnswerAtOnce) {
    Bench bench;
    const int accounts = std::getenv("EVERLONG_LONG_TESTS") != nullptr ? 100'000 : 2'000;
    std::string body = R"({"accounts":[)";
    for (int i = 0; i < accounts; ++i)
        body += (i == 0 ? "" : ",") + (R"({"username":"shop_)" + std::to_string(i)) + "\"}";
    EXPECT_EQ(bench.send(put(body + "]}")).number("accounts"), accounts);
    const Answer state = bench.get("/_sandbox/state?limit=10");
    EXPECT_EQ(state.size("accounts"), 10U);
    EXPECT_EQ(state.number("counts.accounts"), accounts);
    EXPECT_EQ(bench.mint(R"({"login":"instagram","account":"shop_)" + std::to_string(accounts - 1) + "\"}").status(),
              200);
}

TEST(ControlPage, HasItsOwnFilesAndAStrictPolicy) {
    Bench bench;
    const Answer page = bench.get("/");
    EXPECT_NE(page.header("content-security-policy").find("default-src 'none'; script-src 'self'"), std::string::npos);
    EXPECT_EQ(page.response.body.find("<script>"), std::string::npos);
    EXPECT_EQ(page.response.body.find("style="), std::string::npos);
    EXPECT_EQ(bench.get("/_sandbox/page.js").header("content-type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(bench.get("/_sandbox/page.css").header("content-type"), "text/css; charset=utf-8");
    EXPECT_EQ(bench.get("/_sandbox/page.js").response.body.find("innerHTML"), std::string::npos);
}

} // namespace
} // namespace everlong::simulator
