#include <core/publishing/post_machine.hpp>

#include <core/limits.hpp>
#include <core/publishing/detail/changes.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

using detail::find_publishable;
using detail::is_done;
using detail::Outcome;

// The unfinished picture or video that was asked about least, so that a round goes over all of them.
int next_unfinished(const Post& post, Instant now) {
    int found = kParent;
    int least = 0;
    for (std::size_t i = 0; i < post.content.media.size(); ++i) {
        const ContainerProgress& container = post.progress.containers[i];
        if (is_done(container, now) || (found != kParent && container.asked >= least)) continue;
        found = static_cast<int>(i);
        least = container.asked;
    }
    return found;
}

PostStep ready_step(const Post& post, Instant now) {
    const Instant due = post.schedule.due_at;
    if (now < due - kConfirmAhead) return step::Wait{due - kConfirmAhead};
    const auto& confirmed = post.progress.confirmed_at;
    if (!confirmed || *confirmed > now || now - *confirmed > kConfirmedFor) return step::Confirm{};
    if (now < due) return step::Wait{due};
    return step::Publish{};
}

PostStep container_step(const Post& post, Instant now) {
    const auto& containers = post.progress.containers;
    for (std::size_t i = 0; i < post.content.media.size(); ++i) {
        if (i >= containers.size() || !is_usable(containers[i], now)) return step::MakeContainer{static_cast<int>(i)};
        if (!containers[i].has_bytes) return step::SendBytes{static_cast<int>(i)};
    }
    const int item = next_unfinished(post, now);
    if (item != kParent) return step::AskContainer{item};
    if (post.content.kind == PostKind::kCarousel) {
        if (!is_usable(post.progress.parent, now)) return step::MakeContainer{kParent};
        if (!is_done(post.progress.parent, now)) return step::AskContainer{kParent};
    }
    return ready_step(post, now);
}

// Read twice that it is not live, long enough after the call: the same container may be published once more (C4).
bool may_repeat(const Post& post, Instant now) {
    const PublishAttempt& attempt = *post.progress.attempt;
    return attempt.times_unpublished >= 2 && attempt.repeats < kRepeatsAtMost &&
           detail::has_list_lag_passed(attempt, now);
}

// Why it is late, where no trouble was met that would say so.
std::string unexplained_lateness(const Post& post, const Readiness& readiness, Instant now) {
    const Instant at_meta = readiness.server_time.value_or(now);
    const bool is_clock_behind = at_meta - now > kLateAfter && at_meta - post.schedule.due_at > kLateAfter;
    if (is_clock_behind) {
        return humanize(at_meta - post.schedule.due_at) + " late: this machine's clock is " + humanize(at_meta - now) +
               " behind Meta's";
    }
    const Milliseconds late = now - post.schedule.due_at;
    if (late <= kLateAfter || post.progress.problem) return {};
    return humanize(late) + " late: this machine was stopped, asleep or busy";
}

PostStep result_step(const Post& post) {
    if (post.result.is_settled) return step::Nothing{};
    if (post.result.media_id.empty()) return step::FindMedium{};
    if (!detail::wants_comment(post)) return step::FetchPermalink{};
    // The address comes first; where it is not to be had, each of both has its turn, so that neither keeps the other away.
    const bool is_turn_of_address = post.progress.failed_attempts % 2 == 0;
    if (post.result.permalink.empty() && is_turn_of_address) return step::FetchPermalink{};
    return step::Comment{};
}

// How long what it waits for may have it wait.
Milliseconds longest_wait(const Post& post) {
    const auto& problem = post.progress.problem;
    if (problem && problem->fault == Fault::kRateLimited) return kLongestWait;
    return post.state == PostState::kPublished ? kLongestResultWait : kLongestOwnWait;
}

