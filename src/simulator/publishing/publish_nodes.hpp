#pragma once
// The nodes and edges of publishing, as nodes.cpp and edges.cpp take them into their tables.

#include <simulator/graph/nodes.hpp>
#include <simulator/publishing/publishing.hpp>

namespace everlong::simulator {

std::span<const FieldRow> publish_field_rows();
std::span<const EdgeRow> publish_edge_rows();

// The container, medium or comment of that id where the caller may see it; nothing where there is none.
Outcome<std::optional<Node>> find_publish_node(Context& context, const std::string& id);

// POST and DELETE on a node itself: comment_enabled, deletion (8.7). Nothing: this node takes no such call.
std::optional<Outcome<boost::json::value>> act_on_publish_node(Context& context, const Node& node);

// The condition on every publishing call: permission, the Page's task, an account in good standing (2.5, 5.4).
Outcome<void> require_publishing(const Context& context, std::string_view ig_user_id);
Outcome<void> require_scope(const Context& context, std::string_view facebook_name, std::string_view instagram_name);

// Where a medium's picture or video can be had: an address of the simulator itself.
std::string media_address(const Context& context, const Medium& medium, std::string_view ending);

} // namespace everlong::simulator
