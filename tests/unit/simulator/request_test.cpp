// What a call may look like: hosts, versions, slashes, parameters, tokens, methods; and the headers that come back.
#include <unit/simulator/bench.hpp>

namespace everlong::simulator {
namespace {

TEST(Hosts, AreNamedByHeaderOrByPath) {
    Bench bench;
    const std::string facebook = bench.token(R"({"login":"facebook"})");
    const std::string instagram = bench.token(R"({"login":"instagram"})");
    struct Row {
        std::string host;
        std::string target;
        int status;
    };
    for (const Row& row : {
             Row{"graph.facebook.com", "/v25.0/me?access_token=" + facebook, 200},
             Row{"GRAPH.facebook.com:443", "/me?access_token=" + facebook, 200},
             Row{"127.0.0.1:9190", "/graph.facebook.com/v25.0/me?access_token=" + facebook, 200},
             Row{"localhost:9190", "//graph.facebook.com///v25.0//me/?access_token=" + facebook, 200},
             Row{"graph.instagram.com", "/me?access_token=" + instagram, 200},
             Row{"", "/graph.instagram.com/v25.0/me?access_token=" + instagram, 200},
             Row{"graph.instagram.com", "/me?access_token=" + facebook, 400},
             Row{"graph.facebook.com", "/me?access_token=" + instagram, 400},
             Row{"www.facebook.com", "/v25.0/nowhere", 404},
             Row{"127.0.0.1:9190", "/graph.threads.net/me", 404},
         }) {
        SCOPED_TRACE(row.host + row.target.substr(0, 30));
        http::Request request;
        request.method = "GET";
        request.target = row.target;
        if (!row.host.empty()) request.headers.add("Host", row.host);
        EXPECT_EQ(bench.send(request).status(), row.status);
    }
}

TEST(Hosts, WithoutOneThereIsAPageOrAnExplanation) {
    Bench bench;
    const Answer page = bench.get("/");
    EXPECT_EQ(page.status(), 200);
    EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
    EXPECT_NE(page.response.body.find("100000000000001"), std::string::npos);
    EXPECT_NE(page.response.body.find("2026-11-23T12:00:00Z"), std::string::npos);
    const Answer unknown = bench.get("/v25.0/me");
    EXPECT_EQ(unknown.status(), 404);
    EXPECT_NE(unknown.text("error").find("/graph.facebook.com/v25.0/me"), std::string::npos);
}

TEST(WrongHost, SaysNothingAboutHosts) {
    Bench bench;
    const std::string facebook = bench.token(R"({"login":"facebook"})");
    const std::string instagram = bench.token(R"({"login":"instagram"})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + instagram).text("error.message"),
              "Invalid OAuth access token - Cannot parse access token");
    EXPECT_EQ(bench.instagram("/me?access_token=" + facebook).text("error.message"),
              "Invalid OAuth access token - Cannot parse access token");
}

TEST(Versions, AreNamedInAHeaderAndDeadOnesAreServed) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook","kind":"system-user","lifetime":"never"})");
    const auto version = [&](const std::string& prefix) {
        const Answer answer = bench.get("/graph.facebook.com" + prefix + "/me?access_token=" + token);
        EXPECT_EQ(answer.status(), 200) << answer.response.body;
        return answer.header("facebook-api-version");
    };
    EXPECT_EQ(version("/v26.0"), "v26.0");
    EXPECT_EQ(version(""), "v25.0");
    EXPECT_EQ(version("/v3.2"), "v21.0");
    bench.advance(3 * 365 * kDayS);
    EXPECT_EQ(version("/v25.0"), "v26.0");
    const Answer unknown = bench.get("/graph.facebook.com/v99.0/me?access_token=" + token);
    EXPECT_EQ(unknown.verdict(), "2500");
    EXPECT_EQ(unknown.text("error.message"), "Unknown path components: /me");
}

