#pragma once
// What can come back in place of Meta's answer: each kind of reply once without its effect and, where Meta could have done
// its part, once with it.

#include <simulation/publish_meta.hpp>

#include <vector>

namespace everlong::test {

const std::vector<ReplyFault>& reply_faults();

} // namespace everlong::test
