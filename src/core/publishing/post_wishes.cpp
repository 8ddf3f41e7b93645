#include <core/publishing/post_wishes.hpp>

#include <core/publishing/detail/changes.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

using detail::Outcome;

std::unexpected<Error> not_now(PostState state, std::string_view why) {
    return fail(Code::kPostState, Fault::kConflict, "it is " + std::string(to_text(state)) + ": " + std::string(why));
}

std::unexpected<Error> not_now(const Post& post, std::string_view why) {
    return not_now(post.state, why);
}

TimelineEntry line_of(PostEvent event, PostState state, Instant now) {
    return {now, std::string(to_text(event)), {}, {}, state, {}};
}

constexpr std::string_view kIsOver = "it is over already, there is nothing to cancel";

// Nothing of what was made for it so far is used again. Only where no publish call is open.
void start_anew(Progress& progress) {
    const int attempts = progress.attempts;
    const auto unseen_since = progress.unseen_since;
    const auto unseen_until = progress.unseen_until;
    auto unseen_contents = std::move(progress.unseen_contents);
    progress = {};
    progress.attempts = attempts; // intents have their number once in a post's life
    progress.unseen_since = unseen_since;
    progress.unseen_until = unseen_until;
    progress.unseen_contents = std::move(unseen_contents);
}

// Stories stand in a list of their own, and one look reads one list.
bool is_in_other_list(const Post& post, const PostContent& changed) {
    return std::ranges::any_of(post.progress.unseen_contents,
                               [&](const PostContent& unseen) { return is_story(unseen) != is_story(changed); });
}

// When the engine takes it up: in good time before it is due. One that may be live without this store's knowing is looked for
// before that, and the mark goes with the look's proof: what the account gets until the post's time, and this store knows of
// better than anybody, would only be in doubt with it. Not before lists have had their lag, so that the look misses nothing.
Instant taken_up_at(const Post& post, Instant now) {
    const Instant begins = std::max(now, begins_at(post));
    return post.progress.unseen_since ? std::min(begins, now + kListLag) : begins;
}

Change with(Outcome& outcome, PostEvent event, std::string detail = {}) {
    outcome.tell(event, std::move(detail));
    return outcome.take();
}

// A call has left, and only a person, or a look, can tell what came of it.
bool is_call_in_doubt(const Post& post) {
    return is_publish_open(post) && (post.state == PostState::kUncertain || post.state == PostState::kHeld);
}

// Live by a person's word alone: nothing that Meta has said stands for it.
bool is_live_by_word(const Post& post) {
    const ContainerProgress* container = detail::find_publishable(post);
    const bool has_metas_word = container != nullptr && container->status == ContainerStatus::kPublished;
    return post.state == PostState::kPublished && post.result.media_id.empty() && !has_metas_word &&
           std::ranges::find(post.findings, kMediumUnknown, &Finding::rule) != post.findings.end();
}

// A call is in doubt, or the post may have gone out without this store's knowing.
bool is_in_doubt(const Post& post) {
    return is_call_in_doubt(post) || is_live_by_word(post) ||
           (post.state == PostState::kHeld && post.progress.unseen_since);
}

// A post that went out without this store's knowing: some call was made since then, and its comment with it.
void assume_call(Outcome& outcome) {
    const Instant now = outcome.now();
    PublishAttempt attempt;
    attempt.number = outcome.progress().attempts;
    attempt.first_started_at = std::min(outcome.progress().unseen_since.value_or(now), now);
    attempt.started_at = std::clamp(outcome.post().schedule.due_at, attempt.first_started_at, now);
    attempt.looked_since = now;
    outcome.progress().attempt = std::move(attempt);
    outcome.post().result.is_comment_open = true;
}

std::string when(const Post& post) {
    return has_time(post) ? "due at " + to_rfc3339(post.schedule.due_at) : std::string();
}

} // namespace

bool has_time(const Post& post) {
    return post.state != PostState::kDraft || !post.schedule.wall_time.empty() ||
           post.schedule.due_at > post.created_at;
}

Change start_post(Post post, bool is_draft, Instant now) {
    Outcome outcome(std::move(post), {}, now);
    outcome.progress() = {};
    outcome.post().result = {};
    outcome.post().state = is_draft ? PostState::kDraft : PostState::kScheduled;
    if (!is_draft) outcome.progress().next_attempt_at = taken_up_at(outcome.post(), now);
    return with(outcome, PostEvent::kCreated, is_draft ? "" : "due at " + to_rfc3339(outcome.post().schedule.due_at));
}

Result<Change> schedule_post(Post post, Schedule schedule, Instant now) {
    if (post.state != PostState::kDraft) return not_now(post, "only a draft is given its time so");
    Outcome outcome(std::move(post), {}, now);
    outcome.post().schedule = std::move(schedule);
    outcome.post().state = PostState::kScheduled;
    outcome.progress().next_attempt_at = taken_up_at(outcome.post(), now);
    return with(outcome, PostEvent::kScheduled, "due at " + to_rfc3339(outcome.post().schedule.due_at));
}

Result<Change> edit_post(Post post, PostContent content, Schedule schedule, Instant now) {
    if (post.state != PostState::kDraft && post.state != PostState::kScheduled) {
        return not_now(post, "only drafts and scheduled posts can be changed");
    }
    if (is_in_other_list(post, content)) {
        return not_now(post, "what it was before may be live already; make another post of it");
    }
    Outcome outcome(std::move(post), {}, now);
    start_anew(outcome.progress());
    outcome.post().content = std::move(content);
    outcome.post().schedule = std::move(schedule);
    outcome.post().findings.clear();
    if (outcome.post().state == PostState::kScheduled) {
        outcome.progress().next_attempt_at = taken_up_at(outcome.post(), now);
    }
    return with(outcome, PostEvent::kEdited, when(outcome.post()));
}

