#pragma once
// One connection of the server, from accept to close, and what all connections of a server share. Inside src/http only.
//
// A connection is owned by its coroutine alone. The shared part knows it by a plain pointer, from construction to
// destruction, so that an io_context that is destroyed with connections in it takes everything along.

#include <http/body_stream.hpp>
#include <http/body_taker.hpp>
#include <http/request_reader.hpp>
#include <http/server.hpp>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <unordered_set>

namespace everlong::http {

class Connection;

struct ServerCore {
    boost::asio::any_io_executor executor;
    ServerLimits limits;
    Handler handler;
    Calendar calendar;
    Refusal refusal;
    BodyPlan body_plan;

    // Time-outs count the ticks of one ticker for all connections: no timer and no look at a clock per read.
    Milliseconds tick_length{0};
    std::uint64_t tick = 0;
    bool is_ticking = false;

    bool is_stopping = false;
    std::unordered_set<Connection*> connections;
    // Woken when the last connection has gone.
    std::list<boost::asio::steady_timer*> waiters;

    Response refuse(int status) const;
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;

    Connection(std::shared_ptr<ServerCore> core, Socket socket, bool is_local);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Starts the coroutine that owns the connection.
    static void spawn(std::shared_ptr<Connection> connection);

    // Looks whether the present phase has lasted too long.
    void on_tick();
    // Closes where no request is under way; a stream is asked to end.
    void close_if_idle();
    // Closes, and cancels the handler.
    void cut();

private:
    enum class Phase {
        kIdle,    // waiting for the first byte of a request
        kHead,    // reading a head
        kBody,    // reading a body
        kHandler, // the handler is at work: its own deadlines apply
        kWrite,   // sending a response
        kStream,  // waiting for the next piece of a stream
        kLinger,  // the response is out; reading on until the peer has it
    };
    enum class Received { kRequest, kNothing, kRefused };

    static Async<void> serve(std::shared_ptr<Connection> self);
    Async<Received> receive();
    Async<Response> start_handler();
    Async<bool> transmit(const Response& response);
    Async<bool> transmit_slowly(const Response& response, const std::string& head);
    Async<bool> transmit_stream(BodyStream& stream, std::optional<std::uint64_t> length);
    Async<bool> pump(BodyStream& stream, std::optional<std::uint64_t> length);
    Async<void> watch_peer();
    Async<void> linger();
    Async<bool> write(std::string_view first, std::string_view second);
    bool write_at_once(std::string_view& first, std::string_view& second);
    void enter(Phase phase);
    void close();
    void reset();

    std::shared_ptr<ServerCore> core_;
    Socket socket_;
    RequestReader reader_;
    boost::asio::cancellation_signal cancellation_;
    Phase phase_ = Phase::kIdle;
    std::uint64_t due_tick_ = 0; // 0: this phase has no end
    bool is_overdue_ = false;
    int refusal_ = 0;
    BodyStream* stream_ = nullptr; // while one goes out
    // Of the request that is being answered.
    bool is_cut_short_ = false; // its taker wants no more of it
    bool keeps_alive_ = false;
    bool is_http_1_0_ = false;
    bool is_head_only_ = false;
};

} // namespace everlong::http
