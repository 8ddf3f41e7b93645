#pragma once
// The composition root: one data directory opened, with store, keys, Graph client, clock, engine and API put together.
// A command uses it alone; the service adds servers and the loop (app/service.hpp). One Node per data directory at a
// time: it holds the directory's lock.

#include <api/api.hpp>
#include <app/config.hpp>
#include <engine/lifecycle/lifecycle_loop.hpp>
#include <engine/lifecycle/world.hpp>
#include <ports/log.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace everlong::app {

class Node {
public:
    // Opens the data directory; asks nobody on the network. Errors: those of open_data_dir, load_or_create_keyring and
    // open_sqlite_store, all before any write to existing data.
    static Result<std::unique_ptr<Node>> open(boost::asio::any_io_executor executor, const Config& config,
                                              ports::Log& log);
    ~Node();

    // For a service with a simulator of its own: are all channels of that simulator's apps? A real channel's token shown
    // to a simulator would come out as dead. Error kPlatform (kUsage) names one that is not.
    Task<void> check_rehearsal(const Config& config);
    // Before anything else is asked of it: takes over the simulator's time where it is followed (kClock, kLocal), and starts
    // the store (its errors), which says in the log where an older copy of it was brought back.
    Task<void> start();
    // The secret of this start's set-up link, for whoever sees our output; nothing where a password is set.
    Task<std::optional<Secret>> begin_setup();
    // Where browsers reach this node, once that is known: redirect addresses are computed from it.
    void set_port(std::uint16_t port);
    // Logins that a stop has interrupted, or that wait for Meta, go on until `is_over` says true. An error is the store's
    // own.
    Task<void> resume_logins(std::function<bool()> is_over);
    Async<http::Response> handle(http::Request request);
    // For servers that lead to handle(): files come in piece by piece.
    http::BodyPlan body_plan();

    // The unattended loop and the clock that it follows; returns after stop().
    Async<void> run_loop();
    void stop_loop();

    // Publishing alone, for a command that waits for a post; returns after stop_publishing().
    Async<void> run_publishing();
    void stop_publishing();

    // Where commands reach this node; a name that fits into a socket address, good in this process.
    const std::string& socket_file() const;

private:
    // What changes is told to the application's address, where there is one.
    Async<void> run_webhooks();

    struct Parts;
    explicit Node(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace everlong::app
