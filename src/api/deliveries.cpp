// /v1/channels/{name}/deliveries and /v1/deliveries: where a channel's token is brought to.

#include <api/detail/call.hpp>
#include <api/detail/source.hpp>

#include <engine/lifecycle/deliver.hpp>
#include <engine/lifecycle/verify.hpp>

#include <charconv>

namespace everlong::api::detail {
namespace {

Result<ports::DeliveryId> delivery_id_of(const Call& call) {
    const std::string& text = call.captured.at(0);
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number <= 0) {
        return fail(Code::kDeliveryUnknown, Fault::kUsage, "a delivery's number is one like 7");
    }
    return ports::DeliveryId(number);
}

} // namespace

Async<Answer> list_deliveries(Call& call) {
    auto channel = co_await engine::find_channel(call.world(), call.name());
    if (!channel) co_return fail(channel.error());
    auto deliveries = co_await call.world().store.list_deliveries(channel->id);
    if (!deliveries) co_return fail(deliveries.error());
    json::array items;
    for (const ports::Delivery& delivery : *deliveries)
        items.push_back(to_json(delivery, call.now()));
    co_return json_response(json::object{{"deliveries", std::move(items)}, {"next", nullptr}});
}

Async<Answer> add_delivery(Call& call) {
    auto path = text_of(call.body, "path");
    auto target = target_of(call.body);
    if (!path) co_return fail(path.error());
    if (!target) co_return fail(target.error());
    if (!path->starts_with('/')) co_return fail(Code::kHttpBody, Fault::kUsage, "path is not an absolute path");
    auto channel = co_await engine::find_channel(call.world(), call.name());
    if (!channel) co_return fail(channel.error());
    target->path = *path;
    auto delivery = co_await call.world().store.add_delivery(
        channel->id, *target, engine::audit(call.world(), call.actor(), "delivery-added", channel->name, *path));
    if (!delivery) co_return fail(delivery.error());
    json::object body = to_json(*delivery, call.now());
    if (channel->current_version > 0) {
        auto outcome = co_await engine::deliver(call.world(), *delivery, call.actor());
        if (!outcome) co_return fail(outcome.error());
        body = to_json(outcome->delivery, call.now());
        if (outcome->error) body["problem"] = problem_to_json(*outcome->error);
    }
    body["delivered"] = !body["delivered_at"].is_null();
    // What failed is tried again.
    call.context.on_change();
    co_return json_response(body, 201);
}

Async<Answer> remove_delivery(Call& call) {
    auto id = delivery_id_of(call);
    if (!id) co_return fail(id.error());
    auto delivery = co_await call.world().store.load_delivery(*id);
    if (!delivery) co_return fail(delivery.error());
    auto channel = co_await call.world().store.load_channel(delivery->channel);
    if (!channel) co_return fail(channel.error());
    auto removed = co_await call.world().store.remove_delivery(
        *id, engine::audit(call.world(), call.actor(), "delivery-removed", channel->name, delivery->target.path));
    if (!removed) co_return fail(removed.error());
    co_return json_response(json::object{
        {"id", delivery->id.number()}, {"channel", channel->name}, {"path", delivery->target.path}, {"removed", true}});
}

Async<Answer> test_delivery(Call& call) {
    auto id = delivery_id_of(call);
    if (!id) co_return fail(id.error());
    auto test = co_await engine::test_delivery(call.world(), *id, call.actor());
    if (!test) co_return fail(test.error());
    json::object body = to_json(test->outcome.delivery, call.now());
    body["found"] = to_text(test->found);
    body["delivered"] = !test->outcome.error;
    body["problem"] = test->outcome.error ? json::value(problem_to_json(*test->outcome.error)) : json::value(nullptr);
    co_return json_response(body);
}

} // namespace everlong::api::detail
