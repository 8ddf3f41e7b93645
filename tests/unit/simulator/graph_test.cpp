// Nodes, edges, fields, paging and permissions of the seeded world.
#include <unit/simulator/bench.hpp>

#include <base/digest.hpp>

#include <set>
#include <tuple>

namespace everlong::simulator {
namespace {

// A token for the person of this name, with portfolio rights where wanted.
std::string token_of(Bench& bench, const std::string& name, bool with_business = false) {
    const Answer state = bench.get("/_sandbox/state");
    for (const json::value& person : state.at("people").get_array()) {
        if (person.at("name").get_string() != name) continue;
        const std::string id(person.at("user_id").get_string());
        const std::string scopes = with_business ? R"(,"scopes":["business_management","instagram_basic",)"
                                                   R"("pages_read_engagement","pages_show_list"])"
                                                 : "";
        return bench.token(R"({"login":"facebook","user_id":")" + id + "\"" + scopes + "}");
    }
    ADD_FAILURE() << "nobody is called " << name;
    return {};
}

TEST(Me, IsThePersonThePageTheAppOrTheAccount) {
    Bench bench;
    const Answer user = bench.mint(R"({"login":"facebook"})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + user.text("access_token")).response.body,
              R"({"name":"Dana Demo","id":")" + user.text("user_id") + "\"}");
    const Answer page = bench.mint(R"({"login":"facebook","kind":"page"})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + page.text("access_token")).text("id"), page.text("page_id"));
    EXPECT_EQ(bench.facebook("/me?fields=name&access_token=" + kAppToken).text("name"), "Everlong Sandbox");
    const Answer account = bench.mint(R"({"login":"instagram"})");
    EXPECT_EQ(bench.instagram("/me?access_token=" + account.text("access_token")).response.body,
              R"({"id":")" + account.text("user_id") + "\"}");
}

TEST(Me, OfTheInstagramLoginHasTwoDifferentIds) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"instagram"})");
    const Answer me = bench.instagram("/v25.0/"
                                      "me?fields=user_id,username,id,name,account_type,profile_picture_url,followers_"
                                      "count,media_count&access_token=" +
                                      minted.text("access_token"));
    EXPECT_EQ(me.text("user_id"), minted.text("ig_user_id"));
    EXPECT_TRUE(me.text("user_id").starts_with("17841"));
    EXPECT_NE(me.text("id"), me.text("user_id"));
    EXPECT_EQ(me.text("username"), "demo_cafe");
    EXPECT_EQ(me.text("account_type"), "BUSINESS");
    EXPECT_EQ(me.number("media_count"), 0);
    EXPECT_FALSE(me.has("profile_picture_url"));
    // The professional account's id is good for reading, the app-scoped one is not (3.5, 11.6).
    EXPECT_EQ(bench.instagram("/" + me.text("user_id") + "?access_token=" + minted.text("access_token")).text("id"),
              me.text("user_id"));
    const Answer mixed_up = bench.instagram("/" + me.text("id") + "?access_token=" + minted.text("access_token"));
    EXPECT_EQ(mixed_up.verdict(), "100/33");
    EXPECT_EQ(mixed_up.text("error.type"), "IGApiException");
    EXPECT_EQ(mixed_up.text("error.message"),
              "Unsupported get request. Object with ID '" + me.text("id") +
                  "' does not exist, cannot be loaded due to missing permissions, or does "
                  "not support this operation");
}

