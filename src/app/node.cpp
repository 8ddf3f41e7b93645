#include <app/node.hpp>

#include <adapters/clock_system/clocks.hpp>
#include <adapters/data_dir/data_dir.hpp>
#include <adapters/data_dir/socket_path.hpp>
#include <adapters/graph/graph_client.hpp>
#include <adapters/keyring_sodium/keyring.hpp>
#include <adapters/passwords_sodium/passwords.hpp>
#include <adapters/random_sodium/random.hpp>
#include <adapters/sandbox_control/sandbox_control.hpp>
#include <adapters/sinks/dotenv_file.hpp>
#include <adapters/store_sqlite/store.hpp>
#include <adapters/webhook_http/webhook.hpp>
#include <api/json.hpp>
#include <app/publishing.hpp>
#include <app/web_pages.hpp>
#include <async/worker.hpp>
#include <core/facts/platform.hpp>
#include <engine/connect/connect.hpp>
#include <engine/connect/person_calls.hpp>
#include <engine/webhooks/webhook_loop.hpp>
#include <http/client.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace everlong::app {

// In order of construction; destroyed the other way round.
struct Node::Parts {
    std::unique_ptr<adapters::DataDir> data_dir;
    std::unique_ptr<adapters::SocketPath> socket;
    std::unique_ptr<ports::Keyring> keyring;
    std::unique_ptr<adapters::SqliteStore> store;
    std::unique_ptr<ports::Random> random;
    ports::Log* log = nullptr;
    std::unique_ptr<Worker> files = std::make_unique<Worker>();
    // A thread of its own: no delivery waits for somebody who tries passwords.
    std::unique_ptr<Worker> hashing = std::make_unique<Worker>();
    std::unique_ptr<ports::Passwords> passwords;
    std::unique_ptr<http::Client> client;
    std::unique_ptr<adapters::MetaClient> graph;
    std::unique_ptr<ports::Monotonic> monotonic;
    std::unique_ptr<ports::Clock> system_clock;
    std::unique_ptr<adapters::SandboxClock> sandbox_clock; // null where the machine's calendar is used
    std::unique_ptr<ports::SandboxControl> sandbox;        // null where Meta's place is not on loopback
    std::unique_ptr<ports::DotenvSink> sink;
    std::unique_ptr<ports::EnvFiles> env_files;
    std::unique_ptr<engine::World> world;
    std::unique_ptr<engine::LifecycleLoop> loop;
    std::unique_ptr<api::Pages> pages = make_web_pages();
    std::unique_ptr<ports::Webhook> webhook;       // null where nobody is told
    std::shared_ptr<engine::WebhookLoop> webhooks; // as `webhook`; the store's watchers look whether it is still there
    core::OwnAddresses addresses;
    std::unique_ptr<engine::Connector> connector;
    std::unique_ptr<engine::PersonCalls> person_calls;
    std::shared_ptr<api::EventHub> events;  // the store's watcher holds it as well
    std::shared_ptr<Publishing> publishing; // the store's watcher looks whether it is still there
    std::unique_ptr<api::Api> api;
    bool is_loop_running = false;
};

