#pragma once
// The one outgoing HTTP client, on libcurl. Guarded: total deadlines, bounded answers, no redirects, TLS always
// verified, no proxy credentials or cookies kept, one request in flight per connection. Secrets enter only as such and
// never stand in a string that is logged.

#include <async/task.hpp>
#include <base/secret.hpp>
#include <base/time.hpp>
#include <http/message.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace everlong::http {

// A parameter whose value may be secret.
struct OutgoingParameter {
    OutgoingParameter(std::string name_, std::string value_) : name(std::move(name_)), value(std::move(value_)) {}
    OutgoingParameter(std::string name_, Secret value_) : name(std::move(name_)), value(std::move(value_)) {}
    std::string name;
    std::variant<std::string, Secret> value;
};

// A body of known size that is made while it is sent, for what is too large to hold: constant memory.
struct OutgoingBody {
    std::uint64_t size_bytes = 0;
    // Fills the front of `room` and gives how much, at least a byte; nothing: it cannot go on, and the request ends
    // unfinished (kUnknownOutcome). Called on the client's executor until size_bytes have been given. Must not throw.
    std::function<std::optional<std::size_t>(std::span<char> room)> pull;
};

// A transfer that crawls is given up before its total deadline: fewer bytes a second, both ways together, all this long.
struct SlowestPace {
    std::int64_t bytes_per_second = 0; // 0: none is asked for
    Seconds during{0};
};

struct OutgoingRequest {
    std::string method = "GET";
    std::string url;                      // without query; holds no secrets, may be logged
    std::vector<OutgoingParameter> query; // encoded by the client
    std::string encoded_query;            // as it is, for addresses that others made up; excludes `query`; no secrets
    std::vector<OutgoingParameter> form;  // sent as application/x-www-form-urlencoded; excludes `body`
    std::string body;
    std::optional<OutgoingBody> upload;  // in place of `body`; only with a method that carries one
    std::optional<Secret> bearer;        // Authorization: Bearer
    std::string bearer_scheme{"Bearer"}; // or another word, where a server wants it so
    Headers headers;
    std::string unix_socket;             // path of a socket to go through, in place of the URL's host
    Milliseconds deadline = Seconds(20); // total, from call to last byte
    SlowestPace slowest_pace;
    std::size_t body_limit_bytes = 1024 * 1024;
    // Takes the answer's body piece by piece as it comes, of whatever status, in place of Response::body: for answers
    // too large to hold. Must not throw.
    std::function<void(std::string_view)> on_body;
    // May the request have its effect twice? A kept connection can be closed by the peer just as we send; libcurl then
    // sends again by itself. Set to false for a GET with an effect (a token's refresh): it gets a new connection, on
    // which nothing is ever repeated. Methods other than GET and HEAD are always treated so.
    bool is_repeatable = true;
    // Only to addresses that the whole internet can reach, whatever the URL's name leads to, and never through a proxy: for
    // URLs that others name, which must not open this machine's networks to them.
    bool is_public_only = false;
};

struct ClientOptions {
    // PEM: the only authorities that vouch for a peer, in place of the system's. For tests against the simulator.
    std::string authorities;
};

class Client {
public:
    // `executor` is a single thread or a strand, and outlives the client. Destroying the client ends requests under way
    // with kCancelled. Proxies of the environment (https_proxy, no_proxy) are used, but never for loopback or sockets.
    static std::unique_ptr<Client> make(boost::asio::any_io_executor executor, ClientOptions options = {});
    virtual ~Client() = default;

    // Any HTTP status is a success of this call; redirects come back as they are. Errors:
    //   kUnreachable (kTransient): nothing was sent: no address, no connection.
    //   kTls (kRefused): the peer could not be verified. Never retried without verification.
    //   kTimeout (kTransient): the deadline passed before the request was sent.
    //   kUnknownOutcome (kUnknownOutcome): it was sent, and no whole answer came (cut, reset, deadline, too slow).
    //   kUpstreamSize (kUnknownOutcome): the answer was larger than allowed.
    //   kCancelled (kCancelled).
    //   kMediaAddress (kRefused): is_public_only, and the URL leads to a private address.
    //   kUsage (kUsage): a URL with a query or user, no http(s) URL, a bad method or header, more than one body.
    // The answer's body is complete by its own framing; a body shorter than Content-Length is kUnknownOutcome. One
    // without any framing (HTTP/1.0) ends where the connection ends.
    // Our own copies of secrets are wiped; libcurl's (the URL, its send buffer) live as long as the request.
    virtual Task<Response> send(OutgoingRequest request) = 0;
};

} // namespace everlong::http
