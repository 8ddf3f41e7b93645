#pragma once
// What stands in /openapi.json beside the table of routes. A new route needs a row in descriptions.cpp and, for a body or
// an answer of a new shape, a schema in schemas.cpp; a test names what is missing.

#include <span>
#include <string>
#include <string_view>

namespace everlong::api::detail {

struct Description {
    std::string_view method; // with the pattern: the route
    std::string_view pattern;
    std::string_view id; // operationId: a verb and its object, in camelCase
    std::string_view summary;
    std::string_view takes = {};  // schema of the body; empty: none, or what `takes_media` says, of no schema
    std::string_view answers;     // schema of the answer; empty: what `media` says, of no schema
    std::string_view query = {};  // names out of query_parameters(), with blanks between them
    std::string_view errors = {}; // statuses that it gives besides the ones that every route of its scope gives
    int status = 200;
    std::string_view media = "application/json";
    std::string_view tag = {};         // empty: the segment of the path behind /v1
    std::string_view takes_media = {}; // of a body that is no JSON
    bool may_lack_body = false;        // of what `takes` describes
};

std::span<const Description> descriptions();

struct Schema {
    std::string_view name;
    std::string_view json; // JSON Schema 2020-12
};

// For bodies and answers; they name each other as "#/components/schemas/NAME".
std::span<const Schema> schemas();
// Those of posts and files, which are among them (api/post_schemas.cpp).
std::span<const Schema> post_schemas();

struct QueryParameter {
    std::string_view name;
    std::string_view description;
    std::string_view json;         // its schema
    std::string_view spelled = {}; // in the query, where another parameter has that name already; empty: `name`
};

std::span<const QueryParameter> query_parameters();

// The whole document, made anew.
std::string openapi_document();

} // namespace everlong::api::detail
