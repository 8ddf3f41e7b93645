#pragma once
// What POST /{ig}/media takes: every parameter of graph-api.md, 8.1, checked by Meta's rules.

#include <simulator/calls/context.hpp>
#include <simulator/publishing/publishing.hpp>

namespace everlong::simulator {

// A container as the call describes it: without an id, nothing fetched, children not looked at. `ig_user_id` is set.
Outcome<Container> read_container(const Context& context, std::string_view ig_user_id);

// "true", "false", "1", "0". Refusal: kBadParameter.
Outcome<bool> read_bool(const Call& call, std::string_view name, bool otherwise);

// Characters as a person counts them (Unicode scalar values).
std::size_t count_characters(std::string_view utf8);

} // namespace everlong::simulator
