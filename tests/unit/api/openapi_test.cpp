// /openapi.json says all that there is and nothing else, and is an OpenAPI document that tools can read.

#include <api/detail/descriptions.hpp>
#include <api/detail/routes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace everlong::api::detail {
namespace {

const json::object& document() {
    static const json::object kDocument = json::parse(openapi_document()).as_object();
    return kDocument;
}

// What a JSON pointer such as "#/components/schemas/Channel" leads to.
const json::value* resolve(std::string_view reference) {
    static const json::value kWhole = document();
    if (!reference.starts_with("#/")) return nullptr;
    boost::system::error_code problem;
    return kWhole.find_pointer(reference.substr(1), problem);
}

void for_each_object(const json::value& value, const std::function<void(const json::object&)>& each) {
    if (const auto* object = value.if_object()) {
        each(*object);
        for (const auto& member : *object)
            for_each_object(member.value(), each);
    }
    if (const auto* array = value.if_array()) {
        for (const auto& item : *array)
            for_each_object(item, each);
    }
}

void for_each_operation(
    const std::function<void(const std::string& name, std::string_view path, const json::object&)>& each) {
    for (const auto& path : document().at("paths").as_object()) {
        for (const auto& operation : path.value().as_object()) {
            each(std::string(operation.key()) + " " + std::string(path.key()), path.key(),
                 operation.value().as_object());
        }
    }
}

TEST(OpenApi, DescribesEveryRoute) {
    for (const Route& route : routes()) {
        const auto rows = std::ranges::count_if(descriptions(), [&](const Description& description) {
            return description.method == route.method && description.pattern == route.pattern;
        });
        EXPECT_EQ(rows, 1) << "src/api/descriptions.cpp needs one row for this route of src/api/routes.cpp:\n"
                           << "    {.method = \"" << route.method << "\",\n     .pattern = \"" << route.pattern
                           << "\",\n     .id = \"verbObject\",\n     .summary = \"What it does\",\n"
                           << "     .takes = \"SchemaOfTheBody, or leave this line out\",\n"
                           << "     .answers = \"SchemaOfTheAnswer\",\n     .errors = \"404 409\"},\n"
                           << "and src/api/schemas.cpp a row for each schema that is not there yet.";
    }
}

TEST(OpenApi, DescribesNothingElse) {
    for (const Description& description : descriptions()) {
        EXPECT_TRUE(std::ranges::any_of(routes(),
                                        [&](const Route& route) {
                                            return route.method == description.method &&
                                                   route.pattern == description.pattern;
                                        }))
            << "src/api/descriptions.cpp describes " << description.method << " " << description.pattern
            << ", which src/api/routes.cpp does not have";
    }
}

TEST(OpenApi, HasWhatTheStandardAsksFor) {
    EXPECT_EQ(document().at("openapi").as_string(), "3.1.0");
    EXPECT_EQ(document().at("info").at("title").as_string(), "Everlong");
    EXPECT_TRUE(document().at("info").at("version").is_string());
    std::set<std::string> ids;
    for_each_operation([&](const std::string& name, std::string_view, const json::object& operation) {
        SCOPED_TRACE(name);
        const std::string id(operation.at("operationId").as_string());
        EXPECT_TRUE(ids.insert(id).second) << id << " stands for two operations";
        EXPECT_TRUE(std::ranges::all_of(id, [](char c) { return std::isalnum(static_cast<unsigned char>(c)); })) << id;
        EXPECT_GE(operation.at("summary").as_string().size(), 10U);
        EXPECT_FALSE(operation.at("summary").as_string().ends_with('.'));
        EXPECT_EQ(operation.at("tags").as_array().size(), 1U);
        const auto& responses = operation.at("responses").as_object();
        EXPECT_TRUE(responses.contains("default"));
        for (const auto& response : responses) {
            const std::string status(response.key());
            EXPECT_TRUE(status == "default" || (status.size() == 3 && status >= "200" && status < "600")) << status;
            const auto& object = response.value().as_object();
            EXPECT_TRUE(object.contains("description") || object.contains("$ref")) << status;
        }
    });
    EXPECT_GE(ids.size(), 20U);
}

TEST(OpenApi, ResolvesEveryReference) {
    int references = 0;
    for_each_object(document(), [&](const json::object& object) {
        const auto* reference = object.if_contains("$ref");
        if (reference == nullptr || !reference->is_string()) return;
        ++references;
        EXPECT_NE(resolve(reference->as_string()), nullptr)
            << reference->as_string() << " is in neither src/api/schemas.cpp nor the parameters there";
    });
    EXPECT_GE(references, 50);
}

TEST(OpenApi, DeclaresEveryParameterOfAPath) {
    for_each_operation([&](const std::string& name, std::string_view path, const json::object& operation) {
        SCOPED_TRACE(name);
        std::set<std::string> declared;
        if (const auto* parameters = operation.if_contains("parameters")) {
            for (const auto& parameter : parameters->as_array()) {
                if (const auto* in = parameter.as_object().if_contains("in"); in != nullptr && *in == "path") {
                    EXPECT_TRUE(parameter.at("required").as_bool());
                    declared.insert("{" + std::string(parameter.at("name").as_string()) + "}");
                }
            }
        }
        std::set<std::string> used;
        for (auto begin = path.find('{'); begin != std::string_view::npos; begin = path.find('{', begin + 1))
            used.insert(std::string(path.substr(begin, path.find('}', begin) - begin + 1)));
        EXPECT_EQ(declared, used);
    });
}

TEST(OpenApi, SaysWhichScopeEachOperationNeeds) {
    const auto& paths = document().at("paths").as_object();
    EXPECT_TRUE(paths.at("/healthz").at("get").at("security").as_array().empty());
    EXPECT_EQ(json::serialize(paths.at("/v1/channels/{name}/token").at("get").at("security")),
              R"([{"apiKey":["token:read"]},{"session":[]}])");
    for_each_operation([&](const std::string& name, std::string_view, const json::object& operation) {
        for (const auto& way : operation.at("security").as_array()) {
            for (const auto& scheme : way.as_object()) {
                EXPECT_NE(resolve("#/components/securitySchemes/" + std::string(scheme.key())), nullptr) << name;
            }
        }
    });
}

// Each schema is one by its own words: known types, required members that exist, and somebody who refers to it.
TEST(OpenApi, HoldsSchemasThatAreSound) {
    const std::set<std::string> types = {"object", "array", "string", "integer", "number", "boolean", "null"};
    std::set<std::string> used;
    for_each_object(document(), [&](const json::object& object) {
        if (const auto* reference = object.if_contains("$ref")) used.insert(std::string(reference->as_string()));
        if (const auto* required = object.if_contains("required"); required != nullptr && required->is_array()) {
            for (const auto& name : required->as_array()) {
                EXPECT_TRUE(object.at("properties").as_object().contains(name.as_string()))
                    << "required, but no property: " << name.as_string();
            }
        }
        const auto* type = object.if_contains("type");
        const bool is_schema_type = type != nullptr && (type->is_string() || type->is_array());
        if (!is_schema_type || object.contains("in") || object.contains("scheme")) return;
        json::array list;
        if (type->is_string()) list.push_back(*type);
        if (type->is_array()) list = type->as_array();
        for (const auto& one : list)
            EXPECT_TRUE(types.contains(std::string(one.as_string()))) << one.as_string();
        if (type->is_string() && *type == "array") EXPECT_TRUE(object.contains("items"));
    });
    std::set<std::string_view> names;
    for (const Schema& schema : schemas()) {
        EXPECT_TRUE(names.insert(schema.name).second) << schema.name << " stands twice in src/api/schemas.cpp";
        EXPECT_TRUE(used.contains("#/components/schemas/" + std::string(schema.name)))
            << "nothing refers to " << schema.name << " of src/api/schemas.cpp";
    }
}

} // namespace
} // namespace everlong::api::detail
