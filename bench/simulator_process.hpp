#pragma once
// The simulator in a process of its own, so that its CPU time is nobody's cost, and the control calls to it.

#include <base/secret.hpp>
#include <base/time.hpp>
#include <http/client.hpp>

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace everlong::bench {

struct MintedToken {
    Secret token;
    std::string ig_user_id;
    Instant issued_at{};
    Instant expires_at{};
};

// How often the two calls of a renewal were answered with 200.
struct CallCounts {
    std::int64_t refreshes = 0;
    std::int64_t me = 0;
};

class SimulatorProcess {
public:
    // Forks: to be made before any thread or io_context.
    SimulatorProcess();
    ~SimulatorProcess();
    SimulatorProcess(const SimulatorProcess&) = delete;
    SimulatorProcess& operator=(const SimulatorProcess&) = delete;

    // "http://127.0.0.1:PORT"
    const std::string& base() const { return base_; }

    // Control calls; they throw where the simulator does not answer with 200.
    MintedToken mint(boost::asio::io_context& io, http::Client& client, const std::string& account, Seconds age);
    void advance(boost::asio::io_context& io, http::Client& client, Seconds span);
    CallCounts count_calls(boost::asio::io_context& io, http::Client& client);

private:
    std::string control(boost::asio::io_context& io, http::Client& client, std::string method, std::string path,
                        std::string body);

    pid_t process_ = -1;
    std::string base_;
};

} // namespace everlong::bench
