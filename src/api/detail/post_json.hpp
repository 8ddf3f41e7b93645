#pragma once
// Posts and files as scripts and pages see them (contract, section 2), and the refusals that their addresses share.

#include <api/detail/call.hpp>
#include <core/publishing/fixed.hpp>
#include <ports/post_store.hpp>

namespace everlong::api::detail {

json::object file_to_json(const ports::MediaFile& file);
json::value facts_to_json(const std::optional<core::MediaFacts>& facts);

// A post, without its timeline; with an id of null for one that is not stored.
json::object post_to_json(const core::Post& post, const ports::TimeZones& zones, Instant now);
// Of a damaged one what can be read, with its problem, and what cannot be read by name ("unreadable").
json::object unreadable_to_json(const ports::UnreadablePost& post, const ports::TimeZones& zones, Instant now);
// In the order in which they were listed.
json::array page_to_json(const ports::PostPage& page, bool is_newest_first, const ports::TimeZones& zones, Instant now);
// `media`: how many the post has.
json::array findings_to_json(const std::vector<core::Finding>& findings, std::size_t media);
json::array fixes_to_json(const std::vector<core::Fixed>& fixes, std::size_t media);
json::array timeline_to_json(const std::vector<ports::TimelineEntry>& entries);

// Where this program was put together without what publishes. Error kHttpNotFound (kUsage).
Answer no_publishing();

} // namespace everlong::api::detail
