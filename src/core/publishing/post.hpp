#pragma once
// A post, from a person's intent to a published medium: what shall be shown, when, and how far it has come. Plain data;
// what happens next is decided in post_machine.hpp, what Meta would refuse in preflight.hpp.
//
// Words: a *file* is a picture or video that Everlong keeps; *container* and *media* are Meta's (facts/graph-api.md, 8).

#include <base/strong.hpp>
#include <base/time.hpp>
#include <core/lifecycle.hpp>
#include <core/publishing/media_facts.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::core {

using PostId = StrongText<struct PostIdTag>; // "post_" and 20 letters and digits
using FileId = StrongText<struct FileIdTag>; // "file_" and 20 letters and digits

enum class PostKind { kImage, kCarousel, kReel, kStory };

// In the order of a post's life; the words are the contract's (section 2).
enum class PostState {
    kDraft,      // kept, not to be sent
    kScheduled,  // waits for its time, or for what it needs: quota, a connection
    kChecking,   // is looked at once more: token, quota, the addresses of its media
    kContainers, // its containers are made and filled
    kWaiting,    // Meta works on them
    kReady,      // may be published; waits for its time
    kPublishing, // the intent is stored; the call may have left
    kPublished,
    kUncertain, // the call left and no clean answer came: only reading settles it
    kHeld,      // a person is asked
    kFailed,
    kCancelled,
};

std::string_view to_text(PostKind kind);   // "image", "carousel", "reel", "story"
std::string_view to_text(PostState state); // "draft", "scheduled", ...
std::optional<PostKind> parse_post_kind(std::string_view text);
std::optional<PostState> parse_post_state(std::string_view text);
// Nothing happens any more by itself, and nothing is asked of anybody.
bool is_final(PostState state); // published, failed, cancelled

// --- what shall be shown ---

// Positions are shares of width and height from the upper left corner, 0 to 1 (8.1).
struct UserTag {
    std::string username;
    std::optional<double> x;
    std::optional<double> y;
    bool operator==(const UserTag&) const = default;
};

struct ProductTag {
    std::string product_id;
    std::optional<double> x;
    std::optional<double> y;
    bool operator==(const ProductTag&) const = default;
};

// One picture or video: a file of ours, or somebody's address.
struct PostMedium {
    MediumType type = MediumType::kImage;
    FileId file;
    std::string url; // empty where there is a file
    std::string alt_text;
    std::vector<UserTag> user_tags;
    std::vector<ProductTag> product_tags;
    bool operator==(const PostMedium&) const = default;
};

// Reels that only strangers see at first, and how they come to be shown to followers (trial_params, 8.1).
enum class Trial { kNone, kManual, kPerformance };

struct ReelSettings {
    FileId cover_file;
    std::string cover_url;                    // either of both covers, or none
    std::optional<Milliseconds> thumb_offset; // 0 is a choice, too
    std::optional<bool> share_to_feed;
    std::string audio_name;
    Trial trial = Trial::kNone;
    bool operator==(const ReelSettings&) const = default;
};

struct PostContent {
    PostKind kind = PostKind::kImage;
    std::vector<PostMedium> media; // one; 2 to 10 in a carousel
    std::string caption;
    std::string location_id;
    std::vector<std::string> collaborators; // usernames
    ReelSettings reel;
    std::string first_comment;
    bool is_ai_generated = false;
    bool operator==(const PostContent&) const = default;
};

// --- when ---

struct Schedule {
    Instant due_at{};
    // What a person wrote, where it was a wall clock's time: then due_at follows the zone's rules as they are known today.
    std::string zone;      // IANA's name; empty: due_at was given as an instant
    std::string wall_time; // "2026-12-24T18:00:00"
    bool operator==(const Schedule&) const = default;
};

// --- how far it has come ---

// The answer of Meta to the question how a container is (8.4).
enum class ContainerStatus { kUnknown, kInProgress, kFinished, kPublished, kError, kExpired };
std::string_view to_text(ContainerStatus status); // Meta's words; "" for kUnknown
ContainerStatus parse_container_status(std::string_view text);

struct ContainerProgress {
    std::string id;         // empty: none has been made
    std::string upload_uri; // resumable uploads: where its bytes go
    bool has_bytes = false; // all bytes have arrived, or Meta fetches them itself
    Instant created_at{};
    ContainerStatus status = ContainerStatus::kUnknown;
    int asked = 0; // how often its status was asked for
    // How often in a row Meta denied knowing it (100/33), which proves nothing (facts 11.9).
    int denied = 0;
    bool operator==(const ContainerProgress&) const = default;
};

