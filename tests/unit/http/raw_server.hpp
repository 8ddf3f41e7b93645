#pragma once
// A server that answers with prepared bytes, right or wrong, for what no honest server would send.

#include "server_fixture.hpp"

#include <mutex>
#include <vector>

namespace everlong::http::test {

// The answers of one connection: after each request's head the next one is sent, after the last the connection closes.
// An empty answer sends nothing.
using Script = std::vector<std::string>;

class RawServer {
public:
    explicit RawServer(std::vector<Script> scripts) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), 0);
        auto size = static_cast<socklen_t>(endpoint.size());
        if (::bind(listener_, endpoint.data(), size) != 0 || ::listen(listener_, 16) != 0 ||
            ::getsockname(listener_, endpoint.data(), &size) != 0) {
            throw std::system_error(errno, std::generic_category(), "listen");
        }
        port_ = endpoint.port();
        thread_ = std::thread([this, played = std::move(scripts)] {
            for (const Script& script : played)
                play(script);
        });
    }
    ~RawServer() {
        ::shutdown(listener_, SHUT_RDWR); // wakes accept()
        thread_.join();
        ::close(listener_);
    }
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    std::string url(std::string_view path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
    }
    std::uint16_t port() const { return port_; }
    // The heads that have arrived.
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

private:
    void play(const Script& script) {
        const int connection = ::accept(listener_, nullptr, nullptr);
        if (connection < 0) return;
        for (const std::string& answer : script) {
            std::string head;
            for (char byte = 0; !head.ends_with("\r\n\r\n") && ::recv(connection, &byte, 1, 0) == 1;)
                head += byte;
            if (head.empty()) break;
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(head);
            }
            ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        }
        ::close(connection);
    }

    int listener_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

// An environment variable for the time of a test.
class ScopedVariable {
public:
    ScopedVariable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
    ~ScopedVariable() { ::unsetenv(name_); }
    ScopedVariable(const ScopedVariable&) = delete;
    ScopedVariable& operator=(const ScopedVariable&) = delete;

private:
    const char* name_;
};

} // namespace everlong::http::test
