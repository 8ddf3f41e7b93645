// /v1/posts where the row of one post is damaged: it is named, shown as far as it can be, and ended by a person's word.
#include "publishing_bench.hpp"

#include <support/raw_sql.hpp>

#include <algorithm>

namespace everlong::api {
namespace {

class DamagedPosts : public PublishingBench {
protected:
    DamagedPosts() {
        create_channel("shop");
        create_channel("other");
    }
    std::string create(const std::string& caption, const std::string& channel = "shop") {
        const auto answer =
            local("POST", "/v1/posts",
                  {{"channel", channel},
                   {"kind", "image"},
                   {"media", json::array{json::object{{"file", bring_picture()}, {"alt_text", "a cat"}}}},
                   {"caption", caption},
                   {"at", caption == "later" ? "2026-12-25T18:00:00Z" : "2026-12-24T18:00:00Z"}});
        EXPECT_EQ(answer.status, 201) << answer.body;
        return std::string(body_of(answer).at("id").as_string());
    }
    std::string raw(const std::string& sql) { return test::run_raw_sql(store_.file(), sql); }
    void damage(const std::string& id, const std::string& column = "progress") {
        raw("UPDATE posts SET " + column + " = '{' WHERE id = '" + id + "'");
    }
    void begin_call(const std::string& id) {
        raw("INSERT INTO post_intents SELECT number, 'publish-1', 0 FROM posts WHERE id = '" + id + "'");
    }
    json::object show(const std::string& id) {
        const auto answer = local("GET", "/v1/posts/" + id);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return body_of(answer);
    }
    static std::string text(const json::object& object, const char* name) {
        return std::string(object.at(name).as_string());
    }
};

TEST_F(DamagedPosts, AreListedBesideTheOthersWithWhatHappenedAndWhatToDo) {
    const auto good = create("good");
    const auto bad = create("bad");
    const auto later = create("later");
    damage(bad);
    const auto posts = body_of(local("GET", "/v1/posts?order=oldest")).at("posts").as_array();
    ASSERT_EQ(posts.size(), 3U);
    EXPECT_EQ(text(posts[2].as_object(), "id"), later);
    const auto found = std::ranges::find(posts, bad, [](const auto& post) { return text(post.as_object(), "id"); });
    ASSERT_NE(found, posts.end());
    const json::object& post = found->as_object();
    EXPECT_EQ(post.at("unreadable"), json::array{"progress"});
    EXPECT_EQ(post.at("caption"), "bad") << "what is whole is shown";
    EXPECT_EQ(post.at("state"), "scheduled");
    EXPECT_EQ(post.at("cause"), "store-corrupt");
    EXPECT_EQ(post.at("problem").at("code"), "E_STORE_CORRUPT");
    EXPECT_TRUE(text(post, "what_happened").contains(bad)) << text(post, "what_happened");
    EXPECT_TRUE(text(post, "what_to_do").contains("post cancel")) << text(post, "what_to_do");
    EXPECT_EQ(post.at("next_attempt_at"), nullptr);
    EXPECT_FALSE(show(good).contains("unreadable"));

    const auto alone = show(bad);
    EXPECT_EQ(alone.at("cause"), "store-corrupt");
    EXPECT_EQ(alone.at("timeline").at(0).at("event"), "created");
    raw("UPDATE post_timeline SET state = 'x'");
    EXPECT_TRUE(show(bad).at("timeline").as_array().empty()) << "its story is damaged, too";
}

TEST_F(DamagedPosts, CannotBeChangedOrTriedAgain) {
    const auto bad = create("bad");
    damage(bad, "content");
    EXPECT_EQ(body_of(local("PATCH", "/v1/posts/" + bad, {{"caption", "x"}})).at("code"), "E_STORE_CORRUPT");
    EXPECT_EQ(body_of(local("POST", "/v1/posts/" + bad + "/retry")).at("code"), "E_STORE_CORRUPT");
    EXPECT_EQ(raw("SELECT content || revision FROM posts"), "{1\n");
}

TEST_F(DamagedPosts, AreCancelledByAPerson) {
    const auto bad = create("bad");
    damage(bad);
    const int changes = changes_;
    const auto answer = local("DELETE", "/v1/posts/" + bad);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(body_of(answer).at("state"), "cancelled");
    EXPECT_EQ(body_of(answer).at("timeline").as_array().back().at("event"), "cancelled");
    EXPECT_EQ(changes_, changes + 1);
    EXPECT_EQ(raw("SELECT state || progress || (next_attempt_at IS NULL) FROM posts"), "cancelled{1\n");
    EXPECT_EQ(raw("SELECT count(*) FROM audit WHERE action = 'post-cancelled'"), "1\n");
    EXPECT_EQ(body_of(local("DELETE", "/v1/posts/" + bad)).at("code"), "E_POST_STATE");
}

TEST_F(DamagedPosts, ThatMayBeLiveAreSettledByAPerson) {
    for (const bool is_published : {true, false}) {
        const auto bad = create("bad");
        damage(bad);
        const json::object body{{"published", is_published}};
        EXPECT_EQ(body_of(local("POST", "/v1/posts/" + bad + "/settle", body)).at("code"), "E_POST_STATE");
        begin_call(bad);
        EXPECT_EQ(body_of(local("DELETE", "/v1/posts/" + bad)).at("code"), "E_POST_STATE");
        const auto settled = body_of(local("POST", "/v1/posts/" + bad + "/settle", body));
        EXPECT_EQ(settled.at("state"), is_published ? "published" : "failed");
        EXPECT_EQ(settled.at("unreadable"), json::array{"progress"});
    }
}

TEST_F(DamagedPosts, KeepTheMediumThatAPersonNames) {
    for (const bool is_published : {true, false}) {
        const auto bad = create("bad");
        damage(bad);
        begin_call(bad);
        const json::object body{{"published", is_published}, {"media_id", "17900000000000001"}};
        const auto settled = body_of(local("POST", "/v1/posts/" + bad + "/settle", body));
        const json::value wanted = is_published ? json::value("17900000000000001") : json::value(nullptr);
        EXPECT_EQ(settled.at("media_id"), wanted);
        EXPECT_EQ(show(bad).at("media_id"), wanted);
        const auto line = settled.at("timeline").as_array().back();
        EXPECT_EQ(line.at("detail"), is_published ? json::value("media 17900000000000001") : json::value(nullptr));
    }
}

TEST_F(DamagedPosts, AreNobodyElsesBusiness) {
    const auto bad = create("bad", "other");
    damage(bad);
    const std::string key = key_for({"posts:read", "posts:write"}, "shop");
    for (const char* method : {"GET", "DELETE"}) {
        const auto answer = with_key(key, method, "/v1/posts/" + bad);
        EXPECT_EQ(body_of(answer).at("code"), "E_POST_UNKNOWN") << answer.body;
    }
    EXPECT_TRUE(body_of(with_key(key, "GET", "/v1/posts")).at("posts").as_array().empty());
}

} // namespace
} // namespace everlong::api
