#pragma once
// What others say of a post before it is stored: Meta of the account's quota, and the hosts of its addresses. The store
// knows none of it, and the engine asks anew before it sends.

#include <api/detail/call.hpp>
#include <core/publishing/preflight.hpp>

namespace everlong::api::detail {

// Fills in the quota of `known`, where Meta can be asked and the post is due while today's counts. One call.
Async<void> ask_quota(const ApiContext& context, const ports::Channel& channel, const core::Post& post,
                      core::PreflightContext& known);

// Asks the addresses of media and cover as Meta's fetcher will, all at the same time, and fills in what is wrong with them.
Async<void> ask_hosts(const ApiContext& context, const core::PostContent& content, core::PreflightContext& known);

} // namespace everlong::api::detail
