#pragma once
// An application's own address, which is told what has changed (docs/http-api.md, Webhooks).

#include <async/task.hpp>
#include <base/time.hpp>

#include <string>
#include <vector>

namespace everlong::ports {

// Where to look, not what is there. Never holds a secret.
struct Notice {
    std::string event; // "channel", "login", "post"; "all": anything may have changed, so everything is to be read anew
    std::string id;    // of the login or post; the channel's name; empty: of all
    std::string channel; // the login's or post's
    std::string state;   // of the login or post
    Instant at{};
};

class Webhook {
public:
    virtual ~Webhook() = default;
    // One call that tells them all; gives the answer's HTTP status, whatever it is. Cancellable. Errors: kUnreachable,
    // kTimeout (kTransient), kTls (kRefused), kUnknownOutcome (kUnknownOutcome), kCancelled (kCancelled).
    virtual Task<int> tell(std::vector<Notice> notices) = 0;
};

} // namespace everlong::ports
