#pragma once
// The HTTP interface of the service, and, in-process, of the commands: requests in, engine and store calls, JSON out.
// Routes stand in one table (api.cpp). By TCP only /healthz and /readyz answer without authority; whoever comes by the
// Unix socket of the data directory is admin (contract, section 2).

#include <api/pages.hpp>
#include <async/task.hpp>
#include <engine/lifecycle/world.hpp>
#include <http/message.hpp>
#include <ports/sink.hpp>

#include <functional>
#include <string>

namespace everlong::api {

struct ApiContext {
    engine::World& world;
    ports::EnvFiles& env_files;
    // Something changed that may be due now: wakes the engine's loop.
    std::function<void()> on_change;
    // Can the service do its work? An error says why not.
    std::function<Result<void>()> readiness;
    // Null: there is no Settings page, and its addresses answer 404.
    const Pages* pages = nullptr;
};

class Api {
public:
    explicit Api(ApiContext context) : context_(std::move(context)) {}

    // Errors come out as application/problem+json.
    Async<http::Response> handle(http::Request request);

private:
    ApiContext context_;
};

// What the HTTP server answers for itself, where a request was not fit to be handed on: a problem with our code, and the
// headers that every answer carries.
http::Response refusal(int status);

} // namespace everlong::api