namespace {

std::optional<adapters::AppCredentials> credentials(const std::optional<AppPair>& pair) {
    if (!pair) return std::nullopt;
    return adapters::AppCredentials{pair->id, pair->secret.clone()};
}

adapters::GraphOptions graph_options(const Config& config) {
    adapters::GraphOptions options;
    options.meta_base = config.meta_base;
    if (!config.graph_version.empty()) options.version = config.graph_version;
    options.facebook_app = credentials(config.facebook_app);
    options.instagram_app = credentials(config.instagram_app);
    return options;
}

engine::ConnectSettings connect_settings(const Config& config, bool is_rehearsal) {
    engine::ConnectSettings settings;
    settings.meta_base = config.meta_base;
    settings.graph_version = config.graph_version.empty() ? core::kDefaultGraphVersion : config.graph_version;
    settings.is_rehearsal = is_rehearsal;
    return settings;
}

// A rehearsal tells no application beyond this machine of what it plays.
bool uses_webhook(const Config& config) {
    return config.webhook && (!is_loopback_url(config.meta_base) || is_loopback_url(config.webhook->url));
}

// `trail`: the newest of the audit trail, where the store has just noted why.
Error restored(const ports::StoreStart& start, const Result<std::vector<ports::AuditEvent>>& trail) {
    std::string detail =
        trail && !trail->empty() ? trail->front().detail : "nothing is known after " + to_rfc3339(start.known_until);
    detail +=
        ". Channels are checked before anything is done with them. Posts that are not over are held (everlong post "
        "list --state held); everlong post retry --restored lets all go that are not more than an hour late";
    return {Code::kStoreRestored, Fault::kConflict, std::move(detail)};
}

} // namespace

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::open(boost::asio::any_io_executor executor, const Config& config, ports::Log& log) {
    auto parts = std::make_unique<Parts>();
    parts->log = &log;
    auto data_dir = adapters::open_data_dir(config.data_dir);
    if (!data_dir) return fail(data_dir.error());
    parts->data_dir = std::move(*data_dir);
    parts->socket = std::make_unique<adapters::SocketPath>(parts->data_dir->path());
    auto keyring = adapters::load_or_create_keyring(config.key_file.value_or(parts->data_dir->key_file()),
                                                    parts->data_dir->has_data());
    if (!keyring) return fail(keyring.error());
    parts->keyring = std::move(*keyring);
    auto store = adapters::open_sqlite_store(parts->data_dir->store_file(), *parts->keyring);
    if (!store) return fail(store.error());
    parts->store = std::move(*store);
    auto random = adapters::make_system_random();
    if (!random) return fail(random.error());
    parts->random = std::move(*random);
    auto passwords = adapters::make_sodium_passwords(*parts->hashing);
    if (!passwords) return fail(passwords.error());
    parts->passwords = std::move(*passwords);

    parts->client = http::Client::make(executor);
    parts->graph = adapters::make_graph_client(*parts->client, graph_options(config));
    parts->monotonic = adapters::make_steady_monotonic(executor);
    parts->system_clock = adapters::make_system_clock(executor);
    if (config.follows_sandbox_clock) {
        parts->sandbox_clock = adapters::make_sandbox_clock(executor, *parts->client, config.meta_base);
    }
    if (is_loopback_url(config.meta_base)) {
        parts->sandbox = adapters::make_sandbox_control(*parts->client, config.meta_base);
    }
    parts->sink = adapters::make_dotenv_sink(*parts->files);
    parts->env_files = adapters::make_env_files(*parts->files);
    ports::Clock& clock = parts->sandbox_clock ? *parts->sandbox_clock : *parts->system_clock;
    parts->world.reset(new engine::World{clock, *parts->graph, *parts->store, *parts->sink});
    parts->loop = std::make_unique<engine::LifecycleLoop>(executor, *parts->world, *parts->monotonic, log);
    Parts& raw = *parts;
    if (uses_webhook(config)) {
        parts->webhook = adapters::make_http_webhook(*parts->client, config.webhook->clone());
        parts->webhooks = std::make_shared<engine::WebhookLoop>(executor, *parts->webhook, clock, *parts->monotonic,
                                                                *parts->random, log);
    }
    parts->events = std::make_shared<api::EventHub>(executor);
    if (parts->sandbox_clock) {
        parts->sandbox_clock->on_jump([&raw] { raw.events->tell_clock(raw.sandbox_clock->now()); });
    }
    parts->addresses.public_url = config.public_url;
    parts->addresses.is_rehearsal = is_loopback_url(config.meta_base);
    parts->connector = std::make_unique<engine::Connector>(
        *parts->world, parts->store->logins(), *parts->random, connect_settings(config, parts->addresses.is_rehearsal),
        [&raw](const ports::Login& login) {
            const std::string stage(api::stage_text(login.stage));
            raw.events->tell_login(login.id, stage, login.channel_name);
            if (raw.webhooks) raw.webhooks->tell("login", login.id, login.channel_name, stage);
        });
    parts->person_calls = std::make_unique<engine::PersonCalls>(*parts->world, parts->store->logins());
    PublishingNeeds needs{executor,
                          *parts->world,
                          *parts->store,
                          *parts->monotonic,
                          *parts->random,
                          *parts->graph,
                          *parts->client,
                          log,
                          [&raw] { return raw.addresses; },
                          [&raw] { raw.loop->wake(); }};
    auto publishing = Publishing::make(std::move(needs), config, parts->data_dir->path());
    if (!publishing) return fail(publishing.error());
    parts->publishing = std::move(*publishing);
    const std::weak_ptr<engine::WebhookLoop> webhooks = parts->webhooks;
    parts->store->watch(
        [events = parts->events, loop = std::weak_ptr(parts->publishing), webhooks](const std::string& name) {
            events->tell_channel(name);
            if (const auto alive = webhooks.lock(); alive && !name.empty()) alive->tell("channel", name);
            if (const auto alive = loop.lock()) alive->channel_changed(name);
        });
    parts->store->posts().watch_posts([events = parts->events, webhooks](const core::Post& post) {
        if (const auto alive = webhooks.lock())
            alive->tell("post", post.id.text(), post.channel_name, std::string(core::to_text(post.state)));
        events->tell_post(post.id.text(), post.channel_name, core::to_text(post.state));
    });
    parts->api = std::make_unique<api::Api>(
        api::ApiContext{*parts->world,
                        *parts->env_files,
                        *parts->events,
                        [&raw] { raw.loop->wake(); },
                        [&raw]() -> Result<void> {
                            if (!raw.is_loop_running || (raw.loop->is_working() && raw.publishing->is_working()))
                                return {};
                            return fail(Code::kIo, Fault::kLocal, "the engine cannot record results");
                        },
                        {parts->store->access(), *parts->passwords, *parts->random, *parts->system_clock,
                         *parts->monotonic, config.public_url},
                        *parts->connector,
                        *parts->person_calls,
                        [&raw] { return raw.addresses; },
                        [&raw]() -> Task<void> {
                            if (!raw.sandbox_clock) co_return Result<void>{};
                            co_return co_await raw.sandbox_clock->synchronise();
                        },
                        parts->sandbox.get(),
                        parts->pages.get(),
                        is_loopback_url(config.meta_base),
                        EVERLONG_VERSION,
                        &parts->publishing->parts()});
    return std::unique_ptr<Node>(new Node(std::move(parts)));
}

