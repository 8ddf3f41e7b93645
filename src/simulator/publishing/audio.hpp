#pragma once
// The sounds that a reel can be given, and where they are looked up: GET /ig_audio and GET /{audio}. Meta's pages
// "Audio API" (June 16 2026) and "Error codes" (2026); of both graph-api.md, 5.4 and 8.1, keeps the numbers only.

#include <simulator/calls/context.hpp>

#include <boost/json/value.hpp>

#include <string_view>

namespace everlong::simulator {

// GET /ig_audio: a search, or (product=ADS) the discovery of another sound for a reel. Facebook login only.
Outcome<boost::json::value> search_audio(Context& context);

// Is there a sound of that id?
bool is_audio_id(std::string_view id);

// GET /{audio}?user_id=…, of an id that is_audio_id() knows; the caller's token is accepted already.
Outcome<boost::json::value> read_audio(Context& context, std::string_view id);

} // namespace everlong::simulator
