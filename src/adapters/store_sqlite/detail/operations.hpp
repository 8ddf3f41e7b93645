#pragma once
// The work of the port's methods, one function each, on a connection within a transaction. Store (store.cpp) only brings
// them to their thread. What each does and which errors it gives stands in ports/store.hpp.

#include <adapters/store_sqlite/detail/current_tokens.hpp>
#include <adapters/store_sqlite/detail/database.hpp>
#include <ports/keyring.hpp>
#include <ports/store.hpp>

#include <optional>
#include <string>
#include <vector>

namespace everlong::adapters::detail {

using ports::AuditEvent;
using ports::Channel;
using ports::ChannelId;
using ports::Delivery;
using ports::DeliveryId;
using ports::Intent;
using ports::IntentId;
using ports::Keyring;
using ports::Lifecycle;
using ports::NewChannel;
using ports::OpenedToken;
using ports::Problem;
using ports::TokenVersion;

// --- channels (channels.cpp) ---
Result<std::int64_t> insert_probe(Database& database);
Result<void> remove_probes(Database& database, std::int64_t newest);
Result<std::vector<Channel>> list_channels(Database& database, const std::string& after, int limit);
Result<std::optional<Channel>> find_channel(Database& database, const std::string& name);
Result<Channel> load_channel(Database& database, ChannelId id);
std::unexpected<Error> unknown_channel(ChannelId id);
// The channel, if it is still at this revision: kBusy (kConflict).
Result<Channel> load_channel_at(Database& database, ChannelId id, std::int64_t revision);
Result<Channel> create_channel(Database& database, const NewChannel& channel, const AuditEvent& event);
Result<Channel> rename_channel(Database& database, ChannelId id, const std::string& name, const AuditEvent& event);
Result<void> remove_channel(Database& database, ChannelId id, const AuditEvent& event);
// Everything that changes after a channel was created; raises its revision.
Result<void> write_channel(Database& database, Channel& channel);
Result<void> save_lifecycle(Database& database, ChannelId id, std::int64_t revision, const Lifecycle& lifecycle,
                            const AuditEvent& event);
Result<std::vector<Channel>> list_due(Database& database, Instant now, int limit);
Result<std::optional<Instant>> next_due(Database& database);

// --- intents (intents.cpp) ---
Result<IntentId> begin_intent(Database& database, const std::string& kind, const std::string& channel_name,
                              const Fingerprint& token, Instant now);
Result<void> finish_intent(Database& database, IntentId id, const std::string& outcome, Instant now);
Result<std::optional<Intent>> find_intent(Database& database, const std::string& kind, const Fingerprint& token);

// --- tokens (tokens.cpp) ---
struct NewToken {
    Secret token;
    core::TokenFacts facts;
    std::string source;
    std::optional<IntentId> intent;
};
struct Promotion {
    int version = 0;
    core::TokenFacts facts;
    core::Account account;
    Lifecycle lifecycle;
};
Result<int> keep_pending(Database& database, const Keyring& keyring, ChannelId id, const NewToken& token,
                         const AuditEvent& event);
Result<Channel> promote(Database& database, ChannelId id, std::int64_t revision, const Promotion& promotion,
                        const AuditEvent& event);
Result<void> update_facts(Database& database, ChannelId id, std::int64_t revision, int version,
                          const core::TokenFacts& facts, const Lifecycle& lifecycle, const AuditEvent& event);
Result<void> discard_pending(Database& database, ChannelId id, int version, const AuditEvent& event);
Result<OpenedToken> load_current(Database& database, const Keyring& keyring, ChannelId id);
Result<SealedCurrent> find_current(Database& database, const std::string& channel_name);
Result<OpenedToken> open_current(const Keyring& keyring, const SealedCurrent& current);
Result<std::optional<OpenedToken>> load_pending(Database& database, const Keyring& keyring, ChannelId id);
Result<OpenedToken> load_version(Database& database, const Keyring& keyring, ChannelId id, int version);
Result<std::vector<TokenVersion>> list_versions(Database& database, ChannelId id);

// --- deliveries (deliveries.cpp) ---
Result<Delivery> add_delivery(Database& database, ChannelId id, const ports::DotenvTarget& target,
                              const AuditEvent& event);
Result<std::vector<Delivery>> list_deliveries(Database& database, ChannelId id);
Result<Delivery> load_delivery(Database& database, DeliveryId id);
Result<void> remove_delivery(Database& database, DeliveryId id, const AuditEvent& event);
Result<std::vector<Delivery>> list_due_deliveries(Database& database, Instant now, int limit);
Result<void> confirm_delivery(Database& database, DeliveryId id, int version, Instant now, const AuditEvent& event);
Result<void> postpone_delivery(Database& database, DeliveryId id, Instant next_attempt_at, const Problem& problem);

// --- audit (audit.cpp) ---
Result<void> append_audit(Database& database, const AuditEvent& event);
Result<std::vector<AuditEvent>> list_audit(Database& database, const std::string& channel_name, int limit);
// The length of the chain; kTampered names the first row that does not fit.
Result<std::int64_t> verify_audit(Database& database);

} // namespace everlong::adapters::detail
