// The publish call and what is left open after it (design rules C3, C4).

#include <core/facts/publish_proofs.hpp>
#include <core/publishing/detail/changes.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

using detail::Outcome;
using detail::publishable;
using detail::wait_of;

constexpr std::string_view kPublishCall = "POST /{ig-user-id}/media_publish";

std::string lateness(const Post& post, Instant now) {
    const Milliseconds late = now - post.schedule.due_at;
    return late > kLateAfter ? humanize(late) + " late" : std::string();
}

// An earlier call for the same container is open, too.
bool is_repeat(const PublishAttempt& attempt) {
    return attempt.first_started_at != attempt.started_at;
}

void close_attempt(Outcome& outcome) {
    outcome.progress().attempt.reset();
    outcome.progress().confirmed_at.reset();
}

Change stay_uncertain(Outcome outcome, const Error& error, Milliseconds wait) {
    PublishAttempt& attempt = *outcome.progress().attempt;
    // Held back as spam: nothing is sent again by itself, whatever is read later.
    if (trouble_of(error) == Trouble::kBlocked) attempt.repeats = kRepeatsAtMost;
    attempt.times_unpublished = 0;
    attempt.first_unpublished_at.reset();
    attempt.looked_since = outcome.now();
    outcome.post().state = PostState::kUncertain;
    const Problem problem = make_problem(error, outcome.now());
    outcome.tell(PostEvent::kUncertain, problem.detail, problem);
    Change change = outcome.go_on(PostState::kUncertain, outcome.now() + wait);
    change.post.progress.problem = problem;
    return change;
}

// Meta does not know the container: often only not yet (5.4). Then a new one, a bounded number of times.
Change container_gone(Outcome outcome, const Error& error) {
    Progress& progress = outcome.progress();
    if (progress.remakes >= kRemakesAtMost) return outcome.fail(make_problem(error, outcome.now()));
    const bool is_first = progress.remakes++ == 0;
    ContainerProgress& container = publishable(outcome.post());
    outcome.post().state = is_first ? PostState::kWaiting : PostState::kContainers;
    if (is_first) {
        container.status = ContainerStatus::kUnknown;
        container.denied = 0;
    } else {
        container = {};
    }
    return outcome.again(error, is_first ? kGonePause : Milliseconds(0));
}

Change proven_unpublished(Outcome outcome, Unpublished meaning, const Error& error) {
    const Instant now = outcome.now();
    close_attempt(outcome);
    outcome.post().state = PostState::kReady;
    outcome.tell(PostEvent::kNotPublished, error.detail(), make_problem(error, now));
    switch (meaning) {
    case Unpublished::kNotSent: return outcome.again(error);
    case Unpublished::kNotReady: {
        ContainerProgress& container = publishable(outcome.post());
        container.status = ContainerStatus::kInProgress;
        container.denied = 0;
        outcome.post().state = PostState::kWaiting;
        return outcome.again(error, wait_of(kPollWaits, std::max(container.asked, 3)));
    }
    case Unpublished::kGone: return container_gone(std::move(outcome), error);
    case Unpublished::kQuota: return outcome.wait_for_meta(PostEvent::kQuotaUsed, error, kQuotaLookEvery);
    case Unpublished::kRateLimited:
        return outcome.wait_for_meta(PostEvent::kRateLimited, error,
                                     rate_limit_wait(error, outcome.progress().failed_attempts + 1));
    case Unpublished::kConnection: return outcome.suspend(error);
    case Unpublished::kRefused: return outcome.fail(make_problem(error, now));
    }
    return outcome.again(error);
}

Error question(const Post& post, std::string why) {
    const PublishAttempt& attempt = *post.progress.attempt;
    return {Code::kPublishUncertain, Fault::kUnknownOutcome,
            "publish call " + std::to_string(attempt.number) + " left at " + to_rfc3339(attempt.started_at) + "; " +
                std::move(why)};
}

// Is more gone of the day's quota than posts of ours explain?
bool is_quota_unexplained(const Post& post, const Look& look) {
    const auto& before = post.progress.attempt->quota_used;
    return before && look.quota_used && *look.quota_used > *before + look.others_published;
}

