#pragma once
// HMAC-SHA1, for the older of the two signatures of a webhook (graph-api.md, 9.3). For nothing else: SHA-1 is broken where
// collisions matter.

#include <string>
#include <string_view>

namespace everlong::simulator {

// Lower-case hex.
std::string hmac_sha1_hex(std::string_view key, std::string_view message);

} // namespace everlong::simulator
