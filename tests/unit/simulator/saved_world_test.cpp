// A saved world is whole: loaded into a fresh simulator, it answers as the one that it was saved from.
#include <base/percent.hpp>

#include <unit/simulator/media_host.hpp>

namespace everlong::simulator {
namespace {

// A life of some days: posts of every kind, a failed reel, an upload half-way, a used quota, switches, a comment.
struct Life {
    explicit Life(Publisher& p) {
        p.token = p.bench.token(R"({"login":"facebook","scopes":["instagram_basic","instagram_content_publish",)"
                                R"("pages_show_list","pages_read_engagement","instagram_manage_comments"]})");
        image = p.post("first");
        p.call("POST", image + "/comments", {{"message", "Well baked"}});
        p.bench.advance(3 * kDayS);
        std::string children;
        for (int i = 0; i < 2; ++i)
            children += p.container({{"image_url", p.host.picture()}, {"is_carousel_item", "true"}}) + ",";
        p.publish(p.container({{"media_type", "CAROUSEL"}, {"children", children}, {"caption", "two"}}));
        p.publish(p.container({{"media_type", "STORIES"}, {"image_url", p.host.picture()}}));
        const std::string reel = p.container({{"media_type", "REELS"}, {"video_url", p.host.video()}});
        p.settled(reel);
        p.publish(reel);
        const std::string failed = p.container({{"media_type", "REELS"}, {"video_url", p.host.address("missing.mp4")}});
        p.settled(failed);
        const std::string waiting = p.container({{"media_type", "REELS"}, {"upload_type", "resumable"}});
        p.set("publish_quota", "25");
        p.set("image_processing_s", "10");
        const std::string slow = p.container({{"image_url", p.host.picture()}});
        containers = {reel, failed, waiting, slow};
    }
    std::string image;
    std::vector<std::string> containers;
};

// What both must agree on.
std::vector<std::string> answers(Publisher& p, const Life& life) {
    std::vector<std::string> all;
    const auto ask = [&](const std::string& path, const http::Parameters& parameters = {}) {
        // Not fbtrace_id and such: of errors the verdict is enough.
        const Answer answer = p.call("GET", path, parameters);
        all.push_back(answer.has("error") ? answer.verdict() : answer.response.body);
    };
    all.push_back(p.bench.get("/_sandbox/clock").response.body);
    ask(p.account + "/media", {{"fields", "id,caption,timestamp,media_type,permalink,children{id,media_url}"}});
    ask(p.account + "/stories", {{"fields", "id,media_url"}});
    ask(p.account + "/content_publishing_limit", {{"fields", "config,quota_usage"}});
    ask(life.image + "/comments");
    for (const std::string& id : life.containers)
        ask(id, {{"fields", "id,status,status_code,video_status"}});
    all.push_back(p.bench.get("/_sandbox/switches").response.body);
    const std::string picture = p.read(life.image, "media_url").text("media_url");
    all.push_back(p.bench.get(picture.substr(picture.find("/_sandbox"))).response.body);
    return all;
}

TEST(SavedWorld, AnswersAsTheOneItWasSavedFrom) {
    Publisher first;
    const Life life(first);
    const std::string ledger = first.bench.ledger().response.body;
    const std::string saved = first.bench.get("/_sandbox/world").response.body;

    Publisher second;
    // Another calendar and another past, none of which may remain.
    second.post("forgotten");
    second.set("second_publish", "doubles");
    second.bench.real_unix_s = kStartUnixS + 400 * kDayS;
    ASSERT_EQ(second.bench.send(Bench::request("PUT", "/_sandbox/world", saved)).status(), 200);
    EXPECT_EQ(second.bench.get("/_sandbox/world").response.body, saved);
    EXPECT_EQ(second.bench.ledger().response.body, ledger);
    second.token = first.token;
    second.account = first.account;
    EXPECT_EQ(answers(second, life), answers(first, life));

    // Life goes on: what was slow gets ready, what waited for bytes takes them, new things have ids of their own.
    second.bench.advance(10);
    EXPECT_EQ(second.status(life.containers[3]), "FINISHED");
    EXPECT_EQ(second.publish(life.containers[3]).status(), 200);
    EXPECT_EQ(second.status(life.containers[2]), "IN_PROGRESS");
    second.set("image_processing_s", "0");
    const std::string next = second.post("after");
    EXPECT_EQ(second.call("GET", second.account + "/media").text("data.0.id"), next);
    EXPECT_EQ(second.call("GET", second.account + "/media").size("data"), 5U);
}

TEST(SavedWorld, FetchesAnewWhatWasOnItsWay) {
    Publisher first;
    // Taken, and not fetched yet: nobody runs the loop in between.
    const std::string query =
        "?media_type=REELS&video_url=" + percent_encode(first.host.video()) + "&access_token=" + first.token;
    const std::string id = first.bench.post("/graph.facebook.com/v25.0/" + first.account + "/media" + query).text("id");
    const std::string saved = first.bench.get("/_sandbox/world").response.body;
    EXPECT_EQ(first.bench.send(Bench::request("PUT", "/_sandbox/world", saved)).status(), 200);
    EXPECT_EQ(first.status(id), "IN_PROGRESS");
    EXPECT_EQ(first.settled(id), "FINISHED");
}

TEST(SavedWorld, WhatIsWrongIsSaidAndChangesNothing) {
    Publisher publisher;
    publisher.post("stays");
    const std::string before = publisher.bench.get("/_sandbox/world").response.body;
    const std::string beginning = R"({"accounts":[{"ig_user_id":"17841400000000009","username":"a"}],)";
    const auto medium = [](const std::string& more) {
        return R"("publishing":{"next_number":9,"media":[{"id":"17920000000000001","ig_user_id":"17841400000000009",)"
               R"("kind":"carousel","published_at":"2026-01-31T12:00:00Z")" +
               more + "}]}}";
    };
    for (const auto& [rest, says] : {
             std::pair<std::string, std::string>{R"("clock":{"now":"soon"}})", "the clock: \"now\""},
             {R"("clock":7})", "\"clock\" must be an object"},
             {R"("switches":{"colour":"red"}})", "there is no switch"},
             {R"("limits":{"app_calls_per_hour":0}})", "app_calls_per_hour"},
             {R"("ledger":{"calls":[7]}})", "must be objects"},
             {R"("subscribed_apps":{"1":7}})", "subscribed_apps"},
             {R"("publishing":{"containers":[{"id":"7"}]}})", "containers[0]: \"id\" must be an id"},
             {R"("publishing":{"media":[{"id":"17920000000000001","ig_user_id":"5","kind":"image",)"
              R"("published_at":"2026-01-31T12:00:00Z"}]}})",
              "there is no account \"5\""},
             {medium(R"(,"children":["17920000000000002"])"), "17920000000000002 is no child"},
             {medium(R"(,"comments":["17858000000000002"])"), "there is no comment"},
             {medium(R"(,"colour":"red")"), "unknown member \"colour\""},
             {R"("publishing":{"next_number":1,"comments":[{"id":"17858000000000002","created_at":)"
              R"("2026-01-31T12:00:00Z"}]}})",
              "\"next_number\" must be beyond"},
             {R"("publishing":{"pictures":[{"key":"1","base64":"?"}]}})", "\"base64\""},
         }) {
        SCOPED_TRACE(rest);
        const Answer answer = publisher.bench.send(Bench::request("PUT", "/_sandbox/world", beginning + rest));
        EXPECT_EQ(answer.status(), 400);
        EXPECT_NE(answer.text("error").find(says), std::string::npos) << answer.text("error");
    }
    // Laid over what exists, a document holds inhabitants only.
    EXPECT_EQ(publisher.bench.post("/_sandbox/world", R"({"clock":{"now":"2026-01-31T12:00:00Z"}})").status(), 400);
    EXPECT_EQ(publisher.bench.get("/_sandbox/world").response.body, before);
}

} // namespace
} // namespace everlong::simulator
