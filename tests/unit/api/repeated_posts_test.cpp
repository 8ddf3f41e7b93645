// /v1/posts with an Idempotency-Key: a call that is sent again makes no second post.
#include "posts_bench.hpp"

#include <filesystem>
#include <iterator>

namespace everlong::api {
namespace {

class RepeatedPosts : public Posts {};

TEST_F(RepeatedPosts, AskNobody) {
    json::object body{{"channel", "shop"}, {"kind", "image"}, {"media", json::array{"https://example.org/a.jpg"}}};
    const auto send_it = [&] { return send("POST", "/v1/posts", {{"Idempotency-Key", "now-1"}}, body, true); };
    ASSERT_EQ(send_it().status, 201);
    EXPECT_EQ(host_.asked.size(), 1U);
    host_.troubles.emplace("https://example.org/a.jpg", Error(Code::kMediaAddress, Fault::kRefused, "gone by now"));
    EXPECT_EQ(send_it().status, 200);
    EXPECT_EQ(host_.asked.size(), 1U);
}

TEST_F(RepeatedPosts, AreMadeOnce) {
    auto body = picture_post();
    const auto send_with = [&](const json::object& given) {
        return send("POST", "/v1/posts", {{"Idempotency-Key", "order-7"}}, given, true);
    };
    const auto first = send_with(body);
    ASSERT_EQ(first.status, 201) << first.body;
    const auto again = send_with(body);
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.headers.find("Idempotency-Replayed"), "true");
    EXPECT_EQ(id_of(body_of(again)), id_of(body_of(first)));
    body["caption"] = "another";
    EXPECT_EQ(code_of(send_with(body)), "E_IDEMPOTENCY");
    auto draft = picture_post();
    draft["draft"] = true;
    EXPECT_EQ(code_of(send_with(draft)), "E_IDEMPOTENCY") << "a draft is not the post that goes out";
    EXPECT_EQ(count(), 1U);
    EXPECT_EQ(send("POST", "/v1/posts", {{"Idempotency-Key", ""}}, body, true).status, 400);
}

// What would be refused by now was made all the same.
TEST_F(RepeatedPosts, AreFoundWhateverHasChangedSince) {
    const std::string table = "channel,media,at\nshop," + bring_picture() + ",2026-12-24T18:00:00Z\n";
    const auto send_with = [&](const json::object& given, const std::string& key) {
        return send("POST", "/v1/posts", {{"Idempotency-Key", key}}, given, true);
    };
    const auto first = body_of(send_with(picture_post(), "order-9"));
    ASSERT_EQ(body_of(import(table, "", {{"Idempotency-Key", "december"}})).at("created"), 1);
    host_.missing = "EVERLONG_PUBLIC_URL is not set";
    const auto again = send_with(picture_post(), "order-9");
    ASSERT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(id_of(body_of(again)), id_of(first));
    const auto imported = import(table, "", {{"Idempotency-Key", "december"}});
    EXPECT_EQ(imported.status, 201) << imported.body;
    EXPECT_EQ(body_of(imported).at("existing"), 1);
    // Nothing new is made of what is refused.
    auto other = picture_post();
    other["caption"] = "another";
    EXPECT_EQ(code_of(send_with(other, "order-9")), "E_IDEMPOTENCY");
    EXPECT_EQ(code_of(send_with(picture_post(), "order-10")), "E_POST_REFUSED");
    EXPECT_EQ(import(table, "", {{"Idempotency-Key", "january"}}).status, 422);
    EXPECT_EQ(count(), 2U);
}

// A client that sends everything again has brought its file again as well.
TEST_F(RepeatedPosts, AreKnownAgainByTheBytesOfTheirFiles) {
    const auto send_with = [&](const json::object& given) {
        return send("POST", "/v1/posts", {{"Idempotency-Key", "order-7"}}, given, true);
    };
    const auto first = send_with(picture_post());
    ASSERT_EQ(first.status, 201) << first.body;
    const auto again = send_with(picture_post());
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(id_of(body_of(again)), id_of(body_of(first)));
    auto other = picture_post();
    other["media"].as_array().at(0).as_object()["file"] = bring_picture("JPEG of a dog");
    EXPECT_EQ(code_of(send_with(other)), "E_IDEMPOTENCY");
    // Also when its time has passed meanwhile; a post that was not made before is not made then.
    clock_.at = *parse_rfc3339("2027-01-01T00:00:00Z");
    EXPECT_EQ(id_of(body_of(send_with(picture_post()))), id_of(body_of(first)));
    EXPECT_EQ(code_of(local("POST", "/v1/posts", picture_post())), "E_TIME_SYNTAX");
    EXPECT_EQ(count(), 1U);
}

TEST_F(RepeatedPosts, WhoseFilesAreConvertedAreKnownAgain) {
    const auto send_again = [&] {
        json::object body{{"channel", "shop"}, {"fix", true}, {"media", {{{"file", bring_picture("PNG of a cat")}}}}};
        return send("POST", "/v1/posts", {{"Idempotency-Key", "order-8"}}, body, true);
    };
    const auto files = [&] {
        const std::filesystem::directory_iterator folder(store_.directory() / "media");
        return std::distance(begin(folder), end(folder));
    };
    const auto first = body_of(send_again());
    ASSERT_EQ(files(), 2); // as it was brought, and converted
    const auto again = send_again();
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(body_of(again).at("media"), first.at("media"));
    EXPECT_EQ(files(), 3) << "what was converted for nothing goes at once";
}

} // namespace
} // namespace everlong::api
