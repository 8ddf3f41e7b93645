#pragma once
// What the simulator and whoever is pointed at it agree on before they have spoken. Not secrets: they open nothing but
// the simulator. Overridden by the environment variables of the same names (contract, section 5).

#include <cstdint>
#include <string_view>

namespace everlong {

constexpr std::uint16_t kSandboxPort = 9190;
constexpr std::string_view kSandboxAppId = "100000000000001";                           // SANDBOX_APP_ID
constexpr std::string_view kSandboxAppSecret = "sandbox-app-secret";                    // SANDBOX_APP_SECRET
constexpr std::string_view kSandboxInstagramAppId = "200000000000002";                  // SANDBOX_INSTAGRAM_APP_ID
constexpr std::string_view kSandboxInstagramAppSecret = "sandbox-instagram-app-secret"; // SANDBOX_INSTAGRAM_APP_SECRET

} // namespace everlong
