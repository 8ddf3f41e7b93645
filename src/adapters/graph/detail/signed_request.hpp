#pragma once
// Meta's signed_request (facts/graph-api.md, 9.1). Pure.

#include <ports/graph_api.hpp>

namespace everlong::adapters::detail {

// Error kSignedRequest (kRefused): another form, another signature (compared in constant time), another algorithm.
Result<ports::SignedCall> read_signed_request(std::string_view text, const Secret& app_secret, core::LoginPath login);

} // namespace everlong::adapters::detail
