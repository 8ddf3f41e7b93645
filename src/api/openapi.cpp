// GET /openapi.json: OpenAPI 3.1, made from the table of routes and what descriptions.cpp and schemas.cpp say of them.

#include <api/detail/call.hpp>
#include <api/detail/descriptions.hpp>
#include <api/detail/routes.hpp>

#include <algorithm>

namespace everlong::api::detail {
namespace {

constexpr const char* kAbout =
    "Keeps Instagram access tokens alive and hands them to the applications that post with them. Errors are problem "
    "documents (RFC 9457). Instants are RFC 3339 in UTC. Answers may get more members over time; none is renamed.";

json::object reference(std::string_view kind, std::string_view name) {
    return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

// Calls `each` with every word of a text that has blanks between them.
template <class Each>
void for_each_word(std::string_view text, Each each) {
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        each(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

json::array parameters_of(const Description& description) {
    json::array parameters;
    std::string_view rest = description.pattern;
    for (auto begin = rest.find('{'); begin != std::string_view::npos; begin = rest.find('{')) {
        const auto end = rest.find('}');
        parameters.push_back(json::object{{"name", rest.substr(begin + 1, end - begin - 1)},
                                          {"in", "path"},
                                          {"required", true},
                                          {"schema", json::object{{"type", "string"}}}});
        rest.remove_prefix(end + 1);
    }
    for_each_word(description.query,
                  [&](std::string_view name) { parameters.push_back(reference("parameters", name)); });
    return parameters;
}

json::object responses_of(const Route& route, const Description& description) {
    json::object success{{"description", "Done"}};
    json::object content;
    if (!description.answers.empty()) content["schema"] = reference("schemas", description.answers);
    if (description.status != 204) success["content"] = json::object{{description.media, std::move(content)}};
    json::object responses;
    responses[std::to_string(description.status)] = std::move(success);
    const auto add_problem = [&](std::string_view status) { responses[status] = reference("responses", "Problem"); };
    if (!description.takes.empty() || !description.takes_media.empty() || !description.query.empty())
        add_problem("400");
    if (route.required != Scope::kOpen) {
        add_problem("401");
        add_problem("403");
    }
    for_each_word(description.errors, [&](std::string_view status) {
        if (status == "304")
            responses[status] = json::object{{"description", "Not changed since the ETag that was sent"}};
        else
            add_problem(status);
    });
    responses["default"] = reference("responses", "Problem");
    return responses;
}

std::string_view tag_of(const Description& description) {
    if (!description.tag.empty()) return description.tag;
    std::string_view path = description.pattern;
    path.remove_prefix(path.starts_with("/v1/") ? 4 : 1);
    return path.substr(0, path.find('/'));
}

json::array security_of(const Route& route) {
    if (route.required == Scope::kOpen) return {};
    return {json::object{{"apiKey", json::array{to_text(route.required)}}}, json::object{{"session", json::array{}}}};
}

json::object operation_of(const Route& route, const Description& description) {
    json::object operation{{"operationId", description.id},
                           {"summary", description.summary},
                           {"tags", json::array{tag_of(description)}},
                           {"security", security_of(route)}};
    if (json::array parameters = parameters_of(description); !parameters.empty()) {
        operation["parameters"] = std::move(parameters);
    }
    if (!description.takes.empty()) {
        json::object content{{"schema", reference("schemas", description.takes)}};
        operation["requestBody"] = json::object{{"required", !description.may_lack_body},
                                                {"content", json::object{{"application/json", std::move(content)}}}};
    }
    if (!description.takes_media.empty()) {
        // Beside JSON, where it takes both.
        json::value& body = operation["requestBody"];
        if (!body.is_object()) body = json::object{{"content", json::object{}}};
        body.as_object()["content"].as_object()[description.takes_media] = json::object{};
    }
    operation["responses"] = responses_of(route, description);
    return operation;
}

json::object components() {
    json::object all_schemas;
    for (const Schema& schema : schemas())
        all_schemas[schema.name] = json::parse(schema.json);
    json::object parameters;
    for (const QueryParameter& parameter : query_parameters()) {
        parameters[parameter.name] =
            json::object{{"name", parameter.spelled.empty() ? parameter.name : parameter.spelled},
                         {"in", "query"},
                         {"description", parameter.description},
                         {"schema", json::parse(parameter.json)}};
    }
    json::object problem{{"description", "What went wrong, why, and what to do"}};
    problem["content"] =
        json::object{{"application/problem+json", json::object{{"schema", reference("schemas", "Problem")}}}};
    json::object security;
    security["apiKey"] = json::object{
        {"type", "http"},
        {"scheme", "bearer"},
        {"description", "An API key: evl_ and 43 characters. The scope `admin` implies all others. Make one with: "
                        "everlong api-key create --name NAME --scope SCOPE"}};
    security["session"] = json::object{
        {"type", "apiKey"},
        {"in", "cookie"},
        {"name", "__Host-everlong"},
        {"description",
         "A browser that is signed in. Methods that change something need the header X-Everlong-CSRF, with "
         "the `csrf` of GET /v1/session, and an Origin of ours"}};
    return {{"schemas", std::move(all_schemas)},
            {"parameters", std::move(parameters)},
            {"responses", json::object{{"Problem", std::move(problem)}}},
            {"securitySchemes", std::move(security)}};
}

} // namespace

std::string openapi_document() {
    json::object paths;
    for (const Route& route : routes()) {
        const auto described = std::ranges::find_if(descriptions(), [&](const Description& description) {
            return description.method == route.method && description.pattern == route.pattern;
        });
        if (described == descriptions().end()) continue; // a test sees to it that there is none
        std::string method(route.method);
        std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'A' + 'a'); });
        json::value& path = paths.emplace(route.pattern, json::object{}).first->value();
        path.as_object()[method] = operation_of(route, *described);
    }
    json::object document{{"openapi", "3.1.0"}};
    document["info"] = json::object{{"title", "Everlong"},
                                    {"version", EVERLONG_VERSION},
                                    {"description", kAbout},
                                    {"license", json::object{{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}};
    document["servers"] = json::array{json::object{{"url", "/"}}};
    document["paths"] = std::move(paths);
    document["components"] = components();
    return json::serialize(document);
}

Async<Answer> get_openapi(Call&) {
    static const std::string kDocument = openapi_document();
    http::Response response;
    response.headers.set("Content-Type", "application/json");
    response.body = kDocument;
    co_return response;
}

} // namespace everlong::api::detail
