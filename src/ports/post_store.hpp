#pragma once
// Posts, their stories, and the files that they show, as they are remembered. Transactions and errors are those of
// ports/store.hpp. Only rows: the bytes of files are ports/media_shelf.hpp's.

#include <async/task.hpp>
#include <core/publishing/post.hpp>
#include <ports/publish_intent.hpp>
#include <ports/store.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace everlong::ports {

using core::FileId;
using core::Post;
using core::PostId;
using core::TimelineEntry;

struct PostQuery {
    std::string channel_name;            // empty: of all
    std::vector<core::PostState> states; // empty: all
    std::optional<Instant> due_from;     // inclusive
    std::optional<Instant> due_until;    // exclusive
    // In order of due time, of equal ones in the order in which they were made; the cursor is that of the last one shown.
    bool is_newest_first = true;
    std::string after; // an opaque cursor; empty: from the start
    int limit = 100;
};

// A post whose row is damaged. Nobody sends it, and what stands there stays as evidence: only a person's word ends it
// (close_unreadable_post). One such row keeps nothing from the posts beside it.
struct UnreadablePost {
    // As far as it can be read: id, revision, channel, state and times always, of the rest what is not damaged. Not to be
    // sent or saved.
    Post known;
    std::vector<std::string> damaged; // "content", "progress", "result", "findings", "state"; what is empty in `known`
    bool was_call_begun = false;      // an intent to publish it is stored: it may be live
    Error problem;                    // kStoreCorrupt (kCorrupt), which says of which post and why
};

struct ReadPosts {
    std::vector<Post> posts;
    std::vector<UnreadablePost> unreadable; // in the same order
};

struct PostPage : ReadPosts {
    std::string next; // cursor; empty: no more
};

struct AddedPost {
    Post post;
    bool is_new = true;
};

// Posts of a channel that a person has to look at. Damaged ones count as what their state's column says.
struct PostsInNeed {
    int held = 0;
    int uncertain = 0;
    int failed = 0; // of those due since then only
    bool operator==(const PostsInNeed&) const = default;
};

// A picture or video that was brought to Everlong.
struct MediaFile {
    FileId id;
    std::int64_t revision = 0;
    std::string name;                      // as its owner calls it; for people only
    std::uint64_t size = 0;                // that it will have
    std::uint64_t received = 0;            // bytes on the shelf
    std::string sha256;                    // hex, once it is whole
    std::optional<core::MediaFacts> facts; // once it was looked at
    std::string public_name;               // unguessable; under which it is shown to Meta. Empty: it is not shown
    std::optional<Instant> public_until;
    Instant created_at{};
    std::string created_by;
    bool is_whole() const { return size != 0 && received == size; }
};

class PostStore {
public:
    virtual ~PostStore() = default;

    // `told` gets each post that a commit has made or changed, as Store::watch() tells channels: once the write is durable,
    // before its caller hears of it, on the caller's executor. One watcher, with whatever it refers to kept by it. Posts
    // that go with their channel are not told one by one: the channel is.
    virtual void watch_posts(std::function<void(const Post&)> told) = 0;

    // --- posts ---
    // Made at event.at by event.actor; its id and revision are given here. A post of the same channel with the same
    // idempotency key (not empty) is given back, as it is now, in place of a second one; kIdempotency (kConflict) where that one
    // was made with another content or time ("due when it was made" is the same whenever it is said again), or as a draft.
    // kChannelUnknown (kUsage): its channel is not there; kFileUnknown (kUsage): nor is a file that it shows.
    virtual Task<AddedPost> add_post(Post post, std::string idempotency_key, std::vector<TimelineEntry> entries,
                                     AuditEvent event) = 0;
    // Of a damaged row: kStoreCorrupt (kCorrupt).
    virtual Task<std::optional<Post>> find_post(PostId id) = 0;
    // Nothing where it can be read, or is not there.
    virtual Task<std::optional<UnreadablePost>> find_unreadable_post(PostId id) = 0;
    // The post that was made with this idempotency key (not empty), as it is now.
    virtual Task<std::optional<Post>> find_post_of_key(ChannelId channel, std::string idempotency_key) = 0;
    // Damaged ones count towards the limit.
    virtual Task<PostPage> list_posts(PostQuery query) = 0;
    // Everything that changes, with what is told of it, in one transaction; gives the post with its revision raised.
    // kBusy (kConflict) where it has changed since it was read, or another post of its channel has its media id already;
    // kPostUnknown (kUsage) where it has gone, as a post does with its channel; kFileUnknown (kUsage) as in add_post, but
    // not of a final post: its files may have gone. Its channel, its key and how it was made stay as they are. Without an
    // audit event for what the engine does all day.
    virtual Task<Post> save_post(Post post, std::vector<TimelineEntry> entries, std::optional<AuditEvent> event) = 0;

