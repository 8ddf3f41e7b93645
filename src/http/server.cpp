#include <http/server.hpp>

#include <http/connection.hpp>
#include <http/response_writer.hpp>
#include <http/tls_front.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace everlong::http {
namespace {

namespace asio = boost::asio;
using asio::generic::stream_protocol;
using boost::system::error_code;

constexpr auto kAwaitTuple = asio::as_tuple(asio::use_awaitable);

// sun_path without its final zero (unix(7)).
constexpr std::size_t kUnixPathLength = 107;
// After a failed accept (out of file descriptors or memory) others need time to give some back.
constexpr Milliseconds kAcceptPause{100};
// Between these lies the ticker's step; it is a quarter of the shortest time-out.
constexpr Milliseconds kShortestTick{5};
constexpr Milliseconds kLongestTick{1000};
// What cut connections get to unwind in. Handlers that cannot be cancelled may take longer than stop() waits.
constexpr Milliseconds kUnwindTime = Seconds(1);

struct Listener {
    Listener(const asio::any_io_executor& executor, bool local) : acceptor(executor), is_local(local) {}

    asio::basic_socket_acceptor<stream_protocol> acceptor;
    bool is_local = false;
    std::shared_ptr<TlsFront> tls; // null: plain
    // The socket file, and who it is: another process may have put its own in that place.
    std::string path;
    struct stat file{};

    void close() {
        error_code ignored;
        acceptor.close(ignored);
        struct stat present{};
        if (path.empty() || ::lstat(path.c_str(), &present) != 0) return;
        if (present.st_dev == file.st_dev && present.st_ino == file.st_ino) ::unlink(path.c_str());
        path.clear();
    }
};

// Commands that a service starts must not inherit its sockets.
void close_on_exec(int descriptor) {
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

Error describe(const error_code& error, const std::string& where) {
    const std::string detail = where + ": " + error.message();
    if (error == asio::error::address_in_use) return {Code::kPortTaken, Fault::kConflict, detail};
    if (error == asio::error::access_denied || error == asio::error::no_permission) {
        return {Code::kPermissions, Fault::kLocal, detail};
    }
    return {Code::kIo, Fault::kLocal, detail};
}

// Frees the path of a socket that nobody listens on any more.
Result<void> clear_stale_socket(const asio::any_io_executor& executor, const std::string& path) {
    struct stat file{};
    if (::lstat(path.c_str(), &file) != 0) return {}; // bind() will say what is wrong, if anything is
    if (!S_ISSOCK(file.st_mode)) return fail(Code::kIo, Fault::kLocal, path + ": exists and is no socket");
    asio::local::stream_protocol::socket probe(executor);
    error_code error;
    probe.open({}, error);
    if (!error) probe.non_blocking(true, error); // a live one with a full queue must not hold us up
    if (error) return fail(describe(error, path));
    probe.connect(path, error);
    // A full queue also proves that there is somebody.
    if (!error || error == asio::error::would_block) {
        return fail(Code::kPortTaken, Fault::kConflict, path + ": another process listens on it");
    }
    if (error != asio::error::connection_refused) return fail(describe(error, path));
    if (::unlink(path.c_str()) != 0) return fail(describe(error_code(errno, boost::system::system_category()), path));
    return {};
}

// A connection too many. The answer fits the socket's empty buffer; nobody waits for it.
void turn_away(const ServerCore& core, Connection::Socket socket) {
    const Response response = core.refuse(503);
    const std::string text =
        format_head(response, {.keeps_alive = false, .is_http_1_0 = false, .now = {}}).value_or("") + response.body;
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(text), ignored);
}

Async<void> tick(std::shared_ptr<ServerCore> core) {
    asio::steady_timer pause(core->executor);
    while (!core->connections.empty()) {
        pause.expires_after(core->tick_length);
        co_await pause.async_wait(kAwaitTuple);
        ++core->tick;
        for (Connection* connection : core->connections)
            connection->on_tick();
    }
    core->is_ticking = false;
}

void admit(const std::shared_ptr<ServerCore>& core, Connection::Socket socket, bool is_local) {
    close_on_exec(socket.native_handle());
    if (core->connections.size() >= core->limits.connections) return turn_away(*core, std::move(socket));
    error_code ignored;
    // Responses go out in one piece; waiting to fill packets would only delay them.
    if (!is_local) socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    Connection::spawn(std::make_shared<Connection>(core, std::move(socket), is_local));
    if (core->is_ticking) return;
    core->is_ticking = true;
    asio::co_spawn(core->executor, tick(core), asio::detached);
}

Async<void> accept_loop(std::shared_ptr<ServerCore> core, std::shared_ptr<Listener> listener) {
    asio::steady_timer pause(core->executor);
    while (!core->is_stopping) {
        auto [error, socket] = co_await listener->acceptor.async_accept(kAwaitTuple);
        if (core->is_stopping) break;
        if (!error && listener->tls) {
            close_on_exec(socket.native_handle());
            listener->tls->serve(std::move(socket));
            continue;
        }
        if (!error) {
            admit(core, std::move(socket), listener->is_local);
            continue;
        }
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(kAwaitTuple);
    }
}

// A timer that the last connection cancels as it goes.
struct EmptyWaiter {
    EmptyWaiter(std::shared_ptr<ServerCore> shared, Milliseconds span)
        : core(std::move(shared)), timer(core->executor, span),
          place(core->waiters.insert(core->waiters.end(), &timer)) {}
    ~EmptyWaiter() { core->waiters.erase(place); }
    EmptyWaiter(const EmptyWaiter&) = delete;
    EmptyWaiter& operator=(const EmptyWaiter&) = delete;