std::string what_was_read(const Look& look, const detail::Sighting& seen) {
    std::string text = "the container says ";
    if (!look.container) {
        text += "nothing (" + detail::in_words(make_problem(look.container.error(), {})) + ")";
    } else {
        const auto word = to_text(look.container->status);
        text += word.empty() ? "nothing" : std::string(word);
    }
    if (!look.recent) return text + "; the account's media could not be read";
    return text + "; " + std::to_string(seen.fitting + seen.near + seen.early) +
           " of the account's newest media could be it";
}

Change found(Outcome outcome, const PublishedMedium* medium, const std::string& how) {
    const PublishAttempt& attempt = *outcome.progress().attempt;
    Instant at = attempt.started_at;
    if (medium != nullptr && medium->published_at) at = *medium->published_at;
    if (medium != nullptr) outcome.post().result.permalink = medium->permalink;
    const std::string id = medium == nullptr ? "" : medium->id;
    return outcome.publish(PostEvent::kFoundLive, id, at, how);
}

// Looked long enough? Where Meta answers it has to be as long on its clock, too: this machine's may have jumped ahead, and
// then nobody has looked yet.
bool is_time_for_a_person(const PublishAttempt& attempt, Instant now, Milliseconds at_most) {
    const bool is_answered = at_most == kLookForAtMost && attempt.meta_first_at && attempt.meta_last_at;
    const bool is_long_there = !is_answered || *attempt.meta_last_at - *attempt.meta_first_at > at_most;
    return now - attempt.looked_since > at_most && is_long_there;
}

// Nothing decides yet: again later, or a person is asked.
Change look_again(Outcome outcome, const Error& why, Milliseconds at_most) {
    const PublishAttempt& attempt = *outcome.progress().attempt;
    if (is_time_for_a_person(attempt, outcome.now(), at_most)) {
        const bool is_question = why.code() == Code::kPublishUncertain;
        return outcome.hold(make_problem(is_question ? why : question(outcome.post(), why.detail()), outcome.now()));
    }
    Milliseconds wait = wait_of(kLookWaits, outcome.progress().failed_attempts + 1);
    if (why.code() != Code::kPublishUncertain) {
        if (why.fault() == Fault::kRateLimited) {
            wait = std::max(wait, rate_limit_wait(why, 1));
            detail::look_from(*outcome.progress().attempt, outcome.now() + wait);
        }
        return outcome.again(why, wait);
    }
    // An answer, though none that decides.
    ++outcome.progress().failed_attempts;
    outcome.progress().problem = make_problem(why, outcome.now());
    outcome.progress().next_attempt_at = outcome.now() + wait;
    return outcome.take();
}

// FINISHED, and nothing on the account fits: counts as read that it is not live, and the second time as enough.
Change count_unpublished(Outcome outcome, const std::string& read) {
    const Instant now = outcome.now();
    PublishAttempt& attempt = *outcome.progress().attempt;
    if (!attempt.first_unpublished_at || *attempt.first_unpublished_at > now) {
        attempt.first_unpublished_at = now;
        attempt.times_unpublished = 1;
    } else if (now - *attempt.first_unpublished_at >= kUnpublishedApart) {
        ++attempt.times_unpublished;
    }
    outcome.tell(PostEvent::kLooked, read);
    const bool is_enough = attempt.times_unpublished >= 2 && detail::has_list_lag_passed(attempt, now);
    if (!is_enough) return look_again(std::move(outcome), question(outcome.post(), read), kLookForAtMost);
    if (attempt.repeats >= kRepeatsAtMost) {
        return outcome.hold(make_problem(question(outcome.post(), read + ", again and again"), now));
    }
    // Late by now, but by Meta's fault and not by ours: the misfire rule decides, when it is confirmed.
    return outcome.go_on(PostState::kUncertain, now);
}

} // namespace

