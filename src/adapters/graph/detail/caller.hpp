#pragma once
// One call of Meta's platform: from its row of core/facts/platform.hpp to a request with token and proof in their places,
// and back to an answer with what is needed to read it. Also keeps what every answer's head tells: Meta's time, the limits.

#include <adapters/graph/detail/answers.hpp>
#include <adapters/graph/graph_client.hpp>
#include <core/facts/platform.hpp>
#include <http/client.hpp>
#include <ports/graph_api.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everlong::adapters::detail {

struct Exchanged {
    Asked asked;
    http::Response response;
    std::optional<Seconds> wait; // see Answer

    Answer answer() const { return {response.status, response.body, wait}; }
};

class Caller {
public:
    // `client` must outlive the result.
    Caller(http::Client& client, GraphOptions options);

    // Null where it is not configured.
    const AppCredentials* find_app(core::LoginPath login) const;
    std::optional<Instant> server_time() const { return server_time_; }
    std::optional<ports::Usage> usage(core::LoginPath login) const {
        return login == core::LoginPath::kFacebook ? facebook_usage_ : instagram_usage_;
    }

    // `parameters` go where the call's method has them. Errors: those of ports/graph_api.hpp before and on the way.
    Task<Exchanged> ask(const core::CallFacts& call, const Secret& token, std::string id = {},
                        std::vector<http::OutgoingParameter> parameters = {});
    // In two steps, for calls that change the request.
    Result<http::OutgoingRequest> build(const core::CallFacts& call, const Secret& token, std::string_view id) const;
    Task<Exchanged> send(const core::CallFacts& call, const Secret& token, http::OutgoingRequest request);

    // Where the bytes of an upload go: the address that Meta gave, if it is one of its upload host (below EVERLONG_META
    // where that is set, so that no token leaves a rehearsal). Nothing for any other.
    std::optional<std::string> upload_url(std::string_view uri) const;

private:
    std::string url_of(const core::CallFacts& call, std::string_view id) const;
    Result<void> check(const core::CallFacts& call, const Secret& token) const;
    Error read_failure(const core::CallFacts& call, const Error& error) const;
    Asked asked_of(const core::CallFacts& call, const Secret& token) const;
    void note_date(const http::Response& response);
    std::optional<Seconds> note_usage(core::LoginPath login, const http::Response& response);

    http::Client& client_;
    GraphOptions options_;
    std::optional<Instant> server_time_;
    std::optional<ports::Usage> facebook_usage_;
    std::optional<ports::Usage> instagram_usage_;
};

} // namespace everlong::adapters::detail
