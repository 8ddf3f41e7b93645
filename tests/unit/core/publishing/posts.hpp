#pragma once
// Posts at the points of their life at which the machine's tests begin.

#include <core/publishing/post_machine.hpp>
#include <core/publishing/post_wishes.hpp>
#include <core/publishing/publish_limits.hpp>

#include <gtest/gtest.h>

namespace everlong::core::test {

// 2026-06-01T12:00:00Z.
inline constexpr Instant kDue = instant_from_unix_s(1'780'315'200);

inline Error meta_error(int code, int subcode, Code ours, Fault fault, int http_status = 400) {
    Upstream upstream;
    upstream.http_status = http_status;
    upstream.code = code;
    upstream.subcode = subcode;
    return {ours, fault, "as Meta says", upstream};
}
inline Error lost_answer() {
    return {Code::kUnknownOutcome, Fault::kUnknownOutcome, "no whole answer came"};
}

inline Post image_post() {
    Post post;
    post.id = PostId("post_1");
    post.content.media.resize(1);
    post.content.media.front().url = "https://example.org/a.jpg";
    post.content.caption = "Cats";
    post.schedule.due_at = kDue;
    post.created_at = kDue - Days(1);
    return start_post(post, false, kDue - Days(1)).post;
}

inline Post carousel_post(int parts) {
    Post post = image_post();
    post.content.kind = PostKind::kCarousel;
    post.content.media.resize(static_cast<std::size_t>(parts), post.content.media.front());
    return start_post(post, false, kDue - Days(1)).post;
}

inline Post reel_post() {
    Post post = image_post();
    post.content.kind = PostKind::kReel;
    post.content.media.front().type = MediumType::kVideo;
    return start_post(post, false, kDue - Days(1)).post;
}

inline ContainerProgress made(std::string id) {
    ContainerProgress container;
    container.id = std::move(id);
    container.has_bytes = true;
    return container;
}
inline ContainerReport says(ContainerStatus status, std::optional<int> subcode = {}) {
    ContainerReport report;
    report.status = status;
    report.subcode = subcode;
    return report;
}

// Its container is finished; the publish call leaves next, at the due time.
inline Post ready_post(Post post = image_post()) {
    const Instant at = kDue - Minutes(4);
    post = after_check(post, Readiness{}, at).post;
    post = after_make(post, 0, made("container-1"), at).post;
    return after_ask(post, 0, says(ContainerStatus::kFinished), at).post;
}
inline Post confirmed_post() {
    return after_confirm(ready_post(), Readiness{3, 50, {}}, kDue - Seconds(10)).post;
}
inline Post publishing_post() {
    return begin_publish(confirmed_post(), {}, kDue).post;
}
inline Post uncertain_post() {
    return after_publish(publishing_post(), fail(lost_answer()), kDue + Seconds(2)).post;
}

inline PublishedMedium medium(std::string id, Instant at, std::string caption = "Cats") {
    PublishedMedium found;
    found.id = std::move(id);
    found.caption = std::move(caption);
    found.media_type = "IMAGE";
    found.media_product_type = "FEED";
    found.permalink = "https://www.instagram.com/p/" + found.id + "/";
    found.published_at = at;
    return found;
}
inline Look look(Result<ContainerReport> container, std::vector<PublishedMedium> recent = {}) {
    Look look;
    look.container = std::move(container);
    look.recent = std::move(recent);
    return look;
}

// The same, on a day on which both clocks go alike; a look that says what Meta's clock shows is taken as it is.
inline Change after_looking(Post post, Look look, Instant now) {
    if (!look.server_time) look.server_time = now;
    return after_look(std::move(post), look, now);
}
inline Change after_finding(Post post, Look look, Instant now) {
    if (!look.server_time) look.server_time = now;
    return after_find(std::move(post), look, now);
}

template <class Step>
bool is_next(const Post& post, Instant now) {
    const PostStep step = next_step(post, now);
    if (!std::holds_alternative<Step>(step)) ADD_FAILURE() << "the next step is " << to_text(step);
    return std::holds_alternative<Step>(step);
}

} // namespace everlong::core::test
