// POST /{ig}/media: what is taken, what is refused, and with which words (graph-api.md, 5.4, 8.1, 8.2).
#include <unit/simulator/media_host.hpp>

#include <simulator/wire/publish_errors.hpp>

#include <base/percent.hpp>

#include <set>

namespace everlong::simulator {
namespace {

TEST(PublishErrors, HaveOneRowEach) {
    std::set<int> subcodes;
    for (const PublishRefusal refusal : all_publish_refusals()) {
        const GraphError error = make_publish_error(refusal, {"x", "y"});
        EXPECT_TRUE(subcodes.insert(error.subcode).second) << error.subcode;
        EXPECT_FALSE(error.message.empty());
        // A title never stands alone.
        EXPECT_TRUE(error.user_title.empty() || !error.user_message.empty());
    }
    EXPECT_EQ(subcodes.size(), 45U);
}

TEST(ImageContainer, IsReadyAtOnceOnBothHosts) {
    for (const char* login : {R"({"login":"facebook"})", R"({"login":"facebook","kind":"page"})",
                              R"({"login":"instagram"})", R"({"login":"facebook","kind":"system-user"})"}) {
        SCOPED_TRACE(login);
        Publisher publisher(login);
        const Answer made = publisher.create({{"image_url", publisher.host.picture()}, {"caption", "Bread"}});
        ASSERT_EQ(made.status(), 200) << made.response.body;
        const std::string id = made.text("id");
        EXPECT_EQ(made.response.body, R"({"id":")" + id + "\"}");
        EXPECT_EQ(id.size(), 17U);
        const Answer status = publisher.read(id, "id,status_code,status");
        EXPECT_EQ(status.text("status_code"), "FINISHED");
        EXPECT_EQ(status.text("status"), "Finished: Media has been uploaded and it is ready to be published.");
        EXPECT_EQ(publisher.read(id, "").response.body, R"({"id":")" + id + "\"}");
    }
}

TEST(ImageContainer, IsReadByUserAndPageTokensAlike) {
    Publisher publisher(R"({"login":"facebook","kind":"page"})");
    const std::string id = publisher.container({{"image_url", publisher.host.picture()}});
    publisher.token = publisher.bench.token(R"({"login":"facebook"})");
    EXPECT_EQ(publisher.status(id), "FINISHED");
    publisher.token = publisher.bench.token(R"({"login":"facebook","account":"somebody_else"})");
    EXPECT_EQ(publisher.read(id, "status_code").verdict(), "100/33");
    // The fault of May 23 2026 (11.9).
    publisher.token = publisher.bench.token(R"({"login":"facebook","kind":"page"})");
    publisher.set("page_token_reads", "fail");
    const Answer fault = publisher.read(id, "status_code");
    EXPECT_EQ(fault.verdict(), "100/33");
    EXPECT_EQ(fault.text("error.message"), "Authorization Error");
    EXPECT_EQ(publisher.publish(id).status(), 200);
}

TEST(ImageContainer, TakesItsParametersFromAnywhere) {
    Publisher publisher;
    const std::string target = "/graph.facebook.com/v25.0/" + publisher.account + "/media";
    const std::string address = publisher.host.picture();
    http::Request form = Bench::request(
        "POST", target, "image_url=" + percent_encode(address) + "&caption=a%20%23b&access_token=" + publisher.token);
    EXPECT_EQ(publisher.send(form).status(), 200);
    http::Request document = Bench::request(
        "POST", target,
        R"({"image_url":")" + address + R"(","is_carousel_item":true,"access_token":")" + publisher.token + "\"}");
    document.headers.add("Content-Type", "application/json");
    EXPECT_EQ(publisher.send(document).status(), 200);
    http::Request multipart =
        Bench::request("POST", target + "?access_token=" + publisher.token,
                       "--b\r\nContent-Disposition: form-data; name=\"image_url\"\r\n\r\n" + address + "\r\n--b--\r\n");
    multipart.headers.add("Content-Type", "multipart/form-data; boundary=b");
    EXPECT_EQ(publisher.send(multipart).status(), 200);
}

struct Refused {
    http::Parameters parameters;
    std::string verdict;
    std::string says; // stands in message or error_user_msg
};

