#include <simulator/callbacks/webhooks.hpp>

#include <simulator/callbacks/sha1.hpp>
#include <simulator/callbacks/signed_request.hpp>
#include <simulator/wire/meta_json.hpp>

#include <base/digest.hpp>

#include <boost/json/array.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

constexpr std::size_t kLongestAddress = 2000;

json::value success() {
    json::object answer;
    answer["success"] = true;
    return answer;
}

// Only the app itself may look at or change its subscriptions.
Outcome<App*> require_app(Context& context, const Node& node) {
    if (context.token->kind != Kind::kApp || context.token->app_id != node.key) return refuse(Refusal::kAppTokenNeeded);
    return context.world.find_app(node.key);
}

std::vector<std::string> split_fields(std::string_view text) {
    std::vector<std::string> names;
    std::string name;
    for (const char c : std::string(text) + ",") {
        const bool is_name = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (is_name) name += c;
        if (!is_name && !name.empty()) names.push_back(std::exchange(name, {}));
    }
    return names;
}

std::string value_in(const EdgeQuery& query, std::string_view name) {
    const auto found = query.parameters.find(name);
    return found == query.parameters.end() ? std::string() : found->second;
}

Outcome<std::vector<std::string>> known_fields(std::string_view object, std::string_view text) {
    auto names = split_fields(text);
    const auto known = webhook_fields(object);
    for (const std::string& name : names) {
        if (std::ranges::find(known, name) == known.end()) {
            return refuse(Refusal::kBadParameter,
                          {"Param fields[0] must be one of the fields of this object, not " + name});
        }
    }
    return names;
}

json::array to_versions(const std::vector<std::string>& fields, const std::string& version) {
    json::array list;
    for (const std::string& field : fields)
        list.push_back(json::object{{"name", field}, {"version", version}});
    return list;
}

// The Page's own token, or one of a person who manages it; on the Instagram login the account's own.
Outcome<void> require_manager(Context& context, const Node& node) {
    const Token& token = *context.token;
    if (node.type == NodeType::kInstagramMe) return {};
    if (token.kind != Kind::kPage) return refuse(Refusal::kPageTokenNeeded);
    if (!token.has_scope("pages_manage_metadata"))
        return refuse(Refusal::kRequiresPermission, {"pages_manage_metadata"});
    return {};
}

// Which secret signs what goes to an app of the Instagram login: sources disagree (9.2, 9.3).
std::string signing_secret(Sandbox& sandbox, const App& app) {
    const bool is_meta = app.login == Login::kInstagram && sandbox.switches.is("instagram_signing_secret", "meta-app");
    return is_meta ? sandbox.world->find_app(sandbox.world->first_app_id)->secret : app.secret;
}

bool may_leave_machine(const Sandbox& sandbox) {
    return sandbox.switches.is("callback_hosts", "any");
}

} // namespace

std::vector<std::string_view> webhook_fields(std::string_view object) {
    if (object == "instagram") {
        return {"comments",           "live_comments",     "mentions",
                "message_edit",       "message_reactions", "messages",
                "messaging_handover", "messaging_optins",  "messaging_postbacks",
                "messaging_referral", "messaging_seen",    "standby",
                "story_insights"};
    }
    if (object == "page") return {"feed", "mention", "messages", "messaging_postbacks", "name", "picture"};
    if (object == "user") return {"email", "name", "photos"};
    if (object == "permissions") {
        return {"instagram_basic", "instagram_content_publish", "pages_read_engagement", "pages_show_list"};
    }
    return {};
}

Reading list_subscriptions(Context& context, const Node& node, const EdgeQuery&) {
    const auto app = require_app(context, node);
    if (!app) return std::unexpected(app.error());
    json::array data;
    for (const Subscription& subscription : (*app)->subscriptions) {
        json::object item;
        item["object"] = subscription.object;
        item["callback_url"] = subscription.callback_url;
        item["active"] = true;
        item["fields"] = to_versions(subscription.fields, context.call.version);
        data.push_back(std::move(item));
    }
    json::object answer;
    answer["data"] = std::move(data);
    return json::value(std::move(answer));
}

