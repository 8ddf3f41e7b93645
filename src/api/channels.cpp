// /v1/channels and what belongs to a channel but its token.

#include <api/detail/call.hpp>
#include <api/detail/source.hpp>
#include <api/event_hub.hpp>

#include <core/graph_errors.hpp>
#include <core/publishing/publish_limits.hpp>
#include <engine/lifecycle/adopt.hpp>
#include <engine/lifecycle/verify.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

constexpr int kPageSize = 1000;
constexpr int kEventsShown = 200;

Task<std::vector<ports::Channel>> visible_channels(const Call& call, std::string after, int limit) {
    const std::string& only = call.caller.channel_name;
    if (only.empty()) co_return co_await call.world().store.list_channels(after, limit);
    std::vector<ports::Channel> channels;
    if (only <= after) co_return channels;
    auto found = co_await call.world().store.find_channel(only);
    if (!found) co_return fail(found.error());
    if (*found) channels.push_back(std::move(**found));
    co_return channels;
}

// Did a channel stop being called so with this line of the trail?
bool ends_a_name(const ports::AuditEvent& event) {
    return event.action == "channel-removed" ||
           (event.action == "channel-renamed" && event.detail == ports::kNameWasLeft);
}

// With its posts that a person has to look at, and with those at risk, which will not go out unless a person acts on the
// channel: all that wait where nothing can be published any more, those behind the token's end where that comes near.
Task<json::object> with_posts(const Call& call, const ports::Channel& channel, const ports::TokenVersion* current) {
    json::object object = channel_to_json(channel, current, call.now());
    if (call.context.publishing == nullptr) co_return object;
    ports::PostStore& posts = call.context.publishing->posts;
    auto in_need = co_await posts.count_posts_in_need(channel.id, call.now() - core::kFailedToldFor);
    if (!in_need) co_return fail(in_need.error());
    object["posts_held"] = in_need->held;
    object["posts_uncertain"] = in_need->uncertain;
    object["posts_failed"] = in_need->failed;
    if (object.at("needs_person") == false) co_return object;
    auto waiting = co_await posts.count_pending_posts(channel.id, std::nullopt);
    if (!waiting) co_return fail(waiting.error());
    const bool is_alive = current != nullptr && object.at("state") != "dead" && object.at("state") != "unconnected";
    int safe = is_alive ? *waiting : 0;
    if (safe > 0 && current->facts.expires_at.is_dated()) {
        auto before_end = co_await posts.count_pending_posts(channel.id, current->facts.expires_at.instant());
        if (!before_end) co_return fail(before_end.error());
        safe = *before_end;
    }
    object["posts_at_risk"] = *waiting - safe;
    co_return object;
}

} // namespace

Task<json::object> describe(const Call& call, const ports::Channel& channel) {
    if (channel.current_version == 0) co_return co_await with_posts(call, channel, nullptr);
    auto versions = co_await call.world().store.list_versions(channel.id);
    if (!versions) co_return fail(versions.error());
    const auto current = std::ranges::find_if(
        *versions, [&](const ports::TokenVersion& version) { return version.version == channel.current_version; });
    co_return co_await with_posts(call, channel, current == versions->end() ? nullptr : &*current);
}

Async<Answer> list_channels(Call& call) {
    std::string after;
    int limit = kPageSize;
    for (const auto& [name, value] : call.query) {
        if (name == "after") after = value;
        if (name == "limit") limit = std::clamp(std::atoi(value.c_str()), 1, kPageSize);
    }
    auto channels = co_await visible_channels(call, after, limit);
    if (!channels) co_return fail(channels.error());
    json::array items;
    for (const ports::Channel& channel : *channels) {
        auto item = co_await describe(call, channel);
        if (!item) co_return fail(item.error());
        items.push_back(std::move(*item));
    }
    const bool is_full = channels->size() == static_cast<std::size_t>(limit);
    json::value next = is_full ? json::value(channels->back().name) : json::value(nullptr);
    co_return json_response(json::object{{"channels", std::move(items)}, {"next", std::move(next)}});
}

