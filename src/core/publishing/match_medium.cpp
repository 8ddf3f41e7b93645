// Which medium of the account is a post's: by time, kind, caption and number of parts, and never one that another post has or
// may have. The first of a list proves nothing.

#include <core/publishing/detail/changes.hpp>

#include <algorithm>

namespace everlong::core {
namespace {

// Meta gives captions back without the white space at their ends; line ends are of one kind.
std::string plain(std::string_view caption) {
    std::string text;
    for (const char c : caption) {
        if (c != '\r') text += c;
    }
    const auto is_blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
    while (!text.empty() && is_blank(text.back()))
        text.pop_back();
    const auto first = std::ranges::find_if_not(text, is_blank);
    return {first, text.end()};
}

bool has_type(const PostContent& content, const PublishedMedium& medium) {
    const bool is_reel_or_story = medium.media_product_type == "REELS" || medium.media_product_type == "STORY";
    switch (content.kind) {
    case PostKind::kImage: return medium.media_type == "IMAGE" && !is_reel_or_story;
    case PostKind::kCarousel: return medium.media_type == "CAROUSEL_ALBUM";
    case PostKind::kReel: return medium.media_type == "VIDEO" && medium.media_product_type != "STORY";
    case PostKind::kStory: {
        const bool is_video = !content.media.empty() && content.media.front().type == MediumType::kVideo;
        return medium.media_product_type == "STORY" && medium.media_type == (is_video ? "VIDEO" : "IMAGE");
    }
    }
    return false;
}

bool has_caption(const PostContent& content, const PublishedMedium& medium) {
    // Stories show none (8.1).
    return content.kind == PostKind::kStory || plain(content.caption) == plain(medium.caption);
}

bool has_other_count(const PostContent& content, const PublishedMedium& medium) {
    return content.kind == PostKind::kCarousel && medium.children != 0 &&
           medium.children != static_cast<int>(content.media.size());
}

bool could_be(const PostContent& content, const PublishedMedium& medium) {
    return has_type(content, medium) && has_caption(content, medium) && !has_other_count(content, medium);
}

enum class Nearness { kFar, kEarly, kNear, kFitting };

Nearness nearness(const Post& post, const PublishedMedium& medium) {
    if (!could_be(post.content, medium)) return Nearness::kFar;
    const PublishAttempt& attempt = *post.progress.attempt;
    if (!medium.published_at) return Nearness::kNear;
    const Instant at = *medium.published_at;
    if (at < attempt.first_started_at - kEarlyBefore) return Nearness::kFar;
    if (at < attempt.first_started_at - kNearBefore) return Nearness::kEarly;
    const bool is_in_time = at >= attempt.first_started_at - kMatchSkew && at <= attempt.started_at + kMatchWithin;
    const bool is_count_told = post.content.kind != PostKind::kCarousel || medium.children != 0;
    return is_in_time && is_count_told ? Nearness::kFitting : Nearness::kNear;
}

} // namespace

Instant media_wanted_since(const Post& post) {
    if (post.progress.attempt) return post.progress.attempt->first_started_at - kEarlyBefore;
    if (!post.progress.unseen_since) return post.created_at;
    const bool is_known = detail::is_known_by_caption(post.content) ||
                          std::ranges::any_of(post.progress.unseen_contents, detail::is_known_by_caption);
    return *post.progress.unseen_since - (is_known ? kNearBefore : kNearBeforeNameless);
}

namespace detail {

void note_metas_time(Post& post, const Look& look) {
    if (!post.progress.attempt) return;
    PublishAttempt& attempt = *post.progress.attempt;
    if (!look.server_time) {
        // An answer without a time: what earlier ones told is no measure of what passes from now on.
        if (look.recent) attempt.meta_first_at = attempt.meta_last_at = std::nullopt;
        return;
    }
    // Meta has many machines: one whose clock was ahead must not have begun the count.
    if (!attempt.meta_first_at || *look.server_time < *attempt.meta_first_at) attempt.meta_first_at = look.server_time;
    attempt.meta_last_at = look.server_time;
}

bool has_list_lag_passed(const PublishAttempt& attempt, Instant now) {
    const bool has_passed_here = now >= attempt.started_at + kListLag;
    return has_passed_here && attempt.meta_first_at && attempt.meta_last_at &&
           *attempt.meta_last_at - *attempt.meta_first_at >= kListLag;
}

bool is_known_by_caption(const PostContent& content) {
    return content.kind != PostKind::kStory && !plain(content.caption).empty();
}

Candidates candidates_since(const Post& post, const Look& look, Instant since) {
    Candidates found;
    if (!look.recent) return found;
    for (const PublishedMedium& medium : *look.recent) {
        const bool is_like_it = could_be(post.content, medium) ||
                                std::ranges::any_of(post.progress.unseen_contents, [&](const PostContent& unseen) {
                                    return could_be(unseen, medium);
                                });
        if (!is_like_it || medium.published_at.value_or(since) < since) continue;
        if (std::ranges::find(look.bound, medium.id) != look.bound.end()) continue;
        if (++found.count == 1) found.newest = &medium;
    }
    // A damaged rival claims none: nobody looks for it, so that there is nothing to wait for.
    const auto claims = std::ranges::count_if(
        look.rivals, [&](const PostContent& rival) { return found.count > 0 && could_be(rival, *found.newest); });
    found.are_all_claimed = claims >= found.count;
    return found;
}

Sighting look_for(const Post& post, const Look& look, Instant now) {
    Sighting seen;
    if (!look.recent || !post.progress.attempt) return seen;
    for (const PublishedMedium& medium : *look.recent) {
        if (std::ranges::find(look.bound, medium.id) != look.bound.end()) continue;
        const Nearness near = nearness(post, medium);
        if (near == Nearness::kNear) ++seen.near;
        if (near == Nearness::kEarly) ++seen.early;
        if (near != Nearness::kFitting) continue;
        ++seen.fitting;
        seen.only = &medium;
    }
    const bool are_all_listed = is_known_by_caption(post.content) || has_list_lag_passed(*post.progress.attempt, now);
    if (seen.fitting != 1 || seen.near != 0 || !are_all_listed) {
        seen.only = nullptr;
    } else if (look.has_unreadable_rival || std::ranges::any_of(look.rivals, [&](const PostContent& rival) {
                   return could_be(rival, *seen.only);
               })) {
        seen.only = nullptr;
    }
    return seen;
}

} // namespace detail
} // namespace everlong::core
