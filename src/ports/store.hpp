#pragma once
// What Everlong remembers: channels, token versions, intents, deliveries, audit. Written so that SQLite and PostgreSQL
// can both stand behind it; tests/contract holds every adapter to the same suite.
//
// Each method is one durable transaction: when it gives success, it has survived a power cut. Errors of every method:
//   kDiskFull, kReadOnly, kIo, kBusy (kLocal; kBusy is kTransient), kTampered, kStoreCorrupt (kCorrupt)
// Tokens are sealed before they reach the disk. Where a channel's `revision` is given, the write is refused with
// kBusy (kConflict) if the channel has changed since it was read: re-read, then decide again.

#include <async/task.hpp>
#include <base/secret.hpp>
#include <base/strong.hpp>
#include <core/lifecycle.hpp>
#include <core/token.hpp>
#include <ports/sink.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::ports {

using everlong::ChannelId;
using IntentId = StrongNumber<struct IntentIdTag>;
using DeliveryId = StrongNumber<struct DeliveryIdTag>;

using core::Lifecycle;
using core::Problem;

struct Channel {
    ChannelId id;
    // Rises with every write to what stands here: keep_pending, promote, update_facts, save_lifecycle, rename_channel.
    std::int64_t revision = 0;
    std::string name;
    core::LoginPath login = core::LoginPath::kFacebook;
    std::string app_id;
    core::Account account; // pinned at first connect
    Instant created_at{};
    int current_version = 0; // 0: unconnected
    Lifecycle lifecycle;
};

enum class VersionState { kPending, kCurrent, kRetired, kDiscarded };

struct TokenVersion {
    int version = 0; // 1, 2, 3 ... per channel
    VersionState state = VersionState::kPending;
    core::TokenFacts facts;
    std::string source; // "import", "connect", "exchange", "refresh", "rollback"
    Instant created_at{};
    std::optional<Instant> verified_at;
    std::optional<Instant> retired_at;
};

struct OpenedToken {
    TokenVersion version;
    Secret token;
};

// What an application gets when it asks for its channel's token.
struct ServedToken {
    ChannelId channel;
    IgUserId ig_user_id;
    TokenVersion version;
    Secret token;
};

// What is about to be asked of Meta, written down before the call leaves (law 2).
struct Intent {
    IntentId id;
    std::string kind; // "exchange", "refresh"
    std::string channel_name;
    Fingerprint token; // of the token that is exchanged or refreshed
    Instant started_at{};
    std::optional<Instant> finished_at; // absent: the outcome is not known
    std::string outcome;                // "granted", "refused", "not-sent", "unknown"
};

struct Delivery {
    DeliveryId id;
    ChannelId channel;
    DotenvTarget target;
    int delivered_version = 0; // 0: never
    std::optional<Instant> delivered_at;
    std::optional<Instant> next_attempt_at; // absent: nothing to deliver
    int failed_attempts = 0;
    std::optional<Problem> last_problem;
};

// A line of the audit trail: who did what to which channel. Never holds a secret.
struct AuditEvent {
    Instant at{};
    std::string actor;  // "engine", "cli", "api"
    std::string action; // "channel-imported", "token-refreshed", "token-revealed", ...
    std::string channel_name;
    std::string detail;
};

// The detail of "channel-renamed" in the trail of the name that was left.
inline constexpr std::string_view kNameWasLeft = "has another name now";

// What was found and done when the store was started.
struct StoreStart {
    bool was_restored = false; // an older copy of it was brought back
    Instant known_until{};     // then: the last instant of which it knows anything
    int channels = 0;          // to be checked before anything is done with them
    int posts = 0;             // held, or not to be sent without a look
};

struct NewChannel {
    std::string name;
    core::LoginPath login = core::LoginPath::kFacebook;
    std::string app_id;
    core::Account account; // as far as known; promote() completes it
};

class Store {
public:
    virtual ~Store() = default;

    // `told` gets the name of each channel that a commit has changed (made, removed, renamed: both names), once its write is
    // durable and before its caller hears of it, on the caller's executor. One watcher; whatever it refers to is kept by it,
    // as a call may still be on its way when the store has gone.
    virtual void watch(std::function<void(const std::string& channel_name)> told) = 0;

    // Once, before anything is done with it. Where an older copy of the store was brought back, every channel with a token
    // waits to be checked (Lifecycle::restored_at), and every post that is not over is put to a person
    // (core::after_restore); else posts whose time came while nothing ran are looked for before they are sent
    // (core::after_pause). All in the one transaction that takes note of it: a crash before its end repeats it. Until then
    // an older copy refuses what cannot be undone: kStoreRestored (kLocal).
    virtual Task<StoreStart> start(Instant now) = 0;

    // Commits and removes a row: proof that what Meta answers can be recorded (law 2).
    virtual Task<void> prove_writable() = 0;