TEST(Parameters, ComeFromQueryAndEveryKindOfBody) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook","lifetime":"short"})");
    const std::string form = "grant_type=fb_exchange_token&" + kFacebookApp + "&fb_exchange_token=" + token;
    const std::string json_body = R"({"grant_type":"fb_exchange_token","client_id":100000000000001,)"
                                  R"("client_secret":"sandbox-app-secret","fb_exchange_token":")" +
                                  token + R"("})";
    std::string multipart;
    for (const auto& [name, value] : http::parse_form(form)) {
        multipart += "--xyz\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }
    multipart += "--xyz--\r\n";
    struct Row {
        std::string name;
        std::string method;
        std::string query;
        std::string type;
        std::string body;
    };
    for (const Row& row : {
             Row{"query of a GET", "GET", "?" + form, "", ""},
             Row{"query of a POST", "POST", "?" + form, "", ""},
             Row{"form", "POST", "", "application/x-www-form-urlencoded", form},
             Row{"form without a type", "POST", "", "", form},
             Row{"JSON", "POST", "", "application/json; charset=utf-8", json_body},
             Row{"JSON without a type", "POST", "", "", json_body},
             Row{"multipart", "POST", "", "multipart/form-data; boundary=xyz", multipart},
             Row{"multipart, quoted boundary", "POST", "", "Multipart/Form-Data; boundary=\"xyz\"", multipart},
             Row{"body of a GET", "GET", "", "application/x-www-form-urlencoded", form},
             Row{"both, the body wins", "POST", "?client_id=1", "", form},
         }) {
        SCOPED_TRACE(row.name);
        http::Request request =
            Bench::request(row.method, "/graph.facebook.com/oauth/access_token" + row.query, row.body);
        if (!row.type.empty()) request.headers.add("Content-Type", row.type);
        EXPECT_EQ(bench.send(request).verdict(), "200");
    }
}

TEST(Parameters, UnreadableBodiesHoldNone) {
    Bench bench;
    for (const auto& [type, body] :
         {std::pair{"application/json", "{\"client_id\":"}, std::pair{"application/json", "[1]"},
          std::pair{"multipart/form-data", "--x"}, std::pair{"multipart/form-data; boundary=x", "--x\r\nno end"}}) {
        SCOPED_TRACE(body);
        http::Request request = Bench::request("POST", "/graph.facebook.com/oauth/access_token", body);
        request.headers.add("Content-Type", type);
        EXPECT_EQ(bench.send(request).verdict(), "101");
    }
}

// What stands between quotes is text, whatever it looks like.
TEST(Parameters, NamesInQuotesMayHoldWhatLooksLikeAParameter) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    const auto part = [](const std::string& disposition, const std::string& value) {
        return "--x;y\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + value + "\r\n";
    };
    http::Request request = Bench::request(
        "POST", "/graph.facebook.com/me",
        part("name=\"a; filename=b\"", "v") + part("title=\"; name=method\"; name=\"access_token\"", token) +
            part("name=\"method\"; filename=\"x\"", "delete") + part("name=method", "get") + "--x;y--\r\n");
    request.headers.add("Content-Type", "multipart/form-data; note=\"; boundary=none\"; boundary=\"x;y\"");
    EXPECT_EQ(bench.send(request).verdict(), "200");
}

TEST(Token, IsTakenFromParameterOrHeader) {
    Bench bench;
    const std::string facebook = bench.token(R"({"login":"facebook"})");
    const std::string instagram = bench.token(R"({"login":"instagram"})");
    for (const std::string host : {"graph.facebook.com", "graph.instagram.com"}) {
        const std::string& token = host == "graph.facebook.com" ? facebook : instagram;
        for (const std::string scheme : {"Bearer ", "OAuth ", "bearer ", "Bearer   "}) {
            SCOPED_TRACE(host + scheme);
            http::Request request = Bench::request("GET", "/" + host + "/me");
            request.headers.add("Authorization", scheme + token);
            EXPECT_EQ(bench.send(request).status(), 200);
        }
        http::Request other = Bench::request("GET", "/" + host + "/me");
        other.headers.add("Authorization", "Digest " + token);
        EXPECT_EQ(bench.send(other).verdict(), "2500");
    }
}

