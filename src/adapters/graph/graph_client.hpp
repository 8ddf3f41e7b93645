#pragma once
// Meta's platform behind ports::GraphApi and ports::PublishApi, over the guarded HTTP client: which call goes where stands in
// core/facts/platform.hpp, what comes back is read by detail/answers.hpp. Never repeats a call by itself.

#include <base/secret.hpp>
#include <base/time.hpp>
#include <core/facts/platform.hpp>
#include <http/client.hpp>
#include <ports/graph_api.hpp>
#include <ports/publish_api.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace everlong::adapters {

struct AppCredentials {
    std::string id;
    Secret secret;
};

struct GraphOptions {
    // EVERLONG_META: every host is reached as <meta_base>/<host>/<path>. Empty: https://<host>/<path>.
    std::string meta_base;
    // META_GRAPH_VERSION. One that is_graph_version() does not take fails every call with kConfig.
    std::string version{core::kDefaultGraphVersion};
    std::optional<AppCredentials> facebook_app;
    std::optional<AppCredentials> instagram_app;
    // Total, per HTTP call: Meta answers within a few seconds, a page of a long list within ten.
    Milliseconds call_deadline = Seconds(20);
    // Longer, because giving up on an exchange or refresh costs an unknown outcome.
    Milliseconds issuing_deadline = Seconds(60);
    // An upload is given up when this much a second has not been reached for that long: the line or Meta is stuck.
    http::SlowestPace upload_pace{.bytes_per_second = 1024, .during = Seconds(60)};
    // Told Meta's clock (the Date header, whole seconds) as each answer arrives, before the call returns: whoever
    // compares it with the local clock does so then, and so finds the skew.
    std::function<void(Instant)> on_server_date;
};

// Both ports in one object, because limits and Meta's clock are told by the answers of either.
class MetaClient : public ports::GraphApi, public ports::PublishApi {};

// `client` must outlive the result.
std::unique_ptr<MetaClient> make_graph_client(http::Client& client, GraphOptions options);

} // namespace everlong::adapters
