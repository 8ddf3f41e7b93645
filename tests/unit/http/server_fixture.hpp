#pragma once
// A server on a free loopback port in a thread of its own, and a blocking peer that sends raw bytes to it.

#include <http/server.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

namespace everlong::http::test {

namespace asio = boost::asio;

// No test waits this long unless it is about to fail.
inline constexpr Seconds kPatience(10);

class LoopThread {
public:
    LoopThread() : thread_([this] { context_.run(); }) {}
    ~LoopThread() {
        work_.reset();
        context_.stop();
        thread_.join();
    }
    LoopThread(const LoopThread&) = delete;
    LoopThread& operator=(const LoopThread&) = delete;

    asio::io_context& context() { return context_; }

    // Runs a coroutine in the loop and gives its result.
    template <class T>
    T await(Async<T> task) {
        auto future = asio::co_spawn(context_, std::move(task), asio::use_future);
        if (future.wait_for(kPatience) != std::future_status::ready) throw std::runtime_error("the loop hangs");
        return future.get();
    }

    // Runs a function in the loop.
    template <class Work>
    auto call(Work work) {
        return await([](Work inner) -> Async<decltype(work())> { co_return inner(); }(std::move(work)));
    }

private:
    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
    std::thread thread_;
};

// A server whose handler runs in the loop thread.
class ServerFixture {
public:
    explicit ServerFixture(Handler handler, ServerLimits limits = {}, Calendar calendar = {}, Refusal refusal = {}) {
        server_ = Server::make(loop_.context().get_executor(), limits, std::move(handler), std::move(calendar),
                               std::move(refusal));
        port_ = loop_.call([this] { return server_->listen_tcp("127.0.0.1", 0).value(); });
    }
    ~ServerFixture() {
        stop(Milliseconds(0));
        loop_.call([this] { return server_.reset(), 0; });
    }
    ServerFixture(const ServerFixture&) = delete;
    ServerFixture& operator=(const ServerFixture&) = delete;

    std::uint16_t port() const { return port_; }
    LoopThread& loop() { return loop_; }
    Server& server() { return *server_; }
    std::string url(std::string_view path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    void stop(Milliseconds grace) {
        loop_.await([](Server& server, Milliseconds span) -> Async<int> {
            co_await server.stop(span);
            co_return 0;
        }(*server_, grace));
    }

private:
    LoopThread loop_;
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
};

// A blocking connection that gives up after kPatience.
class Peer {
public:
    explicit Peer(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) { connect(port); }
    explicit Peer(const std::string& path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        const asio::local::stream_protocol::endpoint endpoint(path);
        connect_to(endpoint.data(), endpoint.size());
    }
    // Not connected yet.
    Peer() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {}
    ~Peer() { ::close(descriptor_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void connect(std::uint16_t port) {
        const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
        connect_to(endpoint.data(), endpoint.size());
    }
    int descriptor() const { return descriptor_; }
    // False where the other side has closed already.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
        return true;
    }
    void end_sending() { ::shutdown(descriptor_, SHUT_WR); }
    // Until `size` bytes are there, or the end.
    std::string receive(std::size_t size) {
        std::string text;
        std::array<char, 4096> piece;
        while (text.size() < size) {
            const auto got = ::recv(descriptor_, piece.data(), std::min(piece.size(), size - text.size()), 0);
            last_errno_ = got < 0 ? errno : 0;
            if (got <= 0) break;
            text.append(piece.data(), static_cast<std::size_t>(got));
        }
        return text;
    }
    std::string receive_all() { return receive(std::string::npos); }
    // One response with a Content-Length.
    std::string receive_response() {
        std::string text;
        while (!text.ends_with("\r\n\r\n")) {
            const std::string next = receive(1);
            if (next.empty()) return text;
            text += next;
        }
        const auto place = text.find("Content-Length: ");
        return place == std::string::npos ? text : text + receive(std::stoul(text.substr(place + 16)));
    }
    // Of the last receive(): 0 for data or an orderly end.
    int last_errno() const { return last_errno_; }

private:
    void connect_to(const void* address, std::size_t size) {
        const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(descriptor_, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)) != 0) {
            throw std::system_error(errno, std::generic_category(), "connect");
        }
    }

    int descriptor_ = -1;
    int last_errno_ = 0;
};

// A folder that goes with its test.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "everlong-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp");
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

} // namespace everlong::http::test
