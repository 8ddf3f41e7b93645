#pragma once
// Containers, media, comments and pictures as a part of the world's document (world_document.hpp).

#include <simulator/publishing/publishing.hpp>

#include <boost/json/object.hpp>

#include <expected>
#include <functional>
#include <memory>
#include <string>

namespace everlong::simulator {

// Everything but the bytes of videos, which are not kept anyway, and of uploads under way, which begin anew. Of the
// pictures the newest, up to 16 MiB together.
boost::json::object save_publishing(const Publishing& publishing);

// The error says what was wrong. `has_account`: is there such an Instagram account in the world that it comes into?
// Containers that still wait for what their addresses lead to are fetched again.
std::expected<std::shared_ptr<Publishing>, std::string>
load_publishing(const boost::json::object& document, const std::function<bool(const std::string&)>& has_account);

} // namespace everlong::simulator
