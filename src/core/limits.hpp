#pragma once
// Every limit, time-out and retry of a token's life, each with its reason (law 10). Calendar time unless said.

#include <base/time.hpp>

#include <array>

namespace everlong::core {

// --- renewal (design: architecture, 'When to renew'; decision 0003) ---

// Attempts begin at this age of a 60-day token: more than 49 days of trouble can be survived from there.
inline constexpr Milliseconds kRenewalAge = Days(7);
// Channels are spread over two days by a hash of their name, so that a thousand of them do not fall due together, and
// a success, retries included, still lands before day 10. A machine that wakes every nine days renews at each wake.
inline constexpr Milliseconds kRenewalSpread = Days(2);
// A token with a shorter life than usual is renewed after a third of it.
inline constexpr int kShortLifeShare = 3;
// Meta refuses to refresh a token younger than this (facts 3.4); also our own ceiling of one success per channel.
inline constexpr Milliseconds kRefreshPause = Hours(24);
// Waits after the first, second and third failure; then every six hours for as long as the token lives.
inline constexpr std::array<Milliseconds, 3> kRetryWaits{Minutes(1), Minutes(10), Minutes(100)};
inline constexpr Milliseconds kRetryWaitLongest = Hours(6);
// A renewal that has not succeeded this long after it fell due is told to people.
inline constexpr Milliseconds kOverdueAfter = Days(3);
// A person is asked from here before an end that needs one.
inline constexpr Milliseconds kAskPersonBefore = Days(21);
// With less life left than this, a refresh whose outcome is unknown is repeated at once rather than a day later:
// losing the token would be worse than a second refresh.
inline constexpr Milliseconds kTooCloseToWait = Days(3);
// Meta does not tell when a token dies; its advice is to look at least daily (facts 4).
inline constexpr Milliseconds kLookEvery = Hours(24);
// An extension counts as one when it adds at least this much.
inline constexpr Milliseconds kExtensionWorth = Days(1);
// Law 4: the second sighting of an auth error must be at least this much later.
inline constexpr Milliseconds kVerdictPause = Minutes(10);

// --- lifetimes (facts 2.6, 3.2) ---

// Short-lived tokens live one to two hours, long-lived ones 60 days: anything between a day and 60 is counted as long.
inline constexpr Milliseconds kShortLifetimeAtMost = Hours(24);
// The life of a short-lived Instagram token, which Meta does not state in the answer (facts 3.2).
inline constexpr Milliseconds kShortInstagramLife = Hours(1);

// --- doctor ---

// A clock this far off makes expiry and schedules visibly wrong; what is less comes of slow answers and coarse Dates.
inline constexpr Milliseconds kClockWarn = Minutes(5);
inline constexpr Milliseconds kClockFail = Hours(1);

// --- logins ---

// From the address of the dialog to its answer: time for a password, a second factor and a look at what is asked.
inline constexpr Milliseconds kLoginTime = Minutes(15);
// The token of a login code lives at least an hour (facts 2.6, 3.2): so long a login may be taken up again.
inline constexpr Milliseconds kLoginTokenLife = Hours(1);
// A login whose next step met trouble that may pass is tried again no sooner.
inline constexpr Milliseconds kLoginRetryPause = Seconds(2);
// Logins kept, ended ones included: a person starts a few, a script gone wrong must not fill the disk.
inline constexpr int kLoginsKept = 1000;
// Meta's signed calls are taken up to this age, and from clocks that are ahead by as much as the second (facts 9.1).
inline constexpr Milliseconds kSignedCallLife = Days(1);
inline constexpr Milliseconds kSignedCallSkew = Minutes(10);

// --- deliveries ---

// Waits between attempts; the last one repeats for as long as it takes.
inline constexpr std::array<Milliseconds, 5> kDeliveryWaits{Seconds(5), Seconds(15), Minutes(1), Minutes(5),
                                                            Minutes(15)};

// --- engine ---

// Channels worked on at the same time: enough to fill group commits, few enough for Meta's patience.
inline constexpr int kChannelsAtOnce = 32;
// Rows taken from the store in one look.
inline constexpr int kDueBatch = 500;

} // namespace everlong::core
