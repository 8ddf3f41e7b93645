#pragma once
// Rows as the port's types and back. Words and instants are as 0001_start.sql says; whatever is not is kStoreCorrupt.

#include <adapters/store_sqlite/detail/database.hpp>
#include <ports/store.hpp>

#include <optional>
#include <string>

namespace everlong::adapters::detail {

using core::Expiry;
using core::TokenFacts;
using ports::Channel;
using ports::Delivery;
using ports::Lifecycle;
using ports::Problem;
using ports::TokenVersion;

// What read_channel() reads, in this order; so for the others.
inline const std::string kChannelColumns =
    "id, revision, name, login, app_id, ig_user_id, username, account_type, page_id, page_name, created_at, "
    "current_version, last_refresh_at, next_attempt_at, failed_attempts, last_problem, suspicion, verdict, "
    "was_extension_refused, restored_at";
Result<Channel> read_channel(Row row);

inline const std::string kVersionColumns =
    "version, state, kind, lifetime, fingerprint, issued_at, expires, expires_at, data_access_expires, "
    "data_access_expires_at, are_scopes_known, scopes, source, created_at, verified_at, retired_at";
constexpr int kVersionColumnCount = 16;
Result<TokenVersion> read_version(Row row);
std::string_view state_word(ports::VersionState state);

inline const std::string kDeliveryColumns =
    "id, channel_id, path, token_key, id_key, is_in_place, delivered_version, delivered_at, next_attempt_at, "
    "failed_attempts, last_problem";
Result<Delivery> read_delivery(Row row);

Result<ports::Intent> read_intent(Row row);    // id, kind, channel_name, fingerprint, started_at, finished_at, outcome
Result<ports::AuditEvent> read_audit(Row row); // at, actor, action, channel_name, detail

std::string problem_to_json(const Problem& problem);
std::optional<std::string> problem_to_json(const std::optional<Problem>& problem);
Result<Problem> parse_problem(std::string_view json);

std::string scopes_to_json(const std::vector<std::string>& scopes);

// The two columns of an Expiry.
std::string_view expiry_word(const Expiry& expiry);
std::optional<Instant> expiry_instant(const Expiry& expiry);

// What is stored, completed and replaced by what is told; a blank never replaces a value (law 1).
TokenFacts merge_facts(const TokenFacts& stored, const TokenFacts& told);
core::Account merge_account(const core::Account& stored, const core::Account& told);

} // namespace everlong::adapters::detail
