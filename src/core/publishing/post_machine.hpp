#pragma once
// What happens next with a post, and what an outcome means for it: pure functions of what is stored, so that a crash at any
// point changes nothing. The engine does what next_step() says, hands the outcome to the function of that step, and saves
// what it gives. docs/post-lifecycle.md tells the whole in words; what people may change is in post_wishes.hpp.
//
// The rules that are never broken (design: faults, C):
//   A publish call leaves only from begin_publish(), whose result is stored first.
//   After it, only a clean id, an error of proves_unpublished() or a look (after_look) says what became of it.
//   No second container is made while a publish call for the first is open (Progress::attempt is set).
//   An error proves something only of its own call: while an earlier call for the same container is open, it settles nothing.

#include <core/publishing/meta_answers.hpp>
#include <core/publishing/post.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace everlong::core {

// The container that is published, where it is none of the media's: a carousel's.
inline constexpr int kParent = -1;

namespace step {

struct Nothing {}; // no wake-up: final, a draft, or a person is asked
struct Wait {
    Instant until{};
};
struct LookBack {}; // may it be live already, without this store's knowing? Reads only
struct Check {};    // connection, quota, clock, media addresses
// `item`: index of the picture or video, or kParent.
struct MakeContainer {
    int item = 0;
};
struct SendBytes {
    int item = 0;
};
struct AskContainer {
    int item = 0;
};
struct Confirm {}; // connection, quota and clock once more, shortly before the call
struct Publish {};
struct Look {}; // is it live? Reads only
struct Comment {};
struct FindMedium {}; // live, but its id is not known
struct FetchPermalink {};

} // namespace step

using PostStep = std::variant<step::Nothing, step::Wait, step::LookBack, step::Check, step::MakeContainer,
                              step::SendBytes, step::AskContainer, step::Confirm, step::Publish, step::Look,
                              step::Comment, step::FindMedium, step::FetchPermalink>;

PostStep next_step(const Post& post, Instant now);
// For logs: "make-container 2".
std::string to_text(const PostStep& step);

struct Change {
    Post post;
    std::vector<TimelineEntry> entries;
};

// --- before the publish call ---

// What was found of connection, quota and clock.
struct Readiness {
    std::optional<int> quota_used;
    std::optional<int> quota_total;
    std::optional<Instant> server_time; // Meta's, as of the same moment as `now`
};

Change after_check(Post post, const Result<Readiness>& outcome, Instant now);
Change after_make(Post post, int item, const Result<ContainerProgress>& made, Instant now);
Change after_send(Post post, int item, const Result<void>& sent, Instant now);
Change after_ask(Post post, int item, const Result<ContainerReport>& report, Instant now);
Change after_confirm(Post post, const Result<Readiness>& outcome, Instant now);

// --- the publish call ---

// The post with its intent, to be stored before the call leaves. `cause` is why it is late, where nothing is noted with it.
struct Begun {
    Post post;
    std::string step; // "publish-1"
    TimelineEntry entry;
};
Begun begin_publish(Post post, const std::optional<Problem>& cause, Instant now);
// `media_id`: Meta's answer to the call of post.progress.attempt.
Change after_publish(Post post, const Result<std::string>& media_id, Instant now);

// What was read to find out whether a post is live (C4).
struct Look {
    Result<ContainerReport> container;
    Result<std::vector<PublishedMedium>> recent; // since media_wanted_since()
    std::vector<std::string> bound;              // those of `recent` that are some post's already
    // Other posts of the channel that may have one of these media: sent, without a media id.
    std::vector<PostContent> rivals;
    // A damaged one is among those, and what it shows cannot be told: any of these media may be its own. Nobody looks for it.
    bool has_unreadable_rival = false;
    std::optional<Instant> server_time; // Meta's, as of this look; nothing where it did not answer
    std::optional<int> quota_used;
    int others_published = 0; // posts of the channel that are known to have gone out since the call
};
Change after_look(Post post, const Look& look, Instant now);
// How far back lists of media are to be read for this post.
Instant media_wanted_since(const Post& post);

// --- what may have happened without this store ---

// An older copy of the store was brought back; `known_until` is its last sign of life. Nothing for a post that is over.
std::optional<Change> after_restore(Post post, Instant known_until, Instant now);
// Everlong starts: a post that was due while nothing ran may be live, if this directory is an older copy of another. Nothing
// for a post that needs no look.
std::optional<Change> after_pause(Post post, Instant known_until, Instant now);
// `look.container` counts only where the post has one that could be published; an error there proves nothing.
Change after_look_back(Post post, const Look& look, Instant now);

// --- after it is live ---

// Of `look` only recent, bound, rivals of both kinds and Meta's time count.
Change after_find(Post post, const Look& look, Instant now);
Change after_permalink(Post post, const Result<PublishedMedium>& medium, Instant now);
Begun begin_comment(Post post, Instant now);
Change after_comment(Post post, const Result<std::string>& comment_id, Instant now);

// Meta has asked for a pause that is not this post's doing: looked at again at its end, from which the misfire rule counts.
Change put_off(Post post, const Problem& pause, Instant until, Instant now);

// --- rules that others ask about ---

// The engine looks at it first at this instant.
Instant begins_at(const Post& post);
Milliseconds lead_of(const PostContent& content);
bool is_story(const PostContent& content);
// Would the misfire rule hold it if it could go out now?
bool is_overdue(const Post& post, Instant now);
// What a post can carry besides what preflight finds of it: its first comment is in doubt, or was not written; it counts as
// live, and none of the account's media is known to be it.
inline constexpr std::string_view kCommentUnknown = "first-comment-unknown";
inline constexpr std::string_view kCommentMissing = "first-comment-missing";
inline constexpr std::string_view kMediumUnknown = "medium-unknown";
// A publish call may have had its effect.
bool is_publish_open(const Post& post);
// A container that Meta still keeps for us.
bool is_usable(const ContainerProgress& container, Instant now);
// Where a clock that was ahead began it too early or put it off for too long; nothing where it waits rightly. `is_set_back`: it
// is known that the clock has just been set back.
std::optional<Change> put_right(Post post, bool is_set_back, Instant now);
// Held as overdue, and by this clock it is not: one of the two clocks, then or now, was wrong, and only Meta's tells which.
bool may_be_held_wrongly(const Post& post, Instant now);
// Does this clock agree with Meta's as well as publishing asks for?
bool is_clock_right(Instant at_meta, Instant now);
// Such a post waits for its time again, where this clock is right and it is overdue by neither clock; else nothing.
// `at_meta`: Meta's time, as of the same moment as `now`.
std::optional<Change> free_held(Post post, Instant at_meta, Instant now);

// What an error of a step that may be repeated asks for.
enum class Trouble {
    kPassing,       // the same later
    kRateLimited,   // the same after a pause, and everybody else pauses, too
    kQuota,         // the account's number of posts or containers is used up
    kConnection,    // a person has to mend token, permission, account or app
    kContainerGone, // a new container
    kDenied,        // Meta denies knowing the object, which proves nothing (11.9)
    kMedia,         // the media could not be fetched or made: worth a few tries
    kBlocked,       // Meta calls it spam or abuse: a person decides
    kRefused,       // cannot pass as it is
};
Trouble trouble_of(const Error& error);
// How long to wait after a rate limit: what Meta says, else by how many came in a row (1: the first).
Milliseconds rate_limit_wait(const Error& error, int in_a_row);

} // namespace everlong::core
