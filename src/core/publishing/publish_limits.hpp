#pragma once
// Every limit, time-out and retry of a post's life, each with its reason (law 10). Calendar time unless said. Numbers in
// brackets are sections of facts/graph-api.md.

#include <base/time.hpp>
#include <core/limits.hpp>

#include <array>

namespace everlong::core {

// --- before its time ---

// Work begins so long before a post is due, so that the publish call can leave at its time: pictures are ready at once,
// long videos take Meta up to 15 minutes (8.4).
inline constexpr Milliseconds kImageLead = Minutes(5);
inline constexpr Milliseconds kVideoLead = Minutes(15);
// Connection, quota and clock are looked at once more so shortly before the call, out of the way of thousands of others
// that are due in the same minute; and again where that look is older than the second.
inline constexpr Milliseconds kConfirmAhead = Seconds(15);
inline constexpr Milliseconds kConfirmedFor = Minutes(2);

// --- lateness ---

// The misfire rule: what could go out only later than this after its time is held, and a person is asked. Somebody who
// posts at noon does not want it at night.
inline constexpr Milliseconds kMisfireAfter = Hours(1);
// A failed post is among what a person has to look at for so long after its time: whoever looks once a week learns of it, and
// one of last month, which nobody can put right any more, does not make every look a warning for ever.
inline constexpr Milliseconds kFailedToldFor = Days(7);
// What is later than this is told in the post's story, with its cause.
inline constexpr Milliseconds kLateAfter = Minutes(1);

// --- containers (8.4) ---

// A container lives 24 hours; nobody begins to publish one that could end under the call and the looks after it.
inline constexpr Milliseconds kContainerUsedFor = Hours(23);
// Waits between questions for its status, the last one repeats; Meta advises once a minute, practice is 2 to 30 seconds.
inline constexpr std::array<Milliseconds, 7> kPollWaits{Seconds(2),  Seconds(3),  Seconds(5), Seconds(10),
                                                        Seconds(20), Seconds(30), Minutes(1)};
// Containers that Meta could not make or process are given up and made anew so often: the same file fails the same way.
inline constexpr int kRemakesAtMost = 2;
// "Media could not be fetched" and the like: worth a few tries, as the fetcher's trouble may be the moment's (5.4).
inline constexpr int kMediaTriesAtMost = 3;
// For days in May 2026 Meta denied knowing good containers (11.9). Asked so often, and this long after it was made, the
// publish call itself is the better question: it is refused if the container is not ready.
inline constexpr int kDeniedEnough = 5;
inline constexpr Milliseconds kDeniedFor = Minutes(5);
// A container that the publish call says is unknown is often one that Meta's machines have not all heard of yet (5.4).
inline constexpr Milliseconds kGonePause = Seconds(30);

// --- trouble ---

// Waits after failures in a row that may pass by themselves; the last one repeats, until the misfire rule ends it.
inline constexpr std::array<Milliseconds, 5> kTroubleWaits{Seconds(10), Seconds(30), Minutes(1), Minutes(2),
                                                           Minutes(5)};
// Looks (at our own store; Meta is not asked) whether the channel is connected again.
inline constexpr std::array<Milliseconds, 5> kConnectionWaits{Minutes(1), Minutes(1), Minutes(2), Minutes(5),
                                                              Minutes(15)};
// The window of the publish quota moves all day, and Meta does not say when it gives way (7.3).
inline constexpr Milliseconds kQuotaLookEvery = Minutes(15);
// Waits after a rate limit where Meta names none (7.2: calling on lengthens the block).
inline constexpr std::array<Milliseconds, 4> kRateLimitWaits{Minutes(2), Minutes(5), Minutes(15), Minutes(30)};
// No wait that Meta names is believed beyond this: its windows are a day.
inline constexpr Milliseconds kRateLimitLongest = Hours(24);
// While the clock is ahead of Meta's.
inline constexpr Milliseconds kClockLookEvery = Minutes(5);
// No wait for trouble is longer: one that Meta asked for, and any other (the longest of those above is a quarter of an hour).
// What is to be looked at later than this, and later than its time asks for, was put off by a clock that has been set back
// since.
inline constexpr Milliseconds kLongestWait = kRateLimitLongest + Hours(1);
inline constexpr Milliseconds kLongestOwnWait = Minutes(20);
// A container that seems to have been made later than this from now was dated by such a clock, too.
inline constexpr Milliseconds kClockStepBelieved = Minutes(10);

// --- after a publish call without a clean answer (design rule C4) ---

// A call whose end nobody has seen is not asked after sooner: longer than two of the longest requests, so that it is over.
inline constexpr Milliseconds kQuietPeriod = Minutes(3);
// Waits between looks; the last one repeats. Meta advises once a minute for five minutes (8.4).
inline constexpr std::array<Milliseconds, 5> kLookWaits{Seconds(15), Seconds(61), Seconds(61), Minutes(2), Minutes(5)};
// A container that says FINISHED twice, this far apart, was not published.
inline constexpr Milliseconds kUnpublishedApart = Seconds(60);
// A new medium may be missing from lists for so long; nobody knows the true figure (design: faults, E3).
inline constexpr Milliseconds kListLag = Minutes(10);
// Looking ends after this with a question to a person; while Meta cannot be read at all, after the second.
inline constexpr Milliseconds kLookForAtMost = Minutes(30);
inline constexpr Milliseconds kLookBlindAtMost = Hours(24);
// The same container is published again by itself so often.
inline constexpr int kRepeatsAtMost = 2;
// Media carry whole seconds, and no two clocks agree: one that fits and is older than the call by up to the first may be the
// post's; older by up to the second, it may be, too, and forbids to decide; by up to the third, it forbids to publish again:
// this clock may have been ahead of Meta's by as much as does not stop publishing.
inline constexpr Milliseconds kMatchSkew = Seconds(5);
inline constexpr Milliseconds kNearBefore = Minutes(10);
// Where nothing but kind and time tell a post, what somebody made by hand ten minutes before is not to be in doubt.
inline constexpr Milliseconds kNearBeforeNameless = Minutes(1);
inline constexpr Milliseconds kEarlyBefore = kClockFail + Minutes(10);
// A call that Meta carries out later than this after it left has not been heard of: what came later is somebody else's.
inline constexpr Milliseconds kMatchWithin = Minutes(10);

// --- after it is live ---

// Waits between tries for permalink and id, the last one repeats, and how many there are: two days in all.
inline constexpr std::array<Milliseconds, 6> kResultWaits{Seconds(30), Minutes(2), Minutes(10),
                                                          Hours(1),    Hours(3),   Hours(6)};
inline constexpr int kResultTriesAtMost = 12;
// A medium that was not found so often is told to be unknown: the list's lag has passed by then (12 minutes).
inline constexpr int kFindsUntilTold = 4;
// As kLongestOwnWait, for these.
inline constexpr Milliseconds kLongestResultWait = kResultWaits.back() + Hours(1);
// A first comment that Meta provably did not take is tried again so often.
inline constexpr int kCommentsAtMost = 5;

// --- engine ---

// Posts worked on at the same time: 5,000 of one minute, each with calls of three seconds in all, want 250.
inline constexpr int kPostsAtOnce = 256;
// Publish calls leave in order of their due time; one that has to be looked at first (its confirmation is old) holds up those
// behind it no longer than this.
inline constexpr Milliseconds kLinePatience = Seconds(2);
// Rows taken from the store in one look.
inline constexpr int kPostBatch = 500;
// Calls of publishing a second, over all channels: 5,000 posts of one minute go out in it, and a queue that has piled up
// does not spend an hour's allowance (7.1) at once.
inline constexpr int kPublishCallsPerSecond = 200;
// Above this share of a limit, in percent, publishing waits: what is left is for renewals (7.1, 7.2).
inline constexpr int kUsageBrakePercent = 90;
// How long then, where Meta names no time.
inline constexpr Milliseconds kUsageBrake = Minutes(5);

} // namespace everlong::core