TEST(Token, MissingOrMangledHasItsOwnErrors) {
    Bench bench;
    struct Row {
        std::string target;
        std::string verdict;
        std::string message;
    };
    for (const Row& row : {
             Row{"/me", "2500", "An active access token must be used to query information about the current user."},
             Row{"/me?access_token=", "2500",
                 "An active access token must be used to query information about the current user."},
             Row{"/17841400000000001", "104", "An access token is required to request this resource."},
             Row{"/me/nothing", "2500", "Unknown path components: /nothing"},
             Row{"/me?access_token=EAAcut", "190", "Invalid OAuth access token - Cannot parse access token"},
             Row{"/me?access_token=%22EAAx%22", "190", "Malformed access token \"EAAx\""},
             Row{"/me?access_token=EAAx%20", "190", "Malformed access token EAAx "},
             Row{"/me?access_token=100000000000001%7Cwrong", "190", "Invalid OAuth access token signature."},
             Row{"/me?access_token=42%7Cwrong", "101", "Error validating application. Invalid application ID."},
         }) {
        SCOPED_TRACE(row.target);
        const Answer answer = bench.facebook(row.target);
        EXPECT_EQ(answer.status(), 400);
        EXPECT_EQ(answer.verdict(), row.verdict);
        EXPECT_EQ(answer.text("error.message"), row.message);
    }
    EXPECT_EQ(bench.instagram("/me").verdict(), "2500");
    EXPECT_EQ(bench.instagram("/me?access_token=" + kAppToken).verdict(), "190");
}

TEST(Methods, MayBeOverriddenAndOthersAreUnsupported) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    EXPECT_EQ(bench.post("/graph.facebook.com/me/permissions?method=delete&access_token=" + token).response.body,
              R"({"success":true})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + token).verdict(), "190/458");

    const std::string fresh = bench.token(R"({"login":"facebook"})");
    const Answer deleted = bench.send(Bench::request("DELETE", "/graph.facebook.com/me?access_token=" + fresh));
    EXPECT_EQ(deleted.verdict(), "100/33");
    EXPECT_TRUE(deleted.text("error.message").starts_with("Unsupported delete request. Object with ID '"));
    EXPECT_EQ(bench.post("/graph.facebook.com/me/accounts?access_token=" + fresh).verdict(), "100/33");
    EXPECT_EQ(bench.send(Bench::request("DELETE", "/graph.facebook.com/oauth/access_token")).verdict(), "100");
    EXPECT_EQ(bench.facebook("").verdict(), "100");
    EXPECT_EQ(bench.facebook("?access_token=" + fresh).text("error.message"),
              "Unsupported get request. Please read the Graph API documentation at "
              "https://developers.facebook.com/docs/graph-api");
}

TEST(Headers, AreThoseOfMeta) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    const Answer good = bench.facebook("/me?access_token=" + token);
    EXPECT_EQ(good.header("content-type"), "application/json; charset=UTF-8");
    EXPECT_EQ(good.header("date"), "Mon, 23 Nov 2026 12:00:00 GMT");
    EXPECT_EQ(good.header("cache-control"), "private, no-cache, no-store, must-revalidate");
    EXPECT_EQ(good.header("pragma"), "no-cache");
    EXPECT_EQ(good.header("expires"), "Sat, 01 Jan 2000 00:00:00 GMT");
    EXPECT_EQ(good.header("access-control-allow-origin"), "*");
    EXPECT_EQ(good.header("x-app-usage"), R"({"call_count":1,"total_cputime":1,"total_time":1})");
    EXPECT_NE(good.header("x-fb-trace-id"), "");
    EXPECT_EQ(good.header("www-authenticate"), "");
    const Answer bad = bench.facebook("/me?access_token=EAAx");
    EXPECT_EQ(bad.header("cache-control"), "no-store");
    EXPECT_EQ(bad.text("error.fbtrace_id"), bad.header("x-fb-request-id"));
    EXPECT_EQ(bad.header("www-authenticate"),
              R"(OAuth "Facebook Platform" "invalid_token" "Invalid OAuth access token - Cannot parse access token")");
    // What a header cannot hold is blanked there.
    EXPECT_EQ(bench.facebook("/me?access_token=%22%C3%A9%0D%0Ax%22").header("www-authenticate"),
              R"(OAuth "Facebook Platform" "invalid_token" "Malformed access token      x ")");
    bench.advance(kDayS);
    EXPECT_EQ(bench.facebook("/me?access_token=" + token).header("date"), "Tue, 24 Nov 2026 12:00:00 GMT");
}