// A publish call for which the intent has been stored. The last one only; earlier ones stand in the timeline.
struct PublishAttempt {
    int number = 0; // 1, 2, ...
    std::string container_id;
    Instant started_at{};
    // Of the first call for this container that nobody has proven to be without effect: a medium since then may be ours.
    Instant first_started_at{};
    int repeats = 0;               // calls for this container before this one, since a person last asked for a retry
    std::optional<int> quota_used; // just before
    Instant looked_since{};        // when the present round of looking for it began
    // What has been read since, while the post is uncertain.
    int times_unpublished = 0; // the container said FINISHED, and no medium fits
    std::optional<Instant> first_unpublished_at;
    // Meta's clock, as its answers to the first and the last look after this call told it: what lies between them has passed
    // at Meta, whatever this machine's clock has done.
    std::optional<Instant> meta_first_at;
    std::optional<Instant> meta_last_at;
    bool operator==(const PublishAttempt&) const = default;
};

struct Progress {
    std::vector<ContainerProgress> containers; // one a medium, in their order
    ContainerProgress parent;                  // carousels
    std::optional<PublishAttempt> attempt;
    int attempts = 0;        // publish intents that were ever stored: the number of the last one
    int remakes = 0;         // containers given up because Meta could not make or process them
    int failed_attempts = 0; // in a row, of the present step
    // Connection, quota and clock were found good, shortly before the publish call; what the quota said then.
    std::optional<Instant> confirmed_at;
    std::optional<int> quota_used;
    // From when the misfire rule counts, where not from the due time: a person let a late post go, or Meta told it to wait.
    std::optional<Instant> released_at;
    // What happened since then may not be known here (an older copy of the store was brought back, or nothing ran when the
    // post was due): before anything is sent, the account is looked at whether the post is live already.
    std::optional<Instant> unseen_since;
    // Until when somebody else may have sent it: an older copy was brought back then.
    std::optional<Instant> unseen_until;
    // What it showed whenever that mark was set: so it may have gone out, whatever a person makes of it now.
    std::vector<PostContent> unseen_contents;
    // When the engine looks at it next; absent: nothing to do.
    std::optional<Instant> next_attempt_at;
    std::optional<Problem> problem; // the last trouble, until it is over
    bool operator==(const Progress&) const = default;
};

struct PostResult {
    std::string media_id;
    std::string permalink;
    std::optional<Instant> published_at;
    std::string comment_id; // of the first comment
    int comments = 0;       // intents that were stored for it: the number of the last one
    // The last of them may have had its effect: it is never repeated.
    bool is_comment_open = false;
    // Permalink and first comment are fetched and made afterwards, and given up on one day: neither fails a live post.
    bool is_settled = false;
    bool operator==(const PostResult&) const = default;
};

// What a check has found: a rule, the value that was measured, what may be done (core/publishing/preflight.hpp).
struct Finding {
    std::string rule;        // "image-aspect-ratio", ...
    bool is_error = true;    // Meta would refuse it; else it is only not as one would wish
    int medium = -1;         // index of the picture or video; -1: the post as a whole
    std::string measured;    // "2:1"
    std::string wanted;      // "4:5 to 1.91:1"
    bool is_fixable = false; // by a conversion that loses nothing that was asked for
    bool operator==(const Finding&) const = default;
};

struct Post {
    PostId id;
    std::int64_t revision = 0; // rises with every write
    ChannelId channel;
    std::string channel_name; // as it is now
    PostContent content;
    Schedule schedule;
    PostState state = PostState::kDraft;
    Progress progress;
    PostResult result;
    std::vector<Finding> findings;
    Instant created_at{};
    std::string created_by; // an actor of the audit trail
};

// A line of a post's story: what was done, and what came of it. Never holds a secret.
struct TimelineEntry {
    Instant at{};
    // What happened, as a stable word: "created", "container-made", "publish-sent", ...; its sentence is post_events.hpp's.
    std::string event;
    std::string call;                    // "POST /{ig-user-id}/media"; empty where nobody was asked
    std::string detail;                  // ids and figures
    PostState state = PostState::kDraft; // after it
    std::optional<Problem> problem;
};

} // namespace everlong::core
