// Containers: made, filled, asked about, given up. None of this may happen while a publish call is open.

#include <core/publishing/detail/changes.hpp>

#include <algorithm>
#include <array>

namespace everlong::core {
namespace {

using detail::container_of;
using detail::Outcome;
using detail::wait_of;

std::string name_of(const Post& post, int item) {
    if (item == kParent) return "carousel";
    return post.content.media.size() == 1 ? "" : "medium " + std::to_string(item + 1);
}

std::string told_of(const Post& post, int item, const std::string& id) {
    const std::string name = name_of(post, item);
    return name.empty() ? "container " + id : name + ", container " + id;
}

// Faults of processing that the same file does not have a second time (5.4): the others are the file's.
bool may_pass_next_time(std::optional<int> subcode) {
    constexpr std::array kPassing{2207001, 2207003, 2207020, 2207032, 2207053, 2207077, 2207085};
    return !subcode || std::ranges::find(kPassing, *subcode) != kPassing.end();
}

// Left to its end at Meta, unpublished. A carousel stands on its parts.
void drop(Post& post, int item) {
    container_of(post, item) = {};
    post.progress.parent = {};
    post.progress.confirmed_at.reset();
}

Problem container_problem(const Post& post, int item, const ContainerReport& report, Instant now) {
    const std::string name = name_of(post, item);
    Problem problem{Code::kContainerFailed, Fault::kRefused, name.empty() ? "" : name + ": ", 0, 0, now};
    problem.detail += report.text.empty() ? std::string(to_text(report.status)) : report.text;
    problem.upstream_subcode = report.subcode.value_or(0);
    return problem;
}

Change make_anew(Outcome outcome, int item, const Problem& problem, bool is_worth_it) {
    Progress& progress = outcome.progress();
    if (!is_worth_it || progress.remakes >= kRemakesAtMost) return outcome.fail(problem);
    ++progress.remakes;
    drop(outcome.post(), item);
    outcome.post().state = PostState::kContainers;
    outcome.tell(PostEvent::kContainerDropped, problem.detail, problem);
    const Instant next = outcome.now() + wait_of(kTroubleWaits, progress.remakes);
    Change change = outcome.go_on(PostState::kContainers, next);
    change.post.progress.problem = problem;
    return change;
}

// After a question: the others of the round at once, then a pause that grows.
Change ask_on(Outcome outcome) {
    const Instant now = outcome.now();
    Post& post = outcome.post();
    int least = -1;
    int most = 0;
    for (const ContainerProgress& container : post.progress.containers) {
        if (detail::is_done(container, now)) continue;
        most = std::max(most, container.asked);
        least = least < 0 ? container.asked : std::min(least, container.asked);
    }
    if (least < 0 && post.content.kind == PostKind::kCarousel && !post.progress.parent.id.empty()) {
        least = most = post.progress.parent.asked;
        if (detail::is_done(post.progress.parent, now)) least = -1;
    }
    const ContainerProgress* last = detail::find_publishable(post);
    if (least < 0 && last != nullptr && detail::is_done(*last, now)) {
        outcome.post().state = PostState::kReady;
        outcome.tell(PostEvent::kReady);
        return outcome.go_on(PostState::kReady, std::max(now, post.schedule.due_at - kConfirmAhead));
    }
    const bool is_round_done = least >= 0 && least >= most;
    return outcome.go_on(PostState::kWaiting, is_round_done ? now + wait_of(kPollWaits, least) : now);
}

// Tags of products want permissions that publishing does not (2.5). That the channel may publish was read just before: the
// check asks for its quota, which wants that permission.
bool is_for_product_tags(const Post& post, int item, const Error& error) {
    if (item == kParent || post.content.media[static_cast<std::size_t>(item)].product_tags.empty()) return false;
    return error.code() == Code::kPermissionMissing && error.upstream() != nullptr;
}

Change still_working(Outcome outcome) {
    if (!is_overdue(outcome.post(), outcome.now())) return ask_on(std::move(outcome));
    return outcome.hold({Code::kOverdue, Fault::kConflict, "Meta is still working on the media", 0, 0, outcome.now()});
}

} // namespace

Change after_make(Post post, int item, const Result<ContainerProgress>& made, Instant now) {
    Outcome outcome(std::move(post), "POST /{ig-user-id}/media", now);
    if (!made) {
        if (is_for_product_tags(outcome.post(), item, made.error())) {
            Problem problem = make_problem(made.error(), now);
            problem.detail = "it is wanted for the product tags: " + problem.detail;
            return outcome.fail(problem);
        }
        const bool are_parts_gone = item == kParent && trouble_of(made.error()) == Trouble::kContainerGone;
        if (!are_parts_gone) return detail::after_trouble(std::move(outcome), made.error());
        outcome.progress().containers.clear();
        return make_anew(std::move(outcome), item, make_problem(made.error(), now), true);
    }
    Post& changed = outcome.post();
    ContainerProgress& container = container_of(changed, item);
    const bool is_part = item != kParent && changed.content.kind == PostKind::kCarousel;
    container = *made;
    container.created_at = now;
    container.asked = 0;
    container.denied = 0;
    container.status = ContainerStatus::kUnknown;
    if (is_part) changed.progress.parent = {};
    changed.progress.confirmed_at.reset();
    const bool are_all_filled = changed.progress.containers.size() >= changed.content.media.size() &&
                                std::ranges::all_of(changed.progress.containers, [&](const ContainerProgress& c) {
                                    return is_usable(c, now) && c.has_bytes;
                                });
    changed.state = are_all_filled ? PostState::kWaiting : PostState::kContainers;
    outcome.tell(PostEvent::kContainerMade, told_of(changed, item, container.id));
    return outcome.go_on(changed.state, now);
}

Change after_send(Post post, int item, const Result<void>& sent, Instant now) {
    Outcome outcome(std::move(post), "POST {upload-uri}", now);
    if (!sent) {
        const Trouble trouble = trouble_of(sent.error());
        if (trouble == Trouble::kContainerGone || trouble == Trouble::kRefused || trouble == Trouble::kMedia) {
            return make_anew(std::move(outcome), item, make_problem(sent.error(), now), true);
        }
        return detail::after_trouble(std::move(outcome), sent.error());
    }
    Post& changed = outcome.post();
    container_of(changed, item).has_bytes = true;
    const bool are_all_filled = std::ranges::all_of(changed.progress.containers, &ContainerProgress::has_bytes) &&
                                changed.progress.containers.size() >= changed.content.media.size();
    changed.state = are_all_filled ? PostState::kWaiting : PostState::kContainers;
    outcome.tell(PostEvent::kBytesSent, told_of(changed, item, container_of(changed, item).id));
    return outcome.go_on(changed.state, now + kPollWaits.front());
}

Change after_ask(Post post, int item, const Result<ContainerReport>& report, Instant now) {
    Outcome outcome(std::move(post), "GET /{ig-container-id}", now);
    ContainerProgress& container = container_of(outcome.post(), item);
    ++container.asked;
    if (!report) {
        switch (trouble_of(report.error())) {
        case Trouble::kDenied:
            if (++container.denied == 1)
                outcome.tell(PostEvent::kContainerDenied, told_of(outcome.post(), item, container.id),
                             make_problem(report.error(), now));
            return still_working(std::move(outcome));
        case Trouble::kContainerGone:
            return make_anew(std::move(outcome), item, make_problem(report.error(), now), true);
        default: return detail::after_trouble(std::move(outcome), report.error());
        }
    }
    container.denied = 0;
    container.status = report->status;
    switch (report->status) {
    case ContainerStatus::kFinished:
        outcome.tell(PostEvent::kContainerReady, told_of(outcome.post(), item, container.id));
        return ask_on(std::move(outcome));
    case ContainerStatus::kPublished:
        if (&container == detail::find_publishable(outcome.post())) return detail::found_published(std::move(outcome));
        container.status = ContainerStatus::kFinished; // part of a carousel
        return ask_on(std::move(outcome));
    case ContainerStatus::kError:
        return make_anew(std::move(outcome), item, container_problem(outcome.post(), item, *report, now),
                         may_pass_next_time(report->subcode));
    case ContainerStatus::kExpired:
        return make_anew(std::move(outcome), item, container_problem(outcome.post(), item, *report, now), true);
    case ContainerStatus::kInProgress:
    case ContainerStatus::kUnknown:
        if (container.asked == 1)
            outcome.tell(PostEvent::kContainerProcessing, told_of(outcome.post(), item, container.id));
        return still_working(std::move(outcome));
    }
    return still_working(std::move(outcome));
}

namespace detail {

// Published without a call that we know to be open: a store brought back from a backup, or a proof that was none.
Change found_published(Outcome outcome) {
    const ContainerProgress& container = publishable(outcome.post());
    PublishAttempt attempt;
    attempt.number = outcome.progress().attempts;
    attempt.container_id = container.id;
    attempt.started_at = outcome.now();
    attempt.first_started_at = container.created_at;
    attempt.looked_since = outcome.now();
    outcome.progress().attempt = std::move(attempt);
    return outcome.publish(PostEvent::kFoundLive, "", outcome.now(), "its container says PUBLISHED");
}

} // namespace detail
} // namespace everlong::core
