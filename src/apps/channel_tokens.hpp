#pragma once
// Where `everlong run` learns of new tokens: it asks the API again and again, cheaply. Without a running service it also
// does the service's part for this channel: renews the token when it is due.

#include <app/gateway.hpp>
#include <engine/supervisor/supervisor.hpp>
#include <ports/clock.hpp>

#include <string>

namespace everlong::apps {

class ChannelTokens final : public engine::TokenSource {
public:
    ChannelTokens(app::Gateway& gateway, ports::Monotonic& monotonic, std::string channel_name)
        : gateway_(gateway), monotonic_(monotonic), channel_name_(std::move(channel_name)) {}

    // A version with the same token in it (Meta may extend the life of the very string) is no change.
    Task<std::optional<engine::NewToken>> wait_for_change(int known_version) override;

private:
    Task<std::optional<engine::NewToken>> ask(int known_version);
    Task<void> renew_if_due();

    app::Gateway& gateway_;
    ports::Monotonic& monotonic_;
    std::string channel_name_;
    int seen_version_ = 0;
    std::string given_fingerprint_;
    std::optional<MonotonicInstant> renewed_at_;
};

} // namespace everlong::apps