Begun begin_publish(Post post, const std::optional<Problem>& cause, Instant now) {
    Progress& progress = post.progress;
    PublishAttempt attempt;
    attempt.number = ++progress.attempts;
    attempt.container_id = publishable(post).id;
    attempt.started_at = now;
    attempt.first_started_at = now;
    attempt.looked_since = now;
    attempt.quota_used = progress.quota_used;
    if (progress.attempt) {
        attempt.first_started_at = progress.attempt->first_started_at;
        attempt.repeats = progress.attempt->repeats + 1;
        attempt.quota_used = progress.attempt->quota_used; // before the first call
    }
    Begun begun;
    begun.step = "publish-" + std::to_string(attempt.number);
    progress.attempt = attempt;
    progress.next_attempt_at = now + kQuietPeriod;
    post.state = PostState::kPublishing;
    std::string detail = "container " + attempt.container_id;
    if (const std::string late = lateness(post, now); !late.empty()) {
        detail += ", " + late;
        if (cause) detail += ": " + detail::in_words(*cause);
    }
    begun.entry = {now,
                   std::string(to_text(PostEvent::kPublishSent)),
                   std::string(kPublishCall),
                   std::move(detail),
                   post.state,
                   now - post.schedule.due_at > kLateAfter ? cause : std::nullopt};
    begun.post = std::move(post);
    return begun;
}

Change after_publish(Post post, const Result<std::string>& media_id, Instant now) {
    Outcome outcome(std::move(post), std::string(kPublishCall), now);
    const PublishAttempt attempt = *outcome.progress().attempt;
    if (media_id && !media_id->empty()) {
        const std::string late = lateness(outcome.post(), attempt.started_at);
        return outcome.publish(PostEvent::kPublished, *media_id, now,
                               "media " + *media_id + (late.empty() ? "" : ", " + late));
    }
    const Error error =
        media_id ? Error(Code::kUpstreamShape, Fault::kUnknownOutcome, "an answer without an id") : media_id.error();
    const auto proof = proves_unpublished(error);
    if (proof && !is_repeat(attempt)) return proven_unpublished(std::move(outcome), *proof, error);
    Milliseconds wait = kLookWaits.front();
    if (error.fault() == Fault::kRateLimited) wait = std::max(wait, rate_limit_wait(error, 1));
    return stay_uncertain(std::move(outcome), error, wait);
}

void detail::look_from(PublishAttempt& attempt, Instant until) {
    const Instant latest = attempt.started_at + kLookBlindAtMost;
    attempt.looked_since = std::max(attempt.looked_since, std::min(until, latest));
}

Change after_look(Post post, const Look& look, Instant now) {
    detail::note_metas_time(post, look);
    const detail::Sighting seen = detail::look_for(post, look, now);
    Outcome outcome(std::move(post), "GET /{ig-container-id}, GET /{ig-user-id}/media", now);
    const bool was_lost = outcome.post().state == PostState::kPublishing;
    outcome.post().state = PostState::kUncertain;
    if (was_lost) {
        // Nobody saw the end of the call: this machine stopped.
        outcome.progress().attempt->looked_since = now;
        outcome.tell(PostEvent::kUncertain, "the answer to the call was lost here");
    }
    const ContainerStatus status = look.container ? look.container->status : ContainerStatus::kUnknown;
    const std::string read = what_was_read(look, seen);
    if (status == ContainerStatus::kPublished) publishable(outcome.post()).status = status;
    if (status == ContainerStatus::kPublished) return found(std::move(outcome), seen.only, read);
    // Kind and time alone are no match against a container that says it was not published.
    const bool is_denied_by_container =
        status != ContainerStatus::kUnknown && !detail::is_known_by_caption(outcome.post().content);
    if (seen.only != nullptr && !is_denied_by_container) return found(std::move(outcome), seen.only, read);

    PublishAttempt& attempt = *outcome.progress().attempt;
    const bool is_clear = look.recent && seen.fitting == 0 && seen.near == 0 && seen.early == 0;
    if (status == ContainerStatus::kFinished && is_clear && !is_quota_unexplained(outcome.post(), look)) {
        return count_unpublished(std::move(outcome), read);
    }
    attempt.times_unpublished = 0;
    attempt.first_unpublished_at.reset();
    const bool is_container_unread = !look.container && trouble_of(look.container.error()) != Trouble::kDenied &&
                                     trouble_of(look.container.error()) != Trouble::kContainerGone;
    if (is_container_unread) return look_again(std::move(outcome), look.container.error(), kLookBlindAtMost);
    if (!look.recent) return look_again(std::move(outcome), look.recent.error(), kLookBlindAtMost);
    outcome.tell(PostEvent::kLooked, read);
    return look_again(std::move(outcome), question(outcome.post(), read), kLookForAtMost);
}

} // namespace everlong::core
