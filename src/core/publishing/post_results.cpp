// What is fetched and made after a post is live. No failure here changes that it is.

#include <core/facts/publish_proofs.hpp>
#include <core/publishing/detail/changes.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

using detail::Outcome;
using detail::wait_of;

bool has_finding(const Post& post, std::string_view rule) {
    return std::ranges::find(post.findings, rule, &Finding::rule) != post.findings.end();
}

// What a person is told of the first comment stays with the post, and names where to look.
void note_comment(Post& post, std::string_view rule) {
    if (has_finding(post, rule)) return;
    Finding finding;
    finding.rule = rule;
    finding.is_error = false;
    finding.measured = post.result.permalink;
    post.findings.push_back(std::move(finding));
}

// The machine stopped while a comment's call was under way: it is not repeated, and that nobody knows is told.
void tell_lost_comment(Outcome& outcome) {
    Post& post = outcome.post();
    const bool is_told = has_finding(post, kCommentUnknown) || has_finding(post, kCommentMissing);
    if (!post.result.is_comment_open || is_told) return;
    note_comment(post, kCommentUnknown);
    outcome.tell(PostEvent::kCommentUncertain, "the answer to its call was lost here");
}

void name_address(Post& post) {
    for (Finding& finding : post.findings) {
        if (finding.rule == kCommentUnknown || finding.rule == kCommentMissing)
            finding.measured = post.result.permalink;
    }
}

Change settle_results(Outcome outcome) {
    if (detail::wants_comment(outcome.post())) {
        // Given up with the rest.
        note_comment(outcome.post(), kCommentMissing);
        outcome.tell(PostEvent::kCommentFailed);
    }
    outcome.post().result.is_settled = true;
    Change change = outcome.go_on(PostState::kPublished, outcome.now());
    change.post.progress.next_attempt_at.reset();
    return change;
}

Change next_result(Outcome outcome) {
    const PostResult& result = outcome.post().result;
    const bool is_complete = !result.media_id.empty() && !result.permalink.empty();
    const bool is_commented = !detail::wants_comment(outcome.post());
    if (is_complete && is_commented) return settle_results(std::move(outcome));
    // That the address has been found meanwhile does not shorten the wait of a comment that was refused.
    const bool is_waiting = !is_commented && result.comments > 0;
    const Milliseconds wait = is_waiting ? wait_of(kResultWaits, result.comments) : Milliseconds(0);
    return outcome.go_on(PostState::kPublished, outcome.now() + wait);
}

Change try_later(Outcome outcome, const Error& error) {
    if (outcome.progress().failed_attempts + 1 >= kResultTriesAtMost) {
        outcome.tell(PostEvent::kResultGivenUp, error.detail(), make_problem(error, outcome.now()));
        return settle_results(std::move(outcome));
    }
    Milliseconds wait = wait_of(kResultWaits, outcome.progress().failed_attempts + 1);
    if (error.fault() == Fault::kRateLimited) wait = std::max(wait, rate_limit_wait(error, 1));
    return outcome.again(error, wait);
}

// Meta has answered, so this is no trouble: none of the account's media is known to be the post, or not yet.
Change not_found(Outcome outcome, int candidates) {
    const int tries = ++outcome.progress().failed_attempts;
    outcome.progress().problem.reset();
    if (tries >= kFindsUntilTold) detail::note_unknown_medium(outcome.post(), candidates);
    if (tries >= kResultTriesAtMost) {
        outcome.tell(PostEvent::kResultGivenUp);
        return settle_results(std::move(outcome));
    }
    outcome.progress().next_attempt_at = outcome.now() + wait_of(kResultWaits, tries);
    return outcome.take();
}

Change comment_failed(Outcome outcome, PostEvent event, const Error& error) {
    note_comment(outcome.post(), event == PostEvent::kCommentUncertain ? kCommentUnknown : kCommentMissing);
    outcome.tell(event, error.detail(), make_problem(error, outcome.now()));
    return next_result(std::move(outcome));
}

// Permission or task (5.2): nothing that passes by waiting. A token that is judged is another thing: it is renewed, or
// somebody logs in again, and the comment goes out.
bool is_forbidden(const Error& error) {
    const Upstream* upstream = error.upstream();
    return upstream != nullptr && (upstream->code == 10 || (upstream->code >= 200 && upstream->code <= 299));
}