    std::shared_ptr<ServerCore> core;
    asio::steady_timer timer;
    std::list<asio::steady_timer*>::iterator place;
};

// Until the last connection has gone, or `span` has passed.
Async<void> wait_until_empty(std::shared_ptr<ServerCore> core, Milliseconds span) {
    if (core->connections.empty()) co_return;
    EmptyWaiter waiter(std::move(core), span);
    co_await waiter.timer.async_wait(kAwaitTuple);
}

class AsioServer : public Server {
public:
    AsioServer(asio::any_io_executor executor, const ServerLimits& limits, Handler handler, Calendar calendar,
               Refusal refusal)
        : core_(std::make_shared<ServerCore>()) {
        core_->executor = std::move(executor);
        core_->limits = limits;
        core_->handler = std::move(handler);
        core_->calendar = std::move(calendar);
        core_->refusal = std::move(refusal);
        const Milliseconds shortest =
            std::min({limits.head_timeout, limits.body_timeout, limits.idle_timeout, limits.write_timeout});
        core_->tick_length = std::clamp(shortest / 4, kShortestTick, kLongestTick);
    }

    ~AsioServer() override {
        close_listeners();
        cut_connections();
    }

    Result<std::uint16_t> listen_tcp(const std::string& address, std::uint16_t port) override {
        return listen(address, port, nullptr);
    }

    Result<std::uint16_t> listen_tls(const std::string& address, std::uint16_t port, const TlsIdentities& identities,
                                     TlsPlan plan) override {
        auto front =
            TlsFront::make(core_->executor, identities, std::move(plan), [core = core_](Connection::Socket socket) {
                if (!core->is_stopping) admit(core, std::move(socket), false);
            });
        if (!front) return fail(front.error());
        return listen(address, port, std::move(*front));
    }

    Result<void> listen_unix(const std::string& path) override {
        if (path.empty() || path.size() > kUnixPathLength) {
            return fail(Code::kUsage, Fault::kUsage, path + ": a socket's path has 1 to 107 bytes");
        }
        if (const auto cleared = clear_stale_socket(core_->executor, path); !cleared) return fail(cleared.error());
        auto listener = std::make_shared<Listener>(core_->executor, true);
        auto& acceptor = listener->acceptor;
        error_code error;
        acceptor.open(stream_protocol(AF_UNIX, 0), error);
        // Linux gives the file the mode of the descriptor, so that it is never open to others, not even for a moment.
        if (!error && ::fchmod(acceptor.native_handle(), 0600) != 0)
            error.assign(errno, boost::system::system_category());
        if (!error) acceptor.bind(asio::local::stream_protocol::endpoint(path), error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (!error && ::lstat(path.c_str(), &listener->file) != 0) {
            error.assign(errno, boost::system::system_category());
        }
        if (error) return fail(describe(error, path));
        listener->path = path;
        start(std::move(listener));
        return {};
    }

    void set_body_plan(BodyPlan plan) override { core_->body_plan = std::move(plan); }

    Async<void> stop(Milliseconds grace) override {
        const auto core = core_;
        close_listeners();
        for (Connection* connection : core->connections)
            connection->close_if_idle();
        co_await wait_until_empty(core, grace);
        cut_connections();
        co_await wait_until_empty(core, kUnwindTime);
    }

private:
    Result<std::uint16_t> listen(const std::string& address, std::uint16_t port, std::shared_ptr<TlsFront> tls) {
        error_code error;
        const auto number = asio::ip::make_address(address, error);
        if (error) return fail(Code::kUsage, Fault::kUsage, "\"" + address + "\" is no IP address");
        const asio::ip::tcp::endpoint endpoint(number, port);
        auto listener = std::make_shared<Listener>(core_->executor, false);
        auto& acceptor = listener->acceptor;
        acceptor.open(stream_protocol(endpoint.protocol()), error);
        if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
        if (!error && number.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (error) return fail(describe(error, address + " port " + std::to_string(port)));
        asio::ip::tcp::endpoint bound;
        const auto local = acceptor.local_endpoint(error);
        if (error) return fail(describe(error, address));
        bound.resize(local.size());
        std::copy_n(reinterpret_cast<const char*>(local.data()), local.size(), reinterpret_cast<char*>(bound.data()));
        listener->tls = std::move(tls);
        start(std::move(listener));
        return bound.port();
    }

    void start(std::shared_ptr<Listener> listener) {
        close_on_exec(listener->acceptor.native_handle());
        asio::co_spawn(core_->executor, accept_loop(core_, listener), asio::detached);
        listeners_.push_back(std::move(listener));
    }

    void close_listeners() {
        core_->is_stopping = true;
        for (const auto& listener : listeners_)
            listener->close();
        listeners_.clear();
    }

    void cut_connections() {
        // Cancelling runs foreign code, which must not find the set being walked.
        std::vector<std::weak_ptr<Connection>> present;
        for (Connection* connection : core_->connections)
            present.push_back(connection->weak_from_this());
        for (const auto& connection : present) {
            if (const auto alive = connection.lock()) alive->cut();
        }
    }

    std::shared_ptr<ServerCore> core_;
    std::vector<std::shared_ptr<Listener>> listeners_;
};

} // namespace

std::unique_ptr<Server> Server::make(asio::any_io_executor executor, ServerLimits limits, Handler handler,
                                     Calendar calendar, Refusal refusal) {
    return std::make_unique<AsioServer>(std::move(executor), limits, std::move(handler), std::move(calendar),
                                        std::move(refusal));
}

} // namespace everlong::http