TEST(Accounts, HaveTheirDefaultFieldsAndTheAskedOnes) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string token = "access_token=" + minted.text("access_token");
    const Answer plain = bench.facebook("/me/accounts?" + token);
    std::string members;
    for (const auto& member : plain.at("data.0").get_object())
        members += std::string(member.key()) + " ";
    EXPECT_EQ(members, "access_token category category_list name id tasks ");
    EXPECT_FALSE(plain.has("paging.next"));
    EXPECT_TRUE(plain.has("paging.cursors.before"));

    const Answer bare = bench.facebook("/me/accounts?fields=instagram_business_account&" + token);
    EXPECT_EQ(json::serialize(bare.at("data.0.instagram_business_account")),
              R"({"id":")" + minted.text("ig_user_id") + "\"}");
    EXPECT_EQ(bare.text("data.0.id"), minted.text("page_id"));
    const Answer expanded =
        bench.facebook("/me/accounts?fields=name,%20instagram_business_account%7Bid,username,name%7D&" + token);
    EXPECT_EQ(expanded.text("data.0.instagram_business_account.username"), "demo_cafe");
    EXPECT_EQ(bench.facebook("/me?fields=accounts.limit(1)%7Bname%7D&" + token).text("accounts.data.0.name"),
              "Demo Cafe");
}

TEST(Accounts, ShowWhatGoesWrongForOtherPeople) {
    Bench bench;
    const std::string fields = "?fields=instagram_business_account%7Busername%7D&limit=100&access_token=";
    struct Row {
        std::string person;
        bool with_business;
        std::size_t pages;
        std::size_t linked;
    };
    for (const Row& row :
         {Row{"Dana Demo", false, 1, 1}, Row{"Nora Nopage", false, 0, 0}, Row{"Paul Personal", false, 1, 0},
          Row{"Tina Twopages", false, 2, 2}, Row{"Petra Portfolio", true, 0, 0}, Row{"Alan Agency", true, 0, 0},
          Row{"Emil Employee", false, 0, 0}, Row{"Emil Employee", true, 1, 1}, Row{"Mona Manypages", false, 100, 1}}) {
        SCOPED_TRACE(row.person);
        const Answer answer = bench.facebook("/me/accounts" + fields + token_of(bench, row.person, row.with_business));
        EXPECT_EQ(answer.size("data"), row.pages);
        std::size_t linked = 0;
        for (const json::value& page : answer.at("data").get_array()) {
            linked += page.get_object().contains("instagram_business_account") ? 1 : 0;
        }
        EXPECT_EQ(linked, row.linked);
        if (row.pages == 0) EXPECT_EQ(answer.response.body, R"({"data":[]})");
    }
}

TEST(Portfolios, LeadToPagesThatNoRoleShows) {
    Bench bench;
    for (const auto& [person, edge, username] : {std::tuple{"Petra Portfolio", "owned_pages", "demo_portfolio"},
                                                 std::tuple{"Alan Agency", "client_pages", "demo_client"}}) {
        SCOPED_TRACE(person);
        const std::string token = token_of(bench, person, true);
        const Answer businesses = bench.facebook("/me/businesses?access_token=" + token);
        const std::string id = businesses.text("data.0.id");
        const Answer pages =
            bench.facebook("/" + id + "/" + edge +
                           "?fields=id,access_token,instagram_business_account%7Busername%7D&access_token=" + token);
        EXPECT_EQ(pages.text("data.0.instagram_business_account.username"), username);
        EXPECT_TRUE(pages.text("data.0.access_token").starts_with("EAA"));
        EXPECT_EQ(bench.facebook("/" + id + "?access_token=" + token).text("id"), id);
        // Somebody else's portfolio is nothing to see.
        EXPECT_EQ(bench.facebook("/" + id + "?access_token=" + bench.token(R"({"login":"facebook"})")).verdict(),
                  "100/33");
        const Answer refused = bench.facebook("/me/businesses?access_token=" + token_of(bench, person));
        EXPECT_EQ(refused.verdict(), "200");
        EXPECT_EQ(refused.status(), 403);
        EXPECT_EQ(refused.text("error.message"), "(#200) Requires business_management permission to manage the object");
    }
}

