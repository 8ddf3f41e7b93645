#pragma once
// GET /_sandbox/instagram/{username}: the published feed as a person sees it, and the pictures in it.

#include <simulator/sandbox.hpp>

#include <http/message.hpp>

#include <optional>

namespace everlong::simulator {

// Nothing where the request is for none of these pages.
std::optional<http::Response> answer_feed(Sandbox& sandbox, const http::Request& request);

} // namespace everlong::simulator
