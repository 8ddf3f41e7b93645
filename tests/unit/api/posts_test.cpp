// /v1/posts: what callers say becomes a post, and what cannot be one is named.
#include "posts_bench.hpp"

#include <base/percent.hpp>
#include <core/publishing/publish_limits.hpp>

#include <algorithm>

namespace everlong::api {
namespace {

TEST_F(Posts, AreMadeAsAPersonSaysIt) {
    const auto post = create(picture_post());
    EXPECT_EQ(post.at("state"), "scheduled");
    EXPECT_EQ(post.at("at"), "2026-12-24T17:00:00Z");
    EXPECT_EQ(post.at("zone"), "Europe/Berlin");
    EXPECT_EQ(post.at("wall_time"), "2026-12-24T18:00:00");
    EXPECT_EQ(post.at("media").at(0).at("alt_text"), "a cat");
    EXPECT_EQ(post.at("cause"), nullptr);
    EXPECT_EQ(post.at("late_s"), 0);
    EXPECT_EQ(post.at("timeline").at(0).at("event"), "created");
    EXPECT_FALSE(post.at("next_attempt_at").is_null());
    EXPECT_EQ(changes_, 1);
    EXPECT_EQ(body_of(local("GET", "/v1/posts/" + id_of(post))), post);
}

TEST_F(Posts, WithoutATimeGoOutNow) {
    auto body = picture_post();
    body.erase("at");
    body.erase("zone");
    EXPECT_EQ(create(body).at("at"), json::value(to_rfc3339(clock_.at)));
}

TEST_F(Posts, TakeTimesAsPeopleWriteThem) {
    const auto send_at = [&](const std::string& at) {
        auto body = picture_post();
        body.erase("zone");
        body["at"] = at;
        return body_of(local("POST", "/v1/posts?check=true", body));
    };
    const auto when = [&](const std::string& at) { return send_at(at).at("post").at("at"); };
    EXPECT_EQ(when("2027-02-01T10:00Z"), "2027-02-01T10:00:00Z");
    EXPECT_EQ(when("2027-02-01T10:00+01:00"), "2027-02-01T09:00:00Z");
    EXPECT_EQ(when("2027-02-01T10:00:30-0130"), "2027-02-01T11:30:30Z");
    EXPECT_EQ(when("now"), json::value(to_rfc3339(clock_.at)));
    const std::pair<std::string, std::string> wrong[]{{"18:00", "no date"},
                                                      {"2026-11-26", "no time of day"},
                                                      {"2020-01-01T00:00Z", "has passed"},
                                                      {"2027-02-01T10:00Q-", "2027"},
                                                      {"2027-02-01T25:00Z", "2027"}};
    for (const auto& [at, why] : wrong) {
        const auto problem = send_at(at);
        EXPECT_EQ(problem.at("code"), "E_TIME_SYNTAX") << at;
        EXPECT_TRUE(std::string_view(problem.at("detail").as_string()).contains(why)) << problem;
    }
}

TEST_F(Posts, ACheckStoresNothing) {
    const auto good = local("POST", "/v1/posts?check=true", picture_post());
    EXPECT_EQ(good.status, 200);
    EXPECT_EQ(body_of(good).at("ok"), true);
    EXPECT_EQ(body_of(good).at("post").at("id"), nullptr);
    auto bad = picture_post();
    bad["kind"] = "carousel";
    const auto answer = body_of(local("POST", "/v1/posts?check=true", bad));
    EXPECT_EQ(answer.at("ok"), false);
    EXPECT_FALSE(answer.at("findings").as_array().empty());
    EXPECT_EQ(count(), 0U);
}

TEST_F(Posts, WithoutAPublicAddressAPictureOfOursIsRefused) {
    host_.missing = "EVERLONG_PUBLIC_URL is not set";
    const auto answer = local("POST", "/v1/posts", picture_post());
    EXPECT_EQ(code_of(answer), "E_POST_REFUSED");
    EXPECT_EQ(rules_of(body_of(answer)), "~channel-not-connected medium-not-public ");
    EXPECT_EQ(body_of(local("POST", "/v1/posts?check=true", picture_post())).at("ok"), false);
    auto draft = picture_post();
    draft["draft"] = true; // until it may be shown
    EXPECT_EQ(create(draft).at("state"), "draft");
    auto elsewhere = picture_post();
    elsewhere["media"] = json::array{"https://example.org/a.jpg"};
    EXPECT_EQ(create(elsewhere).at("state"), "scheduled");
}

TEST_F(Posts, ACheckSaysThatTheChannelCannotPublish) {
    const auto planned = body_of(local("POST", "/v1/posts?check=true", picture_post()));
    EXPECT_EQ(planned.at("ok"), true) << "it may be connected by then";
    EXPECT_EQ(rules_of(planned), "~channel-not-connected ");
    EXPECT_NE(json::serialize(planned).find("'shop' is unconnected"), std::string::npos);
    auto body = picture_post();
    body.erase("at");
    body.erase("zone");
    const auto at_once = body_of(local("POST", "/v1/posts?check=true", body));
    EXPECT_EQ(at_once.at("ok"), false);
    EXPECT_EQ(rules_of(at_once), "channel-not-connected ");
    // It is kept all the same, and goes out once its channel does.
    EXPECT_EQ(rules_of(create(body)), "~channel-not-connected ");
}

TEST_F(Posts, AddressesAreAskedBeforeSomethingIsSaidOfThem) {
    const std::string gone = "https://example.org/gone.jpg";
    const std::string down = "https://down.example/a.jpg";
    host_.troubles.emplace(gone,
                           Error(Code::kMediaAddress, Fault::kRefused, "example.org answers 404: there is nothing"));
    host_.troubles.emplace(down, Error(Code::kMediaAddress, Fault::kTransient, "down.example cannot be reached"));
    auto body = picture_post();
    body["kind"] = "carousel";
    body["media"] = json::array{gone, down, "https://example.org/good.jpg"};
    const auto planned = body_of(local("POST", "/v1/posts?check=true", body));
    EXPECT_EQ(rules_of(planned), "~channel-not-connected medium-not-fetchable ~medium-unreachable ");
    EXPECT_EQ(planned.at("findings").at(1).at("measured"), "example.org answers 404: there is nothing");
    EXPECT_EQ(host_.asked.size(), 3U);
    // While somebody writes, nobody is asked; nor for what is due later, which the engine asks for in time.
    EXPECT_EQ(rules_of(body_of(local("POST", "/v1/posts?check=true&ask=false", body))), "~channel-not-connected ");
    create(body);
    EXPECT_EQ(host_.asked.size(), 3U);
    // Due now: what is wrong is refused at once, what may pass is tried.
    body.erase("at");
    body.erase("zone");
    const auto refused = local("POST", "/v1/posts", body);
    EXPECT_EQ(code_of(refused), "E_POST_REFUSED");
    EXPECT_EQ(rules_of(body_of(refused)), "~channel-not-connected medium-not-fetchable ~medium-unreachable ");
    body["media"] = json::array{down, "https://example.org/good.jpg"};
    EXPECT_EQ(rules_of(create(body)), "~channel-not-connected ~medium-unreachable ");
    EXPECT_EQ(rules_of(body_of(local("POST", "/v1/posts?check=true", body))),
              "channel-not-connected medium-unreachable ");
}

TEST_F(Posts, TheAddressOfACoverIsAskedAsWell) {
    const std::string cover = "https://example.org/cover.png";
    host_.troubles.emplace(cover, Error(Code::kMediaAddress, Fault::kRefused, "example.org gives a PNG picture"));
    json::object body{{"channel", "shop"},
                      {"kind", "reel"},
                      {"media", json::array{"https://example.org/clip.mp4"}},
                      {"reel", json::object{{"cover", cover}}},
                      {"at", "2026-12-24T18:00:00Z"}};
    EXPECT_EQ(rules_of(body_of(local("POST", "/v1/posts?check=true", body))),
              "cover-not-fetchable ~channel-not-connected ");
}

TEST_F(Posts, WhatMetaWouldRefuseIsRefusedWithItsFindings) {
    auto body = picture_post();
    body["kind"] = "carousel";
    const auto answer = local("POST", "/v1/posts", body);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(code_of(answer), "E_POST_REFUSED");
    EXPECT_FALSE(body_of(answer).at("findings").as_array().empty());
    // As a draft it is kept.
    body["draft"] = true;
    EXPECT_EQ(create(body).at("state"), "draft");
}

TEST_F(Posts, WhatIsWrongIsNamed) {
    const auto code = [&](const std::string& member, const json::value& value) {
        auto body = picture_post();
        body[member] = value;
        return code_of(local("POST", "/v1/posts", body));
    };
    EXPECT_EQ(code("channel", "nobody"), "E_CHANNEL_UNKNOWN");
    EXPECT_EQ(code("kind", "poem"), "E_USAGE");
    EXPECT_EQ(code("captoin", "x"), "E_HTTP_BODY");
    EXPECT_EQ(code("media", "cat.jpg"), "E_HTTP_BODY");
    EXPECT_EQ(code("media", json::array{"file_00000000000000000000"}), "E_FILE_UNKNOWN");
    EXPECT_EQ(code("media", json::array{json::object{{"url", "https://user:pw@a.example/x.jpg"}}}), "E_MEDIA_ADDRESS");
    EXPECT_EQ(code("media", json::array{json::object{{"url", "file:///etc/passwd"}}}), "E_MEDIA_ADDRESS");
    EXPECT_EQ(code("at", "tomorrow"), "E_TIME_SYNTAX");
    EXPECT_EQ(code("at", "2020-01-01T00:00"), "E_TIME_SYNTAX"); // has passed
    EXPECT_EQ(code("at", ""), "E_TIME_SYNTAX") << "what was to be filled in must not publish at once";
    EXPECT_EQ(code("at", nullptr), "E_TIME_SYNTAX") << "nor what is null";
    EXPECT_EQ(code("draft", nullptr), "E_HTTP_BODY") << "neither true nor false";
    EXPECT_EQ(code("draft", "no"), "E_HTTP_BODY");
    EXPECT_EQ(code("background", "red"), "E_USAGE");
    EXPECT_EQ(code("zone", "Europe/Atlantis"), "E_ZONE_UNKNOWN");
    EXPECT_EQ(code("reel", json::object{{"trial", "maybe"}}), "E_USAGE");
    EXPECT_EQ(count(), 0U);
}

TEST_F(Posts, NothingGoesOutForWhatWasNotFilledIn) {
    auto body = picture_post();
    body.erase("zone");
    for (const json::value& at : {json::value(nullptr), json::value("")}) {
        body["at"] = at;
        EXPECT_EQ(code_of(local("POST", "/v1/posts", body)), "E_TIME_SYNTAX") << at;
        EXPECT_EQ(code_of(local("POST", "/v1/posts?check=true", body)), "E_TIME_SYNTAX") << at;
    }
    body.erase("at");
    body["draft"] = nullptr;
    EXPECT_EQ(code_of(local("POST", "/v1/posts", body)), "E_HTTP_BODY");
    EXPECT_EQ(count(), 0U);
    // A draft may have no time, and keeps the one that it has until null takes it away.
    body["draft"] = true;
    body["at"] = nullptr;
    EXPECT_EQ(create(body).at("at"), nullptr);
    body["at"] = "2026-12-24T18:00:00Z";
    const std::string draft = "/v1/posts/" + id_of(create(body));
    EXPECT_EQ(code_of(local("PATCH", draft, {{"at", ""}})), "E_TIME_SYNTAX");
    EXPECT_EQ(code_of(local("PATCH", draft, {{"at", ""}, {"draft", false}})), "E_TIME_SYNTAX");
    EXPECT_EQ(code_of(local("PATCH", draft, {{"draft", nullptr}})), "E_HTTP_BODY");
    EXPECT_EQ(body_of(local("GET", draft)).at("at"), "2026-12-24T18:00:00Z");
    EXPECT_EQ(body_of(local("GET", draft)).at("state"), "draft");
    EXPECT_EQ(body_of(local("PATCH", draft, {{"at", nullptr}})).at("at"), nullptr);
}

TEST_F(Posts, AScheduledOneKeepsItsTime) {
    const std::string target = "/v1/posts/" + id_of(create(picture_post()));
    const auto refused = local("PATCH", target, {{"at", nullptr}});
    EXPECT_EQ(code_of(refused), "E_TIME_SYNTAX");
    EXPECT_NE(refused.body.find("a post that is scheduled has a time; cancel it"), std::string::npos) << refused.body;
    EXPECT_EQ(code_of(local("PATCH", target, {{"at", nullptr}, {"caption", "x"}})), "E_TIME_SYNTAX");
    EXPECT_EQ(code_of(local("POST", target + "/settle", {{"published", nullptr}})), "E_HTTP_BODY");
    local("DELETE", target);
    EXPECT_EQ(code_of(local("PATCH", target, {{"at", nullptr}})), "E_POST_STATE") << "it is over";
}

TEST_F(Posts, AreListedByChannelStateAndTime) {
    create(picture_post());
    auto later = picture_post("other");
    later["at"] = "2027-01-01T00:00:00Z";
    later.erase("zone");
    later["draft"] = true;
    create(later);
    const auto listed = [&](const std::string& query) {
        const auto answer = local("GET", "/v1/posts" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return body_of(answer).at("posts").as_array();
    };
    ASSERT_EQ(listed("").size(), 2U);
    EXPECT_EQ(listed("").at(0).at("channel"), "other");
    EXPECT_EQ(listed("?order=oldest").at(0).at("channel"), "shop");
    EXPECT_EQ(listed("?channel=shop").size(), 1U);
    EXPECT_EQ(listed("?state=draft").size(), 1U);
    EXPECT_EQ(listed("?state=draft,scheduled").size(), 2U);
    EXPECT_EQ(listed("?from=2026-12-25T00:00:00Z").size(), 1U);
    EXPECT_EQ(listed("?until=2026-12-25T00:00:00Z").size(), 1U);
    const auto page = body_of(local("GET", "/v1/posts?limit=1"));
    const auto rest = listed("?limit=1&after=" + percent_encode(page.at("next").as_string()));
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest.at(0).at("channel"), "shop");
    EXPECT_EQ(local("GET", "/v1/posts?state=lost").status, 400);
    EXPECT_EQ(local("GET", "/v1/posts?channel=nobody").status, 404);
    EXPECT_EQ(local("GET", "/v1/posts?from=yesterday").status, 400);
}

TEST_F(Posts, AKeyForOneChannelSeesItsOwnOnly) {
    const std::string theirs = id_of(create(picture_post("other")));
    const std::string key = key_for({"posts:read", "posts:write"}, "shop");
    EXPECT_EQ(with_key(key, "GET", "/v1/posts/" + theirs).status, 404);
    EXPECT_EQ(with_key(key, "DELETE", "/v1/posts/" + theirs).status, 404);
    EXPECT_EQ(body_of(with_key(key, "GET", "/v1/posts")).at("posts").as_array().size(), 0U);
    EXPECT_EQ(with_key(key, "GET", "/v1/posts?channel=other").status, 404);
    EXPECT_EQ(with_key(key, "POST", "/v1/posts", picture_post("other")).status, 404);
    EXPECT_EQ(with_key(key_for({"posts:read"}), "DELETE", "/v1/posts/" + theirs).status, 403);
}

TEST_F(Posts, ADraftHasNoTimeUntilItIsGivenOne) {
    auto body = picture_post();
    body.erase("at");
    body.erase("zone");
    body["draft"] = true;
    EXPECT_EQ(body_of(local("POST", "/v1/posts?check=true", body)).at("post").at("at"), nullptr);
    const auto draft = create(body);
    EXPECT_EQ(draft.at("at"), nullptr);
    const std::string target = "/v1/posts/" + id_of(draft);
    clock_.at += Minutes(5);
    // Nothing goes out because a time was left out.
    EXPECT_EQ(code_of(local("PATCH", target, {{"draft", false}})), "E_USAGE");
    EXPECT_EQ(code_of(local("PATCH", target, {{"draft", false}, {"at", nullptr}})), "E_USAGE");
    EXPECT_EQ(code_of(local("PATCH", target, {{"at", "now"}})), "E_USAGE");
    EXPECT_EQ(body_of(local("PATCH", target, {{"caption", "Better"}})).at("at"), nullptr);
    EXPECT_EQ(body_of(local("PATCH", target, {{"at", "2026-12-25T09:00:00Z"}})).at("at"), "2026-12-25T09:00:00Z");
    EXPECT_EQ(body_of(local("PATCH", target, {{"at", nullptr}})).at("at"), nullptr);
    EXPECT_EQ(body_of(local("PATCH", target, {{"at", "2026-12-25T09:00:00Z"}})).at("state"), "draft");
    const auto planned = body_of(local("PATCH", target, {{"draft", false}}));
    EXPECT_EQ(planned.at("state"), "scheduled");
    EXPECT_EQ(planned.at("at"), "2026-12-25T09:00:00Z");
    EXPECT_EQ(body_of(local("PATCH", target, {{"at", "now"}})).at("at"), json::value(to_rfc3339(clock_.at)));
}

TEST_F(Posts, ADraftWhoseTimeHasPassedNeedsAnother) {
    auto body = picture_post();
    body["draft"] = true;
    const std::string target = "/v1/posts/" + id_of(create(body));
    clock_.at += Days(365);
    EXPECT_EQ(code_of(local("PATCH", target, {{"draft", false}})), "E_USAGE");
    EXPECT_EQ(body_of(local("PATCH", target, {{"draft", false}, {"at", "now"}})).at("state"), "scheduled");
}

TEST_F(Posts, ATimeThatClocksSkipOrShowTwiceIsTold) {
    const auto with = [&](std::string_view at, std::string_view zone) {
        auto body = picture_post();
        body["at"] = at;
        body["zone"] = zone;
        auto post = body_of(local("POST", "/v1/posts?check=true", body)).at("post").as_object();
        // Besides, the channel has no token.
        json::array& findings = post.at("findings").as_array();
        findings.erase(std::remove_if(findings.begin(), findings.end(),
                                      [](const auto& one) { return one.at("rule") == "channel-not-connected"; }),
                       findings.end());
        return post;
    };
    const auto gap = with("2027-03-28T02:30", "Europe/Berlin");
    EXPECT_EQ(gap.at("at"), "2027-03-28T01:00:00Z");
    EXPECT_EQ(gap.at("wall_time"), "2027-03-28T02:30:00");
    EXPECT_EQ(gap.at("local_time"), "2027-03-28T03:00:00+02:00");
    ASSERT_EQ(gap.at("findings").as_array().size(), 1U);
    EXPECT_EQ(gap.at("findings").at(0).at("rule"), "time-gap");
    EXPECT_EQ(gap.at("findings").at(0).at("severity"), "warning");
    EXPECT_EQ(gap.at("findings").at(0).at("measured"),
              "it goes out at 2027-03-28T03:00:00+02:00 in Europe/Berlin, 2027-03-28T01:00:00Z");
    const auto twice = with("2027-10-31T02:30", "Europe/Berlin");
    ASSERT_EQ(twice.at("findings").as_array().size(), 1U);
    EXPECT_EQ(twice.at("findings").at(0).at("rule"), "time-twice");
    EXPECT_EQ(twice.at("at"), "2027-10-31T00:30:00Z");
    // With its offset there is no doubt, and it stays the second one.
    const auto second = with("2027-10-31T02:30:00+01:00", "Europe/Berlin");
    EXPECT_TRUE(second.at("findings").as_array().empty());
    EXPECT_EQ(second.at("at"), "2027-10-31T01:30:00Z");
    EXPECT_EQ(second.at("wall_time"), nullptr);
    const auto plain = with("2027-10-31T04:30", "Europe/Berlin");
    EXPECT_TRUE(plain.at("findings").as_array().empty());
    EXPECT_EQ(plain.at("local_time"), "2027-10-31T04:30:00+01:00");
}

TEST_F(Posts, AreChangedScheduledAndCancelled) {
    auto body = picture_post();
    body["draft"] = true;
    const std::string target = "/v1/posts/" + id_of(create(body));
    auto changed = local("PATCH", target, {{"caption", "Better"}});
    EXPECT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(body_of(changed).at("state"), "draft");
    EXPECT_EQ(body_of(changed).at("caption"), "Better");
    EXPECT_EQ(body_of(changed).at("media").as_array().size(), 1U);
    changed = local("PATCH", target, {{"draft", false}, {"at", "2026-12-25T09:00"}, {"zone", "Asia/Tokyo"}});
    EXPECT_EQ(body_of(changed).at("state"), "scheduled");
    EXPECT_EQ(body_of(changed).at("at"), "2026-12-25T00:00:00Z");
    EXPECT_EQ(body_of(changed).at("caption"), "Better");
    EXPECT_EQ(code_of(local("PATCH", target, {{"draft", true}})), "E_POST_STATE");
    EXPECT_EQ(code_of(local("PATCH", target, {{"channel", "other"}})), "E_USAGE");
    EXPECT_EQ(body_of(local("DELETE", target)).at("state"), "cancelled");
    EXPECT_EQ(code_of(local("DELETE", target)), "E_POST_STATE");
    EXPECT_EQ(code_of(local("PATCH", target, {{"caption", "Too late"}})), "E_POST_STATE");
    EXPECT_EQ(code_of(local("POST", target + "/settle", {{"published", true}})), "E_POST_STATE");
    EXPECT_EQ(code_of(local("POST", target + "/settle", {})), "E_HTTP_BODY");
    EXPECT_EQ(code_of(local("POST", "/v1/posts/post_nothing/retry")), "E_POST_UNKNOWN");
}

TEST_F(Posts, ShowThatAFileIsNeeded) {
    const auto post = create(picture_post());
    const std::string file(post.at("media").at(0).at("file").as_string());
    EXPECT_EQ(code_of(local("DELETE", "/v1/files/" + file)), "E_FILE_IN_USE");
    local("DELETE", "/v1/posts/" + id_of(post));
    EXPECT_EQ(local("DELETE", "/v1/files/" + file).status, 204);
}

TEST_F(Posts, ATableOfThemIsImportedWholeOrNotAtAll) {
    const std::string file = bring_picture();
    const std::string heads = "channel;kind;media;caption;at;zone\n";
    const std::string good = "shop;image;" + file + ";\"Ein; zwei\";2026-12-24T18:00;Europe/Berlin\n";
    const std::string bad = "shop;image;" + file + ";x;someday;\n";
    const auto checked = import(heads + good + bad, "?check=true");
    EXPECT_EQ(checked.status, 200);
    EXPECT_EQ(body_of(checked).at("failed"), 1);
    EXPECT_EQ(body_of(checked).at("rows").at(1).at("line"), 3);
    EXPECT_EQ(body_of(checked).at("rows").at(1).at("problem").at("code"), "E_TIME_SYNTAX");
    const auto refused = import(heads + good + bad);
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(body_of(refused).at("created"), 0);
    EXPECT_EQ(count(), 0U);
    const auto partial = import(heads + good + bad, "?partial=true");
    EXPECT_EQ(partial.status, 422);
    EXPECT_EQ(body_of(partial).at("created"), 1);
    EXPECT_EQ(body_of(partial).at("rows").at(0).at("post").at("caption"), "Ein; zwei");
    EXPECT_EQ(count(), 1U);
    // With a key the same table makes nothing twice.
    EXPECT_EQ(body_of(import(heads + good, "", {{"Idempotency-Key", "december"}})).at("created"), 1);
    EXPECT_EQ(body_of(import(heads + good, "", {{"Idempotency-Key", "december"}})).at("created"), 0);
    EXPECT_EQ(count(), 2U);
    EXPECT_EQ(code_of(import("channel,colour\nshop,red\n")), "E_USAGE");
    EXPECT_EQ(code_of(import("channel,kind\n")), "E_USAGE");
}

// What a person does with a table: mends it, adds to it, and sends it again.
TEST_F(Posts, OfATableAreMadeOnce) {
    const std::string heads = "channel,media,caption,at,zone\n";
    const std::string first = "shop," + bring_picture("JPEG of a cat") + ",One,2026-12-24T18:00,Europe/Berlin\n";
    const std::string second = "shop," + bring_picture("JPEG of a dog") + ",Two,2026-12-25T18:00,Europe/Berlin\n";
    const auto made = body_of(import(heads + first, "?once=true"));
    EXPECT_EQ(made.at("created"), 1);
    EXPECT_EQ(made.at("existing"), 0);
    // Another line above moves it, and still it is the same row.
    const auto more = body_of(import(heads + second + first, "?once=true&check=true"));
    EXPECT_EQ(more.at("existing"), 1);
    EXPECT_EQ(more.at("rows").at(0).at("existing"), false);
    EXPECT_EQ(more.at("rows").at(1).at("post").at("id"), made.at("rows").at(0).at("post").at("id"));
    const auto all = body_of(import(heads + second + first, "?once=true"));
    EXPECT_EQ(all.at("created"), 1);
    EXPECT_EQ(count(), 2U);
    // Two equal rows of one table are two wishes.
    EXPECT_EQ(body_of(import(heads + first + first, "?once=true")).at("created"), 1);
    EXPECT_EQ(body_of(import(heads + first + first, "?once=true")).at("created"), 0);
    EXPECT_EQ(count(), 3U);
    // When its time has passed, or another zone is asked for, it was made all the same.
    const std::string zoneless = "channel,media,caption,at\nshop," + bring_picture() + ",Three,2026-12-26T18:00\n";
    EXPECT_EQ(body_of(import(zoneless, "?once=true&zone=Europe/Berlin")).at("created"), 1);
    clock_.at += Days(400);
    const auto late = import(zoneless, "?once=true&zone=Asia/Tokyo");
    EXPECT_EQ(late.status, 201);
    EXPECT_EQ(body_of(late).at("existing"), 1);
    EXPECT_EQ(count(), 4U);
}

TEST_F(Posts, OfATableAreKnownByTheirRowsAndNotByTheLinesOfACall) {
    const std::string heads = "channel,media,caption,at\n";
    const std::string first = "shop," + bring_picture("JPEG of a cat") + ",\"One\nline\",2026-12-24T18:00:00Z\n";
    const std::string second = "shop," + bring_picture("JPEG of a dog") + ",Two,2026-12-25T18:00:00Z\n";
    const Fields same{{"Idempotency-Key", "december"}};
    EXPECT_EQ(body_of(import(heads + first, "?once=true", same)).at("created"), 1);
    const auto grown = body_of(import(heads + second + first, "?once=true", same));
    EXPECT_EQ(grown.at("created"), 1);
    EXPECT_EQ(grown.at("rows").at(0).at("post").at("caption"), "Two");
    EXPECT_EQ(grown.at("rows").at(1).at("post").at("caption"), "One\nline");
    // Another call's key, and line ends of another editor, make no other rows of them.
    std::string elsewhere = heads + second + first;
    for (std::size_t at = 0; (at = elsewhere.find('\n', at)) != std::string::npos; at += 2)
        elsewhere.replace(at, 1, "\r\n");
    EXPECT_EQ(body_of(import(elsewhere, "?once=true", {{"Idempotency-Key", "again"}})).at("existing"), 2);
    EXPECT_EQ(count(), 2U);
}

TEST_F(Posts, OfATableWithOneKeyTwiceAreNotTakenForOne) {
    const std::string heads = "channel,media,caption,at,key\n";
    const std::string first = "shop," + bring_picture("JPEG of a cat") + ",One,2026-12-24T18:00:00Z,a\n";
    const std::string second = "shop," + bring_picture("JPEG of a dog") + ",Two,2026-12-25T18:00:00Z,a\n";
    for (int i = 0; i < 2; ++i) {
        const auto rows = body_of(import(heads + first + second, "?once=true&partial=true")).at("rows").as_array();
        EXPECT_EQ(rows.at(0).at("ok"), true) << i;
        EXPECT_EQ(rows.at(1).at("ok"), false) << i;
        EXPECT_EQ(rows.at(1).at("problem").at("code"), "E_IDEMPOTENCY") << i;
    }
    EXPECT_EQ(count(), 1U);
}

TEST_F(Posts, OfATableFindTheirFilesByName) {
    const std::string cat = bring_picture("JPEG of a cat");
    const std::string dog = bring_picture("JPEG of a dog");
    const std::string table =
        "channel,media,at\nshop,my cat.jpg,2026-12-24T18:00:00Z\nshop,dog.jpg|cat.jpg,2026-12-25T18:00:00Z\n";
    const auto send = [&](const json::value& files, const std::string& query) {
        const json::object body{{"table", table}, {"files", files}};
        return bring("POST", "/v1/posts/import" + query, {{"Content-Type", "application/json"}}, json::serialize(body));
    };
    const json::object named{{"my cat.jpg", cat}, {"cat.jpg", cat}, {"dog.jpg", dog}};
    const auto rows = body_of(send(named, "?once=true")).at("rows").as_array();
    EXPECT_EQ(rows.at(0).at("post").at("media").at(0).at("file").as_string(), cat);
    EXPECT_EQ(rows.at(1).at("post").at("kind"), "carousel");
    EXPECT_EQ(rows.at(1).at("post").at("media").at(0).at("file").as_string(), dog);
    const auto missing = body_of(send({{"my cat.jpg", cat}, {"cat.jpg", cat}}, "?check=true")).at("rows").as_array();
    EXPECT_EQ(missing.at(0).at("ok"), true);
    EXPECT_EQ(missing.at(1).at("problem").at("code"), "E_FILE_UNKNOWN");
    // Brought once more, its picture has another id; it is the same row.
    const json::object again{{"my cat.jpg", bring_picture()}, {"cat.jpg", cat}, {"dog.jpg", bring_picture()}};
    EXPECT_EQ(body_of(send(again, "?once=true")).at("existing"), 2);
    EXPECT_EQ(code_of(send(json::array{}, "")), "E_HTTP_BODY");
    EXPECT_EQ(code_of(bring("POST", "/v1/posts/import", {{"Content-Type", "application/json"}}, "channel,media")),
              "E_HTTP_BODY");
}

TEST_F(Posts, ThatAPersonHasToLookAtAreCountedOnTheirChannel) {
    const auto end_as = [&](core::PostState state, Milliseconds age) {
        auto post = test::run(io_, store_.posts().find_post(core::PostId(id_of(create(picture_post())))));
        (**post).state = state;
        (**post).schedule.due_at = clock_.now() - age;
        (**post).progress.next_attempt_at.reset();
        ASSERT_TRUE(test::run(io_, store_.posts().save_post(**post, {}, std::nullopt)));
    };
    end_as(core::PostState::kHeld, Days(90));
    end_as(core::PostState::kUncertain, Hours(1));
    end_as(core::PostState::kFailed, core::kFailedToldFor - Hours(1));
    end_as(core::PostState::kFailed, core::kFailedToldFor + Hours(1));
    const json::object shop = body_of(local("GET", "/v1/channels/shop"));
    EXPECT_EQ(shop.at("posts_held"), 1);
    EXPECT_EQ(shop.at("posts_uncertain"), 1);
    EXPECT_EQ(shop.at("posts_failed"), 1) << "one of long ago is not told for ever";
    const json::object all = body_of(local("GET", "/v1/channels"));
    for (const auto& channel : all.at("channels").as_array())
        EXPECT_EQ(channel.at("posts_held"), channel.at("name") == "shop" ? 1 : 0);
}

TEST_F(Posts, AtRiskAreCountedWhereAPersonIsNeeded) {
    create(picture_post());
    // The channel has no token.
    EXPECT_EQ(body_of(local("GET", "/v1/channels/shop")).at("posts_at_risk"), 1);
    EXPECT_EQ(body_of(local("GET", "/v1/channels/other")).at("posts_at_risk"), 0);
}

} // namespace
} // namespace everlong::api
