// GET /debug_token (graph-api.md, 4; clients.md, 10 and 22).
#include <simulator/calls/endpoints.hpp>
#include <simulator/graph/nodes.hpp>

#include <base/digest.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

namespace everlong::simulator {
namespace {

namespace json = boost::json;

using Reading = Outcome<json::value>;

std::string_view debug_type(Kind kind) {
    switch (kind) {
    case Kind::kPage: return "PAGE";
    case Kind::kApp: return "APP";
    case Kind::kSystemUser: return "SYSTEM_USER";
    default: return "USER";
    }
}

std::int64_t unix_or_zero(const std::optional<Instant>& instant) {
    return instant ? to_unix_s(*instant) : 0;
}

json::object to_data_error(const GraphError& error) {
    json::object object;
    object["code"] = error.code;
    object["message"] = error.message;
    if (error.subcode != 0) object["subcode"] = error.subcode;
    return object;
}

// The assets for which a permission was given; a scope without assets of its own covers all.
json::array targets_of(Context& context, const Token& token, std::string_view scope) {
    json::array targets;
    for (const std::string& page_id : visible_pages(context, token)) {
        if (scope.starts_with("pages_")) targets.emplace_back(page_id);
        const Page* page = context.world.find_page(page_id);
        if (scope.starts_with("instagram_") && page != nullptr && !page->ig_user_id.empty()) {
            targets.emplace_back(page->ig_user_id);
        }
    }
    return targets;
}

void add_scopes(Context& context, const Token& token, json::object& data) {
    json::array scopes;
    json::array granular;
    for (const std::string& scope : token.scopes) {
        scopes.emplace_back(scope);
        if (scope == "public_profile" || scope == "email") continue;
        json::object item;
        item["scope"] = scope;
        if (json::array targets = targets_of(context, token, scope); !targets.empty()) {
            item["target_ids"] = std::move(targets);
        }
        granular.push_back(std::move(item));
    }
    data["scopes"] = std::move(scopes);
    if (!granular.empty()) data["granular_scopes"] = std::move(granular);
}

json::object describe(Context& context, const Token& token) {
    const auto problem = verdict(context.world, token, context.call.now);
    json::object data;
    data["app_id"] = token.app_id;
    data["type"] = debug_type(token.kind);
    data["application"] = context.world.find_app(token.app_id)->name;
    if (token.kind != Kind::kApp) data["data_access_expires_at"] = unix_or_zero(token.data_access_expires_at);
    if (problem) data["error"] = to_data_error(*problem);
    if (token.kind != Kind::kApp) data["expires_at"] = unix_or_zero(token.expires_at);
    data["is_valid"] = !problem;
    // Told for long-lived tokens only (4).
    if (token.kind != Kind::kApp && token.lifetime != Lifetime::kShort) data["issued_at"] = to_unix_s(token.issued_at);
    if (token.kind == Kind::kPage) data["profile_id"] = token.page_id;
    if (problem) {
        data["scopes"] = json::array();
    } else {
        add_scopes(context, token, data);
    }
    if (!token.person_id.empty()) data["user_id"] = token.person_id;
    return data;
}

json::object describe_garbage(const GraphError& problem) {
    json::object data;
    data["error"] = to_data_error(problem);
    data["is_valid"] = false;
    data["scopes"] = json::array();
    return data;
}

// `fields=app_id` filters inside `data` (clients.md, 10).
Outcome<json::object> filter(Context& context, json::object data) {
    const auto fields = fields_of(context.call);
    if (!fields) return std::unexpected(fields.error());
    if (fields->empty()) return data;
    json::object filtered;
    for (const Field& field : *fields) {
        if (const auto* value = data.if_contains(field.name)) filtered[field.name] = *value;
    }
    return filtered;
}

} // namespace

Reading debug_token(Context& context) {
    // Nothing of the Instagram login can be inspected, whichever host is asked (4, 11.21).
    const std::string input = context.call.value("input_token");
    if (!input.empty()) context.record.input_fingerprint = fingerprint_of(input).text();
    if (context.call.host == Host::kGraphInstagram || input.starts_with("IG")) {
        return refuse(Refusal::kServiceUnavailable);
    }
    auto caller = authenticate(context, Refusal::kTokenMissing);
    if (!caller) return std::unexpected(std::move(caller.error()));
    if (auto allowed = charge(context); !allowed) return std::unexpected(std::move(allowed.error()));
    if (input.empty()) return refuse(Refusal::kMissingParameter, {"input_token"});

    Token* token = context.world.find_token(input);
    if (token == nullptr || token->kind == Kind::kApp) {
        const auto resolved = resolve_token(context, input);
        token = resolved ? *resolved : nullptr;
    }
    json::object data;
    if (token == nullptr) {
        data = describe_garbage(make_error(has_app_token_form(input) ? Refusal::kBadSignature : Refusal::kCannotParse));
    } else if (token->app_id != (*caller)->app_id) {
        return refuse(Refusal::kForeignInput);
    } else if ((*caller)->kind == Kind::kPage && (*caller)->id != token->id) {
        // A Page's token may look at itself and at nothing else (4).
        return refuse(Refusal::kNotDeveloper);
    } else {
        data = describe(context, *token);
    }
    auto filtered = filter(context, std::move(data));
    if (!filtered) return std::unexpected(std::move(filtered.error()));
    json::object answer;
    answer["data"] = std::move(*filtered);
    return json::value(std::move(answer));
}

} // namespace everlong::simulator
