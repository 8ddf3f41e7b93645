#pragma once
// How a command reaches the API: through a running service by the Unix socket in the data directory, or, without one, by
// opening the data directory itself for as long as the call takes. Never two writers (contract, section 2).

#include <app/config.hpp>
#include <async/task.hpp>
#include <base/time.hpp>
#include <http/client.hpp>
#include <http/message.hpp>
#include <ports/log.hpp>

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace everlong::app {

// Another command holds the data directory only as long as its calls to Meta take: how often it is tried, and how long
// is waited in between.
inline constexpr int kLockTries = 200;
inline constexpr Milliseconds kLockPause = Milliseconds(50);

// A service answers to /healthz at once; one that is stopped (Ctrl-Z) or hangs takes the call and stays silent.
inline constexpr Milliseconds kServiceSilence = Seconds(5);

struct ApiCall {
    std::string method = "GET";
    std::string target;
    std::string body; // JSON, unless the headers name another type; may hold a token, wiped when sent
    http::Headers headers;
};

// Does a service answer at the data directory's socket? False where nobody listens there. kAlreadyRunning (kConflict) where
// somebody does and says nothing for twice as long.
Task<bool> finds_service(http::Client& client, const Config& config, Milliseconds silence = kServiceSilence);

class Gateway {
public:
    Gateway(boost::asio::io_context& context, Config config, ports::Log& log);
    ~Gateway();

    // Any HTTP status is a success. Errors: those of Node::open; kAlreadyRunning (kConflict) where somebody holds the
    // data directory for ten seconds and does not answer, or a service is there and does not.
    Task<http::Response> call(ApiCall call);
    // The same, running the io_context until it is done.
    Result<http::Response> call_now(ApiCall call);

    // Did the last call go through a running service?
    bool has_service() const { return has_service_; }

private:
    Task<http::Response> call_service(const ApiCall& call);
    Task<http::Response> call_directly(const ApiCall& call);

    boost::asio::io_context& context_;
    Config config_;
    ports::Log& log_;
    std::unique_ptr<http::Client> client_;
    bool has_service_ = false;
    bool has_answered_ = false; // a service, once
};

} // namespace everlong::app
