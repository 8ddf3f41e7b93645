#pragma once
// What publishes, put together for app::Node: the loop, files, time zones, the media's host and the chores that nobody
// asks for.

#include <adapters/store_sqlite/store.hpp>
#include <api/api.hpp>
#include <app/config.hpp>
#include <async/event.hpp>
#include <engine/files/files.hpp>
#include <engine/lifecycle/world.hpp>
#include <http/client.hpp>
#include <ports/log.hpp>
#include <ports/media_host.hpp>
#include <ports/publish_api.hpp>
#include <ports/random.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace everlong::app {

// All of it outlives what is made of it.
struct PublishingNeeds {
    boost::asio::any_io_executor executor;
    engine::World& world;
    adapters::SqliteStore& store;
    ports::Monotonic& monotonic;
    ports::Random& random;
    ports::PublishApi& api;
    http::Client& client;
    ports::Log& log;
    std::function<core::OwnAddresses()> addresses;
    std::function<void()> wake_channels; // a channel's own look has become due
};

class Publishing {
public:
    // Errors: those of open_media_shelf.
    static Result<std::unique_ptr<Publishing>> make(PublishingNeeds needs, const Config& config,
                                                    const std::filesystem::path& data_dir);
    ~Publishing();

    api::PublishingParts& parts();

    // Until stop().
    Async<void> run();
    void stop();
    // Something may have become due.
    void wake();
    // A channel was connected, renamed, or has a new token.
    void channel_changed(const std::string& channel_name);
    bool is_working() const;

private:
    struct Parts;
    // From the bucket of the configuration, or else under our own address.
    static std::unique_ptr<ports::MediaHost> make_host(Parts& parts, const Config& config);
    explicit Publishing(std::unique_ptr<Parts> parts);
    Async<void> do_chores();
    std::unique_ptr<Parts> parts_;
};

} // namespace everlong::app
