#pragma once
// What the outcome functions share: building a change, and the ways to wait, give up and ask. Only for post_*.cpp.

#include <core/publishing/post_events.hpp>
#include <core/publishing/post_machine.hpp>
#include <core/publishing/publish_limits.hpp>

#include <array>

namespace everlong::core::detail {

template <std::size_t N>
constexpr Milliseconds wait_of(const std::array<Milliseconds, N>& waits, int in_a_row) {
    const auto index = static_cast<std::size_t>(in_a_row < 1 ? 0 : in_a_row - 1);
    return waits[index < N ? index : N - 1];
}

class Outcome {
public:
    Outcome(Post post, std::string call, Instant now) : now_(now), call_(std::move(call)) {
        change_.post = std::move(post);
    }

    Post& post() { return change_.post; }
    Progress& progress() { return change_.post.progress; }
    Instant now() const { return now_; }

    // Goes on in that state at that time; trouble is over.
    Change go_on(PostState state, Instant next);
    // The same state, again after a wait; the problem is kept to be shown. Past the misfire rule, a person is asked.
    Change again(const Error& error, Milliseconds wait);
    Change again(const Error& error) { return again(error, wait_of(kTroubleWaits, progress().failed_attempts + 1)); }
    // Back in the queue until the channel works.
    Change suspend(const Error& error);
    // As long as Meta asks for; such a wait is no fault of ours, so the misfire rule counts from its end.
    Change wait_for_meta(PostEvent event, const Error& error, Milliseconds wait);
    Change hold(const Problem& problem);
    Change fail(const Problem& problem);
    // Live. Then comes what is fetched afterwards.
    Change publish(PostEvent event, std::string media_id, Instant at, std::string detail);
    Change take() { return std::move(change_); }

    void tell(PostEvent event, std::string detail = {}, std::optional<Problem> problem = {});

private:
    void tell_trouble(PostEvent event, const Problem& problem);

    Instant now_;
    std::string call_;
    Change change_;
};

// A problem's title, as a part of a sentence.
std::string in_words(const Problem& problem);

// By trouble_of(), for the steps before the publish call. What is special to a step was handled before.
Change after_trouble(Outcome outcome, const Error& error);

// The one that is published.
ContainerProgress& publishable(Post& post);
const ContainerProgress* find_publishable(const Post& post); // null: none was ever made
ContainerProgress& container_of(Post& post, int item);
// Needs no more questions before it is published, or becomes part of a carousel.
bool is_done(const ContainerProgress& container, Instant now);
bool wants_comment(const Post& post);
// It is known again what happened to the post.
void forget_unseen(Progress& progress);
// Wants to be published, and no call for it has left.
bool is_before_call(PostState state);
// Its container says PUBLISHED, and no call is known to be open.
Change found_published(Outcome outcome);

// The media of a list that may be the post's.
struct Sighting {
    const PublishedMedium* only = nullptr; // the one that fits, where no other does and no other post may claim it
    int fitting = 0;
    int near = 0; // would fit, but for a time or a count that is not told or not quite right
    // Would fit if this clock had been ahead of Meta's: no reason to doubt one that does fit, but one not to publish again.
    int early = 0;
};
// A post that nothing but kind and time tell from others (no caption) is found only once lists have had their lag: somebody
// may have made another by hand meanwhile.
Sighting look_for(const Post& post, const Look& look, Instant now);
bool is_known_by_caption(const PostContent& content);

// It counts as live, and so many of the account's media could be it: told with the post until its medium is known.
void note_unknown_medium(Post& post, int candidates);
// What was told of a live post, and is said anew where that changes.
void forget_findings_of_results(Post& post);

// Nobody can look before that: the round of looking begins then. Put so for a day in all, so that doubt ends with a question
// to a person whatever Meta does.
void look_from(PublishAttempt& attempt, Instant until);
// What a look's answer tells of Meta's clock, kept with the attempt.
void note_metas_time(Post& post, const Look& look);
// May a medium of this call still be missing from lists? The lag must have passed on two clocks that know nothing of each
// other: this machine's calendar since the call, and Meta's own since the first look. A calendar that jumps ahead makes
// nothing true so; and as a rehearsal's simulator tells its own time, letting time pass there is enough.
bool has_list_lag_passed(const PublishAttempt& attempt, Instant now);

// The media of a list, not older than that, which no other post has and which could be the post's.
struct Candidates {
    int count = 0;
    const PublishedMedium* newest = nullptr;
    bool are_all_claimed = false; // each may be that of another post, which is being looked for
};
// With what the post showed before it was changed, where that is what may be live.
Candidates candidates_since(const Post& post, const Look& look, Instant since);

} // namespace everlong::core::detail
