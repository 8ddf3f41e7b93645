#pragma once
// What stands before every handler: by which name we were called, which route was meant, who asks, and may they?

#include <api/detail/call.hpp>
#include <api/detail/routes.hpp>

#include <vector>

namespace everlong::api::detail {

struct Admission {
    const Route* route = nullptr;
    Caller caller;
    std::vector<std::string> captured;
};

// Nothing in `admitted`: no route has this path (or, with `allowed`, not by this method). Takes an API key out of the
// request. Errors: those of Access; kHttpAuth, kHttpScope (kRefused).
struct Admitted {
    std::optional<Admission> admission;
    std::string allowed; // methods of the routes with this path, where none takes the request's
};
Task<Admitted> admit(const ApiContext& context, Access& access, http::Request& request);

} // namespace everlong::api::detail