Result<Change> cancel_post(Post post, Instant now) {
    if (is_call_in_doubt(post)) return not_now(post, "it may be live; settle it first");
    const bool can =
        post.state == PostState::kDraft || post.state == PostState::kHeld || detail::is_before_call(post.state);
    if (is_final(post.state)) return not_now(post, kIsOver);
    if (!can) return not_now(post, "too late, its publish call may have left");
    Outcome outcome(std::move(post), {}, now);
    outcome.post().state = PostState::kCancelled;
    outcome.progress().next_attempt_at.reset();
    return with(outcome, PostEvent::kCancelled);
}

Result<Change> retry_post(Post post, Instant now) {
    const bool can = post.state == PostState::kFailed || post.state == PostState::kHeld ||
                     post.state == PostState::kUncertain || detail::is_before_call(post.state);
    if (post.state == PostState::kDraft) {
        return not_now(post, "give it a time first: everlong post edit ID --schedule --at WHEN");
    }
    if (!can) return not_now(post, "there is nothing to try again");
    Outcome outcome(std::move(post), {}, now);
    Progress& progress = outcome.progress();
    if (is_call_in_doubt(outcome.post())) {
        progress.attempt->looked_since = now;
        progress.attempt->repeats = 0;
        progress.attempt->times_unpublished = 0;
        progress.attempt->first_unpublished_at.reset();
        outcome.post().state = PostState::kUncertain;
    } else if (outcome.post().state == PostState::kFailed) {
        start_anew(progress);
        outcome.post().state = PostState::kScheduled;
    } else if (outcome.post().state == PostState::kHeld) {
        progress.remakes = 0;
        outcome.post().state = PostState::kScheduled;
    }
    progress.failed_attempts = 0;
    progress.confirmed_at.reset();
    progress.released_at = std::max(now, progress.released_at.value_or(now));
    // What has its time still before it waits for nothing else.
    progress.next_attempt_at = is_publish_open(outcome.post()) ? now : taken_up_at(outcome.post(), now);
    return with(outcome, PostEvent::kRetried);
}

Result<Change> settle_published(Post post, std::string media_id, Instant now) {
    const bool wants_medium = post.state == PostState::kPublished && post.result.media_id.empty() && !media_id.empty();
    if (!is_in_doubt(post) && !wants_medium) return not_now(post, "there is no doubt to settle");
    Outcome outcome(std::move(post), {}, now);
    if (!outcome.progress().attempt) assume_call(outcome);
    detail::forget_findings_of_results(outcome.post());
    outcome.post().result.is_settled = false;
    const Instant at = std::min(outcome.progress().attempt->started_at, now);
    std::string detail = media_id.empty() ? "" : "media " + media_id;
    return outcome.publish(PostEvent::kSettledPublished, std::move(media_id), at, std::move(detail));
}

Result<Change> settle_unpublished(Post post, Instant now) {
    if (!is_in_doubt(post)) return not_now(post, "there is no doubt to settle");
    Outcome outcome(std::move(post), {}, now);
    outcome.progress().attempt.reset();
    detail::forget_unseen(outcome.progress());
    outcome.progress().failed_attempts = 0;
    detail::forget_findings_of_results(outcome.post());
    outcome.post().result.published_at.reset();
    outcome.post().result.is_settled = false;
    outcome.post().state = PostState::kFailed;
    outcome.progress().next_attempt_at.reset();
    return with(outcome, PostEvent::kSettledUnpublished);
}

Result<void> check_medium(const Post& post, const Look& look, std::string_view media_id) {
    if (!look.recent) return fail(look.recent.error());
    const std::string name = "medium " + std::string(media_id);
    if (std::ranges::find(look.bound, media_id) != look.bound.end()) {
        return fail(Code::kPostState, Fault::kConflict, name + " is that of another post");
    }
    if (std::ranges::find(*look.recent, media_id, &PublishedMedium::id) != look.recent->end()) return {};
    return fail(Code::kUsage, Fault::kUsage,
                name + " is none of those that the account shows since " + to_rfc3339(media_wanted_since(post)) +
                    "; without an id it is looked for");
}

void note_unseen(Post& post, const Look& look) {
    const bool is_seen = !look.recent || detail::candidates_since(post, look, media_wanted_since(post)).count > 0;
    if (!is_seen && post.result.media_id.empty()) detail::note_unknown_medium(post, 0);
}

Result<TimelineEntry> cancel_unreadable(PostState state, bool was_call_begun, Instant now) {
    if (is_final(state)) return not_now(state, kIsOver);
    if (was_call_begun || state == PostState::kPublishing || state == PostState::kUncertain)
        return not_now(state, "it may be live; settle it first");
    return line_of(PostEvent::kCancelled, PostState::kCancelled, now);
}

Result<TimelineEntry> settle_unreadable(PostState state, bool was_call_begun, bool is_published, Instant now) {
    const bool is_in_doubt = was_call_begun || state == PostState::kPublishing || state == PostState::kUncertain ||
                             state == PostState::kHeld;
    if (is_final(state) || !is_in_doubt) return not_now(state, "there is no doubt to settle");
    if (is_published) return line_of(PostEvent::kSettledPublished, PostState::kPublished, now);
    return line_of(PostEvent::kSettledUnpublished, PostState::kFailed, now);
}

} // namespace everlong::core
