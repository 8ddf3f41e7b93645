#pragma once
// The table of routes: what there is, who may use it, and which handler does it.

#include <api/detail/call.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::api::detail {

// What a key for one channel gets of a route.
enum class OneChannel {
    kByPath,    // the first {…} of the path is a channel's name and has to be its own
    kByHandler, // the handler shows and takes only its own
    kNothing,   // refused: the route is not about one channel
};

// What a route takes behind the head.
enum class Body {
    kJson,
    kForm, // as it came, in Call::form
    kFile, // by an Upload (api/detail/uploads.hpp); from inside the process in Call::form
    kText, // as it came, in Call::form
};

struct Route {
    std::string_view method;
    std::string_view pattern; // segments; {…} stands for any one that is not empty
    Scope required;
    OneChannel one_channel;
    Async<Answer> (*handler)(Call&);
    Body body = Body::kJson;
};

std::span<const Route> routes();

// What stood for each {…} of the pattern, decoded; nothing where the path is another one.
std::optional<std::vector<std::string>> match_path(std::string_view pattern, std::string_view path);

} // namespace everlong::api::detail