Task<void> Node::check_rehearsal(const Config& config) {
    constexpr int kPageSize = 1000;
    std::string after;
    for (;;) {
        auto channels = co_await parts_->store->list_channels(after, kPageSize);
        if (!channels) co_return fail(channels.error());
        for (const ports::Channel& channel : *channels) {
            const auto& app = channel.login == core::LoginPath::kFacebook ? config.facebook_app : config.instagram_app;
            if (app && channel.app_id == app->id) continue;
            co_return fail(Code::kPlatform, Fault::kUsage,
                           "the channel '" + channel.name + "' belongs to the app '" + channel.app_id + "'");
        }
        if (channels->size() < kPageSize) co_return Result<void>{};
        after = channels->back().name;
    }
}

void Node::set_port(std::uint16_t port) {
    parts_->addresses.port = port;
}

Task<void> Node::resume_logins(std::function<bool()> is_over) {
    co_return co_await parts_->connector->resume(std::move(is_over));
}

Task<void> Node::start() {
    if (parts_->sandbox_clock) {
        if (auto clock = co_await parts_->sandbox_clock->synchronise(); !clock) co_return clock;
    }
    auto started = co_await parts_->store->start(parts_->world->clock.now());
    if (!started) co_return fail(started.error().in("store"));
    if (started->was_restored) {
        parts_->log->warn(restored(*started, co_await parts_->store->list_audit("", 1)).summary());
    }
    co_return Result<void>{};
}

Task<std::optional<Secret>> Node::begin_setup() {
    return parts_->api->begin_setup();
}

Async<http::Response> Node::handle(http::Request request) {
    // An answer holds for the simulator's present, not for that of the last look a moment ago.
    if (parts_->sandbox_clock) (void)co_await parts_->sandbox_clock->synchronise();
    co_return co_await parts_->api->handle(std::move(request));
}

http::BodyPlan Node::body_plan() {
    return parts_->api->body_plan();
}

Async<void> Node::run_loop() {
    using namespace boost::asio::experimental::awaitable_operators;
    parts_->is_loop_running = true;
    if (parts_->sandbox_clock) {
        co_await (parts_->loop->run() && parts_->publishing->run() && run_webhooks() &&
                  parts_->sandbox_clock->follow());
    } else {
        co_await (parts_->loop->run() && parts_->publishing->run() && run_webhooks());
    }
}

Async<void> Node::run_webhooks() {
    if (parts_->webhooks) co_await parts_->webhooks->run();
}

void Node::stop_loop() {
    parts_->loop->stop();
    if (parts_->webhooks) parts_->webhooks->stop();
    parts_->publishing->stop();
    if (parts_->sandbox_clock) parts_->sandbox_clock->stop();
}

Async<void> Node::run_publishing() {
    using namespace boost::asio::experimental::awaitable_operators;
    if (parts_->sandbox_clock) {
        co_await (parts_->publishing->run() && parts_->sandbox_clock->follow());
    } else {
        co_await parts_->publishing->run();
    }
}

void Node::stop_publishing() {
    parts_->publishing->stop();
    if (parts_->sandbox_clock) parts_->sandbox_clock->stop();
}

const std::string& Node::socket_file() const {
    return parts_->socket->text();
}

} // namespace everlong::app