// Begun, held or put off by a clock that was ahead: it waits for its time like any other. Its containers are kept.
void wait_again(Outcome& outcome) {
    Progress& progress = outcome.progress();
    outcome.post().state = PostState::kScheduled;
    progress.next_attempt_at = std::max(outcome.now(), begins_at(outcome.post()));
    progress.confirmed_at.reset();
    progress.failed_attempts = 0;
    progress.problem.reset();
}

// What was read before a wait is no reason to publish again after it.
void look_anew(Progress& progress) {
    if (!progress.attempt) return;
    progress.attempt->times_unpublished = 0;
    progress.attempt->first_unpublished_at.reset();
}

// Waits or holds where it cannot go out; nothing where it can.
std::optional<Change> judge_readiness(Outcome& outcome, const Readiness& readiness) {
    const Instant now = outcome.now();
    if (readiness.server_time && now - *readiness.server_time > kClockFail) {
        const Error error(Code::kClock, Fault::kLocal,
                          "this clock is " + humanize(now - *readiness.server_time) + " ahead of Meta's");
        outcome.progress().confirmed_at.reset();
        outcome.progress().problem = make_problem(error, now);
        if (outcome.progress().failed_attempts++ == 0) {
            outcome.tell(PostEvent::kClockAhead, error.detail(), outcome.progress().problem);
        }
        outcome.progress().next_attempt_at = now + kClockLookEvery;
        return outcome.take();
    }
    const bool is_used_up = readiness.quota_used && readiness.quota_total && *readiness.quota_total > 0 &&
                            *readiness.quota_used >= *readiness.quota_total;
    if (is_used_up) {
        const Error error(Code::kPublishQuota, Fault::kRateLimited,
                          std::to_string(*readiness.quota_used) + " of " + std::to_string(*readiness.quota_total) +
                              " posts of the present day are used");
        return outcome.wait_for_meta(PostEvent::kQuotaUsed, error, kQuotaLookEvery);
    }
    // A clock that is behind does not know how late it is; what a person has let go counts by the clock by which they did.
    const bool is_let_go = outcome.progress().released_at.has_value();
    const Instant latest = is_let_go ? now : std::max(now, readiness.server_time.value_or(now));
    if (!is_overdue(outcome.post(), latest)) return std::nullopt;
    Problem problem{
        Code::kOverdue, Fault::kConflict, "due at " + to_rfc3339(outcome.post().schedule.due_at), 0, 0, now};
    if (const auto& last = outcome.progress().problem) problem.detail += "; what kept it: " + detail::in_words(*last);
    return outcome.hold(problem);
}

// A list hides for a while what was published just before an older copy was brought back. Where the clock has been set back
// since, nothing is known of that moment, and nobody waits for it to come again.
PostStep look_back(const Post& post, Instant now) {
    const auto& back_at = post.progress.unseen_until;
    if (back_at && now >= *back_at && now < *back_at + kListLag) return step::Wait{*back_at + kListLag};
    return step::LookBack{};
}

} // namespace

PostStep next_step(const Post& post, Instant now) {
    const auto& next = post.progress.next_attempt_at;
    if (!next) return step::Nothing{};
    if (now < *next) return step::Wait{*next};
    if (post.progress.unseen_since && detail::is_before_call(post.state)) return look_back(post, now);
    switch (post.state) {
    case PostState::kDraft:
    case PostState::kHeld:
    case PostState::kFailed:
    case PostState::kCancelled: return step::Nothing{};
    case PostState::kScheduled:
    case PostState::kChecking: return step::Check{};
    case PostState::kContainers:
    case PostState::kWaiting:
    case PostState::kReady: return container_step(post, now);
    case PostState::kPublishing:
    case PostState::kUncertain:
        if (!post.progress.attempt || !may_repeat(post, now)) return step::Look{};
        return ready_step(post, now);
    case PostState::kPublished: return result_step(post);
    }
    return step::Nothing{};
}