Reading add_subscription(Context& context, const Node& node, const EdgeQuery& query) {
    const auto app = require_app(context, node);
    if (!app) return std::unexpected(app.error());
    Subscription subscription;
    subscription.object = value_in(query, "object");
    subscription.callback_url = value_in(query, "callback_url");
    for (const std::string_view name : {"object", "callback_url", "verify_token"}) {
        if (value_in(query, name).empty()) return refuse(Refusal::kMissingParameter, {name});
    }
    if (webhook_fields(subscription.object).empty()) {
        return refuse(Refusal::kBadParameter, {"Param object must be one of {user, page, permissions, instagram}"});
    }
    const auto fields = known_fields(subscription.object, value_in(query, "fields"));
    if (!fields) return std::unexpected(fields.error());
    subscription.fields = *fields;
    const std::string complaint =
        complaint_about_callback(subscription.callback_url, context.switches.is("callback_hosts", "any"));
    if (subscription.callback_url.size() > kLongestAddress || !complaint.empty()) {
        return refuse(Refusal::kCallbackFailed, {complaint});
    }
    context.world.awaited_subscription =
        SubscriptionWish{(*app)->id, std::move(subscription), value_in(query, "verify_token")};
    return success();
}

// All of them, those of an `object`, or `fields` of one.
Reading delete_subscriptions(Context& context, const Node& node, const EdgeQuery& query) {
    const auto app = require_app(context, node);
    if (!app) return std::unexpected(app.error());
    const std::string object = value_in(query, "object");
    const auto fields = split_fields(value_in(query, "fields"));
    std::erase_if((*app)->subscriptions, [&](Subscription& subscription) {
        if (!object.empty() && subscription.object != object) return false;
        std::erase_if(subscription.fields,
                      [&](const std::string& field) { return std::ranges::find(fields, field) != fields.end(); });
        return fields.empty() || subscription.fields.empty();
    });
    return success();
}

Reading list_subscribed_apps(Context& context, const Node& node, const EdgeQuery&) {
    if (auto allowed = require_manager(context, node); !allowed) return std::unexpected(allowed.error());
    json::array data;
    for (const auto& [app_id, fields] : context.world.subscribed_apps[node.key]) {
        const App* app = context.world.find_app(app_id);
        if (app == nullptr) continue;
        json::array names;
        for (const std::string& field : fields)
            names.emplace_back(field);
        json::object item;
        if (node.type == NodeType::kPage) item["link"] = "https://www.facebook.com/games/?app_id=" + app_id;
        item["name"] = app->name;
        item["id"] = app_id;
        item["subscribed_fields"] = std::move(names);
        data.push_back(std::move(item));
    }
    json::object answer;
    answer["data"] = std::move(data);
    return json::value(std::move(answer));
}

Reading add_subscribed_app(Context& context, const Node& node, const EdgeQuery& query) {
    if (auto allowed = require_manager(context, node); !allowed) return std::unexpected(allowed.error());
    const std::string text = value_in(query, "subscribed_fields");
    if (text.empty()) return refuse(Refusal::kMissingParameter, {"subscribed_fields"});
    const auto fields = known_fields(node.type == NodeType::kPage ? "page" : "instagram", text);
    if (!fields) return std::unexpected(fields.error());
    context.world.subscribed_apps[node.key][context.token->app_id] = *fields;
    return success();
}

Reading delete_subscribed_app(Context& context, const Node& node, const EdgeQuery&) {
    if (auto allowed = require_manager(context, node); !allowed) return std::unexpected(allowed.error());
    context.world.subscribed_apps[node.key].erase(context.token->app_id);
    return success();
}

