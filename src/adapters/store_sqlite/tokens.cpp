#include <adapters/store_sqlite/detail/operations.hpp>
#include <adapters/store_sqlite/detail/rows.hpp>
#include <base/digest.hpp>
#include <core/channel_state.hpp>

namespace everlong::adapters::detail {
namespace {

// Law 1: what worked before stays at hand.
constexpr int kRetiredKept = 3;
// Discarded versions have no token any more; a few stay to be seen in the history.
constexpr int kDiscardedKept = 3;

const std::string kSelectVersions = "SELECT " + kVersionColumns + ", sealed FROM tokens ";

// Table, row, column and version: a sealed value moved anywhere else does not open.
std::string place_of(ChannelId id, int version) {
    return "tokens/" + std::to_string(id.number()) + "/token/" + std::to_string(version);
}

std::unexpected<Error> unknown_version(int version, std::string_view why) {
    return fail(Code::kVersionUnknown, Fault::kUsage, "version " + std::to_string(version) + " " + std::string(why));
}

// A version as it is stored, its token still sealed.
struct SealedToken {
    TokenVersion version;
    std::string sealed;
};

Result<SealedToken> read_sealed(Row row) {
    auto version = read_version(row);
    if (!version) return fail(version.error());
    return SealedToken{*std::move(version), row.blob(kVersionColumnCount)};
}

Result<OpenedToken> open_token(const Keyring& keyring, ChannelId id, SealedToken stored) {
    const std::string place = place_of(id, stored.version.version);
    auto token = keyring.open(place, stored.sealed);
    if (!token) return fail(token.error());
    if (fingerprint_of(*token) != stored.version.facts.fingerprint) {
        return fail(Code::kTampered, Fault::kCorrupt, place + ": the token is not the one of its fingerprint");
    }
    return OpenedToken{std::move(stored.version), *std::move(token)};
}

Result<std::optional<SealedToken>> find_version(Database& database, ChannelId id, int version) {
    static const std::string kSql = kSelectVersions + "WHERE channel_id = ?1 AND version = ?2";
    return database.find<SealedToken>(kSql, read_sealed, id.number(), version);
}

Result<SealedToken> find_current_version(Database& database, const Channel& channel) {
    auto stored = find_version(database, channel.id, channel.current_version);
    if (!stored) return fail(stored.error());
    if (!*stored || (**stored).version.state != ports::VersionState::kCurrent) {
        return fail(Code::kStoreCorrupt, Fault::kCorrupt, "the current token of " + channel.name + " is missing");
    }
    return **std::move(stored);
}

// Everything of a version that changes after it was stored.
Result<void> write_version(Database& database, ChannelId id, const TokenVersion& version) {
    const TokenFacts& facts = version.facts;
    auto written = database.run(
        "UPDATE tokens SET state = ?3, kind = ?4, lifetime = ?5, issued_at = ?6, expires = ?7, expires_at = ?8, "
        "data_access_expires = ?9, data_access_expires_at = ?10, are_scopes_known = ?11, scopes = ?12, source = ?13, "
        "verified_at = ?14, retired_at = ?15 WHERE channel_id = ?1 AND version = ?2",
        id.number(), version.version, state_word(version.state), to_text(facts.kind), to_text(facts.lifetime),
        facts.issued_at, expiry_word(facts.expires_at), expiry_instant(facts.expires_at),
        expiry_word(facts.data_access_expires_at), expiry_instant(facts.data_access_expires_at), facts.are_scopes_known,
        scopes_to_json(facts.scopes), version.source, version.verified_at, version.retired_at);
    if (!written) return fail(written.error());
    return {};
}

// Facts belong to the token they were asked about, and to no other.
Result<void> complete_facts(TokenVersion& stored, const TokenFacts& told) {
    if (!told.fingerprint.is_empty() && told.fingerprint != stored.facts.fingerprint) {
        return fail(Code::kInternal, Fault::kConflict,
                    "facts of token " + told.fingerprint.text() + " for version " + std::to_string(stored.version) +
                        ", which is " + stored.facts.fingerprint.text());
    }
    stored.facts = merge_facts(stored.facts, told);
    return {};
}

// The token itself goes at once (secure_delete overwrites it); the row stays for the history.
Result<void> discard(Database& database, ChannelId id) {
    auto discarded =
        database.run("UPDATE tokens SET state = 'discarded', sealed = NULL WHERE channel_id = ?1 AND state = 'pending'",
                     id.number());
    if (!discarded) return fail(discarded.error());
    if (*discarded == 0) return {};
    auto pruned = database.run("DELETE FROM tokens WHERE channel_id = ?1 AND state = 'discarded' AND version NOT IN "
                               "(SELECT version FROM tokens WHERE channel_id = ?1 AND state = 'discarded' "
                               "ORDER BY version DESC LIMIT ?2)",
                               id.number(), kDiscardedKept);
    if (!pruned) return fail(pruned.error());
    return {};
}

// By the time of their retirement: after a rollback the oldest number may be the one that worked last.
Result<void> prune_retired(Database& database, ChannelId id) {
    auto pruned = database.run("DELETE FROM tokens WHERE channel_id = ?1 AND state = 'retired' AND version NOT IN "
                               "(SELECT version FROM tokens WHERE channel_id = ?1 AND state = 'retired' "
                               "ORDER BY retired_at DESC, version DESC LIMIT ?2)",
                               id.number(), kRetiredKept);
    if (!pruned) return fail(pruned.error());
    return {};
}

Result<void> insert_pending(Database& database, const Keyring& keyring, ChannelId id, int version,
                            const NewToken& given, Instant now) {
    const TokenFacts& facts = given.facts;
    const std::string sealed = keyring.seal(place_of(id, version), given.token);
    auto inserted = database.run(
        "INSERT INTO tokens (channel_id, version, state, sealed, key_term, fingerprint, source, created_at, kind, "
        "lifetime, issued_at, expires, expires_at, data_access_expires, data_access_expires_at, are_scopes_known, "
        "scopes) VALUES (?1, ?2, 'pending', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        id.number(), version, Blob{sealed}, keyring.key_term(), fingerprint_of(given.token).text(), given.source, now,
        to_text(facts.kind), to_text(facts.lifetime), facts.issued_at, expiry_word(facts.expires_at),
        expiry_instant(facts.expires_at), expiry_word(facts.data_access_expires_at),
        expiry_instant(facts.data_access_expires_at), facts.are_scopes_known, scopes_to_json(facts.scopes));
    if (!inserted) return fail(inserted.error());
    return {};
}

Result<void> refuse_other_account(const Channel& channel, const core::Account& told) {
    const IgUserId& pinned = channel.account.ig_user_id;
    if (pinned.is_empty() || told.ig_user_id.is_empty() || pinned == told.ig_user_id) return {};
    return fail(Code::kIdentity, Fault::kNeedsConsent,
                "channel " + channel.name + " is connected to account " + pinned.text() + ", the token belongs to " +
                    told.ig_user_id.text());
}

// The versions change places, and the deliveries follow.
Result<void> exchange_places(Database& database, ChannelId id, TokenVersion promoted, Instant now) {
    auto retired =
        database.run("UPDATE tokens SET state = 'retired', retired_at = ?2 WHERE channel_id = ?1 AND state = 'current'",
                     id.number(), now);
    if (!retired) return fail(retired.error());
    if (promoted.state == ports::VersionState::kRetired) promoted.source = "rollback";
    promoted.state = ports::VersionState::kCurrent;
    promoted.verified_at = now;
    promoted.retired_at.reset();
    if (auto done = write_version(database, id, promoted); !done) return done;
    auto due = database.run("UPDATE deliveries SET next_attempt_at = ?2, failed_attempts = 0 WHERE channel_id = ?1",
                            id.number(), now);
    if (!due) return fail(due.error());
    return prune_retired(database, id);
}

} // namespace

Result<int> keep_pending(Database& database, const Keyring& keyring, ChannelId id, const NewToken& given,
                         const AuditEvent& event) {
    if (given.token.is_empty()) return fail(Code::kTokenMissing, Fault::kUsage, "an empty token is not kept");
    auto version = database.find<int>(
        "UPDATE channels SET revision = revision + 1, last_version = last_version + 1, next_attempt_at = ?2 "
        "WHERE id = ?1 RETURNING last_version",
        [](Row row) { return Result<int>(static_cast<int>(row.number(0))); }, id.number(), event.at);
    if (!version) return fail(version.error());
    if (!*version) return unknown_channel(id);
    if (auto done = discard(database, id); !done) return fail(done.error());
    if (auto done = insert_pending(database, keyring, id, **version, given, event.at); !done) return fail(done.error());
    if (given.intent) {
        if (auto done = finish_intent(database, *given.intent, "granted", event.at); !done) return fail(done.error());
    }
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    database.note_lasting();
    return **version;
}

Result<Channel> promote(Database& database, ChannelId id, std::int64_t revision, const Promotion& promotion,
                        const AuditEvent& event) {
    auto channel = load_channel_at(database, id, revision);
    if (!channel) return channel;
    if (auto same = refuse_other_account(*channel, promotion.account); !same) return fail(same.error());
    auto stored = find_version(database, id, promotion.version);
    if (!stored) return fail(stored.error());
    if (!*stored) return unknown_version(promotion.version, "is not kept");
    TokenVersion& version = (**stored).version;
    if (version.state == ports::VersionState::kCurrent) return unknown_version(version.version, "is in use already");
    if (version.state == ports::VersionState::kDiscarded) return unknown_version(version.version, "was discarded");

    if (auto done = complete_facts(version, promotion.facts); !done) return fail(done.error());
    if (auto done = exchange_places(database, id, version, event.at); !done) return fail(done.error());
    channel->account = merge_account(channel->account, promotion.account);
    channel->current_version = version.version;
    channel->lifecycle = promotion.lifecycle;
    if (auto done = write_channel(database, *channel); !done) return fail(done.error());
    if (auto noted = append_audit(database, event); !noted) return fail(noted.error());
    return channel;
}

Result<void> update_facts(Database& database, ChannelId id, std::int64_t revision, int version,
                          const core::TokenFacts& facts, const Lifecycle& lifecycle, const AuditEvent& event) {
    auto channel = load_channel_at(database, id, revision);
    if (!channel) return fail(channel.error());
    if (version != channel->current_version || version == 0) return unknown_version(version, "is not the current one");
    auto stored = find_version(database, id, version);
    if (!stored) return fail(stored.error());
    if (!*stored)
        return fail(Code::kStoreCorrupt, Fault::kCorrupt, "the current token of " + channel->name + " is missing");
    if (auto done = complete_facts((**stored).version, facts); !done) return done;
    if (auto done = write_version(database, id, (**stored).version); !done) return done;
    channel->lifecycle = lifecycle;
    if (auto done = write_channel(database, *channel); !done) return done;
    return append_audit(database, event);
}

Result<void> discard_pending(Database& database, ChannelId id, int version, const AuditEvent& event) {
    if (auto channel = load_channel(database, id); !channel) return fail(channel.error());
    auto stored = find_version(database, id, version);
    if (!stored) return fail(stored.error());
    if (!*stored || (**stored).version.state != ports::VersionState::kPending) {
        return unknown_version(version, "is not pending");
    }
    if (auto done = discard(database, id); !done) return done;
    return append_audit(database, event);
}

Result<OpenedToken> load_current(Database& database, const Keyring& keyring, ChannelId id) {
    auto channel = load_channel(database, id);
    if (!channel) return fail(channel.error());
    if (channel->current_version == 0) return fail(Code::kUnconnected, Fault::kNeedsConsent, channel->name);
    auto stored = find_current_version(database, *channel);
    if (!stored) return fail(stored.error());
    return open_token(keyring, id, *std::move(stored));
}

Result<SealedCurrent> find_current(Database& database, const std::string& channel_name) {
    auto channel = find_channel(database, channel_name);
    if (!channel) return fail(channel.error());
    if (!*channel) return fail(core::unknown_channel(channel_name));
    if ((*channel)->current_version == 0) return fail(Code::kUnconnected, Fault::kNeedsConsent, channel_name);
    auto stored = find_current_version(database, **channel);
    if (!stored) return fail(stored.error());
    return SealedCurrent{(*channel)->id, (*channel)->account.ig_user_id, std::move(stored->version),
                         std::move(stored->sealed)};
}

Result<OpenedToken> open_current(const Keyring& keyring, const SealedCurrent& current) {
    return open_token(keyring, current.channel, {current.version, current.sealed});
}

Result<std::optional<OpenedToken>> load_pending(Database& database, const Keyring& keyring, ChannelId id) {
    static const std::string kSql = kSelectVersions + "WHERE channel_id = ?1 AND state = 'pending'";
    if (auto channel = load_channel(database, id); !channel) return fail(channel.error());
    auto stored = database.find<SealedToken>(kSql, read_sealed, id.number());
    if (!stored) return fail(stored.error());
    if (!*stored) return std::optional<OpenedToken>();
    auto opened = open_token(keyring, id, **std::move(stored));
    if (!opened) return fail(opened.error());
    return std::optional<OpenedToken>(*std::move(opened));
}

Result<OpenedToken> load_version(Database& database, const Keyring& keyring, ChannelId id, int version) {
    if (auto channel = load_channel(database, id); !channel) return fail(channel.error());
    auto stored = find_version(database, id, version);
    if (!stored) return fail(stored.error());
    if (!*stored) return unknown_version(version, "is not kept");
    if ((**stored).version.state == ports::VersionState::kDiscarded) return unknown_version(version, "was discarded");
    return open_token(keyring, id, **std::move(stored));
}

Result<std::vector<TokenVersion>> list_versions(Database& database, ChannelId id) {
    static const std::string kSql =
        "SELECT " + kVersionColumns + " FROM tokens WHERE channel_id = ?1 ORDER BY version DESC";
    if (auto channel = load_channel(database, id); !channel) return fail(channel.error());
    return database.list<TokenVersion>(kSql, read_version, id.number());
}

} // namespace everlong::adapters::detail