// Follows `next` (or `previous`) verbatim and gives the Pages' ids in the order met.
std::vector<std::string> walk(Bench& bench, std::string address, const std::string& direction,
                              const std::string& origin) {
    std::vector<std::string> ids;
    for (int i = 0; i < 50 && !address.empty(); ++i) {
        EXPECT_TRUE(address.starts_with(origin)) << address.substr(0, 60);
        const std::string target = origin.starts_with("https://")
                                       ? address.substr(origin.size())
                                       : address.substr(std::string("http://127.0.0.1:9190").size());
        http::Request request = Bench::request("GET", target);
        if (origin.starts_with("https://")) request.headers.set("Host", origin.substr(8));
        const Answer answer = bench.send(request);
        EXPECT_EQ(answer.status(), 200);
        for (const json::value& page : answer.at("data").get_array())
            ids.emplace_back(page.at("id").get_string());
        address = answer.has("paging." + direction) ? answer.text("paging." + direction) : "";
    }
    return ids;
}

TEST(Paging, VisitsEveryPageOnceInBothFormsAndBack) {
    Bench bench;
    const std::string token = token_of(bench, "Mona Manypages");
    for (const std::string origin : {"http://127.0.0.1:9190/graph.facebook.com", "https://graph.facebook.com"}) {
        SCOPED_TRACE(origin);
        for (const int limit : {7, 25, 100, 5000}) {
            const auto ids = walk(bench,
                                  origin + "/v25.0/me/accounts?fields=id,name&limit=" + std::to_string(limit) +
                                      "&access_token=" + token,
                                  "next", origin);
            EXPECT_EQ(ids.size(), 230U);
            EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 230U);
        }
    }
    const Answer second = [&] {
        const Answer first = bench.facebook("/me/accounts?limit=10&access_token=" + token);
        return bench.facebook("/me/accounts?limit=10&access_token=" + token +
                              "&after=" + first.text("paging.cursors.after"));
    }();
    EXPECT_EQ(second.text("data.0.name"), "Demo Shop 011");
    const Answer back = bench.facebook("/me/accounts?limit=10&access_token=" + token +
                                       "&before=" + second.text("paging.cursors.before"));
    EXPECT_EQ(back.text("data.0.name"), "Demo Shop 001");
    EXPECT_FALSE(back.has("paging.previous"));
}

TEST(Paging, PromisesNextExactlyWhileSomethingIsLeft) {
    Bench bench;
    const std::string token = token_of(bench, "Tina Twopages");
    const Answer first = bench.facebook("/me/accounts?limit=1&access_token=" + token);
    EXPECT_TRUE(first.has("paging.next"));
    const std::string after = first.text("paging.cursors.after");
    EXPECT_FALSE(bench.facebook("/me/accounts?limit=1&access_token=" + token + "&after=" + after).has("paging.next"));
    EXPECT_FALSE(bench.facebook("/me/accounts?limit=2&access_token=" + token).has("paging.next"));
}

TEST(Paging, RefusesBadLimitsAndCursors) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    for (const auto& [query, verdict] :
         {std::pair{"limit=0", "100"}, std::pair{"limit=-1", "100"}, std::pair{"limit=x", "100"},
          std::pair{"after=x", "2642"}, std::pair{"after=MQZDZD", "2642"}, std::pair{"before=%20", "2642"}}) {
        SCOPED_TRACE(query);
        EXPECT_EQ(bench.facebook(std::string("/me/accounts?") + query + "&access_token=" + token).verdict(), verdict);
    }
}

