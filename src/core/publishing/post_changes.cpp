#include <core/publishing/detail/changes.hpp>

#include <core/graph_errors.hpp>
#include <core/messages.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

// So many tries that failed in one way, in a row, are told one by one; then the first of each kind only. Of a wait, its
// beginning is told, and not each look whether it is over.
constexpr int kToldInARow = 5;

bool is_same(const std::optional<Problem>& known, const Problem& problem) {
    return known && known->code == problem.code && known->upstream_code == problem.upstream_code &&
           known->upstream_subcode == problem.upstream_subcode;
}

bool needs_person(const Error& error) {
    if (error.fault() == Fault::kNeedsConsent || is_verdict(error.code())) return true;
    switch (error.code()) {
    case Code::kTokenMissing:
    case Code::kTokenKind:
    case Code::kTokenForeign:
    case Code::kPermissionMissing:
    case Code::kScopeLost:
    case Code::kIdentity:
    case Code::kAppConfig:
    case Code::kAppMissing:
    case Code::kAppInactive:
    case Code::kUnconnected: return true;
    default: return false;
    }
}

std::optional<Trouble> trouble_of_meta(const Upstream& upstream) {
    const int code = upstream.code;
    const int subcode = upstream.subcode;
    if (code == 100 && subcode == 33) return Trouble::kDenied;
    if (code == 9) return Trouble::kQuota;
    if ((code == 4 && subcode == 2207051) || code == 368) return Trouble::kBlocked;
    if (code == 24 || (code == -2 && subcode == 2207020) || (code == 100 && subcode == 4279004)) {
        return Trouble::kContainerGone;
    }
    if (code == 9007) return Trouble::kPassing;
    // Could not be fetched, or made: 5.4 gives these a few tries.
    if (code == 9004 || subcode == 2207052 || subcode == 2207003 || subcode == 2207032 || subcode == 2207053 ||
        subcode == 2207001) {
        return Trouble::kMedia;
    }
    return std::nullopt;
}

} // namespace

Trouble trouble_of(const Error& error) {
    if (const Upstream* upstream = error.upstream()) {
        if (const auto known = trouble_of_meta(*upstream)) return *known;
    }
    if (error.code() == Code::kMediaAddress && error.fault() == Fault::kRefused) return Trouble::kMedia;
    if (needs_person(error)) return Trouble::kConnection;
    switch (error.fault()) {
    case Fault::kRateLimited: return Trouble::kRateLimited;
    case Fault::kRefused:
    case Fault::kUsage: return error.code() == Code::kTls ? Trouble::kPassing : Trouble::kRefused;
    default: return Trouble::kPassing;
    }
}

Milliseconds rate_limit_wait(const Error& error, int in_a_row) {
    const Milliseconds own = detail::wait_of(kRateLimitWaits, in_a_row);
    if (error.upstream() == nullptr || !error.upstream()->wait) return own;
    return std::clamp<Milliseconds>(*error.upstream()->wait, kRateLimitWaits.front(), kRateLimitLongest);
}

