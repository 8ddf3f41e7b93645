#pragma once
// What each permission of Meta's lets an application do, and what is lost without it: the one table behind connecting,
// the doctor and the Settings page. Source: facts/graph-api.md, 2.5 and 3.1; contract, section 4 (`permissions`).

#include <core/token.hpp>

#include <span>
#include <string_view>

namespace everlong::core {

struct PermissionFacts {
    std::string_view name;
    LoginPath login;
    bool is_required;             // without it Everlong's work is not possible
    std::string_view capability;  // what it gives, for people: "publish posts, reels and stories"
    std::string_view consequence; // what is lost without it: a sentence without a full stop
    bool is_vital = false;        // without it no account can be found at all: a login without it is refused
};

// Required ones first, in the order in which they are asked for.
std::span<const PermissionFacts> permission_facts();
// Null for a permission that is not in the table.
const PermissionFacts* find_permission(LoginPath login, std::string_view name);

} // namespace everlong::core