TEST(Headers, ShowUsageOfAppsAndAccounts) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const std::string id = minted.text("ig_user_id");
    const std::string target = "/" + id + "?access_token=" + minted.text("access_token");
    EXPECT_EQ(bench.facebook(target).header("x-business-use-case-usage"),
              "{\"" + id +
                  "\":[{\"type\":\"instagram\",\"call_count\":1,\"total_cputime\":1,\"total_time\":1,"
                  "\"estimated_time_to_regain_access\":0}]}");
    bench.control("switches", R"({"rate_usage":"high"})");
    EXPECT_EQ(bench.facebook(target).header("x-app-usage"), R"({"call_count":95,"total_cputime":95,"total_time":95})");
}

TEST(Headers, AnEtagSavesTheBody) {
    Bench bench;
    const std::string target = "/graph.facebook.com/me?access_token=" + bench.token(R"({"login":"facebook"})");
    http::Request again = Bench::request("GET", target);
    again.headers.add("If-None-Match", bench.get(target).header("etag"));
    const Answer unchanged = bench.send(again);
    EXPECT_EQ(unchanged.status(), 304);
    EXPECT_EQ(unchanged.response.body, "");
}

TEST(Bytes, AreCompactWithEscapedSlashesAndLetters) {
    Bench bench;
    const Answer minted = bench.mint(R"({"login":"facebook"})");
    const Answer account =
        bench.facebook("/" + minted.text("ig_user_id") + "?fields=name&access_token=" + minted.text("access_token"));
    EXPECT_EQ(account.response.body, R"({"name":"Demo Caf\u00e9","id":")" + minted.text("ig_user_id") + "\"}");
    const Answer page =
        bench.facebook("/" + minted.text("page_id") + "?fields=link&access_token=" + minted.text("access_token"));
    EXPECT_TRUE(page.response.body.starts_with(R"({"link":"https:\/\/www.facebook.com\/)")) << page.response.body;
}

TEST(Proof, IsCheckedWhenSentAndMayBeRequired) {
    Bench bench;
    const std::string token = bench.token(R"({"login":"facebook"})");
    struct Row {
        std::string name;
        std::string query;
        std::string verdict;
    };
    for (const Row& row : {
             Row{"none", "", "200"},
             Row{"wrong", "&appsecret_proof=6f1da528200c9eebddec0959a8e0949676417d592084b91e4b2e0975f3f9d817", "100"},
             Row{"garbage", "&appsecret_proof=x", "100"},
         }) {
        SCOPED_TRACE(row.name);
        const Answer answer = bench.facebook("/me?access_token=" + token + row.query);
        EXPECT_EQ(answer.verdict(), row.verdict);
        if (row.verdict == "200") continue;
        EXPECT_EQ(answer.text("error.type"), "GraphMethodException");
        EXPECT_EQ(answer.text("error.message"), "Invalid appsecret_proof provided in the API argument");
    }
    bench.control("switches", R"({"appsecret_proof":"required"})");
    EXPECT_EQ(bench.facebook("/me?access_token=" + token).text("error.message"),
              "API calls from the server require an appsecret_proof argument");
    EXPECT_EQ(bench.facebook("/debug_token?input_token=" + token + "&access_token=" + kAppToken).status(), 200);
}

} // namespace
} // namespace everlong::simulator
