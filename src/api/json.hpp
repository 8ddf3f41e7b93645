#pragma once
// The JSON that scripts and pages see (contract, section 3), from what engine and store know. Never holds a token.

#include <core/channel_state.hpp>
#include <core/explain.hpp>
#include <engine/lifecycle/adopt.hpp>
#include <ports/login_store.hpp>
#include <ports/store.hpp>

#include <boost/json.hpp>

#include <optional>

namespace everlong::api {

namespace json = boost::json;

json::value to_json(std::optional<Instant> instant);
json::value to_json(const core::Expiry& expiry); // null for never and unknown
json::object to_json(const core::Account& account);
json::object to_json(const core::Problem& problem);
json::object to_json(const ports::Delivery& delivery, Instant now);
json::object to_json(const ports::TokenVersion& version, core::LoginPath login, Instant now);
json::object to_json(const ports::AuditEvent& event);
json::array to_json(const std::vector<engine::DeliveryOutcome>& outcomes, Instant now);
json::array to_json(const std::vector<std::string>& texts);
json::object to_json(const core::Explanation& explanation); // contract, section 4; api/explain.cpp

// The member `token` of a channel.
json::object token_to_json(core::LoginPath login, const core::TokenFacts& facts, int version, Instant now);
// A channel; `current` is null where it has no token.
json::object channel_to_json(const ports::Channel& channel, const ports::TokenVersion* current, Instant now);

// "waiting", "choosing", "connected", "refused", "expired", "cancelled": where a login stands, as a person sees it.
std::string_view stage_text(ports::LoginStage stage);

// problem+json (RFC 9457) with our code, cause, remedy and what_to_do.
json::object problem_to_json(const Error& error);

} // namespace everlong::api
