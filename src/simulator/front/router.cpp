#include <simulator/front/router.hpp>

#include <simulator/calls/endpoints.hpp>
#include <simulator/graph/nodes.hpp>
#include <simulator/publishing/audio.hpp>
#include <simulator/publishing/publish_nodes.hpp>

#include <boost/json/object.hpp>

#include <array>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

struct Route {
    Host host;
    std::string_view path;
    std::string_view methods; // empty: the endpoint has words of its own for the others
    Endpoint endpoint;
};

constexpr std::array kRoutes{
    Route{Host::kGraphFacebook, "oauth/access_token", "GET POST", facebook_access_token},
    Route{Host::kGraphFacebook, "oauth/client_code", "GET POST", facebook_client_code},
    Route{Host::kGraphFacebook, "oauth/revoke", "GET POST", facebook_revoke},
    Route{Host::kGraphFacebook, "debug_token", "GET", debug_token},
    Route{Host::kGraphFacebook, "ig_audio", "GET", search_audio},
    Route{Host::kGraphInstagram, "access_token", "", instagram_exchange},
    Route{Host::kGraphInstagram, "refresh_access_token", "", instagram_refresh},
    Route{Host::kGraphInstagram, "debug_token", "", debug_token},
    Route{Host::kApiInstagram, "oauth/access_token", "POST", instagram_code},
};

// Ids in `ids=1,2` count one by one; more is no call of any client (graph-api.md, 10.3).
constexpr std::size_t kMostIds = 50;

std::string join(const std::vector<std::string>& segments, std::size_t begin) {
    std::string joined;
    for (std::size_t i = begin; i < segments.size(); ++i)
        joined += (joined.empty() ? "" : "/") + segments[i];
    return joined;
}

// As in "Unsupported get request".
std::string to_lower(std::string_view method) {
    std::string lower(method);
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return lower;
}

std::unexpected<GraphError> refuse_method(const Context& context, std::string_view id) {
    if (context.call.host == Host::kGraphInstagram) return refuse(Refusal::kInstagramUnsupported);
    return refuse_object(context.call, id);
}

std::unexpected<GraphError> refuse_path(const Context& context, std::size_t begin) {
    return refuse(Refusal::kUnknownPath, {"/" + join(context.call.segments, begin)});
}

void count_towards_limits(Context& context, const Node& node) {
    if (node.type == NodeType::kIgUser || node.type == NodeType::kInstagramMe) {
        context.counted_ids.emplace_back(node.key, "instagram");
    } else if (node.type == NodeType::kPage && context.token->kind != Kind::kUser) {
        context.counted_ids.emplace_back(node.key, "pages");
    } else if (node.type == NodeType::kPage) {
        context.counted_page = node.key;
    }
}

Reading read_node(Context& context, const Node& node) {
    if (context.call.method != "GET") {
        auto done = act_on_publish_node(context, node);
        return done ? std::move(*done) : Reading(refuse_method(context, node.id));
    }
    const auto fields = fields_of(context.call);
    if (!fields) return std::unexpected(fields.error());
    auto rendered = render(context, node, *fields);
    if (!rendered) return std::unexpected(std::move(rendered.error()));
    return json::value(std::move(*rendered));
}

Reading walk_edge(Context& context, const Node& node) {
    const Call& call = context.call;
    const std::string& name = call.segments[1];
    const EdgeRow* edge = find_edge(node.type, name, call.method);
    if (edge == nullptr) {
        const bool hangs_on_it = find_edge(node.type, name, "GET") != nullptr;
        if (hangs_on_it) return refuse_method(context, node.id);
        return refuse(Refusal::kNoSuchField, {name, type_name(node.type)});
    }
    const auto fields = fields_of(call);
    if (!fields) return std::unexpected(fields.error());
    EdgeQuery query = query_of(call, *fields);
    // DELETE /me/permissions/{name} (clients.md, 4).
    if (call.segments.size() == 3) query.parameters["permission"] = call.segments[2];
    return edge->handle(context, node, query);
}