    // Ends a damaged one in end.state, which is final, with the media id of post.known; nothing else of it is touched, and its
    // key stays taken. Gives it as it is then. Errors as of save_post; kBusy (kConflict) also where it can be read again.
    virtual Task<UnreadablePost> close_unreadable_post(UnreadablePost post, TimelineEntry end, AuditEvent event) = 0;

    struct BegunPublish {
        Post post;
        PublishIntent intent;
    };
    // As save_post, for a post whose next call must not be repeated blindly: when this gives success, the intent is
    // durable. Each step ("publish-1", "publish-2", "comment-1") of a post can be begun once: kPublishUncertain
    // (kUnknownOutcome) where it was begun before, because its call may have left then.
    virtual Task<BegunPublish> begin_publish(Post post, std::string step, TimelineEntry entry) = 0;

    // Posts whose progress.next_attempt_at is at or before `now`, without those of `except`, which take no place of `limit`;
    // in order of their due time, equal ones in the order in which they were made. Damaged ones count towards the limit.
    virtual Task<ReadPosts> list_due_posts(Instant now, int limit, std::vector<PostId> except) = 0;
    // The earliest next_attempt_at of all without those.
    virtual Task<std::optional<Instant>> next_post_due(std::vector<PostId> except) = 0;
    // Oldest first.
    virtual Task<std::vector<TimelineEntry>> list_timeline(PostId id) = 0;
    // Which of these media ids are some post's of this channel already.
    virtual Task<std::vector<std::string>> list_bound_media(ChannelId channel, std::vector<std::string> media_ids) = 0;
    // Posts of a channel that are neither final nor drafts, due before `until`: what a dead token would stop.
    virtual Task<int> count_pending_posts(ChannelId channel, std::optional<Instant> until) = 0;
    virtual Task<PostsInNeed> count_posts_in_need(ChannelId channel, Instant failed_since) = 0;
    // Posts in the state "scheduled" with a wall time, for a look after the zones' rules have changed; in order of id, after `after`.
    virtual Task<ReadPosts> list_zoned_posts(PostId after, int limit) = 0;

    // --- files ---
    // Made at event.at by event.actor; its id and revision are given here.
    virtual Task<MediaFile> add_file(MediaFile file, AuditEvent event) = 0;
    virtual Task<std::optional<MediaFile>> find_file(FileId id) = 0;
    virtual Task<std::optional<MediaFile>> find_file_by_public_name(std::string public_name) = 0;
    // kBusy (kConflict) where it has changed since it was read; kFileUnknown (kUsage) where it has gone.
    virtual Task<MediaFile> save_file(MediaFile file) = 0;
    // kFileInUse (kConflict): a post that is not final shows it. kFileUnknown (kUsage).
    virtual Task<void> remove_file(FileId id, AuditEvent event) = 0;
    // Those that no post that is not final shows, made or last shown before then; oldest first. Damaged rows are passed over.
    virtual Task<std::vector<MediaFile>> list_unused_files(Instant before, int limit) = 0;

protected:
    static PublishIntent make_intent(core::PostId post, std::string step) {
        return PublishIntent(std::move(post), std::move(step));
    }
};

} // namespace everlong::ports