TEST(Fields, UnknownOnesRefuseTheWholeCall) {
    Bench bench;
    const Answer facebook = bench.mint(R"({"login":"facebook"})");
    const std::string f = "&access_token=" + facebook.text("access_token");
    const std::string i = "&access_token=" + bench.token(R"({"login":"instagram"})");
    struct Row {
        Answer answer;
        std::string name;
        std::string type;
        std::string exception;
    };
    for (const Row& row : {
             Row{bench.facebook("/me?fields=id,nonsense" + f), "nonsense", "User", "OAuthException"},
             Row{bench.facebook("/me/accounts?fields=nonsense" + f), "nonsense", "Page", "OAuthException"},
             Row{bench.facebook("/" + facebook.text("page_id") + "?fields=tasks" + f), "tasks", "Page",
                 "OAuthException"},
             Row{bench.facebook("/" + facebook.text("ig_user_id") + "?fields=account_type" + f), "account_type",
                 "IGUser", "OAuthException"},
             Row{bench.facebook("/me/accounts?fields=instagram_business_account%7Bx%7D" + f), "x", "IGUser",
                 "OAuthException"},
             Row{bench.facebook("/me?fields=instagram_business_account&access_token=" + kAppToken),
                 "instagram_business_account", "Application", "OAuthException"},
             Row{bench.instagram("/me?fields=ig_id" + i), "ig_id", "IGUser", "IGApiException"},
             Row{bench.facebook("/" + facebook.text("page_id") + "/accounts?a=b" + f), "accounts", "Page",
                 "OAuthException"},
         }) {
        SCOPED_TRACE(row.name + " on " + row.type);
        EXPECT_EQ(row.answer.verdict(), "100");
        EXPECT_EQ(row.answer.text("error.message"),
                  "(#100) Tried accessing nonexisting field (" + row.name + ") on node type (" + row.type + ")");
        EXPECT_EQ(row.answer.text("error.type"), row.exception);
    }
    EXPECT_EQ(bench.facebook("/me?fields=id%7B" + f).verdict(), "2500");
}

TEST(Objects, UnknownOnesAndNamesInPlaceOfIds) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string token = "?access_token=" + minted.text("access_token");
    const Answer unknown = bench.facebook("/17841499999999999" + token);
    EXPECT_EQ(unknown.verdict(), "100/33");
    EXPECT_EQ(unknown.text("error.type"), "GraphMethodException");
    EXPECT_EQ(
        unknown.text("error.message"),
        "Unsupported get request. Object with ID '17841499999999999' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api");
    EXPECT_EQ(bench.facebook("/demo_cafe" + token).text("error.message"),
              "(#803) Cannot query users by their username (demo_cafe)");
    EXPECT_EQ(bench.facebook("/nobody" + token).text("error.message"),
              "(#803) Some of the aliases you requested do not exist: nobody");
    EXPECT_EQ(bench.facebook("/me/a/b" + token).text("error.message"), "Unknown path components: /a/b");
    // Another person's account, Page and person.
    const Answer other = bench.mint(R"({"login":"facebook","account":"demo_bakery"})");
    for (const std::string member : {"ig_user_id", "page_id", "user_id"}) {
        EXPECT_EQ(bench.facebook("/" + other.text(member) + token).verdict(), "100/33") << member;
    }
    EXPECT_EQ(bench
                  .facebook("?ids=" + minted.text("page_id") + "," + minted.text("user_id") +
                            "&access_token=" + minted.text("access_token"))
                  .text(minted.text("user_id") + ".name"),
              "Dana Demo");
}

TEST(Account, OnTheFacebookLoginNeedsItsPermissionAndDataAccess) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook","kind":"page"})");
    const std::string target = "/" + minted.text("ig_user_id") + "?fields=ig_id,username&access_token=";
    EXPECT_EQ(bench.facebook(target + minted.text("access_token")).text("username"), "demo_cafe");
    EXPECT_TRUE(bench.facebook(target + minted.text("access_token")).at("ig_id").is_int64());
    const std::string blind =
        bench.token(R"({"login":"facebook","scopes":["pages_show_list","pages_read_engagement"]})");
    EXPECT_EQ(bench.facebook(target + blind).verdict(), "10");
    EXPECT_FALSE(bench.facebook("/me/accounts?fields=instagram_business_account&access_token=" + blind)
                     .has("data.0.instagram_business_account"));

    // 90 days after the login a Page's token still authenticates and reads Pages, but no Instagram account (2.11).
    bench.advance(90 * kDayS - 1);
    EXPECT_EQ(bench.facebook(target + minted.text("access_token")).verdict(), "200");
    bench.advance(1);
    EXPECT_EQ(bench.facebook(target + minted.text("access_token")).verdict(), "10");
    EXPECT_EQ(bench.facebook("/me?access_token=" + minted.text("access_token")).verdict(), "200");
    const std::string over = bench.token(R"({"login":"facebook","data_access_left_s":0})");
    EXPECT_EQ(bench.facebook("/me/accounts?fields=instagram_business_account&access_token=" + over).verdict(), "10");
    EXPECT_EQ(bench.facebook("/me/accounts?access_token=" + over).verdict(), "200");
}