TEST(Container, ParametersAreHeldToMetasRules) {
    Publisher publisher;
    const std::string picture = publisher.host.picture();
    const std::string video = publisher.host.video();
    const auto with = [&](const std::string& name, const std::string& value) {
        return http::Parameters{{"image_url", picture}, {name, value}};
    };
    const auto reel = [&](const std::string& name, const std::string& value) {
        return http::Parameters{{"media_type", "REELS"}, {"video_url", video}, {name, value}};
    };
    std::string hashtags;
    std::string mentions;
    std::string tags;
    for (int i = 0; i < 31; ++i)
        hashtags += "#t" + std::to_string(i) + " ";
    for (int i = 0; i < 21; ++i) {
        mentions += "@m" + std::to_string(i) + " ";
        tags += (i == 0 ? "[" : ",") + std::string(R"({"username":"a","x":0.5,"y":0.5})");
    }
    tags += "]";
    const Refused table[] = {
        {{}, "100", "The parameter image_url is required"},
        {{{"media_type", "REELS"}}, "100", "The parameter video_url is required"},
        {{{"media_type", "STORIES"}}, "100", "The parameter video_url is required"},
        {{{"media_type", "CAROUSEL"}}, "100", "The parameter children is required"},
        {with("media_type", "PHOTO"), "100/2207023", "The media type PHOTO is unknown."},
        {{{"media_type", "VIDEO"}, {"video_url", video}},
         "100/2207089",
         "Carousel item cannot be published standalone"},
        {{{"media_type", "REELS"}, {"video_url", video}, {"is_carousel_item", "true"}}, "100", "carousel items"},
        {{{"media_type", "CAROUSEL"}, {"children", "1"}}, "100/2207028", "at least 2 photos"},
        {{{"media_type", "CAROUSEL"}, {"children", "1,2,3,4,5,6,7,8,9,10,11"}}, "100/2207028", "no more than 10"},
        {{{"media_type", "CAROUSEL"}, {"children", "1,2"}}, "24/2207006", "The media with 1 cannot be found"},
        {with("is_carousel_item", "maybe"), "100", "must be a boolean"},
        {with("caption", std::string(2201, 'a')), "36004/2207010", "was 2201 characters long"},
        {with("caption", hashtags), "36004/2207010", "2200"},
        {with("caption", mentions), "100/2207040", "Cannot use more than 20 tags"},
        {with("alt_text", std::string(1001, 'a')), "100", "alt_text"},
        {with("location_id", "here"), "100", "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID"},
        {with("user_tags", "a"), "100", "must be an array"},
        {with("user_tags", R"([{"username":"a"}])"), "100", "x and y"},
        {with("user_tags", R"([{"username":"a","x":1.5,"y":0}])"), "100", "x and y"},
        {with("user_tags", R"([{"x":0.5,"y":0.5}])"), "100", "username"},
        {with("user_tags", tags), "100/2207040", "Cannot use more than 20 tags"},
        {with("collaborators", R"(["a","b","c","d"])"), "100", "at most 3"},
        {{{"media_type", "STORIES"}, {"image_url", picture}, {"collaborators", "[\"a\"]"}}, "100", "collaborators"},
        {{{"is_carousel_item", "true"}, {"image_url", picture}, {"is_ai_generated", "true"}}, "100", "is_ai_generated"},
        {with("product_tags", R"([{"product_id":"1","x":0.1,"y":0.2}])"), "200", "catalog_management"},
        {with("trial_params", "{}"), "100", "trial_params"},
        {reel("trial_params", R"({"graduation_strategy":"NEVER"})"), "100", "graduation_strategy"},
        {reel("thumb_offset", "soon"), "100", "must be an integer"},
        {reel("thumb_offset", "-1"), "1/2207057", "Thumbnail offset"},
        {reel("cover_url", "cover.jpg"), "100", "not a valid URI"},
        {reel("audio_configuration", "loud"), "100", "must be an object"},
        {with("image_url", "ftp://127.0.0.1/a.jpg"), "100", "not a valid URI"},
        {with("image_url", "http://127.0.0.1/k\xC3\xA4se.jpg"), "9004/2207052", "could not be fetched"},
    };
    for (const Refused& row : table) {
        const Answer answer = publisher.create(row.parameters);
        EXPECT_EQ(answer.verdict(), row.verdict) << answer.response.body;
        const bool has_title = answer.has("error.error_user_msg");
        const std::string words = answer.text("error.message") + (has_title ? answer.text("error.error_user_msg") : "");
        EXPECT_TRUE(words.contains(row.says)) << answer.response.body;
    }
    EXPECT_EQ(publisher.bench.ledger().size("containers"), 0U);
}