namespace detail {

std::string in_words(const Problem& problem) {
    std::string_view title = message_of(problem.code).title;
    if (title.ends_with('.')) title.remove_suffix(1);
    return std::string(title);
}

void Outcome::tell(PostEvent event, std::string detail, std::optional<Problem> problem) {
    change_.entries.push_back(
        {now_, std::string(to_text(event)), call_, std::move(detail), change_.post.state, std::move(problem)});
}

void Outcome::tell_trouble(PostEvent event, const Problem& problem) {
    const bool is_wait = event != PostEvent::kTrouble;
    const bool is_counted = !is_wait && progress().failed_attempts <= kToldInARow;
    const bool is_told = is_counted || !is_same(progress().problem, problem);
    progress().problem = problem;
    if (is_told) tell(event, problem.detail, problem);
}

Change Outcome::go_on(PostState state, Instant next) {
    post().state = state;
    progress().failed_attempts = 0;
    progress().problem.reset();
    progress().next_attempt_at = next;
    return take();
}

Change Outcome::again(const Error& error, Milliseconds wait) {
    const Problem problem = make_problem(error, now_);
    if (!is_publish_open(post()) && post().state != PostState::kPublished && is_overdue(post(), now_)) {
        Problem overdue = problem;
        overdue.code = Code::kOverdue;
        overdue.fault = Fault::kConflict;
        overdue.detail = "it could not be sent in time; what kept it: " + in_words(problem) +
                         (problem.detail.empty() ? "" : ", " + problem.detail);
        return hold(overdue);
    }
    ++progress().failed_attempts;
    progress().next_attempt_at = now_ + wait;
    tell_trouble(PostEvent::kTrouble, problem);
    return take();
}

Change Outcome::suspend(const Error& error) {
    ++progress().failed_attempts;
    post().state = PostState::kScheduled;
    progress().confirmed_at.reset();
    progress().next_attempt_at = now_ + wait_of(kConnectionWaits, progress().failed_attempts);
    tell_trouble(PostEvent::kNotConnected, make_problem(error, now_));
    return take();
}

Change Outcome::wait_for_meta(PostEvent event, const Error& error, Milliseconds wait) {
    ++progress().failed_attempts;
    progress().confirmed_at.reset();
    progress().next_attempt_at = now_ + wait;
    progress().released_at = now_ + wait;
    tell_trouble(event, make_problem(error, now_));
    return take();
}

Change Outcome::hold(const Problem& problem) {
    post().state = PostState::kHeld;
    progress().failed_attempts = 0;
    progress().next_attempt_at.reset();
    progress().problem = problem;
    tell(PostEvent::kHeld, problem.detail, problem);
    return take();
}

Change Outcome::fail(const Problem& problem) {
    post().state = PostState::kFailed;
    progress().failed_attempts = 0;
    progress().next_attempt_at.reset();
    progress().problem = problem;
    tell(PostEvent::kFailed, problem.detail, problem);
    return take();
}

Change Outcome::publish(PostEvent event, std::string media_id, Instant at, std::string detail) {
    post().state = PostState::kPublished;
    post().result.media_id = std::move(media_id);
    post().result.published_at = at;
    progress().failed_attempts = 0;
    progress().problem.reset();
    progress().next_attempt_at = now_;
    tell(event, std::move(detail));
    return take();
}

Change after_trouble(Outcome outcome, const Error& error) {
    switch (trouble_of(error)) {
    case Trouble::kRateLimited:
        return outcome.wait_for_meta(PostEvent::kRateLimited, error,
                                     rate_limit_wait(error, outcome.progress().failed_attempts + 1));
    case Trouble::kQuota: return outcome.wait_for_meta(PostEvent::kQuotaUsed, error, kQuotaLookEvery);
    case Trouble::kConnection: return outcome.suspend(error);
    case Trouble::kBlocked: return outcome.hold(make_problem(error, outcome.now()));
    case Trouble::kRefused: return outcome.fail(make_problem(error, outcome.now()));
    case Trouble::kMedia:
        if (outcome.progress().failed_attempts + 1 >= kMediaTriesAtMost) {
            return outcome.fail(make_problem(error, outcome.now()));
        }
        return outcome.again(error, wait_of(kTroubleWaits, outcome.progress().failed_attempts + 2));
    case Trouble::kContainerGone:
    case Trouble::kDenied:
    case Trouble::kPassing: return outcome.again(error);
    }
    return outcome.again(error);
}

ContainerProgress& publishable(Post& post) {
    return post.content.kind == PostKind::kCarousel ? post.progress.parent : container_of(post, 0);
}

const ContainerProgress* find_publishable(const Post& post) {
    if (post.content.kind == PostKind::kCarousel) return &post.progress.parent;
    return post.progress.containers.empty() ? nullptr : &post.progress.containers.front();
}

ContainerProgress& container_of(Post& post, int item) {
    if (item == kParent) return post.progress.parent;
    const auto index = static_cast<std::size_t>(item);
    if (post.progress.containers.size() <= index) post.progress.containers.resize(index + 1);
    return post.progress.containers[index];
}

} // namespace detail
} // namespace everlong::core