std::string to_text(const PostStep& step) {
    struct Words {
        std::string operator()(step::Nothing) const { return "nothing"; }
        std::string operator()(step::Wait) const { return "wait"; }
        std::string operator()(step::LookBack) const { return "look-back"; }
        std::string operator()(step::Check) const { return "check"; }
        std::string operator()(step::MakeContainer s) const { return "make-container " + std::to_string(s.item); }
        std::string operator()(step::SendBytes s) const { return "send-bytes " + std::to_string(s.item); }
        std::string operator()(step::AskContainer s) const { return "ask-container " + std::to_string(s.item); }
        std::string operator()(step::Confirm) const { return "confirm"; }
        std::string operator()(step::Publish) const { return "publish"; }
        std::string operator()(step::Look) const { return "look"; }
        std::string operator()(step::Comment) const { return "comment"; }
        std::string operator()(step::FindMedium) const { return "find-medium"; }
        std::string operator()(step::FetchPermalink) const { return "fetch-permalink"; }
    };
    return std::visit(Words{}, step);
}

Change after_check(Post post, const Result<Readiness>& readiness, Instant now) {
    Outcome outcome(std::move(post), "GET /{ig-user-id}/content_publishing_limit", now);
    if (!readiness) {
        if (outcome.post().state == PostState::kScheduled) outcome.post().state = PostState::kChecking;
        return detail::after_trouble(std::move(outcome), readiness.error());
    }
    if (auto waits = judge_readiness(outcome, *readiness)) return std::move(*waits);
    outcome.progress().quota_used = readiness->quota_used;
    outcome.post().state = PostState::kContainers;
    outcome.tell(PostEvent::kChecked, unexplained_lateness(outcome.post(), *readiness, now));
    return outcome.go_on(PostState::kContainers, now);
}

Change after_confirm(Post post, const Result<Readiness>& readiness, Instant now) {
    Outcome outcome(std::move(post), "GET /{ig-user-id}/content_publishing_limit", now);
    const bool is_open = is_publish_open(outcome.post());
    if (!readiness) {
        // While a call is open nothing but looking may change the state.
        if (!is_open) return detail::after_trouble(std::move(outcome), readiness.error());
        look_anew(outcome.progress());
        return outcome.again(readiness.error(), detail::wait_of(kLookWaits, outcome.progress().failed_attempts + 2));
    }
    if (auto waits = judge_readiness(outcome, *readiness)) {
        if (is_open && waits->post.state == PostState::kHeld && may_repeat(waits->post, now)) {
            // Too late to go out again, and read not to be live: a person is asked about the time only.
            waits->post.progress.attempt.reset();
        }
        look_anew(waits->post.progress);
        return std::move(*waits);
    }
    outcome.progress().confirmed_at = now;
    outcome.progress().quota_used = readiness->quota_used;
    outcome.tell(PostEvent::kConfirmed, unexplained_lateness(outcome.post(), *readiness, now));
    return outcome.go_on(is_open ? PostState::kUncertain : PostState::kReady,
                         std::max(now, outcome.post().schedule.due_at));
}

Change put_off(Post post, const Problem& pause, Instant until, Instant now) {
    Outcome outcome(std::move(post), {}, now);
    Progress& progress = outcome.progress();
    Problem problem = pause;
    // A call whose end nobody saw: that its outcome is not known is said now, and not when Meta may be asked again.
    if (outcome.post().state == PostState::kPublishing) {
        outcome.post().state = PostState::kUncertain;
        outcome.tell(PostEvent::kUncertain, "the answer to the call was lost here");
    }
    if (is_publish_open(outcome.post())) {
        detail::look_from(*progress.attempt, until);
        problem.detail = "Meta is asked whether the post is live from " + to_rfc3339(until) +
                         " on, as it wants a pause" + (pause.detail.empty() ? "" : ": " + pause.detail);
    }
    progress.next_attempt_at = until;
    progress.confirmed_at.reset();
    look_anew(progress);
    progress.released_at = std::max(until, progress.released_at.value_or(until));
    // A pause after a pause is told once.
    const bool is_known = progress.problem && progress.problem->code == problem.code &&
                          progress.problem->upstream_code == problem.upstream_code;
    progress.problem = problem;
    if (!is_known) outcome.tell(PostEvent::kRateLimited, problem.detail, problem);
    return outcome.take();
}