TEST(Container, OptionsThatAreLegalPass) {
    Publisher publisher;
    const std::string picture = publisher.host.picture();
    const std::string video = publisher.host.video();
    const http::Parameters table[] = {
        {{"image_url", picture}, {"media_type", "IMAGE"}, {"alt_text", "A loaf"}, {"nonsense", "ignored"}},
        {{"image_url", picture}, {"caption", std::string(2200, 'a')}, {"location_id", "106502216089214"}},
        {{"image_url", picture}, {"collaborators", R"(["a","b.c","d_e"])"}, {"is_ai_generated", "true"}},
        {{"image_url", picture}, {"user_tags", R"([{"username":"a","x":0,"y":1}])"}},
        {{"image_url", picture}, {"is_carousel_item", "true"}, {"caption", "not shown"}},
        {{"media_type", "STORIES"}, {"image_url", picture}, {"user_tags", R"([{"username":"a"}])"}},
        {{"media_type", "STORIES"}, {"video_url", video}},
        {{"media_type", "VIDEO"}, {"video_url", video}, {"is_carousel_item", "true"}},
        {{"media_type", "REELS"}, {"video_url", video}, {"thumb_offset", "0"}, {"share_to_feed", "false"}},
        {{"media_type", "REELS"}, {"video_url", video}, {"trial_params", R"({"graduation_strategy":"MANUAL"})"}},
        {{"media_type", "REELS"}, {"video_url", video}, {"cover_url", picture}, {"audio_name", "Oven"}},
    };
    for (const http::Parameters& parameters : table) {
        const Answer answer = publisher.create(parameters);
        EXPECT_EQ(answer.verdict(), "200") << answer.response.body;
        if (answer.status() == 200) {
            EXPECT_EQ(publisher.settled(answer.text("id")), "FINISHED");
        }
    }
}

TEST(Container, NeedsThePermissionTheTaskAndAnAccountInGoodStanding) {
    Publisher publisher(R"({"login":"facebook","scopes":["instagram_basic","pages_show_list"]})");
    const Answer answer = publisher.create({{"image_url", publisher.host.picture()}});
    EXPECT_EQ(answer.verdict(), "200");
    EXPECT_EQ(answer.status(), 403);
    EXPECT_TRUE(answer.text("error.message").contains("instagram_content_publish"));
    publisher.token = publisher.bench.token(R"({"login":"facebook"})");
    publisher.bench.control("event", R"({"type":"account-restricted"})");
    EXPECT_EQ(publisher.create({{"image_url", publisher.host.picture()}}).verdict(), "25/2207050");
    publisher.bench.control("event", R"({"type":"account-restricted","undo":true})");
    EXPECT_EQ(publisher.create({{"image_url", publisher.host.picture()}}).verdict(), "200");
}

TEST(Image, IsJudgedByItsBytes) {
    Publisher publisher;
    MediaHost& host = publisher.host;
    test::JpegSample large;
    large.padding = 8 * 1024 * 1024;
    test::JpegSample cut;
    cut.has_end = false;
    test::JpegSample progressive;
    progressive.is_progressive = true;
    const std::pair<std::string, std::string> table[] = {
        {host.picture("wide.jpg", test::make_jpeg(1910, 1000)), "200"},
        {host.picture("tall.jpg", test::make_jpeg(1080, 1350)), "200"},
        {host.picture("progressive.jpg", test::make_jpeg(progressive)), "200"},
        {host.picture("small.jpg", test::make_jpeg(16, 16)), "200"},
        {host.put("octets", test::make_jpeg(), "application/octet-stream"), "200"},
        {host.picture("too-wide.jpg", test::make_jpeg(2000, 1000)), "36003/2207009"},
        {host.picture("too-tall.jpg", test::make_jpeg(1080, 1440)), "36003/2207009"},
        {host.picture("png.jpg", "\x89PNG\r\n\x1A\nIHDR"), "36001/2207005"},
        {host.picture("cut.jpg", test::make_jpeg(cut)), "9004/2207052"},
        {host.picture("large.jpg", test::make_jpeg(large)), "36000/2207004"},
        {host.put("page", "<!DOCTYPE html>", "text/html; charset=utf-8"), "9004/2207052"},
        {host.put("untyped", test::make_jpeg(), ""), "9004/2207052"},
        {host.address("missing.jpg"), "9004/2207052"},
        {"http://127.0.0.1:1/a.jpg", "9004/2207052"},
        {"http://example.com/a.jpg", "9004/2207052"},
        {"http://user:secret@127.0.0.1/a.jpg", "9004/2207052"},
    };
    for (const auto& [address, verdict] : table) {
        const Answer answer = publisher.create({{"image_url", address}});
        EXPECT_EQ(answer.verdict(), verdict) << address << " " << answer.response.body;
    }
    EXPECT_EQ(publisher.create({{"image_url", host.address("page")}}).response.body.find(R"("error_user_title":)") ==
                  std::string::npos,
              false);
    // What was refused is no container; the ledger tells why.
    EXPECT_EQ(publisher.bench.ledger().size("containers"), 5U);
    bool has_reason = false;
    const Answer ledger = publisher.bench.ledger();
    for (const json::value& fetch : ledger.at("fetches").get_array())
        has_reason = has_reason || fetch.at("verdict").get_string() == "its aspect ratio is 2.00:1";
    EXPECT_TRUE(has_reason);
}

