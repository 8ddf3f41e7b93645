#pragma once
// An HTTP/1.1 server on loopback TCP ports and Unix sockets: connections, limits, time-outs, orderly stop. What a
// request means is the handler's business. Everything runs on the io_context it is given; handlers may suspend.

#include <async/task.hpp>
#include <http/message.hpp>
#include <http/tls_plan.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace everlong::http {

// Reasons: everything a peer can make us hold is bounded (design: hostile input). Real, monotonic time, kept by a
// coarse ticker: a time-out strikes late by up to half the shortest of them, at most two seconds.
struct ServerLimits {
    std::size_t header_bytes = 16 * 1024;    // beyond: 431
    std::size_t target_bytes = 8 * 1024;     // beyond: 414
    std::size_t body_bytes = 1024 * 1024;    // beyond: 413
    std::size_t connections = 1024;          // beyond: 503 and closed at once
    Milliseconds head_timeout = Seconds(10); // from the first byte of a request to the end of its head
    Milliseconds body_timeout = Seconds(30); // from the end of the head to the end of the body
    Milliseconds idle_timeout = Seconds(60); // between requests of a connection
    Milliseconds write_timeout = Seconds(30);
};

// Runs as a coroutine on the server's executor. A handler that throws is answered for with 500, and its connection
// closed. One that is suspended when its peer leaves is not disturbed; its response then goes nowhere.
using Handler = std::function<Async<Response>(Request)>;
// What the server answers for itself (400, 408, 413, 414, 417, 431, 500, 503, 505). The connection is closed behind it.
using Refusal = std::function<Response(int status)>;
// Asked with the head of each request (its body is still to come): who takes the body? Null: it is held, up to
// ServerLimits::body_bytes.
using BodyPlan = std::function<std::shared_ptr<BodyTaker>(const Request& head)>;
// The calendar's time for the Date header (RFC 9110, 6.6.1).
using Calendar = std::function<Instant()>;

class Server {
public:
    // `executor` (a single thread, or a strand) and everything the handler refers to must outlive the server.
    // `calendar` fills in Date where a handler set none; without one such responses have no Date. Without `refusal` what the
    // server answers for itself is {"title":...,"status":...} as application/problem+json.
    static std::unique_ptr<Server> make(boost::asio::any_io_executor executor, ServerLimits limits, Handler handler,
                                        Calendar calendar = {}, Refusal refusal = {});
    // Closes everything at once and cancels handlers, which unwind as the executor runs on: call stop() before.
    virtual ~Server() = default;

    // Begins to accept at once; gives the port in use (for `port` 0 a free one). `address` is a number ("127.0.0.1",
    // "::1"). Errors: kPortTaken, kPermissions, kIo; kUsage for an address that is none.
    virtual Result<std::uint16_t> listen_tcp(const std::string& address, std::uint16_t port) = 0;
    // The same behind TLS 1.2 or 1.3, for the simulator; without a plan everybody is served well. Error besides: kTls.
    virtual Result<std::uint16_t> listen_tls(const std::string& address, std::uint16_t port,
                                             const TlsIdentities& identities, TlsPlan plan = {}) = 0;
    // A socket file of mode 0600; one left over by a dead process is replaced, and stop() removes it. Requests from it
    // are `is_local`. Errors: kPortTaken where somebody listens there; kIo, also where the path is no socket;
    // kPermissions; kUsage for a path too long for a socket address (107 bytes).
    virtual Result<void> listen_unix(const std::string& path) = 0;

    // For connections accepted from now on. While a taken body flows, body_timeout counts from its last piece.
    virtual void set_body_plan(BodyPlan plan) = 0;

    // Stops accepting, closes idle connections, lets requests under way finish for at most `grace`, then closes what is
    // left and cancels its handlers. Never from a handler: that would wait for itself.
    virtual Async<void> stop(Milliseconds grace) = 0;
};

} // namespace everlong::http