Instant begins_at(const Post& post) {
    return post.schedule.due_at - lead_of(post.content);
}

Milliseconds lead_of(const PostContent& content) {
    const bool has_video =
        std::ranges::any_of(content.media, [](const PostMedium& m) { return m.type == MediumType::kVideo; });
    return has_video ? kVideoLead : kImageLead;
}

bool is_story(const PostContent& content) {
    return content.kind == PostKind::kStory;
}

bool is_overdue(const Post& post, Instant now) {
    const Instant from = std::max(post.schedule.due_at, post.progress.released_at.value_or(post.schedule.due_at));
    return now > from + kMisfireAfter;
}

bool is_publish_open(const Post& post) {
    return post.progress.attempt.has_value() && post.state != PostState::kPublished;
}

bool is_usable(const ContainerProgress& container, Instant now) {
    // Nobody knows the age of one that a clock ahead has dated.
    const bool is_dated_ahead = container.created_at > now + kClockStepBelieved;
    return !container.id.empty() && !is_dated_ahead && now - container.created_at < kContainerUsedFor;
}

std::optional<Change> put_right(Post post, bool is_set_back, Instant now) {
    Outcome outcome(std::move(post), {}, now);
    Progress& progress = outcome.progress();
    const auto next = progress.next_attempt_at;
    if (!next) return std::nullopt;
    const bool is_sent = outcome.post().state == PostState::kPublished || is_publish_open(outcome.post());
    if (!is_sent && now < begins_at(outcome.post())) {
        if (outcome.post().state == PostState::kScheduled && *next <= begins_at(outcome.post())) return std::nullopt;
        wait_again(outcome);
        return outcome.take();
    }
    const bool is_for_meta = progress.problem && progress.problem->fault == Fault::kRateLimited;
    const bool is_looked_at =
        is_set_back && !is_for_meta && outcome.post().state != PostState::kPublished && *next > now;
    if (!is_looked_at && *next <= now + longest_wait(outcome.post())) return std::nullopt;
    progress.next_attempt_at = now;
    return outcome.take();
}

bool may_be_held_wrongly(const Post& post, Instant now) {
    const bool is_held_as_overdue = post.state == PostState::kHeld && post.progress.problem &&
                                    post.progress.problem->code == Code::kOverdue && !is_publish_open(post);
    return is_held_as_overdue && !is_overdue(post, now);
}

bool is_clock_right(Instant at_meta, Instant now) {
    return now - at_meta <= kClockFail && at_meta - now <= kClockFail;
}

std::optional<Change> free_held(Post post, Instant at_meta, Instant now) {
    if (!is_clock_right(at_meta, now)) return std::nullopt;
    if (!may_be_held_wrongly(post, std::max(at_meta, now))) return std::nullopt;
    Outcome outcome(std::move(post), {}, now);
    wait_again(outcome);
    outcome.tell(PostEvent::kClockRight);
    return outcome.take();
}

namespace detail {

bool is_done(const ContainerProgress& container, Instant now) {
    if (container.status == ContainerStatus::kFinished) return true;
    return container.denied >= kDeniedEnough && now - container.created_at >= kDeniedFor;
}

bool is_before_call(PostState state) {
    return state == PostState::kScheduled || state == PostState::kChecking || state == PostState::kContainers ||
           state == PostState::kWaiting || state == PostState::kReady;
}

bool wants_comment(const Post& post) {
    const PostResult& result = post.result;
    return !post.content.first_comment.empty() && result.comment_id.empty() && !result.is_comment_open &&
           result.comments < kCommentsAtMost;
}

} // namespace detail
} // namespace everlong::core
