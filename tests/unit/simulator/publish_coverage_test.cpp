// Every row of the publishing errors (graph-api.md, 5.4) that can have a natural cause is provoked by one: a bad
// parameter, wrong bytes, a quota, a missing grant, a restricted account, an expired container; a switch only where
// Meta's own ways differ. Never a fault rule. The share is printed.
#include <unit/simulator/media_host.hpp>

#include <simulator/wire/publish_errors.hpp>

#include <functional>
#include <iostream>
#include <set>

namespace everlong::simulator {
namespace {

struct Row {
    int subcode;          // 0: 200 without one
    std::string expected; // of a call "9/2207042"; of a container whose fault shows later "status 2207076"
    std::function<std::string(Publisher&)> provoke; // none: `why` says so
    std::string why;
};

// What a container says when its bytes have come and were processed.
std::string fate(Publisher& p, const http::Parameters& parameters) {
    const std::string id = p.container(parameters);
    p.settled(id);
    const std::string status = p.read(id, "status").text("status");
    return "status " + status.substr(status.rfind(' ') + 1);
}

std::string reel_fate(Publisher& p, const std::string& address, const std::string& name = "",
                      const std::string& value = "") {
    http::Parameters parameters{{"media_type", "REELS"}, {"video_url", address}};
    if (!name.empty()) parameters.emplace_back(name, value);
    return fate(p, parameters);
}

std::string image(Publisher& p, const std::string& address, const std::string& name = "",
                  const std::string& value = "") {
    http::Parameters parameters{{"image_url", address}};
    if (!name.empty()) parameters.emplace_back(name, value);
    return p.create(parameters).verdict();
}

// Gives the publisher a token with these permissions beside those that publishing needs.
void grant(Publisher& p, const std::string& more) {
    p.token = p.bench.token(R"({"login":"facebook","scopes":["instagram_basic","instagram_content_publish",)"
                            R"("pages_show_list","pages_read_engagement",)" +
                            more + "]}");
}

std::string tag_product(Publisher& p, const std::string& tags, bool is_on_video) {
    grant(p, R"("catalog_management","instagram_shopping_tag_products")");
    if (!is_on_video) return image(p, p.host.picture(), "product_tags", tags);
    return p.create({{"media_type", "REELS"}, {"video_url", p.host.video()}, {"product_tags", tags}}).verdict();
}

std::string slow_picture(Publisher& p) {
    const std::string address = p.host.picture();
    p.host.files["/a.jpg"].transmission = http::Transmission::kSlow;
    p.host.files["/a.jpg"].slow_step = Milliseconds(500);
    p.set("media_timeout_s", "1");
    return image(p, address);
}

std::string expired(Publisher& p, const std::string& answer) {
    const std::string id = p.container({{"image_url", p.host.picture()}});
    p.bench.advance(kDayS);
    p.set("expired_publish", answer);
    return p.publish(id).verdict();
}

std::string album_of_failed(Publisher& p) {
    const auto child = [&](const char* kind, const std::string& source, const std::string& address) {
        return p.container({{"media_type", kind}, {source, address}, {"is_carousel_item", "true"}});
    };
    const std::string good = child("IMAGE", "image_url", p.host.picture());
    const std::string bad = child("VIDEO", "video_url", p.host.address("missing.mp4"));
    p.settled(bad);
    return p.create({{"media_type", "CAROUSEL"}, {"children", good + "," + bad}}).verdict();
}

std::string delete_story(Publisher& p) {
    grant(p, R"("instagram_manage_contents")");
    const std::string story = p.container({{"media_type", "STORIES"}, {"image_url", p.host.picture()}});
    return p.call("DELETE", p.publish(story).text("id")).verdict();
}

std::string delete_post(Publisher& p) {
    grant(p, R"("instagram_manage_contents")");
    p.set("media_delete", "fatal");
    return p.call("DELETE", p.post("stays")).verdict();
}

std::string third_alike(Publisher& p, const std::string& guard) {
    p.set("spam_guard", guard);
    p.post("buy now");
    p.post("buy now");
    return p.publish(p.container({{"image_url", p.host.picture()}, {"caption", "buy now"}})).verdict();
}

std::string beyond_posts(Publisher& p) {
    p.set("publish_quota", "25");
    p.set("media_robots", "ignored");
    for (int i = 0; i < 25; ++i)
        p.post("post");
    return p.publish(p.container({{"image_url", p.host.picture()}})).verdict();
}

std::string beyond_containers(Publisher& p) {
    // Uploads to come need no bytes.
    for (int i = 0; i < 400; ++i)
        p.container({{"media_type", "REELS"}, {"upload_type", "resumable"}});
    return p.create({{"media_type", "REELS"}, {"upload_type", "resumable"}}).verdict();
}

std::string audio(Publisher& p, http::Parameters parameters) {
    parameters.emplace_back("ig_user_id", p.account);
    return p.call("GET", "ig_audio", std::move(parameters)).verdict();
}

// The discovery for advertisements, by somebody with access to it.
std::string swap(Publisher& p, http::Parameters parameters) {
    grant(p, R"("ads_management")");
    p.set("ads_audio", "open");
    parameters.emplace_back("product", "ADS");
    parameters.emplace_back("purpose", "AUDIO_COPYRIGHT_REPLACEMENT");
    return audio(p, std::move(parameters));
}

std::string published_reel(Publisher& p) {
    const std::string id = p.container({{"media_type", "REELS"}, {"video_url", p.host.video()}});
    p.settled(id);
    return p.publish(id).text("id");
}

const std::vector<Row>& rows_of_calls() {
    static const std::vector<Row> kRows{
        {2207003, "-2/2207003", slow_picture, ""},
        {2207020, "-2/2207020", [](Publisher& p) { return expired(p, "2207020"); }, ""},
        {2207001, "-1/2207001", [](Publisher& p) { return third_alike(p, "server-error"); }, ""},
        {2207032, "-1/2207032", album_of_failed, ""},
        {2207073, "-1/2207073", delete_story, ""},
        {2207085, "-1/2207085", delete_post, ""},
        {2207051, "4/2207051", [](Publisher& p) { return third_alike(p, "on"); }, ""},
        {2207042, "9/2207042", beyond_posts, ""},
        {2207069, "9/2207069", beyond_containers, ""},
        {2207006, "24/2207006",
         [](Publisher& p) { return p.create({{"media_type", "CAROUSEL"}, {"children", "1,2"}}).verdict(); }, ""},
        {2207008, "24/2207008", [](Publisher& p) { return p.publish("17889000000000099").verdict(); }, ""},
        {2207050, "25/2207050",
         [](Publisher& p) {
             p.bench.control("event", R"({"type":"account-restricted"})");
             return image(p, p.host.picture());
         },
         ""},
        {2207023, "100/2207023", [](Publisher& p) { return image(p, p.host.picture(), "media_type", "PHOTO"); }, ""},
        {2207028, "100/2207028",
         [](Publisher& p) { return p.create({{"media_type", "CAROUSEL"}, {"children", "1"}}).verdict(); }, ""},
        {2207035, "100/2207035",
         [](Publisher& p) { return tag_product(p, R"([{"product_id":"1","x":0.1,"y":0.2}])", true); }, ""},
        {2207036, "100/2207036", [](Publisher& p) { return tag_product(p, R"([{"product_id":"1"}])", false); }, ""},
        {2207037, "100/2207037",
         [](Publisher& p) { return tag_product(p, R"([{"product_id":"1","x":0.1,"y":0.2}])", false); }, ""},
        {2207040, "100/2207040",
         [](Publisher& p) {
             std::string mentions;
             for (int i = 0; i < 21; ++i)
                 mentions += "@a" + std::to_string(i) + " ";
             return image(p, p.host.picture(), "caption", mentions);
         },
         ""},
        {2207052, "9004/2207052", [](Publisher& p) { return image(p, p.host.address("missing.jpg")); }, ""},
        {2207027, "9007/2207027",
         [](Publisher& p) {
             p.set("image_processing_s", "10");
             return p.publish(p.container({{"image_url", p.host.picture()}})).verdict();
         },
         ""},
        {2207004, "36000/2207004",
         [](Publisher& p) {
             test::JpegSample large;
             large.padding = 8 * 1024 * 1024;
             return image(p, p.host.picture("l.jpg", test::make_jpeg(large)));
         },
         ""},
        {2207005, "36001/2207005",
         [](Publisher& p) { return image(p, p.host.picture("p.jpg", "\x89PNG\r\n\x1A\nIHDR")); }, ""},
        {2207009, "36003/2207009",
         [](Publisher& p) { return image(p, p.host.picture("w.jpg", test::make_jpeg(2000, 1000))); }, ""},
        {2207010, "36004/2207010",
         [](Publisher& p) { return image(p, p.host.picture(), "caption", std::string(2201, 'a')); }, ""},
        {0, "200",
         [](Publisher& p) {
             p.token = p.bench.token(R"({"login":"facebook","scopes":["instagram_basic","pages_show_list"]})");
             const Answer answer = p.create({{"image_url", p.host.picture()}});
             EXPECT_EQ(answer.status(), 403);
             return std::to_string(answer.number("error.code"));
         },
         ""},
        {2207081, "100/2207081",
         [](Publisher& p) {
             p.set("trial_reels", "not-eligible");
             return p
                 .create({{"media_type", "REELS"},
                          {"video_url", p.host.video()},
                          {"trial_params", R"({"graduation_strategy":"MANUAL"})"}})
                 .verdict();
         },
         ""},
        {2207089, "100/2207089",
         [](Publisher& p) { return p.create({{"media_type", "VIDEO"}, {"video_url", p.host.video()}}).verdict(); }, ""},
    };
    return kRows;
}

const std::vector<Row>& rows_of_containers() {
    static const std::vector<Row> kRows{
        {2207053, "status 2207053",
         [](Publisher& p) { return reel_fate(p, p.host.video("cut.mp4", test::make_video().substr(0, 3000))); }, ""},
        {2207057, "status 2207057", [](Publisher& p) { return reel_fate(p, p.host.video(), "thumb_offset", "10000"); },
         ""},
        {2207026, "status 2207026", [](Publisher& p) { return reel_fate(p, p.host.video("p.mp4", test::make_jpeg())); },
         ""},
        {2207076, "status 2207076",
         [](Publisher& p) { return reel_fate(p, p.host.video("s.mp4", test::make_video({.duration_ms = 2000}))); }, ""},
        {2207077, "status 2207077", [](Publisher& p) { return reel_fate(p, p.host.address("missing.mp4")); }, ""},
        {2207082, "status 2207082",
         [](Publisher& p) {
             const std::string silent = p.host.video("silent.mp4", test::make_video({.audio_codec = ""}));
             return reel_fate(p, silent, "audio_configuration", R"({"audio_id":"587000000000001"})");
         },
         ""},
    };
    return kRows;
}

const std::vector<Row>& rows_of_audio() {
    static const std::vector<Row> kRows{
        {9050, "100/9050", [](Publisher& p) { return audio(p, {{"audio_type", "music"}, {"user_id", p.account}}); },
         ""},
        {9052, "100/9052",
         [](Publisher& p) {
             grant(p, R"("ads_management")");
             p.set("ads_audio", "open");
             return audio(p, {{"product", "ADS"}, {"purpose", "LISTENING"}});
         },
         ""},
        {9053, "10/9053",
         [](Publisher& p) {
             grant(p, R"("ads_management")");
             return audio(p, {{"product", "ADS"}, {"purpose", "AUDIO_COPYRIGHT_REPLACEMENT"}});
         },
         ""},
        {9054, "100/9054", [](Publisher& p) { return swap(p, {{"audio_replacement_mode", "auto"}}); }, ""},
        {9055, "100/9055",
         [](Publisher& p) {
             const std::string reel = published_reel(p);
             return swap(p, {{"audio_replacement_mode", "auto"}, {"ig_media_id", reel}});
         },
         ""},
        {9056, "100/9056", [](Publisher& p) { return swap(p, {}); }, ""},
        {9057, "100/9057", [](Publisher& p) { return swap(p, {{"audio_replacement_mode", "any"}}); }, ""},
        {9058, "100/9058", [](Publisher& p) { return swap(p, {{"audio_replacement_mode", "search"}}); }, ""},
        {9060, "100/9060",
         [](Publisher& p) { return swap(p, {{"audio_replacement_mode", "auto"}, {"search_query", "tram"}}); }, ""},
        {9062, "100/9062",
         [](Publisher& p) {
             const std::string post = p.post("no reel");
             return swap(p, {{"audio_replacement_mode", "auto"}, {"ig_media_id", post}});
         },
         ""},
        {9063, "100/9063",
         [](Publisher& p) {
             const std::string reel = published_reel(p);
             return swap(p, {{"audio_replacement_mode", "auto"}, {"ig_media_id", reel}, {"partnership_ad_code", "x"}});
         },
         ""},
        {9064, "100/9064", {}, "nobody gives out codes of partnerships here, so that none can be of another medium"},
    };
    return kRows;
}

TEST(PublishCoverage, EveryRowWithANaturalCauseIsProvokedByOne) {
    int natural = 0;
    int provoked = 0;
    std::set<int> subcodes;
    for (const auto* table : {&rows_of_calls(), &rows_of_containers(), &rows_of_audio()}) {
        for (const Row& row : *table) {
            SCOPED_TRACE(row.expected);
            subcodes.insert(row.subcode);
            if (!row.provoke) {
                EXPECT_FALSE(row.why.empty());
                continue;
            }
            ++natural;
            Publisher publisher;
            const std::string seen = row.provoke(publisher);
            EXPECT_EQ(seen, row.expected);
            provoked += seen == row.expected ? 1 : 0;
            EXPECT_EQ(publisher.bench.get("/_sandbox/faults").size("faults"), 0U);
        }
    }
    // No refusal of publishing stands outside these tables.
    for (const PublishRefusal refusal : all_publish_refusals())
        EXPECT_TRUE(subcodes.contains(make_publish_error(refusal).subcode)) << make_publish_error(refusal).subcode;
    std::cout << "error table 5.4: " << provoked << " of " << natural
              << " rows with a natural cause are provoked by it; " << subcodes.size() << " rows in all\n";
    RecordProperty("provoked", provoked);
    EXPECT_EQ(provoked, natural);
}

TEST(Audio, IsFoundByKindAndWordsAndReadByItsId) {
    Publisher publisher;
    const Answer music = publisher.call("GET", "ig_audio", {{"audio_type", "music"}, {"user_id", publisher.account}});
    EXPECT_EQ(music.size("audio"), 3U);
    EXPECT_EQ(music.text("audio.0.audio_type"), "music");
    EXPECT_GT(music.number("audio.0.duration_in_ms"), 0);
    const Answer found = publisher.call(
        "GET", "ig_audio",
        {{"audio_type", "original_sound"}, {"user_id", publisher.account}, {"search_query", "ESPRESSO"}});
    ASSERT_EQ(found.size("audio"), 1U);
    EXPECT_EQ(found.text("audio.0.ig_username"), "other_shop");
    const std::string id = music.text("audio.1.audio_id");
    const Answer read = publisher.call("GET", id, {{"user_id", publisher.account}});
    EXPECT_EQ(read.text("title"), music.text("audio.1.title"));
    EXPECT_EQ(publisher.call("GET", id).verdict(), "100");
    EXPECT_EQ(publisher.call("GET", "ig_audio", {{"user_id", publisher.account}}).verdict(), "100");
    EXPECT_EQ(audio(publisher, {{"audio_type", "noise"}}), "100");
    EXPECT_EQ(publisher.call("GET", "ig_audio", {{"audio_type", "music"}, {"user_id", "7"}}).verdict(), "100/33");
    // The permissions that the page names, and the one of advertisements.
    const http::Parameters wanted{{"audio_type", "music"}, {"product", "ADS"}, {"ig_user_id", publisher.account}};
    EXPECT_TRUE(publisher.call("GET", "ig_audio", wanted).text("error.message").contains("ads_management"));
    publisher.token = publisher.bench.token(R"({"login":"facebook","scopes":["instagram_basic","pages_show_list"]})");
    const Answer ungranted = publisher.call("GET", "ig_audio", {wanted[0], wanted[2]});
    EXPECT_EQ(ungranted.status(), 403);
    EXPECT_TRUE(ungranted.text("error.message").contains("instagram_content_publish"));
    // Facebook login only.
    Publisher instagram(R"({"login":"instagram"})");
    EXPECT_TRUE(instagram.call("GET", "ig_audio", {wanted[0]}).has("error"));
}

TEST(Audio, IsAttachedToReelsWithinItsLimits) {
    Publisher publisher;
    const auto reel = [&](const std::string& configuration, const std::string& codec = "mp4a") {
        return http::Parameters{{"media_type", "REELS"},
                                {"video_url", publisher.host.video("v.mp4", test::make_video({.audio_codec = codec}))},
                                {"audio_configuration", configuration}};
    };
    for (const char* refused :
         {R"({})", R"({"audio_id":"7"})", R"({"audio_id":587000000000001})",
          R"({"audio_id":"587000000000001","audio_volume":101})", R"({"audio_id":"587000000000001","video_volume":-1})",
          R"({"audio_id":"587000000000001","video_volume":"50"})"}) {
        EXPECT_EQ(publisher.create(reel(refused)).verdict(), "100") << refused;
    }
    EXPECT_EQ(fate(publisher, reel(R"({"audio_id":"587000000000001","audio_volume":80,"video_volume":50})")),
              "status published.");
    // A silent video takes a sound where its own is turned off.
    EXPECT_EQ(fate(publisher, reel(R"({"audio_id":"587000000000001","video_volume":0})", "")), "status published.");
    EXPECT_EQ(fate(publisher, reel(R"({"audio_id":"587000000000001","video_volume":1})", "")), "status 2207082");
}

} // namespace
} // namespace everlong::simulator