Delivery make_handshake(const SubscriptionWish& wish, Dice& traces) {
    Delivery delivery;
    delivery.kind = Delivery::Kind::kHandshake;
    delivery.app_id = wish.app_id;
    delivery.address = wish.subscription.callback_url;
    delivery.challenge = std::to_string(1'000'000'000 + traces.below(1'000'000'000));
    delivery.query = {
        {"hub.mode", "subscribe"}, {"hub.challenge", delivery.challenge}, {"hub.verify_token", wish.verify_token}};
    return delivery;
}

// One subscription an object (9.3): a new one replaces its address and adds its fields.
void activate_subscription(World& world, const SubscriptionWish& wish) {
    App* app = world.find_app(wish.app_id);
    if (app == nullptr) return;
    const auto known = std::ranges::find(app->subscriptions, wish.subscription.object, &Subscription::object);
    if (known == app->subscriptions.end()) {
        app->subscriptions.push_back(wish.subscription);
        return;
    }
    known->callback_url = wish.subscription.callback_url;
    for (const std::string& field : wish.subscription.fields) {
        if (std::ranges::find(known->fields, field) == known->fields.end()) known->fields.push_back(field);
    }
}

std::expected<json::object, std::string> send_webhook(Sandbox& sandbox, const std::string& object,
                                                      const std::string& field, const json::value& value,
                                                      const std::string& subject_id,
                                                      const std::optional<std::string>& app_id) {
    json::object event;
    event["object"] = object;
    event["entry"] =
        json::array{json::object{{"id", subject_id},
                                 {"time", to_unix_s(sandbox.now())},
                                 {"changes", json::array{json::object{{"field", field}, {"value", value}}}}}};
    const std::string body = to_meta_json(event);
    std::int64_t count = 0;
    for (const App& app : sandbox.world->apps()) {
        if (app_id && app.id != *app_id) continue;
        for (const Subscription& subscription : app.subscriptions) {
            const bool is_wanted = std::ranges::find(subscription.fields, field) != subscription.fields.end();
            if (subscription.object != object || !is_wanted) continue;
            const std::string secret = signing_secret(sandbox, app);
            const Sha256 digest = hmac_sha256(secret, body);
            Delivery delivery;
            delivery.app_id = app.id;
            delivery.address = subscription.callback_url;
            delivery.body = body;
            delivery.headers.add("Content-Type", "application/json");
            delivery.headers.add("User-Agent", "facebookexternalua");
            delivery.headers.add("X-Hub-Signature", "sha1=" + hmac_sha1_hex(secret, body));
            delivery.headers.add("X-Hub-Signature-256", "sha256=" + to_hex(digest.data(), digest.size()));
            sandbox.outbox->send(std::move(delivery), may_leave_machine(sandbox));
            ++count;
        }
    }
    if (count == 0) {
        return std::unexpected("no app is subscribed to " + object + "/" + field +
                               ": POST /{app-id}/subscriptions, or POST /_sandbox/app with \"webhook\"");
    }
    json::object answer;
    answer["sent"] = count;
    answer["body"] = body;
    return answer;
}

void send_notices(Sandbox& sandbox) {
    for (const Notice& notice : std::exchange(sandbox.world->notices, {})) {
        const App* app = sandbox.world->find_app(notice.app_id);
        if (app == nullptr) continue;
        const bool is_deletion = notice.kind == Notice::Kind::kDataDeletion;
        const std::string& address = is_deletion ? app->data_deletion_callback_url : app->deauthorize_callback_url;
        if (address.empty()) continue;
        Delivery delivery;
        delivery.kind = is_deletion ? Delivery::Kind::kDataDeletion : Delivery::Kind::kDeauthorize;
        delivery.app_id = app->id;
        delivery.address = address;
        delivery.form.emplace_back("signed_request",
                                   make_signed_request(signing_secret(sandbox, *app), notice.user_id, sandbox.now()));
        sandbox.outbox->send(std::move(delivery), may_leave_machine(sandbox));
    }
}

} // namespace everlong::simulator