TEST(Image, RobotsAndRedirectsAreObeyedOrNotAsSwitched) {
    Publisher publisher;
    MediaHost& host = publisher.host;
    const std::string picture = host.picture();
    host.put("robots.txt", "User-agent: *\nDisallow: /a.jpg\n", "text/plain");
    EXPECT_EQ(publisher.create({{"image_url", picture}}).verdict(), "9004/2207052");
    publisher.set("media_robots", "ignored");
    EXPECT_EQ(publisher.create({{"image_url", picture}}).verdict(), "200");
    http::Response moved;
    moved.status = 302;
    moved.headers.add("Location", "/a.jpg");
    host.files["/moved"] = moved;
    EXPECT_EQ(publisher.create({{"image_url", host.address("moved")}}).verdict(), "9004/2207052");
    publisher.set("media_redirects", "followed");
    EXPECT_EQ(publisher.create({{"image_url", host.address("moved")}}).verdict(), "200");
    // Not away from this machine, though.
    host.files["/moved"].headers.set("Location", "http://example.com/a.jpg");
    EXPECT_EQ(publisher.create({{"image_url", host.address("moved")}}).verdict(), "9004/2207052");
    // A signed address arrives as it was given.
    publisher.create({{"image_url", picture + "?X-Signature=a%2Fb&c=d+e#part"}});
    EXPECT_EQ(host.asked.back(), "/a.jpg?X-Signature=a%2Fb&c=d+e");
}

TEST(Image, ThatComesTooSlowlyTimesOut) {
    Publisher publisher;
    const std::string address = publisher.host.picture();
    publisher.host.files["/a.jpg"].transmission = http::Transmission::kSlow;
    publisher.host.files["/a.jpg"].slow_step = Milliseconds(500);
    publisher.set("media_timeout_s", "1");
    const Answer answer = publisher.create({{"image_url", address}});
    EXPECT_EQ(answer.verdict(), "-2/2207003");
    EXPECT_EQ(answer.text("error.error_user_msg"), "It takes too long to download the media.");
}

struct VideoRow {
    std::string name;
    test::VideoSample sample;
    int subcode; // 0: FINISHED
};