    // --- channels ---
    // In order of name, those after `after` (empty: from the start), at most `limit`.
    virtual Task<std::vector<Channel>> list_channels(std::string after, int limit) = 0;
    virtual Task<std::optional<Channel>> find_channel(std::string name) = 0;
    // kChannelUnknown (kUsage).
    virtual Task<Channel> load_channel(ChannelId id) = 0;
    // kChannelExists (kConflict). The channel is unconnected.
    virtual Task<Channel> create_channel(NewChannel channel, AuditEvent event) = 0;
    // Its tokens, deliveries and API keys go along, and so do logins under way; the audit trail keeps the old name, and says
    // so under both. kChannelUnknown (kUsage); kChannelExists (kConflict).
    virtual Task<Channel> rename_channel(ChannelId id, std::string name, AuditEvent event) = 0;
    // With its tokens, deliveries and posts, whatever their state; the audit trail stays, and says how many posts went
    // along ("posts-removed"). Their files stay until they are removed as unused.
    virtual Task<void> remove_channel(ChannelId id, AuditEvent event) = 0;
    virtual Task<void> save_lifecycle(ChannelId id, std::int64_t revision, Lifecycle lifecycle, AuditEvent event) = 0;
    // Channels whose next_attempt_at is at or before `now`; earliest first.
    virtual Task<std::vector<Channel>> list_due(Instant now, int limit) = 0;
    // The earliest instant at which list_due or list_due_deliveries will have something.
    virtual Task<std::optional<Instant>> next_due() = 0;

    // --- intents ---
    virtual Task<IntentId> begin_intent(std::string kind, std::string channel_name, Fingerprint token, Instant now) = 0;
    virtual Task<void> finish_intent(IntentId id, std::string outcome, Instant now) = 0;
    // The newest intent of that kind for that token whose outcome is open, "unknown" or "granted".
    virtual Task<std::optional<Intent>> find_intent(std::string kind, Fingerprint token) = 0;

    // --- tokens ---
    // Stores a token as pending beside the current one and finishes the intent as "granted", in one transaction.
    // Gives its version. An earlier pending version is discarded. The fingerprint is computed here, whatever `facts` say.
    // kTokenMissing (kUsage): an empty token. The channel becomes due at once (next_attempt_at is
    // event.at), so that a crash between here and promote() is made good at the next start.
    virtual Task<int> keep_pending(ChannelId id, Secret token, core::TokenFacts facts, std::string source,
                                   std::optional<IntentId> intent, AuditEvent event) = 0;
    // A verified pending (or, for a rollback, retired) version becomes current; the old current one retires; every
    // delivery of the channel becomes due; the three last retired versions are kept, earlier ones deleted. What is blank or
    // unknown in `facts` and `account` leaves what is stored (law 1). event.at is the time of all of it.
    // kVersionUnknown (kUsage): neither pending nor retired. kIdentity (kNeedsConsent): another account than the pinned one.
    // kInternal (kConflict): facts with the fingerprint of another token.
    virtual Task<Channel> promote(ChannelId id, std::int64_t revision, int version, core::TokenFacts facts,
                                  core::Account account, Lifecycle lifecycle, AuditEvent event) = 0;
    // New facts about the current token (an inspection, an extended life of the same string); blanks as with promote().
    // kVersionUnknown (kUsage): not the current version.
    virtual Task<void> update_facts(ChannelId id, std::int64_t revision, int version, core::TokenFacts facts,
                                    Lifecycle lifecycle, AuditEvent event) = 0;
    // The token is deleted, the version stays in the history. kVersionUnknown (kUsage): not pending.
    virtual Task<void> discard_pending(ChannelId id, int version, AuditEvent event) = 0;
    // kUnconnected (kNeedsConsent) without a current token.
    virtual Task<OpenedToken> load_current(ChannelId id) = 0;
    // The same by the channel's name, made to be asked all day: sealed rows that have not changed since they were last
    // read are answered from memory. Besides: kChannelUnknown (kUsage).
    virtual Task<ServedToken> serve_token(std::string channel_name) = 0;
    virtual Task<std::optional<OpenedToken>> load_pending(ChannelId id) = 0;
    // kVersionUnknown (kUsage): no such version, or no longer kept.
    virtual Task<OpenedToken> load_version(ChannelId id, int version) = 0;
    // Newest first, without the tokens.
    virtual Task<std::vector<TokenVersion>> list_versions(ChannelId id) = 0;

    // --- deliveries ---
    // A delivery to the same path replaces the channel's earlier one, and another channel's that writes one of the same
    // keys there. Due at once where the channel has a current token.
    virtual Task<Delivery> add_delivery(ChannelId id, DotenvTarget target, AuditEvent event) = 0;
    virtual Task<std::vector<Delivery>> list_deliveries(ChannelId id) = 0;
    // kDeliveryUnknown (kUsage).
    virtual Task<Delivery> load_delivery(DeliveryId id) = 0;
    // kDeliveryUnknown (kUsage).
    virtual Task<void> remove_delivery(DeliveryId id, AuditEvent event) = 0;
    virtual Task<std::vector<Delivery>> list_due_deliveries(Instant now, int limit) = 0;
    // Ignored where another version has been promoted since: that one stays due; and where the delivery was removed.
    virtual Task<void> confirm_delivery(DeliveryId id, int version, Instant now, AuditEvent event) = 0;
    virtual Task<void> postpone_delivery(DeliveryId id, Instant next_attempt_at, Problem problem) = 0;

    // --- audit ---
    virtual Task<void> append_audit(AuditEvent event) = 0;
    // Newest first; of one channel where a name is given.
    virtual Task<std::vector<AuditEvent>> list_audit(std::string channel_name, int limit) = 0;
};

} // namespace everlong::ports
