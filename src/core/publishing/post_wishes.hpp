#pragma once
// What people may do with a post, and when. Every function gives the post as it is to be saved, with what is told of it, or
// kPostState (kConflict) with the reason.

#include <core/publishing/post_machine.hpp>

namespace everlong::core {

// Was it given a time? Every post but a draft has one; a draft that was given none is due when it was made, or before.
bool has_time(const Post& post);

// A new post, as it is first stored: a draft, or with its time.
Change start_post(Post post, bool is_draft, Instant now);
// A draft gets its time. kPostState: it is no draft.
Result<Change> schedule_post(Post post, Schedule schedule, Instant now);
// Draft or scheduled: containers that were made for what it was are left to their end.
Result<Change> edit_post(Post post, PostContent content, Schedule schedule, Instant now);
// Until the intent to publish is stored; and held ones that provably are not live.
Result<Change> cancel_post(Post post, Instant now);
// Failed: anew, with new containers; what failed was proven not to be live. Held: goes on where it was, late or not; where a
// publish call is open, the oracles are asked first. A scheduled one that waits for something: looks again at once.
Result<Change> retry_post(Post post, Instant now);
// Where nobody can tell whether it is live (uncertain, or held after that), a person who looked at the account can.
// Published, with the medium's id where the person knows it; or not: then it is failed, and may be tried again. As long as no
// medium of a published post is known, a person can name it; and where no word of Meta's stands for it either, take it back.
Result<Change> settle_published(Post post, std::string media_id, Instant now);
Result<Change> settle_unpublished(Post post, Instant now);
// Before a named medium is taken: does the account show it since the post's call, and no other post have it? kUsage (kUsage)
// and kPostState (kConflict) where not; the error of the look where Meta could not be asked.
Result<void> check_medium(const Post& post, const Look& look, std::string_view media_id);
// Of a post that was settled as published without an id: where the account shows none that could be it, that is told with it.
void note_unseen(Post& post, const Look& look);

// Of a post whose row is damaged, so that nothing is known of it but its state and whether a publish call may have left: how
// it ends by a person's word (cancelled; published or failed). It is told as of any other post.
Result<TimelineEntry> cancel_unreadable(PostState state, bool was_call_begun, Instant now);
Result<TimelineEntry> settle_unreadable(PostState state, bool was_call_begun, bool is_published, Instant now);

} // namespace everlong::core
