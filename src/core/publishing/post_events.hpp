#pragma once
// What can happen in a post's life, as words that stay the same (TimelineEntry::event), each with its sentence for people.

#include <string_view>

namespace everlong::core {

#define EVERLONG_POST_EVENTS(X)                                                                                        \
    X(kCreated, "created", "The post was made")                                                                        \
    X(kScheduled, "scheduled", "The post was given its time")                                                          \
    X(kEdited, "edited", "The post was changed")                                                                       \
    X(kCancelled, "cancelled", "The post was given up by a person")                                                    \
    X(kRetried, "retried", "A person asked to go on")                                                                  \
    X(kSettledPublished, "settled-published", "A person saw the post on the account")                                  \
    X(kSettledUnpublished, "settled-not-published", "A person saw that the post is not on the account")                \
    X(kRestored, "restored", "An older copy of the data was brought back; what was done since then is not known here") \
    X(kLookedBack, "looked-back", "Meta was asked whether the post went out while nothing ran here, and it did not")   \
    X(kChecked, "checked", "Connection, quota and media addresses are good")                                           \
    X(kTrouble, "trouble", "A step failed and is tried again")                                                         \
    X(kNotConnected, "not-connected", "The channel cannot publish; the post waits for its connection")                 \
    X(kQuotaUsed, "quota-used", "The account has used up its number of posts; the post waits")                         \
    X(kRateLimited, "rate-limited", "Meta asks for a pause; the post waits")                                           \
    X(kClockAhead, "clock-ahead", "This machine's clock is ahead of Meta's; nothing is sent until it is right")        \
    X(kClockRight, "clock-right", "This machine's clock was ahead and is right again; the post waits for its time")    \
    X(kContainerMade, "container-made", "Meta has a container for the picture, video or carousel")                     \
    X(kBytesSent, "bytes-sent", "The video's bytes have arrived at Meta")                                              \
    X(kContainerProcessing, "container-processing", "Meta works on it")                                                \
    X(kContainerReady, "container-ready", "Meta is done with it")                                                      \
    X(kContainerDenied, "container-denied", "Meta denies knowing the container, which proves nothing")                 \
    X(kContainerDropped, "container-dropped", "The container is of no use any more; a new one is made")                \
    X(kReady, "ready", "Everything is ready for the publish call")                                                     \
    X(kConfirmed, "confirmed", "Connection, quota and clock were looked at once more")                                 \
    X(kPublishSent, "publish-sent", "The publish call is on its way; its intent is stored")                            \
    X(kNotPublished, "not-published", "Meta's answer proves that nothing was published")                               \
    X(kUncertain, "uncertain", "The publish call left and no clear answer came")                                       \
    X(kLooked, "looked", "Meta was asked whether the post is live")                                                    \
    X(kPublished, "published", "The post is live")                                                                     \
    X(kFoundLive, "found-live", "The post was found to be live")                                                       \
    X(kHeld, "held", "A person is asked")                                                                              \
    X(kFailed, "failed", "The post was given up; it is not published")                                                 \
    X(kMediumFound, "medium-found", "The published medium was found on the account")                                   \
    X(kPermalinkFetched, "permalink-fetched", "The post's address is known")                                           \
    X(kResultGivenUp, "result-given-up", "The post is live; its id or address could not be found out")                 \
    X(kCommentSent, "comment-sent", "The first comment is on its way; its intent is stored")                           \
    X(kCommented, "commented", "The first comment was made")                                                           \
    X(kCommentFailed, "comment-failed", "The post is live; its first comment was not made")                            \
    X(kCommentUncertain, "comment-uncertain", "The post is live; whether its first comment was made is not known")

enum class PostEvent {
#define EVERLONG_X(enumerator, word, sentence) enumerator,
    EVERLONG_POST_EVENTS(EVERLONG_X)
#undef EVERLONG_X
};

std::string_view to_text(PostEvent event); // "container-made"
// A sentence without a full stop for such a word; the word itself for one that is not in the list.
std::string_view sentence_of_event(std::string_view word);

} // namespace everlong::core