TEST(Account, TellsItsPublishingLimit) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string target = "/" + minted.text("ig_user_id") + "/content_publishing_limit?access_token=";
    EXPECT_EQ(bench.facebook(target + minted.text("access_token")).response.body, R"({"data":[{"quota_usage":0}]})");
    EXPECT_EQ(bench.facebook(target + minted.text("access_token") + "&fields=config,quota_usage").response.body,
              R"({"data":[{"config":{"quota_total":50,"quota_duration":86400},"quota_usage":0}]})");
    const std::string reader = bench.token(R"({"login":"facebook","scopes":["instagram_basic"]})");
    EXPECT_EQ(bench.facebook(target + reader).verdict(), "200");
    EXPECT_EQ(bench.instagram("/me/content_publishing_limit?access_token=" + bench.token(R"({"login":"instagram"})"))
                  .status(),
              200);
}

TEST(Permissions, AreListedTakenBackAndRemovedAltogether) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook","scopes":["instagram_basic","pages_show_list"]})");
    const std::string token = "access_token=" + minted.text("access_token");
    EXPECT_EQ(bench.facebook("/me/permissions?" + token).size("data"), 3U);
    const std::string target = "/graph.facebook.com/v25.0/me/permissions";
    EXPECT_EQ(bench.send(Bench::request("DELETE", target + "/pages_show_list?" + token)).response.body,
              R"({"success":true})");
    EXPECT_EQ(json::serialize(bench.facebook("/me/permissions?" + token).at("data.1")),
              R"({"permission":"pages_show_list","status":"declined"})");
    EXPECT_EQ(bench.facebook("/me/accounts?" + token).response.body, R"({"data":[]})");
    EXPECT_EQ(bench.send(Bench::request("DELETE", target + "/nonsense?" + token)).verdict(), "100");
    // With an app's token and the person's number.
    const std::string by_app =
        "/graph.facebook.com/" + minted.text("user_id") + "/permissions?access_token=" + kAppToken;
    EXPECT_EQ(bench.send(Bench::request("GET", by_app)).size("data"), 3U);
    EXPECT_EQ(bench.send(Bench::request("DELETE", by_app)).response.body, R"({"success":true})");
    EXPECT_EQ(bench.facebook("/me?" + token).text("error.message"),
              "Error validating access token: The user has not authorized application 100000000000001.");
    const std::string page = bench.token(R"({"login":"facebook","kind":"page"})");
    EXPECT_EQ(bench.facebook("/me/permissions?access_token=" + page).text("error.message"),
              "(#100) Tried accessing nonexisting field (permissions) on node type (Page)");
}

TEST(App, IsANodeOfItsOwn) {
    Bench bench;
    EXPECT_EQ(bench.facebook("/100000000000001?access_token=" + kAppToken).text("name"), "Everlong Sandbox");
    EXPECT_EQ(bench.facebook("/app?access_token=" + bench.token(R"({"login":"facebook"})")).text("id"),
              "100000000000001");
}

