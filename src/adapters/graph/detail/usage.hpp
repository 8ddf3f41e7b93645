#pragma once
// What Meta tells of its limits in the head of an answer (facts/graph-api.md, 7.1, 7.2). Pure. Fields that cannot be read
// are as if they had not come: they are a courtesy, never a condition.

#include <ports/graph_api.hpp>

#include <optional>
#include <string_view>

namespace everlong::adapters::detail {

// `app`: X-App-Usage; `account`: X-Business-Use-Case-Usage; empty where the answer had none. Nothing where neither tells
// anything. `told_at` is left to the caller.
std::optional<ports::Usage> read_usage(std::string_view app, std::string_view account);

} // namespace everlong::adapters::detail