// The first segment is a node, the second an edge; only a permission has a third.
bool is_path_known(const Call& call) {
    if (call.segments.size() <= 1) return true;
    if (!is_edge_name(call.segments[1])) return false;
    const bool names_permission = call.segments[1] == "permissions" && call.method == "DELETE";
    return call.segments.size() == 2 || (call.segments.size() == 3 && names_permission);
}

Reading answer_node(Context& context) {
    const Call& call = context.call;
    if (!is_path_known(call)) return refuse_path(context, 1);
    auto token = authenticate(context, call.segments[0] == "me" ? Refusal::kNoActiveToken : Refusal::kTokenMissing);
    if (!token) return std::unexpected(std::move(token.error()));
    if (call.host == Host::kGraphInstagram && !(*token)->has_scope("instagram_business_basic")) {
        return refuse(Refusal::kNoPermission);
    }
    const bool is_audio = call.host == Host::kGraphFacebook && is_audio_id(call.segments[0]);
    if (is_audio && call.segments.size() == 1 && call.method == "GET") return read_audio(context, call.segments[0]);
    auto node = find_node(context, call.segments[0]);
    if (!node) return std::unexpected(std::move(node.error()));
    count_towards_limits(context, *node);
    if (auto allowed = charge(context); !allowed) return std::unexpected(std::move(allowed.error()));
    return call.segments.size() == 1 ? read_node(context, *node) : walk_edge(context, *node);
}

// GET /?ids=1,2 (10.3).
Reading answer_ids(Context& context, std::string_view ids) {
    auto token = authenticate(context, Refusal::kTokenMissing);
    if (!token) return std::unexpected(std::move(token.error()));
    json::object answer;
    while (!ids.empty()) {
        const auto end = std::min(ids.find(','), ids.size());
        const std::string id(ids.substr(0, end));
        ids.remove_prefix(std::min(end + 1, ids.size()));
        if (answer.size() >= kMostIds) return refuse(Refusal::kBadParameter, {"Too many IDs. Maximum: 50"});
        auto node = find_node(context, id);
        if (!node) return std::unexpected(std::move(node.error()));
        // Each id counts as one call (7.2).
        count_towards_limits(context, *node);
        if (auto allowed = charge(context); !allowed) return std::unexpected(std::move(allowed.error()));
        auto rendered = read_node(context, *node);
        if (!rendered) return rendered;
        answer[id] = std::move(*rendered);
    }
    return json::value(std::move(answer));
}

Reading answer_root(Context& context) {
    const std::string* ids = context.call.find("ids");
    if (ids != nullptr && context.call.method == "GET" && context.call.host == Host::kGraphFacebook) {
        return answer_ids(context, *ids);
    }
    return refuse(Refusal::kUnsupportedRoot, {to_lower(context.call.method)});
}

} // namespace

bool is_api_host(Host host) {
    return host == Host::kGraphFacebook || host == Host::kGraphInstagram || host == Host::kApiInstagram;
}

Reading dispatch(Context& context) {
    const Call& call = context.call;
    // A version that does not exist is read as an object's name (1.2 knows no error of its own).
    if (call.version.empty()) {
        if (call.segments.empty()) return refuse(Refusal::kUnknownAlias, {*call.asked_version});
        return refuse_path(context, 0);
    }
    const std::string path = join(call.segments, 0);
    for (const Route& route : kRoutes) {
        if (route.host != call.host || route.path != path) continue;
        const bool is_allowed = route.methods.empty() || route.methods.find(call.method) != std::string_view::npos;
        if (!is_allowed) return refuse(Refusal::kUnsupportedRoot, {to_lower(call.method)});
        return route.endpoint(context);
    }
    if (call.host == Host::kApiInstagram) return refuse_path(context, 0);
    return call.segments.empty() ? answer_root(context) : answer_node(context);
}

} // namespace everlong::simulator
