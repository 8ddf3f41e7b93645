#pragma once
// The HTTP interface of the service, and, in-process, of the commands: requests in, engine and store calls, JSON out.
// Routes stand in one table (routes.cpp), each with the scope that it asks of its caller: an API key has those that it was
// made with; whoever comes by the Unix socket of the data directory is admin (contract, section 2).

#include <api/event_hub.hpp>
#include <api/pages.hpp>
#include <async/worker.hpp>
#include <core/publishing/post_machine.hpp>
#include <engine/connect/connect.hpp>
#include <engine/connect/person_calls.hpp>
#include <engine/files/files.hpp>
#include <engine/lifecycle/world.hpp>
#include <http/server.hpp>
#include <ports/access_store.hpp>
#include <ports/media_host.hpp>
#include <ports/passwords.hpp>
#include <ports/random.hpp>
#include <ports/sandbox.hpp>
#include <ports/sink.hpp>
#include <ports/time_zones.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace everlong::api {

// What decides who may come in.
struct AccessParts {
    ports::AccessStore& store;
    ports::Passwords& passwords;
    ports::Random& random;
    // The machine's calendar, never a simulator's: sessions live by it.
    ports::Clock& machine_clock;
    // Delays after wrong passwords: a jump of the calendar ends none.
    ports::Monotonic& monotonic;
    // EVERLONG_PUBLIC_URL as app::Config holds it; empty where there is none.
    std::string public_url;
};

namespace detail {
class Access;
}

// What the addresses of files and posts work with. Everything outlives the API.
struct PublishingParts {
    ports::PostStore& posts;
    engine::Files& files;
    ports::TimeZones& zones;
    ports::MediaHost& host;
    Worker& disk;                    // reads what is served
    std::function<void()> on_change; // a post was made or changed: wakes the engine's loop
    // What the account shows of a post (engine::look_at_account). Null: nobody can ask Meta, and a person's word stands alone.
    std::function<Task<core::Look>(core::Post)> look_at_account = nullptr;
};

struct ApiContext {
    engine::World& world;
    ports::EnvFiles& env_files;
    EventHub& events;
    // Something changed that may be due now: wakes the engine's loop.
    std::function<void()> on_change;
    // Can the service do its work? An error says why not.
    std::function<Result<void>()> readiness;
    AccessParts access;
    engine::Connector& connector;
    engine::PersonCalls& person_calls;
    // Where browsers and Meta reach us.
    std::function<core::OwnAddresses()> addresses;
    // Takes over the simulator's time at once, where it is followed.
    std::function<Task<void>()> follow_clock;
    // Null: no simulator is configured.
    ports::SandboxControl* sandbox = nullptr;
    // Null: there is no Settings page, and its addresses answer 404.
    const Pages* pages = nullptr;
    // Is Meta's place taken by a simulator?
    bool is_sandbox = false;
    std::string version; // of the program
    // Null: nothing is published here, and the addresses of files and posts answer 404.
    PublishingParts* publishing = nullptr;
};

class Api {
public:
    explicit Api(ApiContext context);
    ~Api();

    // The secret of this start's set-up link; nothing where a password is set. One made before is void.
    Task<std::optional<Secret>> begin_setup();

    // Errors come out as application/problem+json.
    Async<http::Response> handle(http::Request request);
    // Which requests bring files, for http::Server::set_body_plan().
    http::BodyPlan body_plan();

private:
    ApiContext context_;
    std::unique_ptr<detail::Access> access_;
};

// What the HTTP server answers for itself, where a request was not fit to be handed on: a problem with our code, and the
// headers that every answer carries.
http::Response refusal(int status);

} // namespace everlong::api
