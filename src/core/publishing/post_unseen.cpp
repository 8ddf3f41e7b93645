// What may have happened to a post without this store's knowing: it is an older copy that was brought back, or nothing ran
// here when the post was due.

#include <core/facts/platform.hpp>
#include <core/publishing/detail/changes.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

using detail::Outcome;

void forget_since(Post& post, Instant known_until) {
    Progress& progress = post.progress;
    progress.unseen_since = std::min(progress.unseen_since.value_or(known_until), known_until);
    const bool is_kept = std::ranges::find(progress.unseen_contents, post.content) != progress.unseen_contents.end();
    if (!is_kept) progress.unseen_contents.push_back(post.content);
}

Problem question(const Post& post, Instant known_until, Instant now) {
    return {Code::kStoreRestored,
            Fault::kConflict,
            "due at " + to_rfc3339(post.schedule.due_at) + "; of what was done after " + to_rfc3339(known_until) +
                " nothing is known here: the post may be live, changed or given up",
            0,
            0,
            now};
}

// The first comment is a call that must not be made twice, too.
std::optional<Change> leave_comment(Outcome outcome) {
    if (outcome.post().result.is_settled || !detail::wants_comment(outcome.post())) return std::nullopt;
    outcome.post().result.is_comment_open = true;
    outcome.tell(PostEvent::kCommentUncertain, "an older copy of the data was brought back");
    return outcome.take();
}

Problem possible_match(const detail::Candidates& found, Instant since, Instant now) {
    const PublishedMedium& newest = *found.newest;
    return {Code::kMaybeLive,
            Fault::kConflict,
            std::to_string(found.count) + " of the account's media since " + to_rfc3339(since) +
                " could be it, the newest is " + newest.id +
                (newest.permalink.empty() ? "" : " at " + newest.permalink),
            0,
            0,
            now};
}

// Lists are read to a bound, and this one was not read to its wanted end: the last page may be a short one.
bool is_cut_off(const std::vector<PublishedMedium>& recent, Instant since) {
    constexpr std::size_t kSurelyWhole = std::size_t{kListPageLimit - 1} * kMediaPageSize;
    return recent.size() > kSurelyWhole && recent.back().published_at.value_or(since) >= since;
}

Problem unread_list(std::size_t count, Instant since, Instant now) {
    return {Code::kMaybeLive,
            Fault::kConflict,
            "of the account's media since " + to_rfc3339(since) + " only the newest " + std::to_string(count) +
                " were read, and it may be among the others",
            0,
            0,
            now};
}

} // namespace

void detail::forget_unseen(Progress& progress) {
    progress.unseen_since.reset();
    progress.unseen_until.reset();
    progress.unseen_contents.clear();
}

std::optional<Change> after_restore(Post post, Instant known_until, Instant now) {
    Outcome outcome(std::move(post), {}, now);
    switch (outcome.post().state) {
    case PostState::kCancelled: return std::nullopt;
    case PostState::kPublished: return leave_comment(std::move(outcome));
    case PostState::kDraft:
    case PostState::kFailed:
        // Nothing goes out of these by itself; should a person let them, the account is looked at first.
        forget_since(outcome.post(), known_until);
        outcome.progress().unseen_until = now;
        outcome.tell(PostEvent::kRestored);
        return outcome.take();
    default: break;
    }
    // Of posts that are due later as well: since the copy was made they may have been sent earlier, changed, or given up,
    // and of the last two nothing could be read at Meta.
    forget_since(outcome.post(), known_until);
    outcome.progress().unseen_until = now;
    return outcome.hold(question(outcome.post(), known_until, now));
}

std::optional<Change> after_pause(Post post, Instant known_until, Instant now) {
    const bool was_due = post.schedule.due_at < now;
    if (!was_due || !detail::is_before_call(post.state) || post.progress.unseen_since) return std::nullopt;
    Outcome outcome(std::move(post), {}, now);
    // Whoever had this store meanwhile has not sent it before its time.
    forget_since(outcome.post(), std::max(known_until, outcome.post().schedule.due_at));
    return outcome.take();
}

Change after_look_back(Post post, const Look& look, Instant now) {
    const Instant since = media_wanted_since(post);
    const detail::Candidates found = detail::candidates_since(post, look, since);
    Outcome outcome(std::move(post), "GET /{ig-user-id}/media", now);
    if (look.container && look.container->status == ContainerStatus::kPublished) {
        return detail::found_published(std::move(outcome));
    }
    if (!look.recent) {
        const Error& error = look.recent.error();
        const Trouble trouble = trouble_of(error);
        const bool is_for_all = trouble == Trouble::kRateLimited || trouble == Trouble::kConnection;
        return is_for_all ? detail::after_trouble(std::move(outcome), error) : outcome.again(error);
    }
    if (found.count > 0 && found.are_all_claimed) {
        return outcome.again(Error(Code::kMaybeLive, Fault::kTransient,
                                   "another post is looked for first, whose medium could be this one's"));
    }
    if (found.count > 0) return outcome.hold(possible_match(found, since, now));
    if (is_cut_off(*look.recent, since)) return outcome.hold(unread_list(look.recent->size(), since, now));
    detail::forget_unseen(outcome.progress());
    outcome.tell(PostEvent::kLookedBack, "none of the account's media since " + to_rfc3339(since) + " could be it");
    return outcome.go_on(outcome.post().state, std::max(now, begins_at(outcome.post())));
}

} // namespace everlong::core
