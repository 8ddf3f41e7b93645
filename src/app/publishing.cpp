#include <app/publishing.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <adapters/media_child/media_child.hpp>
#include <adapters/media_host/own_host.hpp>
#include <adapters/media_host/s3_host.hpp>
#include <adapters/media_shelf_disk/media_shelf.hpp>
#include <adapters/time_zones_date/time_zones.hpp>
#include <core/publishing/publish_limits.hpp>
#include <engine/publishing/oracles.hpp>
#include <engine/publishing/publish_loop.hpp>
#include <engine/zones/follow_zones.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace everlong::app {
namespace {

// Unused files and a new version of the tz data can wait so long.
constexpr Milliseconds kChoresEvery = Hours(1);
// Zones are followed once a day without a new version, too: a post that a wrong clock had begun too early could not be moved
// when the version came, and can be once it waits again.
constexpr Milliseconds kFollowZonesEvery = Days(1);

// Where Meta's fetcher, or a simulator's, finds our media.
std::string media_base(const core::OwnAddresses& addresses) {
    if (!addresses.public_url.empty()) return addresses.public_url;
    if (!addresses.is_rehearsal || addresses.port == 0) return {};
    return "http://127.0.0.1:" + std::to_string(addresses.port);
}

// A rehearsal touches no bucket beyond this machine, where a simulator would not fetch anyway.
bool uses_bucket(const Config& config) {
    return config.bucket && (!is_loopback_url(config.meta_base) || is_loopback_url(config.bucket->endpoint));
}

} // namespace

// In order of construction; destroyed the other way round.
struct Publishing::Parts {
    explicit Parts(PublishingNeeds given) : needs(std::move(given)), stop(needs.executor) {}

    PublishingNeeds needs;
    Event stop;
    Worker disk;
    std::unique_ptr<ports::MediaShelf> shelf;
    std::unique_ptr<ports::MediaTool> tool;
    std::unique_ptr<ports::TimeZones> zones;
    std::unique_ptr<ports::Clock> wall;
    std::unique_ptr<ports::MediaHost> host;
    std::unique_ptr<engine::Files> files;
    std::unique_ptr<engine::CallBudget> budget;
    std::unique_ptr<engine::PublishWorld> world;
    std::unique_ptr<engine::PublishLoop> loop;
    std::unique_ptr<api::PublishingParts> api;
};

std::unique_ptr<ports::MediaHost> Publishing::make_host(Parts& parts, const Config& config) {
    PublishingNeeds& needs = parts.needs;
    ports::PostStore& posts = needs.store.posts();
    ports::Clock& clock = needs.world.clock;
    const bool is_rehearsal = is_loopback_url(config.meta_base);
    if (uses_bucket(config)) {
        const adapters::S3World world{posts, *parts.shelf, needs.random, clock, *parts.wall, needs.client};
        return adapters::make_s3_media_host(world, config.bucket->clone(), is_rehearsal);
    }
    adapters::MediaHostOptions options{[&parts] { return media_base(parts.needs.addresses()); }, is_rehearsal};
    return adapters::make_own_media_host(posts, needs.random, clock, needs.client, std::move(options));
}

Publishing::Publishing(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Publishing::~Publishing() = default;

Result<std::unique_ptr<Publishing>> Publishing::make(PublishingNeeds needs, const Config& config,
                                                     const std::filesystem::path& data_dir) {
    auto parts = std::make_unique<Parts>(std::move(needs));
    Parts& raw = *parts;
    auto shelf = adapters::open_media_shelf(data_dir / "media");
    if (!shelf) return fail(shelf.error());
    parts->shelf = std::move(*shelf);
    adapters::MediaChildSettings tool;
    tool.program = adapters::media_program();
    parts->tool = adapters::make_media_child(raw.needs.executor, raw.needs.monotonic, std::move(tool));
    adapters::TimeZonePlaces places;
    places.tz = config.time_zone;
    parts->zones = adapters::make_time_zones(std::move(places));
    ports::PostStore& posts = raw.needs.store.posts();
    parts->wall = adapters::make_system_clock(raw.needs.executor);
    parts->host = make_host(raw, config);
    parts->files =
        std::make_unique<engine::Files>(engine::FileWorld{raw.needs.world.clock, posts, *parts->shelf, *parts->tool});
    parts->budget =
        std::make_unique<engine::CallBudget>(raw.needs.executor, raw.needs.monotonic, core::kPublishCallsPerSecond);
    parts->world.reset(new engine::PublishWorld{raw.needs.world, posts, raw.needs.api, *parts->shelf, *parts->host,
                                                raw.needs.monotonic, *parts->budget, raw.needs.wake_channels});
    parts->loop = std::make_unique<engine::PublishLoop>(raw.needs.executor, *parts->world, raw.needs.log);
    auto publishing = std::unique_ptr<Publishing>(new Publishing(std::move(parts)));
    raw.api = std::make_unique<api::PublishingParts>(api::PublishingParts{
        posts, *raw.files, *raw.zones, *raw.host, raw.disk, [self = publishing.get()] { self->wake(); },
        [&world = *raw.world](core::Post post) { return engine::look_at_account(world, std::move(post)); }});
    return publishing;
}

api::PublishingParts& Publishing::parts() {
    return *parts_->api;
}

Async<void> Publishing::do_chores() {
    using namespace boost::asio::experimental::awaitable_operators;
    Parts& parts = *parts_;
    // Posts may have been scheduled under rules that were exchanged while nothing ran.
    std::string zones_seen;
    Instant followed_at{};
    while (!parts.stop.is_set()) {
        if (auto swept = co_await parts.files->sweep(); !swept) parts.needs.log.warn(swept.error().summary());
        const std::string version = parts.zones->version();
        const Instant now = parts.needs.world.clock.now();
        const bool is_day_over = now < followed_at || now - followed_at >= kFollowZonesEvery;
        if (version != zones_seen || is_day_over) {
            auto moved = co_await engine::follow_zones(parts.needs.world, parts.needs.store.posts(), *parts.zones);
            if (moved) {
                zones_seen = version;
                followed_at = now;
            } else {
                parts.needs.log.warn(moved.error().summary());
            }
            if (moved && *moved > 0) {
                parts.needs.log.warn(std::to_string(*moved) + " posts have another time by the tz data " + version);
                wake();
            }
        }
        ports::Clock& clock = parts.needs.world.clock;
        co_await (parts.stop.wait() || clock.sleep_until(clock.now() + kChoresEvery));
    }
}

Async<void> Publishing::run() {
    using namespace boost::asio::experimental::awaitable_operators;
    co_await (parts_->loop->run() && do_chores());
}

void Publishing::stop() {
    parts_->stop.set();
    parts_->loop->stop();
}

void Publishing::wake() {
    parts_->loop->wake();
}

void Publishing::channel_changed(const std::string& channel_name) {
    parts_->loop->channel_changed(channel_name);
}

bool Publishing::is_working() const {
    return parts_->loop->is_working();
}

} // namespace everlong::app