TEST(InstagramCodes, AreRefusedInTheFlatEnvelope) {
    Bench bench;
    struct Row {
        std::string body;
        std::string message;
    };
    const std::string own = "client_id=200000000000002&client_secret=sandbox-instagram-app-secret";
    for (const Row& row : {
             Row{kFacebookApp, "Invalid platform app"},
             Row{"client_id=200000000000002&client_secret=x", "Error validating client secret."},
             Row{own, "(#100) The parameter grant_type is required"},
             Row{own + "&grant_type=authorization_code&redirect_uri=http://localhost/&code=AQ%23_",
                 "Matching code was not found or was already used"},
         }) {
        SCOPED_TRACE(row.body);
        const Answer answer = bench.post("/api.instagram.com/oauth/access_token", row.body);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_EQ(answer.text("error_type"), "OAuthException");
        EXPECT_EQ(answer.number("code"), 400);
        EXPECT_EQ(answer.text("error_message"), row.message);
    }
}

// Every member whose name ends in id is text, but ig_id; every count, instant and code is a number (clients.md, 13, 14).
void check_types(const json::value& value, const std::string& name) {
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            check_types(member.value(), member.key());
    } else if (const auto* array = value.if_array()) {
        for (const json::value& item : *array)
            check_types(item, name);
    } else if (name == "ig_id" || name.ends_with("_count") || name.ends_with("_at") || name == "expires_in" ||
               name == "code") {
        EXPECT_TRUE(value.is_int64()) << name;
    } else if (name == "id" || name.ends_with("_id") || name == "target_ids" || name == "scopes") {
        EXPECT_TRUE(value.is_string()) << name;
    } else if (name.starts_with("is_") || name == "success") {
        EXPECT_TRUE(value.is_bool()) << name;
    }
    EXPECT_FALSE(value.is_null()) << name;
}

TEST(Types, AreThoseThatClientsTakeApart) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string token = "access_token=" + minted.text("access_token");
    const std::string instagram = bench.token(R"({"login":"instagram","age_s":90000})");
    for (const Answer& answer : {
             bench.facebook("/me?" + token),
             bench.facebook("/me/"
                            "accounts?fields=id,instagram_business_account%7Bid,ig_id,followers_count,username,is_"
                            "published,legacy_instagram_user_id%7D&" +
                            token),
             bench.facebook("/debug_token?input_token=" + minted.text("access_token") + "&access_token=" + kAppToken),
             bench.facebook("/oauth/access_token?grant_type=fb_exchange_token&" + kFacebookApp +
                            "&fb_exchange_token=" + minted.text("access_token")),
             bench.instagram("/me?fields=id,user_id,followers_count,follows_count,media_count,username&access_token=" +
                             instagram),
             bench.instagram("/refresh_access_token?grant_type=ig_refresh_token&access_token=" + instagram),
         }) {
        EXPECT_EQ(answer.status(), 200) << answer.response.body;
        check_types(answer.body, "");
    }
}

TEST(Proof, OverTheExactTokenIsAccepted) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    const auto hmac = [&](const std::string& message) {
        const Sha256 digest = hmac_sha256("sandbox-app-secret", message);
        return to_hex(digest.data(), digest.size());
    };
    const std::string now = std::to_string(kStartUnixS);
    const std::string at_edge = std::to_string(kStartUnixS - 300);
    const std::string stale = std::to_string(kStartUnixS - 301);
    const std::string me = "/me?access_token=" + token + "&appsecret_proof=";
    EXPECT_EQ(bench.facebook(me + hmac(token)).verdict(), "200");
    EXPECT_EQ(bench.facebook(me + hmac(token + "|" + now) + "&appsecret_time=" + now).verdict(), "200");
    EXPECT_EQ(bench.facebook(me + hmac(token + "|" + at_edge) + "&appsecret_time=" + at_edge).verdict(), "200");
    EXPECT_EQ(bench.facebook(me + hmac(token + "|" + stale) + "&appsecret_time=" + stale).verdict(), "100");
    EXPECT_EQ(bench.facebook(me + hmac(token) + "&appsecret_time=" + now).verdict(), "100");
    bench.control("switches", R"({"appsecret_proof":"required"})");
    EXPECT_EQ(bench.facebook(me + hmac(token)).verdict(), "200");
}

} // namespace
} // namespace everlong::simulator
