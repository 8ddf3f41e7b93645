#pragma once
// A store with one channel, and quick ways to posts in it.

#include "store_suite.hpp"

#include <ports/post_store.hpp>

namespace everlong::test {

using core::PostState;
using ports::Post;
using ports::TimelineEntry;

class StorePosts : public testing::Test {
protected:
    StorePosts() { shop_ = create("shop"); }

    template <class T>
    T get(Task<T> task) {
        return must(run(io_, std::move(task)));
    }
    template <class T>
    Error error_of(Task<T> task) {
        auto result = run(io_, std::move(task));
        if (!result) return result.error();
        ADD_FAILURE() << "succeeded, but has to fail";
        return Error(Code::kInternal, Fault::kUsage);
    }
    ports::PostStore& posts() { return sqlite_.posts(); }
    ports::ChannelId create(const std::string& name) {
        return get(sqlite_.store().create_channel({name, core::LoginPath::kInstagram, "1", {}},
                                                  event("x", day(0), name)))
            .id;
    }

    Post draft(Instant due, std::string caption = "a cat") const {
        Post post;
        post.channel = shop_;
        post.state = PostState::kScheduled;
        post.content.media.resize(1);
        post.content.media[0].url = "https://example.com/cat.jpg";
        post.content.caption = std::move(caption);
        post.schedule.due_at = due;
        post.progress.next_attempt_at = due;
        return post;
    }
    Post add(Post post, std::string key = "", Instant at = day(0)) {
        return get(posts().add_post(std::move(post), std::move(key), {}, event("post-created", at))).post;
    }
    Post save(Post post, std::optional<ports::AuditEvent> event = std::nullopt) {
        return get(posts().save_post(std::move(post), {}, std::move(event)));
    }
    static TimelineEntry entry(std::string word, PostState state = PostState::kScheduled, Instant at = day(0)) {
        TimelineEntry line;
        line.at = at;
        line.event = std::move(word);
        line.state = state;
        return line;
    }
    static std::vector<std::string> captions(const std::vector<Post>& list) {
        std::vector<std::string> texts;
        for (const Post& post : list)
            texts.push_back(post.content.caption);
        return texts;
    }

    boost::asio::io_context io_{1};
    SqliteStore sqlite_;
    ports::ChannelId shop_;
};

} // namespace everlong::test
