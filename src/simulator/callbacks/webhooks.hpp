#pragma once
// Subscriptions of apps, and what is sent because of them: webhooks with their signatures, handshakes, and the callbacks
// that follow a person's leaving (graph-api.md, 9.2 and 9.3; clients.md, 34 and 35).

#include <simulator/callbacks/outbox.hpp>
#include <simulator/calls/context.hpp>
#include <simulator/graph/nodes.hpp>
#include <simulator/sandbox.hpp>

#include <boost/json/object.hpp>

#include <expected>

namespace everlong::simulator {

// Edges of an app: /{app-id}/subscriptions. POST leaves World::awaited_subscription behind.
Outcome<boost::json::value> list_subscriptions(Context& context, const Node& node, const EdgeQuery& query);
Outcome<boost::json::value> add_subscription(Context& context, const Node& node, const EdgeQuery& query);
Outcome<boost::json::value> delete_subscriptions(Context& context, const Node& node, const EdgeQuery& query);

// Edges of a Page, and of an account on the Instagram login: /{id}/subscribed_apps.
Outcome<boost::json::value> list_subscribed_apps(Context& context, const Node& node, const EdgeQuery& query);
Outcome<boost::json::value> add_subscribed_app(Context& context, const Node& node, const EdgeQuery& query);
Outcome<boost::json::value> delete_subscribed_app(Context& context, const Node& node, const EdgeQuery& query);

// Fields of an object that can be subscribed to; empty where there is no such object.
std::vector<std::string_view> webhook_fields(std::string_view object);

// The handshake of a subscription, and what makes it active.
Delivery make_handshake(const SubscriptionWish& wish, Dice& traces);
void activate_subscription(World& world, const SubscriptionWish& wish);

// Sends an event to every app that subscribed to it. The error says that nobody did.
std::expected<boost::json::object, std::string> send_webhook(Sandbox& sandbox, const std::string& object,
                                                             const std::string& field, const boost::json::value& value,
                                                             const std::string& subject_id,
                                                             const std::optional<std::string>& app_id);

// Sends what World::notices asks for: deauthorize and data-deletion callbacks.
void send_notices(Sandbox& sandbox);

} // namespace everlong::simulator