Async<Answer> create_channel(Call& call) {
    auto name = text_of(call.body, "name");
    auto account = text_of(call.body, "account");
    if (!name) co_return fail(name.error());
    if (!account) co_return fail(account.error());
    if (!core::is_channel_name(*name)) {
        co_return fail(Code::kChannelName, Fault::kUsage, "'" + core::scrub(*name, 80) + "'");
    }
    if (!call.caller.may_see(*name)) {
        co_return fail(Code::kHttpScope, Fault::kRefused,
                       "the key is for the channel " + call.caller.channel_name + " only");
    }
    auto source = co_await read_source(call);
    if (!source) co_return fail(source.error());
    const bool had_id = !source->ig_user_id.empty();
    engine::AdoptRequest request{*name,    std::move(source->token), source->ig_user_id,
                                 *account, source->target,           call.actor()};
    auto report = co_await engine::adopt(call.world(), std::move(request));
    call.access.keys().forget(); // what a broken-off import had left may have been removed, and its keys with it
    if (!report) co_return fail(report.error());
    call.context.on_change();
    auto body = co_await describe(call, report->channel);
    if (!body) co_return fail(body.error());
    if (source->target && !had_id) source->repairs.emplace_back("account-id-filled-in");
    (*body)["import"] = json::object{{"how", to_text(report->how)},
                                     {"repairs", to_json(source->repairs)},
                                     {"warnings", to_json(source->warnings)},
                                     {"deliveries", to_json(report->deliveries, call.now())}};
    co_return json_response(*body, 201);
}

Async<Answer> get_channel(Call& call) {
    auto channel = co_await engine::find_channel(call.world(), call.name());
    if (!channel) co_return fail(channel.error());
    auto body = co_await describe(call, *channel);
    if (!body) co_return fail(body.error());
    auto deliveries = co_await call.world().store.list_deliveries(channel->id);
    if (!deliveries) co_return fail(deliveries.error());
    json::array items;
    for (const ports::Delivery& delivery : *deliveries)
        items.push_back(to_json(delivery, call.now()));
    (*body)["deliveries"] = std::move(items);
    co_return json_response(*body);
}

Async<Answer> delete_channel(Call& call) {
    const auto guard = co_await call.world().locks.acquire(call.name());
    auto channel = co_await engine::find_channel(call.world(), call.name());
    if (!channel) co_return fail(channel.error());
    auto removed = co_await call.world().store.remove_channel(
        channel->id, engine::audit(call.world(), call.actor(), "channel-removed", channel->name));
    if (!removed) co_return fail(removed.error());
    call.access.keys().forget(); // those for this channel only have ended with it
    call.context.events.end_all();
    co_return json_response(json::object{{"name", channel->name}, {"removed", true}});
}

Async<Answer> get_events(Call& call) {
    auto events = co_await call.world().store.list_audit(call.name(), kEventsShown);
    if (!events) co_return fail(events.error());
    json::array items;
    for (const ports::AuditEvent& event : *events) {
        // Older lines of the name are another channel's, which a key for this one must not learn of.
        if (!call.caller.channel_name.empty() && ends_a_name(event)) break;
        items.push_back(to_json(event));
    }
    co_return json_response(json::object{{"events", std::move(items)}, {"next", nullptr}});
}

// Both names are held: nothing is asked of Meta for the channel meanwhile, and nobody makes one of the new name.
Async<Answer> rename_channel(Call& call) {
    auto only = only_members(call.body, {"name"});
    if (!only) co_return fail(only.error());
    auto name = text_of(call.body, "name");
    if (!name) co_return fail(name.error());
    if (!core::is_channel_name(*name)) {
        co_return fail(Code::kChannelName, Fault::kUsage, "'" + core::scrub(*name, 80) + "'");
    }
    const std::string old_name = call.name();
    // In order of the names, so that two who swap names do not wait for each other.
    const auto first = co_await call.world().locks.acquire(std::min(old_name, *name));
    std::optional<KeyedLock::Guard> second;
    if (old_name != *name) second.emplace(co_await call.world().locks.acquire(std::max(old_name, *name)));
    auto channel = co_await engine::find_channel(call.world(), old_name);
    if (!channel) co_return fail(channel.error());
    auto renamed = co_await call.world().store.rename_channel(
        channel->id, *name,
        engine::audit(call.world(), call.actor(), "channel-renamed", *name, "was called " + old_name));
    if (!renamed) co_return fail(renamed.error());
    call.access.keys().forget();
    call.context.events.follow_rename(old_name, *name);
    call.context.on_change();
    auto body = co_await describe(call, *renamed);
    if (!body) co_return fail(body.error());
    co_return json_response(*body);
}

} // namespace everlong::api::detail
