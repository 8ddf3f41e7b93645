// /v1/api-keys: keys for programs. A key's text is shown once, when it is made; what is kept opens nothing.

#include <api/detail/access.hpp>
#include <api/detail/call.hpp>
#include <api/event_hub.hpp>

#include <core/channel_state.hpp>
#include <core/graph_errors.hpp>
#include <engine/lifecycle/world.hpp>

#include <algorithm>
#include <charconv>

namespace everlong::api::detail {
namespace {

// Enough to say whose key it is; it stands in lists and in the audit trail.
constexpr std::size_t kNameBytes = 100;

json::object to_json(const ports::ApiKey& key) {
    return {{"id", key.id.number()},
            {"name", key.name},
            {"scopes", api::to_json(key.scopes)},
            {"channel", key.channel_name.empty() ? json::value(nullptr) : json::value(key.channel_name)},
            {"created_at", to_rfc3339(key.created_at)},
            {"last_used_at", api::to_json(key.last_used_at)},
            {"revoked_at", api::to_json(key.revoked_at)}};
}

Result<std::string> name_of(const json::object& body) {
    auto name = text_of(body, "name");
    if (!name) return name;
    const bool is_printable = std::ranges::none_of(*name, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (name->empty() || name->size() > kNameBytes || !is_printable) {
        return fail(Code::kUsage, Fault::kUsage,
                    "a key needs a name of 1 to " + std::to_string(kNameBytes) + " bytes on one line");
    }
    // Somebody may have put the wrong thing here.
    if (core::scrub(*name) != *name) return fail(Code::kUsage, Fault::kUsage, "the name looks like a token");
    return name;
}

Result<std::vector<std::string>> scopes_of(const json::object& body) {
    const json::value* value = body.if_contains("scopes");
    const json::array* list = value != nullptr ? value->if_array() : nullptr;
    std::vector<std::string> scopes;
    for (const json::value& item : list != nullptr ? *list : json::array()) {
        const std::string word = item.is_string() ? std::string(item.as_string()) : std::string();
        if (!find_scope(word)) {
            return fail(Code::kUsage, Fault::kUsage,
                        "'" + core::scrub(word, 40) + "' is no scope; there are " + scope_words());
        }
        if (std::ranges::find(scopes, word) == scopes.end()) scopes.push_back(word);
    }
    if (scopes.empty()) return fail(Code::kUsage, Fault::kUsage, "a key needs scopes; there are " + scope_words());
    return scopes;
}

Result<std::string> channel_of(const json::object& body) {
    auto channel = text_of(body, "channel");
    if (channel && !channel->empty() && !core::is_channel_name(*channel)) {
        return fail(Code::kChannelName, Fault::kUsage, "'" + core::scrub(*channel, 80) + "'");
    }
    return channel;
}

std::optional<ports::ApiKeyId> parse_id(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return ports::ApiKeyId(number);
}

} // namespace

Async<Answer> list_api_keys(Call& call) {
    auto keys = co_await call.access.store().list_api_keys();
    if (!keys) co_return fail(keys.error());
    json::array items;
    for (const ports::ApiKey& key : *keys)
        items.push_back(to_json(key));
    co_return json_response(json::object{{"api_keys", std::move(items)}, {"next", nullptr}});
}

Async<Answer> create_api_key(Call& call) {
    auto name = name_of(call.body);
    auto scopes = scopes_of(call.body);
    auto channel = channel_of(call.body);
    if (!name) co_return fail(name.error());
    if (!scopes) co_return fail(scopes.error());
    if (!channel) co_return fail(channel.error());
    const Secret chance = call.access.random().secret();
    std::string text = std::string(kApiKeyPrefix) + std::string(chance.reveal());
    ports::AuditEvent event = engine::audit(call.world(), call.actor(), "api-key-created", *channel, "'" + *name + "'");
    auto key =
        co_await call.access.store().create_api_key({stored_hash(text), *name, *scopes, *channel}, std::move(event));
    if (!key) {
        wipe_string(text);
        co_return fail(key.error());
    }
    call.access.keys().forget();
    json::object body = to_json(*key);
    body["key"] = text;
    wipe_string(text);
    co_return json_response(body, 201);
}

Async<Answer> revoke_api_key(Call& call) {
    const auto id = parse_id(call.captured.at(0));
    if (!id) co_return fail(Code::kApiKeyUnknown, Fault::kUsage, core::scrub(call.captured.at(0), 40));
    auto key = co_await call.access.store().revoke_api_key(
        *id, engine::audit(call.world(), call.actor(), "api-key-revoked", "", "key " + std::to_string(id->number())));
    // Whatever the store says: what it knows counts.
    call.access.keys().forget();
    call.context.events.end_all();
    if (!key) co_return fail(key.error());
    co_return json_response(to_json(*key));
}

} // namespace everlong::api::detail
