#pragma once
// The Graph's nodes and edges as tables: which fields a kind of node has, which of them come unasked, which lists hang
// on it. A new field or edge is one row in nodes.cpp or edges.cpp.

#include <simulator/calls/context.hpp>
#include <simulator/wire/fields.hpp>

#include <boost/json/object.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::simulator {

enum class NodeType {
    kUser,
    kPage,
    kIgUser,
    kInstagramMe,
    kBusiness,
    kApplication,
    kContainer,
    kMedia,
    kComment,
};

// As in "on node type (Page)".
std::string_view type_name(NodeType type);

struct Node {
    NodeType type = NodeType::kUser;
    std::string id;                 // what was asked for; the id in the answer
    std::string key;                // where the thing is found in the world
    const PageRole* role = nullptr; // a Page in somebody's /me/accounts
};

// What hangs on a list: from the call's parameters, or from a field such as accounts.limit(5){id}.
struct EdgeQuery {
    std::vector<Field> fields; // empty: the edge's default
    ParameterMap parameters;   // everything a `next` address repeats; limit, after, before are read
    std::string path;          // "/me/accounts"
};

using FieldReader = Outcome<boost::json::value> (*)(Context&, const Node&, const Field&);
// A null value is a field without one: left out of the answer, never null (clients.md, 25).
struct FieldRow {
    NodeType type;
    std::string_view name;
    FieldReader read;
    bool is_default; // comes without `fields`
};
std::span<const FieldRow> field_rows();

using EdgeHandler = Outcome<boost::json::value> (*)(Context&, const Node&, const EdgeQuery&);
struct EdgeRow {
    NodeType type;
    std::string_view name;
    std::string_view method;
    EdgeHandler handle;
};
std::span<const EdgeRow> edge_rows();
// Null where no such edge hangs on that kind of node.
const EdgeRow* find_edge(NodeType type, std::string_view name, std::string_view method);
// Is there such an edge on any node of this host?
bool is_edge_name(std::string_view name);

// The node that a path's first segment means to the (accepted) caller. Refusals: 100/33, 803.
Outcome<Node> find_node(Context& context, const std::string& segment);

// The node with the wanted fields, `id` always among them; without `wanted`, its default ones.
Outcome<boost::json::object> render(Context& context, const Node& node, const std::vector<Field>& wanted);

// Wanted fields out of the call's `fields`.
Outcome<std::vector<Field>> fields_of(const Call& call);
EdgeQuery query_of(const Call& call, std::vector<Field> fields);

// Sees a Page or account through this token: ids of what it reaches.
std::vector<std::string> visible_pages(Context& context, const Token& token);
bool is_visible_account(Context& context, const Token& token, const Account& account);
// The condition on every read of an Instagram account on the Facebook login (2.5, 2.11). `needs`: one more permission.
Outcome<void> require_instagram(Context& context, const Token& token);

// The token for a Page that this user's token yields; the same string again while it lives (2.6).
Token& page_token_for(Context& context, Token& parent, const Page& page);

// One page of a list. `keys` are the items' ids in order; `item` renders one of them (10.2).
using ItemRenderer = std::function<Outcome<boost::json::value>(std::size_t)>;
Outcome<boost::json::value> render_list(Context& context, const EdgeQuery& query, const std::vector<std::string>& keys,
                                        const ItemRenderer& item);

} // namespace everlong::simulator