// May the comment be tried again after an error that proves that it was not made?
bool is_worth_another(const Error& error, Unpublished meaning) {
    if (is_forbidden(error)) return false;
    return meaning == Unpublished::kNotSent || meaning == Unpublished::kRateLimited || meaning == Unpublished::kQuota ||
           meaning == Unpublished::kNotReady || meaning == Unpublished::kConnection;
}

} // namespace

namespace detail {

void note_unknown_medium(Post& post, int candidates) {
    std::erase_if(post.findings, [](const Finding& finding) { return finding.rule == kMediumUnknown; });
    Finding finding;
    finding.rule = kMediumUnknown;
    finding.is_error = false;
    finding.measured = (candidates == 0 ? "none" : std::to_string(candidates)) + " of the account's media could be it";
    post.findings.push_back(std::move(finding));
}

void forget_findings_of_results(Post& post) {
    std::erase_if(post.findings, [](const Finding& finding) {
        return finding.rule == kMediumUnknown || finding.rule == kCommentUnknown || finding.rule == kCommentMissing;
    });
}

} // namespace detail

Change after_find(Post post, const Look& look, Instant now) {
    detail::note_metas_time(post, look);
    const detail::Sighting seen = detail::look_for(post, look, now);
    Outcome outcome(std::move(post), "GET /{ig-user-id}/media", now);
    if (!look.recent) return try_later(std::move(outcome), look.recent.error());
    if (seen.only == nullptr) return not_found(std::move(outcome), seen.fitting + seen.near);
    std::erase_if(outcome.post().findings, [](const Finding& finding) { return finding.rule == kMediumUnknown; });
    PostResult& result = outcome.post().result;
    result.media_id = seen.only->id;
    result.permalink = seen.only->permalink;
    if (seen.only->published_at) result.published_at = seen.only->published_at;
    outcome.tell(PostEvent::kMediumFound, "media " + result.media_id);
    return next_result(std::move(outcome));
}

Change after_permalink(Post post, const Result<PublishedMedium>& medium, Instant now) {
    Outcome outcome(std::move(post), "GET /{ig-media-id}", now);
    tell_lost_comment(outcome);
    // Only what has become of the comment was still to be told.
    const bool is_known = !outcome.post().result.permalink.empty();
    if (is_known && !detail::wants_comment(outcome.post())) return next_result(std::move(outcome));
    if (!medium) return try_later(std::move(outcome), medium.error());
    if (medium->permalink.empty()) {
        return try_later(std::move(outcome),
                         Error(Code::kUpstream, Fault::kTransient, "Meta has no address for it yet"));
    }
    outcome.post().result.permalink = medium->permalink;
    name_address(outcome.post());
    outcome.tell(PostEvent::kPermalinkFetched, medium->permalink);
    return next_result(std::move(outcome));
}

Begun begin_comment(Post post, Instant now) {
    PostResult& result = post.result;
    ++result.comments;
    result.is_comment_open = true;
    post.progress.next_attempt_at = now + kQuietPeriod;
    Begun begun;
    begun.step = "comment-" + std::to_string(result.comments);
    begun.entry = {
        now,         std::string(to_text(PostEvent::kCommentSent)), "POST /{ig-media-id}/comments", {}, post.state,
        std::nullopt};
    begun.post = std::move(post);
    return begun;
}

Change after_comment(Post post, const Result<std::string>& comment_id, Instant now) {
    Outcome outcome(std::move(post), "POST /{ig-media-id}/comments", now);
    PostResult& result = outcome.post().result;
    if (comment_id && !comment_id->empty()) {
        result.comment_id = *comment_id;
        result.is_comment_open = false;
        outcome.tell(PostEvent::kCommented, "comment " + result.comment_id);
        return next_result(std::move(outcome));
    }
    const Error error = comment_id ? Error(Code::kUpstreamShape, Fault::kUnknownOutcome, "an answer without an id")
                                   : comment_id.error();
    const auto proof = proves_unpublished(error);
    if (!proof) return comment_failed(std::move(outcome), PostEvent::kCommentUncertain, error);
    if (!is_worth_another(error, *proof) || result.comments >= kCommentsAtMost) {
        return comment_failed(std::move(outcome), PostEvent::kCommentFailed, error);
    }
    result.is_comment_open = false;
    Milliseconds wait = wait_of(kResultWaits, result.comments);
    if (error.fault() == Fault::kRateLimited) wait = std::max(wait, rate_limit_wait(error, result.comments));
    return outcome.again(error, wait);
}

} // namespace everlong::core
