#pragma once
// Who and what exists, as one JSON document: saved, loaded, or laid over what exists (contract, section 5; --world FILE). The
// rest of a saved sandbox (clock, switches, limits, publishing, ledger) stands beside it in the same document: sandbox.cpp.

#include <simulator/world/world.hpp>

#include <boost/json/object.hpp>

#include <expected>
#include <span>
#include <string>
#include <string_view>

namespace everlong::simulator {

// Everything that apps, people, Pages, portfolios, accounts and tokens are; loads into an equal world.
boost::json::object save_world(World& world);

// Adds what is new and changes what is known (by id; accounts also by username): all of it, or nothing where the error says
// what was wrong. What an entry leaves out stays as it is, or gets a default: an account without a person gets one, and a
// professional one a Page of its own, unless "page_id" is null.
// `others`: members that somebody else reads.
std::expected<void, std::string> load_world(World& world, const boost::json::object& document, Instant now,
                                            std::span<const std::string_view> others = {});

} // namespace everlong::simulator