TEST(VideoContainer, FaultsShowLaterInItsStatus) {
    using test::VideoSample;
    const VideoRow table[] = {
        {"good", {}, 0},
        {"hevc", {.video_codec = "hvc1"}, 0},
        {"silent", {.audio_codec = ""}, 0},
        {"one-edit", {.edits = 1}, 0},
        {"vp9", {.video_codec = "vp09"}, 2207026},
        {"mp3", {.audio_codec = ".mp3"}, 2207026},
        {"short", {.duration_ms = 2000}, 2207076},
        {"long", {.duration_ms = 901'000}, 2207076},
        {"wide", {.width = 3840, .height = 2160}, 2207076},
        {"slow", {.frames_per_second = 15}, 2207076},
        {"fast", {.frames_per_second = 120}, 2207076},
        {"surround", {.channels = 6}, 2207076},
        {"late-moov", {.is_moov_first = false}, 2207076},
        {"two-edits", {.edits = 2}, 2207076},
        {"heavy", {.duration_ms = 3000, .media_bytes = 10 * 1024 * 1024}, 2207076},
    };
    for (const VideoRow& row : table) {
        SCOPED_TRACE(row.name);
        Publisher publisher;
        const std::string address = publisher.host.video(row.name, test::make_video(row.sample));
        const Answer made = publisher.create({{"media_type", "REELS"}, {"video_url", address}});
        ASSERT_EQ(made.status(), 200) << made.response.body;
        const std::string id = made.text("id");
        EXPECT_EQ(publisher.status(id), "IN_PROGRESS");
        EXPECT_EQ(publisher.settled(id), row.subcode == 0 ? "FINISHED" : "ERROR");
        if (row.subcode == 0) continue;
        EXPECT_EQ(publisher.read(id, "status").text("status"),
                  "Error: Media upload has failed with error code " + std::to_string(row.subcode));
        EXPECT_EQ(publisher.publish(id).verdict(), "9007/2207027");
    }
}

TEST(VideoContainer, DownloadsAndOptionsHaveFaultsOfTheirOwn) {
    Publisher publisher;
    MediaHost& host = publisher.host;
    const std::string cut = test::make_video().substr(0, 3000);
    const std::pair<http::Parameters, std::string> table[] = {
        {{{"video_url", host.address("missing.mp4")}}, "2207077"},
        {{{"video_url", host.put("page", "<!DOCTYPE html>", "text/html")}}, "2207052"},
        {{{"video_url", host.video("picture.mp4", test::make_jpeg())}}, "2207026"},
        {{{"video_url", host.video("cut.mp4", cut)}}, "2207053"},
        {{{"video_url", host.video()}, {"thumb_offset", "10000"}}, "2207057"},
        {{{"video_url", host.video()}, {"cover_url", host.picture("c.jpg", "\x89PNG\r\n\x1A\n")}}, "2207005"},
        {{{"video_url", host.video("silent.mp4", test::make_video({.audio_codec = ""}))}, {"audio_name", "Song"}},
         "2207082"},
    };
    for (const auto& [given, subcode] : table) {
        http::Parameters parameters = given;
        parameters.emplace_back("media_type", "REELS");
        const std::string id = publisher.container(parameters);
        EXPECT_EQ(publisher.settled(id), "ERROR") << subcode;
        EXPECT_TRUE(publisher.read(id, "status").text("status").ends_with(subcode))
            << publisher.read(id, "status").response.body;
    }
}

TEST(VideoContainer, StoriesAreShorterThanReels) {
    Publisher publisher;
    const std::string address = publisher.host.video("a.mp4", test::make_video({.duration_ms = 61'000}));
    const std::string story = publisher.container({{"media_type", "STORIES"}, {"video_url", address}});
    const std::string reel = publisher.container({{"media_type", "REELS"}, {"video_url", address}});
    EXPECT_EQ(publisher.settled(story), "ERROR");
    EXPECT_EQ(publisher.settled(reel), "FINISHED");
}

TEST(Container, ExpiresAfterADay) {
    Publisher publisher;
    const std::string id = publisher.container({{"image_url", publisher.host.picture()}});
    publisher.bench.advance(kDayS - 1);
    EXPECT_EQ(publisher.status(id), "FINISHED");
    publisher.bench.advance(1);
    EXPECT_EQ(publisher.status(id), "EXPIRED");
    EXPECT_EQ(publisher.publish(id).verdict(), "-2/2207020");
    publisher.set("expired_publish", "2207008");
    EXPECT_EQ(publisher.publish(id).verdict(), "24/2207008");
}

TEST(Container, FourHundredADayAreEnough) {
    Publisher publisher;
    publisher.set("media_robots", "ignored");
    const std::string address = publisher.host.picture();
    for (int i = 0; i < 400; ++i)
        ASSERT_EQ(publisher.create({{"image_url", address}}).status(), 200) << i;
    EXPECT_EQ(publisher.create({{"image_url", address}}).verdict(), "9/2207069");
    publisher.bench.advance(kDayS + 1);
    EXPECT_EQ(publisher.create({{"image_url", address}}).status(), 200);
}

TEST(Container, ProcessingTimeIsVirtual) {
    Publisher publisher;
    publisher.set("image_processing_s", "10");
    const std::string id = publisher.container({{"image_url", publisher.host.picture()}});
    EXPECT_EQ(publisher.status(id), "IN_PROGRESS");
    EXPECT_EQ(publisher.publish(id).verdict(), "9007/2207027");
    publisher.bench.advance(10);
    EXPECT_EQ(publisher.status(id), "FINISHED");
}

} // namespace
} // namespace everlong::simulator
